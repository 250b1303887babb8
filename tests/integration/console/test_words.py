import json
import shlex

import pytest

from gateway_project.console import words


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (None, ""),
        (0, "0 µs"),
        (999, "999 µs"),
        (1_000, "1.0 ms"),
        (99_949, "99.9 ms"),
        (100_000, "100 ms"),
        (999_499, "999 ms"),
        (1_000_000, "1.00 s"),
        (59_990_000, "59.99 s"),
        (60_000_000, "1 min 0 s"),
        (3_599_000_000, "59 min 59 s"),
    ],
)
def test_a_duration_has_the_unit_that_suits_it(us, text):
    assert words.duration(us) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999_999, "999,999"),
        (1_000_000, "1.00 M"),
        (2_345_678, "2.35 M"),
        (7_000_000_000, "7.00 B"),
    ],
)
def test_a_figure_is_short(count, text):
    assert words.figure(count) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, ""), (0, 5, "0.0 %"), (1, 3, "33.3 %"), (5, 5, "100.0 %")],
)
def test_a_share_of_nothing_is_nothing(part, whole, text):
    assert words.share(part, whole) == text


@pytest.mark.parametrize("model", ["gpt-4o", "it's", 'a "quoted" one', "$(reboot)"])
def test_the_shell_reads_the_command_as_it_is_meant(model):
    command = words.curl(base_url="http://gate:8000", key="gh-x-y", model=model)

    program, url, *options = shlex.split(command.replace("\\\n", " "))

    assert (program, url) == ("curl", "http://gate:8000/v1/chat/completions")
    assert options[1] == "Authorization: Bearer gh-x-y"
    assert json.loads(options[5])["model"] == model


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("it is", "It is."), ("It is.", "It is."), ("", ".")],
)
def test_a_refusal_is_a_sentence(text, sentence):
    assert words.sentence(text) == sentence
