"""The exceptions of sockets, TLS and the parser, in our words. Nothing else translates them.

Our messages name the provider's address and the fact, never a header or a body.
"""

import socket
import ssl

import httptools

from providers.errors import UpstreamBroken, UpstreamError, UpstreamUnreachable


def unreachable(where: str, error: Exception) -> UpstreamError:
    """Say why there is no connection to `where`."""
    match error:
        case TimeoutError():
            fact = "no connection in time"
        case ssl.SSLCertVerificationError():
            fact = f"its certificate is not accepted: {error.verify_message}"
        case ssl.SSLError():
            fact = f"TLS failed: {error.reason or 'no reason given'}"
        case socket.gaierror():
            fact = f"its name is not resolved: {error.strerror}"
        case ConnectionRefusedError():
            fact = "connection refused"
        case UnicodeError():
            fact = "that is no host name"
        case _:
            fact = f"no connection: {_said(error)}"
    return UpstreamUnreachable(f"{where}: {fact}")


def broken(where: str, error: BaseException | None, stage: str) -> UpstreamError:
    """Say why the connection to `where` ended early; without an error it was closed."""
    match error:
        case None:
            fact = "closed the connection"
        case httptools.HttpParserCallbackError():
            fact = f"broke HTTP: {error.__context__ or error}"
        case httptools.HttpParserError():
            fact = f"broke HTTP: {error}"
        case _:
            fact = f"broke the connection: {_said(error)}"
    return UpstreamBroken(f"{where} {fact} {stage}")


def too_long(where: str, limit: int) -> UpstreamError:
    return UpstreamBroken(f"{where} broke HTTP: framing longer than {limit} bytes")


def _said(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
