"""An assumed gale is the same everywhere, and its directions are the way things go."""

from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.console.what_if import GaleIn, uniform_forecast
from engine.kernels.forecast import waves_at, wind_at
from engine.units import KNOT_MS

BOX = (-6.0, 48.0, 4.5, 52.5)
NOW_S = 1_795_000_000.0


@settings(deadline=None)
@given(
    lon=st.floats(-6.0, 4.5), lat=st.floats(48.0, 52.5), after_h=st.floats(0.0, 48.0), from_deg=st.floats(0.0, 360.0)
)  # fmt: skip
def test_it_is_the_same_everywhere(lon, lat, after_h, from_deg):
    gale = GaleIn(wind_kn=40.0, wind_from_deg=from_deg, wave_m=3.5, period_s=8.0)
    forecast = uniform_forecast(BOX, gale, NOW_S)
    at_s = NOW_S + after_h * 3_600.0
    wind, waves = wind_at(forecast, lon, lat, at_s), waves_at(forecast, lon, lat, at_s)
    # From where it comes, as people say it, to where it goes.
    to_east, to_north = -sin(radians(from_deg)), -cos(radians(from_deg))
    assert np.asarray(wind[:2], float) == pytest.approx([40.0 * KNOT_MS * to_east, 40.0 * KNOT_MS * to_north], abs=1e-4)
    assert float(waves[0]) == pytest.approx(3.5)
