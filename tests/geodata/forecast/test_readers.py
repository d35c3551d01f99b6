"""GRIB, CF NetCDF and Open-Meteo: one sea, three formats, one set of arrays; and what each reader refuses."""

import json
from math import nan
from pathlib import Path

import eccodes
import numpy as np
import pytest

from engine.kernels.forecast import current_at, visibility_at, waves_at, wind_at
from geodata.forecast.cf_conventions import QUANTITIES, STANDARD_NAMES, UNITS, Unreadable, convert
from geodata.forecast.cube import open_cube, write_cube
from geodata.forecast.grib import read_grib
from geodata.forecast.merge import merge
from geodata.forecast.netcdf import read_netcdf
from geodata.forecast.netcdf3_size import refuse_if_cut_short
from geodata.forecast.open_meteo import ASKED, read_open_meteo
from geodata.forecast.settings import read_settings
from tests.synthetic.cubes import CHANNEL, START_S
from tests.synthetic.files import (
    CF,
    GRIB,
    LATITUDES,
    LONGITUDES,
    OPEN_METEO,
    TIMES_S,
    grib_messages,
    netcdf_dataset,
    only,
    open_meteo_locations,
    synthetic_sea,
    write_grib,
    write_netcdf,
    write_open_meteo,
)

LIMITS = read_settings().limits
POINTS = read_settings().points
DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
SEA = synthetic_sea()


def layers_of(path):
    if path.suffix == ".grib2":
        return read_grib(path, CHANNEL, LIMITS).layers
    if path.suffix == ".nc":
        return read_netcdf(path, CHANNEL, LIMITS).layers
    return read_open_meteo(path, CHANNEL, LIMITS, POINTS).layers


def forecast_of(path, tmp_path):
    out = tmp_path / "made.cube"
    write_cube(out, merge(layers_of(path), LIMITS), [])
    return open_cube(out).forecast


def in_format(form, path, names=None):
    known = {"grib2": GRIB, "nc": CF, "json": OPEN_METEO}[form]
    # Each format in the terms it prefers: components in GRIB and NetCDF, speed and direction in Open-Meteo.
    wanted = {"grib2": GRIB, "json": OPEN_METEO}.get(form, [n for n in CF if n in GRIB])
    fields = only(SEA, *(name for name in wanted if names is None or name in names))
    write = {"grib2": write_grib, "nc": write_netcdf, "json": write_open_meteo}[form]
    return write(path / f"sea.{form}", fields, names=known)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    return {form: forecast_of(in_format(form, folder), folder) for form in ("grib2", "nc", "json")}


@pytest.mark.parametrize("form", ["nc", "json"])
@pytest.mark.parametrize("name", ["waves", "wind", "visibility", "current"])
def test_three_formats_give_one_cube(three, form, name):
    first, other = getattr(three["grib2"], name), getattr(three[form], name)
    assert np.array_equal(first.times_s, other.times_s)
    assert first.values.shape == other.values.shape
    for part in ("west_deg", "south_deg", "step_lon_deg", "step_lat_deg"):
        assert getattr(first, part) == pytest.approx(getattr(other, part), abs=1e-6)
    # 24 bits in GRIB, single precision in NetCDF.
    largest = 0.05 if name == "visibility" else 3e-5
    assert np.allclose(first.values, other.values, rtol=0.0, atol=largest)
    assert np.array_equal(first.filled_m, other.filled_m)


@pytest.mark.parametrize("form", ["grib2", "nc", "json"])
def test_waves_and_wind_come_from_and_currents_go_to(three, form):
    """The trap: a mistake on either side turns head seas into following ones."""
    forecast = three[form]
    lon, lat, at_s = 2.0, 50.25, START_S + 1800.0
    height, east, north, period, _ = waves_at(forecast, lon, lat, at_s)
    # From between 200 and 260 degrees is from the south-west: they run to the north-east.
    assert east > 0.3
    assert north > 0.1
    assert height == pytest.approx(1.5 + 0.025 + 0.1 + 0.01, abs=0.01)
    assert period == pytest.approx(6.05, abs=0.01)
    wind_east, wind_north, gust, _ = wind_at(forecast, lon, lat, at_s)
    assert wind_east > 5.0
    assert wind_north > 2.0
    assert gust == pytest.approx(14.6, abs=0.05)
    current_east, current_north, _ = current_at(forecast, lon, lat, at_s)
    # Sets to about 65 degrees: to the east and a little north.
    assert current_east == pytest.approx(0.9 * np.sin(np.radians(65.5)), abs=0.01)
    assert current_north == pytest.approx(0.9 * np.cos(np.radians(65.5)), abs=0.01)
    assert visibility_at(forecast, lon, lat, at_s)[0] == pytest.approx(10_000.0, abs=1.0)


@pytest.mark.parametrize(
    ("standard_name", "says"), [(name, m.quantity) for name, m in STANDARD_NAMES.items() if "direction" in name]
)
def test_every_direction_of_the_table_is_turned_by_its_name(standard_name, says):
    value = convert(standard_name, STANDARD_NAMES[standard_name], "degree", np.array([90.0]))[0]
    states_from = "from_direction" in standard_name
    wanted_from = says.endswith("_from")
    assert value == (90.0 if states_from == wanted_from else 270.0)


def test_clip_keeps_one_node_beyond_the_area(three):
    item = three["grib2"].waves
    assert (item.west_deg, item.south_deg) == (-7.5, 47.5)
    assert item.values.shape == (4, 12, 27, 4)


def test_land_is_filled_from_the_nearest_water_and_says_how_far(three):
    item = three["grib2"].waves
    assert item.filled_m[0, 0] == 0.0
    # 51.0 N 0.5 E is dry; 1.0 E, 35 km east, and 50.5 N, 56 km south, are wet.
    assert item.filled_m[7, 16] == pytest.approx(35_000.0, rel=0.01)
    assert np.array_equal(item.values[:, 7, 16], item.values[:, 7, 17])
    assert (three["grib2"].wind.filled_m == 0.0).all()


def test_strongest_speeds_are_of_the_whole_cube(three):
    # Written as 24 bits and cut to the area with its margin.
    assert three["grib2"].strongest_current_ms == pytest.approx(0.8 + 0.05 * 5.5, abs=1e-4)
    assert three["grib2"].strongest_wind_ms == pytest.approx(10.0 + 5.5 / 4.0 + 0.6, abs=1e-4)
    assert three["grib2"].run_at_s == START_S
    assert np.isnan(three["json"].run_at_s)


@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT", "NETCDF4", "NETCDF4_CLASSIC"])
def test_netcdf_in_every_form(tmp_path, three, form):
    path = write_netcdf(tmp_path / "sea.nc", only(SEA, "hs", "wave_from", "period"), form=form)
    assert np.array_equal(forecast_of(path, tmp_path).waves.values, three["nc"].waves.values, equal_nan=True)


def test_longitudes_to_360_and_latitudes_from_the_north_are_one_grid(tmp_path, three):
    data = netcdf_dataset(only(SEA, "hs"))
    data = data.assign_coords(longitude=(data.longitude % 360.0).assign_attrs(data.longitude.attrs))
    data = data.sortby("longitude").sortby("latitude", ascending=False).sortby("time", ascending=False)
    data.to_netcdf(tmp_path / "sea.nc")
    found = forecast_of(tmp_path / "sea.nc", tmp_path).waves
    assert found.west_deg == three["nc"].waves.west_deg
    assert np.array_equal(found.values[..., 0], three["nc"].waves.values[..., 0])


def test_packed_netcdf_is_unpacked(tmp_path, three):
    data = netcdf_dataset(only(SEA, "hs"))
    data.to_netcdf(tmp_path / "sea.nc", encoding={"VHM0": {"dtype": "int16", "scale_factor": 0.001, "_FillValue": -9}})
    found = forecast_of(tmp_path / "sea.nc", tmp_path).waves
    assert np.allclose(found.values[..., 0], three["nc"].waves.values[..., 0], atol=6e-4)


def test_a_global_grib_is_cut_to_the_area(tmp_path):
    lat, lon = np.arange(-90.0, 90.1, 2.0), np.arange(0.0, 359.9, 2.0)
    sea = synthetic_sea(lat, lon, TIMES_S[:1])
    field = {"wind_east": lon + 0.0 * sea["wind_east"], "wind_north": sea["wind_north"]}
    field["wind_east"] = np.broadcast_to(np.where(lon > 180.0, lon - 360.0, lon) / 2.0, sea["wind_east"].shape)
    path = write_grib(tmp_path / "globe.grib2", field, latitudes=lat, longitudes=lon, times_s=TIMES_S[:1])
    found = forecast_of(path, tmp_path)
    assert found.wind.values.shape == (1, 5, 8, 3)
    assert wind_at(found, -5.0, 50.0, START_S)[0] == pytest.approx(-2.5, abs=1e-3)
    assert wind_at(found, 3.0, 50.0, START_S)[0] == pytest.approx(1.5, abs=1e-3)


@pytest.mark.parametrize(
    ("scan", "arranged"),
    [
        ({"jScansPositively": 1}, lambda v: v[::-1]),
        ({"iScansNegatively": 1}, lambda v: v[:, ::-1]),
    ],
)
def test_grib_rows_and_columns_may_run_either_way(tmp_path, three, scan, arranged):
    lat, lon = np.sort(LATITUDES), LONGITUDES
    flipped = {"hs": np.stack([arranged(step[::-1])[::-1] for step in SEA["hs"]])}
    keys = dict(scan)
    if "jScansPositively" in scan:
        keys |= {"latitudeOfFirstGridPointInDegrees": lat[0], "latitudeOfLastGridPointInDegrees": lat[-1]}
    else:
        keys |= {"longitudeOfFirstGridPointInDegrees": lon[-1], "longitudeOfLastGridPointInDegrees": lon[0] % 360.0}
    found = forecast_of(write_grib(tmp_path / "sea.grib2", flipped, keys=keys), tmp_path).waves
    assert np.allclose(found.values[..., 0], three["grib2"].waves.values[..., 0], atol=1e-5)


# -- units --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "stated", "meant"),
    [("m/s", 5.0, 5.0), ("km/h", 36.0, 10.0), ("mp/h", 10.0, 4.4704), ("kn", 36.0, 18.52), ("knots", 36.0, 18.52),
     ("m s-1", 5.0, 5.0), ("m s**-1", 5.0, 5.0), ("cm s-1", 250.0, 2.5)],
)  # fmt: skip
def test_speeds_go_by_their_declared_unit(tmp_path, unit, stated, meant):
    names = {**CF, "gust": ("g", "wind_speed_of_gust", unit)}
    fields = {**only(SEA, "wind_east", "wind_north"), "gust": np.full_like(SEA["gust"], stated)}
    found = forecast_of(write_netcdf(tmp_path / "sea.nc", fields, names=names), tmp_path)
    assert wind_at(found, 1.0, 50.0, START_S)[2] == pytest.approx(meant, rel=1e-5)


@pytest.mark.parametrize(("unit", "stated", "meant"), [("m", 2.0, 2.0), ("ft", 10.0, 3.048), ("cm", 150.0, 1.5)])
def test_open_meteo_heights_go_by_hourly_units(tmp_path, unit, stated, meant):
    names = {**OPEN_METEO, "hs": ("wave_height", unit)}
    path = write_open_meteo(tmp_path / "sea.json", {"hs": np.full_like(SEA["hs"], stated)}, names=names)
    assert waves_at(forecast_of(path, tmp_path), 1.0, 50.0, START_S)[0] == pytest.approx(meant, rel=1e-5)


@pytest.mark.parametrize("unit", [None, "", "furlong", "1", "m", "mm/s", "K"])
def test_an_unknown_unit_is_refused_by_name(tmp_path, unit):
    names = {**CF, "gust": ("fg10", "wind_speed_of_gust", unit)}
    path = write_netcdf(tmp_path / "sea.nc", only(SEA, "gust"), names=names)
    with pytest.raises(Unreadable, match="fg10") as refusal:
        layers_of(path)
    assert (unit or "no unit") in refusal.value.problem


def test_every_unit_is_finite_and_every_quantity_has_one():
    assert all(0.0 < factor < 2000.0 for table in UNITS.values() for factor in table.values())
    assert {quantity.dimension for quantity in QUANTITIES.values()} == set(UNITS)


# -- damaged values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("hs", 31.0), ("hs", -1.0), ("hs", -9999.0), ("hs", np.inf), ("wave_from", 500.0), ("period", 50.0),
     ("gust", 150.0), ("visibility", 3e5), ("current_east", 11.0), ("wind_north", -120.0)],
)  # fmt: skip
def test_values_that_cannot_be_are_counted_and_refused(tmp_path, name, value):
    fields = {name: SEA[name].copy()}
    fields[name][1, 2, 3:6] = value
    path = write_netcdf(tmp_path / "sea.nc", fields)
    with pytest.raises(Unreadable, match=r"damaged: 3 of [0-9]+ values"):
        layers_of(path)


def test_packing_noise_below_zero_is_calm():
    height = STANDARD_NAMES["sea_surface_wave_significant_height"]
    assert convert("hs", height, "m", np.array([-0.004, nan, 1.0])).tolist()[0] == 0.0
    with pytest.raises(Unreadable, match="1 of 2"):
        convert("hs", height, "m", np.array([-0.02, 1.0]))


@pytest.mark.parametrize("form", ["grib2", "nc"])
def test_a_variable_without_a_value_is_refused(tmp_path, form):
    nothing = {"hs": np.full_like(SEA["hs"], nan)}
    path = {"grib2": write_grib, "nc": write_netcdf, "json": write_open_meteo}[form](tmp_path / f"sea.{form}", nothing)
    with pytest.raises(Unreadable, match="no valid value"):
        layers_of(path)


@pytest.mark.parametrize("form", ["grib2", "nc", "json"])
def test_a_step_that_is_missing_stays_missing(tmp_path, form):
    fields = {"hs": SEA["hs"].copy()}
    fields["hs"][2] = nan
    path = {"grib2": write_grib, "nc": write_netcdf, "json": write_open_meteo}[form](tmp_path / f"sea.{form}", fields)
    found = forecast_of(path, tmp_path)
    assert not np.isnan(waves_at(found, 2.0, 50.0, TIMES_S[1])[0])
    assert np.isnan(waves_at(found, 2.0, 50.0, TIMES_S[1] + 10.0)[0])
    assert np.isnan(waves_at(found, 2.0, 50.0, TIMES_S[2])[0])
    assert not np.isnan(waves_at(found, 2.0, 50.0, TIMES_S[3])[0])


# -- grids and times ----------------------------------------------------------------------------------------------


def spoiled(tmp_path, change, fields=None):
    data = netcdf_dataset(fields or only(SEA, "hs"))
    changed = change(data)
    (data if changed is None else changed).to_netcdf(tmp_path / "sea.nc", engine="netcdf4")
    return tmp_path / "sea.nc"


def attributes(name, **values):
    def change(data):
        data[name].attrs.update(values)

    return change


def curvilinear(data):
    lat, lon = np.meshgrid(LATITUDES, LONGITUDES, indexing="ij")
    data = data.rename(latitude="y", longitude="x").drop_vars(["y", "x"])
    return data.assign_coords(
        lat=(("y", "x"), lat, {"units": "degrees_north"}), lon=(("y", "x"), lon, {"units": "degrees_east"})
    )


def rotated(data):
    data["VHM0"].attrs["grid_mapping"] = "pole"
    return data.assign(pole=((), 0, {"grid_mapping_name": "rotated_latitude_longitude"}))


def uneven(data):
    places = data.latitude.values.copy()
    places[3] += 0.2
    return data.assign_coords(latitude=("latitude", places, data.latitude.attrs))


def elsewhere(data):
    return data.assign_coords(longitude=("longitude", data.longitude.values + 60.0, data.longitude.attrs))


def twice(data):
    times = data.time.values.copy()
    times[1] = times[0]
    return data.assign_coords(time=("time", times, data.time.attrs))


def no_time(data):
    return data.isel(time=0, drop=True)


def ensemble(data):
    return data.expand_dims(realization=3)


def two_heights(data):
    return data.assign(again=data["VHM0"])


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (curvilinear, "curvilinear"),
        (rotated, "rotated_latitude_longitude"),
        (uneven, "not evenly spaced"),
        (elsewhere, "does not touch the area"),
        (twice, "one time twice"),
        (no_time, "no time"),
        (ensemble, "realization"),
        (two_heights, "twice, as VHM0 and again"),
        (attributes("time", calendar="360_day"), "360_day"),
        (attributes("time", calendar="noleap"), "noleap"),
        (attributes("time", units="months"), "unit 'months'"),
        (attributes("time", units="hours since yesterday"), "cannot be read"),
        (attributes("latitude", units="m", standard_name="projection_y_coordinate"), "latitude"),
    ],
)
def test_netcdf_that_cannot_be_meant_is_refused(tmp_path, change, text):
    with pytest.raises(Unreadable, match=text):
        layers_of(spoiled(tmp_path, change))


def test_wind_is_taken_at_ten_metres(tmp_path):
    fields = only(SEA, "wind_east", "wind_north")

    data = netcdf_dataset(fields)
    tall = data.expand_dims(height=[2.0, 10.0, 100.0]).copy(deep=True)
    tall["height"].attrs.update(standard_name="height", units="m")
    for name in ("u10", "v10"):
        tall[name][...] = tall[name] * np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1, 1)
        tall[name].attrs = data[name].attrs
    tall.to_netcdf(tmp_path / "sea.nc")
    found = forecast_of(tmp_path / "sea.nc", tmp_path)
    assert wind_at(found, 1.0, 50.0, START_S)[0] == pytest.approx(2.0 * SEA["wind_east"][0, 5, 18], rel=1e-5)
    high = tall.isel(height=[2])
    high.to_netcdf(tmp_path / "high.nc")
    assert layers_of(tmp_path / "high.nc") == []


def test_the_uppermost_current_is_taken_and_its_depth_noted(tmp_path):
    data = netcdf_dataset(only(SEA, "current_east", "current_north")).expand_dims(depth=[0.494]).copy(deep=True)
    data["depth"].attrs.update(standard_name="depth", units="m", positive="down")
    data.to_netcdf(tmp_path / "sea.nc")
    layers = layers_of(tmp_path / "sea.nc")
    assert layers[0].notes == ("at a depth of 0.49 m",)
    deep = data.assign_coords(depth=("depth", [50.0], data.depth.attrs))
    deep.to_netcdf(tmp_path / "deep.nc")
    assert layers_of(tmp_path / "deep.nc") == []


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ({"gridType": "rotated_ll"}, "rotated_ll"),
        ({"gridType": "regular_gg"}, "regular_gg"),
        ({"alternativeRowScanning": 1}, "alternate"),
    ],
)
def test_grib_on_other_grids_is_refused(tmp_path, keys, text):
    messages = grib_messages(only(SEA, "hs"), times_s=TIMES_S[:1])
    message = eccodes.codes_new_from_message(messages[0])
    for key, value in keys.items():
        eccodes.codes_set(message, key, value)
    (tmp_path / "sea.grib2").write_bytes(eccodes.codes_get_message(message))
    with pytest.raises(Unreadable, match=text):
        layers_of(tmp_path / "sea.grib2")


def test_members_of_an_ensemble_in_grib_are_left_out_and_said(tmp_path):
    path = write_grib(tmp_path / "sea.grib2", only(SEA, "hs"), keys={
        "productDefinitionTemplateNumber": 1, "perturbationNumber": 3, "numberOfForecastsInEnsemble": 5})  # fmt: skip
    findings = read_grib(path, CHANNEL, LIMITS)
    assert findings.layers == []
    assert findings.lines() == ["swh: member of an ensemble (4 times)"]


def test_one_time_twice_in_grib_is_refused_and_a_newer_run_is_not(tmp_path):
    once = grib_messages(only(SEA, "hs"))
    (tmp_path / "twice.grib2").write_bytes(b"".join([*once, once[1]]))
    with pytest.raises(Unreadable, match="twice for 2026-11-22T01:00Z"):
        layers_of(tmp_path / "twice.grib2")
    newer = grib_messages({"hs": SEA["hs"][2:] + 1.0}, times_s=TIMES_S[2:], run_s=START_S + 3600.0)
    (tmp_path / "newer.grib2").write_bytes(b"".join([*newer, *once]))
    found = forecast_of(tmp_path / "newer.grib2", tmp_path)
    rise = waves_at(found, 2.0, 50.0, TIMES_S[2])[0] - waves_at(found, 2.0, 50.0, TIMES_S[1])[0]
    # A newer run holds only its own steps: those are taken from it, in file order or not.
    assert rise == pytest.approx(1.02, abs=1e-3)
    assert found.run_at_s == START_S


# -- Open-Meteo ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("offset_s", "unix"), [(0, False), (0, True), (3600, False), (7200, True), (-18000, False)])
def test_open_meteo_times_are_local_unless_unix(tmp_path, offset_s, unix):
    path = write_open_meteo(tmp_path / "sea.json", only(SEA, "hs"), offset_s=offset_s, unix=unix)
    assert np.array_equal(forecast_of(path, tmp_path).waves.times_s, TIMES_S)


def test_one_location_reaches_only_its_neighbourhood(tmp_path):
    location = open_meteo_locations(only(SEA, "hs", "wave_from"))[0]
    location.update(latitude=50.52, longitude=1.18)
    (tmp_path / "one.json").write_text(json.dumps(location))
    found = forecast_of(tmp_path / "one.json", tmp_path)
    height, *_, filled_m = waves_at(found, 1.2, 50.5, START_S)
    assert height == pytest.approx(location["hourly"]["wave_height"][0])
    assert filled_m == pytest.approx(2636.0, rel=0.01)
    far_m = waves_at(found, 1.35, 50.5, START_S)[4]
    assert 10_000.0 < far_m < POINTS.reach_m * 1.001
    assert np.isnan(waves_at(found, 2.0, 50.5, START_S)[0])


def test_answers_snapped_to_another_grid_keep_their_distance(tmp_path):
    locations = open_meteo_locations(only(SEA, "hs"), latitudes=LATITUDES[4:8], longitudes=LONGITUDES[10:16])
    for k, item in enumerate(locations):
        item[ASKED] = {"latitude": item["latitude"], "longitude": item["longitude"]}
        item["latitude"] += 0.03 + 0.001 * (k % 3)
    (tmp_path / "snapped.json").write_text(json.dumps(locations))
    found = forecast_of(tmp_path / "snapped.json", tmp_path)
    assert (found.waves.step_lon_deg, found.waves.step_lat_deg) == (0.5, 0.5)
    assert 3_300.0 < found.waves.filled_m.min() < found.waves.filled_m.max() < 3_700.0


def changed(**entries):
    def change(locations):
        locations[3].update(entries)

    return change


def hourly(name, values):
    def change(locations):
        locations[3]["hourly"][name] = values

    return change


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (changed(error=True, reason="Daily API request limit exceeded."), "Daily API request limit"),
        (changed(hourly=None), "hourly"),
        (changed(hourly_units={}), "unit"),
        (changed(latitude="fifty"), "latitude"),
        (changed(latitude=True), "latitude"),
        (changed(longitude=1e9), "longitude"),
        (hourly("wave_height", [1.0]), "length"),
        (hourly("wave_height", ["1.0"] * 4), "no number"),
        (hourly("wave_height", [True] * 4), "no number"),
        (hourly("time", ["2026-11-22T00:00"] * 4), "twice"),
        (hourly("time", ["noon"] * 4), "cannot be read"),
        (hourly("time", []), "no times"),
    ],
)
def test_open_meteo_answers_that_cannot_be_meant_are_refused(tmp_path, change, text):
    locations = open_meteo_locations(only(SEA, "hs"), latitudes=LATITUDES[:2], longitudes=LONGITUDES[:3])
    change(locations)
    (tmp_path / "sea.json").write_text(json.dumps(locations))
    with pytest.raises(Unreadable, match=text):
        layers_of(tmp_path / "sea.json")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[3]", "null", "[" * 100_000, '{"hourly": NaN}', "\xff"])
def test_what_is_no_open_meteo_answer_is_refused(tmp_path, text):
    (tmp_path / "sea.json").write_text(text, encoding="latin-1")
    with pytest.raises(Unreadable):
        layers_of(tmp_path / "sea.json")


# -- real files ---------------------------------------------------------------------------------------------------


def real(name):
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside the checkout; it may not be copied into the project")
    return path


def test_real_mfwam_swell(tmp_path):
    path = real("mfwam_swell_2025-08-06.grib2")
    layers = layers_of(path)
    assert [layer.notes for layer in layers] == [("states swell only: the whole sea is higher",)]
    found = forecast_of(path, tmp_path)
    at_s = found.waves.times_s[0]
    assert (found.waves.step_lon_deg, found.waves.times_s.size) == (0.025, 1)
    assert waves_at(found, 1.5, 51.0, at_s)[0] == pytest.approx(0.75, abs=0.1)
    assert waves_at(found, -1.0, 50.0, at_s)[0] == pytest.approx(0.87, abs=0.05)
    assert waves_at(found, -5.6, 48.4, at_s)[0] == pytest.approx(2.19, abs=0.1)


def test_real_ecmwf_wave(tmp_path):
    found = forecast_of(real("ecmwf_aifs_wave.grib2"), tmp_path)
    assert found.run_at_s == found.waves.times_s[0]
    assert waves_at(found, 1.5, 51.0, found.run_at_s)[0] == pytest.approx(0.40, abs=0.05)
    assert np.isnan(waves_at(found, 1.5, 51.0, found.run_at_s)[1])


@pytest.mark.parametrize("unlimited", [[], ["time"]])
@pytest.mark.parametrize("form", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET", "NETCDF3_64BIT_DATA"])
@pytest.mark.parametrize("names", [("hs",), ("hs", "period")])
def test_a_classic_netcdf_is_as_long_as_its_header_says(tmp_path, form, unlimited, names):
    """The library reads what is cut off as zeros: calm where nothing is known."""
    path = tmp_path / "sea.nc"
    netcdf_dataset(only(SEA, *names)).to_netcdf(path, format=form, engine="netcdf4", unlimited_dims=unlimited)
    data = path.read_bytes()
    refuse_if_cut_short(path)
    for cut in (1, 4, 100, len(data) // 2, len(data) - 200):
        path.write_bytes(data[:-cut])
        with pytest.raises(Unreadable, match=r"cut short|damaged"):
            refuse_if_cut_short(path)
