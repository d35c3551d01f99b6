"""What the page may send to the terminal, and nothing else."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.encounter import Count, PersonsIn, PointIn, VesselIn
from api.field_errors import WrongField
from api.position import MAX_POSITION_CHARS

PositionText = Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)]
Flag = Annotated[bool, Field(strict=True)]
Lang = Literal["en", "fr", "both"]
Medical = Literal["none", "urgent", "critical"]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="Of the decision, as NEAREST answered it.")]
Instant = Annotated[str, Field(max_length=40, description="RFC 3339 with a zone.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PersonsAboardIn(_Body):
    """How many people, and how they are; an empty body is nobody known."""

    min: Count | None = None
    max: Count | None = None
    recovered: Count | None = None
    in_water: Flag | None = None
    aboard_since: Instant | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> "PersonsAboardIn":
        if (self.min is None) != (self.max is None):
            raise ValueError("min and max go together; give both")
        if self.min is not None and self.max is not None:
            PersonsIn(min=self.min, max=self.max)
            if self.recovered is not None and self.recovered > self.max:
                raise WrongField("recovered", "is more than max", "raise max to those aboard")
        return self


class MedicalIn(_Body):
    """How the worst off of the people are."""

    medical: Annotated[Medical | None, Field(description="null: nobody has said; none is something else.")]


class OwnVesselIn(_Body):
    """Own ship: what she is called, and what she is."""

    name: Annotated[str, Field(max_length=60)] | None = None
    profile: VesselIn


class PositionIn(_Body):
    """A position as people write it."""

    text: PositionText


class NearestIn(_Body):
    """One touch asks for everything: what is left out is own ship's own."""

    position: PointIn | PositionText | None = None
    persons: PersonsIn | Count | None = None
    medical: Medical | None = None
    vessel: VesselIn | None = None
    lang: Lang = "both"
    policy: Annotated[str, Field(max_length=64)] = "nearest-time"


class RouteIn(_Body):
    """A route to one port of a decision, out to somewhere."""

    port_id: Annotated[str, Field(min_length=1, max_length=64)]
    digest: Sha256
    to: Literal["plotter", "signalk", "gpx", "rtz"]
    steer: Flag = False


class ReportIn(_Body):
    """What the master reports; with `encounter` the control room opens one from it."""

    text: Annotated[str, Field(max_length=2_000)] = ""
    encounter: Flag = False
    position: PointIn | PositionText | None = None
    medical: Annotated[Medical | None, Field(description="null: as it was told to the terminal.")] = None


class AcknowledgeIn(_Body):
    """Which direction, or which withdrawal of one, was seen."""

    id: Annotated[str, Field(min_length=1, max_length=20)]


class RetaskIn(_Body):
    """Another casualty while people are aboard."""

    casualty: PointIn | PositionText
    persons: PersonsIn | Count | None = None
    in_water: Flag | None = None
    aboard_since: Instant | None = None
    lang: Lang = "both"
