"""What is missing when the places do not take everybody: how many more, where, and who is left without."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from api.plan.solver.deadline import Deadline
from api.plan.solver.milp import Constraints, Variables, solve_milp
from api.plan.solver.problem import INF, Problem

SHARE_OF_FIRST = 0.6
"""Part of the time left that the fewest may take, the shortest ways having the rest."""

NEAR_ENOUGH = 0.02
"""How far from the shortest ways, as a share, those of a plan for the others may be: the search goes on from it."""

FILLINGS, LEAST_FILLINGS, FILLING_WORK, NOISE = 200, 3, 30_000, 0.05
"""Plans made by filling ports in drawn sequences: at most, at least, pairs of boat and port looked at in all of them,
and what the worth of a load varies by between them, as a share."""

ROUNDING = 1e-6
"""What the solver may be off by, as a share of its cost."""


@dataclass(frozen=True, slots=True, eq=False)
class Shortage:
    """Missing places.

    Attributes
    ----------
    missing : ndarray of int64, shape (p,)
        Fewest places to add for everybody to have one; of equal additions the one with the shortest ways. [persons]
    without : ndarray of int64, shape (b,)
        People of each boat without a place as it stands; fewest in all, each counted by the weight of its boat.
        [persons]
    loads : ndarray of int64, shape (b, p)
        A plan for the others.
    with_them : ndarray of int64, shape (b, p)
        Where everybody could go with the places added.
    proven, fewest : bool
        Whether no fewer places would do, and whether no fewer people can be without one. False where time was up.
    missing_bound : int
        Fewer places never do. [persons]
    """

    missing: np.ndarray
    without: np.ndarray
    loads: np.ndarray
    with_them: np.ndarray
    proven: bool = True
    fewest: bool = True
    missing_bound: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """Columns: use and people of each pair, then places added at each port, then people of each boat left without."""

    problem: Problem
    boat: np.ndarray
    port: np.ndarray
    columns: Variables
    rows: Constraints
    added: np.ndarray
    left: np.ndarray

    def people(self, boat: int) -> np.ndarray:
        """Pairs of a boat."""
        return np.flatnonzero(self.boat == boat)

    def loads(self, values: np.ndarray) -> np.ndarray:
        """People of each boat at each port in a solution, shape (b, p). [persons]"""
        loads = np.zeros(self.problem.shape, np.int64)
        count = len(self.boat)
        loads[self.boat, self.port] = np.rint(values[count : 2 * count])
        return loads


def find_shortage(problem: Problem, in_turn: np.ndarray, deadline: Deadline) -> Shortage:
    """The places that are missing, and the people without one: the fewest, where time allows.

    Parameters
    ----------
    problem : Problem
        Every boat has a port it may use.
    in_turn : ndarray of int64, shape (b, p)
        The plan made one boat after another, which may leave boats out.
    deadline : Deadline
    """
    ways = problem.arrive_min + problem.extra_min
    fewer = _spread(problem, may_add=False, may_leave=True)
    cost = np.zeros(len(fewer.columns.low))
    cost[fewer.left] = problem.weight
    kept = _least_twice(fewer, cost, ways, deadline.part(0.5))
    more = _spread(problem, may_add=True, may_leave=False)
    cost = np.zeros(len(more.columns.low))
    cost[more.added] = 1.0
    added = _least_twice(more, cost, ways, deadline)
    loads = max((in_turn, _filled(problem)), key=lambda plan: float(problem.weight @ plan.sum(axis=1)))
    if kept.values is not None and kept.least < problem.weight @ (problem.persons - loads.sum(axis=1)):
        loads = fewer.loads(kept.values)
    without = problem.persons - loads.sum(axis=1)
    with_them = _added(problem, loads)
    if added.values is not None and added.least <= _lacking(problem, with_them).sum():
        with_them = more.loads(added.values)
    missing = _lacking(problem, with_them)
    bound = _least_missing(problem, added.bound)
    # Whoever is left out could be taken in with as many places: no fewer people than places are missing.
    fewest = kept.proven or (bool((problem.weight[without > 0] == 1.0).all()) and without.sum() <= bound)
    return Shortage(missing, without, loads, with_them, added.proven or missing.sum() <= bound, fewest, bound)


def _filled(problem: Problem) -> np.ndarray:
    """The best of many plans that fill one port after another, each as full as whole loads can, shape (b, p)."""
    draw = np.random.default_rng(0)
    counted = problem.weight * problem.persons
    best = np.zeros(problem.shape, np.int64)
    pairs = best.size
    for _ in range(max(LEAST_FILLINGS, min(FILLINGS, FILLING_WORK // max(1, pairs)))):
        loads = np.zeros(problem.shape, np.int64)
        left = problem.persons > 0
        # A little noise, so that of sets as full as each other not always the same is taken.
        worth = counted * draw.uniform(1.0 - NOISE, 1.0 + NOISE, len(counted))
        for port in draw.permutation(problem.shape[1]):
            boats = np.flatnonzero(left & problem.usable[:, port])
            chosen = boats[_fullest(problem.persons[boats], worth[boats], problem.places[port])]
            loads[chosen, port] = problem.persons[chosen]
            left[chosen] = False
        if counted[loads.any(axis=1)].sum() > counted[best.any(axis=1)].sum():
            best = loads
    return best


def _fullest(persons: np.ndarray, worth: np.ndarray, places: float) -> np.ndarray:
    """Which loads fill a number of places with the greatest worth: a knapsack, exactly."""
    size = int(min(places, persons.sum()))
    value = np.zeros(size + 1)
    taken = np.zeros((len(persons), size + 1), np.bool_)
    for k, load in enumerate(persons):
        if load <= size:
            more = value[: size + 1 - load] + worth[k]
            taken[k, load:] = more > value[load:]
            value[load:] = np.maximum(value[load:], more)
    chosen, at = np.zeros(len(persons), np.bool_), size
    for k in range(len(persons) - 1, -1, -1):
        if taken[k, at]:
            chosen[k] = True
            at -= int(persons[k])
    return chosen


def _added(problem: Problem, loads: np.ndarray) -> np.ndarray:
    """A plan with those taken in whom it leaves out, each where it takes fewest more places, shape (b, p)."""
    with_them = loads.copy()
    free = problem.places - loads.sum(axis=0)
    for boat in np.flatnonzero(loads.sum(axis=1) < problem.persons):
        left = int(problem.persons[boat] - loads[boat].sum())
        way_min = np.where(problem.usable[boat], problem.arrive_min[boat] + problem.extra_min[boat], INF)
        lacking = np.where(problem.usable[boat], np.maximum(0.0, left - np.maximum(free, 0.0)), INF)
        port = int(np.lexsort((way_min, lacking))[0])
        with_them[boat, port] += left
        free[port] -= left
    return with_them


def _lacking(problem: Problem, loads: np.ndarray) -> np.ndarray:
    """Places that a plan needs beyond those there are, shape (p,). [persons]"""
    return np.asarray(np.maximum(0.0, loads.sum(axis=0) - problem.places), np.int64)


def _least_missing(problem: Problem, bound: float) -> int:
    """Fewer places than these never do: by the solver, and by counting. [persons]"""
    counted = problem.persons.sum() - problem.places[problem.usable.any(axis=0)].sum()
    return max(0, int(np.ceil(max(bound, counted) - ROUNDING * (1.0 + abs(counted)))) if counted > -INF else 0)


def _spread(problem: Problem, may_add: bool, may_leave: bool) -> _Spread:
    boat, port = np.nonzero(problem.usable)
    count, (boats, ports) = len(boat), problem.shape
    persons = problem.persons.astype(np.float64)
    added = 2 * count + np.arange(ports)
    left = 2 * count + ports + np.arange(boats)
    high = np.concatenate([
        np.ones(count), persons[boat],
        np.full(ports, persons.sum() if may_add else 0.0), persons if may_leave else np.zeros(boats),
    ])  # fmt: skip
    rows = Constraints()
    spread = _Spread(
        problem, boat, port, Variables(np.zeros(len(high)), high, np.ones(len(high), np.bool_)), rows, added, left
    )
    for k in range(count):
        n = persons[boat[k]]
        rows.add([(count + k, 1.0), (k, -n)], high=0.0)
        if problem.most_parts[boat[k]] == 1:
            rows.add([(count + k, 1.0), (k, -n)], low=0.0)
    for b in range(boats):
        pairs = spread.people(b)
        rows.add([*((count + int(k), 1.0) for k in pairs), (int(left[b]), 1.0)], persons[b], persons[b])
        rows.add([(int(k), 1.0) for k in pairs], high=float(problem.most_parts[b]))
    for p in np.flatnonzero(np.isfinite(problem.places)):
        pairs = np.flatnonzero(port == p)
        rows.add([*((count + int(k), 1.0) for k in pairs), (int(added[p]), -1.0)], high=float(problem.places[p]))
    return spread


class _Least(NamedTuple):
    """What was found; `proven` when nothing costs less, and `bound` is what nothing costs less than."""

    values: np.ndarray | None
    least: float
    bound: float
    proven: bool


def _least_twice(spread: _Spread, cost: np.ndarray, ways: np.ndarray, deadline: Deadline) -> _Least:
    """Least cost, then the shortest ways among all that cost as little, as far as time allows."""
    first = solve_milp(cost, spread.columns, spread.rows, deadline.solver_s(SHARE_OF_FIRST))
    deadline.stopped |= first.clock_stopped
    if first.values is None:
        return _Least(None, np.inf, first.bound, False)
    least = float(cost @ np.rint(first.values))
    slack = ROUNDING * (1.0 + least)
    spread.rows.add([(int(k), float(cost[k])) for k in np.flatnonzero(cost)], high=least + slack)
    way = np.zeros(len(cost))
    count = len(spread.boat)
    way[count : 2 * count] = ways[spread.boat, spread.port]
    second = solve_milp(way, spread.columns, spread.rows, deadline.solver_s(), gap=NEAR_ENOUGH)
    deadline.stopped |= second.clock_stopped
    values = first.values if second.values is None else second.values
    return _Least(values, least, first.bound, first.bound >= least - slack)
