"""The embedded back end: one SQLite file, write-ahead log, every commit flushed to disk before it is acknowledged."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import apsw

from api.store.database import Dialect, Row, Transaction
from api.store.errors import SchemaMismatch, StoreBroken, StoreBusy, StoreError, StoreUnavailable
from api.store.writer import GroupWriter

T = TypeVar("T")

LEAST_VERSION = (3, 51, 3)
"""Older ones, from 3.7.0 on, can corrupt a file when two connections write and checkpoint at once (WAL-reset)."""

_BUSY_MS = 5_000
_MOST_IDLE_READERS = 8
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


class _WriteConnection:
    """`writer.WriteConnection` on a file."""

    def __init__(self, file: Path) -> None:
        self._connection = _opened(file, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
        mode = self._connection.pragma("journal_mode", "wal")
        if mode not in ("wal", "memory"):
            self._connection.close()
            raise StoreUnavailable("store", "cannot use a write-ahead log here.", "Put the file on a local disk.")
        self._connection.pragma("synchronous", 2)
        self._transaction = SqliteTransaction(self._connection)

    def begin(self) -> SqliteTransaction:
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

    def rollback(self) -> None:
        with suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def failed(self, exception: Exception, committing: bool) -> StoreError | None:
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
            self._connection.close()


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
        try:
            self._writer = GroupWriter(lambda: _WriteConnection(file), "store-writer")
        except apsw.Error as failure:
            problem = f"cannot be opened as SQLite: {type(failure).__name__}."
            raise StoreUnavailable("store", problem, "Check the path and its permissions.") from None
        self._idle: list[apsw.Connection] = []
        self._gate = threading.Lock()
        self._closed = False

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
        """Finish what is waiting and close every connection."""
        with self._gate:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        # Last, because only it can bring what is in the log into the file.
        self._writer.close()

    def _reader(self) -> apsw.Connection:
        with self._gate:
            if self._closed:
                raise StoreUnavailable("store", "is closed.", "Open it again.")
            if self._idle:
                return self._idle.pop()
        # Read-only connections never checkpoint: only the writer touches the file itself.
        return _opened(self.file, apsw.SQLITE_OPEN_READONLY)

    def _give_back(self, connection: apsw.Connection) -> None:
        with self._gate:
            if not self._closed and len(self._idle) < _MOST_IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()


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
