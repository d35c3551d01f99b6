"""Fixtures every test may share: the pack is opened once a run."""

import gc
import os
import warnings
from collections import Counter
from dataclasses import replace
from pathlib import Path

# First of all compiled libraries: its own copy of libldap crashes at the end of a process in which the one of eccodes
# was loaded before it. In the program itself eccodes is loaded by the process that ingests, and by no other.
import psycopg  # noqa: F401
import pytest
from hypothesis import HealthCheck, settings

from api.decision_service import open_decision_service
from geodata.streams.net import no_atlas

# CI runs the same examples each time; a developer's machine draws new ones. How long an example takes says what else
# the machine does, or that a kernel is compiled in it.
settings.register_profile("default", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


ALONE = (
    "browser", "faults", "api/http/test_app.py", "api/http/test_events.py", "api/http/test_serve.py",
    "api/http/test_timeouts.py", "api/terminal/test_follower.py", "api/terminal/test_power_cut.py",
)  # fmt: skip
"""Tests that wait for clocks, sockets and other processes: beside others they would wait for those too.

What is called in this process, or waits for a condition with no limit in its way, is none of them."""

SLOW = {
    "browser": "in a browser",
    "faults": "of servers that are stopped and killed",
    "api/http/test_generated_client.py": "of a client made by a generator",
    "api/python/test_distribution.py": "of the package as it is built",
    "engine/test_settled_decision.py": "long proofs",
}
"""Tests that start a browser, or programs again and again, or share what takes long to make: what they are."""

SLOW_TESTS = frozenset((Path(__file__).parent / "slow_tests.txt").read_text(encoding="utf-8").split())
"""Tests that took four seconds or more when the list was made: ``path::name`` below this folder, a line each."""


LEFT_OUT = Counter()
"""How many slow tests this run leaves out, by what they are."""


def place_of(file, places):
    """The place that a file is, or lies in; None for none of them."""
    return next((place for place in places if file == place or file.startswith(f"{place}/")), None)


def pytest_collection_modifyitems(config, items):
    for item in items:
        file = item.path.relative_to(config.rootpath / "tests").as_posix()
        if place_of(file, ALONE):
            item.add_marker("alone")
        if place := place_of(file, SLOW):
            item.add_marker(pytest.mark.slow(SLOW[place]))
        if f"{file}::{getattr(item, 'originalname', item.name)}" in SLOW_TESTS:
            item.add_marker(pytest.mark.slow("long proofs"))


def pytest_deselected(items):
    LEFT_OUT.update(marker.args[0] for item in items if (marker := item.get_closest_marker("slow")))


def pytest_terminal_summary(terminalreporter, config):
    # Of several processes none knows what the others were not given.
    if "not slow" in config.option.markexpr and LEFT_OUT:
        told = ", ".join(f"{count} {what}" for what, count in LEFT_OUT.most_common())
        terminalreporter.line(f"Left out because they take long: {told}; `make test-all` runs them too.")


def pytest_collection_finish():
    keep_for_good()


def keep_for_good():
    """What there is by now stays to the end of the run: no collection need look at it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def service_with_streams():
    """The service with the pack that comes with the program."""
    opened = open_decision_service()
    keep_for_good()
    return opened


@pytest.fixture(scope="session")
def service(service_with_streams):
    """The same without the tidal streams: what is tested for something else has times in slack water."""
    return replace(service_with_streams, atlas=no_atlas())


@pytest.fixture(scope="session")
def world(service):
    """Its world, with no live feed."""
    return service.world


@pytest.fixture(autouse=True, scope="module")
def connections_cut_on_purpose():
    """Collected where they were cut: a socket found unclosed later would be counted against an innocent test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(autouse=True)
def plain_ids(request, monkeypatch):
    """Ids a test can write down, `r-2`; one marked `real_ids` gets those that cannot be guessed."""
    if request.node.get_closest_marker("real_ids") is None:
        monkeypatch.setattr("api.store.commands.id_suffix", lambda: "")
