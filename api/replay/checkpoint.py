"""Finished parts on disk: written whole or not at all, checked by digest before they are believed."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.replay.worker import ChunkResult
from engine.errors import InvalidAsk

FOLDER = "parts"
RUN = "run.json"
_LOCK = "replay.lock"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or the next run, finds all of it or none, whenever this process dies."""
    aside = path.with_name(f"{path.name}.new")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(aside, path)


def put_in_place(aside: Path, path: Path) -> None:
    """Give a finished file its name, for good."""
    aside.replace(path)
    if os.name == "posix":
        # The name itself is on disk only once its folder is.
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_bytes(value: object) -> bytes:
    """JSON for people and for comparing: keys sorted, one entry a line."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


class Checkpoint:
    """The parts of one replay.

    Parameters
    ----------
    out : Path
        Folder of the replay.
    """

    def __init__(self, out: Path) -> None:
        self.folder = out / FOLDER
        self.folder.mkdir(parents=True, exist_ok=True)

    def decisions(self, number: int) -> Path:
        """Parquet file of a part's decisions."""
        return self.folder / f"{number:06d}.parquet"

    def passed_over(self, number: int) -> Path:
        """Parquet file of the ports a part passed over."""
        return self.folder / f"{number:06d}.passed_over.parquet"

    def rejects(self, number: int) -> Path:
        """Parquet file of a part's rejects."""
        return self.folder / f"{number:06d}.rejects.parquet"

    def entry(self, number: int) -> Path:
        """What a part is; written last, so that without it there is no part."""
        return self.folder / f"{number:06d}.json"

    def write(self, part: ChunkResult) -> dict[str, Any]:
        """Put a finished part on disk and return its entry."""
        files = {
            self.decisions(part.number): part.decisions,
            self.passed_over(part.number): part.passed_over,
            self.rejects(part.number): part.rejects,
        }
        for path, content in files.items():
            write_whole(path, content)
        entry = {
            "facts": part.facts,
            "sha256": {path.name: hashlib.sha256(content).hexdigest() for path, content in files.items()},
            "seconds": part.seconds,
        }
        write_whole(self.entry(part.number), json_bytes(entry))
        return entry

    def finished_parts(self) -> dict[int, dict[str, Any]]:
        """Entries by number of the parts that are there and as they were written."""
        found = {}
        for path in sorted(self.folder.glob("[0-9]*.json")):
            entry = self._verified(int(path.stem))
            if entry is not None:
                found[int(path.stem)] = entry
        return found

    def _verified(self, number: int) -> dict[str, Any] | None:
        try:
            entry: dict[str, Any] = json.loads(self.entry(number).read_bytes())
            files = (self.decisions(number), self.passed_over(number), self.rejects(number))
            same = entry["sha256"] == {path.name: digest_of_file(path) for path in files}
        except (OSError, ValueError, KeyError):
            return None
        return entry if same else None

    def clear(self) -> None:
        """Remove all parts: what they held is in the joined files."""
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def claim_folder(out: Path, run: dict[str, Any]) -> None:
    """Make a folder that of one replay, or find that it is already.

    Raises
    ------
    InvalidAsk
        It holds another replay, or something else altogether.
    """
    path = out / RUN
    if path.exists():
        try:
            known = json.loads(path.read_bytes())
        except ValueError:
            known = {}
        differing = sorted(name for name in run | known if run.get(name) != known.get(name))
        if differing:
            raise InvalidAsk("out", f"holds a replay with another {', '.join(differing)[:80]}.", "Name another folder.")
        return
    if any(other.name not in (_LOCK, f"{RUN}.new") for other in out.iterdir()):
        raise InvalidAsk("out", "holds something else than a replay.", "Name a new folder, or an empty one.")
    write_whole(path, json_bytes(run))


@contextmanager
def lock_folder(out: Path) -> Iterator[None]:
    """Keep a second replay out of a folder; a killed one leaves no lock behind.

    Raises
    ------
    InvalidAsk
        Another replay is at work there, or the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = (out / _LOCK).open("w")
    except OSError as error:
        raise InvalidAsk("out", f"cannot be written ({error.strerror}).", "Name a folder of your own.") from None
    with file:
        if os.name == "posix":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InvalidAsk("out", "another replay is writing there.", "Wait for it, or name another.") from None
        yield
