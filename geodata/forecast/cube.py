"""The forecast cube: one file, written whole or not at all, checked by digest before anything of it is used.

::

    8 bytes    magic
    4 bytes    length of the header, little-endian
    32 bytes   SHA-256 of the header
    header     JSON: what is inside, from which files, and the SHA-256 of the data
    data       arrays, little-endian, each on a multiple of 64 bytes

The digest of the header covers that of the data, so it names the whole.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan, nan, prod
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import ForecastRefused
from engine.kernels.forecast import Field, Forecast, no_forecast
from geodata.forecast.cube_header import LATEST_S, check_header, is_whole
from geodata.forecast.layers import SWELL_ONLY
from geodata.forecast.merge import VARIABLES, LayerGroup
from geodata.forecast.settings import GROUPS, read_settings

CUBE_FORMAT = 1
"""Raised whenever an older engine could misread a newer cube."""

MAGIC = b"SPFCUBE\n"
_ALIGNED = 64
_LARGEST_HEADER = 4_000_000
_AGAIN = "Make it again with 'safeport forecast ingest'."


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """An open cube, verified.

    Attributes
    ----------
    forecast : Forecast
        What the engine samples.
    identity : dict
        ``id``, ``sha256``, ``run_at`` (RFC 3339 or None), ``swell_only``, and for each group ``from``, ``to``,
        ``steps``, ``source``, ``run_at`` and ``notes`` (such as: swell only).
    header : dict
        Everything the file says of itself.
    """

    forecast: Forecast
    identity: dict[str, Any]
    header: dict[str, Any]


def write_cube(path: Path, groups: Sequence[LayerGroup], sources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Write a cube and return its header; readers see the old file or the new one, never part of either.

    Parameters
    ----------
    path : Path
        Where it goes; the folder must exist.
    groups : sequence of LayerGroup
        At most one of each name.
    sources : sequence of dict
        For each input file its name, size and SHA-256.
    """
    arrays, blobs = _laid_out(groups)
    digest = hashlib.sha256()
    for blob in blobs:
        digest.update(blob)
    runs = [group.run_at_s for group in groups if not isnan(group.run_at_s)]
    first = min(float(group.times_s[0]) for group in groups)
    # A forecast is as old as its oldest part, and of no known age when one part does not say.
    run_at = min(runs) if len(runs) == len(groups) else nan
    header = {
        "format": CUBE_FORMAT,
        "id": f"forecast-{_compact(first if isnan(run_at) else run_at)}-{digest.hexdigest()[:8]}",
        "run_at": instant_text(run_at),
        "groups": {group.name: _described(group) for group in groups},
        "strongest_current_ms": _strongest(groups, "current"),
        "strongest_wind_ms": _strongest(groups, "wind"),
        "sources": list(sources),
        "arrays": arrays,
        "data_bytes": sum(len(blob) for blob in blobs),
        "data_sha256": digest.hexdigest(),
    }
    text = json.dumps(header, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()
    start = MAGIC + len(text).to_bytes(4, "little") + hashlib.sha256(text).digest() + text
    _write_whole(path, [start, bytes(-len(start) % _ALIGNED), *blobs])
    return header


def _laid_out(groups: Sequence[LayerGroup]) -> tuple[dict[str, dict[str, Any]], list[bytes]]:
    """Where each array stands, and the bytes in order, padding included."""
    arrays: dict[str, dict[str, Any]] = {}
    blobs: list[bytes] = []
    offset = 0
    for group in groups:
        parts = {
            "times_s": (group.times_s, "<f8"),
            "values": (group.values, "<f4"),
            "filled_m": (group.filled_m, "<f4"),
        }
        for name, (array, dtype) in parts.items():
            data = np.ascontiguousarray(array, dtype).tobytes()
            arrays[f"{group.name}.{name}"] = {"dtype": dtype, "shape": list(array.shape), "offset": offset}
            blobs += [data, bytes(-len(data) % _ALIGNED)]
            offset += len(data) + len(blobs[-1])
    return arrays, blobs


def _described(group: LayerGroup) -> dict[str, Any]:
    grid = group.grid
    return {
        "grid": {
            "west_deg": grid.west_deg, "south_deg": grid.south_deg, "step_lon_deg": grid.step_lon_deg,
            "step_lat_deg": grid.step_lat_deg, "rows": grid.rows, "columns": grid.columns,
        },
        "from": instant_text(float(group.times_s[0])),
        "to": instant_text(float(group.times_s[-1])),
        "steps": group.times_s.size,
        "longest_gap_s": read_settings().longest_gap_s[group.name],
        "run_at": instant_text(group.run_at_s),
        "variables": list(VARIABLES[group.name]),
        "units": group.units,
        "notes": list(group.notes),
        "sources": list(group.sources),
    }  # fmt: skip


def _strongest(groups: Sequence[LayerGroup], name: str) -> float:
    """Greatest speed of a group, 0 without it. Between nodes and steps it is never greater. [m/s]"""
    for group in groups:
        if group.name == name:
            speed = np.hypot(group.values[..., 0], group.values[..., 1])
            return float(np.max(speed, initial=0.0, where=np.isfinite(speed)))
    return 0.0


def _write_whole(path: Path, blobs: Sequence[bytes]) -> None:
    """Write a file beside its place, force it to disk, and only then give it its name."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with fresh.open("xb") as file:
            for blob in blobs:
                file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(fresh, path)
    finally:
        with suppress(OSError):
            fresh.unlink()


def put_in_place(fresh: Path, path: Path) -> None:
    """Give a finished file its name; whoever has the old one open keeps it."""
    fresh.replace(path)
    if hasattr(os, "O_DIRECTORY"):
        # The new name is only safe once the folder that holds it is on disk too.
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def is_cube(path: Path) -> bool:
    """Whether a file begins like a cube of any format."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def open_cube(path: Path) -> Cube:
    """Read a cube into memory and verify it: header, digest, then shapes.

    It is read rather than mapped: a map of a file that somebody then overwrites in place kills the process that reads
    it, and shows numbers nobody has verified.

    Raises
    ------
    ForecastRefused
        Missing, no cube, cut short, damaged, of another format, or larger than the limits.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            header, digest = _read_header(file, name)
            data = _read_data(file, name, header)
    except OSError as error:
        raise ForecastRefused(name, f"cannot be read ({error.strerror}).", "Check its name.") from None
    if hashlib.sha256(data.data).hexdigest() != header.get("data_sha256"):
        raise ForecastRefused(name, "is damaged: its data do not match their SHA-256.", _AGAIN)
    try:
        check_header(header)
        forecast = _forecast(header, data)
        _refuse_if_unlike(header, forecast)
        identity = _identity(header, digest)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, MemoryError):
        # Whoever writes a file can sign it: a digest says that nothing was lost, not that it makes sense.
        raise ForecastRefused(name, "is damaged: header and data do not fit.", _AGAIN) from None
    return Cube(forecast, identity, header)


def _read_header(file: Any, name: str) -> tuple[dict[str, Any], str]:
    start = file.read(len(MAGIC) + 36)
    if start[: len(MAGIC)] != MAGIC:
        raise ForecastRefused(name, "is no forecast cube.", _AGAIN)
    length = int.from_bytes(start[8:12], "little")
    text = file.read(min(length, _LARGEST_HEADER))
    if len(start) < len(MAGIC) + 36 or len(text) < length:
        raise ForecastRefused(name, "is cut short or damaged.", _AGAIN)
    if hashlib.sha256(text).digest() != start[12:]:
        raise ForecastRefused(name, "is damaged: its header does not match its SHA-256.", _AGAIN)
    try:
        header = json.loads(text)
        found = header["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ForecastRefused(name, "is damaged: its header is not readable.", _AGAIN) from None
    if found != CUBE_FORMAT:
        raise ForecastRefused(
            name, f"is a cube of format {str(found)[:20]}; this program reads format {CUBE_FORMAT}.", _AGAIN
        )
    file.seek(-(len(start) + length) % _ALIGNED, os.SEEK_CUR)
    return header, hashlib.sha256(text).hexdigest()


def _read_data(file: Any, name: str, header: dict[str, Any]) -> np.ndarray:
    """The data on a 64-byte boundary, as read-only bytes."""
    size = header.get("data_bytes")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= read_settings().limits.cube_bytes:
        raise ForecastRefused(name, "declares more data than a cube may have.", _AGAIN)
    room = np.empty(size + _ALIGNED, np.uint8)
    start = -room.ctypes.data % _ALIGNED
    data = room[start : start + size]
    if file.readinto(data.data) < size or file.read(1):
        raise ForecastRefused(name, "is cut short, or longer than it says.", _AGAIN)
    data.setflags(write=False)
    return data


def _forecast(header: dict[str, Any], data: np.ndarray) -> Forecast:
    empty = no_forecast()  # type: ignore[no-untyped-call]
    fields = {name: _field(name, header, data) if name in header["groups"] else getattr(empty, name) for name in GROUPS}
    return empty._replace(  # type: ignore[no-any-return]
        **fields,
        run_at_s=instant_s(header["run_at"]),
        strongest_current_ms=float(header["strongest_current_ms"]),
        strongest_wind_ms=float(header["strongest_wind_ms"]),
    )


def _field(name: str, header: dict[str, Any], data: np.ndarray) -> Field:
    group = header["groups"][name]
    grid = group["grid"]
    times_s, values, filled_m = (
        _array(header["arrays"][f"{name}.{part}"], data) for part in ("times_s", "values", "filled_m")
    )
    rows, columns, steps = int(grid["rows"]), int(grid["columns"]), int(group["steps"])
    if (
        times_s.shape != (steps,)
        or values.shape != (steps, rows, columns, len(VARIABLES[name]))
        or filled_m.shape != (rows, columns)
        or [str(array.dtype) for array in (times_s, values, filled_m)] != ["float64", "float32", "float32"]
        or not (np.diff(times_s) > 0.0).all()
        or not (float(grid["step_lon_deg"]) > 0.0 and float(grid["step_lat_deg"]) > 0.0)
    ):
        raise ValueError(name)
    return Field(
        times_s, float(grid["west_deg"]), float(grid["south_deg"]), float(grid["step_lon_deg"]),
        float(grid["step_lat_deg"]), float(group["longest_gap_s"]), values, filled_m,
    )  # fmt: skip


def _refuse_if_unlike(header: dict[str, Any], forecast: Forecast) -> None:
    """Refuse a header that says other things of the data than they are: bounds and times would be wrong."""
    for name, group in header["groups"].items():
        field: Field = getattr(forecast, name)
        if (
            not (np.isfinite(field.times_s).all() and (field.times_s >= 0.0).all() and (field.times_s < LATEST_S).all())
            or field.times_s.size == 0
            or group["from"] != instant_text(float(field.times_s[0]))
            or group["to"] != instant_text(float(field.times_s[-1]))
            or np.isinf(field.values).any()
            or np.isnan(field.filled_m).any()
            or (field.filled_m < 0.0).any()
        ):
            raise ValueError(name)
    for name in ("current", "wind"):
        field = getattr(forecast, name)
        speed = np.hypot(field.values[..., 0], field.values[..., 1])
        strongest = float(np.max(speed, initial=0.0, where=np.isfinite(speed)))
        if not abs(getattr(forecast, f"strongest_{name}_ms") - strongest) <= 1e-3:
            raise ValueError(f"strongest {name}")


def _array(entry: dict[str, Any], data: np.ndarray) -> np.ndarray:
    """An array of the data; read-only because the data are, so that numba sees one kind whatever the source."""
    if entry["dtype"] not in ("<f8", "<f4"):
        raise ValueError(entry["dtype"])
    dtype = np.dtype(entry["dtype"])
    shape, start = tuple(entry["shape"]), entry["offset"]
    if not all(is_whole(number) for number in (*shape, start)) or len(shape) > 4:
        raise ValueError("shape")
    # In whole numbers without a bound: products of absurd sizes do not come round to sensible ones.
    size = dtype.itemsize * prod(shape)
    if min(shape, default=0) < 0 or start < 0 or start % _ALIGNED or start + size > data.size:
        raise ValueError("offset")
    array: np.ndarray = data[start : start + size].view(dtype).reshape(shape)
    return array


def _identity(header: dict[str, Any], digest: str) -> dict[str, Any]:
    return {
        "id": str(header["id"]),
        "sha256": digest,
        "run_at": header["run_at"],
        "swell_only": any(SWELL_ONLY in group["notes"] for group in header["groups"].values()),
        "groups": {
            name: {
                "from": group["from"], "to": group["to"], "steps": group["steps"],
                "source": ", ".join(group["sources"][:3]) + (" ..." if len(group["sources"]) > 3 else ""),
                "run_at": group["run_at"],
                "notes": group["notes"],
            }
            for name, group in header["groups"].items()
        },
    }  # fmt: skip


def instant_text(at_s: float) -> str | None:
    """RFC 3339 in UTC; None for NaN."""
    return None if isnan(at_s) else f"{datetime.fromtimestamp(round(at_s), UTC):%Y-%m-%dT%H:%M:%SZ}"


def instant_s(text: str | None) -> float:
    """Epoch seconds of an RFC 3339 time; NaN for None. [s]"""
    return nan if text is None else datetime.fromisoformat(text).timestamp()


def _compact(at_s: float) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y%m%dT%H%MZ}"
