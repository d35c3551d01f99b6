"""Copies of a store: a backup while others write, a restore that never overwrites, a move to a server.

A backup of either back end is one SQLite file. Restoring it to a server is therefore the move to that server, and a
server's backup can be opened on a laptop.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from api.store.database import Database, Row, Transaction
from api.store.errors import StoreUnavailable, WrongState
from api.store.integrity import check
from api.store.schema import migrate, refuse_old_schema, stored_version, table_columns
from api.store.sqlite import into_one_file
from api.store.store import open_database, sqlite_file
from api.store.validation import canonical

_IN_ORDER = {"reservation": " ORDER BY made"}
"""A reservation split off comes after the one it came from."""

_DIGEST_BITS = 256


class TableSum(NamedTuple):
    """What a table holds.

    Attributes
    ----------
    rows : int
    digest : str
        Sum of the rows' SHA-256 values: equal rows in any order give equal sums.
    """

    rows: int
    digest: str


def table_sums(database: Database) -> dict[str, TableSum]:
    """Count and digest of every table."""
    return database.read(_sums)


def backup(database: Database, file: Path) -> dict[str, TableSum]:
    """Write a copy while others go on writing.

    Parameters
    ----------
    database : Database
    file : Path
        Must not exist.

    Returns
    -------
    dict of TableSum
        Of the copy; its chain has been verified.

    Raises
    ------
    WrongState
        There is such a file already.
    StoreUnavailable
        The copy is not sound.
    """
    refuse_existing(file)
    refuse_old_schema(database)
    half = _half_made(file)
    try:
        if not database.vacuum_into(half):
            copy = open_database(f"sqlite:{half}")
            try:
                migrate(copy)
                copy_rows(database, copy)
            finally:
                copy.close()
        sums = _sound_sums(half)
        _put_in_place(half, file)
    finally:
        _remove(half)
    return sums


def restore(file: Path, url: str) -> dict[str, TableSum]:
    """Make a store of a backup.

    Parameters
    ----------
    file : Path
        A backup.
    url : str
        A SQLite file that does not exist, or a server with no rows in it.

    Raises
    ------
    WrongState
        There is something there already: a restore never overwrites.
    StoreUnavailable
        The backup is not sound.
    """
    if not file.is_file():
        raise WrongState("backup", "is not there.", "Check the path.")
    if file.with_name(file.name + "-wal").exists():
        raise WrongState("backup", "is a store somebody has open.", "Make a backup of it, and restore that.")
    if not url.startswith("sqlite:"):
        with tempfile.TemporaryDirectory() as folder:
            return _restore_to_server(file, Path(folder) / "copy.db", url)
    place = sqlite_file(url)
    refuse_existing(place)
    half = _half_made(place)
    try:
        sums = _migrated_copy(file, half)
        _put_in_place(half, place)
    finally:
        _remove(half)
    return sums


def _restore_to_server(file: Path, half: Path, url: str) -> dict[str, TableSum]:
    _migrated_copy(file, half)
    source = open_database(f"sqlite:{half}")
    try:
        target = open_database(url)
        try:
            migrate(target)
            return move(source, target)
        finally:
            target.close()
    finally:
        source.close()


def _migrated_copy(file: Path, half: Path) -> dict[str, TableSum]:
    """Copy a backup, which itself is never written to, and bring the copy up to date."""
    shutil.copyfile(file, half)
    copy = open_database(f"sqlite:{half}")
    try:
        if stored_version(copy) == 0:
            raise StoreUnavailable("backup", "is not a backup of a store.", "Check the file.")
        migrate(copy)
    finally:
        copy.close()
    return _sound_sums(half)


def move(source: Database, target: Database) -> dict[str, TableSum]:
    """Copy everything from one back end to another and prove that it arrived.

    Parameters
    ----------
    source, target : Database
        Both with up-to-date tables; nobody should be writing to the source any more.

    Returns
    -------
    dict of TableSum
        The same on both sides.

    Raises
    ------
    WrongState
        The target is not empty.
    StoreUnavailable
        The source is not sound, or rows or digests differ; the target is left as it was.
    """
    refuse_unsound(source, "source")
    refuse_old_schema(target)
    copy_rows(source, target)
    return table_sums(target)


def copy_rows(source: Database, target: Database) -> None:
    """Copy all rows in one transaction on each side; counts and digests are compared before it commits.

    Raises
    ------
    WrongState
        The target is not empty.
    StoreUnavailable
        Rows or digests differ.
    """

    def insert(reading: Transaction, writing: Transaction) -> None:
        head = writing.lock_head()
        if head is None or head[0] != 0:
            raise WrongState("target", "has rows already.", "Use an empty one.")
        writing.run("DELETE FROM journal_head")
        for table, names in table_columns().items():
            columns, marks = ", ".join(names), ", ".join("?" * len(names))
            query = f"SELECT {columns} FROM {table}{_IN_ORDER.get(table, '')}"  # noqa: S608
            rows = (
                tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
                for row in reading.stream(query)
            )
            writing.run_many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
        here, there = _sums(reading), _sums(writing)
        if here != there:
            wrong = ", ".join(sorted(table for table in here if here[table] != there[table]))
            raise StoreUnavailable("target", f"differs from the source in {wrong}.", "Nothing was copied.")

    source.read(lambda reading: target.write_alone(lambda writing: insert(reading, writing)))


def refuse_existing(file: Path) -> None:
    """Refuse a file that is there, or that a log of SQLite belongs to.

    Raises
    ------
    WrongState
    """
    for name in (file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-journal")):
        if name.exists() or name.is_symlink():
            raise WrongState("file", f"{name.name[:60]!r} exists already.", "Choose another name: nothing is replaced.")


def _sums(tx: Transaction) -> dict[str, TableSum]:
    return {
        table: _sum(tx.stream(f"SELECT {', '.join(columns)} FROM {table}"))  # noqa: S608
        for table, columns in table_columns().items()
    }


def _sum(rows: Iterator[Row]) -> TableSum:
    count, total = 0, 0
    for row in rows:
        plain = [bytes(value).hex() if isinstance(value, bytes | memoryview) else value for value in row]
        total += int.from_bytes(hashlib.sha256(canonical(plain)).digest())
        count += 1
    return TableSum(count, f"{total % (1 << _DIGEST_BITS):064x}")


def _sound_sums(file: Path) -> dict[str, TableSum]:
    """Sums of a copy that was found sound, and is one file from here on."""
    copy = open_database(f"sqlite:{file}")
    try:
        refuse_unsound(copy, "backup")
        sums = table_sums(copy)
    finally:
        copy.close()
    into_one_file(file)
    return sums


def refuse_unsound(database: Database, name: str) -> None:
    """Refuse a store in which `check` finds a problem.

    Raises
    ------
    StoreUnavailable
    """
    problems = check(database).problems
    if problems:
        remedy = f"{len(problems)} found, the first: {problems[0][:200]}"
        raise StoreUnavailable(name, "is not sound.", remedy)


def _half_made(file: Path) -> Path:
    return file.with_name(f"{file.name}.{secrets.token_hex(6)}.part")


def _put_in_place(half: Path, file: Path) -> None:
    with half.open("rb") as made:
        os.fsync(made.fileno())
    try:
        # A link fails where a rename would replace.
        os.link(half, file)
    except FileExistsError:
        raise WrongState("file", f"{file.name[:60]!r} exists already.", "Choose another name.") from None
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove(half: Path) -> None:
    for name in (half, half.with_name(half.name + "-wal"), half.with_name(half.name + "-shm")):
        name.unlink(missing_ok=True)
