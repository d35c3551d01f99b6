"""What a spread of loads over ports means: a queue at each port, first come first landed, at the port's rate.

People step ashore one after another at the rate of the port; whoever arrives while others land waits until they have.
The time to safety of a load is that of its last person, what the policy adds included. Person-minutes count every
person until that person steps ashore, so on average half of the landing of their own load; weighted ones count urgent
people by the weight of their policy.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from api.plan.solver.problem import INF, SLACK_MIN, Part, Problem


@dataclass(frozen=True, slots=True)
class Schedule:
    """What comes of a spread of loads.

    Attributes
    ----------
    parts : tuple of ChunkResult
        By boat, then by port.
    worst_min : float
        Greatest time to safety of any load, each counted by `Problem.worst_weight`; infinite when a load is beyond the
        ceiling of its boat. [min]
    total_person_min, weighted_person_min : float
        Sum over all people, and with each counted by the weight of its boat. [person min]
    """

    parts: tuple[Part, ...]
    worst_min: float
    total_person_min: float
    weighted_person_min: float

    @property
    def value(self) -> tuple[float, float]:
        """What plans are compared by: the worst first, then the weighted total."""
        return self.worst_min, self.weighted_person_min


def evaluate_schedule(problem: Problem, loads: np.ndarray) -> Schedule:
    """Clocks of every load.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        People of each boat landed at each port. [persons]
    """
    parts: list[Part] = []
    total = weighted = 0.0
    for port in np.flatnonzero(loads.any(axis=0)).tolist():
        for boat, begin_min, end_min in queue(problem, port, loads[:, port]):
            arrive_min = float(problem.arrive_min[boat, port])
            extra_min = float(problem.extra_min[boat, port])
            persons = int(loads[boat, port])
            parts.append(Part(boat, port, persons, arrive_min, begin_min, end_min, end_min + extra_min))
            total += parts[-1].person_min
            weighted += float(problem.weight[boat]) * parts[-1].person_min
    parts.sort(key=lambda part: (part.boat, part.port))
    worst_min = max((part.safety_min * float(problem.worst_weight[part.boat]) for part in parts), default=0.0)
    if any(part.safety_min > problem.ceiling_min[part.boat] + SLACK_MIN for part in parts):
        worst_min = INF
    return Schedule(tuple(parts), worst_min, total, weighted)


def queue(problem: Problem, port: int, loads: np.ndarray) -> list[tuple[int, float, float]]:
    """Boats at one port in turn, with the begin and end of their landing. [min]"""
    arrive_min, came_min, rate = _by_port(problem)[port]
    boats = loads.nonzero()[0].tolist()
    # A stable sort: of two at the same minute the one listed first.
    boats.sort(key=came_min.__getitem__)
    people = loads.tolist()
    turn = []
    free_min = 0.0
    for boat in boats:
        begin_min = max(free_min, arrive_min[boat])
        free_min = begin_min + people[boat] / rate
        turn.append((boat, begin_min, free_min))
    return turn


@lru_cache(maxsize=8)
def _by_port(problem: Problem) -> list[tuple[list[float], list[float], float]]:
    """Times and rate of each port as plain numbers: queues are short, and looked at a hundred thousand times."""
    times = (problem.arrive_min.T.tolist(), problem.came_min.T.tolist())
    return list(zip(*times, problem.rate.tolist(), strict=True))


def in_turn(problem: Problem, port: int, boats: np.ndarray) -> np.ndarray:
    """Boats by arrival at a port, in the sequence of `queue`."""
    return np.asarray(boats[np.argsort(problem.came_min[boats, port], kind="stable")])


def waiting(problem: Problem, port: int, loads: np.ndarray, weighted: bool = True) -> float:
    """Person-minutes between arrival and stepping ashore at one port, own landing included. [person min]

    Parameters
    ----------
    problem : Problem
    port : int
    loads : ndarray, shape (b,)
        [persons]
    weighted : bool
        Whether people count by the weight of their boat.
    """
    arrive_min, _, _ = _by_port(problem)[port]
    people = loads.tolist()
    weight = problem.weight.tolist() if weighted else [1.0] * len(people)
    return sum(
        weight[boat] * float(people[boat]) * (0.5 * (begin_min + end_min) - arrive_min[boat])
        for boat, begin_min, end_min in queue(problem, port, loads)
    )
