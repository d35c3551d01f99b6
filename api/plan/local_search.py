"""A plan made better by moving one whole load, or exchanging two, as long as that helps."""

import numpy as np

from api.plan.problem import INF, SLACK_MIN, Problem
from api.plan.schedule import evaluate_schedule, queue

SWEEPS = 20
STEPS = 400
"""Most rounds of changes, for the total and for the worst time."""

HELPS = 1e-6
"""What a change has to gain to count, in either value; keeps rounding from going round in circles."""


def polish(problem: Problem, loads: np.ndarray, least_min: float) -> np.ndarray:
    """The plan after both kinds of change in turn, as long as the worst time comes down.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        A complete plan.
    least_min : float
        No plan ends sooner. [min]
    """
    worst_min = np.inf
    while evaluate_schedule(problem, loads).worst_min < worst_min - HELPS:
        worst_min = evaluate_schedule(problem, loads).worst_min
        loads = even_out(problem, loads, least_min)
        loads = improve(problem, loads, evaluate_schedule(problem, loads).worst_min + HELPS)
    return loads


def improve(problem: Problem, loads: np.ndarray, latest_min: float) -> np.ndarray:
    """The plan after every change that lowers its total and leaves no load it touches later than `latest_min`.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        A complete plan. Loads that are shared stay where they are.
    latest_min : float
        [min]

    Returns
    -------
    ndarray of int64, shape (b, p)
    """
    loads = loads.copy()
    ports = [_value(problem, port, loads[:, port]) for port in range(problem.shape[1])]
    single = [int(boat) for boat in np.flatnonzero((loads > 0).sum(axis=1) == 1)]
    could_be = problem.alone_min <= latest_min
    for _ in range(SWEEPS):
        changed = False
        for boat in single:
            here = int(loads[boat].argmax())
            for there in np.flatnonzero(could_be[boat]):
                if there != here and _try_moves(problem, loads, ports, [(boat, here, int(there))], latest_min):
                    here = int(there)
                    changed = True
        for i, first in enumerate(single):
            for other in single[i + 1 :]:
                a, b = int(loads[first].argmax()), int(loads[other].argmax())
                if a != b and could_be[first, b] and could_be[other, a]:
                    changed |= _try_moves(problem, loads, ports, [(first, a, b), (other, b, a)], latest_min)
        if not changed:
            break
    return loads


def even_out(problem: Problem, loads: np.ndarray, least_min: float) -> np.ndarray:
    """The plan after every change that brings the latest load to safety sooner and makes no other as late.

    Parameters
    ----------
    problem : Problem
    loads : ndarray of int64, shape (b, p)
        A complete plan. Loads that are shared stay where they are.
    least_min : float
        No plan ends sooner, so that it is no use to try. [min]

    Returns
    -------
    ndarray of int64, shape (b, p)
    """
    loads = loads.copy()
    ports = [_value(problem, port, loads[:, port]) for port in range(problem.shape[1])]
    single = (loads > 0).sum(axis=1) == 1
    for _ in range(STEPS):
        latest = max(range(len(ports)), key=lambda port: ports[port][0])
        worst_min = ports[latest][0]
        if worst_min <= least_min + HELPS or not _least_late(problem, loads, ports, latest, single):
            break
    return loads


def _least_late(
    problem: Problem, loads: np.ndarray, ports: list[tuple[float, float]], latest: int, single: np.ndarray
) -> bool:  # fmt: skip
    """Make the one change at the latest port that leaves the ports it touches least late; whether there was any."""
    worst_min = ports[latest][0] - HELPS
    alone_min = problem.alone_min
    best: list[tuple[int, int, int]] = []
    # Of equal changes the first one, so that equal inputs take equal ways.
    for boat in np.flatnonzero((loads[:, latest] > 0) & single):
        for there in np.flatnonzero(alone_min[boat] < worst_min):
            if int(there) == latest:
                continue
            changes = [[(int(boat), latest, int(there))]]
            back = (loads[:, there] > 0) & single & (alone_min[:, latest] < worst_min)
            changes += [[(int(boat), latest, int(there)), (int(c), int(there), latest)] for c in np.flatnonzero(back)]
            for moves in changes:
                columns = _move(problem, loads, moves)
                late = max((_value(problem, port, column)[0] for port, column in columns.items()), default=np.inf)
                if late < worst_min:
                    worst_min, best = late, moves
    if not best:
        return False
    for port, column in _move(problem, loads, best).items():
        loads[:, port] = column
        ports[port] = _value(problem, port, column)
    return True


def _move(problem: Problem, loads: np.ndarray, moves: list[tuple[int, int, int]]) -> dict[int, np.ndarray]:
    """Loads of the ports that moves of whole boats touch; empty where there are too few places."""
    touched = sorted({port for _, here, there in moves for port in (here, there)})
    columns = {port: loads[:, port].copy() for port in touched}
    for boat, here, there in moves:
        columns[here][boat] = 0
        columns[there][boat] = problem.persons[boat]
    return {} if any(columns[port].sum() > problem.places[port] for port in touched) else columns


def _try_moves(
    problem: Problem, loads: np.ndarray, ports: list[tuple[float, float]],
    moves: list[tuple[int, int, int]], latest_min: float,
) -> bool:  # fmt: skip
    """Make the moves of whole boats from port to port if that helps; whether it did."""
    columns = _move(problem, loads, moves)
    if not columns:
        return False
    before = sum(ports[port][1] for port in columns)
    after = {port: _value(problem, port, column) for port, column in columns.items()}
    if max(worst for worst, _ in after.values()) > latest_min:
        return False
    if sum(total for _, total in after.values()) >= before - HELPS:
        return False
    for port, column in columns.items():
        loads[:, port] = column
        ports[port] = after[port]
    return True


def _value(problem: Problem, port: int, loads: np.ndarray) -> tuple[float, float]:
    """Worst time and weighted total at one port; the time is infinite where a boat is beyond its ceiling."""
    worst = total = 0.0
    for boat, begin_min, end_min in queue(problem, port, loads):
        extra = float(problem.extra_min[boat, port])
        safety_min = end_min + extra
        counted_min = safety_min * float(problem.worst_weight[boat])
        worst = max(worst, counted_min if safety_min <= problem.ceiling_min[boat] + SLACK_MIN else INF)
        total += float(problem.weight[boat] * loads[boat]) * (0.5 * (begin_min + end_min) + extra)
    return worst, total
