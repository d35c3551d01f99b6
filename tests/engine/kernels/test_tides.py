"""Reading a tide table: linear between samples, nothing outside, the nearest high water or none."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.tides import Tides, height_at, high_water_near, no_tides

START_S = 1_773_000_000.0
HOUR_S = 3600.0
PERIOD_S = 12.42 * HOUR_S
SAMPLES = 5 * 288 + 1
TIMES = START_S + 300.0 * np.arange(SAMPLES)
HIGHS = np.array([START_S + 2.0 * HOUR_S + k * PERIOD_S for k in range(10)])


def tides(shift_s=0.0, factor=1.0, lift_m=0.0, station=0):
    """One station with a cosine of 2 m about 3 m, and one port."""
    heights = 3.0 + 2.0 * np.cos(2.0 * np.pi * (TIMES - HIGHS[0]) / PERIOD_S)
    return Tides(
        START_S, 300.0, heights.astype(np.float32)[None, :], np.append(HIGHS, [np.inf, np.inf])[None, :],
        np.array([station], np.int32), np.array([shift_s]), np.array([factor]), np.array([lift_m]),
        np.array([0.3]), np.array([600.0]),
    )  # fmt: skip


def test_a_sample_is_itself_and_between_two_lies_between():
    table = tides()
    for k in (0, 1, 700, SAMPLES - 1):
        assert height_at(table, 0, TIMES[k]) == float(table.height_m[0, k])
    middle = 0.5 * (float(table.height_m[0, 40]) + float(table.height_m[0, 41]))
    assert height_at(table, 0, TIMES[40] + 150.0) == pytest.approx(middle, abs=1e-12)


@settings(deadline=None)
@given(
    at_s=st.floats(float(TIMES[0]) + 7200.0, float(TIMES[-1]) - 7200.0), shift_s=st.floats(-7200.0, 7200.0),
    factor=st.floats(0.3, 2.0), lift_m=st.floats(-1.0, 1.0),
)  # fmt: skip
def test_a_port_is_its_station_later_and_scaled(at_s, shift_s, factor, lift_m):
    at_port = height_at(tides(shift_s, factor, lift_m), 0, at_s)
    at_station = 3.0 + 2.0 * np.cos(2.0 * np.pi * (at_s - shift_s - HIGHS[0]) / PERIOD_S)
    # A chord of five minutes is within 0.5 mm of this cosine; the rest is 32 bits.
    assert at_port == pytest.approx(factor * at_station + lift_m, abs=factor * 6e-4)


@pytest.mark.parametrize(
    ("at_s", "shift_s", "known"),
    [
        (TIMES[0], 0.0, True),
        (TIMES[0] - 1.0, 0.0, False),
        (TIMES[-1], 0.0, True),
        (TIMES[-1] + 1.0, 0.0, False),
        (TIMES[0] + 60.0, 60.0, True),
        (TIMES[0] + 59.0, 60.0, False),
        (nan, 0.0, False),
        (np.inf, 0.0, False),
        (0.0, 0.0, False),
    ],
)
def test_nothing_is_known_outside_the_window(at_s, shift_s, known):
    assert isnan(height_at(tides(shift_s), 0, at_s)) is not known


def test_without_a_station_nothing_is_known():
    for table in (tides(station=-1), no_tides(1)):
        assert isnan(height_at(table, 0, TIMES[50]))
        assert isnan(high_water_near(table, 0, TIMES[50]))


@settings(deadline=None)
@given(at_s=st.floats(float(TIMES[0]) - 1e4, float(TIMES[-1]) + 1e4), shift_s=st.floats(-5000.0, 5000.0))
def test_the_nearest_high_water_is_that_of_brute_force_or_is_not_claimed(at_s, shift_s):
    """High waters go on for ever at this station; the table holds ten of them and must not be fooled by its ends."""
    forever = HIGHS[0] + PERIOD_S * np.arange(-5.0, 20.0) + shift_s
    distance = np.abs(forever - at_s)
    found = high_water_near(tides(shift_s), 0, at_s)
    if not isnan(found):
        assert abs(found - at_s) == pytest.approx(distance.min(), abs=1e-6)
    elif TIMES[0] + PERIOD_S <= at_s - shift_s <= TIMES[-1] - PERIOD_S:
        pytest.fail("well inside the window it must be known")


def test_no_high_water_in_the_table_is_unknown():
    table = tides()._replace(high_water_s=np.full((1, 3), np.inf))
    assert isnan(high_water_near(table, 0, TIMES[700]))
    assert isnan(high_water_near(tides(), 0, nan))


def test_one_compilation_serves_every_table():
    height_at(tides(), 0, TIMES[3])
    high_water_near(tides(), 0, TIMES[3])
    known = len(height_at.signatures), len(high_water_near.signatures)
    height_at(no_tides(4), 0, TIMES[3])
    high_water_near(no_tides(4), 0, TIMES[3])
    assert (len(height_at.signatures), len(high_water_near.signatures)) == known
