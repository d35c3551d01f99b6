"""What rows may name, and a file read and conformed in one go."""

from pathlib import Path

import pytest

from api.decision_service import known_policy
from api.replay.ingest.column_map import read_column_map
from api.replay.ingest.normalize import normalize
from api.replay.ingest.reading import open_source
from api.replay.worker import TaskSpec, task_context_of
from api.replay.world_by_time import WorldsByTime
from geodata.pack import DEFAULT_PACK


@pytest.fixture(scope="session")
def known():
    """Names of the vessels, policies and ports that come with the program."""
    return task_context_of(TaskSpec(DEFAULT_PACK, read_column_map())).known


@pytest.fixture(scope="session")
def conformed(known):
    """Encounters and rejects of a file, row by row, and how many rows were read."""

    def read(path: Path, column_map: str = "encounters", rows: int = 1000):
        source = open_source(path, read_column_map(column_map))
        encounters, rejects, count = [], [], 0
        for chunk in source.chunks(rows):
            done = normalize(chunk, source.column_map, known)
            encounters += done.encounters.to_pylist()
            rejects += done.rejects.to_pylist()
            count += chunk.num_rows
        return encounters, {reject["row"]: reject["codes"] for reject in rejects}, count

    return read


@pytest.fixture(scope="session")
def worlds(service):
    """The worlds of the service, without a forecast."""
    return WorldsByTime(service)


@pytest.fixture(scope="session")
def policies():
    """A few policies by name."""
    return {name: known_policy(name) for name in ("nearest-time", "nearest-distance", "srr-state-preferred")}
