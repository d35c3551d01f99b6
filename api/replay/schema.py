"""The tables of a replay: what goes in, what a decision becomes as a row, what is refused, and what is written.

A null is "not known". Times are whole seconds in UTC, as the decision document states them; they are stored in
milliseconds, for Parquet knows no seconds.
"""

import pyarrow as pa

from api.encounter_fields import ENCOUNTER_FIELDS, VESSEL_FIELDS

INSTANT = pa.timestamp("ms", "UTC")
_COLUMN_TYPES = {float: pa.float64(), int: pa.int32(), bool: pa.bool_(), str: INSTANT}

ENCOUNTERS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        pa.field("lon", pa.float64(), nullable=False),
        pa.field("lat", pa.float64(), nullable=False),
        pa.field("time", INSTANT, nullable=False),
        pa.field("persons_min", pa.int32()),
        pa.field("persons_max", pa.int32()),
        pa.field("medical", pa.string(), nullable=False),
        *(pa.field(name, _COLUMN_TYPES[field.holds]) for name, field in ENCOUNTER_FIELDS.items()),
        pa.field("vessel_profile", pa.string()),
        *(pa.field(name, _COLUMN_TYPES[field.holds]) for name, field in VESSEL_FIELDS.items()),
        pa.field("policy", pa.string(), nullable=False),
        pa.field("observed_port", pa.string()),
        pa.field("directed_port", pa.string()),
        pa.field("landed_at", INSTANT),
        pa.field("operation_id", pa.string()),
        pa.field("operation_rescues", pa.int32()),
        pa.field("transferred", pa.bool_()),
        pa.field("time_uncertainty_min", pa.float64()),
        pa.field("vessel_alternatives", pa.string()),
        pa.field("reading_notes", pa.string()),
    ]
)
"""Encounters ready to be decided: the body of ``/v1/decisions`` laid flat, every limit of it already checked.

``row`` is the number of the row in the input, from 0. ``persons_min`` and ``persons_max`` are both known or both null.
The decision never sees the columns from ``observed_port`` to ``vessel_alternatives``: they say what was done, and how
well hour and vessel are known. ``observed_port`` and ``directed_port`` are ids of the port people were landed at and of
the one the unit was told to make for, or what the input says where the register has no such port; several that may be
meant are written ``a|b``. ``operation_rescues`` is the number of rescues of the unit's operation where not all of them
are rows, ``transferred`` whether another vessel landed the people, ``time_uncertainty_min`` by how much the hour may be
wrong either way [min], ``vessel_alternatives`` the other profiles the vessel may have had, ``a|b``.

``reading_notes`` are the codes of what was assumed or noted of the row, joined by ``;``; null where there is nothing.
See `api.replay.ingest.rejects`.
"""

RECORDED = (
    "observed_port", "directed_port", "landed_at", "operation_id", "operation_rescues", "transferred",
    "time_uncertainty_min", "vessel_alternatives",
)  # fmt: skip
"""Columns of `ENCOUNTERS` that no decision looks at."""

DECISIONS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        pa.field("decision_outcome", pa.string(), nullable=False),
        pa.field("refusal", pa.string()),
        pa.field("port", pa.string()),
        pa.field("port_status", pa.string()),
        pa.field("distance_m", pa.float64()),
        pa.field("straight_line_m", pa.float64()),
        pa.field("time_to_landing_s", pa.float64()),
        pa.field("low_s", pa.float64()),
        pa.field("high_s", pa.float64()),
        pa.field("wait_s", pa.float64()),
        pa.field("key_s", pa.float64()),
        pa.field("second_port", pa.string()),
        pa.field("to_second_s", pa.float64()),
        pa.field("near_tie", pa.bool_()),
        pa.field("ports_opened", pa.int32()),
        pa.field("nearest_by_key_port", pa.string()),
        pa.field("nearer_passed_over", pa.int32()),
        pa.field("passed_over_port", pa.string()),
        pa.field("passed_over_code", pa.string()),
        pa.field("srr", pa.string()),
        pa.field("band", pa.bool_()),
        pa.field("best_unconfirmed_port", pa.string()),
        pa.field("persons", pa.float64()),
        pa.field("forecast_used", pa.bool_()),
        pa.field("tide_basis", pa.bool_()),
    ]
)
"""One row for each row of `ENCOUNTERS`, in its order.

Where ``decision_outcome`` is ``refused``, ``refusal`` is the code and everything after it is null. What each column is
stands in `api.replay.ingest.column_texts`.
"""

JUDGEMENTS = pa.schema(
    [
        pa.field("against_every_harbour", pa.string()),
        pa.field("passed_over_harbour", pa.string()),
        pa.field("passed_over_harbour_code", pa.string()),
        pa.field("minutes_given_up", pa.float64()),
        pa.field("harbours_passed_over", pa.int32()),
        pa.field("nearest_by_line_port", pa.string()),
        pa.field("nearest_by_water_port", pa.string()),
    ]
)
"""What stands beside a decision where every port was judged for it: see `api.replay.judgement`.

Harbours are all places but beaches and others that only a person may choose.
"""

PASSED_OVER = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        pa.field("rank", pa.int32(), nullable=False),
        pa.field("port", pa.string(), nullable=False),
        pa.field("only_by_person", pa.bool_(), nullable=False),
        pa.field("code", pa.string(), nullable=False),
        pa.field("minutes_given_up", pa.float64()),
        pa.field("time_to_landing_s", pa.float64()),
        pa.field("distance_m", pa.float64()),
    ]
)
"""One row for each port nearer than the recommended one, nearest first; all that can be reached where none is.

"""

REJECTS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        pa.field("codes", pa.string(), nullable=False),
    ]
)
"""One row for each row of the input that could not be an encounter: every code found, joined by ``;``."""

CARRIED = (
    "time", "lon", "lat", "position_accuracy_m", "persons_min", "persons_max", "medical", "vessel_profile", "policy",
    *RECORDED, "reading_notes",
)  # fmt: skip
"""Columns of `ENCOUNTERS` that stand beside each decision in the file, so that it can be read alone."""

GEOMETRY = pa.field("geometry", pa.binary(), nullable=False)

WRITTEN = pa.schema(
    [
        *(DECISIONS.field(name) for name in ("row", "encounter_id")),
        *(ENCOUNTERS.field(name) for name in CARRIED),
        *(field for field in DECISIONS if field.name not in ("row", "encounter_id")),
        *JUDGEMENTS,
        GEOMETRY,
    ]
)
"""Columns of ``decisions.parquet``: GeoParquet, with the position of the encounter as WGS 84 point in WKB."""


def ports_named(observed: str) -> list[str]:
    """The ports of an ``observed_port``: published text often names a town, which may stand for several, ``a|b``."""
    return [name.strip() for name in observed.split("|")]
