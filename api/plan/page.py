"""A plan as a page of its own: the landings of each port against the clock, and everything the text says."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.plan.document import plan_document
from api.plan.messages import LABEL, NOTICE
from api.plan.notices import notices_of
from api.plan.propose import Proposal
from api.plan.solver.problem import Part
from api.plan.summary import arrival_min, boat_of, order_of_landing
from api.plan.text import (
    LEVELS,
    NUMERIC_COLUMNS,
    TABLE_COLUMNS,
    all_rows,
    beside_texts,
    boat_name,
    end_clock,
    last_text,
    legend_text,
    missing_texts,
    port_text,
    ports_used,
    utc_clock,
    utc_day,
    utc_hour,
)
from api.text.html import load_template
from engine.units import MINUTE_S

_TEMPLATES = Path(__file__).parent / "templates"

STEPS_MIN = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)
MOST_TICKS = 7
"""Marks on the axis of time: as many as fit a telephone."""

LAST_TICK = 0.88
"""Part of the axis that marks may stand in: the hour beside the last one has room on a telephone."""


def plan_page(proposal: Proposal, language: str) -> str:
    """The whole plan as one HTML file that loads nothing.

    Parameters
    ----------
    proposal : Proposal
    language : str
        ``en`` or ``fr``.
    """

    def say(key: str, **fields: object) -> str:
        return LABEL[key].fill(**fields).of(language)

    document = plan_document(proposal)
    parts = () if proposal.best is None else proposal.best.landing.parts
    until_min = max([1.0, *(part.end_min for part in parts)])
    texts = notices_of(proposal)
    return load_template(_TEMPLATES, "plan.html").render(
        language=language,
        say=say,
        at=f"{utc_day(proposal, 0.0)} {utc_clock(proposal, 0.0, language)} UTC",
        headline=document["headline"]["fr" if language == "fr" else "en"],
        complete=document["outcome"] == "complete",
        note=proposal.request.note,
        missing=missing_texts(proposal, language),
        ticks=_ticks(proposal, until_min, language),
        ports=[
            {
                "text": port_text(proposal, column, here, language),
                "parts": [_bar(proposal, part, until_min, language) for part in here],
            }
            for column, here in ports_used(proposal)
        ],
        order=[text.of(language) for _, text in order_of_landing(proposal)],
        columns=TABLE_COLUMNS,
        numeric=NUMERIC_COLUMNS,
        rows=all_rows(proposal, language),
        beside=beside_texts(proposal, language),
        notices=[
            (level, say(level), text.of(language))
            for level in LEVELS for code, text in texts if NOTICE[code][0] == level
        ],
        method=document["method"]["fr" if language == "fr" else "en"],
        legend=legend_text(proposal, language),
        last=last_text(proposal, document, language),
    )  # fmt: skip


def _bar(proposal: Proposal, part: Part, until_min: float, language: str) -> dict[str, Any]:
    """Where a part's passage, waiting and landing stand on the axis, as shares of its width in per cent."""

    def share(minutes: float) -> float:
        return round(100.0 * minutes / until_min, 2)

    arrives_min = arrival_min(proposal, part)
    boat = boat_of(proposal, part)
    text = LABEL["bar"].fill(
        boat=boat_name(boat, language), persons=part.persons, arrives=utc_clock(proposal, arrives_min, language),
        begin=utc_clock(proposal, part.begin_min, language), end=end_clock(proposal, part, language),
    )  # fmt: skip
    return {
        "text": text.of(language), "urgent": boat.weight > 1.0,
        "from": share(boat.delay_min), "way": share(arrives_min - boat.delay_min), "arrives": share(arrives_min),
        "wait": share(max(0.0, part.begin_min - arrives_min)), "begin": share(part.begin_min),
        "land": share(part.end_min - part.begin_min),
    }  # fmt: skip


def _ticks(proposal: Proposal, until_min: float, language: str) -> list[tuple[float, str, str]]:
    """Marks on the axis at round hours: share of its width in per cent, clock, and the day where a new one begins."""
    step = next((step for step in STEPS_MIN if until_min / step <= MOST_TICKS), STEPS_MIN[-1])
    start = datetime.fromtimestamp(proposal.at_s, UTC)
    first = -(start.hour * 60 + start.minute + start.second / MINUTE_S) % step
    marks = []
    minute, told = first, utc_day(proposal, 0.0)
    while minute <= LAST_TICK * until_min:
        day = utc_day(proposal, minute)
        clock = utc_hour(proposal, minute, language)
        marks.append((round(100.0 * minute / until_min, 2), clock, "" if day == told else day))
        minute, told = minute + step, day
    return marks
