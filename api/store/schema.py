"""Numbered migrations: files in ``migrations/``, each applied once, whole or not at all.

``0001_name.sql`` is for both dialects, with ``$big``, ``$real``, ``$bytes`` and ``$strict`` for what they write
differently; ``0001_name.sqlite.sql`` and ``0001_name.postgresql.sql`` follow it where one needs more. A file is never
edited once released: its digest is kept with its number.
"""

import hashlib
from contextlib import closing
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, NamedTuple

from api.store.database import Database, Dialect, Row, Transaction
from api.store.errors import SchemaMismatch

if TYPE_CHECKING:
    import apsw

_WORDS: dict[Dialect, dict[str, str]] = {
    "sqlite": {
        "big": "INTEGER", "real": "REAL", "bytes": "BLOB", "strict": " STRICT", "zero_digest": "zeroblob(32)",
    },
    "postgresql": {
        "big": "BIGINT", "real": "DOUBLE PRECISION", "bytes": "BYTEA", "strict": "",
        "zero_digest": "decode(repeat('00', 32), 'hex')",
    },
}  # fmt: skip

_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL
)
"""


class Migration(NamedTuple):
    """One step.

    Attributes
    ----------
    version : int
        From 1 up, without gaps.
    name : str
    sql : str
        In the dialect it was made for.
    sha256 : str
        Digest of the files it came from.
    """

    version: int
    name: str
    sql: str
    sha256: str


@lru_cache(maxsize=2)
def migrations(dialect: Dialect) -> tuple[Migration, ...]:
    """All steps of a dialect, in order."""
    texts = {
        found.name: found.read_text(encoding="utf-8")
        for found in files(__package__).joinpath("migrations").iterdir()
        if found.name.endswith(".sql")
    }
    steps = []
    for number, name in enumerate(sorted(name for name in texts if name.count(".") == 1), start=1):
        if int(name[:4]) != number:
            raise SchemaMismatch("migrations", f"have no number {number}.", "Install the program anew.")
        stem = name.removesuffix(".sql")
        text = texts[name] + texts.get(f"{stem}.{dialect}.sql", "")
        digest = hashlib.sha256(text.encode()).hexdigest()
        steps.append(Migration(number, stem[5:], Template(text).substitute(_WORDS[dialect]), digest))
    return tuple(steps)


def newest_version() -> int:
    """Version this program works with."""
    return len(migrations("sqlite"))


def stored_version(database: Database) -> int:
    """Version of the tables; 0 when there are none yet."""
    return database.read(_version)


def migrate(database: Database, to: int | None = None) -> tuple[int, int]:
    """Bring the tables up to date, one transaction a step.

    Parameters
    ----------
    database : Database
    to : int, optional
        Version to stop at; the newest when left out.

    Returns
    -------
    tuple of int
        Version before and after.

    Raises
    ------
    SchemaMismatch
        The tables are newer than the program, or were made by migrations that have been edited since.
    """
    steps = migrations(database.dialect)
    database.write_alone(_begin)
    before = database.read(_version)
    refuse_strange_schema(database)
    for step in steps[: to if to is not None else len(steps)]:
        database.write_alone(lambda tx, step=step: _apply(tx, step))  # type: ignore[misc]
    return before, database.read(_version)


def refuse_strange_schema(database: Database) -> None:
    """Refuse tables that are newer than the program, or made by migrations that were edited since.

    Raises
    ------
    SchemaMismatch
    """
    steps = migrations(database.dialect)
    for version, name, sha256 in database.read(_applied):
        if version > len(steps):
            raise SchemaMismatch("store", f"has version {version} of its tables.", "Use a newer program.")
        if steps[version - 1].sha256 != sha256:
            raise SchemaMismatch("store", f"was made by another migration {name[:60]!r}.", "Use the program it is of.")


def refuse_old_schema(database: Database) -> None:
    """Refuse tables this program has to migrate first.

    Raises
    ------
    SchemaMismatch
    """
    refuse_strange_schema(database)
    version = stored_version(database)
    if version < newest_version():
        problem = f"has version {version} of its tables, the program needs {newest_version()}."
        raise SchemaMismatch("store", problem, "Run 'safeport db migrate'.")


def _begin(tx: Transaction) -> None:
    _wait_for_others(tx)
    tx.script(_VERSIONS)


def _wait_for_others(tx: Transaction) -> None:
    """Two processes that migrate at once: the second waits, and then finds it done."""
    if tx.dialect == "postgresql":
        tx.script("SELECT pg_advisory_xact_lock(1979)")


def _apply(tx: Transaction, step: Migration) -> None:
    _wait_for_others(tx)
    if tx.row("SELECT 1 FROM schema_version WHERE version = ?", step.version):
        return
    tx.script(step.sql)
    tx.run("INSERT INTO schema_version (version, name, sha256) VALUES (?, ?, ?)", step.version, step.name, step.sha256)


def _version(tx: Transaction) -> int:
    return max((version for version, _, _ in _applied(tx)), default=0)


def _applied(tx: Transaction) -> list[tuple[int, str, str]]:
    catalogue = "sqlite_master" if tx.dialect == "sqlite" else "information_schema.tables"
    column = "name" if tx.dialect == "sqlite" else "table_name"
    here = "" if tx.dialect == "sqlite" else " AND table_schema = current_schema()"
    if not tx.row(f"SELECT 1 FROM {catalogue} WHERE {column} = 'schema_version'{here}"):  # noqa: S608
        return []
    found = tx.rows("SELECT version, name, sha256 FROM schema_version ORDER BY version")
    return [(int(version), str(name), str(sha256)) for version, name, sha256 in found]


def schema_findings(tx: Transaction) -> list[str]:
    """What is not as the migrations make it: names of steps, and on SQLite every table, index and trigger."""
    made = {(step.version, step.name) for step in migrations(tx.dialect)}
    applied = {(version, name) for version, name, _ in _applied(tx)}
    found = [f"step {version} of its tables is not recorded as it was made" for version, _ in sorted(made - applied)]
    if tx.dialect != "sqlite":
        return found
    expected, there = _expected_objects(), set(tx.rows(_OBJECTS))
    found += [f"{kind} {name} is not what the program made" for kind, name, _ in sorted(there - expected)]
    gone = {row[:2] for row in expected} - {row[:2] for row in there}
    return found + [f"{kind} {name} is missing" for kind, name in sorted(gone)]


_OBJECTS = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"


_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_version' ORDER BY rowid"
_COLUMNS_OF = "SELECT name FROM pragma_table_info(?)"


@lru_cache(maxsize=1)
def _expected_objects() -> frozenset[Row]:
    """Tables, indexes and triggers of a store made just now."""
    with _made_just_now() as connection:
        return frozenset(connection.execute(_OBJECTS).fetchall())


@lru_cache(maxsize=1)
def table_columns() -> dict[str, tuple[str, ...]]:
    """Columns of every table as the migrations make it; each table after those it refers to."""
    with _made_just_now() as connection:
        return {
            str(table): tuple(str(row[0]) for row in connection.execute(_COLUMNS_OF, (table,)))
            for (table,) in connection.execute(_TABLES).fetchall()
        }


def _made_just_now() -> "closing[apsw.Connection]":
    import apsw

    connection = apsw.Connection(":memory:")
    for sql in (_VERSIONS, *(step.sql for step in migrations("sqlite"))):
        connection.execute(sql)
    return closing(connection)
