"""Every stage at which a call can be turned away. A new stage is a new row."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from audit.types import CallRecord, Refusals
from gateway_project.dataplane.limits.limiter import Lease
from gateway_project.dataplane.limits.valkey import ValkeyUnavailable
from tests.world import NOON, World, limited, only

from .endpoints import Endpoint


class Leaves(Enum):
    RECORD = "a call record"
    TALLY = "one more in the tally of strangers"
    NOTHING = "nothing, for nothing can be written"


async def _nothing(world: World) -> None: ...


def _anywhere(endpoint: Endpoint) -> bool:
    return True


@dataclass(frozen=True)
class Stage:
    """How a call is made such that this stage must refuse it, and how the refusal is seen.

    `token` is presented instead of the key, `caller` is how the key is changed in the
    configuration, `arrange` does all else. A WebSocket is opened before both.
    """

    name: str
    status: int
    code: str
    token: str | None = None
    caller: Mapping[str, object] = field(default_factory=dict)
    model: str = "fast"
    arrange: Callable[[World], Awaitable[None]] = _nothing
    leaves: Leaves = Leaves.RECORD
    at: Callable[[Endpoint], bool] = _anywhere

    def __str__(self) -> str:
        return self.name

    async def set_up(self, world: World) -> None:
        if self.caller:
            await world.change(**self.caller)
        await self.arrange(world)

    def check_left(self, world: World) -> None:
        """Check what is in the books of it, and that nothing else is."""
        world.plane.refusals.flush()
        records = world.records()
        match self.leaves:
            case Leaves.NOTHING:
                assert records == []
            case Leaves.TALLY:
                [refusals] = records
                assert isinstance(refusals, Refusals)
                assert (refusals.code, refusals.count) == (self.code, 1)
            case Leaves.RECORD:
                [record] = records
                assert isinstance(record, CallRecord)
                assert (record.status, record.error) == (self.status, self.code)
                assert not record.admitted
                assert record.upstream_status is None


async def _use_up(world: World) -> None:
    """Make one call, as far as the limits know."""
    await world.plane.limiter.reserve(
        world.caller.limits, revision=world.database.revision, now=world.now
    )


async def _take_the_place(world: World) -> None:
    """Let another call be under way, as far as the limits know."""
    await world.plane.limiter.reserve(
        world.caller.limits,
        revision=world.database.revision,
        now=world.now,
        lease=Lease(b"another", 600),
    )


async def _lose_the_counters(world: World) -> None:
    world.valkey.close()
    address = type(world.valkey._address).parse("unix:///nowhere/valkey.sock")
    world.valkey._address = address


async def _fill_the_disk(world: World) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, world.plane.spool._fd)
    os.close(full)
    world.plane.spool.append(Refusals("x", "", None, "", 1, 0, 0))


STAGES: tuple[Stage, ...] = (
    Stage(
        "authentication: no key",
        *(401, "invalid_api_key"),
        token="",
        leaves=Leaves.TALLY,
    ),
    Stage(
        "authentication: a made-up key",
        *(401, "invalid_api_key"),
        token="gh-nonsense",
        leaves=Leaves.TALLY,
    ),
    Stage("authentication: revoked", 401, "key_revoked", caller={"revoked": True}),
    Stage("authentication: expired", 401, "key_expired", caller={"expires_at": NOON}),
    Stage(
        "authentication: suspended",
        *(403, "tenant_suspended"),
        caller={"tenant_suspended": True},
    ),
    Stage("model: not for this key", 403, "model_not_allowed", caller=only("other*")),
    Stage("model: unknown", 404, "model_not_found", model="nope"),
    Stage("model: out of service", 503, "provider_not_available", model="dark"),
    Stage(
        "model: too large an answer",
        *(400, "max_tokens_too_large"),
        caller={"max_tokens": 8},
        at=lambda endpoint: endpoint.has_ceiling,
    ),
    Stage(
        "rate per minute",
        *(429, "rate_limit_exceeded"),
        caller=limited(1, 50),
        arrange=_use_up,
    ),
    Stage(
        "quota of the month",
        *(429, "rate_limit_exceeded"),
        caller=limited(50, 1),
        arrange=_use_up,
    ),
    Stage(
        "calls at a time",
        *(429, "rate_limit_exceeded"),
        caller=limited(50, 50, 1),
        arrange=_take_the_place,
    ),
    Stage(
        "limits that cannot be read",
        *(503, "service_unavailable"),
        arrange=_lose_the_counters,
    ),
    Stage(
        "record",
        *(503, "records_unavailable"),
        arrange=_fill_the_disk,
        leaves=Leaves.NOTHING,
    ),
)

# Of calls that race, exactly two may pass each of these.
RACES: Mapping[str, Mapping[str, object]] = {
    "rate per minute": limited(2, None),
    "quota of the month": limited(None, 2),
}


async def used(world: World) -> list[int] | None:
    """Return what every window has counted; None when that cannot be known."""
    limits, revision = world.caller.limits, world.database.revision
    try:
        grant = await world.plane.limiter.reserve(
            limits, revision=revision, now=world.now, cost=0
        )
    except ValkeyUnavailable:
        return None
    return [reading.used for reading in grant.readings]
