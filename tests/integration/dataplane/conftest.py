import pytest

from tests.world import Upstream, World


@pytest.fixture
async def make_world(tmp_path):
    """Return a function that opens a world; all are closed at the end."""
    worlds = []

    async def make(upstream: Upstream | None = None, **caller: object) -> World:
        folder = tmp_path / f"world{len(worlds)}"
        world = World(folder, upstream or Upstream([b"{}"]), **caller)
        worlds.append(world)
        return await world.open()

    yield make
    for world in worlds:
        world.close()
