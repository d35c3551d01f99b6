"""What the C library does with memory that was given back to it."""

import ctypes
from contextlib import suppress

LARGE_BYTES = 1 << 20
"""[A] Beyond what one decision uses at once, below every table of a pack. [bytes]"""

_M_MMAP_THRESHOLD = -3


def return_large_blocks() -> None:
    """Let blocks of a megabyte and more go back to the system as soon as nobody uses them.

    glibc takes blocks of that size from the heap once a few of them have been freed, and what is left of them between
    others stays with the process: 20 to 40 MB after a start. Other C libraries are left as they are.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
