"""The search of a plan, numbers in and numbers out: what another process can do as well as this one."""

from collections.abc import Callable

import numpy as np

from api.plan.budget import SolverBudget
from api.plan.deadline import Deadline
from api.plan.infeasibility import Shortage, find_shortage
from api.plan.problem import Problem
from api.plan.solve import SolveResult, solve

Found = tuple[SolveResult | None, Shortage | None]
Search = Callable[[Problem, np.ndarray, SolverBudget], Found]


def search_plan(problem: Problem, in_turn: np.ndarray, budget: SolverBudget) -> Found:
    """The best plan for all who can have a place, and what is missing when that is not everybody.

    Parameters
    ----------
    problem : Problem
        With at least one boat.
    in_turn : ndarray of int64, shape (b, p)
        The plan made in turn; the answer is never worse.
    budget : SolverBudget
    """
    known = [in_turn] if (in_turn.sum(axis=1) == problem.persons).all() else []
    best = solve(problem, known, budget)
    if best is not None:
        return best, None
    missing = find_shortage(problem, Deadline(budget.shortage_s))
    kept = problem.with_persons(problem.persons - missing.without)
    best = solve(kept, [missing.loads], budget) if kept.persons.any() else None
    return best, missing if missing.without.any() else None
