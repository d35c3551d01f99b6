"""What a forecast cube holds, as text and as a document."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from api.cli.layout import columns, folded
from geodata.forecast.assemble import BESIDE, MAIN

if TYPE_CHECKING:
    from geodata.forecast.cube import Cube

_HOUR_S = 3600.0
_ORDER = ("waves", "wind", "visibility", "current")


def forecast_document(cube: "Cube", name: str, size: int, now_s: float) -> dict[str, Any]:
    """One JSON document: identity, groups with grids and notes, sources, size.

    Parameters
    ----------
    cube : Cube
    name : str
        Of the file.
    size : int
        [bytes]
    now_s : float
        What ages are counted to. [epoch s]
    """
    kept = ("from", "to", "steps", "run_at", "grid", "longest_gap_s", "variables", "units", "notes", "sources")
    age_s = _age_s(cube, now_s)
    return {
        "file": name,
        "id": cube.identity["id"],
        "sha256": cube.identity["sha256"],
        "bytes": size,
        "run_at": cube.identity["run_at"],
        "age_s": None if age_s is None else round(age_s),
        "strongest_current_ms": round(cube.forecast.strongest_current_ms, 3),
        "strongest_wind_ms": round(cube.forecast.strongest_wind_ms, 3),
        "groups": {
            group: {**{key: told[key] for key in kept}, "area": _area(told), "missing": _missing(group, told)}
            for group, told in cube.header["groups"].items()
        },
        "absent": [group for group in _ORDER if group not in cube.header["groups"]],
        "sources": cube.header["sources"],
    }


def forecast_lines(cube: "Cube", name: str, size: int, now_s: float) -> list[str]:
    """The same within eighty columns; see `forecast_document`."""
    lines = [f"{cube.identity['id']}  {size:,} bytes", f"SHA-256 {cube.identity['sha256']}", *_run(cube, now_s), ""]
    groups = {group: cube.header["groups"][group] for group in _ORDER if group in cube.header["groups"]}
    rows = [["", "from", "to", "steps", "grid, degrees", "nodes"]]
    for group, told in groups.items():
        grid = told["grid"]
        rows.append(
            [
                group,
                f"{told['from'][:10]} {_minute(told['from'])}",
                f"{told['to'][5:10]} {_minute(told['to'])}",
                str(told["steps"]),
                f"{grid['step_lon_deg']:.3g} x {grid['step_lat_deg']:.3g}",
                f"{grid['columns']} x {grid['rows']}",
            ]
        )
    lines += columns(rows, give=4, right=frozenset({3}))
    absent = [group for group in _ORDER if group not in groups]
    if absent:
        lines += folded(f"Not in it: {', '.join(absent)}.")
    lines += [line for group, told in groups.items() for line in folded(_use(cube, group, told), then="  ")]
    lines.append("")
    for group, told in groups.items():
        runs = "run not stated" if told["run_at"] is None else f"run {told['run_at']}"
        units = ", ".join(f"{quantity} in {unit}" for quantity, unit in told["units"].items())
        lines += folded(f"{group}: {runs}. {units}.", then="  ")
        lines += folded(f"area: {_area_text(told)}.", first="  ", then="    ")
        missing = _missing(group, told)
        if missing:
            lines += folded(f"missing: {', '.join(missing)}.", first="  ", then="    ")
        for note in told["notes"]:
            lines += folded(f"note: {note}.", first="  ", then="    ")
    lines.append("")
    for source in cube.header["sources"]:
        lines += folded(f"from {source['file']}, {source['kind']}, {source['bytes']:,} bytes", then="  ")
        lines.append(f"     {source['sha256']}")
        for line in source.get("left_out", []):
            lines += folded(f"left out: {line}", first="     ", then="       ")
    is_foreign = any(source["file"] == name for source in cube.header["sources"])
    lines.append(f"OK   {name} {'can be used' if is_foreign else 'matches its SHA-256'}")
    return lines


def _area(told: dict[str, Any]) -> dict[str, float]:
    """Sides of a group's grid. [deg]"""
    grid = told["grid"]
    west, south = float(grid["west_deg"]), float(grid["south_deg"])
    return {
        "west": west,
        "south": south,
        "east": round(west + grid["step_lon_deg"] * (grid["columns"] - 1), 6),
        "north": round(south + grid["step_lat_deg"] * (grid["rows"] - 1), 6),
    }


def _area_text(told: dict[str, Any]) -> str:
    area = _area(told)
    west, east = (f"{abs(area[side]):.3g}{'E' if area[side] >= 0.0 else 'W'}" for side in ("west", "east"))
    return f"{area['south']:.4g}N to {area['north']:.4g}N, {west} to {east}"


def _missing(group: str, told: dict[str, Any]) -> list[str]:
    """Quantities that go with a group's main one and are in no step of it."""
    have = {spelled.split(" (")[0] for spelled in told["units"]}
    main = next((way for way in MAIN[group] if set(way) <= have), MAIN[group][0])
    return [quantity for quantity in BESIDE.get(main, ()) if quantity not in have]


def _use(cube: "Cube", group: str, told: dict[str, Any]) -> str:
    """What a decision can use of a group."""
    if told["steps"] == 1:
        return (
            f"{group}: one time step only, {told['from']}. A decision can use it at that moment and not along the way: "
            "times are for calm water without stream. Add later steps."
        )
    used = f"{group}: used from {told['from']} to {told['to']}"
    times_s = getattr(cube.forecast, group).times_s
    apart = [b - a for a, b in pairwise(times_s.tolist())]
    too_far = sum(gap_s > told["longest_gap_s"] for gap_s in apart)
    if not too_far:
        return f"{used}."
    longest = told["longest_gap_s"] / _HOUR_S
    if too_far == len(apart):
        return f"{group}: steps are more than {longest:g} h apart, so used at their moments only, not between them."
    return f"{used}, but for {too_far} gaps of more than {longest:g} h between steps."


def _run(cube: "Cube", now_s: float) -> list[str]:
    age_s = _age_s(cube, now_s)
    if age_s is None:
        return ["Model run not stated: age not known."]
    return folded(f"Oldest model run {cube.identity['run_at']}, age {age_s / _HOUR_S:.1f} h.")


def _age_s(cube: "Cube", now_s: float) -> float | None:
    run_at_s = cube.forecast.run_at_s
    # NaN where no run is stated.
    return now_s - run_at_s if run_at_s == run_at_s else None


def _minute(text: str) -> str:
    return f"{text[11:16]}Z"
