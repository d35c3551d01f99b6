"""The faster way round: a time-dependent search off the shortest path, where sea or stream may make it pay.

The search runs on a square lattice over the only water that can matter: the ellipse of points through which the port
can be reached within the time of the shortest path at top speed. Thirty-two directions leave each point; the points
of the shortest path belong to the graph, so it never loses the way through narrows. What comes out is straightened
with clocks run precisely (`engine.kernels.travel_time`), so its time is as good as any other, and is only used where it
is less than that of the shortest path. It is a faster way, not proven to be the fastest.

References
----------
P. E. Hart, N. J. Nilsson, B. Raphael, "A formal basis for the heuristic determination of minimum cost paths", IEEE
Transactions on Systems Science and Cybernetics 4 (1968) 100-107.
"""

from math import ceil, cos, radians, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.detour_bound import SAFE, top_speed_ms
from engine.kernels.forecast import waves_at
from engine.kernels.heap import pop, push
from engine.kernels.jit import kernel, leaf_kernel
from engine.kernels.mesh import NOWHERE, locate_open
from engine.kernels.plane import LATTICE_M, SPHERE_RADIUS_M, from_plane, length_of
from engine.kernels.speed import Sea, made_good_ms, sea_at
from engine.kernels.straighten import is_clear, string_pull
from engine.kernels.travel_time import PIECE_M, Leg, start_travel, travel_time_along_track

LATTICE_POINTS = (300, 2000, 8000)
"""Lattice points in the box of a first search, of a second one, and of a last one where no way is known yet; the pitch
follows from them."""

FINEST_PITCH_M = 200.0
_METRES_PER_DEGREE = SPHERE_RADIUS_M * 3.141592653589793 / 180.0
_UNSEEN = -2


def _directions() -> np.ndarray:
    """Steps to lattice neighbours up to three away, one for each direction."""
    steps = [(i, j) for i in range(-3, 4) for j in range(-3, 4) if np.gcd(i, j) == 1]
    return np.array(steps, np.int64)


_STEPS = _directions()


@leaf_kernel
def _box(sx, sy, tx, ty, whole_m):
    """Box of the ellipse with foci s and t whose points have distances to them that add up to `whole_m`.

    Returns
    -------
    left, low, wide, high : float
        [m]
    """
    straight_m = length_of(tx - sx, ty - sy)
    whole_m = max(whole_m, straight_m)
    a = 0.5 * whole_m
    b = 0.5 * sqrt(whole_m * whole_m - straight_m * straight_m)
    east = (tx - sx) / straight_m
    north = (ty - sy) / straight_m
    half_wide = sqrt((a * east) ** 2 + (b * north) ** 2)
    half_high = sqrt((a * north) ** 2 + (b * east) ** 2)
    return 0.5 * (sx + tx) - half_wide, 0.5 * (sy + ty) - half_high, 2.0 * half_wide, 2.0 * half_high


@leaf_kernel
def _on_lattice(value):
    return round(value / LATTICE_M) * LATTICE_M


@kernel
def _subdivide(track, longest_m):
    """Points along a track, shape (n, 2), no farther apart than `longest_m`, its own points included."""
    count = 1
    for k in range(1, track.shape[0]):
        count += max(1, ceil(length_of(track[k, 0] - track[k - 1, 0], track[k, 1] - track[k - 1, 1]) / longest_m))
    points = np.empty((count, 2))
    points[0] = track[0]
    used = 1
    for k in range(1, track.shape[0]):
        ax, ay = track[k - 1, 0], track[k - 1, 1]
        bx, by = track[k, 0], track[k, 1]
        pieces = max(1, ceil(length_of(bx - ax, by - ay) / longest_m))
        for piece in range(1, pieces + 1):
            points[used, 0] = _on_lattice(ax + (bx - ax) * piece / pieces)
            points[used, 1] = _on_lattice(ay + (by - ay) * piece / pieces)
            used += 1
    return points


@kernel
def search_track(mesh, needed_depth, passage, track, most_s, most_points, keeps_low):
    """A track that may be faster than the shortest path.

    Parameters
    ----------
    mesh : Mesh
    needed_depth : float
        [m]
    passage : Passage
        From the start of the track.
    track : ndarray of float64, shape (n, 2)
        The shortest path, lattice points of the plane. [m]
    most_s : float
        Tracks that take longer are not looked for. [s]
    most_points : int
        Lattice points in the box of the search.
    keeps_low : bool
        Whether to look at the sea between lattice points too: there is one she does not go into.

    Returns
    -------
    ndarray of float64, shape (m, 2)
        Points on the plane; none where nothing was found within `most_s`. [m]
    """
    start_lon, start_lat = from_plane(track[0, 0], track[0, 1], mesh.origin_lon_deg, mesh.origin_lat_deg)
    top_ms = top_speed_ms(passage.speed_model, passage.forecast, start_lon, start_lat, most_s) / SAFE
    left, low, wide, high = _box(track[0, 0], track[0, 1], track[-1, 0], track[-1, 1], top_ms * most_s)
    pitch = max(FINEST_PITCH_M, sqrt(wide * high / most_points))
    columns, rows = int(wide / pitch) + 1, int(high / pitch) + 1
    known = _subdivide(track, 3.0 * pitch)
    lattice = Lattice(left, low, pitch, columns, rows, columns * rows, known)
    count = lattice.size + known.shape[0]
    nodes = Nodes(
        x=np.empty(count),
        y=np.empty(count),
        lon=np.empty(count),
        lat=np.empty(count),
        triangle=np.full(count, _UNSEEN, np.int32),
        reached=np.full(count, np.inf),
        came_from=np.full(count, NOWHERE, np.int32),
        done=np.zeros(count, np.bool_),
        met=np.zeros(count, np.bool_),
        seas=np.empty((count, 5)),
    )
    capacity = 64 * (most_points + known.shape[0])
    frontier = Frontier(
        least_s=np.empty(capacity),
        node=np.empty(capacity, np.int32),
        ends=np.empty(_STEPS.shape[0] + known.shape[0] + 64, np.int64),
    )
    if not _search(mesh, needed_depth, passage, lattice, nodes, frontier, Aims(most_s, top_ms, keeps_low)):
        return np.empty((0, 2))
    steps = 1
    node = count - 1
    while nodes.came_from[node] != NOWHERE:
        steps += 1
        node = nodes.came_from[node]
    points = np.empty((steps, 2))
    node = count - 1
    for k in range(steps - 1, -1, -1):
        points[k, 0], points[k, 1] = nodes.x[node], nodes.y[node]
        node = nodes.came_from[node]
    return points


class Lattice(NamedTuple):
    """The square lattice of a search, and the points of the shortest path, which are numbered after those of it.

    Attributes
    ----------
    left, low : float
        Its first point. [m]
    pitch : float
        [m]
    columns, rows, size : int
    known : ndarray of float64, shape (n, 2)
        The points of the shortest path. [m]
    """

    left: float
    low: float
    pitch: float
    columns: int
    rows: int
    size: int
    known: np.ndarray


class Nodes(NamedTuple):
    """What a search finds out about each point.

    Attributes
    ----------
    x, y : ndarray of float64
        On the plane. [m]
    lon, lat : ndarray of float64
        [deg]
    triangle : ndarray of int32
        Open triangle that holds it, `NOWHERE`, or `_UNSEEN` until it is looked at.
    reached : ndarray of float64
        Time of the first arrival so far. [s]
    came_from : ndarray of int32
    done, met : ndarray of bool
        Whether it is left for good; whether its sea has been looked up.
    seas : ndarray of float64, shape (n, 5)
        Height and direction of the waves, drift of the water.
    """

    x: np.ndarray
    y: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    triangle: np.ndarray
    reached: np.ndarray
    came_from: np.ndarray
    done: np.ndarray
    met: np.ndarray
    seas: np.ndarray


class Frontier(NamedTuple):
    """Room for the points a search is about to leave.

    Attributes
    ----------
    least_s : ndarray of float64
        Heap of the least times by way of them. [s]
    node : ndarray of int32
        The points, in the order of that heap.
    ends : ndarray of int64
        Points that the one looked at is joined to.
    """

    least_s: np.ndarray
    node: np.ndarray
    ends: np.ndarray


class Aims(NamedTuple):
    """What a search is content with.

    Attributes
    ----------
    most_s : float
        Tracks that take longer are not looked for. [s]
    top_ms : float
        Nothing is faster over the ground on the way. [m/s]
    keeps_low : bool
        Whether to look at the sea between lattice points too.
    """

    most_s: float
    top_ms: float
    keeps_low: bool


@leaf_kernel
def _search(mesh, needed_depth, passage, lattice, nodes, frontier, aims):
    """Search from the first point of the shortest path to its last one; whether that is reached."""
    speed_model = passage.speed_model
    x, y, lon, lat, triangle, reached, came_from, done, met, seas = nodes
    left, low, pitch, columns = lattice.left, lattice.low, lattice.pitch, lattice.columns
    size_of_lattice, known = lattice.size, lattice.known
    heap_key, heap_item, ends = frontier.least_s, frontier.node, frontier.ends
    origin_lon, origin_lat = mesh.origin_lon_deg, mesh.origin_lat_deg
    start, goal = size_of_lattice, size_of_lattice + known.shape[0] - 1
    for k in range(known.shape[0]):
        node = size_of_lattice + k
        x[node], y[node] = known[k, 0], known[k, 1]
        lon[node], lat[node] = from_plane(x[node], y[node], origin_lon, origin_lat)
        triangle[node] = locate_open(mesh, needed_depth, x[node], y[node])
    reached[start] = 0.0
    heap_key[0] = 0.0
    heap_item[0] = start
    size = 1
    while size > 0 and not done[goal]:
        _, node = pop(heap_key, heap_item, size)
        size -= 1
        if done[node]:
            continue
        done[node] = True
        at_s = passage.depart_s + reached[node]
        sea = sea_at(passage.forecast, speed_model, lon[node], lat[node], at_s)
        # Out of a sea she should not be in she may go; into one she does not.
        if sea.hs_m > speed_model.max_hs_m and node != start:
            continue
        found = _neighbours(node, lattice, nodes, ends)
        narrowing = cos(radians(lat[node]))
        for k in range(found):
            end = ends[k]
            if triangle[end] == _UNSEEN:
                x[end] = _on_lattice(left + (end % columns) * pitch)
                y[end] = _on_lattice(low + (end // columns) * pitch)
                triangle[end] = locate_open(mesh, needed_depth, x[end], y[end])
                if triangle[end] != NOWHERE:
                    lon[end], lat[end] = from_plane(x[end], y[end], origin_lon, origin_lat)
            if done[end] or (end < size_of_lattice and triangle[end] == NOWHERE):
                continue
            east = (lon[end] - lon[node]) * narrowing
            north = lat[end] - lat[node]
            step = length_of(east, north)
            if step == 0.0:
                continue
            half_m = 0.5 * step * _METRES_PER_DEGREE
            to_go = length_of(x[goal] - x[end], y[goal] - y[end]) / aims.top_ms
            least_s = reached[node] + 2.0 * half_m / aims.top_ms
            # Once its sea is known, a point that even top speed brings no sooner needs no closer look.
            if met[end] and (least_s >= reached[end] or least_s + to_go > aims.most_s * 1.01):
                continue
            made_ms = made_good_ms(speed_model, sea, east / step, north / step, 1.0, 1.0, 0.0)
            if not made_ms > 0.0:
                continue
            if not met[end]:
                # The sea at the far end, at about the time of the first arrival from anywhere.
                met[end] = True
                there = sea_at(passage.forecast, speed_model, lon[end], lat[end], at_s + 2.0 * half_m / made_ms)
                seas[end, 0], seas[end, 1], seas[end, 2] = there.hs_m, there.waves_east, there.waves_north
                seas[end, 3], seas[end, 4] = there.drift_east_ms, there.drift_north_ms
            there = Sea(
                hs_m=seas[end, 0],
                waves_east=seas[end, 1],
                waves_north=seas[end, 2],
                drift_east_ms=seas[end, 3],
                drift_north_ms=seas[end, 4],
                stream_known=True,
                filled_m=0.0,
                doubt_east_ms=0.0,
                doubt_north_ms=0.0,
            )
            onward_ms = made_good_ms(speed_model, there, east / step, north / step, 1.0, 1.0, 0.0)
            if not onward_ms > 0.0:
                continue
            arrival = reached[node] + half_m / made_ms + half_m / onward_ms
            if arrival >= reached[end] or arrival + to_go > aims.most_s * 1.01 or size >= heap_key.shape[0]:
                continue
            leg = Leg(lon[node], lat[node], lon[end], lat[end], 2.0 * half_m)
            if aims.keeps_low and not _stays_low(passage.forecast, speed_model, at_s, arrival - reached[node], leg):
                continue
            # Along the shortest path itself there is nothing to check.
            on_path = node >= size_of_lattice and end == node + 1
            if not on_path and (
                triangle[node] == NOWHERE
                or not is_clear(mesh, needed_depth, triangle[node], x[node], y[node], x[end], y[end])
            ):
                continue
            reached[end] = arrival
            came_from[end] = node
            heap_key[size] = arrival + to_go
            heap_item[size] = end
            push(heap_key, heap_item, size)
            size += 1
    return done[goal]


@leaf_kernel
def _stays_low(forecast, speed_model, depart_s, time_s, leg):
    """Whether the sea on a leg, between its ends, stays within what the vessel goes into."""
    lon1, lat1, lon2, lat2, length_m = leg
    pieces = int(length_m / PIECE_M)
    for k in range(pieces):
        part = (k + 1.0) / (pieces + 1.0)
        hs_m, _, _, _, _ = waves_at(
            forecast, lon1 + part * (lon2 - lon1), lat1 + part * (lat2 - lat1), depart_s + part * time_s
        )
        if hs_m * speed_model.wave_factor > speed_model.max_hs_m:
            return False
    return True


@leaf_kernel
def _neighbours(node, lattice, nodes, ends):
    """Fill `ends` with the nodes that a node is joined to; returns how many."""
    left, low, pitch, columns, rows, size, known = lattice
    x, y = nodes.x, nodes.y
    found = 0
    if node < size:
        column = node % columns
        row = node // columns
        for k in range(_STEPS.shape[0]):
            i = column + _STEPS[k, 0]
            j = row + _STEPS[k, 1]
            if 0 <= i < columns and 0 <= j < rows:
                ends[found] = j * columns + i
                found += 1
        for k in range(known.shape[0]):
            if abs(known[k, 0] - x[node]) <= 2.0 * pitch and abs(known[k, 1] - y[node]) <= 2.0 * pitch:
                ends[found] = size + k
                found += 1
        return found
    column = int((x[node] - left) / pitch)
    row = int((y[node] - low) / pitch)
    for j in range(max(0, row - 2), min(rows, row + 4)):
        for i in range(max(0, column - 2), min(columns, column + 4)):
            ends[found] = j * columns + i
            found += 1
    if node + 1 < size + known.shape[0]:
        ends[found] = node + 1
        found += 1
    return found


@kernel
def search_faster_track(mesh, needed_depth, passage, track, most_s, no_way, keeps_low):
    """The faster way round, if there is one.

    Parameters
    ----------
    mesh : Mesh
    needed_depth : float
        [m]
    passage : Passage
        From the start of the track.
    track : ndarray of float64, shape (n, 2)
        The shortest path, lattice points of the plane. [m]
    most_s : float
        Only times below this one are of use. [s]
    no_way : bool
        Whether the shortest path is none: then, where two searches find nothing, a third and finest one is made.
    keeps_low : bool
        Whether the shortest path leads through a sea she does not go into.

    Returns
    -------
    way : ndarray of float64, shape (m, 2)
        Longitude and latitude, through no sea above her limit; empty where none was found. [deg]
    travel_time : TravelTime
        At its end.
    """
    best = np.empty((0, 2))
    best_clock = start_travel()
    best_s = most_s
    if track[0, 0] == track[-1, 0] and track[0, 1] == track[-1, 1]:
        return best, best_clock
    for most_points in LATTICE_POINTS:
        is_last_resort = most_points == LATTICE_POINTS[-1]
        if is_last_resort and (best.shape[0] > 0 or not no_way):
            break
        # What a coarse search finds narrows the water the next one looks at, so that is finer.
        points = search_track(mesh, needed_depth, passage, track, best_s, most_points, keeps_low)
        if points.shape[0] > 0:
            way = string_pull(mesh, needed_depth, passage, points)
            travel_time = travel_time_along_track(passage, way)
            if travel_time.time_s < best_s and travel_time.highest_hs_m <= passage.speed_model.max_hs_m:
                best = way
                best_clock = travel_time
                best_s = travel_time.time_s
    return best, best_clock
