"""Small folders of replays, made by hand so that every figure in them is known."""

import json
import struct

import pyarrow as pa
import pyarrow.parquet as pq

from api.replay.schema import DECISIONS, ENCOUNTERS, INSTANT, JUDGEMENTS, WRITTEN

BLANK = {"medical": "none", "policy": "nearest-time", "vessel_profile": "rnli-severn"}
ANSWER = {"decision_outcome": "suitable", "port_status": "suitable", "near_tie": False, "nearer_passed_over": 0,
          "band": False, "srr": "UK", "forecast_used": False, "tide_basis": True, "wait_s": 0.0,
          "persons": 10.0}  # fmt: skip


def encounters(rows):
    """A table of the schema ENCOUNTERS; ``time`` may be milliseconds."""
    filled = [{**BLANK, "row": k, "encounter_id": f"e{k}", "time": 1_700_000_000_000, **row}
              for k, row in enumerate(rows)]  # fmt: skip
    columns = {}
    for field in ENCOUNTERS:
        values = [row.get(field.name) for row in filled]
        plain = pa.int64() if field.type == INSTANT and all(isinstance(v, int | None) for v in values) else field.type
        columns[field.name] = pa.array(values, plain).cast(field.type)
    return pa.table(columns, schema=ENCOUNTERS)


def written(rows):
    """A table of the schema WRITTEN."""
    table = encounters([{"lon": 1.5, "lat": 51.0, **row} for row in rows])
    filled = [{**ANSWER, **row} for row in rows]
    columns = {}
    for field in WRITTEN:
        if field.name == "geometry":
            points = zip(table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True)
            columns[field.name] = pa.array([struct.pack("<BIdd", 1, 1, *at) for at in points], pa.binary())
        elif field.name in ENCOUNTERS.names:
            columns[field.name] = table[field.name]
        else:
            schema = JUDGEMENTS if field.name in JUDGEMENTS.names else DECISIONS
            columns[field.name] = pa.array([row.get(field.name) for row in filled], schema.field(field.name).type)
    return pa.table(columns, schema=WRITTEN)


def folder(place, rows, **manifest):
    """A folder of a finished replay."""
    place.mkdir(parents=True, exist_ok=True)
    table = written(rows)
    pq.write_table(table, place / "decisions.parquet", row_group_size=2)
    facts = {
        "input": {"name": "past.csv", "sha256": "a" * 64, "bytes": 1},
        "map": {"name": "encounters", "sha256": "b" * 64},
        "engine_version": "0.2.0",
        "code_sha256": "c" * 64,
        "geodata": {"id": "channel-2026-11-22", "sha256": "d" * 64, "built_at": "2026-11-22T15:30:00Z"},
        "forecasts": [],
        "policies": {"nearest-time": "e" * 64},
        "policy_for_all": "nearest-time",
        "counts": {"rows": len(rows), "decided": len(rows), "rejected": 0, "reject_codes": {}, "notes": {}},
        "meaning": {},
        **manifest,
    }
    (place / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    return place
