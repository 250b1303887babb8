"""A worker's life: the first snapshot before the first call, its housekeeping, its end."""

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gateway_project.dataplane.door import Door
from gateway_project.dataplane.plane import Plane
from gateway_project.dataplane.snapshot import SnapshotUnavailable

log = logging.getLogger("gatehouse.lifespan")

Message = MutableMapping[str, Any]

_HOUSEKEEPING_SECONDS = 5.0
_RECONCILE_SECONDS = 10.0
_PAUSE_SECONDS = 1.0
# gunicorn's patience with a start is 30.
_START_SECONDS = 25.0


class Worker:
    """The ASGI application of one worker process.

    It is put together when the process serves, not when it is imported: the sockets and
    the spool file belong to this process, not to the one it was forked from.
    """

    def __init__(
        self, build_plane: Callable[[], Plane], build_door: Callable[[Plane], Door]
    ) -> None:
        self._build_plane = build_plane
        self._build_door = build_door
        self._door: Door | None = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._door is None:
            raise RuntimeError("the server sent no lifespan events")
        await self._door(scope, receive, send)

    async def _live(
        self,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        await receive()
        try:
            async with asyncio.timeout(_START_SECONDS):
                plane = await self._start()
        except Exception:  # whatever it is, the workers that serve must go on serving
            log.exception("worker.not_started")
            await asyncio.sleep(1)
            # An orderly failure would have gunicorn end the healthy workers too; of a
            # worker that is simply gone it starts another.
            os._exit(1)
        # What starting made lives as long as the worker; no collection need look at it again.
        gc.collect()
        gc.freeze()
        housekeeping = asyncio.ensure_future(_keep_house(plane))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        housekeeping.cancel()
        await _end(plane)
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> Plane:
        plane = self._build_plane()
        await _first_snapshot(plane)
        self._door = self._build_door(plane)
        return plane


async def _first_snapshot(plane: Plane) -> None:
    """Load the configuration, waiting for a database that is away."""
    while True:
        try:
            await plane.store.start()
        except SnapshotUnavailable as error:
            log.error("worker.waits", extra={"fields": {"why": str(error)}})
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            return


async def _keep_house(plane: Plane) -> None:
    while True:
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)
        try:
            await _tidy(plane)
        except Exception:  # the loop must outlive whatever one round meets
            log.exception("housekeeping.failed")


async def _tidy(plane: Plane) -> None:
    plane.refusals.flush()
    if not plane.spool.healthy:
        plane.spool.retry()
    # A database that is silent must not keep the spool from being tried again.
    async with asyncio.timeout(_RECONCILE_SECONDS):
        await plane.store.reconcile()


async def _end(plane: Plane) -> None:
    plane.refusals.flush()
    plane.spool.close()
    for transport in set(plane.transports.values()):
        await transport.close()
