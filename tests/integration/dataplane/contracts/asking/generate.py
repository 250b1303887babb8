"""`generateContent`."""

from typing import Any

from .asked import CLAUDE, OPENAI, PDF, PNG, SCHEMA, Asked

SAYS = {"role": "user", "parts": [{"text": "hi"}]}


def _generate(
    *contents: dict[str, Any], beyond: tuple[str, ...] = (), **more: Any
) -> Asked:
    return Asked({"contents": list(contents) or [SAYS], **more}, beyond)


def _config(beyond: tuple[str, ...] = (), **config: Any) -> Asked:
    return _generate(generationConfig=config, beyond=beyond)


def _model(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


_DECLARED = {
    "name": "weather",
    "description": "Tells it.",
    "parameters": {
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING", "nullable": True}},
        "required": ["city"],
    },
}
_DECLARATIONS = [
    {
        "functionDeclarations": [
            _DECLARED,
            {"name": "time", "parametersJsonSchema": SCHEMA},
        ]
    }
]


def _calling(mode: str, *names: str) -> dict[str, Any]:
    allowed = {"allowedFunctionNames": list(names)} if names else {}
    return {"functionCallingConfig": {"mode": mode, **allowed}}


ASKED = {
    "text": _generate(systemInstruction={"parts": [{"text": "Be brief."}]}),
    "turns": _generate(SAYS, _model({"text": "Hello."}), SAYS),
    "sampling": _config(
        temperature=0.5, topP=0.9, stopSequences=["END"], maxOutputTokens=900
    ),
    "top k": _config(OPENAI, topK=4),
    "penalties": _config(CLAUDE, seed=4, presencePenalty=0.5, frequencyPenalty=0.5),
    "logprobs": _config(CLAUDE, responseLogprobs=True, logprobs=2),
    "choices": _config(CLAUDE, candidateCount=2),
    "tools": _generate(tools=_DECLARATIONS),
    "valid tools": _generate(tools=_DECLARATIONS, toolConfig=_calling("VALIDATED")),
    "a tool": _generate(tools=_DECLARATIONS, toolConfig=_calling("ANY", "time")),
    "no tool": _generate(tools=_DECLARATIONS, toolConfig=_calling("NONE")),
    "results": _generate(
        SAYS,
        _model(
            {"text": "Hm.", "thought": True, "thoughtSignature": "c2ln"},
            {
                "functionCall": {"name": "weather", "args": {"city": "Oslo"}},
                "thoughtSignature": "c2ln",
            },
        ),
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "weather", "response": {"sky": "grey"}}}
            ],
        },
        tools=_DECLARATIONS,
    ),
    "images": _generate(
        {
            "role": "user",
            "parts": [{"inlineData": {"mimeType": "image/png", "data": PNG}}],
        }
    ),
    "a file": _generate(
        {
            "role": "user",
            "parts": [
                {"inlineData": {"mimeType": "application/pdf", "data": PDF}},
                {"text": "Sum it up."},
            ],
        }
    ),
    "a schema": _config(
        responseMimeType="application/json",
        responseSchema={"type": "OBJECT", "properties": {"city": {"type": "STRING"}}},
    ),
    "thinking": _config(CLAUDE, thinkingConfig={"thinkingBudget": 2048}),
    "a level of thinking": _config(thinkingConfig={"thinkingLevel": "HIGH"}),
}
