"""What a forecast cube holds, as text."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from api.cli.console import columns, wrap
from api.documents.forecast import GROUPS, cube_age_s, group_area, missing_quantities

if TYPE_CHECKING:
    from geodata.forecast.cube import Cube

_HOUR_S = 3600.0


def forecast_lines(cube: "Cube", name: str, size: int, now_s: float) -> list[str]:
    """A cube's document as lines of at most eighty columns.

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
    lines = [f"{cube.identity['id']}  {size:,} bytes", f"SHA-256 {cube.identity['sha256']}", *_run(cube, now_s), ""]
    groups = {group: cube.header["groups"][group] for group in GROUPS if group in cube.header["groups"]}
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
    absent = [group for group in GROUPS if group not in groups]
    if absent:
        lines += wrap(f"Not in it: {', '.join(absent)}.")
    lines += [line for group, told in groups.items() for line in wrap(_use(cube, group, told), then="  ")]
    lines.append("")
    for group, told in groups.items():
        runs = "run not stated" if told["run_at"] is None else f"run {told['run_at']}"
        units = ", ".join(f"{quantity} in {unit}" for quantity, unit in told["units"].items())
        lines += wrap(f"{group}: {runs}. {units}.", then="  ")
        lines += wrap(f"area: {_area_text(told)}.", first="  ", then="    ")
        missing = missing_quantities(group, told)
        if missing:
            lines += wrap(f"missing: {', '.join(missing)}.", first="  ", then="    ")
        for note in told["notes"]:
            lines += wrap(f"note: {note}.", first="  ", then="    ")
    lines.append("")
    for source in cube.header["sources"]:
        lines += wrap(f"from {source['file']}, {source['kind']}, {source['bytes']:,} bytes", then="  ")
        lines.append(f"     {source['sha256']}")
        for line in source.get("left_out", []):
            lines += wrap(f"left out: {line}", first="     ", then="       ")
    is_foreign = any(source["file"] == name for source in cube.header["sources"])
    lines.append(f"OK   {name} {'can be used' if is_foreign else 'matches its SHA-256'}")
    return lines


def _area_text(told: dict[str, Any]) -> str:
    area = group_area(told)
    west, east = (f"{abs(area[side]):.3g}{'E' if area[side] >= 0.0 else 'W'}" for side in ("west", "east"))
    return f"{area['south']:.4g}N to {area['north']:.4g}N, {west} to {east}"


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
    age_s = cube_age_s(cube, now_s)
    if age_s is None:
        return ["Model run not stated: age not known."]
    return wrap(f"Oldest model run {cube.identity['run_at']}, age {age_s / _HOUR_S:.1f} h.")


def _minute(text: str) -> str:
    return f"{text[11:16]}Z"
