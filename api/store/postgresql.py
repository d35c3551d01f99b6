"""The shared back end: PostgreSQL 15 or later; any number of processes on any number of machines.

Every change locks the head of the journal first, so changes happen one after the other and none can fail to serialise.
That one lock is also what the hash chain needs. Each process groups its changes as the embedded back end does.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import errors as pg

from api.store.database import Dialect, Row, Transaction
from api.store.errors import SchemaMismatch, StoreBusy, StoreError, StoreUnavailable
from api.store.group_commit import GroupWriter, RetryAlone

T = TypeVar("T")

LEAST_VERSION = 150_000
_MOST_IDLE_READERS = 8
_CONNECT_S = 10
_ROWS_AT_ONCE = 1_000

_SESSION = (
    # Whatever the server's default: nothing is acknowledged before it is flushed.
    "SET synchronous_commit = on; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s';"
    "SET timezone = 'UTC'; SET client_encoding = 'UTF8'"
)


class PostgresqlTransaction:
    """`database.Transaction` on a psycopg connection."""

    dialect: Dialect = "postgresql"

    def __init__(self, connection: "psycopg.Connection[Row]") -> None:
        self._connection = connection

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(_native(sql), values, binary=True).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """First row of a query."""
        return self._connection.execute(_native(sql), values, binary=True).fetchone()

    def run(self, sql: str, *values: Any) -> None:
        """Run one statement."""
        self._connection.execute(_native(sql), values)

    def run_many(self, sql: str, values: Iterable[Row]) -> None:
        """Run one statement for many rows."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_native(sql), values)

    def script(self, sql: str) -> None:
        """Run statements that take no values."""
        self._connection.execute(sql)

    def stream(self, sql: str) -> Iterator[Row]:
        """Rows of a query of any size, fetched in lots."""
        with self._connection.cursor("store_stream", binary=True) as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(_native(sql), binary=True)
            yield from cursor

    def lock_head(self) -> Row | None:
        """The head; whoever else wants to write waits here."""
        return self.row("SELECT sequence, at_ms, digest FROM journal_head WHERE id = 1 FOR UPDATE")


class _WriteConnection:
    """`writer.WriteConnection` on a server."""

    def __init__(self, address: str) -> None:
        self._connection = _opened(address)
        self._transaction = PostgresqlTransaction(self._connection)

    def begin(self) -> PostgresqlTransaction:
        # Read committed: statements after the lock see everything committed by whoever held it before.
        self._connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        return self._transaction

    def savepoint(self) -> None:
        self._connection.execute("SAVEPOINT one_job")

    def keep(self) -> None:
        self._connection.execute("RELEASE SAVEPOINT one_job")

    def undo(self) -> None:
        self._connection.execute("ROLLBACK TO SAVEPOINT one_job")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        with suppress(psycopg.Error):
            self._connection.execute("ROLLBACK")

    def translate_failure(self, exception: Exception, committing: bool) -> StoreError | None:
        faults = (psycopg.IntegrityError, psycopg.DataError, psycopg.ProgrammingError, pg.RaiseException)
        if not isinstance(exception, psycopg.Error) or isinstance(exception, faults):
            # A broken constraint or statement is the fault of one job; the others go on.
            return None
        if isinstance(exception, pg.LockNotAvailable | pg.TooManyConnections):
            return StoreBusy("store", "is being written by another process.", "Come again in a second.")
        if isinstance(exception, pg.SerializationFailure | pg.DeadlockDetected):
            return RetryAlone("store", "was written by another process meanwhile.", "Come again in a second.")
        lost = isinstance(exception, psycopg.OperationalError | psycopg.InterfaceError)
        if lost and not committing:
            # The server rolls back what was open when a connection is lost: trying again is safe.
            return RetryAlone("store", "lost its connection to the server.", "Check the server.")
        if lost:
            problem = "lost its connection while committing; whether that was written is not known."
            return StoreUnavailable("store", problem, "Repeat the request with its key.")
        return StoreUnavailable("store", f"failed: {type(exception).__name__}.", "See the log.")

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()


class PostgresqlDatabase:
    """`database.Database` on a server.

    Parameters
    ----------
    address : str
        ``postgresql://...``; never shown in an error, for it may hold a password.

    Raises
    ------
    StoreUnavailable
        The server cannot be reached.
    SchemaMismatch
        It is older than version 15, or does not flush to disk.
    """

    dialect: Dialect = "postgresql"

    def __init__(self, address: str) -> None:
        self._address = address
        self._writer = GroupWriter(lambda: _WriteConnection(address), "store-writer")
        self._idle: list[psycopg.Connection[Row]] = []
        self._gate = threading.Lock()
        self._closed = False

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent state."""
        try:
            return self._read(work)
        except psycopg.OperationalError:
            # A server that was started anew has dropped every connection that waited here.
            self._drop_idle()
        except psycopg.Error as failure:
            raise _failure(failure) from failure
        try:
            return self._read(work)
        except psycopg.Error as failure:
            raise _failure(failure) from failure

    def _read(self, work: Callable[[Transaction], T]) -> T:
        connection = self._reader()
        try:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return work(PostgresqlTransaction(connection))
            finally:
                with suppress(psycopg.OperationalError):
                    connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
            raise
        finally:
            self._give_back(connection)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in the writer thread; return once the server has it on disk."""
        return self._writer.write(work)

    def submit(self, work: Callable[[Transaction], T]) -> "Future[T]":
        """Run `work` in the writer thread; the future has its result once it is on disk."""
        return self._writer.submit(work)

    def write_alone(self, work: Callable[[Transaction], T]) -> T:
        """As `write`, in a transaction of its own."""
        return self._writer.write(work, alone=True)

    def refuse_moved(self) -> None:
        """Nothing: where its files are is the server's business."""

    def check_integrity(self) -> list[str]:
        """Nothing: the server enforces its constraints, and its pages are the business of ``pg_amcheck``."""
        return []

    def vacuum_into(self, file: Path) -> bool:  # noqa: ARG002
        """False: a server has no file to copy; `backup.py` copies its rows."""
        return False

    def close(self) -> None:
        """Finish what is waiting and close every connection."""
        self._writer.close()
        with self._gate:
            self._closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        with self._gate:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _reader(self) -> "psycopg.Connection[Row]":
        with self._gate:
            if self._closed:
                raise StoreUnavailable("store", "is closed.", "Open it again.")
            while self._idle:
                connection = self._idle.pop()
                if not connection.closed and not connection.broken:
                    return connection
        return _opened(self._address)

    def _give_back(self, connection: "psycopg.Connection[Row]") -> None:
        with self._gate:
            kept = not self._closed and not connection.closed and len(self._idle) < _MOST_IDLE_READERS
            if kept:
                self._idle.append(connection)
        if not kept:
            connection.close()


def _failure(failure: psycopg.Error) -> StoreUnavailable:
    return StoreUnavailable("store", f"failed: {type(failure).__name__}.", "See the log.")


def _opened(address: str) -> "psycopg.Connection[Row]":
    try:
        connection = psycopg.connect(
            address, autocommit=True, connect_timeout=_CONNECT_S, application_name="safeport",
            prepare_threshold=3,
        )  # fmt: skip
    except psycopg.Error as failure:
        problem = f"cannot be reached: {type(failure).__name__}."
        raise StoreUnavailable("store", problem, "Check the server and the URL.") from None
    try:
        refuse_server(connection.info.server_version, str(connection.execute("SHOW fsync").fetchone()))
        connection.execute(_SESSION)
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_server(version: int, fsync: str) -> None:
    """Refuse a server that is too old or acknowledges what is not on disk.

    Raises
    ------
    SchemaMismatch
    """
    if version < LEAST_VERSION:
        raise SchemaMismatch("store", f"is on PostgreSQL {version // 10_000}.", "Use 15 or later.")
    if "off" in fsync:
        raise SchemaMismatch("store", "is on a server with fsync off, which can lose data.", "Turn fsync on.")


@lru_cache(maxsize=512)
def _native(sql: str) -> LiteralString:
    """SQL with psycopg's placeholders; ours has neither ``?`` nor ``%`` in any other meaning."""
    return sql.replace("%", "%%").replace("?", "%s")
