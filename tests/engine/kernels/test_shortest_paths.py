"""Shortest paths against brute force: a visibility graph over all vertices, drawn by shapely."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.shortest_paths import DIRECT, distances_to_targets, lengths_of_trees, path_between
from engine.kernels.snap import vertex_at
from engine.kernels.visibility import SearchSpace, mesh_point
from geodata.plane import unproject
from tests.oracles.small_harbours import (
    ORIGIN,
    brute_force,
    crowded_harbour,
    harbour_from,
    harbours,
    random_points,
    targets_at,
    trees_of,
)

NEEDED = (0.0, 1.0, 2.5, np.inf)

RELATIVE = 1e-9
"""Both sides weigh each straight leg of the plane by its geodesic. Brute force may also bend at vertices that are no
corners, and could gain by it, since a straight leg of the plane is not quite the geodesic. On these 4 km it bows 1 mm,
which is worth 1e-13 of the length: less than the rounding. The worst difference measured is 6 nm."""


def distances(harbour, targets, tables, needed, point):
    """`distances_to_targets` from a lattice point of the plane."""
    mesh = harbour.mesh
    lon, lat = unproject(point[None, :], *ORIGIN)[0]
    t = locate(mesh, *point)
    space = SearchSpace(mesh, harbour.corners(needed), targets, needed)
    return distances_to_targets(space, tables, mesh_point(lon, lat, *point, t, vertex_at(mesh, t, *point)))


def path(harbour, end, needed, point):
    """`path_between` from a lattice point to the first target."""
    mesh = harbour.mesh
    lon, lat = unproject(point[None, :], *ORIGIN)[0]
    t = locate(mesh, *point)
    space = SearchSpace(mesh, harbour.corners(needed), end, needed)
    return path_between(space, mesh_point(lon, lat, *point, t, vertex_at(mesh, t, *point)))


def open_points(harbour, needed, count, seed):
    """Lattice points in water deep enough, off the lines where look-up may name the shallow side."""
    free = shapely.buffer(harbour.free(needed), -0.5)
    return random_points(harbour, count, seed, free)


def close(found, expected):
    same = np.isinf(found) == np.isinf(expected)
    finite = np.isfinite(expected) & np.isfinite(found)
    return same.all() and np.allclose(found[finite], expected[finite], rtol=RELATIVE, atol=1e-6)


@settings(deadline=None, max_examples=150)
@given(harbours(), st.integers(0, 2**32 - 1), st.sampled_from(NEEDED))
def test_distances_equal_brute_force(drawn, seed, needed):
    harbour = harbour_from(*drawn)
    points = open_points(harbour, needed, 10, seed)
    assume(len(points) == 10)
    distances_equal_brute_force(harbour, points, needed)


@pytest.mark.parametrize("needed", NEEDED)
def test_distances_in_crowded_harbours_equal_brute_force(needed):
    for seed in range(25):
        harbour = crowded_harbour(seed)
        points = open_points(harbour, needed, 10, seed)
        distances_equal_brute_force(harbour, points, needed)


def distances_equal_brute_force(harbour, points, needed):
    expected = brute_force(harbour.tiled(needed), points)
    as_drawn = brute_force(harbour.free(needed), points)
    # A bank that meets the shore puts a lattice vertex on it, up to 0.05 m aside; without banks nothing moves.
    both = np.isfinite(expected) & np.isfinite(as_drawn)
    assert (np.abs(expected[both] - as_drawn[both]) < (0.3 if harbour.banks else 1e-6)).all()
    targets = targets_at(harbour, points[:4])
    corners = harbour.corners(needed)
    following = trees_of(harbour, targets, needed)
    tables = lengths_of_trees(harbour.mesh, corners, targets, following)
    # Crossings of banks were rounded to the lattice when they were noded into the water.
    water = shapely.buffer(harbour.free(needed), 0.125)
    shapely.prepare(water)
    for n in range(len(points)):
        found, via = distances(harbour, targets, tables, needed, points[n])
        assert close(found, expected[n, :4]), (n, found, expected[n, :4])
        assert ((via == NOWHERE) == np.isinf(found)).all()
        for p in range(4):
            end = targets_at(harbour, points[p : p + 1])
            length, bends = path(harbour, end, needed, points[n])
            assert close(np.array([length]), expected[n, p : p + 1])
            if np.isfinite(length):
                for bent, sailed in (
                    (corners.vertex[bends], length),
                    (along(corners, following[:, p], via[p]), found[p]),
                ):
                    walk_is_legal(harbour.mesh, water, points[n], bent, points[p], sailed)


def along(corners, following, corner):
    """Vertices of the tree from a first corner on."""
    vertices = []
    while corner != DIRECT:
        vertices.append(corners.vertex[corner])
        corner = following[corner]
    return vertices


def walk_is_legal(mesh, water, start, vertices, end, length_m):
    """The way stays in the water and is as long as it says."""
    way = [start, *([mesh.x[v], mesh.y[v]] for v in vertices), end]
    positions = unproject(np.array(way, float), *ORIGIN)
    for a, b in pairwise(way):
        assert water.covers(shapely.LineString([a, b]))
    sailed = sum(geodesic_length_m(*a, *b) for a, b in pairwise(positions))
    assert sailed == pytest.approx(length_m, rel=1e-12, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(harbours(), st.integers(0, 2**32 - 1), st.sampled_from(NEEDED))
def test_distances_from_the_vertices_themselves_equal_brute_force(drawn, seed, needed):
    """Start on a corner, on a wall, at a pinch: the points a search by triangles finds hardest."""
    harbour = harbour_from(*drawn)
    points = open_points(harbour, needed, 3, seed)
    assume(len(points) == 3)
    free = harbour.tiled(needed)
    vertices = np.unique(shapely.get_coordinates(free), axis=0)
    vertices = vertices[np.random.default_rng(seed).permutation(len(vertices))[:8]]
    mesh = harbour.mesh
    holders = [locate(mesh, x, y) for x, y in vertices]
    held = [t != NOWHERE and vertex_at(mesh, t, *v) != NOWHERE for t, v in zip(holders, vertices, strict=True)]
    vertices = vertices[held]
    assume(len(vertices) > 0)
    expected = brute_force(free, np.vstack([points, vertices]))[3:, :3]
    targets = targets_at(harbour, points)
    tables = lengths_of_trees(mesh, harbour.corners(needed), targets, trees_of(harbour, targets, needed))
    for n, vertex in enumerate(vertices):
        assert close(distances(harbour, targets, tables, needed, vertex)[0], expected[n])


@settings(deadline=None, max_examples=60)
@given(harbours(), st.integers(0, 2**32 - 1), st.sampled_from(NEEDED))
def test_there_and_back_and_by_way_of(drawn, seed, needed):
    """Forward equals backward, the triangle inequality holds, nothing is shorter than the geodesic."""
    harbour = harbour_from(*drawn)
    points = open_points(harbour, needed, 6, seed)
    assume(len(points) == 6)
    targets = targets_at(harbour, points)
    tables = lengths_of_trees(harbour.mesh, harbour.corners(needed), targets, trees_of(harbour, targets, needed))
    table = np.array([distances(harbour, targets, tables, needed, point)[0] for point in points])
    assert close(table, table.T)
    with np.errstate(invalid="ignore"):
        for k in range(6):
            assert (table <= table[:, k, None] + table[None, k, :] + 1e-6).all()
    positions = unproject(points, *ORIGIN)
    straight = np.array([[geodesic_length_m(*a, *b) for b in positions] for a in positions])
    assert (table >= straight - 1e-6).all()


@settings(deadline=None, max_examples=60)
@given(harbours(), harbours(), st.integers(0, 2**32 - 1))
def test_another_obstacle_never_shortens(drawn, more, seed):
    free = harbour_from(*drawn)
    hindered = harbour_from(drawn[0] + more[0][:1], drawn[1])
    both = shapely.buffer(shapely.intersection(free.water, hindered.water), -1.0)
    points = random_points(free, 5, seed, both)
    assume(len(points) == 5)
    tables = []
    for harbour in (free, hindered):
        targets = targets_at(harbour, points)
        legs = lengths_of_trees(harbour.mesh, harbour.corners(0.0), targets, trees_of(harbour, targets, 0.0))
        tables.append(np.array([distances(harbour, targets, legs, 0.0, point)[0] for point in points]))
    assert (tables[1] >= tables[0] * (1.0 - RELATIVE) - 1e-6).all()


@settings(deadline=None, max_examples=60)
@given(harbours(), st.integers(0, 2**32 - 1))
def test_more_draught_never_shortens(drawn, seed):
    harbour = harbour_from(*drawn)
    points = open_points(harbour, np.inf, 5, seed)
    assume(len(points) == 5)
    last = np.zeros((5, 5))
    for needed in NEEDED:
        targets = targets_at(harbour, points)
        legs = lengths_of_trees(harbour.mesh, harbour.corners(needed), targets, trees_of(harbour, targets, needed))
        table = np.array([distances(harbour, targets, legs, needed, point)[0] for point in points])
        assert (table >= last * (1.0 - RELATIVE) - 1e-6).all()
        last = table


def test_a_target_behind_a_closed_wall_is_out_of_reach():
    wall = shapely.box(1900.0, 1900.0, 2500.0, 2500.0).difference(shapely.box(1950.0, 1950.0, 2450.0, 2450.0))
    moat = [(0.5, shapely.box(800.0, 800.0, 3500.0, 3500.0).difference(shapely.box(1000.0, 1000.0, 3300.0, 3300.0)))]
    harbour = harbour_from([wall], moat)
    points = np.array([[150_400.0, 60_400.0], [151_500.0, 61_500.0]])
    for needed, expected in ((0.0, True), (0.5, True), (1.0, False), (np.inf, False), (np.nan, False)):
        targets = targets_at(harbour, points)
        legs = lengths_of_trees(harbour.mesh, harbour.corners(needed), targets, trees_of(harbour, targets, needed))
        found, via = distances(harbour, targets, legs, needed, points[0])
        assert np.isfinite(found[1]) == expected
        assert (via[1] != NOWHERE) == expected
        assert np.isfinite(path(harbour, targets_at(harbour, points[1:]), needed, points[0])[0]) == expected


def test_a_pinch_of_no_width_lets_a_path_through():
    """Two blocks that touch in one point: for shapely's `covers` and for the kernels alike, water touches there too."""
    blocks = [shapely.box(1000.0, 1000.0, 2000.0, 2000.0), shapely.box(2000.0, 2000.0, 3000.0, 3000.0)]
    harbour = harbour_from(blocks, [])
    # Through it in a straight line, and bent round it.
    points = np.array([[151_500.0, 62_500.0], [152_500.0, 61_500.0], [151_100.0, 62_100.0], [152_900.0, 61_990.0]])
    expected = brute_force(harbour.water, points)
    targets = targets_at(harbour, points)
    legs = lengths_of_trees(harbour.mesh, harbour.corners(0.0), targets, trees_of(harbour, targets, 0.0))
    for n in range(4):
        assert close(distances(harbour, targets, legs, 0.0, points[n])[0], expected[n])
        for p in range(4):
            end = targets_at(harbour, points[p : p + 1])
            assert close(np.array([path(harbour, end, 0.0, points[n])[0]]), expected[n, [p]])
    assert expected[0, 1] < 1500.0
