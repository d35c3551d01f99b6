"""What the system said, kept with all it rests on, so that it can be said again bit for bit."""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import orjson

from api.store.database import Row, Transaction
from api.store.errors import NothingSuch, StoreUnavailable, WrongValue
from api.store.ledger import Change, Ledger
from api.store.reservations import known_encounter
from api.store.values import Json, checked_id

_LARGEST_DOCUMENT = 16_000_000
_LARGEST_ASK = 65_536


@dataclass(frozen=True, slots=True)
class RecordDecision:
    """Keep a decision; make one with `RecordDecision.of`.

    The audit row has the ask in full and digests of everything else, which stand beside it.
    """

    kind: ClassVar[str] = "decision.made"
    decision_id: str
    ask: str
    inputs: Json
    outcome: str
    recommended: str | None
    encounter_id: str | None
    picture_sha256: str | None
    document_sha256: str
    picture: bytes | None
    document_deflated: bytes

    @classmethod
    def of(
        cls, document: bytes, ask: bytes, picture: bytes | None = None, encounter_id: str | None = None
    ) -> "RecordDecision":
        """The command that keeps a decision.

        Parameters
        ----------
        document : bytes
            The decision document exactly as it was handed out.
        ask : bytes
            The encounter body that leads to it, JSON, with its time filled in.
        picture : bytes, optional
            `PortsSnapshot.body` the world was made with.
        encounter_id : str, optional
            Encounter of the store it was made for.

        Raises
        ------
        WrongValue
            Too large, or no decision document.
        """
        if len(document) > _LARGEST_DOCUMENT or len(ask) > _LARGEST_ASK:
            raise WrongValue("document", "is too large to keep.", "A decision has a few hundred kilobytes.")
        try:
            said = orjson.loads(document)
            recommended = said["recommended"]
            return cls(
                checked_id(said["decision_id"], "decision_id"), ask.decode(), said["inputs"], said["outcome"],
                None if recommended is None else recommended["port"]["id"], encounter_id,
                None if picture is None else hashlib.sha256(picture).hexdigest(),
                hashlib.sha256(document).hexdigest(), picture, zlib.compress(document, 6),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as wrong:
            if isinstance(wrong, WrongValue):
                raise
            raise WrongValue("document", "is not a decision document.", "Send it as it was answered.") from None

    def apply(self, ledger: Ledger) -> Change:
        """Keep it, unless this principal's very decision for this encounter is kept: equal inputs have equal names."""
        tx = ledger.tx
        if self.encounter_id is not None:
            known_encounter(tx, self.encounter_id)
        summary: Json = {
            "decision_id": self.decision_id, "outcome": self.outcome, "recommended": self.recommended,
            "encounter_id": self.encounter_id, "document_sha256": self.document_sha256,
            "picture_sha256": self.picture_sha256,
        }  # fmt: skip
        kept = tx.rows(
            "SELECT d.document_sha256, d.encounter_id, m.principal FROM decision d "
            "LEFT JOIN made_by m ON m.sequence = d.sequence WHERE d.id = ?",
            self.decision_id,
        )  # fmt: skip
        if (self.document_sha256, self.encounter_id, ledger.actor.principal or None) in [tuple(row) for row in kept]:
            return Change(self.decision_id, summary, changed=False)
        if self.picture is not None:
            tx.run(
                "INSERT INTO live_picture (sha256, body) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
                self.picture_sha256, zlib.compress(self.picture, 6),
            )  # fmt: skip
        ledger.defer(
            "INSERT INTO decision (sequence, id, encounter_id, ask, inputs, picture_sha256, document_sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            ledger.sequence, self.decision_id, self.encounter_id, self.ask.encode(),
            orjson.dumps(self.inputs, option=orjson.OPT_SORT_KEYS), self.picture_sha256, self.document_sha256,
        )  # fmt: skip
        ledger.defer(
            "INSERT INTO decision_document (sequence, deflated) VALUES (?, ?)",
            ledger.sequence, self.document_deflated,
        )  # fmt: skip
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
    document : bytes or None
        As it was handed out; None once it is kept no more, and then it can be made again from the rest.
    document_sha256 : str
        As the audit row has it.
    """

    sequence: int
    decision_id: str
    encounter_id: str | None
    ask: bytes
    inputs: Json
    picture: bytes | None
    document: bytes | None
    document_sha256: str


class Replay(NamedTuple):
    """What deciding again gave.

    Attributes
    ----------
    same : bool
        Bit for bit.
    stored_intact : bool or None
        Whether the stored document still has the digest of its audit row; None when it is kept no more.
    was_sha256, is_sha256 : str
        Digests of the document then and now.
    """

    decision_id: str
    same: bool
    stored_intact: bool | None
    was_sha256: str
    is_sha256: str


_KEPT = (
    "SELECT d.sequence, d.id, d.encounter_id, d.ask, d.inputs, p.body, k.deflated, d.document_sha256 "
    "FROM decision d LEFT JOIN live_picture p ON p.sha256 = d.picture_sha256 "
    "LEFT JOIN decision_document k ON k.sequence = d.sequence"
)


def decision_record(
    tx: Transaction, decision_id: str, document_sha256: str | None = None, principal: str | None = None
) -> DecisionRecord:
    """The newest record of a decision: encounters may share the name of one.

    Parameters
    ----------
    tx : Transaction
    decision_id : str
    document_sha256 : str, optional
        Look only for this very document.
    principal : str, optional
        Look only at what this principal asked for.

    Raises
    ------
    NothingSuch
    """
    checked_id(decision_id, "decision_id")
    wanted, values = "", [decision_id]
    if document_sha256 is not None:
        wanted += " AND d.document_sha256 = ?"
        values.append(document_sha256)
    if principal is not None:
        wanted += " AND EXISTS (SELECT 1 FROM made_by m WHERE m.sequence = d.sequence AND m.principal = ?)"
        values.append(principal)
    found = tx.row(f"{_KEPT} WHERE d.id = ?{wanted} ORDER BY d.sequence DESC LIMIT 1", *values)
    if found is None:
        raise NothingSuch("decision_id", "names no decision that was kept.", "Check the id.")
    return _record(found)


def latest_decision(tx: Transaction, encounter_id: str) -> DecisionRecord | None:
    """The newest decision for an encounter."""
    found = tx.row(f"{_KEPT} WHERE d.encounter_id = ? ORDER BY d.sequence DESC LIMIT 1", encounter_id)
    return None if found is None else _record(found)


def forget_documents(tx: Transaction, most: int) -> None:
    """Keep the documents of the newest so many decisions; what makes the others again stays."""
    oldest = tx.row("SELECT sequence FROM decision_document ORDER BY sequence DESC LIMIT 1 OFFSET ?", most)
    if oldest is not None:
        tx.run("DELETE FROM decision_document WHERE sequence <= ?", oldest[0])


def replay(record: DecisionRecord, decide: Callable[[DecisionRecord], bytes]) -> Replay:
    """Decide again and compare.

    Parameters
    ----------
    record : DecisionRecord
    decide : callable
        Makes the document from the record's ask and picture, with the data its inputs name.
    """
    again = hashlib.sha256(decide(record)).hexdigest()
    kept = record.document
    intact = None if kept is None else hashlib.sha256(kept).hexdigest() == record.document_sha256
    return Replay(record.decision_id, again == record.document_sha256, intact, record.document_sha256, again)


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
    sequence, decision_id, encounter_id, ask, inputs, picture, deflated, sha256 = row
    return DecisionRecord(
        sequence, decision_id, encounter_id, bytes(ask), orjson.loads(inputs),
        None if picture is None else picture_of(bytes(picture)),
        None if deflated is None else zlib.decompress(deflated), sha256,
    )  # fmt: skip
