"""Every answer a caller gets instead of a completion.

* Refusal
  - BadRequest          400  the body, named by field
  - Unauthenticated     401
  - Forbidden           403  the key is good but may not do this
  - NotFound            404  no such path or model
  - MethodNotAllowed    405
  - BodyTooSlow         408
  - BodyTooLarge        413
  - UnsupportedEncoding 415
  - RateLimited         429
  - Unavailable         503  we cannot serve now; says what to wait for
  - ProviderRefused     what a provider answered, told apart from our own refusals
  - ProviderUnavailable 502, 503 or 504
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from providers.dialects.errors import AskError
from providers.types import Failure, Headers


class Refusal(Exception):
    """Shown to the caller in the dialect it speaks."""

    status: int
    type: str = "invalid_request_error"
    code: str
    source: ClassVar[str] = "gateway"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        details: Mapping[str, Any] | None = None,
        retry_after_s: int | None = None,
        advice: str | None = None,
        headers: Headers | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.details = details
        self.retry_after_s = retry_after_s
        self.advice = advice
        self.headers = headers or []
        if code is not None:
            self.code = code

    def as_failure(self) -> Failure:
        return Failure(
            status=self.status,
            message=self.message,
            type=self.type,
            code=self.code,
            param=self.param,
            details=self.details,
            retry_after_s=self.retry_after_s,
            advice=self.advice,
        )

    def as_headers(self) -> Headers:
        headers = [
            (b"content-type", b"application/json"),
            (b"x-gateway-error-source", self.source.encode()),
            *self.headers,
        ]
        if self.retry_after_s is not None:
            headers.append((b"retry-after", b"%d" % self.retry_after_s))
        return headers


class BadRequest(Refusal):
    status, code = 400, "invalid_request"


class Unauthenticated(Refusal):
    status, type, code = 401, "authentication_error", "invalid_api_key"

    def as_headers(self) -> Headers:
        return [*super().as_headers(), (b"www-authenticate", b"Bearer")]


class Forbidden(Refusal):
    status, type, code = 403, "permission_error", "forbidden"


class NotFound(Refusal):
    status, code = 404, "not_found"


class MethodNotAllowed(Refusal):
    status, code = 405, "method_not_allowed"


class BodyTooSlow(Refusal):
    status, code = 408, "request_timeout"


class BodyTooLarge(Refusal):
    status, code = 413, "request_too_large"


class UnsupportedEncoding(Refusal):
    status, code = 415, "unsupported_content_encoding"


class RateLimited(Refusal):
    status, type, code = 429, "rate_limit_error", "rate_limit_exceeded"


class Unavailable(Refusal):
    status, type, code = 503, "service_unavailable", "service_unavailable"


class ServerError(Refusal):
    status, type, code = 500, "internal_error", "internal_error"


class ProviderRefused(Refusal):
    """An error status of the provider's; `status` is what our caller gets for it.

    `body` is the provider's own where it speaks the caller's dialect: it is passed on.
    """

    type, code, source = "provider_error", "provider_error", "provider"

    def __init__(
        self, message: str, *, status: int, type: str, body: bytes = b"", **rest: Any
    ) -> None:
        super().__init__(message, **rest)
        self.status = status
        self.type = type
        self.body = body


class ProviderUnavailable(Refusal):
    type, code, source = "provider_unavailable", "provider_unavailable", "provider"

    def __init__(self, message: str, *, status: int, **rest: Any) -> None:
        super().__init__(message, **rest)
        self.status = status


def not_understood(error: AskError) -> BadRequest:
    """Return the refusal of a request whose dialect, or whose target, does not allow it."""
    return BadRequest(str(error), param=error.field, code=error.code)
