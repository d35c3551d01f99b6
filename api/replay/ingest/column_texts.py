"""What each column of a replay's tables is, with its unit: written into the Parquet files and printed in the guide.

Nulls are "not known" or "does not apply". Times of day are UTC.
"""

import pyarrow as pa

from api.encounter_fields import ENCOUNTER_FIELDS, VESSEL_FIELDS

INPUT_COLUMNS: dict[str, tuple[str, str]] = {
    "encounter_id": ("", "Name of the encounter in the input"),
    "lon": ("deg", "Longitude of the encounter, WGS 84, east positive"),
    "lat": ("deg", "Latitude of the encounter, WGS 84, north positive"),
    "time": ("UTC", "Time of the encounter"),
    "persons": ("persons", "People to land; least and greatest number at once"),
    "persons_min": ("persons", "Least number of people to land"),
    "persons_max": ("persons", "Greatest number of people to land"),
    "medical": ("", "Most urgent care needed ashore: none, urgent or critical"),
    **{name: (field.unit, field.meaning) for name, field in ENCOUNTER_FIELDS.items()},
    "vessel_profile": ("", "Profile of the vessel that has the people; 'safeport vessels' lists them"),
    **{name: (field.unit, field.meaning) for name, field in VESSEL_FIELDS.items()},
    "policy": ("", "Policy the row is judged by; 'safeport policies' lists them"),
    "observed_port": ("", "Port people were landed at; several that may be meant are written a|b"),
    "directed_port": ("", "Port the unit was told to make for, by the centre or for medical care"),
    "landed_at": ("UTC", "When the people were landed"),
    "operation_id": ("", "Name of the unit's operation; rows with the same one are a chain of rescues"),
    "operation_rescues": ("rescues", "Rescues of the unit's operation, where not all of them are rows"),
    "transferred": ("", "Whether another vessel landed the people"),
    "time_uncertainty_min": ("min", "By how much the time of the encounter may be wrong either way"),
    "vessel_alternatives": ("", "Other profiles the vessel may have had, written a|b"),
}
"""Unit and meaning of every column that an input table may have, ``persons`` standing for two."""

_GIVEN_UP = (
    "How much sooner it would have been reached than the recommended port; below zero: later, though nearer by key"
)

_OUTPUT_COLUMNS: dict[str, tuple[str, str]] = {
    "row": ("", "Number of the row in the input, from 0"),
    "reading_notes": ("", "Codes of what was assumed or noted of the row, joined by ;"),
    "decision_outcome": ("", "suitable; unconfirmed: none is known to be fit, some may be; none; refused"),
    "refusal": ("", "Code of why the position was refused; everything after it is null then"),
    "port": ("", "Recommended port; null with the figures after it unless suitable"),
    "port_status": ("", "suitable or caution"),
    "distance_m": ("m", "By water to the landing, harbour leg included"),
    "straight_line_m": ("m", "Geodesic to the landing, land or no land"),
    "time_to_landing_s": ("s", "From the encounter to the landing, waits included"),
    "low_s": ("s", "Least time to the landing, uncertainty of the position included"),
    "high_s": ("s", "Greatest time to the landing, uncertainty of the position included"),
    "wait_s": ("s", "Part of the time spent outside for tide, gate or lock"),
    "key_s": ("s", "What ports are ordered by, penalties included"),
    "second_port": ("", "Next port in order that is fit"),
    "to_second_s": ("s", "By how much the key of the second port is greater"),
    "near_tie": ("", "Whether the second port is too close to tell apart"),
    "ports_opened": ("ports", "Ports whose lower bound was below the best key"),
    "nearest_by_key_port": ("", "Least key without penalties, whatever the port's status"),
    "nearer_passed_over": (
        "ports",
        "Ports nearer than the recommended one by key or in time; all reachable if none is",
    ),
    "passed_over_port": ("", "The nearest of them, be it a beach"),
    "passed_over_code": ("", "Code of its deciding finding; RANKED_BY_POLICY when only the order speaks against it"),
    "srr": ("", "Search and rescue region of the position"),
    "band": ("", "Whether the position is within the boundary band of two regions"),
    "best_unconfirmed_port": ("", "First unconfirmed port with a lesser key than the recommended one's, or of all"),
    "persons": ("persons", "People reckoned with; the policy's assumption when unknown"),
    "forecast_used": ("", "Whether a forecast was connected at that time, if or not it reached the route"),
    "tide_basis": ("", "Whether the tide of the recommended port was predicted for the date"),
    "against_every_harbour": ("", "Code of the finding that excludes every harbour alike, as too many people aboard"),
    "passed_over_harbour": ("", "Nearest harbour passed over; no beach and nothing only a person may choose"),
    "passed_over_harbour_code": ("", "Code of its deciding finding"),
    "minutes_given_up": ("min", _GIVEN_UP),
    "harbours_passed_over": ("ports", "How many harbours were passed over"),
    "nearest_by_line_port": ("", "Control: harbour nearest as the crow flies, whatever stands against it"),
    "nearest_by_water_port": ("", "Control: harbour nearest by water, whatever stands against it"),
    "geometry": ("", "Position of the encounter, WGS 84 point in WKB"),
}

_PASSED_OVER_COLUMNS: dict[str, tuple[str, str]] = {
    "rank": ("", "Place among the ports passed over in this encounter, 1 the nearest"),
    "port": ("", "Port passed over"),
    "only_by_person": ("", "Whether it is a beach or another place that only a person may choose"),
    "code": ("", "Code of its deciding finding; RANKED_BY_POLICY when only the order speaks against it"),
    "minutes_given_up": ("min", _GIVEN_UP),
    "distance_m": ("m", "By water to its landing, harbour leg included"),
}

_CHANCES_COLUMNS: dict[str, tuple[str, str]] = {
    **{f"likeliest_{k}_port": ("", f"Port that was best in the draws, number {k} by how often") for k in (1, 2, 3)},
    **{f"likeliest_{k}_probability": ("1", f"Share of the draws afloat in which port {k} was best") for k in (1, 2, 3)},
    "no_port_probability": ("1", "Share of the draws afloat in which no port was fit"),
    "ambiguity_bits": ("bit", "Shannon's entropy over all ports and no port: 0 where one answer always wins"),
    "draws_afloat": ("draws", "Draws in which a vessel can be at the position drawn"),
}

OUTPUT_COLUMNS = {**INPUT_COLUMNS, **_OUTPUT_COLUMNS}
"""Unit and meaning of every column of ``decisions.parquet``."""

PASSED_OVER_COLUMNS = {**OUTPUT_COLUMNS, **_PASSED_OVER_COLUMNS}
CHANCES_COLUMNS = {**OUTPUT_COLUMNS, **_CHANCES_COLUMNS}


def describe_columns(schema: pa.Schema, texts: dict[str, tuple[str, str]] = OUTPUT_COLUMNS) -> pa.Schema:
    """A schema whose fields carry their meaning and unit as metadata, ``description`` and ``unit``.

    Parameters
    ----------
    schema : Schema
    texts : dict of (str, str)
        Unit, empty where there is none, and meaning by name; every field has one.
    """
    fields = []
    for field in schema:
        unit, meaning = texts[field.name]
        fields.append(field.with_metadata({"description": meaning} | ({"unit": unit} if unit else {})))
    return pa.schema(fields)
