"""Where joint plans are made: beside the decisions, so that these never wait for them."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

from api.http.problems import Busy, PlanLost
from api.plan.solver.search import Search
from api.plan.solver.solver_process import Solver, SolverLost

Answer = TypeVar("Answer")

RETRY_AFTER_S = 5
"""A plan of 20 boats takes about two seconds, one of 100 up to twenty. [s]"""


class PlanPool:
    """So many plans at once, each searched in a process of its own; who comes beyond them is told to come again.

    Nothing waits in line: a plan is asked for by somebody who looks at the answer, and by the time a second one had
    its turn the boats would have moved.

    Parameters
    ----------
    at_once : int
    """

    def __init__(self, at_once: int) -> None:
        self._free = [Solver() for _ in range(at_once)]
        self._all = tuple(self._free)
        # A pool of its own: the threads of decisions stay theirs.
        self._threads = CapacityLimiter(at_once)
        self._making: set[asyncio.Task[Any]] = set()

    @property
    def under_way(self) -> int:
        """Plans being made."""
        return len(self._all) - len(self._free)

    async def run(self, work: Callable[[Search], Answer]) -> Answer:
        """Result of a piece of work that needs a search, done in a thread; it is finished also when its client leaves.

        Raises
        ------
        Busy
            As many plans as may are being made.
        PlanLost
            The process of the search came to an end.
        """
        if not self._free:
            raise Busy(
                f"As many plans as may are being made. Try again in {RETRY_AFTER_S} seconds.",
                {"Retry-After": str(RETRY_AFTER_S)},
            )
        making = asyncio.create_task(self._made(work, self._free.pop()))
        # Kept from being forgotten: the event loop alone holds a task only weakly.
        self._making.add(making)
        making.add_done_callback(self._making.discard)
        answer: Answer = await asyncio.shield(making)
        return answer

    async def _made(self, work: Callable[[Search], Answer], solver: Solver) -> Answer:
        try:
            return await to_thread.run_sync(lambda: work(solver.search), limiter=self._threads)
        except SolverLost:
            raise PlanLost("Nothing was held. Try again.", {"Retry-After": "1"}) from None
        finally:
            self._free.append(solver)

    def close(self) -> None:
        """End the processes; a search under way answers `PlanLost`."""
        idle = list(self._free)
        for solver in self._all:
            solver.end()
        for solver in idle:
            solver.close()
