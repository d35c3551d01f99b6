"""What a decision says of itself as sentences: doubts, zones, banks, what is not known."""

from datetime import UTC, datetime
from math import isnan

from api.encounter_fields import ENCOUNTER_FIELDS
from api.text.catalogue import Text, load_groups
from api.text.clocks import utc_clock
from api.text.contractions import spoken_with_names
from api.text.finding_sentences import CODE, FIELDS_USED, both_languages, port_name, template_of
from api.text.locale import localize_number
from api.text.messages import WORDING
from api.text.quantities import COUNT, HOURS, KNOTS, METRES, MILES, MINUTES, WHOLE_METRES, format_quantity, minutes_text
from engine.codes import Code, Verdict, Weight
from engine.decide import cut_off_by_zones
from engine.model import AvoidedZone, Decision, Notice
from engine.units import HOUR_S, MINUTE_S

_TEXTS = load_groups("sentences")
_CLAUSE = _TEXTS["clause"]
_VESSEL_FACT = _TEXTS["vessel_fact"]
_DOUBT = _TEXTS["doubt"]
_FORECAST_PART = _TEXTS["forecast_part"]

_MOST_AGE_S = ENCOUNTER_FIELDS["position_age_s"].most
"""A position stated to be so old may be older: the board counts no further. [s]"""

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_UNKNOWN = int(Verdict.UNKNOWN)
_HARD = int(Weight.HARD)


def notice_text(decision: Decision, notice: Notice) -> Text:
    """What a notice says."""
    return both_languages(lambda language: notice_sentence(decision, notice, language))


def notice_sentence(decision: Decision, notice: Notice, language: str) -> str:
    """What a notice says, in one language."""
    code, facts, uses = notice.code, notice.facts, FIELDS_USED[notice.code]
    if not uses:
        return template_of(code, language)
    fields = {"measured": "", "limit": "", "count": "", "port": "", "vhf": "16"}
    if "metres" in facts:
        metres = float(facts["metres"])  # type: ignore[arg-type]
        fields["measured"] = format_quantity(
            metres, MILES if code == Code.SRR_BOUNDARY_BAND else WHOLE_METRES, language
        )
    if "age_s" in facts:
        age_s = float(facts["age_s"])  # type: ignore[arg-type]
        if code in (Code.FORECAST_AGE, Code.FORECAST_STALE):
            fields["measured"] = format_quantity(age_s, HOURS, language)
        elif age_s < _MOST_AGE_S:
            fields["measured"] = format_quantity(age_s, MINUTES, language)
        else:
            fields["measured"] = _CLAUSE["at_least_days"].of(language).format(days=f"{_MOST_AGE_S / (24 * HOUR_S):.0f}")
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
    return spoken_with_names(template_of(code, language).format_map(fields), language)


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
    return unknown_thing(unconfirming_code(decision, port))


def unknown_thing(code: Code) -> Text:
    """What a code says is not known, in two or three words."""
    return WORDING[code].short or _CLAUSE["not_confirmed"]


def unconfirming_code(decision: Decision, port: int) -> Code:
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
    return (
        _CLAUSE["closes_water"]
        .of(language)
        .format(area=localize_number(area, language), share=localize_number(share, language))
    )
