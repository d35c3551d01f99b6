"""What would turn the answer: the position, the vessel's speed, the waves, the stream, the tide."""

from functools import lru_cache
from math import cos, degrees, radians

import numpy as np

from engine.branch_and_bound import SearchResult, winners_at
from engine.identity_key import IdentityKey
from engine.kernels.forecast import Forecast
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M
from engine.kernels.streams import Streams, has_tide
from engine.kernels.tides import Tides
from engine.model import World
from engine.policy import Limits, Policy
from engine.request_context import RequestContext

_UNCERTAINTY_POINTS = 8


def winners_on_error_circle(context: RequestContext, found: SearchResult) -> tuple[int, ...]:
    """Other ports that would win somewhere on the circle the position is good to."""
    ask = context.ask
    if not ask.position_accuracy_m > 0.0:
        return ()
    radius_deg = degrees(ask.position_accuracy_m / EQUATORIAL_RADIUS_M)
    angle = np.radians(360.0 / _UNCERTAINTY_POINTS * np.arange(_UNCERTAINTY_POINTS))
    lat = ask.lat + radius_deg * np.cos(angle)
    lon = ask.lon + radius_deg * np.sin(angle) / cos(radians(ask.lat))
    return tuple(dict.fromkeys(winner for winner in winners_at(context, lon, lat) if winner != found.winner))


def inputs_in_doubt(policy: Policy, world: World) -> tuple[tuple[str, ...], np.ndarray]:
    """Inputs whose stated uncertainty is tried alone, a name a row, and the changes for `engine.perturbations`."""
    # What ports report makes a world of its own each second, and changes none of this.
    parts = IdentityKey(world.forecast), IdentityKey(world.streams), IdentityKey(world.tides)
    return _inputs_in_doubt(policy.limits, *parts)


@lru_cache(maxsize=16)
def _inputs_in_doubt(
    limits: Limits, forecast: IdentityKey[Forecast], streams: IdentityKey[Streams], tides: IdentityKey[Tides]
) -> tuple[tuple[str, ...], np.ndarray]:
    changes = [("speed", (factor, 1.0, 0.0, 0.0)) for factor in _both_ways(limits.speed_uncertainty_share)]
    if forecast.value.waves.times_s.size:
        changes += [("waves", (1.0, factor, 0.0, 0.0)) for factor in _both_ways(limits.wave_uncertainty_share)]
    if has_tide(streams.value):
        changes += [("stream", (1.0, 1.0, 0.0, error)) for error in (-1.0, 1.0)]
    doubts_m = tides.value.height_uncertainty_m
    if not np.isnan(doubts_m).all():
        typical_m = float(np.nanmedian(doubts_m))
        changes += [("tide", (1.0, 1.0, -typical_m, 0.0)), ("tide", (1.0, 1.0, typical_m, 0.0))]
    return tuple(name for name, _ in changes), np.array([figures for _, figures in changes])


def sensitive_inputs(names: tuple[str, ...], found: SearchResult) -> tuple[str, ...]:
    """Inputs whose stated uncertainty, taken alone, is enough to make another port the answer."""
    # With fewer than two contenders nothing was tried.
    return tuple(dict.fromkeys(name for name, turned in zip(names, found.turned, strict=False) if turned))


def _both_ways(share: float) -> tuple[float, float]:
    return 1.0 - share, 1.0 + share
