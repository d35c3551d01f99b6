"""What ports report: status, places, reception. Each is a report by somebody at a time, and replaces the one before."""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, get_args

from pydantic import Field
from typing_extensions import TypedDict

from api.store.command_fields import (
    OUTSIDE,
    Checked,
    Flag,
    Instant,
    LandingRate,
    PathId,
    Persons,
    ReportedAt,
    Text,
    Version,
    Whole,
    check_fields,
    checked_parts,
)
from api.store.commands import Change, CommandContext, Role
from api.store.database import Transaction, insertion
from api.store.errors import InvalidValue, StaleReport
from api.store.record_types import ActedBy, At, MaybeAt, PersonsByNeed, PlacesDocument, PlacesLeft
from api.store.validation import (
    Json,
    checked_count,
    checked_said,
    milliseconds,
    written_time,
)

Status = Literal["open", "restricted", "closed", "unknown"]


class StatusReport(TypedDict):
    """Whether a port is open."""

    status: Status
    reason: str
    by: ActedBy
    reported_at: At
    expires_at: MaybeAt
    version: int


class CapacityReport(TypedDict):
    """Places of a port."""

    places: PlacesDocument
    occupied: PersonsByNeed
    persons_per_hour: float | None
    by: ActedBy
    reported_at: At
    version: int


class ReceptionReport(TypedDict):
    """What waits ashore; null is not known."""

    needs_met: bool | None
    transport_arranged: bool | None
    danger_ashore: bool
    reason: str
    by: ActedBy
    reported_at: At
    version: int


class PortStatus(TypedDict):
    """The status a port has now."""

    port_id: str
    status: StatusReport


class PortCapacity(TypedDict):
    """The places a port has now."""

    port_id: str
    capacity: CapacityReport


class PortReception(TypedDict):
    """What waits ashore now."""

    port_id: str
    reception: ReceptionReport


class PortLive(TypedDict):
    """What a port last reported; null where it never did."""

    port_id: str
    status: StatusReport | None
    capacity: CapacityReport | None
    reception: ReceptionReport | None
    places_left: PlacesLeft


class PortsLive(TypedDict):
    """Every port that ever reported."""

    version: Annotated[str, Field(description="Equal pictures have equal versions.")]
    ports: list[PortLive]


_REPORTERS = (Role.CONTROLLER, Role.PORT_OFFICER, Role.ADMIN, Role.SYSTEM)


class Places(NamedTuple):
    """Places by kind of need. Families and medical places are among the total; None where nobody has said."""

    total: Whole
    families: Whole | None = None
    medical: Whole | None = None


_NOBODY = Persons(0)


def _checked_places(places: Places, field: str) -> None:
    checked_count(places.total, f"{field}.total")
    for name in ("families", "medical"):
        part = getattr(places, name)
        if part is not None:
            checked_count(part, f"{field}.{name}", most=places.total)


def _checked_occupied(occupied: Persons, field: str) -> None:
    check_fields(occupied, field)
    checked_parts(occupied, field)


def _checked_status(status: str, field: str) -> None:
    if status not in get_args(Status):
        raise InvalidValue(field, "is not a status.", f"Use one of {', '.join(get_args(Status))}.")


@dataclass(frozen=True, slots=True)
class SetPortStatus:
    """A port is open, restricted, closed, or nobody knows."""

    kind: ClassVar[str] = "port.status"
    port_id: PathId
    status: Annotated[Status, Checked(_checked_status)]
    reason: Annotated[Text, Field(description="Needed for restricted and closed.")] = ""
    reported_s: ReportedAt = None
    expires_s: Annotated[Instant | None, Field(description="From then on it is unknown.")] = None
    expected_version: Version = None

    def apply(self, context: CommandContext) -> Change:
        """Replace the status."""
        context.actor.needs(*_REPORTERS)
        check_fields(self)
        if self.status in ("restricted", "closed"):
            checked_said(self.reason, "reason")
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
    keeps_rate : bool
        The report does not speak of the landing rate, so the one that is known stays.
    """

    kind: ClassVar[str] = "port.capacity"
    port_id: PathId
    places: Annotated[Places, Checked(_checked_places)]
    occupied: Annotated[Persons, Checked(_checked_occupied)] = _NOBODY
    persons_per_hour: Annotated[LandingRate | None, Field(description="Landing rate. [persons/h]")] = None
    reported_s: ReportedAt = None
    expected_version: Version = None
    keeps_rate: Annotated[bool, OUTSIDE] = False

    def apply(self, context: CommandContext) -> Change:
        """Replace the figures. They are facts: even ones below what is held are taken, and then shown as short."""
        context.actor.needs(*_REPORTERS)
        check_fields(self)
        places, occupied = self.places, self.occupied
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
    """What waits ashore. A danger is set and taken back by people only: it does not grow stale."""

    kind: ClassVar[str] = "port.reception"
    port_id: PathId
    needs_met: Annotated[Flag | None, Field(description="Shelter, food and warmth; null is not known.")] = None
    transport_arranged: Flag | None = None
    danger_ashore: Flag = False
    reason: Annotated[Text, Field(description="Needed with danger_ashore: what the danger is.")] = ""
    reported_s: ReportedAt = None
    expected_version: Version = None

    def apply(self, context: CommandContext) -> Change:
        """Replace the report."""
        context.actor.needs(Role.CONTROLLER, Role.PORT_OFFICER, Role.ADMIN)
        check_fields(self)
        if self.danger_ashore:
            checked_said(self.reason, "reason")
        reported_ms = reported_at(context, "port_reception", self.port_id, self.reported_s, self.expected_version)
        return _replace(
            context, self.port_id, "reception", needs_met=_number(self.needs_met),
            transport_arranged=_number(self.transport_arranged), danger_ashore=int(self.danger_ashore),
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
    # A closed port is not lost because its officer's clock is ahead: what is dated later is taken as of now.
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


def _number(flag: bool | None) -> int | None:
    return None if flag is None else int(flag)
