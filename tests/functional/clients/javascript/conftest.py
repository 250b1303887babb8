import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.house import House

from . import node as nodejs
from .node import Node


@pytest.fixture(scope="session")
def installed() -> None:
    if problem := nodejs.missing():
        if os.environ.get("CI") in ("1", "true"):
            pytest.fail(problem)
        pytest.skip(problem)


@pytest.fixture(scope="session")
def node(installed: None, house: House, key: str) -> Iterator[Node]:
    with closing(Node(house.url, key)) as node:
        yield node
