"""Exclusion zones: waters that somebody has closed for a time, which routes of decisions for now keep out of.

A zone is drawn, edited and ended; it is never deleted. Each step is a command with its audit row, and an edit made from
an outdated version is refused, so that nobody's change is lost.
"""

from dataclasses import dataclass, field
from math import cos, radians
from typing import Annotated, ClassVar, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from api.documents.geometry import LonLat
from api.store.command_fields import OUTSIDE, Instant, LookedUpId, NeededName, NeededText, check_fields
from api.store.commands import Change, CommandContext, Role
from api.store.database import Row, Transaction
from api.store.errors import ChangedMeanwhile, InvalidValue, NotFound, StoreUnavailable, WrongState
from api.store.record_types import ActedBy, At
from api.store.validation import Json, canonical, checked_number, milliseconds, plain_name, written_time


class PolygonDocument(TypedDict):
    """An area of one ring, closed (RFC 7946)."""

    type: Literal["Polygon"]
    coordinates: list[list[LonLat]]


class EndedZone(TypedDict):
    """When a zone was ended by somebody, and why."""

    at: At
    reason: str
    by: ActedBy


class ZoneDocument(TypedDict):
    """Waters that are closed for a time."""

    zone_id: str
    made: Annotated[int, Field(description="Number of the audit row that drew it.")]
    name: str
    reason: str
    outline: PolygonDocument
    from_at: Annotated[str | None, Field(description="Null: from when it was drawn.")]
    to_at: Annotated[str | None, Field(description="Null: until somebody ends it.")]
    by: ActedBy
    drawn_at: At
    version: Annotated[int, Field(description="For If-Match.")]
    ended: EndedZone | None


class StandingZone(ZoneDocument):
    """A zone that is in force or to come."""

    in_force: bool


class ZonesDocument(TypedDict):
    """Every zone that is in force or to come."""

    at: At
    zones: list[StandingZone]


LARGEST_KM2 = 5_000.0
"""[A] A zone larger than this is taken for a slip of the hand. [km2]"""

MOST_POSITIONS = 200
MOST_ZONES = 50
"""Zones that have not ended: each time they change, the water is triangulated anew without them."""

_KM_A_DEGREE = 111.2

Outline = tuple[tuple[float, float], ...]
"""Corners in order, longitude and latitude, WGS 84; the last joins the first and does not repeat it. [deg]"""


@dataclass(frozen=True, slots=True)
class _ZoneSaid:
    """What is said of a zone, whether it is drawn or said anew."""

    name: Annotated[NeededName, Field(description="Unlike that of any other zone that has not ended.")]
    reason: NeededText
    outline: Outline
    from_s: Annotated[Instant | None, Field(description="In force from then on; at once if left out.")] = None
    to_s: Annotated[
        Instant | None, Field(description="In force until then; until it is ended if left out.")
    ] = None  # fmt: skip

    def write(self, context: CommandContext, zone_id: str) -> Change:
        """Keep it under an id, over what was said before; when it was made stays."""
        outline, from_ms, to_ms = self._checked(context, zone_id)
        actor = context.actor
        context.tx.run(
            f"INSERT INTO exclusion_zone (made, {_SAID}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
            f"ON CONFLICT (id) DO UPDATE SET {_SAID_ANEW}",
            context.sequence, zone_id, self.name.strip(), self.reason, outline, from_ms, to_ms, actor.role.value,
            actor.duty, context.now_ms, context.sequence,
        )  # fmt: skip
        return Change(zone_id, zone_document(context.tx, zone_id))

    def _checked(self, context: CommandContext, zone_id: str) -> tuple[str, int | None, int | None]:
        """Outline as it is stored, and the times from and to, all known to be right. [ms]"""
        check_fields(self)
        outline = checked_outline(self.outline)
        from_ms = None if self.from_s is None else milliseconds(self.from_s, "from_at")
        to_ms = None if self.to_s is None else milliseconds(self.to_s, "to_at")
        if to_ms is not None and to_ms <= max(context.now_ms, from_ms or 0):
            remedy = "Give a later time, or leave it out."
            raise InvalidValue("to_at", "is not after now and after its beginning.", remedy)
        for other_id, other in context.tx.rows("SELECT id, name FROM exclusion_zone WHERE ended_ms IS NULL"):
            if other_id != zone_id and is_same_name(other, self.name):
                raise WrongState("name", "is that of another zone.", "Choose another name, or edit that zone.")
        return canonical(outline).decode(), from_ms, to_ms


@dataclass(frozen=True, slots=True)
class DrawZone(_ZoneSaid):
    """Close a water."""

    kind: ClassVar[str] = "zone.drawn"

    def apply(self, context: CommandContext) -> Change:
        """Keep it."""
        context.actor.needs(Role.CONTROLLER)
        open_count = context.tx.row("SELECT COUNT(*) FROM exclusion_zone WHERE ended_ms IS NULL")
        if open_count is not None and open_count[0] >= MOST_ZONES:
            raise WrongState("zones", f"are {MOST_ZONES} already.", "End those that are over.")
        return self.write(context, context.new_id("z"))


@dataclass(frozen=True, slots=True)
class EditZone(_ZoneSaid):
    """Say anew what a zone is.

    Attributes
    ----------
    expected_version : int or None
        Refuse when it was changed since this version was read.
    """

    kind: ClassVar[str] = "zone.edited"
    zone_id: LookedUpId = field(kw_only=True)
    expected_version: Annotated[int | None, OUTSIDE] = field(default=None, kw_only=True)

    def apply(self, context: CommandContext) -> Change:
        """Replace all that was said of it."""
        context.actor.needs(Role.CONTROLLER)
        _refuse_other_version(context.tx, self.zone_id, self.expected_version)
        return self.write(context, self.zone_id)


@dataclass(frozen=True, slots=True)
class EndZone:
    """Open the water again; the zone stays on record.

    Attributes
    ----------
    expected_version : int or None
        Refuse when it was changed since this version was read.
    """

    kind: ClassVar[str] = "zone.ended"
    zone_id: LookedUpId
    reason: NeededText
    expected_version: Annotated[int | None, OUTSIDE] = None

    def apply(self, context: CommandContext) -> Change:
        """End it, with the reason."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        _refuse_other_version(context.tx, self.zone_id, self.expected_version)
        context.tx.run(
            "UPDATE exclusion_zone SET ended_ms = ?, ended_reason = ?, ended_role = ?, ended_duty = ?, version = ? "
            "WHERE id = ?",
            context.now_ms, self.reason, context.actor.role.value, context.actor.duty, context.sequence, self.zone_id,
        )  # fmt: skip
        return Change(self.zone_id, zone_document(context.tx, self.zone_id))


_SAID = "id, name, reason, outline, from_ms, to_ms, role, duty, drawn_ms, version"
"""What is written anew whenever somebody says what a zone is."""

_SAID_ANEW = ", ".join(f"{name} = excluded.{name}" for name in _SAID.split(", ")[1:])
_COLUMNS = (
    "id, made, name, reason, outline, from_ms, to_ms, role, duty, drawn_ms, ended_ms, ended_reason, ended_role, "
    "ended_duty, version"
)


def zone_document(tx: Transaction, zone_id: str) -> Json:
    """A zone.

    Raises
    ------
    NotFound
    StoreUnavailable
        Its row is damaged.
    """
    found = tx.row(f"SELECT {_COLUMNS} FROM exclusion_zone WHERE id = ?", zone_id)  # noqa: S608
    if found is None:
        raise NotFound("zone_id", "names no zone.", "Look at the list anew.")
    return _document(found)


def zone_ids(tx: Transaction) -> list[str]:
    """Every zone there ever was, oldest first."""
    return [str(row[0]) for row in tx.rows("SELECT id FROM exclusion_zone ORDER BY made")]


def standing_zones(tx: Transaction, now_ms: int) -> list[Json]:
    """Zones in force and those to come, oldest first, each with whether it is ``in_force``.

    Parameters
    ----------
    tx : Transaction
    now_ms : int
        Recorded time. [ms]
    """
    return [
        {**_document(row), "in_force": row[5] is None or row[5] <= now_ms}
        for row in tx.rows(f"SELECT {_COLUMNS} FROM exclusion_zone WHERE {_STANDING} ORDER BY made", now_ms)  # noqa: S608
    ]


def snapshot_zones(tx: Transaction, now_ms: int) -> list[Json]:
    """What a decision has to know of the zones in force and those to come.

    Parameters
    ----------
    tx : Transaction
    now_ms : int
        Recorded time. [ms]
    """
    return [
        {"zone_id": row[0], "name": row[1], "outline": _ring(row[2]), "from_ms": row[3], "to_ms": row[4],
         "version": row[5]}
        for row in tx.rows(
            f"SELECT id, name, outline, from_ms, to_ms, version FROM exclusion_zone WHERE {_STANDING} ORDER BY made",  # noqa: S608
            now_ms,
        )
    ]  # fmt: skip


def next_zone_end(tx: Transaction, now_ms: int) -> int | None:
    """When the next zone ends by itself; None where none does. [ms]"""
    found = tx.row("SELECT MIN(to_ms) FROM exclusion_zone WHERE ended_ms IS NULL AND to_ms > ?", now_ms)
    return None if found is None or found[0] is None else int(found[0])


_STANDING = "ended_ms IS NULL AND (to_ms IS NULL OR to_ms > ?)"


def _document(row: Row) -> Json:
    zone_id, made, name, reason, outline, from_ms, to_ms, role, duty, drawn_ms, *ended, version = row
    ring = _ring(outline)
    ended_ms, ended_reason, ended_role, ended_duty = ended
    return {
        "zone_id": zone_id, "made": made, "name": name, "reason": reason,
        "outline": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "from_at": written_time(from_ms), "to_at": written_time(to_ms), "by": {"role": role, "duty": duty},
        "drawn_at": written_time(drawn_ms), "version": version,
        # Any of them that stands without the others is damage, and shows.
        "ended": None if ended == [None] * 4 else {
            "at": written_time(ended_ms), "reason": ended_reason, "by": {"role": ended_role, "duty": ended_duty},
        },
    }  # fmt: skip


def _ring(stored: str) -> list[list[float]]:
    try:
        ring: list[list[float]] = orjson.loads(stored)
    except orjson.JSONDecodeError:
        raise StoreUnavailable("store", "holds a damaged exclusion zone.", "Run 'safeport db check'.") from None
    return ring


def _refuse_other_version(tx: Transaction, zone_id: str, expected_version: int | None) -> None:
    """Refuse a zone that is not there, has ended, or is not as it was read."""
    zone = zone_document(tx, zone_id)
    if expected_version is not None and expected_version != zone["version"]:
        raise ChangedMeanwhile("zone_id", "was changed by somebody else meanwhile.", "Look at it anew, then decide.")
    if zone["ended"] is not None:
        raise WrongState("zone_id", "names a zone that has ended.", "Draw another one.")


def checked_outline(corners: Outline) -> Outline:
    """Corners of an area that is one: it does not cross itself, and is no larger than `LARGEST_KM2`.

    Raises
    ------
    InvalidValue
    """
    # Imported late: what else uses the store does without.
    import shapely
    from shapely.validation import explain_validity

    if not isinstance(corners, tuple | list) or not 3 <= len(corners) <= MOST_POSITIONS:
        raise InvalidValue("outline", f"does not have 3 to {MOST_POSITIONS} corners.", "Draw it as a closed polygon.")
    known = tuple(
        (checked_number(lon, "outline", -180.0, 180.0), checked_number(lat, "outline", -90.0, 90.0))
        for lon, lat in corners
    )
    area = shapely.Polygon(known)
    if not area.is_valid or area.area == 0.0:
        kind = explain_validity(area).partition("[")[0].lower()
        raise InvalidValue("outline", f"is no area ({kind}).", "Draw it so that no side crosses another.")
    middle = cos(radians(area.centroid.y))
    size_km2 = area.area * _KM_A_DEGREE**2 * middle
    if size_km2 > LARGEST_KM2:
        problem = f"has {size_km2:,.0f} km2, more than {LARGEST_KM2:,.0f}."
        raise InvalidValue("outline", problem, "Check the positions, or draw what is closed only.")
    return known


def is_same_name(name: str, other: str) -> bool:
    """Whether two names differ in nothing but what people write differently: capitals and spaces."""
    return plain_name(name) == plain_name(other)
