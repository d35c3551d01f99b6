"""Rows that repeat an earlier one: found over all parts, noted, and none left out."""

from collections import Counter

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from api.replay.ingest.duplicates import find_duplicates
from api.replay.schema import ENCOUNTERS
from tests.api.replay.folders import encounters

ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1.0, 1.5]), st.sampled_from([None, 3])), max_size=12
)


@settings(deadline=None)
@given(ROWS, st.integers(1, 5))
def test_each_row_after_its_like_is_noted_whatever_the_parts(rows, together):
    table = encounters(
        [{"encounter_id": name, "lon": lon, "lat": 51.0, "persons_min": persons, "persons_max": persons}
         for name, lon, persons in rows]
    )  # fmt: skip
    parts = [table.slice(k, together) for k in range(0, max(len(rows), 1), together)]
    found = find_duplicates(lambda columns: (part.select(columns) for part in parts))
    names: Counter = Counter()
    contents: Counter = Counter()
    expected = []
    for name, *content in rows:
        codes = ["ID_REPEATED"] if name is not None and names[name] else []
        codes += ["ENCOUNTER_REPEATED"] if contents[tuple(content)] else []
        names[name] += 1
        contents[tuple(content)] += 1
        expected.append(";".join(codes) or None)
    noted = pa.concat_tables([found.note(part) for part in parts])
    assert noted.schema == ENCOUNTERS
    assert noted["reading_notes"].to_pylist() == expected
    assert sum(found.counts.values()) == sum(len((codes or "").split(";")) for codes in expected if codes)


def test_notes_that_are_there_stay():
    table = encounters([{"lon": 1.0, "lat": 51.0, "encounter_id": "a", "reading_notes": "ZONE_ASSUMED"}] * 2)
    noted = find_duplicates(lambda columns: [table.select(columns)]).note(table)
    assert noted["reading_notes"].to_pylist() == ["ZONE_ASSUMED", "ZONE_ASSUMED;ID_REPEATED;ENCOUNTER_REPEATED"]
