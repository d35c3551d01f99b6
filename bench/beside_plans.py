"""Decisions while a joint plan is made: alone, with the search in a thread, with it in a process of its own.

``python -m bench.beside_plans``
"""

import threading
from collections.abc import Callable
from time import perf_counter

from api.decision_service import DecisionService, open_decision_service, warm_up
from api.documents.decision import decision_document, to_json
from api.encounter import EncounterIn
from api.plan.document import plan_document
from api.plan.propose import propose
from api.plan.solver.search import Search, search_plan
from api.plan.solver.solver_process import Solver
from bench.plans import STRAIT, request
from bench.report import heading, row, seconds, section

ENCOUNTER = EncounterIn.model_validate({
    "position": {"type": "Point", "coordinates": [1.35, 51.0]}, "time": "2026-11-22T14:30:00Z",
    "vessel": {"profile": "rnli-severn"},
})  # fmt: skip
TIMES = 200


def run(service: DecisionService, times: int = TIMES) -> dict[str, float]:
    """Print the table; return the p99 of a decision in each case. [s]"""
    section("Decisions, from body to document, while a plan of 20 boats with shared loads is made again and again")
    heading(("p50", "p99", "longest", "plans made", "one plan"))
    asked = request(service, 20, 60, STRAIT, 0.25, 1)
    solver = Solver()
    found = {}
    try:
        for name, searched in (("no plan", None), ("search in a thread", search_plan), ("in a process", solver.search)):
            taken, plans = _decided(service, None if searched is None else _planner(service, asked, searched), times)
            taken.sort()
            found[name] = taken[int(0.99 * len(taken))]
            each = f"{sum(plans) / len(plans):.1f} s" if plans else "-"
            row(
                name, (seconds(taken[len(taken) // 2]), seconds(found[name]), seconds(taken[-1]), str(len(plans)), each)
            )
    finally:
        solver.close()
    return found


def _planner(service: DecisionService, asked: object, searched: Search) -> Callable[[], None]:
    return lambda: to_json(plan_document(propose(asked, service, 0.0, searched=searched)))


def _decided(service: DecisionService, plan: Callable[[], None] | None, times: int) -> tuple[list[float], list[float]]:
    stop, plans = threading.Event(), []

    def again() -> None:
        while plan is not None and not stop.is_set():
            begun = perf_counter()
            plan()
            plans.append(perf_counter() - begun)

    if plan is not None:
        plan()
    beside = threading.Thread(target=again)
    beside.start()
    taken = []
    for _ in range(times):
        begun = perf_counter()
        to_json(decision_document(service.decide(service.ask(ENCOUNTER, 0.0))))
        taken.append(perf_counter() - begun)
    stop.set()
    beside.join()
    return taken, plans


if __name__ == "__main__":
    opened = open_decision_service()
    warm_up(opened)
    run(opened)
