"""URLs that are their own content: `data:image/png;base64,iVBOR…`."""

# Browsers take the wrong name for the right one, providers do not.
_WELL_NAMED = {"image/jpg": "image/jpeg"}


def split(url: str) -> tuple[str, str] | None:
    """Return media type and base64 data; None for any other URL.

    Parameters of the media type are left out. A data URL that is not base64 is no
    content any provider takes, and is None as well.
    """
    if url[:5].lower() != "data:":
        return None
    head, comma, data = url[5:].partition(",")
    media_type, *parameters = (part.strip().lower() for part in head.split(";"))
    if not comma or "base64" not in parameters:
        return None
    return _WELL_NAMED.get(media_type, media_type), data


def join(media_type: str, data: str) -> str:
    return f"data:{media_type};base64,{data}"
