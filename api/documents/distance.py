"""Water distance between two places, each a position or a port: the same answer from every interface."""

from math import isfinite
from typing import Annotated, NamedTuple

from pydantic import Field
from typing_extensions import TypedDict

from api.decision_service import DecisionService, known_policy
from api.documents.decision import line_string
from api.documents.geometry import LineString
from api.position import MAX_ECHO_CHARS, InvalidPosition, parse_position
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.kernels.reach import DepthClass
from engine.model import World
from engine.routes import Passage, depth_class_for, passage_between, reach_from, straight_line_m, track_to_port
from engine.rules.depth_and_tide import depth_needed
from engine.units import NAUTICAL_MILE_M
from geodata.policies import DEFAULT_POLICY

GREATEST_DRAUGHT_M = 30.0


class DistanceDocument(TypedDict):
    """Distance between two places."""

    distance_nm: Annotated[float | None, Field(description="Over water; null where water does not lead there. [nm]")]
    straight_line_nm: Annotated[float, Field(description="Geodesic, over land if need be. [nm]")]
    between_landings_nm: Annotated[float | None, Field(description="For two ports, from landing to landing. [nm]")]
    route: Annotated[LineString | None, Field(description="Null where there is no way, or nothing to sail.")]


class _End(NamedTuple):
    """One end of a passage.

    Attributes
    ----------
    at : tuple of float
        Where it counts from, longitude and latitude: the landing point of a port, or the position itself. [deg]
    afloat : tuple of float
        Where the passage over the mesh starts: the approach point of a port. [deg]
    leg_m : float
        Length of the harbour leg between the two. [m]
    port : int or None
        Number of the port, None for a position.
    """

    at: tuple[float, float]
    afloat: tuple[float, float]
    leg_m: float = 0.0
    port: int | None = None


def distance_document(
    service: DecisionService, start_text: str, end_text: str, draught_m: float | None = None
) -> DistanceDocument:
    """Distance over water and in a straight line between two places.

    Parameters
    ----------
    service : DecisionService
    start_text, end_text : str
        Each a port id or UN/LOCODE, or a position as people type it, latitude first. From a position to a port, or
        back, the way runs to the landing, as in a decision. Between two ports it runs from entrance to entrance, as in
        published tables, with the distance from landing to landing beside it.
    draught_m : float, optional
        Keeps the route off banks this vessel cannot cross with the default policy's margin; without it the route may
        use all water the shallowest depth class uses. [m]

    Raises
    ------
    InvalidAsk
        A text is no position, or the draught is out of range. `field` is ``from``, ``to`` or ``draught_m``.
    UnknownName
        A text is neither a port nor anything like a position. `field` as above.
    PositionRefused
        An end is outside the area, on land or enclosed. `field` as above.
    """
    depth_class = depth_class_of(service.world, draught_m)
    start, end = _end(service, "from", start_text), _end(service, "to", end_text)
    if start.port is None and end.port is None:
        return _document(_passage(service.world, depth_class, start, end), start.at, end.at)
    if start.port is None and end.port is not None:
        return _document(_to_port(service.world, depth_class, start.at, end.port, "from"), start.at, end.at)
    if end.port is None and start.port is not None:
        there = _to_port(service.world, depth_class, end.at, start.port, "to")
        return _document(Passage(there.length_m, there.track[::-1]), start.at, end.at)
    passage = _passage(service.world, depth_class, start, end)
    document = _document(passage, start.afloat, end.afloat)
    if start.port == end.port:
        document["between_landings_nm"] = 0.0
    elif document["distance_nm"] is not None:
        document["between_landings_nm"] = round((start.leg_m + passage.length_m + end.leg_m) / NAUTICAL_MILE_M, 2)
    return document


def _document(passage: Passage, start: tuple[float, float], end: tuple[float, float]) -> DistanceDocument:
    """Lengths in miles and the track as GeoJSON."""
    found = isfinite(passage.length_m)
    return {
        "distance_nm": round(passage.length_m / NAUTICAL_MILE_M, 2) if found else None,
        "straight_line_nm": round(straight_line_m(start, end) / NAUTICAL_MILE_M, 2),
        "between_landings_nm": None,
        "route": line_string(passage.track) if found and start != end else None,
    }


def _to_port(world: World, depth_class: DepthClass, position: tuple[float, float], port: int, field: str) -> Passage:
    """Passage from a position to the landing of a port, as a decision measures it."""
    try:
        reach = reach_from(world, depth_class, *position)
    except PositionRefused as refused:
        raise _named(refused, field) from None
    harbour_m = float(reach.harbour_m[port])
    length_m = float(reach.distance_m[port]) + (harbour_m if isfinite(harbour_m) else 0.0)
    return Passage(length_m, track_to_port(world, depth_class, reach, port))


def depth_class_of(world: World, draught_m: float | None) -> DepthClass:
    """The water a draught is kept to, with the default policy's margin; all there is where no draught is given.

    Raises
    ------
    InvalidAsk
        The draught is out of range. [m]
    """
    if draught_m is None:
        return world.depth_classes[0].tables
    if not 0.0 <= draught_m <= GREATEST_DRAUGHT_M:
        raise InvalidAsk("draught_m", f"is not between 0 and {GREATEST_DRAUGHT_M:g}.", "Give the draught in metres.")
    limits = known_policy(DEFAULT_POLICY).limits
    return depth_class_for(world, depth_needed(draught_m, limits.keel_margin_m, limits.keel_margin_share, 0.0))


def _end(service: DecisionService, field: str, text: str) -> _End:
    """Place a text names; the name of a port comes first, as none looks like a position."""
    try:
        port = service.port(text)
    except UnknownName as unknown:
        position = _position(field, text, unknown.remedy)
        return _End(position, position)
    number = service.world.ports.index(port)
    leg_m = float(service.world.columns.harbour_leg_m[number])
    return _End(port.landing, port.approach, leg_m if isfinite(leg_m) else 0.0, number)


def _position(field: str, text: str, remedy: str) -> tuple[float, float]:
    try:
        return parse_position(text)
    except InvalidPosition as wrong:
        # Every position has digits and hardly a port does: say what was probably meant.
        if text.strip() and not any(c.isdigit() for c in text):
            raise UnknownName(
                field, f"there is no port {text.strip()[:MAX_ECHO_CHARS]!r}.",
                f"{remedy} Or give a position such as 51 07.3N 001 20.8E.",
            ) from None  # fmt: skip
        raise InvalidAsk(field, wrong.problem, wrong.remedy) from None


def _passage(world: World, depth_class: DepthClass, start: _End, end: _End) -> Passage:
    try:
        return passage_between(world, depth_class, start.afloat, end.afloat)
    except PositionRefused:
        for field, place in (("from", start), ("to", end)):
            _check_end(world, depth_class, field, place)
        raise


def _check_end(world: World, depth_class: DepthClass, field: str, end: _End) -> None:
    """Refuse an end by the name the caller knows it by."""
    try:
        reach_from(world, depth_class, *end.afloat)
    except PositionRefused as refused:
        raise _named(refused, field) from None


def _named(refused: PositionRefused, field: str) -> PositionRefused:
    named = PositionRefused(refused.code, refused.problem, refused.remedy)
    named.field = field
    named.args = (f"{field}: {refused.problem} {refused.remedy}",)
    return named
