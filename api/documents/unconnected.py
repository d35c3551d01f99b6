"""Findings that say, port by port, only that no source is connected: where all ports have them, they are said once."""

from collections.abc import Sequence

from engine.codes import Code

FEED_CODES = (
    Code.NO_STATUS_FEED, Code.NO_CAPACITY_FEED, Code.NO_RECEPTION_FEED, Code.WX_MISSING, Code.TIDE_MISSING,
)  # fmt: skip
"""Notices that a source was never connected."""

WITHOUT_FEEDS = frozenset({*FEED_CODES, Code.CAP_RATE_UNKNOWN, Code.ONWARD_TRANSPORT_UNKNOWN})
"""Findings of every port where no port reports."""

WITHOUT_WEATHER = frozenset({Code.ENTRANCE_SEA_UNKNOWN, Code.WX_UNKNOWN, Code.STREAM_UNKNOWN, Code.VIS_UNKNOWN})
"""Findings of every port where there is no forecast."""

_THINGS: dict[Code, tuple[str, str]] = {
    Code.NO_STATUS_FEED: ("harbour state", "état des ports"),
    Code.NO_CAPACITY_FEED: ("places ashore", "places à terre"),
    Code.NO_RECEPTION_FEED: ("reception", "accueil"),
    Code.WX_MISSING: ("weather", "météo"),
    Code.TIDE_MISSING: ("tide", "marée"),
    Code.SURGE_NOT_INCLUDED: ("surge", "surcote"),
}


NOT_STATED: dict[Code, tuple[str, str]] = {
    Code.FUEL_UNKNOWN: ("fuel", "carburant"),
    Code.EXPOSURE_UNKNOWN: ("time in the open", "durée sans abri"),
    Code.LOAD_LIMIT_UNKNOWN: ("persons she can carry", "personnes admissibles à bord"),
    Code.VESSEL_SIZE_UNKNOWN: ("length or beam", "longueur ou largeur"),
}
"""Findings of every port where nobody has said it of the vessel or her people, and what it is that is not said."""


def not_stated(unsaid: Sequence[Code], language: str) -> str:
    """One sentence on what nobody has said; empty where all of it was."""
    if not unsaid:
        return ""
    things = ", ".join(NOT_STATED[code][language == "fr"] for code in unsaid)
    return f"Non indiqué : {things}." if language == "fr" else f"Not stated: {things}."


def not_connected(absent: Sequence[Code], language: str) -> str:
    """One sentence on the sources that are not connected, by their notices; empty where all are."""
    if not absent:
        return ""
    things = ", ".join(_THINGS[code][language == "fr"] for code in absent)
    if language == "fr":
        return f"Aucune source en direct pour {things} : demander au port et au CROSS/MRCC."
    return f"No feed connected for {things}: ask harbour and MRCC."
