"""The route as files and documents: GPX, RTZ and Signal K.

References
----------
IEC 61174:2015, annex S: route plan exchange format RTZ 1.0.
Signal K specification 2.x, resources API (routes) and course API.
"""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from api.documents.tracks import gpx_of, limits_of_use
from api.terminal.plotter.route import Route, candidate_of

RTZ_NAMESPACE = "http://www.cirm.org/RTZ/1/0"


def gpx_file(document: Mapping[str, Any], port_id: str, lang: str) -> str:
    """GPX 1.1 of the route to one port.

    Raises
    ------
    InvalidAsk
    """
    return gpx_of({**document, "recommended": candidate_of(document, port_id)}, lang)


def rtz_file(route: Route) -> str:
    """RTZ 1.0: the route's name, and waypoints with great-circle legs, as the route was computed."""
    ElementTree.register_namespace("", RTZ_NAMESPACE)

    def element(parent: ElementTree.Element | None, kind: str, /, **attributes: str) -> ElementTree.Element:
        tag = f"{{{RTZ_NAMESPACE}}}{kind}"
        if parent is None:
            return ElementTree.Element(tag, attributes)
        return ElementTree.SubElement(parent, tag, attributes)

    root = element(None, "route", version="1.0")
    element(root, "routeInfo", routeName=route.name, routeAuthor="safeport", routeStatus=limits_of_use("en"))
    waypoints = element(root, "waypoints")
    for number, waypoint in enumerate(route.waypoints, 1):
        point = element(waypoints, "waypoint", id=str(number), revision="0", name=waypoint.name)
        element(point, "position", lat=f"{waypoint.lat:.6f}", lon=f"{waypoint.lon:.6f}")
        if number > 1:
            # A leg stands with the waypoint at its end.
            element(point, "leg", geometryType="Orthodrome")
    ElementTree.indent(root)
    return ElementTree.tostring(root, "unicode", xml_declaration=True) + "\n"


def signalk_route(route: Route) -> dict[str, Any]:
    """A route of the resources API."""
    places = [[waypoint.lon, waypoint.lat] for waypoint in route.waypoints]
    names = [{"name": waypoint.name} for waypoint in route.waypoints]
    return {
        "name": route.name,
        "description": limits_of_use("en"),
        "feature": {
            "type": "Feature", "geometry": {"type": "LineString", "coordinates": places},
            "properties": {"coordinatesMeta": names},
        },
    }  # fmt: skip


def signalk_course(route_id: str) -> dict[str, Any]:
    """What activates a route of the resources API in the course API."""
    return {"href": f"/resources/routes/{route_id}", "pointIndex": 1, "reverse": False, "arrivalCircle": 150}
