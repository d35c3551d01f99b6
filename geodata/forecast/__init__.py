"""Forecasts: foreign files to one verified cube, and the cube to arrays the engine samples.

::

    GRIB, CF NetCDF, Open-Meteo JSON ──reader──▶ Layer ──assemble──▶ Group ──write_cube──▶ cube ──open_cube──▶ Forecast
    └────────────── in a process of its own (worker.py), bounded and expendable ─────────┘
"""

from geodata.forecast.cube import Cube, open_cube
from geodata.forecast.ingest import forecast_cache, ingest, open_forecast

__all__ = ["Cube", "forecast_cache", "ingest", "open_cube", "open_forecast"]
