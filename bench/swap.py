"""A server under load while its forecast is replaced again and again: no answer fails, none is a mixture."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from api.decision_service import DecisionService
from api.documents.decision import decision_document, to_json
from api.encounter import EncounterIn
from bench.decisions import AT_S
from bench.report import note, section
from tests.synthetic.cubes import synthetic_cube

CALLERS = 4
SWAPS = 10
EVERY_S = 2.0
BODY = {
    "position": {"type": "Point", "coordinates": [1.35, 51.0]},
    "time": f"{datetime.fromtimestamp(AT_S, UTC):%Y-%m-%dT%H:%M:%SZ}",
    "persons": {"min": 30, "max": 30},
    "vessel": {"profile": "rnli-severn"},
}


def run(service: DecisionService) -> str:
    """Print and return what happened, in a line."""
    section(f"7. Swap under load: {CALLERS} callers, {SWAPS} new forecasts {EVERY_S:g} s apart")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        times_s = [AT_S + 3600.0 * k for k in range(-6, 42)]
        cubes = [
            synthetic_cube(folder / f"{name}.cube", waves=(height, 1.0, 0.0, 6.0), times=times_s, step_deg=0.05,
                           run_at_s=AT_S)
            for name, height in (("calm", 0.4), ("rough", 3.4))
        ]  # fmt: skip
        expected = [_expected(service, cube) for cube in cubes]
        used = folder / "used.cube"
        shutil.copy(cubes[0], used)
        program = [sys.executable, "-c", "from api.cli.main import run; run()"]
        server = subprocess.Popen(
            [*program, "serve", "--port", "0", "--forecast", str(used)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            address = re.search(r"http://\S+", server.stdout.readline())[0]
            _wait_until_ready(address)
            with ThreadPoolExecutor(CALLERS) as pool:
                end_s = time.monotonic() + EVERY_S * (SWAPS + 1)
                calls = [pool.submit(_call_until, address, end_s) for _ in range(CALLERS)]
                for turn in range(SWAPS):
                    time.sleep(EVERY_S)
                    shutil.copy(cubes[(turn + 1) % 2], folder / "fresh.cube")
                    (folder / "fresh.cube").replace(used)
                answers = [answer for call in calls for answer in call.result()]
        finally:
            server.terminate()
            server.wait(20)
    counts = [answers.count(text) for text in expected]
    failed = sum(answer is None for answer in answers)
    mixed = len(answers) - sum(counts) - failed
    line = f"{failed} failed, {mixed} mixed of {len(answers)}"
    note(f"{line}; {counts[0]} of one forecast, {counts[1]} of the other.")
    return line


def _expected(service: DecisionService, cube: Path) -> str:
    seeing = service.with_forecast(cube)
    return to_json(decision_document(seeing.decide(seeing.ask(EncounterIn.model_validate(BODY), 0.0))))


def _wait_until_ready(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not become ready")


def _call_until(address: str, end_s: float) -> list[str | None]:
    answers: list[str | None] = []
    while time.monotonic() < end_s:
        request = urllib.request.Request(
            f"{address}/v1/decisions?view=full&lang=both",
            json.dumps(BODY).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                answers.append(answer.read().decode())
        except OSError:
            answers.append(None)
    return answers
