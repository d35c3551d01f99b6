"""What a co-ordination centre directed, and what masters and controllers chose instead: recorded, never blocked."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual
from api.store.command_fields import Centre, Code, Id, Instant, Name, NeededText, PathId, Text, check_fields
from api.store.commands import Change, CommandContext, Role
from api.store.database import Row, Transaction, insertion
from api.store.encounters import encounter_state
from api.store.errors import ChangedMeanwhile, InvalidValue, WrongState
from api.store.record_types import ActedBy, At
from api.store.reservations import known_encounter
from api.store.validation import Json, checked_past, checked_said, signed_document


class DirectionDocument(TypedDict):
    """Where a co-ordination centre said these people go."""

    sequence: int
    encounter_id: str
    port_id: str | None
    place: str
    centre: str
    code: str
    text: str
    by: ActedBy
    directed_at: At


class WithdrawnDirection(TypedDict):
    """A direction that a centre took back: from then on nothing was directed until it directed anew."""

    sequence: int
    encounter_id: str
    direction: Annotated[int, Field(description="Sequence of the direction.")]
    port_id: Annotated[str | None, Field(description="Where these people had been directed.")]
    place: str
    centre: str
    text: str
    by: ActedBy
    at: At


class RuleConflict(TypedDict):
    """A hard rule that fails on the port directed."""

    rule: str
    code: str
    text: Bilingual


class RecordedOverride(TypedDict):
    """What was chosen instead of a decision, and why."""

    sequence: int
    decision_id: str
    encounter_id: str | None
    port_id: str | None
    place: str
    code: str
    text: str
    by: ActedBy
    at: At


class OverrideDocument(RecordedOverride):
    """What was chosen instead of a decision, as it was taken in."""

    decision_known: Annotated[bool, Field(description="False for a decision made aboard that nobody sent here.")]


@dataclass(frozen=True, slots=True)
class RecordDirection:
    """A rescue co-ordination centre has said where these people go. That is the answer from here on.

    A place that is not in the register is named by `place`.
    """

    kind: ClassVar[str] = "direction.recorded"
    encounter_id: PathId
    centre: Centre
    code: Annotated[Code, Field(description="Reason code of the centre.", examples=["SRR_STATE"])]
    text: Text = ""
    port_id: Id | None = None
    place: Name = ""
    directed_s: Annotated[Instant | None, Field(description="When it was said, if before now.")] = None

    def apply(self, context: CommandContext) -> Change:
        """Record it."""
        context.actor.needs(Role.CONTROLLER, Role.MASTER, Role.CREW)
        known_encounter(context.tx, self.encounter_id)
        if encounter_state(context.tx, self.encounter_id) == "closed":
            raise WrongState("encounter_id", "is closed.", "Reopen it first, if it has not ended.")
        check_fields(self)
        if self.port_id is None:
            checked_said(self.place, "place")
        elif self.place.strip():
            raise InvalidValue("place", "is given beside port_id.", "Give one of them.")
        directed_ms = now_ms = context.now_ms
        if self.directed_s is not None:
            # Of a clock a little ahead, and yet no later than now: one said after it has to hold.
            directed_ms = min(now_ms, checked_past(self.directed_s, "directed_at", now_ms))
        values = {
            "sequence": context.sequence, "encounter_id": self.encounter_id, "port_id": self.port_id,
            "place": self.place, "centre": self.centre, "code": self.code, "text": self.text, **context.by,
            "directed_ms": directed_ms,
        }  # fmt: skip
        context.defer(*insertion("direction", **values))
        return Change(self.encounter_id, _direction(tuple(values.values())))


@dataclass(frozen=True, slots=True)
class WithdrawDirection:
    """A centre takes back the direction that holds. From here on nothing is directed until it directs anew.

    The direction before it does not come back to life: it was superseded, and nobody has said it again.
    The text says why, and how the vessel was told.
    """

    kind: ClassVar[str] = "direction.withdrawn"
    encounter_id: PathId
    direction: Annotated[int, Field(ge=1, description="Its `sequence`: 412 where another one holds by now.")]
    centre: Centre
    text: NeededText

    def apply(self, context: CommandContext) -> Change:
        """Record it."""
        context.actor.needs(Role.CONTROLLER, Role.MASTER, Role.CREW)
        known_encounter(context.tx, self.encounter_id)
        check_fields(self)
        held, withdrawal = _last_direction(context.tx, self.encounter_id)
        if held is None or withdrawal is not None:
            raise WrongState("encounter_id", "has no direction to withdraw.", "Look at it anew.")
        if held["sequence"] != self.direction:
            raise ChangedMeanwhile(
                "direction", "is not the one that holds: another was given meanwhile.", "Look at it anew, then decide."
            )
        values = {
            "sequence": context.sequence, "direction": self.direction, "centre": self.centre, "text": self.text,
            **context.by, "at_ms": context.now_ms,
        }  # fmt: skip
        context.defer(*insertion("direction_withdrawal", **values))
        return Change(self.encounter_id, _withdrawal(held, tuple(values.values())))


@dataclass(frozen=True, slots=True)
class RecordOverride:
    """A master or controller chose otherwise. Never refused for what was chosen, only for what cannot be stored.

    Recorded even when no such decision is known: it may have been made aboard, without a link.
    """

    kind: ClassVar[str] = "override.recorded"
    decision_id: PathId
    code: Annotated[Code, Field(examples=["MASTER_JUDGEMENT"])]
    text: NeededText
    port_id: Id | None = None
    place: Name = ""
    encounter_id: Id | None = None

    def apply(self, context: CommandContext) -> Change:
        """Record it."""
        context.actor.needs(Role.MASTER, Role.CONTROLLER, Role.CREW)
        check_fields(self)
        values = {
            "sequence": context.sequence, "decision_id": self.decision_id, "encounter_id": self.encounter_id,
            "port_id": self.port_id, "place": self.place, "code": self.code, "text": self.text, **context.by,
            "at_ms": context.now_ms,
        }  # fmt: skip
        context.defer(*insertion("override_record", **values))
        known = context.tx.row("SELECT 1 FROM decision WHERE id = ?", self.decision_id) is not None
        return Change(self.decision_id, {**_override(tuple(values.values())), "decision_known": known})


_DIRECTION = ("sequence", "encounter_id", "port_id", "place", "centre", "code", "text")
_WITHDRAWAL = ("sequence", "direction", "centre", "text")
_OVERRIDE = ("sequence", "decision_id", "encounter_id", "port_id", "place", "code", "text")
"""Columns of their tables; those after them say who and when."""

_DIRECTIONS = f"SELECT {', '.join(_DIRECTION)}, role, duty, directed_ms FROM direction"  # noqa: S608
_OVERRIDES = f"SELECT {', '.join(_OVERRIDE)}, role, duty, at_ms FROM override_record"  # noqa: S608
_DIRECTED_MS = (
    "COALESCE((SELECT MIN(m.at_ms) FROM clock_mend m WHERE m.sequence > d.sequence AND m.at_ms < d.directed_ms), "
    "d.directed_ms)"
)
"""When it was said, and no later than the clock was mended after it: one said by a clock ahead must not stay newest."""

_BOTH = ", ".join((
    *(f"d.{name}" for name in (*_DIRECTION, "role", "duty", "directed_ms")),
    *(f"w.{name}" for name in (*_WITHDRAWAL, "role", "duty", "at_ms")),
))  # fmt: skip
_WITH_WITHDRAWALS = f"SELECT {_BOTH} FROM direction d LEFT JOIN direction_withdrawal w ON w.direction = d.sequence"  # noqa: S608


def latest_direction(tx: Transaction, encounter_id: str) -> Json | None:
    """The direction that holds for an encounter; None when none was given, and when the last one was withdrawn."""
    direction, withdrawal = _last_direction(tx, encounter_id)
    return direction if withdrawal is None else None


def latest_withdrawal(tx: Transaction, encounter_id: str) -> Json | None:
    """How the last direction of an encounter was withdrawn; None while it holds, and where none was given."""
    return _last_direction(tx, encounter_id)[1]


def _last_direction(tx: Transaction, encounter_id: str) -> tuple[Json | None, Json | None]:
    """The direction said last, and how it was withdrawn."""
    found = tx.row(
        f"{_WITH_WITHDRAWALS} WHERE d.encounter_id = ? ORDER BY {_DIRECTED_MS} DESC, d.sequence DESC LIMIT 1",
        encounter_id,
    )
    return (None, None) if found is None else _direction_and_withdrawal(found)


def open_directions(tx: Transaction) -> dict[str, Json]:
    """The direction that holds for each open encounter that has one."""
    found = tx.rows(
        f"{_WITH_WITHDRAWALS} JOIN encounter e ON e.id = d.encounter_id WHERE e.state = 'open' "
        f"ORDER BY {_DIRECTED_MS}, d.sequence"
    )
    newest = {str(row[1]): _direction_and_withdrawal(row) for row in found}
    return {encounter_id: direction for encounter_id, (direction, withdrawal) in newest.items() if withdrawal is None}


def withdrawal_documents(tx: Transaction, since_ms: int = 0) -> list[Json]:
    """Every direction that was withdrawn from a time on, the first withdrawn first."""
    found = tx.rows(f"{_WITH_WITHDRAWALS} WHERE w.at_ms >= ? ORDER BY w.sequence", since_ms)
    return [withdrawal for row in found if (withdrawal := _direction_and_withdrawal(row)[1]) is not None]


def direction_documents(tx: Transaction) -> list[Json]:
    """Every direction, oldest first."""
    return [_direction(row) for row in tx.rows(f"{_DIRECTIONS} ORDER BY sequence")]


def overrides_of(tx: Transaction, decision_id: str) -> list[Json]:
    """Every override of a decision, oldest first."""
    found = tx.rows(f"{_OVERRIDES} WHERE decision_id = ? ORDER BY sequence", decision_id)
    return [_override(row) for row in found]


def override_documents(tx: Transaction, since_ms: int = 0) -> list[Json]:
    """Every override from a time on, oldest first."""
    return [_override(row) for row in tx.rows(f"{_OVERRIDES} WHERE at_ms >= ? ORDER BY sequence", since_ms)]


def standing_of(direction: Json, decision: Json) -> Json:
    """How a direction and the engine's view of the same encounter stand to each other.

    Parameters
    ----------
    direction : dict
        Of `latest_direction`.
    decision : dict
        A decision document.

    Returns
    -------
    dict
        ``codes`` to show: ``RCC_DIRECTED`` when the engine has nothing against it, and ``RCC_PORT_CONFLICT`` when a
        hard rule fails on the port directed, with the findings. The direction stays the answer either way.
    """
    judged = {port["port"]["id"]: port for port in (*decision["candidates"], *decision["excluded"])}
    candidate = judged.get(direction["port_id"])
    conflicts = [
        {"rule": finding["rule"], "code": finding["code"], "text": finding["text"]}
        for finding in (candidate or {"findings": []})["findings"]
        if finding["class"] == "hard" and finding["verdict"] == "fail"
    ]
    return {
        "codes": ["RCC_DIRECTED", *(["RCC_PORT_CONFLICT"] if conflicts else [])],
        "direction": direction,
        "conflicts": conflicts,
        "judged": candidate is not None,
        "engine_view": "for information",
    }


def _direction(row: Row) -> Json:
    return signed_document(_DIRECTION, row, "directed_at")


def _direction_and_withdrawal(row: Row) -> tuple[Json, Json | None]:
    count = len(_DIRECTION) + 3
    direction = _direction(row[:count])
    return direction, None if row[count] is None else _withdrawal(direction, row[count:])


def _withdrawal(direction: Json, row: Row) -> Json:
    place = {name: direction[name] for name in ("encounter_id", "port_id", "place")}
    return {**signed_document(_WITHDRAWAL, row), **place}


def _override(row: Row) -> Json:
    return signed_document(_OVERRIDE, row)
