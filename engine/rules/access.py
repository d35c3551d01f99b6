"""May this vessel go into that place at all: kind, harbour status, berth, permission."""

from math import isnan, nan

from engine.codes import Code, Feed, PortKind, PortStatus, Verdict
from engine.rules.result import RuleResult


def port_kind(kind: int) -> RuleResult:
    """A beach is for a person on scene to choose; oil terminals and inland docks are no landing for survivors.

    Parameters
    ----------
    kind : int
        `PortKind`.
    """
    if kind == PortKind.BEACH_LANDING:
        return RuleResult(Verdict.FAIL, Code.KIND_BEACH_HUMAN_ONLY, nan, nan)
    if kind == PortKind.OIL_TERMINAL or kind == PortKind.INLAND:
        return RuleResult(Verdict.FAIL, Code.KIND_NOT_FOR_LANDING, nan, nan)
    return RuleResult(Verdict.PASS, Code.KIND_OK, nan, nan)


def harbour_status(feed: int, status: int, age_s: float, stale_after_s: float) -> RuleResult:
    """The harbour is reported open.

    Parameters
    ----------
    feed : int
        `Feed` state of the status source.
    status : int
        `PortStatus` last reported.
    age_s : float
        Age of that report; NaN when there is none. [s]
    stale_after_s : float
        Policy limit. [s]
    """
    if feed == Feed.ABSENT:
        return RuleResult(Verdict.UNKNOWN, Code.NO_STATUS_FEED, nan, nan)
    if feed == Feed.STALE:
        return RuleResult(Verdict.UNKNOWN, Code.PORT_STATUS_STALE, age_s, stale_after_s)
    if status == PortStatus.UNKNOWN or isnan(age_s):
        return RuleResult(Verdict.UNKNOWN, Code.PORT_STATUS_UNKNOWN, nan, nan)
    if not age_s <= stale_after_s:
        return RuleResult(Verdict.UNKNOWN, Code.PORT_STATUS_STALE, age_s, stale_after_s)
    if status == PortStatus.OPEN:
        return RuleResult(Verdict.PASS, Code.PORT_OPEN, age_s, stale_after_s)
    if status == PortStatus.RESTRICTED:
        return RuleResult(Verdict.FAIL, Code.PORT_RESTRICTED, age_s, stale_after_s)
    return RuleResult(Verdict.FAIL, Code.PORT_CLOSED, age_s, stale_after_s)


def berth(
    loa_m: float,
    plausible_loa_m: float,
    beam_m: float,
    draught_m: float,
    berth_loa_m: float,
    most_loa_m: float,
    beam_limit_m: float,
    draught_limit_m: float,
    unlisted_loa_m: float,
) -> RuleResult:
    """The vessel is no bigger than the port takes.

    A limit nobody has stated is not held against a small vessel: harbours publish one when it binds. A long one has
    to ask. A vessel of unknown length counts as long as she may plausibly be, but that is no evidence against a port.

    Parameters
    ----------
    loa_m, beam_m, draught_m : float
        Of the vessel; NaN when unknown. [m]
    plausible_loa_m : float
        As long as she may be where nobody has stated it; NaN when nothing is known. [m]
    berth_loa_m, most_loa_m, beam_limit_m, draught_limit_m : float
        Of the port, from `PortAccess`. [m]
    unlisted_loa_m : float
        Longest vessel a harbour without a stated limit is taken to land people from. [m]
    """
    if loa_m > most_loa_m:
        return RuleResult(Verdict.FAIL, Code.LOA_EXCEEDED, loa_m, most_loa_m)
    if beam_m > beam_limit_m:
        return RuleResult(Verdict.FAIL, Code.BEAM_EXCEEDED, beam_m, beam_limit_m)
    if draught_m > draught_limit_m:
        return RuleResult(Verdict.FAIL, Code.BERTH_DRAUGHT_EXCEEDED, draught_m, draught_limit_m)
    if isnan(loa_m):
        if isnan(plausible_loa_m) or (plausible_loa_m > unlisted_loa_m and not plausible_loa_m <= berth_loa_m):
            return RuleResult(Verdict.UNKNOWN, Code.VESSEL_SIZE_DOUBTFUL, plausible_loa_m, berth_loa_m)
        return RuleResult(Verdict.UNKNOWN, Code.VESSEL_SIZE_UNKNOWN, nan, berth_loa_m)
    if loa_m <= berth_loa_m:
        if isnan(beam_m) and not isnan(beam_limit_m):
            return RuleResult(Verdict.UNKNOWN, Code.VESSEL_SIZE_UNKNOWN, nan, berth_loa_m)
        return RuleResult(Verdict.PASS, Code.BERTH_OK, loa_m, berth_loa_m)
    if loa_m > unlisted_loa_m:
        return RuleResult(Verdict.UNKNOWN, Code.BERTH_UNKNOWN_FOR_SIZE, loa_m, berth_loa_m)
    if isnan(berth_loa_m):
        return RuleResult(Verdict.UNKNOWN, Code.BERTH_LIMIT_UNKNOWN, loa_m, nan)
    return RuleResult(Verdict.UNKNOWN, Code.BERTH_SMALL, loa_m, berth_loa_m)


def entry_permission(required: bool) -> RuleResult:
    """Whether the harbour wants to be asked first; never a reason against it."""
    if required:
        return RuleResult(Verdict.FAIL, Code.PORT_ENTRY_PERMISSION_REQUIRED, nan, nan)
    return RuleResult(Verdict.NOT_APPLICABLE, Code.ENTRY_FREE, nan, nan)
