"""The control room's memory as routes use it: a store in threads of its own, or none."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from api.http.auth import Caller
from api.http.load_limits import WorkerPool
from api.http.metrics import Metrics
from api.http.problems import Busy, NoStore, OwnerUnknown
from api.store.commands import Answer, Command, IdempotencyKey
from api.store.errors import ClockJumped, Refused, StoreError, StoreMoved, StoreUnavailable
from api.store.ownership import OwnRecord
from api.store.port_snapshot import KeptSnapshot, PortsSnapshot, unavailable_snapshot
from api.store.store import Store
from api.timeouts import wait_at_most

T = TypeVar("T")

_log = logging.getLogger(__name__)

AHEAD_S = 120.0
"""[A] How far clocks of several machines may be apart before it is said. [s]"""

_WITHOUT = "encounter_id: the store cannot be read. Leave encounter_id out to be answered now, or try again soon."


class AsyncStore:
    """A store whose reads and writes never hold up the event loop.

    Parameters
    ----------
    store : Store or None
        Open; whoever opened it closes it. None where the service keeps no records.
    working, waiting : int
        How many reads and writes run at once, and how many may wait.
    metrics : Metrics, optional
        Told how long the store takes and what fails.
    wait_s : float
        How long what does not depend on the store waits for it. [s]
    """

    def __init__(
        self, store: Store | None, working: int, waiting: int, metrics: Metrics | None = None, wait_s: float = 3.0
    ) -> None:
        self._store = store
        self._metrics = metrics or Metrics()
        self._worker_pool = WorkerPool(working, waiting)
        self._wait_s = wait_s
        self._kept: KeptSnapshot | None = None
        self.ahead_s = 0.0
        """How far the store's time is ahead of this machine's clock, as last looked at. [s]"""
        self._moved: StoreMoved | None = None
        self.changed = asyncio.Event()
        """Set when this process has changed something; the poller of events clears it."""

    @property
    def worker_pool(self) -> WorkerPool:
        """Its threads."""
        return self._worker_pool

    @property
    def is_kept(self) -> bool:
        """Whether there is a store."""
        return self._store is not None

    def store(self) -> Store:
        """The store.

        Raises
        ------
        NoStore
        """
        if self._store is None:
            raise NoStore("Start it with --store to keep records.")
        return self._store

    def refuse_trouble(self) -> None:
        """Refuse to be called ready while nothing can be kept, or what is kept gets a wrong time.

        Raises
        ------
        StoreMoved, ClockJumped
        """
        if self._moved is not None:
            raise self._moved
        if self.ahead_s > AHEAD_S:
            raise ClockJumped(
                "store", f"has a time {self.ahead_s:.0f} s ahead of this clock: a clock was wrong once. Until this one "
                "has caught up, holds end early and what ports report counts as stale.",
                "Check the time service, then run 'safeport db mend-clock --reason TEXT'.",
            )  # fmt: skip

    async def watch(self) -> None:
        """Look whether the store is where it was, and how far its time is ahead of this clock.

        Raises
        ------
        StoreError, Busy
        """
        self.ahead_s = await self.run(_looked_at)

    async def run(self, work: Callable[[Store], T], what: str = "other") -> T:
        """Result of a piece of work on the store, done in a thread; `what` is the meters' word for it.

        Raises
        ------
        NoStore, StoreError, Busy
        """
        store = self.store()
        return await self._watched(lambda: self._worker_pool.run(lambda: work(store)), what)

    async def _watched(self, work: Callable[[], Awaitable[T]], what: str) -> T:
        """Result of some work, with the meters told how long it took and how it failed."""
        begun_s, failure = time.perf_counter(), None
        try:
            return await work()
        except Refused:
            raise
        except (StoreError, Busy) as failed:
            failure = failed
            if isinstance(failed, StoreMoved) and self._moved is None:
                _log.error("%s", failed)
                self._moved = failed
            raise
        finally:
            self._metrics.store_worked(what, time.perf_counter() - begun_s, failure)

    async def run_soon(self, work: Callable[[Store], T], what: str = "other") -> T:
        """`run`, but for what is answered without the store as well: one that hangs counts as one that fails.

        Raises
        ------
        NoStore, StoreError, Busy
        """
        return await self._soon(self.run(work, what))

    async def _soon(self, work: Awaitable[T]) -> T:
        try:
            return await wait_at_most(work, self._wait_s)
        except TimeoutError:
            problem = f"has not answered within {self._wait_s:g} s."
            raise StoreUnavailable("store", problem, "Whether it was written is not known.") from None

    async def record_soon(self, command: Command, caller: Caller, once: IdempotencyKey | None = None) -> Answer:
        """Make a change that is answered without the store as well, waiting for it no longer than `store_wait_s`.

        No thread waits for it: the thread that writes says when it is on disk.

        Raises
        ------
        NoStore, StoreError
        """
        begun = self.store().begin(command, caller.actor, time.time(), once)
        answer = await self._watched(lambda: self._soon(asyncio.wrap_future(begun)), "change")
        self.changed.set()
        return answer

    async def do(
        self, command: Command, caller: Caller, once: IdempotencyKey | None = None, own: Sequence[OwnRecord] = ()
    ) -> Answer:
        """Make a change at the time of this machine's clock; to a vessel, records in `own` have to be hers.

        Raises
        ------
        NotFound, Refused, StoreError, Busy
        """
        needed = tuple(own) if caller.own_only else ()
        answer = await self.run(lambda store: store.do(command, caller.actor, time.time(), once, needed), "change")
        self.changed.set()
        return answer

    async def ports_seen(
        self, now_s: float, first: Callable[[Store], object] | None = None, first_decides: bool = False
    ) -> PortsSnapshot:
        """What ports reported and what is held: one cheap read while nothing changes.

        Where the store cannot be read it is what was read last, or feeds that have died: a decision is answered all
        the same, and its findings say how old the reports are.

        Parameters
        ----------
        now_s : float
            [s]
        first : callable, optional
            Looked at in the same go; what it refuses is refused.
        first_decides : bool
            Whether nothing may be answered before `first` has been looked at: it says whose a record is.

        Raises
        ------
        Refused
        OwnerUnknown
        """

        def read(store: Store) -> PortsSnapshot:
            if first is not None:
                first(store)
            # Two threads may both read anew; either result is right.
            self._kept = store.ports_since(self._kept, now_s)
            return self._kept.snapshot

        try:
            return await self.run_soon(read)
        except Refused:
            raise
        except (StoreError, Busy) as failure:
            if first_decides:
                raise OwnerUnknown(_WITHOUT, {"Retry-After": "1"}) from failure
            _log.error("ports are taken as they were last known: %s", failure)
            return unavailable_snapshot() if self._kept is None else self._kept.snapshot


def _looked_at(store: Store) -> float:
    store.refuse_moved()
    return store.head().at_ms / 1000.0 - time.time()
