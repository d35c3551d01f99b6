"""Tidal stream of an atlas at a place and a time: linear between the atlas's points, between hours and with the tide.

The atlas gives rates hourly about high (or low) water of a reference port, at springs and at neaps. Between and beyond
these the rate goes with the tidal coefficient. The layer is made outside (`geodata.streams`); here it is only read.
"""

from math import nan
from typing import NamedTuple

import numpy as np

from engine.kernels.jit import inlined_leaf_kernel, leaf_kernel
from engine.units import HOUR_S

HOURS = 6
"""The atlas reaches so many hours before and after the water it counts from. [h]"""

RATE_UNIT_MS = 0.1 * 1852.0 / 3600.0
"""Rates are stored in tenths of a knot. [m/s]"""

RING_M = 18520.0
"""Width of the rings about a place within which the strongest stream is known. [m]"""

_EDGE = -1e-9
"""A weight so little below zero still counts as on the edge of a triangle."""


class Streams(NamedTuple):
    """An atlas of tidal streams, and the tides it counts from over one window of time.

    Positions are latitude and longitude times `shrink`, in degrees.

    Attributes
    ----------
    shrink : float
        Cosine of the middle latitude.
    vertex : ndarray of int32, shape (m, 3)
        Points of each triangle. Outside the triangles nothing is known.
    plane : ndarray of float64, shape (m, 6)
        Weight of the second and the third point of a triangle as ``a x + b y + c``.
    reference : ndarray of int8, shape (n,)
        Which tide each point counts from.
    doubt : ndarray of float64, shape (m,)
        Doubt of the rate in each triangle, as a share.
    rates : ndarray of int8, shape (n, 13, 4)
        By hour: springs east and north, neaps east and north, the way the water goes. [0.1 kn]
    cell_size, cell_x0, cell_y0 : float
        Look-up grid. [deg]
    cell_columns, cell_rows : int
    cell_start, cell_triangles : ndarray of int32
        Triangles that touch each cell, row by row.
    turn_s : ndarray of float64, shape (r, k)
        Epochs of the high (or low) waters that each reference counts from, increasing, padded with +inf; of no column
        where no tide is known. [s]
    springs : ndarray of float64, shape (r, k)
        Tide of each: 0 at neaps, 1 at springs, beyond them below and above.
    tile_x0, tile_y0, tile_size : float
        Tiles of the area. [deg]
    tile_columns, tile_rows : int
    within_ms : ndarray of float64, shape (tiles, rings)
        Strongest stream of the window anywhere within so many `RING_M` of each tile, 1 and up. [m/s]
    strongest_ms : float
        Strongest stream of the window anywhere. [m/s]
    """

    shrink: float
    vertex: np.ndarray
    plane: np.ndarray
    reference: np.ndarray
    doubt: np.ndarray
    rates: np.ndarray
    cell_size: float
    cell_x0: float
    cell_y0: float
    cell_columns: int
    cell_rows: int
    cell_start: np.ndarray
    cell_triangles: np.ndarray
    turn_s: np.ndarray
    springs: np.ndarray
    tile_x0: float
    tile_y0: float
    tile_size: float
    tile_columns: int
    tile_rows: int
    within_ms: np.ndarray
    strongest_ms: float


def no_streams() -> Streams:
    """An atlas that covers nothing."""
    return read_only(
        Streams(
            shrink=1.0,
            vertex=np.empty((0, 3), np.int32),
            plane=np.empty((0, 6)),
            reference=np.empty(0, np.int8),
            doubt=np.empty(0),
            rates=np.empty((0, 2 * HOURS + 1, 4), np.int8),
            cell_size=1.0,
            cell_x0=0.0,
            cell_y0=0.0,
            cell_columns=0,
            cell_rows=0,
            cell_start=np.zeros(1, np.int32),
            cell_triangles=np.empty(0, np.int32),
            turn_s=np.empty((0, 0)),
            springs=np.empty((0, 0)),
            tile_x0=0.0,
            tile_y0=0.0,
            tile_size=1.0,
            tile_columns=0,
            tile_rows=0,
            within_ms=np.zeros((0, 0)),
            strongest_ms=0.0,
        )
    )


def read_only(streams: Streams) -> Streams:
    """The same with arrays nobody can write to: numba compiles once for such and once for others."""
    for field in streams:
        if isinstance(field, np.ndarray):
            field.setflags(write=False)
    return streams


@leaf_kernel
def has_tide(streams):
    """Whether there is an atlas, and a tide to read it by."""
    return streams.vertex.shape[0] > 0 and streams.turn_s.shape[1] > 0


@inlined_leaf_kernel
def _turn_before(turn_s, reference, at_s):
    """Number of the last turn of a reference's tide up to a time; -1 outside those known."""
    last = turn_s.shape[1] - 1
    while last > 0 and not turn_s[reference, last] < np.inf:
        last -= 1
    # Written so that a time that is not a number fails.
    if last < 1 or not (turn_s[reference, 0] <= at_s < turn_s[reference, last]):
        return -1
    # Tides come evenly, so the guess is mostly right.
    k = int((at_s - turn_s[reference, 0]) / (turn_s[reference, last] - turn_s[reference, 0]) * last)
    while turn_s[reference, k] > at_s:
        k -= 1
    while turn_s[reference, k + 1] <= at_s:
        k += 1
    return k


@inlined_leaf_kernel
def tidal_hour(turn_s, springs, reference, at_s):
    """Rows of the atlas that hold for a time.

    Parameters
    ----------
    turn_s, springs : ndarray of float64
        Of `Streams`.
    reference : int
    at_s : float
        [epoch s]

    Returns
    -------
    before, after : int
        Hours of the atlas, from 0 for 6 h before; -1 where the tide is not known.
    weight : float
        Of the later one.
    springs_before, springs_after : float
        Tide each of them belongs to, as in `Streams`.
    """
    before, after, weight, springs_before, springs_after = -1, -1, 0.0, 0.0, 0.0
    k = _turn_before(turn_s, reference, at_s)
    if k >= 0:
        since_h = (at_s - turn_s[reference, k]) / HOUR_S
        until_h = (turn_s[reference, k + 1] - at_s) / HOUR_S
        springs_before, springs_after = springs[reference, k], springs[reference, k + 1]
        if since_h <= HOURS and since_h <= until_h:
            springs_after = springs_before
            hour = min(int(since_h), HOURS - 1)
            before, after, weight = HOURS + hour, HOURS + hour + 1, since_h - hour
        elif until_h <= HOURS:
            springs_before = springs_after
            hour = min(int(until_h), HOURS - 1)
            before, after, weight = HOURS - hour - 1, HOURS - hour, 1.0 - (until_h - hour)
        else:
            # The last hour of one tide and the first of the next are less than an hour apart.
            before, after, weight = 2 * HOURS, 0, (since_h - HOURS) / (since_h + until_h - 2 * HOURS)
    return before, after, weight, springs_before, springs_after


@inlined_leaf_kernel
def _rate(rates, point, before, after, weight, springs_before, springs_after, component):
    """Rate at a point between two hours. [0.1 kn]"""
    neaps = float(rates[point, before, 2 + component])
    first = neaps + springs_before * (float(rates[point, before, component]) - neaps)
    neaps = float(rates[point, after, 2 + component])
    return first + weight * (neaps + springs_after * (float(rates[point, after, component]) - neaps) - first)


@inlined_leaf_kernel
def atlas_stream_at(streams, lon_deg, lat_deg, at_s):
    """Tidal stream at a place and a time.

    Parameters
    ----------
    streams : Streams
    lon_deg, lat_deg : float
        Place, WGS 84. [deg]
    at_s : float
        [epoch s]

    Returns
    -------
    east_ms, north_ms : float
        Velocity of the water, the way it goes; NaN where the atlas does not cover the place or no tide is known. [m/s]
    doubt : float
        Of the rate, as a share.
    """
    east, north, doubt = nan, nan, nan
    if streams.turn_s.shape[1] > 0:
        x, y = lon_deg * streams.shrink, lat_deg
        column = (x - streams.cell_x0) / streams.cell_size
        row = (y - streams.cell_y0) / streams.cell_size
        if 0.0 <= column < streams.cell_columns and 0.0 <= row < streams.cell_rows:
            cell = int(row) * streams.cell_columns + int(column)
            for k in range(streams.cell_start[cell], streams.cell_start[cell + 1]):
                t = streams.cell_triangles[k]
                second = streams.plane[t, 0] * x + streams.plane[t, 1] * y + streams.plane[t, 2]
                third = streams.plane[t, 3] * x + streams.plane[t, 4] * y + streams.plane[t, 5]
                first = 1.0 - second - third
                if second >= _EDGE and third >= _EDGE and first >= _EDGE:
                    east, north = _mixed(streams, t, (first, second, third), at_s)
                    doubt = streams.doubt[t]
                    break
    return east, north, doubt


@inlined_leaf_kernel
def _mixed(streams, t, shares, at_s):
    """Stream between the three points of a triangle, each with its share and by its own tide. [m/s]"""
    reference, rates = streams.reference, streams.rates
    first, second, third = shares
    east, north = 0.0, 0.0
    known = -1
    before, after, weight, springs_before, springs_after = -1, -1, 0.0, 0.0, 0.0
    for corner in range(3):
        point = streams.vertex[t, corner]
        share = first if corner == 0 else (second if corner == 1 else third)
        # Nearly all triangles have one reference.
        if reference[point] != known:
            known = reference[point]
            before, after, weight, springs_before, springs_after = tidal_hour(
                streams.turn_s, streams.springs, known, at_s
            )
        if before < 0:
            east, north = nan, nan
        else:
            east += share * _rate(rates, point, before, after, weight, springs_before, springs_after, 0)
            north += share * _rate(rates, point, before, after, weight, springs_before, springs_after, 1)
    return RATE_UNIT_MS * east, RATE_UNIT_MS * north


@inlined_leaf_kernel
def tile_of(streams, lon_deg, lat_deg):
    """Tile of a place, or the one next to a place outside, to which all tiles are nearer; -1 without an atlas."""
    column = int((lon_deg * streams.shrink - streams.tile_x0) / streams.tile_size)
    row = int((lat_deg - streams.tile_y0) / streams.tile_size)
    column = min(max(column, 0), streams.tile_columns - 1)
    row = min(max(row, 0), streams.tile_rows - 1)
    return row * streams.tile_columns + column if streams.within_ms.shape[0] > 0 else -1


@leaf_kernel
def least_time_through_s(streams, lon_deg, lat_deg, distance_m, through_ms, least_stream_ms):
    """Lower bound of a passage with the strongest stream behind that can be met so far from its start.

    Whoever is a water distance r from the start is no farther from it as the crow flies, so the stream there is at most
    the strongest within r.

    Parameters
    ----------
    streams : Streams
    lon_deg, lat_deg : float
        Start. [deg]
    distance_m : float
        Water distance; infinite without a way. [m]
    through_ms : float
        Top speed but for the stream. [m/s]
    least_stream_ms : float
        Stream that may be met anywhere: of a forecast. [m/s]

    Returns
    -------
    float
        [s]
    """
    tile = tile_of(streams, lon_deg, lat_deg)
    if tile < 0 or not distance_m < np.inf:
        return distance_m / (through_ms + max(least_stream_ms, streams.strongest_ms))
    time_s = 0.0
    rings = streams.within_ms.shape[1]
    ring = 0
    while ring < rings and distance_m > RING_M:
        time_s += RING_M / (through_ms + max(least_stream_ms, streams.within_ms[tile, ring]))
        distance_m -= RING_M
        ring += 1
    stream_ms = streams.within_ms[tile, ring] if ring < rings else streams.strongest_ms
    return time_s + distance_m / (through_ms + max(least_stream_ms, stream_ms))


@leaf_kernel
def strongest_within_ms(streams, lon_deg, lat_deg, time_s, through_ms, least_stream_ms):
    """Strongest stream that can be met on a passage of so long from a place.

    Parameters
    ----------
    streams, lon_deg, lat_deg, through_ms, least_stream_ms
        As for `least_time_through_s`.
    time_s : float
        [s]

    Returns
    -------
    float
        [m/s]
    """
    tile = tile_of(streams, lon_deg, lat_deg)
    if tile < 0:
        return max(least_stream_ms, streams.strongest_ms)
    rings = streams.within_ms.shape[1]
    for ring in range(rings):
        stream_ms = max(least_stream_ms, streams.within_ms[tile, ring])
        time_s -= RING_M / (through_ms + stream_ms)
        if time_s <= 0.0:
            return stream_ms
    return max(least_stream_ms, streams.strongest_ms)
