"""A decision in six lines of eighty columns, the answer first: for a small screen, or to be read out.

No part is cut: what a line has no room for is left out whole, the least weighty first, and counted where it is a doubt.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import ceil, isfinite

from api.cli.console import WIDTH, Style, text_width, wrap
from api.cli.messages import word
from api.cli.render import COLOUR, bank_names, degrees_text, in_few_words, miles_text, speaking_against, time_text
from api.documents.decision import water_at_arrival_m
from api.documents.legs import legs_of
from api.text.clocks import clock, utc_clock
from api.text.finding_sentences import first_channel, port_name
from api.text.fitting import fewer_names, fit_by_weight
from api.text.headline import bearing_deg, eta_s, reason_for_all, why_none_fits
from api.text.notice_sentences import notice_inputs
from api.text.quantities import COUNT, METRES, MILES, format_quantity
from engine.codes import Code, Status
from engine.decide import cut_off_by_zones, deciding_finding, nearer_than, only_by_person
from engine.model import Decision
from engine.routes import chosen_track
from engine.units import HOUR_S, MINUTE_S, NAUTICAL_MILE_M

_NAMED = 3
"""So many nearer ports are named."""


def short_text(decision: Decision, language: str, ports: int, ink: Style) -> str:
    """Six lines of eighty columns; each goes on in a second one where the terminal is narrower.

    What may turn the answer comes after it, in the place of a line that says less: that no port is nearer, or the next.

    Parameters
    ----------
    decision : Decision
    language : str
        ``en`` or ``fr``.
    ports : int
        How many candidates to name, the first included.
    ink : Style
    """
    first = int(decision.order[0])
    status = Status(decision.status[first])
    colour = COLOUR[status] if decision.recommended is not None else "red"
    answer, has_miles = _answer(decision, first, language)
    lines = [ink.strong(ink.tint(line, colour)) for line in answer]
    asked = _ask_first(decision, language)
    lines += [ink.strong(line) for line in asked]
    doubts = _doubts(decision, language)
    lines += doubts
    nearer = [] if asked else nearer_than(decision, decision.recommended)
    # A line of doubts takes the place of another one.
    replaces_next = bool(doubts and (asked or nearer) and status != Status.EXCLUDED)
    call, has_harbour = _call(decision, language)
    if status != Status.EXCLUDED:
        beside = [] if has_miles else [miles_text(decision, first, language)]
        beside += [] if has_harbour else [_harbour_channel(decision, first, language)]
        lines += _way(decision, first, language, beside)
        lines += _status(decision, first, language, word("short_advisory", language) if replaces_next else "")
    if nearer:
        lines += _nearer(decision, nearer, language)
    elif not asked and not doubts:
        lines += _whole(word("short_nearest", language))
    lines += call
    return "\n".join(lines if replaces_next else [*lines, *_next(decision, language, ports)])


def _fits(text: str) -> bool:
    """Whether a text takes one line, or no more narrow ones than that is worth."""
    return len(text) <= WIDTH and len(_whole(text)) <= max(1, ceil(WIDTH / text_width()))


def _whole(text: str) -> list[str]:
    return wrap(text, then="  ")


def _first_fitting(wordings: Iterable[str]) -> str:
    """The first wording that fits, or else the last one."""
    last = ""
    for last in wordings:
        if _fits(last):
            break
    return last


def _listed(lead: str, parts: Sequence[Sequence[str]], end: str = "") -> str:
    """Parts by weight after a lead, those left out counted."""

    def line(chosen: Sequence[str], left_out: int) -> str:
        return lead + ", ".join([*chosen, *([f"+{left_out}"] if left_out else [])]) + end

    return line(*fit_by_weight(parts, lambda chosen, left_out: _fits(line(chosen, left_out))))


def _answer(decision: Decision, port: int, language: str) -> tuple[list[str], bool]:
    """The first line, and whether it says how far the port is."""
    if decision.status[port] == Status.EXCLUDED:
        why = why_none_fits(decision, language)
        return _whole(_first_fitting(word("short_none", language, why=text) for text in (why, ""))), True
    kind = "short_advice" if decision.recommended is not None else "short_unconfirmed"
    if any(notice.code == Code.RESCUE_INCOMPLETE for notice in decision.notices):
        kind = "short_information"
    name, minutes = port_name(decision, port, language), time_text(decision, port, language)
    miles = miles_text(decision, port, language)
    arrival_s = eta_s(decision, port)
    # The day, too: whoever typed an hour sees which one was taken.
    day = f"{datetime.fromtimestamp(arrival_s, UTC):%Y-%m-%d} " if isfinite(arrival_s) else ""
    at_utc = utc_clock(arrival_s, language)
    clocks = (day + clock(arrival_s, language, decision.world.ports[port].country), day + at_utc, at_utc)
    wordings = [
        (f"{word(kind, language)} {', '.join((*facts, word('eta', language, clock=at)))}", miles in facts)
        for facts in ((name, minutes, miles), (name, minutes), (name,)) for at in clocks
    ]  # fmt: skip
    line, has_miles = next((wording for wording in wordings if _fits(wording[0])), wordings[-1])
    return _whole(line), has_miles


def _ask_first(decision: Decision, language: str) -> list[str]:
    """The much nearer port that is not confirmed, where there is one."""
    notice = next((notice for notice in decision.notices if notice.code == Code.UNCONFIRMED_NEARER), None)
    if notice is None:
        return []
    port = int(notice.facts["port"])  # type: ignore[call-overload]
    facts = f"{port_name(decision, port, language)} {time_text(decision, port, language)}"
    line = word("short_ask", language, port=facts, vhf=first_channel(decision.world.ports[port].vhf, "16"))
    why = word("short_why", language, why=in_few_words(decision, port, None, language))
    return _whole(_first_fitting((line + why, line)))


def _doubts(decision: Decision, language: str) -> list[str]:
    """What may turn the answer, the weightiest first: position, zones, persons, a near tie, vessel, other inputs."""
    facts = {notice.code: notice.facts for notice in decision.notices}
    parts: list[tuple[str, ...]] = []
    if Code.POS_UNCERTAIN_CHANGES_ANSWER in facts:
        others = _names(decision, facts[Code.POS_UNCERTAIN_CHANGES_ANSWER], language)
        parts.append(tuple(word("doubt_position", language, ports=names) for names in fewer_names(others)))
    for code in (Code.POS_STALE, Code.POS_DEAD_RECKONED):
        if code in facts:
            parts.append((word("doubt_age", language, age=_age(float(str(facts[code]["age_s"])))),))
    if Code.POS_IN_ZONE in facts:
        parts.append((word("doubt_in_zone", language),))
    if Code.POS_ON_BANK in facts:
        parts.append((word("doubt_on_bank", language),))
    if "ports" in facts.get(Code.ZONES_AVOIDED, {}):
        others = _names(decision, facts[Code.ZONES_AVOIDED], language)
        parts.append(tuple(word("doubt_cut_off", language, ports=names) for names in fewer_names(others)))
    if Code.POB_UNKNOWN in facts:
        count = format_quantity(decision.persons, COUNT, language)
        parts.append(tuple(word(key, language, count=count) for key in ("doubt_persons", "doubt_persons_brief")))
    if Code.NEAR_TIE in facts:
        second = int(decision.order[1])
        name = port_name(decision, second, language)
        times = f"{name} {time_text(decision, second, language)}"
        parts.append(tuple(word("doubt_tie", language, port=port) for port in (times, name)))
    if Code.VESSEL_PROFILE_UNKNOWN in facts:
        parts.append((word("doubt_vessel", language),))
    if Code.SENSITIVE_TO in facts:
        parts.append((word("doubt_inputs", language, names=notice_inputs(facts[Code.SENSITIVE_TO], language)),))
    return _whole(_listed(word("doubt_lead", language), parts)) if parts else []


def _names(decision: Decision, facts: dict[str, object], language: str) -> list[str]:
    return [port_name(decision, port, language) for port in facts["ports"]]  # type: ignore[attr-defined]


def _age(age_s: float) -> str:
    return f"{age_s / HOUR_S:.0f} h" if age_s >= 2.0 * HOUR_S else f"{age_s / MINUTE_S:.0f} min"


def _way(decision: Decision, port: int, language: str, beside: list[str]) -> list[str]:
    """Where it lies, the first legs, and the water at arrival; before that what the other lines had no room for."""
    bearing = word("bearing", language, degrees=degrees_text(bearing_deg(decision, port)))
    legs = [
        f"{leg['course_deg']:03d} {format_quantity(float(str(leg['distance_nm'])) * NAUTICAL_MILE_M, MILES, language)}"
        for leg in legs_of(chosen_track(decision, port))[:3]
    ]
    depth_m, tide_m = water_at_arrival_m(decision, port)
    water = word(
        "short_water",
        language,
        depth=format_quantity(depth_m, METRES, language),
        tide=format_quantity(tide_m, METRES, language),
    )
    courses = [word("short_legs", language, legs="; ".join(legs[:count])) for count in range(len(legs), 0, -1)]
    facts = ", ".join([*beside, bearing, water])
    return _whole(_first_fitting([*(f"{facts}, {legs}" for legs in courses), facts]))


def _status(decision: Decision, port: int, language: str, end: str) -> list[str]:
    """Status, and what speaks for caution in a few words each."""
    status = Status(decision.status[port])
    banks = bank_names(decision, port, language)
    against = [word("short_over", language, banks=", ".join(banks))] if banks else []
    against += [in_few_words(decision, port, int(rule), language) for rule in speaking_against(decision, port)]
    title = word(f"status_{status.name.lower()}", language)
    end = f". {end}" if end else ""
    if not against:
        return _whole(title + end)
    return _whole(_listed(word("short_doubts", language, status=title), [(text,) for text in against], end))


def _nearer(decision: Decision, nearer: list[int], language: str) -> list[str]:
    """Nearer ports and what displaced them; places that only a person may choose are counted."""
    harbours = [port for port in nearer if not only_by_person(decision, port)]
    told_first = reason_for_all(decision)
    told = []
    for port in harbours[:_NAMED]:
        text = port_name(decision, port, language)
        if isfinite(float(decision.time_s[port])) or port not in cut_off_by_zones(decision):
            text += f" {time_text(decision, port, language)}"
        # What keeps every port from being fit stands in the first line.
        if told_first is None or deciding_finding(decision, port) != told_first[0]:
            text += f" ({in_few_words(decision, port, None, language)})"
        told.append(text)
    lines = []
    for count in range(len(told), -1, -1):
        # What is not named is counted, and the count is never cut off.
        rest = len(nearer) - count
        names = ", ".join([*told[:count], *([f"+{rest}"] if rest else [])])
        lines.append(word("short_nearer", language, ports=names))
    return _whole(_first_fitting(lines))


def _harbour_channel(decision: Decision, port: int, language: str) -> str:
    return word("channels", language, channels=first_channel(decision.world.ports[port].vhf, "16"))


def _call(decision: Decision, language: str) -> tuple[list[str], bool]:
    """The question that comes first, the centres and the harbour to call; and whether the harbour is there."""
    port = int(decision.order[0])
    harbour = ""
    if decision.status[port] != Status.EXCLUDED:
        harbour = f"{port_name(decision, port, language)} {_harbour_channel(decision, port, language)}"
    on_16 = word("channels", language, channels="16")
    names = [centre.name for centre in decision.coordination.centres]
    called = ["; ".join(f"{name} {on_16}" for name in names), f"{', '.join(names)} {on_16}"] if names else [""]
    questions = [""]
    if any(notice.code == Code.RESCUE_STATE_UNKNOWN for notice in decision.notices):
        questions = [f"{word(key, language)} " for key in ("short_question", "short_question_brief")]
    wordings = [
        (f"{question}{word('call', language)} {'; '.join(filter(None, (beside, centres)))}", beside == harbour)
        for beside in dict.fromkeys((harbour, "" if names else harbour))
        for question in questions
        for centres in called
    ]
    line, has_harbour = next((wording for wording in wordings if _fits(wording[0])), wordings[-1])
    return _whole(line), has_harbour


def _next(decision: Decision, language: str, ports: int) -> list[str]:
    others = [int(port) for port in decision.order[1:ports] if decision.status[port] != Status.EXCLUDED]
    named = [f"{port_name(decision, port, language)} {time_text(decision, port, language)}" for port in others]
    end = word("short_advisory", language)
    lines = [f"{word('next', language)} {', '.join(named[:count])}. {end}" for count in range(len(named), 0, -1)]
    return _whole(_first_fitting([*lines, end]))
