"""What the store asks of a database, and nothing more; `sqlite.py` and `postgresql.py` provide it.

SQL is written once, in what both dialects share, with ``?`` for values. Where they differ a migration has a part of its
own, and `Transaction.lock_head` hides the one difference at run time.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")

Dialect = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]


def insertion(table: str, **values: Any) -> tuple[Any, ...]:
    """A statement that adds a row, by column, and its values after it: what `Transaction.run` is called with."""
    marks = ", ".join("?" * len(values))
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values()  # noqa: S608


def update(table: str, row_id: str, **values: Any) -> tuple[Any, ...]:
    """The same of a statement that changes the row of an id."""
    changes = ", ".join(f"{name} = ?" for name in values)
    return f"UPDATE {table} SET {changes} WHERE id = ?", *values.values(), row_id  # noqa: S608


class Transaction(Protocol):
    """An open transaction. Values are int, float, str, bytes or None."""

    @property
    def dialect(self) -> Dialect:
        """Which SQL the database speaks."""

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""

    def row(self, sql: str, *values: Any) -> Row | None:
        """First row of a query."""

    def run(self, sql: str, *values: Any) -> None:
        """Run one statement."""

    def run_many(self, sql: str, values: Iterable[Row]) -> None:
        """Run one statement for many rows."""

    def script(self, sql: str) -> None:
        """Run statements that take no values."""

    def stream(self, sql: str) -> Iterator[Row]:
        """Rows of a query of any size, without holding them all."""

    def lock_head(self) -> Row | None:
        """The row of `journal_head`, kept from everybody else until the transaction ends.

        This is what puts all changes of all processes in one order.
        """


class Database(Protocol):
    """A place to keep things. Every method may be called from any thread."""

    @property
    def dialect(self) -> Dialect:
        """Which SQL it speaks."""

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` on one consistent state; it may not change anything."""

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, alone among all writers, and return once its changes are on disk.

        `work` may be run again from the start when a transaction had to be rolled back, so it does nothing outside.
        An exception out of it undoes what it did, and nothing else, and is raised here.

        Raises
        ------
        StoreBusy
            Too much waits already.
        StoreUnavailable
            The disk or the server failed.
        """

    def submit(self, work: Callable[[Transaction], T]) -> "Future[T]":
        """As `write`, but returns at once: the future has the result once it is on disk."""

    def write_alone(self, work: Callable[[Transaction], T]) -> T:
        """As `write`, in a transaction of its own: for migrations and bulk copies."""

    def refuse_moved(self) -> None:
        """Refuse where what is written now would be lost.

        Raises
        ------
        StoreMoved
            A file is not where it was.
        """

    def check_integrity(self) -> list[str]:
        """What the database says is wrong with its own structures; empty when nothing is."""

    def vacuum_into(self, file: Path) -> bool:
        """Write a consistent copy as a file while others go on; False where the database cannot."""

    def close(self) -> None:
        """Finish what is waiting and let go."""
