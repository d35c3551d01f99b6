"""Rows and columns for HiGHS, and one call of it with fixed options."""

from dataclasses import dataclass, field

import numpy as np

NODES = 20_000
"""Branches looked at in one search: the limit that ends a hard one, because it falls at the same place every time."""

INFEASIBLE, FAILED = 2, 4
"""Of the statuses of `scipy.optimize.milp`."""


@dataclass(slots=True)
class Constraints:
    """Linear constraints ``low <= sum(coefficient * column) <= high``, gathered one by one."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    coefficient: list[float] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def add(self, terms: list[tuple[int, float]], low: float = -np.inf, high: float = np.inf) -> None:
        """One constraint; terms are pairs of column and coefficient, and a column may come twice."""
        self.row.extend([len(self.low)] * len(terms))
        self.column.extend(column for column, _ in terms)
        self.coefficient.extend(coefficient for _, coefficient in terms)
        self.low.append(low)
        self.high.append(high)


@dataclass(frozen=True, slots=True)
class Variables:
    """Unknowns: bounds, and whether each is a whole number."""

    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class MilpResult:
    """What the solver found.

    Attributes
    ----------
    values : ndarray of float64 or None
        None when it found none.
    bound : float
        No solution is below it; minus infinity when the solver says nothing.
    infeasible : bool
        Proven that there is none.
    clock_stopped : bool
        The time limit ended the search, so another run may end elsewhere.
    """

    values: np.ndarray | None
    bound: float
    infeasible: bool
    clock_stopped: bool


def load_solver() -> None:
    """Import the solver now: half a second, which belongs to no search and which no other command has a use for."""
    import scipy.optimize
    import scipy.sparse  # noqa: F401


def solve_milp(cost: np.ndarray, columns: Variables, rows: Constraints, time_s: float, gap: float = 0.0) -> MilpResult:
    """Least cost under the rows.

    Parameters
    ----------
    cost : ndarray of float64
        By column.
    columns : Variables
    rows : Constraints
    time_s : float
        Longest search; a safety net, `NODES` ends hard searches first. [s]
    gap : float
        Share of the cost within which solution and bound count as equal.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    shape = (len(rows.low), len(cost))
    matrix = csr_array((rows.coefficient, (rows.row, rows.column)), shape=shape)
    mixed = bool(columns.whole.any())
    limits = LinearConstraint(matrix, np.array(rows.low), np.array(rows.high)) if rows.low else None
    for presolve in (True, False):
        found = milp(
            cost,
            integrality=columns.whole.astype(np.uint8),
            bounds=Bounds(columns.low, columns.high),
            constraints=limits,
            options={
                "mip_rel_gap": gap,
                "node_limit": NODES,
                "time_limit": max(time_s, 0.01),
                "presolve": presolve,
            },
        )
        # Once in some hundred small problems HiGHS fails over its own simplifications; without them it does not.
        if found.status != FAILED:
            break
    bound = found.mip_dual_bound if mixed else found.fun if found.status == 0 else None
    return MilpResult(
        values=None if found.x is None else np.asarray(found.x),
        bound=-np.inf if bound is None else float(bound),
        infeasible=found.status == INFEASIBLE,
        clock_stopped=found.status == 1 and "ime limit" in str(found.message),
    )


def solve_lp(
    cost: np.ndarray, high: np.ndarray, rows: Constraints, time_s: float
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Least cost of unknowns from zero up, none of them whole, and what each row is worth.

    Parameters
    ----------
    cost, high : ndarray of float64
        By column; `high` is the most it may be.
    rows : Constraints
        Bounded from above only.
    time_s : float
        Longest search by the clock. [s]

    Returns
    -------
    values, prices : ndarray of float64 or None
        Prices are zero or less: what the cost changes by for a row with one more. None when it was not solved.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    matrix = csr_array((rows.coefficient, (rows.row, rows.column)), shape=(len(rows.high), len(cost)))
    found = linprog(
        cost, A_ub=matrix, b_ub=np.array(rows.high), bounds=np.column_stack([np.zeros(len(high)), high]),
        method="highs", options={"time_limit": max(time_s, 0.01)},
    )  # fmt: skip
    if found.status != 0:
        return None, None
    return np.asarray(found.x), np.asarray(found.ineqlin.marginals)
