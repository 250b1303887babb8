"""Forms (`multipart/form-data`) read where they lie: no file is copied, no byte written anew.

A form is read by us and then by the provider, and both must see the same fields. Whatever
two parsers may take differently is refused, not guessed: what comes before the first or
after the last boundary, line ends other than CRLF, folded or repeated headers, backslashes
and `name*` in Content-Disposition, transfer encodings that change bytes, forms within forms, and a field we
act on that occurs twice, in another spelling or as a file.

The known libraries read forms for those who keep the fields: `multipart` gives contents
without their places, `python-multipart` gives places but overlooks much of the above. To
replace one value and keep all else, the places are what is needed.
"""

import itertools
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import NamedTuple

MOST_PARTS = 128
MOST_HEADER_BYTES = 8 * 2**10
MOST_TEXT_BYTES = 2**20

# What decides about a call: permissions, guards, limits, and how the answer is read.
ACTED_ON = frozenset({"model", "n", "prompt", "response_format", "stream"})

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_BOUNDARY = re.compile(
    rb"multipart/form-data[ \t]*;[ \t]*(?:charset=(?:utf-8|\"utf-8\")[ \t]*;[ \t]*)?"
    rb"boundary=(?:([0-9a-z'+_.-]{1,70})|\"([0-9a-z'()+_,./:=?-]{1,70})\")"
    rb"(?:[ \t]*;[ \t]*charset=(?:utf-8|\"utf-8\"))?",
    re.IGNORECASE,
)
_HEADER = re.compile(rb"(%b):[ \t]*([^\x00-\x1f\x7f]*)" % _TOKEN)
# In this order, so that a reader that looks for name="..." cannot find it in a filename.
_DISPOSITION = re.compile(
    rb"form-data;[ ]*name=(?:\"([^\"\\;%%]+)\"|(%b))"
    rb"(?:;[ ]*filename=(?:\"([^\"\\]+)\"|(%b))(?:;[ ]*filename\*=%b)?)?"
    % (_TOKEN, _TOKEN, _TOKEN)
)
_NAME = re.compile(r"[!$&-:<-\[\]-~]+")
# Of any other type, a part without a filename is a file to some readers.
_TYPE_OF_TEXT = re.compile(
    rb"(?:text/plain|application/json)(?:;[ ]*charset=\"?(?:utf-8|us-ascii)\"?)?",
    re.IGNORECASE,
)
_HEADERS = frozenset(
    {
        b"content-disposition",
        b"content-type",
        b"content-length",
        b"content-transfer-encoding",
    }
)
# Strict writers of forms name one though it changes no byte.
_PLAIN_ENCODINGS = frozenset({b"", b"7bit", b"8bit", b"binary"})


class NotMultipart(ValueError):
    """The body is not a form that everybody reads the same; the message is a sentence.

    `field` is the field that is wrong, empty when it is the form itself.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class FilePart:
    name: str
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Form:
    """The fields in the order they came; a name may occur more than once."""

    texts: tuple[tuple[str, str], ...] = field(repr=False)
    files: tuple[FilePart, ...]

    def text(self, name: str) -> str | None:
        """Return the first text of that name."""
        return next((text for each, text in self.texts if each == name), None)

    def texts_of(self, name: str) -> list[str]:
        """Return all texts of that name, and of the name with `[]` as lists are written."""
        return [text for each, text in self.texts if each in (name, f"{name}[]")]

    def file(self, name: str) -> FilePart | None:
        """Return the first file of that name."""
        return next((each for each in self.files if each.name == name), None)


class _Part(NamedTuple):
    """`start` and `end` of the contents; `stated` is where a Content-Length says their size."""

    number: int
    name: str
    filename: str | None
    content_type: bytes
    start: int
    end: int
    stated: tuple[int, int] | None


def fields_of(
    body: bytes, content_type: bytes, *, acted_on: Set[str] = ACTED_ON
) -> Form:
    """Return the form. Raises `NotMultipart`, also when a field of `acted_on` is ambiguous."""
    parts = _parts_of(body, content_type)
    _check_unambiguous(parts, acted_on)
    texts = [part for part in parts if part.filename is None]
    return Form(
        texts=tuple((part.name, _text(body, part)) for part in texts),
        files=tuple(
            FilePart(
                part.name,
                part.filename,
                part.content_type.decode("latin-1"),
                part.end - part.start,
            )
            for part in parts
            if part.filename is not None
        ),
    )


def replace_field(body: bytes, content_type: bytes, name: str, value: str) -> bytes:
    """Return the body with the value of one text field replaced.

    Raises `NotMultipart` unless the field occurs exactly once, as a text, and when the form
    would no longer be the same one with that value in it.
    """
    parts = _parts_of(body, content_type)
    _check_unambiguous(parts, {name})
    part = next((part for part in parts if part.name == name), None)
    if part is None:
        raise NotMultipart(f"The form has no field {name}.", field=name)
    new = value.encode()
    if _delimiter(content_type) in new:
        raise NotMultipart(
            f"The form's boundary occurs in the new value of {name}; use another one.",
            field=name,
        )
    # Views: the contents of files are copied once, into the new body.
    view = memoryview(body)
    before = [view[: part.start]]
    if part.stated:
        start, end = part.stated
        length = memoryview(b"%d" % len(new))
        before = [view[:start], length, view[end : part.start]]
    return b"".join((*before, new, view[part.end :]))


def _parts_of(body: bytes, content_type: bytes) -> list[_Part]:
    delimiter = _delimiter(content_type)
    places = list(_delimiters(body, delimiter))
    if not places or not _is_last(body, places[-1], delimiter):
        raise NotMultipart("The form has no closing boundary.")
    if body[places[-1] + len(delimiter) + 2 :] not in (b"", b"\r\n"):
        raise NotMultipart("Something follows the closing boundary of the form.")
    return [
        # The line ends around a boundary are the boundary's.
        _part(body, number, start + len(delimiter) + 2, end - 2)
        for number, (start, end) in enumerate(itertools.pairwise(places), start=1)
    ]


def _delimiter(content_type: bytes) -> bytes:
    found = _BOUNDARY.fullmatch(content_type.strip(b" \t"))
    if not found:
        raise NotMultipart(
            "The content type must be multipart/form-data with one plain boundary."
        )
    return b"--" + (found[1] or found[2])


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[int]:
    """Yield where each delimiter begins. Raises `NotMultipart` for text that only looks like one."""
    if not body.startswith(delimiter):
        raise NotMultipart("The form must begin with its boundary.")
    at, found = 0, 0
    while at >= 0:
        after = at + len(delimiter)
        if at and body[at - 2 : at] != b"\r\n":
            raise NotMultipart(
                "The form's boundary occurs inside a part or after a line end that is not CRLF."
            )
        is_last = _is_last(body, at, delimiter)
        if not is_last and body[after : after + 2] != b"\r\n":
            raise NotMultipart("Something follows a boundary of the form on its line.")
        yield at
        found += 1
        if found > MOST_PARTS and not is_last:
            raise NotMultipart(f"The form has more than {MOST_PARTS} parts.")
        at = body.find(delimiter, at + 1)
        if is_last and at >= 0:
            raise NotMultipart("Something follows the closing boundary of the form.")


def _is_last(body: bytes, at: int, delimiter: bytes) -> bool:
    after = at + len(delimiter)
    return body[after : after + 2] == b"--"


def _part(body: bytes, number: int, start: int, end: int) -> _Part:
    where = f"Part {number} of the form"
    blank = body.find(b"\r\n\r\n", start, min(end, start + MOST_HEADER_BYTES + 4))
    if blank < 0:
        raise NotMultipart(
            f"{where} has no blank line after at most {MOST_HEADER_BYTES} bytes of headers."
        )
    headers = _headers(body, start, blank, where)
    name, filename = _disposition(body, headers, where)
    kind = _span_text(body, headers.get(b"content-type"))
    _check_type(kind, filename is not None, where)
    encoding = _span_text(body, headers.get(b"content-transfer-encoding"))
    if encoding.lower() not in _PLAIN_ENCODINGS:
        raise NotMultipart(f"{where} is encoded; send its bytes as they are.")
    part = _Part(
        number, name, filename, kind, blank + 4, end, headers.get(b"content-length")
    )
    if part.stated and _span_text(body, part.stated) != b"%d" % (end - part.start):
        raise NotMultipart(f"{where} is not as long as its Content-Length says.")
    return part


def _headers(
    body: bytes, start: int, end: int, where: str
) -> dict[bytes, tuple[int, int]]:
    """Return where the value of each header stands."""
    found: dict[bytes, tuple[int, int]] = {}
    for line in body[start:end].split(b"\r\n"):
        header = _HEADER.fullmatch(line)
        if not header:
            raise NotMultipart(f"{where} has a header line that is not `name: value`.")
        name = header[1].lower()
        if name not in _HEADERS:
            raise NotMultipart(
                f"{where} has a header other than Content-Disposition, -Type, -Length and -Transfer-Encoding."
            )
        if name in found:
            raise NotMultipart(f"{where} has a header twice.")
        found[name] = (start + header.start(2), start + header.end(2))
        start += len(line) + 2
    return found


def _disposition(
    body: bytes, headers: dict[bytes, tuple[int, int]], where: str
) -> tuple[str, str | None]:
    found = _DISPOSITION.fullmatch(
        _span_text(body, headers.get(b"content-disposition"))
    )
    if not found:
        raise NotMultipart(
            f'{where} needs `Content-Disposition: form-data; name="..."`, for a file then'
            ' `filename="..."`, and nothing else.'
        )
    name = _decoded(found[1] or found[2], where)
    if not _NAME.fullmatch(name) or name == "_charset_":
        raise NotMultipart(f"{where} has a name that readers may decode differently.")
    filename = found[3] or found[4]
    return name, None if filename is None else _decoded(filename, where)


def _check_type(kind: bytes, is_file: bool, where: str) -> None:
    if kind.lower().startswith(b"multipart/"):
        raise NotMultipart(f"{where} is a form in the form.")
    if kind and not is_file and not _TYPE_OF_TEXT.fullmatch(kind):
        raise NotMultipart(
            f"{where} has no filename, so its type must be text/plain or application/json in UTF-8."
        )


def _check_unambiguous(parts: list[_Part], acted_on: Set[str]) -> None:
    """Raise unless each of the fields is there once at most, as a text, spelt as it is."""
    found: set[str] = set()
    for part in parts:
        # `model[]` and `model[0]` are lists named `model` to some readers.
        name = part.name.partition("[")[0].lower()
        if name not in acted_on:
            continue
        if part.filename is not None:
            raise NotMultipart(f"{name} must be a text, not a file.", field=name)
        if name in found or part.name != name:
            raise NotMultipart(
                f"{name} occurs more than once, or in another spelling.", field=name
            )
        found.add(name)


def _text(body: bytes, part: _Part) -> str:
    if part.end - part.start > MOST_TEXT_BYTES:
        raise NotMultipart(
            f"Part {part.number} of the form is a text longer than {MOST_TEXT_BYTES} bytes.",
            field=part.name,
        )
    return _decoded(body[part.start : part.end], f"Part {part.number} of the form")


def _decoded(value: bytes, where: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise NotMultipart(f"{where} is not UTF-8.") from None


def _span_text(body: bytes, span: tuple[int, int] | None) -> bytes:
    return body[span[0] : span[1]] if span else b""
