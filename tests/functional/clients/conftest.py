"""Clients as their makers ship them, against providers of every dialect."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.far_side import FarSide, standing
from tests.functional.upstreams import UPSTREAMS, Upstream, stock
from tests.house import House

from .books import Books
from .speakers import SPEAKERS
from .speakers.speaker import Speaker

# What the clients themselves are warned of by the libraries they use.
WARNINGS = (
    # openai opens its sockets as websockets would no longer have it.
    "ignore:connect.. must be used as a context manager:DeprecationWarning",
    # litellm asks models of pydantic what it should ask their classes,
    "ignore:Accessing the 'model_:pydantic.warnings.PydanticDeprecatedSince211",
    # and keeps tool calls in them as dictionaries.
    "ignore:Pydantic serializer warnings:UserWarning",
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            # The product and the far side; no client may reach anybody else.
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
            for warning in WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture(scope="session")
def far() -> Iterator[FarSide]:
    with standing() as far:
        yield far


@pytest.fixture(scope="session")
def key(house: House, far: FarSide) -> str:
    """One for all tests, for models on every provider of the far side."""
    stock(house, far)
    return house.issue_key("--per-minute", "1000000", "--per-month", "1000000")


@pytest.fixture(scope="session")
def books(house: House) -> Iterator[Books]:
    with closing(Books(house.var)) as books:
        yield books


@pytest.fixture(scope="session", params=SPEAKERS, ids=lambda each: each.name)
def speaker(
    request: pytest.FixtureRequest, house: House, key: str
) -> Iterator[Speaker]:
    with closing(request.param(house.url, key)) as speaker:
        yield speaker


@pytest.fixture(params=UPSTREAMS, ids=lambda each: each.slug)
def upstream(request: pytest.FixtureRequest) -> Upstream:
    return request.param
