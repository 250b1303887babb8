import signal
from types import FrameType


class StopAsked(BaseException):
    """A person or the system asked us to stop; raised wherever we are."""


class Bell:
    """The first signal stops us, each later one hurries us."""

    def __init__(self) -> None:
        self._answered = False
        self._hurry = False

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup and background jobs ask us to ignore some of them.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ring)

    def stop_raising(self) -> None:
        """From here on we are stopping anyway."""
        self._answered = True

    def hurried(self) -> bool:
        return self._hurry

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._answered:
            self._hurry = True
        else:
            self._answered = True
            raise StopAsked
