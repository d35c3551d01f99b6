"""What several tests of replays need."""

import pytest

from api.house import known_policy
from api.replay.worlds import Worlds


@pytest.fixture(scope="session")
def worlds(house):
    return Worlds(house)


@pytest.fixture(scope="session")
def policies():
    return {name: known_policy(name) for name in ("nearest-time", "nearest-distance", "srr-state-preferred")}
