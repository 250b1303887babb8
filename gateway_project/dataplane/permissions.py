"""What the caller may ask for."""

import difflib
from collections.abc import Iterable

from rest_framework.permissions import BasePermission

from providers.types import Target

from .asks.asked import Asked
from .errors import BadRequest, Forbidden, NotFound, Unavailable
from .express import ExpressView
from .plans import plan
from .request import ExpressRequest
from .snapshot import Snapshot


class CallsAreRecorded(BasePermission):
    """Refuse every call while none can be written down, before anything is charged."""

    def has_permission(  # type: ignore[override]  # the express door's own request
        self, request: ExpressRequest, view: object
    ) -> bool:
        if request.plane.spool.healthy:
            return True
        raise Unavailable(
            "Calls cannot be recorded at the moment, so none are made.",
            code="records_unavailable",
            retry_after_s=10,
        )


class MayUseModel(BasePermission):
    """Refuse a model that is unknown, not for this key, or out of service."""

    def has_permission(  # type: ignore[override]  # the express door's own request
        self, request: ExpressRequest, view: object
    ) -> bool:
        asked: Asked = request.data
        request.call.model = asked.model
        request.call.stream = asked.stream
        request.target = route(request, asked.model)
        request.call.provider = request.target.provider
        _check_size(request, asked)
        return True


class CanBeAsked(BasePermission):
    """Refuse what the model's provider does not do, or cannot be told, before it is charged."""

    def has_permission(  # type: ignore[override]  # the express door's own request
        self, request: ExpressRequest, view: ExpressView
    ) -> bool:
        request.plan = plan(request, view.errors_of(request))
        return True


def route(request: ExpressRequest, model: str) -> Target:
    """Return where `model` is served. Raises `NotFound`, `Forbidden` or `Unavailable`."""
    entry = request.snapshot.models.get(model)
    if entry is None:
        raise unknown_model(request, model)
    if not request.caller.may_use(model):
        raise Forbidden(
            f"This key may not use the model {model}.",
            code="model_not_allowed",
            param="model",
            advice="List the models it may use with GET /v1/models, or ask your tenant's admin.",
        )
    if entry.target is None:
        raise Unavailable(
            f"The model {model} is configured, but its provider {entry.provider} is out of service.",
            code="provider_not_available",
            param="model",
            advice="Ask your operator to enable the provider or give it a credential.",
        )
    return entry.target


def unknown_model(request: ExpressRequest, model: str) -> NotFound:
    """Return the refusal of a name nobody serves, with the nearest the caller may use."""
    near = _nearest(model, _usable_names(request))
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return NotFound(
        f"The model {model[:200]!r} does not exist.{hint}",
        code="model_not_found",
        param="model",
        advice="List the models this key may use with GET /v1/models.",
    )


def _usable_names(request: ExpressRequest) -> Iterable[str]:
    snapshot: Snapshot = request.snapshot
    return [entry.name for entry in snapshot.models_for(request.caller)]


def _nearest(model: str, names: Iterable[str]) -> list[str]:
    # Only so much text is compared: the time it takes grows with its square.
    return difflib.get_close_matches(model[:200], list(names)[:1000], n=2)


def _check_size(request: ExpressRequest, asked: Asked) -> None:
    ceiling = request.caller.max_tokens
    if ceiling is None or asked.max_tokens is None or asked.max_tokens <= ceiling:
        return
    name = asked.max_tokens_name
    raise BadRequest(
        f"{name} is {asked.max_tokens}; this key's tier allows {ceiling} a request.",
        param=name,
        code="max_tokens_too_large",
    )
