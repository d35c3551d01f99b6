"""A decision in six lines of eighty columns, the answer first: for a small screen, or to be read out."""

from datetime import UTC, datetime
from math import isfinite

from api.cli.console import WIDTH, Style, wrap
from api.cli.messages import word
from api.cli.render import COLOUR, bank_names, degrees_text, in_few_words, miles_text, speaking_against, time_text
from api.documents.decision import water_at_arrival_m
from api.documents.legs import legs_of
from api.text.sentences import (
    METRES,
    MILES,
    bearing_deg,
    clock,
    eta_s,
    first_channel,
    format_quantity,
    port_name,
    utc_clock,
)
from engine.codes import Code, Status
from engine.decide import nearer_than, only_by_person
from engine.model import Decision
from engine.routes import chosen_track
from engine.units import NAUTICAL_MILE_M

_NAMED = 3
"""So many nearer ports are named."""


def short_text(decision: Decision, language: str, ports: int, ink: Style) -> str:
    """Six lines of eighty columns; each goes on in a second one where the terminal is narrower.

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
    lines = [ink.strong(ink.tint(line, colour)) for line in _line(_answer(decision, first, language))]
    asked = _ask_first(decision, language)
    lines += [ink.strong(line) for line in _line(asked)]
    if status != Status.EXCLUDED:
        lines += _line(_way(decision, first, language)) + _line(_doubts(decision, first, language))
    if not asked:
        lines += _line(_nearer(decision, language))
    return "\n".join([*lines, *_line(_call(decision, language)), *_line(_next(decision, language, ports))])


def _line(text: str) -> list[str]:
    """One line, or as many narrow ones as it takes."""
    return wrap(text, then="  ", most=1)


def _answer(decision: Decision, port: int, language: str) -> str:
    if decision.status[port] == Status.EXCLUDED:
        return word("short_none", language)
    kind = "short_advice" if decision.recommended is not None else "short_unconfirmed"
    if any(notice.code == Code.RESCUE_INCOMPLETE for notice in decision.notices):
        kind = "short_information"
    facts = (
        port_name(decision, port, language), time_text(decision, port, language), miles_text(decision, port, language)
    )  # fmt: skip
    arrival_s = eta_s(decision, port)
    # The day, too: whoever typed an hour sees which one was taken.
    day = f"{datetime.fromtimestamp(arrival_s, UTC):%Y-%m-%d} " if isfinite(arrival_s) else ""
    both = clock(arrival_s, language, decision.world.ports[port].country)
    told = [
        f"{word(kind, language)} {', '.join(facts)}, {word('eta', language, clock=day + time_text)}"
        for time_text in (both, utc_clock(arrival_s, language))
    ]
    return next((line for line in told if len(line) <= WIDTH), told[-1])


def _ask_first(decision: Decision, language: str) -> str:
    """The much nearer port that is not confirmed, where there is one."""
    notice = next((notice for notice in decision.notices if notice.code == Code.UNCONFIRMED_NEARER), None)
    if notice is None:
        return ""
    port = int(notice.facts["port"])  # type: ignore[call-overload]
    facts = f"{port_name(decision, port, language)} {time_text(decision, port, language)}"
    channel = first_channel(decision.world.ports[port].vhf, "16")
    why = in_few_words(decision, port, None, language)
    return word("short_ask", language, port=facts, vhf=channel, why=why)


def _way(decision: Decision, port: int, language: str) -> str:
    """Where it lies, the first legs, and the water at arrival."""
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
    courses = [word("short_legs", language, legs="; ".join(legs))] if legs else []
    return ", ".join([bearing, water, *courses])


def _doubts(decision: Decision, port: int, language: str) -> str:
    """Status, and what speaks for caution in a few words each."""
    status = Status(decision.status[port])
    banks = bank_names(decision, port, language)
    against = [word("short_over", language, banks=", ".join(banks))] if banks else []
    against += [in_few_words(decision, port, int(rule), language) for rule in speaking_against(decision, port)]
    title = word(f"status_{status.name.lower()}", language)
    return word("short_doubts", language, status=title, doubts=", ".join(against)) if against else title


def _nearer(decision: Decision, language: str) -> str:
    """Nearer ports and what displaced them; places that only a person may choose are counted."""
    nearer = nearer_than(decision, decision.recommended)
    harbours = [port for port in nearer if not only_by_person(decision, port)]
    told = [
        f"{port_name(decision, port, language)} {time_text(decision, port, language)}"
        f" ({in_few_words(decision, port, None, language)})"
        for port in harbours
    ]
    for count in range(min(_NAMED, len(told)), -1, -1):
        # What is not named is counted, and the count is never cut off.
        rest = len(nearer) - count
        line = word("short_nearer", language, ports=", ".join([*told[:count], *([f"+{rest}"] if rest else [])]))
        if len(line) <= WIDTH:
            break
    return line if nearer else word("short_nearest", language)


def _call(decision: Decision, language: str) -> str:
    """Harbour first channel and the coordination centre; the question that comes first is never cut off."""
    port = int(decision.order[0])
    calls = []
    if decision.status[port] != Status.EXCLUDED:
        channel = first_channel(decision.world.ports[port].vhf, "16")
        calls.append(f"{port_name(decision, port, language)} VHF {channel}")
    calls += [f"{centre.name} VHF 16" for centre in decision.coordination.centres]
    line = f"{word('call', language)} {'; '.join(calls)}"
    if not any(notice.code == Code.RESCUE_STATE_UNKNOWN for notice in decision.notices):
        return line
    question = word("short_question", language)
    behind = f"{line}; {question}"
    return behind if len(behind) <= WIDTH else f"{question[0].upper()}{question[1:]} {line}"


def _next(decision: Decision, language: str, ports: int) -> str:
    others = [int(port) for port in decision.order[1:ports] if decision.status[port] != Status.EXCLUDED]
    named = [f"{port_name(decision, port, language)} {time_text(decision, port, language)}" for port in others]
    end = word("short_advisory", language)
    while named and len(line := f"{word('next', language)} {', '.join(named)}. {end}") > WIDTH:
        named.pop()
    return line if named else end
