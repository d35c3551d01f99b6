"""Every plan there is, one by one, and people landed one by one: what the search is held against."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np


def shares(persons, most_parts, ports):
    """Every way to land so many people at some ports: whole, or in up to two parts."""
    for port in ports:
        yield {port: persons}
    if most_parts > 1:
        for first in ports:
            for other in ports:
                if first < other:
                    for part in range(1, persons):
                        yield {first: part, other: persons - part}


def every_plan(problem):
    boats, ports = problem.shape
    usable = problem.usable
    choices = [
        list(shares(int(problem.persons[b]), int(problem.most_parts[b]), [p for p in range(ports) if usable[b, p]]))
        for b in range(boats)
    ]
    yield from product(*choices)


def added(problem, plan):
    """Places a plan would need beyond those there are."""
    load = [sum(shares.get(p, 0) for shares in plan) for p in range(problem.shape[1])]
    return sum(max(0, load[p] - int(places)) for p, places in enumerate(problem.places) if places != float("inf"))


def clocks(problem, plan):
    """Of each person, stepping ashore by itself: its boat, the middle of its own step, and when it is safe."""
    for p in range(problem.shape[1]):
        step = 1 / Fraction(float(problem.rate[p]))
        people = [
            (Fraction(float(problem.came_min[b, p])), b, Fraction(float(problem.arrive_min[b, p])),
             Fraction(float(problem.extra_min[b, p])))
            for b, shares in enumerate(plan)
            for _ in range(shares.get(p, 0))
        ]  # fmt: skip
        free = Fraction(0)
        for _, b, arrive, extra in sorted(people):
            begin = max(free, arrive)
            free = begin + step
            yield b, begin + step / 2 + extra, free + extra


def value(problem, plan):
    """Worst counted time and weighted total of a plan, each person counted in the middle of its own step."""
    people = list(clocks(problem, plan))
    worst = max((Fraction(float(problem.worst_weight[b])) * safe for b, _, safe in people), default=Fraction(0))
    total = sum(Fraction(float(problem.weight[b])) * middle for b, middle, _ in people)
    return float(worst), float(total)


def within(problem, plan):
    """Whether nobody is beyond the ceiling of its boat."""
    return all(float(safe) <= problem.ceiling_min[b] + 1e-6 for b, _, safe in clocks(problem, plan))


def urgent_first(problem):
    """The problem with the ceilings that the least greatest counted time is for the urgent; None without a plan."""
    counted = best_value(replace(problem, worst_weight=problem.weight))
    if counted is None:
        return None
    ceilings = [counted[0] / weight if weight > 1 else float("inf") for weight in problem.weight]
    return replace(problem, ceiling_min=np.minimum(problem.ceiling_min, ceilings))


def best_value(problem):
    """Least worst time, then least total within it, of the plans within the ceilings; None without a plan."""
    values = [
        value(problem, plan) for plan in every_plan(problem) if added(problem, plan) == 0 and within(problem, plan)
    ]
    if not values:
        return None
    worst = min(value[0] for value in values)
    return worst, min(value[1] for value in values if value[0] <= worst + 1e-6)


def least_added(problem):
    return min(added(problem, plan) for plan in every_plan(problem))


def least_without(problem):
    """Fewest people left without a place, each counted by its weight: a load that may be shared may also be cut."""
    boats, ports = problem.shape
    # Places taken at each port, and the least that can be left out so far.
    least = {(0,) * ports: 0.0}
    for b in range(boats):
        usable = [p for p in range(ports) if problem.usable[b, p]]
        persons, counted = int(problem.persons[b]), float(problem.weight[b])
        parts = [{}, *({p: persons} for p in usable)]
        if problem.most_parts[b] > 1:
            placed = range(1, persons + 1)
            parts += [part for count in placed for part in shares(count, int(problem.most_parts[b]), usable)]
        after = {}
        for taken, left_out in least.items():
            for part in parts:
                now = tuple(count + part.get(p, 0) for p, count in enumerate(taken))
                if all(now[p] <= problem.places[p] for p in part):
                    worth = left_out + counted * (persons - sum(part.values()))
                    after[now] = min(worth, after.get(now, worth))
        least = after
    return min(least.values())
