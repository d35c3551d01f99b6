"""What happened, in order, for whoever listens; an event has the number of its audit row."""

from typing import NamedTuple

import orjson

from api.store.database import Transaction
from api.store.ownership import owners_of, vessels_named


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
    owners : frozenset of str
        Principals whom it concerns: who did it, and whose the record is. A crew is shown its own only.
    """

    sequence: int
    at_ms: int
    kind: str
    subject: str
    body: bytes
    owners: frozenset[str] = frozenset()


def append_event(tx: Transaction, sequence: int, at_ms: int, kind: str, subject: str, body: bytes) -> None:
    """Add the event of an audit row."""
    tx.run(
        "INSERT INTO event (sequence, at_ms, kind, subject, body) VALUES (?, ?, ?, ?, ?)",
        sequence, at_ms, kind, subject, body,
    )  # fmt: skip


def events_after(tx: Transaction, sequence: int, limit: int = 256) -> list[Event]:
    """Events that came after one, oldest first."""
    found = tx.rows(
        "SELECT e.sequence, e.at_ms, e.kind, e.subject, e.body, m.principal FROM event e "
        "LEFT JOIN made_by m ON m.sequence = e.sequence WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?",
        sequence, min(limit, 1_024),
    )  # fmt: skip
    about = [_about(row[2], row[3], bytes(row[4])) for row in found]
    owners = owners_of(tx, (name for names in about for name in names))
    gave = [_gave_away(row[2], bytes(row[4])) for row in found]
    vessels = vessels_named(tx, (name for name in gave if name is not None))
    return [
        Event(
            row[0], row[1], row[2], row[3], bytes(row[4]),
            _union(row[5], [*(owners[name] for name in names), *(() if vessel is None else (vessels[vessel],))]),
        )
        for row, names, vessel in zip(found, about, gave, strict=True)
    ]  # fmt: skip


def _union(maker: str | None, owners: list[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*owners, () if maker is None else (maker,))


def _about(kind: str, subject: str, body: bytes) -> tuple[str, ...]:
    """Records an event concerns: its subject, and the reservation that gave places away."""
    if kind != "reservation.transferred":
        return (subject,)
    given = orjson.loads(body).get("from")
    return (subject,) if given is None else (subject, given["reservation_id"])


def _gave_away(kind: str, body: bytes) -> str | None:
    """The vessel all of whose places went to another: the record does not name her any more."""
    if kind != "reservation.transferred":
        return None
    vessel = orjson.loads(body).get("from_vessel")
    return None if vessel is None else str(vessel)


def newest_event(tx: Transaction) -> int:
    """Number of the newest event; 0 when there is none."""
    found = tx.row("SELECT MAX(sequence) FROM event")
    return 0 if found is None or found[0] is None else int(found[0])
