"""What was decided, kept with all it rests on, so that it can be decided again and proven to be the same.

A record holds the request, the picture of the ports it was made with, digests of everything else, and the SHA-256 of
the decision's codes and figures (`api.documents.canonical`). Documents are made from that in any view and language.
Records of form 0 are older: their SHA-256 is that of the document as text, which is kept beside the newest of them.
"""

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import orjson

from api.store.commands import NOT_IN_THE_TRAIL, Change, CommandContext
from api.store.database import Row, Transaction, insertion
from api.store.errors import InvalidValue, NotFound, StoreUnavailable
from api.store.reservations import known_encounter
from api.store.validation import Json, checked_id

AS_TEXT = 0
"""Form of a record whose SHA-256 is that of its document, every port in both languages."""

_LARGEST_ASK = 65_536


@dataclass(frozen=True, slots=True)
class RecordDecision:
    """Keep a decision.

    The audit row has the ask in full and digests of everything else, which stand beside it.

    Attributes
    ----------
    ask : str
        Encounter body that leads to it, JSON, with its time filled in.
    inputs : dict
        Versions and digests of all it rests on.
    recommended : str or None
        Id of the port.
    picture_sha256 : str or None
        Of `picture`.
    form : int
        Version of the canonical form.
    decision_sha256 : str
        Of the decision in that form.
    picture : bytes or None
        `PortsSnapshot.body` the world was made with.
    """

    kind: ClassVar[str] = "decision.made"
    decision_id: str
    ask: str
    inputs: Json
    outcome: str
    recommended: str | None
    encounter_id: str | None
    picture_sha256: str | None
    form: int
    decision_sha256: str
    picture: bytes | None = field(default=None, metadata=NOT_IN_THE_TRAIL)

    def apply(self, context: CommandContext) -> Change:
        """Keep it, unless this principal's very decision for this encounter is kept: equal inputs have equal names.

        Raises
        ------
        InvalidValue
        NotFound
            The encounter.
        """
        checked_id(self.decision_id, "decision_id")
        if len(self.ask) > _LARGEST_ASK:
            raise InvalidValue("ask", "is too large to keep.", "An encounter has a few hundred bytes.")
        tx = context.tx
        if self.encounter_id is not None:
            known_encounter(tx, self.encounter_id)
        summary: Json = {
            "decision_id": self.decision_id, "outcome": self.outcome, "recommended": self.recommended,
            "encounter_id": self.encounter_id, "form": self.form, "decision_sha256": self.decision_sha256,
            "picture_sha256": self.picture_sha256,
        }  # fmt: skip
        kept = tx.rows(
            "SELECT d.form, d.sha256, d.encounter_id, m.principal FROM decision d "
            "LEFT JOIN made_by m ON m.sequence = d.sequence WHERE d.id = ?",
            self.decision_id,
        )  # fmt: skip
        this = (self.form, self.decision_sha256, self.encounter_id, context.actor.principal or None)
        if this in [tuple(row) for row in kept]:
            return Change(self.decision_id, summary, changed=False)
        # Most decisions rest on a picture that is kept: it is deflated for those that bring a new one.
        if self.picture is not None and not tx.row("SELECT 1 FROM live_picture WHERE sha256 = ?", self.picture_sha256):
            tx.run(
                "INSERT INTO live_picture (sha256, body) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
                self.picture_sha256, zlib.compress(self.picture, 6),
            )  # fmt: skip
        context.defer(*insertion(
            "decision", sequence=context.sequence, id=self.decision_id, encounter_id=self.encounter_id,
            ask=self.ask.encode(), inputs=orjson.dumps(self.inputs, option=orjson.OPT_SORT_KEYS),
            picture_sha256=self.picture_sha256, sha256=self.decision_sha256, form=self.form,
        ))  # fmt: skip
        return Change(self.decision_id, summary)


class DecisionRecord(NamedTuple):
    """A decision as it was kept.

    Attributes
    ----------
    sequence : int
        Of its audit row.
    ask : bytes
        The encounter body.
    inputs : dict
        Versions and digests of all it rests on.
    picture : bytes or None
        `PortsSnapshot.body` of the moment.
    form : int
        What `sha256` is of: `AS_TEXT`, or the version of the canonical form.
    sha256 : str
        As the audit row has it.
    document : bytes or None
        Of a record of form `AS_TEXT`, as it was handed out; None once it is kept no more. Other records have none.
    recorded_ms : int
        [ms]
    """

    sequence: int
    decision_id: str
    encounter_id: str | None
    ask: bytes
    inputs: Json
    picture: bytes | None
    form: int
    sha256: str
    document: bytes | None
    recorded_ms: int


class Replay(NamedTuple):
    """What deciding again gave.

    Attributes
    ----------
    same : bool
        Bit for bit.
    stored_intact : bool or None
        Whether the stored document still has the digest of its audit row; None where no document is kept.
    was_sha256, is_sha256 : str
        Digests then and now, of what the form of the record says.
    form : int
    """

    decision_id: str
    same: bool
    stored_intact: bool | None
    was_sha256: str
    is_sha256: str
    form: int


_KEPT = (
    "SELECT d.sequence, d.id, d.encounter_id, d.ask, d.inputs, p.body, d.form, d.sha256, k.deflated, "
    "v.at_ms FROM decision d JOIN event v ON v.sequence = d.sequence "
    "LEFT JOIN live_picture p ON p.sha256 = d.picture_sha256 "
    "LEFT JOIN decision_document k ON k.sequence = d.sequence"
)


def decision_record(
    tx: Transaction, decision_id: str, sha256: str | None = None, principal: str | None = None
) -> DecisionRecord:
    """The newest record of a decision: encounters may share the name of one.

    Parameters
    ----------
    tx : Transaction
    decision_id : str
    sha256 : str, optional
        Look only for this very decision.
    principal : str, optional
        Look only at what this principal asked for.

    Raises
    ------
    NotFound
    """
    checked_id(decision_id, "decision_id")
    wanted, values = "", [decision_id]
    if sha256 is not None:
        wanted += " AND d.sha256 = ?"
        values.append(sha256)
    if principal is not None:
        wanted += " AND EXISTS (SELECT 1 FROM made_by m WHERE m.sequence = d.sequence AND m.principal = ?)"
        values.append(principal)
    found = tx.row(f"{_KEPT} WHERE d.id = ?{wanted} ORDER BY d.sequence DESC LIMIT 1", *values)
    if found is None:
        raise NotFound("decision_id", "names no decision that was kept.", "Check the id.")
    return _record(found)


def latest_decision(tx: Transaction, encounter_id: str) -> DecisionRecord | None:
    """The newest decision for an encounter."""
    found = tx.row(f"{_KEPT} WHERE d.encounter_id = ? ORDER BY d.sequence DESC LIMIT 1", encounter_id)
    return None if found is None else _record(found)


def forget_documents(tx: Transaction, most: int) -> None:
    """Keep the documents of the newest so many records of form `AS_TEXT`; what makes the others again stays."""
    oldest = tx.row("SELECT sequence FROM decision_document ORDER BY sequence DESC LIMIT 1 OFFSET ?", most)
    if oldest is not None:
        tx.run("DELETE FROM decision_document WHERE sequence <= ?", oldest[0])


def replay(record: DecisionRecord, again: bytes) -> Replay:
    """A decision made again held against its record.

    Parameters
    ----------
    record : DecisionRecord
    again : bytes
        What the record's SHA-256 is of, made from its ask and picture with the data its inputs name.
    """
    digest = hashlib.sha256(again).hexdigest()
    kept = record.document
    intact = None if kept is None else hashlib.sha256(kept).hexdigest() == record.sha256
    return Replay(record.decision_id, digest == record.sha256, intact, record.sha256, digest, record.form)


def picture_of(stored: bytes) -> bytes:
    """`PortsSnapshot.body` as it was, of what is stored: deflated, but for rows of early stores.

    Every decision for now rests on one, and each may be another; deflated they take a tenth.

    Raises
    ------
    StoreUnavailable
        The row is damaged.
    """
    if stored.startswith(b"{"):
        return stored
    try:
        return zlib.decompress(stored)
    except zlib.error:
        raise StoreUnavailable("store", "holds a damaged picture of the ports.", "Run 'safeport db check'.") from None


def _record(row: Row) -> DecisionRecord:
    sequence, decision_id, encounter_id, ask, inputs, picture, form, sha256, deflated, recorded_ms = row
    return DecisionRecord(
        sequence, decision_id, encounter_id, bytes(ask), orjson.loads(inputs),
        None if picture is None else picture_of(bytes(picture)), form, sha256,
        None if deflated is None else zlib.decompress(deflated), recorded_ms,
    )  # fmt: skip
