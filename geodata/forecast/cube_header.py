"""Whether the header of a cube can be believed: every entry that is read is of its kind and within bounds.

Digests say that a file is as it was written. They do not say that a sane program wrote it.
"""

import re
from datetime import datetime
from math import isfinite
from typing import Any

from geodata.forecast.merge import VARIABLES
from geodata.forecast.settings import read_settings

LATEST_S = 4_133_980_800.0
"""The year 2101, as for every time elsewhere. [epoch s]"""

_ID = re.compile(r"forecast-[0-9]{8}T[0-9]{4}Z-[0-9a-f]{8}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_LONGEST_TEXT = 1_000
_MOST_ENTRIES = 1_000


def check_header(header: Any) -> None:
    """Refuse a header of which an entry is missing, of another kind or out of bounds.

    Raises
    ------
    ValueError
        Names the entry.
    """
    _require(isinstance(header, dict), "header")
    _require(isinstance(header.get("id"), str) and _ID.fullmatch(header["id"]) is not None, "id")
    _require(
        isinstance(header.get("data_sha256"), str) and bool(_SHA256.fullmatch(header["data_sha256"])), "data_sha256"
    )
    _instant_or_none(header.get("run_at"), "run_at")
    for name in ("strongest_current_ms", "strongest_wind_ms"):
        _number(header.get(name), name, 0.0, 200.0)
    groups, arrays = header.get("groups"), header.get("arrays")
    _require(isinstance(groups, dict) and bool(groups) and set(groups) <= set(VARIABLES), "groups")
    _require(isinstance(arrays, dict), "arrays")
    _require(
        set(arrays) == {f"{name}.{part}" for name in groups for part in ("times_s", "values", "filled_m")}, "arrays"
    )
    for name, entry in arrays.items():
        _require(isinstance(entry, dict) and isinstance(entry.get("shape"), list), name)
    for name, group in groups.items():
        _check_group(name, group)
    _check_sources(header.get("sources"))


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, which truth is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _check_group(name: str, group: Any) -> None:
    _require(isinstance(group, dict), name)
    for key in ("from", "to"):
        _require(isinstance(group.get(key), str), f"{name}.{key}")
        _instant_or_none(group[key], f"{name}.{key}")
    _instant_or_none(group.get("run_at"), f"{name}.run_at")
    settings = read_settings()
    _require(is_whole(group.get("steps")) and 0 < group["steps"] <= settings.limits.steps, f"{name}.steps")
    _number(group.get("longest_gap_s"), f"{name}.longest_gap_s", 0.0, 86_400.0)
    _require(group.get("variables") == list(VARIABLES[name]), f"{name}.variables")
    _require(_is_short_texts(group.get("notes")) and _is_short_texts(group.get("sources")), f"{name}.notes")
    units = group.get("units")
    _require(isinstance(units, dict) and _is_short_texts([*units, *units.values()]), f"{name}.units")
    grid = group.get("grid")
    _require(isinstance(grid, dict), f"{name}.grid")
    for key in ("rows", "columns"):
        _require(is_whole(grid.get(key)) and 0 < grid[key] <= settings.limits.points_in_field, f"{name}.{key}")
    west = _number(grid.get("west_deg"), f"{name}.west_deg", -360.0, 360.0)
    south = _number(grid.get("south_deg"), f"{name}.south_deg", -90.01, 90.01)
    step_lon = _number(grid.get("step_lon_deg"), f"{name}.step_lon_deg", 1e-6, 180.0)
    step_lat = _number(grid.get("step_lat_deg"), f"{name}.step_lat_deg", 1e-6, 180.0)
    _number(west + step_lon * (grid["columns"] - 1), f"{name}.columns", west, 720.0)
    _number(south + step_lat * (grid["rows"] - 1), f"{name}.rows", south, 90.01)


def _check_sources(sources: Any) -> None:
    _require(isinstance(sources, list) and len(sources) <= _MOST_ENTRIES, "sources")
    for source in sources:
        _require(isinstance(source, dict), "sources")
        _require(_is_short_texts([source.get(key) for key in ("file", "kind", "sha256")]), "sources")
        _require(is_whole(source.get("bytes")) and source["bytes"] >= 0, "sources")
        _require(_is_short_texts(source.get("left_out", [])), "sources.left_out")


def _is_short_texts(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= _MOST_ENTRIES
        and all(isinstance(text, str) and len(text) <= _LONGEST_TEXT for text in values)
    )


def _instant_or_none(value: Any, name: str) -> None:
    if value is not None:
        _require(isinstance(value, str) and _INSTANT.fullmatch(value) is not None, name)
        at_s = datetime.fromisoformat(value).timestamp()
        _require(0.0 <= at_s < LATEST_S, name)


def _number(value: Any, name: str, least: float, greatest: float) -> float:
    _require(isinstance(value, int | float) and not isinstance(value, bool), name)
    _require(isfinite(value) and least <= value <= greatest, name)
    return float(value)


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise ValueError(name)
