"""The brief view: what a person or a page needs of a decision, small enough for a poor link.

It leaves out plain passes, citations and sources of findings, ports beyond the first few, and of those after the first
one the route and what is to be known ashore. Nothing is dropped without a count or a code that says so, and nothing is
put into words that is not shown. In one language what the headline says is not said again, and what is needed least is
given as far as there is room (`api.documents.brief_room`): codes and figures always; in this order the sentences on
nearer ports, points of the route between its turns, sentences on and legs to the next ports, and what only informs.
"""

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any, Literal, NamedTuple, cast

from api.documents.bilingual import Bilingual
from api.documents.brief_room import (
    CENTRE,
    CRITICAL,
    LEG,
    NEARER,
    NOTICED_PORT,
    POINT,
    PORT,
    PORT_ID,
    SHORT_LEG,
    STATED,
    Room,
)
from api.documents.decision import (
    STATUS_NAME,
    Basis,
    along_shortest,
    arrival_times,
    banks_crossed,
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
    water_at_arrival_m,
)
from api.documents.decision_types import (
    BriefCandidate,
    BriefDocument,
    BriefFigures,
    BriefFinding,
    BriefFindingText,
    BriefFirst,
    BriefNotice,
    BriefPassedOver,
    FitStatus,
    UnknownEverywhere,
)
from api.documents.legs import legs_of
from api.documents.numbers import json_number
from api.documents.unconnected import (
    FEED_CODES,
    NOT_STATED,
    WITHOUT_FEEDS,
    WITHOUT_WEATHER,
    not_connected,
    not_stated,
)
from api.position import format_time
from api.text.finding_sentences import (
    Finding,
    displacing_code,
    displacing_sentence,
    finding_sentence,
    findings_against,
    first_channel,
)
from api.text.headline import IN_HEADLINE, bearing_deg, eta_s, headline_sentence, time_ashore_s
from api.text.messages import WORDING
from api.text.notice_sentences import notice_sentence
from engine.codes import Code, Medical, Rule, Status, Verdict, Weight
from engine.decide import deciding_findings, passed_over
from engine.model import Decision, Notice
from engine.opening_time import opens_at_s
from engine.routes import chosen_track
from engine.units import MINUTE_S, NAUTICAL_MILE_M

Json = dict[str, Any]

DECIMALS = 5
"""Of a degree: a metre, as well as anything here is known."""

MOST_PASSED_OVER = 8
"""Ports passed over that have a line each, with a sentence. The others are named by id and code; where no port is
recommended they are counted alone, for all are nearer than none."""

_CONSEQUENCES = (WITHOUT_FEEDS | WITHOUT_WEATHER) - set(FEED_CODES)
"""Follow from a feed that is not connected, and go without saying beside it."""

_OF_THE_VESSEL = frozenset(NOT_STATED)
"""Nobody has said it of the vessel or her people, so it is unknown at every port."""

_NOTICED_AS = {
    Code.LOAD_LIMIT_UNKNOWN: ("self_righting_persons", "max_persons"), Code.VESSEL_SIZE_UNKNOWN: ("loa_m", "beam_m"),
}  # fmt: skip
"""Facts of the vessel that another notice names as unknown, if they are what is missing."""

_SILENT = WITHOUT_FEEDS | _OF_THE_VESSEL
_SILENT_WITHOUT_WEATHER = _SILENT | WITHOUT_WEATHER

_OF_THE_VESSEL_SAID = ("profile", "speed_kn", "draught_m", "loa_m")
_REGIONS = (Code.SRR_UK, Code.SRR_FR, Code.SRR_BE, Code.SRR_NL, Code.SRR_IE, Code.SRR_APPROXIMATE)
_SAID_ELSEWHERE = frozenset({
    *FEED_CODES, *_REGIONS, Code.POLICY_EFFECT, Code.ADVISORY_ONLY, Code.SURGE_NOT_INCLUDED,
})  # fmt: skip
"""Notices that are said in other members: what is unknown everywhere, the coordination, the policy, who decides."""

_SAID_AS_WELL = IN_HEADLINE | {Code.UNCONFIRMED_NEARER, Code.VESSEL_PROFILE_UNKNOWN}
"""Notices that the headline says; and that the vessel is assumed, which another notice says fact by fact."""

_TOLD_ANYWAY = frozenset({Code.ZONES_AVOIDED})
"""Inform, and of what changes from answer to answer."""

_OF_AN_INPUT = ("id", "name", "edition", "run_at", "version", "age_s", "zones", "surveys")
"""The digest of all inputs in full is the decision's own name."""

_AGAINST: dict[int, Literal["fail", "unknown"]] = {int(Verdict.FAIL): "fail", int(Verdict.UNKNOWN): "unknown"}
_UNKNOWN, _INFO, _EXCLUDED = int(Verdict.UNKNOWN), int(Weight.INFO), int(Status.EXCLUDED)


def brief_document(decision: Decision, languages: Sequence[str], limit: int, basis: Basis) -> BriefDocument:
    """The brief view of a decision.

    Parameters
    ----------
    decision : Decision
    languages : sequence of str
        Of the texts: ``en``, ``fr``.
    limit : int
        Candidates listed at most.
    basis : Basis
        Of `api.documents.decision.basis_of`.
    """
    # Excluded ports come last in the order.
    shown = [port for port in decision.order[:limit].tolist() if decision.status[port] != _EXCLUDED]
    # The same whether the others have been judged or not.
    excluded_count = int((decision.status[decision.is_settled] == _EXCLUDED).sum())
    candidates_count = int(decision.is_settled.sum()) - excluded_count
    # Every port shown has them because no source is connected, or nobody has said: they are told once.
    silent = _SILENT_WITHOUT_WEATHER if decision.world.identity["forecast"] is None else _SILENT
    everywhere, told = findings_against(decision, shown, silent)
    best = decision.recommended
    passed = passed_over(decision)
    listed = passed[:MOST_PASSED_OVER]
    reasons = zip(listed, deciding_findings(decision, listed), strict=True)
    others = [] if best is None else passed[MOST_PASSED_OVER:]
    headline = cast(Bilingual, {lang: headline_sentence(decision, lang) for lang in languages})
    unknown = _unknown_everywhere_document(decision, everywhere, languages)
    # First what every answer has, then the rest by what a master needs first.
    room = Room(languages, limit)
    room.spend_words(headline)
    room.spend_words(unknown["text"])
    room.spend(PORT * len(shown[1:]) + NEARER * len(listed) + PORT_ID * len(others))
    ask = decision.ask
    room.spend(STATED * ((ask.position_accuracy_m > 0.0) + (ask.position_age_s > 0.0)))
    room.spend(CENTRE * len(decision.coordination.centres[1:]))
    room.spend(CRITICAL * (ask.medical == Medical.CRITICAL))
    noticed = [notice for notice in decision.notices if notice.code not in _SAID_ELSEWHERE]
    room.spend(NOTICED_PORT * sum(len(cast(Sequence[int], notice.facts.get("ports", ()))) for notice in noticed))
    notices = [_notice(decision, notice, languages, room) for notice in noticed]
    first = [
        _first(decision, _figures_of(decision, port), languages, found, room)
        for port, found in zip(shown[:1], told, strict=False)
    ]
    nearer = [_passed(decision, port, rule, languages, room) for port, rule in reasons]
    for port_document in first:
        _thin_out(port_document, room)
    ports: list[BriefFirst | BriefCandidate] = [*first, *_next_ones(decision, shown[1:], told[1:], languages, room)]
    _add_words(decision, noticed, notices, languages, room)
    coordination = decision.coordination
    document: BriefDocument = {
        "decision_id": basis.decision_id,
        "decided_at": format_time(decision.ask.at_s),
        "outcome": outcome_of(decision),
        "headline": headline,
        "proof": proof_document(decision),
        "margin": margin_document(decision),
        "coordination": {
            "srr": coordination.srr or None, "band": coordination.band,
            "centres": [{"name": c.name, "vhf": c.vhf, "mmsi": c.mmsi} for c in coordination.centres],
        },
        "encounter": _encounter(basis.encounter),
        "recommended": None if best is None else cast(BriefFirst, ports[0]),
        "candidates": ports if best is None else ports[1:],
        "candidates_count": candidates_count,
        "excluded_count": excluded_count,
        "not_judged_count": len(decision.world.ports) - candidates_count - excluded_count,
        "passed_over": nearer,
        "passed_over_count": len(passed),
        "unknown_everywhere": unknown,
        "notices": notices,
        "inputs": {name: _input(value) for name, value in basis.inputs.items() if value is not None},
    }  # fmt: skip
    if others:
        document["passed_over_others"] = _by_code(decision, others)
    return document


def _by_code(decision: Decision, ports: list[int]) -> dict[str, list[str]]:
    """Ids of ports passed over by the code of what displaced them, nearest first."""
    ids: dict[str, list[str]] = {}
    for port, rule in zip(ports, deciding_findings(decision, ports), strict=True):
        found = None if rule is None else Finding.of(decision, port, Rule(rule))
        ids.setdefault(displacing_code(decision, port, found).name, []).append(decision.world.ports[port].id)
    return ids


def _encounter(whole: Json) -> Json:
    """The encounter as it was understood; what is left out was not said, and what is assumed is a notice."""
    vessel = {name: whole["vessel"][name] for name in _OF_THE_VESSEL_SAID if whole["vessel"][name] is not None}
    return {**{name: value for name, value in whole.items() if value is not None}, "vessel": vessel}


def _input(value: object) -> object:
    """What names one input beyond doubt; the whole view has more of it."""
    if not isinstance(value, dict):
        return value
    return {name: value[name] for name in _OF_AN_INPUT if name in value}


def _notice(decision: Decision, notice: Notice, languages: Sequence[str], room: Room) -> BriefNotice:
    """A notice: in words, but where room is scarce what is said elsewhere, and what is told as room allows."""
    if room.is_bounded and (notice.code in _SAID_AS_WELL or _as_room_allows(notice)):
        silent = cast(BriefNotice, notice_document(decision, notice, ()))
        del silent["text"]
        return silent
    document = cast(BriefNotice, notice_document(decision, notice, languages))
    room.spend_words(document["text"])
    return document


def _as_room_allows(notice: Notice) -> bool:
    """Whether it only informs, or the figures of the answer say it, as of a near tie."""
    if notice.code == Code.NEAR_TIE:
        return True
    return WORDING[notice.code].level == "information" and notice.code not in _TOLD_ANYWAY


def _add_words(
    decision: Decision, noticed: Sequence[Notice], notices: Sequence[BriefNotice], languages: Sequence[str], room: Room
) -> None:  # fmt: skip
    """Put the other notices into words, as far as there is room."""
    for notice, document in zip(noticed, notices, strict=True):
        if "text" not in document and _as_room_allows(notice) and room.takes_sentence(notice.code._name_):
            document["text"] = cast(Bilingual, {lang: notice_sentence(decision, notice, lang) for lang in languages})


def _thin_out(first: BriefFirst, room: Room) -> None:
    """Without room for all points of the route, those its legs begin and end at."""
    route, legs = first["route"], first["legs"] or []
    if route is None:
        return
    points = route["coordinates"]
    if not room.takes(POINT * (len(points) - len(legs) - 1)):
        route["coordinates"] = [points[0], *(leg["to"] for leg in legs)]


def _unknown_everywhere_document(
    decision: Decision, everywhere: frozenset[Code], languages: Sequence[str]
) -> UnknownEverywhere:
    """What is unknown of every port shown, with one sentence on the sources that are not connected."""
    noticed = {notice.code for notice in decision.notices}
    codes = everywhere - _CONSEQUENCES
    surge = Code.SURGE_NOT_INCLUDED
    absent = [code for code in (*FEED_CODES, surge) if code in noticed]
    facts = {name for notice in decision.notices if notice.code == Code.VESSEL_FACTS_UNKNOWN
             for name in cast(Sequence[str], notice.facts["names"])}  # fmt: skip
    unsaid = [code for code in NOT_STATED if code in everywhere and facts.isdisjoint(_NOTICED_AS.get(code, ()))]
    if surge in noticed:
        codes |= {surge}
    text = None
    if absent or unsaid:
        text = cast(Bilingual, {
            lang: " ".join(filter(None, (not_connected(absent, lang), not_stated(unsaid, lang)))) for lang in languages
        })  # fmt: skip
    return {"codes": sorted(code._name_ for code in codes), "text": text}


class _Figures(NamedTuple):
    """Way, time and water of a port in the engine's units."""

    port: int
    status: int
    distance_m: float
    time_s: float
    low_s: float
    high_s: float
    wait_s: float
    is_close: bool
    depth_m: float
    tide_m: float


def _figures_of(decision: Decision, port: int) -> _Figures:
    # As Python's own numbers: numpy's would take longer than all the rest of the document.
    return _Figures(
        port, decision.status.item(port), decision.distance_m.item(port), decision.time_s.item(port),
        decision.low_s.item(port), decision.high_s.item(port), decision.wait_s.item(port), decision.closely.item(port),
        *water_at_arrival_m(decision, port),
    )  # fmt: skip


def _read_out(decision: Decision, figures: _Figures, told: list[Finding]) -> BriefFigures:
    """Figures of a port as people read them: tenths of a mile and a metre, whole minutes."""
    country = decision.world.ports[figures.port].country
    return {
        "status": cast(FitStatus, STATUS_NAME[figures.status]),
        "distance_nm": json_number(figures.distance_m / NAUTICAL_MILE_M, 1),
        "bearing_deg": round(bearing_deg(decision, figures.port)),
        "time_to_landing_min": json_number(figures.time_s / MINUTE_S, 0),
        "time_range_min": [_whole_minutes(figures.low_s), _whole_minutes(figures.high_s)],
        "clock": "close" if figures.is_close else "coarse",
        **arrival_times(eta_s(decision, figures.port), figures.wait_s, country),
        "wait_min": json_number(figures.wait_s / MINUTE_S, 0),
        "depth_at_arrival_m": json_number(figures.depth_m, 1),
        "tide_at_arrival_m": json_number(figures.tide_m, 1),
        "remarks": [found.code._name_ for found in told if found.weight == _INFO and found.verdict == _UNKNOWN],
    }


def _whole_minutes(time_s: float) -> int | None:
    return round(time_s / MINUTE_S) if isfinite(time_s) else None


def _first(
    decision: Decision, figures: _Figures, languages: Sequence[str], told: list[Finding], room: Room
) -> BriefFirst:  # fmt: skip
    """The port to go to, or else to ask about: all but plain passes."""
    port = figures.port
    named, track = decision.world.ports[port], chosen_track(decision, port)
    care_s, opens_s = time_ashore_s(decision, port), opens_at_s(decision, port)
    first = cast(BriefFirst, {
        "port": port_brief(named, languages),
        **_read_out(decision, figures, told),
        "distance_nm": json_number(figures.distance_m / NAUTICAL_MILE_M, 2),
        "time_to_landing_min": json_number(figures.time_s / MINUTE_S, 1),
        "tide_at_arrival_m": json_number(figures.tide_m, 2),
        "time_to_care_min": json_number((figures.time_s + care_s) / MINUTE_S, 1),
        "hazards": register_text(named, "hazard", languages),
        "legs": legs_of(track),
        "route": line_string(track, DECIMALS),
        "findings": [_told(decision, port, found, languages) for found in told if not _is_remark(found)],
    })  # fmt: skip
    room.spend_words(first["hazards"])
    room.spend(LEG * len(first["legs"] or ()))
    for found in first["findings"]:
        room.spend_words(found["text"], found["code"])
    if not isnan(opens_s):
        first["opens_at"] = format_time(opens_s)
    if port in decision.detours:
        first["along_shortest"] = along_shortest(decision, port)
    if port in decision.bank_ways:
        first["over_banks"] = banks_crossed(decision, port, languages)
    if decision.ask.medical != Medical.NONE:
        first["hospital"] = hospital_document(named, care_s)
    return first


def _next_ones(
    decision: Decision, ports: list[int], told: list[list[Finding]], languages: Sequence[str], room: Room
) -> list[BriefCandidate]:  # fmt: skip
    """The others, each a line of a table."""
    lines = [
        _next(decision, port, languages, findings, room) for port, findings in zip(ports, told, strict=True)
    ]  # fmt: skip
    if lines and room.takes(SHORT_LEG):
        legs = legs_of(chosen_track(decision, ports[0]))
        if room.takes(SHORT_LEG * (len(legs) - 1)):
            lines[0]["legs"] = [
                {"course_deg": leg["course_deg"], "distance_nm": round(leg["distance_nm"], 1)} for leg in legs
            ]
    return lines


def _next(
    decision: Decision, port: int, languages: Sequence[str], told: list[Finding], room: Room
) -> BriefCandidate:  # fmt: skip
    named = decision.world.ports[port]
    return cast(BriefCandidate, {
        "port": {
            "id": named.id, "name": port_names(named, languages), "country": named.country,
            "vhf": None if named.vhf is None else first_channel(named.vhf, named.vhf),
        },
        **_read_out(decision, _figures_of(decision, port), told),
        "findings": [
            _told(decision, port, found, languages) if room.takes_sentence(found.code._name_) else _code_of(found)
            for found in told if not _is_remark(found)
        ],
    })  # fmt: skip


def _told(decision: Decision, port: int, found: Finding, languages: Sequence[str]) -> BriefFindingText:
    text = {lang: finding_sentence(decision, port, found, lang) for lang in languages}
    return {**_code_of(found), "text": cast(Bilingual, text)}


def _code_of(found: Finding) -> BriefFinding:
    return {"code": found.code._name_, "class": class_of(found), "verdict": _AGAINST[found.verdict]}


def _is_remark(found: Finding) -> bool:
    """Whether it is not known but counts neither for nor against a port."""
    return found.weight == _INFO and found.verdict == _UNKNOWN


def _passed(
    decision: Decision, port: int, rule: int | None, languages: Sequence[str], room: Room
) -> BriefPassedOver:  # fmt: skip
    """A nearer port and what displaced it; in its sentence it has the name it has beside it, not in capitals."""
    found = None if rule is None else Finding.of(decision, port, Rule(rule))
    named = decision.world.ports[port]
    names = port_names(named, languages)
    code = displacing_code(decision, port, found)
    room.spend_sentence(code._name_)
    text = {lang: displacing_sentence(decision, port, found, lang, str(name)) for lang, name in names.items()}
    passed: BriefPassedOver = {
        "port_id": named.id,
        "code": code._name_,
        "time_to_landing_min": json_number(float(decision.time_s[port]) / MINUTE_S, 0),
        "distance_nm": json_number(float(decision.distance_m[port]) / NAUTICAL_MILE_M, 1),
        "text": cast(Bilingual, text),
    }
    if code == Code.RANKED_BY_POLICY:
        passed["name"] = names
    return passed
