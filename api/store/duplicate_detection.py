"""How far apart two reports of one boat can be: the drift envelope.

It answers one question only: should a person look at these two reports together? It is drawn wide, because a pair that
is flagged in vain costs a glance, and nothing in the program ever merges or closes anything on its account.
"""

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple


class ReportedPosition(NamedTuple):
    """What one report says of where and when.

    Attributes
    ----------
    lon, lat : float
        WGS 84. [deg]
    uncertainty_m : float or None
        Radius the position is good to; None when not said. [m]
    at_s : float
        Seconds since 1970-01-01T00:00:00Z. [s]
    making_way : bool or None
        Whether it moves by itself; None when not known.
    """

    lon: float
    lat: float
    uncertainty_m: float | None
    at_s: float
    making_way: bool | None


class DistanceAndEnvelope(NamedTuple):
    """How far apart two reports are, and how far one boat can have come between them.

    Attributes
    ----------
    distance_m, envelope_m : float
        [m]
    """

    distance_m: float
    envelope_m: float

    @property
    def may_be_one(self) -> bool:
        """Whether somebody should look."""
        return self.distance_m <= self.envelope_m


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("leeway.toml").read_text(encoding="utf-8"))


def fastest_leeway_ms(wind_ms: float | None = None) -> float:
    """Leeway of the fastest class of the table. [m/s]

    Parameters
    ----------
    wind_ms : float, optional
        Wind at 10 m; the assumed one when left out. [m/s]
    """
    wind = _table()["assumed"]["wind_ms"] if wind_ms is None else wind_ms
    return float(max(entry["share"] * wind + entry["offset_ms"] for entry in _table()["leeway"].values()))


def compare(
    first: ReportedPosition, other: ReportedPosition, wind_ms: float | None = None
) -> DistanceAndEnvelope | None:
    """The pair; None when the reports are too far apart in time to say anything."""
    from engine.kernels.geodesy import geodesic_length_m

    assumed = _table()["assumed"]
    elapsed_s = abs(first.at_s - other.at_s)
    if elapsed_s > assumed["longest_h"] * 3600.0:
        return None
    stopped = first.making_way is False and other.making_way is False
    speed_ms = fastest_leeway_ms(wind_ms) + assumed["stream_ms"] + (0.0 if stopped else assumed["making_way_ms"])
    radii = [
        assumed["uncertainty_m"] if position.uncertainty_m is None else position.uncertainty_m
        for position in (first, other)
    ]
    distance_m = float(geodesic_length_m(first.lon, first.lat, other.lon, other.lat))
    return DistanceAndEnvelope(distance_m, sum(radii) + speed_ms * elapsed_s)
