"""Off a bank: the nearest open water in each of sixteen directions, and what is reached from there."""

from math import atan2, pi
from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import from_plane
from engine.kernels.shore import crosses_land, nearest_on_segment
from engine.kernels.shortest_paths import fill_distances, new_view
from engine.kernels.snap import nudge_inside, vertex_at

_SECTORS = 16


class EdgeEnds(NamedTuple):
    """What is reached from the ends of the rim's shallow edges, where most ways off a bank come onto open water.

    Row ``2 * place`` is for the start of the edge at that place of `Rim.shallow`, the one after it for its end;
    infinite and `NOWHERE` for one that open water can't be joined at.

    Attributes
    ----------
    distance : ndarray of float64, shape (2 s, p)
        To every port, as by `engine.kernels.shortest_paths.distances_to_targets`. [m]
    via : ndarray of int32, shape (2 s, p)
        First corner on the way, `DIRECT` or `NOWHERE`.
    """

    distance: np.ndarray
    via: np.ndarray


class ExitPoints(NamedTuple):
    """Where ways off a bank come onto open water.

    Attributes
    ----------
    points : ndarray of float64, shape (n, 2)
        Lattice points of the plane. [m]
    triangle : ndarray of int64, shape (n,)
        Open triangle that holds each one.
    edge_end : ndarray of int64, shape (n,)
        Row of `EdgeEnds`; `NOWHERE` between the ends of an edge.
    """

    points: np.ndarray
    triangle: np.ndarray
    edge_end: np.ndarray


@kernel
def edge_ends_of(mesh, rim, corners, ports, needed_depth, distance):
    """`EdgeEnds` of a rim.

    Parameters
    ----------
    mesh : Mesh
    rim : Boundary
    corners : Corners
    ports : Targets
    needed_depth : float
        Of the rim. [m]
    distance : ndarray of float64, shape (k, p)
        Corner-to-port table. [m]
    """
    row_count, port_count = 2 * rim.shallow.shape[0], ports.x.shape[0]
    lengths = np.full((row_count, port_count), np.inf)
    via = np.full((row_count, port_count), NOWHERE, np.int32)
    first = np.empty(port_count, np.int64)
    view = new_view(mesh, corners, ports)
    for row in range(row_count):
        edge = rim.shallow[row // 2]
        t = rim.triangle[edge]
        v = rim.start[edge] if row % 2 == 0 else rim.end[edge]
        x, y, found = nudge_inside(mesh, t, mesh.x[v], mesh.y[v])
        if found:
            lon, lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
            fill_distances(
                mesh, corners, ports, needed_depth, distance, lon, lat, x, y, t, vertex_at(mesh, t, x, y), view,
                lengths[row], first,
            )  # fmt: skip
            via[row] = first
    return EdgeEnds(lengths, via)


@kernel
def find_exit_points(mesh, rim, shore, px, py, reach):
    """Nearest point of the open mesh in each of sixteen sectors that a straight hop over water reaches.

    Leaving a bank by its nearest edge can lead away from where one is going, so each port gets its own best way off.

    Returns
    -------
    ExitPoints
    """
    distance = np.full(_SECTORS, np.inf)
    points = np.empty((_SECTORS, 2))
    triangle = np.full(_SECTORS, NOWHERE)
    edge_end = np.full(_SECTORS, NOWHERE)
    _fill_nearest_of_sectors(mesh, rim, shore, px, py, reach, distance, points, triangle, edge_end)
    kept = np.flatnonzero(triangle != NOWHERE)
    return ExitPoints(points[kept], triangle[kept], edge_end[kept])


@leaf_kernel
def _fill_nearest_of_sectors(mesh, rim, shore, px, py, reach, distance, points, triangle, edge_end):
    """Enter what `find_exit_points` finds in each sector, and how far that is."""
    # Ways off a bank lead over the line between shallow and deep, not over the shore.
    for place in range(rim.shallow.shape[0]):
        k = rim.shallow[place]
        a, b = rim.start[k], rim.end[k]
        near_x, near_y, away = nearest_on_segment(px, py, mesh.x[a], mesh.y[a], mesh.x[b], mesh.y[b])
        if away > reach:
            continue
        sector = int((atan2(near_y - py, near_x - px) + pi) / (2.0 * pi) * _SECTORS) % _SECTORS
        if away >= distance[sector]:
            continue
        in_x, in_y, found = nudge_inside(mesh, rim.triangle[k], near_x, near_y)
        if found and not crosses_land(shore, px, py, in_x, in_y):
            distance[sector] = away
            points[sector, 0] = in_x
            points[sector, 1] = in_y
            triangle[sector] = rim.triangle[k]
            edge_end[sector] = NOWHERE
            if near_x == mesh.x[a] and near_y == mesh.y[a]:
                edge_end[sector] = 2 * place
            elif near_x == mesh.x[b] and near_y == mesh.y[b]:
                edge_end[sector] = 2 * place + 1


@leaf_kernel
def exit_shoal(
    mesh, corners, ports, needed_depth, table, ends, ways, position, view, lengths, first, joined, distance, via,
    leaves_at,
):  # fmt: skip
    """For each port the best of all ways off the bank; changes what it is given where one is better.

    Parameters
    ----------
    mesh : Mesh
    corners : Corners
    ports : Targets
    needed_depth : float
        [m]
    table : ndarray of float64, shape (k, p)
        Corner-to-port table. [m]
    ends : EdgeEnds
    ways : ExitPoints
    position : ndarray of float64, shape (2,)
        Longitude and latitude. [deg]
    view : View
    lengths : ndarray of float64, shape (p,)
        Scratch.
    first : ndarray of int64, shape (p,)
        Scratch.
    joined, distance, via
        Of `engine.kernels.reach.Reach`.
    leaves_at : ndarray of int64, shape (p,)
        Which of the ways leads to each port; `NOWHERE` for none of them.
    """
    for k in range(ways.triangle.shape[0]):
        x, y, t = ways.points[k, 0], ways.points[k, 1], ways.triangle[k]
        lon, lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
        hop_m = geodesic_length_m(position[0], position[1], lon, lat)
        if ways.edge_end[k] != NOWHERE:
            row = ways.edge_end[k]
            _take_better(ends.distance[row], ends.via[row], hop_m, lon, lat, k, joined, distance, via, leaves_at)
            continue
        fill_distances(
            mesh, corners, ports, needed_depth, table, lon, lat, x, y, t, vertex_at(mesh, t, x, y), view, lengths,
            first,
        )  # fmt: skip
        _take_better(lengths, first, hop_m, lon, lat, k, joined, distance, via, leaves_at)


@inlined_leaf_kernel
def _take_better(lengths, first, hop_m, lon_deg, lat_deg, k, joined, distance, via, leaves_at):
    """Enter one way off where it is the shorter one."""
    for p in range(distance.shape[0]):
        length_m = lengths[p] + hop_m
        if length_m < distance[p]:
            distance[p] = length_m
            via[p] = first[p]
            leaves_at[p] = k
            joined[p, 0] = lon_deg
            joined[p, 1] = lat_deg
