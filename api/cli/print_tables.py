"""Ports, passages and packs as text."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from api.cli.console import columns, wrap
from api.cli.messages import WORDS, word
from api.documents.decision import port_document
from api.position import format_position
from api.text.finding_sentences import first_channel
from api.text.locale import localize_number
from engine.ports import Port

UNKNOWN = "?"


def ports_text(listed: list[tuple[Port, float | None]], language: str) -> str:
    """Table of ports: id, name, kind, depth, gate, VHF, and miles where there is a position to count from.

    Parameters
    ----------
    listed : list of (Port, float or None)
        Each with its straight-line distance. [nm]
    language : str
        ``en`` or ``fr``.
    """
    if not listed:
        return word("register_none", language)
    near = any(miles is not None for _, miles in listed)
    header = [word(f"port_{name}", language) for name in ("id", "name", "kind", "depth", "gate")] + ["VHF"]
    if near:
        header.insert(0, word("port_miles", language))
    rows = [header, *(_row(port, miles, language) for port, miles in listed)]
    lines = columns(rows, give=2 if near else 1, right=frozenset({0, 4}) if near else frozenset({3}))
    notes = word("register", language, count=len(listed)) + (f" {word('straight', language)}" if near else "")
    return "\n".join([*lines, "", *wrap(notes)])


def _row(port: Port, miles: float | None, language: str) -> list[str]:
    name = port.name_fr if language == "fr" else port.name_en
    known = [port.facts[name] for name in ("approach_depth_m", "small_depth_m")]
    depths = [float(str(depth)) for depth in known if depth is not None]
    cells = [
        port.id,
        name,
        _coded(f"kind_{port.facts.get('kind')}", language),
        decimal(min(depths), language) if depths else UNKNOWN,
        _coded(f"gate_{port.facts.get('gate_kind')}", language),
        first_channel(port.vhf, UNKNOWN),
    ]
    return cells if miles is None else [decimal(miles, language), *cells]


def _coded(key: str, language: str) -> str:
    return word(key, language) if key in WORDS else UNKNOWN


def port_text(port: Port, language: str) -> str:
    """Every fact of one port, a line each, with its grade and source; the register's own names, to be found in it."""
    own = f", {word('own_file', language)}"
    document = port_document(port)
    facts: dict[str, object] = document["facts"]  # type: ignore[assignment]
    head = {
        "id": port.id,
        "unlocode": port.unlocode,
        "name_en": port.name_en,
        "name_fr": port.name_fr,
        "country": port.country,
        "vhf": port.vhf,
        "landing_point": format_position(*port.landing),
        "approach_point": format_position(*port.approach),
    }
    lines: list[str] = []
    for name, value in {**head, **dict(sorted(facts.items()))}.items():
        text = UNKNOWN if value is None or value == "" else str(value)
        known = port.evidence.get(name)
        if known is not None:
            grade = word(f"grade_{known.grade.name.lower()}", language)
            text += f" [{grade}: {known.source}{own if known.overlaid else ''}]"
        lines += wrap(text, f"{name:<22} ")
    return "\n".join(lines)


def distance_text(document: Mapping[str, Any], language: str) -> str:
    """A passage: miles by water to where people land, and straight, and the positions it goes by."""
    straight = decimal(float(str(document["straight_line_nm"])), language)
    if document["distance_nm"] is None:
        return "\n".join(wrap(word("no_way", language, straight=straight)))
    miles = decimal(float(str(document["distance_nm"])), language)
    landings = document["between_landings_nm"]
    if landings is None:
        lines = wrap(word("distance", language, miles=miles, straight=straight))
    else:
        lines = wrap(word("between_landings", language, miles=decimal(float(str(landings)), language)))
        lines += wrap(word("between_entrances", language, miles=miles, straight=straight))
    lines += wrap(word("not_for_navigation", language))
    route: dict[str, list[list[float]]] | None = document["route"]
    if route is not None:
        lines.append(word("by_way_of", language))
        # Turns closer together than a tenth of a minute are one position.
        lines += dict.fromkeys(f"  {format_position(lon, lat)}" for lon, lat in route["coordinates"])
    return "\n".join(lines)


def pack_lines(manifest: dict[str, object]) -> list[str]:
    """A pack's identity and the source, licence and edition of each layer."""
    lines = [f"pack {manifest['id']}, built {manifest['built_at']}", f"     sha256 {manifest['sha256']}"]
    layers: dict[str, dict[str, object]] = manifest["layers"]  # type: ignore[assignment]
    for name, entry in sorted(layers.items()):
        digest = str(entry["sha256"])[:16]
        facts = f"{entry['bytes']} bytes, sha256 {digest}, {entry['licence']}, edition {entry['edition']}"
        lines += wrap(facts, f"     {name:<8} ") + wrap(str(entry["source"]), " " * 14)
    return lines


def decimal(value: float, language: str) -> str:
    """A number with one decimal, a comma in French."""
    return localize_number(f"{value:.1f}", language) if isfinite(value) else UNKNOWN
