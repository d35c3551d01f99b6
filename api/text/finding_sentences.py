"""What was found of a port as sentences, in English and French; made only when somebody reads them.

Numbers are never more precise than the data: tenths of a mile, whole minutes and degrees. French texts get a decimal
comma and ``M`` for the nautical mile; JSON keeps points.
"""

from collections.abc import Callable
from functools import lru_cache
from math import isnan
from typing import NamedTuple

import numpy as np

from api.text.catalogue import Text, load_groups
from api.text.contractions import spoken_with_names
from api.text.messages import FIELDS, WORDING
from api.text.quantities import COUNT, METRES, MILES, format_quantity, unit_of
from engine.codes import Code, Grade, Rule, Verdict
from engine.decide import cut_off_by_zones
from engine.model import Decision
from engine.ports import Port

CODE = {int(code): code for code in Code}
RULES = tuple(Rule)
_CLAUSE = load_groups("sentences")["clause"]

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_FAIL = int(Verdict.FAIL)
_UNKNOWN = int(Verdict.UNKNOWN)


def both_languages(make: Callable[[str], str]) -> Text:
    """What a function makes in each language."""
    return Text(make("en"), make("fr"))


def port_name(decision: Decision, port: int, language: str) -> str:
    """Name of a port in capitals."""
    named = decision.world.ports[port]
    return (named.name_fr if language == "fr" else named.name_en).upper()


def zones_on_route(decision: Decision, port: int, bits: int, language: str) -> list[str]:
    """Names of the zones of a kind that a route touches."""
    mask = int(decision.touched[port]) & bits
    return [Text(*pair).of(language) for number, pair in enumerate(decision.world.zone_names) if mask >> number & 1]


def finding_text(decision: Decision, port: int, rule: Rule) -> Text:
    """What a rule found on a port."""
    found = Finding.of(decision, port, rule)
    return both_languages(lambda language: finding_sentence(decision, port, found, language))


class Finding(NamedTuple):
    """Codes and figures of what a rule found on a port; NaN where it has no figure."""

    rule: Rule
    code: Code
    weight: int
    verdict: int
    measured: float
    limit: float

    @classmethod
    def of(cls, decision: Decision, port: int, rule: Rule) -> "Finding":
        """What one rule found."""
        place = (port, rule)
        return cls(
            rule, CODE[int(decision.code[place])], int(decision.weight[place]), int(decision.verdict[place]),
            float(decision.measured[place]), float(decision.limit[place]),
        )  # fmt: skip


def findings_of(decision: Decision, port: int) -> list[Finding]:
    """What every rule found on a port."""
    # One look at each row: reading numpy scalars one by one would take half the time of a document.
    rows = zip(
        RULES, decision.code[port].tolist(), decision.weight[port].tolist(), decision.verdict[port].tolist(),
        decision.measured[port].tolist(), decision.limit[port].tolist(), strict=True,
    )  # fmt: skip
    return [Finding(rule, CODE[code], *figures) for rule, code, *figures in rows]


def findings_against(
    decision: Decision, ports: list[int], known: frozenset[Code]
) -> tuple[frozenset[Code], list[list[Finding]]]:
    """What speaks against each of some ports, or is not known: no plain passes.

    Parameters
    ----------
    decision : Decision
    ports : list of int
    known : frozenset of Code
        Codes that are not repeated for each port where all of these ports have them.

    Returns
    -------
    tuple
        Those codes, and the other findings of each port.
    """
    verdict = decision.verdict[ports]
    rows = np.where((verdict == _FAIL) | (verdict == _UNKNOWN), decision.code[ports], -1).tolist()
    shared = frozenset(CODE[code] for code in known.intersection(*rows)) if ports else frozenset()
    found = [
        [
            Finding(
                RULES[rule], CODE[code], decision.weight.item(port, rule), decision.verdict.item(port, rule),
                decision.measured.item(port, rule), decision.limit.item(port, rule),
            )
            for rule, code in enumerate(row) if code >= 0 and code not in shared
        ]
        for port, row in zip(ports, rows, strict=True)
    ]  # fmt: skip
    return shared, found


def finding_sentence(decision: Decision, port: int, found: Finding, language: str, name: str | None = None) -> str:
    """What a rule found on a port, in one language.

    Parameters
    ----------
    decision : Decision
    port : int
    found : Finding
    language : {"en", "fr"}
    name : str, optional
        What to call the port; its name in capitals if left out.
    """
    rule, code, _, _, measured, limit = found
    if code == Code.ROUTE_NONE and decision.world.avoided:
        return no_route_sentence(decision, port, language, name)
    named = decision.world.ports[port]
    name = name or (named.name_fr if language == "fr" else named.name_en).upper()
    vhf = first_channel(named.vhf, "16")
    if code in WITHOUT_FIGURES:
        return plain_sentence(code, name, vhf, language)
    unit = unit_of(rule, code)
    uses = FIELDS_USED[code]
    fields = {"port": name, "vhf": vhf}
    if "measured" in uses:
        # Places ashore read "12 free for 60 persons".
        fields["measured"] = format_quantity(measured, COUNT if rule == Rule.R_CAP_01 else unit, language)
    if "limit" in uses:
        fields["limit"] = format_quantity(limit, unit, language)
    if "count" in uses:
        fields["count"] = "" if isnan(measured) else f"{measured:.0f}"
    if "detail" in uses:
        fields["detail"] = _finding_detail(decision, port, rule, code, limit, language)
    return spoken_with_names(template_of(code, language).format_map(fields), language)


def cut_off_sentence(decision: Decision, port: int, language: str, name: str | None = None) -> str | None:
    """Which zone keeps a port from being nearer; None of a port that none does."""
    cut_off = cut_off_by_zones(decision).get(port)
    if cut_off is None:
        return None
    distance_m, zones = cut_off
    text = _CLAUSE["cut_off_by" if len(zones) == 1 else "cut_off_by_several"].of(language).format(
        zones=", ".join(zones), port=name or port_name(decision, port, language),
        miles=format_quantity(distance_m, MILES, language),
    )  # fmt: skip
    return spoken_with_names(text, language)


def no_route_sentence(decision: Decision, port: int, language: str, name: str | None = None) -> str:
    """That no route was found that keeps out of the zones, or which of them is in the way where that is known."""
    cut_off = cut_off_sentence(decision, port, language, name)
    if cut_off is not None:
        return cut_off
    text = _CLAUSE["no_route_past"].of(language).format(
        zones=", ".join(zone.name for zone in decision.world.avoided),
        port=name or port_name(decision, port, language),
    )  # fmt: skip
    return spoken_with_names(text, language)


def _finding_detail(decision: Decision, port: int, rule: Rule, code: Code, limit: float, language: str) -> str:
    if code == Code.GATE_HOURS_DOUBTFUL:
        # The nearer edge is the one before high water, or the one after it.
        return _CLAUSE["closes_near" if limit > 0.0 else "opens_late"].of(language)
    if code == Code.DEPTH_INFERRED:
        return _inference(decision, port, language)
    if rule == Rule.R_MED_02:
        return _hospital(decision.world.ports[port], language)
    bits = {Rule.R_RTE_04: decision.world.lane_bits, Rule.R_RTE_05: decision.world.firing_bits}.get(rule, 0)
    return ", ".join(zones_on_route(decision, port, bits, language)) if bits else ""


def _inference(decision: Decision, port: int, language: str) -> str:
    """What a depth is inferred from: a craft that uses the place, or figures for another part of it."""
    if decision.access.depth_grade[port] != Grade.BOUND:
        return _CLAUSE["other_figures"].of(language)
    draught = format_quantity(float(decision.world.columns.proven_draught_m[port]), METRES, language)
    return _CLAUSE["used_at_all_tides"].of(language).format(draught=draught)


def _hospital(port: Port, language: str) -> str:
    """Emergency department of a port and the drive to it, in brackets; nothing where the register has none."""
    name, minutes = port.facts["hospital"], port.facts["hospital_min"]
    if name is None:
        return ""
    drive = ""
    if minutes is not None:
        drive = _CLAUSE["by_road"].of(language).format(minutes=f"{minutes:.0f}")
    return f" ({name}{drive})"


def template_of(code: Code, language: str) -> str:
    """What a code says, its fields still open."""
    return WORDING[code].text.of(language)


FIELDS_USED = {
    code: frozenset(field for field in FIELDS if any(f"{{{field}}}" in text for text in wording.text))
    for code, wording in WORDING.items()
}

WITHOUT_FIGURES = frozenset(code for code, fields in FIELDS_USED.items() if fields <= {"port", "vhf"})
"""Codes whose sentence quotes no figure."""


@lru_cache(maxsize=32_768)
def plain_sentence(code: Code, name: str, vhf: str, language: str) -> str:
    """Sentence of a code that quotes no figure: the same for a port in every decision, so made once."""
    return spoken_with_names(template_of(code, language).format(port=name, vhf=vhf), language)


def brief_reason(decision: Decision, port: int, rule: Rule | None, *, with_hospital: bool = True) -> Text:
    """Sentence on what displaced a nearer port; without the name of a hospital where there is little room."""
    found = None if rule is None else Finding.of(decision, port, rule)
    if found is not None and rule == Rule.R_MED_02 and not with_hospital and port not in cut_off_by_zones(decision):
        vhf = first_channel(decision.world.ports[port].vhf, "16")
        return both_languages(
            lambda language: spoken_with_names(
                template_of(found.code, language).format(port=port_name(decision, port, language), vhf=vhf, detail=""),
                language,
            )
        )
    return both_languages(lambda language: displacing_sentence(decision, port, found, language))


def ranked_sentence(language: str) -> str:
    """That nothing but its place in the order speaks against a port."""
    return template_of(Code.RANKED_BY_POLICY, language)


def displacing_code(decision: Decision, port: int, found: Finding | None) -> Code:
    """Code of what displaced a nearer port: a zone in the way, a finding against it, or its place in the order."""
    if port in cut_off_by_zones(decision):
        return Code.ZONES_AVOIDED
    return Code.RANKED_BY_POLICY if found is None else found.code


def displacing_sentence(
    decision: Decision, port: int, found: Finding | None, language: str, name: str | None = None
) -> str:  # fmt: skip
    """What `displacing_code` says, in one language."""
    cut_off = cut_off_sentence(decision, port, language, name)
    if cut_off is not None:
        return cut_off
    return ranked_sentence(language) if found is None else finding_sentence(decision, port, found, language, name)


def first_channel(vhf: str | None, unknown: str) -> str:
    """The channel to call first out of a register entry such as ``74 (12, 16)``, or what stands for an unknown one."""
    digits = "" if vhf is None else vhf.split(" ", maxsplit=1)[0].strip(",;")
    return digits or unknown
