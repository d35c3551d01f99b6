"""The pack as layers for a GIS: nothing of the land is lost on the way."""

import numpy as np
import pytest
import shapely

from geodata.export import land_of
from geodata.shoreline import coast_rings


def signed_deg2(ring):
    x, y = ring.T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_all_of_the_land_is_exported(service):
    """Great Britain is one ring that touches itself; it was lost to a function that wants none to."""
    rings = coast_rings(service.pack)
    land = land_of(rings)
    # Shells and lakes run opposite ways, so that the sum of signed areas is that of the land.
    assert sum(part.area for part in land) == pytest.approx(abs(sum(signed_deg2(ring) for ring in rings)), abs=1e-6)
    within = shapely.union_all(land)
    for lon, lat in ((-1.5, 51.5), (2.0, 49.5), (-1.3, 50.68), (4.0, 51.0)):
        assert shapely.contains_xy(within, lon, lat)


def test_rings_that_touch_themselves_lakes_and_islands_keep_their_area():
    pinched = np.array([(0, 0), (2, 0), (1, 1), (2, 2), (0, 2), (1, 1), (0, 0)], float)
    shell = np.array([(10, 0), (20, 0), (20, 10), (10, 10), (10, 0)], float)
    lake = np.array([(12, 2), (12, 8), (18, 8), (18, 2), (12, 2)], float)
    island = np.array([(14, 4), (16, 4), (16, 6), (14, 6), (14, 4)], float)
    assert sum(part.area for part in land_of([pinched, shell, lake, island])) == pytest.approx(2.0 + 100.0 - 36.0 + 4.0)
