"""Numbers of a position that look exchanged, and what is said of it in the form they were given in."""

from typing import Literal

from engine.errors import InvalidAsk, PositionRefused
from engine.model import World
from engine.routes import CHECK_ORDER, LOOKS_EXCHANGED, looks_exchanged

Form = Literal["geojson", "written", "pair"]
"""A GeoJSON point; a text as people write it; a pair in Python."""

_REMEDIES: dict[str, dict[Form, str]] = {
    LOOKS_EXCHANGED: {
        "geojson": "The two numbers look exchanged: GeoJSON writes longitude first, [longitude, latitude].",
        "written": "The two numbers look exchanged: write latitude first.",
        "pair": "The two numbers look exchanged: a pair is (longitude, latitude).",
    },
    CHECK_ORDER: {
        "geojson": "Check that longitude comes first, [longitude, latitude], and that west is negative.",
        "written": "Check that latitude comes first and east and west are right.",
        "pair": "Check that longitude comes first, (longitude, latitude), and that west is negative.",
    },
}


def in_form(refused: PositionRefused, form: Form) -> PositionRefused:
    """A refused position with the remedy for the form in which it was given."""
    remedy = _REMEDIES[refused.remedy][form] if refused.remedy in _REMEDIES else refused.remedy
    told = PositionRefused(refused.code, refused.problem, remedy)
    told.field = refused.field
    return told


def refuse_exchanged(field: str, position: tuple[float, float], world: World) -> None:
    """Refuse a place to count from that lies off the map only because its numbers are exchanged.

    Parameters
    ----------
    field : str
    position : (float, float)
        Longitude and latitude as they were understood. [deg]
    world : World

    Raises
    ------
    InvalidAsk
    """
    if looks_exchanged(world, *position):
        raise InvalidAsk(field, "lies outside the area covered.", LOOKS_EXCHANGED)
