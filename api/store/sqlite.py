"""The embedded back end: one SQLite file, write-ahead log, every commit flushed to disk before it is acknowledged."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import apsw

from api.store.database import Dialect, Row, Transaction
from api.store.errors import (
    SchemaMismatch,
    StoreBroken,
    StoreBusy,
    StoreError,
    StoreMoved,
    StoreUnavailable,
)
from api.store.group_commit import GroupWriter

T = TypeVar("T")

LEAST_VERSION = (3, 51, 3)
"""Older ones, from 3.7.0 on, can corrupt a file when two connections write and checkpoint at once (WAL-reset)."""

_BUSY_MS = 5_000
_MOST_IDLE_READERS = 8
_READERS_END_S = 10.0
"""How long closing waits for reads under way. [s]"""
_NETWORK_FILE_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs"})


class SqliteTransaction:
    """`database.Transaction` on an apsw connection."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """First row of a query."""
        found: Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def run(self, sql: str, *values: Any) -> None:
        """Run one statement."""
        self._connection.execute(sql, values)

    def run_many(self, sql: str, values: Iterable[Row]) -> None:
        """Run one statement for many rows."""
        self._connection.executemany(sql, values)

    def script(self, sql: str) -> None:
        """Run statements that take no values."""
        for _ in self._connection.execute(sql):
            pass

    def stream(self, sql: str) -> Iterator[Row]:
        """Rows of a query of any size."""
        return iter(self._connection.execute(sql))

    def lock_head(self) -> Row | None:
        """The head; a transaction that writes is alone from its first statement on."""
        return self.row("SELECT sequence, at_ms, digest FROM journal_head WHERE id = 1")


class Place:
    """Where a store's file and its log are, and whether they still are there.

    What is written to a file after it was moved, replaced or deleted is lost with the process, and nobody would notice:
    the file is open, and every write succeeds. Once that was seen the store stays shut until the process is started
    anew, because readers may have another log open than a new writer would.

    Parameters
    ----------
    file : Path
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._names = (file, _beside(file, "-wal"))
        self._stamps: tuple[_Stamp, ...] | None = None
        self._is_lost = False

    def settle(self) -> None:
        """Take what is there now for the store: its file for good, its log for as long as this writer has it open."""
        self.refuse_moved_file()
        self._stamps = tuple(_stamp(name) for name in self._names)

    def refuse_moved_file(self) -> None:
        """Refuse to go on without the file; its log may be another one.

        Raises
        ------
        StoreMoved
        """
        if self._stamps is not None:
            self._look(self._stamps[:1])

    def refuse_moved(self) -> None:
        """Refuse to go on without the file and its log.

        Raises
        ------
        StoreMoved
        """
        if self._stamps is not None:
            self._look(self._stamps)

    def _look(self, stamps: "tuple[_Stamp, ...]") -> None:
        if self._is_lost or any(_stamp(name) != stamp for name, stamp in zip(self._names, stamps, strict=False)):
            self._is_lost = True
            raise self._moved()

    def _moved(self) -> StoreMoved:
        return StoreMoved(
            "store", f"{self._file.name[:60]!r} or its log was moved, replaced or deleted under the service.",
            "Nothing more is written. Stop the service, put the file back, and start it again.",
        )  # fmt: skip


_Stamp = tuple[int, int] | None


def _stamp(file: Path) -> _Stamp:
    """Device and inode; None where there is no such file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


class _WriteConnection:
    """`writer.WriteConnection` on a file."""

    def __init__(self, file: Path, place: Place) -> None:
        # Before the file is opened, which would make a new one where it was taken away.
        place.refuse_moved_file()
        self._place = place
        self._connection = _opened(file, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        mode = self._connection.pragma("journal_mode", "wal")
        if mode not in ("wal", "memory"):
            self._connection.close()
            raise StoreUnavailable("store", "cannot use a write-ahead log here.", "Put the file on a local disk.")
        self._connection.pragma("synchronous", 2)
        self._transaction = SqliteTransaction(self._connection)
        try:
            # Opens the log, so that there is one to be watched.
            self._transaction.row("SELECT 1 FROM sqlite_schema")
            place.settle()
        except BaseException:
            self._connection.close()
            raise

    def begin(self) -> SqliteTransaction:
        self._place.refuse_moved()
        self._connection.execute("BEGIN IMMEDIATE")
        return self._transaction

    def savepoint(self) -> None:
        self._connection.execute("SAVEPOINT one_job")

    def keep(self) -> None:
        self._connection.execute("RELEASE one_job")

    def undo(self) -> None:
        self._connection.execute("ROLLBACK TO one_job")

    def commit(self) -> None:
        self._connection.execute("COMMIT")
        # Looked at again: what was written to a file that is gone is not acknowledged.
        self._place.refuse_moved()

    def rollback(self) -> None:
        with suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def translate_failure(self, exception: Exception, committing: bool) -> StoreError | None:
        if isinstance(exception, StoreMoved):
            return exception
        if not isinstance(exception, apsw.Error) or isinstance(exception, apsw.ConstraintError | apsw.SQLError):
            # A broken constraint or statement is the fault of one job; the others go on.
            return None
        if isinstance(exception, apsw.BusyError | apsw.LockedError):
            return StoreBusy("store", "is being written by another process.", "Come again in a second.")
        if isinstance(exception, apsw.IOError) and committing:
            # What the log holds now is not known, and a second flush may report success for lost pages.
            return StoreBroken("store", "could not flush to disk.", "Check the disk, then start again.")
        if isinstance(exception, apsw.FullError):
            return StoreUnavailable("store", "has no room on its disk.", "Make room; nothing written before is lost.")
        if isinstance(exception, apsw.CorruptError | apsw.NotADBError):
            return StoreBroken("store", "is damaged.", "Restore a backup.")
        return StoreUnavailable("store", f"failed: {type(exception).__name__}.", "See the log.")

    def close(self) -> None:
        with suppress(apsw.Error):
            try:
                self._place.refuse_moved()
            except StoreMoved:
                _leave_names_alone(self._connection)
            self._connection.close()


def _leave_names_alone(connection: apsw.Connection) -> None:
    """Close without deleting the log: under its name there may be that of another store by now.

    What is in the log is brought into the file first, wherever that was moved to.
    """
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


class SqliteDatabase:
    """`database.Database` in one file.

    Parameters
    ----------
    file : Path
        Made when it is not there yet; its folder has to be.

    Raises
    ------
    StoreUnavailable
        It cannot be opened, or lies on a network file system, whose locks cannot be trusted.
    SchemaMismatch
        The SQLite library is one that can lose data.
    """

    dialect: Dialect = "sqlite"

    def __init__(self, file: Path) -> None:
        refuse_old_library(apsw.sqlite_lib_version())
        refuse_network_disk(file)
        self.file = file
        self._place = Place(file)
        try:
            self._writer = GroupWriter(lambda: _WriteConnection(file, self._place), "store-writer")
        except apsw.Error as failure:
            problem = f"cannot be opened as SQLite: {type(failure).__name__}."
            raise StoreUnavailable("store", problem, "Check the path and its permissions.") from None
        self._idle: list[apsw.Connection] = []
        self._reading = 0
        self._gate = threading.Condition()
        self._closed = False

    def refuse_moved(self) -> None:
        """Refuse where the file is not the one that was opened.

        Raises
        ------
        StoreMoved
        """
        self._place.refuse_moved()

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent state."""
        connection = self._reader()
        try:
            connection.execute("BEGIN")
            try:
                return work(SqliteTransaction(connection))
            finally:
                connection.execute("ROLLBACK")
        except apsw.Error as failure:
            raise StoreUnavailable("store", f"failed: {type(failure).__name__}.", "See the log.") from failure
        finally:
            self._give_back(connection)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in the writer thread; return once it is on disk."""
        return self._writer.write(work)

    def submit(self, work: Callable[[Transaction], T]) -> "Future[T]":
        """Run `work` in the writer thread; the future has its result once it is on disk."""
        return self._writer.submit(work)

    def write_alone(self, work: Callable[[Transaction], T]) -> T:
        """As `write`, in a transaction of its own."""
        return self._writer.write(work, alone=True)

    def check_integrity(self) -> list[str]:
        """``integrity_check`` and ``foreign_key_check``."""

        def findings(tx: Transaction) -> list[str]:
            damage = [str(found[0]) for found in tx.rows("PRAGMA integrity_check(20)")]
            orphans = tx.rows("PRAGMA foreign_key_check")
            return [line for line in damage if line != "ok"] + [
                f"table {table}, row {row}: nothing like it in {parent}" for table, row, parent, _ in orphans[:20]
            ]

        return self.read(findings)

    def vacuum_into(self, file: Path) -> bool:
        """Copy by SQLite's online backup: page by page, beginning again when somebody writes meanwhile."""
        source, target = self._reader(), _opened(file, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        try:
            # One step for all pages: a copy in many steps would start over at each commit of a busy writer.
            with target.backup("main", source, "main") as copying:
                copying.step(-1)
        finally:
            target.close()
            self._give_back(source)
        return True

    def close(self) -> None:
        """Finish what is waiting, close every connection, and leave the whole store in its one file.

        Where another process has the file open too, its log stays until that one closes.
        """
        with self._gate:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        # After the readers, because only a writer can bring what is in the log into the file.
        until_s = time.monotonic() + _READERS_END_S
        with self._gate:
            while self._reading and time.monotonic() < until_s:
                self._gate.wait(0.1)
        self._writer.close()
        self._leave_one_file()

    def _leave_one_file(self) -> None:
        """Bring in a log that is left: of a writer that failed, or of a process that was killed."""
        with suppress(StoreMoved, apsw.Error):
            self._place.refuse_moved_file()
            log = _beside(self.file, "-wal")
            if self.file.is_file() and log.exists():
                connection = _opened(self.file, apsw.SQLITE_OPEN_READWRITE)
                try:
                    connection.set_busy_timeout(0)
                    # A log is opened by the first look into the file.
                    connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
                    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                finally:
                    connection.close()

    def _reader(self) -> apsw.Connection:
        with self._gate:
            if self._closed:
                raise StoreUnavailable("store", "is closed.", "Open it again.")
            self._place.refuse_moved()
            self._reading += 1
            if self._idle:
                return self._idle.pop()
        try:
            # Read-only connections never checkpoint: only the writer touches the file itself.
            return _opened(self.file, apsw.SQLITE_OPEN_READONLY)
        except apsw.Error as failure:
            with self._gate:
                self._reading -= 1
                self._gate.notify_all()
            raise StoreUnavailable("store", f"failed: {type(failure).__name__}.", "See the log.") from failure

    def _give_back(self, connection: apsw.Connection) -> None:
        with self._gate:
            kept = not self._closed and len(self._idle) < _MOST_IDLE_READERS
            if kept:
                self._idle.append(connection)
        if not kept:
            connection.close()
        with self._gate:
            # Only now: whoever closes the store waits until no reader has its log open.
            self._reading -= 1
            self._gate.notify_all()


def into_one_file(file: Path) -> None:
    """Bring what is in a store's log into the file itself, so that the file alone is the whole store.

    Raises
    ------
    StoreUnavailable
        Somebody else has it open.
    """
    connection = _opened(file, apsw.SQLITE_OPEN_READWRITE)
    try:
        mode = connection.pragma("journal_mode", "delete")
    except apsw.Error as failure:
        raise StoreUnavailable("store", f"cannot be closed: {type(failure).__name__}.", "Try again.") from None
    finally:
        connection.close()
    if mode != "delete":
        raise StoreUnavailable("store", "is open elsewhere.", "Try again.")


def _opened(file: Path, flags: int) -> apsw.Connection:
    connection = apsw.Connection(str(file), flags=flags)
    connection.set_busy_timeout(_BUSY_MS)
    connection.pragma("foreign_keys", "on")
    # Otherwise INSERT OR REPLACE would delete a row without its trigger seeing it.
    connection.pragma("recursive_triggers", "on")
    connection.pragma("trusted_schema", "off")
    return connection


def refuse_old_library(version: str) -> None:
    """Refuse a SQLite library that can corrupt a file with a write-ahead log.

    Raises
    ------
    SchemaMismatch
    """
    if tuple(int(part) for part in version.split(".")[:3]) < LEAST_VERSION:
        least = ".".join(map(str, LEAST_VERSION))
        raise SchemaMismatch("apsw", f"brings SQLite {version}, which can lose data.", f"Install one with {least}.")


def refuse_network_disk(file: Path, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Refuse a file on a network file system, where the system tells which one it is.

    Raises
    ------
    StoreUnavailable
    """
    if not mounts.exists():
        return
    folder = str(file.resolve().parent)
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        point = before.split()[4]
        inside = folder == point or folder.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split()[0]
    if kind in _NETWORK_FILE_SYSTEMS:
        raise StoreUnavailable("store", f"lies on {kind}, whose locks cannot be trusted.", "Use a local disk.")
