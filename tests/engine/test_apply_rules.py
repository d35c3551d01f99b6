"""What judging takes for granted without a forecast is what it would find."""

import numpy as np

from engine.entrance import Entrance, entrance_at
from engine.kernels.forecast import no_forecast


def test_without_a_forecast_nothing_is_known_of_an_entrance():
    found = entrance_at(no_forecast(), 1.3, 51.1, 120.0, 1.7e9, 1.0, 0.5, 5000.0)
    nan = np.nan
    taken = Entrance(nan, nan, nan, nan, nan, nan, False, nan, 0.0)
    np.testing.assert_array_equal(np.array(found, float), np.array(taken, float))
