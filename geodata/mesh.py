"""From stored arrays to the engine's water, and the tables towards the ports."""

from math import hypot

import numpy as np

from engine.kernels.geodesy import earth_centred
from engine.kernels.jit import kernel
from engine.kernels.mesh import NOWHERE, Corners, Mesh, build_cells, find_corners, link_triangles, locate
from engine.kernels.plane import LATTICE_M
from engine.kernels.reach import DepthClass
from engine.kernels.shoal_exit import edge_ends_of
from engine.kernels.shortest_paths import lengths_of_trees, tree_towards_target, visibility_graph
from engine.kernels.snap import build_boundary
from engine.kernels.visibility import SearchSpace, Targets, chain_targets
from engine.kernels.zones import Zones, zones_of_trees
from geodata.plane import project, unproject

CELL_M = 1500.0


@kernel
def _all_earth_centred(positions):
    space = np.empty((positions.shape[0], 3))
    for i in range(positions.shape[0]):
        space[i, 0], space[i, 1], space[i, 2] = earth_centred(positions[i, 0], positions[i, 1])
    return space


@kernel
def gate_of(mesh, leg):
    """Innermost point of a leg, shape (n, 2), that lies on the mesh, to ten metres.

    Returns
    -------
    tuple
        x, y [m], its triangle (`NOWHERE` when the leg does not touch the mesh), and which point of the leg comes next.
    """
    for k in range(leg.shape[0] - 1, 0, -1):
        pieces = int(hypot(leg[k, 0] - leg[k - 1, 0], leg[k, 1] - leg[k - 1, 1]) / 10.0) + 1
        for piece in range(pieces + 1):
            x = round((leg[k, 0] + (leg[k - 1, 0] - leg[k, 0]) * piece / pieces) / LATTICE_M) * LATTICE_M
            y = round((leg[k, 1] + (leg[k - 1, 1] - leg[k, 1]) * piece / pieces) / LATTICE_M) * LATTICE_M
            triangle = locate(mesh, x, y)
            if triangle != NOWHERE:
                return x, y, triangle, k
    return np.nan, np.nan, NOWHERE, 0


def mesh_from(points: np.ndarray, triangles: np.ndarray, least_depth: np.ndarray, origin: tuple[float, float]) -> Mesh:
    """Engine mesh from vertices on the plane; everything that can be derived is.

    Parameters
    ----------
    points : ndarray of float64, shape (n, 2)
        Lattice points. [m]
    triangles : ndarray of int32, shape (m, 3)
    least_depth : ndarray of float64, shape (m,)
        [m]
    origin : tuple of float
        Longitude and latitude of the point of tangency. [deg]
    """
    positions = unproject(points, *origin)
    neighbours, fan_start, fan = link_triangles(triangles, len(points))
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    x0, y0 = float(x.min()) - 1.0, float(y.min()) - 1.0
    columns = int((float(x.max()) - x0) // CELL_M) + 1
    rows = int((float(y.max()) - y0) // CELL_M) + 1
    cell_start, cell_triangles = build_cells(x, y, triangles, CELL_M, x0, y0, columns, rows)
    return Mesh(
        origin_lon_deg=origin[0],
        origin_lat_deg=origin[1],
        x=x,
        y=y,
        lon=np.ascontiguousarray(positions[:, 0]),
        lat=np.ascontiguousarray(positions[:, 1]),
        earth_centred=_all_earth_centred(positions),
        triangles=triangles,
        neighbours=neighbours,
        least_depth=least_depth,
        fan_start=fan_start,
        fan=fan,
        cell_size=CELL_M,
        cell_x0=x0,
        cell_y0=y0,
        cell_columns=columns,
        cell_rows=rows,
        cell_start=cell_start,
        cell_triangles=cell_triangles,
    )


def targets_from(mesh: Mesh, positions: np.ndarray) -> Targets:
    """Targets at positions, shape (p, 2) [deg]; one outside the mesh gets no triangle and is never reached."""
    points = project(np.ascontiguousarray(positions, np.float64), mesh.origin_lon_deg, mesh.origin_lat_deg)
    triangle = np.array([locate(mesh, x, y) for x, y in points], np.int32)
    first, following = chain_targets(triangle, len(mesh.triangles))
    return Targets(
        np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1]),
        np.ascontiguousarray(positions[:, 0], np.float64), np.ascontiguousarray(positions[:, 1], np.float64),
        triangle, first, following,
    )  # fmt: skip


def zones_from(
    rings: list[np.ndarray], numbers: list[int], flows_deg: list[float], origin: tuple[float, float]
) -> Zones:
    """Zones from closed rings of positions, the zone number and the true direction of flow of each. [deg]"""
    planes = [project(np.ascontiguousarray(ring), *origin) for ring in rings]
    starts = np.cumsum([0] + [len(plane) for plane in planes]).astype(np.int32)
    boxes = np.array([[*plane.min(axis=0), *plane.max(axis=0)] for plane in planes]).reshape(-1, 4)
    grid_flow = [
        _grid_direction(ring[:-1].mean(axis=0), flow, origin) for ring, flow in zip(rings, flows_deg, strict=True)
    ]
    return Zones(
        np.ascontiguousarray(np.vstack(planes)) if planes else np.empty((0, 2)), starts, boxes,
        np.array(numbers, np.int32), np.array(grid_flow, np.float64),
    )  # fmt: skip


def _grid_direction(position: np.ndarray, true_deg: float, origin: tuple[float, float]) -> float:
    """Direction on the plane, clockwise from its y axis, of a true direction at a position. [deg]"""
    if np.isnan(true_deg):
        return true_deg
    step = 0.01
    angle = np.radians(true_deg)
    ahead = position + step * np.array([np.sin(angle) / np.cos(np.radians(position[1])), np.cos(angle)])
    points = project(np.array([position, ahead]), *origin)
    return float(np.degrees(np.arctan2(points[1, 0] - points[0, 0], points[1, 1] - points[0, 1])) % 360.0)


def build_trees(mesh: Mesh, targets: Targets, needed_depth_m: float) -> np.ndarray:
    """Next corner towards every target, for one depth: the table that a pack stores, shape (k, p)."""
    corners = Corners(*find_corners(mesh, needed_depth_m))
    space = SearchSpace(mesh, corners, targets, needed_depth_m)
    graph = visibility_graph(space)
    return np.stack([tree_towards_target(space, graph, p) for p in range(len(targets.x))], axis=1)


def depth_class_from(
    mesh: Mesh, targets: Targets, zones: Zones, needed_depth_m: float, following: np.ndarray, tolerance_deg: float
) -> DepthClass:
    """Tables of one depth class, lengths and zones derived from its trees."""
    corners = Corners(*find_corners(mesh, needed_depth_m))
    if len(corners.vertex) != len(following):
        raise ValueError(f"{len(following)} rows of trees for {len(corners.vertex)} corners")
    if len(following) > np.iinfo(np.int16).max:
        raise ValueError(f"{len(following)} corners are more than trees can number")
    following = np.ascontiguousarray(following, np.int16)
    distance = lengths_of_trees(mesh, corners, targets, following)
    zone_set, touched, poor = zones_of_trees(mesh, corners, targets, zones, following, tolerance_deg)
    rim = build_boundary(mesh, needed_depth_m)
    edge_ends = edge_ends_of(SearchSpace(mesh, corners, targets, needed_depth_m), rim, distance)
    return DepthClass(
        needed_depth_m=needed_depth_m,
        rim=rim,
        corners=corners,
        following=following,
        distance=distance,
        zone_set=zone_set,
        touched=touched,
        poor=poor,
        edge_ends=edge_ends,
    )
