"""Tables of tide for all ports: made anew, and read back."""

import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from api.decision_service import DecisionService
from bench.report import heading, row, seconds, section, spread
from geodata.tides.tables import TideTables

ROUNDS = 5
AT_S = 1_790_000_000.0
APART_S = 40 * 86_400.0


def run(service: DecisionService) -> dict[str, float]:
    """Print the table; return the medians. [s]"""
    section(f"6. Tides: all {len(service.world.ports)} ports, a block of 30 days and its margins, 5-minute heights")
    heading(("median", "rounds min..max"))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        TideTables(service.pack).at(AT_S)
        made = [_timed(lambda k=k: TideTables(service.pack, folder).at(AT_S + k * APART_S)) for k in range(ROUNDS)]
        read = [_timed(lambda k=k: TideTables(service.pack, folder).at(AT_S + k * APART_S)) for k in range(ROUNDS)]
    row("made", (seconds(np.median(made)), spread(made)))
    row("read from the disk", (seconds(np.median(read)), spread(read)))
    return {"tide tables, made": float(np.median(made)), "tide tables, read": float(np.median(read))}


def _timed(work) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
