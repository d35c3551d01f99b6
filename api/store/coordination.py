"""Who co-ordinates an encounter: one centre offers it to another, and the other takes it or not. Each step is recorded.

Nothing changes hands by itself: until the other centre has accepted, the first one co-ordinates (IAMSAR, transfer of
responsibility between rescue co-ordination centres).
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field
from typing_extensions import TypedDict

from api.store.command_fields import Centre, Checked, NeededName, PathId, Text, check_fields
from api.store.commands import Change, CommandContext, Role
from api.store.database import Row, Transaction, insertion
from api.store.encounters import encounter_state
from api.store.errors import InvalidValue, WrongState
from api.store.record_types import ActedBy, At
from api.store.validation import Json, plain_name, signed_document


class CoordinationStep(TypedDict):
    """One step of the hand-over of an encounter between centres; until it is accepted the first one co-ordinates."""

    sequence: int
    encounter_id: str
    step: Literal["offered", "accepted", "refused", "withdrawn"]
    from_centre: str
    to_centre: str
    text: str
    by: ActedBy
    at: At


Reply = Literal["accepted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class OfferCoordination:
    """One centre asks another to co-ordinate an encounter from here on; the text is what the other has to know."""

    kind: ClassVar[str] = "coordination.offered"
    encounter_id: PathId
    from_centre: Annotated[NeededName, Field(examples=["DOVER COASTGUARD"])]
    to_centre: Centre
    text: Text = ""

    def apply(self, context: CommandContext) -> Change:
        """Record the offer; refused while another one waits for its answer."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        if plain_name(self.from_centre) == plain_name(self.to_centre):
            raise InvalidValue("to_centre", "is the centre that offers.", "Name the other one.")
        if encounter_state(context.tx, self.encounter_id) == "closed":
            raise WrongState("encounter_id", "is closed.", "There is nothing to hand over.")
        last = latest_coordination(context.tx, self.encounter_id)
        if last is not None and last["step"] == "offered":
            raise WrongState(
                "encounter_id", "is offered to a centre already.", "Wait for its answer, or withdraw the offer."
            )
        return _record(context, self.encounter_id, "offered", self.from_centre, self.to_centre, self.text)


def _checked_reply(reply: str, field: str) -> None:
    if reply not in get_args(Reply):
        raise InvalidValue(field, "is not an answer.", f"Use one of {', '.join(get_args(Reply))}.")


@dataclass(frozen=True, slots=True)
class AnswerCoordination:
    """The centre it was offered to accepts or refuses, or the one that offered withdraws it."""

    kind: ClassVar[str] = "coordination.answered"
    encounter_id: PathId
    reply: Annotated[Reply, Checked(_checked_reply)]
    centre: Centre
    text: Text = ""

    def apply(self, context: CommandContext) -> Change:
        """Record the answer to the offer that waits for one."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        encounter_state(context.tx, self.encounter_id)
        last = latest_coordination(context.tx, self.encounter_id)
        if last is None or last["step"] != "offered":
            raise WrongState("encounter_id", "has no offer that waits for an answer.", "Look at it anew.")
        answering = last["from_centre"] if self.reply == "withdrawn" else last["to_centre"]
        if plain_name(self.centre) != plain_name(answering):
            raise InvalidValue("centre", "is not the centre whose answer is waited for.", "Answer as that centre.")
        return _record(
            context, self.encounter_id, self.reply, last["from_centre"], last["to_centre"], self.text
        )  # fmt: skip


_STEP = ("sequence", "encounter_id", "step", "from_centre", "to_centre", "text")
_COLUMNS = f"{', '.join(_STEP)}, role, duty, at_ms"


def latest_coordination(tx: Transaction, encounter_id: str) -> Json | None:
    """The newest step between centres for an encounter; None where there was none."""
    found = tx.row(
        f"SELECT {_COLUMNS} FROM coordination_step WHERE encounter_id = ? ORDER BY sequence DESC LIMIT 1",  # noqa: S608
        encounter_id,
    )
    return None if found is None else _step(found)


def open_coordination(tx: Transaction) -> dict[str, Json]:
    """The newest step for each open encounter that has one."""
    found = tx.rows(
        f"SELECT {_COLUMNS} FROM coordination_step WHERE sequence IN (SELECT MAX(s.sequence) FROM coordination_step s "  # noqa: S608
        "JOIN encounter e ON e.id = s.encounter_id WHERE e.state = 'open' GROUP BY s.encounter_id)"
    )
    return {str(row[1]): _step(row) for row in found}


def coordination_documents(tx: Transaction) -> list[Json]:
    """Every step, oldest first."""
    return [_step(row) for row in tx.rows(f"SELECT {_COLUMNS} FROM coordination_step ORDER BY sequence")]  # noqa: S608


def _record(
    context: CommandContext, encounter_id: str, step: str, from_centre: str, to_centre: str, text: str
) -> Change:
    row = {
        "sequence": context.sequence, "encounter_id": encounter_id, "step": step, "from_centre": from_centre,
        "to_centre": to_centre, "text": text, **context.by, "at_ms": context.now_ms,
    }  # fmt: skip
    context.defer(*insertion("coordination_step", **row))
    return Change(encounter_id, _step(tuple(row.values())))


def _step(row: Row) -> Json:
    return signed_document(_STEP, row)
