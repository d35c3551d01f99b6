"""The joint plan as numbers: who can land where, when, how many at a time. Nothing here knows a vessel or a sea."""

from dataclasses import dataclass, field, replace

import numpy as np

INF = float("inf")

SLACK_MIN = 1e-6
"""What two equal times may differ by after arithmetic. [min]"""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Loads to land, and where they could.

    Attributes
    ----------
    persons : ndarray of int64, shape (b,)
        People of each boat, at least 1. [persons]
    most_parts : ndarray of int64, shape (b,)
        Ports its people may be shared between; 1 where the load stays whole.
    arrive_min : ndarray of float64, shape (b, p)
        When landing could begin if the boat came alone, from the time of the plan; whoever waits at the port already
        is landed by then. Infinite where the boat may not use the port. Zero or more. [min]
    extra_min : ndarray of float64, shape (b, p)
        What its policy adds after the landing: way to care, penalty; below zero where a policy by distance counts less
        than the time. [min]
    places : ndarray of float64, shape (p,)
        Free places ashore; infinite where they are no limit. [persons]
    rate : ndarray of float64, shape (p,)
        Landing rate, above zero. [persons/min]
    weight : ndarray of float64, shape (b,)
        What a minute of each person counts in the total, 1 or more: the policy's weight of the urgency.
    ceiling_min : ndarray of float64, shape (b,)
        Time to safety that no part of a boat's load may exceed; infinite where there is none. [min]
    worst_weight : ndarray of float64, shape (b,)
        What a minute of a boat's time to safety counts where the greatest of all is asked for, 1 or more.
    came_min : ndarray of float64, shape (b, p)
        When each boat comes to each port: they land in this sequence, also those that find people waiting and could
        begin at one minute. Not later than `arrive_min`, which it is where it is left out. [min]
    """

    persons: np.ndarray
    most_parts: np.ndarray
    arrive_min: np.ndarray
    extra_min: np.ndarray
    places: np.ndarray
    rate: np.ndarray
    weight: np.ndarray = field(default_factory=lambda: np.ones(1))
    ceiling_min: np.ndarray = field(default_factory=lambda: np.full(1, INF))
    worst_weight: np.ndarray = field(default_factory=lambda: np.ones(1))
    came_min: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        """One weight or ceiling holds for every boat; whoever meets no queue comes when landing could begin."""
        if self.came_min.shape != self.arrive_min.shape:
            object.__setattr__(self, "came_min", self.arrive_min)
        for name in ("weight", "ceiling_min", "worst_weight"):
            object.__setattr__(self, name, np.broadcast_to(getattr(self, name), self.persons.shape))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of boats and of ports."""
        boats, ports = self.arrive_min.shape
        return int(boats), int(ports)

    @property
    def usable(self) -> np.ndarray:
        """Whether a boat may use a port, shape (b, p)."""
        return np.asarray(np.isfinite(self.arrive_min) & np.isfinite(self.extra_min))

    @property
    def alone_min(self) -> np.ndarray:
        """Time to safety of each whole boat at each port if no other came, shape (b, p). [min]

        Counted by `worst_weight`; infinite where the time is beyond the boat's ceiling.
        """
        alone = self.arrive_min + self.extra_min + self.persons[:, None] / self.rate[None, :]
        within = self.usable & (alone <= self.ceiling_min[:, None] + SLACK_MIN)
        return np.where(within, np.where(self.usable, alone, 0.0) * self.worst_weight[:, None], INF)

    def with_persons(self, persons: np.ndarray) -> "Problem":
        """The same with other numbers of people; boats with none are left in and need no port."""
        return replace(self, persons=persons)


@dataclass(frozen=True, slots=True)
class Part:
    """A load, or part of one, at a port, on the clock of the plan.

    Attributes
    ----------
    boat, port : int
    persons : int
    arrive_min, begin_min, end_min : float
        When landing could begin, begins, and the last person is ashore. [min]
    safety_min : float
        Time to safety of the last person in the sense of the boat's policy. [min]
    """

    boat: int
    port: int
    persons: int
    arrive_min: float
    begin_min: float
    end_min: float
    safety_min: float

    @property
    def person_min(self) -> float:
        """Sum over its people until each steps ashore, with what the policy adds. [person min]"""
        return self.persons * (0.5 * (self.begin_min + self.end_min) + self.safety_min - self.end_min)
