import pytest

from providers.dialects.conversation import (
    Audio,
    Declined,
    File,
    Image,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)
from providers.dialects.errors import BadField, MissingField, Unsayable
from providers.dialects.responses.sides import CALLER

CALL = {"type": "function_call", "call_id": "c1", "name": "find", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "found"}


def turns(*items: object) -> tuple[Turn, ...]:
    return CALLER.parse({"model": "m", "input": list(items)}).turns


def parts(*given: object, role: str = "user") -> tuple[object, ...]:
    (turn,) = turns({"role": role, "content": list(given)})
    return turn.parts


def reasoning(text: str = "", seal: str = "") -> dict[str, object]:
    summary = [{"type": "summary_text", "text": text}] if text else []
    return {"type": "reasoning", "id": "rs_1", "summary": summary} | (
        {"encrypted_content": seal} if seal else {}
    )


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("user", Role.USER),
        ("assistant", Role.ASSISTANT),
        ("system", Role.SYSTEM),
        ("developer", Role.SYSTEM),
    ],
)
@pytest.mark.parametrize("typed", [{}, {"type": "message"}])
def test_a_message_is_a_turn_of_its_role(said, role, typed):
    read = turns({"role": said, "content": "hi", **typed})

    text = Text("hi", at="input[0].content")
    assert read == (Turn(role, (text,), at="input[0]"),)


def test_two_messages_of_the_user_stay_two_turns():
    read = turns({"role": "user", "content": "a"}, {"role": "user", "content": "b"})

    assert [turn.at for turn in read] == ["input[0]", "input[1]"]


def test_all_an_assistant_did_in_a_row_is_one_turn_and_all_outputs_are_another():
    read = turns(
        {"role": "user", "content": "go"},
        reasoning("hm", "anthropic.c2ln"),
        {
            "type": "message",
            "id": "msg_1",
            "status": "completed",
            "role": "assistant",
            "content": [
                {
                    "type": "output_text",
                    "text": "looking",
                    "annotations": [],
                    "logprobs": [],
                }
            ],
        },
        CALL | {"id": "fc_1", "status": "completed"},
        CALL | {"call_id": "c2", "name": "list"},
        OUTPUT,
        OUTPUT | {"call_id": "c2", "output": [{"type": "input_text", "text": "two"}]},
        {"role": "user", "content": "and?"},
    )

    assert read == (
        Turn(Role.USER, (Text("go", at="input[0].content"),), at="input[0]"),
        Turn(
            Role.ASSISTANT,
            (
                Thinking("hm", Signature("anthropic", "c2ln"), at="input[1]"),
                Text("looking", at="input[2].content[0]"),
                ToolCall("c1", "find", "{}", at="input[3]"),
                ToolCall("c2", "list", "{}", at="input[4]"),
            ),
            at="input[1]",
        ),
        Turn(
            Role.USER,
            (
                ToolResult(
                    "c1",
                    (Text("found", at="input[5].output"),),
                    name="find",
                    at="input[5]",
                ),
                ToolResult(
                    "c2",
                    (Text("two", at="input[6].output[0]"),),
                    name="list",
                    at="input[6]",
                ),
            ),
            at="input[5]",
        ),
        Turn(Role.USER, (Text("and?", at="input[7].content"),), at="input[7]"),
    )


def test_calls_and_outputs_that_alternate_are_turns_that_alternate():
    read = turns(CALL, OUTPUT, CALL | {"call_id": "c2"}, OUTPUT | {"call_id": "c2"})

    assert [turn.role for turn in read] == [
        Role.ASSISTANT,
        Role.USER,
        Role.ASSISTANT,
        Role.USER,
    ]


@pytest.mark.parametrize(
    ("item", "thought"),
    [
        (
            reasoning("hm", "gAAAAB_-="),
            Thinking("hm", Signature("openai", "gAAAAB_-="), at="input[0]"),
        ),
        (
            reasoning("", "gemini.c2ln"),
            Thinking("", Signature("gemini", "c2ln"), at="input[0]"),
        ),
        (reasoning("hm"), Thinking("hm", None, at="input[0]")),
        (
            reasoning("short")
            | {"content": [{"type": "reasoning_text", "text": "at length"}]},
            Thinking("at length", None, at="input[0]"),
        ),
    ],
)
def test_reasoning_comes_back_with_its_signature(item, thought):
    assert turns(item) == (Turn(Role.ASSISTANT, (thought,), at="input[0]"),)


def test_reasoning_that_is_only_an_id_says_nothing():
    assert turns(reasoning()) == ()


def test_the_signature_of_a_call_comes_back_to_it():
    (turn,) = turns(reasoning("", "call.gemini.c2ln"), CALL, CALL | {"call_id": "c2"})

    assert turn.parts == (
        ToolCall("c1", "find", "{}", Signature("gemini", "c2ln"), at="input[1]"),
        ToolCall("c2", "find", "{}", at="input[2]"),
    )


@pytest.mark.parametrize("after", [(), ({"role": "user", "content": "x"}, CALL)])
def test_the_signature_of_a_call_that_is_not_there_is_kept_as_reasoning(after):
    read = turns(reasoning("", "call.gemini.c2ln"), *after)

    assert read[0].parts == (Thinking("", Signature("gemini", "c2ln"), at="input[0]"),)


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (
            {"type": "input_text", "text": "a"},
            Text("a", at="input[0].content[0]"),
        ),
        (
            {
                "type": "input_text",
                "text": "a",
                "prompt_cache_breakpoint": {"mode": "explicit"},
            },
            Text("a", at="input[0].content[0]", cache="1h"),
        ),
        (
            {"type": "input_image", "image_url": "https://a/b.png", "detail": "auto"},
            Image(url="https://a/b.png", at="input[0].content[0]"),
        ),
        (
            {
                "type": "input_image",
                "image_url": "data:image/png;base64,aGk=",
                "detail": "low",
            },
            Image("aGk=", "image/png", detail="low", at="input[0].content[0]"),
        ),
        (
            {
                "type": "input_file",
                "filename": "a.pdf",
                "file_data": "data:application/pdf;base64,aGk=",
            },
            File("aGk=", "application/pdf", name="a.pdf", at="input[0].content[0]"),
        ),
        (
            {"type": "input_file", "filename": "a.txt", "file_data": "aGk="},
            File("aGk=", "text/plain", name="a.txt", at="input[0].content[0]"),
        ),
        (
            {"type": "input_file", "file_url": "https://a/b.pdf"},
            File(url="https://a/b.pdf", at="input[0].content[0]"),
        ),
        (
            {"type": "input_file", "file_id": "file-1"},
            File(id="file-1", at="input[0].content[0]"),
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}},
            Audio("aGk=", "wav", at="input[0].content[0]"),
        ),
    ],
)
def test_a_part_of_what_a_user_says_is_read(given, part):
    assert parts(given) == (part,)


def test_a_refusal_of_the_assistant_comes_back():
    given = {"type": "refusal", "refusal": "no"}

    read = parts(given, role="assistant")

    assert read == (Declined("no", at="input[0].content[0]"),)


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"type": "item_reference", "id": "msg_1"}, "input[0]"),
        ({"id": "msg_1"}, "input[0]"),
        ({"type": "computer_call", "id": "cu_1"}, "input[0]"),
        ({"type": "mcp_call", "id": "mcp_1"}, "input[0]"),
        ({"type": "custom_tool_call", "call_id": "c1"}, "input[0]"),
        ({"type": "compaction", "encrypted_content": "x"}, "input[0]"),
    ],
)
def test_items_only_openai_knows_are_refused_by_their_place(item, path):
    with pytest.raises(Unsayable) as caught:
        turns(item)

    assert caught.value.field == path


@pytest.mark.parametrize(
    "item", [{"type": "item_reference", "id": "msg_1"}, {"id": "msg_1"}]
)
def test_an_item_named_by_its_id_is_refused_with_the_way_out(item):
    with pytest.raises(Unsayable, match="store: false"):
        turns(item)


@pytest.mark.parametrize(
    ("item", "path"),
    [
        (CALL | {"namespace": "crm"}, "input[0].namespace"),
        (
            {
                "role": "user",
                "content": [{"type": "input_image", "file_id": "file-1"}],
            },
            "input[0].content[0].file_id",
        ),
        (
            {
                "role": "user",
                "content": [
                    {"type": "input_file", "file_id": "file-1", "detail": "high"}
                ],
            },
            "input[0].content[0].detail",
        ),
    ],
)
def test_what_an_item_says_beyond_words_is_kept_by_its_path(item, path):
    ask = CALLER.parse({"model": "m", "input": [item]})

    assert list(ask.unsaid) == [path]


@pytest.mark.parametrize(
    ("item", "path", "kind"),
    [
        ({}, "input[0].type", MissingField),
        ({"type": "message", "content": "x"}, "input[0].role", MissingField),
        ({"role": "user"}, "input[0].content", MissingField),
        ({"role": "tool", "content": "x"}, "input[0].role", BadField),
        ({"role": "user", "content": 1}, "input[0].content", BadField),
        ({"role": "user", "content": [{}]}, "input[0].content[0].type", MissingField),
        (
            {"role": "user", "content": [{"type": "refusal", "refusal": "x"}]},
            "input[0].content[0].type",
            BadField,
        ),
        (
            {"role": "assistant", "content": [{"type": "input_image"}]},
            "input[0].content[0].type",
            BadField,
        ),
        (
            {"role": "user", "content": [{"type": "input_image"}]},
            "input[0].content[0].image_url",
            MissingField,
        ),
        (
            {
                "role": "user",
                "content": [{"type": "input_image", "image_url": "data:,x"}],
            },
            "input[0].content[0].image_url",
            BadField,
        ),
        (
            {"role": "user", "content": [{"type": "input_file"}]},
            "input[0].content[0]",
            BadField,
        ),
        ({"type": "function_call"}, "input[0].call_id", MissingField),
        (
            {"type": "function_call_output", "output": "x"},
            "input[0].call_id",
            MissingField,
        ),
        (
            {"type": "function_call_output", "call_id": "c1"},
            "input[0].output",
            MissingField,
        ),
        ("text", "input[0]", BadField),
    ],
)
def test_what_is_wrong_with_an_item_is_named_by_its_whole_path(item, path, kind):
    with pytest.raises(kind) as caught:
        turns(item)

    assert caught.value.field == path
