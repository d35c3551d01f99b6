"""The best plan, with what is proven of each measure.

Where people are urgent: the least greatest time to safety with each boat's counted by its weight, which is a ceiling
for the urgent from then on. Then the least greatest time of all as it is, then the least weighted total.
"""

from dataclasses import dataclass, replace

import numpy as np

from api.plan.solver.budget import SolverBudget
from api.plan.solver.deadline import Deadline
from api.plan.solver.greedy import careful
from api.plan.solver.makespan import minimise_makespan
from api.plan.solver.problem import Problem
from api.plan.solver.schedule import Schedule, evaluate_schedule
from api.plan.solver.total_time import minimise_total_time

SHARE_FOR_URGENT = 0.4
"""Part of the time that the search for the greatest counted time may take, where people are urgent."""

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
        Of the weighted total over the plans with the worst time of this one. [person min]
    rounds : int
        How often the solver was asked for the total.
    clock_stopped : bool
        The time limit ended the search.
    counted_min, counted_bound_min : float
        Greatest time to safety counted by weight, and what it is in no plan below; both 0 where nobody is urgent. [min]
    """

    loads: np.ndarray
    landing: Schedule
    worst_bound_min: float
    total_bound_person_min: float
    rounds: int
    clock_stopped: bool
    counted_min: float = 0.0
    counted_bound_min: float = 0.0


def solve(
    problem: Problem, known: list[np.ndarray], budget: SolverBudget, deadline: Deadline | None = None
) -> SolveResult | None:
    """The best plan for all boats; None when the places do not take everybody.

    Parameters
    ----------
    problem : Problem
    known : list of ndarray
        Complete plans already made, such as the greedy one; the answer is never worse than any of them.
    budget : SolverBudget
    deadline : Deadline, optional
        One under way; a new one of the budget's limit where left out.
    """
    deadline = deadline or Deadline(budget.limit_s)
    first = [plan for plan in (careful(problem, True), careful(problem, False)) if plan is not None]
    known = [*known, *first]
    stopped = False
    counted_min = counted_bound_min = 0.0
    if (problem.weight > 1.0).any():
        urgent_deadline = deadline.part(SHARE_FOR_URGENT)
        counted = minimise_makespan(replace(problem, worst_weight=problem.weight), known, urgent_deadline)
        if counted is None:
            return None
        counted_min, counted_bound_min = counted.worst_min, counted.bound_min
        stopped = urgent_deadline.stopped
        limit_min = np.where(problem.weight > 1.0, counted.worst_min / problem.weight, np.inf)
        problem = replace(problem, ceiling_min=np.minimum(problem.ceiling_min, limit_min))
        known = [*known, counted.loads]
    half = deadline.part(SHARE_FOR_WORST)
    worst = minimise_makespan(problem, known, half)
    if worst is None:
        return None
    total = minimise_total_time(problem, worst.loads, known, budget, deadline)
    landing = evaluate_schedule(problem, total.loads)
    return SolveResult(
        total.loads, landing, worst.bound_min, total.bound_person_min, total.rounds,
        stopped or half.stopped or deadline.stopped, counted_min, counted_bound_min,
    )  # fmt: skip
