"""Finished parts of a table that is worked out beside a replay, so that a run that was stopped goes on where it was.

As with the parts of the replay itself, a part is there whole or not at all and is checked by digest before it is
believed. What a folder of parts was made from stands in it; parts made from anything else are thrown away.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from api.replay.checkpoint import digest_of_file, json_bytes, write_whole
from api.replay.worker import parquet_bytes

_MADE_FROM = "made_from.json"


class SideCheckpoint:
    """Parts of one table.

    Parameters
    ----------
    folder : Path
    made_from : mapping
        Everything the parts depend on, as JSON.
    """

    def __init__(self, folder: Path, made_from: Mapping[str, object]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        known = folder / _MADE_FROM
        wanted = json_bytes(dict(made_from))
        if not known.is_file() or known.read_bytes() != wanted:
            for path in folder.iterdir():
                path.unlink()
            write_whole(known, wanted)

    def table(self, number: int) -> Path:
        """Parquet file of a part."""
        return self.folder / f"{number:06d}.parquet"

    def entry(self, number: int) -> Path:
        """Digest of a part; written last, so that without it there is no part."""
        return self.folder / f"{number:06d}.json"

    def holds(self, number: int) -> bool:
        """Whether a part is there as it was written."""
        try:
            known = json.loads(self.entry(number).read_bytes())
            return bool(known["sha256"] == digest_of_file(self.table(number)))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def write(self, number: int, table: pa.Table) -> None:
        """Put a finished part on disk."""
        content = parquet_bytes(table)
        write_whole(self.table(number), content)
        write_whole(self.entry(number), json_bytes({"sha256": hashlib.sha256(content).hexdigest()}))

    def read(self, number: int) -> pa.Table:
        """A finished part."""
        return pq.read_table(self.table(number), use_threads=False)

    def clear(self) -> None:
        """Remove all parts: what they held is in the joined file."""
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()
