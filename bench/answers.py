"""Size of an answer and the time to make it, by view: over the coast of `bench.register` and the points of the sea."""

import gzip
from time import perf_counter

import numpy as np

from api.decision_service import DecisionService, open_decision_service
from api.documents.decision import View, decision_document, to_json
from api.encounter import EncounterIn
from bench.points import read_points
from bench.register import VESSELS, coastal_points
from bench.report import heading, note, row, seconds, section, spread, times
from engine.decide import decide
from engine.errors import PositionRefused
from engine.model import Decision

AT_S = 1_642_050_000.0
PERSONS = 12
COUNT = 100
ROUNDS = 3
MEDICAL_IN_TEN, DOUBTFUL_IN_TEN = 3, 3
FULL_EACH = 10
"""One in so many is made in full: it takes forty times as long as the others."""

MOST_BYTES, MOST_GZIPPED = 8_000, 2_500
"""What a brief answer may take nine times in ten. [bytes]"""

MOST_GZIPPED_STATED = 2_800
"""The same where three in ten have somebody to treat and three in ten a doubtful fix. [bytes]"""

SIDES: dict[str, tuple[View, str]] = {
    "line, English": ("line", "en"),
    "brief, English": ("brief", "en"),
    "brief, French": ("brief", "fr"),
    "full, English": ("full", "en"),
    "full, both": ("full", "both"),
}


def run(service: DecisionService, count: int = COUNT) -> dict[str, float]:
    """Print the table; return nine-in-ten sizes of the brief answer in English and its time over the decision's."""
    decisions, decide_s = _decided(service, coastal_points(service, count) + read_points()[:count])
    section(
        f"Answers by view: {len(decisions)} encounters, half of them near the coast, four vessels ({ROUNDS} rounds)"
    )
    heading(("p90 bytes", "p90 gzipped", "median", "rounds min..max", "times deciding"))
    found: dict[str, float] = {}
    for name, (view, lang) in SIDES.items():
        asked = decisions[::FULL_EACH] if view == "full" else decisions
        sizes = np.array([_size(decision, view, lang) for decision in asked])
        taken = np.array([[_time(decision, view, lang) for decision in asked] for _ in range(ROUNDS)])
        large, zipped = np.percentile(sizes, 90, axis=0)
        ratio = np.median(taken, axis=1) / decide_s
        row(name, (f"{large:,.0f}", f"{zipped:,.0f}", seconds(np.median(taken)), spread(np.median(taken, axis=1)),
                   times(ratio)))  # fmt: skip
        if name == "brief, English":
            found = {"bytes": float(large), "gzipped": float(zipped), "ratio": float(np.median(ratio))}
    note(f"deciding: {seconds(decide_s)} at the median; gzip at level 6; an answer is the document and its text")
    return found


def _decided(service: DecisionService, points: list[tuple[float, float]]) -> tuple[list[Decision], float]:
    """Decisions for the points that are answered for, and the median time of one. [s]"""
    decisions, taken = [], []
    world = service.world_at(AT_S)
    for number, (lon, lat) in enumerate(points):
        vessel = list(VESSELS.values())[number % len(VESSELS)]
        encounter = EncounterIn.model_validate({
            "position": {"type": "Point", "coordinates": [lon, lat]}, "persons": PERSONS, "vessel": vessel,
            **stated_besides(number),
        })  # fmt: skip
        ask = service.ask(encounter, AT_S)
        begun = perf_counter()
        try:
            decisions.append(decide(ask, world))
        except PositionRefused:
            continue
        taken.append(perf_counter() - begun)
    return decisions, float(np.median(taken))


def stated_besides(number: int) -> dict[str, object]:
    """What is stated of an encounter besides: three in ten have somebody to treat, and three in ten a doubtful fix."""
    # Steps that share nothing with the number of vessels, so that each has both.
    medical, fix = number * 3 % 10, number * 7 % 10
    stated: dict[str, object] = {}
    if medical < MEDICAL_IN_TEN:
        stated["medical"] = "critical" if medical == 0 else "urgent"
    if fix < DOUBTFUL_IN_TEN:
        stated |= {"position_accuracy_m": 3_000.0 * (fix + 1), "position_age_s": 2_400.0 * (fix + 1)}
    return stated


def _size(decision: Decision, view: View, lang: str) -> tuple[int, int]:
    text = to_json(decision_document(decision, view, lang)).encode()
    return len(text), len(gzip.compress(text, 6))


def _time(decision: Decision, view: View, lang: str) -> float:
    begun = perf_counter()
    to_json(decision_document(decision, view, lang))
    return perf_counter() - begun


if __name__ == "__main__":
    run(open_decision_service())
