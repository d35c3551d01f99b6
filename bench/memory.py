"""Resident memory of a fresh process that opens everything."""

import json
import subprocess
import sys

from bench.report import heading, row, section

_STEPS = """
import json
from pathlib import Path

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))}

found = {"python": resident()}
import numba
found["and numba"] = resident()
from api.decision_service import open_decision_service, warm_up
found["and safeport"] = resident()
service = open_decision_service()
found["pack open"] = resident()
warm_up(service)
found["all depth classes, warm_up"] = resident()
print(json.dumps(found))
"""


def run() -> None:
    answer = subprocess.run([sys.executable, "-c", _STEPS], capture_output=True, check=True, text=True).stdout
    section("4. Memory of one process")
    heading(("resident", "peak so far"))
    for name, found in json.loads(answer).items():
        row(name, (f"{found['VmRSS']:.0f} MiB", f"{found['VmHWM']:.0f} MiB"))
