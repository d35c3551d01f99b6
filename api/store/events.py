"""What happened, in order, for whoever listens; an event has the number of its audit row."""

from typing import NamedTuple

from api.store.database import Transaction


class Event(NamedTuple):
    """One change.

    Attributes
    ----------
    sequence : int
        Its id for ``Last-Event-ID``: listeners resume after it.
    at_ms : int
        Recorded time. [ms]
    kind : str
        Of the command, for instance ``reservation.held``.
    subject : str
        Id of what changed.
    body : bytes
        Canonical JSON: what it became.
    """

    sequence: int
    at_ms: int
    kind: str
    subject: str
    body: bytes


def append_event(tx: Transaction, sequence: int, at_ms: int, kind: str, subject: str, body: bytes) -> None:
    """Add the event of an audit row."""
    tx.run(
        "INSERT INTO event (sequence, at_ms, kind, subject, body) VALUES (?, ?, ?, ?, ?)",
        sequence, at_ms, kind, subject, body,
    )  # fmt: skip


def events_after(tx: Transaction, sequence: int, limit: int = 256) -> list[Event]:
    """Events that came after one, oldest first."""
    found = tx.rows(
        "SELECT sequence, at_ms, kind, subject, body FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
        sequence, min(limit, 1_024),
    )  # fmt: skip
    return [Event(row[0], row[1], row[2], row[3], bytes(row[4])) for row in found]


def newest_event(tx: Transaction) -> int:
    """Number of the newest event; 0 when there is none."""
    found = tx.row("SELECT MAX(sequence) FROM event")
    return 0 if found is None or found[0] is None else int(found[0])
