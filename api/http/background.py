"""What the service does by itself.

It tells of events, marks expired holds, lets old documents go, signs the audit, and cuts exclusion zones out of the
water before they come into force.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from anyio import to_thread

from api.decision_service import DecisionService
from api.http.async_store import AHEAD_S, AsyncStore
from api.http.event_stream import Broadcast
from api.http.problems import Busy, Starting
from api.settings import Settings
from api.store.audit_signatures import HeadsPlace, export_head, read_signing_key
from api.store.commands import Actor, Role
from api.store.errors import BadExchange, StoreError
from api.store.reservations import ExpireHold
from api.store.store import Store
from engine.errors import PackError

_log = logging.getLogger(__name__)

SWEEPER = Actor(Role.SYSTEM, "sweeper")

WATCH_EVERY_S = 0.5
"""How often it is looked whether the store is where it was. [s]"""

ZONES_EVERY_S, ZONES_AHEAD_S = 2.0, 60.0
"""How often zones are looked at, and how long before their time they are cut out. [s]"""

_FAILURES = (StoreError, Busy, OSError)
_MOST_EXPIRED = 1_000
"""Holds marked in one go, so that the other chores have their turn."""


@asynccontextmanager
async def run_background_tasks(
    async_store: AsyncStore, broadcast: Broadcast, settings: Settings, service_of: Callable[[], DecisionService]
) -> AsyncIterator[None]:
    """Do them while the application runs; nothing where no records are kept.

    Parameters
    ----------
    async_store : AsyncStore
    broadcast : Broadcast
    settings : Settings
    service_of : callable
        The open service; raises while there is none.
    """
    tasks: list[asyncio.Task[None]] = []
    signer: Signer | None = None
    if async_store.is_kept:
        # Before the first request: a listener may be the first to come.
        await broadcast.begin()
        with suppress(StoreError, Busy):
            await async_store.watch()
        tasks.append(asyncio.create_task(watch(async_store)))
        tasks.append(asyncio.create_task(broadcast.run()))
        tasks.append(
            asyncio.create_task(every(settings.sweep_every_s, lambda: sweep(async_store, settings.kept_documents)))
        )
        tasks.append(asyncio.create_task(every(ZONES_EVERY_S, lambda: prepare_zones(async_store, service_of))))
        place = settings.heads_place
        if place is not None:
            signer = Signer(place)
            tasks.append(asyncio.create_task(every(settings.sign_every_s, lambda: async_store.run(signer.sign))))
    try:
        yield
    finally:
        if signer is not None:
            # What was recorded since the last signature is signed before the service goes.
            try:
                await async_store.run(signer.sign)
            except _FAILURES as failure:
                _log.error("%s", failure)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def every(period_s: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do something, wait, and do it again; a failure is logged and tried again next time."""
    while True:
        try:
            await work()
        except _FAILURES as failure:
            _log.error("%s", failure)
        await asyncio.sleep(period_s)


async def watch(async_store: AsyncStore) -> None:
    """Look after the store until cancelled; what is found is said by `AsyncStore` and by ``/readyz``."""
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        with suppress(StoreError, Busy):
            await async_store.watch()


async def prepare_zones(async_store: AsyncStore, service_of: Callable[[], DecisionService]) -> None:
    """Cut zones out of the water before a decision asks for it: those in force, and those that soon are.

    What this process was asked to draw is ready already; another process on the same store may have drawn more.
    """
    now_s = time.time()
    ports = await async_store.ports_seen(now_s)
    # While the pack is being opened there is nothing to prepare.
    with suppress(Starting, PackError):
        service = service_of()
        for at_s in (now_s, now_s + ZONES_AHEAD_S):
            await to_thread.run_sync(service.avoiding, ports, at_s)


async def sweep(async_store: AsyncStore, kept_documents: int) -> None:
    """Mark holds whose time ran out, so that listeners hear of it; let documents go that can be made again.

    Several processes may do so at once.
    """
    await check_clock(async_store)
    await async_store.run(lambda store: store.forget_documents(kept_documents))
    for _ in range(_MOST_EXPIRED):
        answer = await async_store.run(lambda store: store.do(ExpireHold(), SWEEPER, time.time()))
        if answer.sequence == 0:
            break


async def check_clock(async_store: AsyncStore) -> None:
    """Say so where the store's time is ahead of this machine's clock: one of the clocks that wrote to it was wrong.

    The store's time never goes back, so until the clock has caught up holds end early, and reports count as of no known
    age. Nobody would guess why.
    """
    await async_store.watch()
    if async_store.ahead_s > AHEAD_S:
        _log.error(
            "the store's time is %.0f s ahead of this clock: a clock was wrong when something was recorded. Until this "
            "clock has caught up holds end early and what ports report counts as stale. Check the time service, then "
            "run 'safeport db mend-clock --reason TEXT'.",
            async_store.ahead_s,
        )


class Signer:
    """Signs the end of the audit chain whenever it has moved.

    Parameters
    ----------
    place : HeadsPlace
        The key, and the file the signed heads are added to; it belongs on another machine.
    """

    def __init__(self, place: HeadsPlace) -> None:
        self._place = place
        self._signed: int | None = None

    def sign(self, store: Store) -> None:
        """Sign, in a thread.

        Raises
        ------
        BadExchange
            What was signed before is not of this chain: it is of another store, or this one was written anew.
        OSError
            The place cannot be written.
        """
        head = store.head()
        if self._signed is None:
            self._place.prepare()
            self._refuse_another_chain(store)
            self._signed = 0
        if head.sequence > self._signed:
            export_head(head, read_signing_key(self._place.key), self._place.heads)
            self._signed = head.sequence

    def _refuse_another_chain(self, store: Store) -> None:
        known = self._place.known_hashes()
        for sequence in sorted(known)[-1:]:
            rows = store.audit(sequence - 1, 1) if sequence else []
            if sequence and (not rows or rows[0]["hash"] != known[sequence].hex()):
                raise BadExchange(
                    self._place.heads.name, "holds signed heads of another chain: nothing is signed.",
                    "If the store was made anew or restored, move the file away; if not, its chain was written anew.",
                )  # fmt: skip
