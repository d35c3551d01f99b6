"""A plan as text for people: the proposal, what stands beside it, what is missing, what to know; eighty columns."""

from datetime import UTC, datetime
from math import isinf

from api.cli.console import Style, columns, headline_lines, wrap
from api.plan.document import plan_document
from api.plan.messages import LABEL, NOTICE
from api.plan.notices import notices_of
from api.plan.plan_types import PlanDocument
from api.plan.propose import Proposal
from api.plan.summary import (
    gap_words,
    greedy_without,
    missing_text,
    name_of,
    own_nearest,
    parts_of,
    person_hours,
    proven,
    reason_of,
)
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
        _ports(proposal, language, ink),
        _beside(proposal, language, ink),
        _know(proposal, language, ink),
        _last(proposal, document, language),
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


def _encounters(proposal: Proposal, language: str, ink: Style) -> list[str]:
    at = datetime.fromtimestamp(proposal.at_s, UTC)
    title = _label("title", language, at=f"{at:%Y-%m-%d} {_clock(proposal, 0.0, language)}")
    names = ("encounter", "persons", "port", "arrives", "ashore", "safety", "own", "in_turn")
    rows = [[LABEL[name].of(language) for name in names]]
    for k in range(len(proposal.boats)):
        rows += _rows(proposal, k, language)
    rows = [[_short(row[0], 10), row[1], _short(row[2], 16), *row[3:6], _short(row[6], 16), row[7]] for row in rows]
    lines = columns(rows, give=2, right=frozenset({1, 3, 4, 5, 7}))
    return [ink.strong(title), *lines, *wrap(_label("legend", language))]


def _rows(proposal: Proposal, k: int, language: str) -> list[list[str]]:
    boat = proposal.boats[k]
    parts = parts_of(proposal, k, None if proposal.best is None else proposal.best.landing)
    in_turn = parts_of(proposal, k, proposal.greedy)
    turn_min = max((part.safety_min for part in in_turn), default=None)
    turn = LABEL["no_place"].of(language) if turn_min is None else f"{turn_min:.0f} min"
    own = own_nearest(proposal, k)
    if not parts:
        return [[boat.id, str(boat.persons), LABEL["no_place"].of(language), "-", "-", "-", "-", turn]]
    safety_min = max(part.safety_min for part in parts)
    rows = []
    for number, part in enumerate(parts):
        port = proposal.ports[part.port]
        arrive_min = float(boat.decision.time_s[port]) / MINUTE_S + boat.delay_min
        compared = ["", ""]
        if number == 0 and own is not None:
            compared = [_cost(proposal, own, safety_min, language), turn]
        rows.append([
            boat.id if number == 0 else "", str(part.persons),
            f"{SHAPE[Status(boat.decision.status[port])]} {name_of(proposal, port).of(language)}",
            _clock(proposal, arrive_min, language, short=True), _clock(proposal, part.end_min, language, short=True),
            f"{part.safety_min:.0f}", *compared,
        ])  # fmt: skip
    return rows


def _cost(proposal: Proposal, own: tuple[int, float], safety_min: float, language: str) -> str:
    cost = f"{round(safety_min - own[1]):+d}"
    return f"{_short(name_of(proposal, own[0]).of(language), 15 - len(cost))} {cost}"


def _missing(proposal: Proposal, language: str, ink: Style) -> list[str]:
    lines = []
    text = missing_text(proposal)
    if text is not None:
        lines += wrap(text.of(language), "  ")
    for k, boat in enumerate(proposal.boats):
        why = reason_of(proposal, k)
        if why is not None:
            lines += wrap(f"{boat.id}: {why[1].of(language)}", "  ", "    ")
    return [ink.strong(ink.tint(_label("missing", language), "red")), *lines] if lines else []


def _ports(proposal: Proposal, language: str, ink: Style) -> list[str]:
    parts = () if proposal.best is None else proposal.best.landing.parts
    lines = []
    for column, port in enumerate(proposal.ports):
        here = [part for part in parts if part.port == column]
        if not here:
            continue
        figures = proposal.figures[port]
        places = LABEL["places_free"]
        if not isinf(figures.places):
            places = LABEL["places_of"].fill(places=int(figures.places))
        line = _label(
            "port_line",
            language,
            port=name_of(proposal, port),
            persons=sum(part.persons for part in here),
            encounters=", ".join(dict.fromkeys(proposal.boats[proposal.planned[part.boat]].id for part in here)),
            places=places,
            rate=f"{figures.persons_per_hour:g}",
            begin=_clock(proposal, min(part.begin_min for part in here), language, short=True),
            end=_clock(proposal, max(part.end_min for part in here), language),
        )
        lines += wrap(line + ".", "  ", "    ")
    return [ink.strong(_label("ports", language)), *lines] if lines else []


def _beside(proposal: Proposal, language: str, ink: Style) -> list[str]:
    best = proposal.best
    if best is None:
        return []
    lines = wrap(_label("this_plan", language, **_values(*best.landing.value, language)), "  ")
    without = greedy_without(proposal)
    if without:
        lines += wrap(_label("turn_short", language, without=without), "  ")
    else:
        lines += wrap(_label("turn_plan", language, **_values(*proposal.greedy.value, language)), "  ")
    gaps = gap_words(proposal)
    proof = _label("proven", language) if proven(proposal) else _label("gap", language, worst=gaps[0], total=gaps[1])
    return [ink.strong(_label("compared", language)), *lines, *wrap(proof, "  ")]


def _values(worst_min: float, total_person_min: float, language: str) -> dict[str, object]:
    total = f"{person_hours(total_person_min):.1f}"
    return {"worst": f"{worst_min:.0f}", "total": total.replace(".", ",") if language == "fr" else total}


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


def _last(proposal: Proposal, document: PlanDocument, language: str) -> list[str]:
    parts = [proposal.world.identity[name] for name in ("geodata", "tides", "forecast")]
    data = ", ".join(str(part["id"]) for part in parts if isinstance(part, dict))
    return wrap(_label("last", language, data=data, engine=ENGINE_VERSION, plan=document["plan_id"]))


def _clock(proposal: Proposal, minute: float, language: str, short: bool = False) -> str:
    """UTC of a minute of the plan; a plan compares many clocks, so the local time is left to each decision."""
    utc = datetime.fromtimestamp(proposal.at_s + round(minute * MINUTE_S), UTC)
    text = f"{utc:%Hh%M}" if language == "fr" else f"{utc:%H%M}"
    return text if short else f"{text} UTC"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
