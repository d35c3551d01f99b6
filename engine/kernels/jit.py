"""The one place where compilation options are chosen.

``fastmath`` stays off: it deletes ``isnan`` and reorders sums, so an unknown could become a number.
``error_model="numpy"`` makes a division by zero an infinity rather than a hidden branch.
"""

from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy")

inlined_kernel = njit(cache=True, nogil=True, error_model="numpy", inline="always")
"""For what is called from hot loops with tuples of many arrays: a call would pass and count each of them."""

leaf_kernel = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]
"""For what makes no arrays of its own: those that come in are not counted at all, which halves the time of loops over
many small reads. The compiler refuses one that does allocate."""
