"""The atlas's stream: brute force between points and hours, closed forms under way, bounds, and who comes first."""

from itertools import pairwise
from math import inf, isnan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.detour_bound import least_time_s, top_speed_ms
from engine.kernels.forecast import is_empty, no_forecast, stream_at
from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.streams import RATE_UNIT_MS, atlas_stream_at, has_tide, no_streams, tidal_hour
from engine.kernels.travel_time import Passage, travel_time_along_track
from engine.units import HOUR_S, KNOT_MS
from tests.oracles import seas, streams

START_S = seas.TIMES_S[0] + 12.0 * HOUR_S


def turning(lon, lat, hour):
    """A stream that turns with the tide and changes over the water."""
    return 2.0 * np.cos(0.5 * hour + lon), 1.0 + np.sin(0.4 * hour) * (lat - 50.0)


TURNING = streams.atlas_of(turning, start_s=START_S, springs=1.2)
POSITIONS = np.stack(
    [axis.ravel() for axis in np.meshgrid(np.linspace(-2.0, 2.0, 17), np.linspace(49.5, 51.0, 13))], axis=1
)


def sea(atlas, **changes):
    """No forecast, and the atlas."""
    return no_forecast()._replace(streams=atlas, **changes)


@settings(deadline=None, max_examples=60)
@given(
    lon=st.floats(-2.2, 2.2), lat=st.floats(49.4, 51.1), at_s=st.floats(START_S - 2e5, START_S + 2e5)
)  # fmt: skip
def test_between_points_and_hours_it_is_that_of_brute_force(lon, lat, at_s):
    expected = streams.rate_at(TURNING, POSITIONS, lon, lat, at_s)
    east, north, doubt = atlas_stream_at(TURNING, lon, lat, at_s)
    if expected is None:
        assert isnan(east)
        assert isnan(north)
        assert isnan(doubt)
    else:
        assert (east, north) == pytest.approx(tuple(expected), abs=1e-9)
        assert doubt == 0.2


def test_at_a_point_and_an_hour_the_atlas_stands_as_it_is():
    for point in (0, 100, 220):
        for hour in (-6, -2, 0, 5):
            east, north, _ = atlas_stream_at(
                TURNING._replace(springs=np.ones(TURNING.springs.shape)), *POSITIONS[point], START_S + hour * HOUR_S
            )
            assert (east, north) == pytest.approx(tuple(RATE_UNIT_MS * TURNING.rates[point, hour + 6, :2]), abs=1e-6)


@pytest.mark.parametrize(("springs", "share"), [(0.0, 0.5), (1.0, 1.0), (0.5, 0.75), (1.5, 1.25), (-0.4, 0.3)])
def test_the_rate_goes_with_the_tide_between_and_beyond_neaps_and_springs(springs, share):
    atlas = streams.atlas_of(lambda lon, lat, hour: (4.0, 0.0), start_s=START_S, springs=springs)
    assert atlas_stream_at(atlas, 0.3, 50.2, START_S)[0] == pytest.approx(share * 4.0 * KNOT_MS)


@settings(deadline=None, max_examples=60)
@given(at_s=st.floats(START_S - 3e5, START_S + 3e5))
def test_hours_of_the_tide_follow_each_other_without_a_gap(at_s):
    before, after, weight, _, _ = tidal_hour(TURNING.turn_s, TURNING.springs, 0, at_s)
    assert 0.0 <= weight <= 1.0
    assert (after - before) % 13 == 1


def test_outside_the_tides_that_are_known_nothing_is_said():
    edges = TURNING.turn_s[0, [0, -1]]
    for at_s in (edges[0] - 1.0, edges[1] + 1.0, float("nan")):
        assert isnan(atlas_stream_at(TURNING, 0.0, 50.0, at_s)[0])
    assert not has_tide(no_streams())
    assert isnan(atlas_stream_at(no_streams(), 0.0, 50.0, START_S)[0])


def test_a_uniform_stream_in_closed_form():
    """Two knots to the east: along, against and across it, from the triangle of velocities."""
    atlas = streams.atlas_of(lambda lon, lat, hour: (2.0, 0.0), start_s=START_S)
    speed_model = seas.speed_model(10.0 * KNOT_MS, speed_doubt=0.0, wave_doubt=0.0)
    for end, knots in (((1.0, 50.2), 12.0), ((-1.0, 50.2), 8.0), ((0.0, 50.7), sqrt(96.0))):
        track = np.array([(0.0, 50.2), end])
        travel_time = travel_time_along_track(Passage(sea(atlas), speed_model, START_S), track)
        length_m = geodesic_length_m(*track[0], *track[1])
        # On a parallel the chord of each mile is a hair longer than the geodesic.
        assert travel_time.time_s == pytest.approx(length_m / (knots * KNOT_MS), rel=2e-4)
        assert travel_time.stream_met
        assert not travel_time.stream_missing


def test_its_doubt_widens_the_range_both_ways():
    """A rate good to a fifth: 2 kn with her are 1.6 to 2.4, against her likewise."""
    atlas = streams.atlas_of(lambda lon, lat, hour: (2.0, 0.0), start_s=START_S, doubt=0.2)
    speed_model = seas.speed_model(10.0 * KNOT_MS, speed_doubt=0.1, wave_doubt=0.0)
    for end, sign in ((1.0, 1.0), (-1.0, -1.0)):
        travel_time = travel_time_along_track(
            Passage(sea(atlas), speed_model, START_S), np.array([(0.0, 50.2), (end, 50.2)])
        )
        assert travel_time.early_s / travel_time.time_s == pytest.approx(
            (10.0 + 2.0 * sign) / (11.0 + 2.0 * sign + 0.4), rel=1e-6
        )
        assert travel_time.late_s / travel_time.time_s == pytest.approx(
            (10.0 + 2.0 * sign) / (9.0 + 2.0 * sign - 0.4), rel=1e-6
        )


def test_a_shear_in_closed_form():
    """Northward against a stream of minus ``a`` knots a degree: time is the logarithm of the speeds at both ends."""
    atlas = streams.atlas_of(lambda lon, lat, hour: (0.0, -4.0 * (lat - 49.5)), start_s=START_S)
    speed_model = seas.speed_model(10.0 * KNOT_MS, speed_doubt=0.0, wave_doubt=0.0)
    travel_time = travel_time_along_track(
        Passage(sea(atlas), speed_model, START_S), np.array([(0.0, 49.5), (0.0, 51.0)])
    )
    degree_m = geodesic_length_m(0.0, 49.5, 0.0, 51.0) / 1.5
    assert travel_time.time_s == pytest.approx(degree_m / (4.0 * KNOT_MS) * np.log(10.0 / 4.0), rel=2e-3)


def test_out_and_back_over_a_tide():
    """Out with the stream for a half tide and back with the next: each way by the mean speed over the ground."""

    def rate(lon, lat, hour):
        return 3.0 * np.cos(2.0 * np.pi * hour / 12.42), 0.0

    atlas = streams.atlas_of(rate, start_s=START_S)
    speed_model = seas.speed_model(10.0 * KNOT_MS, speed_doubt=0.0, wave_doubt=0.0)
    half_s = 0.5 * streams.PERIOD_S
    depart_s = START_S - 0.5 * half_s
    # Over the half tide about high water the mean of a cosine is two over pi.
    run_m = half_s * (10.0 + 3.0 * 2.0 / np.pi) * KNOT_MS
    per_degree_m = geodesic_length_m(0.0, 50.0, 0.01, 50.0) / 0.01
    there = travel_time_along_track(
        Passage(sea(atlas), speed_model, depart_s), np.array([(-1.0, 50.0), (-1.0 + run_m / per_degree_m, 50.0)])
    )
    back = travel_time_along_track(
        Passage(sea(atlas), speed_model, depart_s + half_s),
        np.array([(-1.0 + run_m / per_degree_m, 50.0), (-1.0, 50.0)]),
    )
    # Hourly chords of a cosine fall short of it by a per cent, and rates are rounded to a tenth.
    assert there.time_s == pytest.approx(half_s, rel=0.01)
    assert back.time_s == pytest.approx(half_s, rel=0.01)


def test_a_stream_of_nothing_changes_nothing():
    slack = sea(streams.atlas_of(lambda lon, lat, hour: (0.0, 0.0), start_s=START_S))
    random = np.random.default_rng(5)
    for _ in range(20):
        forecast = seas.random_forecast(random, most_stream_ms=0.0)._replace(
            current=no_forecast().current, strongest_current_ms=0.0
        )
        track = random.uniform((-1.8, 49.6), (1.8, 50.9), (4, 2))
        plain = travel_time_along_track(Passage(forecast, seas.speed_model(), START_S), track)
        slow = travel_time_along_track(
            Passage(forecast._replace(streams=slack.streams), seas.speed_model(), START_S), track
        )
        np.testing.assert_allclose(slow[:4], plain[:4], rtol=1e-12)
        assert (plain.stream_met, slow.stream_met) == (False, True)
    assert not is_empty(slack)
    assert is_empty(no_forecast())


def test_a_forecast_of_the_current_comes_first_and_never_both():
    forecast = seas.forecast_of(current=(0.3, -0.2), box=(0.0, 49.0, 3.0, 51.5))._replace(streams=TURNING)
    assert stream_at(forecast, 1.0, 50.0, START_S) == pytest.approx((0.3, -0.2, 0.0, 0.0), abs=1e-6)
    beside = stream_at(forecast, -1.0, 50.0, START_S)
    assert beside[:2] == atlas_stream_at(TURNING, -1.0, 50.0, START_S)[:2]
    assert beside[3] == 0.2
    outside = stream_at(forecast, -3.0, 50.0, START_S)
    assert isnan(outside[0])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_passage_is_faster_than_its_lower_bound(seed):
    random = np.random.default_rng(seed)

    def race(lon, lat, hour):
        strength = 9.0 * np.exp(-((lon - 0.5) ** 2 + (lat - 50.4) ** 2) / 0.1)
        return strength * np.cos(hour), strength * np.sin(hour)

    forecast = sea(streams.atlas_of(race, start_s=START_S))
    speed_model = seas.speed_model(float(random.uniform(3.0, 12.0)), speed_doubt=0.0, wave_doubt=0.0)
    track = random.uniform((-2.5, 49.2), (2.5, 51.3), (int(random.integers(2, 5)), 2))
    travel_time = travel_time_along_track(Passage(forecast, speed_model, START_S), track)
    length_m = sum(geodesic_length_m(*a, *b) for a, b in pairwise(track))
    bound_s = least_time_s(length_m, speed_model, forecast, *track[0])
    assert bound_s <= travel_time.time_s * (1.0 + 1e-12)
    # Tighter than with the strongest stream anywhere behind all the way, and equal at most.
    assert bound_s >= length_m / (speed_model.full_speed_ms + forecast.streams.strongest_ms) * (1.0 - 1e-12)
    if travel_time.time_s < inf:
        top_ms = top_speed_ms(speed_model, forecast, *track[0], travel_time.time_s)
        assert length_m / travel_time.time_s <= top_ms * (1.0 + 1e-12)
