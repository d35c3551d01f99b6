"""The driver: reads chunks, keeps a bounded number of them under way, puts finished parts on disk, joins them.

Killed at any moment and started again it does what is missing; what comes out is the same to the byte, on one thread or
on a cluster of workers.
"""

import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dask
import pyarrow as pa
from distributed import Client, KilledWorker, LocalCluster, wait
from distributed.comm.core import CommClosedError

from api.replay.checkpoint import Checkpoint, claim_folder, json_bytes, lock_folder, write_whole
from api.replay.concat import concat
from api.replay.errors import SchedulerLost
from api.replay.ingest.column_map import OWN_MAP, read_column_map
from api.replay.ingest.reading import fingerprint, open_source
from api.replay.manifest import MANIFEST_FILE, TIMINGS_FILE, complete_manifest, manifest_of, outputs_of
from api.replay.worker import ENGINE, TaskSpec, WorkerRefused, decide_chunk, digest_of, task_context_of
from engine.errors import InvalidAsk
from engine.policy import Policy
from geodata.pack import DEFAULT_PACK

CHUNK_ROWS = 131_072
"""Most rows of a chunk, and so of a row group of the output: few enough to hold many chunks."""

FEWEST_CHUNK_ROWS = 256
"""Fewer rows are not worth a task."""

CHUNKS_OF_A_TABLE = 64
"""So many chunks even of a small table: all threads have work, something is shown soon, and little is lost."""

MOST_JUDGED_ROWS = 100_000
"""Up to so many rows every port is judged for every row unless told otherwise: some minutes of work."""

UNDER_WAY_A_THREAD = 2
"""Chunks under way for each thread: one being decided and one waiting, so that nobody stands idle."""

SCRATCH = "scratch"
"""Folder of Dask's own files while it is at work."""

CONNECT_TIMEOUT = "10s"
"""How long a scheduler has to answer."""

Progress = Callable[[int, int, int], None]
"""Told after each part: rows done before this run, rows done in it, rows there are about."""


@dataclass(frozen=True)
class ReplayConfig:
    """What to replay.

    Attributes
    ----------
    source, out : Path
    map_name : str
        A column map by name, or a file of one.
    policy : Policy or None
        For every row; None leaves each row the policy it names.
    forecasts : tuple of Path
    scheduler : str or None
        Address of a Dask scheduler; None: threads of this process.
    workers : int
        Threads of this process.
    chunk_rows : int or None
        Rows of a chunk; None: by the size of the table, and by nothing else, for the output hangs on it.
    judged : bool or None
        Whether every port is judged for every row; None: in tables of up to `MOST_JUDGED_ROWS`, by our own engine.
    over_banks : bool or None
        Whether ways lead over banks that the tide covers; None: in tables of up to `MOST_JUDGED_ROWS`, for the rows
        concerned are decided one by one.
    """

    source: Path
    out: Path
    map_name: str = OWN_MAP
    policy: Policy | None = None
    forecasts: tuple[Path, ...] = ()
    scheduler: str | None = None
    workers: int = 1
    pack: Path = DEFAULT_PACK
    chunk_rows: int | None = None
    engine: str = ENGINE
    judged: bool | None = None
    over_banks: bool | None = None


def replay(order: ReplayConfig, progress: Progress | None = None) -> dict[str, Any]:
    """Replay a table of encounters into a folder, going on where an earlier run was stopped.

    Parameters
    ----------
    order : ReplayConfig
    progress : callable or None

    Returns
    -------
    dict
        The manifest, as written into the folder.

    Raises
    ------
    SafeportError
        The input, the folder, the map or the policy is wrong.
    """
    started_s = time.time()
    source = open_source(order.source, read_column_map(order.map_name))
    read = fingerprint(source)
    forecasts = tuple(path.resolve() for path in order.forecasts)
    judged = order.engine == ENGINE and read.rows <= MOST_JUDGED_ROWS if order.judged is None else order.judged
    chunk_rows = order.chunk_rows or chunk_rows_for(read.rows)
    over_banks = read.rows <= MOST_JUDGED_ROWS if order.over_banks is None else order.over_banks
    spec = TaskSpec(
        order.pack.resolve(), source.column_map, forecasts, order.policy, order.engine, judged=judged,
        over_banks=over_banks,
    )  # fmt: skip
    identity = task_context_of(spec).identity
    spec = replace(spec, identity=digest_of(identity))
    run = {"input": {"name": read.name, "bytes": read.size, "sha256": read.sha256},
           "chunk_rows": chunk_rows, "every_port_judged": judged, **identity}  # fmt: skip
    with lock_folder(order.out):
        claim_folder(order.out, run)
        whole = complete_manifest(order.out)
        if whole is None:
            parts = Checkpoint(order.out)
            before = parts.finished_parts()
            entries = dict(before)
            for number, entry in _run_chunks(order, source.chunks(chunk_rows), spec, parts, before):
                entries[number] = entry
                if progress is not None:
                    earlier = sum(part["facts"]["rows"] for part in before.values())
                    progress(earlier, sum(part["facts"]["rows"] for part in entries.values()) - earlier, read.rows)
            worked_s = time.time() - started_s
            repeated = concat(order.out, parts, entries)
            whole = manifest_of(run, source, entries, repeated, outputs_of(order.out, run))
            timings = _timings(order, started_s, worked_s, before, entries)
            write_whole(order.out / TIMINGS_FILE, json_bytes(timings))
            write_whole(order.out / MANIFEST_FILE, json_bytes(whole))
        if (order.out / "parts").exists():
            Checkpoint(order.out).clear()
    return whole


def chunk_rows_for(rows: int) -> int:
    """Rows of a chunk of a table of about so many."""
    return min(max(-(-rows // CHUNKS_OF_A_TABLE), FEWEST_CHUNK_ROWS), CHUNK_ROWS)


def _run_chunks(
    order: ReplayConfig,
    chunks: Iterator[pa.Table],
    spec: TaskSpec,
    parts: Checkpoint,
    before: dict[int, dict[str, Any]],
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Do what is not done yet; yields each part once it is on disk."""
    with dask_client(order.scheduler, order.workers, order.out / SCRATCH) as client:
        most = UNDER_WAY_A_THREAD * max(1, sum(client.nthreads().values()))
        under_way: set[Any] = set()
        try:
            for number, chunk in enumerate(chunks):
                if number in before:
                    continue
                while len(under_way) >= most:
                    yield from _write_finished(under_way, parts)
                under_way.add(client.submit(decide_chunk, number, chunk, spec, pure=False))
                # What is under way is held by the scheduler; here it would be one more.
                del chunk
            while under_way:
                yield from _write_finished(under_way, parts)
        finally:
            client.cancel(list(under_way))


def _write_finished(under_way: set[Any], parts: Checkpoint) -> Iterator[tuple[int, dict[str, Any]]]:
    """Wait for at least one chunk and put what is finished on disk."""
    done = wait(list(under_way), return_when="FIRST_COMPLETED").done
    for future in done:
        try:
            part = future.result()
        except WorkerRefused as refused:
            raise InvalidAsk("scheduler", f"a worker cannot do this: {refused.problem}", refused.remedy) from None
        under_way.discard(future)
        future.release()
        yield part.number, parts.write(part)


@contextmanager
def dask_client(scheduler: str | None, workers: int, scratch: Path) -> Iterator[Client]:
    """A Dask client: on threads of this process, or on the cluster at an address; the same code either way.

    Raises
    ------
    InvalidAsk
        Nobody answers at the address.
    SchedulerLost
        Nobody answers any more.
    """
    settings = {
        # A chunk travels with its task, so that it can be done again when a worker dies.
        "distributed.admin.large-graph-warning-threshold": "1GB",
        "distributed.worker.use-file-locking": False,
        # A log of what was handed over would keep it: half a gigabyte after a million rows.
        "distributed.admin.low-level-log-length": 0,
        # Here a client needs neither pages nor figures over HTTP.
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    with dask.config.set(settings):
        if scheduler is not None:
            try:
                client = Client(scheduler, timeout=CONNECT_TIMEOUT)
            except (OSError, TimeoutError, ValueError):
                raise InvalidAsk("scheduler", "nobody answers there.", "Write it as tcp://host:8786.") from None
            with _told_if_lost(), client:
                yield client
            return
        # A run that was ended on the spot has left its own.
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            with _threads(workers, str(scratch)) as cluster, Client(cluster) as client:
                yield client
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _told_if_lost() -> Iterator[None]:
    """Say in words of ours that a cluster is lost; what Dask says of it is about its futures."""
    try:
        yield
    except KilledWorker:
        raise SchedulerLost(
            "scheduler", "loses a worker each time one part is tried.",
            "Give workers more memory; the same command goes on from what is finished.",
        ) from None  # fmt: skip
    except (CancelledError, CommClosedError):
        raise SchedulerLost(
            "scheduler", "no longer answers.", "Check it; the same command goes on from what is finished."
        ) from None


def _threads(workers: int, scratch: str) -> LocalCluster:
    """A cluster of one worker with threads, inside this process: chunks are handed over, not sent."""
    with warnings.catch_warnings():
        # On a machine without a network Dask finds no address of its own; none is needed.
        warnings.simplefilter("ignore", RuntimeWarning)
        return LocalCluster(
            n_workers=1, threads_per_worker=workers, processes=False, memory_limit=0, local_directory=scratch,
            dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
        )  # fmt: skip


def _timings(
    order: ReplayConfig, started_s: float, worked_s: float, before: dict[int, Any], entries: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    """What differs from run to run, kept apart from what must not."""
    rows = sum(entry["facts"]["rows"] for number, entry in entries.items() if number not in before)
    return {
        "started_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started_s)),
        "parts_found_finished": len(before),
        "rows_in_this_run": rows,
        "seconds_deciding": round(worked_s, 3),
        "seconds_joining": round(time.time() - started_s - worked_s, 3),
        "rows_per_second": round(rows / worked_s, 1) if worked_s > 0 else None,
        "seconds_of_parts": {f"{number:06d}": round(entry["seconds"], 3) for number, entry in sorted(entries.items())},
        "carrier": order.scheduler or f"{order.workers} threads of one process",
    }
