"""Predicted tide at one port: the same answer from every interface."""

from typing import Annotated, Literal, cast

import numpy as np
from pydantic import Field
from typing_extensions import TypedDict

from api.decision_service import DecisionService
from api.documents.bilingual import Bilingual
from api.documents.geometry import LonLat
from api.position import format_time
from engine.errors import InvalidAsk
from engine.kernels.tides import Tides, height_at
from engine.units import HOUR_S, MINUTE_S
from geodata.tides.predict import STAND_REACH_S, stand_around
from geodata.tides.tables import TideTables, block_end_s

DEFAULT_HOURS = 24
MOST_HOURS = 744
EVERY_S = 600.0

NOTICE: Bilingual = {
    "en": "Predicted tide without surge: wind and air pressure can change it by half a metre and more. "
    "Ask the harbour. Not for navigation.",
    "fr": "Marée prédite sans surcote : le vent et la pression peuvent la changer d'un demi-mètre et plus. "
    "Demander au port. Ne pas utiliser pour la navigation.",
}
UNKNOWN: Bilingual = {
    "en": "Tide not known here: no station near enough, or no prediction for this date. Ask the harbour.",
    "fr": "Marée inconnue ici : pas de station assez proche, ou pas de prédiction à cette date. Demander au port.",
}


class TideHeight(TypedDict):
    """Height of tide at one time."""

    at: str
    height_m: Annotated[float, Field(description="Above chart datum. [m]")]


class TideStation(TypedDict):
    """The tide station a prediction rests on."""

    id: str
    name: str
    position: LonLat
    attribution: str
    licence: str


class TidePort(TypedDict):
    """The port a tide is for."""

    id: str
    unlocode: str | None
    name: Bilingual


# What a keyword of the language would not let stand in a class.
_Span = TypedDict("_Span", {"from": str, "to": str})


class TideStand(_Span):
    """The time for which the tide stands about a high water."""

    within_m: Annotated[float, Field(description="All that time the water is within this of its highest. [m]")]
    peaks: Annotated[list[TideHeight], Field(description="First and second high water, or the one there is.")]


class TideExtreme(TideHeight):
    """High or low water; of several maxima of one tide the highest, or where it stands the middle of the stand."""

    kind: Literal["high", "low"]
    stand: Annotated[TideStand | None, Field(description="Null at low water, and where the tide does not stand.")]


class TideTable(_Span):
    """A table heights were read from."""

    id: str
    sha256: str
    source: str
    surge_included: bool


class TideDocument(_Span):
    """Predicted tide at one port."""

    port: TidePort
    code: Annotated[Literal["TIDE_UNKNOWN"] | None, Field(description="Null where the tide is known.")]
    heights: Annotated[list[TideHeight], Field(description="Every ten minutes.")]
    extremes: list[TideExtreme]
    station: TideStation | None
    basis: Annotated[Literal["station", "secondary"] | None, Field(description="Secondary: derived from the station.")]
    uncertainty_m: Annotated[float | None, Field(description="Holds for about nine heights in ten, surge apart. [m]")]
    uncertainty_min: Annotated[int | None, Field(description="The same for times of high water. [min]")]
    uncertainty_low_min: Annotated[int | None, Field(description="The same for times of low water. [min]")]
    uncertainty_basis: Annotated[
        Literal["measured", "near", "rule"] | None,
        Field(description="Minutes measured against published times of the place, or of one close by; else by a rule."),
    ]
    uncertainty_source: Annotated[str | None, Field(description="What the minutes were measured against.")]
    datum: str
    source: str
    tables: list[TideTable]
    surge_included: Literal[False]
    notice: Bilingual


def tide_document(service: DecisionService, name: str, from_s: float, hours: int = DEFAULT_HOURS) -> TideDocument:
    """Heights every ten minutes, and high and low waters.

    Parameters
    ----------
    service : DecisionService
    name : str
        Port id or UN/LOCODE.
    from_s : float
        Epoch of the first height. [s]
    hours : int
        How long, 1 to `MOST_HOURS`. [h]

    Returns
    -------
    dict
        With ``code`` ``TIDE_UNKNOWN`` and empty lists where there is no basis for a prediction.

    Raises
    ------
    UnknownName
        There is no such port.
    InvalidAsk
        `hours` is out of range.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise InvalidAsk("hours", f"is not between 1 and {MOST_HOURS}.", "Give whole hours.")
    found = service.port(name)
    port = service.world.ports.index(found)
    tables = service.tides
    to_s = from_s + hours * HOUR_S
    rule = tables.ports[port]
    known = rule.station is not None and tables.table(from_s) is not None and tables.table(to_s) is not None
    document: TideDocument = {
        "port": {"id": found.id, "unlocode": found.unlocode, "name": {"en": found.name_en, "fr": found.name_fr}},
        "code": None if known else "TIDE_UNKNOWN",
        "from": format_time(from_s),
        "to": format_time(to_s),
        "heights": [],
        "extremes": [],
        "station": None,
        "basis": None,
        "uncertainty_m": None,
        "uncertainty_min": None,
        "uncertainty_low_min": None,
        "uncertainty_basis": None,
        "uncertainty_source": None,
        "datum": "chart datum",
        "source": tables.stations.source,
        "tables": [],
        "surge_included": False,
        "notice": NOTICE if known else UNKNOWN,
    }
    if known:
        station = next(station for station in tables.stations.stations if station.id == rule.station)
        document |= {
            "heights": _heights(tables, port, from_s, to_s),
            "extremes": _extremes(tables, port, from_s, to_s),
            "station": {
                "id": station.id,
                "name": station.name,
                "position": [station.lon, station.lat],
                "attribution": station.attribution,
                "licence": station.licence,
            },
            "basis": cast(Literal["station", "secondary"] | None, rule.basis),
            "uncertainty_m": rule.height_uncertainty_m,
            "uncertainty_min": round(rule.time_uncertainty_s / MINUTE_S),
            "uncertainty_low_min": round(rule.low_time_uncertainty_s / MINUTE_S),
            "uncertainty_basis": cast(Literal["measured", "near", "rule"] | None, rule.doubt_basis),
            "uncertainty_source": rule.doubt_source,
            "tables": [cast(TideTable, tables.at(at_s)[1]) for at_s in _blocks(from_s, to_s)],
        }
    return document


def _heights(tables: TideTables, port: int, from_s: float, to_s: float) -> list[TideHeight]:
    times = from_s + EVERY_S * np.arange(round((to_s - from_s) / EVERY_S) + 1)
    return [
        {"at": format_time(at_s), "height_m": round(float(height_at(tables.at(at_s)[0], port, at_s)), 2)}
        for at_s in times.tolist()
    ]


def _extremes(tables: TideTables, port: int, from_s: float, to_s: float) -> list[TideExtreme]:
    """High and low waters, each from the block it falls in."""
    found: list[tuple[float, TideExtreme]] = []
    for block_s in _blocks(from_s, to_s):
        table, tides = tables.table(block_s), tables.at(block_s)[0]
        end_s = min(to_s, np.nextafter(block_end_s(block_s), 0.0))
        row = int(tides.station[port])
        if table is None:
            continue
        stand_m = tables.stations.stations[row].stand_m
        kinds: tuple[tuple[Literal["high", "low"], np.ndarray], ...] = (
            ("high", table.high_s[row]), ("low", table.low_s[row]),
        )  # fmt: skip
        for kind, epochs in kinds:
            for at_s in (epochs + tides.time_shift_s[port]).tolist():
                if block_s <= at_s <= end_s:
                    stand = _stand(tides, port, at_s, stand_m) if kind == "high" and stand_m > 0.0 else None
                    height_m = round(float(height_at(tides, port, at_s)), 2)
                    if stand is not None:
                        height_m = max(peak["height_m"] for peak in stand["peaks"])
                    found.append((at_s, {"at": format_time(at_s), "height_m": height_m, "kind": kind, "stand": stand}))
    return [extreme for _, extreme in sorted(found, key=lambda item: item[0])]


def _stand(tides: Tides, port: int, middle_s: float, stand_m: float) -> TideStand:
    """The stand whose middle is a high water, with its highest points."""
    row, shift_s = int(tides.station[port]), float(tides.time_shift_s[port])
    heights = tides.height_m[row]
    middle = round((middle_s - shift_s - tides.start_s) / tides.step_s)
    reach = round(STAND_REACH_S / tides.step_s)
    near = heights[max(0, middle - reach) : middle + reach + 1]
    first, last = stand_around(heights, max(0, middle - reach) + int(np.argmax(near)), tides.step_s, stand_m)
    inner = np.arange(max(1, first), min(len(heights) - 1, last + 1))
    peaks = inner[(heights[inner] >= heights[inner - 1]) & (heights[inner] > heights[inner + 1])]

    def epoch(sample: int) -> float:
        return float(tides.start_s + tides.step_s * sample + shift_s)

    return {
        "from": format_time(epoch(first)),
        "to": format_time(epoch(last)),
        "within_m": round(float(tides.height_factor[port]) * stand_m, 2),
        "peaks": [
            {"at": format_time(epoch(k)), "height_m": round(float(height_at(tides, port, epoch(k))), 2)}
            for k in peaks.tolist()
        ],
    }


def _blocks(from_s: float, to_s: float) -> list[float]:
    """A time in each block from one time to another: the first, then where each later block begins. [s]"""
    starts = [from_s]
    while block_end_s(starts[-1]) <= to_s:
        starts.append(block_end_s(starts[-1]))
    return starts
