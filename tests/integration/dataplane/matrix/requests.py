"""How each endpoint is asked, by a caller who asks well."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from providers.types import Headers


@dataclass(frozen=True)
class Body:
    data: bytes
    content_type: bytes = b"application/json"

    @property
    def headers(self) -> Headers:
        return [(b"content-type", self.content_type)]


Ask = Callable[[str, bool], Body]
"""Returns the body that asks for a model, streamed or not."""

_BOUNDARY = b"a-boundary"
_FORM = b"multipart/form-data; boundary=" + _BOUNDARY


def json(*, streams_by: tuple[str, Any] = ("stream", True), **fields: Any) -> Ask:
    """Return what asks in JSON, with the model in it."""

    def ask(model: str, stream: bool) -> Body:
        asked = {"model": model, **fields}
        return Body(orjson.dumps(asked | dict([streams_by]) if stream else asked))

    return ask


def addressed(**fields: Any) -> Ask:
    """Return what asks in JSON, where the address says what for."""

    def ask(model: str, stream: bool) -> Body:
        return Body(orjson.dumps(fields))

    return ask


def form(file: str, **fields: str) -> Ask:
    """Return what asks in a form with a file in it."""

    def ask(model: str, stream: bool) -> Body:
        texts = {"model": model, **fields, **({"stream": "true"} if stream else {})}
        parts = [_part(f'name="{name}"', text) for name, text in texts.items()]
        parts.append(_part(f'name="{file}"; filename="a.bin"', "some bytes"))
        return Body(b"".join(parts) + b"--%b--\r\n" % _BOUNDARY, _FORM)

    return ask


def _part(named: str, text: str) -> bytes:
    head = f"Content-Disposition: form-data; {named}\r\n\r\n{text}\r\n".encode()
    return b"--%b\r\n%b" % (_BOUNDARY, head)
