"""A plan as text for people: by boat, by port and by time, what stands beside it, what is missing, what to know."""

from datetime import UTC, datetime
from math import isinf

from api.cli.console import Style, columns, headline_lines, wrap
from api.plan.document import plan_document
from api.plan.messages import LABEL, NOTICE, SENTENCE, URGENCY
from api.plan.notices import notices_of
from api.plan.plan_types import PlanDocument
from api.plan.propose import Boat, Proposal
from api.plan.solver.problem import Part
from api.plan.summary import (
    arrival_min,
    boat_of,
    compare_plans,
    everybody,
    gap_words,
    greedy_without,
    join_texts,
    left_out_text,
    missing_text,
    name_of,
    order_of_landing,
    parts_of,
    person_hours,
    port_of,
    ports_that_would_help,
    proven,
    queued_until_min,
    reason_of,
    status_at,
)
from api.text.locale import localize_number
from engine import ENGINE_VERSION
from engine.codes import Status
from engine.units import MINUTE_S

SHAPE = {Status.SUITABLE: "*", Status.CAUTION: "+", Status.UNCONFIRMED: "?"}
LEVELS = ("warning", "caution", "information")
LEVEL_COLOUR = {"warning": "red", "caution": "yellow", "information": "green"}


def plan_text(proposal: Proposal, language: str, ink: Style) -> str:
    """The whole plan.

    Parameters
    ----------
    proposal : Proposal
    language : str
        ``en`` or ``fr``.
    ink : Style
    """
    document = plan_document(proposal)
    blocks = [
        _top(proposal, document, language, ink),
        _encounters(proposal, language, ink),
        _missing(proposal, language, ink),
        _order(proposal, language, ink),
        _ports(proposal, language, ink),
        _clocks(proposal, language, ink),
        _beside(proposal, language, ink),
        _know(proposal, language, ink),
        wrap(last_text(proposal, document, language)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _label(key: str, language: str, **fields: object) -> str:
    return LABEL[key].fill(**fields).of(language)


def _top(proposal: Proposal, document: PlanDocument, language: str, ink: Style) -> list[str]:
    text = document["headline"]["fr" if language == "fr" else "en"]
    alarm = document["outcome"] != "complete"
    lines = [ink.strong(ink.tint(line, "red") if alarm else line) for line in headline_lines(text)]
    if proposal.request.note:
        lines += wrap(" ".join(proposal.request.note.split()))
    return lines


TABLE_COLUMNS = ("encounter", "persons", "port", "arrives", "ashore", "safety", "in_turn")
NUMERIC_COLUMNS = frozenset({1, 3, 4, 5, 6})
"""Columns of `boat_rows`, and those set flush right."""


def _encounters(proposal: Proposal, language: str, ink: Style) -> list[str]:
    at = f"{utc_day(proposal, 0.0)} {utc_clock(proposal, 0.0, language)} UTC"
    rows = [[LABEL[name].of(language) for name in TABLE_COLUMNS]]
    rows += all_rows(proposal, language)
    lines = columns(rows, give=2, right=NUMERIC_COLUMNS)
    return [ink.strong(_label("title", language, at=at)), *lines, *wrap(legend_text(proposal, language))]


def legend_text(proposal: Proposal, language: str) -> str:
    """What the columns of `boat_rows` mean."""
    parts = () if proposal.best is None else proposal.best.landing.parts
    is_one_day = all(utc_day(proposal, part.end_min) == utc_day(proposal, 0.0) for part in parts)
    return _label("legend", language) + ("" if is_one_day else _label("legend_day", language))


def all_rows(proposal: Proposal, language: str) -> list[list[str]]:
    """Rows of every encounter; of those left out, too."""
    rows = [row for k in range(len(proposal.boats)) for row in boat_rows(proposal, k, language)]
    refused = LABEL["refused"].of(language)
    return rows + [[_short(left.id, 16), str(left.persons), refused, *4 * "-"] for left in proposal.left_out]


def boat_rows(proposal: Proposal, k: int, language: str) -> list[list[str]]:
    """One row for each part of an encounter: who, how many, where, when; what it would be in turn."""
    boat = proposal.boats[k]
    parts = parts_of(proposal, k, None if proposal.best is None else proposal.best.landing)
    in_turn = parts_of(proposal, k, proposal.greedy)
    turn_min = max((part.safety_min for part in in_turn), default=None)
    turn = LABEL["no_place"].of(language) if turn_min is None else f"{turn_min:.0f}"
    if not parts:
        return [[boat_name(boat, language), str(boat.persons), LABEL["no_place"].of(language), "-", "-", "-", turn]]
    return [
        [
            boat_name(boat, language) if number == 0 else "", str(part.persons),
            f"{SHAPE[status_at(proposal, part)]} {port_of(proposal, part).of(language)}",
            _day_and_hour(proposal, arrival_min(proposal, part), language),
            _day_and_hour(proposal, part.end_min, language),
            f"{part.safety_min:.0f}", turn if number == 0 else "",
        ]
        for number, part in enumerate(parts)
    ]  # fmt: skip


def _day_and_hour(proposal: Proposal, minute: float, language: str) -> str:
    """`utc_clock` for a narrow column: of another day, that of the month stands before the hour."""
    day, clock = utc_day(proposal, minute), utc_hour(proposal, minute, language)
    return clock if day == utc_day(proposal, 0.0) else f"{day[-2:]} {clock}"


def boat_name(boat: Boat, language: str) -> str:
    """Id of a boat, marked where it is urgent."""
    urgency = URGENCY[boat.ask.medical.name.lower()].of(language)
    return f"{_short(boat.id, 16)}{f' ({urgency})' if urgency else ''}"


def missing_texts(proposal: Proposal, language: str) -> list[str]:
    """What places are missing, why each encounter without a place has none, and where places would help it."""
    text = missing_text(proposal)
    texts = [] if text is None else [text.of(language)]
    for k, boat in enumerate(proposal.boats):
        why = reason_of(proposal, k)
        if why is None:
            continue
        asked = [name_of(proposal, port) for port in ports_that_would_help(proposal, k)]
        helps = SENTENCE["ask_there"].fill(ports=join_texts(asked)).of(language) if asked else ""
        texts.append(SENTENCE["of_boat"].fill(boat=boat.id, text=f"{why[1].of(language)}{helps}").of(language))
    return texts + [left_out_text(encounter).of(language) for encounter in proposal.left_out]


def _missing(proposal: Proposal, language: str, ink: Style) -> list[str]:
    lines = [line for text in missing_texts(proposal, language) for line in wrap(text, "  ", "    ")]
    return [ink.strong(ink.tint(_label("missing", language), "red")), *lines] if lines else []


def _order(proposal: Proposal, language: str, ink: Style) -> list[str]:
    lines = [line for _, text in order_of_landing(proposal) for line in wrap(text.of(language), "  ", "    ")]
    return [ink.strong(_label("order", language)), *lines] if lines else []


def ports_used(proposal: Proposal) -> list[tuple[int, list[Part]]]:
    """Ports of the numbers that somebody lands at, each with its landings by time."""
    parts = () if proposal.best is None else proposal.best.landing.parts
    by_port = [
        (column, sorted((part for part in parts if part.port == column), key=lambda part: part.begin_min))
        for column in range(len(proposal.ports))
    ]  # fmt: skip
    return [(column, here) for column, here in by_port if here]


def port_text(proposal: Proposal, column: int, here: list[Part], language: str) -> str:
    """A port with what lands there, its places and its rate, and who was there already."""
    figures = proposal.figures[proposal.ports[column]]
    places = LABEL["places_free"]
    if not isinf(figures.places):
        places = LABEL["places_of"].fill(places=int(figures.places))
    line = _label(
        "port_line", language, port=name_of(proposal, proposal.ports[column]),
        persons=sum(part.persons for part in here), places=places, rate=f"{figures.persons_per_hour:g}",
    )  # fmt: skip
    if figures.queued_persons == 0:
        return line
    until = utc_clock(proposal, queued_until_min(proposal, column), language)
    return line + _label("port_queued", language, queued=figures.queued_persons, until=until)


def _ports(proposal: Proposal, language: str, ink: Style) -> list[str]:
    lines = []
    for column, here in ports_used(proposal):
        lines += wrap(f"{port_text(proposal, column, here, language)}.", "  ", "    ")
        rows = [
            [
                f"{utc_clock(proposal, part.begin_min, language)}-{end_clock(proposal, part, language)}",
                str(part.persons), boat_name(boat_of(proposal, part), language),
                _label("port_row", language, arrives=utc_clock(proposal, arrival_min(proposal, part), language)),
            ]
            for part in here
        ]  # fmt: skip
        lines += columns(rows, give=2, right=frozenset({1}), indent="    ")
    return [ink.strong(_label("ports", language)), *lines] if lines else []


def _clocks(proposal: Proposal, language: str, ink: Style) -> list[str]:
    """What happens, one line a moment: each arrival, and each load ashore."""
    parts = () if proposal.best is None else proposal.best.landing.parts
    events = [
        event for part in parts for event in (
            (arrival_min(proposal, part), 0, "event_arrives", part), (part.end_min, 1, "event_ashore", part)
        )
    ]  # fmt: skip
    rows = [
        [
            utc_clock(proposal, minute, language), boat_name(boat_of(proposal, part), language),
            _label(key, language, persons=part.persons, port=port_of(proposal, part)),
        ]
        for minute, _, key, part in sorted(events, key=lambda event: (event[0], event[1], event[3].boat))
    ]  # fmt: skip
    return [ink.strong(_label("clocks", language)), *columns(rows, give=2, indent="  ")] if rows else []


def beside_texts(proposal: Proposal, language: str) -> list[str]:
    """The plan beside the one made in turn, of all people and of those with a place in both, and what is proven."""
    best = proposal.best
    if best is None:
        return []
    persons = everybody(proposal)
    landed = sum(part.persons for part in best.landing.parts)
    plans = (("this_plan", best.landing, landed), ("turn_plan", proposal.greedy, persons - greedy_without(proposal)))
    texts = [
        _label(key, language, placed=placed, all=persons,
               **_values(schedule.worst_min, schedule.total_person_min, language))
        for key, schedule, placed in plans
    ]  # fmt: skip
    same = compare_plans(proposal)
    if same is not None and same.persons < persons:
        turn = _values(*same.greedy, language)
        texts.append(_label(
            "same_people", language, persons=same.persons, turn=turn["worst"], turn_total=turn["total"],
            **_values(*same.plan, language),
        ))  # fmt: skip
    gaps = gap_words(proposal)
    proof = _label("proven", language) if proven(proposal) else _label("gap", language, worst=gaps[0], total=gaps[1])
    return [*texts, proof]


def _beside(proposal: Proposal, language: str, ink: Style) -> list[str]:
    lines = [line for text in beside_texts(proposal, language) for line in wrap(text, "  ", "    ")]
    return [ink.strong(_label("compared", language)), *lines] if lines else []


def _values(worst_min: float, total_person_min: float, language: str) -> dict[str, object]:
    return {"worst": f"{worst_min:.0f}", "total": localize_number(f"{person_hours(total_person_min):.1f}", language)}


def _know(proposal: Proposal, language: str, ink: Style) -> list[str]:
    lines = []
    for level in LEVELS:
        label = _label(level, language)
        texts = [text for code, text in notices_of(proposal) if NOTICE[code][0] == level and code != "NOT_PROVEN_BEST"]
        for number, text in enumerate(texts):
            block = wrap(text.of(language), f"{label if number == 0 else '':<9} ", " " * 10)
            if number == 0:
                block[0] = ink.tint(label, LEVEL_COLOUR[level]) + block[0][len(label) :]
            lines += block
    return [ink.strong(_label("know", language)), *lines]


def last_text(proposal: Proposal, document: PlanDocument, language: str) -> str:
    """What the plan rests on, and that it only advises."""
    parts = [proposal.world.identity[name] for name in ("geodata", "tides", "forecast")]
    data = ", ".join(str(part["id"]) for part in parts if isinstance(part, dict))
    return _label("last", language, data=data, engine=ENGINE_VERSION, plan=document["plan_id"])


def utc_clock(proposal: Proposal, minute: float, language: str) -> str:
    """UTC of a minute of the plan; a plan compares many clocks, so the local time is left to each decision.

    The day stands before it where it is not that of the plan.
    """
    day, clock = utc_day(proposal, minute), utc_hour(proposal, minute, language)
    return clock if day == utc_day(proposal, 0.0) else f"{day} {clock}"


def end_clock(proposal: Proposal, part: Part, language: str) -> str:
    """When the last of a part is ashore, beside when the first is: of the same day its hour alone."""
    is_same_day = utc_day(proposal, part.begin_min) == utc_day(proposal, part.end_min)
    return (utc_hour if is_same_day else utc_clock)(proposal, part.end_min, language)


def utc_hour(proposal: Proposal, minute: float, language: str) -> str:
    """The same without its day."""
    utc = datetime.fromtimestamp(proposal.at_s + round(minute * MINUTE_S), UTC)
    return f"{utc:%Hh%M}" if language == "fr" else f"{utc:%H%M}"


def utc_day(proposal: Proposal, minute: float) -> str:
    """Its date."""
    return f"{datetime.fromtimestamp(proposal.at_s + round(minute * MINUTE_S), UTC):%Y-%m-%d}"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
