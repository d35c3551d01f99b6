"""Codes to sentences, in English and French; made only when somebody reads them.

Numbers are never more precise than the data: tenths of a mile, whole minutes and degrees. French texts get a decimal
comma and ``M`` for the nautical mile; JSON keeps points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite, isinf, isnan
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from api.text.catalogue import Text, load_groups
from api.text.contractions import spoken_with_names
from api.text.messages import FIELDS, RULE_ENTRIES, WORDING
from engine.codes import Code, Grade, Rule, Status, Verdict, Weight
from engine.decide import cut_off_by_zones
from engine.kernels.geodesy import initial_course_deg
from engine.model import AvoidedZone, Decision, Notice
from engine.ports import Port
from engine.request_context import care_delay_s
from engine.units import HOUR_S, KNOT_MS, MINUTE_S, NAUTICAL_MILE_M

CODE = {int(code): code for code in Code}
RULES = tuple(Rule)

_TEXTS = load_groups("sentences")
_HEADLINE, _CLAUSE, _COUNTRY = _TEXTS["headline"], _TEXTS["clause"], _TEXTS["country"]
_VESSEL_FACT, _DOUBT, _FORECAST_PART = _TEXTS["vessel_fact"], _TEXTS["doubt"], _TEXTS["forecast_part"]

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_UNCONFIRMED, _CAUTION = int(Status.UNCONFIRMED), int(Status.CAUTION)
_FAIL, _UNKNOWN, _HARD = int(Verdict.FAIL), int(Verdict.UNKNOWN), int(Weight.HARD)


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit that people and JSON see for a quantity, its size in the engine's unit, decimals worth showing, singular."""

    name: str
    en: str
    fr: str
    size: float
    decimals: int
    one_en: str = ""
    one_fr: str = ""


MILES = Unit("nm", "nm", "M", NAUTICAL_MILE_M, 1)
METRES = Unit("m", "m", "m", 1.0, 1)
WHOLE_METRES = Unit("m", "m", "m", 1.0, 0)
KNOTS = Unit("kn", "kn", "nd", KNOT_MS, 0)
HOURS = Unit("h", "h", "h", HOUR_S, 1)
WINDOW_HOURS = Unit("h", "h", "h", 1.0, 1)
MINUTES = Unit("min", "min", "min", MINUTE_S, 0)
PERSONS = Unit("persons", "persons", "personnes", 1.0, 0, "person", "personne")
COUNT = Unit("count", "", "", 1.0, 0)

UNITS = {
    "miles": MILES, "metres": METRES, "knots": KNOTS, "hours": HOURS, "window_hours": WINDOW_HOURS, "minutes": MINUTES,
    "persons": PERSONS, "count": COUNT,
}  # fmt: skip
"""By their names in the catalogue."""

UNIT_OF: dict[Rule, Unit] = {rule: UNITS[entry.unit] for rule, entry in RULE_ENTRIES.items() if entry.unit}
"""Unit of the measured value and the limit of each rule that has them."""

_UNIT_OF_CODE = {code: UNITS[wording.unit] for code, wording in WORDING.items() if wording.unit}
"""Codes that measure something else than the other codes of their rule."""


def unit_of(rule: Rule, code: Code) -> Unit:
    """Unit of a finding."""
    return _UNIT_OF_CODE.get(code) or UNIT_OF.get(rule, COUNT)


def format_quantity(value: float, unit: Unit, language: str) -> str:
    """A quantity of the engine with its unit, as people read it; NaN is what is not known."""
    if isnan(value):
        return _CLAUSE["not_known"].of(language)
    # What rounds to nothing has no sign.
    number = f"{round(value / unit.size, unit.decimals) + 0.0:.{unit.decimals}f}"
    name = unit.one_en if unit.one_en and number == "1" else unit.en
    if language == "fr":
        # In French nothing, too, is singular.
        name = unit.one_fr if unit.one_fr and number in ("0", "1") else unit.fr
        number = number.replace(".", ",")
    return f"{number} {name}".strip()


def minutes_text(time_s: float, language: str) -> str:
    """A time in minutes, or that it is not known."""
    if isfinite(time_s):
        return format_quantity(time_s, MINUTES, language)
    return _CLAUSE["time_not_known"].of(language)


def _both(make: Callable[[str], str]) -> Text:
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
    return _both(lambda language: finding_sentence(decision, port, found, language))


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
    uses = _FIELDS_USED[code]
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
    return spoken_with_names(_template(code, language).format_map(fields), language)


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


def _template(code: Code, language: str) -> str:
    return WORDING[code].text.of(language)


_FIELDS_USED = {
    code: frozenset(field for field in FIELDS if any(f"{{{field}}}" in text for text in wording.text))
    for code, wording in WORDING.items()
}

WITHOUT_FIGURES = frozenset(code for code, fields in _FIELDS_USED.items() if fields <= {"port", "vhf"})
"""Codes whose sentence quotes no figure."""


@lru_cache(maxsize=32_768)
def plain_sentence(code: Code, name: str, vhf: str, language: str) -> str:
    """Sentence of a code that quotes no figure: the same for a port in every decision, so made once."""
    return spoken_with_names(_template(code, language).format(port=name, vhf=vhf), language)


def brief_reason(decision: Decision, port: int, rule: Rule | None, *, with_hospital: bool = True) -> Text:
    """Sentence on what displaced a nearer port; without the name of a hospital where there is little room."""
    found = None if rule is None else Finding.of(decision, port, rule)
    if found is not None and rule == Rule.R_MED_02 and not with_hospital and port not in cut_off_by_zones(decision):
        vhf = first_channel(decision.world.ports[port].vhf, "16")
        return _both(
            lambda language: spoken_with_names(
                _template(found.code, language).format(port=port_name(decision, port, language), vhf=vhf, detail=""),
                language,
            )
        )
    return _both(lambda language: displacing_sentence(decision, port, found, language))


def ranked_sentence(language: str) -> str:
    """That nothing but its place in the order speaks against a port."""
    return _template(Code.RANKED_BY_POLICY, language)


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


def notice_text(decision: Decision, notice: Notice) -> Text:
    """What a notice says."""
    return _both(lambda language: notice_sentence(decision, notice, language))


def notice_sentence(decision: Decision, notice: Notice, language: str) -> str:
    """What a notice says, in one language."""
    code, facts, uses = notice.code, notice.facts, _FIELDS_USED[notice.code]
    if not uses:
        return _template(code, language)
    fields = {"measured": "", "limit": "", "count": "", "port": "", "vhf": "16"}
    if "metres" in facts:
        metres = float(facts["metres"])  # type: ignore[arg-type]
        fields["measured"] = format_quantity(
            metres, MILES if code == Code.SRR_BOUNDARY_BAND else WHOLE_METRES, language
        )
    if "age_s" in facts:
        unit = HOURS if code in (Code.FORECAST_AGE, Code.FORECAST_STALE) else MINUTES
        fields["measured"] = format_quantity(float(facts["age_s"]), unit, language)  # type: ignore[arg-type]
    if "saved_s" in facts:
        fields["measured"] = format_quantity(float(facts["saved_s"]), MINUTES, language)  # type: ignore[arg-type]
    if code == Code.SPEED_CAPPED:
        fields["measured"] = format_quantity(decision.speed_ms, KNOTS, language)
        fields["limit"] = format_quantity(decision.ask.vessel.speed_ms, KNOTS, language)
    if code in (Code.STREAM_FROM_ATLAS, Code.STREAM_FORECAST_FIRST):
        fields["limit"] = _doubt_of_streams(decision, language)
    if code == Code.BANK_CROSSED:
        fields["limit"] = format_quantity(float(facts["needed_m"]), METRES, language)  # type: ignore[arg-type]
        fields["measured"] = format_quantity(float(facts["longer_m"]), MILES, language)  # type: ignore[arg-type]
    if code == Code.POB_UNKNOWN:
        fields["limit"] = format_quantity(decision.persons, COUNT, language)
    if code == Code.POB_RANGE:
        fields["measured"] = f"{decision.ask.persons_min:.0f}-{decision.ask.persons_max:.0f}"
    if "detail" in uses:
        fields["detail"] = _notice_detail(decision, notice, language)
    return spoken_with_names(_template(code, language).format_map(fields), language)


def _doubt_of_streams(decision: Decision, language: str) -> str:
    """Least and greatest doubt of the atlas's rates, in per cent."""
    doubt = decision.world.streams.doubt
    least, most = (f"{100.0 * share:.0f}" for share in (doubt.min(), doubt.max()))
    figures = least if least == most else _CLAUSE["from_to"].of(language).format(low=least, high=most)
    return f"{figures} %"


def _notice_detail(decision: Decision, notice: Notice, language: str) -> str:
    facts = notice.facts
    if notice.code == Code.POLICY_EFFECT:
        policy = decision.ask.policy
        return policy.sentence_fr if language == "fr" else policy.sentence_en
    if notice.code in (Code.VESSEL_FACTS_ASSUMED, Code.VESSEL_FACTS_UNKNOWN):
        return ", ".join(_VESSEL_FACT[name].of(language) for name in facts["names"])  # type: ignore[attr-defined]
    if notice.code == Code.SENSITIVE_TO:
        return notice_inputs(facts, language)
    if notice.code == Code.ZONES_AVOIDED:
        return _zones_avoided(decision, facts, language)
    if notice.code == Code.FORECAST_ONE_STEP:
        return ", ".join(
            f"{_FORECAST_PART[name].of(language)} ({datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M}Z)"
            for name, at_s in facts["groups"]  # type: ignore[attr-defined]
        )
    if notice.code == Code.BANK_CROSSED:
        return _banks_crossed(decision, facts, language)
    if notice.code == Code.BANK_GONE_ROUND:
        return _banks_gone_round(facts, language)
    if notice.code == Code.POS_IN_DRAWN_WATER:
        return Text(*facts["name"]).of(language)  # type: ignore[misc]
    if notice.code == Code.UNLISTED_PORT_NEARER:
        return ", ".join(facts["names"])  # type: ignore[arg-type]
    if notice.code == Code.NEAR_TIE:
        ports, times_s = facts["ports"], facts["times_s"]
        return ", ".join(
            f"{port_name(decision, port, language)} {format_quantity(time_s, MINUTES, language)}"
            for port, time_s in zip(ports, times_s, strict=True)  # type: ignore[call-overload]
        )
    if notice.code == Code.UNCONFIRMED_NEARER:
        port, time_s = int(facts["port"]), float(facts["time_s"])  # type: ignore[call-overload,arg-type]
        why = _why_unconfirmed(decision, port)
        colon = " :" if language == "fr" else ":"
        return f"{port_name(decision, port, language)} {minutes_text(time_s, language)}{colon} {why.of(language)}"
    if "ports" in facts:
        return ", ".join(port_name(decision, port, language) for port in facts["ports"])  # type: ignore[attr-defined]
    return ""


def notice_inputs(facts: dict[str, object], language: str) -> str:
    """Inputs whose doubt makes another port the answer."""
    return ", ".join(_DOUBT[name].of(language) for name in facts["names"])  # type: ignore[attr-defined]


def _banks_crossed(decision: Decision, facts: dict[str, object], language: str) -> str:
    """Each bank with the least water reckoned over it, when that is, and whose tide it is."""
    columns = zip(facts["names"], facts["depths_m"], facts["times_s"], facts["tides"], strict=True)  # type: ignore[call-overload]
    return ", ".join(
        _CLAUSE["bank_crossed"].of(language).format(
            bank=Text(*name).of(language), depth=format_quantity(depth_m, METRES, language),
            clock=utc_clock(at_s, language), port=port_name(decision, port, language),
            miles=format_quantity(off_m, MILES, language),
        )
        for name, depth_m, at_s, (port, off_m) in columns
    )  # fmt: skip


def _banks_gone_round(facts: dict[str, object], language: str) -> str:
    """Banks without water enough, when they have it, and whether waiting for that is worth while."""
    banks = ", ".join(Text(*name).of(language) for name in facts["names"])  # type: ignore[attr-defined]
    opens_s, saved_s = (float(facts[name]) for name in ("opens_s", "wait_saves_s"))  # type: ignore[arg-type]
    kind = "bank_shut" if isnan(opens_s) else "bank_opens_saves" if saved_s >= MINUTE_S else "bank_opens"
    return _CLAUSE[kind].of(language).format(
        banks=banks, clock=utc_clock(opens_s, language), saved=format_quantity(saved_s, MINUTES, language)
    )  # fmt: skip


def _why_unconfirmed(decision: Decision, port: int) -> Text:
    """What is not known of an unconfirmed port, in a few words."""
    return unknown_thing(_unconfirming(decision, port))


def unknown_thing(code: Code) -> Text:
    """What a code says is not known, in two or three words."""
    return WORDING[code].short or _CLAUSE["not_confirmed"]


def _unconfirming(decision: Decision, port: int) -> Code:
    """The first hard finding on an unconfirmed port that says that something is not known."""
    is_unconfirming = (decision.verdict[port] == _UNKNOWN) & (decision.weight[port] == _HARD)
    return CODE[int(decision.code[port, int(is_unconfirming.argmax())])]


def _zones_avoided(decision: Decision, facts: dict[str, object], language: str) -> str:
    """Each zone with the water it closes, which zones of the same file close none, and ports that one cuts off."""
    zones = ", ".join(
        f"{zone.name} ({_water_closed(zone, language)})" for zone in facts["zones"]  # type: ignore[attr-defined]
    )  # fmt: skip
    names = ", ".join(facts["not_avoided"])  # type: ignore[arg-type]
    if names:
        zones = _CLAUSE["of_no_effect"].of(language).format(zones=zones, names=names)
    ports = ", ".join(
        f"{port_name(decision, port, language)} {format_quantity(distance_m, MILES, language)}"
        for port, (distance_m, _) in cut_off_by_zones(decision).items()
    )
    return _CLAUSE["nearer_without"].of(language).format(zones=zones, ports=ports) if ports else zones


def _water_closed(zone: AvoidedZone, language: str) -> str:
    area_km2, percent = zone.closed_m2 / 1e6, 100.0 * zone.share
    area = f"{area_km2:.3g}" if area_km2 < 100.0 else f"{area_km2:.0f}"
    share = "<0.01" if percent < 0.01 else f"{percent:.2f}" if percent < 1.0 else f"{percent:.0f}"
    if language == "fr":
        area, share = area.replace(".", ","), share.replace(".", ",")
    return _CLAUSE["closes_water"].of(language).format(area=area, share=share)


def eta_s(decision: Decision, port: int) -> float:
    """Time of arrival at the landing to the nearest minute, epoch seconds; infinite or NaN where there is none. [s]"""
    minutes = (decision.ask.at_s + float(decision.time_s[port])) / MINUTE_S
    return round(minutes) * MINUTE_S if isfinite(minutes) else minutes


def bearing_deg(decision: Decision, port: int) -> float:
    """True bearing of the landing from the position. [deg]"""
    return float(initial_course_deg(decision.ask.lon, decision.ask.lat, *decision.world.ports[port].landing))


IN_HEADLINE = frozenset({Code.RESCUE_INCOMPLETE, Code.RESCUE_STATE_UNKNOWN, Code.NO_PORT_CONFIRMED, Code.NO_PORT_FIT})
"""Notices that the headline says; what it asks about first is `Code.UNCONFIRMED_NEARER`."""


def headline(decision: Decision) -> Text:
    """The answer in one line: what to do, and who decides."""
    return _both(lambda language: headline_sentence(decision, language))


def headline_sentence(decision: Decision, language: str, *, for_information: bool = False) -> str:
    """The answer in one line, in one language.

    Parameters
    ----------
    decision : Decision
    language : str
    for_information : bool
        Whether people are directed elsewhere: it advises nothing then.
    """
    centres = decision.coordination.centres
    centre = centres[0].name if centres else "MRCC"
    codes = {notice.code for notice in decision.notices}
    best = decision.recommended
    first = int(decision.order[0])
    question = _HEADLINE["question"].of(language) if Code.RESCUE_STATE_UNKNOWN in codes else ""
    if best is None:
        kind = "unconfirmed" if decision.status[first] == _UNCONFIRMED else "none"
        parts = {"call": _HEADLINE["call"].of(language).format(centre=centre)}
        if kind == "none":
            parts["why"] = why_none_fits(decision, language)
    else:
        kind = "for_information" if for_information else "advice"
        kind = "information" if Code.RESCUE_INCOMPLETE in codes else kind
        parts = {
            "lead": lead_words(decision, language) if for_information else _lead(decision, language),
            "care": _time_ashore(decision, best, language),
            "eta": clock(eta_s(decision, best), language, decision.world.ports[best].country),
            "confirm": _HEADLINE["confirm"].of(language).format(centre=centre),
        }  # fmt: skip
    port = first if best is None else best
    text = question + _HEADLINE[kind].of(language).format(
        port=port_name(decision, port, language),
        distance=format_quantity(float(decision.distance_m[port]), MILES, language),
        bearing=f"{round(bearing_deg(decision, port)) % 360:03d}",
        minutes=minutes_text(float(decision.time_s[port]), language),
        **parts,
    )
    return spoken_with_names(text, language)


def reason_for_all(decision: Decision) -> tuple[Rule, Code] | None:
    """The rule and its finding that exclude every port, where one does: what the vessel carries before all others."""
    if decision.status[int(decision.order[0])] != Status.EXCLUDED:
        return None
    excludes = (decision.verdict == _FAIL) & (decision.weight == _HARD)
    same = excludes.all(axis=0) & (decision.code == decision.code[0]).all(axis=0)
    for rule in (Rule.R_RTE_06, *RULES):
        if same[rule]:
            return rule, CODE[int(decision.code[0, rule])]
    return None


def why_none_fits(decision: Decision, language: str) -> str:
    """What keeps every port from being fit, to follow that none is; empty where ports differ in it."""
    reason = reason_for_all(decision)
    if reason is None:
        return ""
    rule, code = reason
    if code == Code.LOAD_OVER_MAX:
        measured, limit = (float(figures[0, rule]) for figures in (decision.measured, decision.limit))
        return _HEADLINE["overloaded"].of(language).format(
            persons=format_quantity(measured, COUNT, language), limit=format_quantity(limit, COUNT, language)
        )  # fmt: skip
    general = (WORDING[code].general or WORDING[code].text).of(language).rstrip(".")
    return _HEADLINE["because"].of(language).format(reason=general[0].lower() + general[1:])


_VESSEL_UNKNOWNS = frozenset({Code.DRAUGHT_UNKNOWN, Code.VESSEL_SIZE_DOUBTFUL, Code.RANGE_DOUBTFUL})
"""What is not known of the vessel: no harbour can be asked about it."""


def asked_first(decision: Decision) -> tuple[int, Code, bool] | None:
    """The much nearer unconfirmed port to ask about first.

    Returns
    -------
    tuple or None
        The port, what is not known, and whether its harbour can say it.
    """
    nearer = next((notice for notice in decision.notices if notice.code == Code.UNCONFIRMED_NEARER), None)
    if nearer is None:
        return None
    asked = int(nearer.facts["port"])  # type: ignore[call-overload]
    code = _unconfirming(decision, asked)
    return asked, code, code not in _VESSEL_UNKNOWNS


def _lead(decision: Decision, language: str) -> str:
    """What a recommended port is, or which much nearer one to ask about first."""
    first = asked_first(decision)
    if first is None:
        return lead_words(decision, language)
    asked, code, by_harbour = first
    return (
        _HEADLINE["ask" if by_harbour else "check"]
        .of(language)
        .format(
            asked=port_name(decision, asked, language),
            vhf=first_channel(decision.world.ports[asked].vhf, "16"),
            asked_minutes=minutes_text(float(decision.time_s[asked]), language),
            why=unknown_thing(code).of(language),
        )
    )


def lead_words(decision: Decision, language: str) -> str:
    """What the recommended port is: nearest, soonest to care, or first by the policy's penalties."""
    if decision.ranked_by_care:
        return _HEADLINE["care"].of(language)
    best = decision.recommended
    fit = decision.status <= _CAUTION
    is_nearest = best is None or not (decision.plain_key_s[fit] < decision.plain_key_s[best]).any()
    return _HEADLINE["nearest" if is_nearest else "ranked"].of(language)


def _time_ashore(decision: Decision, port: int, language: str) -> str:
    """The drive to the hospital, where ports are ordered by it."""
    if not decision.ranked_by_care:
        return ""
    care_s = time_ashore_s(decision, port)
    return _HEADLINE["to_hospital"].of(language).format(minutes=format_quantity(care_s, MINUTES, language))


def time_ashore_s(decision: Decision, port: int) -> float:
    """From a landing to care. [s]"""
    return float(care_delay_s(decision.ask.policy, decision.world)[port])


def first_channel(vhf: str | None, unknown: str) -> str:
    """The channel to call first out of a register entry such as ``74 (12, 16)``, or what stands for an unknown one."""
    digits = "" if vhf is None else vhf.split(" ", maxsplit=1)[0].strip(",;")
    return digits or unknown


_ZONES = {
    "GB": ZoneInfo("Europe/London"), "FR": ZoneInfo("Europe/Paris"), "BE": ZoneInfo("Europe/Brussels"),
    "NL": ZoneInfo("Europe/Amsterdam"), "GG": ZoneInfo("Europe/Guernsey"), "JE": ZoneInfo("Europe/Jersey"),
}  # fmt: skip
"""Time of each country of the register."""


def clock(epoch_s: float, language: str, country: str) -> str:
    """UTC first, then the local time of the place, named by it: the two sides of the water differ by an hour.

    Parameters
    ----------
    epoch_s : float
        [s]
    language : str
        ``en`` or ``fr``.
    country : str
        Of the place, by its code in the register; of any other, UTC alone is said.
    """
    if isnan(epoch_s) or isinf(epoch_s) or country not in _ZONES:
        return utc_clock(epoch_s, language)
    local = datetime.fromtimestamp(epoch_s, _ZONES[country])
    return f"{utc_clock(epoch_s, language)} ({_hour(local, language)} {_COUNTRY[country].of(language)})"


def local_clock(epoch_s: float, country: str) -> str | None:
    """Local time of a place and the name of its zone, such as ``15:12 CET``; None where either is not known.

    Parameters
    ----------
    epoch_s : float
        [s]
    country : str
        Of the place, by its code in the register.
    """
    if isnan(epoch_s) or isinf(epoch_s) or country not in _ZONES:
        return None
    there = datetime.fromtimestamp(epoch_s, _ZONES[country])
    return f"{there.hour:02}:{there.minute:02} {there.tzname()}"


def utc_clock(epoch_s: float, language: str) -> str:
    """UTC alone."""
    if isnan(epoch_s) or isinf(epoch_s):
        return "-"
    return f"{_hour(datetime.fromtimestamp(epoch_s, UTC), language)} UTC"


def _hour(at: datetime, language: str) -> str:
    # Several times as fast as `strftime`, and every answer names some hours.
    return f"{at.hour:02}{'h' if language == 'fr' else ''}{at.minute:02}"
