"""The way inside a harbour, from approach point to landing, measured on the unsimplified coast."""

from dataclasses import replace

import numpy as np
import shapely

from engine.errors import PackError
from engine.kernels.mesh import NOWHERE, Corners, Mesh, find_corners, locate
from engine.kernels.shortest_paths import path_between
from engine.kernels.visibility import SearchSpace, mesh_point
from geodata.drawn_waters import DrawnWater
from geodata.mesh import mesh_from, targets_from
from geodata.plane import project, unproject
from geodata.register import RegisterRow
from geodata.triangulation import triangulate

ASHORE_M = 50.0
"""How far beside drawn water a landing may lie."""
WINDOW_M = 3000.0
"""How far round approach and landing the coast is looked at."""


def measure_harbour_leg(
    row: RegisterRow,
    land: shapely.Geometry,
    waters: list[DrawnWater],
    clearance_m: float,
    origin: tuple[float, float],
) -> RegisterRow:
    """The row with its harbour leg measured, when the coast or drawn water shows the way; else as it was.

    A leg through drawn water keeps the length that the register states: shortest ways cut the bends of a river.

    Parameters
    ----------
    row : RegisterRow
    land : shapely.Geometry
        Unsimplified land on the plane, drawn waters left out. [m]
    waters : list of DrawnWater
    clearance_m : float
        Kept off the quays. [m]
    origin : tuple of float
        Point of tangency. [deg]

    Raises
    ------
    PackError
        The register says that the coast shows the way, and it does not; or drawn water does not lead there.
    """
    ends = project(np.array([row.approach, row.landing]), *origin)
    stated = row.facts["harbour_leg_basis"] != "coast"
    along = [water for water in waters if water.within(-ASHORE_M).covers(shapely.Point(ends[1]))]
    if stated and not along:
        return row
    # A river winds out of the box about its ends.
    drawn = shapely.union_all([water.line for water in waters if water.name_en in {water.name_en for water in along}])
    reach = np.vstack([ends, shapely.get_coordinates(drawn)]) if stated else ends
    low, high = reach.min(axis=0) - WINDOW_M, reach.max(axis=0) + WINDOW_M
    window = shapely.box(*low, *high)
    wall = shapely.buffer(shapely.intersection(land, window), clearance_m, quad_segs=2)
    water = shapely.get_parts(shapely.difference(window, shapely.simplify(wall, clearance_m / 2.0), grid_size=0.0625))
    approach = shapely.Point(ends[0])
    pools = [pool for pool in water if pool.covers(approach)]
    if not pools:
        raise PackError(f"ports: {row.facts['id']}.approach", "is not in open water.", "Move the approach point.")
    quayside = shapely.get_coordinates(shapely.shortest_line(pools[0], shapely.Point(ends[1])))[0]
    if np.hypot(*(quayside - ends[1])) > 100.0:
        raise PackError(
            f"ports: {row.facts['id']}.landing",
            "cannot be reached over water from the approach point.",
            "Move the landing point, or state the harbour leg.",
        )
    pool = triangulate(pools[0], [])
    mesh = mesh_from(pool.points, pool.triangles, pool.least_depth, origin)
    corners = Corners(*find_corners(mesh, 0.0))
    landing = _inside(mesh, quayside)
    target = targets_from(mesh, unproject(landing[None, :], *origin))
    begin = mesh_point(*row.approach, *ends[0], locate(mesh, *ends[0]), NOWHERE)
    length_m, path = path_between(SearchSpace(mesh, corners, target, 0.0), begin)
    if not np.isfinite(length_m):
        raise PackError(f"ports: {row.facts['id']}", "has no water between approach and landing.", "Correct the row.")
    between = [(mesh.lon[v], mesh.lat[v]) for v in corners.vertex[path]]
    leg = np.array([row.approach, *between, (target.lon[0], target.lat[0])])
    return replace(row, leg=np.round(leg, 6), leg_m=row.leg_m if stated else round(float(length_m), 1))


def _inside(mesh: Mesh, point: np.ndarray) -> np.ndarray:
    """A lattice point of the mesh next to a point on its rim."""
    for reach in (0.0, 0.25, 1.0, 4.0, 10.0):
        for k in range(16):
            angle = k * np.pi / 8.0
            near = np.round((point + reach * np.array([np.cos(angle), np.sin(angle)])) * 16.0) / 16.0
            if locate(mesh, near[0], near[1]) >= 0:
                return near
    raise PackError("ports", "a landing point lies off the water.", "Correct the register.")
