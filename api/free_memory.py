"""Memory that was freed, handed back to the machine: the C library keeps it for later, and for each thread apart."""

import ctypes
from functools import cache
from typing import Any

_M_MMAP_THRESHOLD = -3
"""Of mallopt(3)."""

_LARGE_BYTES = 1 << 20


@cache
def _glibc() -> Any:
    """The C library, where it is glibc."""
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None


def release_large_blocks_at_once() -> None:
    """Have blocks of a megabyte and more handed back when they are freed, for the rest of this process.

    By itself glibc keeps ever larger ones after the first few. Where the C library is another one, nothing happens.
    """
    if _glibc() is not None:
        _glibc().mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def release_free_memory() -> None:
    """Hand back what is free; where the C library is not glibc, nothing happens.

    Loading the pack frees 70 MB, and each chunk of a replay some more. Dask names the same call for its workers
    (docs.dask.org, "Manually trim memory").
    """
    if _glibc() is not None:
        _glibc().malloc_trim(0)
