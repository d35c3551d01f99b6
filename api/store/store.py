"""The store: one way to change things, and what can be asked of it."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

from api.store.audit import GENESIS, Head, Verified, audit_rows, verify_chain
from api.store.board import BoardBasis, board_basis
from api.store.commands import Actor, Answer, Command, IdempotencyKey, answer_under, execute
from api.store.coordination import open_coordination
from api.store.database import Database, Transaction
from api.store.decisions import DecisionRecord, decision_record, forget_documents, latest_decision
from api.store.directions import latest_direction, latest_withdrawal, overrides_of
from api.store.encounter_record import encounter_record
from api.store.encounters import encounter_document, open_encounters
from api.store.errors import InvalidValue
from api.store.events import Event, events_after, newest_event
from api.store.exclusion_zones import standing_zones, zone_document
from api.store.handover import handover_page
from api.store.keys import StoredKey, stored_key, stored_keys
from api.store.ownership import Owners, OwnRecord, owners_of, principal_of_row, require_own
from api.store.port_snapshot import KeptSnapshot, PortsSnapshot, kept_snapshot, ports_snapshot
from api.store.ports import port_document, reporting_ports
from api.store.reservations import StandingReservation, live_reservations, places_left, reservation_document
from api.store.schema import migrate, refuse_old_schema, stored_version
from api.store.validation import Json, milliseconds

T = TypeVar("T")

_SQLITE = "sqlite:"
_POSTGRESQL = ("postgresql://", "postgres://")


class Store:
    """The control room's memory, in a file or on a server.

    Times are passed in and never read inside. The store's own time never goes back: where a clock is behind what was
    recorded last, the recorded time counts.

    Parameters
    ----------
    database : Database
        With up-to-date tables.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def do(
        self, command: Command, actor: Actor, now_s: float, once: IdempotencyKey | None = None,
        own: Sequence[OwnRecord] = (),
    ) -> Answer:  # fmt: skip
        """Make a change, with its audit row and event, and answer once it is on disk.

        Parameters
        ----------
        command : Command
            `Hold`, `SetPortStatus`, `ReportEncounter`, ...
        actor : Actor
            Who does it.
        now_s : float
            Time by the caller's clock. [s]
        once : IdempotencyKey, optional
            Idempotency key; the same request again gives the same bytes and changes nothing.
        own : sequence of OwnRecord
            Records that have to be the actor's principal's, as they stand when the change is made.

        Raises
        ------
        Refused
            Nothing was changed.
        StoreBusy
            Nothing was changed; come again.
        StoreUnavailable
            Whether it was changed is not known; repeat it with its key.
        """
        clock_ms = milliseconds(now_s, "now")
        return self.database.write(lambda tx: execute(tx, command, actor, clock_ms, once, own))

    def begin(
        self, command: Command, actor: Actor, now_s: float, once: IdempotencyKey | None = None
    ) -> "Future[Answer]":
        """`do` without waiting: the future has the answer, or what was raised, once it is on disk.

        Raises
        ------
        StoreBusy, StoreUnavailable
            It was not taken up.
        """
        clock_ms = milliseconds(now_s, "now")
        return self.database.submit(lambda tx: execute(tx, command, actor, clock_ms, once))

    def port(self, port_id: str, now_s: float) -> Json:
        """What a port reported, and the places left there by kind."""

        def gather(tx: Transaction, now_ms: int) -> Json:
            left = dict(zip(("total", "families", "medical"), places_left(tx, port_id, now_ms), strict=True))
            return {**port_document(tx, port_id), "places_left": left}

        return self._at(now_s, gather)

    def reported_ports(self, now_s: float) -> list[Json]:
        """`port` of every port that ever reported, by id."""

        def gather(tx: Transaction, now_ms: int) -> list[Json]:
            kinds = ("total", "families", "medical")
            return [
                {**port_document(tx, name), "places_left": dict(zip(kinds, places_left(tx, name, now_ms), strict=True))}
                for name in reporting_ports(tx)
            ]

        return self._at(now_s, gather)

    def ports(self, now_s: float) -> PortsSnapshot:
        """Everything a live picture is made of; its `version` is an ETag."""
        return self._at(now_s, ports_snapshot)

    def ports_since(self, kept: KeptSnapshot | None, now_s: float) -> KeptSnapshot:
        """`ports`, kept: one cheap read when nothing about ports has changed since the one given."""
        return self._at(now_s, lambda tx, now_ms: kept_snapshot(tx, now_ms, kept))

    def zones(self, now_s: float) -> list[Json]:
        """Exclusion zones in force and those to come."""
        return self._at(now_s, standing_zones)

    def zone(self, zone_id: str) -> Json:
        """One exclusion zone, also one that has ended."""
        return self.database.read(lambda tx: zone_document(tx, zone_id))

    def reservation(self, reservation_id: str, now_s: float) -> StandingReservation:
        """One reservation."""
        return self._at(now_s, lambda tx, now_ms: reservation_document(tx, reservation_id, now_ms))

    def reservations(self, now_s: float) -> list[StandingReservation]:
        """Every reservation that counts now."""
        return self._at(now_s, live_reservations)

    def encounter(self, encounter_id: str) -> Json:
        """One encounter with all its reports."""
        return self.database.read(lambda tx: encounter_document(tx, encounter_id))

    def open_encounters(self) -> list[Json]:
        """The live board: every open encounter with its newest report."""
        return self.database.read(open_encounters)

    def board(self) -> BoardBasis:
        """Every open encounter with its direction and what was decided for it last."""
        return self.database.read(board_basis)

    def direction(self, encounter_id: str) -> Json | None:
        """The direction that holds for an encounter."""
        return self.database.read(lambda tx: latest_direction(tx, encounter_id))

    def withdrawal(self, encounter_id: str) -> Json | None:
        """How the last direction of an encounter was withdrawn."""
        return self.database.read(lambda tx: latest_withdrawal(tx, encounter_id))

    def coordination(self) -> dict[str, Json]:
        """The newest step of the hand-over between centres, for each open encounter that has one."""
        return self.database.read(open_coordination)

    def encounter_record(self, encounter_id: str) -> Json:
        """Everything recorded of one encounter, oldest first, with its proofs."""
        return self.database.read(lambda tx: encounter_record(tx, encounter_id))

    def overrides(self, decision_id: str) -> list[Json]:
        """Overrides of a decision."""
        return self.database.read(lambda tx: overrides_of(tx, decision_id))

    def decision(self, decision_id: str, *, sha256: str | None = None, principal: str | None = None) -> DecisionRecord:
        """A decision with all that is needed to make it again; this very one, of this principal, if said."""
        return self.database.read(lambda tx: decision_record(tx, decision_id, sha256, principal))

    def latest_decision(self, encounter_id: str) -> DecisionRecord | None:
        """The newest decision for an encounter."""
        return self.database.read(lambda tx: latest_decision(tx, encounter_id))

    def forget_documents(self, most: int) -> None:
        """Keep the documents of the newest so many old records; every record of a decision stays."""
        self.database.write(lambda tx: forget_documents(tx, most))

    def events(self, after: int, limit: int = 256) -> list[Event]:
        """Events after one, oldest first."""
        return self.database.read(lambda tx: events_after(tx, after, limit))

    def answer_under(self, principal: str, key: str) -> Json | None:
        """What was answered under an idempotency key of a principal; None where nothing was."""
        return self.database.read(lambda tx: answer_under(tx, principal, key))

    def newest_event(self) -> int:
        """Number of the newest event."""
        return self.database.read(newest_event)

    def owners(self, ids: Iterable[str]) -> Owners:
        """Whose reservations, encounters and decisions are, by id."""
        return self.database.read(lambda tx: owners_of(tx, ids))

    def require_own(self, principal: str, *records: OwnRecord) -> None:
        """Refuse a principal the records of another, in the words of a record that is not there.

        Raises
        ------
        NotFound
        """
        self.database.read(lambda tx: require_own(tx, principal, records))

    def maker(self, sequence: int) -> str | None:
        """The principal an audit row was written for."""
        return self.database.read(lambda tx: principal_of_row(tx, sequence))

    def key(self, key_id: str) -> StoredKey | None:
        """A key of a vessel or service."""
        return self.database.read(lambda tx: stored_key(tx, key_id))

    def keys(self) -> list[StoredKey]:
        """Every key there ever was."""
        return self.database.read(stored_keys)

    def audit(self, after: int = 0, limit: int = 100) -> list[Json]:
        """Audit rows after one, oldest first."""
        return self.database.read(lambda tx: audit_rows(tx, after, limit))

    def head(self) -> Head:
        """The end of the audit chain."""

        def end(tx: Transaction) -> Head:
            found = tx.row("SELECT sequence, at_ms, digest FROM journal_head WHERE id = 1")
            return Head(0, 0, GENESIS) if found is None else Head(found[0], found[1], bytes(found[2]))

        return self.database.read(end)

    def identity(self) -> str:
        """What tells this store from every other: the hash of its first audit row; empty before there is one."""
        rows = self.database.read(lambda tx: audit_rows(tx, 0, 1))
        return str(rows[0]["hash"]) if rows else ""

    def verify(self, digests: dict[int, bytes] | None = None) -> Verified:
        """Walk the audit chain; `digests` are hashes known from signed heads."""
        return self.database.read(lambda tx: verify_chain(tx, digests))

    def refuse_moved(self) -> None:
        """Refuse where what is written now would be lost.

        Raises
        ------
        StoreMoved
        """
        self.database.refuse_moved()

    def handover(self, now_s: float) -> Json:
        """The handover page."""
        return self._at(now_s, handover_page)

    def close(self) -> None:
        """Finish what is waiting and close."""
        self.database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _at(self, now_s: float, work: Callable[[Transaction, int], T]) -> T:
        clock_ms = milliseconds(now_s, "now")

        def at_recorded_time(tx: Transaction) -> T:
            found = tx.row("SELECT at_ms FROM journal_head WHERE id = 1")
            return work(tx, clock_ms if found is None else max(clock_ms, found[0]))

        return self.database.read(at_recorded_time)


def open_database(url: str) -> Database:
    """The database a URL names; its tables may be missing or old.

    Parameters
    ----------
    url : str
        ``sqlite:PATH`` or ``postgresql://...``.

    Raises
    ------
    StoreError
        It is neither, or cannot be opened. The URL is not in the message: it may hold a password.
    """
    if url.startswith(_SQLITE):
        from api.store.sqlite import SqliteDatabase

        return SqliteDatabase(sqlite_file(url))
    if url.startswith(_POSTGRESQL):
        from api.store.postgresql import PostgresqlDatabase

        return PostgresqlDatabase(url)
    raise InvalidValue("store", "is not a URL of a store.", "Use sqlite:PATH or postgresql://USER@HOST/NAME.")


def sqlite_file(url: str) -> Path:
    """Path in a ``sqlite:`` URL: ``sqlite:store.db``, ``sqlite:/var/lib/store.db`` or ``sqlite:///var/lib/store.db``.

    Raises
    ------
    InvalidValue
        It is not such a URL, or names no file.
    """
    path = url.removeprefix(_SQLITE)
    if path.startswith("///"):
        path = path[2:]
    if path == url or not path or path.startswith("//") or "?" in path or "\x00" in path:
        raise InvalidValue("store", "is not a URL of a SQLite file.", "Use sqlite:PATH.")
    return Path(unquote(path))


def open_for_service(url: str) -> Store:
    """Open a store to work with: an empty SQLite file is made ready, tables that are there are never changed.

    Raises
    ------
    SchemaMismatch
        Its tables are old or newer than the program, or a server has none yet.
    """
    database = open_database(url)
    try:
        if database.dialect == "sqlite" and stored_version(database) == 0:
            migrate(database)
        refuse_old_schema(database)
    except BaseException:
        database.close()
        raise
    return Store(database)


def open_store(url: str, create: bool = False) -> Store:
    """Open a store.

    Parameters
    ----------
    url : str
        ``sqlite:PATH`` or ``postgresql://...``.
    create : bool
        Make or migrate its tables first; otherwise old ones are refused.

    Raises
    ------
    SchemaMismatch
        Its tables are missing, old, or newer than the program.
    """
    database = open_database(url)
    try:
        if create:
            migrate(database)
        refuse_old_schema(database)
    except BaseException:
        database.close()
        raise
    return Store(database)
