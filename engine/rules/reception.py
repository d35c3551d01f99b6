"""What waits ashore: places, pace of landing, medical care, basic needs, danger."""

from math import isnan, nan

from engine.kernels.jit import leaf_kernel
from engine.rules.judged import Judged
from engine.vocab import Code, Feed, Medical, Reception, Verdict


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
        return Judged(Verdict.UNKNOWN, Code.NO_CAPACITY_FEED, nan, persons)
    if feed == Feed.STALE or isnan(free_places):
        return Judged(Verdict.UNKNOWN, Code.CAP_UNKNOWN, nan, persons)
    if free_places - persons >= tight_share * free_places:
        return Judged(Verdict.PASS, Code.CAP_OK, free_places, persons)
    if free_places >= persons:
        return Judged(Verdict.FAIL, Code.CAP_TIGHT, free_places, persons)
    if not persons_known and free_places > 0.0:
        return Judged(Verdict.UNKNOWN, Code.CAP_UNKNOWN, free_places, persons)
    return Judged(Verdict.FAIL, Code.CAP_FULL, free_places, persons)


@leaf_kernel
def landing_rate(feed, persons_per_hour, queued_persons, persons, limit_h):
    """The port lands these people without a long queue."""
    if feed == Feed.LIVE and (queued_persons + persons) <= limit_h * persons_per_hour:
        return Judged(Verdict.PASS, Code.CAP_RATE_OK, queued_persons + persons, limit_h * persons_per_hour)
    if feed == Feed.LIVE and (queued_persons + persons) > limit_h * persons_per_hour:
        return Judged(Verdict.FAIL, Code.CAP_RATE_EXCEEDED, queued_persons + persons, limit_h * persons_per_hour)
    return Judged(Verdict.UNKNOWN, Code.CAP_RATE_UNKNOWN, nan, nan)


@leaf_kernel
def medical_reception(need, reception):
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
            return Judged(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_OK, nan, nan)
        if reception == Reception.AMBULANCE:
            return Judged(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_AMBULANCE, nan, nan)
        if reception == Reception.NONE:
            return Judged(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_NONE, nan, nan)
        return Judged(Verdict.NOT_APPLICABLE, Code.MED_RECEPTION_UNKNOWN, nan, nan)
    if reception == Reception.HOSPITAL:
        return Judged(Verdict.PASS, Code.MED_RECEPTION_OK, nan, nan)
    if reception == Reception.AMBULANCE:
        if need == Medical.CRITICAL:
            return Judged(Verdict.FAIL, Code.MED_RECEPTION_AMBULANCE, nan, nan)
        return Judged(Verdict.PASS, Code.MED_RECEPTION_AMBULANCE, nan, nan)
    if reception == Reception.NONE:
        return Judged(Verdict.FAIL, Code.MED_RECEPTION_NONE, nan, nan)
    return Judged(Verdict.UNKNOWN, Code.MED_RECEPTION_UNKNOWN, nan, nan)


@leaf_kernel
def basic_needs(feed, met):
    """Shelter, warmth, food and toilets are ready.

    Parameters
    ----------
    feed : int
        `Feed` state of the reception source.
    met : float
        1 met, 0 not met, NaN unknown.
    """
    if feed == Feed.ABSENT:
        return Judged(Verdict.UNKNOWN, Code.NO_RECEPTION_FEED, nan, nan)
    if feed == Feed.LIVE and met > 0.5:
        return Judged(Verdict.PASS, Code.NEEDS_MET, nan, nan)
    if feed == Feed.LIVE and met <= 0.5:
        return Judged(Verdict.FAIL, Code.NEEDS_UNMET, nan, nan)
    return Judged(Verdict.UNKNOWN, Code.NEEDS_UNKNOWN, nan, nan)


@leaf_kernel
def onward_transport(feed, arranged):
    """Onward transport is or can be arranged: 1 yes, 0 no, NaN unknown."""
    if feed == Feed.LIVE and arranged > 0.5:
        return Judged(Verdict.PASS, Code.ONWARD_TRANSPORT_OK, nan, nan)
    if feed == Feed.LIVE and arranged <= 0.5:
        return Judged(Verdict.FAIL, Code.ONWARD_TRANSPORT_NONE, nan, nan)
    return Judged(Verdict.UNKNOWN, Code.ONWARD_TRANSPORT_UNKNOWN, nan, nan)


@leaf_kernel
def danger_ashore(reported):
    """Nobody has reported a danger to people at the landing place; only a person can."""
    if reported:
        return Judged(Verdict.FAIL, Code.PERSONS_AT_RISK_ASHORE, nan, nan)
    return Judged(Verdict.NOT_APPLICABLE, Code.NO_DANGER_REPORTED, nan, nan)
