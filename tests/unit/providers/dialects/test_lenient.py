from typing import Any

import pytest

from providers.dialects.bounds import MOST, check_place
from providers.dialects.lenient import written
from providers.errors import UpstreamBroken


def test_a_providers_value_is_written_as_json() -> None:
    assert written({"a": [1]}) == '{"a":[1]}'


def test_a_value_too_deep_to_be_written_breaks_the_answer() -> None:
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"a": deep}

    with pytest.raises(UpstreamBroken):
        written(deep)


@pytest.mark.parametrize("place", [-1, MOST, 999_999_999])
def test_a_provider_cannot_number_its_choices_without_end(place: int) -> None:
    check_place(MOST - 1, "choices")
    with pytest.raises(UpstreamBroken):
        check_place(place, "choices")
