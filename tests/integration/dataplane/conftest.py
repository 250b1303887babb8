import pytest

from tests.sockets import Socket, streaming
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


@pytest.fixture
async def open_socket(make_world):
    """Return a function that opens a socket in a new world; all are closed at the end."""
    sockets = []

    async def opened(upstream=None, *, world=None, caller=None, **opening):
        world = world or await make_world(upstream or streaming(), **(caller or {}))
        socket = Socket(world)
        sockets.append(socket)
        return world, await socket.open(**opening)

    yield opened
    for socket in sockets:
        if socket.is_open:
            await socket.drop()
