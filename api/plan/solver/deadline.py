"""How much longer a search may take; the one place of the plan that looks at a clock.

The limit is processor time, so that a busy machine gives the same plans later rather than worse ones now. The solver's
own limit is by the clock: it gets as much of that as the processor time left took lately, and never so much that the
search runs for more than `MOST_TIMES` its limit.
"""

from time import monotonic, process_time

MOST_TIMES = 4.0
"""A search of one second of processor time is ended after so many by the clock."""

SETTLING_S = 0.2
"""Before so much of both clocks has gone, how busy the machine is cannot be told from their difference. [s]"""


class Deadline:
    """A search's time.

    Parameters
    ----------
    limit_s : float
        Longest search. [s of processor time]

    Attributes
    ----------
    stopped : bool
        The limit ended some search: another run may end elsewhere.
    """

    def __init__(self, limit_s: float) -> None:
        self._start_s, self._start_busy_s = monotonic(), process_time()
        self._limit_s = limit_s
        self.stopped = False

    def part(self, share: float) -> "Deadline":
        """One for so much of the time that is left."""
        part = Deadline(share * self.left_s())
        part._start_s, part._start_busy_s = self._start_s, self._start_busy_s
        part._limit_s += process_time() - self._start_busy_s
        return part

    def left_s(self) -> float:
        """Processor time left, zero when it is up. [s]"""
        passed_s = monotonic() - self._start_s
        left_s = min(
            self._limit_s - (process_time() - self._start_busy_s), self._limit_s - passed_s / MOST_TIMES
        )  # fmt: skip
        if left_s <= 0.0:
            self.stopped = True
            return 0.0
        return left_s

    def solver_s(self, share: float = 1.0) -> float:
        """Longest time by the clock that a share of the processor time left may take. [s]"""
        passed_s = monotonic() - self._start_s
        busy_s = process_time() - self._start_busy_s
        pace = max(1.0, (passed_s + SETTLING_S) / (busy_s + SETTLING_S))
        return min(share * self.left_s() * pace, max(0.0, MOST_TIMES * self._limit_s - passed_s))
