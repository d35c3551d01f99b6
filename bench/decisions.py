"""Whole decisions in process, in calm water and through weather, and the document made of them."""

import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from api.decision_service import DecisionService, known_policy
from api.documents.decision import decision_document, to_json
from bench.peers import Positions
from bench.report import heading, note, row, seconds, section, spread, times
from engine.decide import decide, warm_search
from engine.kernels.reach import reach_ports
from engine.model import Ask
from tests.synthetic.cubes import synthetic_cube

ROUNDS = 5
DOCUMENTS = 50
PERSONS = 30.0
AT_S = 1_642_050_000.0
ACCURACY_M = 500.0

CALM = "decide, no tide, no forecast"
TIDAL = "decide with tide and stream"
ROUGH = "decide with tide and forecast"
SETTLED = "settled ports only"
AIMS_S = {f"{CALM}, {SETTLED}": 1e-4, f"{ROUGH}, {SETTLED}": 3.5e-4}
"""p50 of the answer without the ports that do not bear on it. [s]"""


def run(service: DecisionService, points: Positions) -> dict[str, float]:
    """Print the table; return p50 and p99 of `decide` over all rounds, in calm water and with tide and forecast. [s]"""
    at_s = AT_S
    undated, dated = service.world, service.world_at(at_s)
    with tempfile.TemporaryDirectory() as place:
        rough = service.with_forecast(synthetic_weather(Path(place) / "weather.cube", at_s)).world_at(at_s)
    asks = [
        Ask(*point, at_s, service.vessels["rnli-severn"], known_policy("nearest-time"), persons_min=PERSONS,
            persons_max=PERSONS, persons_recovered=PERSONS, persons_in_water=False)
        for point in points
    ]  # fmt: skip
    depth_class = decide(asks[0], undated).depth_class
    uncertain = [replace(ask, position_accuracy_m=ACCURACY_M) for ask in asks[:: len(asks) // DOCUMENTS]]
    decide(uncertain[0], rough)
    warm_search(asks[0], rough)
    made = [decide(ask, rough) for ask in asks[:: len(asks) // DOCUMENTS]]
    documents = [decision_document(decision) for decision in made]

    def measured(work, inputs) -> np.ndarray:
        taken = np.empty(len(inputs))
        for k, given in enumerate(inputs):
            start = perf_counter()
            work(given)
            taken[k] = perf_counter() - start
        return taken

    sides = {
        "reach_ports alone": (lambda ask: reach_ports(undated.water, depth_class, ask.lon, ask.lat), asks),
        CALM: (lambda ask: decide(ask, undated), asks),
        TIDAL: (lambda ask: decide(ask, dated), asks),
        ROUGH: (lambda ask: decide(ask, rough), asks),
        f"{CALM}, {SETTLED}": (lambda ask: decide(ask, undated, every_port=False), asks),
        f"{TIDAL}, {SETTLED}": (lambda ask: decide(ask, dated, every_port=False), asks),
        f"{ROUGH}, {SETTLED}": (lambda ask: decide(ask, rough, every_port=False), asks),
        f"the same, position good to {ACCURACY_M:.0f} m": (lambda ask: decide(ask, rough, every_port=False), uncertain),
        "decision_document": (decision_document, made),
        "dump of the document": (to_json, documents),
    }
    rounds = [{name: measured(work, inputs) for name, (work, inputs) in sides.items()} for _ in range(ROUNDS)]
    taken = {name: np.array([outcome[name] for outcome in rounds]) for name in sides}

    size = np.median([len(to_json(document).encode()) for document in documents])
    section(f"2. Decisions: rnli-severn, {PERSONS:.0f} persons, all {len(undated.ports)} ports ({ROUNDS} rounds; "
            f"a document is {size / 1e6:.2f} MB; weather and stream SYNTHETIC)")  # fmt: skip
    heading(("median", "rounds min..max", "p99", "times calm decide", "positions"))
    base = np.median(taken[CALM], axis=1)
    for name, all_times in taken.items():
        medians = np.median(all_times, axis=1)
        row(name, (seconds(np.median(all_times)), spread(medians), seconds(np.percentile(all_times, 99)),
                   times(medians / base), str(all_times.shape[1])))  # fmt: skip
    searched = sum(bool(decision.detours) for decision in (decide(ask, rough) for ask in asks))
    note(f"{searched} of {len(asks)} answers under way through weather take a faster way round to some port.")
    found = {}
    for name, aim_s in AIMS_S.items():
        note(f"{name}: {seconds(np.median(taken[name]))}, aim {seconds(aim_s)}.")
    for name in (CALM, ROUGH):
        found[f"{name}, p50"], found[f"{name}, p99"] = (float(x) for x in np.percentile(taken[name], (50, 99)))
    return found


def synthetic_weather(path: Path, start_s: float) -> Path:
    """A SYNTHETIC cube: waves of 0.5 to 3 m, a veering wind, and a tidal stream of up to two and a half knots."""

    def waves(lon, lat, at_s):
        height = 1.75 + 1.25 * np.sin(0.9 * lon + 1.7 * lat + (at_s - start_s) / 30_000.0)
        angle = 0.3 * lon + (at_s - start_s) / 50_000.0
        return height, np.cos(angle), np.sin(angle), 6.0

    def wind(lon, lat, at_s):
        return 8.0 + 3.0 * np.sin(lon), 5.0 * np.cos(lat + (at_s - start_s) / 40_000.0), 16.0

    def stream(lon, lat, at_s):
        phase = 2.0 * np.pi * (at_s - start_s) / 44_714.0 - 0.5 * lon
        strength = 0.5 + 0.8 * np.exp(-(((lat - 50.7) / 0.7) ** 2))
        return strength * np.cos(phase), 0.4 * strength * np.sin(phase)

    times_s = start_s + 3600.0 * np.arange(-3, 45)
    return synthetic_cube(path, waves=waves, wind=wind, visibility=(20_000.0,), current=stream, times=times_s,
                          step_deg=0.1, run_at_s=start_s)  # fmt: skip
