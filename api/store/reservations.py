"""Places held ashore for people still at sea.

What is held is never kept as a number of its own: it is the sum over live reservations, taken inside the transaction
that adds one. So it cannot disagree with them, and a hold stops counting the moment it expires, sweeper or not.

A hold expires; a confirmed reservation does not, because people are on their way to a port that said yes. It is shown
as overdue instead, until somebody lands or releases it.
"""

from dataclasses import asdict, dataclass, fields, replace
from operator import attrgetter
from typing import Annotated, ClassVar, Literal, NamedTuple, NotRequired, cast

from pydantic import Field
from typing_extensions import TypedDict

from api.store.command_fields import (
    Checked,
    Code,
    Id,
    Instant,
    LookedUpId,
    NeededName,
    NeededText,
    Number,
    Persons,
    Text,
    check_fields,
    checked_persons,
)
from api.store.commands import Change, CommandContext, Role
from api.store.database import Transaction, insertion, update
from api.store.encounters import encounter_state
from api.store.errors import HoldExpired, InvalidValue, NoPlaces, NotFound, WrongState
from api.store.record_types import ActedBy, At, PersonsByNeed, PlacesLeft
from api.store.validation import Json, checked_id, milliseconds, written_time

ReservationState = Literal["held", "confirmed", "expired", "released", "landed"]


class ReasonDocument(TypedDict):
    """A code and a text."""

    code: str
    text: str


class ReservationDocument(TypedDict):
    """Places held ashore for people aboard a vessel."""

    reservation_id: str
    port_id: str
    encounter_id: str | None
    vessel: str
    persons: PersonsByNeed
    landed: PersonsByNeed
    state: ReservationState
    eta_at: At
    expires_at: At
    made_at: At
    by: ActedBy
    override: ReasonDocument | None
    split_from: str | None
    version: int


class StandingReservation(ReservationDocument):
    """A reservation as it stands now."""

    overdue: Annotated[bool, Field(description="Confirmed, and its time has passed: somebody should ask.")]


class StandingReservations(TypedDict):
    """Every reservation that counts now, oldest first."""

    reservations: list[StandingReservation]


# What a keyword of the language would not let stand in a class.
_Origin = TypedDict(
    "_Origin",
    {"from": NotRequired[Annotated[ReservationDocument, Field(description="After a split: the one it came from.")]]},
)


class ReservationChange(_Origin):
    """A reservation after a change, and the places left at its port."""

    reservation: ReservationDocument
    places_left: PlacesLeft
    from_vessel: NotRequired[
        Annotated[str | None, Field(description="After a transfer of everybody: the vessel whose places they were.")]
    ]


HOLD_AFTER_ETA_S = 1_800.0
"""[A] How long past its estimated arrival a hold lasts, unless said otherwise. [s]"""

LONGEST_HOLD_S = 48 * 3_600.0
"""[A] [s]"""

_HOLDERS = (Role.CONTROLLER, Role.MASTER, Role.CREW, Role.ADMIN)
_KINDS = ("total", "families", "medical")

_KEPT = "state IN ('held', 'confirmed')"
"""Word for word the condition of the index `reservation_live`: SQLite uses it for no other way of saying the same."""

LIVE = f"{_KEPT} AND (state = 'confirmed' OR expires_ms > ?)"
"""SQL: still counts at a time."""

_REMAINING = ", ".join(
    f"CAST(COALESCE(SUM(CASE WHEN {asked} > {landed} THEN {asked} - {landed} ELSE 0 END), 0) AS BIGINT)"
    for asked, landed in (("persons", "landed"), ("families", "landed_families"), ("medical", "landed_medical"))
)


class Override(NamedTuple):
    """Why a controller holds places that are not there."""

    code: Annotated[Code, Field(examples=["DUTY_TO_LIFE"])]
    text: NeededText


Somebody = Annotated[Persons, Checked(checked_persons)]
HoldSeconds = Annotated[
    Number, Field(ge=0.0, le=LONGEST_HOLD_S, description="How long past its arrival a hold lasts. [s]")
]


@dataclass(slots=True)
class Reservation:
    """A row of its table, open to change within a command."""

    id: str
    made: int
    port_id: str
    encounter_id: str | None
    vessel: str
    persons: int
    families: int
    medical: int
    landed: int
    landed_families: int
    landed_medical: int
    state: str
    eta_ms: int
    expires_ms: int
    made_ms: int
    role: str
    duty: str
    override_code: str | None
    override_text: str | None
    split_from: str | None
    version: int

    def state_at(self, now_ms: int) -> str:
        """State, an unswept hold whose time ran out being expired."""
        return "expired" if self.state == "held" and self.expires_ms <= now_ms else self.state

    @property
    def remaining(self) -> Persons:
        """Who has not landed yet."""
        total = max(0, self.persons - self.landed)
        families = min(total, max(0, self.families - self.landed_families))
        medical = min(total - families, max(0, self.medical - self.landed_medical))
        return Persons(total, families, medical)

    def document(self) -> ReservationDocument:
        """For people and programs."""
        override = None if self.override_code is None else {"code": self.override_code, "text": self.override_text}
        return cast(ReservationDocument, {
            **dict(zip(_AS_THEY_ARE, _as_they_are(self), strict=True)),
            **dict(zip(_TIMES, map(written_time, _times(self)), strict=True)),
            "reservation_id": self.id, "by": {"role": self.role, "duty": self.duty}, "override": override,
            "persons": {"total": self.persons, "families": self.families, "medical": self.medical},
            "landed": {"total": self.landed, "families": self.landed_families, "medical": self.landed_medical},
        })  # fmt: skip


_ATTRIBUTES = tuple(field.name for field in fields(Reservation))
_AS_THEY_ARE = tuple(
    name for name in _ATTRIBUTES if name in ReservationDocument.__annotations__ and name not in ("persons", "landed")
)
"""Attributes that a document has under their own names."""

_TIMES = tuple(name for name in ReservationDocument.__annotations__ if name.endswith("_at"))
_as_they_are = attrgetter(*_AS_THEY_ARE)
_times = attrgetter(*(f"{name.removesuffix('_at')}_ms" for name in _TIMES))

COLUMNS = ", ".join(_ATTRIBUTES)
"""Of its table, in the order of its attributes."""

_CHANGING = (
    "vessel", "persons", "families", "medical", "landed", "landed_families", "landed_medical", "state", "eta_ms",
    "expires_ms", "version",
)  # fmt: skip
"""What commands change of one that is there."""


def places_left(tx: Transaction, port_id: str, now_ms: int) -> tuple[int | None, int | None, int | None]:
    """Places neither occupied nor held, by kind; None where none were reported; negative where a port is short."""
    capacity = tx.row(
        "SELECT total, families, medical, occupied, occupied_families, occupied_medical FROM port_capacity "
        "WHERE port_id = ?",
        port_id,
    )
    if capacity is None:
        return None, None, None
    held = persons_held(tx, port_id, now_ms)
    total, families, medical = (
        None if places is None else places - occupied - kept
        for places, occupied, kept in zip(capacity[:3], capacity[3:], held, strict=True)
    )
    return total, families, medical


def persons_held(tx: Transaction, port_id: str, now_ms: int) -> Persons:
    """Sum of live reservations at a port, less who has landed."""
    found = tx.row(f"SELECT {_REMAINING} FROM reservation WHERE port_id = ? AND {LIVE}", port_id, now_ms)  # noqa: S608
    return Persons(*found) if found else Persons(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold places at a port for people aboard a vessel.

    With an override, which a controller gives, they are held even where there are too few, and everybody sees why.
    """

    kind: ClassVar[str] = "reservation.held"
    port_id: Id
    vessel: NeededName
    persons: Somebody
    eta_s: Instant
    encounter_id: Id | None = None
    hold_s: HoldSeconds = HOLD_AFTER_ETA_S
    override: Annotated[Override | None, Checked(check_fields)] = None

    def apply(self, context: CommandContext) -> Change:
        """Add it, if there is room."""
        context.actor.needs(*_HOLDERS)
        if self.override is not None:
            context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        eta_ms = milliseconds(self.eta_s, "eta_at")
        expires_ms = _expiry(context, eta_ms, self.hold_s)
        if self.encounter_id is not None:
            known_encounter(context.tx, self.encounter_id)
            if encounter_state(context.tx, self.encounter_id) == "closed":
                raise WrongState("encounter_id", "is closed.", "Reopen it first, if it has not ended.")
        lacking = _lacking(places_left(context.tx, self.port_id, context.now_ms), self.persons)
        if lacking is not None and self.override is None:
            raise lacking
        # An override that was not needed does not make the reservation look like one.
        override = self.override if lacking is not None else None
        made = Reservation(
            id=context.new_id("r"), made=context.sequence, port_id=self.port_id, encounter_id=self.encounter_id,
            vessel=self.vessel, persons=self.persons.total, families=self.persons.families,
            medical=self.persons.medical, landed=0, landed_families=0, landed_medical=0, state="held", eta_ms=eta_ms,
            expires_ms=expires_ms, made_ms=context.now_ms, **context.by,
            override_code=None if override is None else override.code,
            override_text=None if override is None else override.text, split_from=None, version=context.sequence,
        )  # fmt: skip
        context.tx.run(*insertion("reservation", **asdict(made)))
        return _change(context, made)


@dataclass(frozen=True, slots=True)
class Confirm:
    """The port agrees: from here on the reservation no longer expires."""

    kind: ClassVar[str] = "reservation.confirmed"
    reservation_id: LookedUpId

    def apply(self, context: CommandContext) -> Change:
        """Confirm a hold that has not expired."""
        context.actor.needs(Role.CONTROLLER, Role.PORT_OFFICER, Role.ADMIN)
        kept = _in_state(context, self.reservation_id, "held")
        kept.state = "confirmed"
        return _stored(context, kept)


@dataclass(frozen=True, slots=True)
class Extend:
    """A later arrival."""

    kind: ClassVar[str] = "reservation.extended"
    reservation_id: LookedUpId
    eta_s: Instant
    hold_s: HoldSeconds = HOLD_AFTER_ETA_S

    def apply(self, context: CommandContext) -> Change:
        """Move arrival and expiry; the expiry never comes closer."""
        context.actor.needs(*_HOLDERS)
        check_fields(self)
        kept = _in_state(context, self.reservation_id, "held", "confirmed")
        eta_ms = milliseconds(self.eta_s, "eta_at")
        expires_ms = _expiry(context, eta_ms, self.hold_s)
        if expires_ms < kept.expires_ms:
            raise InvalidValue("eta_at", "ends the hold earlier than it ends now.", "Release it instead.")
        kept.eta_ms, kept.expires_ms = eta_ms, expires_ms
        return _stored(context, kept)


@dataclass(frozen=True, slots=True)
class Release:
    """Give the places back."""

    kind: ClassVar[str] = "reservation.released"
    reservation_id: LookedUpId
    reason: Text = ""

    def apply(self, context: CommandContext) -> Change:
        """Release what is held, confirmed or expired."""
        context.actor.needs(*_HOLDERS, Role.PORT_OFFICER)
        check_fields(self)
        kept = _reservation(context.tx, self.reservation_id)
        if kept.state in ("released", "landed"):
            raise WrongState("reservation_id", f"is {kept.state} already.", "Nothing is held any more.")
        kept.state = "released"
        return _stored(context, kept)


@dataclass(frozen=True, slots=True)
class Land:
    """People of a reservation have come ashore: they move from held to occupied, some of them or all.

    More may land than were expected, and on a hold that has expired: people on a quay are not refused.
    """

    kind: ClassVar[str] = "reservation.landed"
    reservation_id: LookedUpId
    persons: Somebody

    def apply(self, context: CommandContext) -> Change:
        """Count them as occupying their places."""
        context.actor.needs(*_HOLDERS, Role.PORT_OFFICER)
        check_fields(self)
        kept = _reservation(context.tx, self.reservation_id)
        if kept.state in ("released", "landed"):
            raise WrongState("reservation_id", f"is {kept.state} already.", "Report the port's occupied places.")
        kept.landed += self.persons.total
        kept.landed_families += self.persons.families
        kept.landed_medical += self.persons.medical
        if kept.landed >= kept.persons:
            kept.state = "landed"
        elif kept.state_at(context.now_ms) == "expired":
            # Its places may have been given away: those still at sea need a new hold.
            kept.state = "expired"
        context.tx.run(
            "UPDATE port_capacity SET occupied = occupied + ?, occupied_families = occupied_families + ?, "
            "occupied_medical = occupied_medical + ?, landed_ms = ?, version = ? WHERE port_id = ?",
            *self.persons, context.now_ms, context.sequence, kept.port_id,
        )  # fmt: skip
        return _stored(context, kept)


@dataclass(frozen=True, slots=True)
class Transfer:
    """People go over to another vessel at sea, and their places with them; fewer than all as one of their own."""

    kind: ClassVar[str] = "reservation.transferred"
    reservation_id: LookedUpId
    to_vessel: NeededName
    persons: Annotated[Somebody | None, Field(description="Null: everybody who has not landed.")] = None
    eta_s: Annotated[Instant | None, Field(description="Arrival of the other vessel; null: unchanged.")] = None

    def apply(self, context: CommandContext) -> Change:
        """Move places from one vessel to another; their number stays the same."""
        context.actor.needs(*_HOLDERS)
        check_fields(self)
        kept = _in_state(context, self.reservation_id, "held", "confirmed")
        remaining = kept.remaining
        moved = remaining if self.persons is None else self.persons
        checked_persons(moved, "persons")
        if any(part > left for part, left in zip(moved, remaining, strict=True)):
            raise InvalidValue("persons", "are more than this reservation still has at sea.", "Check the count.")
        eta_ms, expires_ms = kept.eta_ms, kept.expires_ms
        if self.eta_s is not None:
            eta_ms = milliseconds(self.eta_s, "eta_at")
            expires_ms = max(_expiry(context, eta_ms, HOLD_AFTER_ETA_S), kept.expires_ms)
        if moved == remaining and kept.landed == 0:
            gave = kept.vessel
            kept.vessel, kept.eta_ms, kept.expires_ms = self.to_vessel, eta_ms, expires_ms
            change = _stored(context, kept)
            # The record names the other vessel from here on; the one that had the places must hear of it.
            return change._replace(document={**change.document, "from_vessel": gave})
        if moved.total < remaining.total and remaining.total - moved.total < (
            remaining.families - moved.families + remaining.medical - moved.medical
        ):
            raise InvalidValue(
                "persons", "leaves more with needs than people behind.", "Say who goes: families, medical."
            )
        kept.persons -= moved.total
        kept.families -= moved.families
        kept.medical -= moved.medical
        if kept.remaining.total == 0:
            kept.state = "landed"
        kept.version = context.sequence
        _update(context.tx, kept)
        split = replace(
            kept, id=context.new_id("r"), made=context.sequence, vessel=self.to_vessel, persons=moved.total,
            families=moved.families, medical=moved.medical, landed=0, landed_families=0, landed_medical=0,
            state="held" if kept.state == "held" else "confirmed", eta_ms=eta_ms, expires_ms=expires_ms,
            made_ms=context.now_ms, role=context.actor.role.value, duty=context.actor.duty, split_from=kept.id,
        )  # fmt: skip
        context.tx.run(*insertion("reservation", **asdict(split)))
        return _change(context, split, kept)


@dataclass(frozen=True, slots=True)
class ExpireHold:
    """Mark the hold that ran out first, if any. Nothing depends on it: it stopped counting by itself.

    One at a time, so that whose it was hears of it, and of no other.
    """

    kind: ClassVar[str] = "reservation.expired"

    def apply(self, context: CommandContext) -> Change:
        """Mark it, so that listeners hear of it."""
        found = context.tx.row(
            f"SELECT {COLUMNS} FROM reservation WHERE {_KEPT} AND state = 'held' AND expires_ms <= ? "  # noqa: S608
            "ORDER BY expires_ms, made LIMIT 1",
            context.now_ms,
        )
        if found is None:
            return Change("holds", {"reservations": []}, changed=False)
        expired = Reservation(*found)
        expired.state, expired.version = "expired", context.sequence
        _update(context.tx, expired)
        return Change(expired.id, {"reservations": [expired.document()]})


def reservation_document(tx: Transaction, reservation_id: str, now_ms: int) -> StandingReservation:
    """One reservation as it stands at a time.

    Raises
    ------
    NotFound
    """
    return _standing(_reservation(tx, reservation_id), now_ms)


def live_reservations(tx: Transaction, now_ms: int) -> list[StandingReservation]:
    """Everything that counts at a time, oldest first."""
    found = tx.rows(f"SELECT {COLUMNS} FROM reservation WHERE {LIVE} ORDER BY made", now_ms)  # noqa: S608
    return [_standing(Reservation(*row), now_ms) for row in found]


def known_encounter(tx: Transaction, encounter_id: str) -> None:
    """Refuse an encounter nobody reported.

    Raises
    ------
    NotFound
    """
    checked_id(encounter_id, "encounter_id")
    if tx.row("SELECT 1 FROM encounter WHERE id = ?", encounter_id) is None:
        raise NotFound("encounter_id", "names no encounter.", "Report it first.")


def _standing(kept: Reservation, now_ms: int) -> StandingReservation:
    overdue = kept.state == "confirmed" and kept.expires_ms <= now_ms
    return {**kept.document(), "state": cast(ReservationState, kept.state_at(now_ms)), "overdue": overdue}


def _lacking(left: tuple[int | None, int | None, int | None], persons: Persons) -> NoPlaces | None:
    for kind, places, wanted in zip(_KINDS, left, persons, strict=True):
        if wanted == 0:
            continue
        if places is None:
            return NoPlaces(f"persons.{kind}", "need places, and the port has reported none of that kind.",
                            "Ask the port, or a controller may override with a reason.")  # fmt: skip
        if places < wanted:
            return NoPlaces(f"persons.{kind}", f"need {wanted} places, {max(0, places)} are left.",
                            "Choose another port, split, or a controller may override with a reason.")  # fmt: skip
    return None


def _expiry(context: CommandContext, eta_ms: int, hold_s: float) -> int:
    expires_ms = eta_ms + milliseconds(hold_s, "hold_s")
    if expires_ms <= context.now_ms:
        raise InvalidValue(
            "eta_at", "lies so far back that the hold would have ended.", "Give the arrival expected now."
        )
    if expires_ms > context.now_ms + LONGEST_HOLD_S * 1000.0:
        raise InvalidValue("eta_at", f"is more than {LONGEST_HOLD_S / 3600:.0f} hours away.", "Hold later.")
    return expires_ms


def _reservation(tx: Transaction, reservation_id: str) -> Reservation:
    checked_id(reservation_id, "reservation_id")
    found = tx.row(f"SELECT {COLUMNS} FROM reservation WHERE id = ?", reservation_id)  # noqa: S608
    if found is None:
        raise NotFound("reservation_id", "names no reservation.", "See the list of reservations.")
    return Reservation(*found)


def _in_state(context: CommandContext, reservation_id: str, *states: str) -> Reservation:
    kept = _reservation(context.tx, reservation_id)
    state = kept.state_at(context.now_ms)
    if state == "expired":
        raise HoldExpired("reservation_id", "ran out of time.", "Hold places anew.")
    if state not in states:
        raise WrongState("reservation_id", f"is {state}.", f"This takes one that is {' or '.join(states)}.")
    return kept


def _update(tx: Transaction, kept: Reservation) -> None:
    tx.run(*update("reservation", kept.id, **{name: getattr(kept, name) for name in _CHANGING}))


def _stored(context: CommandContext, kept: Reservation) -> Change:
    kept.version = context.sequence
    _update(context.tx, kept)
    return _change(context, kept)


def _change(context: CommandContext, kept: Reservation, other: Reservation | None = None) -> Change:
    document: Json = {"reservation": kept.document(), "places_left": _left(context, kept.port_id)}
    if other is not None:
        document["from"] = other.document()
    return Change(kept.id, document)


def _left(context: CommandContext, port_id: str) -> PlacesLeft:
    return cast(PlacesLeft, dict(zip(_KINDS, places_left(context.tx, port_id, context.now_ms), strict=True)))
