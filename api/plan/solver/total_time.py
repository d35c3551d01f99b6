"""The least weighted total of person-minutes among the plans that end by a given time.

Under way every person counts alone, so that part is a plain sum; waiting and landing depend on who else comes, and are
learnt by rows (`cuts`). There are finitely many plans and each teaches its row at most once, so the search
ends with the optimum; at any moment the last bound of the solver is a bound of the true total.
"""

from dataclasses import dataclass, replace

import numpy as np

from api.plan.solver.budget import SolverBudget
from api.plan.solver.cuts import CutPool
from api.plan.solver.deadline import Deadline
from api.plan.solver.local_search import improve
from api.plan.solver.model import UNIT, Model, add_broken_queues, model_of, solve_model
from api.plan.solver.problem import SLACK_MIN, Problem
from api.plan.solver.schedule import evaluate_schedule

EXACT = 1e-9
"""Share of the total within which bound and plan count as equal."""

INNER_GAP = 0.5
"""Share of the gap left that one answer of the solver may leave open."""

WORTH_A_ROUND = 1e-4
"""Share the relaxed bound has to rise by for another round of it."""

SHARES_ROUNDS = 12
"""Most times the numbers of people are asked for when it is settled who uses which port."""

RELAXED_ROUNDS = 40
"""Most times it is asked with loads shared at will: quick, and most of the lessons are learnt there."""


@dataclass(frozen=True, slots=True, eq=False)
class TotalTimeResult:
    """The best plan found by its total.

    Attributes
    ----------
    loads : ndarray of int64, shape (b, p)
    total_person_min, bound_person_min : float
        Of that plan, and what no plan that ends by the same time is below. [person min]
    rounds : int
        How often the solver was asked.
    """

    loads: np.ndarray
    total_person_min: float
    bound_person_min: float
    rounds: int


def minimise_total_time(
    problem: Problem, loads: np.ndarray, known: list[np.ndarray], budget: SolverBudget, deadline: Deadline
) -> TotalTimeResult:
    """The plan with the least total that ends no later than a given one.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        Plan with the worst time to keep to.
    known : list of ndarray
        Other complete plans, to learn from.
    budget : SolverBudget
    deadline : Deadline
    """
    latest_min = evaluate_schedule(problem, loads).worst_min
    model = model_of(problem, latest_min + SLACK_MIN, latest_min + SLACK_MIN)
    cost = model.cost()
    under_way = (problem.arrive_min + problem.extra_min)[model.boat, model.port]
    cost[model.people] = problem.weight[model.boat] * model.each * under_way / UNIT
    cost[model.wait] = 1.0
    cuts = CutPool(model)
    in_time = [
        candidate
        for candidate in [loads, *known]
        if evaluate_schedule(problem, candidate).worst_min <= latest_min + SLACK_MIN
    ]
    in_time = [improve(problem, candidate, latest_min + SLACK_MIN) for candidate in in_time]
    best = min(in_time, key=lambda candidate: evaluate_schedule(problem, candidate).weighted_person_min)
    for candidate in in_time:
        cuts.learn(candidate)
    bound_person_min = _solve_relaxed(model, cost, cuts, deadline)
    return _solve_with_cuts(
        model, cost, cuts, TotalTimeResult(best, 0.0, bound_person_min, 0), latest_min + SLACK_MIN, budget, deadline
    )


def _solve_relaxed(model: Model, cost: np.ndarray, cuts: CutPool, deadline: Deadline) -> float:
    """Learn from solutions with loads shared at will; the last of them is a bound of every plan. [person min]"""
    bound = _all_alone(model.problem)
    for _ in range(RELAXED_ROUNDS):
        found = solve_model(model, cost, deadline.solver_s(), whole=False)
        deadline.stopped |= found.clock_stopped
        gained = found.bound * UNIT > bound * (1.0 + WORTH_A_ROUND)
        bound = max(bound, found.bound * UNIT)
        if found.values is None or not cuts.learn_shared(found.values) or not gained:
            break
    return bound


def _all_alone(problem: Problem) -> float:
    """Total if every boat went where it is best and met nobody: a bound that needs no solver. [person min]"""
    # Of a shared load the last person is never sooner ashore than the first one.
    landing = np.where(problem.most_parts > 1, 0, problem.persons)[:, None] / problem.rate[None, :]
    each = np.where(problem.usable, problem.arrive_min + problem.extra_min + 0.5 * landing, np.inf)
    aboard = problem.persons > 0
    return float((problem.weight * problem.persons)[aboard] @ each[aboard].min(axis=1, initial=np.inf))


def _solve_with_cuts(
    model: Model,
    cost: np.ndarray,
    cuts: CutPool,
    start: TotalTimeResult,
    latest_min: float,
    budget: SolverBudget,
    deadline: Deadline,
) -> TotalTimeResult:
    """Ask the solver and teach it, until it has nothing better or comes close enough."""
    problem = model.problem
    best = start.loads
    best_total = evaluate_schedule(problem, best).weighted_person_min
    bound = min(start.bound_person_min, best_total)
    asked = 0
    learnt = True
    whole_numbers = int(model.columns.whole.sum()) if (model.own >= 0).any() else 0
    for asked in range(1, budget.rounds + 1):
        left = 1.0 - bound / best_total
        # A fraction of what is left to prove is close enough for one answer, until that teaches nothing more.
        gap = max(INNER_GAP * left, 0.5 * budget.close_share) if learnt and left > EXACT else 0.0
        found = solve_model(model, cost, deadline.solver_s(), gap=gap)
        deadline.stopped |= found.clock_stopped
        bound = max(bound, min(found.bound * UNIT, best_total))
        if found.values is None:
            return TotalTimeResult(best, best_total, bound, asked)
        proposed = model.loads(found.values)
        late = add_broken_queues(model, proposed, latest_min)
        news = cuts.learn(proposed, found.values)
        settled, more = _shares_settled(model, cost, cuts, found.values, latest_min, deadline)
        news |= more
        for plan in ([] if late else [proposed]) + settled:
            better = improve(problem, plan, latest_min)
            news |= cuts.learn(better)
            better_total = evaluate_schedule(problem, better).weighted_person_min
            if better_total < best_total:
                best, best_total = better, better_total
        enough = EXACT if asked < budget.exact_rounds else max(EXACT, budget.close_share)
        if best_total - bound <= enough * best_total or deadline.left_s() <= 0.0:
            break
        if not (news or late) and gap == 0.0:
            break
        if asked > 1 and asked * whole_numbers >= budget.shared_work:
            break
        learnt = news or late
    return TotalTimeResult(best, best_total, bound, asked)


def _shares_settled(
    model: Model, cost: np.ndarray, cuts: CutPool, values: np.ndarray, latest_min: float, deadline: Deadline
) -> tuple[list[np.ndarray], bool]:
    """The best numbers of people when everybody uses the ports of a solution; whether the solver was taught by it.

    Much smaller than the whole question, so it is asked until there is nothing more to learn; else each answer of the
    solver would only shift some people of the same plan.

    Returns
    -------
    list of ndarray of int64, shape (b, p)
        One plan, or none where none was found or no load may be shared.
    bool
    """
    if not (model.own >= 0).any():
        return [], False
    columns, problem = model.columns, model.problem
    low, high = columns.low.copy(), columns.high.copy()
    used = np.rint(values[model.use])
    low[model.use] = high[model.use] = used
    high[model.people] *= used
    fixed = replace(model, columns=replace(columns, low=low, high=high))
    best: np.ndarray | None = None
    best_total, taught = np.inf, False
    for _ in range(SHARES_ROUNDS):
        found = solve_model(fixed, cost, deadline.solver_s())
        if found.values is None:
            break
        loads = model.loads(found.values)
        late = add_broken_queues(model, loads, latest_min)
        news = cuts.learn(loads, found.values)
        total = evaluate_schedule(problem, loads).weighted_person_min
        if not late and total < best_total:
            best, best_total = loads, total
        if not (late or news):
            break
        taught = True
    return [] if best is None else [best], taught
