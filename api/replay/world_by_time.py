"""Which world a row is decided in: the tides of its own date, and the forecast that was to be had at its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np

from api.decision_service import DecisionService
from api.replay.batch_patches import BatchPatches
from engine.kernels.forecast import Forecast
from engine.model import World
from geodata.tides.blocks import BLOCK_DAYS
from geodata.tides.predict import DAY_S

_NO_FORECAST = -1


@dataclass(frozen=True, slots=True, eq=False)
class _ForecastWorld:
    """A service with one forecast, and when that forecast speaks."""

    service: DecisionService
    first_s: float
    last_s: float
    run_at_s: float


class WorldsByTime:
    """Worlds by time, each made once and shared by all rows of its time.

    Of the forecasts that speak of a time, the one of the latest run not after it is taken: what was to be had then.
    Where every run is later, as in a reanalysis, it is the earliest of them; the engine says so in its notices.

    Parameters
    ----------
    service : DecisionService
    forecasts : sequence of Path
        Cubes, or files that can be made into one; in any order.

    Raises
    ------
    SafeportError
        A file is missing, damaged or not a forecast.
    """

    def __init__(self, service: DecisionService, forecasts: Sequence[Path] = ()) -> None:
        self.service = service
        self.neighbours = BatchPatches()
        opened = [_forecast_world(service.with_forecast(path)) for path in forecasts]
        # By run, so that the last one that fits is the latest; ties by what they are, not by how they were typed.
        self._forecasts = sorted(
            opened, key=lambda forecast: (forecast.run_at_s, str(forecast.service.world.identity["forecast"]))
        )

    @property
    def identities(self) -> list[object]:
        """What each forecast is, in the order of their runs."""
        return [forecast.service.world.identity["forecast"] for forecast in self._forecasts]

    def __call__(self, at_s: float) -> World:
        """The world of a time, epoch seconds; the same object for all times of one number."""
        chosen = int(self._chosen(np.array([at_s]))[0])
        service = self.service if chosen == _NO_FORECAST else self._forecasts[chosen].service
        return service.world_at(at_s)

    def number(self, at_s: np.ndarray) -> np.ndarray:
        """A number for each time, equal where the world is the same one.

        Parameters
        ----------
        at_s : ndarray of float64, shape (n,)
            Epoch. [s]

        Returns
        -------
        ndarray of int64, shape (n,)
        """
        block = (at_s // (BLOCK_DAYS * DAY_S)).astype(np.int64)
        number: np.ndarray = block * (len(self._forecasts) + 1) + self._chosen(at_s) + 1
        return number

    def _chosen(self, at_s: np.ndarray) -> np.ndarray:
        chosen = np.full(at_s.shape, _NO_FORECAST, np.int64)
        for k in reversed(range(len(self._forecasts))):
            forecast = self._forecasts[k]
            chosen[(forecast.first_s <= at_s) & (at_s <= forecast.last_s) & (at_s < forecast.run_at_s)] = k
        for k, forecast in enumerate(self._forecasts):
            chosen[(forecast.first_s <= at_s) & (at_s <= forecast.last_s) & (at_s >= forecast.run_at_s)] = k
        return chosen


def _forecast_world(service: DecisionService) -> _ForecastWorld:
    forecast: Forecast = service.world.forecast
    steps = [group.times_s for group in (forecast.waves, forecast.wind, forecast.visibility, forecast.current)]
    first_s = min(float(times_s[0]) for times_s in steps if len(times_s))
    last_s = max(float(times_s[-1]) for times_s in steps if len(times_s))
    # A forecast that states no run is taken as made when it begins.
    run_at_s = first_s if isnan(forecast.run_at_s) else forecast.run_at_s
    return _ForecastWorld(service, first_s, last_s, run_at_s)
