"""Records of decisions as an earlier program wrote them (form 0), and one of today to write beside them."""

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import apsw
import orjson

from api.store.commands import Change
from api.store.decisions import RecordDecision
from api.store.schema import migrate
from api.store.sqlite import SqliteDatabase

ROWS = Path(__file__).with_name("old_records.sql")
"""Rows of a store that the program wrote on 29 November 2026: two reports of ports, a decision that sees them and one
that does not, both with an idempotency key, their documents let go."""

ROWS_VERSION = 5
"""Of the tables they were in."""


@dataclass(frozen=True, slots=True)
class RecordDocument:
    """The command as it was: proven by the digest of the document as text, which is kept beside."""

    kind: ClassVar[str] = "decision.made"
    decision_id: str
    ask: str
    inputs: dict
    outcome: str
    recommended: str | None
    encounter_id: str | None
    picture_sha256: str | None
    document_sha256: str
    picture: bytes | None
    document_deflated: bytes

    @classmethod
    def of(cls, document, ask, picture=None, encounter_id=None):
        entry = orjson.loads(document)
        best = entry["recommended"]
        return cls(
            entry["decision_id"], ask.decode(), entry["inputs"], entry["outcome"],
            None if best is None else best["port"]["id"], encounter_id,
            None if picture is None else hashlib.sha256(picture).hexdigest(), hashlib.sha256(document).hexdigest(),
            picture, zlib.compress(document, 6),
        )  # fmt: skip

    def apply(self, context):
        summary = {name: getattr(self, name) for name in (
            "decision_id", "outcome", "recommended", "encounter_id", "document_sha256", "picture_sha256",
        )}  # fmt: skip
        if self.picture is not None:
            context.tx.run(
                "INSERT INTO live_picture (sha256, body) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
                self.picture_sha256, zlib.compress(self.picture, 6),
            )  # fmt: skip
        context.defer(
            "INSERT INTO decision (sequence, id, encounter_id, ask, inputs, picture_sha256, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            context.sequence, self.decision_id, self.encounter_id, self.ask.encode(),
            orjson.dumps(self.inputs, option=orjson.OPT_SORT_KEYS), self.picture_sha256, self.document_sha256,
        )  # fmt: skip
        context.defer(
            "INSERT INTO decision_document (sequence, deflated) VALUES (?, ?)", context.sequence, self.document_deflated
        )
        return Change(self.decision_id, summary)


def record_of(decision_id="d-1", ask="{}", picture=None, encounter_id=None):
    """A record of today with nothing in it."""
    return RecordDecision(
        decision_id, ask, {"engine_version": "0"}, "none", None, encounter_id,
        None if picture is None else hashlib.sha256(picture).hexdigest(), 1, hashlib.sha256(b"decision").hexdigest(),
        picture,
    )  # fmt: skip


def old_store(file):
    """The store of `ROWS`, its tables as they were."""
    database = SqliteDatabase(file)
    migrate(database, to=ROWS_VERSION)
    database.close()
    connection = apsw.Connection(str(file))
    connection.execute(ROWS.read_text())
    connection.close()
