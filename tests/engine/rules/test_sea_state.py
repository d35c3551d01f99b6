from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.codes import Code, Feed, Verdict, Weight, weight_of
from engine.rules.sea_state import Onset, Sector, cross_set, entrance_sea, exposure, route_sea, visibility, weather_data


@pytest.mark.parametrize(
    ("sea", "missing", "limit", "code"),
    [
        (1.6, False, 2.0, Code.SEA_OK),
        (1.61, False, 2.0, Code.SEA_NEAR_LIMIT),
        (2.0, False, 2.0, Code.SEA_NEAR_LIMIT),
        (2.01, False, 2.0, Code.SEA_LIMIT_EXCEEDED),
        (nan, False, 2.0, Code.WX_UNKNOWN),
        (1.0, False, nan, Code.WX_UNKNOWN),
        # What is known of part of the way can fail, but not pass.
        (2.01, True, 2.0, Code.SEA_LIMIT_EXCEEDED),
        (2.0, True, 2.0, Code.WX_UNKNOWN),
        (0.1, True, 2.0, Code.WX_UNKNOWN),
        (nan, True, 2.0, Code.WX_UNKNOWN),
        (9.0, True, nan, Code.WX_UNKNOWN),
    ],
)
def test_sea_on_the_route(sea, missing, limit, code):
    assert route_sea(sea, missing, limit, 0.8, nan, False).code == code


@pytest.mark.parametrize(
    ("sea", "here", "assumed", "code"),
    [
        (3.0, 3.2, False, Code.SEA_LIMIT_HERE_ALREADY),
        (3.3, 3.2, False, Code.SEA_LIMIT_EXCEEDED),
        (3.0, 1.9, False, Code.SEA_LIMIT_EXCEEDED),
        (3.0, nan, True, Code.SEA_OVER_ASSUMED_LIMIT),
        (1.0, nan, True, Code.SEA_OK),
    ],
)
def test_a_sea_she_is_in_already_and_a_limit_nobody_stated_shut_nothing(sea, here, assumed, code):
    found = route_sea(sea, False, 2.0, 0.8, here, assumed)
    assert found.code == code
    assert (weight_of(Code(found.code)) == Weight.HARD) == (code == Code.SEA_LIMIT_EXCEEDED)


def test_beside_its_sector_what_would_be_dangerous_is_for_care():
    assert entrance(30.0, 140.0, margin=15.0).code == Code.ENTRANCE_SEA_CAUTION
    assert entrance(30.0, 151.0, margin=15.0).code == Code.ENTRANCE_SEA_OK
    assert entrance(19.0, 140.0, margin=15.0).code == Code.ENTRANCE_SEA_OK
    assert entrance(0.0, 0.0, hs=3.0, waves_from=40.0, margin=15.0).code == Code.ENTRANCE_WAVES_CAUTION


def test_waves_over_a_limit_nobody_stated_are_for_care():
    assert entrance(0.0, 0.0, hs=3.0, waves_from=90.0).code == Code.ENTRANCE_WAVES_DANGEROUS
    assert entrance(0.0, 0.0, hs=3.0, waves_from=90.0, assumed=True).code == Code.ENTRANCE_WAVES_CAUTION


def entrance(
    wind=nan,
    wind_from=nan,
    hs=0.0,
    waves_from=nan,
    sector=(45.0, 135.0),
    most_ms=20.0,
    most_m=2.0,
    assumed=False,
    margin=0.0,
):
    return entrance_sea(
        Onset(wind, wind_from, most_ms), Onset(hs, waves_from, most_m), Sector(*sector, margin), assumed, 0.75, 5.0
    )


@pytest.mark.parametrize(
    ("wind", "from_deg", "sector", "code"),
    [
        (20.0, 90.0, (45.0, 135.0), Code.ENTRANCE_SEA_DANGEROUS),
        (15.0, 90.0, (45.0, 135.0), Code.ENTRANCE_SEA_CAUTION),
        (14.9, 90.0, (45.0, 135.0), Code.ENTRANCE_SEA_OK),
        (30.0, 45.0, (45.0, 135.0), Code.ENTRANCE_SEA_DANGEROUS),
        (30.0, 135.0, (45.0, 135.0), Code.ENTRANCE_SEA_DANGEROUS),
        (30.0, 136.0, (45.0, 135.0), Code.ENTRANCE_SEA_OK),
        (30.0, 10.0, (300.0, 20.0), Code.ENTRANCE_SEA_DANGEROUS),
        (30.0, 21.0, (300.0, 20.0), Code.ENTRANCE_SEA_OK),
        (nan, 10.0, (300.0, 20.0), Code.ENTRANCE_SEA_UNKNOWN),
        (30.0, nan, (300.0, 20.0), Code.ENTRANCE_SEA_UNKNOWN),
        (30.0, 10.0, (nan, nan), Code.ENTRANCE_SEA_UNKNOWN),
        (30.0, 10.0, (300.0, nan), Code.ENTRANCE_SEA_UNKNOWN),
        # A breeze is dangerous from nowhere, whatever is not known of the sector.
        (5.0, nan, (nan, nan), Code.ENTRANCE_SEA_OK),
        (5.01, nan, (nan, nan), Code.ENTRANCE_SEA_UNKNOWN),
    ],
)
def test_wind_onto_the_entrance(wind, from_deg, sector, code):
    assert entrance(wind, from_deg, sector=sector).code == code


def test_wind_from_the_sector_without_a_known_force_is_unknown():
    assert entrance(6.0, 90.0, most_ms=nan).verdict == Verdict.UNKNOWN
    assert entrance(6.0, 180.0, most_ms=nan).verdict == Verdict.PASS


@pytest.mark.parametrize(
    ("hs", "from_deg", "most_m", "code"),
    [
        (2.0, 90.0, 2.0, Code.ENTRANCE_WAVES_DANGEROUS),
        (1.99, 90.0, 2.0, Code.ENTRANCE_WAVES_CAUTION),
        (1.5, 90.0, 2.0, Code.ENTRANCE_WAVES_CAUTION),
        (1.49, 90.0, 2.0, Code.ENTRANCE_SEA_OK),
        (9.0, 180.0, 2.0, Code.ENTRANCE_SEA_OK),
        (9.0, nan, 2.0, Code.ENTRANCE_SEA_UNKNOWN),
        (nan, 90.0, 2.0, Code.ENTRANCE_SEA_UNKNOWN),
        (0.6, 90.0, nan, Code.ENTRANCE_SEA_UNKNOWN),
        (0.6, 180.0, nan, Code.ENTRANCE_SEA_OK),
        # Smooth water needs no direction and no limit; but for the smallest vessels smooth is less.
        (0.5, nan, nan, Code.ENTRANCE_SEA_OK),
        (0.5, 90.0, 0.4, Code.ENTRANCE_WAVES_DANGEROUS),
        (0.31, 90.0, 0.4, Code.ENTRANCE_WAVES_CAUTION),
        (0.3, nan, 0.4, Code.ENTRANCE_SEA_OK),
    ],
)
def test_waves_onto_the_entrance(hs, from_deg, most_m, code):
    assert entrance(0.0, nan, hs, from_deg, most_m=most_m).code == code


DANGEROUS_WIND, CAREFUL_WIND, WEAK_WIND, NO_WIND = (20.0, 90.0), (15.0, 90.0), (1.0, 90.0), (nan, nan)
DANGEROUS_WAVES, CAREFUL_WAVES, SMOOTH, NO_WAVES = (2.0, 90.0), (1.5, 90.0), (0.1, 90.0), (nan, nan)


@pytest.mark.parametrize(
    ("wind", "waves", "code"),
    [
        (DANGEROUS_WIND, DANGEROUS_WAVES, Code.ENTRANCE_WAVES_DANGEROUS),
        (NO_WIND, DANGEROUS_WAVES, Code.ENTRANCE_WAVES_DANGEROUS),
        (DANGEROUS_WIND, CAREFUL_WAVES, Code.ENTRANCE_SEA_DANGEROUS),
        (DANGEROUS_WIND, NO_WAVES, Code.ENTRANCE_SEA_DANGEROUS),
        (CAREFUL_WIND, CAREFUL_WAVES, Code.ENTRANCE_WAVES_CAUTION),
        (NO_WIND, CAREFUL_WAVES, Code.ENTRANCE_WAVES_CAUTION),
        (CAREFUL_WIND, NO_WAVES, Code.ENTRANCE_SEA_CAUTION),
        (NO_WIND, SMOOTH, Code.ENTRANCE_SEA_UNKNOWN),
        (WEAK_WIND, NO_WAVES, Code.ENTRANCE_SEA_UNKNOWN),
        (WEAK_WIND, SMOOTH, Code.ENTRANCE_SEA_OK),
    ],
)
def test_the_worse_of_wind_and_waves_speaks_and_neither_passes_for_the_other(wind, waves, code):
    assert entrance(*wind, *waves).code == code


figure = st.one_of(st.just(nan), st.floats(0.0, 40.0))
bearing = st.one_of(st.just(nan), st.floats(0.0, 360.0, exclude_max=True))


@given(figure, bearing, figure, bearing, bearing, bearing, figure, figure)
def test_an_unknown_wind_or_sea_never_passes(wind, wind_from, hs, waves_from, start, end, most_ms, most_m):
    known = entrance(wind, wind_from, hs, waves_from, (start, end), most_ms, most_m).verdict
    for unknown in (
        entrance(nan, wind_from, hs, waves_from, (start, end), most_ms, most_m),
        entrance(wind, wind_from, nan, waves_from, (start, end), most_ms, most_m),
    ):
        assert unknown.verdict != Verdict.PASS
        if known == Verdict.PASS:
            assert unknown.verdict == Verdict.UNKNOWN


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


IN_THE_OPEN, UNDER_COVER, NOT_SAID = 0, 1, -1


@pytest.mark.parametrize(
    ("aboard", "landing", "sheltered", "code"),
    [
        (50.0, 9.0, IN_THE_OPEN, Code.EXPOSURE_OK),
        (50.0, 10.0, IN_THE_OPEN, Code.EXPOSURE_CAUTION),
        (50.0, 69.0, IN_THE_OPEN, Code.EXPOSURE_CAUTION),
        (50.0, 70.0, IN_THE_OPEN, Code.EXPOSURE_CRITICAL),
        # Nobody has said since when: the time still to go is the least of it.
        (nan, 59.0, IN_THE_OPEN, Code.EXPOSURE_UNKNOWN),
        (nan, 60.0, IN_THE_OPEN, Code.EXPOSURE_CAUTION),
        (nan, 120.0, IN_THE_OPEN, Code.EXPOSURE_CRITICAL),
        (500.0, 500.0, UNDER_COVER, Code.EXPOSURE_OK),
        (nan, nan, UNDER_COVER, Code.EXPOSURE_OK),
        # Nobody has said whether they are under cover: short enough is well in any case.
        (50.0, 9.0, NOT_SAID, Code.EXPOSURE_OK),
        (50.0, 10.0, NOT_SAID, Code.EXPOSURE_UNKNOWN),
        (500.0, 500.0, NOT_SAID, Code.EXPOSURE_UNKNOWN),
        (nan, 1.0, NOT_SAID, Code.EXPOSURE_UNKNOWN),
        (50.0, nan, IN_THE_OPEN, Code.EXPOSURE_UNKNOWN),
    ],
)
def test_exposure(aboard, landing, sheltered, code):
    assert exposure(aboard, landing, sheltered, 60.0, 120.0).code == code


@pytest.mark.parametrize(
    ("feed", "age", "incomplete", "filled", "code"),
    [
        (Feed.ABSENT, nan, False, 0.0, Code.WX_MISSING),
        (Feed.ABSENT, 1.0, True, 99.0, Code.WX_MISSING),
        (Feed.LIVE, 6.0, False, 5.0, Code.WX_FRESH),
        (Feed.LIVE, 6.1, False, 0.0, Code.WX_STALE),
        (Feed.LIVE, 6.1, True, 9.0, Code.WX_STALE),
        (Feed.LIVE, nan, False, 0.0, Code.WX_STALE),
        (Feed.STALE, 1.0, False, 0.0, Code.WX_STALE),
        (Feed.LIVE, 1.0, True, 0.0, Code.WX_INCOMPLETE),
        (Feed.LIVE, 1.0, True, 9.0, Code.WX_INCOMPLETE),
        (Feed.LIVE, 1.0, False, 5.01, Code.WX_EXTRAPOLATED),
    ],
)
def test_weather_data(feed, age, incomplete, filled, code):
    found = weather_data(int(feed), age, 6.0, incomplete, filled, 5.0)
    assert found.code == code
    assert (found.verdict == Verdict.PASS) is (code == Code.WX_FRESH)


def test_no_higher_on_the_way_is_not_said_of_a_way_of_which_part_is_unknown():
    known = route_sea(3.0, False, 2.0, 0.8, 3.5, False)
    assert known.code == Code.SEA_LIMIT_HERE_ALREADY
    in_part = route_sea(3.0, True, 2.0, 0.8, 3.5, False)
    assert (in_part.verdict, in_part.code) == (Verdict.UNKNOWN, Code.SEA_FARTHER_ON_UNKNOWN)
    # A sea that is higher than here speaks against the way whatever the rest of it is like.
    assert route_sea(4.0, True, 2.0, 0.8, 3.5, False).code == Code.SEA_LIMIT_EXCEEDED
