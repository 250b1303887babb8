"""The items of an output while they grow. Each tells its events as it does.

An item is told open, then in deltas, then whole; what was told before stays as it was told,
since the final item gets lists of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from providers.dialects import signatures
from providers.dialects.conversation import Signature

from .items import ISSUER, OF_A_CALL

Telling = dict[str, Any]
Tell = Callable[[Telling], None]
Logprobs = Iterable[Mapping[str, Any]]


class Item:
    """One item of the output; `shown` is it as far as it is known."""

    __slots__ = ("_tell", "id", "index", "shown")

    def __init__(self, tell: Tell, index: int, shown: dict[str, Any]) -> None:
        self._tell = tell
        self.index = index
        self.id: str = shown["id"]
        self.shown = shown
        tell(
            {
                "type": "response.output_item.added",
                "output_index": index,
                "item": dict(shown),
            }
        )

    def tell(self, kind: str, **fields: Any) -> None:
        self._tell(
            {"type": kind, "item_id": self.id, "output_index": self.index, **fields}
        )

    def close(self, status: str) -> None:
        """Tell that nothing more comes; `status` is `completed` or `incomplete`."""
        self._tell(
            {
                "type": "response.output_item.done",
                "output_index": self.index,
                "item": self.shown,
            }
        )


class Reasoning(Item):
    __slots__ = ("_texts",)

    def __init__(self, tell: Tell, index: int, id: str) -> None:
        super().__init__(tell, index, {"id": id, "type": "reasoning", "summary": []})
        self._texts: list[str] = []

    def add(self, text: str) -> None:
        if not self._texts:
            part = {"type": "summary_text", "text": ""}
            self._tell_summary("part.added", part=part)
        self._texts.append(text)
        self._tell_summary("text.delta", delta=text)

    def sign(self, signature: Signature, *, of_call: bool = False) -> None:
        seal = signatures.as_text(signature, own=ISSUER)
        self.shown["encrypted_content"] = OF_A_CALL + seal if of_call else seal

    def close(self, status: str) -> None:
        if self._texts:
            text = "".join(self._texts)
            part = {"type": "summary_text", "text": text}
            self._tell_summary("text.done", text=text)
            self._tell_summary("part.done", part=part)
            self.shown["summary"] = [part]
        super().close(status)

    def _tell_summary(self, what: str, **fields: Any) -> None:
        self.tell(f"response.reasoning_summary_{what}", summary_index=0, **fields)


class Message(Item):
    """Texts and refusals in the order they came; those of one kind in a row are one part."""

    __slots__ = ("_kind", "_logprobs", "_parts", "_texts")

    def __init__(self, tell: Tell, index: int, id: str) -> None:
        shown = {
            "id": id,
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        super().__init__(tell, index, shown)
        self._parts: list[dict[str, Any]] = []
        self._kind = ""
        self._texts: list[str] = []
        self._logprobs: list[dict[str, Any]] = []

    def add(self, text: str, logprobs: Logprobs | None) -> None:
        if self._kind != "output_text":
            self._begin("output_text")
        self._texts.append(text)
        shown = [_logprob(each) for each in logprobs] if logprobs else []
        self._logprobs += shown
        self.tell(
            "response.output_text.delta",
            content_index=len(self._parts),
            delta=text,
            logprobs=shown,
        )

    def decline(self, text: str) -> None:
        if self._kind != "refusal":
            self._begin("refusal")
        self._texts.append(text)
        self.tell("response.refusal.delta", content_index=len(self._parts), delta=text)

    def close(self, status: str) -> None:
        self._end()
        self.shown["content"] = self._parts
        self.shown["status"] = status
        super().close(status)

    def _begin(self, kind: str) -> None:
        self._end()
        self._kind = kind
        self.tell(
            "response.content_part.added",
            content_index=len(self._parts),
            part=self._part("", []),
        )

    def _end(self) -> None:
        if not self._kind:
            return
        text, index = "".join(self._texts), len(self._parts)
        part = self._part(text, self._logprobs)
        if self._kind == "refusal":
            self.tell("response.refusal.done", content_index=index, refusal=text)
        else:
            self.tell(
                "response.output_text.done",
                content_index=index,
                text=text,
                logprobs=self._logprobs,
            )
        self.tell("response.content_part.done", content_index=index, part=part)
        self._parts.append(part)
        self._kind, self._texts, self._logprobs = "", [], []

    def _part(self, text: str, logprobs: list[dict[str, Any]]) -> dict[str, Any]:
        if self._kind == "refusal":
            return {"type": "refusal", "refusal": text}
        return {
            "type": "output_text",
            "annotations": [],
            "logprobs": logprobs,
            "text": text,
        }


class Call(Item):
    __slots__ = ("_texts",)

    def __init__(
        self, tell: Tell, index: int, id: str, *, call_id: str, name: str
    ) -> None:
        shown = {
            "id": id,
            "type": "function_call",
            "status": "in_progress",
            "arguments": "",
            "call_id": call_id,
            "name": name,
        }
        super().__init__(tell, index, shown)
        self._texts: list[str] = []

    def add(self, text: str) -> None:
        self._texts.append(text)
        self.tell("response.function_call_arguments.delta", delta=text)

    def close(self, status: str) -> None:
        if not self._texts:
            # Without arguments it is a call with none of them, which is JSON all the same.
            self.add("{}")
        arguments = "".join(self._texts)
        self.tell(
            "response.function_call_arguments.done",
            name=self.shown["name"],
            arguments=arguments,
        )
        self.shown["arguments"] = arguments
        self.shown["status"] = status
        super().close(status)


def _logprob(given: Mapping[str, Any]) -> dict[str, Any]:
    ranks = given.get("top_logprobs")
    return _token(given) | {
        "top_logprobs": [_token(each) for each in ranks] if ranks else []
    }


def _token(given: Mapping[str, Any]) -> dict[str, Any]:
    token, octets = given.get("token") or "", given.get("bytes")
    # Chat may leave the bytes out; responses may not.
    return {
        "token": token,
        "bytes": list(token.encode(errors="replace")) if octets is None else octets,
        "logprob": given.get("logprob"),
    }
