"""How much a provider may make us remember of one answer."""

from providers.errors import UpstreamBroken

MOST = 1024


def check_place(place: int, what: str) -> None:
    """Raise `UpstreamBroken` for a choice, a call or a part counted or numbered beyond `MOST`."""
    if not 0 <= place < MOST:
        raise UpstreamBroken(f"the answer has too many {what}")
