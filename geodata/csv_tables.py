"""Reading the hand-kept source tables."""

import csv
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with stripped cells; a blank cell is an empty string."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: (cell or "").strip() for name, cell in row.items()} for row in csv.DictReader(file)]
