"""How hard to search for the best plan."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits of a search.

    Attributes
    ----------
    limit_s : float
        Longest search; a safety net, because where it falls differs from run to run. [s]
    rounds : int
        Most times the solver is asked for the total.
    exact_rounds : int
        So many rounds aim at the last person-minute; after them `close_share` is enough.
    close_share : float
        Share of the total that may be left unproven.
    shared_work : int
        Where loads may be shared, whole numbers asked for in all rounds together. Each round takes the solver much
        longer there, and proves the last per cent of a total whose plan hardly changes any more; small questions are
        not touched by it, and the plan states what is not proven.
    """

    limit_s: float = 15.0
    rounds: int = 100
    exact_rounds: int = 2
    close_share: float = 0.002
    shared_work: int = 260
