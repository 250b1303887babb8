"""Who is calling: an API key, presented the ways the dialects' clients present it."""

from rest_framework.authentication import BaseAuthentication

from tenants import keys
from tenants.keys import PresentedKey
from tenants.types import Caller

from .errors import Forbidden, Unauthenticated
from .request import ExpressRequest

_ADVICE = "Send the key as `Authorization: Bearer <key>`, `X-API-Key: <key>` or `X-Goog-Api-Key: <key>`."


class ApiKeyAuthentication(BaseAuthentication):
    """Set the request's caller. Raises `Unauthenticated` or `Forbidden`."""

    def authenticate(  # type: ignore[override]  # the express door's own request
        self, request: ExpressRequest
    ) -> tuple[Caller, PresentedKey]:
        key = keys.parse(presented(request), request.plane.key_prefixes)
        if key is None:
            raise Unauthenticated(
                "Invalid API key: it does not have the form of a key.", advice=_ADVICE
            )
        request.presented_id = key.public_id
        caller = request.snapshot.callers.get(key.public_id)
        if caller is None or not keys.opens(key, caller.digests, request.now):
            raise Unauthenticated("Invalid API key.", advice=_ADVICE)
        # From here on the caller has proved to hold the key, and may be told about it.
        request.caller = request.call.caller = caller
        _check_usable(caller, request.now)
        _check_tenant(request, caller)
        return caller, key

    def authenticate_header(self, request: object) -> str:
        return "Bearer"


def presented(request: ExpressRequest) -> str:
    """Return the text of the key. Raises `Unauthenticated` with a hint at what is wrong."""
    for name in (b"x-api-key", b"x-goog-api-key"):
        if value := request.header(name):
            return value
    scheme, _, rest = request.header(b"authorization").partition(" ")
    if scheme.lower() == "bearer" and rest.strip():
        return rest.strip()
    raise Unauthenticated(_missing(request, scheme), advice=_ADVICE)


def _missing(request: ExpressRequest, scheme: str) -> str:
    if scheme.lower().startswith("bearer:"):
        return "Invalid API key: write `Bearer <key>`, without a colon after Bearer."
    if scheme:
        return "Invalid API key: the Authorization header must begin with `Bearer `."
    for wrong in (b"bearer", b"api-key"):
        if wrong in request.headers:
            name = wrong.decode().title()
            return f"Invalid API key: the header {name} is not read."
    return "Invalid API key: it is missing."


def _check_usable(caller: Caller, now: float) -> None:
    if caller.revoked:
        raise Unauthenticated("Invalid API key: it was revoked.", code="key_revoked")
    if caller.expires_at is not None and now >= caller.expires_at:
        raise Unauthenticated("Invalid API key: it has expired.", code="key_expired")


def _check_tenant(request: ExpressRequest, caller: Caller) -> None:
    if caller.tenant_suspended:
        raise Forbidden("This key's tenant is suspended.", code="tenant_suspended")
    wanted = request.header(b"x-iio-tenant")
    if wanted and wanted not in (caller.tenant_slug, str(caller.tenant_id)):
        raise Forbidden(
            "X-IIO-Tenant does not name this key's tenant.", code="tenant_mismatch"
        )
