from typing import Any

from google import genai
from google.genai import errors, types

from .speaker import BOTH, HELLO, RESULTS, SCHEMAS, Raised, Speaker, Told

TOOLS = [
    types.Tool(
        function_declarations=[
            types.FunctionDeclaration(
                name=name, description="Tells.", parameters_json_schema=schema
            )
            for name, schema in SCHEMAS.items()
        ]
    )
]


class GoogleGenAI(Speaker):
    name = "google-genai"
    endpoint = "/v1/models/{model}:{method}"
    raised = Raised(
        wrong_key=errors.ClientError,
        unknown_model=errors.ClientError,
        unsayable=errors.ClientError,
        forbidden=errors.ServerError,
        limited=errors.ClientError,
        failing=errors.ServerError,
        broken=errors.ServerError,
    )
    passes_to = "GEMINI"
    unsaid = "cachedContent"
    thinking = {"thinking_config": types.ThinkingConfig(include_thoughts=True)}

    def __init__(self, url: str, key: str) -> None:
        options = types.HttpOptions(base_url=url)
        self.client = genai.Client(api_key=key, http_options=options)

    def plain(self, model: str) -> Told:
        answer = self.client.models.generate_content(model=model, contents=HELLO)
        return told(answer.text, answer.usage_metadata)

    def streamed(self, model: str) -> Told:
        chunks = list(
            self.client.models.generate_content_stream(model=model, contents=HELLO)
        )
        text = "".join(chunk.text or "" for chunk in chunks)
        return told(text, chunks[-1].usage_metadata)

    def use_tools(
        self, model: str, *, stream: bool, thinking: bool = False, then: str = ""
    ) -> tuple[list[tuple[str, Any]], str]:
        contents = [types.Content(role="user", parts=[types.Part(text=BOTH)])]
        options = self.thinking if thinking else {}
        parts = self._called(model, contents, stream=stream, **options)
        calls = [part.function_call for part in parts if part.function_call]
        results = [
            types.FunctionResponse(
                id=call.id, name=call.name, response={"result": RESULTS[call.name]}
            )
            for call in calls
        ]
        contents += [
            types.Content(role="model", parts=parts),
            types.Content(
                role="user", parts=[types.Part(function_response=r) for r in results]
            ),
        ]
        answer = self._called(then or model, contents, stream=stream, **options)
        text = "".join(part.text or "" for part in answer if not part.thought)
        return [(call.name, call.args) for call in calls], text

    def _called(
        self, model: str, contents: list[types.Content], *, stream: bool, **options: Any
    ) -> list[types.Part]:
        by_hand = types.AutomaticFunctionCallingConfig(disable=True)
        config = types.GenerateContentConfig(
            tools=TOOLS, automatic_function_calling=by_hand, **options
        )
        asked = {"model": model, "contents": contents, "config": config}
        models = self.client.models
        if stream:
            chunks = list(models.generate_content_stream(**asked))
        else:
            chunks = [models.generate_content(**asked)]
        return [
            part
            for chunk in chunks
            for part in chunk.candidates[0].content.parts or []
            # An empty text says nothing, and Google takes none back.
            if part.text != "" or part.thought_signature
        ]

    def say_what_cannot_be_said(self, model: str) -> None:
        config = types.GenerateContentConfig(cached_content="cachedContents/c")
        self.client.models.generate_content(model=model, contents=HELLO, config=config)

    def close(self) -> None:
        self.client.close()


def told(text: str | None, usage: Any) -> Told:
    assert text is not None
    completion = usage.candidates_token_count + (usage.thoughts_token_count or 0)
    prompt = usage.prompt_token_count
    assert usage.total_token_count == prompt + completion
    return Told(text, prompt, completion, usage.cached_content_token_count)
