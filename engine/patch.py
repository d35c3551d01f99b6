"""What positions near one another share: the corners their ways may begin at, and how near every port is at least.

What is in sight from everywhere in a patch nobody has to look for. How one is made is in `engine.build_patches`, how
ports are measured from a position of one in `engine.measure_in_patch`.
"""

from typing import NamedTuple

import numpy as np

from engine.kernels.harbour import may_be_inside
from engine.kernels.jit import inlined_kernel, inlined_leaf_kernel, kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import to_plane
from engine.kernels.snap import vertex_at
from engine.kernels.zones import zone_at

SAFE_M = 1.0
"""Added to every bound, so that rounding can't matter. [m]"""

LESS_M = 0.5
"""Taken off lengths that are to be bounds: more than the last digit of any length here. [m]"""

UNLOOKED, IN_SIGHT, HIDDEN = 0, 1, 2
"""What is known of the sight of a corner."""


class Patch(NamedTuple):
    """One triangle's positions within a radius of a middle.

    Attributes
    ----------
    triangle : int
    radius_m : float
        By the geodesic, at most. [m]
    ports : ndarray of int16, shape (p,)
        All ports, the nearest from the middle first.
    distance_m : ndarray of float64, shape (p,)
        From the middle to each of them. [m]
    sees : ndarray of int8, shape (p,)
        Which of them are in sight: from nowhere in it, perhaps from somewhere, or from everywhere.
    corners : ndarray of int32, shape (n,)
        Those that may be seen from somewhere in it, and come first on the way to some port.
    sure : ndarray of bool, shape (n,)
        Which of those are in sight from everywhere in it.
    first_start : ndarray of int32, shape (l + 1,)
        Corners that may come first on the way to the port at a place, one of the nearest l:
        ``first[first_start[place]:first_start[place + 1]]``. On the way to one farther off any of `corners` may.
    first : ndarray of int16
        Places in `corners`.
    onward_m : ndarray of float32
        From each of those corners to the port, rounded down: the exact lengths lie far apart in memory. [m]
    """

    triangle: int
    radius_m: float
    ports: np.ndarray
    distance_m: np.ndarray
    sees: np.ndarray
    corners: np.ndarray
    sure: np.ndarray
    first_start: np.ndarray
    first: np.ndarray
    onward_m: np.ndarray


class PatchTable(NamedTuple):
    """Many patches, one after the other; what is `Patch` of each.

    Attributes
    ----------
    triangle : ndarray of int64, shape (v,)
    radius_m : ndarray of float64, shape (v,)
        [m]
    ports : ndarray of int16, shape (v, p)
    distance_m : ndarray of float64, shape (v, p)
        [m]
    sees : ndarray of int8, shape (v, p)
    first_start : ndarray of int32, shape (v, l + 1)
    corners_from, corners_to : ndarray of int64, shape (v,)
        Corners of patch v: ``corners[corners_from[v]:corners_to[v]]``.
    first_from, first_to : ndarray of int64, shape (v,)
        Lists of patch v: ``first[first_from[v]:first_to[v]]``, and so `onward_m`.
    corners : ndarray of int32
    sure : ndarray of bool
    first : ndarray of int16
    onward_m : ndarray of float32
    """

    triangle: np.ndarray
    radius_m: np.ndarray
    ports: np.ndarray
    distance_m: np.ndarray
    sees: np.ndarray
    first_start: np.ndarray
    corners_from: np.ndarray
    corners_to: np.ndarray
    first_from: np.ndarray
    first_to: np.ndarray
    corners: np.ndarray
    sure: np.ndarray
    first: np.ndarray
    onward_m: np.ndarray


class PatchPlaces(NamedTuple):
    """Where rows lie; shape (n,).

    Attributes
    ----------
    x, y : ndarray of float64
        On the plane. [m]
    patch : ndarray of int64
        Number of the patch, or `NOWHERE` for rows that share none.
    """

    x: np.ndarray
    y: np.ndarray
    patch: np.ndarray


class RowPatches(NamedTuple):
    """Which patch each row lies in, and the patches.

    Attributes
    ----------
    places : PatchPlaces
        Of the rows; NaN on the plane where nobody has looked whether a row lies in its patch.
    table : PatchTable
        Of one depth class.
    """

    places: PatchPlaces
    table: PatchTable


def same_patch(of_one: RowPatches, count: int) -> RowPatches:
    """So many rows, all of the patch of one, or all of none."""
    return RowPatches(PatchPlaces(*(np.full(count, column[0]) for column in of_one.places)), of_one.table)


@kernel
def no_patch(port_count, listed_count):
    """One of no triangle."""
    none = np.empty(0, np.int32)
    return Patch(
        triangle=NOWHERE,
        radius_m=np.inf,
        ports=np.zeros(port_count, np.int16),
        distance_m=np.full(port_count, np.inf),
        sees=np.zeros(port_count, np.int8),
        corners=none,
        sure=none.astype(np.bool_),
        first_start=np.zeros(listed_count + 1, np.int32),
        first=none.astype(np.int16),
        onward_m=none.astype(np.float32),
    )


def no_patches(port_count: int) -> PatchTable:
    """A table of none, for so many ports."""
    none, numbers = np.empty(0), np.empty(0, np.int64)
    return PatchTable(
        triangle=numbers,
        radius_m=none,
        ports=np.empty((0, port_count), np.int16),
        distance_m=np.empty((0, port_count)),
        sees=np.empty((0, port_count), np.int8),
        first_start=np.empty((0, port_count + 1), np.int32),
        corners_from=numbers,
        corners_to=numbers,
        first_from=numbers,
        first_to=numbers,
        corners=np.empty(0, np.int32),
        sure=np.empty(0, np.bool_),
        first=np.empty(0, np.int16),
        onward_m=np.empty(0, np.float32),
    )


@inlined_kernel
def patch_from_table(patch_table, v):
    """One `Patch` of many."""
    return Patch(
        triangle=patch_table.triangle[v],
        radius_m=patch_table.radius_m[v],
        ports=patch_table.ports[v],
        distance_m=patch_table.distance_m[v],
        sees=patch_table.sees[v],
        corners=patch_table.corners[patch_table.corners_from[v] : patch_table.corners_to[v]],
        sure=patch_table.sure[patch_table.corners_from[v] : patch_table.corners_to[v]],
        first_start=patch_table.first_start[v],
        first=patch_table.first[patch_table.first_from[v] : patch_table.first_to[v]],
        onward_m=patch_table.onward_m[patch_table.first_from[v] : patch_table.first_to[v]],
    )


@leaf_kernel
def patch_at(mesh, lon_deg, lat_deg, side_m):
    """Triangle of a position (`NOWHERE` off the mesh), and column and row of the square it lies in. [deg], [m]"""
    px, py = to_plane(lon_deg, lat_deg, mesh.origin_lon_deg, mesh.origin_lat_deg)
    return locate(mesh, px, py), np.int64(np.floor(px / side_m)), np.int64(np.floor(py / side_m))


@inlined_leaf_kernel
def shares(water, needed_depth_m, px, py, triangle):
    """Whether a position of a triangle shares its ways with those round it: not one on a vertex, or at a harbour."""
    return (
        triangle != NOWHERE
        and water.mesh.least_depth[triangle] >= needed_depth_m
        and vertex_at(water.mesh, triangle, px, py) == NOWHERE
        and not is_near_a_harbour(water, px, py)
    )


@leaf_kernel
def is_near_a_harbour(water, px, py):
    """Whether a position may be inside a harbour, as `engine.kernels.harbour.from_inside` asks."""
    legs, limits = water.legs, water.limits
    drawn = zone_at(water.drawn, px, py)
    near = False
    for p in range(legs.length.shape[0]):
        if legs.start[p + 1] > legs.start[p]:
            near = near or may_be_inside(legs, p, limits.inside_factor, limits.longest_leg_over_mesh_m, px, py, drawn)
    return near


@leaf_kernel
def assign_patches(water, needed_depth_m, lon, lat, x, y, triangle):
    """Enter where positions lie on the plane, and in which open triangle. [m]

    Those that can share nothing lie in none (`NOWHERE`): off the mesh, on one of its vertices, or at a harbour.
    """
    mesh = water.mesh
    for k in range(lon.shape[0]):
        px, py = to_plane(lon[k], lat[k], mesh.origin_lon_deg, mesh.origin_lat_deg)
        t = locate(mesh, px, py)
        x[k], y[k] = px, py
        triangle[k] = t if shares(water, needed_depth_m, px, py, t) else NOWHERE
