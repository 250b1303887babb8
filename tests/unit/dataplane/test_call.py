from uuid import UUID

from audit.types import CallRecord
from gateway_project.dataplane.call import Call
from providers.types import Usage
from tenants.types import Caller

CALLER = Caller(
    key_id=UUID(int=1),
    public_id="abcdefabcdef",
    key_name="tests",
    tenant_id=UUID(int=2),
    tenant_slug="acme",
    tenant_suspended=False,
    digests=(),
    revoked=False,
    expires_at=None,
    model_filters=(),
    limits=(),
    max_tokens=None,
)
USAGE = Usage(
    prompt_tokens=70,
    completion_tokens=30,
    estimated=True,
    cached_tokens=40,
    cache_write_tokens=24,
    reasoning_tokens=12,
)


def test_a_record_tells_all_of_the_usage():
    call = Call.begin(endpoint="/v1/messages", request_id="", client_ip="", now=1e9)
    call.usage = USAGE

    record: CallRecord = call.record(CALLER)

    assert (
        Usage(
            prompt_tokens=record.prompt_tokens,
            completion_tokens=record.completion_tokens,
            estimated=record.usage_estimated,
            cached_tokens=record.cached_tokens,
            cache_write_tokens=record.cache_write_tokens,
            reasoning_tokens=record.reasoning_tokens,
        )
        == USAGE
    )
