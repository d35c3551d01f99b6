"""How much longer a search may take; the one place of the plan that looks at a clock."""

from time import monotonic


class Deadline:
    """A search's time.

    Parameters
    ----------
    limit_s : float
        Longest search. [s]

    Attributes
    ----------
    stopped : bool
        The limit ended some search: another run may end elsewhere, and the answer says so.
    """

    def __init__(self, limit_s: float) -> None:
        self._end_s = monotonic() + limit_s
        self.stopped = False

    def part(self, share: float) -> "Deadline":
        """A clock for so much of the time that is left."""
        return Deadline(share * self.left_s())

    def left_s(self) -> float:
        """Time left, zero when it is up. [s]"""
        left = self._end_s - monotonic()
        if left <= 0.0:
            self.stopped = True
            return 0.0
        return left
