"""Is it land, does it cross, where is the shore: against shapely on the real coast."""

import numpy as np
import pytest
import shapely

from engine.kernels.plane import LATTICE_M, from_plane, to_plane
from engine.kernels.shore import crosses_land, is_land, nearest_shore
from tests.oracles import coast

ORIGIN = (-1.0, 50.25)


@pytest.fixture(scope="module")
def shore(world):
    return world.water.shore


@pytest.fixture(scope="module")
def points(world):
    """20,000 lattice points in the box: a third anywhere, the rest from centimetres to a kilometre off the shore."""
    random = np.random.default_rng(5)
    anywhere = [to_plane(random.uniform(-7.0, 5.0), random.uniform(48.0, 52.5), *ORIGIN) for _ in range(7000)]
    edges = shapely.get_coordinates(coast.edges_on_plane(ORIGIN)).reshape(-1, 2, 2)
    chosen = edges[random.integers(0, len(edges), 13_500)]
    along = random.uniform(0.0, 1.0, (13_500, 1))
    away = 10.0 ** random.uniform(-1.0, 3.0, (13_500, 1)) * random.choice([-1.0, 1.0], (13_500, 2))
    near = chosen[:, 0] * (1.0 - along) + chosen[:, 1] * along + away * random.uniform(0.0, 1.0, (13_500, 2))
    near = np.round(near / LATTICE_M) * LATTICE_M
    inside = [p for p in near if _in_box(world, from_plane(*p, *ORIGIN))]
    return np.array([*anywhere, *inside[:13_000]])


def _in_box(world, position):
    west, south, east, north = world.box
    return west < position[0] < east and south < position[1] < north


@pytest.fixture(scope="module")
def tree():
    return shapely.STRtree(coast.edges_on_plane(ORIGIN))


def test_is_land_agrees_with_shapely(shore, points, tree):
    filled = coast.rings_on_plane(ORIGIN)
    which, _ = shapely.STRtree(filled).query(shapely.points(points), predicate="within")
    expected = np.bincount(which, minlength=len(points)) % 2 == 1
    found = np.array([is_land(shore, x, y) for x, y in points])
    # Land ends at the box in the oracle, on the rim itself either answer will do; so it will on the shoreline.
    wrong = np.flatnonzero(found != expected)
    _, distance = tree.query_nearest(shapely.points(points[wrong]), return_distance=True, all_matches=False)
    assert len(points) == 20_000
    assert 3000 < expected.sum() < 17_000
    assert (distance <= LATTICE_M).all(), points[wrong][distance > LATTICE_M]


def test_nearest_shore_agrees_with_shapely(shore, points, tree):
    _, expected = tree.query_nearest(shapely.points(points), return_distance=True, all_matches=False)
    for (x, y), distance in zip(points[::4], expected[::4], strict=True):
        near_x, near_y, found = nearest_shore(shore, x, y, 1000.0)
        if distance <= 1000.0:
            assert found == pytest.approx(distance, abs=1e-6)
            assert np.hypot(near_x - x, near_y - y) == pytest.approx(found, abs=1e-9)
        else:
            assert np.isinf(found)
            assert (near_x, near_y) == (x, y)


def test_crosses_land_agrees_with_shapely(shore, points, tree):
    random = np.random.default_rng(8)
    away = random.normal(0.0, 1.0, points.shape) * 10.0 ** random.uniform(-1.0, 4.0, (len(points), 1))
    ends = points + np.round(away / LATTICE_M) * LATTICE_M
    segments = shapely.linestrings(np.stack([points, ends], axis=1))
    hit, _ = tree.query(segments, predicate="intersects")
    expected = np.zeros(len(points), bool)
    expected[hit] = True
    found = np.array([crosses_land(shore, *a, *b) for a, b in zip(points, ends, strict=True)])
    # The shore runs on outside the box, where the oracle has none.
    inside = np.array([_in_box_with_room(from_plane(*b, *ORIGIN)) for b in ends])
    assert 2000 < expected[inside].sum() < 18_000
    assert np.array_equal(found[inside], expected[inside])


def _in_box_with_room(position):
    return -6.99 < position[0] < 4.99 and 48.001 < position[1] < 52.499


def test_a_point_on_the_shore_touches_it(shore):
    """Vertices and middles of edges: exactly on the line is a crossing, at a distance of nought."""
    edges = shore.edges[:: len(shore.edges) // 500]
    for x1, y1, x2, y2 in edges:
        assert crosses_land(shore, x1, y1, x1 + 1.0, y1)
        assert crosses_land(shore, x2 - 64.0, y2, x2, y2)
        assert nearest_shore(shore, x1, y1, 10.0) == (x1, y1, 0.0)


def test_where_the_box_cuts_land_there_is_no_shore(shore):
    """The cut at 48 N through Brittany and Normandy, at 52.5 N through Ireland, Wales and East Anglia, at 5 E."""
    for lon, lat in ((-3.5, 48.0002), (-2.0, 48.05), (0.0, 48.0002), (2.0, 48.09), (-6.6, 52.4998), (-3.5, 52.4998),
                     (1.0, 52.4998), (4.9998, 52.3), (-6.9998, 52.3)):  # fmt: skip
        x, y = to_plane(lon, lat, *ORIGIN)
        assert is_land(shore, x, y), (lon, lat)
        assert np.isinf(nearest_shore(shore, x, y, 100.0)[2])
