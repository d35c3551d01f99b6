"""A plan made better by moving one whole load, or exchanging two, as long as that helps."""

import numpy as np

from api.plan.solver.problem import INF, SLACK_MIN, Problem
from api.plan.solver.schedule import evaluate_schedule

SWEEPS = 20
STEPS = 400
"""Most rounds of changes, for the total and for the worst time."""

HELPS = 1e-6
"""What a change has to gain to count, in either value; keeps rounding from going round in circles."""


def polish(problem: Problem, loads: np.ndarray, least_min: float) -> np.ndarray:
    """The plan after both kinds of change in turn, as long as the worst time comes down.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        A complete plan.
    least_min : float
        No plan ends sooner. [min]
    """
    worst_min = np.inf
    while evaluate_schedule(problem, loads).worst_min < worst_min - HELPS:
        worst_min = evaluate_schedule(problem, loads).worst_min
        loads = even_out(problem, loads, least_min)
        loads = improve(problem, loads, evaluate_schedule(problem, loads).worst_min + HELPS)
    return loads


def improve(problem: Problem, loads: np.ndarray, latest_min: float) -> np.ndarray:
    """The plan after every change that lowers its total and leaves no load it touches later than `latest_min`.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        A complete plan. Loads that are shared stay where they are.
    latest_min : float
        [min]

    Returns
    -------
    ndarray of int64, shape (b, p)
    """
    state = _State(problem, loads)
    could_be = problem.alone_min <= latest_min
    others = [np.flatnonzero(could_be[boat]).tolist() for boat in range(problem.shape[0])]
    allowed = could_be.tolist()
    for _ in range(SWEEPS):
        changed = False
        for boat in state.single:
            for there in others[boat]:
                here = state.port_of[boat]
                if there != here:
                    changed |= state.try_moves([(boat, here, there)], latest_min)
        for i, first in enumerate(state.single):
            for other in state.single[i + 1 :]:
                a, b = state.port_of[first], state.port_of[other]
                if a != b and allowed[first][b] and allowed[other][a]:
                    changed |= state.try_moves([(first, a, b), (other, b, a)], latest_min)
        if not changed:
            break
    return state.loads()


def even_out(problem: Problem, loads: np.ndarray, least_min: float) -> np.ndarray:
    """The plan after every change that brings the latest load to safety sooner and makes no other as late.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        A complete plan. Loads that are shared stay where they are.
    least_min : float
        No plan ends sooner, so that it is no use to try. [min]

    Returns
    -------
    ndarray of int64, shape (b, p)
    """
    state = _State(problem, loads)
    alone_min = problem.alone_min
    for _ in range(STEPS):
        latest = max(range(len(state.values)), key=lambda port: state.values[port][0])
        worst_min = state.values[latest][0]
        if worst_min <= least_min + HELPS or not _least_late(state, alone_min, latest):
            break
    return state.loads()


def _least_late(state: "_State", alone_min: np.ndarray, latest: int) -> bool:
    """Make the one change at the latest port that leaves the ports it touches least late; whether there was any."""
    worst_min = state.values[latest][0] - HELPS
    best: list[tuple[int, int, int]] = []
    # Of equal changes the first one, so that equal inputs take equal ways.
    for boat in sorted(state.people[latest].keys() & set(state.single)):
        for there in np.flatnonzero(alone_min[boat] < worst_min).tolist():
            if there == latest:
                continue
            back = [
                other for other in sorted(state.people[there])
                if other in state.port_of and alone_min[other, latest] < worst_min
            ]  # fmt: skip
            for moves in [[(boat, latest, there)], *([(boat, latest, there), (c, there, latest)] for c in back)]:
                after = state.after(moves)
                late = max((state.value(port, people)[0] for port, people in after.items()), default=INF)
                if late < worst_min:
                    worst_min, best = late, moves
    if not best:
        return False
    state.take(state.after(best))
    return True


class _State:
    """A plan port by port in plain numbers: queues are short, and looked at a hundred thousand times.

    Attributes
    ----------
    people : list of dict
        By port: people of each boat there.
    values : list of (float, float)
        By port: worst counted time, infinite where a boat is beyond its ceiling, and weighted total.
    port_of : dict of int
        Port of each boat that is whole, which may be moved; `single` has them by number.
    """

    def __init__(self, problem: Problem, loads: np.ndarray) -> None:
        self._shape = loads.shape
        self._persons, self._places = problem.persons.tolist(), problem.places.tolist()
        self._arrive, self._extra = problem.arrive_min.T.tolist(), problem.extra_min.T.tolist()
        self._came = problem.came_min.T.tolist()
        self._rate = problem.rate.tolist()
        self._each = list(
            zip(problem.weight.tolist(), problem.worst_weight.tolist(), problem.ceiling_min.tolist(), strict=True)
        )
        self.people = [
            {int(boat): int(loads[boat, port]) for boat in np.flatnonzero(loads[:, port])}
            for port in range(loads.shape[1])
        ]  # fmt: skip
        self.values = [self.value(port, people) for port, people in enumerate(self.people)]
        whole = np.flatnonzero((loads > 0).sum(axis=1) == 1)
        self.port_of = {int(boat): int(loads[boat].argmax()) for boat in whole}
        self.single = sorted(self.port_of)

    def value(self, port: int, people: dict[int, int]) -> tuple[float, float]:
        """Worst counted time and weighted total at a port for some people there."""
        arrive, extra, rate, came = self._arrive[port], self._extra[port], self._rate[port], self._came[port]
        worst = total = free_min = 0.0
        for boat in sorted(people, key=lambda boat: (came[boat], boat)):
            begin_min = max(free_min, arrive[boat])
            free_min = begin_min + people[boat] / rate
            weight, counted, ceiling_min = self._each[boat]
            safety_min = free_min + extra[boat]
            worst = max(worst, safety_min * counted if safety_min <= ceiling_min + SLACK_MIN else INF)
            total += weight * people[boat] * (0.5 * (begin_min + free_min) + extra[boat])
        return worst, total

    def after(self, moves: list[tuple[int, int, int]]) -> dict[int, dict[int, int]]:
        """People at the ports that moves of whole boats touch; empty where there are too few places."""
        touched: dict[int, dict[int, int]] = {}
        for boat, here, there in moves:
            for port in (here, there):
                touched.setdefault(port, dict(self.people[port]))
            del touched[here][boat]
            touched[there][boat] = self._persons[boat]
        return {} if any(sum(touched[port].values()) > self._places[port] for port in touched) else touched

    def take(self, after: dict[int, dict[int, int]]) -> None:
        """Make a change."""
        for port, people in after.items():
            self.people[port] = people
            self.values[port] = self.value(port, people)
            for boat in people:
                if boat in self.port_of:
                    self.port_of[boat] = port

    def try_moves(self, moves: list[tuple[int, int, int]], latest_min: float) -> bool:
        """Make the moves of whole boats from port to port if that lowers the total; whether it did."""
        after = self.after(moves)
        if not after:
            return False
        values = [self.value(port, people) for port, people in after.items()]
        if max(worst for worst, _ in values) > latest_min:
            return False
        if sum(total for _, total in values) >= sum(self.values[port][1] for port in after) - HELPS:
            return False
        self.take(after)
        return True

    def loads(self) -> np.ndarray:
        """The plan as an array, shape (b, p). [persons]"""
        loads = np.zeros(self._shape, np.int64)
        for port, people in enumerate(self.people):
            for boat, persons in people.items():
                loads[boat, port] = persons
        return loads
