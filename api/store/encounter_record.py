"""The record of one encounter: everything that was recorded of it, each with its place in the audit chain."""

import orjson

from api.store.audit import GENESIS
from api.store.database import Transaction
from api.store.encounters import encounter_document
from api.store.validation import Json, written_time

_OF_ENCOUNTER = (
    "SELECT a.sequence, a.at_ms, a.kind, a.role, a.payload, a.previous, a.digest FROM audit a "
    "JOIN event e ON e.sequence = a.sequence WHERE e.subject = ? "
    "OR e.subject IN (SELECT r.id FROM reservation r WHERE r.encounter_id = ?) "
    "OR a.sequence IN (SELECT d.sequence FROM decision d WHERE d.encounter_id = ?) "
    "OR a.sequence IN (SELECT o.sequence FROM override_record o WHERE o.encounter_id = ?) ORDER BY a.sequence"
)


def encounter_record(tx: Transaction, encounter_id: str) -> Json:
    """Everything recorded of an encounter: reports, decisions, directions, overrides, places, hand-overs, its end.

    Parameters
    ----------
    tx : Transaction
    encounter_id : str

    Returns
    -------
    dict
        ``encounter_id``, ``state``, ``entries`` oldest first, and ``head`` of the audit chain they stand in. Each
        entry has the text that was hashed: whoever has the rows between can walk the chain.

    Raises
    ------
    NotFound
    """
    document = encounter_document(tx, encounter_id)
    head = tx.row("SELECT sequence, digest FROM journal_head WHERE id = 1") or (0, GENESIS)
    entries = []
    for sequence, at_ms, kind, role, payload, previous, digest in tx.rows(_OF_ENCOUNTER, *[encounter_id] * 4):
        told = orjson.loads(bytes(payload))
        entries.append({
            "sequence": sequence, "at": written_time(at_ms), "kind": kind, "by": {"role": role, "duty": told["duty"]},
            "became": told["became"], "payload": bytes(payload).decode(), "previous": bytes(previous).hex(),
            "hash": bytes(digest).hex(),
        })  # fmt: skip
    return {
        "encounter_id": encounter_id, "state": document["state"], "entries": entries,
        "head": {"sequence": head[0], "hash": bytes(head[1]).hex()},
    }  # fmt: skip
