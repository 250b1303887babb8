"""Targets of every kind, and what is asked of them."""

from dataclasses import replace
from urllib.parse import urlsplit

from providers.adapters.registry import ADAPTERS
from providers.operations import Operation
from providers.types import Endpoint, Sending, Target, Timeouts

SECRET = "sk-upstream-secret"
HOMES = {
    "OPENAI": "https://api.openai.com/v1",
    "OPENAI_COMPATIBLE": "https://llm.example.test/v1",
    "AZURE": "https://acme.openai.azure.com/openai/v1",
    "ANTHROPIC": "https://api.anthropic.com/v1",
    "GEMINI": "https://generativelanguage.googleapis.com/v1beta",
    "OLLAMA": "http://127.0.0.1:11434/v1",
}
FORM = b"multipart/form-data; boundary=xyz"
FORMS = frozenset(
    {Operation.IMAGE_EDITS, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS}
)


def target(kind, **fields):
    home = urlsplit(fields.pop("home", HOMES.get(kind, "mock://mock")))
    made = Target(
        provider="acme",
        kind=kind,
        endpoint=Endpoint(home.scheme, home.hostname, home.port or 443),
        base_path=home.path,
        upstream_model="real",
        timeouts=Timeouts(),
        secret=SECRET,
    )
    return replace(made, **fields)


def form(model):
    return (
        b'--xyz\r\nContent-Disposition: form-data; name="model"\r\n\r\n%b\r\n'
        b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n\x00\x01\r\n--xyz--\r\n" % model
    )


def sending(operation, body=None, *, model=b"fast", **fields):
    """Return a request for `model`: a form where the operation takes one, else JSON."""
    if body is None and operation in FORMS:
        body, fields = form(model), {"content_type": FORM, **fields}
    elif body is None:
        body = b'{"model":"%b","x":1.0}' % model
    return Sending(operation, body, **{"stream": False, **fields})


def outbound(kind, asked, **fields):
    return ADAPTERS[kind].outbound(target(kind, **fields), asked)
