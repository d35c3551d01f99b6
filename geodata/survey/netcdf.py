"""Gridded depths from CF NetCDF."""

from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from geodata.survey.grid import (
    DATUM_ATTRIBUTES,
    LIKELY_NAMES,
    STANDARD_NAMES,
    DepthGrid,
    Stated,
    choose_datum,
    choose_sign,
    grid_from,
    parse_crs,
    refusal,
    require_metres,
    require_size,
)

_LON_UNITS = frozenset({"degrees_east", "degree_east", "degree_e", "degrees_e"})
_LAT_UNITS = frozenset({"degrees_north", "degree_north", "degree_n", "degrees_n"})


def read_netcdf(path: Path, stated: Stated) -> DepthGrid:
    """Read one two-dimensional variable of depth or height.

    Raises
    ------
    InvalidAsk
        As `geodata.survey.grid.read_grid`.
    """
    import netCDF4

    try:
        dataset = netCDF4.Dataset(path)
    except OSError:
        raise refusal(path, "cannot be read as NetCDF.", "Check the file.") from None
    with dataset:
        variable = _choose_variable(path, dataset, stated)
        lengths = [len(dataset.dimensions[name]) for name in variable.dimensions]
        require_size(path, prod(lengths))
        extra = [name for name, length in zip(variable.dimensions[:-2], lengths[:-2], strict=True) if length != 1]
        if len(lengths) < 2 or extra:
            raise refusal(path, f"has {variable.name} on {', '.join(variable.dimensions)}.", "Give one layer of depth.")
        require_metres(path, _text(variable, "units"), stated)
        sign, datum = STANDARD_NAMES.get(_text(variable, "standard_name") or "", (None, None))
        sign_in_file = _text(variable, "positive")
        if sign is not None and sign_in_file is not None and sign != sign_in_file.strip().lower():
            raise refusal(path, f"says positive {str(sign_in_file)[:10]} of a figure that grows {sign} by its name.",
                          "Correct its attributes.")  # fmt: skip
        down = choose_sign(path, sign_in_file or sign, stated)
        in_file = next(
            (text for name in DATUM_ATTRIBUTES for text in (_text(variable, name), _text(dataset, name)) if text), None
        )
        chosen = choose_datum(path, in_file, datum, stated)
        y_name, x_name = variable.dimensions[-2:]
        y, x = _axis(path, dataset, y_name), _axis(path, dataset, x_name)
        crs, swapped = _system(path, dataset, variable, x_name, y_name, stated)
        values = np.ma.filled(np.ma.asarray(variable[...], np.float64), np.nan).reshape(lengths[-2:])
    if swapped:
        x, y, values = y, x, values.T
    return grid_from(path, down * values, x, y, crs, chosen)


def _text(holder: Any, name: str) -> str | None:
    value = getattr(holder, name, None)
    return value if isinstance(value, str) and value.strip() else None


def _choose_variable(path: Path, dataset: Any, stated: Stated) -> Any:
    if stated.variable is not None:
        if stated.variable not in dataset.variables:
            met = ", ".join(sorted(dataset.variables))[:120]
            raise refusal(path, f"has no variable {stated.variable[:30]!r}; it has {met}.", "Name one of these.")
        return dataset.variables[stated.variable]
    grids = [item for item in dataset.variables.values() if len(item.dimensions) >= 2]
    named = [item for item in grids if (_text(item, "standard_name") or "") in STANDARD_NAMES]
    found = named or [item for item in grids if item.name.lower() in LIKELY_NAMES]
    if len(found) != 1:
        met = ", ".join(sorted(item.name for item in grids))[:120] or "none"
        many = "more than one variable of depth" if found else "no variable of depth that is known"
        raise refusal(path, f"has {many}; its grids are {met}.", "Name it with --variable.")
    return found[0]


def _axis(path: Path, dataset: Any, name: str) -> np.ndarray:
    if name not in dataset.variables or dataset.variables[name].dimensions != (name,):
        raise refusal(path, f"has no coordinates along {name[:30]}.", "Give a grid with one coordinate for each axis.")
    return np.asarray(np.ma.filled(np.ma.asarray(dataset.variables[name][...], np.float64), np.nan))


def _system(path: Path, dataset: Any, variable: Any, x_name: str, y_name: str, stated: Stated) -> tuple[object, bool]:
    """Coordinate reference system, and whether the last axis runs north."""
    units = [(_text(dataset.variables[name], "units") or "").lower() for name in (x_name, y_name)]
    names = [_text(dataset.variables[name], "standard_name") for name in (x_name, y_name)]
    swapped = units[0] in _LAT_UNITS or names[0] in ("latitude", "projection_y_coordinate")
    if stated.crs is not None:
        return parse_crs(path, stated.crs), swapped
    mapping = _text(variable, "grid_mapping")
    if mapping is not None and mapping in dataset.variables:
        from pyproj import CRS
        from pyproj.exceptions import CRSError

        held = dataset.variables[mapping]
        attributes = {name: held.getncattr(name) for name in held.ncattrs()}
        try:
            crs = CRS.from_cf(attributes)
        except (CRSError, KeyError, ValueError):
            raise refusal(path, f"has a grid mapping {mapping[:30]!r} that cannot be read.", "Give --crs.") from None
        if crs.is_projected and not set(units) <= {"m", "metre", "meter", "metres", "meters"}:
            raise refusal(path, f"has projected coordinates in {units[0][:20] or 'no unit'!r}.", "Give them in metres.")
        return crs, swapped
    if {*units} & _LON_UNITS and {*units} & _LAT_UNITS:
        return parse_crs(path, "EPSG:4326"), swapped
    raise refusal(path, "does not say what its coordinates are.", "Give --crs, such as EPSG:4326 or EPSG:32631.")
