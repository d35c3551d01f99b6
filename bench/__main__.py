"""``python -m bench``: every figure, measured in one run, printed and never asserted."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from api.decision_service import open_decision_service
from bench import (
    aboard,
    answers,
    beside_plans,
    compiling,
    control_room,
    decisions,
    distances,
    forecast,
    http,
    memory,
    pages,
    plans,
    register,
    replay,
    starts,
    swap,
    tides,
)
from bench.points import read_points
from bench.report import heading, note, row, seconds, section


def main() -> None:
    service = open_decision_service()
    points = read_points()
    _print_machine(service.world.identity["geodata"]["id"], len(points))
    ratios = distances.run(service.world, points)
    decided = decisions.run(service, points)
    answered = answers.run(service)
    known = register.run(service)
    served = http.run(service)
    started = starts.run()
    memory.run()
    weather = forecast.run()
    tidal = tides.run(service)
    swapped = swap.run(service)
    replayed = replay.run(service)
    plans.run(service, plans.CASES[:2], seeds=(1,))
    beside_plans.run(service, times=60)
    kept = control_room.run(service)
    aboard.run()
    pages.run()
    compiled = compiling.run()
    _print_targets(ratios, decided, started, {**weather, **tidal}, swapped)
    _print_targets_of_replay(replayed)
    for name, most in (("bytes", answers.MOST_BYTES), ("gzipped", answers.MOST_GZIPPED_STATED)):
        row(f"brief answer, {name}, nine in ten", (f"at most {most:,}", f"{answered[name]:,.0f}"))
    for name in register.VESSELS:
        aim = f"at most {register.MOST_LACKING:.0%}"
        row(f"nearer harbour lost to a blank, {name}"[:52], (aim, f"{known[name]:.1%}"))
    for name, most_s in compiling.AIMS_S.items():
        row(name[:52], (f"at most {most_s:.0f} s", seconds(compiled[name])))
    _print_targets_of_http(served)
    row("store, oversell, kills", ("no fault", kept))
    note(f"load at the end: {_load()}")


def _print_machine(pack: str, points: int) -> None:
    installed = "  ".join(f"{name} {_version(name)}" for name in ("numba", "numpy", "scgraph", "searoute", "networkx"))
    print(f"{_processor()}, {os.cpu_count()} cores; load {_load()}")
    print(f"python {platform.python_version()}  {installed}")
    print(f"pack {pack}; {points} positions of bench/points.csv; ratios hold for this machine and run")


def _print_targets(
    ratios: dict[str, float],
    decided: dict[str, float],
    started: dict[str, float],
    weather: dict[str, float],
    swapped: str,
) -> None:
    section("Targets, and what was measured")
    heading(("target", "measured"))
    for name, ratio in ratios.items():
        if name.startswith("scgraph"):
            row(name, ("50 times ours", f"{ratio:.3g} times"))
            row(f"{name}, beside a known patch"[:52], ("300 times", f"{ratio / ratios[distances.PATCH]:.3g} times"))
    row(distances.PATCH_LOOP, ("a fifth of ours", f"{ratios[distances.PATCH_LOOP]:.3g} times"))
    for name, aims in ((decisions.CALM, ("200 us", "1 ms")), (decisions.ROUGH, ("1 ms", "5 ms"))):
        for part, aim in zip(("p50", "p99"), aims, strict=True):
            row(f"{name}, {part}"[:52], (f"at most {aim}", seconds(decided[f"{name}, {part}"])))
    row("ingest of a 48-step cube", ("at most 10 s", seconds(weather["ingest, GRIB and NetCDF"])))
    row("tide tables, all ports, 30 days", ("at most 5 s", seconds(weather["tide tables, made"])))
    row("swap under load", ("none failed or mixed", swapped))
    for name, aim in ((starts.COMMAND, "1.5 s"), (starts.FIRST, "2.5 s")):
        row(name, (f"cold in {aim}", seconds(started[name]) if name in started else "-"))
    row("pack load", ("well under 1 s", seconds(started[starts.LOAD])))


def _print_targets_of_replay(replayed: dict[str, float]) -> None:
    two = max(replay.WORKERS)
    for name, aim in replay.AIM_ROWS_PER_S.items():
        row(f"replay {name}, {two} threads"[:52], (f"{aim:,} rows/s", f"{replayed[f'{name}, {two}']:,.0f}"))
        ratio = replayed[f"{name}, two over one"]
        row(f"replay {name}, two over one"[:52], (f"{replay.AIM_TWO_OVER_ONE}", f"{ratio:.2f}"))
    row("replay, resident max", ("bounded", f"{replayed['peak_mib']:.0f} MiB"))


def _print_targets_of_http(served: dict[str, float]) -> None:
    for name, aim in http.AIM_TIMES_EMPTY.items():
        row(f"HTTP p50, {name}"[:36], (f"at most {aim:g} x empty", f"{served[f'p50, {name}']:.2g}"))
    row(f"HTTP, {http.CLIENTS} clients, no store", ("0.5 of empty", f"{served['throughput, no store']:.2g}"))
    row(f"HTTP p99, {http.RATE_PER_S}/s open loop", ("at most 15 ms", seconds(served["p99_s"])))
    row("server ready; resident", ("3 s; 350 MiB", f"{seconds(served['ready_s'])}; {served['resident_mib']:.0f} MiB"))


def _load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


main()
