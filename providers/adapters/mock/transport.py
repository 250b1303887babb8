"""The mock's side of the wire: which path is answered by what, and the answers' bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from providers.dialects.errors import AskError
from providers.dialects.fields import Fields
from providers.errors import UpstreamBroken
from providers.multipart import Form
from providers.types import Headers, Inbound, Outbound

from . import (
    chat,
    completions,
    embeddings,
    images,
    moderations,
    rerank,
    speech,
    transcripts,
)
from .asked import fields_in, form_in
from .replies import Reply, refused, unknown

# The second argument is the time in unix seconds.
_JSON: Mapping[bytes, Callable[[Fields, int], Reply]] = {
    b"/chat/completions": chat.answer,
    b"/completions": completions.answer,
    b"/embeddings": embeddings.answer,
    b"/moderations": moderations.answer,
    b"/images/generations": images.answer,
    b"/audio/speech": speech.answer,
    b"/rerank": rerank.answer,
}
_FORMS: Mapping[bytes, Callable[[Form, int], Reply]] = {
    b"/images/edits": images.answer_edit,
    b"/audio/transcriptions": partial(transcripts.answer, transcripts.TRANSCRIPTION),
    b"/audio/translations": partial(transcripts.answer, transcripts.TRANSLATION),
}


class MockTransport:
    """Answers by itself. `clock` tells unix time; `pause_s` is how long a streamed word takes."""

    def __init__(self, clock: Callable[[], float], *, pause_s: float = 0.0) -> None:
        self._clock = clock
        self._pause_s = pause_s

    async def send(self, outbound: Outbound) -> Inbound:
        try:
            reply = _reply(outbound, int(self._clock()))
        except AskError as error:
            reply = refused(error)
        return _MockAnswer(reply, pause_s=self._pause_s)

    async def close(self) -> None: ...


def _reply(outbound: Outbound, now: int) -> Reply:
    path = outbound.path.partition(b"?")[0]
    if path in _JSON:
        return _JSON[path](fields_in(outbound.body), now)
    if path in _FORMS:
        content_type = dict(outbound.headers).get(b"content-type", b"")
        return _FORMS[path](form_in(outbound.body, content_type), now)
    return unknown(path)


class _MockAnswer:
    """An `Inbound` whose bytes are made as they are asked for."""

    def __init__(self, reply: Reply, *, pause_s: float = 0.0) -> None:
        self.status = reply.status
        self.headers: Headers = [(b"content-type", reply.content_type)]
        self._pieces = reply.pieces
        self._pause_s = pause_s

    async def read(self, limit: int) -> bytes:
        body = b"".join(self._pieces)
        if len(body) > limit:
            raise UpstreamBroken(f"the answer is longer than {limit} bytes")
        return body

    async def chunks(self) -> AsyncIterator[bytes]:
        while piece := next(self._pieces, b""):
            yield piece
            await asyncio.sleep(self._pause_s)

    def close(self) -> None:
        self._pieces = iter(())
