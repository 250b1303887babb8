"""Requests to the mock: OpenAI's paths, which its transport tells operations by."""

from providers.adapters.openai_wire import ASKED_FOR_USAGE
from providers.multipart import replace_field
from providers.operations import Operation
from providers.splice import replace_model, with_stream_usage
from providers.types import Adapter, Outbound, Sending, Target

_PATHS = {
    Operation.CHAT: b"/chat/completions",
    Operation.COMPLETIONS: b"/completions",
    Operation.EMBEDDINGS: b"/embeddings",
    Operation.MODERATIONS: b"/moderations",
    Operation.IMAGES: b"/images/generations",
    Operation.IMAGE_EDITS: b"/images/edits",
    Operation.SPEECH: b"/audio/speech",
    Operation.TRANSCRIPTIONS: b"/audio/transcriptions",
    Operation.TRANSLATIONS: b"/audio/translations",
    Operation.RERANK: b"/rerank",
}
_FORMS = frozenset(
    {Operation.IMAGE_EDITS, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS}
)


def _outbound(target: Target, sending: Sending) -> Outbound:
    model = target.upstream_model
    if sending.operation in _FORMS:
        body = replace_field(sending.body, sending.content_type, "model", model)
    else:
        body = replace_model(sending.body, model)
    if sending.stream and sending.operation in ASKED_FOR_USAGE:
        body = with_stream_usage(body)
    return Outbound(
        endpoint=target.endpoint,
        method=b"POST",
        path=_PATHS[sending.operation],
        headers=[(b"content-type", sending.content_type)],
        body=body,
        timeouts=target.timeouts,
    )


# Not Responses: those are translated into chat, as for any provider that knows only chat.
ADAPTER = Adapter(
    speaks=frozenset(_PATHS),
    converses=Operation.CHAT,
    outbound=_outbound,
    shown=frozenset({b"content-type"}),
)
