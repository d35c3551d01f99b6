"""What the variables of forecasts mean: names, units, the way directions point, and what values can be real.

The vocabulary is that of the CF conventions. Waves and wind are stated as *from* where they come, currents as *to*
where they go; a name that states the other way is turned round as it is read.

References
----------
CF Standard Name Table, version 85 and later; WMO Manual on Codes, code tables 4.2; ecCodes parameter database; the
table ``geodata/sources/forecast_names.csv`` has the source of each name.
Open-Meteo Marine Weather API: ``ocean_current_direction`` is "following the flow of the current ... 90 = towards east".
"""

from typing import NamedTuple

import numpy as np

from geodata.csv_tables import SOURCES, read_rows


class Quantity(NamedTuple):
    """One thing a forecast states.

    Attributes
    ----------
    group : str
        Group it belongs to.
    dimension : str
        Key of `UNITS`.
    least, greatest : float
        Values outside are damage, not weather; in the base unit of the dimension.
    """

    group: str
    dimension: str
    least: float
    greatest: float


QUANTITIES = {
    "height": Quantity("waves", "length", 0.0, 30.0),
    "wave_from": Quantity("waves", "direction", -180.0, 360.0),
    "period": Quantity("waves", "time", 0.0, 40.0),
    "swell_height": Quantity("waves", "length", 0.0, 30.0),
    "swell_from": Quantity("waves", "direction", -180.0, 360.0),
    "swell_period": Quantity("waves", "time", 0.0, 40.0),
    "wind_east": Quantity("wind", "speed", -100.0, 100.0),
    "wind_north": Quantity("wind", "speed", -100.0, 100.0),
    "wind_speed": Quantity("wind", "speed", 0.0, 100.0),
    "wind_from": Quantity("wind", "direction", -180.0, 360.0),
    "gust": Quantity("wind", "speed", 0.0, 100.0),
    "visibility": Quantity("visibility", "length", 0.0, 200_000.0),
    "current_east": Quantity("current", "speed", -10.0, 10.0),
    "current_north": Quantity("current", "speed", -10.0, 10.0),
    "current_speed": Quantity("current", "speed", 0.0, 10.0),
    "current_to": Quantity("current", "direction", -180.0, 360.0),
}
"""Every quantity read, in metres, seconds, metres per second and degrees.

Directions from -180 to 180 are a convention as common as that from 0 to 360.
"""

PACKING_NOISE = {"length": 0.01, "speed": 0.01, "time": 0.01, "direction": 0.5}
"""So far outside its range a value may lie by rounding alone when it was packed."""

UNITS = {
    "length": {"m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "cm": 0.01,
               "km": 1000.0, "ft": 0.3048, "foot": 0.3048, "feet": 0.3048},
    "speed": {"m/s": 1.0, "m s-1": 1.0, "m s**-1": 1.0, "m.s-1": 1.0, "m s^-1": 1.0, "meter second-1": 1.0,
              "metre second-1": 1.0, "cm/s": 0.01, "cm s-1": 0.01, "km/h": 1 / 3.6, "km h-1": 1 / 3.6,
              "mp/h": 0.44704, "mph": 0.44704, "kn": 1852 / 3600, "kt": 1852 / 3600, "kts": 1852 / 3600,
              "knot": 1852 / 3600, "knots": 1852 / 3600},
    "time": {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0},
    "direction": {"°": 1.0, "degree": 1.0, "degrees": 1.0, "deg": 1.0, "degree true": 1.0, "degree_true": 1.0,
                  "degrees_true": 1.0, "degrees true": 1.0, "rad": 180 / np.pi, "radian": 180 / np.pi,
                  "radians": 180 / np.pi},
}  # fmt: skip
"""Factor to the base unit for every spelling that is understood; anything else is refused."""


class Meaning(NamedTuple):
    """What a variable of a file stands for.

    Attributes
    ----------
    quantity : str
        Key of `QUANTITIES`.
    kind : str
        Which of several ways to state it; empty where there is one.
    rank : int
        Order of preference among kinds, lowest first.
    turned : bool
        Whether the direction points the other way and is turned round.
    note : str
        What is assumed of whatever goes by this name; empty for most.
    """

    quantity: str
    kind: str = ""
    rank: int = 0
    turned: bool = False
    note: str = ""


def _names(form: str) -> dict[str, Meaning]:
    """Names of one form, from the table that says where each was read."""
    return {
        row["name"]: Meaning(row["quantity"], row["kind"], int(row["rank"]), row["turned"] == "yes", row["note"])
        for row in read_rows(SOURCES / "forecast_names.csv") if row["form"] == form
    }  # fmt: skip


STANDARD_NAMES = _names("cf")
"""CF standard names. Grid-relative velocities (``x_wind``) are left out: nobody says where their axes point."""

VARIABLE_NAMES = _names("netcdf")
"""Names of NetCDF variables that carry no standard name, as common services and converters spell them."""

GRIB_NAMES = _names("grib")
"""Short names of the ecCodes parameter database. All wave and wind directions there are *from*."""

GRIB_NUMBERS = {tuple(int(part) for part in name.split()): meaning for name, meaning in _names("grib2").items()}
"""Discipline, category and number of GRIB2 parameters that ecCodes has no short name for.

Current direction (10, 1, 0) is left out: the code table does not say which way it points.
"""

OPEN_METEO_NAMES = _names("open-meteo")
"""Hourly variables of the Open-Meteo marine and forecast interfaces, old spellings too."""


class Unreadable(ValueError):
    """What is wrong with a variable; whoever knows the file makes a refusal of it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


def convert(name: str, meaning: Meaning, unit: str | None, values: np.ndarray) -> np.ndarray:
    """Values in the base unit, directions the way their quantity is named, checked against what can be real.

    Parameters
    ----------
    name : str
        Name of the variable, for refusals.
    meaning : Meaning
    unit : str or None
        As the file declares it.
    values : ndarray
        NaN where missing.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    Unreadable
        The unit is missing or not understood; no value is valid; some lie outside what can be real.
    """
    quantity = QUANTITIES[meaning.quantity]
    factor = None if unit is None else UNITS[quantity.dimension].get(" ".join(unit.lower().split()))
    if factor is None:
        problem = "declares no unit" if unit is None or not unit.strip() else f"has unit '{unit[:24]}'"
        known = ", ".join(list(UNITS[quantity.dimension])[:4])
        raise Unreadable(f"variable {name[:40]} {problem}.", f"A unit of {quantity.dimension} is needed, as {known}.")
    values = np.asarray(values, np.float64) * factor
    valid = np.isfinite(values)
    if not valid.any():
        raise Unreadable(f"variable {name[:40]} has no valid value in the area.", "Leave it out, or get it again.")
    noise = PACKING_NOISE[quantity.dimension]
    bad = valid & ((values < quantity.least - noise) | (values > quantity.greatest + noise))
    if bad.any() or np.isinf(values).any():
        count = int(bad.sum() + np.isinf(values).sum())
        raise Unreadable(
            f"variable {name[:40]} is damaged: {count} of {values.size} values outside "
            f"{quantity.least:g} to {quantity.greatest:g}.",
            "Get the file again; check its units.",
        )
    if quantity.dimension == "direction":
        values = (values + (180.0 if meaning.turned else 0.0)) % 360.0
    elif quantity.least == 0.0:
        values = np.maximum(values, 0.0)
    return values.astype(np.float32)


def towards(from_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit vector, east and north, towards which something runs that comes *from* a direction.

    Parameters
    ----------
    from_deg : ndarray
        Clockwise from north. [deg]
    """
    angle = np.radians(np.asarray(from_deg, np.float64))
    return (-np.sin(angle)).astype(np.float32), (-np.cos(angle)).astype(np.float32)
