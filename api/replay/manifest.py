"""The manifest of a replay: inputs, versions, counts and outputs by digest; nothing in it depends on when or where."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from api.replay.capacity_simulation import OCCUPANCY_FILE, SEQUENCE_FILE
from api.replay.checkpoint import digest_of_file
from api.replay.concat import DECISIONS_FILE, PASSED_OVER_FILE, REJECTS_FILE, SUMMARY_FILE
from api.replay.ingest.duplicates import Duplicates
from api.replay.ingest.reading import Source
from api.replay.ingest.rejects import FIRST_ROWS, NOTE_CODES, REJECT_CODES
from api.text.messages import WORDING
from engine.codes import Code

MANIFEST_FILE, TIMINGS_FILE = "manifest.json", "timings.json"

OUTPUTS = (DECISIONS_FILE, PASSED_OVER_FILE, REJECTS_FILE, SUMMARY_FILE)
OUTPUTS_IN_SEQUENCE = (OCCUPANCY_FILE, SEQUENCE_FILE)

LIMITS_OF_USE = (
    "Decisions are advice reckoned after the event; they say what the rules and data of this release would have said.",
    "They are no judgement on what anybody decided then, with what was known then.",
    "Positions and times are as exact as the input; where a column map assumed something, reading_notes say so.",
    "No live report of any port, of its berths or of its capacity is in them.",
)


def outputs_of(out: Path, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Size and digest of each file of a replay; `run` as for `manifest_of`."""
    names = (*OUTPUTS, *(OUTPUTS_IN_SEQUENCE if "sequence" in run else ()))
    return {name: {"bytes": (out / name).stat().st_size, "sha256": digest_of_file(out / name)} for name in names}


def manifest_of(
    run: dict[str, Any], source: Source, entries: dict[int, dict[str, Any]], repeated: Duplicates,
    outputs: dict[str, dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The manifest.

    Parameters
    ----------
    run : dict
        What makes this replay this one: input, engine, pack, forecasts, policies, map.
    source : Source
    entries : dict
        Of all parts, by number.
    repeated : Duplicates
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

    rejected, outcomes, refusals = added("reject_codes"), added("outcomes"), added("refusals")
    notes = dict(sorted((added("notes") | repeated.counts).items()))
    first_rows = repeated.first_rows
    for fact in facts:
        for code, rows in fact["first_rows"].items():
            first_rows[code] = [*first_rows.get(code, []), *rows][:FIRST_ROWS]
    refused = outcomes.get("refused", 0)
    with_port = outcomes.get("suitable", 0)
    if total("rows") != total("decided") + total("rejected") or total("decided") != sum(outcomes.values()):
        raise RuntimeError("the rows of this replay do not add up")
    return {
        **run,
        "columns_not_used": list(source.unused),
        "map_of_columns_not_used": source.map_of_unused,
        "columns_not_found": list(source.lacking),
        "sheets_not_read": list(source.sheets_not_read),
        "counts": {
            "rows": total("rows"),
            "decided": total("decided"),
            "with_port": with_port,
            "without_port": total("decided") - refused - with_port,
            "refused": refused,
            "rejected": total("rejected"),
            "outcomes": outcomes,
            "refusals": refusals,
            "looks_exchanged": total("looks_exchanged"),
            "reject_codes": rejected,
            "notes": notes,
            "first_rows": dict(sorted(first_rows.items())),
        },
        "meaning": {
            **{code: text for code, text in (REJECT_CODES | NOTE_CODES).items() if code in rejected | notes},
            **{code: WORDING[Code[code]].of_any_port.en.rstrip(".") for code in refusals},
        },
        "limits_of_use": list(LIMITS_OF_USE),
        "outputs": outputs,
    }


def complete_manifest(out: Path) -> dict[str, Any] | None:
    """The manifest of a finished replay whose files are all as they were written; None otherwise."""
    try:
        manifest: dict[str, Any] = json.loads((out / MANIFEST_FILE).read_bytes())
        if manifest["outputs"] != outputs_of(out, manifest):
            return None
        rows = pq.ParquetFile(out / DECISIONS_FILE).metadata.num_rows
    except (OSError, ValueError, KeyError):
        return None
    return manifest if rows == manifest["counts"]["decided"] else None
