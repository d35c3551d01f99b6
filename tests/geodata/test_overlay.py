"""An operator's own file: what it may say, and what is refused, with file, line, port and fact."""

import numpy as np
import pytest

from engine.codes import Grade
from engine.errors import InvalidAsk, PackError
from geodata.register import PLACE_NEEDS, facts_from, read_overlay, read_register, with_overlay

HEAD = "port_id,field,value,grade,source,note\n"
PLACE = {
    "name_en": "Test Cove", "name_fr": "Anse d'essai", "country": "GB", "kind": "marina", "approach_lon": "1.36",
    "approach_lat": "51.10", "landing_lon": "1.352", "landing_lat": "51.105", "harbour_leg_m": "900",
    "small_depth_m": "3.5", "gate_kind": "none", "vhf": "12",
}  # fmt: skip


def place_lines(port="test-cove", **changed):
    rows = {name: value for name, value in {**PLACE, **changed}.items() if value is not None}
    return "".join(f"{port},{name},{value},published,harbour office 2026,\n" for name, value in rows.items())


@pytest.fixture(scope="module")
def rows():
    return read_register()


@pytest.fixture
def overlaid(tmp_path, rows):
    def overlaid(content):
        file = tmp_path / "own.csv"
        file.write_text(HEAD + content, encoding="utf-8")
        return with_overlay(rows, read_overlay(file))

    return overlaid


def test_a_place_of_ones_own_comes_after_the_registers(rows, overlaid):
    whole = overlaid(place_lines())
    assert [row.facts["id"] for row in whole] == [*(row.facts["id"] for row in rows), "test-cove"]
    own = whole[-1]
    assert (own.facts["name_fr"], own.approach, own.landing) == ("Anse d'essai", (1.36, 51.10), (1.352, 51.105))
    assert (own.leg_m, own.figure("small_depth_m")) == (900.0, 3.5)


def test_each_field_of_a_place_has_its_source(overlaid):
    own = overlaid(place_lines())[-1]
    assert own.evidence.keys() == PLACE.keys()
    for known in own.evidence.values():
        assert (known.grade, known.source, known.overlaid) == (Grade.PUBLISHED, "harbour office 2026", True)


def test_the_registers_own_rows_stay(rows, overlaid):
    for before, after in zip(rows, overlaid(place_lines())[:-1], strict=True):
        assert before.facts == after.facts
        assert np.array_equal(before.leg, after.leg)


@pytest.mark.parametrize("name", PLACE_NEEDS)
def test_a_place_that_lacks_a_field_is_refused_by_its_name(overlaid, name):
    with pytest.raises(InvalidAsk, match=rf"own\.csv line 2: test-cove\.\w+ is of a new place that lacks {name}"):
        overlaid(place_lines(**{name: None}))


@pytest.mark.parametrize(
    ("content", "where", "problem", "remedy"),
    [
        ("dover,approach_depth_m,9,published,us,\ndover,vhf,,published,us,\n", "own.csv line 3: dover.vhf",
         "has 0 characters", "Write 1 to"),
        ("dover,approach_depth_m,deep,published,us,\n", "own.csv line 2: dover.approach_depth_m", "is 'deep', not a",
         "Correct the value"),
        ("dover,vhf,74,sure,us,\n", "own.csv line 2: dover.vhf", "has the grade 'sure'", "Use one of published"),
        ("dover,vhf,74,published,,\n", "own.csv line 2: dover.vhf", "has no source", "Say who"),
        ("dover,depth,7,published,us,\n", "own.csv line 2: dover.depth", "does not know", "approach_lon"),
        ("dover,vhf,74,published,us,\ndover,vhf,74,published,us,\n", "own.csv line 3: dover.vhf", "stated twice",
         "one row"),
        (",vhf,74,published,us,\n", "own.csv line 2: ?.vhf", "has no port_id", "Say of which"),
        ("dovr,vhf,74,published,us,\n", "own.csv line 2: dovr.vhf", "is of no port", "safeport ports"),
        ("dover,vhf,74,published,us,\ndover,approach_lon,1.4,published,us,\n", "own.csv line 3: dover.approach_lon",
         "place that the register has", "id of your own"),
        ("dover,gate_kind,tidal_window,published,us,\n", "dover.gate_before_hw_h", "is blank for a tidal window",
         "State both hours"),
        (place_lines(port="Test Cove"), "own.csv line 2: Test Cove.name_en", "id of another form", "small letters"),
        (place_lines(kind="pier"), "own.csv line 5: test-cove.kind", "is 'pier'", "Use one of"),
        (place_lines(country="XX"), "own.csv line 4: test-cove.country", "is 'XX'", "Use one of"),
        (place_lines(approach_lat="151"), "own.csv line 7: test-cove.approach_lat", "not a number from -90", "Correct"),
        (place_lines(unlocode="GBDVR"), "own.csv line 14: test-cove.unlocode", "code of another port", "its own"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named(overlaid, content, where, problem, remedy):
    with pytest.raises(InvalidAsk) as refused:
        overlaid(content)
    assert refused.value.field == "overlay"
    assert where in refused.value.problem
    assert problem in refused.value.problem
    assert remedy in refused.value.remedy
    assert "\n" not in str(refused.value)


def test_the_registers_own_tables_hold_no_places_as_facts():
    row = {"port_id": "dover", "field": "name_en", "value": "D", "grade": "published", "source": "us"}
    with pytest.raises(PackError, match=r"dover\.name_en: is a fact the register does not know"):
        facts_from([row], "t.csv")
