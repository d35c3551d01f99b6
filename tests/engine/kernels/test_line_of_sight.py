"""Single lines of sight and the look round, held against `visible_vertices` from the very point."""

import numpy as np
import pytest

from engine.kernels.line_of_sight import TOO_MUCH, conservative_visibility, is_in_sight, is_surely_in_sight
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import LATTICE_M
from engine.kernels.snap import vertex_at
from engine.kernels.visibility import (
    SearchSpace,
    mesh_point,
    new_view,
    point_of_target,
    point_of_vertex,
    visible_vertices,
)


def on_lattice(value):
    return np.round(value / LATTICE_M) * LATTICE_M


def open_points(mesh, needed, random, count):
    """Lattice points of open water with their triangles, in triangles of every size alike."""
    found = []
    while len(found) < count:
        t = int(random.integers(len(mesh.triangles)))
        parts = random.dirichlet(np.ones(3))
        x = on_lattice(parts @ mesh.x[mesh.triangles[t]])
        y = on_lattice(parts @ mesh.y[mesh.triangles[t]])
        t = locate(mesh, x, y)
        if t != NOWHERE and mesh.least_depth[t] >= needed and vertex_at(mesh, t, x, y) == NOWHERE:
            found.append((x, y, t))
    return found


def stack_for(mesh):
    return np.empty((len(mesh.triangles) + 3, 4), np.int32)


def in_open_water(x, y, t):
    """A point of the plane in an open triangle; where it lies on the earth nobody asks here."""
    return mesh_point(np.nan, np.nan, x, y, t, NOWHERE)


def seen_from(mesh, corners, ports, needed, x, y, t):
    space = SearchSpace(mesh, corners, ports, needed)
    view = new_view(space)
    counts = visible_vertices(space, in_open_water(x, y, t), view)
    return set(view.corners[: counts[0]].tolist()), set(view.targets[: counts[1]].tolist())


def round_about(mesh, corners, ports, needed, x, y, t, radius_m):
    space = SearchSpace(mesh, corners, ports, needed)
    view = new_view(space)
    marks = np.zeros(len(corners.vertex), np.bool_), np.zeros(len(ports.x), np.bool_)
    counts = conservative_visibility(space, in_open_water(x, y, t), radius_m, view, *marks)
    assert not marks[0].any()
    assert not marks[1].any()
    if counts[0] == TOO_MUCH:
        return None
    found = view.corners[: counts[0]].tolist(), view.targets[: counts[1]].tolist()
    assert all(len(set(item)) == len(item) for item in found)
    return set(found[0]), set(found[1])


@pytest.fixture(scope="module")
def water(world):
    """Mesh, corners, ports and depth of a draught that finds banks in her way."""
    tables = world.depth_classes[1].tables
    return world.water.mesh, tables.corners, world.water.ports, tables.needed_depth_m


def test_single_lines_of_sight_are_those_of_the_look_from_the_point(water):
    mesh, corners, ports, needed = water
    random = np.random.default_rng(1)
    stack = stack_for(mesh)
    hidden = 0
    for x, y, t in open_points(mesh, needed, random, 60):
        seen_corners, seen_ports = seen_from(mesh, corners, ports, needed, x, y, t)
        near = np.argsort(np.hypot(mesh.x[corners.vertex] - x, mesh.y[corners.vertex] - y))[:300].tolist()
        for c in {*near, *seen_corners, *random.integers(0, len(corners.vertex), 100).tolist()}:
            v = int(corners.vertex[c])
            found = is_in_sight(mesh, needed, in_open_water(x, y, t), point_of_vertex(mesh, v), stack)
            # What is in sight along a line that enters the wall is no corner to go round.
            assert found or c not in seen_corners
            hidden += not found
            if found and c not in seen_corners:
                before, after = int(corners.before[c]), int(corners.after[c])
                sides = [(mesh.x[v] - x) * (mesh.y[w] - y) - (mesh.y[v] - y) * (mesh.x[w] - x) for w in (before, after)]
                assert min(sides) < 0.0 < max(sides)
        for p in range(len(ports.x)):
            if ports.triangle[p] != NOWHERE:
                found = is_in_sight(mesh, needed, in_open_water(x, y, t), point_of_target(ports, p), stack)
                assert found == (p in seen_ports), (x, y, p)
    assert hidden > 5000


def test_a_line_through_a_vertex_is_open_on_either_side(water):
    """Aimed from the far end of a line through a vertex of the mesh, so the walk has to try both sides of it."""
    mesh, corners, ports, needed = water
    random = np.random.default_rng(2)
    stack = stack_for(mesh)
    tried = 0
    for _ in range(20_000):
        c, v = int(random.integers(len(corners.vertex))), int(random.integers(len(mesh.x)))
        aim = int(corners.vertex[c])
        away = np.array([mesh.x[v] - mesh.x[aim], mesh.y[v] - mesh.y[aim]])
        if not 0.0 < np.hypot(*away) < 20_000.0:
            continue
        # Twice as far, so on the lattice and exactly on the line.
        x, y = mesh.x[aim] + 2.0 * away[0], mesh.y[aim] + 2.0 * away[1]
        t = locate(mesh, x, y)
        if t == NOWHERE or not mesh.least_depth[t] >= needed or vertex_at(mesh, t, x, y) != NOWHERE:
            continue
        tried += 1
        if c in seen_from(mesh, corners, ports, needed, x, y, t)[0]:
            assert is_in_sight(mesh, needed, in_open_water(x, y, t), point_of_vertex(mesh, aim), stack)
    assert tried > 50


def inside_triangle(mesh, random, x, y, t, radius_m):
    """A lattice point of the triangle, no farther from a point of it than a radius."""
    while True:
        share = radius_m * np.sqrt(random.random())
        angle = random.uniform(0.0, 2.0 * np.pi)
        at = on_lattice(x + share * np.cos(angle)), on_lattice(y + share * np.sin(angle))
        is_near = np.hypot(at[0] - x, at[1] - y) <= radius_m
        if is_near and locate(mesh, *at) == t and vertex_at(mesh, t, *at) == NOWHERE:
            return at
        radius_m = max(0.9 * radius_m, 1.0)


@pytest.mark.parametrize("radius_m", [1.0, 300.0, 1500.0, 5000.0])
def test_a_look_round_leaves_nothing_out(water, radius_m):
    mesh, corners, ports, needed = water
    random = np.random.default_rng(3)
    compared = given_up = 0
    for x, y, t in open_points(mesh, needed, random, 80):
        round_here = round_about(mesh, corners, ports, needed, x, y, t, radius_m)
        if round_here is None:
            given_up += 1
            continue
        for _ in range(10):
            at = inside_triangle(mesh, random, x, y, t, radius_m)
            from_there = seen_from(mesh, corners, ports, needed, *at, t)
            assert from_there[0] <= round_here[0]
            assert from_there[1] <= round_here[1]
            compared += 1
    assert compared > 100
    assert given_up < 70


@pytest.mark.parametrize("radius_m", [1.0, 300.0, 3000.0])
def test_what_is_surely_in_sight_is_in_sight_from_everywhere(water, radius_m):
    mesh, corners, ports, needed = water
    random = np.random.default_rng(3)
    sure = lost = 0
    for x, y, t in open_points(mesh, needed, random, 120):
        round_here = round_about(mesh, corners, ports, needed, x, y, t, radius_m)
        places = [inside_triangle(mesh, random, x, y, t, radius_m) for _ in range(6)]
        seen = [seen_from(mesh, corners, ports, needed, *at, t) for at in [(x, y), *places]]
        for c in round_here[0] if round_here else ():
            v = int(corners.vertex[c])
            if is_surely_in_sight(mesh, needed, in_open_water(x, y, t), radius_m, point_of_vertex(mesh, v)):
                sight = [
                    is_in_sight(mesh, needed, in_open_water(*at, t), point_of_vertex(mesh, v), stack_for(mesh))
                    for at in places
                ]
                assert all(sight)
                sure += 1
            else:
                lost += all(c in corners_seen for corners_seen, _ in seen)
        for p in round_here[1] if round_here else ():
            if is_surely_in_sight(mesh, needed, in_open_water(x, y, t), radius_m, point_of_target(ports, p)):
                assert all(p in ports_seen for _, ports_seen in seen)
                sure += 1
    assert sure > 200
    # Of what is seen from the middle and six more places much is sure.
    assert lost < 2 * sure


def test_that_look_round_would_notice_a_radius_too_small(water):
    mesh, corners, ports, needed = water
    random = np.random.default_rng(4)
    missed = 0
    for x, y, t in open_points(mesh, needed, random, 400):
        at = inside_triangle(mesh, random, x, y, t, 3000.0)
        if np.hypot(at[0] - x, at[1] - y) > 500.0:
            seen = seen_from(mesh, corners, ports, needed, *at, t)[0]
            missed += not seen <= round_about(mesh, corners, ports, needed, x, y, t, LATTICE_M)[0]
    assert missed > 0
