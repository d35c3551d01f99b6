"""What a proposal says about each encounter and about itself; document, notices and text read it from here."""

import numpy as np

from api.plan.messages import MISSING, REASON, Sentence
from api.plan.problem import Part
from api.plan.propose import HOUR_MIN, Boat, Proposal
from api.plan.schedule import Schedule
from engine.codes import Status

PROVEN_MIN = 1e-4
"""A worst time this near its bound counts as proven. [min]"""

PROVEN_SHARE = 1e-7
"""A total this near its bound counts as proven."""


def worst_gap_min(proposal: Proposal) -> float:
    """What is not proven of the worst time. [min]"""
    best = proposal.best
    return 0.0 if best is None else max(0.0, best.landing.worst_min - best.worst_bound_min)


def total_gap_share(proposal: Proposal) -> float:
    """What is not proven of the total, as a share of it."""
    best = proposal.best
    if best is None or best.landing.total_person_min <= 0.0:
        return 0.0
    return max(0.0, 1.0 - best.total_bound_person_min / best.landing.total_person_min)


def proven(proposal: Proposal) -> bool:
    """Whether no plan is better, by the solver's own bounds."""
    return worst_gap_min(proposal) <= PROVEN_MIN and total_gap_share(proposal) <= PROVEN_SHARE


def reason_of(proposal: Proposal, k: int) -> tuple[str, Sentence] | None:
    """Why people of an encounter have no place; None when all have one."""
    boat = proposal.boats[k]
    left = without_place(proposal, k)
    if left == 0:
        return None
    if boat.usable.any():
        return "NO_PLACES", REASON["NO_PLACES"].fill(without=left, persons=boat.persons)
    fit = fit_for(boat, proposal.request.allow_unconfirmed)
    code, among = "PLACES_UNKNOWN", fit
    if not fit.any():
        code, among = "ONLY_UNCONFIRMED", fit_for(boat, unconfirmed=True)
    nearest = boat.nearest(among)
    if nearest is None:
        return "NO_FIT_PORT", REASON["NO_FIT_PORT"]
    return code, REASON[code].fill(port=name_of(proposal, nearest))


def fit_for(boat: Boat, unconfirmed: bool) -> np.ndarray:
    """Ports of the world that are fit for a vessel and have a time, figures or not."""
    last = int(Status.UNCONFIRMED if unconfirmed else Status.CAUTION)
    timed = np.isfinite(boat.decision.key_s) & np.isfinite(boat.decision.time_s)
    return np.asarray((boat.decision.status <= last) & timed)


def name_of(proposal: Proposal, port: int) -> Sentence:
    """Name of a port of the world."""
    named = proposal.world.ports[port]
    return Sentence(named.name_en.upper(), named.name_fr.upper())


def without_place(proposal: Proposal, k: int) -> int:
    """People of an encounter without a place. [persons]"""
    if k not in proposal.planned:
        return proposal.boats[k].persons
    return 0 if proposal.shortage is None else int(proposal.shortage.without[proposal.planned.index(k)])


def parts_of(proposal: Proposal, k: int, landing: Schedule | None) -> list[Part]:
    """Parts of an encounter in one of the plans; none when it has no place there."""
    if landing is None or k not in proposal.planned:
        return []
    row = proposal.planned.index(k)
    return [part for part in landing.parts if part.boat == row]


def own_nearest(proposal: Proposal, k: int) -> tuple[int, float] | None:
    """The port an encounter would go to by itself, and its time to safety there if no other came. [min]

    The nearest fit port by its policy, free places or not, of those whose landing rate is known.
    """
    boat = proposal.boats[k]
    nearest = boat.nearest(boat.usable)
    if nearest is None:
        return None
    column = proposal.ports.index(nearest)
    return nearest, float(proposal.problem.alone_min[proposal.planned.index(k), column])


def greedy_without(proposal: Proposal) -> int:
    """People whom the plan made in turn leaves without a place, of those planned for. [persons]"""
    return int(proposal.problem.persons.sum()) - sum(part.persons for part in proposal.greedy.parts)


def missing_text(proposal: Proposal) -> Sentence | None:
    """How many more places, and where; None when none is missing."""
    if proposal.shortage is None:
        return None
    named = [
        (name_of(proposal, proposal.ports[column]), int(count))
        for column, count in enumerate(proposal.shortage.missing) if count
    ]  # fmt: skip
    ports = Sentence(
        ", ".join(f"{name.en} {count}" for name, count in named),
        ", ".join(f"{name.fr} {count}" for name, count in named),
    )
    return MISSING.fill(count=int(proposal.shortage.missing.sum()), ports=ports)


def gap_words(proposal: Proposal) -> tuple[Sentence, Sentence]:
    """Minutes and per cent that are not proven, rounded up."""
    worst = np.ceil(worst_gap_min(proposal) * 10.0 - PROVEN_MIN) / 10.0
    total = np.ceil(total_gap_share(proposal) * 10_000.0) / 100.0
    minutes, share = f"{abs(worst):.1f}", f"{total:.2f}"
    return Sentence(minutes, minutes.replace(".", ",")), Sentence(share, share.replace(".", ","))


def person_hours(person_min: float) -> float:
    """Person-hours of person-minutes."""
    return person_min / HOUR_MIN
