"""How long a classic NetCDF file has to be: the library reads what is missing at its end as zeros, without a word.

References
----------
Unidata, "The NetCDF Classic Format Specification": header grammar of CDF-1, CDF-2 (64-bit offset) and CDF-5.
"""

import struct
from pathlib import Path
from typing import BinaryIO

from geodata.forecast.cf_conventions import Unreadable

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 6: 8, 7: 1, 8: 2, 9: 4, 10: 8, 11: 8}
"""Bytes of a value of each ``nc_type``."""

_MOST = 100_000
_LARGEST_NAME = 1_000_000


def refuse_if_cut_short(path: Path) -> None:
    """Compare the length of a classic NetCDF file with what its header declares.

    Raises
    ------
    Unreadable
        It is shorter, or its header cannot be read.
    """
    with path.open("rb") as file:
        try:
            needed = _Header(file).needed_bytes()
        except (struct.error, IndexError, KeyError, ValueError, OverflowError):
            raise Unreadable("has a damaged NetCDF header.", "Get the file again.") from None
    size = path.stat().st_size
    if size < needed:
        raise Unreadable(f"is cut short: {size:,} of {needed:,} bytes.", "Get the file again.")


class _Header:
    """A reader of the header; numbers are big-endian, names and values padded to four bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        version = file.read(4)[3]
        self._count = ">q" if version == 5 else ">i"
        self._offset = ">i" if version == 1 else ">q"

    def needed_bytes(self) -> int:
        records = self._number(self._count)
        sizes = self._dimensions()
        self._attributes()
        fixed_end, record_starts, record_bytes = 0, [], []
        for begin, shape, width in self._variables(sizes):
            if shape and shape[0] == 0:
                record_starts.append(begin)
                record_bytes.append(width * _product(shape[1:]))
            else:
                fixed_end = max(fixed_end, begin + width * _product(shape))
        end = max(fixed_end, self._file.tell())
        if record_starts and records > 0:
            # Records are padded to four bytes each, but for a variable that is alone.
            padded = record_bytes if len(record_bytes) == 1 else [-(-size // 4) * 4 for size in record_bytes]
            last = max(start + size for start, size in zip(record_starts, record_bytes, strict=True))
            end = max(end, last + (records - 1) * sum(padded))
        return end

    def _dimensions(self) -> list[int]:
        sizes = []
        for _ in range(self._list()):
            self._name()
            sizes.append(self._number(self._count))
        return sizes

    def _attributes(self) -> None:
        for _ in range(self._list()):
            self._name()
            width = _SIZES[self._number(">i")]
            self._skip(width * self._number(self._count))

    def _variables(self, sizes: list[int]) -> list[tuple[int, list[int], int]]:
        found = []
        for _ in range(self._list()):
            self._name()
            shape = [sizes[self._number(self._count)] for _ in range(self._bounded())]
            self._attributes()
            width = _SIZES[self._number(">i")]
            self._number(self._count)
            found.append((self._number(self._offset), shape, width))
        return found

    def _list(self) -> int:
        """Entries of a list, whose tag is not looked at."""
        self._number(">i")
        return self._bounded()

    def _bounded(self) -> int:
        count = self._number(self._count)
        if not 0 <= count <= _MOST:
            raise ValueError(count)
        return count

    def _name(self) -> None:
        length = self._number(self._count)
        if not 0 <= length <= _LARGEST_NAME:
            raise ValueError(length)
        self._skip(length)

    def _skip(self, length: int) -> None:
        if length < 0:
            raise ValueError(length)
        self._file.seek(-(-length // 4) * 4, 1)

    def _number(self, form: str) -> int:
        (value,) = struct.unpack(form, self._file.read(struct.calcsize(form)))
        return int(value)


def _product(sizes: list[int]) -> int:
    whole = 1
    for size in sizes:
        whole *= size
    return whole
