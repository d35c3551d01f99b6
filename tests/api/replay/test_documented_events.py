"""The table of documented encounters holds to the scenarios, and the replay of it explains every difference."""

import csv
import tomllib
from pathlib import Path

import pytest

from api.replay.documented import DOCUMENTED, explanation_of, replay_documented

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "documented.toml"
ELSEWHERE = {
    "gris-nez-2020-04-17-state-preferred": "the same event under another policy",
    "calais-2024-07-17": "in the table as two rows, one for each ship",
}


def events():
    with DOCUMENTED.open(encoding="utf-8", newline="") as file:
        return {row["encounter_id"]: row for row in csv.DictReader(file)}


def scenarios():
    return tomllib.loads(SCENARIOS.read_text(encoding="utf-8"))["scenario"]


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario["id"])
def test_the_table_and_the_scenarios_tell_the_same(scenario):
    known = events()
    if scenario["id"] == "calais-2024-07-17":
        row = known["calais-2024-07-17-ranger"]
    elif scenario["id"] in ELSEWHERE:
        row = known["gris-nez-2020-04-17"]
        scenario = {**scenario, "position": [1.405, 50.99]}
    else:
        row = known[scenario["id"]]
    assert [float(row["lon"]), float(row["lat"])] == scenario["position"]
    assert row["time"] == scenario["time"]
    assert row["vessel_profile"] == scenario["vessel"]
    assert int(row["persons_min"]) == int(row["persons_max"]) == scenario["persons"]
    assert row["medical"] == scenario.get("medical", "none")


def test_every_event_has_a_source_and_says_how_well_it_is_known():
    for name, row in events().items():
        assert row["source"], name
        assert row["what"], name
        assert int(row["time_uncertainty_min"]) > 0, name
        assert (row["lon"] == "") == (row["lat"] == "") == (row["position_accuracy_m"] == ""), name
        if not row["lon"]:
            assert "no position" in row["remark"], name
        else:
            assert float(row["position_accuracy_m"]) >= 1000.0, name


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    out = tmp_path_factory.mktemp("documented") / "run"
    replayed = replay_documented(out)
    with (out / "documented.csv").open(encoding="utf-8", newline="") as file:
        return replayed, list(csv.DictReader(file))


def test_every_difference_is_explained_by_a_code_or_a_sentence_with_its_source(replayed):
    _, rows = replayed
    assert len(rows) == len(events())
    for row in rows:
        assert row["explanation"], row["encounter_id"]
        if row["difference"] == "unexplained":
            assert any(part.strip() in row["explanation"] for part in row["source"].split(";")), row["encounter_id"]


def test_counts_add_up_and_rows_without_a_position_are_not_compared(replayed):
    documented, rows = replayed
    history = documented.history
    without = [row for row in rows if not row["lon"]]
    assert len(without) == 4
    assert all(row["recommended_port"] == "" and "no position published" in row["explanation"] for row in without)
    assert history.compared == sum(bool(row["difference"]) for row in rows)
    assert history.same == sum(row["difference"] == "same" for row in rows)


def test_a_difference_without_any_reason_would_show(replayed):
    _, rows = replayed
    row = next(row for row in rows if row["difference"] == "unexplained")
    bare = {**row, "published": "", "our_reading": ""}
    assert explanation_of({"difference": "unexplained"}, bare) == "No rule explains it."


def test_at_least_four_in_five_are_the_same_or_explained_by_a_rule(replayed):
    documented, rows = replayed
    history = documented.history
    assert history.accounted >= 0.8 * history.compared
    # No prose explains: each difference that is explained has a code of a rule.
    assert all(row["code"] for row in rows if row["difference"] == "explained")


def test_what_rests_on_our_reading_is_said_and_counted(replayed):
    documented, rows = replayed
    told = [row["encounter_id"] for row in rows if "What that rests on is our reading" in row["explanation"]]
    assert told == ["calais-2020-08-15-injured"]
    assert documented.by_our_reading == 1
    for row in rows:
        assert set(filter(None, row["our_reading_of"].split("|"))) <= set(row), row["encounter_id"]


def test_hours_and_vessels_in_doubt_are_drawn(replayed):
    _, rows = replayed
    for row in rows:
        if row["difference"] in ("same", "explained", "unexplained"):
            assert 0.0 <= float(row["draws_agreeing"]) <= 1.0, row["encounter_id"]
            assert ("vessel_profile" in row["our_reading_of"]) == bool(row["vessel_alternatives"]), row["encounter_id"]
