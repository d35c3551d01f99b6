"""Published times of high and low water: a check of ours that rests on nothing of ours.

A public repository (drtonyr/tide, MIT) fits each place's published high waters by a mean interval and seven pairs of
sine and cosine of the Moon's periods, and says how far the published ones lie from its fit (one standard deviation).
Low water is a fixed share of the time between two high waters. `sources/tide_times_published.csv` holds its figures
for places of this register; ``ports`` are at the place itself, ``near_ports`` on the same water close by.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from geodata.csv_tables import SOURCES, read_rows

FILE = "tide_times_published.csv"
SOURCE = "fit of published high waters, github.com/drtonyr/tide (MIT)"

_START_S = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
_M2_S = 44714.16
_PERIODS_S = np.array([1275721.0, 2380713.0, 2748551.0, 1180292.0, 637861.0, 613005.0, 871276.0])
"""Half the synodic, the anomalistic, the evection, half the tropical and a quarter of the synodic month; two more."""

_M2_DEG_A_SECOND = 28.9841042 / 3600.0
_NODE_DEG, _NODE_DEG_A_DAY = 125.0445, 0.0529538
_J2000_S = datetime(2000, 1, 1, 12, tzinfo=UTC).timestamp()
_NODAL_SWING_DEG = 2.14
"""Amplitude of u of M2 over the node's 18.6 years."""

_FITTED_S = datetime(2023, 7, 1, tzinfo=UTC).timestamp()
"""The fit has no node in it. It was published late in 2023; at that time its mean agrees with gauges of the open coast
to a minute or two, before and after it drifts by what the node does to M2. Taken for its epoch. [A]"""


@dataclass(frozen=True, slots=True, eq=False)
class PublishedTimes:
    """Fitted times of one place.

    Attributes
    ----------
    place : str
    ports, near_ports : tuple of str
        Ids of ports at the place, and of those close by on the same water.
    offset_s : float
        [s]
    low_share : float
        Of the time from one high water to the next.
    sine_s, cosine_s : ndarray of float64, shape (7,)
        [s]
    residual_min : float
        Standard deviation of published high waters from the fit. [min]
    """

    place: str
    ports: tuple[str, ...]
    near_ports: tuple[str, ...]
    offset_s: float
    low_share: float
    sine_s: np.ndarray
    cosine_s: np.ndarray
    residual_min: float

    def fitted_high_waters(self, from_s: float, to_s: float) -> np.ndarray:
        """Epochs of high water between two times as the fit has them, with no node. [s]"""
        number = np.arange(int((from_s - _START_S) // _M2_S) - 1, int((to_s - _START_S) // _M2_S) + 3)
        since_s = np.round(_M2_S * number) + self.offset_s
        turn = 2.0 * np.pi * since_s[:, None] / _PERIODS_S
        high_s = _START_S + since_s + np.sin(turn) @ self.sine_s + np.cos(turn) @ self.cosine_s
        inside: np.ndarray = high_s[(high_s >= from_s) & (high_s <= to_s)]
        return inside

    def high_waters(self, from_s: float, to_s: float) -> np.ndarray:
        """Epochs of high water between two times. [s]"""
        high_s = self.fitted_high_waters(from_s, to_s)
        return high_s + (_nodal_deg(_FITTED_S) - _nodal_deg(high_s)) / _M2_DEG_A_SECOND

    def low_waters(self, from_s: float, to_s: float) -> np.ndarray:
        """Epochs of low water between the high waters between two times. [s]"""
        high_s = self.high_waters(from_s, to_s)
        return high_s[:-1] + self.low_share * np.diff(high_s)


def _nodal_deg(at_s: float | np.ndarray) -> float | np.ndarray:
    """The phase u of M2. [deg]"""
    node = np.radians(_NODE_DEG - _NODE_DEG_A_DAY * (at_s - _J2000_S) / 86400.0)
    return -_NODAL_SWING_DEG * np.sin(node)


def read_published(folder: Path = SOURCES) -> list[PublishedTimes]:
    """All places of the table."""
    return [
        PublishedTimes(
            row["place"], tuple(row["ports"].split()), tuple(row["near_ports"].split()), float(row["offset_s"]),
            float(row["low_share_pct"]) / 100.0, np.array(row["sin_s"].split(), np.float64),
            np.array(row["cos_s"].split(), np.float64), float(row["residual_min"]),
        )
        for row in read_rows(folder / FILE)
    ]  # fmt: skip
