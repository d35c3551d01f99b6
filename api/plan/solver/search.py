"""The search of a plan, numbers in and numbers out: what another process can do as well as this one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from api.plan.solver.budget import SolverBudget
from api.plan.solver.deadline import Deadline
from api.plan.solver.infeasibility import Shortage, find_shortage
from api.plan.solver.milp import load_solver
from api.plan.solver.problem import INF, Problem
from api.plan.solver.schedule import evaluate_schedule
from api.plan.solver.solve import SolveResult, solve

Found = tuple[SolveResult | None, Shortage | None]
Search = Callable[[Problem, np.ndarray, SolverBudget], Found]


def search_plan(problem: Problem, in_turn: np.ndarray, budget: SolverBudget) -> Found:
    """The best plan for all who can have a place, and what is missing when that is not everybody.

    Parameters
    ----------
    problem : Problem
        With at least one boat.
    in_turn : ndarray of int64, shape (b, p)
        The plan made in turn, the urgent first; the answer is never worse.
    budget : SolverBudget
    """
    load_solver()
    known = [in_turn] if (in_turn.sum(axis=1) == problem.persons).all() else []
    best = _solve_urgent_first(problem, in_turn, known, budget)
    if best is not None:
        return best, None
    missing = find_shortage(problem, in_turn, Deadline(budget.shortage_s))
    kept = problem.with_persons(problem.persons - missing.without)
    best = _solve_urgent_first(kept, in_turn, [missing.loads], budget) if kept.persons.any() else None
    return best, missing if missing.without.any() else None


def _solve_urgent_first(
    problem: Problem, in_turn: np.ndarray, known: list[np.ndarray], budget: SolverBudget
) -> SolveResult | None:
    """The best plan in which nobody urgent is later than in turn; the best of all where there is none of those.

    The plan made in turn is one of those unless it leaves boats out.
    """
    guarded = replace(problem, ceiling_min=urgent_ceilings(problem, in_turn))
    deadline = Deadline(budget.limit_s)
    best = solve(guarded, known, budget, deadline) if np.isfinite(guarded.ceiling_min).any() else None
    return solve(problem, known, budget, deadline) if best is None else best


def urgent_ceilings(problem: Problem, in_turn: np.ndarray) -> np.ndarray:
    """Time to safety in the plan made in turn of boats that weigh more than others, shape (b,). [min]

    Infinite for those that weigh no more, and for those the plan made in turn leaves out.
    """
    latest_min = np.full(problem.shape[0], -INF)
    for part in evaluate_schedule(problem, in_turn).parts:
        latest_min[part.boat] = max(latest_min[part.boat], part.safety_min)
    placed = in_turn.sum(axis=1) > 0
    return np.where((problem.weight > 1.0) & placed, latest_min, INF)
