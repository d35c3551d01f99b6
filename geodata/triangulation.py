"""Free water as triangles: land left out, banks kept as triangles with a depth."""

from dataclasses import dataclass

import numpy as np
import shapely

from engine.kernels.plane import LATTICE_M


@dataclass(frozen=True, slots=True, eq=False)
class Triangulation:
    """Triangles of the open sea and the banks in it.

    Attributes
    ----------
    points : ndarray of float64, shape (n, 2)
        Lattice points of the plane. [m]
    triangles : ndarray of int32, shape (m, 3)
        Counter-clockwise vertex numbers.
    least_depth : ndarray of float64, shape (m,)
        Positive down from chart datum; infinite outside the banks. [m]
    """

    points: np.ndarray
    triangles: np.ndarray
    least_depth: np.ndarray


def open_sea(box: shapely.Geometry, blocked: shapely.Geometry) -> shapely.Polygon:
    """The largest connected piece of a box outside what is blocked, on the lattice."""
    water = shapely.difference(box, blocked, grid_size=LATTICE_M)
    pieces = shapely.get_parts(water)
    return pieces[int(np.argmax(shapely.area(pieces)))]


def triangulate(water: shapely.Polygon, banks: list[tuple[float, shapely.Geometry]]) -> Triangulation:
    """Constrained Delaunay triangulation of water with banks in it.

    All outlines are noded together first, so that faces on either side of a line have the same vertices on it.

    Parameters
    ----------
    water : shapely.Polygon
        Free water on the plane, on the lattice. [m]
    banks : list of (float, shapely.Geometry)
        Least depth [m] and outline on the plane; where banks overlap the shallower one counts.
    """
    outlines = [water.boundary] + [shapely.intersection(bank.boundary, water) for _, bank in banks]
    noded = shapely.union_all(outlines, grid_size=LATTICE_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inside = shapely.point_on_surface(faces)
    shapely.prepare(water)
    kept = shapely.covers(water, inside)
    faces, inside = faces[kept], inside[kept]
    depth = np.full(len(faces), np.inf)
    for least_m, bank in banks:
        shapely.prepare(bank)
        depth[shapely.covers(bank, inside)] = np.minimum(depth[shapely.covers(bank, inside)], least_m)
    parts, face_of_part = shapely.get_parts(shapely.constrained_delaunay_triangles(faces), return_index=True)
    rings = shapely.get_coordinates(parts).reshape(-1, 4, 2)[:, :3]
    points, numbers = np.unique(rings.reshape(-1, 2), axis=0, return_inverse=True)
    triangles = numbers.reshape(-1, 3)
    a, b, c = (points[triangles[:, k]] for k in range(3))
    doubled_area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    triangles[doubled_area < 0.0] = triangles[doubled_area < 0.0][:, ::-1]
    whole = doubled_area != 0.0
    return Triangulation(
        points, np.ascontiguousarray(triangles[whole], np.int32), np.ascontiguousarray(depth[face_of_part][whole])
    )
