"""Short bursts by way of two folders, which whatever drives a satellite modem reads and fills.

A burst out is one file, written whole before it has its name; the modem's program sends it and removes it. A burst in
is one file, too: it is read once and then removed. Every file ends in ``.sbd``.
"""

import os
from pathlib import Path

from engine.errors import InvalidAsk

SUFFIX = ".sbd"
_LARGEST_FILE = 2_000


class ModemFolder:
    """The two folders.

    Parameters
    ----------
    out, in_ : Path or None
        None where nothing goes out, or nothing comes in.

    Raises
    ------
    InvalidAsk
        One of them is no folder that can be used.
    """

    def __init__(self, out: Path | None, in_: Path | None) -> None:
        for field, folder in (("burst-out", out), ("burst-in", in_)):
            if folder is not None and not (folder.is_dir() and os.access(folder, os.W_OK)):
                raise InvalidAsk(field, "is no folder that can be written to.", "Make it for the modem's program.")
        self.out, self.in_ = out, in_

    def write(self, number: int, data: bytes) -> None:
        """Put a burst out under the number of the message it goes before; one that is still there is replaced.

        Raises
        ------
        OSError
        """
        assert self.out is not None  # noqa: S101
        file = self.out / f"{number:09d}{SUFFIX}"
        made = file.with_suffix(".part")
        with made.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        made.replace(file)

    def waiting(self) -> list[Path]:
        """Files that came in, in the order of their names.

        Raises
        ------
        OSError
        """
        return [] if self.in_ is None else sorted(self.in_.glob(f"*{SUFFIX}"))

    @staticmethod
    def read(file: Path) -> bytes:
        """Bytes of a file that came in, as far as a burst may be long.

        Raises
        ------
        OSError
        """
        with file.open("rb") as handle:
            return handle.read(_LARGEST_FILE)
