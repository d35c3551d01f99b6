"""Layers of several files to one field a group: which run, which grid, which kind wins; and filling over land."""

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import ForecastRefused
from geodata.forecast.cf_conventions import Meaning
from geodata.forecast.grid import EARTH_RADIUS_M, Grid, unit_vectors
from geodata.forecast.layers import Layer
from geodata.forecast.merge import fill, merge
from geodata.forecast.settings import read_settings

LIMITS = read_settings().limits
COARSE = Grid(-7.0, 48.0, 1.0, 1.0, 5, 13)
FINE = Grid(-2.0, 50.0, 0.25, 0.25, 5, 9)


def layer(quantity, value, *, grid=COARSE, hours=(0, 1, 2), run=0.0, source="one.nc", kind="", rank=0, notes=()):
    values = np.full((len(hours), grid.rows, grid.columns), value, np.float32)
    return Layer(
        Meaning(quantity, kind, rank), grid, 3600.0 * np.array(hours, np.float64), np.full(len(hours), run), values,
        None, source, "unit", notes,
    )  # fmt: skip


def group_of(*layers):
    return merge(layers, LIMITS)[0]


def test_the_newest_run_wins_for_each_time():
    old = layer("visibility", 1000.0, hours=(0, 1, 2), source="old.nc")
    new = layer("visibility", 2000.0, hours=(1, 2, 3), run=3600.0, source="new.nc")
    for order in ((old, new), (new, old)):
        made = group_of(*order)
        assert made.times_s.tolist() == [0.0, 3600.0, 7200.0, 10800.0]
        assert made.values[:, 0, 0, 0].tolist() == [1000.0, 2000.0, 2000.0, 2000.0]
        assert made.run_at_s == 0.0
        assert made.sources == ("new.nc", "old.nc")
    whole = group_of(old, layer("visibility", 2000.0, run=3600.0, source="new.nc"))
    assert (whole.run_at_s, whole.sources) == (3600.0, ("new.nc",))


def test_a_run_that_is_stated_beats_one_that_is_not():
    unstated = layer("visibility", 1000.0, run=nan, source="unstated.json")
    made = group_of(unstated, layer("visibility", 2000.0, run=-9e9))
    assert (made.values == 2000.0).all()
    assert np.isnan(group_of(unstated).run_at_s)


def test_two_files_that_disagree_are_refused_and_two_that_agree_are_not():
    item = layer("visibility", 1000.0)
    with pytest.raises(ForecastRefused, match=r"two\.nc: says of visibility at 1970-01-01T00:00Z"):
        group_of(item, layer("visibility", 2000.0, source="two.nc"))
    assert (group_of(item, layer("visibility", 1000.0, source="two.nc")).values == 1000.0).all()


def test_a_vector_is_never_made_of_two_runs():
    old = [layer("wind_east", 1.0), layer("wind_north", 1.0), layer("gust", 9.0)]
    made = group_of(*old, layer("wind_east", 5.0, run=3600.0, source="half.nc"))
    assert (made.values[..., :2] == 1.0).all()
    newer = [layer(name, 5.0, run=3600.0, source="new.nc") for name in ("wind_east", "wind_north")]
    made = group_of(*old, *newer)
    assert (made.values[..., :2] == 5.0).all()
    # A gust stands alone, so that of the older run is better than none.
    assert (made.values[..., 2] == 9.0).all()


def test_velocity_and_its_parts_may_come_in_separate_files():
    made = group_of(layer("current_east", 0.5, source="u.grib2"), layer("current_north", -0.5, source="v.grib2"))
    assert made.sources == ("u.grib2", "v.grib2")
    assert made.values[0, 0, 0].tolist() == [0.5, -0.5]


def test_half_a_vector_is_none():
    north = layer("current_north", 0.5)
    north.values[0, 2, 2] = nan
    made = group_of(layer("current_east", 0.5), north)
    assert np.isnan(made.values[0, 2, 2]).all()
    assert merge([layer("current_east", 0.5), layer("visibility", 1.0)], LIMITS)[0].name == "visibility"


def test_the_finest_grid_takes_the_whole_group_and_the_rest_is_said():
    made = group_of(layer("height", 1.0), layer("height", 2.0, grid=FINE, source="fine.nc"))
    assert made.grid == FINE
    assert made.notes == ("height on 1 x 1 deg of one.nc left out",)


def test_the_whole_sea_is_preferred_to_swell_on_a_finer_grid():
    swell = layer("swell_height", 2.0, grid=FINE, source="swell.grib2", notes=("swell only",))
    made = group_of(layer("height", 1.0), swell)
    assert made.grid == COARSE
    assert "swell only" not in made.notes
    alone = group_of(swell)
    assert alone.notes == ("swell only",)
    assert (alone.values[..., 0] == 2.0).all()
    assert np.isnan(alone.values[..., 1:]).all()


def test_the_direction_of_swell_is_not_that_of_the_sea():
    made = group_of(layer("height", 1.0), layer("swell_from", 200.0), layer("swell_period", 9.0))
    assert np.isnan(made.values[..., 1:]).all()


def test_the_mean_period_is_preferred_to_the_peak():
    kinds = [layer("period", 8.0, kind="peak", rank=5), layer("period", 6.0, kind="mean")]
    made = group_of(layer("height", 1.0), *kinds)
    assert (made.values[..., 3] == 6.0).all()
    assert "period (mean)" in made.units
    made = group_of(layer("height", 1.0), kinds[0])
    assert (made.values[..., 3] == 8.0).all()
    assert "period (peak)" in made.units


def test_nothing_usable_is_refused():
    with pytest.raises(ForecastRefused, match="holds no height of waves"):
        merge([layer("wave_from", 200.0), layer("gust", 5.0)], LIMITS)
    with pytest.raises(ForecastRefused):
        merge([], LIMITS)


def test_too_many_steps_together_are_refused():
    files = [layer("visibility", 1.0, hours=range(300 * k, 300 * k + 300), source=f"{k}.nc") for k in range(2)]
    with pytest.raises(ForecastRefused, match="600 steps"):
        merge(files, LIMITS)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0.02, 0.98))
def test_filling_takes_the_nearest_wet_cell(seed, share):
    random = np.random.default_rng(seed)
    grid = Grid(-3.0, 49.0, 0.25, 0.125, 6, 8)
    values = random.normal(size=(2, grid.rows, grid.columns, 2)).astype(np.float32)
    wet = random.random((grid.rows, grid.columns)) < share
    values[:, ~wet] = nan
    before = values.copy()
    filled_m = fill(values, grid)
    if not wet.any():
        assert np.isinf(filled_m).all()
        return
    lon, lat = np.meshgrid(grid.longitudes, grid.latitudes)
    places = unit_vectors(lon.ravel(), lat.ravel()).reshape(grid.rows, grid.columns, 3)
    for j in range(grid.rows):
        for i in range(grid.columns):
            # Brute force, and by the angle rather than the chord.
            away_m = EARTH_RADIUS_M * np.arccos(np.clip((places[wet] * places[j, i]).sum(axis=1), -1.0, 1.0))
            assert filled_m[j, i] == pytest.approx(0.0 if wet[j, i] else away_m.min(), rel=1e-4, abs=0.2)
            if wet[j, i]:
                assert np.array_equal(values[:, j, i], before[:, j, i])
            else:
                near = before[:, wet][:, away_m <= away_m.min() * 1.0001 + 0.2]
                assert any(np.array_equal(values[:, j, i], near[:, k]) for k in range(near.shape[1]))
