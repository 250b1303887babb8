"""Responses that continue others: a response's id is good for the tenant it was given to alone.

Of all ids a provider keeps things under this is the only one that is bound to a tenant.
Those of items, files, containers, stored prompts and the like pass as they are.
"""

from dataclasses import dataclass

from providers.dialects.responses import ownership
from providers.dialects.responses.ownership import Relabel
from providers.splice import replace_named

from .asks.asked import Asked
from .errors import BadRequest
from .request import ExpressRequest

# Both would be kept and continued by the provider for whoever knows an id.
_NOT_SERVED = ("background", "conversation")


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose the ids of an answer are, and which one of them the request continues."""

    tenant: str
    provider: str
    key: bytes
    previous: tuple[str, str] | None

    def relabel(self) -> Relabel:
        return Relabel(self.tenant, self.provider, self.key, self.previous)


def owned(request: ExpressRequest, asked: Asked) -> tuple[bytes, Ownership]:
    """Return the body with the provider's own id in it, and whose the answer's ids will be.

    Raises `BadRequest`.
    """
    for name in _NOT_SERVED:
        if asked.fields.get(name):
            raise BadRequest(
                f"{name} is not served here.", param=name, code="unsupported_parameter"
            )
    body, previous = asked.body, None
    tenant, key = str(request.caller.tenant_id), request.plane.response_key
    if sealed := asked.fields.get("previous_response_id"):
        found = ownership.open(sealed, tenant=tenant, key=key)
        if found is None or found[0] != request.target.provider:
            raise _not_found()
        previous = (sealed, found[1])
        body = replace_named(body, ({"previous_response_id"},), found[1])
    return body, Ownership(tenant, request.target.provider, key, previous)


def _not_found() -> BadRequest:
    return BadRequest(
        "previous_response_id names no response that this key can continue with this model.",
        param="previous_response_id",
        code="previous_response_not_found",
        advice="Send the whole conversation as input instead.",
    )
