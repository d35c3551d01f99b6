"""The manifest of a replay: inputs, versions, counts and outputs by digest; nothing in it depends on when or where."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from api.replay.checkpoint import digest_of_file
from api.replay.concat import DECISIONS_FILE, REJECTS_FILE, SUMMARY_FILE
from api.replay.reading import Source
from api.replay.rejects import NOTE_CODES, REJECT_CODES

MANIFEST_FILE, TIMINGS_FILE = "manifest.json", "timings.json"

OUTPUTS = (DECISIONS_FILE, REJECTS_FILE, SUMMARY_FILE)

LIMITS_OF_USE = (
    "Decisions are advice reckoned after the event; they say what the rules and data of this release would have said.",
    "They are no judgement on what anybody decided then, with what was known then.",
    "Positions and times are as exact as the input; where a column map assumed something, reading_notes say so.",
    "No live report of any port, of its berths or of its capacity is in them.",
)


def outputs_of(out: Path) -> dict[str, dict[str, Any]]:
    """Size and digest of each file of a replay."""
    return {name: {"bytes": (out / name).stat().st_size, "sha256": digest_of_file(out / name)} for name in OUTPUTS}


def manifest_of(
    run: dict[str, Any], source: Source, entries: dict[int, dict[str, Any]], outputs: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """The manifest.

    Parameters
    ----------
    run : dict
        What makes this replay this one: input, engine, pack, forecasts, policies, map.
    source : Source
    entries : dict
        Of all parts, by number.
    outputs : dict
    """
    facts = [entries[number]["facts"] for number in sorted(entries)]

    def total(name: str) -> int:
        return sum(int(fact[name]) for fact in facts)

    def added(name: str) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for fact in facts:
            counts.update(fact[name])
        return dict(sorted(counts.items()))

    rejected, notes = added("reject_codes"), added("notes")
    if total("rows") != total("decided") + total("rejected") or total("decided") != sum(added("outcomes").values()):
        raise RuntimeError("the rows of this replay do not add up")
    return {
        **run,
        "columns_not_used": list(source.unused),
        "counts": {
            "rows": total("rows"),
            "decided": total("decided"),
            "rejected": total("rejected"),
            "outcomes": added("outcomes"),
            "refusals": added("refusals"),
            "reject_codes": rejected,
            "notes": notes,
        },
        "meaning": {code: text for code, text in (REJECT_CODES | NOTE_CODES).items() if code in rejected | notes},
        "limits_of_use": list(LIMITS_OF_USE),
        "outputs": outputs,
    }


def complete_manifest(out: Path) -> dict[str, Any] | None:
    """The manifest of a finished replay whose files are all as they were written; None otherwise."""
    try:
        manifest: dict[str, Any] = json.loads((out / MANIFEST_FILE).read_bytes())
        if manifest["outputs"] != outputs_of(out):
            return None
        rows = pq.ParquetFile(out / DECISIONS_FILE).metadata.num_rows
    except (OSError, ValueError, KeyError):
        return None
    return manifest if rows == manifest["counts"]["decided"] else None
