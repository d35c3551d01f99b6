"""Tide stations: published harmonic constants with their datum, as `sources/tide_stations.json` keeps them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import PackError
from geodata.csv_tables import SOURCES

STATION_FILE = "tide_stations.json"
LICENCE = "CC-BY-4.0"
"""The only licence a station may have: others of the same collection forbid commercial use."""


@dataclass(frozen=True, slots=True, eq=False)
class Station:
    """Harmonic constants of one tide gauge.

    Attributes
    ----------
    id : str
        Of the collection; the names there are not reliable, the ids are.
    name : str
    lon, lat : float
        [deg]
    msl_m : float
        Mean sea level above chart datum. [m]
    mhws_m : float
        Mean high water springs above chart datum, from these constants. [m]
    mhwn_m, mlwn_m, mlws_m : float
        Mean high water neaps, low water neaps and low water springs, likewise. [m]
    stand_m : float
        Where the tide stands, high water is the middle of the time for which it is within this of its highest; else
        0. [m]
    high_flat_min, low_flat_min : float
        For so long before and after the turn the water is within 5 cm of it: no table knows the time much
        better. [min]
    datum : str
        Why that is chart datum.
    period : str
        Years analysed.
    licence, attribution : str
    amplitude_m : ndarray of float64, shape (c,)
        [m]
    phase_deg : ndarray of float64, shape (c,)
        Phase lag on Greenwich. [deg]
    """

    id: str
    name: str
    lon: float
    lat: float
    msl_m: float
    mhws_m: float
    mhwn_m: float
    mlwn_m: float
    mlws_m: float
    stand_m: float
    high_flat_min: float
    low_flat_min: float
    datum: str
    period: str
    licence: str
    attribution: str
    amplitude_m: np.ndarray
    phase_deg: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Stations:
    """All stations, and the names of the constituents their constants are for.

    Attributes
    ----------
    source : str
    constituents : tuple of str
        Length c, by the names of the collection.
    stations : tuple of Station
        In the order of the file.
    """

    source: str
    constituents: tuple[str, ...]
    stations: tuple[Station, ...]


def read_stations(folder: Path = SOURCES) -> dict[str, Any]:
    """The tides layer of the pack as its source file holds it, checked.

    Raises
    ------
    PackError
        It cannot be read, or a station is not under `LICENCE`.
    """
    try:
        layer: dict[str, Any] = json.loads((folder / STATION_FILE).read_text(encoding="utf-8"))
        stations_from(layer)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PackError(STATION_FILE, f"cannot be read ({type(error).__name__}).", "Restore it.") from error
    return layer


def stations_from(layer: dict[str, Any]) -> Stations:
    """Stations of a tides layer.

    Raises
    ------
    PackError
        A station is not under `LICENCE`.
    """
    constituents = tuple(str(name) for name in layer["constituents"])
    stations = []
    for entry in layer["stations"]:
        if entry["licence"] != LICENCE:
            raise PackError(
                f"{STATION_FILE}: {str(entry['id'])[:60]}", f"is under {str(entry['licence'])[:30]}, not {LICENCE}.",
                "Leave the station out.",
            )  # fmt: skip
        amplitude = np.array(entry["amplitude_mm"], np.float64) / 1000.0
        phase = np.array(entry["phase_centideg"], np.float64) / 100.0
        if len(amplitude) != len(constituents) or len(phase) != len(constituents):
            raise ValueError(f"{entry['id']} does not have {len(constituents)} constituents")
        named = {name: entry[name] for name in Station.__dataclass_fields__ if name in entry}
        stations.append(Station(**named, amplitude_m=amplitude, phase_deg=phase))
    return Stations(str(layer["source"]), constituents, tuple(stations))
