"""The least time by which every load can be at safety: bounds from both sides, then the solver between them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from api.plan.solver.configurations import Configurations, dive, ends_by, plan_of
from api.plan.solver.deadline import Deadline
from api.plan.solver.greedy import careful
from api.plan.solver.local_search import polish
from api.plan.solver.model import ROUNDS_OF_CUTS, UNIT, add_broken_queues, model_of, solve_model
from api.plan.solver.problem import SLACK_MIN, Problem
from api.plan.solver.schedule import evaluate_schedule

CLOSE_MIN = 0.05
"""Width to which the relaxed bound is narrowed before the exact search starts. [min]"""

CLOSE_SHARE = 0.002
"""The same as a share, for sets of boats: what is left is proven or not in one more question."""

TRIES = 6
"""Most times a plan is asked for between what could be possible and what is known."""

PROVEN_MIN = 1e-4
"""A worst time this near its bound counts as proven. [min]"""

AIMS = (0.2, 0.08, 0.03)
"""How far above the bound plans are asked for, as shares of it."""

AIM_SHARE, AIM_GAP = 0.6, 0.5
"""Part of the time left that one of these may take, and how far from the shortest ways its plan may be."""

WHOLE = 1e-6
"""A share this near one is the solver's rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class MakespanResult:
    """The best plan found by its worst time.

    Attributes
    ----------
    loads : ndarray of int64, shape (b, p)
    worst_min : float
        Of that plan. [min]
    bound_min : float
        No plan is better. [min]
    """

    loads: np.ndarray
    worst_min: float
    bound_min: float


def minimise_makespan(problem: Problem, known: list[np.ndarray], deadline: Deadline) -> MakespanResult | None:
    """The plan with the least worst time; None when no plan is within the places, or none found within the ceilings.

    Parameters
    ----------
    problem : Problem
    known : list of ndarray
        Complete plans already made.
    deadline : Deadline
    """
    if not known:
        anyhow = _any_plan(problem, deadline)
        if anyhow is None:
            return None
        known = [anyhow]
    alone_min = _own_best(problem)
    loads = min(known, key=lambda candidate: evaluate_schedule(problem, candidate).value)
    loads = polish(problem, loads, alone_min)
    most_min = evaluate_schedule(problem, loads).worst_min
    if most_min == np.inf:
        return None
    if (problem.most_parts[problem.persons > 0] == 1).all():
        best = _by_configurations(problem, MakespanResult(loads, most_min, alone_min), known, deadline)
        if best.worst_min - best.bound_min <= PROVEN_MIN:
            return best
        return _solve_between_bounds(problem, best, deadline)
    least_min, rounded = _relaxed_bound(problem, alone_min, most_min, deadline)
    if rounded is not None:
        rounded = polish(problem, rounded, least_min)
        loads = min((loads, rounded), key=lambda candidate: evaluate_schedule(problem, candidate).value)
        most_min = evaluate_schedule(problem, loads).worst_min
    if most_min - least_min <= SLACK_MIN:
        return MakespanResult(loads, most_min, least_min)
    return _solve_between_bounds(
        problem, _search_below(problem, MakespanResult(loads, most_min, least_min), deadline), deadline
    )


def _by_configurations(
    problem: Problem, best: MakespanResult, known: list[np.ndarray], deadline: Deadline
) -> MakespanResult:
    """A plan and a bound by sets of boats at each port: halving between them, then plans in between, then the proof."""
    sets = Configurations(problem)
    for loads in (best.loads, *known):
        sets.add_plan(loads)
    sooner = best.worst_min - 0.5 * PROVEN_MIN
    if ends_by(sets, sooner, deadline) is False:
        return MakespanResult(best.loads, best.worst_min, sooner)
    possible = best.worst_min
    while possible - best.bound_min > max(CLOSE_MIN, CLOSE_SHARE * possible):
        middle = 0.5 * (best.bound_min + possible)
        answer = ends_by(sets, middle, deadline)
        if answer is None:
            return best
        if answer:
            # Where the sets could do it in shares some plan often can, too.
            possible = middle
            best = _plan_by(problem, sets, best, middle, deadline, (dive,))
        else:
            best = MakespanResult(best.loads, best.worst_min, middle)
    tried = possible
    for _ in range(TRIES):
        high = best.worst_min
        if high - tried <= CLOSE_MIN or deadline.left_s() <= 0.0:
            break
        best = _plan_by(problem, sets, best, tried, deadline)
        tried = 0.5 * ((possible if best.worst_min <= tried + SLACK_MIN else tried) + best.worst_min)
    for _ in range(TRIES):
        if best.worst_min - best.bound_min <= PROVEN_MIN or deadline.left_s() <= 0.0:
            break
        sooner = best.worst_min - 0.5 * PROVEN_MIN
        answer = ends_by(sets, sooner, deadline)
        if answer is False:
            return MakespanResult(best.loads, best.worst_min, sooner)
        if answer is None:
            break
        better = _plan_by(problem, sets, best, sooner, deadline)
        if better.worst_min > sooner:
            break
        best = better
    return best


def _plan_by(
    problem: Problem, sets: Configurations, best: MakespanResult, time_min: float, deadline: Deadline,
    ways: tuple[Callable[[Configurations, float, Deadline], np.ndarray | None], ...] = (dive, plan_of),
) -> MakespanResult:  # fmt: skip
    """The best of a plan and those made of sets that end by a time."""
    for make in ways:
        loads = make(sets, time_min, deadline)
        whole = None if loads is None else careful(problem, True, loads)
        if whole is None:
            continue
        whole = polish(problem, whole, best.bound_min)
        sets.add_plan(whole)
        worst_min = evaluate_schedule(problem, whole).worst_min
        if worst_min < best.worst_min:
            best = MakespanResult(whole, worst_min, best.bound_min)
        if worst_min <= time_min + SLACK_MIN:
            break
    return best


def _search_below(problem: Problem, best: MakespanResult, deadline: Deadline) -> MakespanResult:
    """A better plan found by asking for any that ends by a time a little above the bound, from farther to nearer.

    With the time given the rows are at their strongest, and the first plan found will do: much quicker than to look for
    the best one where places are scarce and the constructions end far away.
    """
    for above in AIMS:
        aim_min = best.bound_min * (1.0 + above)
        if best.worst_min <= aim_min:
            continue
        model = model_of(problem, aim_min, aim_min)
        cost = model.cost()
        cost[model.people] = model.each * (problem.arrive_min + problem.extra_min)[model.boat, model.port] / UNIT
        found = solve_model(model, cost, deadline.solver_s(AIM_SHARE), gap=AIM_GAP)
        deadline.stopped |= found.clock_stopped
        if found.values is None:
            break
        loads = polish(problem, model.loads(found.values), best.bound_min)
        worst_min = evaluate_schedule(problem, loads).worst_min
        if worst_min < best.worst_min:
            best = MakespanResult(loads, worst_min, best.bound_min)
    return best


def _any_plan(problem: Problem, deadline: Deadline) -> np.ndarray | None:
    """Some plan within the places, the queues left aside; None when there is none, or none was found in time."""
    model = model_of(problem, 0.0, np.inf)
    if not len(model.boat):
        return None
    cost = model.cost()
    cost[model.people] = model.each * (problem.arrive_min + problem.extra_min)[model.boat, model.port]
    found = solve_model(model, cost, deadline.solver_s())
    return None if found.values is None else model.loads(found.values)


def _relaxed_bound(
    problem: Problem, low: float, high: float, deadline: Deadline
) -> tuple[float, np.ndarray | None]:  # fmt: skip
    """A time before which no plan ends, found with loads shared at will, and a plan made of that solution. [min]"""
    if high - low <= SLACK_MIN:
        return low, None
    shared = _shared_by(problem, low, deadline)
    if shared is not None:
        return low, careful(problem, True, shared)
    while high - low > CLOSE_MIN and deadline.left_s() > 0.0:
        middle = 0.5 * (low + high)
        found = _shared_by(problem, middle, deadline)
        if found is None:
            low = middle
        else:
            high, shared = middle, found
    return low, None if shared is None else careful(problem, True, shared)


def _own_best(problem: Problem) -> float:
    """Greatest time of any boat alone at its own best port; of a shared one, that of its largest part. [min]"""
    # Of so many parts one is no smaller than the average, wherever it lands.
    least = np.where(problem.most_parts > 1, np.ceil(problem.persons / problem.most_parts), problem.persons)
    alone = problem.arrive_min + problem.extra_min + least[:, None] / problem.rate[None, :]
    best = np.where(problem.usable, alone, np.inf).min(axis=1, initial=np.inf) * problem.worst_weight
    aboard = problem.persons > 0
    return float(best[aboard].max()) if aboard.any() else 0.0


def _shared_by(problem: Problem, time_min: float, deadline: Deadline) -> np.ndarray | None:
    """Boats that stay whole in a plan that ends by a time with loads shared at will; None when there is none.

    At a corner of what is allowed only few boats are shared, about one a port (Lenstra, Shmoys and Tardos 1990,
    doi:10.1007/BF01585745), so the whole ones are most of a plan.
    """
    model = model_of(problem, time_min, time_min, whole=False)
    cost = model.cost()
    cost[model.people] = model.each * (problem.arrive_min + problem.extra_min)[model.boat, model.port] / UNIT
    found = solve_model(model, cost, deadline.solver_s(), whole=False)
    if found.infeasible:
        return None
    loads = np.zeros(problem.shape, np.int64)
    if found.values is not None:
        share = found.values[model.people] * model.each / problem.persons[model.boat]
        whole = share > 1.0 - WHOLE
        loads[model.boat[whole], model.port[whole]] = problem.persons[model.boat[whole]]
    return loads


def _solve_between_bounds(problem: Problem, best: MakespanResult, deadline: Deadline) -> MakespanResult:
    """The solver's best between the bounds, with queue rows added until its plan is what it says."""
    model = model_of(problem, best.bound_min, best.worst_min)
    cost = model.cost()
    cost[model.latest] = 1.0
    for _ in range(ROUNDS_OF_CUTS):
        found = solve_model(model, cost, deadline.solver_s())
        deadline.stopped |= found.clock_stopped
        if found.infeasible:
            # Nothing but rounding lies between the plan known and the bound.
            return MakespanResult(best.loads, best.worst_min, best.worst_min)
        bound_min = max(best.bound_min, min(found.bound, best.worst_min))
        best = MakespanResult(best.loads, best.worst_min, bound_min)
        if found.values is None:
            return best
        loads = model.loads(found.values)
        late = add_broken_queues(model, loads, float(found.values[model.latest]))
        loads = polish(problem, loads, best.bound_min)
        worst_min = evaluate_schedule(problem, loads).worst_min
        if worst_min < best.worst_min:
            best = MakespanResult(loads, worst_min, best.bound_min)
        if best.worst_min - best.bound_min <= SLACK_MIN or deadline.left_s() <= 0.0:
            return best
        if not late:
            return best
    return best
