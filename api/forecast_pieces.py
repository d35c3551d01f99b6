"""A forecast for a vessel in small pieces over a thin link: only what she lacks, no piece larger than 2 kB.

The cut-out round her is packed against the one she has, so that what stayed the same costs next to nothing. Equal
cut-outs have equal versions, and a packing is the same however often it is asked for: a link that breaks goes on where
it stopped.
"""

import base64
import hashlib
import zlib
from collections import OrderedDict
from typing import NamedTuple

from engine.errors import ForecastRefused

MOST_BYTES = 2_000
"""Of one piece, as JSON. [bytes]"""
MOST_REMEMBERED = 256
"""Cut-outs a service remembers to pack others against."""
_DATA_BYTES = 1_200
"""Of a packing in one piece: a third more as text, and the rest of the document beside it. [bytes]"""
_LARGEST_CUTOUT = 400_000


class ForecastPiece(NamedTuple):
    """Some of a packing.

    Attributes
    ----------
    version : str
        SHA-256 of the cut-out, in hexadecimal; empty where there is no forecast for there and then.
    base : str
        Version it is packed against; empty where it stands alone.
    size : int
        Of the whole packing; 0 where the version is the one that was known. [bytes]
    offset : int
        Where this piece begins in it. [bytes]
    data : str
        Base64.
    """

    version: str
    base: str
    size: int
    offset: int
    data: str


def version_of_cutout(data: bytes) -> str:
    """Equal cut-outs have equal versions."""
    return hashlib.sha256(data).hexdigest()


class CutOuts:
    """The cut-outs a service told lately, so that it can pack the next one against one of them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, bytes] = OrderedDict()

    def piece(self, cutout: bytes | None, since: str, offset: int) -> ForecastPiece:
        """A piece of a cut-out for a vessel that has a version; she begins again where version or base differ."""
        if cutout is None:
            return ForecastPiece("", "", 0, 0, "")
        version = version_of_cutout(cutout)
        if version == since:
            return ForecastPiece(version, since, 0, 0, "")
        self._remember(version, cutout)
        base = self._known.get(since)
        packing = pack(cutout, base)
        data = packing[offset : offset + _DATA_BYTES]
        text = base64.b64encode(data).decode()
        return ForecastPiece(version, "" if base is None else since, len(packing), offset, text)

    def _remember(self, version: str, cutout: bytes) -> None:
        self._known[version] = cutout
        self._known.move_to_end(version)
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


def pack(cutout: bytes, base: bytes | None) -> bytes:
    """A cut-out, packed against one that is known or alone."""
    packer = zlib.compressobj(9) if base is None else zlib.compressobj(9, zdict=base)
    return packer.compress(cutout) + packer.flush()


def unpack(packing: bytes, base: bytes | None, version: str) -> bytes:
    """The cut-out of a packing.

    Raises
    ------
    ForecastRefused
        It is damaged, not whole, or not of that version.
    """
    unpacker = zlib.decompressobj() if base is None else zlib.decompressobj(zdict=base)
    try:
        cutout = unpacker.decompress(packing, _LARGEST_CUTOUT)
    except zlib.error:
        cutout = b""
    if not unpacker.eof or version_of_cutout(cutout) != version:
        raise ForecastRefused("cut-out", "is damaged, or not whole.", "It is fetched again.")
    return cutout
