"""Whole decisions in process, and the document made of them."""

from dataclasses import replace
from time import perf_counter

import numpy as np

from api.document import decision_document, dump
from api.house import House, known_policy
from bench.peers import Positions
from bench.report import heading, row, seconds, section, spread, times
from engine.decide import decide
from engine.kernels.reach import reach_ports
from engine.model import Ask

ROUNDS = 5
DOCUMENTS = 50
PERSONS = 30.0
AT_S = 1_642_050_000.0
ACCURACY_M = 500.0


def run(house: House, points: Positions) -> dict[str, float]:
    """Print the table; return p50 and p99 of `decide` over all rounds. [s]"""
    world = house.world
    asks = [
        Ask(*point, AT_S, house.vessels["rnli-severn"], known_policy("nearest-time"), persons_min=PERSONS,
            persons_max=PERSONS, persons_recovered=PERSONS, persons_in_water=False)
        for point in points
    ]  # fmt: skip
    depth_class = decide(asks[0], world).depth_class
    uncertain = [replace(ask, position_accuracy_m=ACCURACY_M) for ask in asks[:: len(asks) // DOCUMENTS]]
    decide(uncertain[0], world)
    made = [decide(ask, world) for ask in asks[:: len(asks) // DOCUMENTS]]
    documents = [decision_document(decision) for decision in made]

    def measured(work, inputs) -> np.ndarray:
        taken = np.empty(len(inputs))
        for k, given in enumerate(inputs):
            start = perf_counter()
            work(given)
            taken[k] = perf_counter() - start
        return taken

    sides = {
        "reach_ports alone": (lambda ask: reach_ports(world.water, depth_class, ask.lon, ask.lat), asks),
        "decide": (lambda ask: decide(ask, world), asks),
        f"decide, position good to {ACCURACY_M:.0f} m": (lambda ask: decide(ask, world), uncertain),
        "decision_document": (decision_document, made),
        "dump of the document": (dump, documents),
    }
    rounds = [{name: measured(work, inputs) for name, (work, inputs) in sides.items()} for _ in range(ROUNDS)]
    taken = {name: np.array([one[name] for one in rounds]) for name in sides}

    size = np.median([len(dump(document).encode()) for document in documents])
    section(f"2. Decisions: rnli-severn, {PERSONS:.0f} persons, all {len(world.ports)} ports ({ROUNDS} rounds; "
            f"a document is {size / 1e6:.2f} MB)")  # fmt: skip
    heading(("median", "rounds min..max", "p99", "times decide", "positions"))
    base = np.median(taken["decide"], axis=1)
    for name, all_times in taken.items():
        medians = np.median(all_times, axis=1)
        row(name, (seconds(np.median(all_times)), spread(medians), seconds(np.percentile(all_times, 99)),
                   times(medians / base), str(all_times.shape[1])))  # fmt: skip
    p50, p99 = np.percentile(taken["decide"], (50, 99))
    return {"p50": float(p50), "p99": float(p99)}
