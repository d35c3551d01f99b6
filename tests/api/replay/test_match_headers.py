"""What a map would have to say of columns that nothing was read from."""

import tomllib

import pytest

from api.replay.ingest.match_headers import map_of_unused, missing_columns


@pytest.mark.parametrize(
    ("unused", "line"),
    [
        (["id", "vessel"], 'columns = { encounter_id = "id", vessel_profile = "vessel" }'),
        (["Boat Class", "POB"], 'columns = { vessel_profile = "Boat Class", persons = "POB" }'),
        # Two that may be meant: the first; the second stays among the columns not used.
        (["boat", "ship"], 'columns = { vessel_profile = "boat" }'),
        (["draft_m"], 'columns = { draught_m = "draft_m" }'),
        (["vessel_profil"], 'columns = { vessel_profile = "vessel_profil" }'),
        (["remarks", "weather"], ""),
        ([], ""),
    ],
)
def test_names_that_say_what_a_column_holds_are_proposed(unused, line):
    assert map_of_unused(unused, set()) == line


def test_nothing_is_proposed_for_what_was_read_already():
    assert map_of_unused(["vessel", "pob"], {"vessel_profile"}) == 'columns = { persons = "pob" }'


def test_a_position_that_was_read_is_not_proposed_anew():
    assert map_of_unused(["lon", "x", "latitude"], set()) == ""


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (("longitude", "latitude", "date", "hour"), 'time = { date = "date", clock = "hour" }'),
        (("longitude", "latitude", "Date", "Time"), 'time = { date = "Date", clock = "Time" }'),
        (("longitude", "latitude", "date"), 'time = { column = "date" }'),
        (("longitude", "latitude", "timestamp", "hour"), 'time = { column = "timestamp" }'),
    ],
)
def test_a_date_and_a_clock_are_proposed_together(columns, line):
    assert line in str(missing_columns({"time": ["time"]}, columns, ","))


def test_a_proposal_is_a_line_of_toml():
    line = map_of_unused(['po"b', "vessel"], set())
    assert tomllib.loads(line) == {"columns": {"persons": 'po"b', "vessel_profile": "vessel"}}
