"""What several operations are asked for in the same words."""

from typing import Any

import orjson

from providers.dialects.errors import BadField
from providers.dialects.fields import Fields
from providers.multipart import Form, NotMultipart, fields_of

_FLAGS = {"": False, "0": False, "1": True, "false": False, "true": True}


def fields_in(body: bytes) -> Fields:
    """Return the JSON object of a body. Raises `BadField`."""
    try:
        return Fields(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise BadField(f"The body is not JSON: {error.msg}.", field="") from None
    except BadField as error:
        raise BadField(str(error), field="") from None


def form_in(body: bytes, content_type: bytes) -> Form:
    """Return the form of a body. Raises `BadField`."""
    try:
        return fields_of(body, content_type)
    except NotMultipart as error:
        raise BadField(str(error), field=error.field) from None


def as_fields(form: Form) -> Fields:
    """Return the text fields of a form; numbers and booleans are texts there."""
    return Fields({name: _value(name, text) for name, text in form.texts})


def model_in(fields: Fields) -> str:
    model = fields.any("model")
    if not isinstance(model, str) or not model:
        raise BadField("You must provide a model parameter.", field="model")
    return model


def text_in(fields: Fields, name: str, *, most: int | None = None) -> str:
    """Return a text that must be there and not be empty. Raises `BadField`."""
    fields.need(name, "a text")
    text = fields.text(name) or ""
    if not text.strip() or (most is not None and len(text) > most):
        up_to = "" if most is None else f" of at most {most} characters"
        raise BadField(f"{name} must be a text{up_to}, not empty.", field=name)
    return text


def count_in(fields: Fields, name: str, *, most: int | None = None) -> int | None:
    value = fields.any(name)
    if value is None:
        return None
    if type(value) is not int or value < 1 or (most is not None and value > most):
        up_to = f" to {most}" if most is not None else ""
        raise BadField(f"{name} must be an integer from 1{up_to}.", field=name)
    return value


def _value(name: str, text: str) -> Any:
    if name in ("n", "partial_images") and text.isascii() and text.isdigit():
        return int(text[:9])
    return _FLAGS.get(text.lower(), text) if name == "stream" else text
