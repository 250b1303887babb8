import time

import orjson
import pytest

from providers.adapters.complaints import BLANK, complaint_of, repeats

SECRET = "sk-proj-0123456789abcdefWXYZ"
PARTS = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG:token-of-a-session"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        # OpenAI, Azure, vLLM
        (
            {"error": {"message": "no such model", "type": "t", "code": "c"}},
            "no such model",
        ),
        ({"error": {"code": "404", "message": "Resource not found"}}, "Resource not found"),
        ({"object": "error", "message": "too long", "code": 400}, "too long"),
        ({"error": {"message": None, "code": "x"}}, ""),
        # Anthropic
        (
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            "Overloaded",
        ),
        # Gemini
        ({"error": {"code": 400, "message": "bad", "status": "INVALID"}}, "bad"),
        ([{"error": {"code": 400, "message": "bad", "status": "INVALID"}}], "bad"),
        # Bedrock
        ({"message": "The provided model identifier is invalid."}, "The provided model identifier is invalid."),
        ({"Message": "not authorized"}, "not authorized"),
        ({"__type": "ValidationException", "message": "one"}, "one"),
        # Ollama, and those who name the error beside the message
        ({"error": "model 'x' not found"}, "model 'x' not found"),
        ({"error": "Bad Request", "message": "no body"}, "no body"),
        ({"error": "Bad Request", "status": 400}, "Bad Request"),
        # FastAPI
        ({"detail": "Not Found"}, "Not Found"),
        (
            {"detail": [{"loc": ["body", "messages", 0], "msg": "Field required"}]},
            "body.messages.0: Field required",
        ),
        ({"detail": [{"loc": [], "msg": "Field required"}]}, "Field required"),
        ({"object": "error", "message": {"detail": [{"msg": "deep"}]}}, "deep"),
        ({"errors": ["first", "second"]}, "first"),
        # None
        ({}, ""),
        ([], ""),
        ("text", "text"),
        (None, ""),
        (7, ""),
        ({"error": {}}, ""),
        ({"error": []}, ""),
        ({"error": 500}, ""),
        ({"detail": [{"loc": ["body"]}]}, ""),
        ({"error": {"error": {"error": {"error": {"message": "too deep"}}}}}, ""),
    ],
)  # fmt: skip
def test_the_message_of_every_dialect_is_found(body, complaint):
    assert complaint_of(orjson.dumps(body)) == complaint


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502 Bad Gateway</html>",
        b"{",
        b"\xff",
        b'{"error":"\\ud800"}',
        b"[" * 1000 + b"]" * 1000,
        b'{"error":' * 1000 + b"1" + b"}" * 1000,
    ],
)
def test_what_is_no_error_of_a_dialect_says_nothing(body):
    assert complaint_of(body) == ""


def test_it_is_one_line_of_visible_characters():
    said = "\n one\r\n two\u2028three\x00\x1b[31m\u202e\u200b\x9f\t "

    assert complaint_of(orjson.dumps({"error": said})) == "one  two three[31m"


@pytest.mark.parametrize("length", [499, 500, 501, 100_000])
def test_it_is_cut(length):
    complaint = complaint_of(orjson.dumps({"error": "é" * length}))

    assert len(complaint) == min(length, 500)
    assert complaint.endswith("…") is (length > 500)


@pytest.mark.parametrize(
    ("secret", "said", "shown"),
    [
        (SECRET, f"key {SECRET} is bad", f"key {BLANK} is bad"),
        (SECRET, f"key='{SECRET}'", f"key='{BLANK}'"),
        (SECRET, "key sk-pr***********WXYZ. See", f"key {BLANK} See"),
        (SECRET, "key: ****WXYZ.", f"key: {BLANK}"),
        (SECRET, "key: sk-pr...", f"key: {BLANK}"),
        (SECRET, "key: 'sk-proj-012…XYZ'", f"key: '{BLANK}'"),
        (SECRET, "wait... it is ***important***.", "wait... it is ***important***."),
        (PARTS, f"{PARTS} or AKIAIOSFODNN7EXAMPLE", f"{BLANK} or {BLANK}"),
        (PARTS, "not wJalrXUtnFEMI/K7MDENG", f"not {BLANK}"),
        (PARTS, "AK IA", "AK IA"),
        ("", "sk-ab***yz", "sk-ab***yz"),
        ("x", "except", "except"),
        ("none", "none of it", f"{BLANK} of it"),
        (SECRET, "....... ****** …", "....... ****** …"),
    ],
)
def test_our_credential_is_blanked(secret, said, shown):
    assert complaint_of(orjson.dumps({"error": said}), secret=secret) == shown


@pytest.mark.parametrize("before", range(470, 501))
def test_a_cut_leaves_no_half_of_a_credential(before):
    said = "." * before + " " + SECRET

    complaint = complaint_of(orjson.dumps({"error": said}), secret=SECRET)

    assert SECRET[:3] not in complaint


def test_a_credential_hidden_among_control_characters_is_blanked_all_the_same():
    said = "\x00".join(SECRET)

    assert complaint_of(orjson.dumps({"error": said}), secret=SECRET) == BLANK


@pytest.mark.parametrize("filler", ["x", ".", "*", "…", "x.", " ", "\x00"])
def test_a_long_word_is_read_in_a_moment(filler):
    body = orjson.dumps({"error": filler * 2**20})

    began = time.perf_counter()
    complaint_of(body, secret=SECRET)

    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"error":{"message":"bad key sk-secret-0123456789"}}', True),
        (b'{"error":{"message":"bad key sk\\u002dsecret-0123456789"}}', True),
        (b'{"error":{"message":"bad key sk-se****6789"}}', True),
        (b'{"error":{"message":"bad key"}}', False),
        (b"no JSON, sk-secret-0123456789", True),
        (b"no JSON", False),
    ],
)
def test_a_credential_is_recognised_however_it_is_repeated(body, shown):
    assert repeats(body, "sk-secret-0123456789") is shown
