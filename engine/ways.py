"""Ways that are taken, or named, instead of the shortest path."""

from typing import NamedTuple

import numpy as np


class Detour(NamedTuple):
    """A way round that is faster than the shortest path, or the only one that is fit.

    Attributes
    ----------
    track : ndarray of float64, shape (n, 2)
        From the position to the approach point, longitude and latitude. [deg]
    length_m : float
        [m]
    shortest_s : float
        Time to the entrance along the shortest path; infinite or NaN where it cannot be made good. [s]
    """

    track: np.ndarray
    length_m: float
    shortest_s: float


class BankPassing(NamedTuple):
    """A bank on a way, and the water over it when a vessel passes.

    Attributes
    ----------
    bank : int
        Index in `World.banks`.
    depth_m : float
        Least water reckoned with: the doubt of the tide is taken off already; NaN where no tide is known. [m]
    needed_m : float
        What the vessel needs there, with its share of the sea. [m]
    at_s : float
        When it is the least, between the earliest and the latest time of passing. [epoch s]
    tide_port : int
        Port whose tide it is; `engine.kernels.mesh.NOWHERE` where none is near enough.
    tide_off_m : float
        How far off that port is. [m]
    """

    bank: int
    depth_m: float
    needed_m: float
    at_s: float
    tide_port: int
    tide_off_m: float

    @property
    def is_open(self) -> bool:
        """Whether there is water enough; what is not known is a wall."""
        return self.depth_m >= self.needed_m


class BankWay(NamedTuple):
    """A way that leads over banks with water enough, and is shorter than the one that keeps off them.

    Attributes
    ----------
    track : ndarray of float64, shape (n, 2)
        From the position to the approach point, longitude and latitude. [deg]
    length_m : float
        [m]
    round_m : float
        Length of the way round. [m]
    passings : tuple of BankPassing
        In the order in which she comes to them.
    """

    track: np.ndarray
    length_m: float
    round_m: float
    passings: tuple[BankPassing, ...]


class BankClosed(NamedTuple):
    """A way over banks that is not taken, for want of water.

    Attributes
    ----------
    banks : tuple of int
        Those without water enough, in `World.banks`.
    length_m : float
        [m]
    time_s : float
        To the landing, were there water. [s]
    wait_s : float
        Least time to wait before going that way; NaN where there will be no water within some hours. [s]
    opens_s : float
        When she comes to the first of those banks then. [epoch s]
    """

    banks: tuple[int, ...]
    length_m: float
    time_s: float
    wait_s: float
    opens_s: float
