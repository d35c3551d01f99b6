"""Shapes of the answers, for readers of ``/openapi.json``; the answers themselves are made by `api.document`.

They describe what is always there. An object may gain members, so readers should ignore those they do not know.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

LonLat = Annotated[list[float], Field(min_length=2, max_length=2, description="Longitude, latitude; WGS 84. [deg]")]


class Bilingual(BaseModel):
    """A text in English and French."""

    en: str
    fr: str


class Line(BaseModel):
    """GeoJSON LineString, RFC 7946: longitude first."""

    type: Literal["LineString"]
    coordinates: Annotated[list[LonLat], Field(min_length=2)]


class PortShape(BaseModel):
    """A port as it appears in a candidate."""

    id: str
    unlocode: str | None
    name: Bilingual
    country: str
    position: LonLat
    vhf: str | None
    telephone: str | None


GradeName = Literal["published", "transcribed", "general", "inferred", "bound", "estimate", "blank"]


class EvidenceShape(BaseModel):
    """Where a fact comes from and how well it is known."""

    grade: GradeName
    source: str
    note: str | None
    overlay: Annotated[bool, Field(description="Whether it comes from the operator's own file.")]


class PortFactsShape(PortShape):
    """A port with every fact of the register; null is unknown."""

    approach_point: LonLat
    facts: dict[str, str | float | None]
    evidence: Annotated[dict[str, EvidenceShape], Field(description="By name of the fact.")]


class GeodataShape(BaseModel):
    """Which pack an answer rests on."""

    id: str
    sha256: str


class PortsShape(BaseModel):
    """All ports, by id."""

    ports: list[PortFactsShape]
    geodata: GeodataShape


class DistanceShape(BaseModel):
    """Distance between two places."""

    distance_nm: Annotated[float | None, Field(description="Over water; null where water does not lead there. [nm]")]
    straight_line_nm: Annotated[float, Field(description="Geodesic, over land if need be. [nm]")]
    between_landings_nm: Annotated[float | None, Field(description="For two ports, from landing to landing. [nm]")]
    route: Annotated[Line | None, Field(description="Null where there is no way, or nothing to sail.")]


class HeightShape(BaseModel):
    """Height of tide at one time."""

    at: str
    height_m: Annotated[float, Field(description="Above chart datum. [m]")]


class ExtremeShape(HeightShape):
    """High or low water; of several maxima of one tide, the highest."""

    kind: Literal["high", "low"]


class TideStationShape(BaseModel):
    """The tide station a prediction rests on."""

    id: str
    name: str
    position: LonLat
    attribution: str
    licence: str


class TidePortShape(BaseModel):
    """The port a tide is for."""

    id: str
    unlocode: str | None
    name: Bilingual


class TideTableShape(BaseModel):
    """A table heights were read from."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    sha256: str
    source: str
    start: Annotated[str, Field(alias="from")]
    to: str
    surge_included: bool


class TideShape(BaseModel):
    """Predicted tide at one port."""

    model_config = ConfigDict(populate_by_name=True)

    port: TidePortShape
    code: Annotated[Literal["TIDE_UNKNOWN"] | None, Field(description="Null where the tide is known.")]
    start: Annotated[str, Field(alias="from")]
    to: str
    heights: Annotated[list[HeightShape], Field(description="Every ten minutes.")]
    extremes: list[ExtremeShape]
    station: TideStationShape | None
    basis: Annotated[Literal["station", "secondary"] | None, Field(description="Secondary: derived from the station.")]
    uncertainty_m: Annotated[float | None, Field(description="Holds for about nine heights in ten, surge apart. [m]")]
    uncertainty_min: Annotated[int | None, Field(description="The same for times of high water. [min]")]
    datum: str
    source: str
    tables: list[TideTableShape]
    surge_included: Literal[False]
    notice: Bilingual


class FindingShape(BaseModel):
    """What one rule found about one port."""

    model_config = ConfigDict(populate_by_name=True)

    rule: str
    code: str
    weight: Annotated[Literal["hard", "soft", "info"], Field(alias="class")]
    verdict: Literal["pass", "fail", "unknown", "not_applicable"]
    measured: float | None
    limit: float | None
    unit: str | None
    source: str | None
    grade: Annotated[GradeName | None, Field(description="How well the register's figure is known, where one counts.")]
    age_s: float | None
    text: Bilingual
    citation: str


class HospitalShape(BaseModel):
    """Emergency department nearest to a landing."""

    name: str | None
    minutes: Annotated[float, Field(description="From the landing, by road where the register has it. [min]")]
    grade: GradeName | Literal["assumed"]


class ShortestShape(BaseModel):
    """The shortest path, where the route is a faster or fitter way round."""

    distance_nm: float | None
    time_to_landing_min: float | None


class CandidateShape(BaseModel):
    """One port judged."""

    port: PortShape
    status: Literal["suitable", "caution", "unconfirmed", "excluded"]
    distance_nm: float | None
    straight_line_nm: float
    initial_course_deg: float | None
    time_to_landing_min: float | None
    time_range_min: Annotated[list[float | None], Field(min_length=2, max_length=2)]
    clock: Literal["close", "coarse"]
    eta_at: str | None
    wait_min: float | None
    time_to_care_min: Annotated[float | None, Field(description="To the landing and on to the hospital. [min]")]
    hospital: HospitalShape
    landing: Annotated[Bilingual | None, Field(description="Where in the port people are put ashore.")]
    hazards: Annotated[Bilingual | None, Field(description="What to take care of on the way in.")]
    opens_at: str | None
    route: Line | None
    route_nm: float | None
    along_shortest: ShortestShape | None
    findings: list[FindingShape]


class PassedOverShape(BaseModel):
    """A nearer port, and the finding that displaced it."""

    port_id: str
    code: str
    text: Bilingual


class CentreShape(BaseModel):
    """A rescue co-ordination centre."""

    name: str
    vhf: str | None
    mmsi: str | None


class CoordinationShape(BaseModel):
    """Whose waters, and who to talk to."""

    srr: str
    band: bool
    centres: list[CentreShape]


class NoticeShape(BaseModel):
    """Something to know about the whole answer."""

    code: str
    level: Literal["information", "caution", "warning"]
    text: Bilingual


class ProofShape(BaseModel):
    """How many ports were looked at, and the bound that closed the search."""

    ports_in_area: int
    ports_opened: int
    next_lower_bound_min: float | None


class MarginShape(BaseModel):
    """How far the answer is from another one."""

    to_second_min: float | None
    near_tie: bool
    sensitive_to: list[str]


class DecisionShape(BaseModel):
    """The answer to an encounter. Advice: the co-ordination centre and the master decide."""

    decision_id: str
    decided_at: str
    encounter: Annotated[dict[str, object], Field(description="The encounter as it was understood.")]
    outcome: Annotated[
        Literal["suitable", "unconfirmed", "none"],
        Field(description="none: every port was judged and none is fit. That is an answer, not an error."),
    ]
    headline: Bilingual
    speech: Annotated[Bilingual, Field(description="The headline as it is read out on the radio.")]
    recommended: Annotated[CandidateShape | None, Field(description="The first suitable candidate.")]
    candidates: Annotated[list[CandidateShape], Field(description="Suitable, then unconfirmed, each by the policy.")]
    excluded: Annotated[list[CandidateShape], Field(description="Every port judged and failed, with its reasons.")]
    passed_over: list[PassedOverShape]
    coordination: CoordinationShape
    notices: list[NoticeShape]
    proof: ProofShape
    margin: MarginShape
    inputs: Annotated[dict[str, object], Field(description="Versions and digests of all the answer rests on.")]


class ProblemErrorShape(BaseModel):
    """One field that is wrong."""

    pointer: Annotated[str, Field(description="JSON pointer into the body, or / and the name of a query parameter.")]
    code: str
    detail: str


class ProblemShape(BaseModel):
    """Problem document, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: Annotated[str, Field(description="Stable; what a program should look at.")]
    errors: list[ProblemErrorShape]


class HealthShape(BaseModel):
    """The process answers."""

    status: Literal["up"]


class ReadyShape(BaseModel):
    """The pack is open and warm."""

    status: Literal["ready"]
    geodata: GeodataShape
    forecast_id: Annotated[str | None, Field(description="The forecast answered with; null without one.")]
    forecast_refused: Annotated[
        bool, Field(description="The forecast file found last could not be used; the log says why.")
    ]
