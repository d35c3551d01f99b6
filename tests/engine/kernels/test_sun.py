"""The sun rises and sets when almanacs say, to three minutes."""

from datetime import UTC, datetime

import pytest

from engine.kernels.sun import SUNRISE_DEG, sun_altitude_deg

LONDON = (-0.1276, 51.5072)


@pytest.mark.parametrize(
    ("place", "day", "sunrise", "sunset"),
    [
        # HM Nautical Almanac Office, times of sunrise and sunset for London.
        (LONDON, (2024, 6, 20), (3, 43), (20, 21)),
        (LONDON, (2024, 12, 21), (8, 4), (15, 53)),
        (LONDON, (2024, 3, 20), (6, 3), (18, 14)),
    ],
)
def test_sunrise_and_sunset(place, day, sunrise, sunset):
    for (hour, minute), rising in ((sunrise, True), (sunset, False)):
        at_s = datetime(*day, hour, minute, tzinfo=UTC).timestamp()
        before, after = (sun_altitude_deg(*place, at_s + shift_s) > SUNRISE_DEG for shift_s in (-180.0, 180.0))
        assert (before, after) == (not rising, rising)


@pytest.mark.parametrize("lon", [-180.0, -7.0, 0.0, 5.0, 179.0])
def test_noon_is_when_the_sun_is_highest(lon):
    """Over a day the greatest altitude comes within the equation of time of local noon."""
    start_s = datetime(2026, 11, 29, tzinfo=UTC).timestamp()
    highest = max(range(1440), key=lambda minute: sun_altitude_deg(lon, 50.0, start_s + 60.0 * minute))
    noon = (720.0 - 4.0 * lon) % 1440.0
    assert abs((highest - noon + 720.0) % 1440.0 - 720.0) <= 17.0
