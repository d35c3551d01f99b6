"""Group commit: one thread writes, many changes share one flush to disk, each is told only after it."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from api.store.database import Transaction
from api.store.errors import StoreBroken, StoreBusy, StoreError, StoreUnavailable

T = TypeVar("T")

MOST_WAITING = 2_048
MOST_TOGETHER = 64
"""Changes in one transaction. More would gain little and make the first wait for the last."""


class WriteConnection(Protocol):
    """The connection a writer thread owns."""

    def begin(self) -> Transaction:
        """Open a transaction that will write."""

    def savepoint(self) -> None:
        """Mark a place to come back to."""

    def keep(self) -> None:
        """Forget the mark and keep what was done since."""

    def undo(self) -> None:
        """Go back to the mark."""

    def commit(self) -> None:
        """Make everything durable."""

    def rollback(self) -> None:
        """Undo everything; never raises."""

    def translate_failure(self, exception: Exception, committing: bool) -> StoreError | None:
        """What a failure of the database means; None for an exception that is not the database's.

        `RetryAlone` means: rolled back for certain, and worth another try.
        """

    def close(self) -> None:
        """Close it; never raises."""


class RetryAlone(StoreUnavailable):
    """The transaction was rolled back for a reason that passes."""


class _Job:
    __slots__ = ("alone", "future", "result", "work")

    def __init__(self, work: Callable[[Transaction], Any], alone: bool) -> None:
        self.work = work
        self.alone = alone
        self.future: Future[Any] = Future()
        self.result: Any = None


class GroupWriter:
    """A thread that owns the only writing connection of this process.

    Parameters
    ----------
    connect : callable
        Opens the connection; called in the thread, and again after one was lost.
    name : str
        Of the thread.
    """

    def __init__(self, connect: Callable[[], WriteConnection], name: str) -> None:
        self._connect = connect
        self._waiting: queue.Queue[_Job | None] = queue.Queue(MOST_WAITING)
        self._broken: StoreError | None = None
        self._closed = False
        self._gate = threading.Lock()
        self._next: _Job | None = None
        self._connection: WriteConnection | None = connect()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Transaction], T], alone: bool = False) -> T:
        """`Database.write`, or `Database.write_alone`."""
        return self.submit(work, alone).result()

    def submit(self, work: Callable[[Transaction], T], alone: bool = False) -> "Future[T]":
        """`Database.submit`; never waits."""
        job = _Job(work, alone)
        # Whoever waits for it may be cancelled; what was taken up is written all the same.
        job.future.set_running_or_notify_cancel()
        with self._gate:
            if self._closed:
                raise StoreUnavailable("store", "is closed.", "Open it again.")
            if self._broken is not None:
                raise self._broken
            try:
                self._waiting.put_nowait(job)
            except queue.Full:
                raise StoreBusy("store", "has too many changes waiting.", "Come again in a second.") from None
        return job.future

    def close(self) -> None:
        """Write what is waiting, then stop."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
        self._waiting.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (jobs := self._gather()) is not None:
            self._settle(jobs)
        if self._connection is not None:
            self._connection.close()

    def _gather(self) -> list[_Job] | None:
        """The first that waits and everything that may go with it; None when the end was asked for."""
        first = self._next or self._waiting.get()
        self._next = None
        if first is None:
            return None
        jobs = [first]
        while not first.alone and len(jobs) < MOST_TOGETHER:
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                break
            if job is None or job.alone:
                # Its turn comes next. The end is asked for once, so it goes back to where it is looked for.
                if job is None:
                    self._waiting.put(None)
                self._next = job
                break
            jobs.append(job)
        return jobs

    def _settle(self, jobs: list[_Job]) -> None:
        for attempt in (1, 2, 3):
            try:
                if self._broken is not None:
                    raise self._broken
                refused = self._transact(jobs)
            except RetryAlone as again:
                if attempt < 3:
                    continue
                refused = dict.fromkeys(jobs, again)
            except StoreError as failure:
                refused = dict.fromkeys(jobs, failure)
            break
        for job in jobs:
            exception = refused.get(job)
            if exception is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(exception)

    def _transact(self, jobs: list[_Job]) -> dict[_Job, BaseException]:
        """Run all jobs in one transaction; those that refused are undone one by one and named."""
        refused: dict[_Job, BaseException] = {}
        committing = False
        try:
            if self._connection is None:
                self._connection = self._connect()
            connection = self._connection
            transaction = connection.begin()
            for job in jobs:
                connection.savepoint()
                try:
                    job.result = job.work(transaction)
                except Exception as exception:
                    if connection.translate_failure(exception, committing=False) is not None:
                        raise
                    connection.undo()
                    refused[job] = exception
                connection.keep()
            committing = True
            connection.commit()
        except Exception as exception:
            raise self._failure(exception, committing) from exception
        return refused

    def _failure(self, exception: Exception, committing: bool) -> StoreError:
        if isinstance(exception, StoreError) and self._connection is None:
            return exception
        connection = self._connection
        meaning = None if connection is None else connection.translate_failure(exception, committing)
        if connection is not None:
            connection.rollback()
        if meaning is None:
            meaning = StoreUnavailable("store", "failed in a way it did not expect.", "See the log.")
        if isinstance(meaning, StoreBroken):
            self._broken = meaning
        if connection is not None and not isinstance(meaning, StoreBusy):
            # A connection that failed may be in any state: the next batch gets a new one.
            connection.close()
            self._connection = None
        return meaning
