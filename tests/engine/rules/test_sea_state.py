from math import nan

import pytest

from engine.rules.sea_state import cross_set, entrance_sea, exposure, route_sea, visibility, weather_data
from engine.vocab import Code, Feed, Verdict


@pytest.mark.parametrize(
    ("sea", "limit", "code"),
    [
        (1.6, 2.0, Code.SEA_OK),
        (1.61, 2.0, Code.SEA_NEAR_LIMIT),
        (2.0, 2.0, Code.SEA_NEAR_LIMIT),
        (2.01, 2.0, Code.SEA_LIMIT_EXCEEDED),
        (nan, 2.0, Code.WX_UNKNOWN),
        (1.0, nan, Code.WX_UNKNOWN),
    ],
)
def test_sea_on_the_route(sea, limit, code):
    assert route_sea(sea, limit, 0.8).code == code


@pytest.mark.parametrize(
    ("wind", "from_deg", "sector", "code"),
    [
        (20.0, 90.0, (45.0, 135.0), Code.ENTRANCE_SEA_DANGEROUS),
        (15.0, 90.0, (45.0, 135.0), Code.ENTRANCE_SEA_CAUTION),
        (14.9, 90.0, (45.0, 135.0), Code.ENTRANCE_SEA_OK),
        (30.0, 136.0, (45.0, 135.0), Code.ENTRANCE_SEA_OK),
        (30.0, 10.0, (300.0, 20.0), Code.ENTRANCE_SEA_DANGEROUS),
        (30.0, 21.0, (300.0, 20.0), Code.ENTRANCE_SEA_OK),
        (nan, 10.0, (300.0, 20.0), Code.ENTRANCE_SEA_UNKNOWN),
        (30.0, nan, (300.0, 20.0), Code.ENTRANCE_SEA_UNKNOWN),
        (30.0, 10.0, (nan, nan), Code.ENTRANCE_SEA_UNKNOWN),
    ],
)
def test_wind_onto_the_entrance(wind, from_deg, sector, code):
    assert entrance_sea(wind, from_deg, *sector, 20.0, 0.75).code == code


def test_wind_from_the_sector_without_a_known_force_is_unknown():
    assert entrance_sea(5.0, 90.0, 45.0, 135.0, nan, 0.75).verdict == Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("value", "stream", "sight"),
    [
        (1.0, Code.STREAM_WEAK, Code.VIS_OK),
        (1.01, Code.CROSS_SET_CAUTION, Code.VIS_OK),
        (0.99, Code.STREAM_WEAK, Code.VIS_LOW),
        (nan, Code.STREAM_UNKNOWN, Code.VIS_UNKNOWN),
    ],
)
def test_stream_and_visibility(value, stream, sight):
    assert cross_set(value, 1.0).code == stream
    assert visibility(value, 1.0).code == sight


@pytest.mark.parametrize(
    ("aboard", "sheltered", "code"),
    [
        (59.0, False, Code.EXPOSURE_OK),
        (60.0, False, Code.EXPOSURE_CAUTION),
        (120.0, False, Code.EXPOSURE_CRITICAL),
        (120.0, True, Code.EXPOSURE_OK),
        (nan, False, Code.EXPOSURE_UNKNOWN),
    ],
)
def test_exposure(aboard, sheltered, code):
    assert exposure(aboard, sheltered, 60.0, 120.0).code == code


@pytest.mark.parametrize(
    ("feed", "age", "code"),
    [
        (Feed.ABSENT, nan, Code.WX_MISSING),
        (Feed.LIVE, 6.0, Code.WX_FRESH),
        (Feed.LIVE, 6.1, Code.WX_STALE),
        (Feed.LIVE, nan, Code.WX_STALE),
        (Feed.STALE, 1.0, Code.WX_STALE),
    ],
)
def test_weather_data(feed, age, code):
    assert weather_data(int(feed), age, 6.0).code == code
