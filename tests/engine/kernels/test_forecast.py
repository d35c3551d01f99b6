"""Sampling a forecast: scipy's interpolator as the oracle, and every way a value can be missing."""

from math import hypot, inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

from engine.kernels.forecast import (
    Field,
    current_at,
    no_forecast,
    visibility_at,
    waves_at,
    wind_at,
)

TIMES_S = np.array([0.0, 3600.0, 7200.0, 10800.0, 21600.0, 90000.0])
GAP_S = 10800.0
ROWS, COLUMNS = 7, 9
WEST, SOUTH, STEP_LON, STEP_LAT = -1.5, 49.25, 0.25, 0.125


def frozen(*arrays):
    for array in arrays:
        array.setflags(write=False)
    return arrays


def field(variables, seed=1, times_s=TIMES_S, rows=ROWS, columns=COLUMNS):
    random = np.random.default_rng(seed)
    values = random.normal(5.0, 1.0, (len(times_s), rows, columns, variables)).astype(np.float32)
    if variables == 4:
        angle = random.uniform(-0.5, 0.5, values.shape[:3])
        values[..., 1], values[..., 2] = np.sin(angle), np.cos(angle)
    filled_m = (1000.0 * random.integers(0, 3, (rows, columns))).astype(np.float32)
    times_s, values, filled_m = frozen(np.array(times_s, np.float64), values, filled_m)
    return Field(times_s, WEST, SOUTH, STEP_LON, STEP_LAT, GAP_S, values, filled_m)


FORECAST = no_forecast()._replace(waves=field(4), wind=field(3, 2), visibility=field(1, 3), current=field(2, 4))
SAMPLERS = {"waves": waves_at, "wind": wind_at, "visibility": visibility_at, "current": current_at}


def oracle(name, lon, lat, at_s):
    item = getattr(FORECAST, name)
    axes = (item.times_s, SOUTH + STEP_LAT * np.arange(ROWS), WEST + STEP_LON * np.arange(COLUMNS))
    return RegularGridInterpolator(axes, item.values.astype(np.float64))((at_s, lat, lon))


@settings(deadline=None, max_examples=200)
@given(
    lon=st.floats(WEST, WEST + STEP_LON * (COLUMNS - 1)),
    lat=st.floats(SOUTH, SOUTH + STEP_LAT * (ROWS - 1)),
    at_s=st.floats(0.0, 21600.0),
)
def test_samples_equal_scipys(lon, lat, at_s):
    # Snapping to a line of the grid moves a sample by up to a millionth of a step.
    near = {"rel": 1e-5, "abs": 1e-4}
    for name in ("wind", "visibility", "current"):
        assert SAMPLERS[name](FORECAST, lon, lat, at_s)[:-1] == pytest.approx(oracle(name, lon, lat, at_s), **near)
    height, east, north, period = oracle("waves", lon, lat, at_s)
    length = hypot(east, north)
    assert waves_at(FORECAST, lon, lat, at_s)[:4] == pytest.approx(
        (height, east / length, north / length, period), **near
    )


@pytest.mark.parametrize("at_s", TIMES_S)
def test_nodes_are_returned_as_they_are(at_s):
    k = list(TIMES_S).index(at_s)
    for j in range(ROWS):
        for i in range(COLUMNS):
            found = current_at(FORECAST, WEST + i * STEP_LON, SOUTH + j * STEP_LAT, at_s)
            assert found[:2] == tuple(FORECAST.current.values[k, j, i].astype(np.float64))
            assert found[2] == FORECAST.current.filled_m[j, i]


@pytest.mark.parametrize(
    ("lon", "lat", "at_s"),
    [
        (WEST - 0.001, 49.5, 0.0), (WEST + 2.001, 49.5, 0.0), (-1.0, SOUTH - 0.001, 0.0), (-1.0, 50.001, 0.0),
        (-1.0, 49.5, -1.1), (-1.0, 49.5, 90001.1), (nan, 49.5, 0.0), (-1.0, nan, 0.0), (-1.0, 49.5, nan),
        (inf, 49.5, 0.0), (-1.0, 49.5, inf), (179.0, -49.5, 0.0),
    ],
)  # fmt: skip
def test_nothing_is_carried_beyond_the_grid_or_its_times(lon, lat, at_s):
    for sampler in SAMPLERS.values():
        *values, filled_m = sampler(FORECAST, lon, lat, at_s)
        assert all(isnan(value) for value in values)
        assert filled_m == inf


@pytest.mark.parametrize(
    ("at_s", "step"),
    [(-0.9, 0), (0.0, 0), (90000.9, 5), (21600.9, 4), (89999.1, 5), (21602.0, None), (50000.0, None), (89998.0, None)],
)
def test_a_wide_gap_is_not_bridged_but_its_ends_stand(at_s, step):
    found = visibility_at(FORECAST, -1.5, 49.25, at_s)[0]
    if step is None:
        assert isnan(found)
    else:
        assert found == FORECAST.visibility.values[step, 0, 0, 0]


def test_a_gap_of_just_the_limit_is_bridged():
    assert not isnan(visibility_at(FORECAST, -1.5, 49.25, 16000.0)[0])


def test_a_single_step_stands_for_its_time_only():
    item = FORECAST._replace(current=field(2, times_s=[5000.0]))
    assert not isnan(current_at(item, -1.0, 49.5, 5000.9)[0])
    assert isnan(current_at(item, -1.0, 49.5, 5001.1)[0])
    assert isnan(current_at(item, -1.0, 49.5, 4998.9)[0])


def test_a_single_row_or_column_stands_for_itself_only():
    item = FORECAST._replace(current=field(2, rows=1, columns=1))
    assert not isnan(current_at(item, WEST, SOUTH, 0.0)[0])
    assert isnan(current_at(item, WEST + 0.01, SOUTH, 0.0)[0])


def with_hole(k, j, i):
    values = FORECAST.current.values.copy()
    values[k, j, i] = nan
    values.setflags(write=False)
    return FORECAST._replace(current=FORECAST.current._replace(values=values))


def test_a_missing_corner_spoils_only_samples_that_lean_on_it():
    holed = with_hole(1, 3, 4)
    lon, lat = WEST + 4 * STEP_LON, SOUTH + 3 * STEP_LAT
    assert isnan(current_at(holed, lon, lat, 3600.0)[0])
    assert isnan(current_at(holed, lon + 0.01, lat - 0.01, 3700.0)[0])
    # On the far line of the neighbouring cell, or at the neighbouring step, its weight is zero.
    for lon2, lat2, at_s in [
        (lon - STEP_LON, lat, 3600.0), (lon + STEP_LON, lat + 0.01, 3600.0), (lon, lat - STEP_LAT, 3600.0),
        (lon, lat, 0.0), (lon + 0.01, lat + 0.01, 7200.0), (lon + 0.01, lat + STEP_LAT, 3700.0),
    ]:  # fmt: skip
        assert current_at(holed, lon2, lat2, at_s) == current_at(FORECAST, lon2, lat2, at_s)
        assert not isnan(current_at(holed, lon2, lat2, at_s)[0])


def test_filled_is_that_of_the_farthest_corner_with_weight():
    filled_m = np.zeros((ROWS, COLUMNS), np.float32)
    filled_m[3, 4] = 5000.0
    frozen(filled_m)
    item = FORECAST._replace(wind=FORECAST.wind._replace(filled_m=filled_m))
    lon, lat = WEST + 4 * STEP_LON, SOUTH + 3 * STEP_LAT
    assert wind_at(item, lon + 0.01, lat + 0.01, 0.0)[3] == 5000.0
    assert wind_at(item, lon, lat, 0.0)[3] == 5000.0
    assert wind_at(item, lon + STEP_LON, lat + 0.01, 0.0)[3] == 0.0


def test_height_stands_without_direction_or_period():
    values = FORECAST.waves.values.copy()
    values[..., 1:] = nan
    values.setflags(write=False)
    item = FORECAST._replace(waves=FORECAST.waves._replace(values=values))
    height, east, north, period, _ = waves_at(item, -1.0, 49.5, 100.0)
    assert height == waves_at(FORECAST, -1.0, 49.5, 100.0)[0]
    assert isnan(east)
    assert isnan(north)
    assert isnan(period)


def test_waves_that_cancel_have_a_height_and_no_direction():
    values = FORECAST.waves.values.copy()
    values[..., 1] = 0.0
    values[..., 2] = np.where(np.arange(COLUMNS) % 2, 1.0, -1.0)
    values.setflags(write=False)
    item = FORECAST._replace(waves=FORECAST.waves._replace(values=values))
    assert isnan(waves_at(item, WEST + 0.5 * STEP_LON, 49.5, 0.0)[2])
    assert waves_at(item, WEST + STEP_LON, 49.5, 0.0)[2] == 1.0
    # A tenth off the middle there is still a side they mostly run to.
    assert waves_at(item, WEST + 0.6 * STEP_LON, 49.5, 0.0)[2] == pytest.approx(1.0)


def test_no_forecast_says_nothing():
    for sampler in SAMPLERS.values():
        *values, filled_m = sampler(no_forecast(), 1.0, 51.0, 0.0)
        assert all(isnan(value) for value in values)
        assert filled_m == inf
    assert isnan(no_forecast().run_at_s)
    assert no_forecast().strongest_current_ms == 0.0


def test_full_and_empty_forecasts_are_of_one_type():
    """Otherwise everything that samples is compiled twice."""
    from numba import typeof

    assert typeof(no_forecast()) == typeof(FORECAST)
