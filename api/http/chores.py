"""What the service does by itself: tells of events, marks expired holds, lets old documents go, signs the audit."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from api.http.broadcast import Broadcast
from api.http.memory import AHEAD_S, Memory
from api.http.problems import Busy
from api.settings import Settings
from api.store.errors import StoreError
from api.store.ledger import Actor, Role
from api.store.reservations import ExpireHold
from api.store.signed_heads import export_head, read_signing_key
from api.store.store import Store

_log = logging.getLogger(__name__)

SWEEPER = Actor(Role.SYSTEM, "sweeper")

WATCH_EVERY_S = 0.5
"""How often it is looked whether the store is where it was. [s]"""

_MOST_EXPIRED = 1_000
"""Holds marked in one go, so that the other chores have their turn."""


@asynccontextmanager
async def chores(memory: Memory, broadcast: Broadcast, settings: Settings) -> AsyncIterator[None]:
    """Do them while the application runs; nothing where no records are kept."""
    tasks: list[asyncio.Task[None]] = []
    if memory.is_kept:
        # Before the first request: a listener may be the first to come.
        await broadcast.begin()
        with suppress(StoreError, Busy):
            await memory.watch()
        tasks.append(asyncio.create_task(watch(memory)))
        tasks.append(asyncio.create_task(broadcast.run()))
        tasks.append(asyncio.create_task(every(settings.sweep_every_s, lambda: sweep(memory, settings.kept_documents))))
        if settings.signing_key is not None and settings.signed_heads is not None:
            signer = Signer(settings.signing_key, settings.signed_heads)
            tasks.append(asyncio.create_task(every(settings.sign_every_s, lambda: memory.run(signer.sign))))
    try:
        yield
    finally:
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
        except (StoreError, Busy, OSError) as failure:
            _log.error("%s", failure)
        await asyncio.sleep(period_s)


async def watch(memory: Memory) -> None:
    """Look after the store until cancelled; what is found is said by `Memory` and by ``/readyz``."""
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        with suppress(StoreError, Busy):
            await memory.watch()


async def sweep(memory: Memory, kept_documents: int) -> None:
    """Mark holds whose time ran out, so that listeners hear of it; let documents go that can be made again.

    Several processes may do so at once.
    """
    await look_at_clock(memory)
    await memory.run(lambda store: store.forget_documents(kept_documents))
    for _ in range(_MOST_EXPIRED):
        answer = await memory.run(lambda store: store.do(ExpireHold(), SWEEPER, time.time()))
        if answer.sequence == 0:
            break


async def look_at_clock(memory: Memory) -> None:
    """Say so where the store's time is ahead of this machine's clock: one of the clocks that wrote to it was wrong.

    The store's time never goes back, so until the clock has caught up holds end early, and reports count as of no known
    age. Nobody would guess why.
    """
    await memory.watch()
    if memory.ahead_s > AHEAD_S:
        _log.error(
            "the store's time is %.0f s ahead of this clock: a clock was wrong when something was recorded. Until this "
            "clock has caught up holds end early and what ports report counts as stale. Check the time service, then "
            "run 'safeport db mend-clock --reason TEXT'.",
            memory.ahead_s,
        )


class Signer:
    """Signs the end of the audit chain whenever it has moved.

    Parameters
    ----------
    key : Path
        File with an Ed25519 key.
    heads : Path
        File the signed heads are added to; it belongs on another machine.
    """

    def __init__(self, key: Path, heads: Path) -> None:
        self._key = read_signing_key(key)
        self._heads = heads
        self._signed = 0

    def sign(self, store: Store) -> None:
        """Sign, in a thread."""
        head = store.head()
        if head.sequence > self._signed:
            export_head(head, self._key, self._heads)
            self._signed = head.sequence
