"""Tide tables in blocks of thirty days, made when first asked for and kept on disk.

A block begins at a multiple of thirty days since 1970, so that every run makes the same ones. Its table reaches from a
day before it to five days after: long enough for a passage, a wait and the high waters around both.
"""

import hashlib
import importlib.metadata
import io
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from geodata.tides.predict import DAY_S, STEP_S, extremes, predicted_heights
from geodata.tides.stations import Stations

BLOCK_DAYS = 30
DAYS_BEFORE, DAYS_AFTER = 1, 5

_KEPT_FILES = 120
"""About ninety megabytes: ten years of replay."""

_DIGEST_BYTES = 32
_MARGIN_DAYS = 1


class TideBlock(NamedTuple):
    """Predicted tide at every station over one block.

    Attributes
    ----------
    start_s : float
        Epoch of the first sample. [s]
    height_m : ndarray of float32, shape (s, n)
        Above chart datum, to the millimetre: the same table on every machine. [m]
    high_s, low_s : ndarray of float64, shape (s, k)
        High and low waters within the table, increasing, padded with +inf. [s]
    sha256 : str
        Digest of all that.
    """

    start_s: float
    height_m: np.ndarray
    high_s: np.ndarray
    low_s: np.ndarray
    sha256: str


def block_start_s(at_s: float) -> float:
    """Epoch at which the block that holds a time begins. [s]"""
    return float(at_s // (BLOCK_DAYS * DAY_S) * (BLOCK_DAYS * DAY_S))


def tide_table(stations: Stations, edition: str, block_s: float, folder: Path | None) -> TideBlock:
    """Table of one block, from the cache or made and put there.

    Parameters
    ----------
    stations : Stations
    edition : str
        Digest of the stations.
    block_s : float
        From `block_start_s`. [s]
    folder : Path or None
        Where tables are kept. None, a damaged file or a folder that cannot be written only cost time.
    """
    path = None if folder is None else folder / f"{_edition(edition)}-{block_s / DAY_S:.0f}.npz"
    known = None if path is None else _read(path)
    if known is not None:
        return known
    made = _make(stations, block_s)
    if path is not None:
        _write(path, made)
    return made


def _edition(stations: str) -> str:
    """Name of everything a table depends on but its block: constants, astronomy, and how this program uses both."""
    here = Path(__file__).parent
    digest = hashlib.sha256(f"{stations} utide {importlib.metadata.version('utide')}".encode())
    for name in ("blocks.py", "predict.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()[:16]


def _make(stations: Stations, block_s: float) -> TideBlock:
    start_s = block_s - DAYS_BEFORE * DAY_S
    days = DAYS_BEFORE + BLOCK_DAYS + DAYS_AFTER
    # What is a high water at the very end depends on what comes after it.
    wide_s = start_s - _MARGIN_DAYS * DAY_S
    per_day = round(DAY_S / STEP_S)
    wide = predicted_heights(stations, wide_s, (days + 2 * _MARGIN_DAYS) * per_day + 1)
    turns = [
        extremes(series, wide_s, stand_m=station.stand_m)
        for series, station in zip(wide, stations.stations, strict=True)
    ]
    end_s = start_s + days * DAY_S
    high = _padded([turn.high_s[(turn.high_s >= start_s) & (turn.high_s <= end_s)] for turn in turns])
    low = _padded([turn.low_s[(turn.low_s >= start_s) & (turn.low_s <= end_s)] for turn in turns])
    inside = wide[:, _MARGIN_DAYS * per_day : (_MARGIN_DAYS + days) * per_day + 1]
    return _table(start_s, np.rint(inside * 1000.0).astype("<i2"), high, low)


def _padded(rows: list[np.ndarray]) -> np.ndarray:
    longest = max((len(row) for row in rows), default=0)
    return np.array([np.pad(row, (0, longest - len(row)), constant_values=np.inf) for row in rows]).astype("<f8")


def _table(start_s: float, height_mm: np.ndarray, high_s: np.ndarray, low_s: np.ndarray) -> TideBlock:
    digest = hashlib.sha256(f"{start_s:.0f} {STEP_S:.0f} {height_mm.shape} {high_s.shape} {low_s.shape}".encode())
    for part in (height_mm, high_s, low_s):
        digest.update(np.ascontiguousarray(part).tobytes())
    height_m = np.ascontiguousarray(height_mm / np.float32(1000.0), np.float32)
    return TideBlock(
        start_s, height_m, np.ascontiguousarray(high_s, np.float64), np.ascontiguousarray(low_s, np.float64),
        digest.hexdigest(),
    )  # fmt: skip


def _read(path: Path) -> TideBlock | None:
    """Table in a file; None when there is none, or it is not as it was written."""
    try:
        data = path.read_bytes()
        content = data[_DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != data[:_DIGEST_BYTES]:
            return None
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return _table(float(stored["start_s"]), stored["height_mm"], stored["high_s"], stored["low_s"])
    except (OSError, ValueError, KeyError):
        return None


def _write(path: Path, table: TideBlock) -> None:
    buffer = io.BytesIO()
    np.savez(
        buffer, start_s=table.start_s, height_mm=np.rint(table.height_m * 1000.0).astype("<i2"),
        high_s=table.high_s, low_s=table.low_s,
    )  # fmt: skip
    content = buffer.getvalue()
    unfinished = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".new")
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        # Whoever reads meanwhile sees the whole file or none.
        Path(unfinished).replace(path)
        files = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[_KEPT_FILES:]:
            old.unlink(missing_ok=True)
    except OSError:
        # A read-only or full disk: the table is made anew next time.
        if unfinished:
            _forget(Path(unfinished))


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return
