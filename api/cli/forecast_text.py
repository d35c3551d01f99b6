"""What a forecast cube holds, as text and as a document."""

from typing import TYPE_CHECKING, Any

from api.cli.layout import columns, folded

if TYPE_CHECKING:
    from geodata.forecast.cube import Cube

_HOUR_S = 3600.0


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
        "groups": {group: {key: told[key] for key in kept} for group, told in cube.header["groups"].items()},
        "sources": cube.header["sources"],
    }


def forecast_lines(cube: "Cube", name: str, size: int, now_s: float) -> list[str]:
    """The same within eighty columns; see `forecast_document`."""
    lines = [f"{cube.identity['id']}  {size:,} bytes", f"SHA-256 {cube.identity['sha256']}", *_run(cube, now_s), ""]
    order = ("waves", "wind", "visibility", "current")
    groups = {group: cube.header["groups"][group] for group in order if group in cube.header["groups"]}
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
    absent = [group for group in order if group not in groups]
    if absent:
        lines += folded(f"Not in it: {', '.join(absent)}.")
    lines.append("")
    for group, told in groups.items():
        runs = "run not stated" if told["run_at"] is None else f"run {told['run_at']}"
        units = ", ".join(f"{quantity} in {unit}" for quantity, unit in told["units"].items())
        lines += folded(f"{group}: {runs}. {units}.", then="  ")
        for note in told["notes"]:
            lines += folded(f"note: {note}.", first="  ", then="    ")
    lines.append("")
    for source in cube.header["sources"]:
        lines += folded(f"from {source['file']}, {source['kind']}, {source['bytes']:,} bytes", then="  ")
        lines.append(f"     {source['sha256']}")
    lines.append(f"OK   {name} matches its SHA-256")
    return lines


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
