"""One quantity of one file on one grid: what every reader hands over, with what it passed over and why."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from geodata.forecast.cf_conventions import Meaning
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


_MOST_LINES = 24


@dataclass(slots=True)
class Findings:
    """What a reader made of a file.

    Attributes
    ----------
    layers : list of Layer
    left_out : Counter of str
        What was passed over and why, with how often.
    unknown : Counter of str
        Names that were met and are not known.
    """

    layers: list[Layer] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def leave_out(self, name: str, why: str) -> None:
        """Remember that something known by name was passed over."""
        self.left_out[f"{printable(name)}: {why}"] += 1

    def lines(self) -> list[str]:
        """What was left out, a line each; at most a screenful."""
        told = [f"{line} ({count} times)" if count > 1 else line for line, count in self.left_out.most_common()]
        if self.unknown:
            told.append(f"not known here: {join_names(self.unknown)}")
        return told[:_MOST_LINES]


def join_names(names: Counter[str], most: int = 12) -> str:
    """Names in the order met, the rest counted."""
    shown = [printable(name) for name in list(names)[:most]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def printable(name: str) -> str:
    """A foreign name, short and without control characters."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:60])
