"""The body of a plan: encounters, ports with their figures, and what to take for ports that have none.

Unknown fields are refused, here as in the encounter; there is no field for who the people are.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from api.encounter import Count, EncounterIn, Finite
from api.field_errors import WrongField, field_errors
from api.position import checked_instant
from engine.errors import InvalidAsk

MOST_ENCOUNTERS = 200
MOST_PORTS = 1_000
MOST_EMPTY = 1_000

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Rate = Annotated[Finite, Field(gt=0.0, le=10_000.0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanEncounterIn(EncounterIn):
    """One encounter of a plan: the body of a decision, a name, and whether its people may be shared between ports.

    People can only be shared when other vessels take a part of them; each part is taken to go straight from the
    position at the speed of the vessel stated.
    """

    id: Name
    encounter_id: Annotated[
        Name | None,
        Field(description="Encounter of the store: what is held for it is not taken from it; accepting holds for it."),
    ] = None
    unit: Annotated[
        Name | None, Field(description="Who carries them, as the reservation and her key have it; the id if left out.")
    ] = None
    may_split: Annotated[bool, Field(strict=True)] = False
    most_parts: Annotated[int, Field(strict=True, ge=2, le=4)] = 2


class PortFiguresIn(_Strict):
    """Free places and landing rate of one port, as somebody there has stated them."""

    id: Name
    places: Count | None = None
    persons_per_hour: Rate | None = None
    queued_persons: Count = 0


class PlanIn(_Strict):
    """A joint plan, as posted to ``/v1/plans``.

    Attributes
    ----------
    time : str or None
        The clock of the plan; now when left out. Encounters without a time of their own take it.
    policy : str or None
        For encounters that name none.
    ports_without_figures : str
        ``unknown``: ports whose places nobody has stated are not used. ``unlimited``: places are no limit there.
    persons_per_hour_without_figures : float or None
        Landing rate to take where none is stated. [persons/h]
    allow_unconfirmed : bool
        Use ports that are not confirmed for a vessel; the plan then names them.
    leave_out_refused : bool
        Leave out encounters that no answer can be given for, and name them, rather than refuse the plan.
    empty_encounters : list of str
        Encounters that nobody is left in: no part of the plan, which names them.
    time_limit_s : float or None
        Longest search; None for one that fits the number of encounters (`budget`). [s of processor time]
    """

    time: Annotated[str, Field(max_length=40)] | None = None
    policy: Annotated[str, Field(max_length=64)] | None = None
    encounters: Annotated[list[PlanEncounterIn], Field(min_length=1, max_length=MOST_ENCOUNTERS)]
    ports: Annotated[list[PortFiguresIn], Field(max_length=MOST_PORTS)] = []
    ports_without_figures: Literal["unknown", "unlimited"] = "unknown"
    persons_per_hour_without_figures: Rate | None = None
    allow_unconfirmed: Annotated[bool, Field(strict=True)] = False
    leave_out_refused: Annotated[
        bool,
        Field(
            strict=True,
            description="Leave out encounters that no answer can be given for, as on land, rather than refuse the "
            "plan; they are named and counted among those without a place.",
        ),
    ] = False
    empty_encounters: Annotated[
        list[Name],
        Field(
            max_length=MOST_EMPTY,
            description="Encounters that nobody is left in, left out before: the plan names them.",
        ),
    ] = []
    time_limit_s: Annotated[Finite, Field(ge=1.0, le=60.0)] | None = None
    note: Annotated[str, Field(max_length=500)] | None = None

    @field_validator("time")
    @classmethod
    def _zoned(cls, text: str | None) -> str | None:
        return checked_instant(text)

    @model_validator(mode="after")
    def _each_once(self) -> "PlanIn":
        names = {"encounters": [row.id for row in self.encounters], "ports": [row.id for row in self.ports]}
        for what, ids in names.items():
            twice = [name for k, name in enumerate(ids) if name in ids[:k]]
            if twice:
                raise ValueError(f"{twice[0][:40]!r} comes twice among the {what}; give each a name of its own")
        return self

    @model_validator(mode="after")
    def _rate_for_all(self) -> "PlanIn":
        if self.ports_without_figures == "unlimited" and self.persons_per_hour_without_figures is None:
            raise WrongField(
                "ports_without_figures", "is unlimited without a landing rate", "give persons_per_hour_without_figures"
            )
        return self


_LONGEST_STEP = 40


def plan_from(body: object) -> PlanIn:
    """The body, checked.

    Raises
    ------
    InvalidAsk
        Naming the first field that is wrong, as ``encounters.2.persons``, and what to do.
    """
    try:
        return PlanIn.model_validate(body)
    except ValidationError as error:
        wrong = field_errors(error.errors(include_url=False, include_input=False))[0]
        if wrong.code == "WRONG_LENGTH" and isinstance(body, dict):
            if wrong.steps == ("encounters",):
                raise _not_so_many_boats(len(body["encounters"])) from None
            if wrong.steps == ("ports",):
                raise InvalidAsk(
                    "ports", f"has {len(body['ports'])} ports, more than {MOST_PORTS}.", f"Give {MOST_PORTS} or fewer."
                ) from None
        steps = [str(step)[:_LONGEST_STEP] for step in wrong.steps]
        raise InvalidAsk(".".join(steps) or "plan", wrong.problem, wrong.remedy) from None


def _not_so_many_boats(count: int) -> InvalidAsk:
    if count == 0:
        return InvalidAsk("encounters", "has no boat.", "Give at least one encounter.")
    return InvalidAsk(
        "encounters", f"has {count} boats, more than {MOST_ENCOUNTERS}.", f"Give {MOST_ENCOUNTERS} or fewer."
    )
