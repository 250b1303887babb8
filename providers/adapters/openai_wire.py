"""OpenAI's dialect on the wire, for OpenAI and for all who took it over.

Callers speak it too, so bytes pass through both ways: the model's name is replaced, and
chats and completions that stream are made to tell their usage.
"""

from collections.abc import Mapping

from providers.operations import Operation
from providers.splice import with_stream_usage
from providers.types import Headers, Outbound, Sending, Target

from . import request

PATHS: Mapping[Operation, str] = {
    Operation.CHAT: "/chat/completions",
    Operation.COMPLETIONS: "/completions",
    Operation.RESPONSES: "/responses",
    Operation.EMBEDDINGS: "/embeddings",
    Operation.MODERATIONS: "/moderations",
    Operation.IMAGES: "/images/generations",
    Operation.IMAGE_EDITS: "/images/edits",
    Operation.SPEECH: "/audio/speech",
    Operation.TRANSCRIPTIONS: "/audio/transcriptions",
    Operation.TRANSLATIONS: "/audio/translations",
    Operation.RERANK: "/rerank",
}
IMAGES_AND_AUDIO = frozenset(
    {
        Operation.IMAGES,
        Operation.IMAGE_EDITS,
        Operation.SPEECH,
        Operation.TRANSCRIPTIONS,
        Operation.TRANSLATIONS,
    }
)
# Not its rate limits, organisation, cookies or request id, which are about the operator's
# account.
SHOWN = frozenset(
    {
        b"content-type",
        b"content-language",
        b"content-disposition",
        b"openai-processing-ms",
        b"openai-version",
    }
)
# Not its organisation and project: they choose who pays within the operator's account, and a
# caller's own are unknown there. Not its idempotency key: callers share our credential, so
# two that pick the same key could be given each other's answers.
_PASSED_UP = (b"openai-beta",)
# Other streams tell their usage unasked.
ASKED_FOR_USAGE = frozenset({Operation.CHAT, Operation.COMPLETIONS})


def outbound(target: Target, sending: Sending) -> Outbound:
    """Return the request with our credential as a bearer; the query string goes on as it is."""
    return post(
        target,
        sending,
        PATHS[sending.operation],
        credential=request.credential(target, b"authorization", b"Bearer "),
        query=sending.query,
    )


def post(
    target: Target, sending: Sending, path: str, *, credential: Headers, query: bytes
) -> Outbound:
    body = request.with_upstream_model(target, sending)
    if sending.stream and sending.operation in ASKED_FOR_USAGE:
        body = with_stream_usage(body)
    headers = [*credential, *request.passed_up(sending, _PASSED_UP)]
    return request.post(target, sending, path, body=body, headers=headers, query=query)
