"""The joint plan as a mixed-integer model: one latest time for all, and the queues that have to fit under it.

For every pair of boat and port that may be in the plan there is a column `use` (0 or 1); a boat that may be shared has
`persons` beside it, a whole number. `T` is the time by which every load is at safety. All rows hold for every plan that
ends by `T`, given that no plan ends before `least_min`, and none needs a large constant:

* Landing is first come first landed. Of the loads that arrive at a port at or after the j-th possible arrival `a_j`,
  the last is ashore no sooner than `a_j + load / rate`, because none of them can begin before `a_j`. Its policy then
  adds at least the least `extra` among them: with `e_j = a_j + least extra`, a row ``T >= e_j + load / rate``.
* Where `e_j` is later than `least_min`, the row counts only if somebody arrives that late. Written as
  ``T >= least + (e_j - least) use_j + load / rate`` it holds either way: when the j-th does not come, those after it
  arrive later still, and when nobody comes it says no more than ``T >= least``.
* Where policies add different times at one port, the boat that counts need not be the last. For boat b and an earlier
  arrival j, ``T >= base + (a_j + extra_b - base) use_b + load from j to b / rate`` with `base` the lesser of `e_j` and
  `least_min`; without b it is weaker than the row of j. These are many, and are added when a solution breaks them.
* A boat with a ceiling of its own has the same kind of row with the ceiling for ``T``, and one whose minutes count more
  than once has it with ``T`` divided by their weight. Others there may well be later than that when she does not come,
  so these need a constant: all that could land from j to b.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from api.plan.solver.milp import Constraints, MilpResult, Variables, solve_milp
from api.plan.solver.problem import SLACK_MIN, Problem
from api.plan.solver.schedule import in_turn, queue

UNIT = 1000.0
"""Person-minutes in one unit of the solver, which keeps its numbers of one size. [person min]"""

ROUNDS_OF_CUTS = 60


@dataclass(slots=True, eq=False)
class Model:
    """Columns and rows; made by `model_of`.

    Attributes
    ----------
    boat, port : ndarray of int64, shape (n,)
        The pairs, by port, then in turn of arrival.
    use, people : ndarray of int64, shape (n,)
        Column that says whether a pair is used, and column that carries its people.
    each : ndarray of float64, shape (n,)
        People a unit of `people` stands for. [persons]
    place : dict
        Place of a pair in those arrays, by boat and port.
    latest : int
        Column of `T`. [min]
    wait : ndarray of int64, shape (p,)
        Columns of what is spent waiting and landing at each port. [`UNIT` person min]
    own : ndarray of int64, shape (n,)
        Columns of what the people of a pair would spend landing if no other boat came, for loads that may be shared;
        -1 for the others. [`UNIT` person min]
    """

    problem: Problem
    least_min: float
    boat: np.ndarray
    port: np.ndarray
    use: np.ndarray
    people: np.ndarray
    each: np.ndarray
    place: dict[tuple[int, int], int]
    columns: Variables
    latest: int
    wait: np.ndarray
    own: np.ndarray
    rows: Constraints
    added_rows: set[tuple[int, int, int, bool]] = field(default_factory=set)

    def loads(self, values: np.ndarray) -> np.ndarray:
        """People of each boat at each port in a solution, shape (b, p). [persons]"""
        loads = np.zeros(self.problem.shape, np.int64)
        loads[self.boat, self.port] = np.rint(values[self.people]) * self.each
        return loads

    def cost(self) -> np.ndarray:
        """A cost of nothing, to be filled in."""
        return np.zeros(len(self.columns.low))


def model_of(problem: Problem, least_min: float, most_min: float, whole: bool = True) -> Model:
    """The model of all plans that end by `most_min`, when none ends before `least_min`.

    Pairs that no such plan can hold are left out: a boat that would be later even if it came alone.

    Parameters
    ----------
    problem : Problem
    least_min, most_min : float
        `most_min` may be infinite, and then the rows of the queues are left out. [min]
    whole : bool
        False to let loads be shared at will: a relaxation that is quick to solve.
    """
    boat, port = _pairs(problem, most_min)
    split = problem.most_parts[boat] > 1
    count, shared = len(boat), int(split.sum())
    use = np.arange(count)
    people = use.copy()
    people[split] = count + np.arange(shared)
    each = np.where(split, 1.0, problem.persons[boat])
    latest = count + shared
    wait = latest + 1 + np.arange(problem.shape[1])
    own = np.full(count, -1)
    own[split] = latest + 1 + problem.shape[1] + np.arange(shared)
    size = latest + 1 + problem.shape[1] + shared
    high = np.concatenate([
        np.ones(count), problem.persons[boat[split]], [most_min], np.full(problem.shape[1] + shared, np.inf)
    ])  # fmt: skip
    low = np.zeros(size)
    low[latest] = least_min
    is_whole = np.zeros(size, np.bool_)
    is_whole[:latest] = whole
    place = {(int(b), int(p)): k for k, (b, p) in enumerate(zip(boat, port, strict=True))}
    columns = Variables(low, high, is_whole)
    model = Model(problem, least_min, boat, port, use, people, each, place, columns, latest, wait, own, Constraints())
    _everybody_once(model)
    _no_more_than_places(model)
    if np.isfinite(most_min):
        _queues_end_by_latest(model)
    return model


def _pairs(problem: Problem, most_min: float) -> tuple[np.ndarray, np.ndarray]:
    """Boat and port of every pair that can be in a plan, by port, then in turn of arrival."""
    least_load = np.where(problem.most_parts > 1, 1, problem.persons)[:, None]
    least_min = problem.arrive_min + problem.extra_min + least_load / problem.rate[None, :]
    fits = problem.usable & (least_load <= problem.places[None, :]) & (problem.persons > 0)[:, None]
    latest_min = np.minimum(most_min / problem.worst_weight, problem.ceiling_min)[:, None]
    fits &= np.where(problem.usable, least_min, np.inf) <= latest_min + SLACK_MIN
    boats, ports = [], []
    for port in range(problem.shape[1]):
        turn = in_turn(problem, port, np.flatnonzero(fits[:, port]))
        boats.append(turn)
        ports.append(np.full(len(turn), port))
    return np.concatenate(boats).astype(np.int64), np.concatenate(ports).astype(np.int64)


def _everybody_once(model: Model) -> None:
    problem = model.problem
    for boat in np.flatnonzero(problem.persons > 0):
        pairs = np.flatnonzero(model.boat == boat)
        persons = float(problem.persons[boat])
        people = [(int(model.people[k]), float(model.each[k])) for k in pairs]
        model.rows.add(people, persons, persons)
        if problem.most_parts[boat] > 1:
            model.rows.add([(int(model.use[k]), 1.0) for k in pairs], high=float(problem.most_parts[boat]))
            for k in pairs:
                # Nobody uses a port without saying so. Who says so and sends nobody gains nothing by it.
                room = min(persons, float(problem.places[model.port[k]]), _in_time(model, int(k)))
                model.rows.add([(int(model.people[k]), 1.0), (int(model.use[k]), -room)], high=0.0)


def _in_time(model: Model, k: int) -> float:
    """People of a pair that are ashore in time even if no other boat comes. [persons]"""
    problem, boat, port = model.problem, model.boat[k], model.port[k]
    most_min = float(model.columns.high[model.latest])
    if most_min == np.inf:
        return np.inf
    most_min /= float(problem.worst_weight[boat])
    left_min = most_min - float(problem.arrive_min[boat, port] + problem.extra_min[boat, port])
    return float(np.floor((left_min + SLACK_MIN) * float(problem.rate[port]) + SLACK_MIN))


def _no_more_than_places(model: Model) -> None:
    for port, places in enumerate(model.problem.places):
        pairs = np.flatnonzero(model.port == port)
        if model.problem.persons[model.boat[pairs]].sum() > places:
            model.rows.add([(int(model.people[k]), float(model.each[k])) for k in pairs], high=float(places))


def _queues_end_by_latest(model: Model) -> None:
    problem, rows, least = model.problem, model.rows, model.least_min
    settled = model.columns.high[model.latest] <= least
    for port in range(problem.shape[1]):
        pairs = np.flatnonzero(model.port == port)
        rate = float(problem.rate[port])
        boats = model.boat[pairs]
        extra = problem.extra_min[boats, port]
        # Least of what the policies add from each arrival on.
        least_extra = np.minimum.accumulate(extra[::-1])[::-1]
        after = np.cumsum(problem.persons[boats][::-1])[::-1]
        for j, k in enumerate(pairs):
            earliest = float(problem.arrive_min[boats[j], port] + least_extra[j])
            if settled and after[j] <= rate * (least - earliest):
                continue
            terms = [(int(model.people[i]), -float(model.each[i]) / rate) for i in pairs[j:]] + [(model.latest, 1.0)]
            if earliest > least:
                terms.append((int(model.use[k]), least - earliest))
            rows.add(terms, low=min(earliest, least))
        for j in range(len(pairs)):
            alone = float(problem.alone_min[boats[j], port])
            if not settled and problem.most_parts[boats[j]] == 1 and alone > least:
                rows.add([(model.latest, 1.0), (int(model.use[pairs[j]]), least - alone)], low=least)
            elif problem.most_parts[boats[j]] > 1 and problem.worst_weight[boats[j]] == 1.0 and not settled:
                _ends_by_latest(model, port, pairs, j, j)


def _ends_by_latest(model: Model, port: int, pairs: np.ndarray, j: int, last: int) -> None:
    """The row for the boat at `last` when landing runs without a gap from the j-th arrival on."""
    problem = model.problem
    boats = model.boat[pairs]
    rate = float(problem.rate[port])
    arrive = float(problem.arrive_min[boats[j], port])
    base = min(model.least_min, arrive + float(problem.extra_min[boats[j:], port].min()))
    terms = [(int(model.people[i]), -float(model.each[i]) / rate) for i in pairs[j : last + 1]] + [(model.latest, 1.0)]
    terms.append((int(model.use[pairs[last]]), base - arrive - float(problem.extra_min[boats[last], port])))
    model.rows.add(terms, low=base)


def _ends_by_ceiling(model: Model, port: int, pairs: np.ndarray, j: int, last: int) -> None:
    """The row that keeps the boat at `last` to her ceiling when landing runs without a gap from the j-th arrival on."""
    boat, boats = int(model.boat[pairs[last]]), model.boat[pairs]
    problem = model.problem
    left_min = float(problem.ceiling_min[boat] - problem.arrive_min[boats[j], port] - problem.extra_min[boat, port])
    terms, most_min = _landing_from(model, port, pairs, j, last)
    model.rows.add([*terms, (int(model.use[pairs[last]]), most_min - left_min)], high=most_min)


def _ends_by_weighted_latest(model: Model, port: int, pairs: np.ndarray, j: int, last: int) -> None:
    """The row of `_ends_by_latest` for a boat whose minutes count more than once: a ceiling that moves with ``T``."""
    boat, boats = int(model.boat[pairs[last]]), model.boat[pairs]
    problem = model.problem
    weight = float(problem.worst_weight[boat])
    before_min = float(problem.arrive_min[boats[j], port] + problem.extra_min[boat, port])
    terms, most_min = _landing_from(model, port, pairs, j, last)
    # Without her: landing - T / weight <= most - least / weight, whatever comes.
    spare_min = most_min + before_min - model.least_min / weight
    terms += [(model.latest, -1.0 / weight), (int(model.use[pairs[last]]), spare_min)]
    model.rows.add(terms, high=spare_min - before_min)


def _landing_from(
    model: Model, port: int, pairs: np.ndarray, j: int, last: int
) -> tuple[list[tuple[int, float]], float]:
    """Minutes that the loads from the j-th arrival to that at `last` take to land, and the most it can be. [min]"""
    problem = model.problem
    rate = float(problem.rate[port])
    boats = model.boat[pairs[j : last + 1]]
    terms = [(int(model.people[i]), float(model.each[i]) / rate) for i in pairs[j : last + 1]]
    return terms, float(min(problem.persons[boats].sum(), problem.places[port])) / rate


def add_broken_queues(model: Model, loads: np.ndarray, latest_min: float) -> bool:
    """Rows for boats that are later than `latest_min` or than their ceilings when the queues are looked at exactly.

    Returns
    -------
    bool
        Whether any was added.
    """
    problem = model.problem
    added = False
    for port in np.flatnonzero(loads.any(axis=0)):
        pairs = np.flatnonzero(model.port == port)
        place = {int(boat): i for i, boat in enumerate(model.boat[pairs])}
        first = -1
        busy_until = -1.0
        for boat, begin_min, end_min in queue(problem, int(port), loads[:, port]):
            if begin_min > busy_until or first < 0:
                first = place[boat]
            busy_until = end_min
            safety_min = end_min + float(problem.extra_min[boat, port])
            weight = float(problem.worst_weight[boat])
            limits = (
                (False, latest_min / weight, _ends_by_latest if weight == 1.0 else _ends_by_weighted_latest),
                (True, problem.ceiling_min[boat], _ends_by_ceiling),
            )
            for own, limit_min, add_row in limits:
                row = (int(port), first, place[boat], own)
                if safety_min > limit_min + SLACK_MIN and row not in model.added_rows:
                    model.added_rows.add(row)
                    add_row(model, int(port), pairs, first, place[boat])
                    added = True
    return added


def solve_model(model: Model, cost: np.ndarray, time_s: float, whole: bool = True, gap: float = 0.0) -> MilpResult:
    """Least cost under the rows so far; shared at will where not `whole`. The time is the longest search. [s]"""
    columns = model.columns if whole else replace(model.columns, whole=np.zeros_like(model.columns.whole))
    return solve_milp(cost, columns, model.rows, time_s, gap)
