"""Fixtures every test may share: the pack is opened once a run."""

import gc
import logging
import os
import warnings

# First of all compiled libraries: its own copy of libldap crashes at the end of a process in which the one of eccodes
# was loaded before it. In the program itself eccodes is loaded by the process that ingests, and by no other.
import psycopg  # noqa: F401
import pytest
from hypothesis import settings

from api.house import open_house
from api.logs import OURS

# CI runs the same examples each time; a developer's machine draws new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def house():
    """The house with the pack that comes with the program."""
    return open_house()


@pytest.fixture(scope="session")
def world(house):
    """Its world, with no live feed."""
    return house.world


@pytest.fixture(autouse=True)
def logs_as_found():
    """What `start_logging` set up in a test ends with it: its stream is closed then."""
    names = [None, *OURS, "uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"]
    loggers = [logging.getLogger(name) for name in names]
    found = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, handlers, level, propagate in found:
        logger.handlers[:] = handlers
        logger.setLevel(level)
        logger.propagate = propagate


@pytest.fixture(autouse=True, scope="module")
def connections_cut_on_purpose():
    """Collected where they were cut: a socket found unclosed later would be counted against an innocent test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
