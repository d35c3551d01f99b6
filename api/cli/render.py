"""A decision as text for people: what to do, then why, then what to know; as wide as they read, without colour too."""

from datetime import UTC, datetime
from math import isfinite, isnan

import numpy as np

from api.cli.console import Style, column_rows, headline_lines, justify, wrap
from api.cli.messages import word
from api.documents.decision import decision_id, inputs_document
from api.documents.unconnected import FEED_CODES, WITHOUT_FEEDS, WITHOUT_WEATHER, not_connected
from api.encounter import encounter_echo
from api.position import format_position
from api.text.catalogue import Text
from api.text.clocks import clock, utc_clock
from api.text.finding_sentences import brief_reason, finding_text, first_channel, port_name
from api.text.headline import IN_HEADLINE, bearing_deg, eta_s, headline, reason_for_all
from api.text.messages import RULE_TITLE, WORDING
from api.text.notice_sentences import notice_text
from api.text.quantities import MILES, MINUTES, PERSONS, format_quantity, minutes_text
from engine import ENGINE_VERSION
from engine.codes import Code, Medical, Rule, Status, Verdict, Weight
from engine.decide import cut_off_by_zones, deciding_finding, nearer_than, only_by_person
from engine.kernels.geodesy import initial_course_deg
from engine.model import Decision, Notice
from engine.opening_time import opens_at_s
from engine.routes import chosen_track
from engine.units import MINUTE_S

SHAPE = {Status.SUITABLE: "*", Status.CAUTION: "+", Status.UNCONFIRMED: "?", Status.EXCLUDED: "x"}
COLOUR = {Status.SUITABLE: "green", Status.CAUTION: "yellow", Status.UNCONFIRMED: "magenta", Status.EXCLUDED: "red"}
LEVEL_COLOUR = {"warning": "red", "caution": "yellow", "information": "green"}

FULLY_EXPLAINED = 8
"""Passed-over ports that get lines of their own; those after them share a paragraph."""

_MOST_LINES_OF_REASON = 2
"""Beyond so many the name of a hospital is left out: it is that of a port passed over."""

MOST_BEACHES = 6
"""So many beaches are named."""

SAID_AS_NOTICE = frozenset({Code.LOAD_POB_UNKNOWN, Code.PORT_ENTRY_PERMISSION_REQUIRED})
REGION_CODES = (
    Code.SRR_BOUNDARY_BAND, Code.SRR_UK, Code.SRR_FR, Code.SRR_BE, Code.SRR_NL, Code.SRR_IE, Code.SRR_APPROXIMATE,
)  # fmt: skip
LAST_LINE = (Code.ADVISORY_ONLY, Code.NOT_FOR_NAVIGATION)


def decision_text(decision: Decision, language: str, ports: int, ink: Style) -> str:
    """The whole answer.

    Parameters
    ----------
    decision : Decision
    language : str
        ``en`` or ``fr``.
    ports : int
        How many candidates to list, the first included.
    ink : Style
    """
    first = int(decision.order[0])
    any_left = decision.status[first] != Status.EXCLUDED
    blocks = [_top(decision, language, ink)]
    if any_left:
        blocks.append(_first_port(decision, first, language, ink))
    blocks.append(_call(decision, language, ink))
    blocks.append(_why_not_nearer(decision, first if any_left else None, language, ink))
    blocks.append(_next_ports(decision, language, ports, ink))
    blocks.append(_know_this(decision, language, ink))
    blocks.append(_last_lines(decision, language))
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _top(decision: Decision, language: str, ink: Style) -> list[str]:
    """Headline, and the encounter read back."""
    ask = decision.ask
    persons = word("persons_unknown", language)
    if not isnan(ask.persons_max):
        persons = format_quantity(ask.persons_max, PERSONS, language)
        if ask.persons_min < ask.persons_max:
            persons = f"{ask.persons_min:.0f}-{persons}"
    elif ask.persons_min > 0.0:
        persons = f">= {format_quantity(ask.persons_min, PERSONS, language)}"
    parts = [
        format_position(ask.lon, ask.lat),
        f"{_day(ask.at_s)} {utc_clock(ask.at_s, language)}",
        ask.vessel.name_fr if language == "fr" else ask.vessel.name_en,
        persons,
    ]
    if ask.medical != Medical.NONE:
        parts.append(word(f"medical_{ask.medical.name.lower()}", language))
    line = headline(decision).of(language)
    alarm = decision.recommended is None or any(notice.code == Code.RESCUE_INCOMPLETE for notice in decision.notices)
    lines = [ink.strong(ink.tint(line, "red") if alarm else line) for line in headline_lines(line)]
    return lines + wrap(f"{word('for', language)} {', '.join(parts)}")


def _first_port(decision: Decision, port: int, language: str, ink: Style) -> list[str]:
    """The port to go to, or to ask about: name, time, way, arrival, VHF, and what speaks for caution."""
    named = decision.world.ports[port]
    status = Status(decision.status[port])
    names = port_name(decision, port, language)
    other = port_name(decision, port, "en" if language == "fr" else "fr")
    if other != names:
        names = f"{names} / {other}"
    title = justify(f"{SHAPE[status]} {names} ({named.country})", _status_word(status, language))
    low, high = decision.low_s[port], decision.high_s[port]
    times = minutes_text(float(decision.time_s[port]), language)
    if isfinite(low) and isfinite(high) and round(low / MINUTE_S) < round(high / MINUTE_S):
        times += f" ({word('range', language, low=f'{low / MINUTE_S:.0f}', high=f'{high / MINUTE_S:.0f}')})"
    way = [times, format_quantity(float(decision.distance_m[port]), MILES, language),
           word("bearing", language, degrees=degrees_text(bearing_deg(decision, port)))]  # fmt: skip
    track = chosen_track(decision, port)
    if len(track) > 1:
        course = float(initial_course_deg(*track[0], *track[1]))
        way.append(word("course", language, degrees=degrees_text(course)))
    arrival_s = eta_s(decision, port)
    arrival = word("eta", language, clock=clock(arrival_s, language, named.country))
    if isfinite(arrival_s) and _day(arrival_s) != _day(decision.ask.at_s):
        arrival += word("on_day", language, day=_day(arrival_s))
    vhf = word("channels", language, channels=named.vhf) if named.vhf else word("vhf_unknown", language)
    lines = [ink.strong(ink.tint(line, COLOUR[status])) for line in title]
    lines += wrap(", ".join(way), "  ") + wrap(f"{arrival}, {vhf}", "  ")
    if port in decision.detours:
        lines += wrap(_way_round(decision, port, language), "  ")
    if port in decision.bank_ways:
        lines += wrap(_over_banks(decision, port, language), "  ")
    if decision.code[port, Rule.R_NTM_01] == Code.PORT_ENTRY_PERMISSION_REQUIRED:
        lines += wrap(word("permission", language), "  ")
    for name in ("landing", "hazard"):
        text = named.facts[f"{name}_{language}"]
        if text is not None:
            lines += wrap(word(name, language, text=text), "  ", "    ")
    if named.facts["telephone"] is not None:
        lines += wrap(word("telephone", language, number=named.facts["telephone"]), "  ")
    for rule in speaking_against(decision, port):
        lines += wrap(finding_text(decision, port, rule).of(language), "  - ", "    ")
    return lines


def _way_round(decision: Decision, port: int, language: str) -> str:
    """The route is not the shortest path: its length, and what the shortest one would take."""
    detour = decision.detours[port]
    shortest_s = detour.shortest_s + float(decision.time_s[port] - decision.travel_times.time_s[port])
    usual = (
        format_quantity(shortest_s, MINUTES, language) if isfinite(shortest_s) else word("no_way_for_vessel", language)
    )
    length = format_quantity(detour.length_m + float(decision.reach.harbour_m[port]), MILES, language)
    return word("way_round", language, miles=length, usual=usual)


def _over_banks(decision: Decision, port: int, language: str) -> str:
    """Banks that the route leads over with the tide on them, and the length of the way round."""
    way = decision.bank_ways[port]
    length = way.round_m + float(decision.reach.harbour_m[port])
    around = format_quantity(length, MILES, language) if isfinite(length) else word("no_way_round", language)
    return word("over_banks", language, banks=", ".join(bank_names(decision, port, language)), miles=around)


def bank_names(decision: Decision, port: int, language: str) -> list[str]:
    """Banks that the route leads over with the tide on them, each once."""
    if port not in decision.bank_ways:
        return []
    passed = (decision.world.banks[passing.bank].name for passing in decision.bank_ways[port].passings)
    return list(dict.fromkeys(Text(*name).of(language) for name in passed))


def speaking_against(decision: Decision, port: int) -> list[Rule]:
    """Rules that speak against a port, or are not known, beyond what no connected source explains."""
    silent = WITHOUT_FEEDS | SAID_AS_NOTICE
    if decision.world.identity["forecast"] is None:
        silent |= WITHOUT_WEATHER
    return [
        rule for rule in Rule
        if decision.verdict[port, rule] in (Verdict.FAIL, Verdict.UNKNOWN)
        and decision.weight[port, rule] != Weight.INFO
        and Code(decision.code[port, rule]) not in silent
    ]  # fmt: skip


def _call(decision: Decision, language: str, ink: Style) -> list[str]:
    """Who to call, and in whose region."""
    lines = []
    for centre in decision.coordination.centres:
        channels = (centre.vhf or "16").replace(";", ", ")
        line = f"{word('call', language)} {centre.name}, {word('channels', language, channels=channels)}"
        lines += [ink.strong(row) for row in wrap(line + (f", MMSI {centre.mmsi}" if centre.mmsi else ""), then="  ")]
    for notice in decision.notices:
        if notice.code in REGION_CODES:
            lines += wrap(notice_text(decision, notice).of(language), "  ")
    return lines


def _why_not_nearer(decision: Decision, first: int | None, language: str, ink: Style) -> list[str]:
    """Each port nearer than the first one and what displaced it; nearest first."""
    # Harbours first: what only a person may choose comes after them, in one line.
    everywhere = nearer_than(decision, first)
    nearer = [port for port in everywhere if not only_by_person(decision, port)]
    others = [port for port in everywhere if only_by_person(decision, port)]
    if not everywhere:
        return []
    lines = [ink.strong(word("why_none" if first is None else "why", language))]
    for port in nearer[:FULLY_EXPLAINED]:
        lines += _displaced(decision, port, language, ink)
    rest = nearer[FULLY_EXPLAINED:]
    if rest and first is None:
        lines += wrap(word("rest", language, count=len(rest)), "  ")
    elif rest:
        named = ", ".join(
            f"{port_name(decision, p, language)} ({in_few_words(decision, p, None, language)})" for p in rest
        )
        lines += wrap(word("more", language, ports=named), "  ")
    if others:
        times = ", ".join(
            f"{port_name(decision, p, language)} {time_text(decision, p, language)}" for p in others[:MOST_BEACHES]
        )
        left = len(others) - MOST_BEACHES
        times += f" (+{left})" if left > 0 else ""
        lines += wrap(word("by_person", language, ports=times), "  ")
    return lines


def _displaced(decision: Decision, port: int, language: str, ink: Style) -> list[str]:
    """Few lines, none of them cut: the port, the finding that displaced it, and the titles of its other hard ones."""
    status = Status(decision.status[port])
    is_cut_off = port in cut_off_by_zones(decision)
    facts = [port_name(decision, port, language)]
    if not is_cut_off or isfinite(float(decision.time_s[port])):
        facts += [time_text(decision, port, language), miles_text(decision, port, language)]
    title = justify(f"{SHAPE[status]} {', '.join(facts)}", _status_word(status, language))
    found = deciding_finding(decision, port)
    rule = None if found is None else Rule(found)
    everywhere = reason_for_all(decision)
    # What keeps every port from being fit stands in the headline.
    is_told = everywhere is not None and rule == everywhere[0]
    lines = [] if is_told else wrap(brief_reason(decision, port, rule).of(language), "    ")
    if len(lines) > _MOST_LINES_OF_REASON:
        lines = wrap(brief_reason(decision, port, rule, with_hospital=False).of(language), "    ")
    opens_s = opens_at_s(decision, port)
    if isfinite(opens_s) and len(lines) == 1:
        lines += wrap(
            word("opens", language, clock=clock(opens_s, language, decision.world.ports[port].country)), "    "
        )
    also = "" if is_cut_off else _also(decision, port, rule, language)
    if also and len(lines) <= 1:
        lines += wrap(also, "    ")
    return [*(ink.tint(line, COLOUR[status]) for line in title), *lines]


def _also(decision: Decision, port: int, displaced_by: Rule | None, language: str) -> str:
    """The other hard findings of a port: those against it, or else those to ask about."""
    hard = [rule for rule in speaking_against(decision, port)
            if decision.weight[port, rule] == Weight.HARD and rule != displaced_by]  # fmt: skip
    for verdict, key in ((Verdict.FAIL, "also_against"), (Verdict.UNKNOWN, "also_ask")):
        titles = [_title(rule, language) for rule in hard if decision.verdict[port, rule] == verdict]
        if titles:
            return word(key, language, titles=", ".join(titles))
    return ""


def _title(rule: Rule, language: str) -> str:
    """Short name of a rule within a sentence."""
    title = RULE_TITLE[rule].of(language)
    return title[0].lower() + title[1:]


def in_few_words(decision: Decision, port: int, rule: int | None, language: str) -> str:
    """What a rule found on a port in two or three words; without a rule, what keeps the port from being the answer."""
    if rule is None and port in cut_off_by_zones(decision):
        return word("by_zone", language)
    found = deciding_finding(decision, port) if rule is None else rule
    if found is None:
        return _status_word(Status(decision.status[port]), language).lower()
    thing = WORDING[Code(decision.code[port, found])].short
    if thing is not None:
        return thing.of(language)
    return _title(Rule(found), language)


def _next_ports(decision: Decision, language: str, ports: int, ink: Style) -> list[str]:
    """The runners-up, one line each."""
    shown = [int(p) for p in decision.order[1:ports] if decision.status[p] != Status.EXCLUDED]
    if not shown:
        return []
    rows = []
    for port in shown:
        status = Status(decision.status[port])
        rows.append([
            f"{SHAPE[status]} {port_name(decision, port, language)}",
            time_text(decision, port, language),
            miles_text(decision, port, language),
            word("bearing_short", language, degrees=degrees_text(bearing_deg(decision, port))),
            utc_clock(eta_s(decision, port), language),
            word("channels", language, channels=first_channel(decision.world.ports[port].vhf, "?")),
            _status_word(status, language),
        ])  # fmt: skip
    told = column_rows(rows, give=0, right=frozenset({1, 2}))
    tinted = [
        ink.tint(line, COLOUR[Status(decision.status[port])])
        for lines, port in zip(told, shown, strict=True)
        for line in lines
    ]
    about = [] if decision.closely[shown].all() else wrap(word("about", language))
    return [ink.strong(word("next", language)), *tinted, *about]


def _know_this(decision: Decision, language: str, ink: Style) -> list[str]:
    """Notices by level, warnings first; the sources that are not connected share one sentence."""
    texts: dict[str, list[str]] = {"warning": [], "caution": [], "information": []}
    elsewhere = IN_HEADLINE | set(REGION_CODES) | set(LAST_LINE) | set(FEED_CODES)
    for notice in decision.notices:
        if notice.code not in elsewhere:
            texts[WORDING[notice.code].level or "information"].append(notice_text(decision, notice).of(language))
    absent = [notice.code for notice in decision.notices if notice.code in FEED_CODES]
    if absent:
        texts["caution"].append(not_connected(absent, language))
    lines = []
    for level, sentences in texts.items():
        for number, text in enumerate(sentences):
            label = word(level, language) if number == 0 else ""
            block = wrap(text, f"{label:<9} ", " " * 10)
            if label:
                block[0] = ink.tint(label, LEVEL_COLOUR[level]) + block[0][len(label) :]
            lines += block
    return [ink.strong(word("know", language)), *lines] if lines else []


def _last_lines(decision: Decision, language: str) -> list[str]:
    """What the answer rests on, and that it is advice."""
    parts = [decision.world.identity[name] for name in ("geodata", "tides", "forecast")]
    names = [str(part["id"]) for part in parts if isinstance(part, dict)]
    data = word("data", language, pack=", ".join(names), policy=decision.ask.policy.name, engine=ENGINE_VERSION,
                decision=decision_id(encounter_echo(decision.ask), inputs_document(decision)))  # fmt: skip
    last = " ".join(notice_text(decision, Notice(code)).of(language) for code in LAST_LINE)
    return wrap(data) + wrap(last)


def _status_word(status: Status, language: str) -> str:
    return word(f"status_{status.name.lower()}", language)


def time_text(decision: Decision, port: int, language: str) -> str:
    """Time to the landing, marked where it is a coarse one."""
    time_s = float(decision.time_s[port])
    about = "" if decision.closely[port] else "~"
    return about + (format_quantity(time_s, MINUTES, language) if isfinite(time_s) else "? min")


def miles_text(decision: Decision, port: int, language: str) -> str:
    """Distance to the landing."""
    distance_m = float(decision.distance_m[port])
    return (
        format_quantity(distance_m, MILES, language)
        if isfinite(distance_m)
        else ("? M" if language == "fr" else "? nm")
    )


def degrees_text(value: float) -> str:
    """A direction in three digits."""
    return f"{int(np.rint(value)) % 360:03d}"


def _day(epoch_s: float) -> str:
    return f"{datetime.fromtimestamp(epoch_s, UTC):%Y-%m-%d}"
