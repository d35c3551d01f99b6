"""One quantity of one file on one grid: what every reader hands over."""

from dataclasses import dataclass

import numpy as np

from geodata.forecast.cf import Meaning
from geodata.forecast.grid import Grid

SWELL_ONLY = "states swell only: the whole sea is higher"
"""Note on waves of a file that leaves out the wind sea; `geodata.forecast.cube` looks for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Values of a quantity at some times.

    Attributes
    ----------
    meaning : Meaning
    grid : Grid
    times_s, runs_s : ndarray of float64, shape (t,)
        Time of each step and of the model run it comes from, NaN where not stated; in the file's order. [epoch s]
    values : ndarray of float32, shape (t, rows, columns)
        In the base unit; NaN where missing.
    away_m : ndarray of float32, shape (rows, columns), or None
        Distance from a node to the point its value stands for; None where that is the node itself. [m]
    source : str
        Name of the file.
    unit : str
        As the file declared it.
    notes : tuple of str
        What a reader of the answer may have to know.
    """

    meaning: Meaning
    grid: Grid
    times_s: np.ndarray
    runs_s: np.ndarray
    values: np.ndarray
    away_m: np.ndarray | None
    source: str
    unit: str
    notes: tuple[str, ...] = ()
