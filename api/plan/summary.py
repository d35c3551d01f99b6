"""What a proposal says about each encounter and about itself; document, notices and text read it from here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from api.plan.messages import (
    REASON,
    SENTENCE,
)
from api.plan.propose import HOUR_MIN, Boat, LeftOut, Proposal
from api.plan.solver.makespan import PROVEN_MIN
from api.plan.solver.problem import INF, Part
from api.plan.solver.schedule import Schedule
from api.text.catalogue import LANGUAGES, Text
from api.text.locale import number_text
from api.text.refusals import refusal_sentence
from engine.codes import Status
from engine.routes import straight_line_m
from engine.units import MINUTE_S, NAUTICAL_MILE_M

WORTH_SAYING_MIN = 0.5
"""Least cost of being sent on that is told. [min]"""

MOST_TO_ASK = 3
"""Ports named to ask for places, of those an encounter without a port could use."""

PROVEN_SHARE = 1e-7
"""A total this near its bound counts as proven."""


def worst_gap_min(proposal: Proposal) -> float:
    """What is not proven of the worst time. [min]"""
    best = proposal.best
    return 0.0 if best is None else max(0.0, best.landing.worst_min - best.worst_bound_min)


def total_gap_share(proposal: Proposal) -> float:
    """What is not proven of the total, as a share of it."""
    best = proposal.best
    if best is None or best.landing.weighted_person_min <= 0.0:
        return 0.0
    return max(0.0, 1.0 - best.total_bound_person_min / best.landing.weighted_person_min)


def counted_gap_min(proposal: Proposal) -> float:
    """What is not proven of the greatest time to safety counted by weight. [min]"""
    best = proposal.best
    return 0.0 if best is None else max(0.0, best.counted_min - best.counted_bound_min)


def proven(proposal: Proposal) -> bool:
    """Whether no plan is better, by the solver's own bounds, and nobody can have a place who has none."""
    gap_min = max(worst_gap_min(proposal), counted_gap_min(proposal))
    fewest = proposal.shortage is None or (proposal.shortage.proven and proposal.shortage.fewest)
    return fewest and gap_min <= PROVEN_MIN and total_gap_share(proposal) <= PROVEN_SHARE


def search_ended(proposal: Proposal) -> Literal["proven", "time_limit", "close_enough"]:
    """How the search ended: what is proven was not cut short, whatever the clock says."""
    if proven(proposal):
        return "proven"
    cut = (proposal.best is not None and proposal.best.clock_stopped) or (
        proposal.shortage is not None and not (proposal.shortage.proven and proposal.shortage.fewest)
    )
    return "time_limit" if cut else "close_enough"


def reason_of(proposal: Proposal, k: int) -> tuple[str, Text] | None:
    """Why people of an encounter have no place; None when all have one."""
    boat = proposal.boats[k]
    left = without_place(proposal, k)
    if left == 0:
        return None
    if boat.usable.any():
        return "NO_PLACES", REASON["NO_PLACES"].fill(without=left, persons=boat.persons)
    code = "PLACES_UNKNOWN" if fit_for(boat, proposal.request.allow_unconfirmed).any() else "ONLY_UNCONFIRMED"
    helpful = ports_that_would_help(proposal, k)
    if not helpful:
        return "NO_FIT_PORT", REASON["NO_FIT_PORT"]
    return code, REASON[code].fill(port=name_of(proposal, helpful[0]))


def ports_that_would_help(proposal: Proposal, k: int) -> list[int]:
    """Ports of the world that an encounter without a port could use if somebody stated places there, nearest first.

    Those fit for it, else those that are not confirmed for it; none for an encounter that has a port in the numbers.
    """
    boat = proposal.boats[k]
    if boat.usable.any():
        return []
    fit = fit_for(boat, proposal.request.allow_unconfirmed)
    among = fit if fit.any() else fit_for(boat, unconfirmed=True)
    nearest = sorted(np.flatnonzero(among), key=lambda port: float(boat.decision.key_s[port]))
    return [int(port) for port in nearest[:MOST_TO_ASK]]


def fit_for(boat: Boat, unconfirmed: bool) -> np.ndarray:
    """Ports of the world that are fit for a vessel and have a time, figures or not."""
    last = int(Status.UNCONFIRMED if unconfirmed else Status.CAUTION)
    timed = np.isfinite(boat.decision.key_s) & np.isfinite(boat.decision.time_s)
    return np.asarray((boat.decision.status <= last) & timed)


def name_of(proposal: Proposal, port: int) -> Text:
    """Name of a port of the world."""
    named = proposal.world.ports[port]
    return Text(named.name_en.upper(), named.name_fr.upper())


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
    """People whom the plan made in turn leaves without a place, of all that were asked for. [persons]"""
    return everybody(proposal) - sum(part.persons for part in proposal.greedy.parts)


def everybody(proposal: Proposal) -> int:
    """All people asked for, those of encounters left out, too. [persons]"""
    planned = sum(boat.persons for boat in proposal.boats)
    return planned + sum(encounter.persons for encounter in proposal.left_out)


def left_out_text(encounter: LeftOut) -> Text:
    """Why an encounter is left out and what to do, the encounter named."""
    refused = encounter.refused
    return REASON["REFUSED"].fill(
        encounter=encounter.id,
        why=Text(*(
            refusal_sentence(refused.field, refused.problem, refused.remedy, language) for language in LANGUAGES
        )),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """What two plans come to for the same people: those who have a place in both.

    Attributes
    ----------
    encounters, persons : int
    plan, greedy : tuple of float
        Greatest time to safety [min] and total [person min].
    """

    encounters: int
    persons: int
    plan: tuple[float, float]
    greedy: tuple[float, float]


def compare_plans(proposal: Proposal) -> Compared | None:
    """The plan beside the one made in turn; None where no encounter has a place for all its people in both."""
    if proposal.best is None:
        return None
    plans = (proposal.best.landing.parts, proposal.greedy.parts)
    placed = [Counter[int]() for _ in plans]
    for count, parts in zip(placed, plans, strict=True):
        for part in parts:
            count[part.boat] += part.persons
    persons = proposal.problem.persons
    rows = {row for row in range(len(persons)) if all(count[row] == persons[row] for count in placed)}
    if not rows:
        return None
    both = [
        (max(part.safety_min for part in parts if part.boat in rows),
         sum(part.person_min for part in parts if part.boat in rows))
        for parts in plans
    ]  # fmt: skip
    return Compared(len(rows), sum(int(persons[row]) for row in rows), both[0], both[1])


def boat_of(proposal: Proposal, part: Part) -> Boat:
    """The boat of a part."""
    return proposal.boats[proposal.planned[part.boat]]


def port_of(proposal: Proposal, part: Part) -> Text:
    """Name of the port of a part."""
    return name_of(proposal, proposal.ports[part.port])


def status_at(proposal: Proposal, part: Part) -> Status:
    """Standing of the port of a part for its boat."""
    return Status(boat_of(proposal, part).decision.status[proposal.ports[part.port]])


def arrival_min(proposal: Proposal, part: Part) -> float:
    """When the boat of a part arrives, whoever waits there before it. [min]"""
    boat = boat_of(proposal, part)
    return float(boat.decision.time_s[proposal.ports[part.port]]) / MINUTE_S + boat.delay_min


def names_at(proposal: Proposal, parts: Iterable[Part]) -> list[str]:
    """Ids of the encounters of some parts, each once."""
    return list(dict.fromkeys(boat_of(proposal, part).id for part in parts))


def waits_for(proposal: Proposal, part: Part) -> list[str]:
    """Encounters that land at the same port between the arrival of a part and the beginning of its landing.

    People who were there already are none of them: `behind_queued_min`.
    """
    if proposal.best is None or part.begin_min <= part.arrive_min + PROVEN_MIN:
        return []
    before = [
        other for other in proposal.best.landing.parts
        if other.port == part.port and other.begin_min < part.begin_min and other.end_min > part.arrive_min + PROVEN_MIN
    ]  # fmt: skip
    return names_at(proposal, sorted(before, key=lambda other: other.begin_min))


def behind_queued_min(proposal: Proposal, part: Part) -> float:
    """What a part waits until people who were at its port already are ashore, whoever else lands before it. [min]"""
    return max(0.0, queued_until_min(proposal, part.port) - arrival_min(proposal, part))


def queued_until_min(proposal: Proposal, column: int) -> float:
    """When the last of the people who were at a port of the numbers already is ashore. [min]"""
    return proposal.figures[proposal.ports[column]].queued_min


def makes_way_for(proposal: Proposal, k: int) -> list[str]:
    """Encounters that land at the own nearest port of one that is sent elsewhere and is later for it."""
    own = own_nearest(proposal, k)
    if own is None or proposal.best is None:
        return []
    column = proposal.ports.index(own[0])
    parts = parts_of(proposal, k, proposal.best.landing)
    safety_min = max((part.safety_min for part in parts), default=0.0)
    if any(part.port == column for part in parts) or safety_min <= own[1] + PROVEN_MIN:
        return []
    return names_at(proposal, [part for part in proposal.best.landing.parts if part.port == column])


def order_of_landing(proposal: Proposal) -> list[tuple[int, Text]]:
    """Who waits for whom, with the encounter each sentence is about; the urgent first."""
    urgent_first = sorted(range(len(proposal.boats)), key=lambda k: -proposal.boats[k].weight)
    return [(k, text) for k in urgent_first for text in _order_texts(proposal, k)]


def _order_texts(proposal: Proposal, k: int) -> list[Text]:
    """Whom an encounter waits for at its ports, and for whom it is sent past its own nearest one."""
    boat, own = proposal.boats[k], own_nearest(proposal, k)
    parts = parts_of(proposal, k, None if proposal.best is None else proposal.best.landing)
    texts = [text for part in parts for text in _waiting_texts(proposal, boat, part)]
    if own is None or not parts or any(proposal.ports[part.port] == own[0] for part in parts):
        return texts
    cost = max(part.safety_min for part in parts) - own[1]
    if cost >= WORTH_SAYING_MIN:
        others = makes_way_for(proposal, k)
        text = SENTENCE["makes_way" if others else "sent_on"].fill(
            boat=boat.id, port=join_texts(port_of(proposal, part) for part in parts), cost=f"{cost:.0f}",
            own=name_of(proposal, own[0]), others=", ".join(others), persons=boat.persons,
        )  # fmt: skip
        texts.append(text)
    return texts


def _waiting_texts(proposal: Proposal, boat: Boat, part: Part) -> list[Text]:
    """What a part waits, for people who were at the port already and for encounters, each with its own minutes."""
    others, behind_min = waits_for(proposal, part), behind_queued_min(proposal, part)
    is_behind = behind_min >= WORTH_SAYING_MIN
    if not others and not is_behind:
        return []
    key = ("waits_both" if is_behind else "waits") if others else "waits_queued"
    return [
        SENTENCE[key].fill(
            boat=boat.id, port=port_of(proposal, part), others=", ".join(others), behind=f"{behind_min:.0f}",
            queued=proposal.figures[proposal.ports[part.port]].queued_persons,
            minutes=f"{part.begin_min - arrival_min(proposal, part) - (behind_min if is_behind else 0.0):.0f}",
        )
    ]  # fmt: skip


def urgent_later_than_in_turn(proposal: Proposal) -> list[tuple[Boat, float, float]]:
    """Boats that weigh more than others and are later than in the plan made in turn, with both times. [min]

    Only where that plan leaves people without a place.
    """
    found = []
    for k, boat in enumerate(proposal.boats):
        both = [
            max((part.safety_min for part in parts_of(proposal, k, landing)), default=INF)
            for landing in (None if proposal.best is None else proposal.best.landing, proposal.greedy)
        ]
        if boat.weight > 1.0 and both[0] > both[1] + PROVEN_MIN:
            found.append((boat, both[0], both[1]))
    return found


@dataclass(frozen=True, slots=True)
class Overload:
    """More people than a vessel can carry, and who could take some of them.

    Attributes
    ----------
    limit, too_many : int
        [persons]
    shares : tuple of (Boat, int, float)
        Vessel with room, how many she could take [persons], and how far off she is, straight [nm]; nearest first.
    still_too_many : int
        For whom no vessel of the plan has room. [persons]
    """

    limit: int
    too_many: int
    shares: tuple[tuple[Boat, int, float], ...]
    still_too_many: int


def overloads(proposal: Proposal) -> dict[int, Overload]:
    """Encounters with more people than their vessel can carry, the urgent first; room is given out once."""
    room = {k: boat.room for k, boat in enumerate(proposal.boats)}
    found = {}
    for k in sorted(range(len(proposal.boats)), key=lambda k: -proposal.boats[k].weight):
        boat = proposal.boats[k]
        left = boat.over_limit
        if left == 0:
            continue
        away = {
            other: straight_line_m((boat.ask.lon, boat.ask.lat), (proposal.boats[other].ask.lon,
            proposal.boats[other].ask.lat)) / NAUTICAL_MILE_M for other in room if room[other] > 0
        }  # fmt: skip
        shares = []
        for other in sorted(away, key=lambda other: away[other]):
            if left == 0:
                break
            persons = min(left, room[other])
            room[other] -= persons
            left -= persons
            shares.append((proposal.boats[other], persons, away[other]))
        found[k] = Overload(boat.persons - boat.over_limit, boat.over_limit, tuple(shares), left)
    return dict(sorted(found.items()))


def missing_text(proposal: Proposal) -> Text | None:
    """How many more places, where, and for whom; None when none is missing."""
    shortage = proposal.shortage
    if shortage is None:
        return None
    named = [
        SENTENCE["missing_at_port"].fill(
            port=name_of(proposal, proposal.ports[column]), count=int(count),
            encounters=", ".join(f"{name} {persons}" for name, persons in helped_at(proposal, column)),
        )
        for column, count in enumerate(shortage.missing) if count
    ]  # fmt: skip
    beyond = ", ".join(f"{name} {persons}" for name, persons in no_places_help(proposal))
    text = SENTENCE["missing_but" if beyond else "missing"].fill(
        count=int(shortage.missing.sum()), ports=join_texts(named), others=beyond
    )
    texts = [text]
    if not shortage.proven:
        texts.append(
            SENTENCE["missing_with_bound" if shortage.missing_bound > 0 else "missing_without_bound"].fill(
                bound=shortage.missing_bound
            )
        )
    if not shortage.fewest:
        texts.append(SENTENCE["fewest_not_proven"])
    return Text("".join(part.en for part in texts), "".join(part.fr for part in texts))


def no_places_help(proposal: Proposal) -> list[tuple[str, int]]:
    """Encounters that no place at a port of the numbers would do for, with their people. [persons]"""
    portless = [boat for k, boat in enumerate(proposal.boats) if k not in proposal.planned]
    return [(boat.id, boat.persons) for boat in portless] + [(out.id, out.persons) for out in proposal.left_out]


def helped_at(proposal: Proposal, column: int) -> list[tuple[str, int]]:
    """Encounters that would land people at a port with the missing places added and do not as it stands. [persons]"""
    shortage = proposal.shortage
    if shortage is None:
        return []
    more = shortage.with_them[:, column] - shortage.loads[:, column]
    return [(proposal.boats[proposal.planned[row]].id, int(more[row])) for row in np.flatnonzero(more > 0)]


def join_texts(texts: Iterable[Text]) -> Text:
    """Texts one after another, with commas between them."""
    listed = list(texts)
    return Text(", ".join(text.en for text in listed), ", ".join(text.fr for text in listed))


def gap_words(proposal: Proposal) -> tuple[Text, Text]:
    """Minutes and per cent that are not proven, rounded up."""
    worst = np.ceil(max(worst_gap_min(proposal), counted_gap_min(proposal)) * 10.0 - PROVEN_MIN) / 10.0
    total = np.ceil(total_gap_share(proposal) * 10_000.0) / 100.0
    return number_text(f"{abs(worst):.1f}"), number_text(f"{total:.2f}")


def person_hours(person_min: float) -> float:
    """Person-hours of person-minutes."""
    return person_min / HOUR_MIN
