"""Ports by name, place and kind, a page at a time."""

from typing import Annotated, NamedTuple, cast

from pydantic import Field
from typing_extensions import TypedDict

from api.documents.decision import port_document
from api.documents.port import FoundPort
from api.exchanged import refuse_exchanged
from api.suggest import fold
from engine.errors import InvalidAsk
from engine.model import World
from engine.ports import Port
from engine.routes import straight_line_m
from engine.units import NAUTICAL_MILE_M


class FoundPorts(TypedDict):
    """Ports by id, or nearest first."""

    ports: list[FoundPort]
    next_cursor: Annotated[str | None, Field(description="Send it as cursor for the next page; null on the last.")]


class PortQuery(NamedTuple):
    """What is looked for; None is no wish.

    Attributes
    ----------
    name : str
        Part of a name, an id or a UN/LOCODE.
    near : tuple of float
        Longitude and latitude. [deg]
    within_nm : float
        Greatest straight-line distance from `near`. [nm]
    cursor : str
        Id of the last port of the page before.
    """

    name: str | None = None
    near: tuple[float, float] | None = None
    within_nm: float | None = None
    country: str | None = None
    kind: str | None = None
    limit: int | None = None
    cursor: str | None = None


def find_ports(world: World, query: PortQuery) -> FoundPorts:
    """Ports found, with ``straight_line_nm`` where there is a place to count from, and the cursor of the next page.

    Raises
    ------
    InvalidAsk
        The register has no such country, kind or cursor, or a distance is given without a place.
    """
    found = ports_found(world, query)
    page = found[_start(found, query.cursor) :]
    shown = page if query.limit is None else page[: query.limit]
    return {
        "ports": [
            cast(FoundPort, port_document(port) | ({} if query.near is None else {"straight_line_nm": miles}))
            for miles, _, port in shown
        ],
        "next_cursor": shown[-1][1] if len(shown) < len(page) else None,
    }


def ports_found(world: World, query: PortQuery) -> list[tuple[float, str, Port]]:
    """Every port looked for, nearest first, or by id where there is no place to count from; no page, no cursor.

    Returns
    -------
    list of (float, str, Port)
        Straight-line distance, 0 where there is no place to count from, id, and port. [nm]

    Raises
    ------
    InvalidAsk
        As of `find_ports`.
    """
    if query.within_nm is not None and query.near is None:
        raise InvalidAsk("within_nm", "counts from nowhere.", "Give near, too.")
    if query.near is not None:
        refuse_exchanged("near", query.near, world)
    country = None if query.country is None else query.country.upper()
    _check_known("country", country, {port.country for port in world.ports})
    _check_known("kind", query.kind, {str(port.facts["kind"]) for port in world.ports})
    name = None if query.name is None else fold(query.name)
    found: list[tuple[float, str, Port]] = []
    for port in world.ports:
        if (country not in (None, port.country)) or (query.kind not in (None, port.facts["kind"])):
            continue
        # Of what nobody writes in a name, as a sign of another script, nothing is left to compare.
        if name is not None and (not name or not any(name in fold(word) for word in _names(port))):
            continue
        miles = 0.0 if query.near is None else round(straight_line_m(query.near, port.landing) / NAUTICAL_MILE_M, 2)
        if query.within_nm is None or miles <= query.within_nm:
            found.append((miles, port.id, port))
    return sorted(found, key=lambda match: match[:2])


def _names(port: Port) -> tuple[str, ...]:
    return (port.name_en, port.name_fr, port.id, port.unlocode or "")


def _start(found: list[tuple[float, str, Port]], cursor: str | None) -> int:
    """Index of the first port after the cursor."""
    if cursor is None:
        return 0
    for number, (_, name, _) in enumerate(found):
        if name == cursor:
            return number + 1
    raise InvalidAsk("cursor", "is of another search.", "Send the next_cursor of the answer before, and its query.")


def _check_known(field: str, value: str | None, known: set[str]) -> None:
    if value is not None and value not in known:
        raise InvalidAsk(field, "is none of the register's.", f"There are: {', '.join(sorted(known))}.")
