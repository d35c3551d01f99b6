"""What a field of a foreign file *is*: checked before it is used, and what is left out is said.

The files are made here; the symptoms are those of public reports on GRIB and NetCDF readers.
"""

import json

import numpy as np
import pytest

from geodata.csv_tables import SOURCES, read_rows
from geodata.forecast.cf_conventions import (
    GRIB_NAMES,
    OPEN_METEO_NAMES,
    QUANTITIES,
    STANDARD_NAMES,
    VARIABLE_NAMES,
    Unreadable,
)
from geodata.forecast.grib import read_grib
from geodata.forecast.netcdf import read_netcdf
from geodata.forecast.open_meteo import read_open_meteo
from geodata.forecast.settings import read_settings
from tests.synthetic.cubes import CHANNEL, START_S
from tests.synthetic.files import (
    CF,
    GRIB,
    OPEN_METEO,
    TIMES_S,
    grib_messages,
    netcdf_dataset,
    only,
    open_meteo_locations,
    synthetic_sea,
    write_grib,
    write_netcdf,
)

LIMITS = read_settings().limits
POINTS = read_settings().points
SEA = synthetic_sea()


def grib(path):
    return read_grib(path, CHANNEL, LIMITS)


def netcdf(data, tmp_path):
    data.to_netcdf(tmp_path / "sea.nc", engine="netcdf4")
    return read_netcdf(tmp_path / "sea.nc", CHANNEL, LIMITS)


# -- the table of names ----------------------------------------------------------------------------------------------


def test_every_name_has_a_source_and_a_quantity():
    rows = read_rows(SOURCES / "forecast_names.csv")
    assert all(row["source"] and row["quantity"] in QUANTITIES for row in rows)
    assert len({(row["form"], row["name"]) for row in rows}) == len(rows)
    assert {row["form"] for row in rows} == {"cf", "grib", "grib2", "netcdf", "open-meteo"}
    for names in (STANDARD_NAMES, VARIABLE_NAMES, GRIB_NAMES, OPEN_METEO_NAMES):
        assert names


# -- GRIB: only the value itself -------------------------------------------------------------------------------------

NOT_THE_VALUE = [
    ({"productDefinitionTemplateNumber": 5}, "probability"),
    ({"productDefinitionTemplateNumber": 6}, "percentile"),
    ({"productDefinitionTemplateNumber": 2, "derivedForecast": 4}, "spread"),
    ({"productDefinitionTemplateNumber": 2, "derivedForecast": 2}, "standard deviation"),
    ({"productDefinitionTemplateNumber": 2, "derivedForecast": 8}, "least"),
    ({"productDefinitionTemplateNumber": 2, "derivedForecast": 9}, "greatest"),
    ({"productDefinitionTemplateNumber": 7}, "error of an analysis"),
    ({"productDefinitionTemplateNumber": 15}, "average over an area"),
    ({"productDefinitionTemplateNumber": 8, "typeOfStatisticalProcessing": 0}, "avg_swh"),
    ({"productDefinitionTemplateNumber": 8, "typeOfStatisticalProcessing": 2}, "max_swh"),
    ({"productDefinitionTemplateNumber": 8, "typeOfStatisticalProcessing": 4}, "not of one moment"),
    ({"productDefinitionTemplateNumber": 1, "perturbationNumber": 2}, "member"),
    ({"productDefinitionTemplateNumber": 1, "typeOfEnsembleForecast": 3}, "member"),
    ({"typeOfGeneratingProcess": 6}, "process 6"),
    ({"typeOfGeneratingProcess": 9}, "process 9"),
    ({"typeOfGeneratingProcess": 18}, "process 18"),
]


@pytest.mark.parametrize(("keys", "text"), NOT_THE_VALUE)
def test_what_is_not_the_value_is_left_out_and_said(tmp_path, keys, text):
    found = grib(write_grib(tmp_path / "sea.grib2", only(SEA, "hs"), keys=keys))
    assert found.layers == []
    (line,) = found.lines()
    assert "swh" in line
    assert text in line


@pytest.mark.parametrize(("keys", "text"), NOT_THE_VALUE)
def test_beside_the_value_it_changes_nothing(tmp_path, keys, text):
    plain = grib_messages(only(SEA, "hs"))
    other = grib_messages({"hs": SEA["hs"] * 0.1}, keys=keys)
    path = tmp_path / "both.grib2"
    path.write_bytes(b"".join([*other, *plain]))
    found = grib(path)
    (layer,) = found.layers
    assert np.nanmin(layer.values) > 0.5
    assert text in found.lines()[0]


@pytest.mark.parametrize(
    ("keys", "note"),
    [
        ({}, None),
        ({"typeOfGeneratingProcess": 2}, None),
        ({"productDefinitionTemplateNumber": 1, "typeOfEnsembleForecast": 0}, "control"),
        ({"productDefinitionTemplateNumber": 2, "derivedForecast": 0}, "mean of an ensemble"),
        ({"productDefinitionTemplateNumber": 2, "derivedForecast": 1}, "mean of an ensemble"),
    ],
)
def test_forecast_control_and_mean_are_read_the_last_two_with_a_note(tmp_path, keys, note):
    (layer,) = grib(write_grib(tmp_path / "sea.grib2", only(SEA, "hs"), keys=keys)).layers
    assert (layer.notes == ()) if note is None else (note in layer.notes[0])


def test_a_deterministic_forecast_goes_before_the_mean(tmp_path):
    mean = grib_messages({"hs": SEA["hs"] + 1.0}, keys={"productDefinitionTemplateNumber": 2, "derivedForecast": 0})
    path = tmp_path / "both.grib2"
    path.write_bytes(b"".join([*mean, *grib_messages(only(SEA, "hs"))]))
    found = grib(path)
    assert np.nanmax(found.layers[0].values) < np.nanmax(SEA["hs"]) + 0.1
    assert "mean of an ensemble, where there is deterministic" in found.lines()[0]


def multi_field(first, second):
    """One GRIB2 message of two fields: sections 4 to 7 of the second put behind those of the first."""

    def sections(message):
        parts, place = [], 16
        while message[place : place + 4] != b"7777":
            length = int.from_bytes(message[place : place + 4], "big")
            parts.append(message[place : place + length])
            place += length
        return parts

    body = b"".join(sections(first)) + b"".join(part for part in sections(second) if part[4] >= 4) + b"7777"
    return first[:8] + (len(body) + 16).to_bytes(8, "big") + body


def test_every_field_of_a_message_is_read(tmp_path):
    east = grib_messages(only(SEA, "wind_east"))
    north = grib_messages(only(SEA, "wind_north"))
    single, several = tmp_path / "single.grib2", tmp_path / "several.grib2"
    single.write_bytes(b"".join([*east, *north]))
    several.write_bytes(b"".join(multi_field(*pair) for pair in zip(east, north, strict=True)))
    first, other = grib(single).layers, grib(several).layers
    assert {layer.meaning.quantity for layer in other} == {"wind_east", "wind_north"}
    for left, right in zip(first, other, strict=True):
        assert np.array_equal(left.values, right.values)
        assert np.array_equal(left.times_s, right.times_s)
    # A file cut off inside a message, and a good one after it: nothing of the one gets into the other.
    cut = tmp_path / "cut.grib2"
    cut.write_bytes(several.read_bytes()[:-30])
    with pytest.raises(Unreadable):
        grib(cut)
    assert len(grib(several).layers) == 2


def test_wind_at_the_surface_is_read_with_a_note_and_wind_aloft_is_not(tmp_path):
    names = {**GRIB, "wind_east": (0, 2, 2), "wind_north": (0, 2, 3)}
    found = grib(write_grib(tmp_path / "sea.grib2", only(SEA, "wind_east", "wind_north"), names=names))
    assert [layer.notes for layer in found.layers] == [
        ("wind_east at the surface; taken as 10 m above it",), ("wind_north at the surface; taken as 10 m above it",)
    ]  # fmt: skip
    aloft = {"typeOfFirstFixedSurface": 103, "scaleFactorOfFirstFixedSurface": 0, "scaledValueOfFirstFixedSurface": 100}
    found = grib(write_grib(tmp_path / "aloft.grib2", only(SEA, "wind_east"), names=names, keys=aloft))
    assert found.layers == []


@pytest.mark.parametrize(("depth_m", "read"), [(0, True), (1, True), (2, True), (5, False), (50, False)])
def test_currents_near_the_surface_are_read_with_their_depth(tmp_path, depth_m, read):
    keys = {
        "typeOfFirstFixedSurface": 160, "scaleFactorOfFirstFixedSurface": 0, "scaledValueOfFirstFixedSurface": depth_m,
    }  # fmt: skip
    found = grib(write_grib(tmp_path / "sea.grib2", only(SEA, "current_east"), keys=keys))
    assert bool(found.layers) == read
    if read and depth_m:
        assert found.layers[0].notes == (f"at a depth of {depth_m} m",)
    if not read:
        assert "another level" in found.lines()[0]


def test_names_that_are_not_known_are_listed(tmp_path):
    names = {**GRIB, "hs": "2t"}
    found = grib(write_grib(tmp_path / "sea.grib2", {"hs": SEA["hs"] + 280.0}, names=names))
    assert found.lines() == ["not known here: 2t (heightAboveGround)"]


# -- NetCDF: standard names, modifiers, methods ----------------------------------------------------------------------

HEIGHT = "sea_surface_wave_significant_height"


@pytest.mark.parametrize("modifier", ["standard_error", "status_flag", "number_of_observations", "detection_minimum"])
def test_a_name_with_a_modifier_is_another_quantity(tmp_path, modifier):
    data = netcdf_dataset(only(SEA, "hs"))
    data["VHM0_qc"] = data["VHM0"].copy() * 0.0 + 1.0
    data["VHM0_qc"].attrs = {"standard_name": f"{HEIGHT} {modifier}", "units": "m"}
    found = netcdf(data, tmp_path)
    (layer,) = found.layers
    assert np.nanmax(layer.values) > 1.2
    assert found.lines() == [f"VHM0_qc: {modifier} of {HEIGHT}, another quantity"]


@pytest.mark.parametrize(
    ("methods", "read"),
    [
        ("", True),
        ("time: point", True),
        ("area: mean", True),
        ("area: time: mean", False),
        ("area: mean where sea time: point", True),
        ("time: mean (interval: 1 hour)", True),
        ("realization: mean", True),
        ("realization: standard_deviation", False),
        ("time: maximum", False),
        ("time: minimum (interval: 1 day)", False),
        ("time: maximum within days time: mean over days", False),
        ("area: maximum", False),
        ("depth: mean", False),
        ("time: standard_deviation", False),
        ("whatever this is", False),
    ],
)
def test_cell_methods_say_whether_a_value_is_of_its_moment(tmp_path, methods, read):
    data = netcdf_dataset(only(SEA, "hs"), times_s=TIMES_S)
    data["VHM0"].attrs["cell_methods"] = methods
    if methods == "area: time: mean":
        data = data.assign_coords(time=("time", data.time.values * 24.0, data.time.attrs))
    found = netcdf(data, tmp_path)
    assert bool(found.layers) == read, found.lines()
    assert bool(found.left_out) != read


@pytest.mark.parametrize(("hours", "read"), [(1.0, True), (3.0, False), (24.0, False)])
def test_a_mean_is_read_where_it_is_no_longer_than_an_hour(tmp_path, hours, read):
    data = netcdf_dataset(only(SEA, "current_east", "current_north"))
    for name in ("uo", "vo"):
        data[name].attrs["cell_methods"] = "area: mean time: mean"
    start = data.time.values[0]
    data = data.assign_coords(time=("time", start + hours * np.arange(4), data.time.attrs))
    found = netcdf(data, tmp_path)
    assert len(found.layers) == (2 if read else 0)
    if read:
        assert "current_east is a mean over 60 min" in found.layers[0].notes


def test_a_gust_may_be_the_greatest_of_its_interval(tmp_path):
    data = netcdf_dataset(only(SEA, "gust"))
    data["fg10"].attrs["cell_methods"] = "time: maximum"
    assert len(netcdf(data, tmp_path).layers) == 1


def test_variables_of_common_services_are_read_without_a_standard_name(tmp_path):
    data = netcdf_dataset(only(SEA, "hs", "wind_east", "wind_north"))
    data = data.rename(VHM0="HTSGW_surface", u10="UGRD_10maboveground", v10="VGRD_10maboveground")
    for name in ("HTSGW_surface", "UGRD_10maboveground", "VGRD_10maboveground"):
        del data[name].attrs["standard_name"]
    assert {layer.meaning.quantity for layer in netcdf(data, tmp_path).layers} == {"height", "wind_east", "wind_north"}


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"grid_mapping_name": "latitude_longitude", "horizontal_datum_name": "OSGB_1936"}, "datum 'OSGB_1936'"),
        ({"grid_mapping_name": "latitude_longitude", "longitude_of_prime_meridian": 2.337}, "another meridian"),
        ({"grid_mapping_name": "latitude_longitude", "prime_meridian_name": "Paris"}, "another meridian"),
        ({"grid_mapping_name": "latitude_longitude", "horizontal_datum_name": "WGS_1984"}, None),
        ({"grid_mapping_name": "latitude_longitude", "earth_radius": 6371229.0}, None),
    ],
)
def test_longitudes_count_from_greenwich_on_wgs_84(tmp_path, attributes, text):
    data = netcdf_dataset(only(SEA, "hs")).assign(crs=((), 0, attributes))
    data["VHM0"].attrs["grid_mapping"] = "crs"
    if text is None:
        assert len(netcdf(data, tmp_path).layers) == 1
    else:
        with pytest.raises(Unreadable, match=text):
            netcdf(data, tmp_path)


# -- NetCDF: when ----------------------------------------------------------------------------------------------------

RUN = {"standard_name": "forecast_reference_time", "units": "hours since 1970-01-01"}
VALID = {"standard_name": "time", "units": "hours since 1970-01-01"}
START_H = START_S / 3600.0


def cfgrib_layout(layout):
    """The same four hours as cfgrib lays them out: by step of one run, by run at one step, by both, or one of each."""
    data = netcdf_dataset(only(SEA, "hs"), run_s=None).drop_vars("time")
    hours = np.arange(4.0)
    period = {"standard_name": "forecast_period", "units": "hours"}
    if layout == "steps":
        data = data.rename(time="step").assign_coords(
            step=("step", hours, period), time=((), START_H, RUN), valid_time=("step", START_H + hours, VALID)
        )
    elif layout == "runs":
        data = data.assign_coords(
            time=("time", START_H + hours - 6.0, RUN), step=((), 6.0, period),
            valid_time=("time", START_H + hours, VALID),
        )  # fmt: skip
    elif layout == "both":
        data = data.rename(time="step").expand_dims(time=1).transpose("time", "step", "latitude", "longitude")
        data = data.assign_coords(
            step=("step", hours, period), time=("time", [START_H], RUN),
            valid_time=(("time", "step"), [START_H + hours], VALID),
        )  # fmt: skip
    elif layout == "sum":
        data = data.rename(time="step").assign_coords(step=("step", hours, period), time=((), START_H, RUN))
    return data


@pytest.mark.parametrize("layout", ["steps", "runs", "both", "sum"])
def test_the_run_is_never_taken_for_the_time_of_validity(tmp_path, layout):
    (layer,) = netcdf(cfgrib_layout(layout), tmp_path).layers
    assert layer.times_s.tolist() == TIMES_S.tolist()
    expected = TIMES_S - 6 * 3600.0 if layout == "runs" else np.full(4, START_S)
    assert layer.runs_s.tolist() == expected.tolist()
    assert np.array_equal(layer.values[2], read_layer_of_plain_file(tmp_path).values[2], equal_nan=True)


def read_layer_of_plain_file(tmp_path):
    (layer,) = read_netcdf(write_netcdf(tmp_path / "plain.nc", only(SEA, "hs")), CHANNEL, LIMITS).layers
    return layer


def test_where_only_the_run_is_stated_the_file_is_refused(tmp_path):
    data = netcdf_dataset(only(SEA, "hs"), run_s=None)
    data["time"].attrs.update(RUN)
    with pytest.raises(Unreadable, match="only that of its run"):
        netcdf(data, tmp_path)


# -- NetCDF: valid ranges, directions --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "bound"), [("valid_max", 1.5), ("valid_range", [0.0, 1.5]), ("valid_min", 1.5)])
def test_a_valid_range_that_hides_a_real_sea_is_refused(tmp_path, name, bound):
    data = netcdf_dataset(only(SEA, "hs"))
    data["VHM0"].attrs[name] = np.float32(bound) if np.isscalar(bound) else np.array(bound, np.float32)
    with pytest.raises(Unreadable, match="may be real"):
        netcdf(data, tmp_path)


def test_a_valid_range_that_hides_what_cannot_be_is_noted(tmp_path):
    fields = {"hs": SEA["hs"].copy()}
    fields["hs"][0, 2, 3] = -999.0
    data = netcdf_dataset(fields)
    data["VHM0"].attrs["valid_min"] = np.float32(0.0)
    (layer,) = netcdf(data, tmp_path).layers
    assert layer.notes == ("height: 1 values outside the declared valid range are missing",)


def test_directions_to_180_are_those_to_360(tmp_path):
    turned = {"wave_from": (SEA["wave_from"] + 180.0) % 360.0 - 180.0}
    plain = read_netcdf(write_netcdf(tmp_path / "a.nc", only(SEA, "wave_from")), CHANNEL, LIMITS).layers[0]
    other = read_netcdf(write_netcdf(tmp_path / "b.nc", turned), CHANNEL, LIMITS).layers[0]
    assert np.nanmin(turned["wave_from"]) < 0.0
    assert np.allclose(plain.values, other.values, atol=1e-3, equal_nan=True)


# -- Open-Meteo ------------------------------------------------------------------------------------------------------


def open_meteo(locations, tmp_path):
    path = tmp_path / "om.json"
    path.write_text(json.dumps(locations), encoding="utf-8")
    return read_open_meteo(path, CHANNEL, LIMITS, POINTS)


def test_a_variable_without_values_is_missing_whatever_its_unit(tmp_path):
    locations = open_meteo_locations(only(SEA, "hs"))
    for location in locations:
        location["hourly"]["visibility"] = [None] * 4
        location["hourly_units"]["visibility"] = "undefined"
    found = open_meteo(locations, tmp_path)
    assert [layer.meaning.quantity for layer in found.layers] == ["height"]
    assert found.lines() == ["visibility: no value at any time"]


def test_a_sea_of_exactly_nothing_at_every_time_is_land(tmp_path):
    fields = {name: SEA[name].copy() for name in ("hs", "wave_from", "period", "current_speed", "current_to")}
    for field in fields.values():
        field[:, 3, 20] = 0.0
    found = open_meteo(open_meteo_locations(fields), tmp_path)
    by_quantity = {layer.meaning.quantity: layer for layer in found.layers}
    node = (slice(None), 3, 19)
    for quantity in ("height", "wave_from", "period", "current_speed", "current_to"):
        assert np.isnan(by_quantity[quantity].values[node]).all(), quantity
    assert "as on land, at 1 of" in " ".join(found.lines())


def test_a_calm_that_has_a_period_or_an_hour_of_waves_is_a_calm(tmp_path):
    fields = {name: SEA[name].copy() for name in ("hs", "period")}
    fields["hs"][:, 3, 20] = 0.0
    (height, _) = open_meteo(open_meteo_locations(fields), tmp_path).layers
    assert (height.values[:, 3, 19] == 0.0).all()


def test_of_several_models_one_gives_a_whole_group_and_the_others_are_named(tmp_path):
    locations = open_meteo_locations(only(SEA, "hs", "period"))
    for location in locations:
        hourly, units = location["hourly"], location["hourly_units"]
        for name in ("wave_height", "wave_period"):
            hourly[f"{name}_ecmwf_wam025"] = hourly[name]
            hourly[f"{name}_gwam"] = [None] * 4
            units[f"{name}_ecmwf_wam025"], units[f"{name}_gwam"] = units.pop(name), "undefined"
            del hourly[name]
        hourly["wave_height_ecmwf_wam025_member01"] = [9.0] * 4
    found = open_meteo(locations, tmp_path)
    assert {layer.meaning.quantity for layer in found.layers} == {"height", "period"}
    assert all(layer.notes == ("waves of the model ecmwf_wam025",) for layer in found.layers)
    assert np.nanmax(found.layers[0].values) < 3.0
    assert any("gwam" in line for line in found.lines())
    assert any("not the value of one forecast" in line for line in found.lines())


def test_the_table_of_synthetic_names_is_known():
    assert {name for name, _ in OPEN_METEO.values()} <= set(OPEN_METEO_NAMES)
    assert {name for _, name, _ in CF.values()} <= set(STANDARD_NAMES)
