"""Triangulation, neighbours, look-up and corners on small random harbours."""

import numpy as np
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import LATTICE_M
from geodata.triangulation import Triangulation, seal_pools, triangulate
from tests.oracles.small_harbours import harbour_from, harbours, on_lattice

DEPTHS = (0.0, 1.0, 2.0, 2.5, np.inf)


def triangles_of(harbour):
    mesh = harbour.mesh
    return np.stack([mesh.x[mesh.triangles], mesh.y[mesh.triangles]], axis=2)


def areas_of(harbour):
    a, b, c = np.moveaxis(triangles_of(harbour), 1, 0)
    return 0.5 * ((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))


@settings(deadline=None, max_examples=120)
@given(harbours())
def test_triangles_tile_the_water_exactly(drawn):
    harbour = harbour_from(*drawn)
    areas = areas_of(harbour)
    assert (areas > 0.0).all(), "counter-clockwise and never flat"
    # Noding banks into the water rounds their crossings to the lattice: less than a step along the outlines.
    rim = harbour.water.length + sum(outline.length for _, outline in harbour.banks)
    assert abs(areas.sum() - harbour.water.area) <= (rim * LATTICE_M if harbour.banks else 1e-6)
    for needed in DEPTHS:
        found = areas[harbour.mesh.least_depth >= needed].sum()
        assert abs(found - harbour.free(needed).area) <= 2.0 * rim * LATTICE_M


@settings(deadline=None, max_examples=120)
@given(harbours())
def test_neighbours_are_mutual_and_edges_without_one_lie_on_the_shore(drawn):
    harbour = harbour_from(*drawn)
    mesh = harbour.mesh
    shapes = triangles_of(harbour)
    shore = shapely.buffer(harbour.water.boundary, 2.0 * LATTICE_M)
    for t in range(len(mesh.triangles)):
        for i in range(3):
            other = mesh.neighbours[t, i]
            edge = {int(mesh.triangles[t, (i + 1) % 3]), int(mesh.triangles[t, (i + 2) % 3])}
            if other != NOWHERE:
                assert t in mesh.neighbours[other]
                assert edge <= set(map(int, mesh.triangles[other]))
            else:
                # A crack inside the water would be a wall nobody sees.
                segment = shapely.LineString([shapes[t, (i + 1) % 3], shapes[t, (i + 2) % 3]])
                assert shore.covers(segment)


@settings(deadline=None, max_examples=100)
@given(harbours(), st.integers(0, 2**32 - 1))
def test_locate_agrees_with_shapely(drawn, seed):
    harbour = harbour_from(*drawn)
    random = np.random.default_rng(seed)
    west, south, east, north = harbour.water.bounds
    anywhere = random.uniform((west - 50.0, south - 50.0), (east + 50.0, north + 50.0), (60, 2))
    vertices = np.column_stack([harbour.mesh.x, harbour.mesh.y])
    near = vertices[random.integers(0, len(vertices), 40)] + random.normal(0.0, 1.0, (40, 2))
    shapes = shapely.polygons(triangles_of(harbour))
    whole = shapely.union_all(shapes)
    for x, y in on_lattice(np.vstack([anywhere, near, vertices[:40]])):
        point = shapely.Point(x, y)
        t = locate(harbour.mesh, x, y)
        assert (t != NOWHERE) == bool(shapely.intersects(shapes, point).any())
        if t != NOWHERE:
            assert shapes[t].intersects(point)
        if whole.boundary.distance(point) > 0.5:
            assert (t != NOWHERE) == whole.contains(point)


@settings(deadline=None, max_examples=100)
@given(harbours(), st.sampled_from(DEPTHS))
def test_corners_are_the_reflex_vertices(drawn, needed):
    """The free angle at each vertex, summed over its triangles in floating point, exceeds a half turn at a corner."""
    harbour = harbour_from(*drawn)
    mesh = harbour.mesh
    shapes = triangles_of(harbour)
    is_open = mesh.least_depth >= needed
    angle = np.zeros(len(mesh.x))
    walls = np.zeros(len(mesh.x), int)
    for t in np.flatnonzero(is_open):
        for i in range(3):
            a, b, c = shapes[t, i], shapes[t, (i + 1) % 3], shapes[t, (i + 2) % 3]
            u, v = b - a, c - a
            angle[mesh.triangles[t, i]] += np.arctan2(u[0] * v[1] - u[1] * v[0], u @ v)
            other = mesh.neighbours[t, i]
            if other == NOWHERE or not is_open[other]:
                walls[mesh.triangles[t, (i + 1) % 3]] += 1
                walls[mesh.triangles[t, (i + 2) % 3]] += 1
    closed = walls > 2
    corners = harbour.corners(needed)
    found = corners.of_vertex != NOWHERE
    sure = np.abs(angle - np.pi) > 1e-9
    expected = (walls > 0) & ((angle > np.pi) | closed)
    assert np.array_equal(found[sure | closed], expected[sure | closed])
    # A flat vertex is never a corner: a path does not bend there.
    assert not found[~sure & ~closed].any()
    for c, v in enumerate(corners.vertex):
        assert corners.of_vertex[v] == c
        if not closed[v]:
            assert len({int(v), int(corners.before[c]), int(corners.after[c])}) == 3


@settings(deadline=None, max_examples=80)
@given(harbours())
def test_sealed_pools_leave_every_depth_connected(drawn):
    harbour = harbour_from(*drawn)
    mesh = harbour.mesh
    assume(np.isinf(mesh.least_depth).any())
    points = np.column_stack([mesh.x, mesh.y])
    sealed = seal_pools(Triangulation(points, mesh.triangles, mesh.least_depth))
    areas = areas_of(harbour)
    assert (sealed.least_depth <= mesh.least_depth).all()
    for needed in DEPTHS:
        before, after = mesh.least_depth >= needed, sealed.least_depth >= needed
        pieces = connected_pieces(mesh.neighbours, before)
        start = max(connected_pieces(mesh.neighbours, np.isinf(mesh.least_depth)), key=lambda piece: areas[piece].sum())
        sea = next(piece for piece in pieces if start[0] in piece)
        assert set(np.flatnonzero(after)) == set(sea)


def connected_pieces(neighbours, is_open):
    """Connected sets of open triangles, each a list of numbers."""
    unseen = is_open.copy()
    pieces = []
    for first in np.flatnonzero(is_open):
        if not unseen[first]:
            continue
        unseen[first] = False
        piece = [int(first)]
        for t in piece:
            for other in neighbours[t]:
                if other != NOWHERE and unseen[other]:
                    unseen[other] = False
                    piece.append(int(other))
        pieces.append(piece)
    return pieces


def test_overlapping_banks_count_the_shallower():
    water = shapely.box(0.0, 0.0, 1000.0, 1000.0)
    banks = [(3.0, shapely.box(100.0, 100.0, 600.0, 600.0)), (1.0, shapely.box(400.0, 400.0, 900.0, 900.0))]
    cut = triangulate(water, banks)
    middle = cut.points[cut.triangles].mean(axis=1)
    for (x, y), depth in zip(middle, cut.least_depth, strict=True):
        item, three = 400 < x < 900 and 400 < y < 900, 100 < x < 600 and 100 < y < 600
        assert depth == (1.0 if item else 3.0 if three else np.inf)
