"""What can go wrong upstream, in our words.

* UpstreamError
  - UpstreamRejected      the provider answered 4xx: our request, or our credential, is wrong
  - UpstreamOverloaded    the provider answered 429 or 529
  - UpstreamFailed        the provider answered 5xx
  - UpstreamUnreachable   no connection: refused, unresolved, TLS failure, connect timeout
  - UpstreamTimedOut      connected, but too long without a first byte, a next byte, or an end
  - UpstreamBroken        the connection or its framing broke before the answer was whole
"""


class UpstreamError(Exception):
    """An upstream did not give a whole, good answer."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class UpstreamRejected(UpstreamError):
    pass


class UpstreamOverloaded(UpstreamError):
    pass


class UpstreamFailed(UpstreamError):
    pass


class UpstreamUnreachable(UpstreamError):
    pass


class UpstreamTimedOut(UpstreamError):
    pass


class UpstreamBroken(UpstreamError):
    pass
