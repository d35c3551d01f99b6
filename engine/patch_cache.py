"""Patches kept for single decisions: who asks again from nearly the same place is answered from what is known of it.

A vessel asks again as she goes, a board every few seconds, and the circle a position is good to lies in one or two
patches. A patch takes as long to make as a few measurements, so it is made for the second question in it.
"""

from threading import Lock
from typing import TypeVar

import numpy as np

from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import DepthClass, WaterModel
from engine.patch import Patch, build_patches, no_patch, patch_at, patch_from_table

SIDE_M = 2_000.0
"""Of the squares that cut triangles into patches. [m]"""

LEVELS = 4
"""Where so much is to be seen that a look round is given up, a patch is cut in four, and they again."""

MOST_KEPT = 4_096
"""Patches kept for each depth class, at some three kilobytes; then the one made first makes room."""

MOST_ASKED = 65_536
"""Patches asked about once that are remembered."""

_Patch = tuple[int, int, int, int]
"""Triangle, column, row and level."""

_Value = TypeVar("_Value")


class PatchCache:
    """The patches of one depth class of one water; for any number of threads.

    What is kept never changes an answer, only how soon it is there. Two threads that make the same one at the same
    time make it twice.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[_Patch, Patch] = {}
        self._asked: dict[_Patch, None] = {}
        self._nothing: Patch | None = None

    def at(self, water: WaterModel, depth_class: DepthClass, lon: float, lat: float) -> Patch:
        """The patch of a position, WGS 84 [deg]; one of no triangle where nothing is known of the place yet.

        Parameters
        ----------
        water : WaterModel
        depth_class : DepthClass
            Both the same in every call.
        lon, lat : float
            Inside the box of the pack. [deg]
        """
        if self._nothing is None:
            self._nothing = no_patch(len(water.ports.x))
        triangle, column, row = patch_at(water.mesh, lon, lat, SIDE_M / 2 ** (LEVELS - 1))
        if triangle == NOWHERE:
            return self._nothing
        for level in range(LEVELS):
            finer = LEVELS - 1 - level
            patch = triangle, column >> finer, row >> finer, level
            found = self._kept.get(patch)
            if found is None and patch not in self._asked:
                self._keep(self._asked, patch, None, MOST_ASKED)
                return self._nothing
            if found is None:
                found = self._make(water, depth_class, patch)
                self._keep(self._kept, patch, found, MOST_KEPT)
            if found.triangle != NOWHERE:
                return found
        return self._nothing

    @staticmethod
    def _make(water: WaterModel, depth_class: DepthClass, patch: _Patch) -> Patch:
        triangle, column, row, level = patch
        side_m = SIDE_M / 2**level
        made = build_patches(
            water, depth_class, np.array([triangle]), np.array([column * side_m]), np.array([row * side_m]),
            np.array([side_m]),
        )  # fmt: skip
        return Patch(*patch_from_table.py_func(made, 0))

    def _keep(self, store: dict[_Patch, _Value], patch: _Patch, value: _Value, most: int) -> None:
        """Add to a store of so many; the oldest entries make room."""
        with self._lock:
            while len(store) >= most:
                del store[next(iter(store))]
            store[patch] = value
