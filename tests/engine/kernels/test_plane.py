"""The gnomonic plane: round trip, lattice, exact orientation, and how straight its straight lines are."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.plane import LATTICE_M, from_plane, orientation, to_plane
from tests.oracles.geodesics import ahead, bow_m, length_m

ORIGIN = (-1.0, 50.25)
BOX = (-7.0, 48.0, 5.0, 52.5)
longitudes = st.floats(BOX[0], BOX[2])
latitudes = st.floats(BOX[1], BOX[3])


@settings(deadline=None, max_examples=500)
@given(longitudes, latitudes)
def test_round_trip_is_within_half_a_lattice_step(lon, lat):
    x, y = to_plane(lon, lat, *ORIGIN)
    assert length_m(lon, lat, *from_plane(x, y, *ORIGIN)) < 0.72 * LATTICE_M
    assert to_plane(*from_plane(x, y, *ORIGIN), *ORIGIN) == (x, y)


@settings(deadline=None, max_examples=500)
@given(longitudes, latitudes)
def test_points_lie_on_the_lattice_of_a_plane_small_enough_to_be_exact(lon, lat):
    for value in to_plane(lon, lat, *ORIGIN):
        assert value % LATTICE_M == 0.0
        # Differences of two coordinates stay below 2^20 m, so their products fit 53 bits.
        assert abs(value) < 2.0**19


def test_point_of_tangency_is_the_origin():
    assert to_plane(*ORIGIN, *ORIGIN) == (0.0, 0.0)
    assert from_plane(0.0, 0.0, *ORIGIN) == ORIGIN


steps = st.integers(-(2**23), 2**23 - 1)


@settings(deadline=None, max_examples=1000)
@given(st.tuples(steps, steps), st.tuples(steps, steps), st.tuples(steps, steps))
def test_orientation_of_lattice_points_is_exact(a, b, c):
    found = orientation(*(v * LATTICE_M for point in (a, b, c) for v in point))
    exact = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    assert Fraction(found) == Fraction(exact) * Fraction(LATTICE_M) ** 2


@settings(deadline=None, max_examples=500)
@given(st.tuples(steps, steps), st.tuples(st.integers(-(2**11), 2**11), st.integers(-(2**11), 2**11)))
def test_orientation_sees_points_in_line(a, d):
    points = [(a[0] // 4 + d[0] * k, a[1] // 4 + d[1] * k) for k in (0, 3, 700)]
    assert orientation(*(v * LATTICE_M for point in points for v in point)) == 0.0


def drawn_straight(a: tuple[float, float], b: tuple[float, float], pieces: int = 16) -> list[tuple[float, float]]:
    start, end = np.array(to_plane(*a, *ORIGIN)), np.array(to_plane(*b, *ORIGIN))
    return [from_plane(*(start + (end - start) * k / pieces), *ORIGIN) for k in range(pieces + 1)]


def test_straight_legs_bow_less_than_5_m_over_200_km():
    """Measured: 2.61 m at most, along the south edge of the box; a length error of 4.6e-10 of the leg."""
    random = np.random.default_rng(6)
    bow = error = 0.0
    starts = [(random.uniform(-7.0, 5.0), random.uniform(48.0, 52.5)) for _ in range(400)]
    starts += [(lon, lat) for lon in (-6.9, -2.3, -1.0, 2.0, 4.9) for lat in (48.05, 50.25, 52.45)]
    for start in starts:
        for course in (random.uniform(0.0, 360.0), 90.0, 270.0):
            end = ahead(*start, course, 200_000.0)
            if not (BOX[0] <= end[0] <= BOX[2] and BOX[1] <= end[1] <= BOX[3]):
                continue
            leg = drawn_straight(start, end)
            geodesic = length_m(*leg[0], *leg[-1])
            bow = max(bow, bow_m(leg[0], leg[-1], leg[1:-1]))
            error = max(error, sum(length_m(*p, *q) for p, q in pairwise(leg)) / geodesic - 1.0)
    assert 2.0 < bow < 2.8
    assert 0.0 < error < 6e-10


def test_the_longest_leg_of_the_box_bows_55_m():
    leg = drawn_straight((-7.0, 52.5), (5.0, 48.0), 64)
    assert 50.0 < bow_m(leg[0], leg[-1], leg[1:-1]) < 60.0
    assert sum(length_m(*p, *q) for p, q in pairwise(leg)) / length_m(*leg[0], *leg[-1]) - 1.0 < 1e-8
