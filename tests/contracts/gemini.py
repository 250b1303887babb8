"""Gemini's answers and requests, by the types of Google's Python client, read strictly.

The types are closed, but leave every field out as it pleases. Where they serve the client
more than they show the wire, the wire's own names stand here.
"""

import json
import warnings
from typing import Any, Literal

from google.genai import types
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

# Google Cloud's alone: its other service refuses them.
_CLOUDS = {
    "audioTimestamp",
    "enableAffectiveDialog",
    "modelSelectionConfig",
    "routingConfig",
}
_STATUSES = Literal[
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Request(_Closed):
    contents: list[types.Content] = Field(min_length=1)
    system_instruction: types.Content | None = None
    tools: list[types.Tool] | None = None
    tool_config: types.ToolConfig | None = None
    generation_config: types.GenerationConfig | None = None
    safety_settings: list[types.SafetySetting] | None = None
    cached_content: str | None = None


class EmbedRequest(_Closed):
    model: str
    content: types.Content
    task_type: str | None = None
    title: str | None = None
    output_dimensionality: int | None = None


class EmbedRequests(_Closed):
    requests: list[EmbedRequest] = Field(min_length=1)


class Answer(types.GenerateContentResponse):
    @model_validator(mode="after")
    def _says_something(self) -> "Answer":
        if not (self.candidates or self.prompt_feedback):
            raise ValueError("neither candidates nor why there are none")
        return self


class Count(types.CountTokensResponse):
    total_tokens: int


class Model(types.Model):
    name: str = Field(pattern="^models/.")
    supported_actions: list[str] = Field(alias="supportedGenerationMethods")


class Models(_Closed):
    models: list[Model]
    next_page_token: str | None = None


class ErrorInfo(_Closed):
    type: Literal["type.googleapis.com/google.rpc.ErrorInfo"] = Field(alias="@type")
    reason: str
    domain: str
    metadata: dict[str, str]


class RetryInfo(_Closed):
    type: Literal["type.googleapis.com/google.rpc.RetryInfo"] = Field(alias="@type")
    retry_delay: str = Field(pattern=r"^\d+(\.\d+)?s$")


class Status(_Closed):
    code: int
    message: str
    status: _STATUSES
    details: list[ErrorInfo | RetryInfo]


class Error(_Closed):
    error: Status


def check(kind: type[BaseModel], value: Any) -> None:
    """Raise a `ValidationError` unless the value is what its type says, and no more."""
    with warnings.catch_warnings():
        # By which the client tells of a value that an enumeration does not have.
        warnings.simplefilter("error")
        kind.model_validate_json(
            json.dumps(value), strict=True, by_alias=True, by_name=False
        )
    assert not value.get("generationConfig", {}).keys() & _CLOUDS
