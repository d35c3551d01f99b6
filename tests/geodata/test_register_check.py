"""The register's own check: what it counts, what it notices, and that evidence does not fall."""

import re
from pathlib import Path

import pytest

from engine.errors import InvalidAsk, PackError
from geodata.register import GRADES, facts_from, read_overlay, read_register, with_facts
from geodata.register_check import check_register, grades_table, has_depth

DOCUMENT = Path(__file__).parents[2] / "docs" / "register.md"

LEAST_SOURCED = {
    "approach_depth_m": 0.34, "small_depth_m": 0.10, "ship_depth_m": 0.16, "gate_kind": 0.62, "gate_before_hw_h": 0.11,
    "vhf": 0.39, "mhws_m": 0.41, "access_all_states": 0.58, "unlocode": 0.70, "lifeboat": 0.36, "hazard_en": 0.65,
    "landing_en": 0.55,
}  # fmt: skip
"""Share of places whose fact is published or transcribed: it may rise."""


@pytest.fixture(scope="module")
def rows():
    return read_register()


@pytest.fixture(scope="module")
def found(rows):
    return check_register(rows, 2026)


@pytest.mark.parametrize("name", LEAST_SOURCED)
def test_the_share_of_sourced_facts_does_not_fall(rows, found, name):
    counts = found.grades[name]
    assert (counts["published"] + counts["transcribed"]) / len(rows) >= LEAST_SOURCED[name]


def test_few_harbours_lack_a_depth_and_a_gate(rows):
    """Of what is no beach: one in ten at most."""
    harbours = [row for row in rows if row.facts["kind"] != "beach_landing"]
    assert sum(not has_depth(row) for row in harbours) <= 0.02 * len(harbours)
    assert sum(not has_depth(row) for row in rows) <= 0.1 * len(rows)
    assert sum(row.facts["gate_kind"] in (None, "unknown") for row in rows) <= 3


def test_the_document_carries_the_counts_as_they_are(rows, found):
    assert grades_table(found.grades, len(rows)) in DOCUMENT.read_text(encoding="utf-8")


def test_every_grade_and_every_place_is_counted_once(rows, found):
    for counts in found.grades.values():
        assert tuple(counts) == GRADES
        assert sum(counts.values()) <= len(rows)


def fact(value="3.0", grade="published", source="harbour master 2026", name="approach_depth_m", note=""):
    return {"port_id": "dover", "field": name, "value": value, "grade": grade, "source": source, "note": note}


def changed(rows, *facts):
    """Dover with other facts, checked."""
    dover = next(row for row in rows if row.facts["id"] == "dover")
    return check_register([with_facts(dover, facts_from(list(facts), "test.csv")["dover"])], 2026)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ([fact("tidal_window", name="gate_kind"), fact("2", name="gate_before_hw_h"),
          fact("2", name="gate_after_hw_h")], "has hours"),
        ([fact("-2.0")], "over ground that dries"),
        ([fact("10.0", name="sill_m")], "sill above"),
        ([fact("FRDVR", name="unlocode")], "another country"),
        ([fact("ask", name="vhf")], "without a channel"),
        ([fact("20", name="ship_draught_m"), fact("3", name="ship_depth_m")], "ships beyond its depth"),
        ([fact("20", name="ship_draught_m"), fact("3")], "ships beyond the depth of its approach"),
        ([fact("5", name="proven_draught_m"), fact("3")], "a draught its approach does not carry"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_noticed(rows, facts, problem):
    assert not any(problem in line for line in changed(rows, fact("9.0")).implausible)
    assert any(problem in line for line in changed(rows, *facts).implausible)


def test_no_figure_of_the_register_contradicts_another(found):
    assert found.implausible == []


def test_an_old_depth_is_noticed(rows):
    assert changed(rows, fact(source="survey of 1998")).old == ["dover: approach_depth_m of 1998"] + [
        line for line in changed(rows, fact()).old if "approach_depth_m" not in line
    ]
    assert not any("approach_depth_m" in line for line in changed(rows, fact(source="survey of 2025")).old)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (fact("deep"), "not a number"),
        (fact("nan"), "not a number"),
        (fact("400"), "not a number from"),
        (fact(grade="sure"), "has the grade"),
        (fact(source=""), "no source"),
        (fact(name="depth"), "does not know"),
        (fact("sesame", name="gate_kind"), "Use one of"),
        (fact("x" * 200, name="hazard_en"), "characters"),
    ],
)
def test_a_row_that_means_nothing_is_named(row, problem):
    with pytest.raises(PackError, match=re.escape(problem)) as refused:
        facts_from([row], "test.csv")
    assert "test.csv: dover." in str(refused.value)


def test_a_fact_stated_twice_is_refused():
    with pytest.raises(PackError, match="stated twice"):
        facts_from([fact(), fact("4.0")], "test.csv")


def test_a_tidal_window_wants_its_hours(rows):
    dover = next(row for row in rows if row.facts["id"] == "dover")
    with pytest.raises(PackError, match=r"dover\.gate_before_hw_h"):
        with_facts(dover, facts_from([fact("tidal_window", name="gate_kind")], "test.csv")["dover"])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a,b\n1,2\n", "has the columns a, b"),
        ("", "has the columns none"),
        (
            "port_id;field;value;grade;source;note\ndover;approach_depth_m;4,0;published;me;\n",
            "has the columns port_id;f",
        ),
        ("port_id,field,value,grade,source,note\ndover,approach_depth_m,4,published,me,a,b\n", "line 2 has 7 cells"),
        ("port_id,field,value,grade,source,note\ndover,approach_depth_m,deep,published,me,\n", "not a number"),
    ],
)
def test_an_overlay_of_another_form_is_refused_in_one_line(tmp_path, content, problem):
    file = tmp_path / "own.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidAsk, match=re.escape(problem)) as refused:
        read_overlay(file)
    assert "\n" not in str(refused.value)


def test_an_overlay_of_a_spreadsheet_is_read(tmp_path):
    file = tmp_path / "own.csv"
    file.write_bytes(
        b"\xef\xbb\xbfport_id,field,value,grade,source,note\r\ndover,approach_depth_m,4.0,published,us\r\n\r\n"
    )
    value, known = read_overlay(file).facts["dover"]["approach_depth_m"]
    assert (value, known.source, known.overlaid) == (4.0, "us", True)


def test_an_overlay_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidAsk, match="cannot be read"):
        read_overlay(tmp_path / "none.csv")
