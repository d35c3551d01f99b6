"""Mending the store's time after a clock had been wrong.

The store's time never goes back by itself: a hold that was seen to expire stays expired. A clock that once was hours
ahead therefore leaves the store ahead until it has caught up, and all that time holds end early and fresh reports count
as stale. One command sets the time back, on the record.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import orjson

from api.store.audit import CLOCK_MENDED
from api.store.commands import Change, CommandContext, Role
from api.store.database import Transaction, insertion
from api.store.errors import WrongState
from api.store.ports import port_document
from api.store.validation import LONGEST_NAME, Json, checked_text, written_time

_PARTS = {"status": "port_status", "capacity": "port_capacity", "reception": "port_reception"}


@dataclass(frozen=True, slots=True)
class MendClock:
    """Set the store's time back to this machine's clock, which somebody has checked.

    Reports of ports that carry a time which has not come yet would keep every later one out. They get the time at which
    they were made by the clock of then, where the trail has it, and otherwise the latest recorded before the jump:
    older than they are, never fresher.
    """

    kind: ClassVar[str] = CLOCK_MENDED
    reason: str

    def apply(self, context: CommandContext) -> Change:
        """Record it, and bring reports of ports back to times that have been."""
        context.actor.needs(Role.ADMIN)
        checked_text(self.reason, "reason", LONGEST_NAME * 10, needed=True)
        tx, now_ms = context.tx, context.now_ms
        head = tx.row("SELECT at_ms FROM journal_head WHERE id = 1")
        was_ms = 0 if head is None else int(head[0])
        if was_ms <= now_ms:
            raise WrongState("store", "has a time that is not ahead of this clock.", "There is nothing to mend.")
        mended = [document for part in _PARTS for document in _mend_reports(tx, part, now_ms)]
        context.defer(*insertion(
            "clock_mend", sequence=context.sequence, at_ms=now_ms, was_ms=was_ms, reason=self.reason, **context.by
        ))  # fmt: skip
        return Change(
            "clock",
            {
                "at": written_time(now_ms), "was": written_time(was_ms), "reason": self.reason,
                "by": context.by, "ports": mended, "sequence": context.sequence,
            },
        )  # fmt: skip


def mend_documents(tx: Transaction) -> list[Json]:
    """Every mending, oldest first."""
    found = tx.rows("SELECT sequence, at_ms, was_ms, reason, role, duty FROM clock_mend ORDER BY sequence")
    return [
        {
            "sequence": row[0], "at": written_time(row[1]), "was": written_time(row[2]), "reason": row[3],
            "by": {"role": row[4], "duty": row[5]},
        }
        for row in found
    ]  # fmt: skip


def _mend_reports(tx: Transaction, part: str, now_ms: int) -> list[Json]:
    table = _PARTS[part]
    # What landed is a time of its own: a count made before it does not have these people in it.
    columns = ("reported_ms", "landed_ms") if part == "capacity" else ("reported_ms",)
    documents = []
    ahead = " OR ".join(f"{column} > ?" for column in columns)
    query = f"SELECT port_id, {', '.join(columns)} FROM {table} WHERE {ahead} ORDER BY port_id"  # noqa: S608
    for port_id, *times in tx.rows(query, *[now_ms] * len(columns)):
        made_ms = _made_ms(tx, f"port.{part}", port_id, now_ms)
        mended = [made_ms if at_ms is not None and at_ms > now_ms else at_ms for at_ms in times]
        assigned = ", ".join(f"{column} = ?" for column in columns)
        tx.run(f"UPDATE {table} SET {assigned} WHERE port_id = ?", *mended, port_id)  # noqa: S608
        document = {"port_id": port_id, part: port_document(tx, port_id)[part]}
        if part == "capacity":
            document["landed_at"] = written_time(mended[1])
        documents.append(document)
    return documents


def _made_ms(tx: Transaction, kind: str, port_id: str, now_ms: int) -> int:
    """When a port's newest report was made, as well as the trail can say it and never after that. [ms]"""
    row = tx.row(
        "SELECT a.payload FROM audit a JOIN event e ON e.sequence = a.sequence WHERE e.subject = ? AND e.kind = ? "
        "ORDER BY a.sequence DESC LIMIT 1",
        port_id, kind,
    )  # fmt: skip
    clock_at = None if row is None else orjson.loads(bytes(row[0])).get("clock_at")
    if clock_at is not None:
        at_ms = round(datetime.fromisoformat(clock_at).timestamp() * 1000.0)
        if at_ms <= now_ms:
            return at_ms
    before = tx.row("SELECT MAX(at_ms) FROM audit WHERE at_ms <= ?", now_ms)
    return 0 if before is None or before[0] is None else int(before[0])
