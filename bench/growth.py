"""How the time from a position to every port grows: ten times the ports, ten times the vertices of the coast.

``python -m bench.growth`` builds both, which takes some minutes; no part of `make bench`.
"""

from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
import shapely

from bench.points import read_points
from bench.report import heading, note, row, seconds, section, times
from engine.kernels.mesh import NOWHERE, Corners, Mesh, find_corners, locate
from engine.kernels.plane import to_plane
from engine.kernels.shortest_paths import distances_to_targets, lengths_of_trees
from engine.kernels.visibility import SearchSpace, Targets, mesh_point
from geodata.build import on_plane
from geodata.coast import buffer_land
from geodata.mesh import build_trees, mesh_from, targets_from
from geodata.pack import DEFAULT_PACK, read_pack
from geodata.shoreline import coast_rings
from geodata.triangulation import open_sea, seal_pools, triangulate
from geodata.world import load_world

DEEP = float("inf")
POSITIONS = 300
ROUNDS = 5
TIMES = 10
CLEARANCE_M, SIMPLIFY_M = 14.0, 1.0
"""With these the water has nine times the corners; the coast itself has hardly more. [m]"""

AIM_PORTS, AIM_COAST = 3.0, 4.0
"""Times as long for ten times as much."""


class Scene(NamedTuple):
    """What is measured over: water, ports, and the table from every corner to every port. [m]"""

    space: SearchSpace
    distance: np.ndarray
    built_s: float


def run() -> dict[str, float]:
    """Print the table; return by how much longer each takes."""
    pack = read_pack(DEFAULT_PACK)
    world = load_world()
    mesh, ports = world.water.mesh, world.water.ports
    scenes = {
        "the pack": _scene(mesh, ports),
        f"{TIMES} times the ports": _scene(mesh, _more_ports(mesh, TIMES * len(ports.x))),
    }
    fine = _finer_mesh(coast_rings(pack), world.box, (mesh.origin_lon_deg, mesh.origin_lat_deg))
    scenes["a finer coast"] = _scene(fine, targets_from(fine, np.column_stack([ports.lon, ports.lat])))
    positions = [
        place for place in read_points() if all(_is_open(scene.space.mesh, place) for scene in scenes.values())
    ]
    asked = positions[:POSITIONS]
    taken = {name: np.empty(ROUNDS) for name in scenes}
    for number in range(ROUNDS):
        for name, scene in scenes.items():
            taken[name][number] = np.median([_time(scene, place) for place in asked])
    section(f"Growth: one position to every port, the whole query, {len(asked)} positions, {ROUNDS} rounds")
    heading(("ports", "corners", "median", "times the pack", "trees built in"))
    base = taken["the pack"]
    for name, scene in scenes.items():
        row(name, (f"{len(scene.space.targets.x):,}", f"{len(scene.space.corners.vertex):,}",
                   seconds(np.median(taken[name])), times(taken[name] / base), seconds(scene.built_s)))  # fmt: skip
    note(f"aims: {AIM_PORTS:g} times for ten times the ports, {AIM_COAST:g} for ten times the vertices of the coast")
    return {name: float(np.median(taken[name] / base)) for name in scenes}


def _scene(mesh: Mesh, targets: Targets) -> Scene:
    begun_s = process_time()
    following = build_trees(mesh, targets, DEEP)
    corners = Corners(*find_corners(mesh, DEEP))
    distance = lengths_of_trees(mesh, corners, targets, following)
    return Scene(SearchSpace(mesh, corners, targets, DEEP), distance, process_time() - begun_s)


def _more_ports(mesh: Mesh, count: int) -> Targets:
    """Points of open water beside the coast: ports as they might lie."""
    draw = np.random.default_rng(10)
    at_wall = np.flatnonzero(np.isinf(mesh.least_depth) & (mesh.neighbours == NOWHERE).any(axis=1))
    chosen = mesh.triangles[draw.choice(at_wall, count)]
    share = draw.dirichlet(np.ones(3), count)
    lon, lat = (mesh.lon[chosen] * share).sum(axis=1), (mesh.lat[chosen] * share).sum(axis=1)
    return targets_from(mesh, np.column_stack([lon, lat]))


def _finer_mesh(
    rings: list[np.ndarray], box: tuple[float, float, float, float], origin: tuple[float, float]
) -> Mesh:  # fmt: skip
    """The same sea with a coast that keeps nearly all its vertices, without harbours, banks or drawn waters."""
    land = on_plane(shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings]), origin)
    frame = on_plane(shapely.segmentize(shapely.box(*box), 0.25), origin)
    water = seal_pools(triangulate(open_sea(frame, buffer_land(land, CLEARANCE_M, SIMPLIFY_M)), []))
    return mesh_from(water.points, water.triangles, water.least_depth, origin)


def _is_open(mesh: Mesh, place: tuple[float, float]) -> bool:
    t = locate(mesh, *to_plane(*place, mesh.origin_lon_deg, mesh.origin_lat_deg))
    return bool(t != NOWHERE and np.isinf(mesh.least_depth[t]))


def _time(scene: Scene, place: tuple[float, float]) -> float:
    mesh = scene.space.mesh
    x, y = to_plane(*place, mesh.origin_lon_deg, mesh.origin_lat_deg)
    point = mesh_point(*place, x, y, locate(mesh, x, y), NOWHERE)
    begun_s = perf_counter()
    distances_to_targets(scene.space, scene.distance, point)
    return perf_counter() - begun_s


if __name__ == "__main__":
    run()
