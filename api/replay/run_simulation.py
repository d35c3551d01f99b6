"""A replay in sequence, file to file: the same folder as `api.replay.run.replay` makes, and how full ports were.

All encounters are in memory at once, for one answer depends on those before; there is no carrying on half-way and no
cluster. Memory grows with the rows.
"""

import hashlib
import time
from pathlib import Path
from time import perf_counter
from typing import Any

import pyarrow as pa

from api.replay.capacity_simulation import read_capacity, simulate_capacity, write_occupancy
from api.replay.checkpoint import Checkpoint, claim_folder, json_bytes, lock_folder, write_whole
from api.replay.concat import concat
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.normalize import normalize
from api.replay.ingest.reading import fingerprint, open_source
from api.replay.judgement import skip_judgement
from api.replay.manifest import MANIFEST_FILE, TIMINGS_FILE, complete_manifest, manifest_of, outputs_of
from api.replay.run import ReplayConfig, chunk_rows_for
from api.replay.schema import ENCOUNTERS
from api.replay.worker import TaskSpec, part_of, task_context_of


def run_simulation(order: ReplayConfig, capacity_file: Path, stay_h: float) -> dict[str, Any]:
    """Replay a table of encounters one after another in the order of their times.

    Parameters
    ----------
    order : ReplayConfig
        Its scheduler and its number of workers do not matter.
    capacity_file : Path
        As for `api.replay.capacity_simulation.read_capacity`.
    stay_h : float
        How long people keep their places after landing. [h]

    Returns
    -------
    dict
        The manifest, as written into the folder.

    Raises
    ------
    SafeportError
        The input, the capacity table, the folder, the map or the policy is wrong.
    """
    started_s = time.time()
    source = open_source(order.source, read_column_map(order.map_name))
    read = fingerprint(source)
    forecasts = tuple(path.resolve() for path in order.forecasts)
    context = task_context_of(TaskSpec(order.pack.resolve(), source.column_map, forecasts, order.policy))
    chunk_rows = order.chunk_rows or chunk_rows_for(read.rows)
    capacity = read_capacity(capacity_file, context.service, stay_h)
    table_sha256 = hashlib.sha256(capacity_file.read_bytes()).hexdigest()
    run = {
        "input": {"name": read.name, "bytes": read.size, "sha256": read.sha256},
        "chunk_rows": chunk_rows,
        "every_port_judged": False,
        **context.identity,
        "sequence": {"capacity_sha256": table_sha256, "stay_h": stay_h},
    }
    with lock_folder(order.out):
        claim_folder(order.out, run)
        whole = complete_manifest(order.out)
        if whole is not None:
            return whole
        chunks = [
            (chunk.num_rows, normalize(chunk, source.column_map, context.known)) for chunk in source.chunks(chunk_rows)
        ]
        encounters = pa.concat_tables([ENCOUNTERS.empty_table(), *(chunk.encounters for _, chunk in chunks)])
        sequence = simulate_capacity(encounters, context.worlds, context.service.vessels, context.policies, capacity)
        parts, entries, first = Checkpoint(order.out), {}, 0
        for number, (rows, conformed) in enumerate(chunks):
            size = conformed.encounters.num_rows
            judgements = skip_judgement(conformed.encounters, context.worlds)
            decisions = sequence.decisions.slice(first, size)
            part = part_of(number, rows, conformed, decisions, judgements, context.service.world, perf_counter())
            entries[number] = parts.write(part)
            first += size
        repeated = concat(order.out, parts, entries)
        write_occupancy(order.out, sequence, capacity, tuple(port.id for port in context.service.world.ports))
        whole = manifest_of(run, source, entries, repeated, outputs_of(order.out, run))
        timings = {
            "started_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started_s)),
            "seconds": round(time.time() - started_s, 3),
            "carrier": "one thread, in sequence",
        }
        write_whole(order.out / TIMINGS_FILE, json_bytes(timings))
        write_whole(order.out / MANIFEST_FILE, json_bytes(whole))
        parts.clear()
    return whole
