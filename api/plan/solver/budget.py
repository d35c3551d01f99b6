"""How hard to search for the best plan."""

from dataclasses import dataclass

import numpy as np

BOATS = (20, 60, 100)
LIMITS_S = (1.5, 7.0, 18.0)
"""Longest search of a plan of so many boats that asks for no other, in between in proportion: with the decisions before
it and the document after it, an answer within 2, 8 and 20 seconds of processor time. [s]"""

LONGEST_S = LIMITS_S[-1]

SHORTAGE = 2.0
"""What is missing, where places are, may be searched for so many times as long before the plan for the others."""


@dataclass(frozen=True, slots=True)
class SolverBudget:
    """Limits of a search.

    Attributes
    ----------
    limit_s : float
        Longest search; where it falls differs from run to run. [s of processor time]
    shortage_s : float
        Longest search for the places that are missing, where some are. [s of processor time]
    rounds : int
        Most times the solver is asked for the total.
    exact_rounds : int
        So many rounds aim at the last person-minute; after them `close_share` is enough.
    close_share : float
        Share of the total that may be left unproven.
    shared_work : int
        Where loads may be shared, whole numbers asked for in all rounds together. Each round takes the solver much
        longer there, and proves the last per cent of a total whose plan hardly changes any more; small questions are
        not touched by it, and the plan states what is not proven.
    """

    limit_s: float = LONGEST_S
    shortage_s: float = LONGEST_S
    rounds: int = 100
    exact_rounds: int = 8
    close_share: float = 0.002
    shared_work: int = 260


def budget_for(boats: int, limit_s: float | None = None) -> SolverBudget:
    """The effort for a plan.

    Parameters
    ----------
    boats : int
    limit_s : float or None
        Longest search somebody asked for; None for the one that fits the number of boats. [s of processor time]
    """
    if limit_s is not None:
        return SolverBudget(limit_s, limit_s)
    own_s = round(float(np.interp(boats, BOATS, LIMITS_S)), 2)
    return SolverBudget(own_s, min(LONGEST_S, SHORTAGE * own_s))
