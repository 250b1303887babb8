"""Two tools called at once, and their results given back, whoever serves the model."""

import pytest

from .speakers.speaker import CALLS, RESULTS


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_two_calls_at_once_and_their_results_go_round(speaker, upstream, far, stream):
    far.forget()

    calls, answer = speaker.use_tools(upstream.called(), stream=stream)

    assert calls == CALLS
    # That ids and order of calls and results match, the far side verifies.
    assert answer.startswith("The far side heard: ")
    assert far.refusals == []
    told = far.last.body.decode()
    assert [result in told for result in RESULTS.values()] == [True, True]
