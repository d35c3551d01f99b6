"""What a new machine compiles: processor time of fresh processes with an empty cache."""

import json
import os
import subprocess
import sys
import tempfile

from bench.report import heading, note, row, seconds, section

FIRST = "first answer, nothing compiled"
ALL = "then all else: depth classes, ways round, a replay"
AIMS_S = {FIRST: 60.0, ALL: 50.0}

_WORK = """
import json
from time import process_time
begun = process_time()
from numba.core import event
from api.decision_service import known_policy, open_decision_service, warm_up
from api.replay.warm import warm_replay
from engine.model import Ask

class Counter(event.Listener):
    def __init__(self): self.count = 0
    def on_start(self, _): self.count += 1
    def on_end(self, _): pass

counter = Counter()
event.register("numba:compile", counter)
service = open_decision_service()
service.decide(Ask(1.25, 51.05, 1642050000.0, service.vessels["rnli-severn"], known_policy("nearest-time")))
first, answered = process_time() - begun, counter.count
warm_up(service)
warm_replay(service)
print(json.dumps([first, answered, process_time() - begun - first, counter.count - answered]))
"""


def run() -> dict[str, float]:
    """Print the table; return processor time with an empty cache, and of the same work with a full one. [s]"""
    section("11. Compiling on a new machine: processor time, and functions compiled")
    heading(("processor time", "functions", "with all kept"))
    with tempfile.TemporaryDirectory() as cache:
        empty, full = (_taken(cache) for _ in range(2))
    for k, name in enumerate((FIRST, ALL)):
        row(name, (seconds(empty[2 * k]), f"{empty[2 * k + 1]:.0f}", seconds(full[2 * k])))
    note(f"{(empty[0] + empty[2]) / (full[0] + full[2]):.0f} times what the same work takes once all is kept.")
    return {FIRST: empty[0], ALL: empty[2]}


def _taken(cache: str) -> list[float]:
    """Processor time and number of functions compiled, of the first answer and of the rest."""
    ran = subprocess.run(
        [sys.executable, "-c", _WORK], capture_output=True, check=True, text=True,
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
    )  # fmt: skip
    return [float(value) for value in json.loads(ran.stdout)]
