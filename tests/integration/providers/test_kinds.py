import pytest

from providers import kinds
from providers.adapters.registry import ADAPTERS
from providers.kinds import Kind

AZURE, BEDROCK = kinds.EXAMPLES[Kind.AZURE], kinds.EXAMPLES[Kind.BEDROCK]
CLASSIC = "https://acme.openai.azure.com"


def test_every_kind_has_an_adapter():
    assert set(ADAPTERS) == set(Kind.values)


def test_every_kind_but_the_mock_has_an_example_that_is_right():
    assert set(kinds.EXAMPLES) == set(Kind) - {Kind.MOCK}
    for kind, url in kinds.EXAMPLES.items():
        assert kinds.problems_of(kind, base_url=url, region="", api_version="") == {}


@pytest.mark.parametrize(
    ("kind", "base_url", "region", "api_version", "fields"),
    [
        (Kind.MOCK, "", "", "", set()),
        (Kind.MOCK, "https://a.test", "", "", {"base_url"}),
        *((kind, "", "", "", {"base_url"}) for kind in Kind if kind not in (Kind.MOCK, Kind.BEDROCK)),
        (Kind.BEDROCK, "", "us-east-1", "", {"base_url"}),
        # With the version where it is known.
        (Kind.OPENAI, "https://api.openai.com", "", "", {"base_url"}),
        (Kind.OPENAI, "https://proxy.test", "", "", set()),
        (Kind.OPENAI_COMPATIBLE, "https://api.openai.com", "", "", set()),
        (Kind.ANTHROPIC, "https://api.anthropic.com/", "", "", {"base_url"}),
        (Kind.ANTHROPIC, "https://api.openai.com", "", "", set()),
        (Kind.GEMINI, "https://generativelanguage.googleapis.com", "", "", {"base_url"}),
        (Kind.OLLAMA, "http://127.0.0.1:11434", "", "", {"base_url"}),
        (Kind.OLLAMA, "http://127.0.0.1:11434/api", "", "", {"base_url"}),
        (Kind.OLLAMA, "http://proxy.test/ollama/v1/", "", "", set()),
        # Azure's two ways
        (Kind.AZURE, CLASSIC, "", "", {"base_url"}),
        (Kind.AZURE, CLASSIC, "", "2024-10-21", set()),
        (Kind.AZURE, CLASSIC, "", "2025-04-01-preview", set()),
        (Kind.AZURE, CLASSIC, "", "2024-10", {"api_version"}),
        (Kind.AZURE, CLASSIC, "", "x&y=1", {"api_version"}),
        (Kind.AZURE, f"{CLASSIC}/openai", "", "2024-10-21", {"base_url"}),
        (Kind.AZURE, f"{CLASSIC}/openai/deployments/d", "", "2024-10-21", {"base_url"}),
        (Kind.AZURE, f"{AZURE}/", "", "preview", set()),
        (Kind.AZURE, AZURE, "us-east-1", "", {"region"}),
        (Kind.OPENAI, "https://a.test/v1", "us-east-1", "preview", {"region", "api_version"}),
        # Bedrock's region
        (Kind.BEDROCK, BEDROCK, "us-east-1", "", set()),
        (Kind.BEDROCK, BEDROCK, "us-gov-west-1", "", {"region"}),
        (Kind.BEDROCK, BEDROCK, "US East", "", {"region"}),
        (Kind.BEDROCK, BEDROCK, "", "preview", {"api_version"}),
        (Kind.BEDROCK, "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1", "", set()),
        (Kind.BEDROCK, "https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com", "", "", set()),
        (Kind.BEDROCK, "https://proxy.test", "", "", {"region"}),
        (Kind.BEDROCK, "https://proxy.test", "ap-southeast-2", "", set()),
        (Kind.BEDROCK, "https://bedrock.us-east-1.amazonaws.com", "us-east-1", "", {"base_url"}),
    ],
)  # fmt: skip
def test_a_provider_is_wrong_in_just_these_fields(
    kind, base_url, region, api_version, fields
):
    problems = kinds.problems_of(
        kind, base_url=base_url, region=region, api_version=api_version
    )

    assert set(problems) == fields
    assert all(problem.endswith((".", "?")) for problem in problems.values())


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.BEDROCK])
def test_only_bedrocks_secrets_have_a_form(kind):
    assert kinds.problem_of_secret(kind, "anything: at all") == ""


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("bedrock-runtime.us-east-1.amazonaws.com", "us-east-1"),
        ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("bedrock-runtime.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("vpce-1a2b.bedrock-runtime.ap-south-1.vpce.amazonaws.com", "ap-south-1"),
        ("proxy.internal", ""),
    ],
)
def test_an_address_of_bedrocks_names_its_region(host, region):
    assert kinds.region_in(f"https://{host}") == region
