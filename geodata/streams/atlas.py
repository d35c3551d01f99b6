"""The tidal stream atlas of the French hydrographic office as its files hold it (SHOM, "Courants 2D", edition 2005).

A file is a reference port and points; of each point its position in degrees and minutes, and two lines, springs and
neaps, each with thirteen hourly rates east and thirteen north, from 6 h before to 6 h after, in tenths of a knot.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.errors import PackError

HOURS = 13
LOW_WATER = ".BM"
"""Ends the name of a reference whose hours count from low water (*basse mer*) instead of high water: Le Havre, where
high water stands. The rates agree with the file beside it, which counts from Cherbourg, only so."""

_PLACE = re.compile(r"^\s*(-?\d+\.\d+)\s+(-?\d+\.\d+)\s*$")


@dataclass(frozen=True, slots=True, eq=False)
class AtlasFile:
    """One file of the atlas.

    Attributes
    ----------
    name : str
        Of the area.
    reference : str
        Name of the port it counts from.
    from_low : bool
        Whether it counts from low water.
    positions : ndarray of float64, shape (n, 2)
        Longitude and latitude. [deg]
    rates : ndarray of int8, shape (n, 13, 4)
        By hour: springs east and north, neaps east and north, the way the water goes. [0.1 kn]
    """

    name: str
    reference: str
    from_low: bool
    positions: np.ndarray
    rates: np.ndarray


def read_atlas(folder: Path) -> list[AtlasFile]:
    """Every file of a folder.

    Raises
    ------
    PackError
        There is none, or one is not of this form; names the file and the line.
    """
    files = sorted(path for path in folder.glob("*") if path.is_file()) if folder.is_dir() else []
    if not files:
        raise PackError("streams", f"no file in folder {folder.name!r}.", "Give the folder of the atlas.")
    return [_read(path) for path in files]


def _read(path: Path) -> AtlasFile:
    reference, *lines = path.read_text(encoding="latin-1").splitlines()
    positions, rates = [], []
    number = 0
    while number < len(lines):
        if not lines[number].strip():
            number += 1
            continue
        place = _PLACE.match(lines[number])
        tides = [_hourly(line) for line in lines[number + 1 : number + 3]]
        if place is None or len(tides) < 2 or None in tides:
            raise PackError("streams", f"{path.name}, line {number + 2}: is no point.", "Give the atlas as published.")
        positions.append((_degrees(place[2]), _degrees(place[1])))
        rates.append(tides)
        number += 3
    # (point, tide, component, hour) becomes (point, hour, tide and component).
    table = np.array(rates).reshape(-1, 2, 2, HOURS).transpose(0, 3, 1, 2).reshape(-1, HOURS, 4)
    if len(positions) == 0 or np.abs(table).max() > np.iinfo(np.int8).max:
        raise PackError("streams", f"{path.name}: no points, or a rate above 12.7 kn.", "Give the atlas as published.")
    name = reference.strip()
    from_low = name.endswith(LOW_WATER)
    return AtlasFile(
        path.name, name.removesuffix(LOW_WATER), from_low, np.array(positions), table.astype(np.int8)
    )  # fmt: skip


def _hourly(line: str) -> list[int] | None:
    """Rates of one line, east then north; figures take three places each and may touch."""
    halves = line.rstrip().split("*")
    if len(halves) != 2:
        return None
    found: list[int] = []
    for half in halves:
        places = [half[k : k + 3] for k in range(0, 3 * HOURS, 3)]
        if not all(re.fullmatch(r"\s*-?\d+", place) for place in places):
            return None
        found += [int(place) for place in places]
    return found


def _degrees(text: str) -> float:
    """Degrees of a figure that reads degrees times a hundred and minutes."""
    whole, minutes = divmod(abs(float(text)), 100.0)
    return (whole + minutes / 60.0) * (-1.0 if text.lstrip().startswith("-") else 1.0)
