"""The best plan: least worst time first, then least total, with what is proven of each."""

from dataclasses import dataclass

import numpy as np

from api.plan.budget import SolverBudget
from api.plan.deadline import Deadline
from api.plan.greedy import careful
from api.plan.makespan import minimise_makespan
from api.plan.problem import Problem
from api.plan.schedule import Schedule, evaluate_schedule
from api.plan.total_time import minimise_total_time

SHARE_FOR_WORST = 0.65
"""Part of the time that the search for the worst may take: it comes first."""


@dataclass(frozen=True, slots=True, eq=False)
class SolveResult:
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
    landing: Schedule
    worst_bound_min: float
    total_bound_person_min: float
    rounds: int
    clock_stopped: bool


def solve(problem: Problem, known: list[np.ndarray], budget: SolverBudget) -> SolveResult | None:
    """The best plan for all boats; None when the places do not take everybody.

    Parameters
    ----------
    problem : Problem
    known : list of ndarray
        Complete plans already made, such as the greedy one; the answer is never worse than any of them.
    budget : SolverBudget
    """
    deadline = Deadline(budget.limit_s)
    first = [plan for plan in (careful(problem, True), careful(problem, False)) if plan is not None]
    known = [*known, *first]
    half = deadline.part(SHARE_FOR_WORST)
    worst = minimise_makespan(problem, known, half)
    if worst is None:
        return None
    total = minimise_total_time(problem, worst.loads, known, budget, deadline)
    landing = evaluate_schedule(problem, total.loads)
    return SolveResult(
        total.loads, landing, worst.bound_min, total.bound_person_min, total.rounds, deadline.stopped or half.stopped
    )
