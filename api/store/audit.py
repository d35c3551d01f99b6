"""The audit trail: rows that hash the row before them, so that none can be changed, dropped or put in between unseen.

``hash = SHA-256(previous hash, sequence, time, kind, role, payload)``, each text with its length before it, so that no
two rows have the same bytes. The chain shows a change; that the whole chain was not written anew is shown by signed
heads kept elsewhere (`audit_signatures.py`).
"""

import hashlib
import struct
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from api.store.database import Row, Transaction
from api.store.errors import StoreUnavailable
from api.store.record_types import At
from api.store.validation import Json, written_time


class AuditRow(TypedDict):
    """A row of the audit trail; the payload is the text that was hashed."""

    sequence: int
    at: At
    kind: str
    role: str
    payload: str
    previous: str
    hash: str


class AuditDocument(TypedDict):
    """Rows of the audit trail, oldest first."""

    rows: list[AuditRow]
    next_after: Annotated[int | None, Field(description="For `after` of the next page; null: this was the last.")]


GENESIS = bytes(32)
"""What the first row says came before it."""

CLOCK_MENDED = "clock.mended"
"""Kind of the one row that may be earlier than the row before it."""

_FIXED = struct.Struct(">32sqqHHI")


class Head(NamedTuple):
    """The end of the chain: the last row's number, its time [ms] and its hash."""

    sequence: int
    at_ms: int
    digest: bytes


class BadRow(NamedTuple):
    """The first row of the chain that is wrong, and how."""

    sequence: int
    problem: str


class Verified(NamedTuple):
    """What a walk along the chain found.

    Attributes
    ----------
    rows : int
        Rows that are right, from the first on.
    head : Head
        The last of them.
    bad : BadRow or None
        The first that is not.
    """

    rows: int
    head: Head
    bad: BadRow | None


def row_digest(previous: bytes, sequence: int, at_ms: int, kind: str, role: str, payload: bytes) -> bytes:
    """Hash of one row."""
    kind_bytes, role_bytes = kind.encode(), role.encode()
    fixed = _FIXED.pack(previous, sequence, at_ms, len(kind_bytes), len(role_bytes), len(payload))
    return hashlib.sha256(b"".join((fixed, kind_bytes, role_bytes, payload))).digest()


def read_head(tx: Transaction) -> Head:
    """The head, locked until the transaction ends."""
    found = tx.lock_head()
    if found is None:
        raise StoreUnavailable("store", "has no head of its journal.", "Run 'safeport db check'.")
    return Head(found[0], found[1], bytes(found[2]))


def write_head(tx: Transaction, head: Head) -> None:
    """Move the head."""
    tx.run("UPDATE journal_head SET sequence = ?, at_ms = ?, digest = ? WHERE id = 1", *head)


def append_audit(tx: Transaction, head: Head, at_ms: int, kind: str, role: str, payload: bytes) -> bytes:
    """Add the row after `head`; its hash."""
    sequence = head.sequence + 1
    digest = row_digest(head.digest, sequence, at_ms, kind, role, payload)
    tx.run(
        "INSERT INTO audit (sequence, at_ms, kind, role, payload, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?)",
        sequence, at_ms, kind, role, payload, head.digest, digest,
    )  # fmt: skip
    return digest


_IN_ORDER = "SELECT sequence, at_ms, kind, role, payload, previous, digest FROM audit ORDER BY sequence"


def verify_chain(tx: Transaction, digests: dict[int, bytes] | None = None) -> Verified:
    """Walk the whole chain and stop at the first row that is wrong.

    Parameters
    ----------
    tx : Transaction
    digests : dict, optional
        Hashes known from elsewhere, by sequence, for instance of signed heads: each must be met.
    """
    known = dict(digests or {})
    sequence, latest_ms, previous = 0, 0, GENESIS
    # One loop with everything at hand: a million rows are verified in seconds only because nothing is called twice.
    pack, sha256 = _FIXED.pack, hashlib.sha256
    at = Head(0, 0, GENESIS)
    for number, at_ms, kind, role, payload, stated_previous, stated in tx.stream(_IN_ORDER):
        if number != sequence + 1:
            return _stopped(sequence, latest_ms, previous, sequence + 1, f"is missing; the next row is {number}")
        kind_bytes, role_bytes = kind.encode(), role.encode()
        digest = sha256(
            pack(previous, number, at_ms, len(kind_bytes), len(role_bytes), len(payload))
            + kind_bytes + role_bytes + payload
        ).digest()  # fmt: skip
        if stated_previous != previous:
            return _stopped(sequence, latest_ms, previous, number, "does not follow from the row before it")
        if stated != digest:
            return _stopped(sequence, latest_ms, previous, number, "was changed")
        if at_ms < latest_ms and kind != CLOCK_MENDED:
            return _stopped(sequence, latest_ms, previous, number, "is earlier than the row before it")
        sequence, latest_ms, previous = number, at_ms, digest
        if known and number in known and known.pop(number) != digest:
            return _stopped(number - 1, latest_ms, previous, number, "is not the row that was signed")
    at = Head(sequence, latest_ms, previous)
    if known:
        return Verified(sequence, at, BadRow(sequence + 1, f"is missing; row {min(known)} was signed"))
    stated_head = tx.row("SELECT sequence, at_ms, digest FROM journal_head WHERE id = 1")
    if stated_head is None or Head(stated_head[0], stated_head[1], bytes(stated_head[2])) != at:
        return Verified(sequence, at, BadRow(sequence + 1, "is missing, or the head was changed"))
    return Verified(sequence, at, None)


def _stopped(rows: int, at_ms: int, digest: bytes, bad: int, problem: str) -> Verified:
    return Verified(rows, Head(rows, at_ms, digest), BadRow(bad, problem))


def audit_rows(tx: Transaction, after: int = 0, limit: int = 100) -> list[Json]:
    """Rows for people, oldest first; the payload is text as it was hashed."""
    found = tx.rows(
        "SELECT sequence, at_ms, kind, role, payload, previous, digest FROM audit WHERE sequence > ? "
        "ORDER BY sequence LIMIT ?",
        after, min(limit, 1_000),
    )  # fmt: skip
    return [_shown(row) for row in found]


def _shown(row: Row) -> Json:
    sequence, at_ms, kind, role, payload, previous, digest = row
    return {
        "sequence": sequence, "at": written_time(at_ms), "kind": kind, "role": role,
        "payload": bytes(payload).decode(), "previous": bytes(previous).hex(), "hash": bytes(digest).hex(),
    }  # fmt: skip
