"""The way to one port of a decision, as plotters think of it: a name and waypoints with names."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from engine.errors import InvalidAsk

LONGEST_NAME = 10
"""Of a waypoint: what the plotters of the field take. [characters]"""
MOST_WAYPOINTS = 99


class Waypoint(NamedTuple):
    """A named place. [deg]"""

    name: str
    lon: float
    lat: float


class Route(NamedTuple):
    """A route.

    Attributes
    ----------
    name : str
        As people read it.
    id : str
        Short, for sentences.
    waypoints : tuple of Waypoint
        From where the vessel was to the landing.
    """

    name: str
    id: str
    waypoints: tuple[Waypoint, ...]


def candidate_of(document: Mapping[str, Any], port_id: str) -> dict[str, Any]:
    """The candidate of a decision that is this port.

    Raises
    ------
    InvalidAsk
        The decision does not offer it, or no water leads there.
    """
    offered = [document["recommended"]] if document["recommended"] is not None else []
    for candidate in (*offered, *document["candidates"]):
        if candidate["port"]["id"] == port_id:
            if not candidate["legs"]:
                raise InvalidAsk("port_id", "has no way to sail in this decision.", "Choose another port.")
            found: dict[str, Any] = candidate
            return found
    raise InvalidAsk("port_id", "is none of the ports this decision offers.", "Choose one of those listed.")


def route_of(document: Mapping[str, Any], port_id: str) -> Route:
    """Route to a port: from turn to turn, as its legs are listed.

    Raises
    ------
    InvalidAsk
    """
    candidate = candidate_of(document, port_id)
    lon, lat = document["encounter"]["position"]["coordinates"]
    places = [(lon, lat), *((leg["to"][0], leg["to"][1]) for leg in candidate["legs"])]
    if len(places) > MOST_WAYPOINTS:
        raise InvalidAsk("port_id", "has a way of more turns than plotters take.", "Steer by the list of legs.")
    name = str(candidate["port"]["name"]["en"])
    last = plain_name(name)
    waypoints = [
        Waypoint(last if number == len(places) - 1 else f"SP{number:02d}", *place)
        for number, place in enumerate(places)
    ]
    return Route(f"SAFEPORT {name}", "SAFEPORT", tuple(waypoints))


def plain_name(name: str) -> str:
    """A name in the letters and the length that every plotter takes."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return re.sub("[^A-Z0-9]", "", letters)[:LONGEST_NAME] or "PORT"
