"""Limits and choices for forecasts, from ``geodata/sources/forecast.toml``."""

import tomllib
from dataclasses import dataclass
from functools import cache

from geodata.csv_tables import SOURCES

GROUPS = ("waves", "wind", "visibility", "current")
"""Groups of variables, in the order of `engine.kernels.forecast.Forecast`."""


@dataclass(frozen=True, slots=True)
class ForecastLimits:
    """What reading a file may cost; see the comments in the source file."""

    files: int
    input_bytes: int
    json_bytes: int
    points_in_field: int
    decoded_bytes: int
    steps: int
    memory_bytes: int
    cpu_s: int
    wall_s: float
    cube_bytes: int


@dataclass(frozen=True, slots=True)
class Points:
    """How forecasts for single points become a grid: spacing of its nodes [deg] and reach of a point [m]."""

    step_deg: float
    reach_m: float


@dataclass(frozen=True, slots=True)
class Fetching:
    """Time-outs, retries and sizes of a download; see the comments in the source file."""

    connect_s: float
    read_s: float
    total_s: float
    tries: int
    backoff_s: float
    longest_wait_s: float
    all_bytes: int


@dataclass(frozen=True, slots=True)
class OpenMeteo:
    """Where Open-Meteo answers and how it is asked."""

    marine: str
    forecast: str
    step_deg: float
    points_a_request: int
    response_bytes: int


@dataclass(frozen=True, slots=True)
class Ecmwf:
    """Where ECMWF's open data lies and how it is asked."""

    base: str
    ready_after_h: float
    runs_tried: int
    step_h: int
    index_bytes: int
    message_bytes: int


@dataclass(frozen=True, slots=True)
class ForecastSettings:
    """Everything in the source file.

    Attributes
    ----------
    longest_gap_s : dict of float
        For each group, the widest gap between steps that is interpolated over. [s]
    kept_in_cache : int
        Cubes made of raw files that are kept.
    """

    limits: ForecastLimits
    longest_gap_s: dict[str, float]
    points: Points
    kept_in_cache: int
    fetch: Fetching
    open_meteo: OpenMeteo
    ecmwf: Ecmwf


@cache
def read_settings() -> ForecastSettings:
    """The settings that come with the program."""
    table = tomllib.loads((SOURCES / "forecast.toml").read_text(encoding="utf-8"))
    return ForecastSettings(
        limits=ForecastLimits(**table["limits"]),
        longest_gap_s={name: 3600.0 * float(table["longest_gap_h"][name]) for name in GROUPS},
        points=Points(**table["points"]),
        kept_in_cache=int(table["cache"]["kept"]),
        fetch=Fetching(**table["fetch"]),
        open_meteo=OpenMeteo(**table["open_meteo"]),
        ecmwf=Ecmwf(**table["ecmwf"]),
    )
