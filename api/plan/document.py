"""The plan document: one JSON object, the same from the command line and over HTTP."""

import hashlib
from typing import cast

import numpy as np

from api.documents.decision import Json, decision_id, inputs_document, port_brief, to_json
from api.documents.decision_types import FitStatus
from api.documents.notice import Level
from api.documents.port import PortSummary
from api.encounter import encounter_echo
from api.plan.messages import HEADLINE, NOTICE, SENTENCE
from api.plan.notices import notices_of
from api.plan.plan_types import (
    EncounterLeftOut,
    GreedyPlan,
    MissingPlaces,
    PlanAcceptance,
    PlanDocument,
    PlanFigures,
    PlanHold,
    PlannedEncounter,
    PlannedPort,
    PlanOutcome,
    PlanPart,
    PlanReason,
    PlansCompared,
)
from api.plan.propose import Boat, LeftOut, Proposal
from api.plan.solver.budget import budget_for
from api.plan.solver.deadline import MOST_TIMES
from api.plan.solver.makespan import PROVEN_MIN
from api.plan.solver.problem import INF, Part
from api.plan.summary import (
    Overload,
    arrival_min,
    behind_queued_min,
    compare_plans,
    counted_gap_min,
    everybody,
    greedy_without,
    helped_at,
    left_out_text,
    makes_way_for,
    missing_text,
    order_of_landing,
    overloads,
    own_nearest,
    parts_of,
    ports_that_would_help,
    proven,
    reason_of,
    search_ended,
    total_gap_share,
    waits_for,
    without_place,
    worst_gap_min,
)
from api.position import format_time
from api.store.reservations import HOLD_AFTER_ETA_S
from engine import ENGINE_VERSION
from engine.codes import Status
from engine.errors import PositionRefused
from engine.ports import Port
from engine.units import MINUTE_S


def plan_document(proposal: Proposal) -> PlanDocument:
    """The whole document; equal inputs give equal documents, unless it carries the notice ``TIME_LIMIT``."""
    best = proposal.best
    parts = () if best is None else best.landing.parts
    without = {k: without_place(proposal, k) for k in range(len(proposal.boats))}
    landed = sum(part.persons for part in parts)
    all_persons = everybody(proposal)
    outcome: PlanOutcome = "none" if not landed else "incomplete" if landed < all_persons else "complete"
    worst_min = 0.0 if best is None else best.landing.worst_min
    ashore_min = max((part.end_min for part in parts), default=0.0)
    headline = HEADLINE[outcome].fill(
        persons=landed, encounters=len({part.boat for part in parts}), ports=len({part.port for part in parts}),
        minutes=f"{ashore_min:.0f}", without=all_persons - landed, all=all_persons,
    )  # fmt: skip
    inputs = _inputs(proposal)
    plan_id = _plan_id(proposal, inputs)
    loads = overloads(proposal)
    budget = budget_for(len(proposal.boats), proposal.request.time_limit_s)
    encounters = [_encounter(proposal, k, without[k], loads.get(k), plan_id) for k in range(len(proposal.boats))]
    return {
        "plan_id": plan_id,
        "planned_at": format_time(proposal.at_s),
        "kind": "proposal",
        "note": proposal.request.note,
        "outcome": outcome,
        "headline": headline.both(),
        "encounters": encounters,
        "left_out": [_left_out(encounter) for encounter in proposal.left_out],
        "ports": _ports(proposal, parts),
        "worst": {
            "time_to_safety_min": _minutes(worst_min),
            "lower_bound_min": None if best is None else _minutes(best.worst_bound_min),
            "gap_min": None if best is None else _minutes(worst_gap_min(proposal)),
            "encounters": sorted({
                proposal.boats[proposal.planned[part.boat]].id for part in parts
                if part.safety_min >= worst_min - PROVEN_MIN
            }),
            "urgent": None if best is None or not best.counted_min else {
                "counted_min": _minutes(best.counted_min),
                "lower_bound_min": _minutes(best.counted_bound_min),
                "gap_min": _minutes(counted_gap_min(proposal)),
            },
        },
        "total": {
            "person_min": 0.0 if best is None else _minutes(best.landing.total_person_min),
            "weighted_person_min": 0.0 if best is None else _minutes(best.landing.weighted_person_min),
            "lower_bound_person_min": None if best is None else _minutes(best.total_bound_person_min),
            "gap_share": None if best is None else round(total_gap_share(proposal), 6),
        },
        "proven_best": proven(proposal),
        "greedy": _greedy(proposal),
        "compared": _compared(proposal),
        "order": [{"id": proposal.boats[k].id, "text": text.both()} for k, text in order_of_landing(proposal)],
        "search": {
            "ended": search_ended(proposal),
            "limit_s": budget.limit_s,
            "longest_s": MOST_TIMES * (budget.limit_s + (0.0 if proposal.shortage is None else budget.shortage_s)),
        },
        "missing": _missing(proposal),
        "notices": [
            {"code": code, "level": cast(Level, NOTICE[code][0]), "text": text.both()}
            for code, text in notices_of(proposal)
        ],
        "method": SENTENCE["method"].both(),
        "inputs": inputs,
    }  # fmt: skip


def _encounter(proposal: Proposal, k: int, without: int, load: Overload | None, plan_id: str) -> PlannedEncounter:
    boat = proposal.boats[k]
    decision = boat.decision
    parts = parts_of(proposal, k, None if proposal.best is None else proposal.best.landing)
    in_turn = parts_of(proposal, k, proposal.greedy)
    safety_min = max((part.safety_min for part in parts), default=INF)
    own = own_nearest(proposal, k)
    why = reason_of(proposal, k)
    return {
        "id": boat.id,
        "decision_id": decision_id(encounter_echo(boat.ask), inputs_document(decision)),
        "encounter": encounter_echo(boat.ask),
        "persons": boat.persons,
        "persons_assumed": not boat.persons_known,
        "most_parts": boat.most_parts,
        "parts": [_part(proposal, boat, part, f"{plan_id}-{k}") for part in parts],
        "time_to_safety_min": _minutes(safety_min),
        "own_nearest": None if own is None else {
            "port": _summary(proposal.world.ports[own[0]]),
            "time_to_landing_min": _minutes(float(decision.time_s[own[0]]) / MINUTE_S + boat.delay_min),
            "time_to_safety_alone_min": _minutes(own[1]),
        },
        "cost_min": None if own is None else _minutes(safety_min - own[1]),
        "greedy": {
            "parts": [{"port_id": _port(proposal, part).id, "persons": part.persons} for part in in_turn],
            "time_to_safety_min": _minutes(max((part.safety_min for part in in_turn), default=INF)),
        },
        "urgency_weight": boat.weight,
        "makes_way_for": makes_way_for(proposal, k),
        "over_limit": None if load is None else {
            "limit": load.limit,
            "too_many": load.too_many,
            "share_with": [
                {"id": other.id, "persons": persons, "distance_nm": round(distance_nm, 1)}
                for other, persons, distance_nm in load.shares
            ],
            "still_too_many": load.still_too_many,
        },
        "without_place": without,
        "reason": None if why is None else cast(PlanReason, {
            "code": why[0], "text": why[1].both(),
            "ports": [proposal.world.ports[port].id for port in ports_that_would_help(proposal, k)],
        }),
    }  # fmt: skip


def _left_out(encounter: LeftOut) -> EncounterLeftOut:
    refused = encounter.refused
    return {
        "id": encounter.id,
        "persons": encounter.persons,
        "code": refused.code.name if isinstance(refused, PositionRefused) else "INVALID_FIELDS",
        "text": left_out_text(encounter).both(),
    }


def _summary(port: Port) -> PortSummary:
    return port_brief(port)


def _port(proposal: Proposal, part: Part) -> Port:
    return proposal.world.ports[proposal.ports[part.port]]


def _part(proposal: Proposal, boat: Boat, part: Part, key: str) -> PlanPart:
    def at(minute: float) -> str:
        return format_time(proposal.at_s + round(minute * MINUTE_S))

    port = proposal.ports[part.port]
    arrive_min = arrival_min(proposal, part)
    return {
        "port": _summary(proposal.world.ports[port]),
        "status": cast(FitStatus, Status(boat.decision.status[port]).name.lower()),
        "persons": part.persons,
        "arrives_at": at(arrive_min),
        "landing_from": at(part.begin_min),
        "last_ashore_at": at(part.end_min),
        "time_to_landing_min": _minutes(arrive_min),
        "queue_min": _minutes(max(0.0, part.begin_min - arrive_min)),
        "behind_queued_min": _minutes(behind_queued_min(proposal, part)),
        "landing_min": _minutes(part.end_min - part.begin_min),
        "policy_adds_min": _minutes(part.safety_min - part.end_min),
        "time_to_safety_min": _minutes(part.safety_min),
        "waits_for": waits_for(proposal, part),
        "accept": _accept(proposal, boat, part, at(arrive_min), part.end_min - arrive_min, key),
    }


def _accept(proposal: Proposal, boat: Boat, part: Part, eta_at: str, ashore_min: float, key: str) -> PlanAcceptance:
    """The request that makes a reservation of a part; sent twice it is one, because the same part has the same key."""
    hold: PlanHold = {
        "port_id": _port(proposal, part).id,
        "vessel": boat.unit,
        "persons": {"total": part.persons},
        "eta_at": eta_at,
        # Places are held for as long past the arrival as usual, and while others land before this load.
        "hold_s": round(HOLD_AFTER_ETA_S + ashore_min * MINUTE_S),
    }
    if boat.encounter_id is not None:
        hold["encounter_id"] = boat.encounter_id
    return {
        "method": "POST",
        "path": "/v1/reservations",
        "idempotency_key": f"{key}-{_port(proposal, part).id}-{part.persons}",
        "body": hold,
    }


def _ports(proposal: Proposal, parts: tuple[Part, ...]) -> list[PlannedPort]:
    """Ports of the plan, and those that could have been in it."""
    listed: list[PlannedPort] = []
    for column, port in enumerate(proposal.ports):
        here = [part for part in parts if part.port == column]
        figures = proposal.figures[port]
        persons = sum(part.persons for part in here)
        unlimited = figures.places == INF
        listed.append({
            "port": _summary(proposal.world.ports[port]),
            "places": None if unlimited else int(figures.places),
            "places_left": None if unlimited else int(figures.places) - persons,
            "persons_per_hour": figures.persons_per_hour,
            "queued_persons": figures.queued_persons,
            "assumed": list(figures.assumed),
            "persons": persons,
            "encounters": len({part.boat for part in here}),
            "landing_from_min": _minutes(min((part.begin_min for part in here), default=INF)),
            "landing_until_min": _minutes(max((part.end_min for part in here), default=INF)),
        })  # fmt: skip
    return listed


def _greedy(proposal: Proposal) -> GreedyPlan:
    without = greedy_without(proposal)
    return {
        "complete": without == 0,
        "without_place": without,
        "worst_min": _minutes(proposal.greedy.worst_min),
        "total_person_min": _minutes(proposal.greedy.total_person_min),
    }


def _compared(proposal: Proposal) -> PlansCompared | None:
    same = compare_plans(proposal)
    if same is None:
        return None
    figures: list[PlanFigures] = [
        {"worst_min": _minutes(worst_min), "total_person_min": _minutes(person_min)}
        for worst_min, person_min in (same.plan, same.greedy)
    ]
    return {"encounters": same.encounters, "persons": same.persons, "plan": figures[0], "greedy": figures[1]}


def _missing(proposal: Proposal) -> MissingPlaces | None:
    text = missing_text(proposal)
    if proposal.shortage is None or text is None:
        return None
    return {
        "places": int(proposal.shortage.missing.sum()),
        "ports": [
            {
                "port_id": proposal.world.ports[proposal.ports[column]].id, "places": int(count),
                "encounters": [{"id": name, "persons": persons} for name, persons in helped_at(proposal, column)],
            }
            for column, count in enumerate(proposal.shortage.missing) if count
        ],
        "encounters": [
            {"id": proposal.boats[proposal.planned[row]].id, "persons": int(count)}
            for row, count in enumerate(proposal.shortage.without) if count
        ],
        "proven": proposal.shortage.proven,
        "lower_bound": proposal.shortage.missing_bound or None,
        "text": text.both(),
    }  # fmt: skip


def _inputs(proposal: Proposal) -> Json:
    policies = {boat.ask.policy.name: boat.ask.policy.sha256 for boat in proposal.boats}
    asked = proposal.request
    return {
        "engine_version": ENGINE_VERSION,
        **proposal.world.identity,
        "policies": policies,
        "ports_without_figures": asked.ports_without_figures,
        "persons_per_hour_without_figures": asked.persons_per_hour_without_figures,
        "allow_unconfirmed": asked.allow_unconfirmed,
        "time_limit_s": budget_for(len(proposal.boats), asked.time_limit_s).limit_s,
    }


def _plan_id(proposal: Proposal, inputs: Json) -> str:
    """Name of a plan: a digest of everything it rests on, and of who goes where.

    A search cut short by its time may end elsewhere the next time; parts of the two plans must not share their keys.
    """
    boats = [
        [boat.id, boat.encounter_id, boat.unit, boat.most_parts, encounter_echo(boat.ask)] for boat in proposal.boats
    ]
    figures = sorted(
        [proposal.world.ports[port].id, str(capacity.places), capacity.persons_per_hour, capacity.queued_persons]
        for port, capacity in proposal.figures.items()
    )
    loads = [] if proposal.best is None else proposal.best.loads.tolist()
    left_out = [[encounter.id, encounter.persons] for encounter in proposal.left_out]
    basis = [format_time(proposal.at_s), boats, figures, inputs, loads, *([left_out] if left_out else [])]
    digest = hashlib.sha256(to_json(basis).encode()).hexdigest()
    return f"p-{digest[:24]}"


def _minutes(value: float) -> float | None:
    return round(value, 1) + 0.0 if np.isfinite(value) else None
