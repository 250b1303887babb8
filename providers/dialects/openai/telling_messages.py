"""Writing `messages`: one for each turn, and one more for each result in it."""

from collections.abc import Iterator
from mimetypes import guess_extension
from typing import Any

from providers.dialects import data_urls
from providers.dialects.calls import id_for
from providers.dialects.conversation import (
    Ask,
    Audio,
    Declined,
    File,
    Image,
    Part,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)
from providers.dialects.errors import Unsayable

from . import reasoning

_AUDIO_FORMS = ("wav", "mp3")
_LONGEST_ID = 40
Message = dict[str, Any]


def messages(ask: Ask, *, with_thoughts: bool) -> list[Message]:
    """Return the messages. Raises `Unsayable`.

    `with_thoughts` shows a model again what it thought before it called, unsigned: DeepSeek
    and Kimi insist on it.
    """
    return [
        message
        for turn in ask.turns
        for message in _messages(turn, with_thoughts=with_thoughts)
    ]


def _messages(turn: Turn, *, with_thoughts: bool) -> Iterator[Message]:
    if turn.role is Role.ASSISTANT:
        message = _assistant(turn)
        if with_thoughts and "tool_calls" in message:
            message |= _thoughts(turn)
        yield message
        return
    # Results come first: OpenAI wants them right behind the calls they answer.
    said: list[Part] = []
    for part in turn.parts:
        if isinstance(part, ToolResult):
            yield _result(part)
        else:
            said.append(part)
    if said:
        write = _text if turn.role is Role.SYSTEM else _written
        content = _content([write(part) for part in said])
        yield _named({"role": turn.role.value, "content": content}, turn)


def _assistant(turn: Turn) -> Message:
    texts: list[Message] = []
    message: Message = {"role": "assistant", "content": None}
    for part in turn.parts:
        match part:
            case Thinking():
                if detail := reasoning.given_back(part):
                    message.setdefault("reasoning_details", []).append(detail)
            case ToolCall():
                message.setdefault("tool_calls", []).append(_call(part))
            case Declined():
                message["refusal"] = message.get("refusal", "") + part.text
            case _:
                texts.append(_text(part))
    if texts:
        message["content"] = _content(texts)
    elif "tool_calls" not in message and "refusal" not in message:
        message["content"] = ""
    return _named(message, turn)


def _thoughts(turn: Turn) -> Message:
    texts = [
        part.text
        for part in turn.parts
        if isinstance(part, Thinking) and part.signature is None
    ]
    return {"reasoning_content": "".join(texts)} if texts else {}


def _call(call: ToolCall) -> Message:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    told: Message = {"id": _id(call.id), "type": "function", "function": function}
    if extra := reasoning.extra_given_back(call.signature):
        told["extra_content"] = extra
    return told


def _result(result: ToolResult) -> Message:
    """A chat has no word for a failed tool: its text has to say so."""
    if result.failed and not any(
        isinstance(part, Text) and part.text for part in result.parts
    ):
        message = (
            f"{result.at} failed without a text; this model is told by text alone."
        )
        raise Unsayable(message, field=result.at)
    content = _content([_text(part) for part in result.parts])
    return {"role": "tool", "tool_call_id": _id(result.call_id), "content": content}


def _id(given: str) -> str:
    return given if len(given) <= _LONGEST_ID else id_for(given, "call_")


def _named(message: Message, turn: Turn) -> Message:
    if turn.name:
        message["name"] = turn.name
    return message


def _content(parts: list[Message]) -> str | list[Message]:
    """One text is told as it is: every server of this dialect takes that."""
    if not parts:
        return ""
    if len(parts) == 1 and parts[0]["type"] == "text":
        text: str = parts[0]["text"]
        return text
    return parts


def _text(part: Part) -> Message:
    if not isinstance(part, Text):
        raise Unsayable(
            f"{part.at} may be nothing but text for this model.", field=part.at
        )
    return {"type": "text", "text": part.text}


def _written(part: Part) -> Message:
    match part:
        case Image():
            image = {"url": part.url or data_urls.join(part.media_type, part.data)}
            if part.detail:
                image["detail"] = part.detail
            return {"type": "image_url", "image_url": image}
        case Audio():
            if part.form not in _AUDIO_FORMS:
                raise Unsayable(
                    f"{part.at} must be wav or mp3 for this model.", field=part.at
                )
            audio = {"data": part.data, "format": part.form}
            return {"type": "input_audio", "input_audio": audio}
        case File():
            return {"type": "file", "file": _file(part)}
        case _:
            return _text(part)


def _file(file: File) -> dict[str, str]:
    if file.id:
        return {"file_id": file.id}
    if not file.data:
        message = f"{file.at} must hold its content: this model fetches no files."
        raise Unsayable(message, field=file.at)
    name = file.name or "document" + (guess_extension(file.media_type) or "")
    return {
        "filename": name,
        "file_data": data_urls.join(file.media_type, file.data),
    }
