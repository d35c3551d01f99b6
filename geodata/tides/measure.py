"""How far our times of high and low water lie from published ones: ``python -m geodata.tides.measure``.

Stretches of thirty days are dealt in turn into two halves. From the one come the differences of secondary ports and
the minutes claimed (``tide_differences.csv``); the other is held back, and the table that is printed says how many of
its tides lie inside them. The minutes hold the published fit's own residual too, which cannot be told from ours: what
is claimed is on the safe side.
"""

import csv
import sys
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geodata.csv_tables import SOURCES
from geodata.tides.ports import DIFFERENCE_FILE, PortTide
from geodata.tides.predict import DAY_S, STEP_S, extremes, predicted_heights
from geodata.tides.published import SOURCE, PublishedTimes, read_published
from geodata.tides.stations import Stations

FROM_S = datetime(2023, 1, 1, tzinfo=UTC).timestamp()
DAYS = 4 * 365
STRETCH_S = 30.0 * DAY_S

_CLAIMED_PERCENT = 93.0
"""Nine in ten and a little: the other half shall have nine in ten inside as well, in every year. [%]"""

_CLAIMED_STEP_MIN = 1
_DAYS_AT_A_TIME = 120

_NEAR_MIN = 5.0
"""Added to the minutes of a place close by on the same water. [A] [min]"""


class Turns(NamedTuple):
    """Our high and low waters at one station.

    Attributes
    ----------
    high_s, low_s : ndarray of float64
        [s]
    """

    high_s: np.ndarray
    low_s: np.ndarray


class Measured(NamedTuple):
    """One port against the published times of its place.

    Attributes
    ----------
    port : str
    published : PublishedTimes
    is_near : bool
        Whether the place is close by, not the port's own.
    time_shift_s : float
        The port's tide is this much later than its station's. [s]
    high_min, low_min : float
        Claimed: nine in ten lie within. [min]
    tides : int
        High waters they were found from.
    high_off_min, low_off_min : ndarray of float64
        What is held back: ours less the published one. [min]
    """

    port: str
    published: PublishedTimes
    is_near: bool
    time_shift_s: float
    high_min: float
    low_min: float
    tides: int
    high_off_min: np.ndarray
    low_off_min: np.ndarray


def station_turns(stations: Stations, from_s: float = FROM_S, days: int = DAYS) -> dict[str, Turns]:
    """Our high and low waters by station, over so many days. [s]"""
    found: dict[str, list[Turns]] = {station.id: [] for station in stations.stations}
    for first in range(0, days, _DAYS_AT_A_TIME):
        some = min(_DAYS_AT_A_TIME, days - first)
        start_s, end_s = from_s + first * DAY_S, from_s + (first + some) * DAY_S
        # What is a high water at an edge depends on what lies beyond it.
        heights = predicted_heights(stations, start_s - DAY_S, (some + 2) * round(DAY_S / STEP_S) + 1)
        for station, series in zip(stations.stations, heights, strict=True):
            turns = extremes(series, start_s - DAY_S, stand_m=station.stand_m)
            found[station.id].append(Turns(*(at_s[(at_s >= start_s) & (at_s < end_s)] for at_s in turns)))
    return {name: Turns(*map(np.concatenate, zip(*parts, strict=True))) for name, parts in found.items()}


def off_s(ours_s: np.ndarray, published_s: np.ndarray) -> np.ndarray:
    """Our nearest turn less each published one. [s]"""
    late_s: np.ndarray = ours_s[np.argmin(np.abs(ours_s[None, :] - published_s[:, None]), axis=1)] - published_s
    return late_s


def measure_ports(
    rules: dict[str, PortTide], turns: dict[str, Turns], published: list[PublishedTimes]
) -> list[Measured]:
    """Every port that has published times, by id.

    Parameters
    ----------
    rules : dict of PortTide
        By port, without any difference from a table.
    turns : dict of Turns
        By station, from `FROM_S` for `DAYS` days.
    published : list of PublishedTimes
    """
    found = []
    for place in published:
        for port in (*place.ports, *place.near_ports):
            rule = rules[port]
            if rule.station is not None:
                found.append(_measure(port, port in place.near_ports, rule, turns[rule.station], place))
    return sorted(found, key=lambda item: item.port)


def _measure(port: str, is_near: bool, rule: PortTide, turns: Turns, place: PublishedTimes) -> Measured:
    span = FROM_S + 2.0 * DAY_S, FROM_S + (DAYS - 2.0) * DAY_S
    high_s, low_s = place.high_waters(*span), place.low_waters(*span)
    high_off_s = off_s(turns.high_s + rule.time_shift_s, high_s)
    low_off_s = off_s(turns.low_s + rule.time_shift_s, low_s)
    to_set, to_set_low = (np.floor((at_s - FROM_S) / STRETCH_S) % 2 == 0 for at_s in (high_s, low_s))
    # A gauge's own constants are not bent to a table; a difference that we had to guess is.
    late_s = 60.0 * round(float(high_off_s[to_set].mean()) / 60.0) if rule.basis == "secondary" else 0.0
    high_off_s, low_off_s = high_off_s - late_s, low_off_s - late_s
    more_min = _NEAR_MIN if is_near else 0.0
    return Measured(
        port=port,
        published=place,
        is_near=is_near,
        time_shift_s=rule.time_shift_s - late_s,
        high_min=_claimed_min(high_off_s[to_set]) + more_min,
        low_min=_claimed_min(low_off_s[to_set_low]) + more_min,
        tides=int(to_set.sum()),
        high_off_min=high_off_s[~to_set] / 60.0,
        low_off_min=low_off_s[~to_set_low] / 60.0,
    )


def _claimed_min(errors_s: np.ndarray) -> float:
    return float(_CLAIMED_STEP_MIN * ceil(np.percentile(np.abs(errors_s), _CLAIMED_PERCENT) / 60.0 / _CLAIMED_STEP_MIN))


def difference_rows(measured: list[Measured]) -> list[dict[str, object]]:
    """Rows of ``tide_differences.csv``."""
    return [
        {
            "port_id": item.port, "time_shift_min": round(item.time_shift_s / 60.0), "high_min": round(item.high_min),
            "low_min": round(item.low_min), "tides": item.tides, "basis": "near" if item.is_near else "measured",
            "source": f"{item.published.place}: {SOURCE}",
        }
        for item in measured
    ]  # fmt: skip


def inside(errors_min: np.ndarray, claimed_min: float) -> float:
    """Share of errors no greater than what is claimed."""
    return float(np.mean(np.abs(errors_min) <= claimed_min))


def report(measured: list[Measured]) -> list[str]:
    """The table for ``docs/waters.md``, a line for each port measured at its own place."""
    lines = [
        "| port | published fit ± | claimed, high water | inside, of tides held back | claimed, low water | inside |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for item in measured:
        if not item.is_near:
            lines.append(
                f"| {item.port} | {item.published.residual_min:.0f} min | {item.high_min:.0f} min | "
                f"{inside(item.high_off_min, item.high_min):.0%} | {item.low_min:.0f} min | "
                f"{inside(item.low_off_min, item.low_min):.0%} |"
            )
    return lines


def current_rules() -> tuple[Stations, dict[str, PortTide]]:
    """Stations of the sources, and each port's tide without any difference from a table."""
    from geodata.build import read_assumptions
    from geodata.register import read_register
    from geodata.tides.ports import port_tide
    from geodata.tides.stations import read_stations, stations_from

    stations, assumed = stations_from(read_stations()), read_assumptions()["tides"]
    return stations, {str(row.facts["id"]): port_tide(row, stations, assumed) for row in read_register()}


def write_differences(measured: list[Measured], folder: Path = SOURCES) -> None:
    """Write ``tide_differences.csv``."""
    rows = difference_rows(measured)
    with (folder / DIFFERENCE_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    at_stations, by_rule = current_rules()
    all_measured = measure_ports(by_rule, station_turns(at_stations), read_published())
    write_differences(all_measured)
    sys.stdout.write("\n".join(report(all_measured)) + "\n")
