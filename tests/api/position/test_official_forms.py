"""Official forms of both coasts, and the letter O."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.position import InvalidPosition, parse_position
from tests.api.position.conftest import dm

OUEST = [
    ("50 40.0N 001 30.0O", dm(50, 40), -1.5),
    ("50°40,0'N 1°30,0'O", dm(50, 40), -1.5),
    ("N50 40.0 O001 30.0", dm(50, 40), -1.5),
    ("50,5 N 1,5 O", 50.5, -1.5),
    ("50.5n 1.5o", 50.5, -1.5),
    ("001 30.0O 50 40.0N", dm(50, 40), -1.5),
]


@pytest.mark.parametrize(("text", "lat", "lon"), OUEST)
def test_the_letter_o_is_west_in_french_alone(text, lat, lon):
    assert parse_position(text, french=True) == pytest.approx((lon, lat), abs=1e-12)
    with pytest.raises(InvalidPosition, match="oost, Ost"):
        parse_position(text)


OFFICIAL = [
    "51°07'.3N 001°20'.8E",
    "51°07'.3N, 001°20'.8E",
    "51° 07'.3 N 001° 20'.8 E",
    "51°07'\N{MIDDLE DOT}3N 001°20'\N{MIDDLE DOT}8E",
    "51°07\N{MIDDLE DOT}3'N 001°20\N{MIDDLE DOT}8'E",
    "51-07,3N - 001-20,8E",
    "51-07.3N - 001-20.8E",
    "51-07,3N \N{EN DASH} 001-20,8E",
    "510718N 0012048E",
    "510718N0012048E",
    "N510718 E0012048",
    "51:07:18N 001:20:48E",
    "5107.300,N,00120.800,E",
    "(51.121666667, 1.346666667)",
    "51°07.3' Nord 001°20.8' Est",
    "51 07.3 North 001 20.8 East",
    "51°07.3'N 001°20.8' Oost",
    "Lat 51°07.3'N Long 001°20.8'E",
]


@pytest.mark.parametrize("text", OFFICIAL)
def test_official_forms_of_both_coasts_are_read(text):
    assert parse_position(text) == pytest.approx((dm(1, 20.8), dm(51, 7.3)), abs=2e-9)


def test_the_word_ouest_is_west_whatever_the_language():
    assert parse_position("51°07,3' Nord 001°20,8' Ouest") == pytest.approx((-dm(1, 20.8), dm(51, 7.3)))


@pytest.mark.parametrize(
    "text",
    ["510760N 0012048E", "51°60'.3N 001°20'.8E", "51071N 0012048E", "5107.3N 0012048E", "(51.1, 1.3", "51.1 - 1.3"],
)
def test_neighbours_of_the_official_forms_stay_refused(text):
    with pytest.raises(InvalidPosition):
        parse_position(text)


@given(st.integers(0, 89), st.integers(0, 599), st.integers(0, 179), st.integers(0, 599), st.data())
def test_every_official_form_gives_the_same_position(lat, lat_tenths, lon, lon_tenths, data):
    (a, b), (c, d) = divmod(lat_tenths, 10), divmod(lon_tenths, 10)
    north, east = data.draw(st.sampled_from("NS")), data.draw(st.sampled_from("EW"))
    forms = [
        f"{lat:02d}°{a:02d}'.{b}{north} {lon:03d}°{c:02d}'.{d}{east}",
        f"{lat:02d}°{a:02d}'\N{MIDDLE DOT}{b}{north} {lon:03d}°{c:02d}'\N{MIDDLE DOT}{d}{east}",
        f"{lat:02d}-{a:02d},{b}{north} - {lon:03d}-{c:02d},{d}{east}",
        f"{lat:02d}{a:02d}{6 * b:02d}{north} {lon:03d}{c:02d}{6 * d:02d}{east}",
        f"{lat:02d}{a:02d}.{b}00,{north},{lon:03d}{c:02d}.{d}00,{east}",
    ]
    if lat == lat_tenths == lon == lon_tenths == 0:
        return
    expected = (dm(lon, c + d / 10) * (1 if east == "E" else -1), dm(lat, a + b / 10) * (1 if north == "N" else -1))
    for form in forms:
        assert parse_position(form) == pytest.approx(expected, abs=1e-9)
