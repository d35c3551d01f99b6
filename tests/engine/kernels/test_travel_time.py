"""Clocks under way: closed forms, a differential equation, a clock in plain Python, and what must never happen."""

from dataclasses import replace
from itertools import pairwise
from math import cos, hypot, inf, isnan, nan, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import typeof
from scipy.integrate import solve_ivp

from api.decision_service import known_policy
from engine.branch_and_bound import search_ports
from engine.errors import PositionRefused
from engine.kernels.forecast import no_forecast
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import from_plane
from engine.kernels.port_travel_times import COARSE, travel_times_to_ports
from engine.kernels.reach import track_on_plane
from engine.kernels.speed import calm_speed_ms, speed_over_ground_ms, speed_through_water_ms
from engine.kernels.travel_time import Passage, add, start_travel, travel_time_along_track
from engine.model import Ask, Coordination
from engine.request_context import build_context, build_speed_model
from engine.routes import reach_from
from geodata.forecast.cube import open_cube
from tests.oracles import seas
from tests.oracles.geodesics import ahead, length_m
from tests.oracles.seas import A_MONTH, forecast_of, random_forecast, speed_model, stream_to, waves_from
from tests.synthetic.cubes import START_S, TIMES_S, synthetic_cube

DEPART_S = START_S + 1800.0
HERE = (-4.0, 49.6)
SPEED_MS = 10.0


def leg(course_deg, distance_m=20_000.0, start=HERE):
    return np.array([start, ahead(*start, course_deg, distance_m)])


def travel_time(forecast, vessel, track, depart_s=DEPART_S):
    return travel_time_along_track(Passage(forecast, vessel, depart_s), np.asarray(track, np.float64))


def test_synthetic_forecasts_are_of_the_type_of_real_ones(tmp_path):
    """Else every test here would compile the engine anew, and test other machine code than what is shipped."""
    cube = open_cube(synthetic_cube(tmp_path / "any.cube", current=(0.0, 0.0)))
    assert typeof(cube.forecast) == typeof(forecast_of(current=(0.0, 0.0))) == typeof(no_forecast())


# Calm water.


@pytest.mark.parametrize("course_deg", [0.0, 77.0, 200.0])
def test_in_calm_water_time_is_distance_over_speed(course_deg):
    found = travel_time(forecast_of(waves=(0.0, 0.0, 1.0, 5.0), current=(0.0, 0.0)), speed_model(), leg(course_deg))
    assert found.time_s == pytest.approx(2000.0, rel=1e-7)
    assert found.early_s == pytest.approx(2000.0 / 1.1, rel=1e-7)
    assert found.late_s == pytest.approx(2000.0 / 0.9, rel=1e-7)
    assert not found.waves_missing
    assert not found.stream_missing
    assert found.run_m == pytest.approx(20_000.0, rel=1e-7)
    assert found.highest_hs_m == 0.0


def test_without_a_forecast_times_are_those_of_calm_water_and_say_so():
    found = travel_time(no_forecast(), speed_model(), leg(30.0))
    assert found.time_s == pytest.approx(2000.0, rel=1e-7)
    assert found.waves_missing
    assert found.stream_missing


def test_a_track_without_length_takes_no_time():
    assert travel_time(no_forecast(), speed_model(), [HERE]).time_s == 0.0
    assert travel_time(no_forecast(), speed_model(), [HERE, HERE]).time_s == 0.0


# Stream.


@pytest.mark.parametrize("course_deg", [0.0, 45.0, 90.0, 210.0])
@pytest.mark.parametrize("set_deg", [0.0, 30.0, 90.0, 150.0, 180.0, 270.0])
def test_a_uniform_stream_leaves_the_speed_of_the_crab_angle(course_deg, set_deg):
    stream_ms = 3.0
    found = travel_time(forecast_of(current=stream_to(stream_ms, course_deg + set_deg)), speed_model(), leg(course_deg))
    along, across = stream_ms * cos(radians(set_deg)), stream_ms * sin(radians(set_deg))
    assert found.time_s == pytest.approx(20_000.0 / (along + sqrt(SPEED_MS**2 - across**2)), rel=2e-3)


@given(st.floats(1.0, 20.0), st.floats(0.0, 360.0), st.floats(0.0, 25.0), st.floats(0.0, 360.0))
def test_speed_made_good_closes_the_triangle_of_water_and_ground(speed, course_deg, drift, set_deg):
    course, water = seas.compass(course_deg), stream_to(drift, set_deg)
    found = speed_over_ground_ms(speed, *course, *water)
    assert found == pytest.approx(seas.made_good(speed, course, water), abs=1e-5)
    if found > 0.0:
        assert hypot(found * course[0] - water[0], found * course[1] - water[1]) == pytest.approx(speed, abs=1e-6)


@pytest.mark.parametrize(
    ("stream_ms", "set_deg", "passable"),
    [
        (9.9, 180.0, True),
        (10.0, 180.0, False),
        (12.0, 180.0, False),
        (9.9, 90.0, True),
        (10.1, 90.0, False),
        (10.1, 270.0, False),
        (10.1, 0.0, True),
        (14.0, 50.0, False),
        (14.0, 40.0, True),
        (11.0, 120.0, False),
    ],
)
def test_a_leg_that_cannot_be_made_good_is_impassable(stream_ms, set_deg, passable):
    # A stream abeam at her own speed or more sweeps her away; one ahead stops her.
    found = travel_time(forecast_of(current=stream_to(stream_ms, set_deg)), speed_model(), leg(0.0))
    assert (found.time_s < inf) is passable
    if not passable:
        assert found.late_s == inf


def test_a_stream_that_only_the_slower_half_of_the_doubt_cannot_stem_leaves_the_time_and_no_latest():
    found = travel_time(forecast_of(current=stream_to(9.5, 180.0)), speed_model(), leg(0.0))
    assert found.early_s < found.time_s < inf
    assert found.late_s == inf


def test_no_clock_runs_on_behind_an_impassable_leg():
    stuck = travel_time(forecast_of(current=stream_to(12.0, 180.0)), speed_model(), leg(0.0))
    assert add(start_travel(), stuck).time_s == inf
    assert add(stuck, start_travel()).time_s == inf
    there_and_back = np.vstack([leg(0.0), leg(0.0)[:1]])
    assert travel_time(forecast_of(current=stream_to(12.0, 180.0)), speed_model(), there_and_back).time_s == inf


@pytest.mark.parametrize(("first_ms", "last_ms", "across_ms"), [(-4.0, 4.0, 0.0), (3.0, -5.0, 2.0), (0.0, -5.0, -3.0)])
def test_a_stream_that_turns_on_the_way_agrees_with_the_differential_equation(first_ms, last_ms, across_ms):
    """dx/dt = along(t) + sqrt(v^2 - across^2) for a stream linear in time over four hours."""
    hours = 4.0
    change = (last_ms - first_ms) / (hours * 3600.0)

    def current(lon, lat, at_s):
        return across_ms, first_ms + change * (at_s - START_S)

    forecast = forecast_of(current=current, times=START_S + np.array([0.0, hours * 3600.0]))
    track = leg(0.0, 60_000.0, (-4.0, 49.2))
    start_s = START_S + 600.0

    def rate(t, _x):
        return [first_ms + change * (start_s + t - START_S) + sqrt(SPEED_MS**2 - across_ms**2)]

    def there(_t, x):
        return x[0] - 60_000.0

    there.terminal = True
    solution = solve_ivp(rate, (0.0, hours * 3600.0), [0.0], events=there, max_step=60.0, rtol=1e-9)
    found = travel_time(forecast, speed_model(), track, start_s)
    assert found.time_s == pytest.approx(solution.t_events[0][0], rel=5e-3)
    assert not found.stream_missing


# Waves.

TABLE = speed_model()
UNKNOWN = nan


@pytest.mark.parametrize("hs_m", [0.0, 0.5, 1.0, 1.7, 2.0, 3.9, 4.0])
@pytest.mark.parametrize("off_bow_deg", [0.0, 45.0, 90.0, 120.0, 180.0, UNKNOWN])
def test_the_speed_table_is_met_at_its_rows_and_linear_between(hs_m, off_bow_deg):
    towards = nan if isnan(off_bow_deg) else -cos(radians(off_bow_deg))
    assert speed_through_water_ms(TABLE, hs_m, towards) == pytest.approx(seas.speed_in_sea(TABLE, hs_m, off_bow_deg))


@pytest.mark.parametrize(
    ("hs_m", "towards", "share"),
    [
        (1.0, -1.0, 0.9), (2.0, -1.0, 0.7), (4.0, -1.0, 0.4), (3.0, -1.0, 0.55),
        (2.0, 0.0, 1.0 - 0.3 * 0.6), (2.0, 1.0, 1.0 - 0.3 * 0.25), (2.0, nan, 0.7),
        (2.0, -0.5, 1.0 - 0.3 * 0.8), (2.0, 0.5, 1.0 - 0.3 * 0.425),
        (nan, -1.0, 1.0), (nan, nan, 1.0), (0.0, nan, 1.0),
    ],
)  # fmt: skip
def test_a_sea_ahead_costs_its_row_abeam_and_astern_less_and_from_nowhere_as_ahead(hs_m, towards, share):
    assert speed_through_water_ms(TABLE, hs_m, towards) == pytest.approx(SPEED_MS * share)


@pytest.mark.parametrize("towards", [-1.0, 0.0, 1.0, nan])
def test_beyond_the_table_the_speed_is_unknown(towards):
    assert isnan(speed_through_water_ms(TABLE, 4.001, towards))
    assert isnan(speed_through_water_ms(TABLE._replace(cap_ms=1.0), 4.001, towards))


def test_a_way_through_a_sea_beyond_the_table_has_no_time_and_a_doubtful_one_no_latest():
    assert isnan(travel_time(forecast_of(waves=waves_from(4.5, 0.0)), TABLE, leg(0.0)).time_s)
    found = travel_time(forecast_of(waves=waves_from(3.5, 0.0)), TABLE, leg(0.0))
    assert found.early_s < found.time_s < inf
    assert isnan(found.late_s)
    assert found.highest_hs_m == pytest.approx(3.5)


@pytest.mark.parametrize(("from_deg", "share"), [(0.0, 0.7), (90.0, 0.82), (270.0, 0.82), (180.0, 0.925)])
def test_waves_slow_a_vessel_by_where_they_come_from(from_deg, share):
    found = travel_time(forecast_of(waves=waves_from(2.0, from_deg)), TABLE, leg(0.0))
    assert found.time_s == pytest.approx(2000.0 / share, rel=1e-3)
    assert found.highest_hs_m == pytest.approx(2.0)


def test_waves_of_unknown_direction_count_as_ahead():
    every_way = forecast_of(waves=(2.0, 0.0, 0.0, 6.0))
    assert travel_time(every_way, TABLE, leg(0.0)).time_s == pytest.approx(2000.0 / 0.7, rel=1e-6)


def test_a_sea_takes_its_share_of_the_speed_that_is_really_run():
    """Under a cap too: a share of full speed would let waves cost nothing until it falls below the cap."""
    capped = TABLE._replace(cap_ms=8.0)
    assert calm_speed_ms(capped) == 8.0
    assert travel_time(no_forecast(), capped, leg(0.0)).time_s == pytest.approx(2500.0)
    assert speed_through_water_ms(capped, 1.0, -1.0) == pytest.approx(0.9 * 8.0)
    assert speed_through_water_ms(capped, 2.0, -1.0) == pytest.approx(0.7 * 8.0)


def test_survivors_aboard_bring_the_policys_cap(service):
    severn, policy = service.vessels["rnli-severn"], known_policy("nearest-time")
    laden, empty = (build_speed_model(severn, policy, service.world.speed_tables, aboard) for aboard in (True, False))
    assert calm_speed_ms(laden) == policy.limits.speed_cap_with_survivors_ms < calm_speed_ms(empty) == severn.speed_ms


@pytest.mark.parametrize(("from_deg", "made_ms"), [(180.0, 10.5), (0.0, 9.5), (270.0, sqrt(100.0 - 0.25))])
def test_wind_drives_a_vessel_down_wind_by_its_share(from_deg, made_ms):
    east, north = stream_to(25.0, from_deg + 180.0)
    calm = (0.0, 1.0, 0.0, 5.0)
    found = travel_time(forecast_of(wind=(east, north, 30.0), waves=calm), speed_model(wind_drift=0.02), leg(0.0))
    # Where nobody knows the waves the wind is not reckoned either: alone it would only help along.
    alone = travel_time(forecast_of(wind=(east, north, 30.0)), speed_model(wind_drift=0.02), leg(0.0))
    assert alone.time_s == pytest.approx(2000.0, rel=1e-6)
    assert found.time_s == pytest.approx(20_000.0 / made_ms, rel=1e-4)
    assert travel_time(forecast_of(wind=(east, north, 30.0)), speed_model(), leg(0.0)).time_s == pytest.approx(
        2000.0, rel=1e-6
    )


# What is missing.


def test_a_missing_group_is_said_and_counts_as_calm():
    found = travel_time(forecast_of(current=(0.0, 2.0)), speed_model(), leg(0.0))
    assert (found.waves_missing, found.stream_missing) == (True, False)
    assert found.time_s == pytest.approx(20_000.0 / 12.0, rel=1e-6)
    found = travel_time(forecast_of(waves=waves_from(2.0, 0.0)), speed_model(), leg(0.0))
    assert (found.waves_missing, found.stream_missing) == (False, True)
    assert found.time_s == pytest.approx(2000.0 / 0.7, rel=1e-6)


FULL = {"waves": waves_from(2.0, 0.0), "current": (0.0, -2.0)}


@pytest.mark.parametrize("depart_s", [START_S - 7200.0, TIMES_S[-1] + 10.0])
def test_outside_its_times_a_forecast_is_missing_and_not_extended(depart_s):
    found = travel_time(forecast_of(**FULL), speed_model(), leg(0.0), depart_s)
    assert found.waves_missing
    assert found.stream_missing
    assert found.time_s == pytest.approx(2000.0, rel=1e-6)
    assert found.highest_hs_m == 0.0


def test_a_way_that_outlasts_the_forecast_is_run_with_it_and_then_without():
    depart_s = TIMES_S[-1] - 1000.0
    found = travel_time(forecast_of(**FULL), speed_model(), leg(0.0), depart_s)
    assert found.waves_missing
    assert found.stream_missing
    assert found.highest_hs_m == pytest.approx(2.0)
    # 5 m/s for 1000 s, then 10 m/s; a piece is a mile.
    assert found.time_s == pytest.approx(1000.0 + 1500.0, abs=1852.0 / 5.0)


def test_a_way_that_leaves_the_grid_is_missing_there():
    north = ahead(*HERE, 0.0, 10_000.0)[1]
    found = travel_time(
        forecast_of(**FULL, box=(-7.0, 48.0, 5.0, north), step_deg=(north - 48.0) / 8.0), speed_model(), leg(0.0)
    )
    assert found.waves_missing
    assert found.stream_missing
    assert found.time_s == pytest.approx(2000.0 + 1000.0, abs=1852.0 / 5.0)


def test_water_beyond_a_gap_in_a_group_is_told_by_its_distance():
    def waves(lon, lat, at_s):
        land = lon > -4.1
        return np.where(land, nan, 1.0), 0.0, 1.0, 6.0

    found = travel_time(forecast_of(waves=waves), speed_model(), leg(90.0))
    assert not found.waves_missing
    assert found.filled_m > 1000.0


# Properties.

# Hundredths of a degree, so that no leg is a rounding error long.
HUNDREDTHS = st.tuples(st.integers(-460, -340), st.integers(4930, 4990))
TRACKS = st.lists(HUNDREDTHS, min_size=2, max_size=5, unique=True).map(lambda points: np.array(points) / 100.0)
STEADY = [random_forecast(np.random.default_rng(seed), steady=True, step_deg=0.5, **A_MONTH) for seed in range(4)]
CHANGING = [random_forecast(np.random.default_rng(seed), step_deg=0.5) for seed in range(4)]
SEAS = STEADY + CHANGING
VESSELS = st.builds(
    speed_model,
    st.floats(2.0, 20.0),
    cap_ms=st.sampled_from([inf, 9.0]),
    wind_drift=st.sampled_from([0.0, 0.02]),
    wave_factor=st.sampled_from([1.0, 0.8, 1.2]),
    speed_doubt=st.floats(0.0, 0.3),
    wave_doubt=st.floats(0.0, 0.5),
)


@settings(deadline=None)
@given(TRACKS, VESSELS, st.integers(0, 7))
def test_the_clock_is_that_of_plain_python(track, vessel, sea):
    forecast = SEAS[sea]
    found, plain = travel_time(forecast, vessel, track), seas.run(forecast, vessel, DEPART_S, track)
    assert found.time_s == pytest.approx(plain.time_s, rel=1e-6, abs=1e-6, nan_ok=True)
    if found.time_s < inf:
        assert found.early_s == pytest.approx(plain.early_s, rel=1e-6, abs=1e-6, nan_ok=True)
        assert found.late_s == pytest.approx(plain.late_s, rel=1e-6, abs=1e-6, nan_ok=True)
        assert found.highest_hs_m == pytest.approx(plain.highest_hs_m)
        assert (found.waves_missing, found.stream_missing) == (plain.waves_missing, plain.stream_missing)


@settings(deadline=None)
@given(TRACKS, VESSELS, st.integers(0, 7))
def test_early_is_never_after_and_late_never_before_the_time(track, vessel, sea):
    forecast = SEAS[sea]
    found = travel_time(forecast, vessel, track)
    assert not found.early_s > found.time_s
    assert not found.late_s < found.time_s
    # No way is faster than her own speed and all that drives her together.
    drift_ms = forecast.strongest_current_ms + vessel.wind_drift * forecast.strongest_wind_ms
    whole_m = sum(length_m(*a, *b) for a, b in pairwise(track))
    assert not found.time_s < whole_m / (calm_speed_ms(vessel) + drift_ms) * (1.0 - 1e-9)


@settings(deadline=None)
@given(TRACKS, VESSELS, st.integers(0, 3), st.floats(0.0, 10.0))
def test_a_faster_vessel_is_never_later(track, vessel, sea, more_ms):
    forecast = SEAS[sea]
    faster = vessel._replace(full_speed_ms=vessel.full_speed_ms + more_ms)
    slow, fast = travel_time(forecast, vessel, track), travel_time(forecast, faster, track)
    assert not fast.time_s > slow.time_s * (1.0 + 1e-9)
    assert not fast.late_s > slow.late_s * (1.0 + 1e-9)


@settings(deadline=None)
@given(TRACKS, VESSELS, st.integers(0, 3), st.floats(0.0, 1.0))
def test_a_higher_sea_is_never_quicker(track, vessel, sea, more):
    forecast = SEAS[sea]
    higher = vessel._replace(wave_factor=vessel.wave_factor + more)
    low, high = travel_time(forecast, vessel, track), travel_time(forecast, higher, track)
    assert not high.time_s < low.time_s * (1.0 - 1e-9)
    assert not (isnan(low.time_s) and not isnan(high.time_s) and high.time_s < inf)
    if low.time_s < inf and high.time_s < inf:
        assert high.highest_hs_m >= low.highest_hs_m


def reversed_sea(forecast):
    """The same sea with everything running the other way."""
    turned = {}
    for name, places in (("waves", (1, 2)), ("current", (0, 1)), ("wind", (0, 1))):
        values = getattr(forecast, name).values.copy()
        values[..., places] *= -1.0
        values.setflags(write=False)
        turned[name] = getattr(forecast, name)._replace(values=values)
    return forecast._replace(**turned)


@settings(deadline=None)
@given(TRACKS, VESSELS, st.integers(0, 3))
def test_the_way_back_through_the_sea_turned_round_takes_as_long(track, vessel, sea):
    forecast = SEAS[sea]
    there = travel_time(forecast, vessel, track)
    back = travel_time(reversed_sea(forecast), vessel, track[::-1])
    # At the very last row of the speed table rounding decides whether there is a speed.
    assume(abs(max(there.highest_hs_m, back.highest_hs_m) - vessel.table_hs_m[-1]) > 1e-6)
    if there.time_s < inf:
        assert back.time_s == pytest.approx(there.time_s, rel=1e-6, abs=1e-6)
        assert back.late_s == pytest.approx(there.late_s, rel=1e-6, abs=1e-6, nan_ok=True)
        assert back.highest_hs_m == pytest.approx(there.highest_hs_m, rel=1e-9)
    else:
        assert not back.time_s < inf


def split(track, parts):
    """The same track with more points on it."""
    points = [track[0]]
    for a, b in pairwise(track):
        points += [a + (b - a) * k / parts for k in range(1, parts + 1)]
    return np.array(points)


@pytest.mark.parametrize("sea", range(8))
def test_shorter_pieces_change_little(sea):
    forecast = SEAS[sea]
    track = np.array([(-4.6, 49.3), (-3.9, 49.9), (-3.4, 49.4)])
    vessel = speed_model()
    found = travel_time(forecast, vessel, track).time_s
    assert isnan(found) == isnan(travel_time(forecast, vessel, split(track, 200)).time_s)
    if not isnan(found):
        assert travel_time(forecast, vessel, split(track, 200)).time_s == pytest.approx(found, rel=2e-3)


# All ports at once.


def open_positions(world, count, seed):
    random = np.random.default_rng(seed)
    while count:
        place = (random.uniform(-6.0, 2.5), random.uniform(49.0, 51.5))
        try:
            reach = reach_from(world, world.depth_classes[1].tables, *place)
        except PositionRefused:
            continue
        count -= 1
        yield place, reach


def travel_times(world, depth_class, reach, forecast, vessel, growth=0.0, ports=None):
    ports = np.arange(len(world.ports)) if ports is None else ports
    return travel_times_to_ports(world.water, depth_class, reach, Passage(forecast, vessel, DEPART_S), ports, growth)


def whole_track(world, depth_class, reach, port):
    """Longitude and latitude from the position to the approach point, corner by corner."""
    mesh = world.water.mesh
    joined = reach.joined[port]
    hop = reach.path if (joined == reach.path[-1]).all() else np.array([reach.path[0], joined])
    plane = track_on_plane(world.water, depth_class, reach, port)
    onward = [from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg) for x, y in plane[1:-1]]
    onward.append((world.water.ports.lon[port], world.water.ports.lat[port]))
    return np.vstack([hop, onward])


@pytest.mark.parametrize("seed", range(3))
def test_clocks_to_all_ports_are_those_along_the_tracks_one_by_one(world, seed):
    forecast = random_forecast(np.random.default_rng(seed), most_hs_m=3.0)
    vessel = speed_model(SPEED_MS + seed, wind_drift=0.02, cap_ms=inf if seed else 9.0)
    depth_class = world.depth_classes[1].tables
    random = np.random.default_rng(seed)
    compared = 0
    for _, reach in open_positions(world, 8, seed):
        found = travel_times(world, depth_class, reach, forecast, vessel)
        for port in random.choice(len(world.ports), 12, replace=False):
            if reach.entered_at[port] != NOWHERE or not reach.distance_m[port] < inf:
                continue
            plain = seas.run(forecast, vessel, DEPART_S, whole_track(world, depth_class, reach, port))
            # Lengths of legs come from a table here and from GeographicLib there, so a leg may have a piece more.
            assert found.time_s[port] == pytest.approx(plain.time_s, rel=1e-4, nan_ok=True)
            if found.time_s[port] < inf:
                assert found.early_s[port] == pytest.approx(plain.early_s, rel=1e-4)
                assert found.late_s[port] == pytest.approx(plain.late_s, rel=1e-4, nan_ok=True)
                assert found.highest_hs_m[port] == pytest.approx(plain.highest_hs_m, rel=1e-3)
                assert found.waves_missing[port] == plain.waves_missing
                assert found.stream_missing[port] == plain.stream_missing
                compared += 1
    assert compared > 30


def test_from_a_bank_each_port_has_the_clock_of_its_own_way_off(world):
    forecast = random_forecast(np.random.default_rng(5), most_hs_m=2.0, most_stream_ms=1.0)
    depth_class = world.depth_classes[-1].tables
    own_ways = 0
    for place in ((1.55, 51.24), (1.50, 51.27), (1.81157, 50.98320), (1.53, 51.20)):
        reach = reach_from(world, depth_class, *place)
        found = travel_times(world, depth_class, reach, forecast, speed_model())
        for port in np.flatnonzero((reach.distance_m < 150_000.0) & (reach.entered_at == NOWHERE)):
            own_ways += bool((reach.joined[port] != reach.path[-1]).any())
            plain = seas.run(forecast, speed_model(), DEPART_S, whole_track(world, depth_class, reach, port))
            assert found.time_s[port] == pytest.approx(plain.time_s, rel=2e-4, nan_ok=True)
    assert own_ways > 0


def test_a_first_look_is_within_a_few_per_cent_of_a_close_one(world):
    forecast = random_forecast(np.random.default_rng(8), most_hs_m=1.5, most_stream_ms=1.5, most_wind_ms=10.0)
    depth_class = world.depth_classes[1].tables
    off = []
    for _, reach in open_positions(world, 12, 4):
        close = travel_times(world, depth_class, reach, forecast, speed_model())
        first = travel_times(world, depth_class, reach, forecast, speed_model(), COARSE)
        known = close.time_s < inf
        assert (known == (first.time_s < inf)).all()
        off.append(np.abs(first.time_s[known] / close.time_s[known] - 1.0))
    off = np.concatenate(off)
    assert len(off) > 1000
    # Of 2,500 passages all but a few; the last ones run through the races.
    assert np.quantile(off, 0.999) < 0.05
    assert off.max() < 0.06
    assert np.median(off) < 0.005


def test_ports_not_asked_for_and_out_of_reach_stay_without_a_clock(world):
    depth_class = world.depth_classes[1].tables
    reach = reach_from(world, depth_class, 1.25, 51.05)
    found = travel_times(world, depth_class, reach, CHANGING[0], speed_model(), ports=np.array([3, 5]))
    asked = np.zeros(len(world.ports), np.bool_)
    asked[[3, 5]] = True
    assert (found.time_s[asked] < inf).all()
    assert (found.time_s[~asked] == inf).all()
    nowhere = reach._replace(distance_m=np.full(len(world.ports), inf))
    assert (travel_times(world, depth_class, nowhere, CHANGING[0], speed_model()).time_s == inf).all()


def test_inside_a_harbour_the_sea_outside_does_not_count(world):
    depth_class = world.depth_classes[1].tables
    reach = reach_from(world, depth_class, -1.62, 49.658)
    cherbourg = next(number for number, port in enumerate(world.ports) if port.id == "cherbourg")
    found = travel_times(world, depth_class, reach, forecast_of(**FULL), speed_model())
    assert reach.entered_at[cherbourg] != NOWHERE
    assert found.time_s[cherbourg] == 0.0
    assert not found.waves_missing[cherbourg]


def test_clocks_without_a_forecast_are_distance_over_speed(world):
    depth_class = world.depth_classes[1].tables
    for _, reach in open_positions(world, 3, 9):
        found = travel_times(world, depth_class, reach, no_forecast(), speed_model(wind_drift=0.02))
        assert found.time_s == pytest.approx(reach.distance_m / SPEED_MS)
        assert found.waves_missing.all()
        assert found.stream_missing.all()


# From and to.


def winner(service, world, forecast, place, vessel):
    ask = Ask(*place, DEPART_S, vessel, known_policy("nearest-time"), persons_min=10.0, persons_max=10.0)
    world_then = replace(world, forecast=forecast, identity={**world.identity, "forecast": {"id": "SYNTHETIC"}})
    case = build_context(ask, world_then, Coordination("UK", True, 0.0, ()))
    found = search_ports(case)
    return world.ports[found.winner].id


DOVER_OR_CALAIS = (1.585, 51.045)


@pytest.mark.parametrize(("setting_to_deg", "port"), [(315.0, "dover"), (135.0, "calais")])
def test_a_stream_that_sets_towards_a_port_makes_it_the_answer(service, world, setting_to_deg, port):
    """Across the strait with four knots of it: taken for where it comes from, the other port would win."""
    forecast = forecast_of(current=stream_to(2.0, setting_to_deg))
    assert winner(service, world, forecast, DOVER_OR_CALAIS, service.vessels["rnli-severn"]) == port


@pytest.mark.parametrize(("coming_from_deg", "port"), [(135.0, "dover"), (315.0, "calais")])
def test_the_port_with_the_sea_astern_is_the_answer(service, world, coming_from_deg, port):
    """In two metres the sea ahead costs more than the sea astern: taken for where it goes, the other port would win."""
    forecast = forecast_of(waves=waves_from(1.9, coming_from_deg))
    # Slower than the cap, or it would hide the sea.
    slow = replace(service.vessels["rnli-severn"], speed_ms=7.0)
    assert winner(service, world, forecast, DOVER_OR_CALAIS, slow) == port


@pytest.mark.parametrize(
    ("waves", "stream"), [(30.0, 0.0), (0.5, -30.0)], ids=["beyond the table", "not to be stemmed"]
)
def test_what_has_no_time_has_no_range(waves, stream):
    """The sea is too much on the second half of the way only, so the first half has a time."""

    def sea(lon, lat, at_s):
        return np.where(lon > -3.5, waves, 0.5), 1.0 + 0.0 * lon, 0.0 * lon, 5.0 + 0.0 * lon

    forecast = forecast_of(waves=sea, current=lambda lon, lat, at_s: (np.where(lon > -3.5, stream, 0.0), 0.0 * lon))
    found = travel_time(forecast, speed_model(), np.array([(-4.0, 49.5), (-3.0, 49.5)]))
    assert not found.time_s < inf
    for end_s in (found.early_s, found.late_s):
        assert not end_s < inf
    assert found.waves_missing
