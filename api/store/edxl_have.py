"""Ports as facilities of EDXL-HAVE 2.0, out and in.

HAVE is about hospitals; a port of landing is a facility whose services are places. Written are
``facilityInformation`` (id, name, position), ``facilityColourStatus`` (green open, yellow restricted, red closed), and
a ``serviceListItem`` for each kind of place with ``capacity/{capacityStatus, availableCount, baselineCount}``. Read is
the same, with either spelling of the namespace, since some exporters write it in capitals. What else a document holds
is passed over. HAVE does not tell held places from occupied ones: what is held leaves as not available, and what comes
in as not available is taken as occupied. Taken in by the store that wrote it, a document would so count what is held
twice; a processing instruction says which store that was. HAVE has no word for a report that has run out either: one
that has, or that grew stale, is not written.

References
----------
OASIS, Emergency Data Exchange Language Hospital AVailability Exchange Version 2.0, Committee Specification 02, 2019.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from api.position import InvalidTime, parse_time
from api.store.command_fields import Persons
from api.store.errors import BadExchange
from api.store.ports import Places, ReportCapacity, SetPortStatus, Status
from api.store.validation import Json, checked_text

NAMESPACE = "urn:oasis:names:tc:emergency:edxl:have:2.0"
_CT = "urn:oasis:names:tc:emergency:edxl:ct:1.0"
_GML = "http://www.opengis.net/gml/3.2"

LARGEST_BYTES = 2_000_000
_DEEPEST = 32
_MOST_ELEMENTS = 50_000
_MOST_TEXT = 4_000

_PIECE = 16_384
_LONGEST_TAG = 32_768

_LONGEST_ORIGIN = 100
_ORIGIN = re.compile(r'store="([0-9a-f]{64})"')

_UPDATED = frozenset({"lastupdatetime", "lastupdatedtime", "lastupdated", "reporteddatetime", "datetimereported"})
_PERIOD_ENDS = frozenset({"todatetime", "enddatetime", "end"})

_COLOUR: dict[Status, str] = {"open": "green", "restricted": "yellow", "closed": "red"}
_STATUS = {colour: status for status, colour in _COLOUR.items()}
_SERVICE = {"total": "places", "families": "family places", "medical": "medical places"}


class Facility(NamedTuple):
    """A port as a HAVE document names it.

    Attributes
    ----------
    port_id : str
    name : str
    lon, lat : float
        WGS 84. [deg]
    """

    port_id: str
    name: str
    lon: float
    lat: float


class FacilityReport(NamedTuple):
    """What a document says of one facility; None where it says nothing that can be used.

    Attributes
    ----------
    status : str or None
        ``open``, ``restricted``, ``closed``.
    colour : str
        As the document has it; one that stands for no status, as black and grey, is told by it.
    reported_s : float or None
        When the document says it was so; None where it does not say. [s]
    places, occupied : or None
        None when the document does not give both the baseline and the available count.
    """

    port_id: str
    status: Status | None
    comment: str
    places: Places | None
    occupied: Persons | None
    colour: str = ""
    reported_s: float | None = None

    @property
    def unused_code(self) -> str | None:
        """Why nothing of it is taken, or its colour is not; None where all that it says has a use."""
        if self.colour and self.status is None:
            return "COLOUR_NOT_A_STATUS"
        return None if self.status is not None or self.places is not None else "NOTHING_TO_TAKE"

    def commands(self, reported_s: float | None = None) -> list[SetPortStatus | ReportCapacity]:
        """What to do with it, at the time given, else at that of the document."""
        reported_s = self.reported_s if reported_s is None else reported_s
        made: list[SetPortStatus | ReportCapacity] = []
        if self.status is not None:
            made.append(SetPortStatus(self.port_id, self.status, self.comment or "EDXL-HAVE", reported_s))
        if self.places is not None and self.occupied is not None:
            # HAVE has no landing rate, so a document says nothing against the one that is known.
            made.append(
                ReportCapacity(self.port_id, self.places, self.occupied, reported_s=reported_s, keeps_rate=True)
            )
        return made


def write_have(facilities: Iterable[Facility], ports: Mapping[str, Json], store_id: str = "") -> bytes:
    """A HAVE document.

    Parameters
    ----------
    facilities : iterable of Facility
    ports : mapping of dict
        `Store.port` of each, by id, without what has run out (`standing`); one that is missing goes out without status
        and places.
    store_id : str
        `Store.identity` of the store they are from.
    """
    origin = f'<?safeport store="{_escaped(store_id)}"?>\n' if store_id else ""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'{origin}<have:HAVE xmlns:have="{NAMESPACE}" xmlns:edxl-ct="{_CT}" xmlns:gml="{_GML}">'
    ]
    for facility in facilities:
        parts.append(_facility(facility, ports.get(facility.port_id)))
    parts.append("</have:HAVE>\n")
    return "".join(parts).encode()


def standing(port: Json, now_s: float, stale_after_s: float) -> Json:
    """`Store.port` without what nobody may count on any more: a status past its expiry, a report that grew stale.

    Parameters
    ----------
    port : dict
    now_s : float
        [s]
    stale_after_s : float
        Of the policy. [s]
    """

    def stands(report: Json | None) -> bool:
        if report is None or now_s - parse_time(report["reported_at"]) > stale_after_s:
            return False
        ends = report.get("expires_at")
        return ends is None or parse_time(ends) > now_s

    return {**port, **{part: port[part] if stands(port[part]) else None for part in ("status", "capacity")}}


def origin_of(document: bytes) -> str | None:
    """Identity of the store a document says it was written by; None where it says nothing.

    Raises
    ------
    BadExchange
        As `read_have`.
    """
    found = _ORIGIN.fullmatch(_parsed(document).text)
    return None if found is None else found[1]


def read_have(document: bytes) -> list[FacilityReport]:
    """What a HAVE document says of the facilities in it.

    Parameters
    ----------
    document : bytes
        XML from anybody.

    Raises
    ------
    BadExchange
        It is too large, not well formed, not HAVE 2.0, has a document type or entities, or counts that make no sense.
    """
    root = _parsed(document)
    if root.name != "HAVE" or root.namespace.lower() != NAMESPACE:
        raise BadExchange("document", "is not EDXL-HAVE 2.0.", f"Its root is HAVE in {NAMESPACE}.")
    whole_s = _reported_s(root)
    return [_read_facility(facility, whole_s) for facility in root.all("facility")]


def _facility(facility: Facility, port: Json | None) -> str:
    status = (port or {}).get("status")
    capacity = (port or {}).get("capacity")
    text = (
        "<have:facility><have:facilityInformation>"
        f"<have:facilityID>{_escaped(facility.port_id)}</have:facilityID>"
        f"<have:facilityName>{_escaped(facility.name)}</have:facilityName>"
        "<have:facilityGeoLocation><edxl-ct:EDXLGeoLocation>"
        # gml:pos in EPSG:4326 is latitude first.
        f'<gml:Point gml:id="p-{_escaped(facility.port_id)}" srsName="urn:ogc:def:crs:EPSG::4326">'
        f"<gml:pos>{facility.lat:.6f} {facility.lon:.6f}</gml:pos></gml:Point>"
        "</edxl-ct:EDXLGeoLocation></have:facilityGeoLocation></have:facilityInformation>"
    )
    if status is not None and status["status"] in _COLOUR:
        text += (
            f"<have:facilityColourStatus>{_colour('colourCode', _COLOUR[status['status']])}"
            f"<have:comment>{_escaped(status['reason'])}</have:comment></have:facilityColourStatus>"
        )
    if capacity is not None:
        left = (port or {})["places_left"]
        items = [
            _service(name, capacity["places"][kind], max(0, left[kind]))
            for kind, name in _SERVICE.items()
            if capacity["places"][kind] is not None
        ]
        text += f"<have:serviceList>{''.join(items)}</have:serviceList>"
    reported = [part["reported_at"] for part in (status, capacity) if part is not None]
    if reported:
        # The older of the two: whoever takes it in must not think it newer than it is.
        text += f"<have:lastUpdateTime>{min(reported)}</have:lastUpdateTime>"
    return text + "</have:facility>"


def _service(name: str, baseline: int, available: int) -> str:
    word = "vacantAvailable" if available else "notAvailable"
    return (
        f"<have:serviceListItem><have:serviceName>{name}</have:serviceName><have:serviceStatus><have:colourStatus>"
        f"{_colour('colourCodeDefault', 'green' if available else 'red')}</have:colourStatus></have:serviceStatus>"
        f"<have:capacity><have:capacityStatus>{word}</have:capacityStatus>"
        f"<have:availableCount>{available}</have:availableCount>"
        f"<have:baselineCount>{baseline}</have:baselineCount></have:capacity></have:serviceListItem>"
    )


def _colour(element: str, colour: str) -> str:
    return f"<have:{element}><edxl-ct:Value>{colour}</edxl-ct:Value></have:{element}>"


def _escaped(text: str) -> str:
    return escape(checked_text(text, "text"), quote=True)


class _Element:
    __slots__ = ("children", "name", "namespace", "text")

    def __init__(self, namespace: str, name: str) -> None:
        self.namespace, self.name, self.text = namespace, name, ""
        self.children: list[_Element] = []

    def all(self, name: str) -> "list[_Element]":
        return [child for child in self.children if child.name == name]

    def text_at(self, *path: str) -> str | None:
        """Text at the end of a path of first children; None where it ends early."""
        here = self
        for name in path:
            found = here.all(name)
            if not found:
                return None
            here = found[0]
        return here.text.strip()


def _parsed(document: bytes) -> _Element:
    if len(document) > LARGEST_BYTES:
        raise BadExchange("document", "is too large.", f"At most {LARGEST_BYTES} bytes.")
    parser = expat.ParserCreate(namespace_separator=" ")
    top = _Element("", "")
    open_elements = [top]
    count = 0

    def refuse(*_: object) -> NoReturn:
        # Without declarations there is nothing to expand and nothing to fetch.
        raise BadExchange("document", "declares a document type or entities.", "Send plain XML without them.")

    def start(name: str, attributes: dict[str, str]) -> None:  # noqa: ARG001
        nonlocal count
        count += 1
        if len(open_elements) > _DEEPEST or count > _MOST_ELEMENTS:
            raise BadExchange("document", "is nested too deeply or has too many elements.", "Send fewer facilities.")
        namespace, _, local = name.rpartition(" ")
        element = _Element(namespace, local)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def instruction(target: str, data: str) -> None:
        # Kept as the text of the root, which has none of its own, and only from before it.
        if target == "safeport" and not top.children:
            top.text = data[:_LONGEST_ORIGIN]

    def text(data: str) -> None:
        element = open_elements[-1]
        if len(element.text) + len(data) > _MOST_TEXT:
            raise BadExchange("document", "has a text that is too long.", f"At most {_MOST_TEXT} characters.")
        element.text += data

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.ProcessingInstructionHandler = instruction
    try:
        # Fed in pieces, so that no single tag, with a hundred thousand attributes, is taken in before it is measured.
        for fed in range(0, len(document), _PIECE):
            parser.Parse(document[fed : fed + _PIECE], False)
            if min(fed + _PIECE, len(document)) - parser.CurrentByteIndex > _LONGEST_TAG:
                raise BadExchange("document", "has an element or comment that is too long.",
                                  f"At most {_LONGEST_TAG} bytes each.")  # fmt: skip
        parser.Parse(b"", True)
    except expat.ExpatError as wrong:
        raise BadExchange("document", f"is not XML: line {wrong.lineno}.", "Send a well-formed document.") from None
    except (ValueError, LookupError) as wrong:
        if isinstance(wrong, BadExchange):
            raise
        raise BadExchange("document", "is in an encoding nobody knows.", "Send UTF-8.") from None
    root = top.children[0]
    root.text = top.text
    return root


def _reported_s(*places: _Element) -> float | None:
    """When a part of a document says it was so: the oldest time it states, None where it states none. [s]

    HAVE 1.0 has ``LastUpdateTime`` of a hospital; exporters of 2.0 put the same, or a reporting period, in several
    places. An old document must not count as of now.
    """
    found = []
    for place in places:
        for child in place.children:
            word = child.name.lower()
            if word in _UPDATED:
                found.append(_instant_s(child.text))
            elif word == "reportingperiod":
                found += [_instant_s(end.text) for end in child.children if end.name.lower() in _PERIOD_ENDS]
    return min(found, default=None)


def _instant_s(text: str) -> float:
    try:
        return parse_time(text.strip())
    except InvalidTime as wrong:
        raise BadExchange("lastUpdateTime", wrong.problem, wrong.remedy) from None


def _read_facility(facility: _Element, whole_s: float | None) -> FacilityReport:
    port_id = facility.text_at("facilityInformation", "facilityID")
    if not port_id:
        raise BadExchange("facility", "has no facilityID.", "Give each facility the id of its port.")
    colour = facility.text_at("facilityColourStatus", "colourCode", "Value") or ""
    comment = facility.text_at("facilityColourStatus", "comment") or ""
    counts = {name: _counts(facility, name) for name in _SERVICE.values()}
    total, families, medical = (counts[name] for name in _SERVICE.values())
    places, occupied = None, None
    if total is not None:
        places = Places(total[0], families and families[0], medical and medical[0])
        taken = [0 if count is None else count[0] - count[1] for count in (total, families, medical)]
        # Places of the other kinds are among the total, so those taken are too.
        occupied = Persons(max(taken[0], taken[1] + taken[2]), taken[1], taken[2])
    parts = [part for name in ("facilityInformation", "facilityColourStatus") for part in facility.all(name)]
    own_s = _reported_s(facility, *parts)
    return FacilityReport(
        port_id[:120], _STATUS.get(colour.lower()), comment, places, occupied, colour[:40],
        whole_s if own_s is None else own_s,
    )  # fmt: skip


def _counts(facility: _Element, service: str) -> tuple[int, int] | None:
    """Baseline and available count of a service; None when it is not there or does not say both."""
    for services in facility.all("serviceList"):
        for item in services.all("serviceListItem"):
            if (item.text_at("serviceName") or "").lower() != service:
                continue
            baseline, available = (
                _count(item.text_at("capacity", name)) for name in ("baselineCount", "availableCount")
            )
            if baseline is None or available is None:
                return None
            if available > baseline:
                raise BadExchange("capacity", "has more places available than there are.", "Check the counts.")
            return baseline, available
    return None


def _count(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise BadExchange("capacity", "has a count that is no whole number.", "Send digits only.")
    return int(text)
