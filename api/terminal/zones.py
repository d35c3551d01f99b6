"""Exclusion zones aboard: as the control room told them last, and which of them routes keep out of already.

For a new set of zones the water is triangulated anew and the trees of own ship's depth class are grown, which takes
seconds. Meanwhile NEAREST is answered with the set worked in last, and says which zones it does not know of.
"""

import hashlib
from typing import NamedTuple

from api.decision_service import DecisionService, known_policy
from api.documents.bilingual import Bilingual
from api.encounter import VesselIn
from api.position import format_time
from api.store.deltas import Parts
from api.store.port_deltas import snapshot_of
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import Json, canonical
from api.store.zone_deltas import zones_of
from api.terminal.clock import Reading
from api.terminal.messages import SENTENCES, sentence, span
from api.terminal.warmup import own_depth_class
from geodata.policies import DEFAULT_POLICY
from geodata.zoned_worlds import outlines_of

AHEAD_S = 60.0
"""How long before its time a zone is worked in. [s]"""


class ZonesView(NamedTuple):
    """Zones as they stand for an answer.

    Attributes
    ----------
    told_s : float or None
        When the control room last told of zones, UTC; None where it never did, and they are not known. [s]
    avoided : tuple of dict
        Those that routes keep out of.
    pending : tuple of dict
        Those in force that routes do not keep out of yet.
    """

    told_s: float | None = None
    avoided: tuple[Json, ...] = ()
    pending: tuple[Json, ...] = ()


class ZonesAboard:
    """What is known of zones, and what was made of it.

    Attributes
    ----------
    zones : tuple of dict
        In force and to come, as `PortsSnapshot` has them.
    told_s : float or None
        When the control room last told them, UTC; None where it never did. [s]
    """

    def __init__(self) -> None:
        self.zones: tuple[Json, ...] = ()
        self.told_s: float | None = None
        self._picture = _picture_of(None, ())
        self._worked_in: tuple[Json, ...] = ()

    def hear(self, parts: Parts, told_s: float) -> None:
        """Take over what the control room told. [s]"""
        self.zones, self.told_s = tuple(zones_of(parts)), told_s
        self._picture = _picture_of(None, self.zones)

    def view(self, service: DecisionService | None, own: VesselIn, at_s: float) -> ZonesView:
        """What an answer may go by, without waiting for anything.

        Parameters
        ----------
        service : DecisionService or None
            None while the pack is not open.
        own : VesselIn
            Own ship.
        at_s : float
            [s]
        """
        in_force = tuple(self._picture.zones_in_force(at_s))
        if service is None or not in_force:
            return ZonesView(self.told_s, (), in_force)
        # Also where one of the set has ended since: its successor is there in seconds, and a detour does no harm.
        for zones in (in_force, self._worked_in):
            if zones and _is_ready(service, own, zones):
                return ZonesView(self.told_s, zones, tuple(zone for zone in in_force if zone not in zones))
        return ZonesView(self.told_s, (), in_force)

    def is_worked_in(self, service: DecisionService, own: VesselIn, at_s: float) -> bool:
        """Whether routes can keep out of all zones in force at a time. [s]"""
        return _is_ready(service, own, tuple(self._picture.zones_in_force(at_s)))

    def work_in(self, service: DecisionService, own: VesselIn, at_s: float) -> None:
        """Make what answers need to keep out of the zones in force at a time; takes seconds. [s]"""
        zones = tuple(self._picture.zones_in_force(at_s))
        zoned = service.avoiding(self._picture, at_s)
        own_depth_class(zoned, own)
        self._worked_in = zones

    def documents(self, view: ZonesView, at_s: float) -> list[Json]:
        """Each zone for the page, those in force first."""
        avoided, in_force = (
            [zone["zone_id"] for zone in zones] for zones in (view.avoided, view.avoided + view.pending)
        )
        listed = [
            {
                "zone_id": zone["zone_id"], "name": zone["name"], "corners": zone["outline"],
                "from_at": _time(zone["from_ms"]), "to_at": _time(zone["to_ms"]),
                "in_force": zone["zone_id"] in in_force, "is_avoided": zone["zone_id"] in avoided,
            }
            for zone in self.zones if zone["to_ms"] is None or zone["to_ms"] > at_s * 1000.0
        ]  # fmt: skip
        return sorted(listed, key=lambda zone: not zone["in_force"])


def picture_with(ports: PortsSnapshot | None, view: ZonesView) -> PortsSnapshot | None:
    """What ports report with the zones that routes keep out of.

    They are in force whenever it is looked at: another set would have to be worked in first.
    """
    timeless = tuple({**zone, "from_ms": None, "to_ms": None} for zone in view.avoided)
    return _picture_of(ports, timeless) if timeless else ports


def zones_document(view: ZonesView, reading: Reading) -> Json:
    """What an answer knew of zones, and in words what it did not."""
    return {
        "known": view.told_s is not None,
        "at": None if view.told_s is None else format_time(view.told_s),
        "avoided": [zone["name"] for zone in view.avoided],
        "avoided_version": zones_version(list(view.avoided)),
        "pending": [zone["name"] for zone in view.pending],
        "text": _text(view, reading.utc_s),
    }


def zones_version(zones: list[Json]) -> str:
    """Equal zones have equal versions."""
    return hashlib.sha256(canonical(zones)).hexdigest()[:20]


def _text(view: ZonesView, now_s: float) -> Bilingual | None:
    if view.told_s is None:
        return sentence("zones_unknown")
    if view.pending:
        return SENTENCES["zones_pending"].fill(names=", ".join(zone["name"] for zone in view.pending)).both()
    # They are told with what ports report, and are as old as that may be.
    if now_s - view.told_s > known_policy(DEFAULT_POLICY).limits.status_stale_after_s:
        return sentence("zones_old", age=span(now_s - view.told_s))
    return None


def _is_ready(service: DecisionService, own: VesselIn, zones: tuple[Json, ...]) -> bool:
    depth_m = own_depth_class(service, own).needed_depth_m
    return service.zoned.is_ready(service.world, outlines_of(zones), depth_m)


def _picture_of(ports: PortsSnapshot | None, zones: tuple[Json, ...]) -> PortsSnapshot:
    content = (ports or snapshot_of({})).content
    return PortsSnapshot(canonical({**content, "exclusion_zones": list(zones)}))


def _time(at_ms: int | None) -> str | None:
    return None if at_ms is None else format_time(at_ms / 1000.0)
