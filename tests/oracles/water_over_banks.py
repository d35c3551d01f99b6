"""Whether a way has water enough everywhere: sampled every fifty metres, with shapely and plain interpolation."""

from itertools import pairwise

import numpy as np
import shapely

from engine.kernels.geodesy import geodesic_length_m
from tests.oracles.openings import heights

EVERY_M = 50.0


def bank_outlines(world, unproject):
    """Outlines of all banks in longitude and latitude, with their least depths."""
    origin = (world.water.mesh.origin_lon_deg, world.water.mesh.origin_lat_deg)
    return [(shapely.Polygon(unproject(bank.ring, *origin)), bank.least_depth_m) for bank in world.banks]


def samples_of(track):
    """Points of a track every fifty metres, shape (n, 2), and the share of its length that lies behind each."""
    points, behind_m, run_m = [], [], 0.0
    for (lon1, lat1), (lon2, lat2) in pairwise(np.asarray(track)):
        length_m = geodesic_length_m(lon1, lat1, lon2, lat2)
        part = np.linspace(0.0, 1.0, max(2, int(length_m / EVERY_M)))
        points.append(np.column_stack((lon1 + part * (lon2 - lon1), lat1 + part * (lat2 - lat1))))
        behind_m.append(run_m + part * length_m)
        run_m += length_m
    return np.vstack(points), np.concatenate(behind_m) / run_m


def nearest_tide(world, lon, lat):
    """Port with a tide that is nearest to a place, and how far off it is. [m]"""
    best = (np.inf, -1)
    for number, port in enumerate(world.ports):
        if world.tides.station[number] >= 0:
            best = min(best, (geodesic_length_m(lon, lat, *port.approach), number))
    return best[1], best[0]


def shortfalls(world, outlines, track, depart_s, time_s, needed_m, least_class_m):
    """Samples on banks that a vessel needs a tide for, where at the hour she is there the water is too little.

    The tide is that of the nearest port that has one, without its doubt: what has been reckoned for the worst of the
    range, with a doubt that grows with the distance, must have water by this.

    Returns
    -------
    short : list of (lon, lat, depth_m)
    over : int
        Samples on such banks at all.
    """
    points, behind = samples_of(track)
    short, over = [], 0
    for outline, least_m in outlines:
        if least_m >= least_class_m:
            continue
        inside = shapely.contains_xy(outline.buffer(-2e-4), points[:, 0], points[:, 1])
        if not inside.any():
            continue
        over += int(inside.sum())
        middle = outline.centroid
        port, _ = nearest_tide(world, middle.x, middle.y)
        at_s = depart_s + behind[inside] * time_s
        depth_m = least_m + heights(world.tides, port, at_s)
        for (lon, lat), depth in zip(points[inside], depth_m, strict=True):
            if not depth >= needed_m:
                short.append((lon, lat, depth))
    return short, over
