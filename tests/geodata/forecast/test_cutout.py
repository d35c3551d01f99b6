"""A cut-out says of its surroundings what the cube says, within its rounding, and nothing of what lies beyond."""

from math import cos, hypot, isnan, nan, radians, sin

import numpy as np
import pytest

from engine.errors import ForecastRefused
from engine.kernels.forecast import current_at, waves_at, wind_at
from geodata.forecast.cube import open_cube
from geodata.forecast.cutout import (
    HALF_HEIGHT_DEG,
    HALF_WIDTH_DEG,
    HOURS_AHEAD,
    MOST_NODES,
    SNAP_DEG,
    cut_out,
    read_cutout,
    write_cutout,
)
from tests.synthetic.cubes import START_S, synthetic_cube

OFF_FOLKESTONE = (1.4517, 51.0317)


def sea(lon, lat, at_s):
    """Waves that differ everywhere; north of 51.5 is land."""
    hour = (at_s - START_S) / 3600.0
    height = np.where(lat > 51.5, nan, 1.5 + 0.3 * np.sin(lon + 0.2 * hour) + 0.2 * np.cos(2.0 * lat))
    towards = np.radians(40.0 * lon + 5.0 * hour)
    return height, np.sin(towards), np.cos(towards), 6.0 + 0.1 * lon


def stream(lon, lat, at_s):
    turn = radians(28.98 * (at_s - START_S) / 3600.0)
    return 1.2 * cos(turn) + 0.05 * lon, 0.8 * sin(turn) + 0.02 * lat


@pytest.fixture
def cube(tmp_path):
    made = synthetic_cube(
        tmp_path / "whole.cube", waves=sea, wind=lambda lon, lat, _: (5.0 + lon, 3.0 - 0.1 * lat, 12.0), current=stream
    )
    return open_cube(made)


def reopened(cutout, tmp_path):
    write_cutout(tmp_path / "part.cube", cutout)
    return open_cube(tmp_path / "part.cube")


def near(middle, count=200, seed=1):
    draw = np.random.default_rng(seed)
    lon = middle[0] + draw.uniform(-1, 1, count) * (HALF_WIDTH_DEG - SNAP_DEG)
    lat = middle[1] + draw.uniform(-1, 1, count) * (HALF_HEIGHT_DEG - SNAP_DEG)
    at_s = START_S + 5 * 3600.0 + draw.uniform(0, HOURS_AHEAD * 3600.0, count)
    return zip(lon.tolist(), lat.tolist(), at_s.tolist(), strict=True)


def test_it_says_what_the_cube_says_within_its_rounding(cube, tmp_path):
    whole, part = cube.forecast, reopened(cut_out(cube, *OFF_FOLKESTONE, START_S + 5 * 3600.0), tmp_path).forecast
    seen = 0
    for place in near(OFF_FOLKESTONE):
        first, other = waves_at(whole, *place), waves_at(part, *place)
        assert other[0] == pytest.approx(first[0], abs=0.006, nan_ok=True)
        assert hypot(*np.subtract(wind_at(whole, *place)[:2], wind_at(part, *place)[:2])) <= 0.04
        assert hypot(*np.subtract(current_at(whole, *place)[:2], current_at(part, *place)[:2])) <= 0.008
        seen += not isnan(first[0])
    assert seen > 100


@pytest.mark.parametrize(
    ("lon", "lat", "hours"), [(-4.0, 51.0, 6.0), (1.45, 49.0, 6.0), (1.45, 51.0, 24.0)], ids=["west", "south", "later"]
)
def test_beyond_it_nothing_is_known(cube, tmp_path, lon, lat, hours):
    part = reopened(cut_out(cube, *OFF_FOLKESTONE, START_S + 5 * 3600.0), tmp_path).forecast
    assert not isnan(waves_at(cube.forecast, lon, lat, START_S + 3600.0 * hours)[0])
    assert isnan(waves_at(part, lon, lat, START_S + 3600.0 * hours)[0])


def test_it_says_what_it_is(cube, tmp_path):
    part = reopened(cut_out(cube, *OFF_FOLKESTONE, START_S + 5 * 3600.0), tmp_path)
    assert part.identity["run_at"] == cube.identity["run_at"]
    assert part.identity["sha256"] != cube.identity["sha256"]
    assert part.header["sources"][0]["file"] == cube.identity["id"]
    for group in part.identity["groups"].values():
        assert any("cut-out round the vessel" in note for note in group["notes"])


def test_a_fine_grid_is_thinned_and_says_so(tmp_path):
    fine = open_cube(synthetic_cube(tmp_path / "fine.cube", waves=sea, step_deg=0.05))
    (group,) = read_cutout(cut_out(fine, *OFF_FOLKESTONE, START_S)).groups
    assert group.grid.rows * group.grid.columns <= MOST_NODES
    assert any("one node in" in note for note in group.notes)


def test_equal_hours_and_near_positions_have_equal_cutouts(cube):
    item = cut_out(cube, 1.50, 51.00, START_S)
    assert cut_out(cube, 1.53, 50.97, START_S) == item
    assert cut_out(cube, 1.80, 51.00, START_S) != item
    assert cut_out(cube, 1.50, 51.00, START_S + 3600.0) != item


def test_where_and_when_the_forecast_ends_there_is_none(cube):
    assert cut_out(cube, 20.0, 51.0, START_S) is None
    assert cut_out(cube, *OFF_FOLKESTONE, START_S + 30 * 3600.0) is None


def test_damage_is_refused_or_read_as_what_it_says(cube, tmp_path):
    cutout = cut_out(cube, *OFF_FOLKESTONE, START_S)
    for short in (b"", cutout[:3], cutout[:100], cutout[:-1], cutout + b"x"):
        with pytest.raises(ForecastRefused):
            read_cutout(short)
    draw = np.random.default_rng(3)
    refused = 0
    for _ in range(300):
        bad = bytearray(cutout)
        # Headers are where harm could be done; a changed value is found by the digest of the link.
        bad[int(draw.integers(0, 900))] = int(draw.integers(0, 256))
        try:
            write_cutout(tmp_path / "bad.cube", bytes(bad))
            open_cube(tmp_path / "bad.cube")
        except ForecastRefused:
            refused += 1
    assert refused > 50
