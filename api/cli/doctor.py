"""``safeport doctor``: is this installation able to answer? Plain lines, OK or FAIL.

What it tries it compiles where nothing is kept yet, so that afterwards neither an answer nor a replay waits for that.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from api.cli.arguments import add_pack, pack_folder
from api.cli.console import status_line
from engine.errors import SafeportError

Check = Callable[[Path | None], list[str]]
OLDEST_PYTHON = (3, 11)
SLOWEST_DECISION_MS = 1_000.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_pack(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run every check; 1 when any fails."""
    folder = pack_folder(options.pack)
    failed = 0
    checks: tuple[Check, ...] = (check_python, check_numba, check_pack, check_policies, check_decision, check_replay)
    for check in checks:
        try:
            lines = check(folder)
        except SafeportError as error:
            failed += 1
            print(status_line("FAIL", str(error)))
        except Exception as error:  # noqa: BLE001 - a doctor reports what is broken, whatever it is
            failed += 1
            what = " ".join(str(error).split())[:120]
            print(status_line("FAIL", f"{check.__name__.removeprefix('check_')}: {type(error).__name__}: {what}"))
        else:
            print(status_line("OK", lines[0]))
            for line in lines[1:]:
                print(line)
        sys.stdout.flush()
    return 1 if failed else 0


def check_python(_: Path | None) -> list[str]:
    """The interpreter is new enough."""
    if sys.version_info < OLDEST_PYTHON:
        raise RuntimeError(f"{platform.python_version()} is older than 3.11")
    return [f"python {platform.python_version()}, {platform.system()} {platform.machine()}"]


def check_numba(_: Path | None) -> list[str]:
    """Compiled code can be kept, so that only the first start is slow."""
    import tempfile

    import numba

    from engine.kernels import geodesy

    folder = Path(str(geodesy.initial_course_deg.stats.cache_path))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        kept = len(list(folder.glob("*.nbi")))
    state = f"warm, {kept} functions" if kept else "cold: what the next two lines need is compiled first, for minutes"
    return [f"numba {numba.__version__}, cache writable, {state}"]


def check_pack(folder: Path | None) -> list[str]:
    """Every layer of the pack matches its digest."""
    from api.cli.print_tables import pack_lines
    from geodata.pack import DEFAULT_PACK, read_pack

    return pack_lines(read_pack(folder or DEFAULT_PACK).manifest)


def check_policies(_: Path | None) -> list[str]:
    """Every policy that comes with the program can be read."""
    from geodata.policies import policy_names, read_policy

    names = policy_names()
    for name in names:
        read_policy(name)
    return [f"policies {', '.join(names)}"]


def check_decision(folder: Path | None) -> list[str]:
    """A decision is made, and how long it takes."""
    from api.decision_service import known_policy, open_decision_service, warm_up
    from engine.model import Ask
    from geodata.pack import DEFAULT_PACK

    started = time.perf_counter()
    service = open_decision_service(folder or DEFAULT_PACK)
    opened = time.perf_counter()
    ask = Ask(*service.world.ports[0].approach, 0.0, service.vessels["unknown"], known_policy("nearest-time"))
    service.decide(ask)
    first = time.perf_counter()
    warm_up(service)
    warmed = time.perf_counter()
    service.decide(ask)
    again_ms = (time.perf_counter() - warmed) * 1e3
    if again_ms > SLOWEST_DECISION_MS:
        raise RuntimeError(f"a warm decision took {again_ms:.0f} ms")
    return [
        f"decision in {again_ms:.1f} ms; world opened in {(opened - started) * 1e3:.0f} ms, "
        f"first decision {(first - opened) * 1e3:.0f} ms"
    ]


def check_replay(folder: Path | None) -> list[str]:
    """A few encounters are replayed, so that no first replay has to wait for the compiler."""
    from api.decision_service import open_decision_service
    from api.replay.warm import warm_replay
    from geodata.pack import DEFAULT_PACK

    service = open_decision_service(folder or DEFAULT_PACK)
    started = time.perf_counter()
    rows = warm_replay(service)
    return [f"replay of {rows} encounters in {time.perf_counter() - started:.1f} s"]
