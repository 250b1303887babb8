"""Text in what is not JSON but was meant to be."""

import re

_TEXT = re.compile(
    rb'"(?:content|reasoning_content|refusal|arguments|text|thinking|delta)"\s*+:\s*+'
    rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)',
    re.DOTALL,
)


def said_in(data: bytes) -> bytes:
    """Return the texts of an answer that was cut off or spelt wrongly, as they are written."""
    return b"".join(_TEXT.findall(data))
