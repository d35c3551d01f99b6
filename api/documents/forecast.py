"""What a forecast cube holds, as one JSON document."""

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field
from typing_extensions import TypedDict

from geodata.forecast.merge import BESIDE, MAIN

if TYPE_CHECKING:
    from geodata.forecast.cube import Cube

GROUPS = ("waves", "wind", "visibility", "current")


class ForecastArea(TypedDict):
    """Sides of a grid; WGS 84. [deg]"""

    west: float
    south: float
    east: float
    north: float


class ForecastGrid(TypedDict):
    """Nodes of a group, from its south-western one."""

    west_deg: float
    south_deg: float
    step_lon_deg: float
    step_lat_deg: float
    rows: int
    columns: int


_Span = TypedDict("_Span", {"from": str, "to": str})


class ForecastGroup(_Span):
    """Waves, wind, visibility or current: where and when it is known."""

    area: ForecastArea
    grid: ForecastGrid
    steps: Annotated[int, Field(description="One step can be used at its moment only.")]
    longest_gap_s: Annotated[float, Field(description="Between two steps farther apart nothing is assumed. [s]")]
    run_at: str | None
    variables: list[str]
    units: dict[str, str]
    missing: Annotated[list[str], Field(description="Quantities that usually go with it and are in no step.")]
    notes: list[str]
    sources: list[str]


class ForecastDocument(TypedDict):
    """A forecast: whose, how old, what is in it and what is not."""

    id: str
    sha256: str
    run_at: Annotated[str | None, Field(description="Of its oldest model run; null where one does not say.")]
    age_s: Annotated[int | None, Field(description="Since `run_at`. [s]")]
    strongest_current_ms: float
    strongest_wind_ms: float
    groups: dict[str, ForecastGroup]
    absent: Annotated[list[str], Field(description="Groups that are not in it.")]
    sources: list[dict[str, Any]]


def forecast_document(cube: "Cube", now_s: float) -> ForecastDocument:
    """Identity, groups with grids and notes, sources.

    Parameters
    ----------
    cube : Cube
    now_s : float
        What ages are counted to. [epoch s]
    """
    kept = ("from", "to", "steps", "run_at", "grid", "longest_gap_s", "variables", "units", "notes", "sources")
    groups = {
        name: {
            **{key: group[key] for key in kept},
            "area": group_area(group),
            "missing": missing_quantities(name, group),
        }
        for name, group in cube.header["groups"].items()
    }
    age_s = cube_age_s(cube, now_s)
    return {
        "id": cube.identity["id"],
        "sha256": cube.identity["sha256"],
        "run_at": cube.identity["run_at"],
        "age_s": None if age_s is None else round(age_s),
        "strongest_current_ms": round(cube.forecast.strongest_current_ms, 3),
        "strongest_wind_ms": round(cube.forecast.strongest_wind_ms, 3),
        "groups": cast(dict[str, ForecastGroup], groups),
        "absent": [name for name in GROUPS if name not in groups],
        "sources": cube.header["sources"],
    }


def group_area(group: dict[str, Any]) -> ForecastArea:
    """Sides of a group's grid. [deg]"""
    grid = group["grid"]
    west, south = float(grid["west_deg"]), float(grid["south_deg"])
    return {
        "west": west,
        "south": south,
        "east": round(west + grid["step_lon_deg"] * (grid["columns"] - 1), 6),
        "north": round(south + grid["step_lat_deg"] * (grid["rows"] - 1), 6),
    }


def missing_quantities(name: str, group: dict[str, Any]) -> list[str]:
    """Quantities that go with a group's main one and are in no step of it."""
    have = {spelled.split(" (")[0] for spelled in group["units"]}
    main = next((way for way in MAIN[name] if set(way) <= have), MAIN[name][0])
    return [quantity for quantity in BESIDE.get(main, ()) if quantity not in have]


def cube_age_s(cube: "Cube", now_s: float) -> float | None:
    """Since the run of a cube; None where none is stated. [s]"""
    run_at_s = cube.forecast.run_at_s
    # NaN where no run is stated.
    return now_s - run_at_s if run_at_s == run_at_s else None
