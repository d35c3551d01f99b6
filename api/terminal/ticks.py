"""The two clocks a process has: a steady count and the computer's idea of UTC. The only place that reads them.

A demonstration at several times the speed has both run faster, so that everything in it is as it would be at sea.
"""

import time


class Ticks:
    """Clocks of one process.

    Parameters
    ----------
    speed : float
        How many times faster than the computer's they run.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._steady_s = time.monotonic()
        self._system_s = time.time()

    def steady_s(self) -> float:
        """Steady count; never jumps, means nothing by itself. [s]"""
        now_s = time.monotonic()
        return now_s if self.speed == 1.0 else self._steady_s + (now_s - self._steady_s) * self.speed

    def system_s(self) -> float:
        """What the computer takes for UTC; jumps when somebody sets it. [s]"""
        if self.speed == 1.0:
            return time.time()
        return self._system_s + self.steady_s() - self._steady_s
