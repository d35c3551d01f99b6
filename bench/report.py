"""Plain text: one line a figure."""

from collections.abc import Sequence

import numpy as np

NAME_WIDTH = 36
CELL_WIDTH = 19


def section(title: str) -> None:
    print(f"\n{title}")


def heading(columns: Sequence[str]) -> None:
    row("", columns)


def row(name: str, cells: Sequence[str]) -> None:
    print(f"{name:{NAME_WIDTH}}" + "".join(f" {cell:>{CELL_WIDTH}}" for cell in cells), flush=True)


def note(text: str) -> None:
    print(f"  {text}", flush=True)


def seconds(value: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} us"


def spread(values: Sequence[float] | np.ndarray) -> str:
    """Least and greatest of the rounds."""
    return f"{seconds(min(values))}..{seconds(max(values))}".replace(" ", "")


def times(ratios: Sequence[float] | np.ndarray) -> str:
    """Median of the rounds' ratios, with the least and greatest."""
    return f"{np.median(ratios):.3g} ({min(ratios):.3g}..{max(ratios):.3g})"


def percent(share: float) -> str:
    return f"{100.0 * share:.1f} %"
