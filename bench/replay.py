"""Replay in bulk, from Parquet to Parquet: rows a second on one thread and on two, memory, and peers in the same run.

``python -m bench.replay --help``. Every run is a process of its own that first replays a small table, so that compiled
functions, the pack and the tables of tide are at hand; then the clock starts. It stops when the manifest is written.
Ten million rows: ``python -m bench.replay --rows 0 --strait-rows 10000000 --forecast-rows 0 --peer-rows 0
--workers 2``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from api.decision_service import DecisionService, known_policy, open_decision_service
from api.replay.batch import replay_batch
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.normalize import normalize
from api.replay.ingest.reading import open_source
from api.replay.run import CHUNK_ROWS
from api.replay.worker import TaskSpec, task_context_of
from bench.encounters import DOVER_STRAIT, EVERYWHERE, write_encounters
from bench.peers import PeerAbsent, scgraph_peers, searoute_peers
from bench.report import heading, note, row, seconds, section, times
from bench.straight_line import straight_line_peers
from geodata.pack import DEFAULT_PACK

ROWS, STRAIT_ROWS, FORECAST_ROWS, PEER_ROWS = 262_144, 524_288, 65_536, 120
WORKERS = (1, 2)
ROUNDS = 2
"""Runs of each number of threads, the order turned round each time."""

LEAST_CHUNKS = 8
"""A table shorter than this many chunks is cut into shorter ones, or the last chunk would be timed, not the threads."""

WARM_ROWS = 4_096
PEER_ROUNDS = 4
START_S = 1_704_067_200.0
YEAR_S, DAY_S = 366 * 86_400.0, 86_400.0
CALM, STRAIT, ROUGH = "without forecast", "Dover Strait, without forecast", "with forecast"
TABLE = {CALM: "calm.parquet", STRAIT: "strait.parquet", ROUGH: "rough.parquet"}
BOX = {CALM: EVERYWHERE, STRAIT: DOVER_STRAIT, ROUGH: EVERYWHERE}
AIM_ROWS_PER_S = {CALM: 60_000, STRAIT: 100_000, ROUGH: 12_000}
AIM_TWO_OVER_ONE = 1.7
AIM_STRAIGHT_TIMES = 4.0
AIM_ROWS = 10_000_000
_SLOW = ("scgraph, distance_matrix", "searoute, one search by hand")
"""Ways of asking peers that the loop leaves out: one answers far more than asked, one is not in its interface."""

_ONE = """
import json, resource, sys
from pathlib import Path
from time import perf_counter
from api.replay.run import ReplayConfig, replay
table, warm, out, workers, chunk_rows, *forecasts = sys.argv[1:]
given = {"forecasts": tuple(map(Path, forecasts)), "workers": int(workers), "chunk_rows": int(chunk_rows)}
given["judged"] = given["over_banks"] = False
replay(ReplayConfig(Path(warm), Path(out) / "warm", **given))
before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
start = perf_counter()
manifest = replay(ReplayConfig(Path(table), Path(out) / "run", **given))
taken_s = perf_counter() - start
peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
sha256 = manifest["outputs"]["decisions.parquet"]["sha256"]
print(json.dumps([manifest["counts"]["rows"], taken_s, before_mib, peak_mib, sha256]))
"""


class Run(NamedTuple):
    """One replay in a process of its own."""

    rows: int
    taken_s: float
    before_mib: float
    peak_mib: float
    sha256: str

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.taken_s


def run(
    service: DecisionService, rows: int = ROWS, strait_rows: int = STRAIT_ROWS, forecast_rows: int = FORECAST_ROWS,
    peer_rows: int = PEER_ROWS, workers: Sequence[int] = WORKERS, rounds: int = ROUNDS,
) -> dict[str, float]:  # fmt: skip
    """Print the tables; return rows a second, ratios of two threads to one and of peers to ours, peak memory [MiB]."""
    section("8. Replay in bulk, Parquet to Parquet: SYNTHETIC encounters uniform over the water, "
            f"all {len(service.world.ports)} ports, tides of each date")  # fmt: skip
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        heading(("rows a second", "rounds min..max", "two over one", "resident max", "before the table"))
        for name, count in ((CALM, rows), (STRAIT, strait_rows), (ROUGH, forecast_rows)):
            if count:
                found |= _measured(service, folder, name, count, workers, rounds)
        for name in TABLE:
            _say(name, found, workers)
        _say_ratio(found)
        _say_length(max(rows, strait_rows), found)
        for name in (CALM, STRAIT):
            if peer_rows and (folder / TABLE[name]).exists():
                found |= _beside_straight_lines(service, folder, name, found, max(workers))
        if peer_rows and rows:
            found |= _beside_peers(service, folder, folder / TABLE[CALM], peer_rows, found)
    return found


def _measured(
    service: DecisionService, folder: Path, name: str, rows: int, workers: Sequence[int], rounds: int
) -> dict[str, float]:
    """Replay one table by each number of threads in turn."""
    forecasts, span_s = [], YEAR_S
    if name == ROUGH:
        from bench.decisions import synthetic_weather

        forecasts, span_s = [synthetic_weather(folder / "SYNTHETIC.cube", START_S)], DAY_S
    mesh = service.world.water.mesh
    table = write_encounters(folder / TABLE[name], mesh, rows, START_S, span_s, box=BOX[name])
    warm = write_encounters(folder / f"warm-{TABLE[name]}", mesh, WARM_ROWS, START_S, span_s, seed=1, box=BOX[name])
    chunk_rows = min(CHUNK_ROWS, -(-rows // LEAST_CHUNKS))
    runs: dict[int, list[Run]] = {count: [] for count in workers}
    for turn in range(rounds):
        for count in workers if turn % 2 == 0 else reversed(workers):
            runs[count].append(_one(table, warm, count, chunk_rows, forecasts))
    if len({figure.sha256 for each in runs.values() for figure in each}) != 1:
        raise SystemExit("the same table gave other bytes on another number of threads")
    found = {}
    ratios = [two.rows_per_s / figure.rows_per_s for figure, two in zip(runs.get(1, ()), runs.get(2, ()), strict=False)]
    for count, each in runs.items():
        rates = [figure.rows_per_s for figure in each]
        peak_mib = max(figure.peak_mib for figure in each)
        found[f"{name}, {count}"] = float(np.median(rates))
        found["peak_mib"] = max(found.get("peak_mib", 0.0), peak_mib)
        row(f"{name}, {count} thread{'s' if count > 1 else ''}",
            (f"{np.median(rates):,.0f}", f"{min(rates):,.0f}..{max(rates):,.0f}",
             times(ratios) if count == 2 and ratios else "", f"{peak_mib:.0f} MiB",
             f"{max(figure.before_mib for figure in each):.0f} MiB"))  # fmt: skip
    if ratios:
        found[f"{name}, two over one"] = float(np.median(ratios))
    note(f"{rows:,} rows a run in chunks of {chunk_rows:,}, {rounds} rounds; every run gave the same bytes.")
    return found


def _one(table: Path, warm: Path, workers: int, chunk_rows: int, forecasts: Sequence[Path]) -> Run:
    with tempfile.TemporaryDirectory(dir=table.parent) as out:
        given = (table, warm, out, workers, chunk_rows, *forecasts)
        command = [sys.executable, "-c", _ONE, *map(str, given)]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode:
            raise RuntimeError(f"a replay failed:\n{made.stderr[-2_000:]}")
    return Run(*json.loads(made.stdout))


def _say(name: str, found: dict[str, float], workers: Sequence[int]) -> None:
    rate, aim = found.get(f"{name}, {max(workers)}"), AIM_ROWS_PER_S[name]
    if rate is not None:
        note(f"aim {name}: {aim:,} rows a second on two cores; measured {rate:,.0f}: {_met(rate >= aim)}.")


def _say_ratio(found: dict[str, float]) -> None:
    for name in TABLE:
        ratio = found.get(f"{name}, two over one")
        if ratio is not None:
            note(f"aim two threads over one: {AIM_TWO_OVER_ONE}; measured {name} {ratio:.2f}: "
                 f"{_met(ratio >= AIM_TWO_OVER_ONE)}.")  # fmt: skip


def _say_length(rows: int, found: dict[str, float]) -> None:
    size = f"{rows:,} rows with at most {found['peak_mib']:.0f} MiB resident" if "peak_mib" in found else "nothing"
    told = _met(True) if rows >= AIM_ROWS else "not tried in this run"
    note(f"aim {AIM_ROWS:,} rows in one run: {told}; measured {size}.")


def _met(met: bool) -> str:
    return "met" if met else "NOT met"


def _beside_straight_lines(
    service: DecisionService, folder: Path, name: str, found: dict[str, float], workers: int
) -> dict[str, float]:
    """The port nearest in a straight line for a whole table, from file to file, beside the replay of that table."""
    try:
        peers = straight_line_peers([port.landing for port in service.world.ports])
    except PeerAbsent as reason:
        note(f"straight lines left out: {reason}")
        return {}
    table = folder / TABLE[name]
    rows = pq.ParquetFile(table).metadata.num_rows
    section(f"   Port nearest in a straight line, {name}, {rows:,} rows, Parquet to Parquet")
    heading(("rows a second", "times as fast as the replay"))
    ratios = {}
    for peer, nearest in peers.items():
        taken_s = []
        for _ in range(ROUNDS):
            start = perf_counter()
            nearest(table, folder / "straight.parquet")
            taken_s.append(perf_counter() - start)
        rate = rows / min(taken_s)
        ratios[f"{peer}, {name}"] = rate / found[f"{name}, {workers}"]
        row(peer, (f"{rate:,.0f}", f"{ratios[f'{peer}, {name}']:.1f}"))
    note(f"aim: at most {AIM_STRAIGHT_TIMES:g} times, beside {workers} threads: "
         f"{_met(max(ratios.values()) <= AIM_STRAIGHT_TIMES)}.")  # fmt: skip
    return ratios


def _beside_peers(
    service: DecisionService, folder: Path, table: Path, rows: int, found: dict[str, float]
) -> dict[str, float]:
    """The nearest port of each row by a loop over the peers, and the whole decision of the same rows by columns."""
    whole_table = pq.read_table(table)
    rows = min(rows, whole_table.num_rows)
    taken_rows = np.linspace(0, whole_table.num_rows - 1, rows).astype(np.int64)
    table = folder / "sample.parquet"
    pq.write_table(whole_table.take(pa.array(taken_rows)), table)
    del whole_table
    context = task_context_of(TaskSpec(DEFAULT_PACK, read_column_map()))
    source = open_source(table, read_column_map())
    encounters = normalize(next(source.chunks(rows)), source.column_map, context.known).encounters
    lon, lat = encounters["lon"].to_pylist(), encounters["lat"].to_pylist()
    approaches = [port.approach for port in service.world.ports]
    policies = {"nearest-time": known_policy("nearest-time")}

    def ours() -> None:
        replay_batch(encounters, context.worlds, context.service.vessels, policies)

    sides, absent = _peers(approaches)
    ours()
    for nearest in sides.values():
        nearest(lon[0], lat[0])
    own, taken = [], {name: [] for name in sides}
    for turn in range(PEER_ROUNDS):
        start = perf_counter()
        ours()
        own.append((perf_counter() - start) / rows)
        for name, nearest in sides.items():
            mine = range(turn, rows, PEER_ROUNDS)
            start = perf_counter()
            for k in mine:
                nearest(lon[k], lat[k])
            taken[name].append((perf_counter() - start) / len(mine))
    section(
        f"   Nearest port of {rows} rows of that table, one thread: peers give a length, ours is the whole decision"
    )
    heading(("time a row", "times ours", "times the whole run"))
    whole = found.get(f"{CALM}, 1")
    row("safeport, these rows by columns", (seconds(float(np.median(own))), "1", ""))
    ratios = {}
    for name, each in taken.items():
        against = [peer / mine for peer, mine in zip(each, own, strict=True)]
        ratios[f"{name}, times ours"] = float(np.median(against))
        end_to_end = "" if whole is None else f"{float(np.median(each)) * whole:.3g}"
        ratios[f"{name}, times the whole run"] = float("nan") if whole is None else float(np.median(each)) * whole
        row(name, (seconds(float(np.median(each))), times(against), end_to_end))
    for line in absent:
        note(line)
    note("'times ours': against these few rows as a table of their own: dates and vessels are set up for a row or two.")
    note(
        "'times the whole run': against one thread of the run above, of which these rows are a sample, files included."
    )
    return ratios


def _peers(ports: list[tuple[float, float]]) -> tuple[dict[str, Callable[[float, float], int]], list[str]]:
    sides, absent = {}, []
    for name, opened in (("scgraph", scgraph_peers), ("searoute", searoute_peers)):
        try:
            for way, lengths in opened(ports).items():
                if way not in _SLOW:
                    sides[way] = lambda lon, lat, lengths=lengths: int(np.argmin(lengths(lon, lat)))
        except PeerAbsent as reason:
            absent.append(f"{name} left out: {reason}")
    return sides, absent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.replay", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="rows without forecast; 0: none")
    parser.add_argument("--strait-rows", type=int, default=STRAIT_ROWS, help="rows in the Dover Strait; 0: none")
    parser.add_argument("--forecast-rows", type=int, default=FORECAST_ROWS, help="rows with a forecast; 0: none")
    parser.add_argument("--peer-rows", type=int, default=PEER_ROWS, help="rows of the loops over peers; 0: none")
    parser.add_argument("--workers", type=int, nargs="+", default=WORKERS, help="numbers of threads")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of each")
    given = parser.parse_args()
    run(
        open_decision_service(),
        given.rows,
        given.strait_rows,
        given.forecast_rows,
        given.peer_rows,
        tuple(given.workers),
        given.rounds,
    )


if __name__ == "__main__":
    main()
