"""Streams as `streamGenerateContent?alt=sse` sends them, written by hand."""

import orjson

SIGNATURE = "CiQB0e2Kb+8/9w=="


def events(*chunks: dict[str, object]) -> bytes:
    return b"".join(b"data: %b\r\n\r\n" % orjson.dumps(chunk) for chunk in chunks)


def chunk(*parts: dict[str, object], **candidate: object) -> dict[str, object]:
    content = {"parts": list(parts), "role": "model"}
    return {
        "candidates": [{"content": content, "index": 0, **candidate}],
        "modelVersion": "gemini-3-pro-preview",
        "responseId": "Zx3aabcd",
    }


def usage(prompt: int, answer: int, thoughts: int = 0) -> dict[str, object]:
    counted = {"candidatesTokenCount": answer} if answer else {}
    thought = {"thoughtsTokenCount": thoughts} if thoughts else {}
    return {
        "usageMetadata": {
            "promptTokenCount": prompt,
            **counted,
            **thought,
            "totalTokenCount": prompt + answer + thoughts,
        }
    }


THOUGHT_TEXT_AND_CALLS = events(
    chunk({"text": "Let me ", "thought": True}) | usage(12, 0, 3),
    chunk({"text": "look.", "thought": True}) | usage(12, 0, 7),
    chunk({"text": "Grüße "}) | usage(12, 2, 7),
    chunk({"text": "aus 🌍"}) | usage(12, 4, 7),
    chunk(
        {
            "functionCall": {"name": "weather", "args": {"city": "Köln"}},
            "thoughtSignature": SIGNATURE,
        },
        {"functionCall": {"id": "own-1", "name": "weather", "args": {}}},
    )
    | usage(12, 20, 7),
    chunk({"text": ""}, finishReason="STOP") | usage(12, 20, 7),
)
