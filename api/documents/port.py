"""Ports as documents have them; `api.documents.decision` makes them."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual
from api.documents.geometry import LonLat

GradeName = Literal["published", "transcribed", "general", "inferred", "bound", "estimate", "blank"]


class PortSummary(TypedDict):
    """A port as it appears in a candidate."""

    id: str
    unlocode: str | None
    name: Bilingual
    country: str
    position: LonLat
    vhf: str | None
    telephone: str | None


class Evidence(TypedDict):
    """Where a fact comes from and how well it is known."""

    grade: GradeName
    source: str
    note: str | None
    overlay: Annotated[bool, Field(description="Whether it comes from the operator's own file.")]


class PortFacts(PortSummary):
    """A port with every fact of the register; null is unknown."""

    approach_point: LonLat
    facts: dict[str, str | float | None]
    evidence: Annotated[dict[str, Evidence], Field(description="By name of the fact.")]


class FoundPort(PortFacts):
    """A port of a search."""

    straight_line_nm: NotRequired[Annotated[float, Field(description="Only with near. [nm]")]]
