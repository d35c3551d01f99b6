"""The search of a plan, numbers in and numbers out: what another process can do as well as this one."""

from collections.abc import Callable

import numpy as np

from api.plan.clock import Clock
from api.plan.effort import Effort
from api.plan.optimum import Optimum, optimum
from api.plan.problem import Problem
from api.plan.shortage import Shortage, shortage

Found = tuple[Optimum | None, Shortage | None]
Search = Callable[[Problem, np.ndarray, Effort], Found]


def search(problem: Problem, in_turn: np.ndarray, effort: Effort) -> Found:
    """The best plan for all who can have a place, and what is missing when that is not everybody.

    Parameters
    ----------
    problem : Problem
        With at least one boat.
    in_turn : ndarray of int64, shape (b, p)
        The plan made in turn; the answer is never worse.
    effort : Effort
    """
    known = [in_turn] if (in_turn.sum(axis=1) == problem.persons).all() else []
    best = optimum(problem, known, effort)
    if best is not None:
        return best, None
    missing = shortage(problem, Clock(effort.shortage_s))
    kept = problem.loaded(problem.persons - missing.without)
    best = optimum(kept, [missing.loads], effort) if kept.persons.any() else None
    return best, missing if missing.without.any() else None
