"""The process that searches plans: numbers in on standard input, the plan out on standard output, one after another.

Started by `solver_process` as ``python -m api.plan.solver.solver_worker``. It ends when its input ends, so it never
outlives the process that started it, however that one came to its end.
"""

import os
import pickle
import signal
import sys

NICER = 10
"""How far behind others it stands in the scheduler's queue: a decision for one vessel goes before a plan for many."""


def main() -> int:
    """Answer until there is nothing more to read."""
    # Who stops a service may signal all its processes; this one has an answer to finish and ends with its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # HiGHS writes a line of its own now and then, past every option it offers.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    if hasattr(os, "nice"):
        os.nice(NICER)

    from api.plan.solver.search import search_plan

    while True:
        try:
            question = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
        except EOFError:
            return 0
        pickle.dump(search_plan(*question), answers)
        answers.flush()


if __name__ == "__main__":
    sys.exit(main())
