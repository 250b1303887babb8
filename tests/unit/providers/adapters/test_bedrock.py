from providers.adapters.bedrock import ADAPTER
from providers.operations import Operation
from providers.types import Endpoint, Outbound, Sending, Target, Timeouts

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MODEL = "us.anthropic.claude-sonnet-4-20250514-v1:0"
BODY = b'{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}'
NOON = 1790000000.25
TIMEOUTS = Timeouts()


def target(host="bedrock-runtime.us-east-1.amazonaws.com", **changed):
    usual = {
        "provider": "aws",
        "kind": "bedrock",
        "endpoint": Endpoint("https", host, 443),
        "base_path": "",
        "upstream_model": MODEL,
        "timeouts": TIMEOUTS,
        "secret": f"{ACCESS_KEY}:{SECRET_KEY}",
        "region": "us-east-1",
    }
    return Target(**usual | changed)


def outbound(to, *, stream=False):
    sending = Sending(Operation.CONVERSE, BODY, stream=stream, now=NOON)
    return ADAPTER.outbound(to, sending)


def authorization(to):
    return dict(outbound(to).headers)[b"authorization"].decode()


def test_converses_and_speaks_nothing_a_caller_speaks():
    assert ADAPTER.converses is Operation.CONVERSE
    assert ADAPTER.speaks == {Operation.CONVERSE}
    assert ADAPTER.shown == frozenset()


def test_sends_a_bedrock_api_key_as_it_is():
    to = target(secret="bedrock-api-key-1")

    assert outbound(to) == Outbound(
        endpoint=to.endpoint,
        method=b"POST",
        path=b"/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/converse",
        headers=[
            (b"content-type", b"application/json"),
            (b"accept", b"application/json"),
            (b"user-agent", b"gatehouse"),
            (b"authorization", b"Bearer bedrock-api-key-1"),
        ],
        body=BODY,
        timeouts=TIMEOUTS,
    )


def test_asks_for_a_stream_of_frames():
    sent = outbound(target(base_path="/aws"), stream=True)

    assert sent.path.startswith(b"/aws/model/")
    assert sent.path.endswith(b"/converse-stream")
    assert (b"accept", b"application/vnd.amazon.eventstream") in sent.headers


def test_names_a_model_by_its_arn():
    arn = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123"

    assert outbound(target(upstream_model=arn)).path == (
        b"/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012"
        b"%3Aapplication-inference-profile%2Fabc123/converse"
    )


# By botocore, for the same request.
def test_signs_with_an_access_key():
    to = target(
        host="bedrock-runtime.eu-central-1.amazonaws.com",
        region="eu-central-1",
        secret=f"{ACCESS_KEY}:{SECRET_KEY}:IQoJb3JpZ2luX2VjEXAMPLETOKEN/+==",
    )

    headers = outbound(to, stream=True).headers

    assert headers[3:] == [
        (b"x-amz-date", b"20260921T141320Z"),
        (b"x-amz-security-token", b"IQoJb3JpZ2luX2VjEXAMPLETOKEN/+=="),
        (
            b"authorization",
            b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260921/eu-central-1/bedrock/aws4_request,"
            b" SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,"
            b" Signature=411c70c32bb6753927f53a604c6e01e3b57ff5a405e35d37717731619cec9c61",
        ),
    ]


def test_signs_the_host_with_the_port_the_transport_will_send():
    at_443 = authorization(target(endpoint=Endpoint("https", "aws.test", 443)))
    at_8443 = authorization(target(endpoint=Endpoint("https", "aws.test", 8443)))

    assert at_443 != at_8443


def test_signs_for_the_region_of_the_target():
    signed = authorization(target("proxy.internal", region="sa-east-1"))

    assert "/sa-east-1/bedrock/" in signed


def test_sends_no_authorization_without_a_credential():
    assert b"authorization" not in dict(outbound(target(secret="")).headers)


def test_lets_no_header_of_the_caller_through():
    sending = Sending(
        Operation.CONVERSE,
        BODY,
        stream=False,
        headers={b"x-amz-date": b"1", b"openai-beta": b"x"},
        query=b"a=b",
    )

    sent = ADAPTER.outbound(target(secret=""), sending)

    assert b"?" not in sent.path
    assert [name for name, _ in sent.headers] == [
        b"content-type",
        b"accept",
        b"user-agent",
    ]
