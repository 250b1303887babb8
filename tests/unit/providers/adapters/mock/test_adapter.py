import orjson
import pytest

from providers.adapters.mock import ADAPTER, MockTransport
from providers.multipart import NotMultipart
from providers.operations import Operation
from providers.types import Outbound, Sending, Timeouts

from .asking import TARGET

FORM = (
    b'--cut\r\nContent-Disposition: form-data; name="model"\r\n\r\n%b\r\n'
    b'--cut\r\nContent-Disposition: form-data; name="%b"; filename="a"\r\n\r\nx\r\n'
    b"--cut--\r\n"
)
FORMS = {Operation.IMAGE_EDITS, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS}


@pytest.mark.parametrize("operation", sorted(ADAPTER.speaks - FORMS))
def test_only_the_model_of_a_body_is_replaced(operation):
    sending = Sending(operation, b'{ "model":"m", "x":1}', stream=False)

    outbound = ADAPTER.outbound(TARGET, sending)

    assert outbound.body == b'{ "model":"mock-1", "x":1}'
    assert outbound.headers == [(b"content-type", b"application/json")]


@pytest.mark.parametrize("operation", sorted(FORMS))
def test_only_the_model_of_a_form_is_replaced(operation):
    kind = b"multipart/form-data; boundary=cut"
    sending = Sending(
        operation, FORM % (b"m", b"file"), stream=False, content_type=kind
    )

    outbound = ADAPTER.outbound(TARGET, sending)

    assert outbound.body == FORM % (b"mock-1", b"file")
    assert outbound.headers == [(b"content-type", kind)]


def test_a_form_that_is_none_is_not_sent():
    sending = Sending(Operation.TRANSCRIPTIONS, b"{}", stream=False)

    with pytest.raises(NotMultipart):
        ADAPTER.outbound(TARGET, sending)


@pytest.mark.parametrize("operation", sorted(ADAPTER.speaks))
async def test_no_operation_answers_without_a_model(operation):
    kind = b"multipart/form-data; boundary=cut"
    body = FORM % (b"", b"image") if operation in FORMS else b'{"model":""}'
    sending = Sending(operation, body, stream=False, content_type=kind)
    outbound = ADAPTER.outbound(TARGET, sending)
    without = Outbound(
        outbound.endpoint,
        b"POST",
        outbound.path,
        outbound.headers,
        body,
        Timeouts(),
    )

    inbound = await MockTransport(clock=lambda: 0).send(without)

    error = orjson.loads(await inbound.read(2**20))["error"]
    assert (inbound.status, error["param"]) == (400, "model")


async def test_a_path_it_does_not_know_is_not_found():
    outbound = Outbound(TARGET.endpoint, b"POST", b"/files", [], b"{}", Timeouts())

    inbound = await MockTransport(clock=lambda: 0).send(outbound)

    assert inbound.status == 404


async def test_a_query_does_not_change_the_path():
    body = b'{"model":"m","input":"a"}'
    outbound = Outbound(
        TARGET.endpoint, b"POST", b"/embeddings?x=/files", [], body, Timeouts()
    )

    inbound = await MockTransport(clock=lambda: 0).send(outbound)

    assert inbound.status == 200
