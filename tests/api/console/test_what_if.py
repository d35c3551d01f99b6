"""An assumed gale is the same everywhere, and its directions are the way things go."""

import time
from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.console.what_if import GaleIn, gale_over
from engine.errors import InvalidAsk
from engine.kernels.forecast import Field, Forecast, no_forecast, waves_at, wind_at
from engine.units import KNOT_MS

BOX = (-6.0, 48.0, 4.5, 52.5)
NOW_S = 1_795_000_000.0


@settings(deadline=None)
@given(
    lon=st.floats(-6.0, 4.5), lat=st.floats(48.0, 52.5), after_h=st.floats(0.0, 48.0), from_deg=st.floats(0.0, 360.0)
)  # fmt: skip
def test_it_is_the_same_everywhere(lon, lat, after_h, from_deg):
    gale = GaleIn(wind_kn=40.0, wind_from_deg=from_deg, wave_m=3.5, period_s=8.0)
    forecast = gale_over(no_forecast(), BOX, gale, NOW_S)
    at_s = NOW_S + after_h * 3_600.0
    wind, waves = wind_at(forecast, lon, lat, at_s), waves_at(forecast, lon, lat, at_s)
    # From where it comes, as people say it, to where it goes.
    to_east, to_north = -sin(radians(from_deg)), -cos(radians(from_deg))
    assert np.asarray(wind[:2], float) == pytest.approx([40.0 * KNOT_MS * to_east, 40.0 * KNOT_MS * to_north], abs=1e-4)
    assert float(waves[0]) == pytest.approx(3.5)


HOUR_S = 3_600.0


def calm(steps=7, gap_h=3.0):
    """A forecast of a calm that freshens by a knot a step: every three hours for eighteen hours."""
    times_s = NOW_S + gap_h * HOUR_S * np.arange(steps)

    def field(*values):
        grid = np.zeros((steps, 2, 2, len(values)), np.float32) + np.array(values, np.float32)
        grid[..., 0] += np.arange(steps, dtype=np.float32)[:, None, None]
        filled_m = np.zeros((2, 2), np.float32)
        for array in (times_s, grid, filled_m):
            array.setflags(write=False)
        return Field(times_s, BOX[0], BOX[1], BOX[2] - BOX[0], BOX[3] - BOX[1], 4.0 * HOUR_S, grid, filled_m)

    empty = no_forecast()
    return Forecast(
        field(0.5, 1.0, 0.0, 5.0), field(0.0, 0.0, 1.0), field(9_000.0), empty.current, NOW_S - HOUR_S, 0.0, 9.0,
        empty.streams,
    )  # fmt: skip


def at(hours):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW_S + hours * HOUR_S))


@settings(deadline=None)
@given(after_h=st.floats(0.0, 18.0))
def test_a_gale_from_an_hour_for_some_hours_leaves_the_forecast_before_and_after(after_h):
    base = calm()
    gale = GaleIn(wind_kn=40.0, wind_from_deg=270.0, wave_m=3.5, period_s=8.0, from_at=at(6), hours=5.0)
    laid = gale_over(base, BOX, gale, NOW_S)
    at_s = NOW_S + after_h * HOUR_S
    wind, waves = np.asarray(wind_at(laid, 1.3, 51.0, at_s)[:2], float), float(waves_at(laid, 1.3, 51.0, at_s)[0])
    if 6.0 <= after_h <= 11.0:
        assert wind == pytest.approx([40.0 * KNOT_MS, 0.0], abs=1e-4)
        assert waves == pytest.approx(3.5)
    elif after_h < 5.98 or after_h > 11.02:
        # As it is in closed form: a knot and a metre a step.
        assert wind == pytest.approx([after_h / 3.0, 0.0], abs=1e-4)
        assert waves == pytest.approx(0.5 + after_h / 3.0, abs=1e-4)


def test_before_a_gale_that_nobody_forecasts_the_weather_is_not_known():
    gale = GaleIn(wind_kn=40.0, wind_from_deg=270.0, wave_m=3.5, from_at=at(6), hours=5.0)
    laid = gale_over(no_forecast(), BOX, gale, NOW_S)
    for after_h, is_known in ((5.9, False), (6.0, True), (11.0, True), (11.1, False)):
        assert np.isfinite(float(waves_at(laid, 1.3, 51.0, NOW_S + after_h * HOUR_S)[0])) == is_known


def test_a_gap_that_is_not_interpolated_stays_one():
    base = calm(gap_h=5.0)
    gale = GaleIn(wind_kn=40.0, wind_from_deg=270.0, wave_m=3.5, from_at=at(11), hours=2.0)
    laid = gale_over(base, BOX, gale, NOW_S)
    assert np.isfinite(float(waves_at(laid, 1.3, 51.0, NOW_S + 12 * HOUR_S)[0]))
    assert np.isnan(float(waves_at(laid, 1.3, 51.0, NOW_S + 7 * HOUR_S)[0]))


@pytest.mark.parametrize("hours", [-2, 49])
def test_a_gale_of_another_day_is_refused(hours):
    gale = GaleIn(wind_kn=40.0, wind_from_deg=270.0, wave_m=3.5, from_at=at(hours))
    with pytest.raises(InvalidAsk, match="from_at"):
        gale_over(no_forecast(), BOX, gale, NOW_S)
