"""What waiting and landing at a port cost, `F`, taught to the solver row by row.

The solver proposes, the queues are looked at exactly, and where it thought too little of a port it gets one more row.
Two kinds, both true of every plan and exact at the one they were made at:

* `F` of a set S of whole loads is supermodular: the people in the queue just after an arrival are
  ``max(0, before - drained) + load``, a sum of loads put through functions that grow and bend upwards, so what one
  more boat adds never shrinks as others join. Hence (Nemhauser, Wolsey and Fisher 1978) ``F >= F(S) - sum over S of
  what b adds to the rest of S, for each b that stays away + sum over the others of what each costs alone``. A load
  that may be shared is as many small ones as it has people; in S it is there with all of them, and outside S what it
  costs alone has a column of its own, drawn by tangents.
* `F` of the numbers of people is convex: the queue at any moment is the greatest of (arrived since s) less (landed
  since s), each linear in the loads. One person more of boat b delays the queue until it next runs empty, so the slope
  is the time from b's arrival to that moment. This one serves where loads may be shared. What a boat waits is convex
  in the loads before her, so an urgent whole load adds a tangent to that by the rest of its weight, and nothing when
  it does not come. Of an urgent load that may itself be shared only the people are counted: a bound, not exact.

People who count by a weight of 1 or more leave the first kind as it is: what a boat waits is itself a supermodular
function of who came before her, and a sum of such functions with weights above zero is one, too.

References
----------
Frangioni, A., Gentile, C. (2006), Perspective cuts for a class of convex 0-1 mixed integer programs, Mathematical
Programming 106, 225-236, doi:10.1007/s10107-005-0594-3.
Nemhauser, G. L., Wolsey, L. A., Fisher, M. L. (1978), An analysis of approximations for maximizing submodular set
functions, Mathematical Programming 14, 265-294, doi:10.1007/BF01588971.
"""

from collections.abc import Iterator

import numpy as np

from api.plan.solver.model import UNIT, Model
from api.plan.solver.problem import SLACK_MIN, Problem
from api.plan.solver.schedule import queue, waiting

BROKEN, BROKEN_SHARE = 0.1, 0.001
"""A relaxed solution teaches something where it thinks too little by so much [person min] and by such a share."""

NOBODY = 1e-3
"""Fewer people, or a smaller share of a boat, are the solver's rounding. [persons]"""

FIRST_TANGENT = 0.5
"""Share of a load at which the cost of landing it alone is drawn before anything is known."""

LARGEST_SET = 6
"""Boats in one row learnt from a relaxed solution."""


class CutPool:
    """Rows on the waiting at each port, each said once.

    Parameters
    ----------
    model : Model
        Gets the rows.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._said: set[tuple[int, bool, bytes]] = set()
        problem = model.problem
        self._shared = problem.most_parts > 1
        # People that come or stay away together: a whole load, or one person of a load that may be shared.
        self._step = np.where(self._shared, 1, problem.persons)
        self._steps = problem.persons // np.maximum(self._step, 1)
        self._pairs = [np.flatnonzero(model.port == port) for port in range(problem.shape[1])]
        for port, pairs in enumerate(self._pairs):
            if len(pairs):
                self._row(port, self._alone_terms(port), 0.0)
                for k in pairs[model.own[pairs] >= 0]:
                    self._tangent(int(k), FIRST_TANGENT * float(problem.persons[model.boat[k]]))

    def learn(self, loads: np.ndarray, values: np.ndarray | None = None) -> bool:
        """Rows for every port where the solver's values think too little of the waiting; whether any was added."""
        problem = self._model.problem
        added = False
        for port in np.flatnonzero(loads.any(axis=0)):
            here = loads[:, port]
            exact = waiting(problem, int(port), here)
            if values is not None and values[self._model.wait[port]] * UNIT >= exact - SLACK_MIN:
                continue
            boats = np.flatnonzero(here)
            if self._shared[boats].any():
                added |= self._say(int(port), here, whole=False)
            together = np.where(here == problem.persons, here, 0)
            if np.count_nonzero(together) > 1:
                # Boats that meet at one port would meet at its neighbour next: one lesson for all saves rounds.
                for other in range(problem.shape[1]):
                    added |= self._say(other, together, whole=True)
        return added

    def learn_shared(self, values: np.ndarray) -> bool:
        """Rows that a relaxed solution breaks, loads shared at will; whether any was added.

        At each port: the convex row at the loads it has, and the row of the set of whole loads that is broken most, out
        of those made of the boats it has most of.
        """
        model, problem = self._model, self._model.problem
        added = False
        for port, pairs in enumerate(self._pairs):
            if not len(pairs):
                continue
            thought = float(values[model.wait[port]]) * UNIT
            enough = thought + BROKEN + BROKEN_SHARE * thought
            loads = np.zeros(problem.shape[0])
            loads[model.boat[pairs]] = values[model.people[pairs]] * model.each[pairs]
            loads[loads < NOBODY] = 0.0
            if waiting(problem, port, loads) > enough:
                self._convex(port, loads)
                added = True
            alone, steeper = self._alone(port, loads, values)
            added |= steeper
            best = self._most_broken(port, loads / np.maximum(problem.persons, 1), enough, alone)
            if best is not None:
                added |= self._say(port, best, whole=True)
        return added

    def _most_broken(self, port: int, share: np.ndarray, enough: float, alone: np.ndarray) -> np.ndarray | None:
        """The set of whole loads whose row asks for most above `enough`; None when none does."""
        problem = self._model.problem
        together = np.argsort(-share, kind="stable")
        best = None
        for count in range(2, min(LARGEST_SET, int((share > NOBODY).sum())) + 1):
            whole = np.zeros(problem.shape[0], np.int64)
            whole[together[:count]] = problem.persons[together[:count]]
            value = self._asks(port, whole, share, alone)
            if value > enough:
                best, enough = whole, value
        return best

    def _asks(self, port: int, loads: np.ndarray, share: np.ndarray, alone: np.ndarray) -> float:
        """What the row of a set of whole loads says at a relaxed solution. [person min]"""
        value = waiting(self._model.problem, port, loads)
        value += float(alone[loads == 0].sum())
        for boat in np.flatnonzero(loads):
            value -= (1.0 - float(share[boat])) * float(self._steps[boat]) * self._adds(port, loads, int(boat))
        return value

    def _adds(self, port: int, loads: np.ndarray, boat: int) -> float:
        """What the last step of a boat adds to those it meets at a port, itself included. [person min]"""
        rest = loads.copy()
        rest[boat] -= self._step[boat]
        return waiting(self._model.problem, port, loads) - waiting(self._model.problem, port, rest)

    def _say(self, port: int, loads: np.ndarray, whole: bool) -> bool:
        """Add the row of some loads at a port, unless it was said or one of the boats cannot be there."""
        boats = np.flatnonzero(loads)
        key = (port, whole, loads.tobytes())
        if key in self._said or any((int(boat), port) not in self._model.place for boat in boats):
            return False
        self._said.add(key)
        if whole:
            self._supermodular(port, loads, boats)
        else:
            self._convex(port, loads)
        return True

    def _supermodular(self, port: int, loads: np.ndarray, boats: np.ndarray) -> None:
        model = self._model
        terms = dict(self._alone_terms(port))
        constant = waiting(model.problem, port, loads)
        for boat in boats:
            adds = self._adds(port, loads, int(boat))
            k = model.place[int(boat), port]
            terms.pop(int(model.own[k]), None)
            terms[int(model.people[k])] = adds
            constant -= adds * float(self._steps[boat])
        self._row(port, list(terms.items()), constant)

    def _convex(self, port: int, loads: np.ndarray) -> None:
        model, problem = self._model, self._model.problem
        constant = waiting(problem, port, loads, weighted=False)
        terms = []
        busy = _busy_periods(problem, port, loads)
        for k in self._pairs[port]:
            boat = int(model.boat[k])
            arrive = float(problem.arrive_min[boat, port])
            slope = next((end - arrive for begin, end in busy if begin <= arrive <= end), 0.0)
            terms.append((int(model.people[k]), slope * float(model.each[k])))
            constant -= slope * float(loads[boat])
        for urgent_terms, urgent_constant in self._urgent_waits(port, loads):
            terms += urgent_terms
            constant += urgent_constant
        self._row(port, terms, constant)

    def _urgent_waits(self, port: int, loads: np.ndarray) -> Iterator[tuple[list[tuple[int, float]], float]]:
        """Tangents to what each urgent whole load at a port waits, by the rest of its weight: terms and constant.

        When she does not come the tangent is brought to zero or less by the most it can be.
        """
        model, problem = self._model, self._model.problem
        rate = float(problem.rate[port])
        first, free_min = 0, -np.inf
        place = {int(model.boat[k]): i for i, k in enumerate(self._pairs[port])}
        for boat, begin_min, end_min in queue(problem, port, loads):
            if begin_min > free_min:
                first = place[boat]
            free_min = end_min
            surplus = (float(problem.weight[boat]) - 1.0) * float(problem.persons[boat])
            if surplus == 0.0 or self._shared[boat] or loads[boat] < 0.5 * problem.persons[boat]:
                continue
            before = self._pairs[port][first : place[boat]]
            wait_min = begin_min - float(problem.arrive_min[boat, port]) + 0.5 * float(problem.persons[boat]) / rate
            more_min = float((problem.persons - loads)[model.boat[before]].sum()) / rate
            terms = [(int(model.people[i]), surplus * float(model.each[i]) / rate) for i in before]
            terms.append((int(model.use[self._pairs[port][place[boat]]]), surplus * (wait_min + more_min)))
            yield terms, -surplus * float(problem.persons[model.boat[before]].sum()) / rate

    def _alone_terms(self, port: int) -> list[tuple[int, float]]:
        """What each load costs when it lands alone."""
        model, rate = self._model, float(self._model.problem.rate[port])
        return [
            (int(model.own[k]), UNIT)
            if model.own[k] >= 0
            else (int(model.people[k]), 0.5 * self._weight(int(k)) * float(model.each[k]) ** 2 / rate)
            for k in self._pairs[port]
        ]

    def _alone(self, port: int, loads: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, bool]:
        """What each load costs when it lands alone, and whether a solution that thinks less was taught. [person min]"""
        model, problem = self._model, self._model.problem
        alone = 0.5 * problem.weight * loads * self._step / problem.rate[port]
        added = False
        for k in self._pairs[port]:
            boat = int(model.boat[k])
            if model.own[k] < 0 or loads[boat] == 0.0:
                continue
            # As many as there would be if the port were used for certain.
            persons = float(loads[boat]) / max(float(values[model.use[k]]), NOBODY)
            alone[boat] = 0.5 * self._weight(int(k)) * loads[boat] * persons / problem.rate[port]
            thought = float(values[model.own[k]]) * UNIT
            if alone[boat] > thought + BROKEN + BROKEN_SHARE * thought:
                self._tangent(int(k), persons)
                added = True
        return alone, added

    def _tangent(self, k: int, persons: float) -> None:
        """A tangent to what a load that may be shared costs when it lands alone: half its square by the rate.

        For a port not used it says nothing, and in between as much as it can: ``own >= slope people - constant use``
        (Frangioni and Gentile 2006, doi:10.1007/s10107-005-0594-3).
        """
        model = self._model
        rate = float(model.problem.rate[model.port[k]])
        own, people, use = int(model.own[k]), int(model.people[k]), int(model.use[k])
        slope = self._weight(int(k)) * persons / rate / UNIT
        constant = 0.5 * persons * slope
        model.rows.add([(own, 1.0), (people, -slope), (use, constant)], low=0.0)

    def _weight(self, k: int) -> float:
        return float(self._model.problem.weight[self._model.boat[k]])

    def _row(self, port: int, terms: list[tuple[int, float]], constant: float) -> None:
        """``wait >= constant + terms``."""
        wait = int(self._model.wait[port])
        self._model.rows.add([(wait, 1.0), *((column, -cost / UNIT) for column, cost in terms)], low=constant / UNIT)


def _busy_periods(problem: Problem, port: int, loads: np.ndarray) -> list[tuple[float, float]]:
    """Times between which landing never stops. [min]"""
    periods: list[tuple[float, float]] = []
    for _, begin_min, end_min in queue(problem, port, loads):
        if periods and begin_min <= periods[-1][1]:
            periods[-1] = (periods[-1][0], end_min)
        else:
            periods.append((begin_min, end_min))
    return periods
