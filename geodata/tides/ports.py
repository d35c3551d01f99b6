"""The tide of a port from its station: shifted in time, scaled in height, with an honest uncertainty.

A port between two stations of one coast gets a time shift from the phase of the main lunar constituent M2, which runs
along a coast nearly evenly. Heights are scaled by mean high water springs, of the port where the register knows it,
else as it lies between the two stations. How wrong that is was measured by leaving out each station in turn and
predicting it from its neighbours (`leave_one_out`); the figures are in ``assumptions.toml``.

Where a table of published times is at hand, the difference in time and the minutes claimed come from it instead
(``tide_differences.csv``, made by `geodata.tides.measure`), and where mean levels of port and station are published,
heights go by both (``tide_levels.csv``).
"""

from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engine.errors import PackError
from geodata.csv_tables import SOURCES, read_rows
from geodata.register import RegisterRow
from geodata.tides.predict import extremes, predicted_heights
from geodata.tides.stations import Station, Stations

DIFFERENCE_FILE = "tide_differences.csv"
LEVEL_FILE = "tide_levels.csv"

M2_DEG_A_SECOND = 28.9841042 / 3600.0
_KM_A_DEGREE = 111.2


class PortTide(NamedTuple):
    """How a port's tide follows from its station's.

    Attributes
    ----------
    station : str or None
        Id; None without a basis for a prediction.
    basis : str or None
        ``station`` at the station itself, else ``secondary``.
    time_shift_s : float
        The port's tide is this much later. [s]
    height_factor : float
    height_shift_m : float
        [m]
    height_uncertainty_m : float
        Holds for about nine heights in ten. [m]
    time_uncertainty_s : float
        Holds for about nine high waters in ten. [s]
    low_time_uncertainty_s : float
        The same for low waters. [s]
    doubt_basis : str or None
        ``measured`` against published times of the place, ``near`` by those of a place close by, else ``rule``.
    doubt_source : str or None
        What it was measured against.
    """

    station: str | None
    basis: str | None
    time_shift_s: float
    height_factor: float
    height_shift_m: float
    height_uncertainty_m: float
    time_uncertainty_s: float
    low_time_uncertainty_s: float
    doubt_basis: str | None
    doubt_source: str | None


NO_BASIS = PortTide(
    station=None,
    basis=None,
    time_shift_s=0.0,
    height_factor=1.0,
    height_shift_m=0.0,
    height_uncertainty_m=np.nan,
    time_uncertainty_s=np.nan,
    low_time_uncertainty_s=np.nan,
    doubt_basis=None,
    doubt_source=None,
)


class Difference(NamedTuple):
    """What a table of published times says of one port.

    Attributes
    ----------
    time_shift_min : float
        The port's tide is this much later than its station's. [min]
    high_min, low_min : float
        Nine high waters in ten, and nine low waters, lie within so much of ours. [min]
    basis : str
        ``measured`` or ``near``.
    source : str
    """

    time_shift_min: float
    high_min: float
    low_min: float
    basis: str
    source: str


def read_differences(folder: Path = SOURCES) -> dict[str, Difference]:
    """Differences by port, from ``tide_differences.csv``."""
    return {
        row["port_id"]: Difference(
            float(row["time_shift_min"]), float(row["high_min"]), float(row["low_min"]), row["basis"], row["source"]
        )
        for row in read_rows(folder / DIFFERENCE_FILE)
    }


def read_levels(folder: Path = SOURCES) -> dict[str, tuple[float, float]]:
    """Published mean high and low water springs by port, from ``tide_levels.csv``. [m]"""
    return {row["port_id"]: (float(row["mhws_m"]), float(row["mlws_m"])) for row in read_rows(folder / LEVEL_FILE)}


class _Between(NamedTuple):
    """Where a place lies between two stations: `part` of the way from the first to the second."""

    first: Station
    second: Station
    part: float
    off_km: float


def port_tide(row: RegisterRow, stations: Stations, assumed: dict[str, Any]) -> PortTide:
    """Tide of one row of the register.

    Parameters
    ----------
    row : RegisterRow
    stations : Stations
    assumed : dict
        The section ``tides`` of ``assumptions.toml``.

    Raises
    ------
    PackError
        The row names a station there is no constants for.
    """
    name = row.facts["tide_station"]
    if name is None:
        return NO_BASIS
    by_id = {station.id: station for station in stations.stations}
    if name not in by_id:
        raise PackError(f"ports: {row.facts['id']}.tide_station", f"there is no station {name}.", "Correct the row.")
    station = by_id[str(name)]
    if row.facts["tide_basis"] == "station":
        return PortTide(
            station=station.id,
            basis="station",
            time_shift_s=0.0,
            height_factor=1.0,
            height_shift_m=0.0,
            height_uncertainty_m=assumed["station_height_m"],
            time_uncertainty_s=60.0 * _high_flat_min(station, assumed),
            low_time_uncertainty_s=60.0 * station.low_flat_min,
            doubt_basis="rule",
            doubt_source=None,
        )
    return secondary_tide(station, row.landing, row.figure("mhws_m"), stations, assumed)


def by_difference(tide: PortTide, difference: Difference | None) -> PortTide:
    """The tide with the difference in time and the minutes of a table of published times, where there is one."""
    if difference is None or tide.station is None:
        return tide
    return tide._replace(
        time_shift_s=60.0 * difference.time_shift_min,
        time_uncertainty_s=60.0 * difference.high_min,
        low_time_uncertainty_s=60.0 * difference.low_min,
        doubt_basis=difference.basis,
        doubt_source=difference.source,
    )


def by_levels(tide: PortTide, port: tuple[float, float] | None, station: tuple[float, float] | None) -> PortTide:
    """The tide of a secondary port with heights that take the station's published levels to the port's.

    Parameters
    ----------
    tide : PortTide
    port, station : tuple of float or None
        Mean high and low water springs, by one and the same table. [m]
    """
    if tide.basis != "secondary" or port is None or station is None:
        return tide
    factor = round((port[0] - port[1]) / (station[0] - station[1]), 3)
    return tide._replace(height_factor=factor, height_shift_m=round(port[0] - factor * station[0], 2))


def secondary_tide(
    station: Station, place: tuple[float, float], mhws_m: float, stations: Stations, assumed: dict[str, Any]
) -> PortTide:
    """Tide of a place near a station.

    Parameters
    ----------
    station : Station
        The one it follows.
    place : tuple of float
        Longitude and latitude. [deg]
    mhws_m : float
        Mean high water springs there; NaN where not known. [m]
    stations : Stations
    assumed : dict
        The section ``tides`` of ``assumptions.toml``.
    """
    between = _between(station, place, stations, assumed["coasts"])
    distance_km = distance_between_km(place, (station.lon, station.lat))
    shift_s, springs_m, even = 0.0, station.mhws_m, False
    if between is not None:
        first, second, part, off_km = between
        # Past the last station of a coast nothing says how the tide goes on.
        even = 0.0 < part < 1.0 and not _is_uneven(first.id, second.id, assumed)
        distance_km = max(off_km, min(distance_between_km(place, (end.lon, end.lat)) for end in (first, second)))
        lag = _m2_phase(first, stations) + part * _turned(_m2_phase(second, stations) - _m2_phase(first, stations))
        shift_s = _turned(lag - _m2_phase(station, stations)) / M2_DEG_A_SECOND
        springs_m = (1.0 - part) * first.mhws_m + part * second.mhws_m
    if distance_km > assumed["reach_km"]:
        return NO_BASIS
    stretch = assumed["even" if even else "uneven"]
    known = mhws_m == mhws_m
    slope_m = stretch["height_m_per_km"] * (1.0 if known else assumed["springs_unknown_factor"])
    farther_min = stretch["time_min_per_km"] * distance_km
    return PortTide(
        station=station.id,
        basis="secondary",
        time_shift_s=60.0 * round(shift_s / 60.0),
        height_factor=round((mhws_m if known else springs_m) / station.mhws_m, 3),
        height_shift_m=0.0,
        height_uncertainty_m=round(assumed["station_height_m"] + slope_m * distance_km, 2),
        time_uncertainty_s=60.0 * round(max(stretch["time_min"], _high_flat_min(station, assumed)) + farther_min),
        low_time_uncertainty_s=60.0 * round(max(stretch["time_min"], station.low_flat_min) + farther_min),
        doubt_basis="rule",
        doubt_source=None,
    )


def _high_flat_min(station: Station, assumed: dict[str, Any]) -> float:
    """Uncertainty of high water at a station that no table tells of. [min]"""
    return max(station.high_flat_min, assumed["stand_time_min"] if station.stand_m > 0.0 else 0.0)


def _between(
    station: Station, place: tuple[float, float], stations: Stations, coasts: list[list[str]]
) -> _Between | None:
    """The stretch of coast from the station to a neighbour that passes nearest to a place; None without one."""
    by_id = {station.id: station for station in stations.stations}
    found: _Between | None = None
    for coast in coasts:
        known = [by_id[name] for name in coast if name in by_id]
        for first, second in pairwise(known):
            if station.id not in (first.id, second.id):
                continue
            stretch = _along(first, second, place)
            if found is None or stretch.off_km < found.off_km:
                found = stretch
    return found


def _is_uneven(first: str, second: str, assumed: dict[str, Any]) -> bool:
    """Whether the tide changes fast somewhere between two stations of one coast."""
    uneven = {frozenset(pair) for pair in assumed["uneven"]["stretches"]}
    for coast in assumed["coasts"]:
        if first in coast and second in coast:
            low, high = sorted((coast.index(first), coast.index(second)))
            return any(frozenset(pair) in uneven for pair in pairwise(coast[low : high + 1]))
    return False


def _along(first: Station, second: Station, place: tuple[float, float]) -> _Between:
    shrink = cos(radians(place[1]))
    ax, ay = (second.lon - first.lon) * shrink, second.lat - first.lat
    bx, by = (place[0] - first.lon) * shrink, place[1] - first.lat
    part = min(1.0, max(0.0, (ax * bx + ay * by) / (ax * ax + ay * ay)))
    return _Between(first, second, part, _KM_A_DEGREE * hypot(bx - part * ax, by - part * ay))


def distance_between_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance between two positions, near enough to choose by. [km]"""
    return _KM_A_DEGREE * hypot((a[0] - b[0]) * cos(radians((a[1] + b[1]) / 2.0)), a[1] - b[1])


def _m2_phase(station: Station, stations: Stations) -> float:
    return float(station.phase_deg[stations.constituents.index("M2")])


def _turned(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0


class CrossValidation(NamedTuple):
    """How wrong the rule is at a station that was left out.

    Attributes
    ----------
    station, reference : str
        Ids.
    rule : PortTide
    springs_known : bool
        Whether the rule was told its mean high water springs.
    height_m : float
        95th percentile of the error of height. [m]
    time_s : float
        95th percentile of the error of time of high water. [s]
    """

    station: str
    reference: str
    rule: PortTide
    springs_known: bool
    height_m: float
    time_s: float


def leave_one_out(stations: Stations, assumed: dict[str, Any], start_s: float, days: int) -> list[CrossValidation]:
    """Predict each station from the nearer of its neighbours on its coast by the rule for ports, and compare.

    Parameters
    ----------
    stations : Stations
    assumed : dict
        The section ``tides`` of ``assumptions.toml``.
    start_s : float
        A whole day. [s]
    days : int
    """
    heights = predicted_heights(stations, start_s, 144 * days + 1, 600.0)
    at_s = start_s + 600.0 * np.arange(heights.shape[1])
    series = {
        station.id: (row, extremes(row, start_s, 600.0, station.stand_m).high_s)
        for station, row in zip(stations.stations, heights, strict=True)
    }
    found = []
    for left in stations.stations:
        others = Stations(stations.source, stations.constituents, tuple(s for s in stations.stations if s is not left))
        place = (left.lon, left.lat)
        beside = {pair for coast in assumed["coasts"] for pair in (*pairwise(coast), *pairwise(coast[::-1]))}
        near = [other for other in others.stations if (left.id, other.id) in beside]
        if not near:
            continue
        reference = min(near, key=lambda other: distance_between_km(place, (other.lon, other.lat)))
        for known in (True, False):
            rule = secondary_tide(reference, place, left.mhws_m if known else np.nan, others, assumed)
            if rule.station is not None:
                height_m, time_s = _errors(series[left.id], series[reference.id], rule, at_s)
                found.append(CrossValidation(left.id, reference.id, rule, known, height_m, time_s))
    return found


def _errors(
    real: tuple[np.ndarray, np.ndarray], reference: tuple[np.ndarray, np.ndarray], rule: PortTide, at_s: np.ndarray
) -> tuple[float, float]:
    """95th percentiles of the errors of height [m] and of time of high water [s]."""
    inside = slice(144, -144)
    height = rule.height_factor * np.interp(at_s - rule.time_shift_s, at_s, reference[0]) + rule.height_shift_m
    high_s = reference[1] + rule.time_shift_s
    late_s = np.abs(high_s[None, :] - real[1][2:-2, None]).min(axis=1)
    return float(np.percentile(np.abs(height - real[0])[inside], 95)), float(np.percentile(late_s, 95))
