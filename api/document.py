"""The decision document: one JSON object, the same from the command line and over HTTP."""

import hashlib
from functools import lru_cache
from math import isfinite, isinf, isnan, nan
from typing import Literal, cast, get_args

import orjson

from api.documents.brief import MOST_PASSED_OVER, brief_of
from api.documents.language import in_language
from api.documents.legs import legs_of
from api.documents.line import line_of
from api.position import format_time
from engine import ENGINE_VERSION
from engine.case import access_of
from engine.decide import deciding_finding, passed_over
from engine.entry_hours import opens_at_s
from engine.explain import (
    WITHOUT_FIGURES,
    Text,
    bearing_deg,
    brief_reason,
    eta_s,
    finding_text,
    first_channel,
    headline,
    notice_text,
    plain_sentence,
    time_ashore_s,
    unit_of,
)
from engine.kernels.geodesy import initial_course_deg
from engine.kernels.tides import height_at
from engine.model import Ask, Coordination, Decision, Notice, Port
from engine.sea_route import chosen_track, straight_line_m
from engine.speech import spoken_headline
from engine.units import KNOT_MS, MINUTE_S, NAUTICAL_MILE_M
from engine.vocab import RULE_WEIGHT, Code, Grade, Rule, Status, Verdict, Weight
from engine.wording import LEVEL, WORDING

Json = dict[str, object]

CODE = {int(code): code for code in Code}
RULES = tuple(Rule)
RULE_ID = {rule: rule.id for rule in Rule}
WEIGHT_NAME = {int(weight): weight.name.lower() for weight in Weight}
GRADE_NAME = {int(grade): grade.name.lower() for grade in Grade}
VERDICT_NAME = {int(verdict): verdict.name.lower() for verdict in Verdict}
_AGAINST = (int(Verdict.FAIL), int(Verdict.UNKNOWN))

_SOURCE_COLUMN = {Rule.R_NAV_03: "exposure_source", Rule.R_PRT_02: "source", Rule.R_DAT_05: "source"}
"""Column of the register that says where a rule's figure on the port came from."""

_FACTS = {
    Rule.R_BER_01: ("small_loa_m", "ship_loa_m", "ship_draught_m", "ship_beam_m"),
    Rule.R_NAV_01: ("approach_depth_m", "sill_m", "small_depth_m", "drying_height_m", "ship_depth_m",
                    "proven_draught_m", "access_all_states"),
    Rule.R_NAV_02: ("gate_kind", "gate_before_hw_h", "gate_after_hw_h", "access_all_states"),
    Rule.R_MED_02: ("hospital", "hospital_min"),
    Rule.R_NTM_01: ("vhf",),
}  # fmt: skip
"""Facts of the register that a rule looks at, each with a source of its own."""

_SOURCE = {
    Rule.R_RTE_01: "geodata mesh", Rule.R_NAV_06: "geodata mesh", Rule.R_RTE_04: "geodata zones",
    Rule.R_RTE_05: "geodata zones", Rule.R_RTE_03: "vessel profile", Rule.R_RTE_06: "vessel profile",
    Rule.R_AUT_04: "policy", Rule.R_AUT_05: "policy",
}  # fmt: skip


View = Literal["brief", "full", "line"]
VIEWS: tuple[View, ...] = get_args(View)
DEFAULT_LIMIT = 5


def decision_document(decision: Decision, view: View = "full", lang: str = "both", limit: int = DEFAULT_LIMIT) -> Json:
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

    Returns
    -------
    dict
        As the OpenAPI description has it: JSON types only, no NaN.
    """
    return document_view(whole_document(decision, None if view == "full" else limit), view, lang, limit)


def document_view(document: Json, view: View, lang: str, limit: int = DEFAULT_LIMIT) -> Json:
    """A view of a whole document, or of one cut to at least `limit` candidates; parameters as above."""
    if view == "line":
        document = line_of(document)
    elif view == "brief":
        document = brief_of(document, limit)
    return cast(Json, in_language(document, lang))


def whole_document(decision: Decision, limit: int | None = None) -> Json:
    """The whole document in both languages; with a limit what the other views need of it, and no more.

    Parameters
    ----------
    decision : Decision
    limit : int, optional
        Candidates made at most, and of those only the findings that are no plain pass; ``candidates_count`` and
        ``excluded_count`` say how many there are.
    """
    order = decision.order.tolist()
    is_fit = (decision.status != int(Status.EXCLUDED)).tolist()
    fit = [port for port in order if is_fit[port]]
    unfit = [port for port in order if not is_fit[port]]
    best = decision.recommended
    nearer = passed_over(decision)
    cut: Json = {}
    if limit is not None:
        cut = {"candidates_count": len(fit), "excluded_count": len(unfit)}
        fit, unfit = fit[:limit], []
        if best is None:
            cut["passed_over_count"] = len(nearer)
            nearer = nearer[:MOST_PASSED_OVER]
    outcome = "suitable" if best is not None else "unconfirmed" if any(is_fit) else "none"
    encounter = encounter_echo(decision.ask)
    inputs = inputs_document(decision)
    line = headline(decision)
    speech = spoken_headline(decision)
    judged = {port: candidate(decision, port, every_finding=limit is None) for port in (*fit, *unfit)}
    return {
        **cut,
        "decision_id": decision_id(encounter, inputs),
        "decided_at": format_time(decision.ask.at_s),
        "encounter": encounter,
        "outcome": outcome,
        "headline": {"en": line.en, "fr": line.fr},
        "speech": {"en": speech.en, "fr": speech.fr},
        "recommended": None if best is None else judged[best],
        "candidates": [judged[port] for port in fit],
        "excluded": [judged[port] for port in unfit],
        "passed_over": [_passed(decision, port) for port in nearer],
        "coordination": _coordination(decision.coordination),
        "notices": [_notice(decision, notice) for notice in decision.notices],
        "proof": {
            "ports_in_area": len(order),
            "ports_opened": decision.proof.opened,
            "next_lower_bound_min": _rounded(decision.proof.next_bound_s / MINUTE_S, 1),
        },
        "margin": {
            "to_second_min": _rounded(decision.to_second_s / MINUTE_S, 1),
            "near_tie": decision.near_tie,
            "sensitive_to": list(decision.sensitive_to),
        },
        "inputs": inputs,
    }


def dump(document: object) -> str:
    """The one way a document becomes text: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


def decision_id(encounter: Json, inputs: Json) -> str:
    """Name of a decision: a digest of everything it rests on, so equal inputs have equal names."""
    digest = hashlib.sha256(dump({"encounter": encounter, "inputs": inputs}).encode()).hexdigest()
    return f"d-{digest[:24]}"


def encounter_echo(ask: Ask) -> Json:
    """The encounter as it was understood."""
    vessel = ask.vessel
    return {
        "position": {"type": "Point", "coordinates": [ask.lon, ask.lat]},
        "position_accuracy_m": _rounded(ask.position_accuracy_m, 1),
        "position_age_s": _rounded(ask.position_age_s, 1),
        "time": format_time(ask.at_s),
        "persons": None
        if not isfinite(ask.persons_max)
        else {"min": _rounded(ask.persons_min, 0), "max": _rounded(ask.persons_max, 0)},
        "persons_recovered": _rounded(ask.persons_recovered, 0),
        "persons_in_water": ask.persons_in_water,
        "medical": ask.medical.name.lower(),
        "aboard_since": format_time(ask.aboard_since_s) if isfinite(ask.aboard_since_s) else None,
        "sheltered": ask.sheltered,
        "vessel": {
            "profile": vessel.id,
            "speed_kn": _rounded(vessel.speed_ms / KNOT_MS, 2),
            "draught_m": _rounded(vessel.draught_m, 2),
            "loa_m": _rounded(vessel.loa_m, 2),
            "beam_m": _rounded(vessel.beam_m, 2),
            "range_nm": _rounded(vessel.range_m / NAUTICAL_MILE_M, 1),
            "self_righting_persons": _rounded(vessel.self_righting_persons, 0),
            "max_persons": _rounded(vessel.max_persons, 0),
            "max_hs_m": _rounded(vessel.max_hs_m, 2),
            "assumed": list(vessel.assumed),
        },
        "policy": ask.policy.name,
    }


def inputs_document(decision: Decision) -> Json:
    """Versions and digests of everything a decision rests on."""
    policy = decision.ask.policy
    identity = dict(decision.world.identity)
    forecast = identity["forecast"]
    if isinstance(forecast, dict):
        identity["forecast"] = {**forecast, "age_s": _rounded(decision.ask.at_s - decision.world.forecast.run_at_s, 0)}
    return {
        "engine_version": ENGINE_VERSION,
        **identity,
        "policy": {"name": policy.name, "sha256": policy.sha256},
    }


def port_brief(port: Port) -> Json:
    """A port as it appears in a candidate."""
    return {
        "id": port.id,
        "unlocode": port.unlocode,
        "name": {"en": port.name_en, "fr": port.name_fr},
        "country": port.country,
        "position": list(port.landing),
        "vhf": port.vhf,
        "telephone": port.facts["telephone"],
    }


def port_document(port: Port) -> Json:
    """A port with every fact of the register; null is unknown."""
    facts = {name: value for name, value in port.facts.items() if name not in {"id", "unlocode", "name_en", "name_fr",
             "country", "vhf", "telephone", "landing_lon", "landing_lat", "approach_lon", "approach_lat"}}  # fmt: skip
    evidence = {
        name: {"grade": known.grade.name.lower(), "source": known.source, "note": known.note or None,
               "overlay": known.overlaid}
        for name, known in sorted(port.evidence.items())
    }  # fmt: skip
    return {**port_brief(port), "approach_point": list(port.approach), "facts": facts, "evidence": evidence}


def candidate(decision: Decision, port: int, *, every_finding: bool = True) -> Json:
    """One port judged: where, how far, how long, and every finding, or those alone that are no plain pass."""
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
        "port": port_brief(world.ports[port]),
        "status": Status(decision.status[port]).name.lower(),
        "distance_nm": _rounded(decision.distance_m[port] / NAUTICAL_MILE_M, 2),
        "straight_line_nm": _rounded(straight_line_m(start, world.ports[port].landing) / NAUTICAL_MILE_M, 2),
        "initial_course_deg": _rounded(float(initial_course_deg(*track[0], *track[1])), 0) if len(track) > 1 else None,
        "bearing_deg": _rounded(bearing_deg(decision, port), 0),
        "time_to_landing_min": _rounded(decision.time_s[port] / MINUTE_S, 1),
        "time_range_min": [_rounded(decision.low_s[port] / MINUTE_S, 1), _rounded(decision.high_s[port] / MINUTE_S, 1)],
        "clock": "close" if decision.closely[port] else "coarse",
        # A port that stays shut beyond the longest wait has no arrival, only an opening.
        "eta_at": format_time(arrival_s) if isfinite(arrival_s) and not isinf(decision.wait_s[port]) else None,
        "wait_min": _rounded(decision.wait_s[port] / MINUTE_S, 1),
        "time_to_care_min": _rounded((decision.time_s[port] + care_s) / MINUTE_S, 1),
        "hospital": _hospital(world.ports[port], care_s),
        "landing": _both_languages(world.ports[port], "landing"),
        "hazards": _both_languages(world.ports[port], "hazard"),
        "opens_at": None if isnan(opens_s) else format_time(opens_s),
        "depth_at_arrival_m": _rounded(depth_m, 2),
        "tide_at_arrival_m": _rounded(tide_m, 2),
        "legs": legs_of(track),
        "route": line_string(track),
        "route_nm": _rounded(way_m / NAUTICAL_MILE_M, 2),
        "along_shortest": _along_shortest(decision, port),
        "findings": _findings(decision, port, every_finding),
    }


def water_at_arrival_m(decision: Decision, port: int) -> tuple[float, float]:
    """Least depth of the way in, tide included, and height of tide, as she enters after any wait; NaN if unknown. [m]

    The depth is the one the rule on depth has judged, and the tide the one it reckoned with.
    """
    wait_s = float(decision.wait_s[port])
    entry_s = decision.ask.at_s + float(decision.passages.time_s[port]) + (wait_s if isfinite(wait_s) else 0.0)
    tides = decision.world.tides
    tide_m = float(height_at(tides, port, entry_s))
    if isnan(tide_m) or isnan(tides.height_uncertainty_m[port]) or isinf(wait_s):
        return nan, nan
    code = int(decision.code[port, Rule.R_NAV_01])
    charted_m = float(access_of(decision.ask.vessel, decision.ask.policy, decision.world).depth_m[port])
    if code in (Code.DRAUGHT_UNKNOWN, Code.DEPTH_ALONGSIDE):
        return charted_m + tide_m, tide_m
    judged_m = float(decision.measured[port, Rule.R_NAV_01])
    return judged_m, tide_m if isnan(judged_m) else judged_m - charted_m


def _both_languages(port: Port, name: str) -> Json | None:
    """A text of the register, or null."""
    english, french = port.facts[f"{name}_en"], port.facts[f"{name}_fr"]
    return None if english is None else {"en": english, "fr": french}


def _hospital(port: Port, care_s: float) -> Json:
    """Emergency department and the time to it from the landing, by the register or by the policy's assumption."""
    by_road = port.facts["hospital_min"] is not None
    return {
        "name": port.facts["hospital"],
        "minutes": _rounded(care_s / MINUTE_S, 0),
        "grade": port.evidence["hospital_min"].grade.name.lower() if by_road else "assumed",
    }


def _along_shortest(decision: Decision, port: int) -> Json | None:
    """The shortest path beside a way round; null where the route is the shortest path."""
    detour = decision.detours.get(port)
    if detour is None:
        return None
    onward_s = float(decision.time_s[port] - decision.passages.time_s[port])
    return {
        "distance_nm": _rounded(decision.distance_m[port] / NAUTICAL_MILE_M, 2),
        "time_to_landing_min": _rounded((detour.shortest_s + onward_s) / MINUTE_S, 1),
    }


def line_string(track: tuple[tuple[float, float], ...]) -> Json | None:
    """GeoJSON of a track, RFC 7946, at most seven decimals; None without two different points."""
    points = [[round(lon, 7), round(lat, 7)] for lon, lat in track]
    if len(points) < 2:
        return None
    return {"type": "LineString", "coordinates": points}


def _findings(decision: Decision, port: int, every_finding: bool) -> list[Json]:
    # One look at each row of figures: reading numpy scalars one by one would take half the time of a document.
    rows = zip(
        RULES, decision.code[port].tolist(), decision.weight[port].tolist(), decision.verdict[port].tolist(),
        decision.measured[port].tolist(), decision.limit[port].tolist(), strict=True,
    )  # fmt: skip
    named = decision.world.ports[port]
    facts = named.facts
    depth_grade = int(access_of(decision.ask.vessel, decision.ask.policy, decision.world).depth_grade[port])
    findings: list[Json] = []
    for rule, number, weight, verdict, raw_measured, raw_limit in rows:
        if not every_finding and verdict not in _AGAINST:
            continue
        code = CODE[number]
        # Most rules have no figures: what is not a number is not equal to itself.
        measured = None if raw_measured != raw_measured else _rounded(raw_measured / unit_of(rule, code).size, 2)
        limit = None if raw_limit != raw_limit else _rounded(raw_limit / unit_of(rule, code).size, 2)
        column = _SOURCE_COLUMN.get(rule)
        source = _SOURCE.get(rule) if column is None else facts.get(column)
        grade = None
        if rule in _FACTS:
            source, grade = evidence_of_rule(named, rule)
            if rule == Rule.R_NAV_01:
                grade = GRADE_NAME[depth_grade]
            elif rule == Rule.R_NAV_02:
                grade = GRADE_NAME[int(decision.world.columns.gate_grade[port])]
        if code in WITHOUT_FIGURES:
            names = (named.name_en, named.name_fr, named.vhf)
            findings.append(_plain_finding(rule, code, weight, verdict, measured, limit, source, grade, *names))
        else:
            text = finding_text(decision, port, rule)
            findings.append(_finding(rule, code, weight, verdict, measured, limit, source, grade, text))
    return findings


def evidence_of_rule(port: Port, rule: Rule) -> tuple[str | None, str | None]:
    """Sources of the facts a rule looks at, each once, and the weakest grade among them; null where all are blank."""
    known = {name: port.evidence[name] for name in _FACTS[rule] if name in port.evidence}
    if not known:
        return None, None
    names: dict[str, list[str]] = {}
    for name, evidence in known.items():
        names.setdefault(evidence.source, []).append(name)
    source = "; ".join(f"{', '.join(facts)}: {source}" for source, facts in names.items())
    return source, min(evidence.grade for evidence in known.values()).name.lower()


def _finding(
    rule: Rule, code: Code, weight: int, verdict: int, measured: float | None, limit: float | None, source: object,
    grade: str | None, text: Text,
) -> Json:  # fmt: skip
    return {
        "rule": RULE_ID[rule],
        "code": code.name,
        "class": WEIGHT_NAME[weight] if verdict in _AGAINST else WEIGHT_NAME[RULE_WEIGHT[rule]],
        "verdict": VERDICT_NAME[verdict],
        "measured": measured,
        "limit": limit,
        "unit": None if measured is None and limit is None else unit_of(rule, code).name,
        "source": source,
        "grade": grade,
        "age_s": None,
        "text": {"en": text.en, "fr": text.fr},
        "citation": WORDING[code].citation,
    }


@lru_cache(maxsize=65_536)
def _plain_finding(
    rule: Rule, code: Code, weight: int, verdict: int, measured: float | None, limit: float | None, source: object,
    grade: str | None, name_en: str, name_fr: str, vhf: str | None,
) -> Json:  # fmt: skip
    """A finding whose sentence quotes no figure: three in four are, and come again in most decisions."""
    text = plain_sentence(code, name_en.upper(), name_fr.upper(), first_channel(vhf, "16"))
    return _finding(rule, code, weight, verdict, measured, limit, source, grade, text)


def _passed(decision: Decision, port: int) -> Json:
    found = deciding_finding(decision, port)
    rule = None if found is None else Rule(found)
    text = brief_reason(decision, port, rule)
    named = decision.world.ports[port]
    return {
        "port_id": named.id,
        "name": {"en": named.name_en, "fr": named.name_fr},
        "status": Status(decision.status[port]).name.lower(),
        "code": (Code.RANKED_BY_POLICY if rule is None else Code(decision.code[port, rule])).name,
        "time_to_landing_min": _rounded(decision.time_s[port] / MINUTE_S, 1),
        "distance_nm": _rounded(decision.distance_m[port] / NAUTICAL_MILE_M, 2),
        "text": {"en": text.en, "fr": text.fr},
    }


def _notice(decision: Decision, notice: Notice) -> Json:
    text = notice_text(decision, notice)
    document: Json = {"code": notice.code.name, "level": LEVEL[notice.code], "text": {"en": text.en, "fr": text.fr}}
    named = notice.facts.get("ports", (notice.facts["port"],) if "port" in notice.facts else ())
    if named:
        document["port_ids"] = [decision.world.ports[port].id for port in named]  # type: ignore[attr-defined]
    return document


def _coordination(coordination: Coordination) -> Json:
    return {
        "srr": coordination.srr or None,
        "approximate": True,
        "band": coordination.band,
        "boundary_nm": _rounded(coordination.line_m / NAUTICAL_MILE_M, 1),
        "centres": [{"name": c.name, "vhf": c.vhf, "mmsi": c.mmsi} for c in coordination.centres],
    }


def _rounded(value: float, decimals: int) -> float | int | None:
    """A number fit for JSON: rounded, whole numbers without a point, unknown and endless as null."""
    number = float(value)
    if not isfinite(number):
        return None
    return round(number) if decimals == 0 else round(number, decimals)
