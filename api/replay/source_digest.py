"""Which sources of this program decide the rows of a replay, and one name for what they say.

A replay goes on only where its rows would still be the same. How they are shown later, in reports and comparisons, is
no part of that: a word mended in the report must not keep a stopped replay from going on.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

DECIDING = (
    "batch", "batch_patches", "capacity_simulation", "checkpoint", "columns", "concat", "judgement", "schema",
    "source_digest", "summary", "worker", "world_by_time",
    *(f"ingest/{name}" for name in (
        "column_map", "column_texts", "duplicates", "foreign_times", "geojson_points", "geometry", "match_headers",
        "normalize", "parse_cells", "port_names", "problem_list", "reading", "rejects", "spreadsheet", "timestamps",
    )),
)  # fmt: skip
"""Modules of this package that read, normalize, decide and write rows."""

BESIDE = ("analysis/monte_carlo", "analysis/observed_ports", "analysis/record_rules", "post_process", "side_checkpoint")
"""Modules of this package that work out what stands beside the rows: history and chances."""

_FOLDERS = ("engine", "geodata")
_FILES = ("api/decision_service.py", "api/encounter.py", "api/encounter_fields.py", "api/position.py")
_ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=2)
def code_digest(modules: Sequence[str] = DECIDING) -> str:
    """SHA-256 of the engine, the geodata, and some modules of this package.

    Parameters
    ----------
    modules : tuple of str
        As paths within the package, without ending.
    """
    files = [path for folder in _FOLDERS for path in (_ROOT / folder).rglob("*.py")]
    files += [_ROOT / name for name in _FILES]
    files += [Path(__file__).parent / f"{name}.py" for name in modules]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(_ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
