"""Whole arrays of positions to the gnomonic plane and back."""

import numpy as np

from engine.kernels.jit import kernel
from engine.kernels.plane import from_plane, to_plane


@kernel
def project(positions, origin_lon_deg, origin_lat_deg):
    """Positions, shape (n, 2) [deg], to lattice points of the plane. [m]"""
    points = np.empty_like(positions)
    for i in range(positions.shape[0]):
        points[i, 0], points[i, 1] = to_plane(positions[i, 0], positions[i, 1], origin_lon_deg, origin_lat_deg)
    return points


@kernel
def unproject(points, origin_lon_deg, origin_lat_deg):
    """Points of the plane, shape (n, 2) [m], to positions. [deg]"""
    positions = np.empty_like(points)
    for i in range(points.shape[0]):
        positions[i, 0], positions[i, 1] = from_plane(points[i, 0], points[i, 1], origin_lon_deg, origin_lat_deg)
    return positions
