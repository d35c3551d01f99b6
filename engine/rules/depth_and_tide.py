"""Can this vessel float in, and is the way in open: depth, tide, gates and locks."""

from math import isnan, nan
from typing import NamedTuple

from engine.codes import Code, Gate, Grade, Verdict
from engine.kernels.jit import leaf_kernel
from engine.rules.result import RuleResult


class EntranceDepth(NamedTuple):
    """Least depth from the approach to the landing, as it is known.

    Attributes
    ----------
    depth_m : float
        Positive down from chart datum; NaN when unknown. [m]
    grade : int
        `Grade` of that depth.
    dries : bool
        Whether the harbour is known to dry, even where nobody has stated to what level.
    """

    depth_m: float
    grade: int
    dries: bool


class EntryTide(NamedTuple):
    """Height of tide between entrance and landing, above chart datum.

    Attributes
    ----------
    lowest_m : float
        While the vessel goes in; NaN when unknown. [m]
    doubt_m : float
        Uncertainty of that height. [m]
    ceiling_m : float
        Height the tide does not exceed; NaN when unknown. [m]
    """

    lowest_m: float
    doubt_m: float
    ceiling_m: float


@leaf_kernel
def depth_needed(draught_m, margin_m, margin_share, wave_allowance_m):
    """Depth of water that floats a vessel with room to spare: the margin is a depth or a share of the draught. [m]"""
    return draught_m + max(margin_m, margin_share * draught_m) + wave_allowance_m


@leaf_kernel
def under_keel_clearance(needed_m, entrance, tide, marginal_m, weak_doubt_m, by_hours, hours_grade):
    """The way in floats the vessel with the policy's margin to spare, however wrong the tide may be.

    Without a tide the charted depth alone may be enough; if it is not, only a highest tide that still would not
    float her is evidence against the port. A depth that was read nowhere confirms a port with caution, and speaks
    against one only where it is short by more than it may be out.

    Parameters
    ----------
    needed_m : float
        From `depth_needed`; NaN when the draught is unknown. [m]
    entrance : EntranceDepth
    tide : EntryTide
    marginal_m : float
        Clearance beyond the margin below which a pass is called marginal. [m]
    weak_doubt_m : float
        A depth that was read nowhere may be this much out. [m]
    by_hours : bool
        The harbour states the hours it can be entered, this is one of them, and the draught is a small one: that is
        something to go by where nobody has stated a depth, or the depth is less well known than the hours.
    hours_grade : int
        `Grade` of those hours.
    """
    grade = entrance.grade
    judged = _clearance(needed_m, entrance, tide, marginal_m, by_hours)
    if isnan(needed_m) or isnan(entrance.depth_m) or grade >= Grade.TRANSCRIBED:
        return judged
    if by_hours and hours_grade > grade and judged.verdict != Verdict.PASS:
        return RuleResult(Verdict.UNKNOWN, Code.DEPTH_BY_HOURS, nan, needed_m)
    if judged.verdict == Verdict.PASS:
        code = Code.DEPTH_GENERAL
        if grade == Grade.ESTIMATE:
            code = Code.DEPTH_ESTIMATED
        elif grade <= Grade.INFERRED:
            code = Code.DEPTH_INFERRED
        return RuleResult(Verdict.UNKNOWN, code, judged.measured, judged.limit)
    if judged.verdict == Verdict.FAIL:
        if grade == Grade.BOUND:
            # That a craft of less draught comes and goes says nothing of this one.
            return RuleResult(Verdict.UNKNOWN, Code.DEPTH_UNKNOWN, nan, needed_m)
        least = _clearance(needed_m - weak_doubt_m, entrance, tide, marginal_m, by_hours)
        if least.verdict != Verdict.FAIL:
            return RuleResult(Verdict.UNKNOWN, Code.DEPTH_DOUBTFUL, judged.measured, judged.limit)
    return judged


@leaf_kernel
def _clearance(needed_m, entrance, tide, marginal_m, by_hours):
    """`under_keel_clearance` for a depth that was read."""
    entrance_depth_m, _, dries = entrance
    tide_m, tide_doubt_m, highest_tide_m = tide
    if isnan(needed_m):
        return RuleResult(Verdict.UNKNOWN, Code.DRAUGHT_UNKNOWN, entrance_depth_m, nan)
    if isnan(entrance_depth_m):
        if dries and highest_tide_m < needed_m:
            # Drying means a charted depth of zero at most, whatever the level.
            return RuleResult(Verdict.FAIL, Code.DRAFT_EXCEEDED, highest_tide_m, needed_m)
        if by_hours:
            return RuleResult(Verdict.UNKNOWN, Code.DEPTH_BY_HOURS, nan, needed_m)
        if dries and isnan(tide_m):
            return RuleResult(Verdict.UNKNOWN, Code.TIDE_UNKNOWN, nan, needed_m)
        return RuleResult(Verdict.UNKNOWN, Code.DEPTH_UNKNOWN, nan, needed_m)
    if isnan(tide_m) or isnan(tide_doubt_m):
        if entrance_depth_m >= needed_m:
            return RuleResult(Verdict.PASS, Code.UKC_OK, entrance_depth_m, needed_m)
        if entrance_depth_m + highest_tide_m < needed_m:
            return RuleResult(Verdict.FAIL, Code.DRAFT_EXCEEDED, entrance_depth_m + highest_tide_m, needed_m)
        return RuleResult(Verdict.UNKNOWN, Code.TIDE_UNKNOWN, entrance_depth_m, needed_m)
    depth_m = entrance_depth_m + tide_m
    if depth_m - tide_doubt_m >= needed_m + marginal_m:
        return RuleResult(Verdict.PASS, Code.UKC_OK, depth_m, needed_m)
    # What the chart alone has is there whatever the tide does: learning the tide takes no port away.
    if depth_m - tide_doubt_m >= needed_m or entrance_depth_m >= needed_m:
        return RuleResult(Verdict.PASS, Code.UKC_MARGINAL, depth_m, needed_m)
    if depth_m + tide_doubt_m >= needed_m:
        return RuleResult(Verdict.UNKNOWN, Code.TIDE_DOUBTFUL, depth_m, needed_m)
    return RuleResult(Verdict.FAIL, Code.DRAFT_EXCEEDED, depth_m, needed_m)


@leaf_kernel
def gate(kind, grade, hours_from_high_water, doubt_h, opens_before_h, closes_after_h, wait_s, lock_s):
    """The gate, lock or tidal window is open at arrival, or opens soon enough to wait for.

    Parameters
    ----------
    kind : int
        `Gate`.
    grade : int
        `Grade` of what is known of it: what was read nowhere is for care.
    hours_from_high_water : float
        Entry, after any wait, against the nearest high water, negative before it; NaN when the tide is unknown. [h]
    doubt_h : float
        Uncertainty of the time of high water. [h]
    opens_before_h, closes_after_h : float
        Tidal window about high water. [h]
    wait_s : float
        Wait outside, for hours or for water, that the policy accepts; 0 for none. [s]
    lock_s : float
        Time a lock costs that works round the clock. [s]
    """
    if kind == Gate.LOCK:
        return RuleResult(Verdict.UNKNOWN, Code.LOCK_SCHEDULE_UNKNOWN, nan, nan)
    if kind == Gate.UNKNOWN:
        return RuleResult(Verdict.UNKNOWN, Code.GATE_UNKNOWN, nan, nan)
    weak = grade < Grade.TRANSCRIBED
    if wait_s > 0.0 and weak and kind == Gate.TIDAL_WINDOW:
        return RuleResult(Verdict.UNKNOWN, Code.GATE_WAIT_GENERAL, wait_s, nan)
    if wait_s > 0.0:
        return RuleResult(Verdict.FAIL, Code.GATE_WAIT, wait_s, nan)
    if kind == Gate.NONE and weak:
        return RuleResult(Verdict.UNKNOWN, Code.GATE_NONE_GENERAL, nan, nan)
    if kind == Gate.NONE:
        return RuleResult(Verdict.PASS, Code.GATE_NONE, nan, nan)
    if kind == Gate.LOCK_24H:
        return RuleResult(Verdict.FAIL, Code.LOCK_QUEUE, lock_s, nan)
    early_h = hours_from_high_water + opens_before_h
    late_h = closes_after_h - hours_from_high_water
    if early_h >= doubt_h and late_h >= doubt_h and weak:
        return RuleResult(Verdict.UNKNOWN, Code.GATE_HOURS_GENERAL, hours_from_high_water, closes_after_h)
    if early_h >= doubt_h and late_h >= doubt_h:
        return RuleResult(Verdict.PASS, Code.GATE_OPEN, hours_from_high_water, closes_after_h)
    if early_h < -doubt_h or late_h < -doubt_h:
        return RuleResult(Verdict.FAIL, Code.GATE_CLOSED, hours_from_high_water, closes_after_h)
    if isnan(early_h) or isnan(late_h) or isnan(doubt_h):
        return RuleResult(Verdict.UNKNOWN, Code.GATE_TIDE_UNKNOWN, nan, nan)
    edge_h = -opens_before_h if early_h < late_h else closes_after_h
    return RuleResult(Verdict.UNKNOWN, Code.GATE_HOURS_DOUBTFUL, hours_from_high_water, edge_h)


@leaf_kernel
def tide_data(needed_m, entrance_depth_m, gate_kind, tide_m):
    """Whether the answer for this port leans on a tide, and whether there is one."""
    if gate_kind != Gate.TIDAL_WINDOW and entrance_depth_m >= needed_m:
        return RuleResult(Verdict.NOT_APPLICABLE, Code.TIDE_NOT_NEEDED, nan, nan)
    if isnan(tide_m):
        return RuleResult(Verdict.UNKNOWN, Code.TIDE_MISSING, nan, nan)
    return RuleResult(Verdict.PASS, Code.TIDE_PREDICTED_ONLY, tide_m, nan)
