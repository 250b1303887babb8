"""Signatures published by AWS: its test suite, and the example of its documentation.

Those of Bedrock's requests were made by botocore, AWS's own library, from the same arguments.
"""

import pytest

from providers.signing import Credentials, Scope, signature_headers

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI"
    "/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT"
    "38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
AUGUST_2015 = 1440938160.0  # 20150830T123600Z
LONG_AFTER = 1790000000.25  # 20260921T141320Z
FORM = (b"content-type", b"application/x-www-form-urlencoded")
JSON = (b"content-type", b"application/json")
HI = b'{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}'


def signature(**changed):
    asked = {
        "method": b"GET",
        "host": b"example.amazonaws.com",
        "path": b"/",
        "query": b"",
        "headers": [],
        "body": b"",
        "scope": Scope("us-east-1", "service"),
        "token": "",
        "now": AUGUST_2015,
    } | changed
    added = signature_headers(
        Credentials("AKIDEXAMPLE", SECRET, asked["token"]),
        asked["scope"],
        method=asked["method"],
        path=asked["path"],
        query=asked["query"],
        headers=[(b"host", asked["host"]), *asked["headers"]],
        body=asked["body"],
        now=asked["now"],
    )
    return dict(added)[b"authorization"].decode().rpartition("Signature=")[2]


@pytest.mark.parametrize(
    ("changed", "published"),
    [
        pytest.param(
            {},
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            id="get-vanilla",
        ),
        pytest.param(
            {"method": b"POST"},
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            id="post-vanilla",
        ),
        pytest.param(
            {"query": b"Param2=value2&Param1=value1"},
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            id="get-vanilla-query-order-key-case",
        ),
        pytest.param(
            {"query": b"%E1%88%B4=bar"},
            "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
            id="get-vanilla-utf8-query",
        ),
        pytest.param(
            {
                "headers": [
                    (b"My-Header1", b" value1"),
                    (b"My-Header2", b' "a   b   c"'),
                ]
            },
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            id="get-header-value-trim",
        ),
        pytest.param(
            {
                "headers": [
                    (b"My-Header1", b"value2"),
                    (b"My-Header1", b"value2"),
                    (b"My-Header1", b"value1"),
                ]
            },
            "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
            id="get-header-key-duplicate",
        ),
        pytest.param(
            {"method": b"POST", "headers": [FORM], "body": b"Param1=value1"},
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            id="post-x-www-form-urlencoded",
        ),
        pytest.param(
            {"path": b"/example1/example2/../.."},
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            id="get-relative-relative",
        ),
        pytest.param(
            {"path": b"/./example"},
            "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
            id="get-slash-pointless-dot",
        ),
        pytest.param(
            {"path": b"//example//"},
            "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
            id="get-slashes",
        ),
        pytest.param(
            {"method": b"POST", "token": TOKEN},
            "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            id="post-sts-header-before",
        ),
        pytest.param(
            {
                "host": b"iam.amazonaws.com",
                "query": b"Action=ListUsers&Version=2010-05-08",
                "headers": [(FORM[0], FORM[1] + b"; charset=utf-8")],
                "scope": Scope("us-east-1", "iam"),
            },
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            id="documentation-list-users",
        ),
    ],
)
def test_signs_as_aws_published(changed, published):
    assert signature(**changed) == published


@pytest.mark.parametrize(
    ("changed", "by_botocore"),
    [
        pytest.param(
            {
                "host": b"bedrock-runtime.us-east-1.amazonaws.com",
                "path": b"/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/converse",
            },
            "13088c243be9781181368385f2522edfc85eea6ae1b70d7949961d1e0f8d483e",
            id="inference profile",
        ),
        pytest.param(
            {
                "host": b"bedrock-runtime.eu-central-1.amazonaws.com",
                "path": b"/model/us.anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream",
                "scope": Scope("eu-central-1", "bedrock"),
                "token": "IQoJb3JpZ2luX2VjEXAMPLETOKEN/+==",
                "now": LONG_AFTER,
            },
            "411c70c32bb6753927f53a604c6e01e3b57ff5a405e35d37717731619cec9c61",
            id="temporary credentials",
        ),
        pytest.param(
            {
                "host": b"bedrock-runtime.us-west-2.amazonaws.com",
                "path": b"/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aapplication-inference-profile%2Fabc123/converse",
                "scope": Scope("us-west-2", "bedrock"),
            },
            "7dcd867597e64bf72efce57856b327b346f1c8ee5487444e783c5c78f2558404",
            id="ARN",
        ),
        pytest.param(
            {
                "host": b"127.0.0.1:8443",
                "path": b"/base/model/amazon.nova-lite-v1%3A0/converse",
                "scope": Scope("us-west-2", "bedrock"),
            },
            "707e52e8d23334155e97f435a703507d177884c23224cdd672ed3585192ae7ac",
            id="a port and a base path",
        ),
    ],
)
def test_signs_requests_for_bedrock_as_botocore_does(changed, by_botocore):
    usual = {
        "method": b"POST",
        "headers": [JSON],
        "body": HI,
        "scope": Scope("us-east-1", "bedrock"),
    }

    assert signature(**usual | changed) == by_botocore


def test_adds_the_time_the_token_and_the_authorization():
    added = signature_headers(
        Credentials("AKIDEXAMPLE", SECRET, "a token"),
        Scope("us-east-1", "service"),
        method=b"GET",
        path=b"/",
        headers=[(b"host", b"example.amazonaws.com")],
        body=b"",
        now=AUGUST_2015,
    )

    assert added[:2] == [
        (b"x-amz-date", b"20150830T123600Z"),
        (b"x-amz-security-token", b"a token"),
    ]
    name, value = added[2]
    assert name == b"authorization"
    assert value.startswith(
        b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        b" SignedHeaders=host;x-amz-date;x-amz-security-token, Signature="
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"method": b"PUT"},
        {"host": b"elsewhere.amazonaws.com"},
        {"path": b"/else"},
        {"path": b"/%2F"},
        {"query": b"else"},
        {"headers": [FORM]},
        {"body": b"else"},
        {"scope": Scope("us-east-2", "service")},
        {"scope": Scope("us-east-1", "else")},
        {"token": "else"},
        {"now": AUGUST_2015 + 1},
        {"now": AUGUST_2015 + 86400},
    ],
)
def test_signs_everything_it_is_given(changed):
    assert signature(**changed) != signature()


def test_credentials_do_not_show_their_secrets():
    assert SECRET not in repr(Credentials("AKIDEXAMPLE", SECRET, TOKEN))
    assert TOKEN not in repr(Credentials("AKIDEXAMPLE", SECRET, TOKEN))
