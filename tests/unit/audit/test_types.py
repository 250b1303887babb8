import pytest

from gateway_project.dataplane.upstream import refusal_of_failure
from providers.errors import UpstreamBroken, UpstreamTimedOut, UpstreamUnreachable

from .records import call


@pytest.mark.parametrize(
    "error", [UpstreamBroken, UpstreamTimedOut, UpstreamUnreachable]
)
def test_every_way_a_provider_fails_is_known_to_have_gone_upstream(error):
    refusal = refusal_of_failure(error("why"), "openai")

    assert call(
        upstream_status=None, error=refusal.code, admitted=False
    ).was_sent_upstream
