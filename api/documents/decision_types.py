"""A decision as a document, by view; `api.documents.decision` and `api.documents.brief` make it.

These describe what is always there. An object may gain members, so readers should ignore those they do not know.
"""

from typing import TYPE_CHECKING, Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.bilingual import Bilingual
from api.documents.geometry import LineString, LonLat
from api.documents.notice import Level, NoticeDocument
from api.documents.port import GradeName, PortSummary
from api.encounter import EncounterIn, VesselIn

if TYPE_CHECKING:
    EncounterEcho = dict[str, object]
    VesselEcho = dict[str, object]
else:
    # Described by what may be sent: an echo can be.
    EncounterEcho = EncounterIn
    VesselEcho = VesselIn

Outcome = Literal["suitable", "unconfirmed", "none"]
FitStatus = Literal["suitable", "caution", "unconfirmed"]
StatusName = Literal["suitable", "caution", "unconfirmed", "excluded"]
ClockName = Literal["close", "coarse"]
VerdictName = Literal["pass", "fail", "unknown", "not_applicable"]
WeightName = Literal["hard", "soft", "info"]

# What a keyword of the language would not let stand in a class.
_Weighed = TypedDict("_Weighed", {"class": WeightName})


class FindingDocument(_Weighed):
    """What one rule found about one port."""

    rule: str
    code: str
    verdict: VerdictName
    measured: float | None
    limit: float | None
    unit: str | None
    source: str | None
    grade: Annotated[GradeName | None, Field(description="How well the register's figure is known, where one counts.")]
    age_s: float | None
    text: Bilingual
    citation: str


class Hospital(TypedDict):
    """Emergency department nearest to a landing."""

    name: str | None
    minutes: Annotated[float, Field(description="From the landing, by road where the register has it. [min]")]
    grade: GradeName | Literal["assumed"]


class ShortestPath(TypedDict):
    """The shortest path, where the route is a faster or fitter way round."""

    distance_nm: float | None
    time_to_landing_min: float | None


class BankCrossed(TypedDict):
    """A bank on a route, and the water over it."""

    name: Bilingual
    depth_m: Annotated[float | None, Field(description="Least water reckoned with, the tide's doubt taken off. [m]")]
    needed_m: Annotated[float | None, Field(description="Draught, keel margin and a share of the sea. [m]")]
    at: Annotated[str, Field(description="When it is the least while she may be passing.")]
    tide_port_id: Annotated[str, Field(description="Port whose tide is reckoned with.")]
    tide_off_nm: Annotated[float | None, Field(description="How far off the bank that port is. [nm]")]


class CourseAndDistance(TypedDict):
    """From one turn of a route to the next."""

    course_deg: Annotated[int, Field(description="True, at the start of the leg. [deg]")]
    distance_nm: float


class Leg(CourseAndDistance):
    """The same with the turn it ends at."""

    to: LonLat


class ArrivalTimes(TypedDict):
    """When she lands; null for a port that stays shut beyond the longest wait."""

    eta_at: str | None
    eta_local: Annotated[str | None, Field(description="By the port's own clock, with the name of its zone.")]


class Candidate(ArrivalTimes):
    """One port judged."""

    port: PortSummary
    status: StatusName
    distance_nm: float | None
    straight_line_nm: float
    initial_course_deg: float | None
    bearing_deg: Annotated[float | None, Field(description="True, straight to the landing. [deg]")]
    time_to_landing_min: float | None
    time_range_min: Annotated[list[float | None], Field(min_length=2, max_length=2)]
    clock: ClockName
    wait_min: float | None
    depth_at_arrival_m: Annotated[
        float | None, Field(description="Least depth of the way in, tide included; null where not known. [m]")
    ]
    tide_at_arrival_m: Annotated[float | None, Field(description="Above chart datum, without surge. [m]")]
    legs: list[Leg]
    time_to_care_min: Annotated[float | None, Field(description="To the landing and on to the hospital. [min]")]
    hospital: Hospital
    landing: Annotated[Bilingual | None, Field(description="Where in the port people are put ashore.")]
    hazards: Annotated[Bilingual | None, Field(description="What to take care of on the way in.")]
    opens_at: str | None
    route: LineString | None
    route_nm: float | None
    along_shortest: ShortestPath | None
    over_banks: Annotated[
        list[BankCrossed], Field(description="Banks on the route that the tide covers, as she comes to them.")
    ]
    findings: list[FindingDocument]


class PassedOver(TypedDict):
    """A nearer port, and the finding that displaced it."""

    port_id: str
    name: Bilingual
    status: StatusName
    code: str
    time_to_landing_min: float | None
    distance_nm: float | None
    text: Bilingual


class CentreContact(TypedDict):
    """A rescue co-ordination centre."""

    name: str
    vhf: str | None
    mmsi: str | None


class CoordinationDocument(TypedDict):
    """Whose waters, and who to talk to."""

    srr: str | None
    approximate: Annotated[bool, Field(description="Whether the limits of the regions are.")]
    band: Annotated[bool, Field(description="So near to a limit that both sides count as inside.")]
    boundary_nm: Annotated[float | None, Field(description="To the limit. [nm]")]
    centres: list[CentreContact]


class ProofDocument(TypedDict):
    """How many ports were looked at, and the bound that closed the search."""

    ports_in_area: int
    ports_opened: int
    next_lower_bound_min: float | None


class MarginDocument(TypedDict):
    """How far the answer is from another one."""

    to_second_min: Annotated[
        float | None, Field(description="By what the policy orders ports: minutes with what counts against each. [min]")
    ]
    near_tie: bool
    sensitive_to: list[str]


class DirectionInForce(TypedDict):
    """Where a centre has sent the people of the encounter: the answer, and the decision is for information."""

    port_id: Annotated[str | None, Field(description="Null for a place outside the register.")]
    place: str
    centre: str
    code: str
    text: Annotated[str, Field(description="Of the centre.")]
    directed_at: str
    role: Annotated[str, Field(description="In what capacity it was recorded.")]
    duty: str
    differs: Annotated[bool, Field(description="Whether the decision recommends another port, or none.")]
    codes: Annotated[list[str], Field(description="RCC_DIRECTED; RCC_PORT_CONFLICT where a hard rule fails there.")]
    sentence: Bilingual


class DecisionDocument(TypedDict):
    """The answer to an encounter. Advice: the co-ordination centre and the master decide."""

    decision_id: str
    decided_at: str
    encounter: Annotated[
        EncounterEcho, Field(description="As it was understood; sent as a body it is decided the same.")
    ]
    outcome: Annotated[
        Outcome,
        Field(description="none: every port was judged and none is fit. That is an answer, not an error."),
    ]
    headline: Bilingual
    speech: Annotated[Bilingual, Field(description="The headline as it is read out on the radio.")]
    recommended: Annotated[Candidate | None, Field(description="The first suitable candidate.")]
    candidates: Annotated[list[Candidate], Field(description="Suitable, then unconfirmed, each by the policy.")]
    excluded: Annotated[list[Candidate], Field(description="Every port judged and failed, with its reasons.")]
    passed_over: list[PassedOver]
    coordination: CoordinationDocument
    notices: list[NoticeDocument]
    proof: ProofDocument
    margin: MarginDocument
    inputs: Annotated[dict[str, object], Field(description="Versions and digests of all the answer rests on.")]
    direction: NotRequired[
        Annotated[DirectionInForce, Field(description="Only for an encounter of the store that was directed.")]
    ]


class BriefFinding(_Weighed):
    """What speaks against a port, or is not known."""

    code: str
    verdict: Literal["fail", "unknown"]


class BriefFindingText(BriefFinding):
    """The same with its sentence."""

    text: Bilingual


class BriefPort(TypedDict):
    """A port in a line of a table."""

    id: str
    name: Bilingual
    country: str
    vhf: Annotated[str | None, Field(description="The channel to call first.")]


class BriefFigures(ArrivalTimes):
    """Way, time and water."""

    status: FitStatus
    distance_nm: float | None
    bearing_deg: int | None
    time_to_landing_min: float | None
    time_range_min: Annotated[list[int | None], Field(min_length=2, max_length=2)]
    clock: ClockName
    wait_min: float | None
    depth_at_arrival_m: float | None
    tide_at_arrival_m: Annotated[float | None, Field(description="Above chart datum, without surge. [m]")]
    remarks: Annotated[list[str], Field(description="Codes of what is not known and counts neither way.")]


class BriefCandidate(BriefFigures):
    """One of the ports after the recommended one; the first of them has all of `BriefFirst` if none is."""

    port: BriefPort
    findings: Annotated[
        list[BriefFindingText | BriefFinding],
        Field(description="The sentence of a code stands at the first port that has it, as far as there is room."),
    ]
    legs: NotRequired[
        Annotated[
            list[CourseAndDistance], Field(description="Of the first port after the recommended one, as there is room.")
        ]
    ]


class BriefFirst(BriefFigures):
    """The port to go to, or else to ask about."""

    port: PortSummary
    opens_at: NotRequired[Annotated[str, Field(description="Only where it is shut now.")]]
    time_to_care_min: float | None
    hospital: NotRequired[Annotated[Hospital, Field(description="Only with a casualty.")]]
    hazards: Bilingual | None
    legs: list[Leg] | None
    route: Annotated[
        LineString | None, Field(description="Where there is no room for all its points, its turns alone.")
    ]
    along_shortest: NotRequired[
        Annotated[ShortestPath | None, Field(description="Only where the route is a way round.")]
    ]
    over_banks: NotRequired[
        Annotated[list[BankCrossed], Field(description="Only where the route leads over banks that the tide covers.")]
    ]
    findings: list[BriefFindingText]


class BriefPassedOver(TypedDict):
    """A nearer port, and the finding that displaced it."""

    port_id: str
    name: NotRequired[Annotated[Bilingual, Field(description="Only where no sentence names it.")]]
    code: str
    time_to_landing_min: float | None
    distance_nm: float | None
    text: Bilingual


class BriefNotice(TypedDict):
    """Something to know about the whole answer."""

    code: str
    level: Level
    text: NotRequired[
        Annotated[
            Bilingual,
            Field(
                description="In one language left out where the headline says it, or there is no room and it informs."
            ),
        ]
    ]
    port_ids: NotRequired[Annotated[list[str], Field(description="Ports it names, where it names any.")]]


class BriefCoordination(TypedDict):
    """Whose waters, and who to talk to; limits of regions are approximate."""

    srr: str | None
    band: bool
    centres: list[CentreContact]


class UnknownEverywhere(TypedDict):
    """What is unknown of every port shown, said once; what follows from a missing feed goes without saying."""

    codes: list[str]
    text: Bilingual | None


class BriefDocument(TypedDict):
    """The answer to an encounter in its brief view. Advice: the co-ordination centre and the master decide."""

    decision_id: str
    decided_at: str
    encounter: Annotated[EncounterEcho, Field(description="What was understood; left out is what was not said.")]
    outcome: Outcome
    headline: Bilingual
    recommended: BriefFirst | None
    candidates: Annotated[
        list[BriefFirst | BriefCandidate], Field(description="The next ones, after the recommended one.")
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
    not_judged_count: Annotated[
        int, Field(description="Ports that do not bear on the answer; with the other two all of the area.")
    ]
    passed_over: Annotated[
        list[BriefPassedOver],
        Field(
            description="The eight nearest of the ports nearer than the recommended one, after those that an exclusion "
            "zone cuts off; the nearest few where none is recommended."
        ),
    ]
    passed_over_count: int
    passed_over_others: NotRequired[
        Annotated[
            dict[str, list[str]],
            Field(
                description="Ids of the others by the code of what displaced them, nearest first; all told by these."
            ),
        ]
    ]
    coordination: BriefCoordination
    unknown_everywhere: UnknownEverywhere
    notices: Annotated[list[BriefNotice], Field(description="But for what other members say already.")]
    proof: ProofDocument
    margin: MarginDocument
    inputs: Annotated[
        dict[str, object],
        Field(description="Versions of what it rests on; left out is what was not used. `decision_id` is a digest."),
    ]
    direction: NotRequired[
        Annotated[DirectionInForce, Field(description="Only for an encounter of the store that was directed.")]
    ]


class LineDocument(TypedDict):
    """The answer in one sentence, plain ASCII, times in UTC."""

    decision_id: str
    decided_at: str
    outcome: Outcome
    line: Annotated[Bilingual, Field(description="At most 160 characters.")]
    long_line: Annotated[Bilingual, Field(description="At most 340 characters.")]
    direction: NotRequired[
        Annotated[DirectionInForce, Field(description="Only for an encounter of the store that was directed.")]
    ]
