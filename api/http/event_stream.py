"""Events of the store to whoever listens: one poller a process, a bounded queue a listener.

Every process on one database polls for itself, so listeners hear of changes whichever process made them. An event has
the number of its audit row, which is its id: a listener that was cut off resumes after the last one it saw, read from
the store. A listener too slow to keep up is dropped and told so; the others do not notice.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import NamedTuple

import anyio
import orjson
from sse_starlette import ServerSentEvent

from api.http.async_store import AsyncStore
from api.http.problems import Busy, Starting
from api.store.errors import StoreError
from api.store.events import Event
from api.store.validation import Json, canonical, written_time

_log = logging.getLogger(__name__)

PAGE = 256
GATHERED_S = 0.02
"""[A] What changes within so long is told in one go: the store is read for it once. [s]"""

RETRY_MS = 2_000
"""When a listener that was cut off comes back. [ms]"""

_STOPPING = "the service stops; come back with Last-Event-ID"
_DROPPED = "dropped: too slow to keep up; come back with Last-Event-ID"
_UNREADABLE = "the store cannot be read; come back with Last-Event-ID"


HeardAs = Callable[[Event], Event | None]


class QueuedEvent(NamedTuple):
    """An event and what is sent of it, made once for all listeners; its number is 0 when it is in no store."""

    event: Event
    chunk: bytes


class Listener:
    """Somebody who listens.

    Parameters
    ----------
    heard_as : callable
        An event as this listener may hear it; None where it is not for it.
    most_queued : int
        Events that may wait for it.
    """

    def __init__(self, heard_as: HeardAs, most_queued: int) -> None:
        self._heard_as = heard_as
        self.is_dropped = False
        self._queue: asyncio.Queue[QueuedEvent | None] = asyncio.Queue(most_queued)

    def offer(self, heard: QueuedEvent) -> bool:
        """Queue an event if it is for this listener; False when there was no room, and then nothing else is told."""
        mine = self.hear(heard)
        if mine is None:
            return True
        with suppress(asyncio.QueueFull):
            self._queue.put_nowait(mine)
            return True
        self.is_dropped = True
        self.end()
        return False

    def hear(self, heard: QueuedEvent) -> QueuedEvent | None:
        """What is sent to this listener: what is sent to all, unless it is not for it or in other words."""
        event = self._heard_as(heard.event)
        if event is None:
            return None
        return heard if event is heard.event else _queued(event)

    def end(self) -> None:
        """Tell nothing more."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def next(self) -> QueuedEvent | None:
        """The next event; None at the end."""
        return await self._queue.get()


class Broadcast:
    """The events of one process.

    Parameters
    ----------
    async_store : AsyncStore
    every_s : float
        How often the store is looked at when this process changes nothing itself. [s]
    most_listeners, most_queued : int
    """

    def __init__(self, async_store: AsyncStore, every_s: float, most_listeners: int, most_queued: int) -> None:
        self._async_store = async_store
        self._every_s = every_s
        self._most_listeners = most_listeners
        self._most_queued = most_queued
        self._listeners: set[Listener] = set()
        self._position: int | None = None
        self._is_over = False
        self.on_key: Callable[[str], None] | None = None
        """Called with the id of a key that was changed, by whatever process."""

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def begin(self) -> None:
        """Find the newest event; where the store cannot be read, `run` goes on trying."""
        try:
            await self._poll()
        except (StoreError, Busy) as failure:
            _log.error("events wait until the store can be read: %s", failure)

    async def run(self) -> None:
        """Poll until cancelled."""
        is_failing = False
        while True:
            count = 0
            try:
                count = await self._poll()
                is_failing = False
            except (StoreError, Busy) as failure:
                if not is_failing:
                    _log.error("events wait until the store can be read: %s", failure)
                is_failing = True
            if count < PAGE:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await self._async_store.changed.wait()
                        await asyncio.sleep(GATHERED_S)
                self._async_store.changed.clear()

    async def _poll(self) -> int:
        if self._position is None:
            self._position = await self._async_store.run(lambda store: store.newest_event())
        position = self._position
        events = await self._after(position)
        for event in events:
            if self.on_key is not None and event.kind.startswith("key."):
                self.on_key(event.subject)
            if self._listeners:
                self._tell(_queued(event))
            self._position = event.sequence
        return len(events)

    async def _after(self, sequence: int) -> list[Event]:
        return await self._async_store.run(lambda store: store.events(sequence, PAGE))

    def announce(self, kind: str, body: Json) -> None:
        """Tell of something that is in no store; it has no id, so nobody resumes after it."""
        text = canonical(body)
        data = canonical({"kind": kind, "body": body}).decode()
        self._tell(QueuedEvent(Event(0, 0, kind, "", text), ServerSentEvent(data, event=kind).encode()))

    def _tell(self, heard: QueuedEvent) -> None:
        slow = [listener for listener in self._listeners if not listener.offer(heard)]
        self._listeners.difference_update(slow)

    def end(self) -> None:
        """Let every stream end now, and begin no more."""
        self._is_over = True
        for listener in self._listeners:
            listener.end()
        self._listeners.clear()

    def position(self) -> int:
        """Number of the newest event told.

        Raises
        ------
        Starting
        """
        if self._position is None:
            raise Starting("The store is being read. Try again in a second.", {"Retry-After": "1"})
        return self._position

    def refuse_crowd(self) -> None:
        """Refuse one more listener than may listen.

        Raises
        ------
        Busy
        """
        if self._is_over:
            raise Busy("The service is about to stop. Try again in a second.", {"Retry-After": "1"})
        if len(self._listeners) >= self._most_listeners:
            raise Busy("As many listen already as may.", {"Retry-After": "5"})

    async def follow(self, after: int | None, heard_as: HeardAs, ending: anyio.Event) -> AsyncGenerator[bytes, None]:
        """Events for one listener, as they are sent.

        Parameters
        ----------
        after : int or None
            Resume after this event; None for those to come.
        heard_as : callable
            An event as this listener may hear it; None where it is not for it.
        ending : anyio.Event
            Set when the service stops, or the listener may hear nothing more: the stream then ends as a whole answer.
        """
        newest = self.position()
        # A number beyond the newest is of another store, or of one that was restored: it says nothing here.
        told = newest if after is None else min(after, newest)
        yield ServerSentEvent(comment="listening", retry=RETRY_MS).encode()
        listener = Listener(heard_as, self._most_queued)
        stopping = asyncio.create_task(_end_when(ending, listener))
        try:
            # Another process may have changed the store since this one read it: whoever resumes has it read now.
            read_at = newest if after is None else None
            while read_at != self.position():
                read_at = self.position()
                for event in await self._after(told):
                    read_at, told = None, event.sequence
                    if (heard := listener.hear(_queued(event))) is not None:
                        yield heard.chunk
            # Nothing is awaited between the last look and this: no event can come in between.
            if self._is_over:
                listener.end()
            else:
                self._listeners.add(listener)
                # An id without data: whoever resumed knows that nothing is left to be told of before it.
                yield ServerSentEvent(comment="current", id=str(max(told, self.position()))).encode()
            while (heard := await listener.next()) is not None:
                if heard.event.sequence == 0 or heard.event.sequence > told:
                    yield heard.chunk
            if self._is_over:
                yield ServerSentEvent(comment=_STOPPING).encode()
            elif listener.is_dropped:
                yield ServerSentEvent(comment=_DROPPED).encode()
        except (StoreError, Busy):
            yield ServerSentEvent(comment=_UNREADABLE).encode()
        finally:
            self._listeners.discard(listener)
            stopping.cancel()


async def _end_when(ending: anyio.Event, listener: Listener) -> None:
    await ending.wait()
    listener.end()


def of_kinds(kinds: frozenset[str]) -> Callable[[Event], bool]:
    """Whether an event is of certain kinds.

    Parameters
    ----------
    kinds : frozenset of str
        Kinds such as ``port.status``, or their first words such as ``port``; empty for all.
    """
    return lambda event: not kinds or bool({event.kind, event.kind.partition(".")[0]} & kinds)


def _queued(event: Event) -> QueuedEvent:
    data = b'{"at":%b,"body":%b,"kind":%b,"sequence":%d,"subject":%b}' % (
        orjson.dumps(written_time(event.at_ms)), event.body, orjson.dumps(event.kind), event.sequence,
        orjson.dumps(event.subject),
    )  # fmt: skip
    chunk = ServerSentEvent(data.decode(), event=event.kind, id=str(event.sequence)).encode()
    return QueuedEvent(event, chunk)
