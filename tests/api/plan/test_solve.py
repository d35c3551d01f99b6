"""The search against every plan there is, and what any optimum has to keep to."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.plan.solver.budget import SolverBudget
from api.plan.solver.configurations import Configurations, dive, ends_by, plan_of
from api.plan.solver.deadline import Deadline
from api.plan.solver.greedy import careful, greedy
from api.plan.solver.infeasibility import find_shortage
from api.plan.solver.local_search import improve
from api.plan.solver.problem import Problem
from api.plan.solver.schedule import evaluate_schedule, waiting
from api.plan.solver.search import search_plan, urgent_ceilings
from api.plan.solver.solve import solve
from tests.api.plan import brute_force

EXACT = SolverBudget(limit_s=60.0, rounds=400, exact_rounds=400, close_share=0.0, shared_work=1_000_000)


@st.composite
def problems(draw, boats=4, ports=3, most_persons=9, shared=False, roomy=False, urgent=False):
    b, p = draw(st.integers(1, boats)), draw(st.integers(1, ports))
    arrive = np.array(draw(st.lists(st.integers(0, 60), min_size=b * p, max_size=b * p)), float).reshape(b, p)
    closed = np.array(draw(st.lists(st.booleans(), min_size=b * p, max_size=b * p))).reshape(b, p)
    closed[:, 0] = False
    arrive[closed & (draw(st.integers(0, 2)) == 0)] = np.inf
    extra = np.array(draw(st.lists(st.sampled_from([0, 0, 20, -4]), min_size=b * p, max_size=b * p)), float)
    extra = extra.reshape(b, p)
    # No policy counts less than nothing.
    extra = np.where(arrive + extra < 0, 0.0, extra)
    persons = np.array(draw(st.lists(st.integers(1, most_persons), min_size=b, max_size=b)))
    parts = np.array(draw(st.lists(st.sampled_from([1, 2]), min_size=b, max_size=b))) if shared else np.ones(b, int)
    room = st.sampled_from([np.inf, 40.0]) if roomy else st.sampled_from([np.inf, 4.0, 9.0, 14.0, 20.0])
    places = np.array(draw(st.lists(room, min_size=p, max_size=p)))
    rate = np.array(draw(st.lists(st.sampled_from([0.25, 0.5, 1.0, 2.0]), min_size=p, max_size=p)))
    weight = draw(st.lists(st.sampled_from([1.0, 1.0, 2.0, 4.0]), min_size=b, max_size=b)) if urgent else np.ones(b)
    # People who wait at a port hold up all that come meanwhile until one minute.
    queued_min = np.array(draw(st.lists(st.sampled_from([0.0, 0.0, 20.0, 45.0]), min_size=p, max_size=p)))
    begin = np.maximum(arrive, queued_min)
    return Problem(persons, parts, begin, extra, places, rate, np.array(weight), came_min=arrive)


def in_turn(problem):
    return greedy(problem, problem.weight)


def best(problem):
    plan = in_turn(problem)
    return solve(problem, [plan] if complete(problem, plan) else [], EXACT)


def complete(problem, loads):
    return (loads.sum(axis=1) == problem.persons).all()


def check(problem, found):
    assert complete(problem, found.loads)
    assert (found.loads.sum(axis=0) <= problem.places).all()
    assert not found.loads[~problem.usable].any()
    assert ((found.loads > 0).sum(axis=1) <= problem.most_parts).all()
    assert found.loads.min() >= 0


def same(value, expected):
    assert value[0] == pytest.approx(expected[0], abs=1e-5)
    assert value[1] == pytest.approx(expected[1], rel=1e-6, abs=1e-3)


def no_worse(value, other):
    assert value[0] <= other[0] + 1e-5
    if value[0] >= other[0] - 1e-5:
        assert value[1] <= other[1] * (1 + 1e-6) + 1e-3


@given(problems())
@settings(max_examples=150, deadline=None)
def test_whole_loads_reach_the_best_of_all_plans(problem):
    expected = brute_force.best_value(problem)
    found = best(problem)
    assert (found is None) == (expected is None)
    if found is not None:
        check(problem, found)
        same(found.landing.value, expected)
        assert found.worst_bound_min == pytest.approx(expected[0], abs=1e-4)
        assert found.total_bound_person_min == pytest.approx(found.landing.total_person_min, rel=1e-6)
        assert not found.clock_stopped


@given(problems(boats=3, most_persons=6, shared=True))
@settings(max_examples=80, deadline=None)
def test_shared_loads_reach_the_best_of_all_plans(problem):
    expected = brute_force.best_value(problem)
    found = best(problem)
    assert (found is None) == (expected is None)
    if found is not None:
        check(problem, found)
        same(found.landing.value, expected)


@given(problems(urgent=True))
@settings(max_examples=100, deadline=None)
def test_urgent_people_weigh_more_and_are_never_later_than_in_turn(problem):
    turn = in_turn(problem)
    ceilings = urgent_ceilings(problem, turn)
    found, missing = search_plan(problem, turn, EXACT)
    if missing is None and complete(problem, turn):
        expected = brute_force.best_value(brute_force.urgent_first(replace(problem, ceiling_min=ceilings)))
        check(problem, found)
        same(found.landing.value, expected)
        assert found.counted_bound_min == pytest.approx(found.counted_min, abs=1e-4)
        assert found.total_bound_person_min == pytest.approx(expected[1], rel=1e-6)
        for part in found.landing.parts:
            assert part.safety_min <= ceilings[part.boat] + 1e-6
    elif missing is None:
        # A plan made in turn that leaves boats out promises the urgent nothing where no plan was found within it.
        check(problem, found)
        ways = [
            brute_force.urgent_first(replace(problem, ceiling_min=limits)) for limits in (ceilings, ceilings + np.inf)
        ]
        expected = [brute_force.best_value(way) for way in ways if way is not None]
        assert any(found.landing.value == pytest.approx(value, abs=1e-3) for value in expected)
    else:
        assert (problem.weight * missing.without).sum() == pytest.approx(brute_force.least_without(problem))


@given(problems(boats=3, most_persons=6, shared=True, urgent=True))
@settings(max_examples=60, deadline=None)
def test_bounds_hold_where_loads_are_shared_and_some_are_urgent(problem):
    """Where the urgent load may itself be shared the rows are not exact: the gap is stated instead of closed."""
    found = best(problem)
    if found is not None:
        expected = brute_force.best_value(brute_force.urgent_first(problem))
        check(problem, found)
        assert found.landing.worst_min == pytest.approx(expected[0], abs=1e-4)
        assert found.total_bound_person_min <= expected[1] * (1 + 1e-6) + 1e-3
        assert found.landing.weighted_person_min >= expected[1] * (1 - 1e-6) - 1e-3
        if not ((problem.weight > 1) & (problem.most_parts > 1)).any():
            same(found.landing.value, expected)
            # The solver's own least gap, of a unit of a thousand person-minutes.
            assert found.total_bound_person_min == pytest.approx(expected[1], rel=1e-6, abs=1e-3)


def test_an_urgent_boat_is_landed_before_many():
    # Whoever is sent to the near port second waits an hour and a half; counted alike it would be the ten.
    problem = Problem(
        np.array([10, 30]), np.array([1, 1]), np.array([[10.0, 95.0], [9.0, 60.0]]), np.zeros((2, 2)),
        np.array([np.inf, np.inf]), np.array([1 / 3, 1 / 3]), np.array([4.0, 1.0]),
    )  # fmt: skip
    turn = in_turn(problem)
    found, _ = search_plan(problem, turn, EXACT)
    assert found.loads.tolist() == [[10, 0], [0, 30]]
    assert found.landing.parts[0].safety_min == 40.0
    assert solve(replace(problem, weight=np.ones(2)), [], EXACT).loads.tolist() == [[0, 10], [30, 0]]


@given(problems(boats=6, ports=4, most_persons=40, roomy=True))
@settings(max_examples=60, deadline=None)
def test_the_plan_made_in_turn_is_never_better(problem):
    found, plan = best(problem), in_turn(problem)
    if complete(problem, plan):
        no_worse(found.landing.value, evaluate_schedule(problem, plan).value)


@given(problems(boats=5, ports=4, most_persons=30))
@settings(max_examples=60, deadline=None)
def test_sharing_is_never_worse(problem):
    whole, shared = best(problem), best(replace(problem, most_parts=np.full(problem.shape[0], 2)))
    if whole is not None:
        no_worse(shared.landing.value, whole.landing.value)


@given(problems(boats=5, ports=4, most_persons=30), st.integers(0, 3), st.integers(1, 30))
@settings(max_examples=60, deadline=None)
def test_more_places_are_never_worse(problem, port, more):
    places = problem.places.copy()
    places[port % len(places)] += more
    few, many = best(problem), best(replace(problem, places=places))
    if few is not None:
        no_worse(many.landing.value, few.landing.value)


@given(problems(boats=5, ports=4, most_persons=30, shared=True), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_value_does_not_hang_on_the_sequence_of_boats_and_ports(problem, random):
    boats, ports = list(range(problem.shape[0])), list(range(problem.shape[1]))
    random.shuffle(boats)
    random.shuffle(ports)
    mixed = Problem(
        problem.persons[boats], problem.most_parts[boats], problem.arrive_min[boats][:, ports],
        problem.extra_min[boats][:, ports], problem.places[ports], problem.rate[ports],
        came_min=problem.came_min[boats][:, ports],
    )  # fmt: skip
    first, other = best(problem), best(mixed)
    assert (first is None) == (other is None)
    # Of two boats of one arrival the first listed lands first, which policies that add different times can tell.
    ties = any(len(set(column)) < len(column) for column in problem.came_min.T.tolist())
    if first is not None and not ties:
        same(other.landing.value, first.landing.value)


@given(problems())
@settings(max_examples=60, deadline=None)
def test_the_same_problem_has_the_same_plan(problem):
    first, other = best(problem), best(problem)
    assert (first is None) == (other is None)
    if first is not None:
        assert (first.loads == other.loads).all()


@given(problems(urgent=True))
@settings(max_examples=80, deadline=None)
def test_the_shortage_is_the_least_there_can_be(problem):
    found = find_shortage(problem, in_turn(problem), Deadline(60.0))
    assert found.missing.sum() == brute_force.least_added(problem)
    assert (problem.weight * found.without).sum() == pytest.approx(brute_force.least_without(problem))
    assert found.proven
    assert found.missing_bound <= found.missing.sum()
    assert (found.with_them.sum(axis=1) == problem.persons).all()
    assert (found.with_them.sum(axis=0) <= problem.places + found.missing).all()
    assert (found.loads.sum(axis=1) + found.without == problem.persons).all()
    assert (found.loads.sum(axis=0) <= problem.places).all()
    # With the places named there is a plan; with one fewer in all there is none.
    assert best(replace(problem, places=problem.places + found.missing)) is not None
    assert (found.missing.sum() == 0) == (best(problem) is not None)


@given(problems(boats=3, most_persons=6, shared=True))
@settings(max_examples=60, deadline=None)
def test_the_shortage_without_time_leaves_no_more_than_taking_them_in_turn(problem):
    turn = in_turn(problem)
    found = find_shortage(problem, turn, Deadline(0.0))
    assert problem.weight @ found.without <= problem.weight @ (problem.persons - turn.sum(axis=1))
    assert (found.loads.sum(axis=0) <= problem.places).all()
    assert found.missing.sum() >= brute_force.least_added(problem) >= found.missing_bound
    assert not found.fewest or (problem.weight @ found.without) == pytest.approx(brute_force.least_without(problem))
    assert (found.loads.sum(axis=1) + found.without == problem.persons).all()
    assert (found.with_them.sum(axis=1) == problem.persons).all()
    assert (found.with_them.sum(axis=0) <= problem.places + found.missing).all()


@given(problems(boats=3, most_persons=6, shared=True))
@settings(max_examples=60, deadline=None)
def test_the_shortage_of_shared_loads(problem):
    assert find_shortage(problem, in_turn(problem), Deadline(60.0)).missing.sum() == brute_force.least_added(problem)


@given(problems(roomy=True))
@settings(max_examples=100, deadline=None)
def test_clocks_are_those_of_people_landed_one_by_one(problem):
    for plan in (in_turn(problem), careful(problem, True), careful(problem, False)):
        if plan is not None and complete(problem, plan):
            shares = [{p: int(n) for p, n in enumerate(row) if n} for row in plan]
            assert evaluate_schedule(problem, plan).value == pytest.approx(brute_force.value(problem, shares))


@given(problems(boats=6, ports=4, most_persons=40, roomy=True))
@settings(max_examples=60, deadline=None)
def test_improving_keeps_to_the_worst_time_and_lowers_the_total(problem):
    plan = in_turn(problem)
    if complete(problem, plan):
        before = evaluate_schedule(problem, plan)
        after = improve(problem, plan, before.worst_min)
        assert complete(problem, after)
        assert (after.sum(axis=0) <= problem.places).all()
        assert not after[~problem.usable].any()
        assert evaluate_schedule(problem, after).worst_min <= before.worst_min + 1e-9
        assert evaluate_schedule(problem, after).total_person_min <= before.total_person_min + 1e-6


@given(problems(boats=5, ports=1, most_persons=30, roomy=True, urgent=True), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_waiting_is_supermodular_and_convex_as_the_rows_assume(problem, random):
    boats = problem.shape[0]
    loads = np.array([int(n) if random.random() < 0.7 else 0 for n in problem.persons])
    fewer = np.array([n if random.random() < 0.5 else 0 for n in loads])
    for boat in range(boats):
        item = np.zeros(boats, int)
        item[boat] = problem.persons[boat]
        if loads[boat] == 0:
            more = waiting(problem, 0, loads + item) - waiting(problem, 0, loads)
            less = waiting(problem, 0, fewer + item) - waiting(problem, 0, fewer)
            assert more >= less - 1e-6
    middle = 0.5 * (loads + fewer)
    ends = [waiting(problem, 0, people, weighted=False) for people in (loads, fewer)]
    assert waiting(problem, 0, middle, weighted=False) <= 0.5 * sum(ends) + 1e-6


@given(problems(boats=5, ports=3, most_persons=12, roomy=True, urgent=True), st.floats(0.0, 1.0))
@settings(max_examples=150, deadline=None)
def test_sets_of_boats_never_deny_a_plan_there_is(problem, share):
    """The bound by sets of boats is true: whatever ends by a time is possible in shares by that time."""
    problem = replace(problem, worst_weight=problem.weight)
    expected = brute_force.best_value(problem)
    if expected is None:
        return
    assert ends_by(Configurations(problem), expected[0], Deadline(60.0))
    alone = max(problem.alone_min.min(axis=1))
    early = alone + share * (expected[0] - alone) - 1e-3
    # Sooner than any boat alone it is denied; in between, a denial is no bound above the best there is.
    assert ends_by(Configurations(problem), alone - 1e-3, Deadline(60.0)) is False
    if ends_by(Configurations(problem), early, Deadline(60.0)):
        assert early >= alone - 1e-3


@given(problems(boats=6, ports=4, most_persons=12, roomy=True))
@settings(max_examples=60, deadline=None)
def test_a_plan_made_of_sets_is_one_and_ends_in_time(problem):
    plan = in_turn(problem)
    if not complete(problem, plan):
        return
    sets, by_min = Configurations(problem), evaluate_schedule(problem, plan).worst_min
    sets.add_plan(plan)
    # One of the sets known is a plan by then, so there is one to be found.
    assert evaluate_schedule(problem, plan_of(sets, by_min, Deadline(60.0))).worst_min <= by_min + 1e-6
    loads = dive(sets, by_min, Deadline(60.0))
    assert ((loads.sum(axis=1) == problem.persons) | (loads.sum(axis=1) == 0)).all()
    assert ((loads > 0).sum(axis=1) <= 1).all()
    assert (loads.sum(axis=0) <= problem.places).all()
    assert not loads[~problem.usable].any()
    assert evaluate_schedule(problem, loads).worst_min <= by_min + 1e-6


def test_a_tight_case_by_hand():
    # Two boats of ten, one near port with room for one: the one that is farther from the other port stays.
    problem = Problem(
        np.array([10, 10]), np.array([1, 1]), np.array([[10.0, 40.0], [10.0, 70.0]]), np.zeros((2, 2)),
        np.array([10.0, 10.0]), np.array([1.0, 1.0]),
    )  # fmt: skip
    found = best(problem)
    assert found.loads.tolist() == [[0, 10], [10, 0]]
    assert found.landing.value == (50.0, 10 * 45.0 + 10 * 15.0)


def test_who_comes_first_lands_first_behind_those_waiting_there():
    # People wait until minute 60. The second listed comes first, and lands from 60 to 70 although both could.
    problem = Problem(
        np.array([30, 10]), np.array([1, 1]), np.array([[60.0], [60.0]]), np.zeros((2, 1)), np.array([np.inf]),
        np.array([1.0]), came_min=np.array([[50.0], [13.0]]),
    )  # fmt: skip
    found = best(problem)
    assert [(part.begin_min, part.end_min) for part in found.landing.parts] == [(70, 100), (60, 70)]
    assert found.total_bound_person_min == found.landing.total_person_min == 30 * 85.0 + 10 * 65.0
    # With places for one of them only, in turn of arrival.
    assert in_turn(replace(problem, places=np.array([30.0]))).tolist() == [[0], [10]]


def test_a_queue_by_hand():
    # Both to one port: the second waits from minute 12 to 20 and is ashore at 30; its policy adds five.
    problem = Problem(
        np.array([10, 10]), np.array([1, 1]), np.array([[10.0], [12.0]]), np.array([[0.0], [5.0]]),
        np.array([np.inf]), np.array([1.0]),
    )  # fmt: skip
    landing = best(problem).landing
    assert [(part.begin_min, part.end_min, part.safety_min) for part in landing.parts] == [(10, 20, 20), (20, 30, 35)]
    assert landing.value == (35.0, 10 * 15.0 + 10 * 30.0)
