"""The one place where compilation options are chosen.

``fastmath`` stays off: it deletes ``isnan`` and reorders sums, so an unknown could become a number.
``error_model="numpy"`` makes a division by zero an infinity rather than a hidden branch.
"""

from numba import njit

kernel = njit(cache=True, nogil=True, error_model="numpy")
