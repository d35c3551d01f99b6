"""SYNTHETIC forecast files in the real formats, for tests of the readers; nothing in them was ever forecast."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tests.synthetic.cubes import START_S

LATITUDES = np.arange(47.5, 53.01, 0.5)
LONGITUDES = np.arange(-8.0, 6.01, 0.5)
TIMES_S = START_S + 3600.0 * np.arange(4)


def synthetic_sea(latitudes=LATITUDES, longitudes=LONGITUDES, times_s=TIMES_S):
    """Smooth fields with a piece of land in the waves and currents, each of shape (t, rows, columns).

    Waves come from between 200 and 260 degrees, the wind from about 240, the current sets to about 60.
    """
    at, lat, lon = np.meshgrid((times_s - times_s[0]) / 3600.0, latitudes, longitudes, indexing="ij")
    land = (lat > 50.9) & (lon < 0.9) & (lon > -3.1)
    wave_from = 230.0 + 20.0 * np.sin(lon) + at
    wind_from = 240.0 + 10.0 * np.cos(lat) + at
    wind_speed = 10.0 + lon / 4.0 + 0.2 * at
    current_to = 60.0 + 5.0 * lat / 50.0 + at
    current_speed = 0.8 + 0.05 * lon
    sea = {
        "hs": 1.5 + 0.1 * (lat - 50.0) + 0.05 * lon + 0.02 * at,
        "wave_from": wave_from,
        "period": 6.0 + 0.2 * (lat - 50.0),
        "wind_speed": wind_speed,
        "wind_from": wind_from,
        "wind_east": -wind_speed * np.sin(np.radians(wind_from)),
        "wind_north": -wind_speed * np.cos(np.radians(wind_from)),
        "gust": wind_speed + 4.0,
        "visibility": 9_000.0 + 500.0 * lon,
        "current_speed": current_speed,
        "current_to": current_to,
        "current_east": current_speed * np.sin(np.radians(current_to)),
        "current_north": current_speed * np.cos(np.radians(current_to)),
    }
    for name in ("hs", "wave_from", "period", "current_speed", "current_to", "current_east", "current_north"):
        sea[name] = np.where(land, np.nan, sea[name])
    return sea


GRIB = {
    "hs": "swh", "wave_from": "mwd", "period": "mwp", "wind_east": "10u", "wind_north": "10v", "gust": "i10fg",
    "visibility": "vis", "current_east": (10, 1, 2), "current_north": (10, 1, 3),
}  # fmt: skip
"""Short name, or discipline, category and number, of each field."""


def grib_messages(
    fields,
    *,
    latitudes=LATITUDES,
    longitudes=LONGITUDES,
    times_s=TIMES_S,
    run_s=START_S,
    bits=24,
    names=GRIB,
    keys=None,
):
    """GRIB2 messages, one a field and time, as a list of bytes; rows from north to south as most centres write them."""
    import eccodes

    made = []
    run = datetime.fromtimestamp(run_s, UTC)
    order = np.argsort(-np.asarray(latitudes))
    for k, at_s in enumerate(times_s):
        for field, values in fields.items():
            message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
            name = names[field]
            if isinstance(name, tuple):
                for key, number in zip(("discipline", "parameterCategory", "parameterNumber"), name, strict=True):
                    eccodes.codes_set(message, key, number)
                eccodes.codes_set(message, "typeOfFirstFixedSurface", 1)
            else:
                eccodes.codes_set(message, "shortName", name)
            settings = {
                "dataDate": int(f"{run:%Y%m%d}"), "dataTime": int(f"{run:%H%M}"),
                "forecastTime": round((at_s - run_s) / 3600.0), "Ni": len(longitudes), "Nj": len(latitudes),
                "latitudeOfFirstGridPointInDegrees": float(max(latitudes)),
                "latitudeOfLastGridPointInDegrees": float(min(latitudes)),
                "longitudeOfFirstGridPointInDegrees": float(longitudes[0]) % 360.0,
                "longitudeOfLastGridPointInDegrees": float(longitudes[-1]) % 360.0,
                "iDirectionIncrementInDegrees": float(longitudes[1] - longitudes[0]),
                "jDirectionIncrementInDegrees": float(abs(latitudes[1] - latitudes[0])),
                "bitsPerValue": bits, "bitmapPresent": 1, "missingValue": 9999.0, **(keys or {}),
            }  # fmt: skip
            for key, value in settings.items():
                eccodes.codes_set(message, key, value)
            if eccodes.codes_get(message, "productDefinitionTemplateNumber") == 8:
                # A gust is the greatest of the hour before; such a message is valid at the end of its hour.
                end = round((at_s - run_s) / 3600.0)
                eccodes.codes_set(message, "stepRange", f"{max(0, end - 1)}-{end}")
            flat = np.asarray(values[k], np.float64)[order].ravel()
            eccodes.codes_set_values(message, np.where(np.isnan(flat), 9999.0, flat))
            made.append(eccodes.codes_get_message(message))
            eccodes.codes_release(message)
    return made


def write_grib(path: Path, fields, **settings) -> Path:
    """A GRIB2 file."""
    path.write_bytes(b"".join(grib_messages(fields, **settings)))
    return path


CF = {
    "hs": ("VHM0", "sea_surface_wave_significant_height", "m"),
    "wave_from": ("VMDR", "sea_surface_wave_from_direction", "degree"),
    "period": ("VTM10", "sea_surface_wave_mean_period", "s"),
    "wind_speed": ("wspd", "wind_speed", "m s-1"),
    "wind_from": ("wdir", "wind_from_direction", "degree"),
    "wind_east": ("u10", "eastward_wind", "m s-1"),
    "wind_north": ("v10", "northward_wind", "m s-1"),
    "gust": ("fg10", "wind_speed_of_gust", "m s-1"),
    "visibility": ("vis", "visibility_in_air", "m"),
    "current_speed": ("spd", "sea_water_speed", "m s-1"),
    "current_to": ("dir", "sea_water_velocity_to_direction", "degree"),
    "current_east": ("uo", "eastward_sea_water_velocity", "m s-1"),
    "current_north": ("vo", "northward_sea_water_velocity", "m s-1"),
}
"""Name, CF standard name and unit of each field."""


def netcdf_dataset(fields, *, latitudes=LATITUDES, longitudes=LONGITUDES, times_s=TIMES_S, run_s=START_S, names=CF):
    """The fields as a CF data set of xarray, for a test to spoil before it writes it."""
    import xarray

    variables = {}
    for field, values in fields.items():
        name, standard_name, unit = names[field]
        attributes = {"standard_name": standard_name, "long_name": "SYNTHETIC"}
        if unit is not None:
            attributes["units"] = unit
        variables[name] = (("time", "latitude", "longitude"), np.asarray(values, np.float32), attributes)
    coordinates = {
        "time": ("time", (np.asarray(times_s) / 3600.0), {
            "standard_name": "time", "units": "hours since 1970-01-01", "calendar": "standard"}),
        "latitude": ("latitude", np.asarray(latitudes, np.float32), {
            "standard_name": "latitude", "units": "degrees_north"}),
        "longitude": ("longitude", np.asarray(longitudes, np.float32), {
            "standard_name": "longitude", "units": "degrees_east"}),
    }  # fmt: skip
    if run_s is not None:
        coordinates["forecast_reference_time"] = (
            (), run_s / 3600.0, {"standard_name": "forecast_reference_time", "units": "hours since 1970-01-01"},
        )  # fmt: skip
    return xarray.Dataset(variables, coordinates, {"Conventions": "CF-1.11", "title": "SYNTHETIC"})


def write_netcdf(path: Path, fields, form="NETCDF4", **settings) -> Path:
    """A CF NetCDF file; `form` as netCDF4 names them: NETCDF4, NETCDF3_CLASSIC, NETCDF3_64BIT."""
    netcdf_dataset(fields, **settings).to_netcdf(path, format=form, engine="netcdf4")
    return path


OPEN_METEO = {
    "hs": ("wave_height", "m"),
    "wave_from": ("wave_direction", "°"),
    "period": ("wave_period", "s"),
    "wind_speed": ("wind_speed_10m", "m/s"),
    "wind_from": ("wind_direction_10m", "°"),
    "gust": ("wind_gusts_10m", "m/s"),
    "visibility": ("visibility", "m"),
    "current_speed": ("ocean_current_velocity", "m/s"),
    "current_to": ("ocean_current_direction", "°"),
}
"""Hourly variable and unit of each field."""


def open_meteo_locations(
    fields, *, latitudes=LATITUDES, longitudes=LONGITUDES, times_s=TIMES_S, names=OPEN_METEO, offset_s=0, unix=False
):
    """The list-of-locations answer, as Python objects for a test to spoil before it writes them."""
    locations = []
    for j, lat in enumerate(latitudes):
        for i, lon in enumerate(longitudes):
            times = [
                int(at_s) if unix else datetime.fromtimestamp(at_s + offset_s, UTC).strftime("%Y-%m-%dT%H:%M")
                for at_s in times_s
            ]
            hourly = {"time": times}
            units = {"time": "unixtime" if unix else "iso8601"}
            for field, values in fields.items():
                name, unit = names[field]
                hourly[name] = [None if np.isnan(v) else float(v) for v in values[:, j, i]]
                units[name] = unit
            locations.append(
                {
                    "latitude": round(float(lat), 6), "longitude": round(float(lon), 6), "generationtime_ms": 0.1,
                    "utc_offset_seconds": offset_s, "timezone": "GMT", "timezone_abbreviation": "GMT",
                    "elevation": 0.0, "location_id": len(locations), "hourly_units": units, "hourly": hourly,
                }
            )  # fmt: skip
    return locations


def write_open_meteo(path: Path, fields, **settings) -> Path:
    """An Open-Meteo answer for many locations."""
    path.write_text(json.dumps(open_meteo_locations(fields, **settings)), encoding="utf-8")
    return path


def only(sea, *names):
    """Some of the fields."""
    return {name: sea[name] for name in names}
