"""What ports report, in small pieces for a thin link: only what changed since a version, no piece larger than 2 kB.

A vessel is told what a decision of hers looks at, and nothing of whose the places of others are: those are one number a
port.
"""

from collections import OrderedDict
from typing import NamedTuple

from api.store.port_snapshot import PortsSnapshot
from api.store.validation import Json, canonical

MOST_BYTES = 2_000
"""Of one piece, as JSON. [bytes]"""
MOST_VERSIONS = 128
"""Versions a service remembers to tell what changed since."""
_PARTS = ("status", "capacity", "reception")

Ports = dict[str, Json]


class Piece(NamedTuple):
    """Some of what changed.

    Attributes
    ----------
    version : str
        Of what it leads to, once all pieces are in.
    base : str
        Version it goes on from; empty where it tells everything.
    ports : dict
        What each port reports now; None for one that reports no more.
    next : str
        Port after which the next piece begins; empty in the last one.
    """

    version: str
    base: str
    ports: dict[str, Json | None]
    next: str


def ports_of(snapshot: PortsSnapshot) -> Ports:
    """What ports report, by port, with the places that others hold there as one number."""
    content = snapshot.content
    ports: Ports = {}
    for part in _PARTS:
        for port_id, report in content[part].items():
            ports.setdefault(port_id, {})[part] = report
    for kept in content["reserved"]:
        if not kept.get("own"):
            port = ports.setdefault(kept["port_id"], {})
            port["held"] = port.get("held", 0) + kept["persons"]
    return ports


def snapshot_of(ports: Ports) -> PortsSnapshot:
    """The picture a decision looks at, put together again."""
    content: Json = {part: {name: report[part] for name, report in ports.items() if part in report} for part in _PARTS}
    content["reserved"] = [
        {"port_id": name, "encounter_id": None, "persons": report["held"], "vessel": "", "maker": None}
        for name, report in sorted(ports.items()) if report.get("held")
    ]  # fmt: skip
    return PortsSnapshot(canonical(content))


def version_of(ports: Ports) -> str:
    """Equal reports have equal versions."""
    return snapshot_of(ports).version


def piece_of(old: Ports | None, base: str, new: Ports, after: str) -> Piece:
    """The piece of a change that begins after a port.

    Parameters
    ----------
    old : dict or None
        What is known already; None for nothing.
    base : str
        Its version.
    new : dict
    after : str
        Last port of the piece before; empty for the first.
    """
    before = old or {}
    names = sorted(name for name in new.keys() | before.keys() if new.get(name) != before.get(name) and name > after)
    told: dict[str, Json | None] = {}
    version, room = version_of(new), MOST_BYTES - 200
    for name in names:
        room -= len(canonical({name: new.get(name)}))
        if room < 0 and told:
            return Piece(version, base, told, next(reversed(told)))
        told[name] = new.get(name)
    return Piece(version, base, told, "")


def apply_piece(ports: Ports, piece: Piece) -> Ports:
    """What is known after a piece."""
    changed = {**ports, **piece.ports}
    return {name: report for name, report in changed.items() if report is not None}


class Versions:
    """The versions a service told lately, so that it can tell what changed since one of them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Ports] = OrderedDict()

    def piece(self, new: Ports, since: str, after: str) -> Piece:
        """What changed since a version; everything since one that is not remembered."""
        version = version_of(new)
        self._known[version] = new
        self._known.move_to_end(version)
        while len(self._known) > MOST_VERSIONS:
            self._known.popitem(last=False)
        old = self._known.get(since)
        return piece_of(old, since if old is not None else "", new, after)
