"""SYNTHETIC forecasts made in memory from functions of place and time, and a passage clock written without the engine.

The clock is plain Python: the sea comes from the caller's function or from the engine's samplers (which have scipy as
their own oracle), speed made good from the law of cosines, lengths from GeographicLib.
"""

from itertools import pairwise
from math import acos, ceil, cos, hypot, inf, isnan, nan, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from engine.kernels.forecast import Field, Forecast, current_at, no_forecast, waves_at, wind_at
from engine.kernels.speed import SpeedModel
from tests.oracles.geodesics import length_m
from tests.synthetic.cubes import CHANNEL, START_S, TIMES_S, synthetic_group

PIECE_M = 1852.0
GAP_S = 6 * 3600.0
A_MONTH = {"times": START_S + np.array([0.0, 30 * 86_400.0]), "gap_s": inf}
"""For seas that stand still for as long as any passage takes."""


def forecast_of(
    *,
    waves=None,
    wind=None,
    visibility=None,
    current=None,
    times=TIMES_S,
    box=CHANNEL,
    step_deg=0.25,
    run_at_s=nan,
    gap_s=GAP_S,
) -> Forecast:
    """A forecast as `geodata.forecast.cube.open_cube` hands it out; groups as for `tests.synthetic.cubes`."""
    parts = {"waves": waves, "wind": wind, "visibility": visibility, "current": current}
    fields = {
        name: _field(synthetic_group(name, spread, times, box, step_deg), gap_s)
        for name, spread in parts.items()
        if spread is not None
    }
    forecast = no_forecast()._replace(run_at_s=float(run_at_s), **fields)
    return forecast._replace(
        strongest_current_ms=_strongest(forecast.current), strongest_wind_ms=_strongest(forecast.wind)
    )


def _field(group, gap_s: float) -> Field:
    arrays = [np.ascontiguousarray(array) for array in (group.times_s, group.values, group.filled_m)]
    for array in arrays:
        array.setflags(write=False)
    grid = group.grid
    return Field(
        arrays[0], float(grid.west_deg), float(grid.south_deg), float(grid.step_lon_deg), float(grid.step_lat_deg),
        gap_s, arrays[1], arrays[2],
    )  # fmt: skip


def _strongest(field: Field) -> float:
    return float(np.hypot(field.values[..., 0], field.values[..., 1]).max()) if field.values.size else 0.0


def compass(direction_deg: float) -> tuple[float, float]:
    """East and north of a unit vector along a compass direction."""
    return sin(radians(direction_deg)), cos(radians(direction_deg))


def waves_from(hs_m: float, from_deg: float, period_s: float = 6.0) -> tuple[float, float, float, float]:
    """Variables of the waves of a height that come from a compass direction."""
    east, north = compass(from_deg + 180.0)
    return hs_m, east, north, period_s


def stream_to(speed_ms: float, to_deg: float) -> tuple[float, float]:
    """Variables of a stream that sets to a compass direction."""
    east, north = compass(to_deg)
    return speed_ms * east, speed_ms * north


def smooth(random: np.random.Generator, count: int, scale_deg: float = 3.0, steady: bool = False):
    """`count` smooth functions of (lon, lat, at_s) with values about -1 to 1, as one function that stacks them."""
    waves = random.normal(0.0, 2.0 * np.pi / scale_deg, (count, 4, 2))
    rate = random.normal(0.0, 0.0 if steady else 2.0 * np.pi / 40_000.0, (count, 4))
    phase = random.uniform(0.0, 2.0 * np.pi, (count, 4))

    def spread(lon, lat, at_s):
        argument = (
            waves[..., 0, None, None] * lon
            + waves[..., 1, None, None] * lat
            + (rate * (at_s - TIMES_S[0]) + phase)[..., None, None]
        )
        return np.sin(argument).mean(axis=1) * 1.6

    return spread


def random_forecast(
    random: np.random.Generator,
    most_hs_m=4.0,
    most_stream_ms=2.0,
    most_wind_ms=15.0,
    steady=False,
    scale_deg=3.0,
    **settings,
) -> Forecast:
    """Smooth waves, stream and wind that change in place and, unless steady, in time."""
    sea, stream, wind = (smooth(random, 2, scale_deg, steady) for _ in range(3))
    middle_hs_m = random.uniform(0.2, 0.5) * most_hs_m

    def waves(lon, lat, at_s):
        height, turn = sea(lon, lat, at_s)
        towards = 3.0 * turn
        return np.clip(middle_hs_m * (1.0 + height), 0.0, None), np.sin(towards), np.cos(towards), 6.0 + 0.0 * lon

    def current(lon, lat, at_s):
        return most_stream_ms * stream(lon, lat, at_s) / sqrt(2.0)

    def air(lon, lat, at_s):
        east, north = most_wind_ms * wind(lon, lat, at_s) / sqrt(2.0)
        return east, north, 1.3 * np.hypot(east, north)

    return forecast_of(waves=waves, current=current, wind=air, visibility=(9000.0,), **settings)


def speed_model(speed_ms=10.0, **changes) -> SpeedModel:
    """A vessel with a short speed table and nothing else that would blur a closed form."""
    plain = SpeedModel(
        full_speed_ms=speed_ms, cap_ms=inf, table_hs_m=np.array([0.0, 1.0, 2.0, 4.0]),
        table_share=np.array([1.0, 0.9, 0.7, 0.4]), beam_loss=0.6, following_loss=0.25, wind_drift=0.0, max_hs_m=inf,
        speed_doubt=0.1, wave_doubt=0.2, wave_factor=1.0, stream_error=0.0,
    )  # fmt: skip
    return plain._replace(**changes)


def speed_in_sea(speed_model: SpeedModel, hs_m: float, off_bow_deg: float) -> float:
    """Speed through the water with waves that come from this many degrees off the bow; NaN for an unknown angle."""
    if isnan(hs_m):
        return min(speed_model.full_speed_ms, speed_model.cap_ms)
    if hs_m > speed_model.table_hs_m[-1]:
        return nan
    loss = 1.0 - float(np.interp(hs_m, speed_model.table_hs_m, speed_model.table_share))
    ahead = 1.0 if isnan(off_bow_deg) else cos(radians(off_bow_deg))
    # Ahead, abeam and astern are given; between them the loss goes with the cosine.
    kept = float(np.interp(ahead, (-1.0, 0.0, 1.0), (speed_model.following_loss, speed_model.beam_loss, 1.0)))
    return min(speed_model.full_speed_ms, speed_model.cap_ms) * (1.0 - loss * kept)


def made_good(speed_ms: float, course: tuple[float, float], drift: tuple[float, float]) -> float:
    """Speed over the ground along a course: the side of the triangle of water, drift and ground; 0 where there is none.

    Solved from ``|g course - drift| = speed`` as a quadratic in g.
    """
    along = drift[0] * course[0] + drift[1] * course[1]
    constant = drift[0] ** 2 + drift[1] ** 2 - speed_ms**2
    discriminant = along**2 - constant
    if not discriminant > 0.0:
        return 0.0 if not isnan(discriminant) else nan
    return max(0.0, along + sqrt(discriminant))


class Run(NamedTuple):
    """What the plain clock found."""

    time_s: float
    early_s: float
    late_s: float
    highest_hs_m: float
    waves_missing: bool
    stream_missing: bool


def run(forecast: Forecast, speed_model: SpeedModel, depart_s: float, track) -> Run:
    """Clock along a track (longitude, latitude), in even pieces of at most a mile on each leg."""
    time_s = early_s = late_s = highest = 0.0
    waves_missing = stream_missing = False
    calm_ms = min(speed_model.full_speed_ms, speed_model.cap_ms)
    for (lon1, lat1), (lon2, lat2) in pairwise(track):
        whole_m = length_m(lon1, lat1, lon2, lat2)
        if whole_m == 0.0:
            continue
        east, north = (lon2 - lon1) * cos(radians(0.5 * (lat1 + lat2))), lat2 - lat1
        course = (east / hypot(east, north), north / hypot(east, north))
        pieces = ceil(whole_m / PIECE_M)
        middle_s = 0.5 * whole_m / pieces / calm_ms
        for k in range(pieces):
            part = (k + 0.5) / pieces
            place = (lon1 + part * (lon2 - lon1), lat1 + part * (lat2 - lat1), depart_s + time_s + middle_s)
            hs_m, to_east, to_north, _, _ = waves_at(forecast, *place)
            stream = current_at(forecast, *place)[:2]
            wind = wind_at(forecast, *place)[:2]
            waves_missing |= isnan(hs_m)
            stream_missing |= isnan(stream[0])
            drift = np.nan_to_num(stream) + speed_model.wind_drift * np.nan_to_num(wind)
            hs_m *= speed_model.wave_factor
            highest = highest if isnan(hs_m) else max(highest, hs_m)
            cosine = -(to_east * course[0] + to_north * course[1])
            off_bow = nan if isnan(cosine) else np.degrees(acos(min(1.0, max(-1.0, cosine))))
            speeds = [
                made_good(faster * speed_in_sea(speed_model, higher * hs_m, off_bow), course, drift)
                for faster, higher in (
                    (1.0, 1.0),
                    (1.0 + speed_model.speed_doubt, 1.0 - speed_model.wave_doubt),
                    (1.0 - speed_model.speed_doubt, 1.0 + speed_model.wave_doubt),
                )
            ]
            piece, early, late = (inf if speed == 0.0 else whole_m / pieces / speed for speed in speeds)
            time_s, early_s, late_s = time_s + piece, early_s + early, late_s + late
            if not time_s < inf:
                return Run(time_s, early_s, late_s, highest, waves_missing, stream_missing)
            middle_s = 0.5 * piece
    return Run(time_s, early_s, late_s, highest, waves_missing, stream_missing)
