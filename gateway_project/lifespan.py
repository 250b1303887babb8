"""A worker's life: the first snapshot before the first call, its housekeeping, its end."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gateway_project.dataplane.door import Door
from gateway_project.dataplane.plane import Plane
from gateway_project.dataplane.snapshot import SnapshotUnavailable

log = logging.getLogger("gatehouse.lifespan")

Message = MutableMapping[str, Any]

_HOUSEKEEPING_SECONDS = 5.0


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
        self._plane: Plane | None = None
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
            # A server that sends no lifespan events.
            await self._start()
        assert self._door is not None
        await self._door(scope, receive, send)

    async def _live(
        self,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        await receive()
        try:
            plane = await self._start()
        except SnapshotUnavailable as error:
            log.error("worker.not_started", extra={"fields": {"why": str(error)}})
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
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
        plane = self._plane = self._build_plane()
        await plane.store.start()
        self._door = self._build_door(plane)
        return plane


async def _keep_house(plane: Plane) -> None:
    while True:
        await asyncio.sleep(_HOUSEKEEPING_SECONDS)
        plane.refusals.flush()
        if not plane.spool.healthy:
            plane.spool.retry()
        await plane.store.reconcile()


async def _end(plane: Plane) -> None:
    plane.refusals.flush()
    plane.spool.close()
    for transport in plane.transports.values():
        await transport.close()
