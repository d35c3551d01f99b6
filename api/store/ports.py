"""What ports report: status, places, reception. Each is a report by somebody at a time, and replaces the one before."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from api.store.commands import Change, CommandContext, Role
from api.store.database import Transaction, insertion
from api.store.errors import InvalidValue, StaleReport
from api.store.validation import (
    Json,
    checked_count,
    checked_flag,
    checked_id,
    checked_number,
    checked_text,
    milliseconds,
    written_time,
)

STATUSES = ("open", "restricted", "closed", "unknown")
_REPORTERS = (Role.CONTROLLER, Role.PORT_OFFICER, Role.ADMIN, Role.SYSTEM)
_MOST_PER_HOUR = 10_000.0


class Places(NamedTuple):
    """Places by kind of need. Families and medical places are among the total, not beside it.

    Attributes
    ----------
    total : int
    families, medical : int or None
        None where nobody has said how many there are.
    """

    total: int
    families: int | None = None
    medical: int | None = None


class Occupied(NamedTuple):
    """Places somebody is in."""

    total: int = 0
    families: int = 0
    medical: int = 0


_NOBODY = Occupied()


@dataclass(frozen=True, slots=True)
class SetPortStatus:
    """A port is open, restricted, closed, or nobody knows.

    Attributes
    ----------
    reported_s : float or None
        When it was so, where that was before now: a message that was long under way. [s]
    expires_s : float or None
        From then on it is unknown; None when no end was given. [s]
    expected_version : int or None
        Refuse when the status has changed since this version was read; 0 means there was none.
    """

    kind: ClassVar[str] = "port.status"
    port_id: str
    status: str
    reason: str
    reported_s: float | None = None
    expires_s: float | None = None
    expected_version: int | None = None

    def apply(self, context: CommandContext) -> Change:
        """Replace the status."""
        context.actor.needs(*_REPORTERS)
        checked_id(self.port_id, "port_id")
        if self.status not in STATUSES:
            raise InvalidValue("status", "is not a status.", f"Use one of {', '.join(STATUSES)}.")
        checked_text(self.reason, "reason", needed=self.status in ("restricted", "closed"))
        reported_ms = reported_at(context, "port_status", self.port_id, self.reported_s, self.expected_version)
        expires_ms = None if self.expires_s is None else milliseconds(self.expires_s, "expires_at")
        if expires_ms is not None and expires_ms <= context.now_ms:
            raise InvalidValue("expires_at", "is not in the future.", "Leave it out, or give a later time.")
        return _replace(
            context, self.port_id, "status", status=self.status, reason=self.reason, reported_ms=reported_ms,
            expires_ms=expires_ms,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportCapacity:
    """How many places a port has, how many are taken, and how fast it lands people.

    Attributes
    ----------
    persons_per_hour : float or None
        Landing rate; None when not known. [persons/h]
    keeps_rate : bool
        The report does not speak of the landing rate, so the one that is known stays.
    """

    kind: ClassVar[str] = "port.capacity"
    port_id: str
    places: Places
    occupied: Occupied = _NOBODY
    persons_per_hour: float | None = None
    reported_s: float | None = None
    expected_version: int | None = None
    keeps_rate: bool = False

    def apply(self, context: CommandContext) -> Change:
        """Replace the figures. They are facts: even ones below what is held are taken, and then shown as short."""
        context.actor.needs(*_REPORTERS)
        checked_id(self.port_id, "port_id")
        places, occupied = self.places, self.occupied
        checked_count(places.total, "places.total")
        for name in ("families", "medical"):
            part = getattr(places, name)
            if part is not None:
                checked_count(part, f"places.{name}", most=places.total)
        for name in ("total", "families", "medical"):
            checked_count(getattr(occupied, name), f"occupied.{name}")
        if occupied.families + occupied.medical > occupied.total:
            raise InvalidValue("occupied", "has parts greater than its total.", "Total counts everybody.")
        if self.persons_per_hour is not None:
            checked_number(self.persons_per_hour, "persons_per_hour", 0.0, _MOST_PER_HOUR)
        reported_ms = reported_at(context, "port_capacity", self.port_id, self.reported_s, self.expected_version)
        rate = self.persons_per_hour
        if self.keeps_rate:
            known = context.tx.row("SELECT persons_per_hour FROM port_capacity WHERE port_id = ?", self.port_id)
            rate = None if known is None else known[0]
        return _replace(
            context, self.port_id, "capacity", total=places.total, families=places.families, medical=places.medical,
            occupied=occupied.total, occupied_families=occupied.families, occupied_medical=occupied.medical,
            persons_per_hour=None if rate is None else float(rate), reported_ms=reported_ms,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportReception:
    """What waits ashore: shelter, food and warmth; transport onward; a named danger.

    Attributes
    ----------
    needs_met, transport_arranged : bool or None
        None when not known.
    danger_ashore : bool
        Set by people only, and it stays until people take it back: it does not grow stale.
    """

    kind: ClassVar[str] = "port.reception"
    port_id: str
    needs_met: bool | None
    transport_arranged: bool | None
    danger_ashore: bool = False
    reason: str = ""
    reported_s: float | None = None
    expected_version: int | None = None

    def apply(self, context: CommandContext) -> Change:
        """Replace the report."""
        context.actor.needs(Role.CONTROLLER, Role.PORT_OFFICER, Role.ADMIN)
        checked_id(self.port_id, "port_id")
        needs, transport = (
            checked_flag(self.needs_met, "needs_met"),
            checked_flag(self.transport_arranged, "transport"),
        )
        checked_text(self.reason, "reason", needed=self.danger_ashore)
        reported_ms = reported_at(context, "port_reception", self.port_id, self.reported_s, self.expected_version)
        return _replace(
            context, self.port_id, "reception", needs_met=None if needs is None else int(needs),
            transport_arranged=None if transport is None else int(transport), danger_ashore=int(self.danger_ashore),
            reason=self.reason, reported_ms=reported_ms,
        )  # fmt: skip


def _replace(context: CommandContext, port_id: str, part: str, **values: Any) -> Change:
    """Put what a port reports in the place of what it reported before."""
    table = f"port_{part}"
    context.tx.run(f"DELETE FROM {table} WHERE port_id = ?", port_id)  # noqa: S608
    context.tx.run(*insertion(table, port_id=port_id, **values, **context.by, version=context.sequence))
    return Change(port_id, {"port_id": port_id, part: port_document(context.tx, port_id)[part]})


def reported_at(
    context: CommandContext, table: str, port_id: str, reported_s: float | None, expected_version: int | None
) -> int:
    """Time of a report, never after now: a sender's clock that is ahead must not keep later reports out. [ms]

    Raises
    ------
    StaleReport
        What is known is newer, or has changed since the version the sender read.
    """
    reported_ms = context.now_ms if reported_s is None else min(milliseconds(reported_s, "reported_at"), context.now_ms)
    # A count made before people landed does not have them in it.
    latest = "COALESCE(landed_ms, reported_ms)" if table == "port_capacity" else "reported_ms"
    known = context.tx.row(f"SELECT {latest}, version FROM {table} WHERE port_id = ?", port_id)  # noqa: S608
    if expected_version is not None and expected_version != (0 if known is None else known[1]):
        raise StaleReport("expected_version", "is not the version there is now.", "Read it again, then decide.")
    if known is not None and reported_ms < known[0]:
        raise StaleReport("reported_at", "is earlier than the report there is.", "The newer one stays.")
    return reported_ms


def port_document(tx: Transaction, port_id: str) -> Json:
    """What a port last reported; None where it never did."""
    status = tx.row(
        "SELECT status, reason, role, duty, reported_ms, expires_ms, version FROM port_status WHERE port_id = ?",
        port_id,
    )
    capacity = tx.row(
        "SELECT total, families, medical, occupied, occupied_families, occupied_medical, persons_per_hour, role, "
        "duty, reported_ms, version FROM port_capacity WHERE port_id = ?",
        port_id,
    )
    reception = tx.row(
        "SELECT needs_met, transport_arranged, danger_ashore, reason, role, duty, reported_ms, version "
        "FROM port_reception WHERE port_id = ?",
        port_id,
    )
    return {
        "port_id": port_id,
        "status": status and {
            "status": status[0], "reason": status[1], "by": {"role": status[2], "duty": status[3]},
            "reported_at": written_time(status[4]), "expires_at": written_time(status[5]), "version": status[6],
        },
        "capacity": capacity and {
            "places": {"total": capacity[0], "families": capacity[1], "medical": capacity[2]},
            "occupied": {"total": capacity[3], "families": capacity[4], "medical": capacity[5]},
            "persons_per_hour": capacity[6], "by": {"role": capacity[7], "duty": capacity[8]},
            "reported_at": written_time(capacity[9]), "version": capacity[10],
        },
        "reception": reception and {
            "needs_met": _flag(reception[0]), "transport_arranged": _flag(reception[1]),
            "danger_ashore": bool(reception[2]), "reason": reception[3],
            "by": {"role": reception[4], "duty": reception[5]},
            "reported_at": written_time(reception[6]), "version": reception[7],
        },
    }  # fmt: skip


def reporting_ports(tx: Transaction) -> list[str]:
    """Ids of all ports that ever reported anything."""
    parts = " UNION ".join(f"SELECT port_id FROM port_{part}" for part in ("status", "capacity", "reception"))  # noqa: S608
    return sorted(str(row[0]) for row in tx.rows(parts))


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)
