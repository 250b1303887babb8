"""Streams as providers may legally send them, and the text a strict reader finds in them.

The grammar is the WHATWG's event-stream format; the cases follow the web platform tests.
"""

import json


def chunk(text: str) -> str:
    return json.dumps({"choices": [{"delta": {"content": text}}]}, ensure_ascii=False)


SEPARATED = "a\u2028b\u0085c"
A, B = chunk("A"), chunk("B")
END = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
OVER_LINES = "".join(
    f"data: {line}\n" for line in json.dumps(json.loads(A), indent=1).split("\n")
)

STREAMS = {
    "lf": (f"data: {A}\n\ndata: {B}\n\n{END}", "AB"),
    "crlf": (f"data: {A}\n\ndata: {B}\n\n{END}".replace("\n", "\r\n"), "AB"),
    "cr": (f"data: {A}\n\ndata: {B}\n\n{END}".replace("\n", "\r"), "AB"),
    "mixed line ends": (f"data: {A}\r\n\ndata: {B}\n\r\n{END}", "AB"),
    "byte order mark": (f"\ufeffdata: {A}\n\n{END}", "A"),
    "no space after the colon": (f"data:{A}\n\n{END}", "A"),
    "two spaces after the colon": (f"data:  {A}\n\n{END}", "A"),
    "comments": (f": hi\ndata: {A}\n:\n\n:ping\n\ndata: {B}\n\n{END}", "AB"),
    "unknown fields": (f"foo: bar\ndata: {A}\nxyz\n\n{END}", "A"),
    "other fields": (f"id: 7\nretry: 9\nevent: message\ndata: {A}\n\n{END}", "A"),
    "data over several lines": (f"{OVER_LINES}\n{END}", "A"),
    "events without data": (f"event: x\n\n\n\ndata:\n\ndata: {A}\n\n{END}", "A"),
    "nul in an id": (f"id: a\0b\ndata: {A}\n\n{END}", "A"),
    "leading blank lines": (f"\n\n\ndata: {A}\n\n{END}", "A"),
    "unfinished last event": (f"data: {A}\n\n{END}data: {B}", "A"),
    "characters of many bytes": (f"data: {chunk('日本🚀é')}\n\n{END}", "日本🚀é"),
    "unicode line separators": (
        f"data: {chunk(SEPARATED)}\n\n{END}",
        SEPARATED,
    ),
    "colons in a value": (f"data: {chunk('x: data: z')}\n\n{END}", "x: data: z"),
}
