"""What the terminal keeps through a power cut: one SQLite file, every commit flushed before it is acknowledged.

The same library and the same rules as the control room's store (write-ahead log, ``synchronous=FULL``, one writer), and
a lock held as long as the process lives: two terminals on one file would each undo what the other knows.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import apsw
import orjson

from api.store.errors import StoreUnavailable
from api.store.sqlite import refuse_network_disk, refuse_old_library

T = TypeVar("T")

FILE_NAME = "terminal.db"
MOST_DECISIONS = 1_000
"""Decisions kept; the oldest go first. Each is made again from what was asked."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS decision (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, sha256 TEXT NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
"""


class DiskFull(StoreUnavailable):
    """There is no room left to keep anything."""

    code = "DISK_FULL"


class StateFile:
    """The file, open and locked.

    Parameters
    ----------
    folder : Path
        Made where it is missing.

    Raises
    ------
    StoreError
        It cannot be used: another terminal has it, no permission, a network disk, a full disk.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        refuse_old_library(apsw.sqlite_lib_version())
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            problem = f"{str(folder)[:80]!r} cannot be made ({failure.strerror})."
            raise StoreUnavailable("state", problem, "Choose another folder with --state.") from None
        file = folder / FILE_NAME
        refuse_network_disk(file)
        with _said_clearly():
            self._connection = apsw.Connection(str(file))
        try:
            with _said_clearly():
                # Held until the end: whoever comes second is told so instead of sharing.
                self._connection.pragma("locking_mode", "exclusive")
                self._connection.pragma("journal_mode", "wal")
                self._connection.pragma("synchronous", 2)
                self._connection.execute(_SCHEMA)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock, suppress(apsw.Error):
            self._connection.close()

    def value(self, name: str) -> Any:
        """A value that was kept; None where there is none."""
        row = self.change(lambda tx: tx.execute("SELECT body FROM value WHERE name = ?", (name,)).fetchone())
        return None if row is None else orjson.loads(row[0])

    def set_values(self, **values: Any) -> None:
        """Keep values by name, all or none of them; on disk when this returns.

        Raises
        ------
        StoreError
        """

        def write(tx: apsw.Connection) -> None:
            for name, value in values.items():
                body = orjson.dumps(value)
                tx.execute("INSERT OR REPLACE INTO value (name, body) VALUES (?, ?)", (name, body))

        self.change(write)

    def add_decision(self, decision_id: str, sha256: str, at_ms: int, body: bytes) -> None:
        """Keep what was asked and the digest of what was answered."""

        def write(tx: apsw.Connection) -> None:
            tx.execute(
                "INSERT INTO decision (id, sha256, at_ms, body) VALUES (?, ?, ?, ?)", (decision_id, sha256, at_ms, body)
            )
            tx.execute("DELETE FROM decision WHERE number <= (SELECT MAX(number) FROM decision) - ?", (MOST_DECISIONS,))

        self.change(write)

    def decisions(self) -> list[tuple[str, str, int, bytes]]:
        """Name, digest, time and encounter of every decision kept, oldest first."""
        return self.change(lambda tx: list(tx.execute("SELECT id, sha256, at_ms, body FROM decision ORDER BY number")))

    def decision(self, sha256: str) -> bytes | None:
        """Encounter of the newest decision of a digest; None where none is kept."""
        query = "SELECT body FROM decision WHERE sha256 = ? ORDER BY number DESC"
        row = self.change(lambda tx: tx.execute(query, (sha256,)).fetchone())
        return None if row is None else bytes(row[0])

    def change(self, work: Callable[[apsw.Connection], T]) -> T:
        """Do something in one transaction; what it returns, once it is on disk.

        Raises
        ------
        StoreError
        """
        with self._lock, _said_clearly():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                done = work(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return done


@contextmanager
def _said_clearly() -> Iterator[None]:
    """Errors of SQLite as refusals that say what to do."""
    try:
        yield
    except apsw.FullError:
        problem = "the disk is full: nothing more can be kept. Answers are still given."
        raise DiskFull("state", problem, "Free some space.") from None
    except (apsw.BusyError, apsw.LockedError):
        raise StoreUnavailable(
            "state", "another terminal has this folder open.", "Stop it, or choose another folder with --state."
        ) from None
    except (apsw.CorruptError, apsw.NotADBError):
        problem = "the file of the terminal's state is damaged."
        remedy = "Put it aside and start again; keep it for whoever looks into it."
        raise StoreUnavailable("state", problem, remedy) from None
    except apsw.Error as failure:
        problem = f"the terminal's state cannot be kept ({type(failure).__name__.removesuffix('Error')})."
        raise StoreUnavailable("state", problem, "Check the disk and its permissions.") from None
