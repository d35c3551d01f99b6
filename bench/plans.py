"""Joint plans: encounters decided, then shared out over ports, from request to document."""

import contextlib
from collections.abc import Sequence
from time import perf_counter, process_time

import numpy as np

from api.decision_service import DecisionService, open_decision_service
from api.documents.decision import to_json
from api.plan.document import plan_document
from api.plan.propose import propose
from api.plan.request import PlanIn
from bench.report import heading, note, row, seconds, section
from engine.errors import SafeportError

AT = "2024-10-05T06:30:00Z"
STRAIT = (0.9, 50.7, 2.4, 51.4)
CHANNEL = (-4.0, 49.6, 2.4, 51.4)
PROFILES = ("rnli-severn", "rnli-shannon", "ukbf-ctv", "ukbf-cutter-42m", "psp-flamant", "snsm-ctt", "fishing-vessel")
SEEDS = tuple(range(1, 13))
FEW = 3
SOON_S = 2.0
"""Up to so long a target takes, many draws are affordable, and the slow ones are rare. [s]"""
ANYWHERE = {"ports_without_figures": "unlimited", "persons_per_hour_without_figures": 60}
CASES = (
    # name, boats, ports, box, share whose load may be split, share that is urgent, target [s of processor time]
    ("20 boats, 60 ports, strait", 20, 60, STRAIT, 0.0, 0.0, 2.0),
    ("the same, a quarter may split", 20, 60, STRAIT, 0.25, 0.0, 2.0),
    ("the same whole, a fifth urgent", 20, 60, STRAIT, 0.0, 0.2, 2.0),
    ("60 boats, 60 ports, strait", 60, 60, STRAIT, 0.0, 0.0, 8.0),
    ("60 boats, all ports, a fifth urgent", 60, None, STRAIT, 0.0, 0.2, 8.0),
    ("100 boats, all ports, strait", 100, None, STRAIT, 0.0, 0.0, 20.0),
    ("100 boats, all ports, Channel", 100, None, CHANNEL, 0.0, 0.0, 20.0),
)


def run(service: DecisionService, cases: Sequence[tuple] = CASES, seeds: Sequence[int] = SEEDS) -> dict[str, float]:
    """Print the table; return the longest processor time of each case. [s]"""
    section("9. Joint plans: SYNTHETIC encounters and figures, from request to document, in process")
    heading(("by the clock", "processor time", "target", "worst, greedy", "gap worst, total", "proven"))
    longest = {}
    for name, boats, ports, box, split, urgent, target in cases:
        tried = seeds if target <= SOON_S else seeds[:FEW]
        outcomes = [_planned(service, request(service, boats, ports, box, split, seed, urgent)) for seed in tried]
        clock, longest[name], _ = max(outcomes, key=lambda outcome: outcome[1])
        documents = [document for _, _, document in outcomes]
        whole = [document for document in documents if document["outcome"] == "complete"]
        worst = max(document["worst"]["gap_min"] / document["worst"]["time_to_safety_min"] for document in documents)
        total = max(document["total"]["gap_share"] for document in documents)
        ratios = [document["worst"]["time_to_safety_min"] / document["greedy"]["worst_min"] for document in whole]
        ratio = float(np.median(ratios)) if whole else float("nan")
        found = sum(document["proven_best"] for document in documents)
        row(name, (seconds(clock), seconds(longest[name]), f"{target:g} s", f"{ratio:.2f} of greedy",
                   f"{worst:.2%}, {total:.2%}", f"{found} of {len(documents)}"))  # fmt: skip
        cut = sum(any(notice["code"] == "TIME_LIMIT" for notice in document["notices"]) for document in documents)
        if cut:
            note(f"ended by the time limit in {cut} of {len(documents)}, with the gaps stated above")
        if len(whole) < len(documents):
            note(f"short of places or of fit ports in {len(documents) - len(whole)} of {len(documents)}")
    return longest


def _planned(service: DecisionService, asked: PlanIn) -> tuple[float, float, dict]:
    start, computing = perf_counter(), process_time()
    document = plan_document(propose(asked, service, 0.0))
    to_json(document)
    return perf_counter() - start, process_time() - computing, document


def request(
    service: DecisionService, boats: int, ports: int | None, box: tuple, split: float, seed: int, urgent: float = 0.0
) -> PlanIn:
    """Boats uniform over the water of a box; ports nearest to its middle, with places and rates drawn."""
    draw = np.random.default_rng(seed)
    west, south, east, north = box
    encounters = []
    for _ in range(50 * boats):
        if len(encounters) == boats:
            break
        profile = PROFILES[int(draw.integers(len(PROFILES)))]
        most = service.vessels[profile].max_persons
        body = {
            "id": f"E{len(encounters):03d}",
            "position": {"type": "Point", "coordinates": [
                round(float(draw.uniform(west, east)), 4), round(float(draw.uniform(south, north)), 4)]},
            "persons": int(draw.integers(8, min(90, int(most)) if most == most else 90)),
            "vessel": {"profile": profile},
            "may_split": bool(draw.random() < split),
            "medical": "urgent" if urgent and draw.random() < urgent else "none",
        }  # fmt: skip
        alone = PlanIn.model_validate({"time": AT, "encounters": [body], **ANYWHERE})
        with contextlib.suppress(SafeportError):
            # On land, in water without a way out, or without a fit port, there is nothing to plan.
            if propose(alone, service, 0.0).planned:
                encounters.append(body)
    middle = np.array([0.5 * (west + east), 0.5 * (south + north)])
    near = sorted(
        service.world.ports, key=lambda port: float(np.hypot(*((np.array(port.landing) - middle) * (0.63, 1.0))))
    )
    figures = [
        {"id": port.id, "places": int(draw.integers(40, 300)), "persons_per_hour": int(draw.integers(20, 120))}
        for port in near[:ports]
    ]
    return PlanIn.model_validate({"time": AT, "encounters": encounters, "ports": figures})


if __name__ == "__main__":
    run(open_decision_service())
