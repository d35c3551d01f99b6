"""What one task does, in a thread of this process or in a worker of a cluster: a chunk in, a finished part out."""

import hashlib
import importlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from api.decision_service import DecisionService, known_policy, open_decision_service
from api.documents.decision import to_json
from api.free_memory import release_free_memory, release_large_blocks_at_once
from api.replay.ingest.column_map import ColumnMap
from api.replay.ingest.geometry import wkb_points
from api.replay.ingest.normalize import Known, NormalizedChunk, normalize
from api.replay.ingest.port_names import PortNames
from api.replay.ingest.rejects import FIRST_ROWS
from api.replay.judgement import Judgements, decide_and_judge, skip_judgement
from api.replay.schema import CARRIED, DECISIONS, JUDGEMENTS, WRITTEN
from api.replay.source_digest import code_digest
from api.replay.world_by_time import WorldsByTime
from engine import ENGINE_VERSION
from engine.codes import Code
from engine.errors import InvalidAsk, SafeportError
from engine.model import World
from engine.policy import Policy
from engine.routes import looks_exchanged
from geodata.pack import read_manifest
from geodata.policies import policy_names

ENGINE = f"{__package__}.batch:replay_batch"
"""Module and name of the engine for columns."""

FORMAT = 3
"""Raised whenever the same rows would be written otherwise."""

COMPRESSION = {"compression": "zstd", "compression_level": 3, "version": "2.6", "data_page_version": "1.0"}

RECIPE = "recipe"
"""What is refused where a worker has something else than the replay was started with."""

_LIBRARIES = ("numba", "numpy", "pyarrow", "utide")


@dataclass(frozen=True)
class TaskSpec:
    """Everything a task needs but its chunk; small, for it travels with each.

    Attributes
    ----------
    pack : Path
    forecasts : tuple of Path
        Read by whoever runs the task.
    policy : Policy or None
        The one that every row is judged by, whatever it says itself.
    engine : str
        Another function may stand in where the carrying alone is measured.
    identity : str
        Digest that `identity_of` must come to wherever the task runs; empty: not checked.
    judged : bool
        Whether every port is judged for every row: see `api.replay.judgement`.
    over_banks : bool
        Whether ways lead over banks that the tide covers; otherwise a bank is a wall, as for small craft.
    """

    pack: Path
    column_map: ColumnMap
    forecasts: tuple[Path, ...] = ()
    policy: Policy | None = None
    engine: str = ENGINE
    identity: str = ""
    judged: bool = False
    over_banks: bool = True


@dataclass(frozen=True)
class TaskContext:
    """What a recipe stands for, opened."""

    service: DecisionService
    worlds: WorldsByTime
    policies: dict[str, Policy]
    known: Known
    decide_table: Callable[..., pa.Table]
    identity: dict[str, Any]


@dataclass(frozen=True)
class ChunkResult:
    """A chunk decided.

    Attributes
    ----------
    decisions, passed_over, rejects : bytes
        Parquet files of the schemas `WRITTEN`, `PASSED_OVER` and `REJECTS`.
    facts : dict
        Counts, and the box of the positions.
    seconds : float
        Spent on it. [s]
    """

    number: int
    decisions: bytes
    passed_over: bytes
    rejects: bytes
    facts: dict[str, Any]
    seconds: float


class WorkerRefused(Exception):
    """What a task refused; it has to come home from another process whole.

    Parameters
    ----------
    problem : str
        With what it is of.
    remedy : str, optional
        A worker of an earlier release tells both in one text.
    """

    @property
    def problem(self) -> str:
        """What is wrong, and of what."""
        return str(self.args[0])

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return str(self.args[1]) if len(self.args) > 1 else ""


_opening = Lock()
_opened: dict[str, TaskContext] = {}


def task_context_of(spec: TaskSpec) -> TaskContext:
    """What a recipe stands for, opened once a process.

    Raises
    ------
    SafeportError
        Something of it cannot be read, or is not what the recipe was written for.
    """
    with _opening:
        if spec.identity in _opened:
            return _opened[spec.identity]
        context = _open(spec)
        found = digest_of(context.identity)
        if spec.identity not in ("", found):
            raise InvalidAsk(RECIPE, "is for another program, pack, map, policy or forecast than those here.",
                             "Install one release everywhere, and name files that all workers can read.")  # fmt: skip
        # One replay at a time: an older one's worlds would only take room.
        _opened.clear()
        _opened[found] = context
        return context


def digest_of(identity: dict[str, Any]) -> str:
    """One name for everything decisions of a replay rest on."""
    return hashlib.sha256(to_json(identity).encode()).hexdigest()


@lru_cache(maxsize=1)
def _opened_pack(folder: Path, manifest_sha256: str) -> DecisionService:  # noqa: ARG001
    """The pack of a folder as long as it is the same one: a replay and what is made of it open it several times."""
    release_large_blocks_at_once()
    service = open_decision_service(folder)
    release_free_memory()
    return service


def _open(spec: TaskSpec) -> TaskContext:
    service = _opened_pack(spec.pack, str(read_manifest(spec.pack)["sha256"]))
    if not spec.over_banks:
        service = replace(service, world=replace(service.world, banks=()))
    worlds = WorldsByTime(service, spec.forecasts)
    policies = {name: known_policy(name) for name in policy_names()}
    if spec.policy is not None:
        policies[spec.policy.name] = spec.policy
    chosen = None if spec.policy is None else spec.policy.name
    known = names_known(service, policies, chosen)
    module, _, name = spec.engine.partition(":")
    identity = {
        "format": FORMAT,
        "engine_version": ENGINE_VERSION,
        "engine": spec.engine,
        "code_sha256": code_digest(),
        "geodata": service.world.identity["geodata"],
        "tides": service.pack.manifest["layers"]["tides"]["sha256"],  # type: ignore[index]
        "streams": service.atlas.identity or None,
        "forecasts": worlds.identities,
        "policies": {policy.name: policy.sha256 for policy in policies.values()},
        "policy_for_all": chosen,
        "over_banks": spec.over_banks,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "map": {"name": spec.column_map.name, "sha256": spec.column_map.sha256},
    }
    return TaskContext(service, worlds, policies, known, getattr(importlib.import_module(module), name), identity)


def names_known(service: DecisionService, policies: Mapping[str, Policy], chosen: str | None = None) -> Known:
    """Names that rows may use, of vessels, policies and ports.

    Parameters
    ----------
    service : DecisionService
    policies : mapping of Policy
        By the name that rows use.
    chosen : str, optional
        The one of them that every row is judged by.

    Raises
    ------
    InvalidAsk
        A policy designates what is no port.
    """
    ports = {port.id: port for port in service.world.ports}
    for policy in policies.values():
        if strangers := policy.designated - set(ports):
            raise InvalidAsk("policy.designated", f"names {sorted(strangers)[0][:40]!r}, which is no port.",
                             "See 'safeport ports'.")  # fmt: skip
    return Known(frozenset(service.vessels), frozenset(policies), PortNames(service.world.ports), chosen)


def decide_chunk(number: int, chunk: pa.Table, spec: TaskSpec) -> ChunkResult:
    """Decide one chunk of a foreign table and lay the answer out as files.

    Parameters
    ----------
    number : int
        Of the chunk, from 0.
    chunk : RuleTable
        From `api.replay.ingest.reading.Source.chunks`.
    spec : TaskSpec

    Raises
    ------
    WorkerRefused
        The recipe is for another program, or names a file that cannot be read here.
    """
    start = perf_counter()
    try:
        context = task_context_of(spec)
    except SafeportError as error:
        what = "" if error.field == RECIPE else f"{error.field}: "
        raise WorkerRefused(f"{what}{error.problem}", error.remedy) from None
    conformed = normalize(chunk, spec.column_map, context.known)
    encounters = conformed.encounters
    asked = (encounters, context.worlds, context.service.vessels, context.policies)
    if spec.judged:
        decided, judgements = decide_and_judge(*asked)
    else:
        decided, judgements = context.decide_table(*asked), skip_judgement(encounters, context.worlds)
    if decided.schema != DECISIONS or decided.num_rows != encounters.num_rows:
        raise RuntimeError(
            f"the engine answered {decided.num_rows} rows to {encounters.num_rows}, or in another schema"
        )
    part = part_of(number, chunk.num_rows, conformed, decided, judgements, context.service.world, start)
    release_free_memory()
    return part


def part_of(
    number: int, rows: int, conformed: NormalizedChunk, decided: pa.Table, judgements: Judgements, world: World,
    start: float,
) -> ChunkResult:  # fmt: skip
    """Lay the answer to a chunk out as files.

    Parameters
    ----------
    number, rows : int
        Of the chunk.
    conformed : NormalizedChunk
    decided : RuleTable
        Of the schema `DECISIONS`.
    judgements : Judgements
    world : World
        In which it was decided.
    start : float
        `perf_counter` when work on it began. [s]
    """
    encounters = conformed.encounters
    written = written_table(encounters, decided, judgements.columns)
    facts = {
        "rows": rows,
        "decided": written.num_rows,
        "rejected": conformed.rejects.num_rows,
        "outcomes": count_values(decided["decision_outcome"]),
        "refusals": count_values(decided["refusal"]),
        "reject_codes": conformed.reject_counts,
        "notes": conformed.note_counts,
        "first_rows": conformed.first_rows | _first_refused(decided),
        "looks_exchanged": _count_exchanged(encounters, decided, world),
        "box": _box(encounters),
    }
    decisions, passed_over, rejects = (
        parquet_bytes(table) for table in (written, judgements.passed_over, conformed.rejects)
    )
    return ChunkResult(number, decisions, passed_over, rejects, facts, perf_counter() - start)


def written_table(encounters: pa.Table, decided: pa.Table, judged: pa.Table) -> pa.Table:
    """Decisions with the columns of the encounter that are kept beside them, of the schema `WRITTEN`."""
    points = wkb_points(encounters["lon"].to_numpy(), encounters["lat"].to_numpy())
    columns = {name: encounters[name] for name in CARRIED} | {name: decided[name] for name in DECISIONS.names}
    columns |= {name: judged[name] for name in JUDGEMENTS.names}
    return pa.Table.from_arrays([*(columns[name] for name in WRITTEN.names[:-1]), points], schema=WRITTEN)


def text_columns(schema: pa.Schema) -> list[str]:
    """Columns worth a dictionary."""
    return [field.name for field in schema if pa.types.is_string(field.type)]


def parquet_bytes(table: pa.Table) -> bytes:
    """A table as a Parquet file, the same bytes for the same rows."""
    out = io.BytesIO()
    pq.write_table(table, out, use_dictionary=text_columns(table.schema), **COMPRESSION)
    return out.getvalue()


def count_values(values: pa.ChunkedArray) -> dict[str, int]:
    """How often each word occurs, by word."""
    found = pc.value_counts(values.drop_null()).to_pylist()
    return {pair["values"]: pair["counts"] for pair in sorted(found, key=lambda pair: str(pair["values"]))}


def _first_refused(decided: pa.Table) -> dict[str, list[int]]:
    """The first few rows whose position was refused, by code."""
    found: dict[str, list[int]] = {}
    refused = decided.filter(pc.is_valid(decided["refusal"]))
    for code, row in zip(refused["refusal"].to_pylist(), refused["row"].to_pylist(), strict=True):
        if len(found.setdefault(code, [])) < FIRST_ROWS:
            found[code].append(row)
    return found


def _count_exchanged(encounters: pa.Table, decided: pa.Table, world: World) -> int:
    """How many positions outside the area would lie inside it with latitude and longitude exchanged."""
    outside = encounters.filter(pc.fill_null(pc.equal(decided["refusal"], Code.POS_OUT_OF_AREA.name), False))
    positions = zip(outside["lon"].to_pylist(), outside["lat"].to_pylist(), strict=True)
    return sum(looks_exchanged(world, lon, lat) for lon, lat in positions)


def _box(encounters: pa.Table) -> list[float] | None:
    """West, south, east, north of all positions; None for no rows. [deg]"""
    if not encounters.num_rows:
        return None
    lon, lat = encounters["lon"].to_numpy(), encounters["lat"].to_numpy()
    return [float(np.min(lon)), float(np.min(lat)), float(np.max(lon)), float(np.max(lat))]
