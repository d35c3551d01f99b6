"""What is missing when the places do not take everybody: how many more, where, and who is left without."""

from dataclasses import dataclass

import numpy as np

from api.plan.deadline import Deadline
from api.plan.milp import Constraints, Variables, solve_milp
from api.plan.problem import Problem

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
    proven : bool
        Whether both numbers are the fewest there can be. False where time was up: then they are what taking the boats
        one after another leaves, and no bound of them is known.
    """

    missing: np.ndarray
    without: np.ndarray
    loads: np.ndarray
    with_them: np.ndarray
    proven: bool = True


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
    deadline : Deadline

    Parameters
    ----------
    problem : Problem
    in_turn : ndarray of int64, shape (b, p)
        The plan made one boat after another, which may leave boats out.
    deadline : Deadline
    """
    ways = problem.arrive_min + problem.extra_min
    more = _spread(problem, may_add=True, may_leave=False)
    cost = np.zeros(len(more.columns.low))
    cost[more.added] = 1.0
    added = _least_twice(more, cost, ways, deadline)
    fewer = _spread(problem, may_add=False, may_leave=True)
    cost = np.zeros(len(fewer.columns.low))
    cost[fewer.left] = problem.weight
    kept = _least_twice(fewer, cost, ways, deadline)
    if added is None or kept is None:
        return _taken_in_turn(problem, in_turn)
    return Shortage(
        np.rint(added[more.added]).astype(np.int64), np.rint(kept[fewer.left]).astype(np.int64),
        fewer.loads(kept), more.loads(added),
    )  # fmt: skip


def _taken_in_turn(problem: Problem, in_turn: np.ndarray) -> Shortage:
    """What taking the boats one after another leaves, each left one to be taken in whole at its nearest port."""
    without = problem.persons - in_turn.sum(axis=1)
    with_them = in_turn.copy()
    missing = np.zeros(problem.shape[1], np.int64)
    free = problem.places - in_turn.sum(axis=0)
    for boat in np.flatnonzero(without):
        port = int(np.where(problem.usable[boat], problem.arrive_min[boat] + problem.extra_min[boat], np.inf).argmin())
        with_them[boat, port] += without[boat]
        free[port] -= without[boat]
    lacking = free < 0
    missing[lacking] = -free[lacking].astype(np.int64)
    return Shortage(missing, without, in_turn, with_them, proven=False)


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


def _least_twice(spread: _Spread, cost: np.ndarray, ways: np.ndarray, deadline: Deadline) -> np.ndarray | None:
    """Least cost, then the shortest ways among all that cost as little; None where time was up before the least."""
    first = solve_milp(cost, spread.columns, spread.rows, deadline.solver_s())
    deadline.stopped |= first.clock_stopped
    if first.values is None:
        return None
    least = float(cost @ np.rint(first.values))
    slack = ROUNDING * (1.0 + least)
    if first.bound < least - slack:
        return None
    spread.rows.add([(int(k), float(cost[k])) for k in np.flatnonzero(cost)], high=least + slack)
    way = np.zeros(len(cost))
    count = len(spread.boat)
    way[count : 2 * count] = ways[spread.boat, spread.port]
    second = solve_milp(way, spread.columns, spread.rows, deadline.solver_s())
    deadline.stopped |= second.clock_stopped
    return first.values if second.values is None else second.values
