"""What a provider has signed comes back to it unharmed, and to nobody else."""

from itertools import permutations

import pytest

from tests.far_side.saying import signature_of
from tests.functional.upstreams import ANTHROPIC, BEDROCK, GEMINI, UPSTREAMS

from .speakers import SPEAKERS
from .speakers.speaker import CALLS, RESULTS

THINKING = [speaker for speaker in SPEAKERS if speaker.thinking]
# Claude signs what it thinks, Gemini the first of its calls.
THOUGHT = signature_of("Let me think: naïve café 🤔.")
SIGNED = {ANTHROPIC: THOUGHT, BEDROCK: THOUGHT, GEMINI: signature_of("weather")}

thinkers = pytest.mark.parametrize(
    "speaker", THINKING, ids=lambda each: each.name, indirect=True
)


@thinkers
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("upstream", SIGNED, ids=lambda each: each.slug)
def test_a_signature_goes_round(speaker, upstream, far, stream):
    far.forget()

    calls, _ = speaker.use_tools(upstream.called(), stream=stream, thinking=True)

    assert calls == CALLS
    assert far.refusals == []
    # Google's client writes them in the other alphabet of base64.
    told = far.last.body.decode().replace("-", "+").replace("_", "/")
    assert SIGNED[upstream] in told


@thinkers
@pytest.mark.parametrize(
    ("one", "other"),
    [*permutations(UPSTREAMS, 2)],
    ids=lambda each: each.slug,
)
def test_a_conversation_may_move_to_another_provider(speaker, one, other, far):
    far.forget()

    calls, answer = speaker.use_tools(
        one.called(), stream=False, thinking=True, then=other.called()
    )

    assert calls == CALLS
    assert answer.startswith("The far side heard: ")
    assert far.refusals == []
    assert RESULTS["clock"] in far.last.body.decode()
