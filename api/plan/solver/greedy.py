"""Plans made one boat after another: what a control room would do without a solver, and a start for the search."""

import numpy as np

from api.plan.solver.problem import INF, Problem
from api.plan.solver.schedule import evaluate_schedule


def greedy(problem: Problem, urgency: np.ndarray) -> np.ndarray:
    """Each boat in turn to the nearest port with free places; who comes after finds what is left.

    In turn of urgency, then of time to the own nearest port; those whom people waiting there hold up alike in turn of
    arrival. A load that may be shared stays whole where it can, and else fills the nearest ports.

    Parameters
    ----------
    problem : Problem
    urgency : ndarray of int64, shape (b,)
        Greater is more urgent.

    Returns
    -------
    ndarray of int64, shape (b, p)
        People landed; a boat that found no place has none. [persons]
    """
    nearest = np.where(problem.usable, problem.arrive_min + problem.extra_min, INF)
    free = problem.places.copy()
    loads = np.zeros(problem.shape, np.int64)
    came = np.where(problem.usable, problem.came_min + problem.extra_min, INF)
    came = np.where(nearest <= nearest.min(axis=1, initial=INF)[:, None], came, INF).min(axis=1, initial=INF)
    for boat in np.lexsort((came, nearest.min(axis=1, initial=INF), -urgency)):
        ports = [int(p) for p in np.argsort(nearest[boat], kind="stable") if nearest[boat, p] < INF]
        shares = _shares(int(problem.persons[boat]), int(problem.most_parts[boat]), ports, free)
        for port, persons in shares.items():
            loads[boat, port] = persons
            free[port] -= persons
    return loads


def _shares(persons: int, most_parts: int, ports: list[int], free: np.ndarray) -> dict[int, int]:
    """People by port: whole at the first with room for all, else filled up; empty where there is no room."""
    for port in ports:
        if free[port] >= persons:
            return {port: persons}
    shares: dict[int, int] = {}
    left = persons
    for port in ports if most_parts > 1 else []:
        taken = int(min(left, free[port]))
        if taken > 0 and len(shares) < most_parts:
            shares[port] = taken
            left -= taken
    return shares if left == 0 else {}


def careful(problem: Problem, farthest_first: bool, placed: np.ndarray | None = None) -> np.ndarray | None:
    """Each boat whole to where it makes the plan least worse, queues included; None when one finds no place.

    Parameters
    ----------
    problem : Problem
    farthest_first : bool
        Whether the boat with the longest way to its own nearest port chooses first, or the one with most people.
    placed : ndarray of int64, shape (b, p), optional
        A plan for some of the boats, which stay where they are.
    """
    alone = problem.alone_min
    key = alone.min(axis=1, initial=INF) if farthest_first else problem.persons
    loads = np.zeros(problem.shape, np.int64) if placed is None else placed.copy()
    free = problem.places - loads.sum(axis=0)
    for boat in np.argsort(-key, kind="stable"):
        persons = int(problem.persons[boat])
        if persons == 0 or loads[boat].any():
            continue
        best: tuple[tuple[float, float], int] | None = None
        for port in np.argsort(alone[boat], kind="stable"):
            if alone[boat, port] == INF or (best is not None and alone[boat, port] >= best[0][0]):
                break
            if free[port] >= persons:
                value = _with(problem, loads, int(boat), int(port), persons)
                if best is None or value < best[0]:
                    best = value, int(port)
        if best is None:
            return None
        loads[boat, best[1]] = persons
        free[best[1]] -= persons
    return loads


def _with(problem: Problem, loads: np.ndarray, boat: int, port: int, persons: int) -> tuple[float, float]:
    """Latest time at a port when one more comes, and what it adds to the total."""
    here = np.zeros_like(loads)
    here[:, port] = loads[:, port]
    before = evaluate_schedule(problem, here).weighted_person_min
    here[boat, port] = persons
    after = evaluate_schedule(problem, here)
    return after.worst_min, after.weighted_person_min - before
