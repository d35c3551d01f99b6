"""Branch and bound: the bounded answer is the exhaustive one, its bounds are bounds, its proof holds."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from api.decision_service import known_policy
from engine.branch_and_bound import search_ports
from engine.codes import Medical, PortStatus, Status, Verdict, Weight
from engine.decide import coordination_at
from engine.detour_search import search_detour
from engine.errors import PositionRefused
from engine.evaluate import SHOWN
from engine.kernels.detour_bound import least_time_s, stays_high
from engine.kernels.port_travel_times import travel_times_to_ports
from engine.model import Ask
from engine.rank import order_of
from engine.request_context import RequestContext, build_context
from engine.routes import reach_from
from tests.oracles.openings import sinusoidal_tides
from tests.oracles.seas import A_MONTH, compass, forecast_of, random_forecast, speed_model
from tests.oracles.shortest_paths_only import evaluate_on_shortest_paths
from tests.synthetic.cubes import START_S
from tests.synthetic.ports import with_gates

PROFILES = ("rnli-severn", "unknown", "charter-minck", "fishing-vessel", "rnli-atlantic-85", "abeille")
POLICIES = ("nearest-time", "nearest-time", "nearest-distance", "medical-first", "srr-state-preferred")


def random_case(service, world, random, policies=POLICIES, box=(-6.5, 48.5, 4.5, 52.0), profiles=PROFILES) -> tuple:
    """A case and its reach, anywhere at sea."""
    west, south, east, north = box
    while True:
        ask = Ask(
            random.uniform(west, east), random.uniform(south, north), START_S + random.uniform(0.0, 8.0) * 3600.0,
            service.vessels[str(random.choice(profiles))], known_policy(str(random.choice(policies))),
            persons_min=10.0, persons_max=float(random.integers(10, 60)),
            medical=Medical(int(random.choice([0, 0, 0, 1, 2]))),
        )  # fmt: skip
        context = build_context(ask, world, coordination_at(world, ask))
        try:
            return context, reach_from(world, context.depth_class, ask.lon, ask.lat)
        except PositionRefused:
            continue


SCREEN_MISSES = 0.01
"""Share of the best key by which an answer may be later because the screen saw no way round worth a search: it is no
bound (`engine.kernels.detour_bound`)."""


def check(context: RequestContext) -> int:
    """The property of issue 3, point 6, on one case; returns how many ways round there are."""
    found, all_found = search_ports(context), search_ports(context, exhaustive=True)
    proof, all_proof = found.proof, all_found.proof
    at = (context.ask.lon, context.ask.lat, context.ask.at_s - START_S, context.ask.vessel.id, context.ask.policy.name)
    if found.winner != all_found.winner and all_found.winner in all_found.detours:
        # Only a way round that was not looked for can differ, and only by little.
        assert all_found.winner not in found.detours, at
        late_s = found.key_s[found.winner] - all_found.key_s[all_found.winner]
        assert late_s <= SCREEN_MISSES * all_found.key_s[all_found.winner], at
        return len(all_found.detours)
    assert found.winner == all_found.winner, at
    assert all_proof.opened == len(context.world.ports)
    assert all_proof.next_bound_s == np.inf
    bounds_s = found.evaluation.bound_s
    # No key, whatever way it goes and however well it was looked at, is below its bound.
    for keys_s in (found.key_s, all_found.key_s):
        assert not (keys_s < bounds_s - 1e-6).any(), at
    in_order = np.sort(bounds_s)
    left = len(in_order) - proof.opened
    next_s = in_order[proof.opened] if left else np.inf
    # A port that is reached over a bank may be the one whose bound closed the search: it stays a bound of the others.
    assert proof.next_bound_s == next_s or (found.bank_ways and proof.next_bound_s < next_s), at
    if found.winner is None:
        # Nobody is passed by on account of a bound as long as there is no answer.
        assert proof.next_bound_s == np.inf
        return len(all_found.detours)
    best_s = found.key_s[found.winner]
    assert best_s == pytest.approx(all_found.key_s[found.winner], rel=1e-12), at
    assert proof.next_bound_s >= best_s
    assert (bounds_s < best_s).sum() <= proof.opened
    if not found.detours:
        # Not one more is opened than could have won; one whose bound is the best key itself may be.
        assert proof.opened <= max((bounds_s <= best_s + 1e-9).sum(), 1), at
    return len(all_found.detours)


def with_forecast(world, forecast):
    return replace(world, forecast=forecast, identity={**world.identity, "forecast": {"id": "SYNTHETIC"}})


def with_random_picture(world, random):
    """The world with some ports closed or full: then the best port is seldom the nearest one."""
    count = len(world.ports)
    status = np.where(random.random(count) < random.uniform(0.0, 0.95), int(PortStatus.CLOSED), int(PortStatus.OPEN))
    return replace(
        world,
        live=world.live._replace(status_feed=np.ones(count, np.int8), status=status, status_age_s=np.zeros(count)),
    )


def test_the_bounded_answer_is_the_exhaustive_one_without_a_forecast(service, world):
    random = np.random.default_rng(1)
    for k in range(1200):
        if k % 100 == 0:
            picture = with_random_picture(world, random) if k >= 400 else world
        check(random_case(service, picture, random)[0])


def test_the_bounded_answer_is_the_exhaustive_one_with_tides(service):
    random = np.random.default_rng(2)
    world = service.world_at(START_S)
    for k in range(1000):
        if k % 100 == 0:
            # At half of the ports a gate that opens about high water, and a tide of our own.
            count = len(world.ports)
            gate = np.where(random.random(count) < 0.5, 2, world.columns.gate)
            columns = with_gates(
                world.columns, gate, np.where(gate == 2, random.uniform(0.5, 3.0, count), np.nan),
                np.where(gate == 2, random.uniform(0.5, 3.0, count), np.nan),
            )  # fmt: skip
            tides = sinusoidal_tides(count, start_s=START_S - 86_400.0, first_high_s=START_S + 3600.0 * (k / 100))
            dated = replace(world, columns=columns, tides=tides) if k >= 300 else world
            dated = with_random_picture(dated, random) if k >= 600 else dated
        check(random_case(service, dated, random)[0])


SEAS = {
    # (cases, of which one forecast serves), greatest wave height, stream and wind.
    "a light breeze": (700, 35, 1.0, 0.5, 10.0),
    "a fresh one": (180, 18, 1.5, 0.8, 12.0),
    "half a gale": (50, 10, 3.0, 0.6, 15.0),
    "wild streams": (30, 6, 1.0, 2.5, 10.0),
}


@pytest.mark.parametrize("sea", SEAS)
def test_the_bounded_answer_is_the_exhaustive_one_with_a_forecast(service, sea):
    cases, each, hs_m, stream_ms, wind_ms = SEAS[sea]
    random = np.random.default_rng(len(sea))
    world = service.world_at(START_S)
    for k in range(cases):
        if k % each == 0:
            forecast = random_forecast(random, hs_m, stream_ms, wind_ms, scale_deg=random.choice([1.0, 3.0]))
            stormy = with_forecast(with_random_picture(world, random), forecast)
        check(random_case(service, stormy, random, profiles=("rnli-severn", "unknown", "charter-minck"))[0])


@cache
def race(axis_deg, offset, width_deg, speed_ms):
    """A narrow stream across the Strait of Dover."""
    east, north = compass(axis_deg)

    def current(lon, lat, at_s):
        across = (lon - 1.5) * 0.63 * north - (lat - 51.0) * east - offset
        strength = speed_ms * np.exp(-((across / width_deg) ** 2))
        return strength * east, strength * north

    return forecast_of(current=current, waves=(0.3, 0.0, 1.0, 4.0), box=(0.5, 50.5, 2.5, 51.5), step_deg=0.05)


def test_the_bounded_answer_is_the_exhaustive_one_where_ways_round_decide(service):
    """Slow vessels near a race in the strait: here ways round are found, and some of them win."""
    random = np.random.default_rng(7)
    world = service.world_at(START_S)
    slow = replace(service.vessels["unknown"], speed_ms=4.0, assumed=())
    rounds = 0
    for k in range(40):
        if k % 5 == 0:
            forecast = race(random.uniform(0.0, 360.0), random.uniform(-0.1, 0.1), 0.08, random.uniform(1.5, 3.5))
            racing = with_forecast(world, forecast)
        context, _ = random_case(service, racing, random, ("nearest-time",), (1.1, 50.8, 1.9, 51.2))
        ask = replace(context.ask, vessel=slow)
        context = build_context(ask, racing, context.coordination)
        rounds += check(context)
    assert rounds > 10


@pytest.mark.parametrize(
    ("place", "axis_deg", "width_deg", "speed_ms"),
    [
        ((0.5316813060170702, 49.96923014809011), -151.03804190724583, 0.010784016742064383, 2.1610498530697075),
        ((-0.08075291304353627, 49.926079119736436), 119.44674498794194, 0.033588011471168334, 2.4729732185116635),
        ((-3.6760926318310148, 49.804488206262064), 8.279960768851248, 0.029713879156973308, 2.8688129046169815),
        ((-3.153257407473492, 50.37115333963508), -80.86624291760685, 0.02192652362629699, 2.631864696152527),
    ],
)
def test_the_bounded_answer_is_the_exhaustive_one_where_a_narrow_race_lies_on_the_way(
    service, place, axis_deg, width_deg, speed_ms
):
    """A race of a few miles' width along the whole way to the nearest port: beside it there is slack water."""
    (lon0, lat0), (east, north) = place, compass(axis_deg)

    def current(lon, lat, at_s):
        across = (lon - lon0) * np.cos(np.radians(lat0)) * north - (lat - lat0) * east
        strength = -speed_ms * np.exp(-((across / width_deg) ** 2))
        return strength * east, strength * north

    forecast = forecast_of(
        current=current, waves=(0.2, 0.0, 1.0, 4.0), box=(lon0 - 1.0, lat0 - 1.0, lon0 + 1.0, lat0 + 1.0), step_deg=0.02
    )
    world = with_forecast(service.world_at(START_S), forecast)
    slow = replace(service.vessels["unknown"], speed_ms=4.0, assumed=())
    ask = Ask(*place, START_S + 600.0, slow, known_policy("nearest-time"), persons_min=10.0, persons_max=10.0)
    context = build_context(ask, world, coordination_at(world, ask))
    check(context)


def test_bounds_are_whole_distance_at_top_speed_and_harbour_at_its_limit(service, world):
    random = np.random.default_rng(3)
    stormy = with_forecast(world, random_forecast(random, 1.0, 2.0, 10.0))
    context, reach = random_case(service, stormy, random, ("nearest-time",))
    context = build_context(replace(context.ask, medical=Medical.NONE), stormy, context.coordination)
    bounds_s = search_ports(context).evaluation.bound_s
    for port in range(len(world.ports)):
        at_sea = least_time_s(reach.distance_m[port], context.speed_model, stormy.forecast, *reach.path[0])
        limit_ms = world.columns.harbour_speed_ms[port]
        limit_ms = context.ask.policy.limits.harbour_speed_ms if np.isnan(limit_ms) else limit_ms
        inside = np.nan_to_num(reach.harbour_m[port] / min(context.speed_ms, limit_ms))
        assert bounds_s[port] == pytest.approx(at_sea + inside, rel=1e-12)
        drift_ms = (
            stormy.forecast.strongest_current_ms + context.speed_model.wind_drift * stormy.forecast.strongest_wind_ms
        )
        assert at_sea == pytest.approx(reach.distance_m[port] / (context.speed_ms + drift_ms), rel=1e-12)


def test_under_a_policy_by_distance_nobody_looks_for_a_way_round(service, world):
    random = np.random.default_rng(4)
    racing = with_forecast(world, race(45.0, 0.0, 0.1, 3.0))
    for _ in range(10):
        context, _ = random_case(service, racing, random, ("nearest-distance",), (1.1, 50.8, 1.9, 51.2))
        context = build_context(replace(context.ask, medical=Medical.NONE), racing, context.coordination)
        found = search_ports(context)
        assert not found.detours


def test_what_is_shown_is_as_a_close_look_at_every_port_has_it(service, world):
    """The first few have close clocks, in the order that close clocks at every port give."""
    random = np.random.default_rng(11)
    behind = 0
    for k in range(160):
        if k % 16 == 0:
            axis_deg, speed_ms = random.uniform(0.0, 360.0), random.uniform(1.5, 3.5)
            stormy = with_forecast(
                with_random_picture(world, random), race(axis_deg, random.uniform(-1.0, 1.0), 0.1, speed_ms)
            )
        context, _ = random_case(service, stormy, random, ("nearest-time",))
        exact = evaluate_on_shortest_paths(context, exhaustive=True)
        found = evaluate_on_shortest_paths(context, exhaustive=False)
        fit = int((exact.evaluation.status <= Status.CAUTION).sum())
        shown = found.order[: min(SHOWN, fit)]
        np.testing.assert_array_equal(shown, exact.order[: len(shown)])
        settled = found.evaluation.is_settled
        assert settled[shown].all()
        assert found.evaluation.closely[settled].all()
        np.testing.assert_array_equal(found.evaluation.status[settled], exact.evaluation.status[settled])
        np.testing.assert_allclose(found.evaluation.key_s[settled], exact.evaluation.key_s[settled], rtol=1e-12)
        behind += int((found.evaluation.key_s[~settled] != exact.evaluation.key_s[~settled]).sum())
    # The control: elsewhere clocks are coarse.
    assert behind > 100


def test_where_no_time_is_known_fewer_open_questions_come_first(service, world):
    context, _ = random_case(service, world, np.random.default_rng(12), ("nearest-time",))
    reach, found, *_ = evaluate_on_shortest_paths(context, exhaustive=True)
    every = np.arange(len(world.ports))
    found.key_s[:] = np.nan
    found.status[:] = Status.UNCONFIRMED
    questions = ((found.table.verdict == Verdict.UNKNOWN) & (found.weight == Weight.HARD)).sum(axis=1)
    expected = np.lexsort((found.ways.distance_m + np.nan_to_num(reach.harbour_m), questions))
    assert len(set(questions.tolist())) > 1
    np.testing.assert_array_equal(order_of(found, reach.harbour_m, every), expected)
    found.key_s[expected[-1]] = 1e7
    assert order_of(found, reach.harbour_m, every)[0] == expected[-1]


def test_opened_ports_have_close_clocks_and_only_they(service):
    random = np.random.default_rng(5)
    stormy = with_forecast(service.world_at(START_S), random_forecast(random, 1.5, 0.3, 5.0))
    differing = 0
    for _ in range(10):
        context, reach = random_case(service, stormy, random, ("nearest-time",))
        close = passages_of(context, reach, 0.0)
        found = search_ports(context)
        for port in found.evaluation.by_bound[: found.proof.opened]:
            if port not in found.detours:
                # Lengths of shared legs are differences of tables, so the last digit hangs on who asks first.
                expected_s = pytest.approx(close.time_s[port], rel=1e-12)
                assert found.evaluation.ways.travel_times.time_s[port] == expected_s
                assert found.evaluation.closely[port]
        away = ~found.evaluation.closely
        differing += (found.evaluation.ways.travel_times.time_s[away] != close.time_s[away]).sum()
    assert differing > 100


def passages_of(context, reach, growth):
    inputs = context.inputs
    every = np.arange(len(context.world.ports))
    return travel_times_to_ports(inputs.water, inputs.depth_class, reach, context.passage, every, growth)


def test_round_an_entrance_that_stays_too_rough_the_search_finds_no_way(service):
    """Ports left out on account of the sea in their entrance: the search is run for them all the same."""
    random = np.random.default_rng(8)
    world = service.world_at(START_S)
    left_out = 0

    def waves(lon, lat, at_s):
        return 1.3 + 0.9 * np.sin(4.0 * lon) * np.cos(5.0 * lat), 1.0, 0.0, 5.0

    stormy = with_forecast(world, forecast_of(waves=waves, **A_MONTH))
    for _ in range(6):
        context, reach = random_case(service, stormy, random, ("nearest-time",))
        vessel = replace(context.ask.vessel, max_hs_m=1.5, assumed=())
        context = build_context(replace(context.ask, vessel=vessel, medical=Medical.NONE), stormy, context.coordination)
        found = search_ports(context, exhaustive=True)
        ports, times = world.water.ports, context.ask.policy.limits.detour_most_times
        shortest = passages_of(context, reach, 0.0)
        too_rough = np.isfinite(shortest.time_s) & (shortest.highest_hs_m > context.speed_model.max_hs_m)
        for port in np.flatnonzero(too_rough & (reach.distance_m > 1.0))[::8].tolist():
            soonest_s = least_time_s(reach.distance_m[port], context.speed_model, stormy.forecast, *reach.path[0])
            latest_s = times * max(shortest.time_s[port], reach.distance_m[port] / context.speed_ms)
            at_s, place = context.ask.at_s, (ports.lon[port], ports.lat[port])
            if stays_high(stormy.forecast, context.speed_model, *place, at_s + soonest_s, at_s + latest_s):
                left_out += 1
                assert port not in found.detours
                assert len(search_detour(context.inputs, context.encounter, reach, shortest, port)[0]) == 0
    assert left_out > 5


def test_an_entrance_that_calms_down_in_time_is_not_left_out():
    def waves(lon, lat, at_s):
        return np.full_like(lon, 2.0 if at_s < START_S + 7200.0 else 1.0), 1.0, 0.0, 5.0

    forecast = forecast_of(waves=waves, box=(0.0, 50.0, 1.0, 51.0), step_deg=0.25)
    vessel = speed_model(max_hs_m=1.5)
    assert stays_high(forecast, vessel, 0.5, 50.5, START_S, START_S + 3600.0)
    assert not stays_high(forecast, vessel, 0.5, 50.5, START_S, START_S + 3.0 * 3600.0)
    # Where the forecast says nothing, nothing is left out.
    assert not stays_high(forecast, vessel, 5.0, 50.5, START_S, START_S + 3600.0)
