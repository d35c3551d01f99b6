"""Ports measured from a shared patch, held against ports measured from the position alone."""

import numpy as np
import pytest
from shapely import Point, Polygon, box

from api.replay.batch_patches import BatchPatches
from engine.build_patches import _common, _middle_of, build_patch
from engine.kernels.mesh import NOWHERE, contains, locate
from engine.kernels.plane import LATTICE_M, from_plane, to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.snap import ON_MESH, vertex_at
from engine.measure_in_patch import allocate_patch_workspace, patch_distances, set_position
from engine.patch import is_near_a_harbour, patch_from_table


def neighbours(mesh, random, lon, lat, radius_m, count):
    """Positions round one, in its triangle."""
    x, y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
    t = locate(mesh, x, y)
    found = []
    for _ in range(200):
        at = x + radius_m * random.uniform(-0.7, 0.7), y + radius_m * random.uniform(-0.7, 0.7)
        place = from_plane(*at, mesh.origin_lon_deg, mesh.origin_lat_deg)
        px, py = to_plane(*place, mesh.origin_lon_deg, mesh.origin_lat_deg)
        if contains(mesh, t, px, py) and vertex_at(mesh, t, px, py) == NOWHERE and len(found) < count:
            found.append((*place, px, py))
    return t, found


@pytest.mark.parametrize("radius_m", [100.0, 1000.0, 4000.0])
@pytest.mark.parametrize("depth", [0, 3])
def test_every_port_is_as_far_as_from_the_position_alone(world, radius_m, depth):
    water, tables = world.water, world.depth_classes[depth].tables
    mesh = water.mesh
    random = np.random.default_rng(int(radius_m) + depth)
    fix = allocate_patch_workspace(water, tables)
    compared = shared = 0
    while shared < 12:
        lon, lat = random.uniform(-6.5, 4.5), random.uniform(48.5, 52.0)
        # Nothing is shared from a middle in a harbour: from there the way to the landing is another one.
        x, y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        if reach_ports(water, tables, lon, lat).kind != ON_MESH or is_near_a_harbour(water, x, y):
            continue
        t, places = neighbours(mesh, random, lon, lat, radius_m, 3)
        # To the ports beyond those listed any of its corners may come first.
        listed_count = (len(world.ports), 30, 0)[shared % 3]
        patch = build_patch(water, tables, lon, lat, t, radius_m + LATTICE_M, listed_count)
        if patch.triangle == NOWHERE:
            continue
        shared += 1
        for place_lon, place_lat, px, py in places:
            if is_near_a_harbour(water, px, py):
                continue
            alone = reach_ports(water, tables, place_lon, place_lat)
            set_position(fix, patch, place_lon, place_lat, px, py)
            for nth in random.permutation(len(world.ports)):
                patch_distances(water, tables, patch, fix, nth)
            np.testing.assert_array_equal(fix.reach.distance_m, alone.distance_m)
            np.testing.assert_array_equal(fix.reach.harbour_m, alone.harbour_m)
            np.testing.assert_array_equal(fix.reach.touched, alone.touched)
            np.testing.assert_array_equal(fix.reach.poor, alone.poor)
            np.testing.assert_array_equal(fix.reach.via, alone.via)
            assert (alone.entered_at == NOWHERE).all()
            # And no farther from the middle than the patch promises.
            reached = np.isfinite(alone.distance_m)
            off_m = np.abs(alone.distance_m - by_port(patch))[reached]
            assert off_m.max() <= patch.radius_m
            compared += 1
    assert compared > 15


def by_port(patch):
    """Distances from the middle of a patch, by port. [m]"""
    distance_m = np.empty(len(patch.ports))
    distance_m[patch.ports] = patch.distance_m
    return distance_m


def test_rows_round_a_harbour_are_measured_from_outside_it(world):
    """The middle of their patch may lie inside, where the way to the landing is another one."""
    water, tables = world.water, world.depth_classes[0].tables
    mesh, legs = water.mesh, water.legs
    random = np.random.default_rng(7)
    fix = allocate_patch_workspace(water, tables)
    neighbours = BatchPatches()
    compared = 0
    for p in range(len(world.ports)):
        last = legs.start[p + 1] - 1
        if last < legs.start[p]:
            continue
        x, y = legs.x[last], legs.y[last]
        out_m = np.hypot(x - legs.x[legs.start[p]], y - legs.y[legs.start[p]])
        # Close to where a position counts as inside, and on all sides of it.
        angles, off_m = random.uniform(0.0, 2.0 * np.pi, 60), out_m * random.uniform(1.5, 1.6, 60) + 2.0
        around = [
            from_plane(x + r * np.cos(a), y + r * np.sin(a), mesh.origin_lon_deg, mesh.origin_lat_deg)
            for a, r in zip(angles, off_m, strict=True)
        ]
        west, south, east, north = world.box
        lon, lat = np.array([at for at in around if west < at[0] < east and south < at[1] < north]).T.copy()
        places, patch_table = neighbours.share(water, tables, lon, lat)
        for k in np.flatnonzero(places.patch != NOWHERE)[:6]:
            patch = patch_from_table.py_func(patch_table, places.patch[k])
            set_position(fix, patch, lon[k], lat[k], places.x[k], places.y[k])
            patch_distances(water, tables, patch, fix, int(np.flatnonzero(patch.ports == p)[0]))
            alone = reach_ports(water, tables, lon[k], lat[k])
            assert fix.reach.distance_m[p] == alone.distance_m[p]
            assert abs(alone.distance_m[p] - by_port(patch)[p]) <= patch.radius_m
            compared += 1
    assert compared > 200


@pytest.mark.parametrize("side_m", [400.0, 3000.0, 12_000.0])
def test_a_patch_lies_within_the_radius_of_its_middle(world, side_m):
    """Against shapely: what a triangle and a square have in common."""
    mesh = world.water.mesh
    random = np.random.default_rng(int(side_m))
    compared = 0
    for t in random.integers(0, len(mesh.triangles), 500):
        corners = np.array([(mesh.x[v], mesh.y[v]) for v in mesh.triangles[t]])
        at = random.dirichlet((1.0, 1.0, 1.0)) @ corners
        west_m, south_m = np.floor(at / side_m) * side_m
        common = Polygon(corners).intersection(box(west_m, south_m, west_m + side_m, south_m + side_m))
        x, y, count = _common(mesh, t, west_m, south_m, side_m)
        assert Polygon(zip(x[:count], y[:count], strict=True)).symmetric_difference(common).area < 1e-6 * side_m**2
        lon, lat, radius_m = _middle_of(world.water, t, west_m, south_m, side_m)
        if radius_m == np.inf:
            continue
        middle = Point(to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg))
        assert middle.hausdorff_distance(common) <= radius_m
        assert contains(mesh, t, middle.x, middle.y)
        compared += 1
    assert compared > 200


def test_that_comparison_would_notice_a_vicinity_of_another_place(world):
    water, tables = world.water, world.depth_classes[0].tables
    mesh = water.mesh
    fix = allocate_patch_workspace(water, tables)
    # Off Beachy Head, for a patch that ends ten metres from its middle.
    lon, lat = 0.25, 50.60
    x, y = to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
    patch = build_patch(water, tables, lon, lat, locate(mesh, x, y), 10.0, len(world.ports))
    moved = lon + 0.2, lat + 0.05
    set_position(fix, patch, *moved, *to_plane(*moved, mesh.origin_lon_deg, mesh.origin_lat_deg))
    for nth in range(len(world.ports)):
        patch_distances(water, tables, patch, fix, nth)
    assert (fix.reach.distance_m != reach_ports(water, tables, *moved).distance_m).any()
