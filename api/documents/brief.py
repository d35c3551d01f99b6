"""The brief view: what a person or a page needs of a decision, small enough for a poor link.

It leaves out plain passes, citations and sources of findings, ports beyond the first few, and of those after the first
one the route and what is to be known ashore. Nothing is dropped without a count or a code that says so, and nothing is
put into words that is not shown.
"""

from collections.abc import Sequence
from math import isfinite, isinf, isnan
from typing import Any

from api.document import (
    AGAINST,
    STATUS_NAME,
    VERDICT_NAME,
    Basis,
    along_shortest,
    class_of,
    hospital_document,
    line_string,
    margin_document,
    notice_document,
    outcome_of,
    port_brief,
    port_names,
    proof_document,
    register_text,
    rounded,
    water_at_arrival_m,
)
from api.documents.legs import legs_of
from api.documents.unconnected import FEED_CODES, WITHOUT_FEEDS, WITHOUT_WEATHER, not_connected
from api.position import format_time
from engine.decide import deciding_findings, passed_over
from engine.entry_hours import opens_at_s
from engine.explain import (
    Finding,
    bearing_deg,
    eta_s,
    finding_sentence,
    findings_of,
    first_channel,
    headline_sentence,
    ranked_sentence,
    time_ashore_s,
)
from engine.model import Decision, Medical
from engine.sea_route import chosen_track
from engine.units import MINUTE_S, NAUTICAL_MILE_M
from engine.vocab import Code, Rule, Status, Verdict, Weight

Json = dict[str, Any]

DECIMALS = 5
"""Of a degree: a metre, as well as anything here is known."""

MOST_PASSED_OVER = 8
"""Ports passed over that are listed where no port is recommended: all are nearer than none."""

_CONSEQUENCES = (WITHOUT_FEEDS | WITHOUT_WEATHER) - set(FEED_CODES)
"""Follow from a feed that is not connected, and go without saying beside it."""

_OF_THE_VESSEL = frozenset({Code.EXPOSURE_UNKNOWN, Code.FUEL_UNKNOWN})
"""Nobody has said it of the vessel or her people, so it is unknown at every port."""

_SILENT = WITHOUT_FEEDS | _OF_THE_VESSEL
_SILENT_WITHOUT_WEATHER = _SILENT | WITHOUT_WEATHER

_OF_THE_VESSEL_SAID = ("profile", "speed_kn", "draught_m", "loa_m")
_REGIONS = (Code.SRR_UK, Code.SRR_FR, Code.SRR_BE, Code.SRR_NL, Code.SRR_IE, Code.SRR_APPROXIMATE)
_SAID_ELSEWHERE = frozenset({
    *FEED_CODES, *_REGIONS, Code.POLICY_EFFECT, Code.ADVISORY_ONLY, Code.SURGE_NOT_INCLUDED,
})  # fmt: skip
"""Notices that are said in other members: what is unknown everywhere, the coordination, the policy, who decides."""

_OF_AN_INPUT = ("id", "name", "run_at", "version", "age_s", "zones")
"""The digest of all inputs in full is the decision's own name."""

_UNKNOWN, _INFO, _EXCLUDED = int(Verdict.UNKNOWN), int(Weight.INFO), int(Status.EXCLUDED)


def brief_document(decision: Decision, languages: Sequence[str], limit: int, basis: Basis) -> Json:
    """The brief view of a decision.

    Parameters
    ----------
    decision : Decision
    languages : sequence of str
        Of the texts: ``en``, ``fr``.
    limit : int
        Candidates listed at most.
    basis : Basis
        Of `api.document.basis_of`.
    """
    excluded_count = int((decision.status == _EXCLUDED).sum())
    candidates_count = len(decision.order) - excluded_count
    # Excluded ports come last in the order.
    shown = decision.order[: min(limit, candidates_count)].tolist()
    against = {port: [found for found in findings_of(decision, port) if found.verdict in AGAINST] for port in shown}
    everywhere = _unknown_everywhere(decision, list(against.values()))
    ports = [
        _next(decision, port, languages, against[port], everywhere) if rank
        else _first(decision, port, languages, against[port], everywhere)
        for rank, port in enumerate(shown)
    ]  # fmt: skip
    best = decision.recommended
    passed = passed_over(decision)
    listed = passed if best is not None else passed[:MOST_PASSED_OVER]
    reasons = zip(listed, deciding_findings(decision, listed), strict=True)
    coordination = decision.coordination
    return {
        "decision_id": basis.decision_id,
        "decided_at": format_time(decision.ask.at_s),
        "outcome": outcome_of(decision),
        "headline": {lang: headline_sentence(decision, lang) for lang in languages},
        "proof": proof_document(decision),
        "margin": margin_document(decision),
        "coordination": {
            "srr": coordination.srr or None, "band": coordination.band,
            "centres": [{"name": c.name, "vhf": c.vhf, "mmsi": c.mmsi} for c in coordination.centres],
        },
        "encounter": _encounter(basis.encounter),
        "recommended": None if best is None else ports[0],
        "candidates": ports if best is None else ports[1:],
        "candidates_count": candidates_count,
        "excluded_count": excluded_count,
        "passed_over": [_passed(decision, port, rule, languages) for port, rule in reasons],
        "passed_over_count": len(passed),
        "unknown_everywhere": _unknown_everywhere_document(decision, everywhere, languages),
        "notices": [
            notice_document(decision, notice, languages)
            for notice in decision.notices if notice.code not in _SAID_ELSEWHERE
        ],
        "inputs": {name: _input(value) for name, value in basis.inputs.items()},
    }  # fmt: skip


def _encounter(whole: Json) -> Json:
    """The encounter as it was understood; what is left out was not said, and what is assumed is a notice."""
    vessel = {name: whole["vessel"][name] for name in _OF_THE_VESSEL_SAID if whole["vessel"][name] is not None}
    return {**{name: value for name, value in whole.items() if value is not None}, "vessel": vessel}


def _input(value: object) -> object:
    """What names one input beyond doubt; the whole view has more of it."""
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in _OF_AN_INPUT if name in value}


def _unknown_everywhere(decision: Decision, against: list[list[Finding]]) -> frozenset[Code]:
    """Codes of findings that every port shown has because no source is connected, or nobody has said."""
    if not against:
        return frozenset()
    silent = _SILENT_WITHOUT_WEATHER if decision.world.identity["forecast"] is None else _SILENT
    return silent.intersection(*({found.code for found in one} for one in against))


def _unknown_everywhere_document(decision: Decision, everywhere: frozenset[Code], languages: Sequence[str]) -> Json:
    """What is unknown of every port shown, with one sentence on the sources that are not connected."""
    noticed = {notice.code for notice in decision.notices}
    codes = everywhere - _CONSEQUENCES
    surge = Code.SURGE_NOT_INCLUDED
    absent = [code for code in (*FEED_CODES, surge) if code in noticed]
    if surge in noticed:
        codes |= {surge}
    text = {lang: not_connected(absent, lang) for lang in languages} if absent else None
    return {"codes": sorted(code.name for code in codes), "text": text}


def _figures(decision: Decision, port: int) -> Json:
    """Way, time and water of a port as they are read out: tenths of a mile and a metre, whole minutes."""
    wait_s, arrival_s = float(decision.wait_s[port]), eta_s(decision, port)
    depth_m, _ = water_at_arrival_m(decision, port)
    low_s, high_s = float(decision.low_s[port]), float(decision.high_s[port])
    return {
        "status": STATUS_NAME[int(decision.status[port])],
        "distance_nm": rounded(float(decision.distance_m[port]) / NAUTICAL_MILE_M, 1),
        "bearing_deg": round(bearing_deg(decision, port)),
        "time_to_landing_min": rounded(float(decision.time_s[port]) / MINUTE_S, 0),
        "time_range_min": [rounded(low_s / MINUTE_S, 0), rounded(high_s / MINUTE_S, 0)],
        "clock": "close" if decision.closely[port] else "coarse",
        # A port that stays shut beyond the longest wait has no arrival, only an opening.
        "eta_at": format_time(arrival_s) if isfinite(arrival_s) and not isinf(wait_s) else None,
        "wait_min": rounded(wait_s / MINUTE_S, 0),
        "depth_at_arrival_m": rounded(depth_m, 1),
    }


def _first(
    decision: Decision, port: int, languages: Sequence[str], against: list[Finding], everywhere: frozenset[Code]
) -> Json:  # fmt: skip
    """The port to go to, or else to ask about: all but plain passes."""
    named, track = decision.world.ports[port], chosen_track(decision, port)
    care_s, opens_s = time_ashore_s(decision, port), opens_at_s(decision, port)
    first: Json = {
        "port": port_brief(named, languages),
        **_figures(decision, port),
        "distance_nm": rounded(float(decision.distance_m[port]) / NAUTICAL_MILE_M, 2),
        "time_to_landing_min": rounded(float(decision.time_s[port]) / MINUTE_S, 1),
        "tide_at_arrival_m": rounded(water_at_arrival_m(decision, port)[1], 2),
        "time_to_care_min": rounded((float(decision.time_s[port]) + care_s) / MINUTE_S, 1),
        "hazards": register_text(named, "hazard", languages),
        "legs": legs_of(track),
        "route": line_string(track, DECIMALS),
        "findings": [
            {**_code_of(found), "text": {lang: finding_sentence(decision, port, found, lang) for lang in languages}}
            for found in against if found.code not in everywhere and not _is_remark(found)
        ],
        "remarks": _remarks(against, everywhere),
    }  # fmt: skip
    if not isnan(opens_s):
        first["opens_at"] = format_time(opens_s)
    if port in decision.detours:
        first["along_shortest"] = along_shortest(decision, port)
    if decision.ask.medical != Medical.NONE:
        first["hospital"] = hospital_document(named, care_s)
    return first


def _next(
    decision: Decision, port: int, languages: Sequence[str], against: list[Finding], everywhere: frozenset[Code]
) -> Json:  # fmt: skip
    """One of the others: a line of a table, and codes of what speaks against it."""
    named = decision.world.ports[port]
    return {
        "port": {
            "id": named.id, "name": port_names(named, languages), "country": named.country,
            "vhf": None if named.vhf is None else first_channel(named.vhf, named.vhf),
        },
        **_figures(decision, port),
        "findings": [_code_of(found) for found in against if found.code not in everywhere and not _is_remark(found)],
        "remarks": _remarks(against, everywhere),
    }  # fmt: skip


def _code_of(found: Finding) -> Json:
    return {"code": found.code.name, "class": class_of(found), "verdict": VERDICT_NAME[found.verdict]}


def _remarks(against: list[Finding], everywhere: frozenset[Code]) -> list[str]:
    """Codes of what is not known but counts neither for nor against a port."""
    return [found.code.name for found in against if found.code not in everywhere and _is_remark(found)]


def _is_remark(found: Finding) -> bool:
    return found.weight == _INFO and found.verdict == _UNKNOWN


def _passed(decision: Decision, port: int, rule: int | None, languages: Sequence[str]) -> Json:
    """A nearer port and what displaced it; in its sentence it has the name it has beside it, not in capitals."""
    found = None if rule is None else Finding.of(decision, port, Rule(rule))
    named = decision.world.ports[port]
    names = port_names(named, languages)
    return {
        "port_id": named.id,
        "name": names,
        "code": (Code.RANKED_BY_POLICY if found is None else found.code).name,
        "time_to_landing_min": rounded(float(decision.time_s[port]) / MINUTE_S, 0),
        "distance_nm": rounded(float(decision.distance_m[port]) / NAUTICAL_MILE_M, 1),
        "text": {
            lang: ranked_sentence(lang) if found is None else finding_sentence(decision, port, found, lang, name)
            for lang, name in names.items()
        },
    }  # fmt: skip
