"""Whether a store can be believed: its pages, its chain, and that its tables say what its audit trail says.

The chain shows that no audit row was changed. What the tables hold is told by the audit rows too, so each table is
compared with them: a figure changed behind the program's back is found wherever it stands.
"""

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import orjson

from api.store.audit import verify_chain
from api.store.clock import mend_documents
from api.store.commands import ANSWERED, once_digest
from api.store.coordination import coordination_documents
from api.store.database import Database, Transaction
from api.store.decisions import AS_TEXT, picture_of
from api.store.directions import direction_documents, override_documents, withdrawal_documents
from api.store.encounters import opened_at, report_documents
from api.store.errors import StoreUnavailable
from api.store.exclusion_zones import zone_document, zone_ids
from api.store.handover import handover_documents
from api.store.keys import stored_keys
from api.store.ports import port_document
from api.store.reservations import COLUMNS, Reservation, places_left
from api.store.schema import refuse_old_schema, schema_findings
from api.store.validation import Json, canonical, written_time


class IntegrityResult(NamedTuple):
    """What was found.

    Attributes
    ----------
    problems : tuple of str
        Each means that the store, or part of it, should not be believed.
    notices : tuple of str
        True and worth knowing: for instance a port that is short of places, and why.
    audit_rows : int
        Rows of the chain that are right.
    """

    problems: tuple[str, ...]
    notices: tuple[str, ...]
    audit_rows: int


def check(database: Database, digests: dict[int, bytes] | None = None) -> IntegrityResult:
    """Look at everything.

    Parameters
    ----------
    database : Database
    digests : dict, optional
        Hashes of audit rows known from signed heads, by sequence.

    Raises
    ------
    SchemaMismatch
        The tables are not those of this program.
    """
    refuse_old_schema(database)
    damage = [f"database: {line}" for line in (*database.check_integrity(), *database.read(schema_findings))]
    return database.read(lambda tx: _check(tx, damage, digests))


class _Answered(NamedTuple):
    """What an audit row says of the request with an idempotency key that it was written for."""

    at: str | None
    answer_sha256: bytes


class _AuditState:
    """What the audit trail says things became; newer rows replace older ones.

    Where what a row became is not all that its table has of it, the rest follows from the row itself: its number, its
    time, its role, what was asked.
    """

    def __init__(self) -> None:
        self.reservations: dict[str, Json] = {}
        self.made: dict[str, int] = {}
        self.ports: dict[tuple[str, str], Json] = {}
        self.landed_at: dict[str, str | None] = {}
        self.reports: dict[int, Json] = {}
        self.duplicates: dict[tuple[str, str], tuple[int, float, float]] = {}
        self.directions: dict[int, Json] = {}
        self.withdrawals: dict[int, Json] = {}
        self.overrides: dict[int, Json] = {}
        self.decisions: dict[int, Json] = {}
        self.handovers: dict[int, Json] = {}
        self.coordination: dict[int, Json] = {}
        self.mends: dict[int, Json] = {}
        self.encounters: dict[str, Json] = {}
        self.keys: dict[str, Json] = {}
        self.zones: dict[str, Json] = {}
        self.principals: dict[int, str] = {}
        self.answers: dict[bytes, _Answered] = {}

    def hear(self, row: "_AuditRow", payload: Json) -> None:
        """Take in what one row says."""
        became: Json = payload["became"]
        area, _, what = row.kind.partition(".")
        if area == "reservation":
            self._hear_reservation(row, what, payload["asked"], became)
        elif area == "port":
            self._hear_port(what, became)
        elif area == "encounter":
            self._hear_encounter(row, what, became)
        elif area == "key":
            self.keys[became["key_id"]] = became
            self.made.setdefault(became["key_id"], row.sequence)
        elif area == "clock":
            self.mends[row.sequence] = {name: became[name] for name in ("sequence", "at", "was", "reason", "by")}
            for mended in became["ports"]:
                self._hear_port(next(part for part in _PARTS if part in mended), mended, mended.get("landed_at"))
        elif area == "decision":
            basis = _basis_digest(payload["asked"]["ask"].encode(), canonical(payload["asked"]["inputs"]))
            self.decisions[row.sequence] = {**became, "basis": basis}
        elif (area, what) == ("direction", "withdrawn"):
            self.withdrawals[row.sequence] = became
        elif area in ("direction", "override", "handover"):
            getattr(self, f"{area}s")[row.sequence] = became
        elif area == "zone":
            self.zones[became["zone_id"]] = became
        elif area == "coordination":
            self.coordination[row.sequence] = became
        if "principal" in payload:
            self.principals[row.sequence] = payload["principal"]
        if "once" in payload:
            answer = hashlib.sha256(canonical(became)).digest()
            self.answers[bytes.fromhex(payload["once"])] = _Answered(written_time(row.at_ms), answer)

    def _hear_reservation(self, row: "_AuditRow", what: str, asked: Json, became: Json) -> None:
        for document in (became.get("reservation"), became.get("from"), *became.get("reservations", ())):
            if document is not None:
                self.reservations[document["reservation_id"]] = document
                self.made.setdefault(document["reservation_id"], row.sequence)
        port_id = became["reservation"]["port_id"] if what == "landed" else ""
        if (port_id, "capacity") in self.ports:
            capacity = self.ports[port_id, "capacity"]["capacity"]
            persons = asked["persons"]
            occupied = {kind: count + persons[kind] for kind, count in capacity["occupied"].items()}
            landed = {**capacity, "occupied": occupied, "version": row.sequence}
            self.ports[port_id, "capacity"] = {"port_id": port_id, "capacity": landed}
            self.landed_at[port_id] = written_time(row.at_ms)

    def _hear_port(self, part: str, became: Json, landed_at: str | None = None) -> None:
        self.ports[became["port_id"], part] = became
        if part == "capacity":
            self.landed_at[became["port_id"]] = landed_at

    def _hear_encounter(self, row: "_AuditRow", what: str, became: Json) -> None:
        name = became["encounter_id"]
        if what == "reported":
            self.reports[row.sequence] = became
            opened = {"opened": row.sequence, "opened_at": written_time(row.at_ms), **_OPEN}
            self.encounters.setdefault(name, opened)
            for flag in became["possible_duplicates"]:
                earlier, later = sorted((name, flag["encounter_id"]), key=opened_at)
                figures = (row.sequence, float(flag["distance_m"]), float(flag["envelope_m"]))
                self.duplicates.setdefault((earlier, later), figures)
        elif what == "closed":
            closed = {"closed_at": became["closed_at"], "by": became["by"], "evidence": became["evidence"]}
            self.encounters[name].update(state="closed", **closed)
        else:
            self.encounters[name].update(_OPEN)
        self.encounters[name]["version"] = row.sequence


_PARTS = ("status", "capacity", "reception")
_OPEN: Json = {"state": "open", "closed_at": None, "by": {"role": None, "duty": None}, "evidence": None}


class _AuditRow(NamedTuple):
    """An audit row and the event beside it; None for the event's columns where there is none."""

    sequence: int
    at_ms: int
    kind: str
    payload: bytes
    event_at_ms: int | None
    event_kind: str | None
    event_subject: str | None
    event_body: bytes | None


def _check(tx: Transaction, damage: list[str], digests: dict[int, bytes] | None) -> IntegrityResult:
    verified = verify_chain(tx, digests)
    if verified.bad is not None:
        # Nothing can be compared with a trail that is itself wrong.
        broken = f"audit: row {verified.bad.sequence} {verified.bad.problem}"
        return IntegrityResult((*damage, broken), (), verified.rows)
    problems, told = list(damage), _AuditState()
    for row in map(_AuditRow._make, tx.stream(
        "SELECT a.sequence, a.at_ms, a.kind, a.payload, e.at_ms, e.kind, e.subject, e.body "
        "FROM audit a LEFT JOIN event e ON e.sequence = a.sequence ORDER BY a.sequence"
    )):  # fmt: skip
        payload = orjson.loads(bytes(row.payload))
        told.hear(row, payload)
        problems += _event(row, payload)
        problems += _oversold(row.sequence, row.kind, payload["became"])
    for (sequence,) in tx.rows(
        "SELECT e.sequence FROM event e LEFT JOIN audit a ON a.sequence = e.sequence WHERE a.sequence IS NULL"
    ):
        problems.append(f"event {sequence}: not in the audit trail")
    for found in _PARTS_OF_CHECK:
        problems += found(tx, told)
    answers, old = _answers(tx, told)
    notices = [f"{old} answers of an earlier program: the trail says nothing of their keys"] if old else []
    return IntegrityResult((*problems, *answers), (*notices, *_shortages(tx, verified.head.at_ms)), verified.rows)


def _event(row: _AuditRow, payload: Json) -> Iterator[str]:
    """The event of an audit row: what it became, told."""
    expected = (row.at_ms, row.kind, payload["subject"], canonical(payload["became"]))
    body = None if row.event_body is None else bytes(row.event_body)
    found = (row.event_at_ms, row.event_kind, row.event_subject, body)
    if found != ((None,) * 4 if row.kind == ANSWERED else expected):
        yield f"event {row.sequence}: not what the audit trail says it became"


def _oversold(sequence: int, kind: str, became: Json) -> Iterator[str]:
    """A hold made where there was no room, without anybody's override."""
    if kind != "reservation.held":
        return
    reservation, left = became["reservation"], became["places_left"]
    short = [part for part in left if reservation["persons"][part] and (left[part] is None or left[part] < 0)]
    if short and reservation["override"] is None:
        yield f"audit: row {sequence} held places that were not there ({', '.join(short)})"


_NEITHER = (
    ("port_reception", "port_id", "needs_met NOT IN (0, 1) OR transport_arranged NOT IN (0, 1) OR danger_ashore "
     "NOT IN (0, 1)"),
    ("encounter_report", "sequence", "making_way NOT IN (0, 1)"),
    ("reservation", "id", "(override_code IS NULL) <> (override_text IS NULL)"),
)  # fmt: skip
"""Values that are read as others are, so that no document shows them; the tables forbid them where they are guarded."""


def _impossible(tx: Transaction, _: _AuditState) -> Iterator[str]:
    for table, name, condition in _NEITHER:
        for (record,) in tx.rows(f"SELECT {name} FROM {table} WHERE {condition}"):  # noqa: S608
            yield f"{table} {record}: holds a value the program never writes"


def _reservations(tx: Transaction, told: _AuditState) -> Iterator[str]:
    became = dict(told.reservations)
    for row in tx.rows(f"SELECT {COLUMNS} FROM reservation ORDER BY made"):  # noqa: S608
        reservation = Reservation(*row)
        if became.pop(reservation.id, None) != reservation.document() or told.made[reservation.id] != reservation.made:
            yield f"reservation {reservation.id}: not what the audit trail says it became"
    for name in sorted(became):
        yield f"reservation {name}: in the audit trail, and not in its table"


def _ports(tx: Transaction, told: _AuditState) -> Iterator[str]:
    landed_at = {name: written_time(at_ms) for name, at_ms in tx.rows("SELECT port_id, landed_ms FROM port_capacity")}
    for (port_id, part), became in sorted(told.ports.items(), key=lambda port: port[0]):
        as_told = became[part] == port_document(tx, port_id)[part]
        if not as_told or (part == "capacity" and landed_at.get(port_id) != told.landed_at[port_id]):
            yield f"port {port_id}: its {part} is not what the audit trail says it became"
    for part in _PARTS:
        for (port_id,) in sorted(tx.rows(f"SELECT port_id FROM port_{part}")):  # noqa: S608
            if (port_id, part) not in told.ports:
                yield f"port {port_id}: its {part} is not in the audit trail"


def _encounters(tx: Transaction, told: _AuditState) -> Iterator[str]:
    known = dict(told.encounters)
    for name, opened, opened_ms, state, closed_ms, role, duty, evidence, version in tx.rows(
        "SELECT id, opened, opened_ms, state, closed_ms, closed_role, closed_duty, evidence, version "
        "FROM encounter ORDER BY opened"
    ):
        now = {
            "opened": opened, "opened_at": written_time(opened_ms), "state": state,
            "closed_at": written_time(closed_ms), "by": {"role": role, "duty": duty}, "evidence": evidence,
            "version": version,
        }  # fmt: skip
        if known.pop(name, None) != now:
            yield f"encounter {name}: not what the audit trail says it became"
    for name in sorted(known):
        yield f"encounter {name}: in the audit trail, and not in its table"


def _duplicates(tx: Transaction, told: _AuditState) -> Iterator[str]:
    """Pairs that may be one boat, as they were flagged."""
    known = dict(told.duplicates)
    for earlier, later, *figures in tx.rows(
        "SELECT earlier_id, later_id, flagged, distance_m, envelope_m FROM suspected_duplicate ORDER BY flagged"
    ):
        if known.pop((earlier, later), None) != tuple(figures):
            yield f"possible duplicates {earlier} and {later}: not what the audit trail says was flagged"
    for earlier, later in sorted(known):
        yield f"possible duplicates {earlier} and {later}: in the audit trail, and not in their table"


def _answers(tx: Transaction, told: _AuditState) -> tuple[list[str], int]:
    """Problems of answers kept by idempotency key, and how many of an earlier program only their own words are of."""
    problems, known, old = [], dict(told.answers), []
    for principal, key, body_sha256, answer, at_ms in tx.stream(
        "SELECT principal, answer_key, body_sha256, answer, at_ms FROM idempotency ORDER BY principal, answer_key"
    ):
        digest = hashlib.sha256(bytes(answer)).digest()
        audited = known.pop(once_digest(principal, key, bytes(body_sha256)), None)
        if audited is None:
            old.append((key, digest))
        elif audited != _Answered(written_time(at_ms), digest):
            problems.append(f"answer kept under {key}: not what the audit trail says was answered")
    problems += ["answer kept under an idempotency key: in the audit trail, and not in its table"] * len(known)
    # Before the trail spoke of keys, an answer was at the least what some row without one became.
    without = set(_became_without_a_key(tx)) if old else set()
    strange = [key for key, digest in old if digest not in without]
    problems += [f"answer kept under {key}: not in the audit trail" for key in strange]
    return problems, len(old) - len(strange)


def _became_without_a_key(tx: Transaction) -> Iterator[bytes]:
    for (payload,) in tx.stream("SELECT payload FROM audit"):
        document = orjson.loads(bytes(payload))
        if "once" not in document:
            yield hashlib.sha256(canonical(document["became"])).digest()


def _by_sequence(tx: Transaction, told: _AuditState) -> Iterator[str]:
    """Reports, directions, overrides, signed handovers, steps between centres: rows that stand as they were written."""
    for what, now, then in (
        ("mended clock", mend_documents(tx), told.mends),
        ("handover", handover_documents(tx), told.handovers),
        ("report", report_documents(tx), told.reports),
        ("direction", direction_documents(tx), told.directions),
        ("withdrawn direction", withdrawal_documents(tx), told.withdrawals),
        ("override", override_documents(tx), told.overrides),
        ("coordination step", coordination_documents(tx), told.coordination),
    ):
        for document in now:
            sequence = document["sequence"]
            expected = {"sequence": sequence, **then.pop(sequence, {})}
            # Whose a report is stands in the audit row itself; early rows do not repeat it in what it became.
            document = {name: value for name, value in document.items() if name != "by" or name in expected}
            if any(expected.get(name) != value for name, value in document.items()):
                yield f"{what} {sequence}: not what the audit trail says was written"
        for sequence in sorted(then):
            yield f"{what} {sequence}: in the audit trail, and not in its table"


def _decisions(tx: Transaction, told: _AuditState) -> Iterator[str]:
    known, forgotten, pictures = dict(told.decisions), True, set()
    for sequence, name, form, sha256, deflated, *rests_on in tx.stream(
        "SELECT d.sequence, d.id, d.form, d.sha256, k.deflated, d.encounter_id, d.picture_sha256, d.ask, d.inputs "
        "FROM decision d LEFT JOIN decision_document k ON k.sequence = d.sequence ORDER BY d.sequence"
    ):
        audited = known.pop(sequence, {})
        # Rows of before there were forms have the digest of a document, which may be kept no more.
        then = audited.get("form", AS_TEXT), audited.get("decision_sha256", audited.get("document_sha256"))
        digest = sha256 if deflated is None else _inflated_sha256(bytes(deflated))
        forgotten = forgotten and (deflated is None or form != AS_TEXT)
        if (name, form, sha256) != (audited.get("decision_id"), *then) or digest != sha256:
            yield f"decision {sequence}: not what the audit trail says was decided"
        elif form == AS_TEXT and deflated is None and not forgotten:
            # The oldest are let go first, and none out of turn.
            yield f"decision {sequence}: its document was taken away"
        encounter_id, picture, ask, inputs = rests_on
        pictures.add(picture)
        basis = _basis_digest(bytes(ask), bytes(inputs))
        if [encounter_id, picture, basis] != [
            audited.get(name) for name in ("encounter_id", "picture_sha256", "basis")
        ]:
            yield f"decision {sequence}: does not rest on what the audit trail says"
    for sequence in sorted(known):
        yield f"decision {sequence}: in the audit trail, and not in its table"
    yield from _pictures(tx, pictures - {None})


def _pictures(tx: Transaction, wanted: set[str]) -> Iterator[str]:
    """Pictures of the ports that decisions rest on: each as it was, none that nobody asked for."""
    for sha256, body in tx.stream("SELECT sha256, body FROM live_picture"):
        digest = None
        with suppress(StoreUnavailable):
            digest = hashlib.sha256(picture_of(bytes(body))).hexdigest()
        if digest != sha256:
            yield f"live picture {sha256[:16]}: was changed"
        elif sha256 not in wanted:
            yield f"live picture {sha256[:16]}: no decision rests on it"
        wanted.discard(sha256)
    for sha256 in sorted(wanted):
        yield f"live picture {sha256[:16]}: is missing"


def _inflated_sha256(deflated: bytes) -> str | None:
    """Digest of what was deflated; None where that is damaged, or something follows it."""
    inflating = zlib.decompressobj()
    try:
        digest = hashlib.sha256(inflating.decompress(deflated)).hexdigest()
    except zlib.error:
        return None
    return digest if inflating.eof and not inflating.unused_data else None


def _basis_digest(ask: bytes, inputs: bytes) -> bytes:
    """What stands for an ask and its inputs: a trail of a million decisions is not held in memory."""
    return hashlib.sha256(hashlib.sha256(ask).digest() + inputs).digest()


def _keys(tx: Transaction, told: _AuditState) -> Iterator[str]:
    """A key put in, or given another role or secret, behind the program's back."""
    known = dict(told.keys)
    for key in stored_keys(tx):
        if known.pop(key.id, None) != key.document() or told.made[key.id] != key.made:
            yield f"key {key.id}: not what the audit trail says it became"
    for name in sorted(known):
        yield f"key {name}: in the audit trail, and not in its table"


def _zones(tx: Transaction, told: _AuditState) -> Iterator[str]:
    known = dict(told.zones)
    for name in zone_ids(tx):
        zone, then = None, known.pop(name, None)
        with suppress(StoreUnavailable):
            zone = zone_document(tx, name)
        if zone is None or zone != then:
            yield f"exclusion zone {name}: not what the audit trail says it became"
    for name in sorted(known):
        yield f"exclusion zone {name}: in the audit trail, and not in its table"


def _principals(tx: Transaction, told: _AuditState) -> Iterator[str]:
    known = dict(told.principals)
    for sequence, principal in tx.stream("SELECT sequence, principal FROM made_by ORDER BY sequence"):
        if known.pop(sequence, None) != principal:
            yield f"principal of row {sequence}: not what the audit trail says"
    for sequence in sorted(known):
        yield f"principal of row {sequence}: in the audit trail, and not in its table"


_PARTS_OF_CHECK = (
    _impossible, _reservations, _ports, _encounters, _duplicates, _by_sequence, _decisions, _keys, _zones,
    _principals,
)  # fmt: skip


def _shortages(tx: Transaction, now_ms: int) -> Iterator[str]:
    for (port_id,) in sorted(tx.rows("SELECT port_id FROM port_capacity")):
        total = places_left(tx, port_id, now_ms)[0]
        if total is not None and total < 0:
            overridden = tx.row(
                "SELECT COUNT(*) FROM reservation WHERE port_id = ? AND override_code IS NOT NULL", port_id
            )
            why = "overrides" if overridden and overridden[0] else "its figures came down, or more landed than held"
            yield f"port {port_id}: {-total} more held or landed than it has places ({why})"
