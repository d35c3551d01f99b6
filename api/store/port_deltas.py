"""What ports report, as the parts that a terminal is told of.

A vessel is told what a decision of hers looks at, and nothing of whose the places of others are: those are one number a
port.
"""

from api.store.deltas import Parts
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import Json, canonical

_PARTS = ("status", "capacity", "reception")


def ports_of(snapshot: PortsSnapshot) -> Parts:
    """What ports report, by port, with the places that others hold there as one number."""
    content = snapshot.content
    ports: Parts = {}
    for part in _PARTS:
        for port_id, report in content[part].items():
            ports.setdefault(port_id, {})[part] = report
    for kept in content["reserved"]:
        if not kept.get("own"):
            port = ports.setdefault(kept["port_id"], {})
            port["held"] = port.get("held", 0) + kept["persons"]
    return ports


def snapshot_of(ports: Parts) -> PortsSnapshot:
    """The picture a decision looks at, put together again."""
    content: Json = {part: {name: report[part] for name, report in ports.items() if part in report} for part in _PARTS}
    content["reserved"] = [
        {"port_id": name, "encounter_id": None, "persons": report["held"], "vessel": "", "maker": None}
        for name, report in sorted(ports.items()) if report.get("held")
    ]  # fmt: skip
    return PortsSnapshot(canonical(content))


def version_of(ports: Parts) -> str:
    """Equal reports have equal versions."""
    return snapshot_of(ports).version
