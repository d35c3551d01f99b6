"""Which zones a leg touches, as bits: traffic lanes, firing ranges, whatever the pack lists, up to 64 of them."""

from math import atan2, degrees, inf
from typing import NamedTuple

import numpy as np

from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.plane import orientation
from engine.kernels.shore import nearest_on_segment


class Zones(NamedTuple):
    """Polygons on the gnomonic plane; several polygons may share one zone number.

    Attributes
    ----------
    ring : ndarray of float64, shape (r, 2)
        Vertices of all polygons, one closed ring after the other. [m]
    ring_start : ndarray of int32, shape (z + 1,)
        Vertices of polygon z: ``ring[ring_start[z]:ring_start[z + 1]]``.
    box : ndarray of float64, shape (z, 4)
        West, south, east and north side of each polygon. [m]
    zone : ndarray of int32, shape (z,)
        Zone number of each polygon, 0 to 63.
    flow_deg : ndarray of float64, shape (z,)
        Grid direction of traffic flow on the plane, clockwise from its y axis; NaN where there is none. [deg]
    """

    ring: np.ndarray
    ring_start: np.ndarray
    box: np.ndarray
    zone: np.ndarray
    flow_deg: np.ndarray


@leaf_kernel
def is_inside(zones, z, px, py):
    """Whether a point lies inside polygon z."""
    inside = False
    for k in range(zones.ring_start[z], zones.ring_start[z + 1] - 1):
        y1 = zones.ring[k, 1]
        y2 = zones.ring[k + 1, 1]
        if (y1 > py) != (y2 > py):
            side = orientation(zones.ring[k, 0], y1, zones.ring[k + 1, 0], y2, px, py)
            if (side > 0.0) == (y2 > y1):
                inside = not inside
    return inside


@leaf_kernel
def zone_at(zones, px, py):
    """Zone number of the first polygon that holds a point; -1 where none does."""
    for z in range(zones.box.shape[0]):
        west, south, east, north = zones.box[z]
        if west <= px <= east and south <= py <= north and is_inside(zones, z, px, py):
            return np.int64(zones.zone[z])
    return np.int64(-1)


@leaf_kernel
def _touches(zones, z, ax, ay, bx, by):
    """Whether a segment touches polygon z."""
    ring = zones.ring
    for k in range(zones.ring_start[z], zones.ring_start[z + 1] - 1):
        first = orientation(ax, ay, bx, by, ring[k, 0], ring[k, 1])
        two = orientation(ax, ay, bx, by, ring[k + 1, 0], ring[k + 1, 1])
        if (first > 0.0) == (two > 0.0):
            continue
        three = orientation(ring[k, 0], ring[k, 1], ring[k + 1, 0], ring[k + 1, 1], ax, ay)
        four = orientation(ring[k, 0], ring[k, 1], ring[k + 1, 0], ring[k + 1, 1], bx, by)
        if (three > 0.0) != (four > 0.0):
            return True
    return is_inside(zones, z, ax, ay)


@leaf_kernel
def zones_of_leg(zones, ax, ay, bx, by, right_angle_tolerance_deg):
    """Zones a straight leg touches, and traffic lanes it crosses at a poor angle.

    Parameters
    ----------
    zones : Zones
    ax, ay, bx, by : float
        Ends of the leg on the plane. [m]
    right_angle_tolerance_deg : float
        A lane crossed farther than this from a right angle to its flow is crossed at a poor angle. [deg]

    Returns
    -------
    touched, poor : uint64
        One bit a zone.
    """
    touched = np.uint64(0)
    poor = np.uint64(0)
    west, east = min(ax, bx), max(ax, bx)
    south, north = min(ay, by), max(ay, by)
    box = zones.box
    for z in range(box.shape[0]):
        if box[z, 0] > east or box[z, 2] < west or box[z, 1] > north or box[z, 3] < south:
            continue
        if not _touches(zones, z, ax, ay, bx, by):
            continue
        bit = np.uint64(1) << np.uint64(zones.zone[z])
        touched |= bit
        flow = zones.flow_deg[z]
        if not np.isnan(flow) and (ax != bx or ay != by):
            course = degrees(atan2(bx - ax, by - ay))
            angle = abs((course - flow + 180.0) % 360.0 - 180.0)
            if abs(angle - 90.0) > right_angle_tolerance_deg:
                poor |= bit
    return touched, poor


@leaf_kernel
def zones_of_track(zones, track, right_angle_tolerance_deg):
    """`zones_of_leg` gathered along a track of the plane, shape (n, 2). [m]"""
    touched = np.uint64(0)
    poor = np.uint64(0)
    for k in range(1, track.shape[0]):
        first, two = zones_of_leg(
            zones, track[k - 1, 0], track[k - 1, 1], track[k, 0], track[k, 1], right_angle_tolerance_deg
        )
        touched |= first
        poor |= two
    return touched, poor


class ZoneSets(NamedTuple):
    """Distinct sets of zones, numbered as they are met: of millions of ways there are a few hundred.

    Attributes
    ----------
    touched, poor : ndarray of uint64, shape (MOST_ZONE_SETS,)
    slots : ndarray of int32
        Number of a set by its hash; -1 where none is.
    used : ndarray of int64, shape (1,)
    """

    touched: np.ndarray
    poor: np.ndarray
    slots: np.ndarray
    used: np.ndarray


MOST_ZONE_SETS = 1 << 16
_SLOTS = 1 << 18
_FREE = -1


@leaf_kernel
def _number_of_set(sets, touched, poor):
    """Number of a set of zones, given it now if it is met for the first time."""
    # Fibonacci hashing, Knuth, The Art of Computer Programming 3, 6.4.
    mixed = (touched ^ (poor * np.uint64(31))) * np.uint64(11400714819323198485)
    slot = np.int64(mixed >> np.uint64(46))
    while sets.slots[slot] != _FREE:
        number = sets.slots[slot]
        if sets.touched[number] == touched and sets.poor[number] == poor:
            return number
        slot = (slot + 1) % _SLOTS
    number = sets.used[0]
    if number == MOST_ZONE_SETS:
        raise ValueError("more sets of zones on the ways than can be numbered")
    sets.slots[slot] = number
    sets.touched[number] = touched
    sets.poor[number] = poor
    sets.used[0] = number + 1
    return number


@kernel
def zones_of_trees(mesh, corners, targets, zones, following, right_angle_tolerance_deg):
    """Zones touched on the way from every corner to every target: `zones_of_leg` gathered along the trees.

    Returns
    -------
    zone_set : ndarray of uint16, shape (k, p)
        Which of the sets that follow lies on the way.
    touched, poor : ndarray of uint64, shape (s,)

    Raises
    ------
    ValueError
        There are more sets than can be numbered.
    """
    count, target_count = following.shape
    zone_set = np.zeros((count, target_count), np.uint16)
    sets = ZoneSets(
        np.zeros(MOST_ZONE_SETS, np.uint64),
        np.zeros(MOST_ZONE_SETS, np.uint64),
        np.full(_SLOTS, _FREE, np.int32),
        np.zeros(1, np.int64),
    )
    none = _number_of_set(sets, np.uint64(0), np.uint64(0))
    known_end = np.empty(target_count, np.int32)
    known_set = np.empty(target_count, np.int64)
    for c in range(count):
        v = corners.vertex[c]
        known = 0
        for p in range(target_count):
            w = following[c, p]
            if w == -1:
                zone_set[c, p] = none
                continue
            if w < 0:
                touched, poor = zones_of_leg(
                    zones, mesh.x[v], mesh.y[v], targets.x[p], targets.y[p], right_angle_tolerance_deg
                )
                zone_set[c, p] = _number_of_set(sets, touched, poor)
                continue
            k = 0
            while k < known and known_end[k] != w:
                k += 1
            if k == known:
                u = corners.vertex[w]
                known_end[k] = w
                touched, poor = zones_of_leg(
                    zones, mesh.x[v], mesh.y[v], mesh.x[u], mesh.y[u], right_angle_tolerance_deg
                )
                known_set[k] = _number_of_set(sets, touched, poor)
                known += 1
            zone_set[c, p] = known_set[k]
    # Gather towards the targets: a corner is done once the next one on its way is.
    done = np.empty(count, np.bool_)
    memo = np.empty(count, np.int32)
    for p in range(target_count):
        for c in range(count):
            done[c] = following[c, p] < 0
        for c in range(count):
            steps = 0
            at = c
            while not done[at]:
                memo[steps] = at
                steps += 1
                at = following[at, p]
            for k in range(steps - 1, -1, -1):
                at = memo[k]
                leg, rest = zone_set[at, p], zone_set[following[at, p], p]
                if leg != rest:
                    zone_set[at, p] = _number_of_set(
                        sets, sets.touched[leg] | sets.touched[rest], sets.poor[leg] | sets.poor[rest]
                    )
                done[at] = True
    used = sets.used[0]
    return zone_set, sets.touched[:used].copy(), sets.poor[:used].copy()


class Regions(NamedTuple):
    """Regions that tile the area, and how well each stretch of their limits is known.

    Attributes
    ----------
    zones : Zones
        Zone number is the number of the region.
    doubt_m : ndarray of float64, shape (r,)
        Of the edge that starts at each vertex of `zones`: how far the limit may lie from where it is drawn. [m]
    """

    zones: Zones
    doubt_m: np.ndarray


@leaf_kernel
def region_at(regions, least_band_m, px, py):
    """Region that holds a point, and the limit of another one that is nearest beyond its doubt.

    Parameters
    ----------
    regions : Regions
    least_band_m : float
        Every limit is doubted by this much at least. [m]
    px, py : float
        Lattice point on the plane. [m]

    Returns
    -------
    here, other : int
        Numbers of regions; -1 where there is none.
    distance_m : float
        To that limit; infinite without one. [m]
    doubt_m : float
        Of that limit. [m]
    """
    zones = regions.zones
    here = -1
    for z in range(zones.box.shape[0]):
        if is_inside(zones, z, px, py):
            here = zones.zone[z]
            break
    other = -1
    nearest = inf
    doubt = least_band_m
    for z in range(zones.box.shape[0]):
        if zones.zone[z] == here:
            continue
        for k in range(zones.ring_start[z], zones.ring_start[z + 1] - 1):
            _, _, distance = nearest_on_segment(
                px, py, zones.ring[k, 0], zones.ring[k, 1], zones.ring[k + 1, 0], zones.ring[k + 1, 1]
            )
            doubted = max(least_band_m, regions.doubt_m[k])
            if distance - doubted < nearest - doubt:
                nearest = distance
                doubt = doubted
                other = zones.zone[z]
    return here, other, nearest, doubt
