"""Whoever waits for the compiler is told, in both languages, and nobody else hears of it."""

import io
import subprocess
import sys
import threading

import pytest

from api import compiling
from api.compiling import START, Progress, show_compiling

COLD = """
import sys
from api.compiling import show_compiling
show_compiling(sys.stderr)
import api.decision_service
from geodata.plane import project
import numpy as np
project(np.zeros((1, 2)), 0.0, 0.0)
"""


class Looks(io.StringIO):
    """A stream that knows how often something was written to it."""

    def __init__(self):
        super().__init__()
        self.written = threading.Semaphore(0)

    def flush(self):
        self.written.release()


@pytest.fixture
def looks():
    stream = Looks()
    show_compiling(stream)
    yield stream
    show_compiling(None)


def test_the_start_is_said_once_and_then_how_far_it_has_come(looks, monkeypatch):
    """Within one function that takes long, too: while nothing ends it goes on telling."""
    monkeypatch.setattr(compiling, "EVERY_S", 0.01)
    progress = Progress()
    progress.begin()
    for _ in range(3):
        progress.begin()
        progress.end()
    assert all(looks.written.acquire(timeout=60) for _ in range(4))
    progress.end()
    progress._teller.join(60)
    assert looks.getvalue().startswith(START)
    assert looks.getvalue().count(START) == 1
    lines = looks.getvalue().removeprefix(f"{START}\n").splitlines()
    assert len(lines) >= 3
    assert lines[-1].startswith("… 3 (")


def test_nothing_is_told_once_all_is_compiled(looks, monkeypatch):
    monkeypatch.setattr(compiling, "EVERY_S", 0.01)
    progress = Progress()
    progress.begin()
    teller = progress._teller
    progress.end()
    teller.join(60)
    assert not teller.is_alive()
    assert progress._teller is None


def test_nothing_is_said_where_nobody_asked():
    progress = Progress()
    progress.begin()
    progress.end()
    assert progress._started_s is None


def test_a_command_on_a_new_machine_says_that_it_compiles(tmp_path):
    """And where all is kept nothing is said."""
    for text in (f"{START}\n", ""):
        ran = subprocess.run(
            [sys.executable, "-c", COLD], capture_output=True, check=True, text=True, encoding="utf-8",
            env={"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        assert ran.stderr == text


def test_the_folder_holds_for_whoever_imported_numba_first(tmp_path):
    chosen = """
import numba
from api.kernel_cache import choose_kernel_cache
folder = choose_kernel_cache()
print(numba.config.CACHE_DIR == str(folder))
"""
    ran = subprocess.run(
        [sys.executable, "-c", chosen], capture_output=True, check=True, text=True,
        env={"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(compiling.__file__).rsplit("/api/", 1)[0]},
    )  # fmt: skip
    assert ran.stdout == "True\n"
