"""Off a bank: the nearest open water in each of sixteen directions, and what is reached from there."""

from math import atan2, pi
from typing import NamedTuple

import numpy as np

from engine.kernels.geodesy import geodesic_length_m
from engine.kernels.jit import inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import from_plane
from engine.kernels.shore import crosses_land, nearest_on_segment
from engine.kernels.shortest_paths import fill_distances
from engine.kernels.snap import nudge_inside, vertex_at
from engine.kernels.visibility import mesh_point, new_view

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


class Departures(NamedTuple):
    """How a position leaves for each port; what is better is entered in it.

    Attributes
    ----------
    joined, distance_m, via
        Of `engine.kernels.reach.Reach`.
    leaves_at : ndarray of int64, shape (p,)
        Which of the ways off a bank leads to each port; `NOWHERE` for none of them.
    """

    joined: np.ndarray
    distance_m: np.ndarray
    via: np.ndarray
    leaves_at: np.ndarray


@leaf_kernel
def point_in_triangle(mesh, triangle, x, y):
    """A lattice point of a triangle, with the vertex it coincides with."""
    lon, lat = from_plane(x, y, mesh.origin_lon_deg, mesh.origin_lat_deg)
    return mesh_point(lon, lat, x, y, triangle, vertex_at(mesh, triangle, x, y))


@kernel
def edge_ends_of(space, rim, distance):
    """`EdgeEnds` of a rim.

    Parameters
    ----------
    space : SearchSpace
        To the ports, at the depth of the rim.
    rim : Boundary
    distance : ndarray of float64, shape (k, p)
        Corner-to-port table. [m]
    """
    mesh = space.mesh
    row_count, port_count = 2 * rim.shallow.shape[0], space.targets.x.shape[0]
    lengths = np.full((row_count, port_count), np.inf)
    via = np.full((row_count, port_count), NOWHERE, np.int32)
    first = np.empty(port_count, np.int64)
    view = new_view(space)
    for row in range(row_count):
        edge = rim.shallow[row // 2]
        t = rim.triangle[edge]
        v = rim.start[edge] if row % 2 == 0 else rim.end[edge]
        x, y, found = nudge_inside(mesh, t, mesh.x[v], mesh.y[v])
        if found:
            fill_distances(space, distance, point_in_triangle(mesh, t, x, y), view, lengths[row], first)
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
    found = ExitPoints(np.empty((_SECTORS, 2)), np.full(_SECTORS, NOWHERE), np.full(_SECTORS, NOWHERE))
    _fill_nearest_of_sectors(mesh, rim, shore, px, py, reach, np.full(_SECTORS, np.inf), found)
    kept = np.flatnonzero(found.triangle != NOWHERE)
    return ExitPoints(found.points[kept], found.triangle[kept], found.edge_end[kept])


@leaf_kernel
def _fill_nearest_of_sectors(mesh, rim, shore, px, py, reach, distance, exits):
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
            exits.points[sector, 0] = in_x
            exits.points[sector, 1] = in_y
            exits.triangle[sector] = rim.triangle[k]
            exits.edge_end[sector] = NOWHERE
            if near_x == mesh.x[a] and near_y == mesh.y[a]:
                exits.edge_end[sector] = 2 * place
            elif near_x == mesh.x[b] and near_y == mesh.y[b]:
                exits.edge_end[sector] = 2 * place + 1


@leaf_kernel
def exit_shoal(space, table, ends, ways, position, view, lengths, departures):
    """For each port the best of all ways off the bank, entered where it is better than what stands there.

    Parameters
    ----------
    space : SearchSpace
        To the ports.
    table : ndarray of float64, shape (k, p)
        Corner-to-port table. [m]
    ends : EdgeEnds
    ways : ExitPoints
    position : ndarray of float64, shape (2,)
        Longitude and latitude. [deg]
    view : View
    lengths : tuple of ndarray of float64 and int64, shape (p,)
        Scratch: to each port, and by which corner.
    departures : Departures
    """
    length, first = lengths
    for k in range(ways.triangle.shape[0]):
        point = point_in_triangle(space.mesh, ways.triangle[k], ways.points[k, 0], ways.points[k, 1])
        hop_m = geodesic_length_m(position[0], position[1], point.lon, point.lat)
        if ways.edge_end[k] != NOWHERE:
            row = ways.edge_end[k]
            _take_better(ends.distance[row], ends.via[row], hop_m, point, k, departures)
            continue
        fill_distances(space, table, point, view, length, first)
        _take_better(length, first, hop_m, point, k, departures)


@inlined_leaf_kernel
def _take_better(lengths, first, hop_m, point, k, departures):
    """Enter one way off where it is the shorter one."""
    for p in range(departures.distance_m.shape[0]):
        length_m = lengths[p] + hop_m
        if length_m < departures.distance_m[p]:
            departures.distance_m[p] = length_m
            departures.via[p] = first[p]
            departures.leaves_at[p] = k
            departures.joined[p, 0] = point.lon
            departures.joined[p, 1] = point.lat
