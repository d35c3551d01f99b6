"""Shapes of decisions and problems, for readers of ``/openapi.json``; `api.documents.decision` makes decisions.

Other answers are described by the TypedDict that stands beside their builder.

They describe what is always there. An object may gain members, so readers should ignore those they do not know.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.documents.bilingual import Bilingual
from api.documents.geometry import LineString, LonLat
from api.documents.notice import NoticeDocument
from api.documents.port import GradeName, PortSummary
from api.encounter import EncounterIn


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


class LegShape(BaseModel):
    """From one turn of a route to the next."""

    course_deg: Annotated[int, Field(description="True, at the start of the leg. [deg]")]
    distance_nm: float
    to: LonLat


class CandidateShape(BaseModel):
    """One port judged."""

    port: PortSummary
    status: Literal["suitable", "caution", "unconfirmed", "excluded"]
    distance_nm: float | None
    straight_line_nm: float
    initial_course_deg: float | None
    bearing_deg: Annotated[float | None, Field(description="True, straight to the landing. [deg]")]
    time_to_landing_min: float | None
    time_range_min: Annotated[list[float | None], Field(min_length=2, max_length=2)]
    clock: Literal["close", "coarse"]
    eta_at: str | None
    eta_local: Annotated[str | None, Field(description="By the port's own clock, with the name of its zone.")]
    wait_min: float | None
    depth_at_arrival_m: Annotated[
        float | None, Field(description="Least depth of the way in, tide included; null where not known. [m]")
    ]
    tide_at_arrival_m: Annotated[float | None, Field(description="Above chart datum, without surge. [m]")]
    legs: list[LegShape]
    time_to_care_min: Annotated[float | None, Field(description="To the landing and on to the hospital. [min]")]
    hospital: HospitalShape
    landing: Annotated[Bilingual | None, Field(description="Where in the port people are put ashore.")]
    hazards: Annotated[Bilingual | None, Field(description="What to take care of on the way in.")]
    opens_at: str | None
    route: LineString | None
    route_nm: float | None
    along_shortest: ShortestShape | None
    findings: list[FindingShape]


class PassedOverShape(BaseModel):
    """A nearer port, and the finding that displaced it."""

    port_id: str
    name: Bilingual
    status: Literal["suitable", "caution", "unconfirmed", "excluded"]
    code: str
    time_to_landing_min: float | None
    distance_nm: float | None
    text: Bilingual


class CentreShape(BaseModel):
    """A rescue co-ordination centre."""

    name: str
    vhf: str | None
    mmsi: str | None


class CoordinationShape(BaseModel):
    """Whose waters, and who to talk to."""

    srr: str | None
    approximate: Annotated[bool, Field(description="Whether the limits of the regions are.")]
    band: Annotated[bool, Field(description="So near to a limit that both sides count as inside.")]
    boundary_nm: Annotated[float | None, Field(description="To the limit. [nm]")]
    centres: list[CentreShape]


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
    encounter: Annotated[EncounterIn, Field(description="As it was understood; sent as a body it is decided the same.")]
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
    notices: list[NoticeDocument]
    proof: ProofShape
    margin: MarginShape
    inputs: Annotated[dict[str, object], Field(description="Versions and digests of all the answer rests on.")]


class BriefFindingShape(BaseModel):
    """What speaks against a port, or is not known."""

    model_config = ConfigDict(populate_by_name=True)

    code: str
    weight: Annotated[Literal["hard", "soft", "info"], Field(alias="class")]
    verdict: Literal["fail", "unknown"]


class BriefToldFindingShape(BriefFindingShape):
    """The same with its sentence."""

    text: Bilingual


class BriefPortShape(BaseModel):
    """A port in a line of a table."""

    id: str
    name: Bilingual
    country: str
    vhf: Annotated[str | None, Field(description="The channel to call first.")]


class BriefFiguresShape(BaseModel):
    """Way, time and water."""

    status: Literal["suitable", "caution", "unconfirmed"]
    distance_nm: float | None
    bearing_deg: int | None
    time_to_landing_min: float | None
    time_range_min: Annotated[list[int | None], Field(min_length=2, max_length=2)]
    clock: Literal["close", "coarse"]
    eta_at: str | None
    eta_local: Annotated[str | None, Field(description="By the port's own clock, with the name of its zone.")]
    wait_min: float | None
    depth_at_arrival_m: float | None
    remarks: Annotated[list[str], Field(description="Codes of what is not known and counts neither way.")]


class BriefCandidateShape(BriefFiguresShape):
    """One of the ports after the recommended one; the first of them has all of `BriefFirstShape` if none is."""

    port: BriefPortShape
    findings: list[BriefFindingShape]


class BriefFirstShape(BriefFiguresShape):
    """The port to go to, or else to ask about."""

    port: PortSummary
    opens_at: Annotated[str | None, Field(description="Only where it is shut now.")] = None
    time_to_care_min: float | None
    hospital: Annotated[HospitalShape | None, Field(description="Only with a casualty.")] = None
    tide_at_arrival_m: float | None
    hazards: Bilingual | None
    legs: list[LegShape] | None
    route: LineString | None
    along_shortest: Annotated[ShortestShape | None, Field(description="Only where the route is a way round.")] = None
    findings: list[BriefToldFindingShape]


class BriefPassedOverShape(BaseModel):
    """A nearer port, and the finding that displaced it."""

    port_id: str
    name: Bilingual
    code: str
    time_to_landing_min: float | None
    distance_nm: float | None
    text: Bilingual


class BriefCoordinationShape(BaseModel):
    """Whose waters, and who to talk to; limits of regions are approximate."""

    srr: str | None
    band: bool
    centres: list[CentreShape]


class UnknownEverywhereShape(BaseModel):
    """What is unknown of every port shown, said once; what follows from a missing feed goes without saying."""

    codes: list[str]
    text: Bilingual | None


class BriefShape(BaseModel):
    """The answer to an encounter in its brief view. Advice: the co-ordination centre and the master decide."""

    decision_id: str
    decided_at: str
    encounter: Annotated[EncounterIn, Field(description="What was understood; left out is what was not said.")]
    outcome: Literal["suitable", "unconfirmed", "none"]
    headline: Bilingual
    recommended: BriefFirstShape | None
    candidates: Annotated[
        list[BriefFirstShape | BriefCandidateShape], Field(description="The next ones, after the recommended one.")
    ]
    candidates_count: Annotated[
        int,
        Field(
            description="Suitable or unconfirmed ports among those that bear on the answer: which may be among the "
            "first few, or nearer than the recommended one."
        ),
    ]
    excluded_count: Annotated[
        int, Field(description="Failed ports among those that bear on the answer; the full view has every port.")
    ]
    passed_over: Annotated[
        list[BriefPassedOverShape],
        Field(description="Every port nearer than the recommended one; the nearest few where none is recommended."),
    ]
    passed_over_count: int
    coordination: BriefCoordinationShape
    unknown_everywhere: UnknownEverywhereShape
    notices: Annotated[list[NoticeDocument], Field(description="But for what other members say already.")]
    proof: ProofShape
    margin: MarginShape
    inputs: Annotated[dict[str, object], Field(description="Versions; `decision_id` is a digest of all of them.")]


class LineShape(BaseModel):
    """The answer in one sentence, plain ASCII, times in UTC."""

    decision_id: str
    decided_at: str
    outcome: Literal["suitable", "unconfirmed", "none"]
    line: Annotated[Bilingual, Field(description="At most 160 characters.")]
    long_line: Annotated[Bilingual, Field(description="At most 340 characters.")]


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
