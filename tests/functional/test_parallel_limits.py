from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.mark.parametrize("option", ["--per-minute", "--per-month"])
def test_fifty_at_once_against_twenty_admit_exactly_twenty_every_time(house, option):
    for _ in range(5):
        key = house.issue_key(option, "20")
        with ThreadPoolExecutor(50) as pool:
            responses = list(pool.map(lambda _, key=key: house.ask(key), range(50)))

        counts = Counter(response.status_code for response in responses)
        assert counts == {200: 20, 429: 30}
        assert all(
            int(response.headers["retry-after"]) > 0
            for response in responses
            if response.status_code == 429
        )
