"""Geodesic length and course against GeographicLib."""

import json
import os
import subprocess
import sys
from math import cos, hypot, isnan, nan, pi, radians, sin

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.kernels.geodesy import LONGEST_LINE_M, earth_centred, geodesic_length_m, initial_course_deg
from tests.oracles.geodesics import ahead, course_deg, length_m

MICROMETRE = 1e-6

longitudes = st.floats(-180.0, 180.0)
latitudes = st.floats(-90.0, 90.0)
courses = st.floats(0.0, 360.0, exclude_max=True)
# Lengths from nanometres to the limit, each decade as likely as the next.
lengths = st.floats(-9.0, 6.0).map(lambda power: 10.0**power) | st.just(0.0)


def assert_agrees(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    expected = length_m(lon1, lat1, lon2, lat2)
    if expected > LONGEST_LINE_M:
        return
    found = geodesic_length_m(lon1, lat1, lon2, lat2)
    assert abs(found - expected) < MICROMETRE
    # Sideways error at the far end: what a wrong course does on the ground.
    course = initial_course_deg(lon1, lat1, lon2, lat2)
    assert 0.0 <= course < 360.0
    apart = radians((course - course_deg(lon1, lat1, lon2, lat2) + 180.0) % 360.0 - 180.0)
    if expected > 1e-3 and max(abs(lat1), abs(lat2)) < 89.9999:
        assert abs(sin(apart)) * expected < 10.0 * MICROMETRE
        assert cos(apart) > 0.0


@settings(deadline=None, max_examples=1500)
@given(longitudes, latitudes, courses, lengths)
@example(0.0, 0.0, 90.0, 1e6)
@example(0.0, 0.0, 89.999, 1e6)
@example(12.0, 0.0, 0.0, 1e6)
@example(179.9, 50.0, 90.0, 5e5)
@example(-180.0, -33.0, 270.0, 9.9e5)
@example(0.0, 90.0, 123.0, 1e6)
@example(0.0, -90.0, 0.0, 1e3)
@example(30.0, 89.0, 0.0, 9e5)
def test_length_and_course_agree_with_geographiclib(lon1, lat1, course, distance_m):
    lon2, lat2 = ahead(lon1, lat1, course, distance_m)
    assert_agrees(lon1, lat1, lon2, lat2)
    assert_agrees(lon2, lat2, lon1, lat1)


@settings(deadline=None, max_examples=300)
@given(longitudes, latitudes, courses, lengths)
def test_the_reference_in_c_is_the_one_in_python(lon, lat, course, distance_m):
    """What every other test is measured by, and quickly."""
    there = Geodesic.WGS84.Direct(lat, lon, course, distance_m)
    back = Geodesic.WGS84.Inverse(lat, lon, there["lat2"], there["lon2"])
    assert length_m(*ahead(lon, lat, course, distance_m), there["lon2"], there["lat2"]) < 1e-7
    assert length_m(lon, lat, there["lon2"], there["lat2"]) == pytest.approx(back["s12"], abs=1e-7)
    if distance_m > 1e-3 and max(abs(lat), abs(there["lat2"])) < 89.9999:
        apart = radians(course_deg(lon, lat, there["lon2"], there["lat2"]) - back["azi1"])
        assert abs(sin(apart)) * distance_m < 1e-7
        assert cos(apart) > 0.0


def test_twenty_thousand_seeded_pairs():
    random = np.random.default_rng(20250806)
    worst = 0.0
    for _ in range(20_000):
        lon1 = random.uniform(-180.0, 180.0)
        lat1 = np.degrees(np.arcsin(random.uniform(-1.0, 1.0)))
        lon2, lat2 = ahead(lon1, lat1, random.uniform(0.0, 360.0), 10.0 ** random.uniform(0.0, 6.0))
        expected = length_m(lon1, lat1, lon2, lat2)
        worst = max(worst, abs(geodesic_length_m(lon1, lat1, lon2, lat2) - expected))
    assert worst < MICROMETRE


@pytest.mark.parametrize(
    ("lon1", "lat1", "lon2", "lat2"),
    [
        (1.0, 51.0, 1.0, 51.0),
        (0.0, 90.0, 77.0, 90.0),
        (0.0, -90.0, -120.0, -90.0),
        (180.0, 10.0, -180.0, 10.0),
        (179.999999, 50.0, -179.999999, 50.0),
        (540.0, 50.0, 180.5, 50.0),
        (0.0, 89.999999, 180.0, 89.999999),
        (-45.0, 86.0, 135.0, 86.0),
        (1.0, 51.0, 1.0 + 1e-13, 51.0),
        (1.0, 51.0, 1.0, 51.0 - 1e-13),
        (0.0, 0.0, 8.9, 0.0),
        (0.0, -4.0, 0.0, 4.0),
        (0.0, 1e-12, 5.0, -1e-12),
        (-7.0, 48.0, 5.0, 52.5),
    ],
)
def test_edge_table(lon1, lat1, lon2, lat2):
    assert_agrees(lon1, lat1, lon2, lat2)
    assert_agrees(lon2, lat2, lon1, lat1)


@settings(deadline=None, max_examples=500)
@given(latitudes.filter(lambda lat: abs(lat) < 89.9), st.floats(-1e-12, 1e-12), st.floats(-1.0, 1.0))
def test_a_hair_west_of_north_is_not_a_full_circle(lat, aside, north):
    """`% 360` of a tiny negative angle is 360.0 in floating point."""
    course = initial_course_deg(10.0, lat, 10.0 + aside, max(-90.0, min(90.0, lat + north)))
    assert 0.0 <= course < 360.0


def test_course_at_a_pole_is_below_a_full_circle():
    for lat in (90.0, 89.9999999, 89.99999999999):
        for aside in (1e-13, -1e-13, 1e-14, -3e-14):
            assert 0.0 <= initial_course_deg(0.0, 85.0, aside, lat) < 360.0


def test_coincident_points_have_no_length_and_course_nought():
    assert geodesic_length_m(1.5, 50.5, 1.5, 50.5) == 0.0
    assert initial_course_deg(1.5, 50.5, 1.5, 50.5) == 0.0


@settings(deadline=None, max_examples=300)
@given(longitudes, latitudes, courses, lengths)
def test_chord_is_never_longer_than_the_geodesic(lon1, lat1, course, distance_m):
    lon2, lat2 = ahead(lon1, lat1, course, distance_m)
    a, b = earth_centred(lon1, lat1), earth_centred(lon2, lat2)
    chord = hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
    geodesic = length_m(lon1, lat1, lon2, lat2)
    # The chord of an arc s on the tightest curvature of the ellipsoid; coordinates of 6,400 km carry 1 nm each.
    assert chord <= geodesic + 5e-9
    assert chord >= geodesic * (1.0 - (geodesic / 6_330_000.0) ** 2 / 24.0) - 5e-9


@pytest.mark.parametrize("place", range(4))
def test_unknown_in_unknown_out(place):
    position = [1.0, 51.0, 2.0, 50.0]
    position[place] = nan
    assert isnan(geodesic_length_m(*position))
    assert isnan(initial_course_deg(*position))
    if place < 2:
        assert any(isnan(value) for value in earth_centred(*position[:2]))


PAIRS = [
    (1.3335, 51.11, 1.8345, 50.974),
    (-7.0, 48.0, 1.0, 52.5),
    (179.9, -30.0, -179.0, -29.0),
    (0.0, 90.0, 10.0, 85.0),
    (3.0, 0.0, 3.0 + 1e-9, 0.0),
]


def test_interpreted_and_compiled_code_agree():
    """With NUMBA_DISABLE_JIT=1 the same source runs as plain Python."""
    program = (
        "import json, sys; from engine.kernels.geodesy import geodesic_length_m as g, initial_course_deg as c;"
        "print(json.dumps([[g(*p), c(*p)] for p in json.load(sys.stdin)]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(PAIRS), capture_output=True, text=True, check=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    for pair, (length, course) in zip(PAIRS, json.loads(run.stdout), strict=True):
        assert geodesic_length_m(*pair) == pytest.approx(length, rel=1e-14, abs=1e-9)
        assert initial_course_deg(*pair) == pytest.approx(course, abs=180.0 / pi * 1e-12)
