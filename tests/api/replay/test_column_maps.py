"""Foreign tables: every map on a small SYNTHETIC sample of its form, doubtful cells included."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.replay.ingest.column_map import column_map_names, read_column_map
from api.replay.ingest.rejects import NOTE_CODES, REJECT_CODES
from engine.errors import InvalidAsk, UnknownName

SAMPLES = Path(__file__).parent / "samples"


def by_id(encounters):
    return {encounter["encounter_id"].removeprefix("SYNTHETIC-"): encounter for encounter in encounters}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_secmar_as_published(conformed):
    encounters, rejects, rows = conformed(SAMPLES / "secmar_operations_synthetic.csv", "secmar-operations")
    found = by_id(encounters)
    assert rows == 10
    assert set(found) == {"1"}
    item = found["1"]
    assert (item["lat"], item["lon"], item["time"]) == (50.9, 1.7, utc(2021, 7, 14, 9, 30))
    assert (item["persons_min"], item["persons_max"], item["reading_notes"]) == (12, 13, None)
    assert rejects == {
        1: "TIME_NAIVE", 2: "TIME_NAIVE", 3: "TIME_NAIVE", 4: "TIME_WITHOUT_CLOCK", 5: "POSITION_MISSING",
        6: "POSITION_FORM", 7: "PERSONS_ORDER", 8: "TIME_NAIVE", 9: "TIME_NAIVE",
    }  # fmt: skip


def test_secmar_in_local_time(conformed):
    encounters, rejects, _ = conformed(SAMPLES / "secmar_operations_synthetic.csv", "secmar-operations-local")
    found = by_id(encounters)
    # Zulu stays Zulu; the hour after the one shown twice is winter time; another zone counts where the row names one.
    assert found["1"]["time"] == utc(2021, 7, 14, 9, 30)
    assert found["3"]["time"] == utc(2021, 10, 31, 2, 30)
    assert found["9"]["time"] == utc(2021, 7, 14, 5, 30)
    assert found["9"]["persons_max"] is None
    # Where the row names its zone nothing was assumed.
    assert found["1"]["reading_notes"] is None
    assert found["10"]["time"] == utc(2021, 7, 14, 7, 30)
    assert rejects[1] == "TIME_AMBIGUOUS"
    assert rejects[3] == "TIME_NOT_SHOWN"


@pytest.mark.parametrize(("word", "hour"), [("earlier", 0), ("later", 1)])
def test_an_hour_shown_twice_is_taken_where_the_map_says_which(conformed, tmp_path, word, hour):
    own = tmp_path / "own.toml"
    own.write_text(f'name = "own"\nextends = "secmar-operations-local"\n[time]\nambiguous = "{word}"\n')
    found = by_id(conformed(SAMPLES / "secmar_operations_synthetic.csv", str(own))[0])
    assert found["2"]["time"] == utc(2021, 10, 31, hour, 30)
    assert found["2"]["reading_notes"] == "CLOCK_CHANGE_ASSUMED"
    assert "4" not in found


def test_iom(conformed):
    encounters, rejects, rows = conformed(SAMPLES / "iom_missing_migrants_synthetic.csv", "iom-missing-migrants")
    found = by_id(encounters)
    assert rows == 7
    assert set(found) == {"1", "2"}
    assert (found["1"]["lat"], found["1"]["lon"], found["1"]["time"]) == (51.1, 1.6, utc(2021, 11, 24, 12))
    assert found["1"]["reading_notes"] == found["2"]["reading_notes"] == "CLOCK_ASSUMED;ZONE_ASSUMED"
    assert (found["1"]["persons_max"], found["2"]["persons_max"]) == (2, None)
    assert found["1"]["position_accuracy_m"] == 9260.0
    assert rejects == {
        2: "TIME_FORM", 3: "POSITION_FORM", 4: "TIME_MISSING", 5: "TIME_FORM", 6: "POSITION_RANGE;PERSONS_FORM",
    }  # fmt: skip


def test_without_its_rule_a_missing_clock_is_refused(conformed, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\n[columns]\n[position]\ncolumn = "Coordinates"\n[time]\ncolumn = "Incident Date"\nzone = "UTC"\n'
    )
    encounters, rejects, _ = conformed(SAMPLES / "iom_missing_migrants_synthetic.csv", str(own))
    assert encounters == []
    assert rejects[0] == "TIME_WITHOUT_CLOCK"


def test_rnli(conformed):
    encounters, rejects, rows = conformed(SAMPLES / "rnli_returns_of_service_synthetic.csv", "rnli-returns-of-service")
    found = by_id(encounters)
    assert rows == 9
    assert found["1"]["time"] == utc(2022, 1, 19, 8, 42)
    assert found["2"]["time"] == utc(2022, 7, 19, 7, 42)
    assert (found["1"]["vessel_profile"], found["2"]["vessel_profile"]) == ("rnli-severn", "rnli-shannon")
    # British local time is the map's word, not the table's: each row says so.
    assert found["1"]["reading_notes"] == found["2"]["reading_notes"] == "ZONE_ASSUMED"
    assert (found["3"]["vessel_profile"], found["3"]["reading_notes"]) == ("unknown", "ZONE_ASSUMED;VESSEL_ASSUMED")
    assert found["9"]["time"] == utc(2022, 10, 30, 2, 30)
    assert rejects == {
        3: "TIME_AMBIGUOUS", 4: "TIME_NOT_SHOWN", 5: "TIME_WITHOUT_CLOCK", 6: "TIME_MISSING", 7: "POSITION_FORM",
    }  # fmt: skip


@pytest.mark.parametrize("name", column_map_names())
def test_every_map_says_where_its_names_come_from(name):
    column_map = read_column_map(name)
    assert column_map.name == name
    text = (Path("api/replay/ingest/column_maps") / f"{name}.toml").read_text(encoding="utf-8")
    assert "about = " in text
    assert name == "encounters" or "ssumed" in text


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("colums = 1", "map.colums"),
        ("[columns]\nlongitude = 'x'", "map.columns.longitude"),
        ("[time]\nzone = 'Mars/Olympus'", "map.time.zone"),
        ("[time]\nclock_when_missing = 'noon'", "map.time.clock_when_missing"),
        ("[time]\nambiguous = 'guess'", "map.time.ambiguous"),
        ("delimiter = 'ab'", "map.delimiter"),
        ("encoding = 'klingon'", "map.encoding"),
        ("extends = 'nothing'", "map.extends"),
        ("not toml at all", "map"),
        ("columns = 3", "map.columns"),
    ],
)
def test_a_wrong_map_is_refused_by_entry(tmp_path, text, entry):
    path = tmp_path / "wrong.toml"
    path.write_text(f'name = "wrong"\n{text}\n' if "toml at all" not in text else text)
    with pytest.raises(InvalidAsk) as refused:
        read_column_map(str(path))
    assert refused.value.field == entry
    assert refused.value.remedy


def test_an_unknown_map_names_those_there_are():
    with pytest.raises(UnknownName, match="secmar-operations"):
        read_column_map("secmar")


def test_every_code_is_explained_and_none_has_two_meanings():
    assert not set(REJECT_CODES) & set(NOTE_CODES)
    assert all(text and not text.endswith(".") for text in (REJECT_CODES | NOTE_CODES).values())
