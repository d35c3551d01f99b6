"""Lines as wide as the terminal: folding that keeps a number with its unit, columns, colour only where it is seen."""

import os
import re
import shutil
import textwrap
from dataclasses import dataclass
from typing import TextIO

WIDTH = 80
"""Where nobody says how wide: a file, a pipe."""

NARROWEST, WIDEST = 40, 120
"""Narrower than a message terminal nothing can be laid out; wider than this no line is read with ease."""

_LEAST_CUT = 12
"""A column cut to fewer characters says nothing: rows are stacked instead."""

_UNBROKEN = re.compile(
    r"(?<=[0-9?]) (?=(?:nm|min|kn|nd|m|M|h|T|UTC|persons|personnes)\b)"
    r"|(?<=VHF) (?=[0-9?])|(?<=bearing) (?=[0-9])|(?<=°) (?=vrai)|(?<=\([0-9]{4}) (?=in\b)|(?<=[0-9]) (?=(?:en|aux?)\b)"
    r"|(?<=\bin) (?=[A-Z])|(?<=\bin the) (?=[A-Z])|(?<=\bin) (?=the\b)|(?<=\b(?:en|au)) (?=[A-Z])"
    r"|(?<=\bT) (?=\()| (?=[:;?!»](?: |$))|(?<=«) "
)
"""Spaces at which a line is not broken."""

_MARKER = re.compile(r" (?=(?:ADVICE|INFORMATION|WARNING|CONSEIL|ALERTE) ?: )")


@dataclass(frozen=True, slots=True)
class Style:
    """Colour and weight for a terminal; plain text everywhere else."""

    on: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> "Style":
        """Colour when the stream is a terminal that can show it and nobody has set ``NO_COLOR``."""
        seen = stream.isatty() and os.environ.get("TERM", "") != "dumb" and not os.environ.get("NO_COLOR")
        return cls(seen)

    def strong(self, text: str) -> str:
        """Bold."""
        return f"\033[1m{text}\033[0m" if self.on else text

    def tint(self, text: str, colour: str) -> str:
        """In one of the colours green, yellow, magenta, red; the words say the same."""
        codes = {"green": 32, "yellow": 33, "magenta": 35, "red": 31}
        return f"\033[{codes[colour]}m{text}\033[0m" if self.on else text


def text_width() -> int:
    """Columns there are: ``COLUMNS`` where it is set, else those of the terminal, within bounds."""
    return min(max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROWEST), WIDEST)


def wrap(text: str, first: str = "", then: str | None = None) -> list[str]:
    """Text as lines within `text_width`; only a single word that is longer, such as an address, goes beyond it.

    Parameters
    ----------
    text : str
    first, then : str
        What the first line and those after it begin with; `then` is blank of the same width when left out.
    """
    width = text_width()
    then = " " * len(first) if then is None else then
    # In a narrow column a hanging indent would leave nothing to hang.
    then = then[: width // 3]
    glued = _UNBROKEN.sub("\N{NO-BREAK SPACE}", text)
    lines = textwrap.wrap(
        glued, width, initial_indent=first, subsequent_indent=then,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def status_line(state: str, text: str) -> str:
    """What a check or a command has to tell, ``OK``, ``NOTE`` or ``FAIL`` before it."""
    return "\n".join(wrap(text, f"{state:<4} "))


def headline_lines(text: str) -> list[str]:
    """A headline with each message marker at the start of a line."""
    return [line for part in _MARKER.split(text) for line in wrap(part)]


def justify(left: str, right: str) -> list[str]:
    """Two texts at either end of a line; on lines of their own where there is no room for both."""
    room = text_width() - len(right) - 2
    if len(left) <= room:
        return [f"{left:<{room}}  {right}"]
    return [*wrap(left, then="  "), *wrap(right, "  ")]


def cut(text: str, width: int) -> str:
    """A text in so many columns, with an ellipsis where some is missing; at the end of a word if there is one."""
    if len(text) <= width:
        return text
    kept = text[: width - 1]
    whole, space, _ = kept.rpartition(" ")
    if space and not text[width - 1].isspace():
        kept = whole
    return f"{kept.rstrip()}…"


def columns(rows: list[list[str]], give: int, right: frozenset[int] = frozenset(), indent: str = "") -> list[str]:
    """Rows as aligned columns within `text_width`.

    Parameters
    ----------
    rows : list of list of str
        All of one length.
    give : int
        The column that is cut when the rest leaves it too little room. Where that would leave nothing of it, each row
        is stacked: that cell on a line, the others below it.
    right : frozenset of int
        Columns set flush right.
    """
    return [line for row in column_rows(rows, give, right, indent) for line in row]


def column_rows(
    rows: list[list[str]], give: int, right: frozenset[int] = frozenset(), indent: str = ""
) -> list[list[str]]:
    """As `columns`, with the lines of each row by themselves: one, or more where rows are stacked."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    gaps = 2 * (len(widths) - 1) + len(indent)
    room = text_width() - gaps - sum(widths) + widths[give]
    if room < min(widths[give], _LEAST_CUT):
        return [_stacked(row, give, indent) for row in rows]
    widths[give] = min(widths[give], room)
    return [
        [indent + "  ".join(
            cut(cell, width).rjust(width) if k in right else cut(cell, width).ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()]
        for row in rows
    ]  # fmt: skip


def _stacked(row: list[str], give: int, indent: str) -> list[str]:
    others = [" ".join(cell.split()) for k, cell in enumerate(row) if k != give and cell.strip()]
    # Glued, so that no cell is broken over two lines where a line can hold it.
    beside = "  ".join(
        cell.replace(" ", "\N{NO-BREAK SPACE}") if len(cell) < NARROWEST // 2 else cell for cell in others
    )
    lines = wrap(row[give], indent, f"{indent}  ")
    return lines + wrap(beside, f"{indent}  ")
