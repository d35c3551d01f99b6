"""Fixtures every test may share: the pack is opened once a run."""

import pytest

from api.house import open_house


@pytest.fixture(scope="session")
def house():
    """The house with the pack that comes with the program."""
    return open_house()


@pytest.fixture(scope="session")
def world(house):
    """Its world, with no live feed."""
    return house.world
