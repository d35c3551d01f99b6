"""Fresh processes: from nothing to a pack, to a depth class, to an answer."""

import json
import subprocess
import sys
from time import perf_counter

import numpy as np

from bench.report import heading, note, row, seconds, section, spread, times

ROUNDS = 7

NOTHING = "python -c pass"
OPENED = "open_decision_service"
FIRST = "open_decision_service, first decision"
COMMAND = "safeport decide --json"
LOAD = "load_world, first in a process"

_OPEN = "from api.decision_service import open_decision_service; service = open_decision_service()"
_DECIDE = (
    "; from api.decision_service import known_policy; from engine.model import Ask; "
    "service.decide(Ask(1.25, 51.05, 1642050000.0, service.vessels['rnli-severn'], known_policy('nearest-time'), "
    "persons_min=30.0, persons_max=30.0))"
)
_COMMAND = [
    "-c", "from api.cli.main import run; run()", "decide", "--position", "51 03.0N 001 15.0E", "--time",
    "2022-01-13T05:00:00Z", "--vessel", "rnli-severn", "--persons", "30", "--json",
]  # fmt: skip
_PARTS = """
import json
from time import perf_counter
begun = perf_counter()
from geodata.pack import read_pack
from geodata.world import load_world
loaded = perf_counter()
found = {"import of geodata and engine": loaded - begun}
world = load_world()
found["load_world, first in a process"] = perf_counter() - loaded
for number, depth_class in enumerate(world.depth_classes):
    start = perf_counter()
    depth_class.tables
    found[f"depth class {depth_class.needed_depth_m:g} m, first use"] = perf_counter() - start
start = perf_counter()
read_pack()
found["read_pack alone, again"] = perf_counter() - start
start = perf_counter()
world = load_world()
found["load_world, again"] = perf_counter() - start
print(json.dumps(found))
"""


def run() -> dict[str, float]:
    """Print the table; return the medians. [s]"""
    commands = {
        NOTHING: ["-c", "pass"],
        "import numpy": ["-c", "import numpy"],
        "import numba": ["-c", "import numba"],
        OPENED: ["-c", _OPEN],
        FIRST: ["-c", _OPEN + _DECIDE],
        COMMAND: _COMMAND,
    }
    # Once uncounted: fills the caches of compiled code and of the disk, and finds out what can run at all.
    works = {name: arguments for name, arguments in commands.items() if _taken(arguments) is not None}
    whole: dict[str, list[float]] = {name: [] for name in works}
    parts: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, arguments in works.items():
            whole[name].append(_taken(arguments) or np.nan)
        answer = subprocess.run([sys.executable, "-c", _PARTS], capture_output=True, check=True, text=True).stdout
        for name, value in json.loads(answer).items():
            parts.setdefault(name, []).append(value)

    section(f"3. Fresh processes, disk and compiled code cached ({ROUNDS} rounds)")
    heading(("median", "rounds min..max", "of python -c pass"))
    base = np.array(whole[NOTHING])
    for name, taken in {**whole, **parts}.items():
        row(name, (seconds(np.median(taken)), spread(taken), times(np.array(taken) / base)))
    for name in commands.keys() - works.keys():
        note(f"{name}: does not run here.")
    return {name: float(np.median(taken)) for name, taken in {**whole, **parts}.items()}


def _taken(arguments: list[str]) -> float | None:
    """Time of a whole Python process; None when it fails. [s]"""
    start = perf_counter()
    ended = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    return perf_counter() - start if ended.returncode == 0 else None
