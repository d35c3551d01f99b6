"""Ways off a bank: each port by its best one, and what is kept of the ends of the rim's edges is exact."""

import numpy as np
import pytest

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import from_plane, to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.shoal_exit import find_exit_points
from engine.kernels.shortest_paths import distances_to_targets
from engine.kernels.snap import COARSE_REACH_M, ON_BANK, is_boundary_within, nudge_inside, vertex_at
from engine.kernels.visibility import SearchSpace, mesh_point

SECTORS = 16


@pytest.fixture(scope="module")
def deep(world):
    """The class in which every bank is a wall."""
    return world.depth_classes[-1].tables


def measured_from(world, depth_class, x, y, t):
    """Lengths and first corners from a point of the plane, found anew; and the point as a position."""
    mesh = world.water.mesh
    lon, lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
    space = SearchSpace(mesh, depth_class.corners, world.water.ports, depth_class.needed_depth_m)
    point = mesh_point(lon, lat, x, y, t, vertex_at(mesh, t, x, y))
    lengths, via = distances_to_targets(space, depth_class.distance, point)
    return lengths, via, (lon, lat)


def banks(world, depth_class, count):
    """Positions on banks, in the middle of triangles of every size."""
    mesh = world.water.mesh
    shallow = np.flatnonzero(np.isfinite(mesh.least_depth) & (mesh.least_depth < depth_class.needed_depth_m))
    for t in np.random.default_rng(7).choice(shallow, 3 * count, replace=False):
        corners = mesh.triangles[t]
        lon, lat = mesh.lon[corners].mean(), mesh.lat[corners].mean()
        reach = reach_ports(world.water, depth_class, lon, lat)
        # Near a landing the harbour leg may be joined elsewhere.
        if reach.kind == ON_BANK and (reach.entered_at == NOWHERE).all():
            yield (lon, lat), reach
            count -= 1
        if count == 0:
            return


def test_the_kept_lengths_from_the_ends_of_edges_are_those_measured_anew(world, deep):
    mesh, rim, ends = world.water.mesh, deep.rim, deep.edge_ends
    assert ends.distance.shape == (2 * len(rim.shallow), len(world.water.ports.x)) == ends.via.shape
    joined = 0
    for row in range(0, len(ends.distance), 9):
        edge = rim.shallow[row // 2]
        vertex = (rim.start, rim.end)[row % 2][edge]
        x, y, found = nudge_inside(mesh, rim.triangle[edge], mesh.x[vertex], mesh.y[vertex])
        if found:
            lengths, via, _ = measured_from(world, deep, x, y, rim.triangle[edge])
            np.testing.assert_array_equal(ends.distance[row], lengths)
            np.testing.assert_array_equal(ends.via[row], via)
            joined += 1
        else:
            assert np.isinf(ends.distance[row]).all()
            assert (ends.via[row] == NOWHERE).all()
    assert joined > 100


def test_each_port_is_reached_by_the_best_of_all_ways_off(world, deep):
    mesh, limits = world.water.mesh, world.water.limits
    at_ends = between = 0
    for (lon, lat), reach in banks(world, deep, 25):
        x, y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        end_x, end_y = to_plane(*reach.path[-1], mesh.origin_lon_deg, mesh.origin_lat_deg)
        reach_m = limits.bank_reach_m
        # In the midst of wide flats hops may be longer.
        if np.hypot(end_x - x, end_y - y) > reach_m and not is_boundary_within(mesh, deep.rim, x, y, reach_m):
            reach_m = COARSE_REACH_M
        ways = find_exit_points(mesh, deep.rim, world.water.shore, x, y, reach_m)
        at_ends += (ways.edge_end != NOWHERE).sum()
        between += (ways.edge_end == NOWHERE).sum()
        # The way by which the position joins is one of them too, over whatever edge it leads.
        points = [(end_x, end_y, locate(mesh, end_x, end_y))]
        points += [(*point, t) for point, t in zip(ways.points, ways.triangle, strict=True)]
        lengths, places = [], []
        for point_x, point_y, t in points:
            onward, _, place = measured_from(world, deep, point_x, point_y, t)
            lengths.append(onward + geodesic_length_m(lon, lat, *place))
            places.append(place)
        np.testing.assert_allclose(reach.distance_m, np.min(lengths, axis=0), rtol=0.0, atol=1e-6)
        for p, best in enumerate(np.argmin(lengths, axis=0)):
            others = np.delete(np.array(lengths)[:, p], best)
            if others.min(initial=np.inf) > lengths[best][p] + 1.0:
                np.testing.assert_allclose(reach.joined[p], places[best], atol=1e-9)
    assert at_ends > 50
    assert between > 25


def test_ways_off_are_the_nearest_of_their_sectors(world, deep):
    """By brute force over a thousand points of every shallow edge."""
    mesh, rim, limits = world.water.mesh, deep.rim, world.water.limits
    shares = np.linspace(0.0, 1.0, 1001)[:, None]
    a, b = rim.start[rim.shallow], rim.end[rim.shallow]
    along_x = mesh.x[a] + shares * (mesh.x[b] - mesh.x[a])
    along_y = mesh.y[a] + shares * (mesh.y[b] - mesh.y[a])
    as_near = farther = 0
    for (lon, lat), _ in banks(world, deep, 8):
        x, y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        away = np.hypot(along_x - x, along_y - y)
        nearest = away.argmin(axis=0), np.arange(len(a))
        angle = np.arctan2(along_y[nearest] - y, along_x[nearest] - x)
        sector = ((angle + np.pi) / (2.0 * np.pi) * SECTORS).astype(int) % SECTORS
        ways = find_exit_points(mesh, rim, world.water.shore, x, y, limits.bank_reach_m)
        found = np.full(SECTORS, np.inf)
        for point_x, point_y in ways.points:
            turn = (np.arctan2(point_y - y, point_x - x) + np.pi) / (2.0 * np.pi) * SECTORS
            found[int(turn) % SECTORS] = np.hypot(point_x - x, point_y - y)
        for k in range(SECTORS):
            least = away[nearest][sector == k].min(initial=np.inf)
            # Land may bar the nearest one; a step inside the triangle lengthens it, or shifts it over the border.
            if np.isfinite(found[k]) and least <= limits.bank_reach_m:
                assert found[k] > least - 1.0
                as_near += found[k] < least + 1.0
                farther += found[k] >= least + 1.0
    assert as_near > 9 * farther
