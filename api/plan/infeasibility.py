"""What is missing when the places do not take everybody: how many more, where, and who is left without."""

from dataclasses import dataclass

import numpy as np

from api.plan.deadline import Deadline
from api.plan.milp import Constraints, Variables, solve_milp
from api.plan.problem import Problem
from engine.errors import InvalidAsk


@dataclass(frozen=True, slots=True, eq=False)
class Shortage:
    """Missing places.

    Attributes
    ----------
    missing : ndarray of int64, shape (p,)
        Fewest places to add for everybody to have one; of equal additions the one with the shortest ways. [persons]
    without : ndarray of int64, shape (b,)
        People of each boat without a place as it stands, fewest in all. [persons]
    loads : ndarray of int64, shape (b, p)
        A plan for the others.
    """

    missing: np.ndarray
    without: np.ndarray
    loads: np.ndarray


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


def find_shortage(problem: Problem, deadline: Deadline) -> Shortage:
    """The fewest places that are missing, and the fewest people without one.

    Parameters
    ----------
    problem : Problem
        Every boat has a port it may use.
    deadline : Deadline

    Raises
    ------
    InvalidAsk
        Time was up before anything was found.
    """
    ways = problem.arrive_min + problem.extra_min
    more = _spread(problem, may_add=True, may_leave=False)
    cost = np.zeros(len(more.columns.low))
    cost[more.added] = 1.0
    values = _least_twice(more, cost, ways, deadline)
    missing = np.rint(values[more.added]).astype(np.int64)
    fewer = _spread(problem, may_add=False, may_leave=True)
    cost = np.zeros(len(fewer.columns.low))
    cost[fewer.left] = 1.0
    values = _least_twice(fewer, cost, ways, deadline)
    loads = np.zeros(problem.shape, np.int64)
    loads[fewer.boat, fewer.port] = np.rint(values[len(fewer.boat) : 2 * len(fewer.boat)])
    return Shortage(missing, np.rint(values[fewer.left]).astype(np.int64), loads)


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


def _least_twice(spread: _Spread, cost: np.ndarray, ways: np.ndarray, deadline: Deadline) -> np.ndarray:
    """Least cost, then the shortest ways among all that cost as little."""
    first = solve_milp(cost, spread.columns, spread.rows, deadline.left_s())
    deadline.stopped |= first.clock_stopped
    if first.values is None:
        raise InvalidAsk("time_limit_s", "ended the search for the missing places.", "Allow more seconds.")
    least = round(float(cost @ first.values))
    spread.rows.add([(int(column), 1.0) for column in np.flatnonzero(cost)], high=float(least))
    way = np.zeros(len(cost))
    count = len(spread.boat)
    way[count : 2 * count] = ways[spread.boat, spread.port]
    second = solve_milp(way, spread.columns, spread.rows, deadline.left_s())
    deadline.stopped |= second.clock_stopped
    return first.values if second.values is None else second.values
