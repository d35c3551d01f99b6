"""How much of a request is read, and how many requests are worked on at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.fair_queue import FairQueue, PlaceLost, asking
from api.http.problems import BodyTooLarge, Busy, answer_problem

Answer = TypeVar("Answer")


class BodyLimit:
    """ASGI middleware that reads no more than so many bytes of a body.

    Parameters
    ----------
    app : ASGIApp
    most_bytes : int
        Largest body allowed. [bytes]
    larger : mapping of str to int, optional
        Paths where more is allowed, and how much. [bytes]
    """

    def __init__(self, app: ASGIApp, most_bytes: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most_bytes = self._larger.get(scope["path"], self._most_bytes)
        refusal = f"The limit is {most_bytes} bytes."
        request = Request(scope)
        declared = request.headers.get("content-length", "")
        # Refused before a byte of it is read. There is no "Connection: close": a client that is still writing would
        # have its connection reset and might never read why; the server drops the rest unread.
        if declared.isdecimal() and int(declared[:20]) > most_bytes:
            answer = await answer_problem(request, BodyTooLarge(refusal))
            await answer(scope, receive, send)
            return
        left = most_bytes

        async def receive_counted() -> Message:
            # Counted whatever the length declared: a chunked body declares none.
            nonlocal left
            message = await receive()
            if message["type"] == "http.request":
                left -= len(message.get("body", b""))
                if left < 0:
                    raise BodyTooLarge(refusal)
            return message

        await self._app(scope, receive_counted, send)


class WorkerPool:
    """Threads for the work of the engine, in turns: who has had least lately is next.

    Work that is known to be quick is done on the event loop, in turns of its own: to hand it to a thread and wait for
    that takes longer, the more so the more there is, and it would wait there for what is slow.

    Parameters
    ----------
    working, waiting : int
        How many pieces of work run at once, and how many may wait.
    """

    def __init__(self, working: int, waiting: int) -> None:
        self._turns = FairQueue(working, waiting)
        self._quick_turns = FairQueue(1, waiting)
        # As many threads as turns, so that whoever has a turn has a thread.
        self._threads = ThreadPoolExecutor(working, "safeport")

    @property
    def working(self) -> int:
        """Pieces of work being done."""
        return self._turns.running + self._quick_turns.running

    @property
    def waiting(self) -> int:
        """Pieces of work that wait for their turn."""
        return self._turns.waiting + self._quick_turns.waiting

    async def run(self, work: Callable[[], Answer], *, is_quick: bool = False) -> Answer:
        """Result of a piece of work, done in the caller's turn: in a thread, or on the loop where it is quick.

        Raises
        ------
        Busy
            As many wait already as may.
        """
        caller, connection = asking.get()
        turns = self._quick_turns if is_quick else self._turns
        try:
            await turns.begin(caller, connection)
        except PlaceLost:
            raise Busy("Many requests wait already. Try again in a second.", {"Retry-After": "1"}) from None
        begun_s, loop = time.perf_counter(), asyncio.get_running_loop()
        if is_quick:
            try:
                return work()
            finally:
                # Not at once: between two of them the loop looks who else has come, and whose turn it is then.
                loop.call_soon(turns.end, caller, connection, time.perf_counter() - begun_s)
        done = loop.run_in_executor(self._threads, copy_context().run, work)
        done.add_done_callback(lambda _: turns.end(caller, connection, time.perf_counter() - begun_s))
        # Who asked may have gone: the thread works on, and its turn is over when it has done.
        return await asyncio.shield(done)


class SingleFlight(Generic[Answer]):
    """The newest result of some work, shared by all who ask for the same thing at the same time."""

    def __init__(self) -> None:
        self._authenticator = asyncio.Lock()
        self._newest: tuple[Hashable, Answer] | None = None

    async def run(self, key: Hashable, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Result of the work for a key: done once, kept until another key is asked for."""
        async with self._authenticator:
            if self._newest is None or self._newest[0] != key:
                self._newest = key, await work()
            return self._newest[1]


class SharedRead(Generic[Answer]):
    """What a read finds that began after it was asked for: all who come while one is under way share the next.

    Parameters
    ----------
    read : callable
    """

    def __init__(self, read: Callable[[], Awaitable[Answer]]) -> None:
        self._read = read
        self._running: asyncio.Task[Answer] | None = None
        self._next: asyncio.Task[Answer] | None = None

    async def run(self) -> Answer:
        """What was found; what it failed of is raised for all who share it."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
            # Who asked may have gone: then nobody is told how it failed.
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._next)

    async def _after(self, before: asyncio.Task[Answer] | None) -> Answer:
        if before is not None:
            await asyncio.wait([before])
        self._running, self._next = self._next, None
        return await self._read()
