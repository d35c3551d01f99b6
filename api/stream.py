"""Tidal stream at one position: the same answer from every interface."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from typing_extensions import TypedDict

from api.decision_service import DecisionService
from api.documents.bilingual import Bilingual
from api.documents.geometry import LonLat
from api.exchanged import refuse_exchanged
from api.position import format_time
from engine.errors import InvalidAsk
from engine.kernels.forecast import stream_at
from engine.units import HOUR_S, KNOT_MS
from geodata.streams.net import area_of

DEFAULT_HOURS = 13
MOST_HOURS = 744
EVERY_S = 1800.0

NOTICE: Bilingual = {
    "en": "Tidal stream without what wind does; close to the shore and in races it differs within a cable. "
    "Not for navigation.",
    "fr": "Courant de marée sans l'effet du vent ; près de la côte et dans les raz il change en une encablure. "
    "Ne pas utiliser pour la navigation.",
}
UNKNOWN: Bilingual = {
    "en": "Stream not known here: no atlas or forecast covers this place and time. Not taken as slack water.",
    "fr": "Courant inconnu ici : ni atlas ni prévision à cet endroit et à cette heure. N'est pas compté comme étale.",
}


class StreamRate(TypedDict):
    """Stream at one time; null figures where it is not known."""

    at: str
    rate_kn: float | None
    towards_deg: Annotated[float | None, Field(description="The way the water goes, true. [deg]")]
    doubt_share: Annotated[float | None, Field(description="Of the rate; null for a forecast, which states none.")]
    source: Literal["atlas", "forecast"] | None


class StreamArea(TypedDict):
    """The part of the atlas a place is in."""

    name: str
    reference: Annotated[str, Field(description="Id of the port whose tide its hours count from.")]
    reference_water: Literal["high", "low"]
    doubt_share: Annotated[float, Field(description="Of the rate.")]


class StreamSource(TypedDict):
    """The atlas streams are from."""

    source: str
    edition: str
    licence: str
    sha256: str


# What a keyword of the language would not let stand in a class.
_Span = TypedDict("_Span", {"from": str, "to": str})


class StreamDocument(_Span):
    """Tidal stream at one position."""

    position: LonLat
    code: Annotated[Literal["STREAM_UNKNOWN"] | None, Field(description="Null where it is known at some time.")]
    streams: Annotated[list[StreamRate], Field(description="Every half hour.")]
    area: Annotated[StreamArea | None, Field(description="Null where the atlas does not cover the place.")]
    atlas: Annotated[StreamSource | None, Field(description="Null where the pack holds none.")]
    wind_included: Literal[False]
    notice: Bilingual


def stream_document(
    service: DecisionService, position: tuple[float, float], from_s: float, hours: int = DEFAULT_HOURS
) -> StreamDocument:
    """Stream every half hour: the forecast's current where there is one, else the atlas's.

    Parameters
    ----------
    service : DecisionService
    position : tuple of float
        Longitude and latitude, WGS 84. [deg]
    from_s : float
        Epoch of the first figure. [s]
    hours : int
        How long, 1 to `MOST_HOURS`. [h]

    Returns
    -------
    dict
        With ``code`` ``STREAM_UNKNOWN`` where nothing is known of the whole time.

    Raises
    ------
    InvalidAsk
        `hours` is out of range.
    """
    refuse_exchanged("position", position, service.world)
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidAsk("hours", f"is not between 1 and {MOST_HOURS}.", "Give whole hours.")
    times_s = from_s + EVERY_S * np.arange(round(hours * HOUR_S / EVERY_S) + 1)
    rates = [_rate(service, position, at_s) for at_s in times_s.tolist()]
    known = any(rate["source"] is not None for rate in rates)
    area = area_of(service.atlas, *position)
    return {
        "position": [position[0], position[1]],
        "code": None if known else "STREAM_UNKNOWN",
        "from": format_time(from_s),
        "to": format_time(from_s + hours * HOUR_S),
        "streams": rates,
        "area": None if area is None else _area(service, *area),
        "atlas": service.atlas.identity or None,  # type: ignore[typeddict-item]
        "wind_included": False,
        "notice": NOTICE if known else UNKNOWN,
    }


def _rate(service: DecisionService, position: tuple[float, float], at_s: float) -> StreamRate:
    east_ms, north_ms, _, doubt = stream_at(service.world_at(at_s).sea, *position, at_s)
    at = format_time(at_s)
    if np.isnan(east_ms + north_ms):
        return {"at": at, "rate_kn": None, "towards_deg": None, "doubt_share": None, "source": None}
    return {
        "at": at,
        "rate_kn": round(float(np.hypot(east_ms, north_ms)) / KNOT_MS, 2),
        "towards_deg": round(float(np.degrees(np.arctan2(east_ms, north_ms))) % 360.0, 0) % 360.0,
        "doubt_share": round(float(doubt), 2) if doubt > 0.0 else None,
        "source": "atlas" if doubt > 0.0 else "forecast",
    }


def _area(service: DecisionService, name: str, reference: int, doubt: float) -> StreamArea:
    return {
        "name": name,
        "reference": service.atlas.port[reference],
        "reference_water": "low" if service.atlas.from_low[reference] else "high",
        "doubt_share": round(doubt, 2),
    }
