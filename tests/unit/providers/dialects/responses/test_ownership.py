import base64

import orjson
import pytest

from providers import sse
from providers.dialects.responses.ownership import Relabel, open, seal

KEY = b"k" * 32
OWN = "resp_67cb32528d6881909eb2859a55e18a85"
SEALED = seal(OWN, tenant="acme", provider="openai-eu", key=KEY)


def relabel(**fields: object) -> Relabel:
    return Relabel(tenant="acme", provider="openai-eu", key=KEY, **fields)


def test_a_sealed_id_opens_to_what_it_was():
    assert SEALED.startswith("resp_gh")
    assert open(SEALED, tenant="acme", key=KEY) == ("openai-eu", OWN)


@pytest.mark.parametrize(
    ("text", "tenant", "key"),
    [
        (SEALED, "globex", KEY),
        (SEALED, "", KEY),
        (SEALED, "acme", b"l" * 32),
        (OWN, "acme", KEY),
        ("", "acme", KEY),
        ("resp_gh", "acme", KEY),
        ("resp_gh*", "acme", KEY),
        ("resp_ghé", "acme", KEY),
        (SEALED + "A", "acme", KEY),
        (SEALED + "A" * 4096, "acme", KEY),
        (SEALED.upper(), "acme", KEY),
    ],
)
def test_nothing_else_opens(text, tenant, key):
    assert open(text, tenant=tenant, key=key) is None


def test_no_character_of_a_sealed_id_can_be_another():
    # The last one holds bits that belong to no byte.
    for index in range(len("resp_gh"), len(SEALED) - 1):
        other = "A" if SEALED[index] != "A" else "B"
        changed = SEALED[:index] + other + SEALED[index + 1 :]
        assert open(changed, tenant="acme", key=KEY) is None


def test_the_name_of_a_tenant_cannot_be_made_up_of_what_follows_it():
    sealed = seal("r", tenant="a", provider="b", key=KEY)
    raw = base64.urlsafe_b64decode(sealed.removeprefix("resp_gh") + "==")
    moved = base64.urlsafe_b64encode(raw.replace(b"b\0r", b"\0r")).decode().rstrip("=")

    assert open(sealed, tenant="a", key=KEY) == ("b", "r")
    assert open("resp_gh" + moved, tenant="ab", key=KEY) is None


def test_a_provider_without_a_plain_name_is_not_sealed():
    with pytest.raises(ValueError, match="zero byte"):
        seal("r", tenant="a", provider="b\0c", key=KEY)


def test_only_the_id_of_a_whole_answer_is_replaced():
    body = orjson.dumps(
        {
            "metadata": {"id": "resp_of_another_tenant"},
            "id": OWN,
            "object": "response",
            "output": [
                {"id": f"msg_{OWN[5:]}", "content": [{"text": f'say "{OWN}" now'}]}
            ],
        }
    )

    shown = relabel().answer(body)

    assert shown == body.replace(
        b'"id":"%b"' % OWN.encode(), b'"id":"%b"' % SEALED.encode()
    )
    assert shown != body


def test_every_event_shows_the_sealed_id():
    first = b'event: response.created\ndata: {"type": "response.created", "response": {"id": "%b"}}\n\n'
    between = b'data: {"type":"response.output_text.delta","item_id":"msg_1"}\n\n'
    last = b'data: {"response":{"output":[],"id":"%b"}}\n\n'
    passing = relabel()

    shown = [
        passing.block(block)
        for block in (b": hi\n\n", first % OWN.encode(), between, last % OWN.encode())
    ]

    assert shown == [
        b": hi\n\n",
        first % SEALED.encode(),
        between,
        last % SEALED.encode(),
    ]


def test_an_id_the_caller_named_is_never_sealed_as_the_providers():
    block = (
        b'data: {"response":{"metadata":{"id":"resp_x"},"id":"%b"}}\n\n' % OWN.encode()
    )

    shown = relabel().block(block)

    assert b'"id":"resp_x"' in shown
    assert SEALED.encode() in shown


def test_a_caller_sees_the_previous_id_as_it_gave_it():
    previous = seal("resp_0", tenant="acme", provider="openai-eu", key=KEY)
    body = b'{"previous_response_id":"resp_0","id":"%b","o":"resp_01"}' % OWN.encode()

    shown = relabel(previous=(previous, "resp_0")).answer(body)

    assert orjson.loads(shown) == {
        "previous_response_id": previous,
        "id": SEALED,
        "o": "resp_01",
    }


def test_an_error_names_the_previous_id_as_the_caller_gave_it():
    body = b'{"error":{"message":"Previous response with id \'resp_0\' not found."}}'

    shown = relabel(previous=("resp_ghx", "resp_0")).answer(body)

    assert shown == body.replace(b"resp_0", b"resp_ghx")


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[1]", b'{"id":7}', b'{"error":{}}']
)
def test_what_is_no_response_passes_as_it_is(body):
    assert relabel().answer(body) == body
    assert relabel().block(b"data: %b\n\n" % body) == b"data: %b\n\n" % body


def test_a_stream_cut_at_every_byte_shows_the_same():
    stream = (
        b'data: {"type":"response.created","response":{"id":"%b"}}\n\n'
        b'data: {"type":"response.output_text.delta","delta":"a"}\n\n'
        b'data: {"type":"response.completed","response":{"id":"%b"}}\n\n'
    ) % (OWN.encode(), OWN.encode())
    whole = stream.replace(OWN.encode(), SEALED.encode())

    for cut in range(len(stream)):
        framer, passing = sse.Framer(), relabel()
        blocks = [framer.feed(stream[:cut]), framer.feed(stream[cut:])]
        assert b"".join(map(passing.block, blocks)) == whole
