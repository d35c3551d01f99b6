"""What rows may name, and a file read and conformed in one go."""

from pathlib import Path

import pytest

from api.house import known_policy
from api.replay.column_map import read_column_map
from api.replay.conform import conform
from api.replay.reading import open_source
from api.replay.worker import Recipe, equipment_of
from api.replay.worlds import Worlds
from geodata.pack import DEFAULT_PACK


@pytest.fixture(scope="session")
def known():
    """Names of the vessels, policies and ports that come with the program."""
    return equipment_of(Recipe(DEFAULT_PACK, read_column_map())).known


@pytest.fixture(scope="session")
def conformed(known):
    """Encounters and rejects of a file, row by row, and how many rows were read."""

    def read(path: Path, column_map: str = "encounters", rows: int = 1000):
        source = open_source(path, read_column_map(column_map))
        encounters, rejects, count = [], [], 0
        for chunk in source.chunks(rows):
            done = conform(chunk, source.column_map, known)
            encounters += done.encounters.to_pylist()
            rejects += done.rejects.to_pylist()
            count += chunk.num_rows
        return encounters, {one["row"]: one["codes"] for one in rejects}, count

    return read


@pytest.fixture(scope="session")
def worlds(house):
    """The worlds of the house, without a forecast."""
    return Worlds(house)


@pytest.fixture(scope="session")
def policies():
    """A few policies by name."""
    return {name: known_policy(name) for name in ("nearest-time", "nearest-distance", "srr-state-preferred")}
