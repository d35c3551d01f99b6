"""The decision document: one JSON object, the same from the command line and over HTTP."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from math import isfinite, isinf, isnan, nan
from typing import Any, Literal, NamedTuple, cast, get_args

import orjson

from api.documents.bilingual import Bilingual
from api.documents.decision_types import (
    ArrivalTimes,
    BankCrossed,
    Candidate,
    CoordinationDocument,
    DecisionDocument,
    FindingDocument,
    Hospital,
    MarginDocument,
    Outcome,
    PassedOver,
    ProofDocument,
    ShortestPath,
    StatusName,
    VerdictName,
    WeightName,
)
from api.documents.geometry import LineString
from api.documents.language import LANGUAGES, in_language, languages_of
from api.documents.legs import legs_of
from api.documents.line import line_of
from api.documents.notice import Level, NoticeDocument
from api.documents.numbers import json_number
from api.documents.port import Evidence, GradeName, PortFacts, PortSummary
from api.encounter import encounter_echo
from api.position import format_time
from api.text.catalogue import Text
from api.text.clocks import local_clock
from api.text.finding_sentences import Finding, displacing_code, displacing_sentence, finding_sentence, findings_of
from api.text.headline import bearing_deg, eta_s, headline_sentence, time_ashore_s
from api.text.messages import RULE_ENTRIES, WORDING
from api.text.notice_sentences import notice_sentence
from api.text.quantities import unit_of
from api.text.speech import spoken_sentence
from engine import ENGINE_VERSION
from engine.codes import RULE_WEIGHT, Code, Grade, Rule, Status, Verdict, Weight
from engine.decide import deciding_findings, passed_over
from engine.kernels.geodesy import initial_course_deg
from engine.kernels.tides import height_at
from engine.model import Coordination, Decision, Notice
from engine.opening_time import opens_at_s
from engine.ports import Port
from engine.routes import chosen_track, straight_line_m
from engine.units import MINUTE_S, NAUTICAL_MILE_M

Json = dict[str, Any]

RULE_ID = {rule: rule.id for rule in Rule}
WEIGHT_NAME = {int(weight): cast(WeightName, weight.name.lower()) for weight in Weight}
GRADE_NAME = {int(grade): cast(GradeName, grade.name.lower()) for grade in Grade}
VERDICT_NAME = {int(verdict): cast(VerdictName, verdict.name.lower()) for verdict in Verdict}
STATUS_NAME = {int(status): cast(StatusName, status.name.lower()) for status in Status}
AGAINST = (int(Verdict.FAIL), int(Verdict.UNKNOWN))

View = Literal["brief", "full", "line"]
VIEWS: tuple[View, ...] = get_args(View)
DEFAULT_LIMIT = 5
LINE_CANDIDATES = 2
"""What the longest line names."""


class Basis(NamedTuple):
    """Everything a decision rests on.

    Attributes
    ----------
    encounter, inputs : dict
        As a document states them.
    canonical : bytes
        Both as canonical JSON.
    decision_id : str
        A digest of that, so equal inputs have equal names.
    """

    encounter: Json
    inputs: Json
    canonical: bytes
    decision_id: str


def decision_document(
    decision: Decision, view: View = "full", lang: str = "both", limit: int = DEFAULT_LIMIT, basis: Basis | None = None
) -> Json:
    """A decision as JSON.

    Equal decisions give equal documents, byte for byte once dumped with sorted keys.

    Parameters
    ----------
    decision : Decision
    view : {"full", "brief", "line"}
        Every port with every finding; what a person or a page needs; one sentence for a messenger.
    lang : {"both", "en", "fr"}
        Languages of the texts.
    limit : int
        Candidates listed in the brief view.
    basis : Basis, optional
        Of `basis_of`, where it is there already.

    Returns
    -------
    dict
        A `DecisionDocument`, `BriefDocument` or `LineDocument`: JSON types only, no NaN.
    """
    if view == "full":
        return cast(Json, whole_document(decision, None, lang, basis))
    if view == "brief":
        # Its module takes parts of a document from here.
        from api.documents.brief import brief_document

        return cast(Json, brief_document(decision, languages_of(lang), limit, basis or basis_of(decision)))
    return cast(Json, line_of(whole_document(decision, LINE_CANDIDATES, lang, basis), languages_of(lang)))


def whole_document(
    decision: Decision, limit: int | None = None, lang: str = "both", basis: Basis | None = None
) -> DecisionDocument:  # fmt: skip
    """The whole document; with a limit what routes and lines need of it.

    Parameters
    ----------
    decision : Decision
    limit : int, optional
        Candidates made at most, without findings; no excluded ports, and no words that only the whole view has.
    lang : {"both", "en", "fr"}
        Languages of the texts.
    basis : Basis, optional
        Of `basis_of`, where it is there already.
    """
    languages = languages_of(lang)
    order = decision.order.tolist()
    is_fit = (decision.status != int(Status.EXCLUDED)).tolist()
    fit = [port for port in order if is_fit[port]]
    unfit = [port for port in order if not is_fit[port]]
    if limit is not None:
        fit, unfit = fit[:limit], []
    best = decision.recommended
    basis = basis or basis_of(decision)
    judged = {port: candidate(decision, port, languages, with_findings=limit is None) for port in (*fit, *unfit)}
    nearer = passed_over(decision)
    reasons = zip(nearer, deciding_findings(decision, nearer), strict=True)
    return {
        "decision_id": basis.decision_id,
        "decided_at": format_time(decision.ask.at_s),
        "encounter": basis.encounter,
        "outcome": outcome_of(decision),
        "headline": cast(Bilingual, {lang: headline_sentence(decision, lang) for lang in languages}),
        "speech": cast(Bilingual, {lang: spoken_sentence(decision, lang) for lang in languages if limit is None}),
        "recommended": None if best is None else judged[best],
        "candidates": [judged[port] for port in fit],
        "excluded": [judged[port] for port in unfit],
        "passed_over": [_passed(decision, port, rule, languages, limit is None) for port, rule in reasons],
        "coordination": _coordination(decision.coordination),
        "notices": [notice_document(decision, notice, languages) for notice in decision.notices],
        "proof": proof_document(decision),
        "margin": margin_document(decision),
        "inputs": basis.inputs,
    }


def view_of_document(document: Json, view: View, lang: str) -> Json:
    """A view of a whole document as it was handed out, but for the brief one, which is made of the decision."""
    if view == "line":
        return cast(Json, line_of(document, languages_of(lang)))
    shown: Json = in_language(document, lang)  # type: ignore[assignment]
    return shown


def proof_document(decision: Decision) -> ProofDocument:
    """How many ports were looked at, and the bound that closed the search."""
    return {
        "ports_in_area": len(decision.world.ports),
        "ports_opened": decision.proof.opened,
        "next_lower_bound_min": json_number(decision.proof.next_bound_s / MINUTE_S, 1),
    }


def margin_document(decision: Decision) -> MarginDocument:
    """How far the answer is from another one."""
    return {
        "to_second_min": json_number(decision.to_second_s / MINUTE_S, 1),
        "near_tie": decision.near_tie,
        "sensitive_to": list(decision.sensitive_to),
    }


def to_json(document: object) -> str:
    """The one way a document becomes text: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def basis_of(decision: Decision) -> Basis:
    """What a decision rests on, and its name."""
    encounter, inputs = encounter_echo(decision.ask), inputs_document(decision)
    canonical = to_json({"encounter": encounter, "inputs": inputs}).encode()
    return Basis(encounter, inputs, canonical, _name_of(canonical))


def decision_id(encounter: Json, inputs: Json) -> str:
    """Name of a decision: a digest of everything it rests on, so equal inputs have equal names."""
    return _name_of(to_json({"encounter": encounter, "inputs": inputs}).encode())


def _name_of(basis: bytes) -> str:
    return f"d-{hashlib.sha256(basis).hexdigest()[:24]}"


def outcome_of(decision: Decision) -> Outcome:
    """Whether a port is suitable, one is unconfirmed, or none is fit: ``suitable``, ``unconfirmed`` or ``none``."""
    first = decision.status[decision.order[0]]
    if decision.recommended is not None:
        return "suitable"
    return "none" if first == int(Status.EXCLUDED) else "unconfirmed"


def inputs_document(decision: Decision) -> Json:
    """Versions and digests of everything a decision rests on."""
    policy = decision.ask.policy
    identity = dict(decision.world.identity)
    forecast = identity["forecast"]
    if isinstance(forecast, dict):
        identity["forecast"] = {
            **forecast,
            "age_s": json_number(decision.ask.at_s - decision.world.forecast.run_at_s, 0),
        }
    return {
        "engine_version": ENGINE_VERSION,
        **identity,
        "policy": {"name": policy.name, "sha256": policy.sha256},
    }


def port_brief(port: Port, languages: Sequence[str] = LANGUAGES) -> PortSummary:
    """A port as it appears in a candidate."""
    return {
        "id": port.id,
        "unlocode": port.unlocode,
        "name": port_names(port, languages),
        "country": port.country,
        "position": list(port.landing),
        "vhf": port.vhf,
        "telephone": cast(str | None, port.facts["telephone"]),
    }


def port_names(port: Port, languages: Sequence[str]) -> Bilingual:
    """Name of a port in each language."""
    return cast(Bilingual, {lang: port.name_fr if lang == "fr" else port.name_en for lang in languages})


def port_document(port: Port) -> PortFacts:
    """A port with every fact of the register; null is unknown."""
    facts = {name: value for name, value in port.facts.items() if name not in {"id", "unlocode", "name_en", "name_fr",
             "country", "vhf", "telephone", "landing_lon", "landing_lat", "approach_lon", "approach_lat"}}  # fmt: skip
    evidence: dict[str, Evidence] = {
        name: {"grade": GRADE_NAME[int(known.grade)], "source": known.source, "note": known.note or None,
               "overlay": known.overlaid}
        for name, known in sorted(port.evidence.items())
    }  # fmt: skip
    return {
        **port_brief(port), "approach_point": list(port.approach),
        "facts": cast(dict[str, str | float | None], facts), "evidence": evidence,
    }  # fmt: skip


def candidate(
    decision: Decision, port: int, languages: Sequence[str] = LANGUAGES, *, with_findings: bool = True
) -> Candidate:  # fmt: skip
    """One port judged: where, how far, how long, and every finding."""
    world = decision.world
    track = chosen_track(decision, port)
    start = (decision.ask.lon, decision.ask.lat)
    arrival_s = eta_s(decision, port)
    detour = decision.detours.get(port)
    way_m = decision.distance_m[port]
    if detour is not None:
        way_m = detour.length_m + decision.reach.harbour_m[port]
    opens_s = opens_at_s(decision, port)
    care_s = time_ashore_s(decision, port)
    depth_m, tide_m = water_at_arrival_m(decision, port)
    return {
        "port": port_brief(world.ports[port], languages),
        "status": STATUS_NAME[int(decision.status[port])],
        "distance_nm": json_number(decision.distance_m[port] / NAUTICAL_MILE_M, 2),
        "straight_line_nm": round(straight_line_m(start, world.ports[port].landing) / NAUTICAL_MILE_M, 2),
        "initial_course_deg": json_number(float(initial_course_deg(*track[0], *track[1])), 0)
        if len(track) > 1
        else None,
        "bearing_deg": json_number(bearing_deg(decision, port), 0),
        "time_to_landing_min": json_number(decision.time_s[port] / MINUTE_S, 1),
        "time_range_min": [
            json_number(decision.low_s[port] / MINUTE_S, 1),
            json_number(decision.high_s[port] / MINUTE_S, 1),
        ],
        "clock": "close" if decision.closely[port] else "coarse",
        **arrival_times(arrival_s, float(decision.wait_s[port]), world.ports[port].country),
        "wait_min": json_number(decision.wait_s[port] / MINUTE_S, 1),
        "time_to_care_min": json_number((decision.time_s[port] + care_s) / MINUTE_S, 1),
        "hospital": hospital_document(world.ports[port], care_s),
        "landing": register_text(world.ports[port], "landing", languages),
        "hazards": register_text(world.ports[port], "hazard", languages),
        "opens_at": None if isnan(opens_s) else format_time(opens_s),
        "depth_at_arrival_m": json_number(depth_m, 2),
        "tide_at_arrival_m": json_number(tide_m, 2),
        "legs": legs_of(track),
        "route": line_string(track),
        "route_nm": json_number(way_m / NAUTICAL_MILE_M, 2),
        "along_shortest": along_shortest(decision, port),
        "over_banks": banks_crossed(decision, port, languages),
        "findings": _findings(decision, port, languages) if with_findings else [],
    }


def arrival_times(arrival_s: float, wait_s: float, country: str) -> ArrivalTimes:
    """Time of landing in UTC and by the port's own clock; null for one that stays shut beyond the longest wait."""
    if not isfinite(arrival_s) or isinf(wait_s):
        return {"eta_at": None, "eta_local": None}
    eta_at, eta_local = _clocks(arrival_s, country)
    return {"eta_at": eta_at, "eta_local": eta_local}


# Arrivals are whole minutes, and those of an afternoon's answers are few.
@lru_cache(maxsize=4_096)
def _clocks(arrival_s: float, country: str) -> tuple[str, str | None]:
    return format_time(arrival_s), local_clock(arrival_s, country)


def water_at_arrival_m(decision: Decision, port: int) -> tuple[float, float]:
    """Least depth of the way in, tide included, and height of tide, as she enters after any wait; NaN if unknown. [m]

    The depth is the one the rule on depth has judged, and the tide the one it reckoned with.
    """
    wait_s = decision.wait_s.item(port)
    entry_s = decision.ask.at_s + decision.travel_times.time_s.item(port) + (wait_s if isfinite(wait_s) else 0.0)
    tides = decision.world.tides
    tide_m = float(height_at(tides, port, entry_s))
    if isnan(tide_m) or isnan(tides.height_uncertainty_m.item(port)) or isinf(wait_s):
        return nan, nan
    code = decision.code.item(port, Rule.R_NAV_01)
    charted_m = decision.access.depth_m.item(port)
    if code in (Code.DRAUGHT_UNKNOWN, Code.DEPTH_ALONGSIDE):
        return charted_m + tide_m, tide_m
    judged_m = decision.measured.item(port, Rule.R_NAV_01)
    return judged_m, tide_m if isnan(judged_m) else judged_m - charted_m


def register_text(port: Port, name: str, languages: Sequence[str]) -> Bilingual | None:
    """A text of the register in each language, or null."""
    if port.facts[f"{name}_en"] is None:
        return None
    return cast(Bilingual, {lang: port.facts[f"{name}_{lang}"] for lang in languages})


def hospital_document(port: Port, care_s: float) -> Hospital:
    """Emergency department and the time to it from the landing, by the register or by the policy's assumption."""
    by_road = port.facts["hospital_min"] is not None
    return {
        "name": cast(str | None, port.facts["hospital"]),
        "minutes": cast(float, json_number(care_s / MINUTE_S, 0)),
        "grade": GRADE_NAME[int(port.evidence["hospital_min"].grade)] if by_road else "assumed",
    }


def along_shortest(decision: Decision, port: int) -> ShortestPath | None:
    """The shortest path beside a way round; null where the route is the shortest path."""
    detour = decision.detours.get(port)
    if detour is None:
        return None
    onward_s = float(decision.time_s[port] - decision.travel_times.time_s[port])
    return {
        "distance_nm": json_number(decision.distance_m[port] / NAUTICAL_MILE_M, 2),
        "time_to_landing_min": json_number((detour.shortest_s + onward_s) / MINUTE_S, 1),
    }


def banks_crossed(decision: Decision, port: int, languages: Sequence[str]) -> list[BankCrossed]:
    """Banks on the way to a port that the tide covers, with the water over each."""
    way, world = decision.bank_ways.get(port), decision.world
    return [
        {
            "name": cast(Bilingual, {lang: Text(*world.banks[passing.bank].name).of(lang) for lang in languages}),
            "depth_m": json_number(passing.depth_m, 2),
            "needed_m": json_number(passing.needed_m, 2),
            "at": format_time(passing.at_s),
            "tide_port_id": world.ports[passing.tide_port].id,
            "tide_off_nm": json_number(passing.tide_off_m / NAUTICAL_MILE_M, 1),
        }
        for passing in (() if way is None else way.passings)
    ]


def line_string(track: tuple[tuple[float, float], ...], decimals: int = 7) -> LineString | None:
    """GeoJSON of a track, RFC 7946; None without two different points."""
    if len(track) < 2:
        return None
    return {"type": "LineString", "coordinates": [[round(lon, decimals), round(lat, decimals)] for lon, lat in track]}


def _findings(decision: Decision, port: int, languages: Sequence[str]) -> list[FindingDocument]:
    named = decision.world.ports[port]
    facts = named.facts
    depth_grade = decision.access.depth_grade.item(port)
    findings: list[FindingDocument] = []
    for found in findings_of(decision, port):
        rule = found.rule
        column = RULE_ENTRIES[rule].source_column
        source = RULE_ENTRIES[rule].source if column is None else cast(str | None, facts.get(column))
        grade = None
        if RULE_ENTRIES[rule].facts:
            source, grade = evidence_of_rule(named, rule)
            if rule == Rule.R_NAV_01:
                grade = GRADE_NAME[depth_grade]
            elif rule == Rule.R_NAV_02:
                grade = GRADE_NAME[int(decision.world.columns.gate_grade[port])]
        text = cast(Bilingual, {lang: finding_sentence(decision, port, found, lang) for lang in languages})
        findings.append(_finding(found, source, grade, text))
    return findings


def evidence_of_rule(port: Port, rule: Rule) -> tuple[str | None, GradeName | None]:
    """Sources of the facts a rule looks at, each once, and the weakest grade among them; null where all are blank."""
    known = {name: port.evidence[name] for name in RULE_ENTRIES[rule].facts if name in port.evidence}
    if not known:
        return None, None
    names: dict[str, list[str]] = {}
    for name, evidence in known.items():
        names.setdefault(evidence.source, []).append(name)
    source = "; ".join(f"{', '.join(facts)}: {source}" for source, facts in names.items())
    return source, GRADE_NAME[int(min(evidence.grade for evidence in known.values()))]


def _finding(found: Finding, source: str | None, grade: GradeName | None, text: Bilingual) -> FindingDocument:
    rule, code, _, verdict, raw_measured, raw_limit = found
    # Most rules have no figures: what is not a number is not equal to itself.
    measured = None if raw_measured != raw_measured else json_number(raw_measured / unit_of(rule, code).size, 2)
    limit = None if raw_limit != raw_limit else json_number(raw_limit / unit_of(rule, code).size, 2)
    return {
        "rule": RULE_ID[rule],
        "code": code.name,
        "class": class_of(found),
        "verdict": VERDICT_NAME[verdict],
        "measured": measured,
        "limit": limit,
        "unit": None if measured is None and limit is None else unit_of(rule, code).name,
        "source": source,
        "grade": grade,
        "age_s": None,
        "text": text,
        "citation": WORDING[code].citation,
    }


def class_of(found: Finding) -> WeightName:
    """How much a finding weighs: hard, soft or info."""
    return WEIGHT_NAME[found.weight if found.verdict in AGAINST else int(RULE_WEIGHT[found.rule])]


def _passed(decision: Decision, port: int, rule: int | None, languages: Sequence[str], with_text: bool) -> PassedOver:
    found = None if rule is None else Finding.of(decision, port, Rule(rule))
    named = decision.world.ports[port]
    return {
        "port_id": named.id,
        "name": port_names(named, languages),
        "status": STATUS_NAME[int(decision.status[port])],
        "code": displacing_code(decision, port, found).name,
        "time_to_landing_min": json_number(decision.time_s[port] / MINUTE_S, 1),
        "distance_nm": json_number(decision.distance_m[port] / NAUTICAL_MILE_M, 2),
        "text": cast(Bilingual, {
            lang: displacing_sentence(decision, port, found, lang) for lang in languages if with_text
        }),
    }  # fmt: skip


def notice_document(decision: Decision, notice: Notice, languages: Sequence[str]) -> NoticeDocument:
    """A notice with its level and its text."""
    text = cast(Bilingual, {lang: notice_sentence(decision, notice, lang) for lang in languages})
    level = cast(Level, WORDING[notice.code].level)
    document: NoticeDocument = {"code": notice.code._name_, "level": level, "text": text}
    named = notice.facts.get("ports", (notice.facts["port"],) if "port" in notice.facts else ())
    if named:
        document["port_ids"] = [decision.world.ports[port].id for port in named]  # type: ignore[attr-defined]
    return document


def _coordination(coordination: Coordination) -> CoordinationDocument:
    return {
        "srr": coordination.srr or None,
        "approximate": True,
        "band": coordination.band,
        "boundary_nm": json_number(coordination.line_m / NAUTICAL_MILE_M, 1),
        "centres": [{"name": c.name, "vhf": c.vhf, "mmsi": c.mmsi} for c in coordination.centres],
    }
