"""An operator's survey: read in two formats, both signs and two systems, and laid over the pack."""

import json
from datetime import UTC, datetime

import netCDF4
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from engine.errors import InvalidAsk, PackError
from geodata.pack import read_pack
from geodata.plane import project
from geodata.survey.grid import DepthGrid, Stated, read_grid
from geodata.survey.refine import Provenance, cells_inside, deepest_way, least_depth, refine_pack, refined_water
from geodata.world import load_world

# Rasterio's own use of affine.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Use `@` matmul:PendingDeprecationWarning", "ignore::rasterio.errors.NotGeoreferencedWarning"
)

LON_LAT, UTM = "EPSG:4326", "EPSG:32631"
WHOLE = Stated(datum="chart", positive="down", units="m")
MINE = Provenance("Harbour office soundings", "CC BY 4.0", "2026-11")


def axes(crs, west=1.20, south=50.90, east=1.60, north=51.20, step=0.002):
    """Centres of cells over a piece of the Dover Strait, in a system."""
    if crs == LON_LAT:
        return np.arange(west, east, step), np.arange(south, north, step)
    x, y = Transformer.from_crs(LON_LAT, crs, always_xy=True).transform((west, east), (south, north))
    return np.arange(x[0], x[1], 150.0), np.arange(y[0], y[1], 150.0)


def plane_depth(x, y):
    """Depth in closed form: a slope along both axes, between 5 and 45 m."""
    return 5.0 + 20.0 * (x[None, :] - x[0]) / (x[-1] - x[0]) + 20.0 * (y[:, None] - y[0]) / (y[-1] - y[0])


def write_netcdf(path, values, x, y, crs=LON_LAT, **attributes):
    with netCDF4.Dataset(path, "w") as file:
        for name, axis, units in (("y", y, "degrees_north"), ("x", x, "degrees_east")):
            file.createDimension(name, len(axis))
            held = file.createVariable(name, "f8", (name,))
            held[:] = axis
            held.units = units if crs == LON_LAT else "m"
            if crs != LON_LAT:
                held.standard_name = f"projection_{name}_coordinate"
        grid = file.createVariable("soundings", "f4", ("y", "x"), fill_value=-9999.0)
        grid[:] = np.ma.masked_invalid(values)
        if crs != LON_LAT:
            mapping = file.createVariable("crs", "i4")
            mapping.setncatts(CRS.from_user_input(crs).to_cf())
            grid.grid_mapping = "crs"
        for name, text in attributes.items():
            if text is not None:
                setattr(grid, name, text)


def write_geotiff(path, values, x, y, crs=LON_LAT, units="m", **tags):
    rasterio = pytest.importorskip("rasterio")
    step_x, step_y = x[1] - x[0], y[1] - y[0]
    transform = rasterio.transform.from_origin(x[0] - step_x / 2.0, y[-1] + step_y / 2.0, step_x, step_y)
    with rasterio.open(
        path, "w", driver="GTiff", height=len(y), width=len(x), count=1, dtype="float32", crs=crs,
        transform=transform, nodata=-9999.0,
    ) as file:  # fmt: skip
        file.write(np.where(np.isnan(values), -9999.0, values)[::-1].astype(np.float32), 1)
        file.update_tags(**{name: text for name, text in tags.items() if text is not None})
        if units is not None:
            file.set_band_unit(1, units)


WRITERS = {"nc": write_netcdf, "tif": write_geotiff}


@pytest.mark.parametrize("ending", ["nc", "tif"])
@pytest.mark.parametrize("crs", [LON_LAT, UTM])
@pytest.mark.parametrize("positive", ["down", "up"])
def test_depths_come_back_as_written(tmp_path, ending, crs, positive):
    x, y = axes(crs)
    depth = plane_depth(x, y)
    depth[10:20, 30:40] = np.nan
    path = tmp_path / f"survey.{ending}"
    sign = 1.0 if positive == "down" else -1.0
    attributes = {"positive": positive, "vertical_datum": "Lowest Astronomical Tide"}
    WRITERS[ending](path, sign * depth, x, y, crs, **({"units": "m"} | attributes))
    grid = read_grid(path, Stated(variable="soundings") if ending == "nc" else Stated())
    assert grid.datum == "lat"
    assert grid.x == pytest.approx(x)
    assert grid.y == pytest.approx(y)
    assert np.isnan(grid.depth_m[10:20, 30:40]).all()
    assert np.isnan(grid.depth_m).sum() == 100
    assert np.nanmax(np.abs(grid.depth_m - depth)) < 1e-4
    assert CRS.from_user_input(crs).equals(grid.crs) or crs == UTM
    assert grid.crs.is_projected == (crs == UTM)


def test_a_name_of_the_convention_says_sign_and_datum(tmp_path):
    x, y = axes(LON_LAT)
    path = tmp_path / "gebco.nc"
    write_netcdf(path, -plane_depth(x, y), x[::-1], y[::-1], units="m", standard_name="height_above_mean_sea_level")
    grid = read_grid(path, Stated())
    assert grid.datum == "msl"
    assert grid.depth_m[-1, -1] == pytest.approx(5.0)
    assert (np.diff(grid.x) > 0.0).all()


@pytest.mark.parametrize(
    ("attributes", "stated", "sentence"),
    [
        ({"units": "m", "positive": "down"}, {}, "does not say what its depths are counted from"),
        ({"units": "m", "vertical_datum": "LAT"}, {}, "does not say whether its figures grow up or down"),
        ({"positive": "down", "vertical_datum": "LAT"}, {}, "does not say its unit"),
        ({"units": "fathom", "positive": "down", "vertical_datum": "LAT"}, {}, "is in 'fathom', not in metres"),
        ({"units": "m", "positive": "down", "vertical_datum": "NAP"}, {}, "counts depths from 'NAP'"),
        ({"units": "m", "positive": "down", "vertical_datum": "LAT"}, {"datum": "msl"}, "says its datum is lat"),
        ({"units": "m", "positive": "up", "vertical_datum": "LAT"}, {"positive": "down"}, "says positive up"),
        ({"units": "m", "positive": "sideways", "vertical_datum": "LAT"}, {}, "positive 'sideways'"),
        ({"units": "m", "positive": "down", "vertical_datum": "LAT"}, {"crs": "EPSG:0"}, "a system that is not known"),
    ],
)
@pytest.mark.parametrize("ending", ["nc", "tif"])
def test_what_a_file_leaves_open_is_asked_for(tmp_path, ending, attributes, stated, sentence):
    x, y = axes(LON_LAT)
    path = tmp_path / f"survey.{ending}"
    WRITERS[ending](path, plane_depth(x, y), x, y, LON_LAT, **({"units": None} | attributes))
    with pytest.raises(InvalidAsk) as told:
        read_grid(path, Stated(**({"variable": "soundings" if ending == "nc" else None} | stated)))
    assert sentence in told.value.problem
    assert told.value.remedy


def test_other_files_are_refused_in_a_sentence(tmp_path):
    x, y = axes(LON_LAT)
    (tmp_path / "broken.nc").write_bytes(b"CDF no more")
    (tmp_path / "survey.xyz").write_text("1 2 3")
    write_netcdf(tmp_path / "hollow.nc", np.full((len(y), len(x)), np.nan), x, y, units="m")
    write_netcdf(tmp_path / "uneven.nc", plane_depth(x, y), np.sort(x**3), y, units="m")
    for name, sentence in (
        ("broken.nc", "cannot be read as NetCDF"), ("survey.xyz", "ends in .xyz"), ("gone.nc", "is no file"),
        ("hollow.nc", "holds no depth at all"), ("uneven.nc", "is not regular along x"),
    ):  # fmt: skip
        with pytest.raises(InvalidAsk) as told:
            read_grid(tmp_path / name, WHOLE._replace(variable="soundings"))
        assert sentence in told.value.problem
    with pytest.raises(InvalidAsk, match="no variable 'sounding'"):
        read_grid(tmp_path / "hollow.nc", WHOLE._replace(variable="sounding"))


def test_a_geotiff_that_says_not_where_it_lies_is_refused(tmp_path):
    rasterio = pytest.importorskip("rasterio")
    x, y = axes(LON_LAT)
    path = tmp_path / "nowhere.tif"
    write_geotiff(path, plane_depth(x, y), x, y, None)
    with pytest.raises(InvalidAsk, match="what its coordinates are"):
        read_grid(path, WHOLE)
    bare = tmp_path / "bare.tif"
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):  # noqa: SIM117
        with rasterio.open(
            bare, "w", driver="GTiff", height=4, width=4, count=1, dtype="float32", nodata=-9999.0
        ) as file:
            file.write(np.ones((4, 4), np.float32), 1)
    with pytest.raises(InvalidAsk, match="where it lies"):
        read_grid(bare, WHOLE._replace(crs=LON_LAT))


def grid_of(depth, x, y, crs=LON_LAT, datum="chart"):
    return DepthGrid(depth.astype(np.float32), x, y, CRS.from_user_input(crs), datum, "survey.nc", "0" * 64)


ORIGIN = (-1.0, 50.25)


@pytest.mark.parametrize("crs", [LON_LAT, UTM])
def test_the_least_depth_of_an_outline_is_that_of_its_cells(crs):
    """The oracle: cells whose centres lie in the ring, by shapely in longitude and latitude."""
    x, y = axes(crs)
    depth = plane_depth(x, y)
    ring = np.array([[1.30, 51.00], [1.42, 51.02], [1.38, 51.10], [1.29, 51.08]])
    outline = shapely.Polygon(project(ring, *ORIGIN))
    found_m, note = least_depth(cells_inside(grid_of(depth, x, y, crs), outline, ORIGIN, 0.0), outline)
    back = Transformer.from_crs(crs, LON_LAT, always_xy=True)
    lon, lat = back.transform(*np.meshgrid(x, y))
    expected_m = depth[shapely.contains_xy(shapely.Polygon(ring), lon, lat)].min()
    # A ring's sides are straight on different maps: a cell on the edge may fall on either side.
    assert found_m == pytest.approx(np.floor(10.0 * expected_m) / 10.0, abs=0.11)
    assert found_m <= expected_m + 0.1
    assert "cells" in note


def test_what_a_survey_does_not_cover_stays():
    x, y = axes(LON_LAT)
    depth = plane_depth(x, y)
    depth[:, x > 1.38] = np.nan
    outline = shapely.Polygon(project(np.array([[1.30, 51.0], [1.42, 51.0], [1.42, 51.1], [1.30, 51.1]]), *ORIGIN))
    found_m, note = least_depth(cells_inside(grid_of(depth, x, y), outline, ORIGIN, 0.0), outline)
    assert np.isnan(found_m)
    assert "covered to 6" in note
    away = shapely.Polygon(project(np.array([[-3.0, 50.0], [-2.9, 50.0], [-2.9, 50.1]]), *ORIGIN))
    assert cells_inside(grid_of(depth, x, y), away, ORIGIN, 0.0) is None
    small = shapely.Polygon(project(np.array([[1.3009, 51.0009], [1.3031, 51.0009], [1.3031, 51.0031]]), *ORIGIN))
    assert "too small" in least_depth(cells_inside(grid_of(depth, x, y), small, ORIGIN, 0.0), small)[1]


@pytest.mark.parametrize("bend", [False, True])
def test_the_way_in_is_the_deepest_one(bend):
    """A trench of 6 m, with a bar of 3.5 m across it, through a flat of 1 m; straight, and round a corner."""
    x, y = axes(LON_LAT, 1.30, 51.00, 1.33, 51.02, 0.0004)
    depth = np.full((len(y), len(x)), 1.0)
    depth[25] = 6.0
    depth[25, 40] = 3.5
    if bend:
        depth[25, 20:30] = 1.0
        depth[32, 19:31], depth[25:33, 19], depth[25:33, 30] = 5.0, 5.0, 5.0
    outline = shapely.box(*shapely.MultiPoint(project(np.array([[1.29, 50.99], [1.34, 51.03]]), *ORIGIN)).bounds)
    cells = cells_inside(grid_of(depth, x, y), outline, ORIGIN, 0.0)
    first, last = (project(np.array([[x[k], y[25]]]), *ORIGIN)[0] for k in (2, -3))
    assert deepest_way(cells, first, last) == pytest.approx(3.5)
    depth[:, 50] = np.nan
    assert np.isnan(deepest_way(cells_inside(grid_of(depth, x, y), outline, ORIGIN, 0.0), first, last))


@pytest.fixture(scope="module")
def pack():
    return read_pack()


def test_banks_as_they_were_leave_the_pack_as_it_was(pack):
    layer, trees = refined_water(pack, pack.tables["zones"]["banks"], pack.tables["ports"], ORIGIN)
    for name in ("points", "triangles", "shallow"):
        assert np.array_equal(layer[name], pack.arrays["mesh"][name]), name
    assert layer["shallow_depth"] == pytest.approx(pack.arrays["mesh"]["shallow_depth"])
    for name, tree in trees.items():
        assert np.array_equal(tree, pack.arrays["trees"][name]), name


@pytest.fixture(scope="module")
def surveyed(pack, tmp_path_factory):
    """The pack with a survey of 30 m over the Varne, counted from mean sea level, and its report."""
    bank = next(item for item in pack.tables["zones"]["banks"] if "Varne" in item["name_en"])
    ring = np.array(bank["ring"])
    west, south = ring.min(axis=0) - 0.02
    east, north = ring.max(axis=0) + 0.02
    x, y = np.arange(west, east, 0.002), np.arange(south, north, 0.002)
    folder = tmp_path_factory.mktemp("survey") / "pack"
    grid = grid_of(np.full((len(y), len(x)), 30.0), x, y, datum="msl")
    manifest, banks, ports = refine_pack(pack, grid, MINE, folder, datetime(2026, 11, 30, tzinfo=UTC))
    return bank["name_en"], folder, manifest, banks, ports


def test_a_bank_that_is_deep_by_survey_is_a_wall_no_more(pack, surveyed):
    name, folder, _, banks, ports = surveyed
    now = read_pack(folder)
    changed = {item.name for item in banks if item.is_covered}
    assert name in changed
    least = {item["name_en"]: item["least_depth_m"] for item in now.tables["zones"]["banks"]}
    dover_msl_m = next(item["msl_m"] for item in pack.tables["tides"]["stations"] if "dover" in item["id"])
    assert least[name] == pytest.approx(30.0 - dover_msl_m, abs=1.0)
    before = len(pack.arrays["mesh"]["shallow_depth"][pack.arrays["mesh"]["shallow_depth"] < 10.0])
    assert (now.arrays["mesh"]["shallow_depth"] < 10.0).sum() < before
    assert not any(item.is_covered for item in ports)
    untouched = {item["name_en"]: item["least_depth_m"] for item in pack.tables["zones"]["banks"]}
    assert {key: value for key, value in least.items() if key not in changed} == {
        key: value for key, value in untouched.items() if key not in changed
    }


def test_the_survey_and_its_licence_are_recorded(surveyed):
    _, folder, manifest, _, _ = surveyed
    recorded = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["surveys"]
    assert recorded == manifest["surveys"]
    assert (recorded[0]["licence"], recorded[0]["edition"], recorded[0]["datum"]) == ("CC BY 4.0", "2026-11", "msl")
    assert "Harbour office soundings" in manifest["layers"]["zones"]["source"]
    world = load_world(folder)
    assert world.identity["geodata"]["surveys"][0]["source"] == "Harbour office soundings"
    assert len(world.ports) > 200


def test_a_survey_of_elsewhere_is_refused(pack, tmp_path):
    x, y = axes(LON_LAT, 20.0, 60.0, 20.2, 60.2)
    with pytest.raises(PackError, match="covers no bank"):
        refine_pack(pack, grid_of(plane_depth(x, y), x, y), MINE, tmp_path / "pack", datetime(2026, 11, 30, tzinfo=UTC))
    assert not (tmp_path / "pack").exists()
