"""Lines of eighty columns: folding that keeps a number with its unit, columns, and colour only where it can be seen."""

import os
import re
import textwrap
from dataclasses import dataclass
from typing import TextIO

WIDTH = 80

_UNBROKEN = re.compile(
    r"(?<=[0-9?]) (?=(?:nm|min|kn|nd|m|M|h|T|UTC|persons|personnes)\b)"
    r"|(?<=VHF) (?=[0-9?])|(?<=bearing) (?=[0-9])|(?<=°) (?=vrai)|(?<=\([0-9]{4}) (?=[A-Z])|(?<=[0-9]) (?=locale)"
    r"|(?<=locale) (?=FR)|(?<=\bT) (?=\()| (?=[:;?!»](?: |$))|(?<=«) "
)
"""Spaces at which a line is not broken."""

_MARKER = re.compile(r" (?=(?:ADVICE|INFORMATION|WARNING|CONSEIL|ALERTE) ?: )")


@dataclass(frozen=True, slots=True)
class Ink:
    """Colour and weight for a terminal; plain text everywhere else."""

    on: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> "Ink":
        """Colour when the stream is a terminal that can show it and nobody has set ``NO_COLOR``."""
        seen = stream.isatty() and os.environ.get("TERM", "") != "dumb" and not os.environ.get("NO_COLOR")
        return cls(seen)

    def strong(self, text: str) -> str:
        """Bold."""
        return f"\033[1m{text}\033[0m" if self.on else text

    def tinted(self, text: str, colour: str) -> str:
        """In one of the colours green, yellow, magenta, red; the words say the same."""
        codes = {"green": 32, "yellow": 33, "magenta": 35, "red": 31}
        return f"\033[{codes[colour]}m{text}\033[0m" if self.on else text


def folded(text: str, first: str = "", then: str | None = None, most: int | None = None) -> list[str]:
    """Text as lines within `WIDTH`.

    Parameters
    ----------
    text : str
    first, then : str
        What the first line and those after it begin with; `then` is blank of the same width when left out.
    most : int, optional
        Greatest number of lines; what does not fit ends in an ellipsis.
    """
    glued = _UNBROKEN.sub("\N{NO-BREAK SPACE}", text)
    lines = textwrap.wrap(
        glued, WIDTH, initial_indent=first, subsequent_indent=" " * len(first) if then is None else then,
        break_on_hyphens=False, max_lines=most, placeholder=" …",
    )  # fmt: skip
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def headline_lines(text: str) -> list[str]:
    """A headline with each message marker at the start of a line."""
    return [line for part in _MARKER.split(text) for line in folded(part)]


def ends_apart(left: str, right: str) -> str:
    """Two texts at either end of a line; the left one gives way."""
    room = WIDTH - len(right) - 2
    return f"{cut(left, room):<{room}}  {right}"


def cut(text: str, width: int) -> str:
    """A text in so many columns, with an ellipsis where some is missing."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def columns(rows: list[list[str]], give: int, right: frozenset[int] = frozenset(), indent: str = "") -> list[str]:
    """Rows as aligned columns within `WIDTH`.

    Parameters
    ----------
    rows : list of list of str
        All of one length.
    give : int
        The column that is cut when the rest leaves it too little room.
    right : frozenset of int
        Columns set flush right.
    """
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    gaps = 2 * (len(widths) - 1) + len(indent)
    widths[give] = min(widths[give], WIDTH - gaps - sum(widths) + widths[give])
    return [
        indent + "  ".join(
            cut(cell, width).rjust(width) if k in right else cut(cell, width).ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]  # fmt: skip
