import pytest

from providers.dialects.bedrock.models import Family, family_of

PROFILE = "arn:aws:bedrock:us-east-1:123456789012"


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("anthropic.claude-3-haiku-20240307-v1:0", Family.CLAUDE),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", Family.CLAUDE),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", Family.CLAUDE),
        (
            f"{PROFILE}:inference-profile/global.anthropic.claude-opus-4-8",
            Family.CLAUDE,
        ),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-v2:1",
            Family.CLAUDE,
        ),
        (f"{PROFILE}:custom-model/anthropic.claude-v2/abcdefghijkl", Family.CLAUDE),
        ("amazon.nova-pro-v1:0", Family.NOVA),
        ("eu.amazon.nova-micro-v1:0", Family.NOVA),
        ("global.amazon.nova-2-lite-v1:0", Family.NOVA_2),
        ("amazon.titan-text-premier-v1:0", Family.OTHER),
        ("openai.gpt-oss-20b-1:0", Family.GPT_OSS),
        ("us.openai.gpt-5.6-luna", Family.GPT),
        ("meta.llama3-8b-instruct-v1:0", Family.OTHER),
        ("deepseek.r1-v1:0", Family.OTHER),
        ("qwen.anthropic-like", Family.OTHER),
        (f"{PROFILE}:application-inference-profile/abc123", Family.UNNAMED),
        (f"{PROFILE}:provisioned-model/abc123", Family.UNNAMED),
        (f"{PROFILE}:inference-profile/us.meta.llama4", Family.OTHER),
        ("", Family.OTHER),
    ],
)
def test_tells_who_made_a_model(model, family):
    assert family_of(model) is family
