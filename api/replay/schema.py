"""The tables of a replay: what goes in, what a decision becomes as a row, what is refused, and what is written.

A null is "not known". Times are whole seconds in UTC, as the decision document states them; they are stored in
milliseconds, for Parquet knows no seconds.
"""

import pyarrow as pa

INSTANT = pa.timestamp("ms", "UTC")

ENCOUNTERS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        pa.field("lon", pa.float64(), nullable=False),
        pa.field("lat", pa.float64(), nullable=False),
        pa.field("time", INSTANT, nullable=False),
        pa.field("position_accuracy_m", pa.float64()),
        pa.field("position_age_s", pa.float64()),
        pa.field("persons_min", pa.int32()),
        pa.field("persons_max", pa.int32()),
        pa.field("persons_recovered", pa.int32()),
        pa.field("persons_in_water", pa.bool_()),
        pa.field("medical", pa.string(), nullable=False),
        pa.field("aboard_since", INSTANT),
        pa.field("sheltered", pa.bool_()),
        pa.field("vessel_profile", pa.string()),
        pa.field("speed_kn", pa.float64()),
        pa.field("draught_m", pa.float64()),
        pa.field("loa_m", pa.float64()),
        pa.field("beam_m", pa.float64()),
        pa.field("range_nm", pa.float64()),
        pa.field("max_hs_m", pa.float64()),
        pa.field("self_righting_persons", pa.int32()),
        pa.field("survivor_capacity", pa.int32()),
        pa.field("policy", pa.string(), nullable=False),
        pa.field("observed_port", pa.string()),
        pa.field("reading_notes", pa.string()),
    ]
)
"""Encounters ready to be decided: the body of ``/v1/decisions`` laid flat, every limit of it already checked.

``row`` is the number of the row in the input, from 0. ``persons_min`` and ``persons_max`` are both known or both null.
``observed_port`` is the id of the port people were landed at, or what the input says where the register has no such
port; several that may be meant are written ``a|b``. The decision never sees it. ``reading_notes`` are the codes of what
a column map assumed for the row, joined by ``;``; null where everything was in the input. See `api.replay.rejects`.
"""

VESSEL_FIGURES = (
    "speed_kn", "draught_m", "loa_m", "beam_m", "range_nm", "max_hs_m", "self_righting_persons", "survivor_capacity",
)  # fmt: skip
"""Columns of `ENCOUNTERS` that are a vessel's own figures, named as in `api.encounter.VesselIn`."""

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

Where ``decision_outcome`` is ``refused``, ``refusal`` is the code and everything after it is null.

=========================  ============================================================================================
``decision_outcome``       ``suitable``, ``unconfirmed`` (none is known to be fit, some may be), ``none``, ``refused``
``port``                   id of the recommended port; with the figures after it null unless ``suitable``
``port_status``            ``suitable`` or ``caution``
``distance_m``             by water to the landing, harbour leg included [m]
``straight_line_m``        geodesic to the landing, land or no land [m]
``low_s``, ``high_s``      range of ``time_to_landing_s``, uncertainty of the position included [s]
``wait_s``                 part of it outside for tide, gate or lock; null when unknown [s]
``key_s``                  what ports are ordered by, penalties included [s]
``second_port``            next port in order that is fit; null when no other is
``to_second_s``            by how much its key is greater [s]
``ports_opened``           ports whose lower bound was below the best key
``nearest_by_key_port``    least key without penalties, whatever its status; null when no port can be reached
``nearer_passed_over``     number of ports nearer than the recommended one by key or in time; all reachable if none is
``passed_over_port``       the nearest of them
``passed_over_code``       code of its deciding finding, ``RANKED_BY_POLICY`` when only the order speaks against it
``srr``                    search and rescue region of the position
``band``                   within the boundary band of two regions
``best_unconfirmed_port``  first of those unconfirmed with a lesser key than the recommended one's, or of all if none is
``persons``                people reckoned with; the policy's assumption when unknown
``forecast_used``          a forecast was connected at that time, whether or not it reached the route
``tide_basis``             the tide of the recommended port was predicted for the date; null when none is recommended
=========================  ============================================================================================
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
    "observed_port", "reading_notes",
)  # fmt: skip
"""Columns of `ENCOUNTERS` that stand beside each decision in the file, so that it can be read alone."""

GEOMETRY = pa.field("geometry", pa.binary(), nullable=False)

WRITTEN = pa.schema(
    [
        *(DECISIONS.field(name) for name in ("row", "encounter_id")),
        *(ENCOUNTERS.field(name) for name in CARRIED),
        *(field for field in DECISIONS if field.name not in ("row", "encounter_id")),
        GEOMETRY,
    ]
)
"""Columns of ``decisions.parquet``: GeoParquet, with the position of the encounter as WGS 84 point in WKB."""


def ports_named(observed: str) -> list[str]:
    """The ports of an ``observed_port``: published text often names a town, which may stand for several, ``a|b``."""
    return [name.strip() for name in observed.split("|")]
