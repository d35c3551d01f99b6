"""What waits ashore: places, pace of landing, medical care, basic needs, danger."""

from math import isnan, nan

from engine.codes import Code, Feed, Medical, Reception, Verdict
from engine.kernels.jit import leaf_kernel
from engine.rules.result import RuleResult


@leaf_kernel
def capacity(feed, free_places, persons, persons_known, tight_share):
    """There are places ashore for everybody aboard.

    Parameters
    ----------
    feed : int
        `Feed` state of the capacity source.
    free_places : float
        Total less occupied less held; NaN when unknown. [persons]
    persons : float
        The upper figure, or the policy's assumption. [persons]
    persons_known : bool
        False when `persons` is the assumption, which is never evidence.
    tight_share : float
        Share of the places that should be left over.
    """
    if feed == Feed.ABSENT:
        return RuleResult(Verdict.UNKNOWN, Code.NO_CAPACITY_FEED, nan, persons)
    if feed == Feed.STALE or isnan(free_places):
        return RuleResult(Verdict.UNKNOWN, Code.CAP_UNKNOWN, nan, persons)
    if free_places - persons >= tight_share * free_places:
        return RuleResult(Verdict.PASS, Code.CAP_OK, free_places, persons)
    if free_places >= persons:
        return RuleResult(Verdict.FAIL, Code.CAP_TIGHT, free_places, persons)
    if not persons_known and free_places > 0.0:
        return RuleResult(Verdict.UNKNOWN, Code.CAP_UNKNOWN, free_places, persons)
    return RuleResult(Verdict.FAIL, Code.CAP_FULL, free_places, persons)


@leaf_kernel
def landing_rate(feed, persons_per_hour, queued_persons, persons, limit_h):
    """The port lands these people without a long queue."""
    if feed == Feed.LIVE and (queued_persons + persons) <= limit_h * persons_per_hour:
        return RuleResult(Verdict.PASS, Code.CAP_RATE_OK, queued_persons + persons, limit_h * persons_per_hour)
    if feed == Feed.LIVE and (queued_persons + persons) > limit_h * persons_per_hour:
        return RuleResult(Verdict.FAIL, Code.CAP_RATE_EXCEEDED, queued_persons + persons, limit_h * persons_per_hour)
    return RuleResult(Verdict.UNKNOWN, Code.CAP_RATE_UNKNOWN, nan, nan)


def medical_reception(need: int, reception: int) -> RuleResult:
    """The port can take the worst casualty.

    Parameters
    ----------
    need : int
        `Medical`.
    reception : int
        `Reception` the register states.
    """
    if need == Medical.NONE:
        if reception == Reception.HOSPITAL:
            return RuleResult(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_OK, nan, nan)
        if reception == Reception.AMBULANCE:
            return RuleResult(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_AMBULANCE, nan, nan)
        if reception == Reception.NONE:
            return RuleResult(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_NONE, nan, nan)
        return RuleResult(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_UNKNOWN, nan, nan)
    if reception == Reception.HOSPITAL:
        return RuleResult(Verdict.PASS, Code.MED_RECEPTION_OK, nan, nan)
    if reception == Reception.AMBULANCE:
        if need == Medical.CRITICAL:
            return RuleResult(Verdict.FAIL, Code.MED_RECEPTION_AMBULANCE, nan, nan)
        return RuleResult(Verdict.PASS, Code.MED_RECEPTION_AMBULANCE, nan, nan)
    if reception == Reception.NONE:
        return RuleResult(Verdict.FAIL, Code.MED_RECEPTION_NONE, nan, nan)
    return RuleResult(Verdict.UNKNOWN, Code.MED_RECEPTION_UNKNOWN, nan, nan)


def basic_needs(feed: int, met: float) -> RuleResult:
    """Shelter, warmth, food and toilets are ready.

    Parameters
    ----------
    feed : int
        `Feed` state of the reception source.
    met : float
        1 met, 0 not met, NaN unknown.
    """
    if feed == Feed.ABSENT:
        return RuleResult(Verdict.UNKNOWN, Code.NO_RECEPTION_FEED, nan, nan)
    if feed == Feed.LIVE and met > 0.5:
        return RuleResult(Verdict.PASS, Code.NEEDS_MET, nan, nan)
    if feed == Feed.LIVE and met <= 0.5:
        return RuleResult(Verdict.FAIL, Code.NEEDS_UNMET, nan, nan)
    return RuleResult(Verdict.UNKNOWN, Code.NEEDS_UNKNOWN, nan, nan)


def onward_transport(feed: int, arranged: float) -> RuleResult:
    """Onward transport is or can be arranged: 1 yes, 0 no, NaN unknown."""
    if feed == Feed.LIVE and arranged > 0.5:
        return RuleResult(Verdict.PASS, Code.ONWARD_TRANSPORT_OK, nan, nan)
    if feed == Feed.LIVE and arranged <= 0.5:
        return RuleResult(Verdict.FAIL, Code.ONWARD_TRANSPORT_NONE, nan, nan)
    return RuleResult(Verdict.UNKNOWN, Code.ONWARD_TRANSPORT_UNKNOWN, nan, nan)


def danger_ashore(reported: bool) -> RuleResult:
    """Nobody has reported a danger to people at the landing place; only a person can."""
    if reported:
        return RuleResult(Verdict.FAIL, Code.PERSONS_AT_RISK_ASHORE, nan, nan)
    return RuleResult(Verdict.NOT_APPLICABLE, Code.NO_DANGER_REPORTED, nan, nan)
