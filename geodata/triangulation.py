"""Free water as triangles: land left out, banks kept as triangles with a depth."""

import heapq
from dataclasses import dataclass, replace

import numpy as np
import shapely

from engine.kernels.mesh import NOWHERE, link_triangles
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


def seal_pools(triangulation: Triangulation) -> Triangulation:
    """Deep water that can only be left over a bank counts as no deeper than that bank.

    Otherwise a pool between bank and shore would be open water from which no port can be reached. After this the
    triangles of every depth are connected with each other.
    """
    triangles = triangulation.triangles
    neighbours, _, _ = link_triangles(triangles, len(triangulation.points))
    way_out = np.full(len(triangles), -np.inf)
    sea = _largest_open_piece(triangulation, neighbours)
    way_out[sea] = np.inf
    heap = [(-np.inf, int(t)) for t in sea]
    while heap:
        key, t = heapq.heappop(heap)
        if -key < way_out[t]:
            continue
        for other in neighbours[t]:
            if other != NOWHERE:
                depth = min(-key, triangulation.least_depth[other])
                if depth > way_out[other]:
                    way_out[other] = depth
                    heapq.heappush(heap, (-depth, int(other)))
    kept = way_out > -np.inf
    return replace(triangulation, triangles=np.ascontiguousarray(triangles[kept]), least_depth=way_out[kept])


def _largest_open_piece(triangulation: Triangulation, neighbours: np.ndarray) -> np.ndarray:
    """Numbers of the triangles without a bank that make up the largest connected area."""
    a, b, c = (triangulation.points[triangulation.triangles[:, k]] for k in range(3))
    doubled_area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    unseen = np.isinf(triangulation.least_depth)
    largest, largest_area = np.empty(0, np.int64), 0.0
    for first in np.flatnonzero(unseen):
        if not unseen[first]:
            continue
        piece = [int(first)]
        unseen[first] = False
        for t in piece:
            for other in neighbours[t]:
                if other != NOWHERE and unseen[other]:
                    unseen[other] = False
                    piece.append(int(other))
        if doubled_area[piece].sum() > largest_area:
            largest, largest_area = np.array(piece), float(doubled_area[piece].sum())
    return largest
