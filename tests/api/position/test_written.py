"""Positions as they are written, and read back."""

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from api.position import format_position, parse_position
from tests.api.position.conftest import HALF_TENTH_MINUTE_DEG, LAT, LON, TENTH_SECOND_DEG

LONGITUDES = st.floats(-180.0, 180.0)
LATITUDES = st.floats(-90.0, 90.0)


@settings(max_examples=1000, deadline=None)
@given(LONGITUDES, LATITUDES)
@example(179.99999, 89.99999)
@example(-0.9999999, 50.9999999)
@example(1.0, -0.0001)
def test_written_position_reads_back_within_half_a_tenth_of_a_minute(lon, lat):
    text = format_position(lon, lat)
    assert re.fullmatch(r"[0-9]{2}°[0-5][0-9]\.[0-9]'[NS] [01][0-9]{2}°[0-5][0-9]\.[0-9]'[EW]", text)
    assume(max(abs(lon), abs(lat)) > 2 * HALF_TENTH_MINUTE_DEG)
    assert parse_position(text) == pytest.approx((lon, lat), abs=HALF_TENTH_MINUTE_DEG + 1e-9)


@settings(max_examples=500, deadline=None)
@given(LONGITUDES, LATITUDES)
def test_writing_twice_changes_nothing(lon, lat):
    assume(max(abs(lon), abs(lat)) > 2 * HALF_TENTH_MINUTE_DEG)
    text = format_position(lon, lat)
    assert format_position(*parse_position(text)) == text


@settings(max_examples=500, deadline=None)
@given(st.integers(-90 * 36000, 90 * 36000), st.integers(-180 * 36000, 180 * 36000))
def test_seconds_and_decimal_degrees_agree(lat_tenths, lon_tenths):
    """Two spellings of one position, in tenths of a second, read as one."""
    assume(lat_tenths or lon_tenths)
    spelled = f"{sexagesimal(lat_tenths, 'NS')} {sexagesimal(lon_tenths, 'EW')}"
    decimal = f"{lat_tenths / 36000:.9f}, {lon_tenths / 36000:.9f}"
    assert parse_position(spelled) == pytest.approx(parse_position(decimal), abs=TENTH_SECOND_DEG / 100)


def sexagesimal(tenths: int, letters: str) -> str:
    minutes, rest = divmod(abs(tenths), 600)
    return f"{minutes // 60}°{minutes % 60:02d}'{rest // 10:02d}.{rest % 10}\"{letters[tenths < 0]}"


@pytest.mark.parametrize(
    ("lon", "lat", "text"),
    [
        (LON, LAT, "51°07.3'N 001°20.8'E"),
        (-1.5, 50.5, "50°30.0'N 001°30.0'W"),
        (1.99999, 50.99999, "51°00.0'N 002°00.0'E"),
        (-0.00001, -0.00001, "00°00.0'N 000°00.0'E"),
        (-0.5, -0.5, "00°30.0'S 000°30.0'W"),
        (180.0, 90.0, "90°00.0'N 180°00.0'E"),
        (-180.0, -90.0, "90°00.0'S 180°00.0'W"),
        (179.99999, 89.99999, "90°00.0'N 180°00.0'E"),
        (0.0, 51.0, "51°00.0'N 000°00.0'E"),
    ],
)
def test_written_position(lon, lat, text):
    assert format_position(lon, lat) == text


@pytest.mark.parametrize(
    ("lon", "lat"), [(float("nan"), 51.0), (1.0, float("nan")), (float("inf"), 51.0), (181.0, 51.0), (1.0, -90.1)]
)
def test_what_is_no_position_is_not_written(lon, lat):
    with pytest.raises(ValueError, match="a position needs"):
        format_position(lon, lat)
