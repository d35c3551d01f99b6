"""Patches kept from chunk to chunk: what neighbours on the sea share, found out once for a whole replay.

What rows of a patch share is the same whoever asks first, and a row decided with its neighbours gets the answer it gets
alone, to the last bit. So threads fill one store as they come, and the output does not hang on who was first.
"""

from collections.abc import Sequence
from threading import Condition, Lock

import numpy as np

from engine.build_patches import build_patches
from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import DepthClass, WaterModel
from engine.patch import PatchPlaces, PatchTable, RowPatches, assign_patches

FEWEST_TOGETHER = 5
"""So many rows of a patch, from all chunks so far, repay the look round for what they share."""

MOST_KEPT = 16_384
"""Patches kept for each depth class, at 3 to 6 kilobytes; rows of further patches are decided alone."""

LISTED_PORTS = 40
"""The nearest of these ports are measured soonest; hardly a row asks for more, and the lists take most of the room."""

MADE_TOGETHER = 32
"""So many are made in one compiled call; then other threads may see them, and take the next ones."""

ROWS_TOGETHER = 40
NARROWEST_PATCH_M, WIDEST_PATCH_M = 200.0, 10_000.0
"""How many rows of its first chunk a patch should hold, and how wide it may be: the wider, the less they share. [m]"""

LEVELS = 5
"""Where so much is to be seen that a look round is given up, a patch is cut in four, and they again."""

_SQUARES = 1 << 17
"""More than there are along a side of any area."""

_METRES_PER_DEGREE = 111_195.0


class BatchPatches:
    """The patches of one water, by depth class; for any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[float, _PatchStore] = {}

    def share(self, water: WaterModel, depth_class: DepthClass, lon: np.ndarray, lat: np.ndarray) -> RowPatches:
        """Where positions lie, and what those near one another share.

        Parameters
        ----------
        water : WaterModel
            The same in every call.
        depth_class : DepthClass
        lon, lat : ndarray of float64, shape (n,)
            Positions, WGS 84, inside the box of the pack. [deg]
        """
        with self._lock:
            kept = self._kept.setdefault(depth_class.needed_depth_m, _PatchStore(side_of_patches_m(lon, lat)))
        return kept.share(water, depth_class, lon, lat)


class _PatchStore:
    """The patches of one depth class.

    Parameters
    ----------
    side_m : float
        Of its patches. [m]
    """

    def __init__(self, side_m: float) -> None:
        self._side_m = side_m
        self._changed = Condition()
        self._number: dict[int, int] = {}
        """By patch: its number in the table, or `NOWHERE` where it can have none."""
        self._rows: dict[int, int] = {}
        """Rows so far of patches that have too few."""
        self._being_made: set[int] = set()
        self._columns: tuple[_Growing, ...] = ()

    def share(self, water: WaterModel, depth_class: DepthClass, lon: np.ndarray, lat: np.ndarray) -> RowPatches:
        """As of `BatchPatches`."""
        x, y, triangle = np.empty(len(lon)), np.empty(len(lon)), np.empty(len(lon), np.int64)
        assign_patches(water, depth_class.needed_depth_m, lon, lat, x, y, triangle)
        number = np.full(len(lon), NOWHERE)
        left = np.flatnonzero(triangle != NOWHERE)
        for level in range(LEVELS):
            patch = self._patch_of(triangle[left], x[left], y[left], level)
            different, which, counts = np.unique(patch, return_inverse=True, return_counts=True)
            patches = different.tolist()
            self._make(water, depth_class, self._worth_it(patches, counts.tolist()), level)
            numbers = np.array([self._number.get(patch, _TOO_FEW) for patch in patches], np.int64)[which]
            number[left] = np.maximum(numbers, NOWHERE)
            left = left[numbers == NOWHERE]
        with self._changed:
            if not self._columns:
                none = np.empty(0)
                self._append(build_patches(water, depth_class, none.astype(np.int64), none, none, none, LISTED_PORTS))
            patch_table = PatchTable(*(column.values for column in self._columns))
        return RowPatches(PatchPlaces(x, y, number), patch_table)

    def _patch_of(self, triangle: np.ndarray, x: np.ndarray, y: np.ndarray, level: int) -> np.ndarray:
        """A number for the triangle, the square and the level of positions on the plane. [m]"""
        side_m = self._side_m / 2**level
        column, row = (np.floor(along / side_m).astype(np.int64) + _SQUARES // 2 for along in (x, y))
        number: np.ndarray = ((triangle * LEVELS + level) * _SQUARES + row) * _SQUARES + column
        return number

    def _make(self, water: WaterModel, depth_class: DepthClass, wanted: Sequence[int], level: int) -> None:
        """Measure patches, or wait for the threads that do."""
        side_m = self._side_m / 2**level
        while block := self._next_of(wanted):
            square, column = np.divmod(np.array(block, np.int64), _SQUARES)
            above, row = np.divmod(square, _SQUARES)
            west_m, south_m = ((along - _SQUARES // 2) * side_m for along in (column, row))
            made = None
            try:
                made = build_patches(
                    water, depth_class, above // LEVELS, west_m, south_m, np.full(len(block), side_m), LISTED_PORTS
                )  # fmt: skip
            finally:
                self._keep(block, made)

    def _worth_it(self, patches: Sequence[int], counts: Sequence[int]) -> list[int]:
        """Patches that have enough rows by now."""
        wanted = []
        with self._changed:
            for patch, count in zip(patches, counts, strict=True):
                if patch in self._number:
                    continue
                rows = self._rows.pop(patch, 0) + count
                if rows >= FEWEST_TOGETHER:
                    wanted.append(patch)
                else:
                    self._rows[patch] = rows
        return wanted

    def _next_of(self, wanted: Sequence[int]) -> list[int]:
        """The next patches to make; none once all are there, which may mean to wait for another thread."""
        with self._changed:
            while True:
                left = [patch for patch in wanted if patch not in self._number]
                free = [patch for patch in left if patch not in self._being_made]
                if not left or len(self._number) >= MOST_KEPT:
                    return []
                if free:
                    block = free[:MADE_TOGETHER]
                    self._being_made.update(block)
                    return block
                self._changed.wait()

    def _keep(self, block: Sequence[int], made: PatchTable | None) -> None:
        with self._changed:
            self._being_made.difference_update(block)
            if made is not None:
                there = made.triangle != NOWHERE
                first = len(self._columns[0].values) if self._columns else 0
                numbers = np.where(there, first + np.cumsum(there) - 1, NOWHERE)
                self._number.update(zip(block, numbers.tolist(), strict=True))
                self._append(made._replace(**{
                    name: getattr(made, name)[there] for name in PatchTable._fields if name not in _FLAT
                }))  # fmt: skip
            self._changed.notify_all()

    def _append(self, made: PatchTable) -> None:
        if not self._columns:
            self._columns = tuple(_Growing(column) for column in made)
        kept = PatchTable(*(column.values for column in self._columns))
        corner_count, first_count = len(kept.corners), len(kept.first)
        moved = made._replace(
            corners_from=made.corners_from + corner_count, corners_to=made.corners_to + corner_count,
            first_from=made.first_from + first_count, first_to=made.first_to + first_count,
        )  # fmt: skip
        for column, values in zip(self._columns, moved, strict=True):
            column.append(values)


_TOO_FEW = NOWHERE - 1
"""For a patch that is not in the table yet."""

_FLAT = ("corners", "sure", "first", "onward_m")
"""Columns of `PatchTable` that hold those of all, one after the other."""


class _Growing:
    """An array that is added to; what was handed out of it stays as it is.

    Parameters
    ----------
    like : ndarray
        Of the same type, and the same shape but for its length.
    """

    def __init__(self, like: np.ndarray) -> None:
        self._room = np.empty((64, *like.shape[1:]), like.dtype)
        self._used = 0

    @property
    def values(self) -> np.ndarray:
        """What is in it by now."""
        return self._room[: self._used]

    def append(self, values: np.ndarray) -> None:
        """Add some at the end."""
        used = self._used + len(values)
        if used > len(self._room):
            # By a quarter: doubled, half the room of the largest would stay empty.
            larger = np.empty((max(used, 5 * len(self._room) // 4), *self._room.shape[1:]), self._room.dtype)
            larger[: self._used] = self.values
            self._room = larger
        self._room[self._used : used] = values
        self._used = used


def side_of_patches_m(lon: np.ndarray, lat: np.ndarray) -> float:
    """Width of squares that hold some rows each, were they spread evenly. [m]"""
    if len(lon) == 0:
        return WIDEST_PATCH_M
    area_m2 = float(np.ptp(lon) * np.ptp(lat)) * _METRES_PER_DEGREE**2 * float(np.cos(np.radians(lat.mean())))
    even_m = float(np.sqrt(area_m2 * ROWS_TOGETHER / len(lon)))
    return min(max(even_m, NARROWEST_PATCH_M), WIDEST_PATCH_M)
