"""What can go wrong upstream, in our words.

* UpstreamError
  - UpstreamUnreachable   no request went out: refused, unresolved, TLS failure, connect
                          timeout, or a header that cannot be sent
  - UpstreamTimedOut      connected, but too long without a first byte, a next byte, or an end
  - UpstreamBroken        the connection or its framing broke before the answer was whole

A status is no error here: what a provider answers is for the caller of the transport to judge.
"""


class UpstreamError(Exception):
    """An upstream did not give a whole answer."""


class UpstreamUnreachable(UpstreamError):
    pass


class UpstreamTimedOut(UpstreamError):
    pass


class UpstreamBroken(UpstreamError):
    pass
