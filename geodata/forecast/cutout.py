"""A cut-out of a forecast cube round a vessel, small enough for a thin link, and the cube that is made of it again.

::

    4 bytes    length of the header, little-endian
    header     JSON: of which cube, where, from when to when, and what was left out
    values     int16, little-endian, for each group, step and variable one plane: differences along each row, the low
               bytes of a plane and then the high ones
    fills      uint16 for each group: hundreds of metres to the cell a value was taken from

Rounding is that of `_QUANTUM`: half a centimetre of wave height, 0.025 m/s of wind, 0.005 m/s of current at most. What
lies outside is unknown aboard, as the sea beyond the edge of any cube is.
"""

import hashlib
import json
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from engine.errors import ForecastRefused
from engine.kernels.forecast import Field
from geodata.forecast.cube import Cube, instant_s, instant_text, write_cube
from geodata.forecast.cube_header import LATEST_S, is_whole
from geodata.forecast.grid import Grid
from geodata.forecast.merge import LayerGroup
from geodata.forecast.settings import GROUPS

CUTOUT_FORMAT = 1
HALF_HEIGHT_DEG, HALF_WIDTH_DEG = 0.75, 1.25
"""[A] About 45 nm to each side of the vessel: two hours of a fast lifeboat there and as much of what lies beyond."""
SNAP_DEG = 0.25
"""The middle is rounded to this: a vessel that moves a little keeps her cut-out, and only new hours are sent. [deg]"""
HOURS_AHEAD = 12.0
"""[A] A landing takes hours; the cut-out moves on with the clock."""
MOST_NODES = 100
"""[A] Of one group at one time; of a finer grid every second node is told, or every third, and the notes say so."""
_MOST_STEPS = 40
_MOST_BYTES = 400_000
_LARGEST_HEADER = 16_000

_QUANTUM: dict[str, tuple[float, ...]] = {
    "waves": (0.01, 0.001, 0.001, 0.1), "wind": (0.05, 0.05, 0.05), "visibility": (10.0,), "current": (0.01, 0.01),
}  # fmt: skip
"""What one unit of a number stands for, by variable of a group."""
_MISSING = -(2**15)
_LARGEST = 2**15 - 1
_FILL_M, _NO_FILL = 100.0, 2**16 - 1
_SOURCE = "cut-out sent over the link"


class CutOut(NamedTuple):
    """A cut-out, read again.

    Attributes
    ----------
    groups : tuple of LayerGroup
    forecast_id : str
        Of the cube it was cut from.
    """

    groups: tuple[LayerGroup, ...]
    forecast_id: str


def cut_out(cube: Cube, lon: float, lat: float, from_s: float) -> bytes | None:
    """The part of a forecast round a position, as bytes that are equal for equal hours and near positions.

    Parameters
    ----------
    cube : Cube
    lon, lat : float
        [deg]
    from_s : float
        [epoch s]

    Returns
    -------
    bytes or None
        None where the forecast knows nothing of there and then.
    """
    middle = (_snap(lon), _snap(lat))
    groups, planes, fills = [], [], []
    for name in GROUPS:
        if name not in cube.header["groups"]:
            continue
        found = _cut_field(getattr(cube.forecast, name), middle, from_s)
        if found is None:
            continue
        described, values, filled_m = found
        of_cube = cube.header["groups"][name]
        groups.append(
            {
                "name": name,
                **described,
                "run_at": of_cube["run_at"],
                "notes": of_cube["notes"],
                "units": of_cube["units"],
            }
        )
        planes += [
            _packed_plane(plane, _QUANTUM[name][c])
            for step in values
            for c, plane in enumerate(np.moveaxis(step, -1, 0))
        ]
        fills.append(_packed_fill(filled_m))
    if not groups:
        return None
    header = {"format": CUTOUT_FORMAT, "forecast_id": cube.identity["id"], "groups": groups}
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *planes, *fills])


def read_cutout(data: bytes) -> CutOut:
    """A cut-out from its bytes.

    Raises
    ------
    ForecastRefused
        They are none of a cut-out, or damaged.
    """
    try:
        return _read(data)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        raise ForecastRefused("cut-out", "is damaged, or of another format.", "It is fetched again.") from None


def write_cutout(path: Path, data: bytes) -> dict[str, Any]:
    """Write the cube that a cut-out makes, whole or not at all; its header.

    Raises
    ------
    ForecastRefused
    """
    found = read_cutout(data)
    source = {
        "file": found.forecast_id,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "kind": "cut-out",
    }
    return write_cube(path, found.groups, [source])


def _snap(value: float) -> float:
    return round(value / SNAP_DEG) * SNAP_DEG


def _cut_field(
    field: Field, middle: tuple[float, float], from_s: float
) -> tuple[dict[str, Any], np.ndarray, np.ndarray] | None:
    """Grid and times of the part, its values and fills; None where there is none."""
    rows, columns = field.filled_m.shape
    first_row, last_row = _range(field.south_deg, field.step_lat_deg, rows, middle[1], HALF_HEIGHT_DEG)
    first_column, last_column = _range(field.west_deg, field.step_lon_deg, columns, middle[0], HALF_WIDTH_DEG)
    # The step before the first hour, so that nothing has to be guessed up to it.
    first = max(int(np.searchsorted(field.times_s, from_s, side="right")) - 1, 0)
    last = int(np.searchsorted(field.times_s, from_s + 3600.0 * HOURS_AHEAD, side="left"))
    last = min(last, field.times_s.size - 1, first + _MOST_STEPS - 1)
    if last_row < first_row or last_column < first_column or field.times_s[last] < from_s:
        return None
    every = 1
    while ceil((last_row - first_row + 1) / every) * ceil((last_column - first_column + 1) / every) > MOST_NODES:
        every += 1
    part = (slice(first_row, last_row + 1, every), slice(first_column, last_column + 1, every))
    values, filled_m = field.values[(slice(first, last + 1), *part)], field.filled_m[part]
    described = {
        "west_deg": round(field.west_deg + first_column * field.step_lon_deg, 6),
        "south_deg": round(field.south_deg + first_row * field.step_lat_deg, 6),
        "step_lon_deg": round(every * field.step_lon_deg, 9), "step_lat_deg": round(every * field.step_lat_deg, 9),
        "rows": filled_m.shape[0], "columns": filled_m.shape[1], "every": every,
        "times_s": [round(at_s) for at_s in field.times_s[first : last + 1].tolist()],
        "until": instant_text(float(field.times_s[last])),
    }  # fmt: skip
    return described, values, filled_m


def _range(origin: float, step: float, count: int, middle: float, half: float) -> tuple[int, int]:
    """First and last node of a side, with one beyond each edge."""
    first = max(floor((middle - half - origin) / step), 0)
    last = min(ceil((middle + half - origin) / step), count - 1)
    return first, last


def _packed_plane(plane: np.ndarray, quantum: float) -> bytes:
    with np.errstate(invalid="ignore"):
        whole = np.clip(np.rint(plane.astype(np.float64) / quantum), -_LARGEST, _LARGEST)
    numbers = np.where(np.isfinite(plane), whole, _MISSING).astype(np.int32)
    steps = np.diff(numbers, axis=1, prepend=0).astype(np.uint16).ravel()
    return (steps & 0xFF).astype(np.uint8).tobytes() + (steps >> 8).astype(np.uint8).tobytes()


def _plane(data: bytes, rows: int, columns: int, quantum: float) -> np.ndarray:
    halves = np.frombuffer(data, np.uint8).astype(np.uint16).reshape(2, rows, columns)
    numbers = np.cumsum(halves[0] + (halves[1] << 8), axis=1, dtype=np.uint16).view(np.int16)
    return np.where(numbers == _MISSING, np.nan, numbers * quantum).astype(np.float32)


def _packed_fill(filled_m: np.ndarray) -> bytes:
    # Rounded up: a value is never said to be from nearer than it is.
    hundreds = np.ceil(np.minimum(filled_m.astype(np.float64) / _FILL_M, _NO_FILL))
    return hundreds.astype("<u2").tobytes()


def _fill(data: bytes, rows: int, columns: int) -> np.ndarray:
    hundreds = np.frombuffer(data, "<u2").reshape(rows, columns)
    return np.where(hundreds == _NO_FILL, np.inf, hundreds * _FILL_M).astype(np.float32)


def _read(data: bytes) -> CutOut:
    size = int.from_bytes(data[:4], "little")
    if size > _LARGEST_HEADER or len(data) > _MOST_BYTES:
        raise ValueError("size")
    header = json.loads(data[4 : 4 + size])
    if header["format"] != CUTOUT_FORMAT or not header["groups"]:
        raise ValueError("format")
    at, shapes = 4 + size, []
    values = []
    for described in header["groups"]:
        rows, columns, steps = described["rows"], described["columns"], len(described["times_s"])
        if not (is_whole(rows) and is_whole(columns) and 0 < rows * columns <= MOST_NODES and 0 < steps <= _MOST_STEPS):
            raise ValueError("shape")
        quanta, plane_bytes = _QUANTUM[described["name"]], 2 * rows * columns
        planes = []
        for k in range(steps * len(quanta)):
            planes.append(_plane(data[at : at + plane_bytes], rows, columns, quanta[k % len(quanta)]))
            at += plane_bytes
        values.append(np.moveaxis(np.stack(planes).reshape(steps, len(quanta), rows, columns), 1, -1))
        shapes.append((rows, columns))
    groups = []
    for described, shape, field in zip(header["groups"], shapes, values, strict=True):
        fill = _fill(data[at : at + 2 * shape[0] * shape[1]], *shape)
        at += 2 * shape[0] * shape[1]
        groups.append(_group(described, np.ascontiguousarray(field), fill))
    if at != len(data) or len({group.name for group in groups}) != len(groups):
        raise ValueError("length")
    return CutOut(tuple(groups), str(header["forecast_id"])[:60])


def _group(described: dict[str, Any], values: np.ndarray, filled_m: np.ndarray) -> LayerGroup:
    name, every = described["name"], described["every"]
    times_s = np.array(described["times_s"], np.float64)
    if not ((np.diff(times_s) > 0.0).all() and times_s[0] >= 0.0 and times_s[-1] < LATEST_S):
        raise ValueError("times")
    grid = Grid(
        float(described["west_deg"]), float(described["south_deg"]), float(described["step_lon_deg"]),
        float(described["step_lat_deg"]), values.shape[1], values.shape[2],
    )  # fmt: skip
    if not (grid.step_lon_deg > 0.0 and grid.step_lat_deg > 0.0):
        raise ValueError("grid")
    notes = [f"cut-out round the vessel until {described['until']}: beyond it nothing is known aboard"]
    if every > 1:
        notes.append(f"cut-out: one node in {every} along each side")
    units = {str(quantity): str(unit) for quantity, unit in described["units"].items()}
    run_at_s = instant_s(described["run_at"])
    return LayerGroup(
        name=name,
        grid=grid,
        times_s=times_s,
        values=values,
        filled_m=filled_m,
        run_at_s=run_at_s,
        sources=(_SOURCE,),
        units=units,
        notes=(*(str(note) for note in described["notes"]), *notes),
    )
