"""What whole sets of boats at a port say about the worst time: a bound much closer than that of loads shared at will.

A *configuration* is a set of boats that one port lands by a time. Everybody is landed by that time only if every boat
is in some configuration and no port has more than one, so the linear relaxation of that question bounds the worst time
from below. There are too many sets to list; those that matter are generated (Gilmore and Gomory 1961): given what each
boat is worth, the best set of a port is a knapsack, solved exactly for all ports at once over the number of people
landed.

References
----------
Gilmore, P. C., Gomory, R. E. (1961), A linear programming approach to the cutting-stock problem, Operations Research 9,
849-859, doi:10.1287/opre.9.6.849.
Farley, A. A. (1990), A note on bounding a class of linear programming problems, including cutting stock problems,
Operations Research 38, 922-923, doi:10.1287/opre.38.5.922.
"""

from dataclasses import dataclass, field

import numpy as np

from api.plan.solver.deadline import Deadline
from api.plan.solver.milp import Constraints, Variables, solve_lp, solve_milp
from api.plan.solver.problem import SLACK_MIN, Problem
from api.plan.solver.schedule import evaluate_schedule

ROUNDS = 200
"""Most times a question for one time is asked anew with more sets."""

NOTHING = 1e-7
"""What the solver's rounding may claim where there is nothing."""

TAKEN = 0.9
"""A share of a set from which on it is taken as it is."""

PARTS = 3
"""Parts of the time one person takes to land that a timetable is kept in."""

SHARE_OF_PLAN = 0.15
"""Part of the time left that the choice of one plan out of the known sets may take."""


@dataclass(slots=True, eq=False)
class Configurations:
    """Sets known so far, of whole loads.

    Attributes
    ----------
    port : list of int
    boats : list of ndarray of int64
    finish_min : list of float
        Worst counted time of the set at its port, exactly; infinite beyond a ceiling or the places. [min]
    """

    problem: Problem
    port: list[int] = field(default_factory=list)
    boats: list[np.ndarray] = field(default_factory=list)
    finish_min: list[float] = field(default_factory=list)
    known: set[tuple[int, bytes]] = field(default_factory=set)

    def add(self, port: int, boats: np.ndarray) -> None:
        """Remember a set."""
        boats = np.sort(boats)
        key = (port, boats.tobytes())
        if len(boats) and key not in self.known:
            self.known.add(key)
            self.port.append(port)
            self.boats.append(boats)
            self.finish_min.append(self._finish_min(port, boats))

    def within(self, port: int, boats: np.ndarray, worth: np.ndarray, latest_min: float) -> np.ndarray:
        """A set that ends by a time: without the boats worth least, as long as it does not."""
        boats = boats[np.argsort(worth[boats], kind="stable")]
        while len(boats) and self._finish_min(port, boats) > latest_min + SLACK_MIN:
            boats = boats[1:]
        return np.sort(boats)

    def _finish_min(self, port: int, boats: np.ndarray) -> float:
        if self.problem.persons[boats].sum() > self.problem.places[port]:
            return np.inf
        loads = np.zeros(self.problem.shape, np.int64)
        loads[boats, port] = self.problem.persons[boats]
        return evaluate_schedule(self.problem, loads).worst_min

    def add_plan(self, loads: np.ndarray) -> None:
        """Remember the sets of a plan."""
        for port in np.flatnonzero(loads.any(axis=0)):
            self.add(int(port), np.flatnonzero(loads[:, port]))


@dataclass(frozen=True, slots=True, eq=False)
class _Knapsacks:
    """The best set of each port by a time, over the number of people landed from the last arrival backwards.

    From each arrival on no more people than the rate allows until the latest moment anybody who comes then or later may
    be ashore: exact for landing first come first landed where that moment is one for all.

    Attributes
    ----------
    boat : ndarray of int64, shape (steps, p)
        Boats of each port, latest arrival first; -1 beyond the last one.
    room : ndarray of int64, shape (steps, p)
        People that may land from the arrival of that boat on. [persons]
    size : int
        Most people at any port. [persons]
    """

    persons: np.ndarray
    boat: np.ndarray
    room: np.ndarray
    size: int
    bounds: bool = True

    def best(self, worth: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """Value of the best set of each port, and the sets.

        Parameters
        ----------
        worth : ndarray of float64, shape (b,)
        """
        steps, ports = self.boat.shape
        landed = np.arange(self.size + 1)
        value = np.zeros((ports, self.size + 1))
        value[:, 1:] = -np.inf
        taken = np.zeros((steps, ports, self.size + 1), np.bool_)
        for step in range(steps):
            boat = self.boat[step]
            active = np.flatnonzero((boat >= 0) & (worth[boat] > 0.0))
            if not len(active):
                continue
            load = self.persons[boat[active]]
            before = landed[None, :] - load[:, None]
            fits = (before >= 0) & (landed[None, :] <= self.room[step, active][:, None])
            old = value[active]
            new = np.take_along_axis(old, np.maximum(before, 0), axis=1) + worth[boat[active]][:, None]
            better = fits & (new > old)
            taken[step, active] = better
            value[active] = np.where(better, new, old)
        end = value.argmax(axis=1)
        sets = []
        for port in range(ports):
            at, chosen = int(end[port]), []
            for step in range(steps - 1, -1, -1):
                if taken[step, port, at]:
                    chosen.append(int(self.boat[step, port]))
                    at -= int(self.persons[self.boat[step, port]])
            sets.append(np.array(chosen, np.int64))
        return value.max(axis=1), sets


@dataclass(frozen=True, slots=True, eq=False)
class _Timetables:
    """The best set of each port by a time, over the time until which it is busy, from the first arrival on.

    For boats that may be ashore until different moments. Times are whole parts of what one person takes to land; places
    do not count.

    Attributes
    ----------
    boat : ndarray of int64, shape (steps, p)
        Boats of each port, earliest arrival first; -1 beyond the last one.
    arrive, until : ndarray of int64, shape (steps, p)
        When each arrives, and when her last person may be ashore at the latest. [parts]
    bounds : bool
        Whether arrivals are rounded down, so that no set is left out; else up, so that each set found is in time.
    """

    persons: np.ndarray
    boat: np.ndarray
    arrive: np.ndarray
    until: np.ndarray
    bounds: bool = True

    def best(self, worth: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """Value of the best set of each port, and the sets.

        Parameters
        ----------
        worth : ndarray of float64, shape (b,)
        """
        steps, ports = self.boat.shape
        busy = np.arange(int(self.until.max(initial=0)) + 1)
        value = np.full((ports, len(busy)), -np.inf)
        value[:, 0] = 0.0
        taken = np.zeros((steps, ports, len(busy)), np.bool_)
        idle_from = np.zeros((steps, ports), np.int64)
        for step in range(steps):
            active = np.flatnonzero((self.boat[step] >= 0) & (worth[self.boat[step]] > 0.0))
            if not len(active):
                continue
            boat, arrive, until = self.boat[step, active], self.arrive[step, active], self.until[step, active]
            load = self.persons[boat] * PARTS
            old = value[active]
            # Whoever comes to an idle port begins on arrival, whenever it became idle.
            before = np.where(busy[None, :] <= arrive[:, None], old, -np.inf)
            idle_from[step, active] = before.argmax(axis=1)
            first = (arrive + load)[:, None]
            new = np.take_along_axis(old, np.maximum(busy[None, :] - load[:, None], 0), axis=1)
            new = np.where(busy[None, :] == first, np.maximum(before.max(axis=1)[:, None], -np.inf), new)
            new = np.where((busy[None, :] >= first) & (busy[None, :] <= until[:, None]), new, -np.inf)
            new = new + worth[boat][:, None]
            better = new > old
            taken[step, active] = better
            value[active] = np.where(better, new, old)
        end = value.argmax(axis=1)
        sets = []
        for port in range(ports):
            at, chosen = int(end[port]), []
            for step in range(steps - 1, -1, -1):
                if taken[step, port, at]:
                    boat_there = int(self.boat[step, port])
                    chosen.append(boat_there)
                    at -= int(self.persons[boat_there]) * PARTS
                    if at <= self.arrive[step, port]:
                        at = int(idle_from[step, port])
            sets.append(np.array(chosen, np.int64))
        return value.max(axis=1), sets


def _best_sets(problem: Problem, time_min: float) -> list[_Knapsacks | _Timetables]:
    """Ways to find what each port may land by a time: none leaves out a set there is, each may allow more."""
    persons = problem.persons
    fits = (problem.alone_min <= time_min + SLACK_MIN) & (persons > 0)[:, None]
    fits &= persons[:, None] <= problem.places[None, :]
    until_min = np.minimum(time_min / problem.worst_weight, problem.ceiling_min)[:, None] - problem.extra_min
    order = np.argsort(np.where(fits, problem.came_min, np.inf), axis=0, kind="stable")
    boat = np.where(np.take_along_axis(fits, order, axis=0), order, -1)[: int(fits.sum(axis=0).max(initial=0))]
    here = boat >= 0
    arrive_min = np.where(here, np.take_along_axis(problem.arrive_min, np.maximum(boat, 0), axis=0), np.inf)
    until_min = np.where(here, np.take_along_axis(until_min, np.maximum(boat, 0), axis=0), -np.inf)
    latest_min = np.maximum.accumulate(until_min[::-1], axis=0)[::-1]
    left = np.where(here, (latest_min - np.where(here, arrive_min, 0.0) + SLACK_MIN) * problem.rate, 0.0)
    room = np.minimum(np.minimum(np.floor(left + SLACK_MIN), problem.places), persons.sum()).astype(np.int64)
    ways: list[_Knapsacks | _Timetables] = [_Knapsacks(persons, boat[::-1], room[::-1], int(room.max(initial=0)))]
    # What policies add differs by minutes, which the first way allows for; moments of urgent boats differ by hours.
    if (problem.worst_weight > 1.0).any() or np.isfinite(problem.ceiling_min).any():
        parts = problem.rate * PARTS
        until = np.where(here, np.floor((np.where(here, until_min, 0.0) + SLACK_MIN) * parts + SLACK_MIN), 0.0)
        exactly = np.where(here, np.where(here, arrive_min, 0.0) * parts, 0.0)
        # A port does not begin before its first boat.
        first = np.floor(np.where(here.any(axis=0), np.where(here, exactly, np.inf).min(axis=0, initial=np.inf), 0.0))
        shift = np.where(here, first, 0.0)
        for bounds in (True, False):
            arrive = np.floor(exactly) if bounds else np.ceil(exactly)
            ways.append(
                _Timetables(persons, boat, (arrive - shift).astype(np.int64), (until - shift).astype(np.int64), bounds)
            )
    return ways


def _tightest(ways: list[_Knapsacks | _Timetables], worth: np.ndarray) -> tuple[np.ndarray, list[list[np.ndarray]]]:
    """No set of a port is worth more than this, and the best sets that each way finds for it, tightest way first."""
    found = [way.best(worth) for way in ways]
    values = np.stack([value for (value, _), way in zip(found, ways, strict=True) if way.bounds])
    order = [
        *values.argsort(axis=0, kind="stable"),
        *np.tile(np.arange(len(values), len(ways))[:, None], values.shape[1]),
    ]
    return values.min(axis=0), [[found[row[port]][1][port] for row in order] for port in range(values.shape[1])]


def ends_by(configurations: Configurations, time_min: float, deadline: Deadline) -> bool | None:
    """Whether loads that are whole at each port, in shares of such sets, could all be landed by a time.

    Parameters
    ----------
    configurations : Configurations
        Gets the sets found on the way.
    time_min : float
        [min]
    deadline : Deadline

    Returns
    -------
    bool or None
        False proves that no plan ends by then. None where time was up.
    """
    return _landed_in_shares(configurations, _Question(configurations, time_min), deadline)[0]


class _Question:
    """Who is still to be landed by a time, and at which ports.

    Attributes
    ----------
    aboard, open : ndarray of bool
        By boat and by port.
    sets : list of (int, ndarray)
        Port and boats of the sets that may be used; `rows` says of each that its boats are worth no more than its port.
    """

    def __init__(self, configurations: Configurations, time_min: float) -> None:
        problem = configurations.problem
        self.best_sets = _best_sets(problem, time_min)
        self.aboard = problem.persons > 0
        self.open = np.ones(problem.shape[1], np.bool_)
        self.sets: list[tuple[int, np.ndarray]] = []
        self.rows = Constraints()
        known = zip(configurations.port, configurations.boats, configurations.finish_min, strict=True)
        for port, boats, finish_min in known:
            if finish_min <= time_min + SLACK_MIN:
                self.add(port, boats)

    def add(self, port: int, boats: np.ndarray) -> None:
        """Use a set, too."""
        self.sets.append((port, boats))
        self.rows.add([*((boat, 1.0) for boat in boats.tolist()), (len(self.aboard) + port, -1.0)], high=0.0)

    def settle(self, port: int, boats: np.ndarray) -> None:
        """Take a set: its port and its boats are no longer asked about."""
        self.aboard[boats] = False
        self.open[port] = False
        left: dict[tuple[int, bytes], np.ndarray] = {}
        for other, chosen in self.sets:
            # Of a set some boats less are a set, too.
            rest = chosen[self.aboard[chosen]]
            if self.open[other] and len(rest):
                left[other, rest.tobytes()] = rest
        self.sets, self.rows = [], Constraints()
        for (other, _), rest in left.items():
            self.add(other, rest)


def _landed_in_shares(
    configurations: Configurations, question: _Question, deadline: Deadline, latest_min: float = np.inf
) -> tuple[bool | None, np.ndarray]:
    """Whether shares of sets land everybody, new sets added until that is known, and the shares.

    Sets that in truth end after `latest_min` lose boats until they do not; what is False then proves nothing.
    """
    for _ in range(ROUNDS):
        if deadline.left_s() <= 0.0:
            break
        short, shares, worth, price = _master(question, deadline)
        if short <= NOTHING:
            return True, shares
        # Only where sets have to be in time as they are is one worth looking at that bounds nothing.
        ways = [way for way in question.best_sets if way.bounds or latest_min < np.inf]
        values, best = _tightest(ways, np.where(question.aboard, worth, 0.0))
        values = np.where(question.open, values, 0.0)
        # Of any worths of the boats, what they come to beyond the best sets of all ports proves as much (Farley 1990).
        if worth[question.aboard].sum() - values.sum() > NOTHING:
            return False, shares
        more = False
        for port in np.flatnonzero(values > price + NOTHING).tolist():
            for candidate in best[port]:
                boats = configurations.within(port, candidate, worth, latest_min)
                if worth[boats].sum() > price[port] + NOTHING:
                    configurations.add(port, boats)
                    question.add(port, boats)
                    more = True
                    if latest_min == np.inf:
                        break
        if not more:
            return False, shares
    return None, np.empty(0)


def _master(question: _Question, deadline: Deadline) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Boats that shares of the sets leave out, the shares, what each boat is worth, and the price of each port.

    Asked by its dual: worths and prices such that no set is worth more than its port.
    """
    boats, ports = len(question.aboard), len(question.open)
    cost = np.concatenate([-question.aboard.astype(np.float64), np.ones(ports)])
    high = np.concatenate([question.aboard.astype(np.float64), np.full(ports, np.inf)])
    values, prices = solve_lp(cost, high, question.rows, deadline.solver_s())
    if values is None or prices is None:
        return np.inf, np.empty(0), np.zeros(boats), np.full(ports, np.inf)
    return -float(cost @ values), -prices, values[:boats], values[boats:]


def dive(configurations: Configurations, time_min: float, deadline: Deadline) -> np.ndarray:
    """A plan by a time: shares of sets, the greatest of them taken, and the rest asked anew.

    Parameters
    ----------
    configurations : Configurations
        Gets the sets found on the way.
    time_min : float
        [min]
    deadline : Deadline

    Returns
    -------
    ndarray of int64, shape (b, p)
        Boats for which what was taken leaves no way, or the time no answer, have nobody in it. [persons]
    """
    problem = configurations.problem
    question = _Question(configurations, time_min)
    loads = np.zeros(problem.shape, np.int64)
    while question.aboard.any():
        possible, shares = _landed_in_shares(configurations, question, deadline, time_min)
        if not possible:
            break
        sets = list(question.sets)
        taken = np.flatnonzero(shares >= TAKEN).tolist()
        for k in taken or [int(shares.argmax())]:
            port, boats = sets[k]
            if question.open[port] and question.aboard[boats].all():
                loads[boats, port] = problem.persons[boats]
                question.settle(port, boats)
    return loads


def plan_of(configurations: Configurations, time_min: float, deadline: Deadline) -> np.ndarray | None:
    """A plan that ends by a time, made of the sets known; None where there is none, or none was found in time."""
    problem = configurations.problem
    boats, ports = problem.shape
    usable = [k for k, finish in enumerate(configurations.finish_min) if finish <= time_min + SLACK_MIN]
    rows = Constraints()
    for boat in np.flatnonzero(problem.persons > 0):
        rows.add([(i, 1.0) for i, k in enumerate(usable) if boat in configurations.boats[k]], low=1.0)
    for port in range(ports):
        rows.add([(i, 1.0) for i, k in enumerate(usable) if configurations.port[k] == port], high=1.0)
    size = len(usable)
    found = solve_milp(np.zeros(size), Variables(np.zeros(size), np.ones(size), np.ones(size, np.bool_)), rows,
                       deadline.solver_s(SHARE_OF_PLAN))  # fmt: skip
    if found.values is None:
        return None
    loads = np.zeros((boats, ports), np.int64)
    # A boat in two of the sets chosen stays in the first: a set without her ends no later.
    for i in np.flatnonzero(np.rint(found.values)):
        k = usable[i]
        left = configurations.boats[k][loads[configurations.boats[k]].sum(axis=1) == 0]
        loads[left, configurations.port[k]] = problem.persons[left]
    return loads
