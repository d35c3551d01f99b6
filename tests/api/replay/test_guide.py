"""The guide, the Parquet files and the example map say what there is, and say the same."""

import os
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.replay.analysis.monte_carlo import CHANCES
from api.replay.analysis.observed_ports import BY_DOUBT, BY_FINDING, BY_NEAR_TIE, BY_RECORD, REFUSED
from api.replay.analysis.record_rules import RECORD_RULES
from api.replay.ingest.column_map import EXAMPLE_MAP, TARGETS, read_column_map
from api.replay.ingest.column_texts import (
    CHANCES_COLUMNS,
    INPUT_COLUMNS,
    OUTPUT_COLUMNS,
    PASSED_OVER_COLUMNS,
    describe_columns,
)
from api.replay.run import ReplayConfig, replay
from api.replay.schema import ENCOUNTERS, PASSED_OVER, WRITTEN
from tests.synthetic.encounters import STUB, write_encounters

GUIDE_FILE = Path(__file__).parents[3] / "docs" / "replay.md"
GUIDE = GUIDE_FILE.read_text(encoding="utf-8")
INPUT_TABLE = re.compile(r"(## Input columns\n.*?\|---\|---\|---\|\n)(?:\|[^\n]*\n)+", re.DOTALL)
SUFFIXES = {"_m": "m", "_nm": "nm", "_s": "s", "_kn": "kn", "_min": "min", "_port": ""}


def guide_line(name, unit, meaning):
    return f"| `{name}` | {unit} | {meaning.replace('|', chr(92) + '|')} |"


def with_input_table(guide):
    """The guide with its table of input columns as they are described."""
    lines = "".join(f"{guide_line(name, *text)}\n" for name, text in INPUT_COLUMNS.items())
    return INPUT_TABLE.sub(lambda found: found[1] + lines, guide)


def test_the_guide_has_every_input_column():
    if os.environ.get("MAKE_DOCS") == "1":
        GUIDE_FILE.write_text(with_input_table(GUIDE), encoding="utf-8")
    else:
        assert with_input_table(GUIDE) == GUIDE, "MAKE_DOCS=1 writes the table anew"


def test_a_wrong_line_of_that_table_is_noticed():
    wrong = GUIDE.replace("| `lat` | deg |", "| `lat` | m |")
    assert wrong != with_input_table(wrong) == with_input_table(GUIDE)


def test_the_guide_has_every_column_with_its_unit():
    for texts, names in ((OUTPUT_COLUMNS, WRITTEN.names), (PASSED_OVER_COLUMNS, PASSED_OVER.names),
                         (CHANCES_COLUMNS, CHANCES.names)):  # fmt: skip
        for name in names:
            assert guide_line(name, *texts[name]) in GUIDE, name


def test_every_column_an_input_may_have_is_told():
    assert set(INPUT_COLUMNS) == {*TARGETS, "time"}
    assert {*ENCOUNTERS.names, "persons"} - set(INPUT_COLUMNS) == {"row", "reading_notes"}


def test_a_unit_is_that_of_the_name():
    for name, (unit, _) in (INPUT_COLUMNS | OUTPUT_COLUMNS).items():
        ending = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
        if ending is not None and name not in ("persons_min",):
            assert unit == SUFFIXES[ending], name


def test_the_guide_names_every_rule_and_every_basis():
    for word in (*RECORD_RULES, BY_FINDING, BY_NEAR_TIE, BY_RECORD, BY_DOUBT, REFUSED):
        assert f"`{word}`" in GUIDE, word


def test_columns_of_the_files_carry_what_they_are(tmp_path):
    table = write_encounters(tmp_path / "some.csv", 20)
    replay(ReplayConfig(table, tmp_path / "out", engine=STUB))
    for name, texts in (("decisions.parquet", OUTPUT_COLUMNS), ("passed_over.parquet", PASSED_OVER_COLUMNS)):
        for field in pq.read_schema(tmp_path / "out" / name):
            unit, meaning = texts[field.name]
            assert field.metadata[b"description"].decode() == meaning
            assert field.metadata.get(b"unit", b"").decode() == unit


def test_a_column_nobody_described_is_noticed():
    with pytest.raises(KeyError):
        describe_columns(WRITTEN, {})


def test_the_example_map_is_a_map_and_reads_a_table(tmp_path, conformed):
    assert read_column_map(str(EXAMPLE_MAP)).delimiter == ";"
    path = tmp_path / "mine.csv"
    path.write_text(
        "Incident;Position;Date;Time;People;Unit;Landed at;Operation\n"
        "7;51,045 1,245;13/01/2022;05:00;30;Severn class;Dover;x\n"
        "8;51,045 1,245;13/07/2022;05:00;n/a;Trawler;;\n",
        encoding="utf-8",
    )
    encounters, rejects, _ = conformed(path, str(EXAMPLE_MAP))
    assert rejects == {}
    assert [row["time"].isoformat() for row in encounters] == ["2022-01-13T05:00:00+00:00", "2022-07-13T04:00:00+00:00"]
    assert [row["vessel_profile"] for row in encounters] == ["rnli-severn", "unknown"]
    assert [row["persons_max"] for row in encounters] == [30, None]
    assert (encounters[0]["observed_port"], encounters[0]["operation_id"]) == ("dover", "x")
    assert encounters[0]["lat"] == 51.045
