"""Patches kept for single decisions: who asks again from nearly the same place is answered from what is known of it.

A vessel asks again as she goes, a board every few seconds, and the circle a position is good to lies in one or two
patches. A patch takes as long to make as a few measurements, so it is made for the second question in it.
"""

from threading import Lock
from typing import TypeVar

import numpy as np

from engine.build_patches import build_patches
from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import DepthClass, WaterModel
from engine.patch import PatchPlaces, PatchTable, RowPatches, no_patches, patch_at

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

_ANYWHERE = np.full(1, np.nan)
_PLACED = PatchPlaces(_ANYWHERE, _ANYWHERE, np.zeros(1, np.int64))
_PLACED_NOWHERE = PatchPlaces(_ANYWHERE, _ANYWHERE, np.full(1, NOWHERE))
"""Of one position: in the first patch of a table, and in none. Where it lies on the plane is found out in passing."""


class PatchCache:
    """The patches of one depth class of one water; for any number of threads.

    What is kept never changes an answer, only how soon it is there. Two threads that make the same one at the same
    time make it twice.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[_Patch, PatchTable] = {}
        self._asked: dict[_Patch, None] = {}
        self._nothing: RowPatches | None = None

    def at(self, water: WaterModel, depth_class: DepthClass, lon: float, lat: float) -> RowPatches:
        """The patch of a position as a table of one, and a place in it; in none where nothing is known of it yet.

        Parameters
        ----------
        water : WaterModel
        depth_class : DepthClass
            Both the same in every call.
        lon, lat : float
            WGS 84, inside the box of the pack. [deg]
        """
        nothing = self.nothing(water)
        triangle, column, row = patch_at(water.mesh, lon, lat, SIDE_M / 2 ** (LEVELS - 1))
        if triangle == NOWHERE:
            return nothing
        for level in range(LEVELS):
            finer = LEVELS - 1 - level
            patch = triangle, column >> finer, row >> finer, level
            found = self._kept.get(patch)
            if found is None and patch not in self._asked:
                self._keep(self._asked, patch, None, MOST_ASKED)
                return nothing
            if found is None:
                found = self._make(water, depth_class, patch)
                self._keep(self._kept, patch, found, MOST_KEPT)
            if found.triangle[0] != NOWHERE:
                return RowPatches(_PLACED, found)
        return nothing

    def nothing(self, water: WaterModel) -> RowPatches:
        """A place in no patch, and a table of none."""
        if self._nothing is None:
            self._nothing = RowPatches(_PLACED_NOWHERE, no_patches(len(water.ports.x)))
        return self._nothing

    @staticmethod
    def _make(water: WaterModel, depth_class: DepthClass, patch: _Patch) -> PatchTable:
        triangle, column, row, level = patch
        side_m = SIDE_M / 2**level
        return PatchTable(*build_patches(
            water, depth_class, np.array([triangle]), np.array([column * side_m]), np.array([row * side_m]),
            np.array([side_m]), len(water.ports.x),
        ))  # fmt: skip

    def _keep(self, store: dict[_Patch, _Value], patch: _Patch, value: _Value, most: int) -> None:
        """Add to a store of so many; the oldest entries make room."""
        with self._lock:
            while len(store) >= most:
                del store[next(iter(store))]
            store[patch] = value
