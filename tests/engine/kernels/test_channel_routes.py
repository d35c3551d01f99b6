"""Ten thousand routes in the real Channel, drawn as the product draws them, against the unsimplified coast."""

from itertools import pairwise

import numpy as np
import pytest

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import from_plane, to_plane
from engine.kernels.shortest_paths import DIRECT, distances_to_targets, lengths_of_trees
from engine.kernels.visibility import SearchSpace, mesh_point
from engine.routes import _drawn, passage_between, reach_from, straight_line_m, track_to_port
from geodata.mesh import build_trees, targets_from
from tests.oracles import coast
from tests.oracles.geodesics import length_m

ORIGIN = (-1.0, 50.25)
PLACES = 100


@pytest.fixture(scope="module")
def places(world):
    """100 positions on the mesh: half all over the box, half in the strip along the coasts where routes are crooked."""
    random = np.random.default_rng(41)
    mesh = world.water.mesh
    points = []
    while len(points) < PLACES // 2:
        x, y = to_plane(random.uniform(-7.0, 5.0), random.uniform(48.0, 52.5), *ORIGIN)
        t = locate(mesh, x, y)
        if t != NOWHERE and np.isinf(mesh.least_depth[t]):
            points.append((x, y))
    while len(points) < PLACES:
        middle = mesh.triangles[random.integers(0, len(mesh.triangles))]
        x, y = (round(float(axis[middle].mean()) * 16.0) / 16.0 for axis in (mesh.x, mesh.y))
        t = locate(mesh, x, y)
        if t != NOWHERE and np.isinf(mesh.least_depth[t]):
            points.append((x, y))
    return np.array([from_plane(x, y, *ORIGIN) for x, y in points])


@pytest.fixture(scope="module")
def routes(world, places):
    """Lengths and tracks of all 10,000 routes among the places, for a vessel that keeps off every bank."""
    water, needed = world.water, float("inf")
    mesh, corners = water.mesh, world.depth_classes[-1].tables.corners
    targets = targets_from(mesh, places)
    following = build_trees(mesh, targets, needed)
    tables = lengths_of_trees(mesh, corners, targets, following)
    lengths, tracks = np.empty((PLACES, PLACES)), {}
    for n, (lon, lat) in enumerate(places):
        x, y = to_plane(lon, lat, *ORIGIN)
        point = mesh_point(lon, lat, x, y, locate(mesh, x, y), NOWHERE)
        lengths[n], via = distances_to_targets(SearchSpace(mesh, corners, targets, needed), tables, point)
        for p in range(PLACES):
            plane, corner = [(x, y)], int(via[p])
            while corner != DIRECT:
                vertex = corners.vertex[corner]
                plane.append((float(mesh.x[vertex]), float(mesh.y[vertex])))
                corner = int(following[corner, p])
            plane.append((float(targets.x[p]), float(targets.y[p])))
            tracks[n, p] = tuple(_drawn(water, plane))
    return lengths, tracks


def sailed_m(track):
    return sum(geodesic_length_m(*a, *b) for a, b in pairwise(track))


def test_every_place_reaches_every_other(routes):
    assert np.isfinite(routes[0]).all()


def test_no_route_touches_land(routes):
    assert coast.on_land(coast.segments_of(list(routes[1].values()))) == []


def test_no_route_is_shorter_than_the_geodesic(routes, places):
    straight = np.array([[length_m(*a, *b) for b in places] for a in places])
    assert (routes[0] >= straight - 1e-6).all()


def test_there_and_back_are_equally_long(routes):
    assert np.abs(routes[0] - routes[0].T).max() < 1e-3


def test_triangle_inequality_over_all_triples(routes):
    """A straight leg of the plane is not quite the geodesic, yet no excess shows: measured, none above rounding."""
    lengths = routes[0]
    for k in range(PLACES):
        assert (lengths <= lengths[:, k, None] + lengths[None, k, :] + 1e-3).all()


def test_tracks_are_as_long_as_stated(routes):
    lengths, tracks = routes
    for (n, p), track in tracks.items():
        if n != p:
            assert sailed_m(track) == pytest.approx(lengths[n, p], rel=1e-3, abs=0.1)


def test_passages_agree_with_the_tables(world, routes, places):
    """`passage_between` searches anew, without tables: the same length, a legal track."""
    lengths = routes[0]
    tables = world.depth_classes[-1].tables
    random = np.random.default_rng(17)
    tracks = []
    for n, p in random.integers(0, PLACES, (80, 2)):
        passage = passage_between(world, tables, tuple(map(float, places[n])), tuple(map(float, places[p])))
        assert passage.length_m == pytest.approx(lengths[n, p], abs=1e-3)
        assert passage.track[0] == pytest.approx(tuple(places[n]), abs=1e-9)
        assert passage.track[-1] == pytest.approx(tuple(places[p]), abs=1e-9)
        assert sailed_m(passage.track) == pytest.approx(passage.length_m, rel=1e-3, abs=0.1)
        tracks.append(passage.track)
    assert coast.on_land(coast.segments_of(tracks)) == []


def test_a_passage_to_or_from_a_vertex_of_the_mesh(world):
    """Whoever asks from a bend of an earlier route asks from a vertex."""
    mesh, tables = world.water.mesh, world.depth_classes[0].tables
    random = np.random.default_rng(2)
    for v, u in random.integers(0, len(mesh.x), (20, 2)):
        a, b = ((float(mesh.lon[k]), float(mesh.lat[k])) for k in (v, u))
        out, back = passage_between(world, tables, a, b), passage_between(world, tables, b, a)
        assert np.isfinite(out.length_m)
        assert out.length_m == pytest.approx(back.length_m, abs=1e-3)
        by_way = (
            passage_between(world, tables, a, (-3.0, 50.0)).length_m
            + passage_between(world, tables, (-3.0, 50.0), b).length_m
        )
        assert out.length_m <= by_way + 1e-2


@pytest.mark.parametrize("number", [0, 3])
def test_routes_from_sixty_positions_to_every_port(world, places, number):
    """10,140 routes a depth class to the landing, harbour leg included: clear of land, as long as stated."""
    tables = world.depth_classes[number].tables
    tracks = []
    for lon, lat in places[20:80]:
        reach = reach_from(world, tables, lon, lat)
        for p, port in enumerate(world.ports):
            track = track_to_port(world, tables, reach, p)
            if np.isinf(reach.distance_m[p]):
                assert track == ()
                continue
            drawn_m = 0.0
            if len(port.harbour_leg):
                drawn_m = sailed_m([tuple(point) for point in port.harbour_leg])
                # A stated leg through water that is drawn by hand keeps its length: the line is approximate.
                tolerance = 1e-3 if port.facts["harbour_leg_basis"] == "coast" else 0.3
                assert world.columns.harbour_leg_m[p] == pytest.approx(drawn_m, rel=tolerance, abs=1.0)
            if reach.entered_at[p] == NOWHERE:
                assert sailed_m(track) == pytest.approx(reach.distance_m[p] + drawn_m, rel=1e-3, abs=0.5)
                assert reach.distance_m[p] >= straight_line_m((lon, lat), port.approach) - 1e-6
            tracks.append(track)
    assert len(tracks) == 60 * len(world.ports)
    assert coast.on_land(coast.segments_of(tracks)) == []
