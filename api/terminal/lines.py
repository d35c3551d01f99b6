"""Bytes of a stream to lines, whatever comes: garbage without an end of line never grows."""

LONGEST_LINE = 65_536
"""Signal K and gpsd send long ones; beyond this it is noise. [bytes]"""


class LineSplitter:
    """Lines of one stream.

    Parameters
    ----------
    longest : int
        [bytes]
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._held = b""

    def split(self, data: bytes) -> list[bytes]:
        """Whole lines, without their ends; what is left waits for the rest. Of one too long the beginning stands."""
        *lines, self._held = (self._held + data).split(b"\n")
        if len(self._held) > self._longest:
            # Its beginning is still a line to be counted as one that nobody could read.
            lines.append(self._held)
            self._held = b""
        return [line.rstrip(b"\r") if len(line) <= self._longest else line[:16] for line in lines]
