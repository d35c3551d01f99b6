"""What the variables of forecasts mean: names, units, the way directions point, and what values can be real.

The vocabulary is that of the CF conventions. Waves and wind are stated as *from* where they come, currents as *to*
where they go; a name that states the other way is turned round as it is read.

References
----------
CF Standard Name Table, version 85 and later; WMO Manual on Codes, code tables 4.2; ecCodes parameter database;
Open-Meteo Marine Weather API: ``ocean_current_direction`` is "following the flow of the current ... 90 = towards east".
"""

from typing import NamedTuple

import numpy as np


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
    "wave_from": Quantity("waves", "direction", 0.0, 360.0),
    "period": Quantity("waves", "time", 0.0, 40.0),
    "swell_height": Quantity("waves", "length", 0.0, 30.0),
    "swell_from": Quantity("waves", "direction", 0.0, 360.0),
    "swell_period": Quantity("waves", "time", 0.0, 40.0),
    "wind_east": Quantity("wind", "speed", -100.0, 100.0),
    "wind_north": Quantity("wind", "speed", -100.0, 100.0),
    "wind_speed": Quantity("wind", "speed", 0.0, 100.0),
    "wind_from": Quantity("wind", "direction", 0.0, 360.0),
    "gust": Quantity("wind", "speed", 0.0, 100.0),
    "visibility": Quantity("visibility", "length", 0.0, 200_000.0),
    "current_east": Quantity("current", "speed", -10.0, 10.0),
    "current_north": Quantity("current", "speed", -10.0, 10.0),
    "current_speed": Quantity("current", "speed", 0.0, 10.0),
    "current_to": Quantity("current", "direction", 0.0, 360.0),
}
"""Every quantity read, in metres, seconds, metres per second and degrees."""

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
    """

    quantity: str
    kind: str = ""
    rank: int = 0
    turned: bool = False


_WAVE = "sea_surface_wave_"
_SWELL = "sea_surface_swell_wave_"
_SPECTRAL = "period_from_variance_spectral_density"

STANDARD_NAMES = {
    f"{_WAVE}significant_height": Meaning("height"),
    f"{_WAVE}from_direction": Meaning("wave_from", "mean"),
    f"{_WAVE}to_direction": Meaning("wave_from", "mean", turned=True),
    f"{_WAVE}from_direction_at_variance_spectral_density_maximum": Meaning("wave_from", "peak", 1),
    f"{_WAVE}mean_period": Meaning("period", "mean"),
    f"{_WAVE}mean_{_SPECTRAL}_inverse_frequency_moment": Meaning("period", "energy mean", 1),
    f"{_WAVE}mean_{_SPECTRAL}_first_frequency_moment": Meaning("period", "first moment mean", 2),
    f"{_WAVE}mean_{_SPECTRAL}_second_frequency_moment": Meaning("period", "zero crossing", 3),
    f"{_WAVE}zero_upcrossing_period": Meaning("period", "zero crossing", 4),
    f"{_WAVE}period_at_variance_spectral_density_maximum": Meaning("period", "peak", 5),
    f"{_SWELL}significant_height": Meaning("swell_height"),
    f"{_SWELL}from_direction": Meaning("swell_from", "mean"),
    f"{_SWELL}to_direction": Meaning("swell_from", "mean", turned=True),
    f"{_SWELL}mean_period": Meaning("swell_period", "mean"),
    f"{_SWELL}period": Meaning("swell_period", "mean", 1),
    f"{_SWELL}mean_{_SPECTRAL}_inverse_frequency_moment": Meaning("swell_period", "energy mean", 2),
    f"{_SWELL}period_at_variance_spectral_density_maximum": Meaning("swell_period", "peak", 3),
    "eastward_wind": Meaning("wind_east"),
    "northward_wind": Meaning("wind_north"),
    "wind_speed": Meaning("wind_speed"),
    "wind_from_direction": Meaning("wind_from"),
    "wind_to_direction": Meaning("wind_from", turned=True),
    "wind_speed_of_gust": Meaning("gust"),
    "visibility_in_air": Meaning("visibility"),
    "eastward_sea_water_velocity": Meaning("current_east"),
    "northward_sea_water_velocity": Meaning("current_north"),
    "surface_eastward_sea_water_velocity": Meaning("current_east"),
    "surface_northward_sea_water_velocity": Meaning("current_north"),
    "sea_water_speed": Meaning("current_speed"),
    "sea_water_velocity_to_direction": Meaning("current_to"),
    "direction_of_sea_water_velocity": Meaning("current_to"),
    "sea_water_velocity_from_direction": Meaning("current_to", turned=True),
}
"""CF standard names. Grid-relative velocities (``x_wind``) are left out: nobody says where their axes point."""

GRIB_NAMES = {
    "swh": Meaning("height"),
    "mwd": Meaning("wave_from", "mean"),
    "pwd": Meaning("wave_from", "peak", 1),
    "dirpw": Meaning("wave_from", "primary", 2),
    "mwp": Meaning("period", "mean"),
    "mp2": Meaning("period", "zero crossing", 3),
    "pp1d": Meaning("period", "peak", 5),
    "perpw": Meaning("period", "primary", 6),
    "shts": Meaning("swell_height"),
    "mdts": Meaning("swell_from", "mean"),
    "swdir": Meaning("swell_from", "mean", 1),
    "mpts": Meaning("swell_period", "mean"),
    "10u": Meaning("wind_east"),
    "10v": Meaning("wind_north"),
    "10si": Meaning("wind_speed"),
    "10wdir": Meaning("wind_from"),
    "10fg": Meaning("gust", "greatest since last step"),
    "max_10fg": Meaning("gust", "greatest since last step"),
    "i10fg": Meaning("gust", "instantaneous", 1),
    "gust": Meaning("gust", "instantaneous", 2),
    "vis": Meaning("visibility"),
    "sve": Meaning("current_east"),
    "svn": Meaning("current_north"),
}
"""Short names of the ecCodes parameter database. All wave and wind directions there are *from*."""

GRIB_NUMBERS = {
    (10, 1, 2): Meaning("current_east"),
    (10, 1, 3): Meaning("current_north"),
}
"""Discipline, category and number of GRIB2 parameters that ecCodes has no short name for.

Current direction (10, 1, 0) is left out: the code table does not say which way it points.
"""

OPEN_METEO_NAMES = {
    "wave_height": Meaning("height"),
    "wave_direction": Meaning("wave_from", "mean"),
    "wave_period": Meaning("period", "mean"),
    "wave_peak_period": Meaning("period", "peak", 5),
    "swell_wave_height": Meaning("swell_height"),
    "swell_wave_direction": Meaning("swell_from", "mean"),
    "swell_wave_period": Meaning("swell_period", "mean"),
    "swell_wave_peak_period": Meaning("swell_period", "peak", 5),
    "wind_speed_10m": Meaning("wind_speed"),
    "windspeed_10m": Meaning("wind_speed"),
    "wind_direction_10m": Meaning("wind_from"),
    "winddirection_10m": Meaning("wind_from"),
    "wind_gusts_10m": Meaning("gust"),
    "windgusts_10m": Meaning("gust"),
    "visibility": Meaning("visibility"),
    "ocean_current_velocity": Meaning("current_speed"),
    "ocean_current_direction": Meaning("current_to"),
}
"""Hourly variables of the Open-Meteo marine and forecast interfaces, old spellings too."""


class Unreadable(ValueError):
    """What is wrong with a variable; whoever knows the file makes a refusal of it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


def converted(name: str, meaning: Meaning, unit: str | None, values: np.ndarray) -> np.ndarray:
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
        said = "declares no unit" if unit is None or not unit.strip() else f"has unit '{unit[:24]}'"
        known = ", ".join(list(UNITS[quantity.dimension])[:4])
        raise Unreadable(f"variable {name[:40]} {said}.", f"A unit of {quantity.dimension} is needed, as {known}.")
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
