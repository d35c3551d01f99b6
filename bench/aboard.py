"""The terminal as a process: its start, its memory, and what a zone drawn ashore costs it.

``python -m bench.aboard`` starts a control room with a store of its own and a terminal that is linked to it. Processor
time does not hang on what else the machine does; times by the clock do. ``python -m bench.aboard --soak 120`` has a
terminal run for so many minutes instead, asked and looked at all the while.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from bench.report import heading, note, row, section

PROGRAM = "import sys; from api.cli.main import run; sys.argv[0] = 'safeport'; sys.exit(run())"
STARTS, ASKS = 5, 200
WITHIN_S = 180.0
AIM_S = 4.0
"""Of a start. [s]"""
SOAK_ASK_S, SOAK_LOOK_S = 2.0, 60.0
"""Between two asks, and two looks, of a soak. [s]"""
OUTLINE = [[1.33, 51.03], [1.42, 51.03], [1.42, 51.08], [1.33, 51.08], [1.33, 51.03]]
ZONE = {"name": "Vega", "reason": "bench", "outline": {"type": "Polygon", "coordinates": [OUTLINE]}}


class Program:
    """A command of safeport that listens; ended with the block."""

    def __init__(self, *arguments: str) -> None:
        self.begun_s = time.monotonic()
        command = [sys.executable, "-c", PROGRAM, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip().partition(" on ")[2].removesuffix("/terminal")
        self.client = httpx.Client(base_url=self.url, timeout=60.0, trust_env=False)

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.process.terminate()
        self.process.wait(30.0)

    def get(self, path: str) -> Any:
        return self.client.get(path).json()

    def post(self, path: str, body: Any) -> Any:
        return self.client.post(path, json=body).json()

    def until(self, path: str, holds: Callable[[Any], bool]) -> float:
        """When a document first was as it should be, since the start. [s]"""
        while not holds(self.get(path)):
            if time.monotonic() - self.begun_s > WITHIN_S:
                raise SystemExit(f"{path} was not as it should be in time")
            # Seldom enough to take nothing from what is waited for.
            time.sleep(0.2)
        return time.monotonic() - self.begun_s

    def processor_s(self) -> float:
        """Processor time so far. [s]"""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def handles(self) -> int:
        """Open files and sockets."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def resident_mb(self) -> float:
        """Resident memory. [MB]"""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def is_ready(state: Any) -> bool:
    return bool(state["ready"] and state["fix"]["position"])


def ask_ms(terminal: Program) -> float:
    """One NEAREST, from request to answer. [ms]"""
    begun_s = time.monotonic()
    terminal.post("/terminal/v1/nearest", {"lang": "both"})
    return 1000.0 * (time.monotonic() - begun_s)


def run() -> None:
    """Measure and print."""
    section("The terminal aboard")
    note(f"load average {os.getloadavg()[0]:.1f} at the start")
    heading(("median", "greatest"))
    with tempfile.TemporaryDirectory() as folder:
        options = ("terminal", "--demo", "--port", "0", "--state")
        clock_s, processor_s, resident_mb = [], [], []
        for k in range(STARTS):
            with Program(*options, f"{folder}/start-{k}") as terminal:
                clock_s.append(terminal.until("/terminal/v1/state", is_ready))
                processor_s.append(terminal.processor_s())
                resident_mb.append(terminal.resident_mb())
        show("start to a fix that can be decided from", clock_s, "s")
        show("its processor time", processor_s, "s")
        show("memory once it is ready", resident_mb, "MB", 0)
        store = f"sqlite:{folder}/store.db"
        subprocess.run(
            [sys.executable, "-c", PROGRAM, "db", "migrate", "--store", store], check=True, capture_output=True
        )
        with (
            Program("serve", "--port", "0", "--store", store) as room,
            Program(*options, f"{folder}/linked", "--centre", room.url) as terminal,
        ):
            room.until("/readyz", lambda answer: answer.get("status") == "ready")
            zone(terminal, room)
    note(f"load average {os.getloadavg()[0]:.1f} at the end")


def soak(minutes: float) -> None:
    """A terminal that runs on: its memory, files and handles, once it is warm and to the end."""
    section(f"The terminal aboard for {minutes:g} minutes, asked every {SOAK_ASK_S:g} s")
    note(f"load average {os.getloadavg()[0]:.1f} at the start")
    heading(("memory", "files", "handles"))
    with tempfile.TemporaryDirectory() as folder:
        # Ten times as fast: the track, half an hour long, goes round many times.
        options = ("terminal", "--demo", "--speed", "10", "--port", "0", "--state", folder)
        with Program(*options) as terminal, terminal.client.stream("GET", "/terminal/v1/events"):
            terminal.until("/terminal/v1/state", is_ready)
            seen: list[tuple[float, int, int]] = []
            asked, refused, begun_s = 0, 0, time.monotonic()
            while (passed_s := time.monotonic() - begun_s) < 60.0 * minutes:
                answered = terminal.client.post("/terminal/v1/nearest", json={"lang": "both"})
                asked, refused = asked + 1, refused + (answered.status_code != 200)
                terminal.client.put("/terminal/v1/persons", json={"min": asked % 50, "max": 50})
                if passed_s >= len(seen) * SOAK_LOOK_S:
                    seen.append((terminal.resident_mb(), on_disk(folder), terminal.handles()))
                    look = seen[-1]
                    row(f"after {passed_s / 60.0:.0f} min", (f"{look[0]:.0f} MB", f"{look[1]:,} bytes", str(look[2])))
                time.sleep(SOAK_ASK_S)
    warm = seen[len(seen) // 4 :]
    growth = np.polyfit(np.arange(len(warm)) * SOAK_LOOK_S / 3_600.0, [look[0] for look in warm], 1)[0]
    note(f"{asked} asked, {refused} refused; memory grows by {growth:+.1f} MB an hour over the last three quarters")


def on_disk(folder: str) -> int:
    """Bytes of what is kept."""
    return sum(file.stat().st_size for file in Path(folder).iterdir())


def zone(terminal: Program, room: Program) -> None:
    """A zone drawn ashore, from the moment the terminal hears of it."""
    terminal.until("/terminal/v1/state", lambda state: is_ready(state) and state["zones"]["known"])
    time.sleep(5.0)
    show("NEAREST, request to answer", [ask_ms(terminal) for _ in range(ASKS)], "ms", 0)
    show("memory once everything is warm", [terminal.resident_mb()], "MB", 0)
    room.post("/v1/exclusion-zones", ZONE)
    terminal.until("/terminal/v1/zones", lambda answer: bool(answer["zones"]))
    heard_s, before_s, asked = time.monotonic(), terminal.processor_s(), []
    while terminal.get("/terminal/v1/state")["zones"]["pending"]:
        asked.append(ask_ms(terminal))
    show("from hearing of a zone to routes that keep out", [time.monotonic() - heard_s], "s")
    show("processor time meanwhile, with the answers", [terminal.processor_s() - before_s], "s")
    if asked:
        show(f"NEAREST meanwhile, of {len(asked)}", asked, "ms", 0)
    show("NEAREST with the zone", [ask_ms(terminal) for _ in range(ASKS)], "ms", 0)
    time.sleep(15.0)
    show("memory with one zone", [terminal.resident_mb()], "MB", 0)


def show(name: str, values: list[float], unit: str, decimals: int = 1) -> None:
    middle, most = statistics.median(values), max(values)
    row(name[:52], (f"{middle:.{decimals}f} {unit}", f"{most:.{decimals}f} {unit}" if len(values) > 1 else ""))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="run on for so long instead")
    chosen = parser.parse_args()
    run() if chosen.soak is None else soak(chosen.soak)
