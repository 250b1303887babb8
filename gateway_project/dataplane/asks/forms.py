"""Requests that come as a form: images to edit, recordings to write down."""

from providers.dialects.errors import BadField
from providers.dialects.fields import wrong
from providers.multipart import Form, NotMultipart, fields_of
from providers.operations import Operation

from .asked import Asked
from .rerouting import check_fields
from .shapes import missing

_FILES = {
    Operation.IMAGE_EDITS: ("image", "image[]"),
    Operation.TRANSCRIPTIONS: ("file",),
    Operation.TRANSLATIONS: ("file",),
}
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


def parse(body: bytes, content_type: bytes, operation: Operation) -> Asked:
    """Return what the form asks for. Raises a `BadField`."""
    try:
        form = fields_of(body, content_type)
    except NotMultipart as error:
        raise BadField(str(error), field=error.field or "The body") from None
    model = form.text("model")
    if model is None:
        raise missing("model", "a model name")
    if not model:
        raise wrong("model", "a model name", model)
    check_fields(form.texts)
    names = _FILES[operation]
    if not any(form.file(name) for name in names):
        raise missing(names[0], "a file")
    return Asked(
        operation,
        body,
        dict(form.texts),
        model,
        stream=_stream(form),
        content_type=content_type,
    )


def _stream(form: Form) -> bool:
    given = form.text("stream")
    if given is None or given == "":
        return False
    if given.lower() not in _FLAGS:
        raise wrong("stream", "true or false", given)
    return _FLAGS[given.lower()]
