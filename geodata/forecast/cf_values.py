"""Whether the values of a CF variable are what its name says, at one moment, and what its valid range hides.

References
----------
CF Conventions 1.11, sections 2.5.1 (valid range), 3.3 (standard name modifiers), 7.3 (cell methods), appendix E.
"""

import re
from typing import Any, NamedTuple

import numpy as np

from geodata.forecast.cf_conventions import QUANTITIES, UNITS, Meaning, Unreadable

LONGEST_MEAN_S = 3600.0
"""A mean over no longer than this stands for the moment: waves and tidal streams change little in an hour. [s]"""

_METHOD = re.compile(r"((?:[\w-]+ *: *)+)([a-z_]+)((?: (?:where|over|within) [\w-]+)*) *(\([^()]*\))?")
_INTERVAL = re.compile(r"interval: *([0-9.]+) *([a-z]+)")
_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0, "minute": 60.0, "minutes": 60.0,
            "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "hours": 3600.0, "d": 86_400.0, "day": 86_400.0,
            "days": 86_400.0}  # fmt: skip
_SPACE = ("area", "latitude", "longitude", "lat", "lon", "x", "y")
_MEMBERS = ("realization", "ensemble", "number", "member")
_GRIB_TYPES = {"pf": "member of an ensemble", "es": "spread of an ensemble", "ep": "probability", "pb": "percentile",
               "pd": "percentile", "cd": "climate", "cs": "standard deviation of a cluster", "cm": "mean of a cluster",
               "efi": "index of extremes", "sot": "index of extremes", "fcmean": "mean over time",
               "fcmax": "greatest over time", "fcmin": "least over time"}  # fmt: skip


class Standing(NamedTuple):
    """Whether a variable is the value itself.

    Attributes
    ----------
    why_not : str
        What it is instead; empty where it is the value.
    notes : tuple of str
        What a reader of the answer may have to know.
    """

    why_not: str = ""
    notes: tuple[str, ...] = ()


def values_stand_for(variable: Any, meaning: Meaning, data: Any) -> Standing:
    """Whether a variable of a known name holds that quantity at single moments.

    Parameters
    ----------
    variable : netCDF4.Variable
    meaning : Meaning
    data : netCDF4.Dataset
        Of which it is: a mean's length can be read off its time bounds.
    """
    step_type = str(getattr(variable, "GRIB_stepType", "instant"))
    if step_type != "instant" and not (meaning.quantity == "gust" and step_type == "max"):
        return Standing(f"not of one moment ({step_type} over an interval)")
    data_type = str(getattr(variable, "GRIB_dataType", ""))
    if data_type in _GRIB_TYPES:
        return Standing(_GRIB_TYPES[data_type])
    if hasattr(variable, "flag_values") or hasattr(variable, "flag_masks"):
        return Standing("flags, not values")
    if _is_member(variable, data):
        return Standing("member of an ensemble")
    notes = [f"{meaning.quantity} is of the mean of an ensemble"] if data_type == "em" else []
    return _by_cell_methods(variable, meaning, data, notes)


def _is_member(variable: Any, data: Any) -> bool:
    """Whether a scalar says that the values are of a perturbed member."""
    for name in str(getattr(variable, "coordinates", "")).split():
        scalar = data.variables.get(name)
        if scalar is not None and scalar.size == 1 and getattr(scalar, "standard_name", "") == "realization":
            return bool(np.ma.filled(np.ma.asarray(scalar[:], np.float64), 0.0).ravel()[0] > 0.0)
    return False


def _by_cell_methods(variable: Any, meaning: Meaning, data: Any, notes: list[str]) -> Standing:
    text = " ".join(str(getattr(variable, "cell_methods", "")).split())
    place = 0
    while place < len(text):
        found = _METHOD.match(text, place)
        if found is None:
            return Standing(f"cell methods that are not understood: '{text[:60]}'")
        names = [name.strip().lower() for name in found[1].split(":") if name.strip()]
        standing = _by_method(names, found[2], found[3], found[4] or "", variable, meaning, data)
        if standing.why_not:
            return standing
        notes += standing.notes
        place = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())
    return Standing("", tuple(notes))


def _by_method(
    names: list[str], method: str, qualifier: str, comment: str, variable: Any, meaning: Meaning, data: Any
) -> Standing:
    if method == "point":
        return Standing()
    if all(name in _SPACE for name in names):
        return Standing() if method in ("mean", "median") else Standing(f"{method} over {', '.join(names)}")
    if all(name in _MEMBERS for name in names):
        if method == "mean":
            return Standing("", (f"{meaning.quantity} is of the mean of an ensemble",))
        return Standing(f"{method} of an ensemble")
    if "within" in qualifier or "over" in qualifier:
        return Standing(f"{method}{qualifier}, a climate")
    if meaning.quantity == "gust" and method == "maximum":
        return Standing()
    if method == "mean" and all(name not in ("depth", "height", "z") for name in names):
        longest_s = _interval_s(comment, variable, data)
        if longest_s is not None and longest_s <= LONGEST_MEAN_S + 1.0:
            return Standing("", (f"{meaning.quantity} is a mean over {longest_s / 60.0:.0f} min",))
        length = "an interval not stated" if longest_s is None else f"{longest_s / 3600.0:g} h"
        return Standing(f"mean over {length}, not of one moment")
    return Standing(f"{method} over {', '.join(names)}, not of one moment")


def _interval_s(comment: str, variable: Any, data: Any) -> float | None:
    """Length of the intervals a mean is taken over: by its bounds, else by the spacing of the steps. [s]

    An ``interval`` in the comment is that of the data that were averaged, never more than the length of the mean.
    """
    for name in variable.dimensions:
        axis = data.variables.get(name)
        if (
            axis is None
            or getattr(axis, "standard_name", "time") != "time"
            or " since " not in str(getattr(axis, "units", ""))
        ):
            continue
        unit = _SECONDS.get(str(axis.units).split(" since ")[0].strip().lower())
        if unit is None:
            return None
        bounds = data.variables.get(str(getattr(axis, "bounds", "")))
        if bounds is not None and bounds.ndim == 2 and bounds.shape[1] == 2:
            widths = np.abs(np.diff(np.ma.filled(np.ma.asarray(bounds[:], np.float64), np.nan), axis=1))
            return float(np.max(widths)) * unit if np.isfinite(widths).all() and widths.size else None
        steps = np.ma.filled(np.ma.asarray(axis[:], np.float64), np.nan)
        if steps.size > 1 and np.isfinite(steps).all():
            return float(np.max(np.abs(np.diff(steps)))) * unit
    found = _INTERVAL.search(comment)
    if found is not None and found[2] in _SECONDS:
        return max(float(found[1]) * _SECONDS[found[2]], LONGEST_MEAN_S + 2.0)
    return None


def masked_as_invalid(variable: Any, taken: tuple[Any, ...], values: np.ma.MaskedArray, meaning: Meaning) -> str:
    """What the valid range of a variable hides: a note where that can be no value, a refusal where it can.

    Parameters
    ----------
    variable : netCDF4.Variable
    taken : tuple
        What was read of it.
    values : masked array
        What was read, unpacked.
    meaning : Meaning

    Returns
    -------
    str
        Empty where nothing is hidden.

    Raises
    ------
    Unreadable
        Values that could be real are declared not valid: a range in the wrong unit hides the high sea first.
    """
    if not any(hasattr(variable, name) for name in ("valid_min", "valid_max", "valid_range")):
        return ""
    variable.set_auto_maskandscale(False)
    try:
        raw = np.asarray(variable[taken])
    finally:
        variable.set_auto_maskandscale(True)
    fills = [np.atleast_1d(np.asarray(getattr(variable, name))).ravel()
             for name in ("_FillValue", "missing_value") if hasattr(variable, name)]  # fmt: skip
    missing = np.isin(raw, np.concatenate(fills)) if fills else np.zeros(raw.shape, np.bool_)
    if raw.dtype.kind == "f":
        missing |= np.isnan(raw)
    hidden = np.ma.getmaskarray(values).reshape(raw.shape) & ~missing
    if not hidden.any():
        return ""
    scale, offset = float(getattr(variable, "scale_factor", 1.0)), float(getattr(variable, "add_offset", 0.0))
    quantity = QUANTITIES[meaning.quantity]
    unit = " ".join(str(getattr(variable, "units", "")).lower().split())
    factor = UNITS[quantity.dimension].get(unit, 1.0)
    with np.errstate(all="ignore"):
        unpacked = (raw[hidden].astype(np.float64) * scale + offset) * factor
    real = (unpacked >= quantity.least) & (unpacked <= quantity.greatest)
    if real.any():
        raise Unreadable(
            f"variable {variable.name[:40]} declares {int(real.sum()):,} values not valid that may be real, up to "
            f"{float(unpacked[real].max()):.3g} in the base unit (valid_min, valid_max or valid_range).",
            f"Correct or remove them: ncatted -a valid_max,{variable.name[:40]},d,, FILE.",
        )
    return f"{meaning.quantity}: {int(hidden.sum()):,} values outside the declared valid range are missing"
