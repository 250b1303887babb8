import pytest

from tenants.types import model_filter


@pytest.mark.parametrize(
    ("patterns", "name", "admitted"),
    [
        (["gpt-4o"], "gpt-4o", True),
        (["gpt-4o"], "GPT-4o", True),
        (["gpt-4o"], "gpt-4o-mini", False),
        (["gpt-*"], "gpt-4o-mini", True),
        (["*mini"], "gpt-4o-mini", True),
        (["qwen2.5:7b"], "qwen2x5:7b", False),
        (["team-a/*"], "team-a/model", True),
        (["[x]"], "x", False),
        (["a", "b*"], "beta", True),
        (["*"], "any\nthing", True),
    ],
)
def test_a_filter_knows_no_wildcard_but_the_star(patterns, name, admitted):
    allowed = model_filter(patterns)

    assert allowed is not None
    assert bool(allowed.fullmatch(name)) is admitted


def test_no_patterns_admit_everything():
    assert model_filter([]) is None
