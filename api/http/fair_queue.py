"""Whose turn it is: work that waits is taken up by who has had least lately, not by who asked most.

Without it one caller who sends many requests at once makes everybody else wait behind all of them.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import NamedTuple

asking: ContextVar[tuple[str, str]] = ContextVar("asking", default=("", ""))
"""Who asks for what is being done now: the caller, and the connection it came by.

A caller is a principal where one is known, and otherwise an address and the program that calls from it.
"""

HALF_LIFE_S = 10.0
"""[A] How fast it is forgotten what somebody has had. [s]"""

_MOST_REMEMBERED = 4_096
_FORGOTTEN_S = 0.001
_MOST_HALF_LIVES = 100.0


class PlaceLost(Exception):
    """As many wait as may, and nobody of them has more waiting than this caller."""


class _Waiter(NamedTuple):
    number: int
    caller: str
    connection: str
    ready: "asyncio.Future[None]"


class FairQueue:
    """So many pieces of work at once, the rest in the order of what each caller has had lately.

    Among a caller's own the same holds of connections, and then who came first.

    Parameters
    ----------
    at_once, most_waiting : int
    clock : callable
        [s]
    """

    def __init__(self, at_once: int, most_waiting: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free = at_once
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._clock = clock
        self._waiters: list[_Waiter] = []
        self._number = 0
        # All are forgotten alike, so that only what is added grows with time: those that wait can be compared as it is.
        self._used: dict[str, float] = {}
        self._since_s = clock()

    @property
    def running(self) -> int:
        """Pieces of work under way."""
        return self._at_once - self._free

    @property
    def waiting(self) -> int:
        """Pieces of work that wait."""
        return len(self._waiters)

    async def begin(self, caller: str, connection: str) -> None:
        """Wait for a turn; it has to be given back with `end`.

        Raises
        ------
        PlaceLost
        """
        if self._free and not self._waiters:
            self._free -= 1
            return
        if len(self._waiters) >= self._most_waiting:
            self._make_room(caller)
        self._number += 1
        waiter = _Waiter(self._number, caller, connection, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            await waiter.ready
        except BaseException:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            elif not waiter.ready.cancelled() and waiter.ready.exception() is None:
                # Its turn came in the same moment: the next one has it.
                self._pass_on()
            raise

    def end(self, caller: str, connection: str, took_s: float) -> None:
        """Give a turn back, and remember how long it was. [s]"""
        half_lives = (self._clock() - self._since_s) / HALF_LIFE_S
        for who in (caller, connection):
            self._used[who] = self._used.get(who, 0.0) + took_s * 2.0**half_lives
        if half_lives > _MOST_HALF_LIVES or len(self._used) > _MOST_REMEMBERED:
            now = {who: used * 0.5**half_lives for who, used in self._used.items()}
            self._used = {who: seconds for who, seconds in now.items() if seconds > _FORGOTTEN_S}
            self._since_s = self._clock()
        self._pass_on()

    def _pass_on(self) -> None:
        for waiter in self._next():
            waiter.ready.set_result(None)
            return
        self._free += 1

    def _next(self) -> Iterator[_Waiter]:
        used = self._used
        while self._waiters:
            found = min(
                self._waiters,
                key=lambda waiter: (used.get(waiter.caller, 0.0), used.get(waiter.connection, 0.0), waiter.number),
            )
            self._waiters.remove(found)
            if not found.ready.done():
                yield found

    def _make_room(self, caller: str) -> None:
        """Let the newest of whoever has most waiting go, unless that is this very caller."""
        counts: dict[str, int] = {}
        for waiter in self._waiters:
            counts[waiter.caller] = counts.get(waiter.caller, 0) + 1
        most = max(counts, key=counts.__getitem__, default=caller)
        if counts.get(most, 0) <= counts.get(caller, 0) + 1:
            raise PlaceLost
        newest = max((waiter for waiter in self._waiters if waiter.caller == most), key=lambda waiter: waiter.number)
        self._waiters.remove(newest)
        newest.ready.set_exception(PlaceLost())
