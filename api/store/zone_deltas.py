"""Exclusion zones in force and to come, as the parts that a terminal is told of."""

import hashlib

from api.store.deltas import Parts
from api.store.validation import Json, canonical

MOST_CORNERS = 50
"""Of one part: some 1.1 kB, so that each fits into a piece."""


def parts_of(zones: list[Json]) -> Parts:
    """Zones of a snapshot, oldest first; an outline of many corners in several parts."""
    parts: Parts = {}
    for place, zone in enumerate(zones):
        for chunk, start in enumerate(range(0, len(zone["outline"]), MOST_CORNERS)):
            part: Json = {"corners": zone["outline"][start : start + MOST_CORNERS]}
            if chunk == 0:
                part |= {"place": place, **{name: zone[name] for name in _TOLD}}
            parts[f"{zone['zone_id']}/{chunk:02d}"] = part
    return parts


def zones_of(parts: Parts) -> list[Json]:
    """The zones of a snapshot, put together again."""
    zones: dict[str, Json] = {}
    for name in sorted(parts):
        zone_id, part = name.rpartition("/")[0], parts[name]
        zone = zones.setdefault(zone_id, {"zone_id": zone_id, "outline": []})
        zone["outline"] = [*zone["outline"], *part["corners"]]
        zone |= {key: value for key, value in part.items() if key != "corners"}
    ordered = sorted(zones.values(), key=lambda zone: int(zone["place"]))
    return [{key: value for key, value in zone.items() if key != "place"} for zone in ordered]


def version_of(parts: Parts) -> str:
    """Equal zones have equal versions."""
    return hashlib.sha256(canonical(parts)).hexdigest()[:20]


_TOLD = ("name", "from_ms", "to_ms", "version")
