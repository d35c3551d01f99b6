"""The best plan: least worst time first, then least total, with what is proven of each."""

from dataclasses import dataclass

import numpy as np

from api.plan.clock import Clock
from api.plan.effort import Effort
from api.plan.greedy import careful
from api.plan.landing import Landing, landed
from api.plan.problem import Problem
from api.plan.total import least_total
from api.plan.worst import least_worst

SHARE_FOR_WORST = 0.65
"""Part of the time that the search for the worst may take: it comes first."""


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The best plan found, and bounds that no plan is below.

    Attributes
    ----------
    worst_bound_min : float
        Of the worst time over all plans. [min]
    total_bound_person_min : float
        Of the total over the plans with the worst time of this one. [person min]
    rounds : int
        How often the solver was asked for the total.
    clock_stopped : bool
        The time limit ended the search.
    """

    loads: np.ndarray
    landing: Landing
    worst_bound_min: float
    total_bound_person_min: float
    rounds: int
    clock_stopped: bool


def optimum(problem: Problem, known: list[np.ndarray], effort: Effort) -> Optimum | None:
    """The best plan for all boats; None when the places do not take everybody.

    Parameters
    ----------
    problem : Problem
    known : list of ndarray
        Complete plans already made, such as the greedy one; the answer is never worse than any of them.
    effort : Effort
    """
    clock = Clock(effort.limit_s)
    first = [plan for plan in (careful(problem, True), careful(problem, False)) if plan is not None]
    known = [*known, *first]
    half = clock.part(SHARE_FOR_WORST)
    worst = least_worst(problem, known, half)
    if worst is None:
        return None
    total = least_total(problem, worst.loads, known, effort, clock)
    landing = landed(problem, total.loads)
    return Optimum(
        total.loads, landing, worst.bound_min, total.bound_person_min, total.rounds, clock.stopped or half.stopped
    )
