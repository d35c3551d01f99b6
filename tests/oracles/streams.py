"""Atlases of tidal streams made up for tests, on a lattice over a part of the Channel."""

import numpy as np

from engine.kernels.streams import RATE_UNIT_MS, Streams, read_only
from engine.units import HOUR_S
from geodata.streams.layer import triangles_of
from geodata.streams.net import stream_atlas, strongest_within

PERIOD_S = 12.42 * HOUR_S
WEST, EAST, SOUTH, NORTH = -2.0, 2.0, 49.5, 51.0


def atlas_of(rate, *, start_s: float, springs: float = 1.0, doubt: float = 0.2, tides: int = 12) -> Streams:
    """An atlas with a high water of its one reference at `start_s` and every `PERIOD_S` before and after.

    `rate` gives the springs' east and north [kn] for longitudes, latitudes and an hour of the tide; neaps are half.
    """
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(WEST, EAST, 17), np.linspace(SOUTH, NORTH, 13)))
    positions = np.stack([lon, lat], axis=1)
    hours = [np.broadcast_arrays(*rate(lon, lat, hour), lon)[:2] for hour in range(-6, 7)]
    flow = np.array(hours).transpose(2, 0, 1) * 10.0
    layer = {
        "points": np.round(positions.T * 1e6).astype(np.int32),
        "rates": np.concatenate([np.round(flow), np.round(0.5 * flow)], axis=2).astype(np.int8),
        "number": np.zeros(len(lon), np.int8),
        "triangles": triangles_of(positions, np.full(len(lon), 1e3)).T.astype(np.int16),
        "name": np.array(["MADE_UP"]), "reference": np.array(["dover"]), "from_low": np.array([False]),
        "doubt": np.array([doubt]),
    }  # fmt: skip
    streams = stream_atlas(layer, {}).streams
    turn_s = start_s + PERIOD_S * np.arange(-tides, tides + 1.0)[None, :]
    within_ms = strongest_within(streams, springs, springs)
    return read_only(
        streams._replace(
            turn_s=turn_s, springs=np.full(turn_s.shape, springs), within_ms=within_ms,
            strongest_ms=float(within_ms.max()),
        )
    )  # fmt: skip


def rate_at(streams: Streams, positions: np.ndarray, lon: float, lat: float, at_s: float) -> np.ndarray | None:
    """Stream by brute force: every triangle tried, every turn of the tide looked at; None outside. [m/s]"""
    here = np.array([lon * streams.shrink, lat])
    for triangle in streams.vertex:
        corners = positions[triangle] * (streams.shrink, 1.0)
        weights = np.linalg.solve(np.vstack([corners.T, np.ones(3)]), [*here, 1.0])
        if (weights >= -1e-9).all():
            return sum(w * _rate_of(streams, point, at_s) for w, point in zip(weights, triangle, strict=True))
    return None


def _rate_of(streams: Streams, point: int, at_s: float) -> np.ndarray:
    turns = streams.turn_s[streams.reference[point]]
    times, flows = [], []
    for turn_s, springs in zip(turns, streams.springs[streams.reference[point]], strict=True):
        if np.isfinite(turn_s):
            rates = streams.rates[point].astype(float)
            times += list(turn_s + HOUR_S * np.arange(-6.0, 7.0))
            flows += list(rates[:, 2:] + springs * (rates[:, :2] - rates[:, 2:]))
    order = np.argsort(times)
    times, flows = np.array(times)[order], np.array(flows)[order]
    return RATE_UNIT_MS * np.array([np.interp(at_s, times, flows[:, k]) for k in range(2)])
