"""A process that searches plans while this one answers others.

A search computes for seconds, and much of it holds the interpreter lock. In a process of its own it takes a core and
nothing else, and a solver that hangs past its time can be ended without ending the service.
"""

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from api.plan.solver.budget import SolverBudget
from api.plan.solver.deadline import MOST_TIMES
from api.plan.solver.problem import Problem
from api.plan.solver.search import Found

_SEARCHES, _MORE_S = 3.0, 30.0
"""A question may take three limits, the shortage and what comes after included, and so much more. [s]"""

_ROOT = Path(__file__).resolve().parents[len(__package__.split("."))]
"""Folder this program is imported from, under whatever name it is installed."""


class SolverLost(RuntimeError):
    """The process ended before it had answered, or had to be ended."""


class Solver:
    """One such process, started when it is first asked. Ask it from one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def search(self, problem: Problem, in_turn: np.ndarray, budget: SolverBudget) -> Found:
        """`api.plan.solver.search.search`, elsewhere.

        Raises
        ------
        SolverLost
            The next question gets a new process.
        """
        process = self._running()
        # The search keeps to its limit by itself; this ends one that does not.
        longest_s = MOST_TIMES * max(budget.limit_s, budget.shortage_s)
        overdue = threading.Timer(_SEARCHES * longest_s + _MORE_S, process.kill)
        overdue.start()
        try:
            assert process.stdin is not None  # noqa: S101
            assert process.stdout is not None  # noqa: S101
            pickle.dump((problem, in_turn, budget), process.stdin)
            process.stdin.flush()
            found: Found = pickle.load(process.stdout)  # noqa: S301 - our own process
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self.close()
            raise SolverLost("the search of a plan ended without an answer") from None
        finally:
            overdue.cancel()
        return found

    def end(self) -> None:
        """Stop the process at once, from any thread; a question under way gets `SolverLost`."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process, which nobody is asking."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            # Nothing of the service's environment, which holds its secrets, but what finding Python needs.
            environment = {
                "PATH": os.defpath, "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
            }  # fmt: skip
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", f"{__package__}.solver_worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True,
            )  # fmt: skip
        return self._process
