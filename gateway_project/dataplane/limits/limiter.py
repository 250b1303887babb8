"""Requests per minute and month and calls at a time, at every level at once, exact for all workers.

One script call takes every window or none, and tells in the same breath whether the
caller's snapshot is still the current one.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal, TypeAlias
from uuid import UUID

from tenants.types import Limit

from .valkey import Reply, ScriptMissing, Valkey, ValkeyUnavailable, encode

Kind: TypeAlias = Literal["minute", "month", "parallel"]
CountCalls: TypeAlias = Callable[[str, UUID, datetime], Awaitable[int]]
"""(level, subject, now) -> calls admitted since the month began, from the records."""

log = logging.getLogger("gatehouse.limits")

REVISION_KEY = b"gh:revision"
# How long a request stays in its minute; see reserve.lua.
_SPAN_S = 61
# As long together as a lease lives, or nearly.
_UNLEASE_AGAIN_S = (0.1, 0.5, 1, 2, 5, *[15] * 40)
# Longer than any month: a counter outlives its month, then goes by itself.
_MONTH_TTL_S = b"%d" % (33 * 86400)


class StaleSnapshot(Exception):
    """The configuration has moved on; nothing was charged. `revision` is the current one."""

    def __init__(self, revision: str) -> None:
        super().__init__(revision)
        self.revision = revision


@dataclass(frozen=True, slots=True)
class Window:
    """One counter and its ceiling. `key` is its name in the counter store."""

    level: str
    subject: UUID
    kind: Kind
    limit: int
    key: bytes


@dataclass(slots=True)
class Reading:
    """A window as the reservation found it. `used` includes the request just admitted.

    `reset_at` (unix seconds) is when one more request fits if none does now, else when
    the window will have emptied.
    """

    window: Window
    used: int
    reset_at: int

    @property
    def remaining(self) -> int:
        left = self.window.limit - self.used
        return left if left > 0 else 0


@dataclass(slots=True)
class Grant:
    """What a reservation found: admitted, or refused by one window."""

    readings: tuple[Reading, ...]
    charged_at: int
    refused_by: Reading | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """A place among a caller's calls at a time: its name, and after how many seconds it lapses."""

    name: bytes
    seconds: int


NO_LEASE = Lease(b"", 1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A caller's windows and the command that charges them, made once per month and revision.

    `keys` and `args` make the command anew for each lease, where the caller needs one.
    """

    limits: Sequence[Limit]
    windows: tuple[Window, ...]
    keys: Sequence[bytes]
    args: Sequence[bytes]
    command: bytes
    leases: bool
    month_ends_at: int

    def command_for(self, lease: Lease) -> bytes:
        if not self.leases:
            return self.command
        return _RESERVE.command(
            self.keys, *self.args, lease.name, b"%d" % lease.seconds
        )

    def readings(
        self, second: int, counts: Sequence[int], charged: int
    ) -> tuple[Reading, ...]:
        """Return the windows as the script found them at `second`, and charged them."""
        found = []
        for at, window in enumerate(self.windows):
            match window.kind:
                case "minute":
                    empties_at = second + _SPAN_S
                case "month":
                    empties_at = self.month_ends_at
                case "parallel":
                    empties_at = second
            used, frees_at = counts[2 * at], counts[2 * at + 1]
            found.append(Reading(window, used + charged, frees_at or empties_at))
        return tuple(found)


class Script:
    """A Lua script, called by its digest and loaded when the server does not know it."""

    def __init__(self, name: str) -> None:
        source = files(__package__).joinpath(f"{name}.lua").read_bytes()
        self._load = encode(b"SCRIPT", b"LOAD", source)
        self._digest = hashlib.sha1(source, usedforsecurity=False).hexdigest().encode()

    def command(self, keys: Sequence[bytes], *args: bytes) -> bytes:
        return encode(b"EVALSHA", self._digest, b"%d" % len(keys), *keys, *args)

    async def call(self, valkey: Valkey, keys: Sequence[bytes], *args: bytes) -> Reply:
        return await self.send(valkey, self.command(keys, *args))

    async def send(self, valkey: Valkey, command: bytes) -> Reply:
        """Send an encoded call of this script. Raises `ValkeyUnavailable`."""
        try:
            return await valkey.call(command)
        except ScriptMissing:
            pass
        try:
            await valkey.call(self._load)
            return await valkey.call(command)
        except ScriptMissing as error:
            raise ValkeyUnavailable("it keeps losing its scripts") from error


_RESERVE, _RELEASE = Script("reserve"), Script("release")
_ADOPT, _UNLEASE = Script("adopt"), Script("unlease")


class Limiter:
    def __init__(self, valkey: Valkey, count_calls: CountCalls) -> None:
        self._valkey = valkey
        self._count_calls = count_calls
        self._plans: dict[tuple[int, int], _Plan] = {}
        self._plans_revision = ""
        self._month = _Month(0.0)
        self._releases: set[asyncio.Task[Reply]] = set()

    async def reserve(
        self,
        limits: Sequence[Limit],
        *,
        revision: str,
        now: float,
        cost: int = 1,
        lease: Lease = NO_LEASE,
    ) -> Grant:
        """Charge `cost` requests to every window of `limits`, or to none.

        A cost of 0 only looks. The lease is taken where calls at a time are limited, until
        `end_lease`. Raises `StaleSnapshot` when `revision` is not the current
        one, and `ValkeyUnavailable`.
        """
        plan = self._plan(limits, revision, now, cost)
        while True:
            state, current, second, *counts = await _RESERVE.send(
                self._valkey, plan.command_for(lease)
            )
            if state >= 0:
                charged = cost if state == 0 else 0
                readings = plan.readings(second, counts, charged)
                refused_by = readings[state - 1] if state else None
                return Grant(readings, second, refused_by)
            if state == -1:
                raise StaleSnapshot(current.decode())
            await self._restore(plan.windows[-state - 3], now)

    def release_month(
        self, limits: Sequence[Limit], *, now: float, cost: int = 1
    ) -> None:
        """Give an admitted request's monthly charge back, soon; `now` as when it was made."""
        windows = _windows(limits, _Month(now).name)
        keys = [window.key for window in windows if window.kind == "month"]
        if not keys:
            return
        self._later(_RELEASE.call(self._valkey, keys, b"%d" % cost))

    def end_lease(self, limits: Sequence[Limit], lease_name: bytes) -> None:
        """Give a place among the calls at a time back, soon. One never taken is none."""
        if keys := [_parallel_key(limit) for limit in limits if limit.parallel]:
            self._later(self._unlease(keys, lease_name))

    async def _unlease(self, keys: Sequence[bytes], lease_name: bytes) -> Reply:
        """Try until it is done: a lease that is left blocks its caller until it lapses."""
        for wait_s in _UNLEASE_AGAIN_S:
            try:
                return await _UNLEASE.call(self._valkey, keys, lease_name)
            except ValkeyUnavailable:
                await asyncio.sleep(wait_s)
        return await _UNLEASE.call(self._valkey, keys, lease_name)

    def _later(self, call: Coroutine[Any, Any, Reply]) -> None:
        task = asyncio.ensure_future(call)
        self._releases.add(task)
        task.add_done_callback(self._released)

    def _released(self, task: "asyncio.Task[Reply]") -> None:
        self._releases.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.warning("limits.release_lost", extra={"fields": {"why": str(error)}})

    def _plan(
        self, limits: Sequence[Limit], revision: str, now: float, cost: int
    ) -> _Plan:
        if revision != self._plans_revision or now >= self._month.ends_at:
            self._plans.clear()
            self._plans_revision, self._month = revision, _Month(now)
        # By identity: a snapshot's limits are made once, and the plan keeps them alive.
        plan = self._plans.get((id(limits), cost))
        if plan is None:
            windows = _windows(limits, self._month.name)
            keys = [REVISION_KEY, *(window.key for window in windows)]
            args = [revision.encode(), b"%d" % cost]
            for window in windows:
                args += (window.kind.encode(), b"%d" % window.limit)
            plan = _Plan(
                limits=limits,
                windows=windows,
                keys=keys,
                args=args,
                command=_RESERVE.command(keys, *args),
                leases=any(window.kind == "parallel" for window in windows),
                month_ends_at=self._month.ends_at,
            )
            self._plans[id(limits), cost] = plan
        return plan

    async def current_revision(self) -> str:
        """Return the announced revision; empty when none has been. Raises `ValkeyUnavailable`."""
        reply = await self._valkey.call(encode(b"GET", REVISION_KEY))
        return (reply or b"").decode()

    async def adopt_revision(self, *, seen: str, loaded: str) -> None:
        """Make `loaded` the announced revision if it still is the one `seen`.

        For a store that came back empty or behind: the database is the record.
        """
        await _ADOPT.call(self._valkey, [REVISION_KEY], seen.encode(), loaded.encode())

    async def _restore(self, month: Window, now: float) -> None:
        """Set a month's counter that is missing from the call records."""
        at = datetime.fromtimestamp(now, UTC)
        used = await self._count_calls(month.level, month.subject, at)
        # NX: a worker that asked at the same time may have been first, and charged since.
        await self._valkey.call(
            encode(b"SET", month.key, b"%d" % used, b"NX", b"EX", _MONTH_TTL_S)
        )


class _Month:
    """The calendar month (UTC) that unix time `now` falls in."""

    def __init__(self, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        year, month = at.year + at.month // 12, at.month % 12 + 1
        self.name = at.strftime("%Y%m")
        self.ends_at = int(datetime(year, month, 1, tzinfo=UTC).timestamp())


def _windows(limits: Sequence[Limit], month: str) -> tuple[Window, ...]:
    windows = []
    for limit in limits:
        name = _name(limit)
        ceilings: list[tuple[Kind, int | None, str]] = [
            ("minute", limit.per_minute, "minute"),
            ("month", limit.per_month, month),
            ("parallel", limit.parallel, "parallel"),
        ]
        windows += [
            Window(limit.level, limit.subject, kind, ceiling, f"{name}:{end}".encode())
            for kind, ceiling, end in ceilings
            if ceiling is not None
        ]
    return tuple(windows)


def _parallel_key(limit: Limit) -> bytes:
    return f"{_name(limit)}:parallel".encode()


def _name(limit: Limit) -> str:
    return f"gh:{limit.level}:{limit.subject.hex}"
