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
from api.store.database import Database, Transaction
from api.store.decisions import picture_of
from api.store.directions import direction_documents, override_documents
from api.store.encounters import report_documents
from api.store.errors import StoreUnavailable
from api.store.handover import handover_documents
from api.store.keys import stored_keys
from api.store.ports import port_document
from api.store.reservations import COLUMNS, Reservation, places_left
from api.store.schema import refuse_old_schema
from api.store.values import Json, canonical


class Checked(NamedTuple):
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


def check(database: Database) -> Checked:
    """Look at everything.

    Raises
    ------
    SchemaMismatch
        The tables are not those of this program.
    """
    refuse_old_schema(database)
    damage = [f"database: {line}" for line in database.check_integrity()]
    return database.read(lambda tx: _check(tx, damage))


class _Told:
    """What the audit trail says things became; newer rows replace older ones."""

    def __init__(self) -> None:
        self.reservations: dict[str, Json] = {}
        self.ports: dict[tuple[str, str], Json] = {}
        self.landed: set[str] = set()
        self.reports: dict[int, Json] = {}
        self.directions: dict[int, Json] = {}
        self.overrides: dict[int, Json] = {}
        self.decisions: dict[int, Json] = {}
        self.handovers: dict[int, Json] = {}
        self.encounters: dict[str, Json] = {}
        self.keys: dict[str, Json] = {}
        self.principals: dict[int, str] = {}

    def hear(self, sequence: int, kind: str, became: Json) -> None:
        area, _, what = kind.partition(".")
        if area == "reservation":
            for document in (became.get("reservation"), became.get("from"), *became.get("reservations", ())):
                if document is not None:
                    self.reservations[document["reservation_id"]] = document
            if what == "landed":
                self.landed.add(became["reservation"]["port_id"])
        elif area == "port":
            self.ports[became["port_id"], what] = became
            if what == "capacity":
                self.landed.discard(became["port_id"])
        elif area == "encounter":
            if what == "reported":
                self.reports[sequence] = became
                self.encounters.setdefault(became["encounter_id"], {"state": "open", "evidence": None})
            else:
                said = {"state": became["state"], "evidence": became.get("evidence")}
                self.encounters[became["encounter_id"]] = said
        elif area == "key":
            self.keys[became["key_id"]] = became
        elif area in ("direction", "override", "decision", "handover"):
            getattr(self, f"{area}s")[sequence] = became


def _check(tx: Transaction, damage: list[str]) -> Checked:
    verified = verify_chain(tx)
    if verified.bad is not None:
        # Nothing can be compared with a trail that is itself wrong.
        broken = f"audit: row {verified.bad.sequence} {verified.bad.problem}"
        return Checked((*damage, broken), (), verified.rows)
    problems, told = list(damage), _Told()
    for sequence, kind, payload, event in tx.stream(
        "SELECT a.sequence, a.kind, a.payload, e.body FROM audit a LEFT JOIN event e ON e.sequence = a.sequence "
        "ORDER BY a.sequence"
    ):
        said = orjson.loads(payload)
        became = said.get("became", {})
        told.hear(sequence, kind, became)
        if kind == "decision.made":
            asked = said["asked"]
            basis = _basis_digest(asked["ask"].encode(), canonical(asked["inputs"]))
            told.decisions[sequence] = {**became, "basis": basis}
        if "principal" in said:
            told.principals[sequence] = said["principal"]
        if event is not None and bytes(event) != canonical(became):
            problems.append(f"event {sequence}: not what the audit trail says it became")
        problems += _oversold(sequence, kind, became)
    for found in (_reservations, _ports, _encounters, _by_sequence, _decisions, _keys, _principals):
        problems += found(tx, told)
    return Checked(tuple(problems), tuple(_shortages(tx, verified.head.at_ms)), verified.rows)


def _oversold(sequence: int, kind: str, became: Json) -> Iterator[str]:
    """A hold made where there was no room, without anybody's override."""
    if kind != "reservation.held":
        return
    reservation, left = became["reservation"], became["places_left"]
    short = [it for it in left if reservation["persons"][it] and (left[it] is None or left[it] < 0)]
    if short and reservation["override"] is None:
        yield f"audit: row {sequence} held places that were not there ({', '.join(short)})"


def _reservations(tx: Transaction, told: _Told) -> Iterator[str]:
    became = dict(told.reservations)
    for row in tx.rows(f"SELECT {COLUMNS} FROM reservation ORDER BY made"):  # noqa: S608
        reservation = Reservation(*row)
        if became.pop(reservation.id, None) != reservation.document():
            yield f"reservation {reservation.id}: not what the audit trail says it became"
    for name in sorted(became):
        yield f"reservation {name}: in the audit trail, and not in its table"


def _ports(tx: Transaction, told: _Told) -> Iterator[str]:
    for (port_id, part), became in sorted(told.ports.items(), key=lambda it: it[0]):
        now = port_document(tx, port_id)[part]
        then = became[part]
        if part == "capacity" and now is not None and port_id in told.landed:
            # Landings since then have moved what is occupied, and the version with it.
            now, then = ({**it, "occupied": None, "version": None} for it in (now, then))
        if now != then:
            yield f"port {port_id}: its {part} is not what the audit trail says it became"
    for part in ("status", "capacity", "reception"):
        for (port_id,) in sorted(tx.rows(f"SELECT port_id FROM port_{part}")):  # noqa: S608
            if (port_id, part) not in told.ports:
                yield f"port {port_id}: its {part} is not in the audit trail"


def _encounters(tx: Transaction, told: _Told) -> Iterator[str]:
    known = dict(told.encounters)
    for name, state, evidence in tx.rows("SELECT id, state, evidence FROM encounter ORDER BY opened"):
        if known.pop(name, None) != {"state": state, "evidence": evidence}:
            yield f"encounter {name}: not what the audit trail says it became"
    for name in sorted(known):
        yield f"encounter {name}: in the audit trail, and not in its table"


def _by_sequence(tx: Transaction, told: _Told) -> Iterator[str]:
    """Reports, directions, overrides and signed handovers: rows that stand as they were written."""
    for what, now, then in (
        ("handover", handover_documents(tx), told.handovers),
        ("report", report_documents(tx), told.reports),
        ("direction", direction_documents(tx), told.directions),
        ("override", override_documents(tx), told.overrides),
    ):
        for document in now:
            sequence = document["sequence"]
            said = {"sequence": sequence, **then.pop(sequence, {})}
            if any(said.get(name) != value for name, value in document.items()):
                yield f"{what} {sequence}: not what the audit trail says was written"
        for sequence in sorted(then):
            yield f"{what} {sequence}: in the audit trail, and not in its table"


def _decisions(tx: Transaction, told: _Told) -> Iterator[str]:
    known = dict(told.decisions)
    for sequence, sha256, deflated, *rests_on in tx.stream(
        "SELECT d.sequence, d.document_sha256, k.deflated, d.encounter_id, d.picture_sha256, d.ask, d.inputs "
        "FROM decision d LEFT JOIN decision_document k ON k.sequence = d.sequence ORDER BY d.sequence"
    ):
        # A document that is kept no more can be made again, and its digest stands here.
        digest = sha256 if deflated is None else None
        with suppress(zlib.error):
            digest = digest or hashlib.sha256(zlib.decompress(deflated)).hexdigest()
        said = known.pop(sequence, {})
        if not sha256 == digest == said.get("document_sha256"):
            yield f"decision {sequence}: not what the audit trail says was handed out"
        encounter_id, picture, ask, inputs = rests_on
        basis = _basis_digest(bytes(ask), bytes(inputs))
        if [encounter_id, picture, basis] != [said.get(it) for it in ("encounter_id", "picture_sha256", "basis")]:
            yield f"decision {sequence}: does not rest on what the audit trail says"
    for sequence in sorted(known):
        yield f"decision {sequence}: in the audit trail, and not in its table"
    for sha256, body in tx.stream("SELECT sha256, body FROM live_picture"):
        with suppress(StoreUnavailable):
            if hashlib.sha256(picture_of(bytes(body))).hexdigest() == sha256:
                continue
        yield f"live picture {sha256[:16]}: was changed"


def _basis_digest(ask: bytes, inputs: bytes) -> bytes:
    """What stands for an ask and its inputs: a trail of a million decisions is not held in memory."""
    return hashlib.sha256(hashlib.sha256(ask).digest() + inputs).digest()


def _keys(tx: Transaction, told: _Told) -> Iterator[str]:
    """A key put in, or given another role or secret, behind the program's back."""
    known = dict(told.keys)
    for key in stored_keys(tx):
        if known.pop(key.id, None) != key.document():
            yield f"key {key.id}: not what the audit trail says it became"
    for name in sorted(known):
        yield f"key {name}: in the audit trail, and not in its table"


def _principals(tx: Transaction, told: _Told) -> Iterator[str]:
    known = dict(told.principals)
    for sequence, principal in tx.stream("SELECT sequence, principal FROM made_by ORDER BY sequence"):
        if known.pop(sequence, None) != principal:
            yield f"principal of row {sequence}: not what the audit trail says"
    for sequence in sorted(known):
        yield f"principal of row {sequence}: in the audit trail, and not in its table"


def _shortages(tx: Transaction, now_ms: int) -> Iterator[str]:
    for (port_id,) in sorted(tx.rows("SELECT port_id FROM port_capacity")):
        total = places_left(tx, port_id, now_ms)[0]
        if total is not None and total < 0:
            overridden = tx.row(
                "SELECT COUNT(*) FROM reservation WHERE port_id = ? AND override_code IS NOT NULL", port_id
            )
            why = "overrides" if overridden and overridden[0] else "its figures came down, or more landed than held"
            yield f"port {port_id}: {-total} more held or landed than it has places ({why})"
