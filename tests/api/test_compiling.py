"""Whoever waits for the compiler is told, in both languages, and nobody else hears of it."""

import io
import subprocess
import sys

import pytest

from api import compiling
from api.compiling import EVERY_S, START, Progress, show_compiling

COLD = """
import sys
from api.compiling import show_compiling
show_compiling(sys.stderr)
import api.decision_service
from geodata.plane import project
import numpy as np
project(np.zeros((1, 2)), 0.0, 0.0)
"""


@pytest.fixture
def stream():
    written = io.StringIO()
    show_compiling(written)
    yield written
    show_compiling(None)


def test_the_start_is_said_once_and_then_how_far_it_has_come(stream, monkeypatch):
    clock = iter([0.0, 1.0, EVERY_S, EVERY_S + 1.0, 2.0 * EVERY_S])
    monkeypatch.setattr(compiling, "monotonic", lambda: next(clock))
    progress = Progress()
    progress.begin()
    for _ in range(4):
        progress.begin()
        progress.end()
    assert stream.getvalue() == f"{START}\n… 2 ({EVERY_S:.0f} s)\n… 4 ({2 * EVERY_S:.0f} s)\n"


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
