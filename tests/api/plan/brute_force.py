"""Every plan there is, one by one, and people landed one by one: what the search is held against."""

from fractions import Fraction
from itertools import product


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


def value(problem, plan):
    """Worst time and total of a plan, each person stepping ashore by itself, counted in the middle of its own step."""
    worst, total = Fraction(0), Fraction(0)
    for p in range(problem.shape[1]):
        step = 1 / Fraction(float(problem.rate[p]))
        people = [
            (Fraction(float(problem.arrive_min[b, p])), b, Fraction(float(problem.extra_min[b, p])))
            for b, shares in enumerate(plan)
            for _ in range(shares.get(p, 0))
        ]
        free = Fraction(0)
        for arrive, _, extra in sorted(people):
            begin = max(free, arrive)
            free = begin + step
            worst = max(worst, free + extra)
            total += begin + step / 2 + extra
    return float(worst), float(total)


def best_value(problem):
    """Least worst time, then least total within it; None without a plan."""
    values = [value(problem, plan) for plan in every_plan(problem) if added(problem, plan) == 0]
    if not values:
        return None
    worst = min(value[0] for value in values)
    return worst, min(value[1] for value in values if value[0] <= worst + 1e-6)


def least_added(problem):
    return min(added(problem, plan) for plan in every_plan(problem))


def least_without(problem):
    """Fewest people left without a place, whole loads only."""
    boats, ports = problem.shape
    usable = problem.usable
    choices = [[None, *(p for p in range(ports) if usable[b, p])] for b in range(boats)]
    least = int(problem.persons.sum())
    for plan in product(*choices):
        load = [sum(int(problem.persons[b]) for b, port in enumerate(plan) if port == p) for p in range(ports)]
        if all(load[p] <= problem.places[p] for p in range(ports)):
            least = min(least, sum(int(problem.persons[b]) for b, port in enumerate(plan) if port is None))
    return least
