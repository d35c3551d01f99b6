"""The closed vocabularies: verdicts, classes, statuses, rules and reason codes.

Codes are public: none is renamed or given another meaning. A rule has ten numbers, and where those are used up, ten
more three hundred higher.
What each code says to a person, in both languages, is in `api.text.messages`.
"""

from enum import IntEnum


class Verdict(IntEnum):
    """What a rule found. ``UNKNOWN`` is a value of its own: it never counts as ``PASS``."""

    PASS = 0
    FAIL = 1
    UNKNOWN = 2
    NOT_APPLICABLE = 3


class Weight(IntEnum):
    """What a finding can do to a candidate.

    ``HARD``: a fail excludes, an unknown leaves it unconfirmed. ``SOFT``: either is a caution. ``INFO``: neither.
    """

    HARD = 0
    SOFT = 1
    INFO = 2


class Status(IntEnum):
    """Standing of a candidate port, best first."""

    SUITABLE = 0
    CAUTION = 1
    UNCONFIRMED = 2
    EXCLUDED = 3


class Medical(IntEnum):
    """How urgent care ashore is for the worst casualty."""

    NONE = 0
    URGENT = 1
    CRITICAL = 2


class Feed(IntEnum):
    """State of a live source. ``ABSENT`` was never connected; ``STALE`` was, and has died or grown old."""

    ABSENT = 0
    LIVE = 1
    STALE = 2


class PortKind(IntEnum):
    """What kind of landing place the register says a port is."""

    COMMERCIAL_HARBOUR = 0
    FERRY_PORT = 1
    MARINA = 2
    DRYING_HARBOUR = 3
    LOCKED_BASIN = 4
    BEACH_LANDING = 5
    OIL_TERMINAL = 6
    INLAND = 7


class Gate(IntEnum):
    """What opens and closes the way in."""

    UNKNOWN = 0
    NONE = 1
    TIDAL_WINDOW = 2
    LOCK = 3
    LOCK_24H = 4


class Reception(IntEnum):
    """Medical reception near a landing place, from the register."""

    UNKNOWN = 0
    NONE = 1
    AMBULANCE = 2
    HOSPITAL = 3


class Grade(IntEnum):
    """How well a figure of the register is known, weakest first.

    ``ESTIMATE`` is a guess. ``BOUND`` is at least so much, because a craft of that draught is known to come and go.
    ``INFERRED`` is reasoned from something else, ``GENERAL`` what every pilot book is known to print. From
    ``TRANSCRIBED`` on, as quoted from a publication, a figure judges; ``PUBLISHED`` was read at its publisher.
    """

    BLANK = 0
    ESTIMATE = 1
    BOUND = 2
    INFERRED = 3
    GENERAL = 4
    TRANSCRIBED = 5
    PUBLISHED = 6


class PortStatus(IntEnum):
    """Harbour status as reported by its authority."""

    UNKNOWN = 0
    OPEN = 1
    RESTRICTED = 2
    CLOSED = 3


class Rule(IntEnum):
    """Rules judged for every port, in the order a master asks; ids are those of the rule catalogue."""

    R_RTE_01 = 0  # a water route exists
    R_PRT_02 = 1  # kind of place
    R_PRT_01 = 2  # harbour status
    R_BER_01 = 3  # berth
    R_NAV_01 = 4  # depth
    R_NAV_02 = 5  # gate or lock
    R_NAV_03 = 6  # sea in the entrance
    R_NAV_04 = 7  # stream across the entrance
    R_NAV_05 = 8  # darkness and visibility
    R_NAV_06 = 9  # banks on the route
    R_RTE_02 = 10  # sea on the route
    R_RTE_03 = 11  # endurance
    R_RTE_04 = 12  # traffic lanes
    R_RTE_05 = 13  # restricted areas
    R_RTE_06 = 14  # load
    R_CAP_01 = 15  # places ashore
    R_CAP_03 = 16  # landing rate
    R_MED_02 = 17  # medical reception
    R_NEED_01 = 18  # shelter, food, warmth
    R_NEED_02 = 19  # onward transport
    R_SEC_01 = 20  # danger ashore
    R_AUT_04 = 21  # designated landing place
    R_AUT_05 = 22  # state of the search and rescue region
    R_EXP_01 = 23  # exposure on board
    R_NTM_01 = 24  # permission to enter
    R_DAT_01 = 25  # weather data
    R_DAT_02 = 26  # tide data
    R_DAT_05 = 27  # confidence of the register

    @property
    def id(self) -> str:
        """Catalogue id, for instance ``R-NAV-01``."""
        return self.name.replace("_", "-")


RULES_ON_REGISTER = (
    Rule.R_PRT_02, Rule.R_BER_01, Rule.R_MED_02, Rule.R_AUT_04, Rule.R_NTM_01, Rule.R_DAT_05,
)  # fmt: skip
"""Rules that look at the register, the vessel and the policy alone."""

RULES_ON_REPORTS = (Rule.R_PRT_01, Rule.R_NEED_01, Rule.R_NEED_02, Rule.R_SEC_01)
"""Rules that look at what ports report."""

STANDING_RULES = RULES_ON_REGISTER + RULES_ON_REPORTS
"""Rules that look at neither the way to a port nor the hour: what they find stands wherever the vessel is."""


class Code(IntEnum):
    """Reason codes: first those of findings on a port, then those of notices on the whole answer."""

    # R-RTE-01
    ROUTE_OK = 1
    ROUTE_NONE = 2
    STREAM_TOO_STRONG = 3
    TIME_UNKNOWN = 4
    # R-PRT-02
    KIND_OK = 10
    KIND_BEACH_HUMAN_ONLY = 11
    KIND_NOT_FOR_LANDING = 12
    # R-PRT-01
    PORT_OPEN = 20
    PORT_CLOSED = 21
    PORT_STATUS_UNKNOWN = 22
    PORT_STATUS_STALE = 23
    NO_STATUS_FEED = 24
    PORT_RESTRICTED = 25
    # R-BER-01
    BERTH_OK = 30
    LOA_EXCEEDED = 31
    BEAM_EXCEEDED = 32
    BERTH_LIMIT_UNKNOWN = 33
    VESSEL_SIZE_UNKNOWN = 34
    BERTH_UNKNOWN_FOR_SIZE = 35
    VESSEL_SIZE_DOUBTFUL = 330
    BERTH_SMALL = 331
    BERTH_DRAUGHT_EXCEEDED = 332
    # R-NAV-01
    UKC_OK = 40
    UKC_MARGINAL = 41
    DRAFT_EXCEEDED = 42
    DEPTH_UNKNOWN = 43
    TIDE_UNKNOWN = 44
    DRAUGHT_UNKNOWN = 45
    TIDE_DOUBTFUL = 46
    DEPTH_BY_HOURS = 47
    DEPTH_HOUR_UNKNOWN = 48
    DEPTH_GENERAL = 340
    DEPTH_INFERRED = 341
    DEPTH_ESTIMATED = 342
    DEPTH_DOUBTFUL = 343
    DEPTH_ALONGSIDE = 344
    # R-NAV-02
    GATE_NONE = 50
    GATE_OPEN = 51
    GATE_CLOSED = 52
    GATE_WAIT = 53
    GATE_TIDE_UNKNOWN = 54
    LOCK_SCHEDULE_UNKNOWN = 55
    LOCK_QUEUE = 56
    GATE_UNKNOWN = 57
    GATE_HOURS_DOUBTFUL = 58
    GATE_HOUR_UNKNOWN = 59
    GATE_NONE_GENERAL = 350
    GATE_HOURS_GENERAL = 351
    GATE_WAIT_GENERAL = 352
    GATE_ALONGSIDE = 353
    # R-NAV-03
    ENTRANCE_SEA_OK = 60
    ENTRANCE_SEA_CAUTION = 61
    ENTRANCE_SEA_DANGEROUS = 62
    ENTRANCE_SEA_UNKNOWN = 63
    ENTRANCE_WAVES_CAUTION = 64
    ENTRANCE_WAVES_DANGEROUS = 65
    ENTRANCE_HOUR_UNKNOWN = 66
    # R-NAV-04
    CROSS_SET_CAUTION = 70
    STREAM_UNKNOWN = 71
    STREAM_WEAK = 72
    STREAM_HOUR_UNKNOWN = 73
    # R-NAV-05
    NIGHT_ENTRY_UNLIT = 80
    VIS_LOW = 81
    VIS_UNKNOWN = 82
    VIS_OK = 83
    VIS_HOUR_UNKNOWN = 84
    # R-NAV-06
    BANKS_CLEAR = 90
    BANK_HAZARD = 91
    BANK_WITH_TIDE = 92
    # R-RTE-02
    SEA_OK = 100
    SEA_NEAR_LIMIT = 101
    SEA_LIMIT_EXCEEDED = 102
    WX_UNKNOWN = 103
    SEA_LIMIT_HERE_ALREADY = 104
    SEA_OVER_ASSUMED_LIMIT = 105
    SEA_FARTHER_ON_UNKNOWN = 106
    # R-RTE-03
    ENDURANCE_OK = 110
    ENDURANCE_SHORT = 111
    FUEL_UNKNOWN = 112
    RANGE_DOUBTFUL = 410
    # R-RTE-04
    TSS_NONE = 120
    TSS_CROSSES = 121
    TSS_ANGLE_BAD = 122
    # R-RTE-05
    ZONE_NONE = 130
    ZONE_FIRING = 131
    ZONE_RESTRICTED = 132
    # R-RTE-06
    LOAD_OK = 140
    LOAD_OVER_SR = 141
    LOAD_OVER_MAX = 142
    LOAD_LIMIT_UNKNOWN = 143
    LOAD_POB_UNKNOWN = 144
    # R-CAP-01
    CAP_OK = 150
    CAP_TIGHT = 151
    CAP_FULL = 152
    CAP_UNKNOWN = 153
    NO_CAPACITY_FEED = 154
    # R-CAP-03
    CAP_RATE_OK = 160
    CAP_RATE_EXCEEDED = 161
    CAP_RATE_UNKNOWN = 162
    # R-MED-02
    MED_RECEPTION_OK = 170
    MED_RECEPTION_NONE = 171
    MED_RECEPTION_UNKNOWN = 172
    MED_RECEPTION_AMBULANCE = 173
    # R-NEED-01
    NEEDS_MET = 180
    NEEDS_UNMET = 181
    NEEDS_UNKNOWN = 182
    NO_RECEPTION_FEED = 183
    # R-NEED-02
    ONWARD_TRANSPORT_OK = 190
    ONWARD_TRANSPORT_NONE = 191
    ONWARD_TRANSPORT_UNKNOWN = 192
    # R-SEC-01
    NO_DANGER_REPORTED = 200
    PERSONS_AT_RISK_ASHORE = 201
    # R-AUT-04
    PORT_DESIGNATED = 210
    PORT_NOT_DESIGNATED = 211
    NO_DESIGNATED_LIST = 212
    # R-AUT-05
    SRR_STATE_NOT_WEIGHED = 220
    IN_SRR_STATE = 221
    OUTSIDE_SRR_STATE = 222
    # R-EXP-01
    EXPOSURE_OK = 230
    EXPOSURE_CAUTION = 231
    EXPOSURE_CRITICAL = 232
    EXPOSURE_UNKNOWN = 233
    # R-NTM-01
    ENTRY_FREE = 240
    PORT_ENTRY_PERMISSION_REQUIRED = 241
    # R-DAT-01
    WX_FRESH = 250
    WX_STALE = 251
    WX_MISSING = 252
    WX_EXTRAPOLATED = 253
    WX_INCOMPLETE = 254
    # R-DAT-02
    TIDE_NOT_NEEDED = 260
    TIDE_PREDICTED_ONLY = 261
    TIDE_MISSING = 262
    TIDE_HOUR_UNKNOWN = 263
    # R-DAT-05
    REGISTER_CONFIDENT = 270
    REGISTER_UNVERIFIED = 271

    # Notices on the whole answer.
    ADVISORY_ONLY = 500
    NOT_FOR_NAVIGATION = 501
    POS_OK = 510
    POS_JOINED = 511
    POS_NEAR_SHORE = 512
    POS_IN_NARROWS = 513
    POS_STALE = 514
    POS_DEAD_RECKONED = 515
    POS_ON_BANK = 516
    POS_UNCERTAIN_CHANGES_ANSWER = 517
    POS_IN_ZONE = 518
    POS_IN_DRAWN_WATER = 519
    RESCUE_INCOMPLETE = 520
    RESCUE_STATE_UNKNOWN = 521
    POB_RANGE = 530
    POB_UNKNOWN = 531
    VESSEL_PROFILE_UNKNOWN = 540
    SPEED_CAPPED = 541
    VESSEL_FACTS_ASSUMED = 542
    SRR_UK = 550
    SRR_FR = 551
    SRR_BE = 552
    SRR_NL = 553
    SRR_IE = 554
    SRR_BOUNDARY_BAND = 555
    SRR_APPROXIMATE = 556
    SRR_BAND_BOTH_STATES = 557
    MED_TIME_CRITICAL = 560
    NEAR_TIE = 570
    UNCONFIRMED_NEARER = 571
    NO_PORT_CONFIRMED = 572
    NO_PORT_FIT = 573
    POLICY_EFFECT = 580
    CALM_WATER_TIMES = 581
    SURGE_NOT_INCLUDED = 582
    ZONES_AVOIDED = 583
    RANKED_BY_POLICY = 584
    UNLISTED_PORT_NEARER = 585
    STREAM_NOT_INCLUDED = 586
    WAVES_NOT_INCLUDED = 587
    FASTER_ROUTE = 588
    ROUTE_ROUND_SEA = 589
    FORECAST_AGE = 590
    FORECAST_STALE = 591
    SENSITIVE_TO = 592
    WAVES_SWELL_ONLY = 593
    FORECAST_NOT_HERE = 594
    FORECAST_RUN_LATER = 595
    FORECAST_AGE_UNKNOWN = 596
    VESSEL_FACTS_UNKNOWN = 597
    REGISTER_OVERLAID = 598
    FORECAST_ONE_STEP = 599
    STREAM_FROM_ATLAS = 600
    STREAM_FORECAST_FIRST = 601
    BANK_CROSSED = 602
    BANK_GONE_ROUND = 603

    # Refusals of a request.
    POS_INVALID = 900
    POS_ON_LAND = 901
    POS_OUT_OF_AREA = 902
    POS_ENCLOSED = 903


HARD_CODES = frozenset({
    Code.ROUTE_NONE, Code.STREAM_TOO_STRONG, Code.TIME_UNKNOWN, Code.KIND_BEACH_HUMAN_ONLY, Code.KIND_NOT_FOR_LANDING,
    Code.PORT_CLOSED, Code.PORT_STATUS_UNKNOWN, Code.PORT_STATUS_STALE,
    Code.LOA_EXCEEDED, Code.BEAM_EXCEEDED, Code.BERTH_UNKNOWN_FOR_SIZE, Code.VESSEL_SIZE_DOUBTFUL,
    Code.BERTH_DRAUGHT_EXCEEDED, Code.DEPTH_ESTIMATED, Code.DEPTH_DOUBTFUL, Code.RANGE_DOUBTFUL,
    Code.DRAFT_EXCEEDED, Code.DEPTH_UNKNOWN, Code.TIDE_UNKNOWN, Code.DRAUGHT_UNKNOWN, Code.TIDE_DOUBTFUL,
    Code.DEPTH_HOUR_UNKNOWN, Code.GATE_HOUR_UNKNOWN,
    Code.GATE_CLOSED, Code.GATE_TIDE_UNKNOWN, Code.LOCK_SCHEDULE_UNKNOWN, Code.GATE_UNKNOWN, Code.GATE_HOURS_DOUBTFUL,
    Code.ENTRANCE_SEA_DANGEROUS, Code.ENTRANCE_WAVES_DANGEROUS, Code.BANK_HAZARD, Code.SEA_LIMIT_EXCEEDED,
    Code.ENDURANCE_SHORT, Code.LOAD_OVER_MAX, Code.CAP_FULL, Code.CAP_UNKNOWN, Code.NEEDS_UNMET, Code.NEEDS_UNKNOWN,
    Code.PERSONS_AT_RISK_ASHORE,
})  # fmt: skip
"""Codes whose fail excludes and whose unknown leaves a port unconfirmed. A policy may move a code."""

INFO_CODES = frozenset({
    Code.TSS_NONE, Code.SRR_STATE_NOT_WEIGHED, Code.ENTRY_FREE, Code.PORT_ENTRY_PERMISSION_REQUIRED,
    Code.TIDE_NOT_NEEDED, Code.TIDE_PREDICTED_ONLY, Code.TIDE_MISSING, Code.REGISTER_CONFIDENT,
    Code.REGISTER_UNVERIFIED, Code.EXPOSURE_UNKNOWN, Code.BERTH_LIMIT_UNKNOWN, Code.NO_DESIGNATED_LIST,
    Code.STREAM_UNKNOWN, Code.VIS_UNKNOWN, Code.STREAM_HOUR_UNKNOWN, Code.VIS_HOUR_UNKNOWN, Code.TIDE_HOUR_UNKNOWN,
    Code.NO_DANGER_REPORTED, Code.DEPTH_ALONGSIDE, Code.GATE_ALONGSIDE,
})  # fmt: skip
"""Codes that never change rank or status; all others are soft."""


def weight_of(code: Code) -> Weight:
    """What a finding with this code can do, before a policy has its say."""
    if code in HARD_CODES:
        return Weight.HARD
    return Weight.INFO if code in INFO_CODES else Weight.SOFT


RULE_WEIGHT: dict[Rule, Weight] = {
    **dict.fromkeys(Rule, Weight.SOFT),
    **dict.fromkeys(
        (Rule.R_RTE_01, Rule.R_PRT_02, Rule.R_PRT_01, Rule.R_BER_01, Rule.R_NAV_01, Rule.R_NAV_02, Rule.R_NAV_03,
         Rule.R_NAV_06, Rule.R_RTE_02, Rule.R_RTE_03, Rule.R_RTE_06, Rule.R_CAP_01, Rule.R_NEED_01, Rule.R_SEC_01),
        Weight.HARD,
    ),
    **dict.fromkeys((Rule.R_NTM_01, Rule.R_DAT_02, Rule.R_DAT_05), Weight.INFO),
}  # fmt: skip
"""The most a rule can do; its findings against a port carry the weight of their code."""
