"""Two replays compared: every figure of a small pair by hand, and pairs that must not be compared."""

import csv
import json
import re

import pytest

from api.replay.analysis.compare import WHAT_MAY_DIFFER, compare_runs, comparison_text, write_comparison
from api.replay.analysis.result_reader import read_run
from api.replay.ingest.column_map import read_column_map
from api.replay.reports.comparison_report import write_comparison_report
from api.replay.worker import TaskSpec, task_context_of
from engine.errors import InvalidAsk
from geodata.pack import DEFAULT_PACK
from tests.api.replay.folders import folder
from tests.api.replay.test_report import needs

HOUR_MS = 3_600_000
NONE = {"decision_outcome": "unconfirmed", "port": None, "time_to_landing_s": None}
# port and minutes before, port and minutes after, hour, region
PAIRS = [
    ("dover", 60, "dover", 60, 1, "UK"),
    ("dover", 60, "calais", 45, 1, "UK"),
    ("dover", 50, "calais", 60, 2, "UK"),
    ("calais", 30, "calais", 29, 2, "FR"),
    ("calais", 30, None, None, 3, "FR"),
    (None, None, "dover", 80, 3, "FR"),
]


def rows_of(first):
    made = []
    for a, a_min, b, b_min, hour, region in PAIRS:
        port, minutes = (a, a_min) if first else (b, b_min)
        answer = NONE if port is None else {"port": port, "time_to_landing_s": 60.0 * minutes}
        made.append({**answer, "time": 1_700_006_400_000 + hour * HOUR_MS, "srr": region})
    return made


@pytest.fixture
def pair(tmp_path):
    first = folder(tmp_path / "a", rows_of(True))
    other = folder(tmp_path / "b", rows_of(False), policy_for_all="nearest-distance")
    return read_run(first), read_run(other)


def test_figures_by_hand(pair, tmp_path):
    changed = tmp_path / "changed.csv"
    comparison = compare_runs(*pair, changed)
    document = comparison.document()
    assert document["differing"] == ["policy_for_all"]
    assert (document["encounters"], document["changed"], document["outcome_changed"]) == (6, 4, 2)
    assert document["minutes_compared"] == 4
    assert document["gained_min"] == {"count": 2, "p50": 1, "p90": 15, "p99": 15, "longest": 15}
    assert document["lost_min"] == {"count": 1, "p50": 10, "p90": 10, "p99": 10, "longest": 10}
    moves = {(move["from"], move["to"]): move["encounters"] for move in document["moves"]}
    assert moves == {("dover", "calais"): 2, ("calais", "-"): 1, ("-", "dover"): 1}
    by_port = {name: (group["encounters"], group["changed"]) for name, group in document["by_port"].items()}
    assert by_port == {"dover": (3, 2), "calais": (2, 1), "-": (1, 1)}
    by_region = {name: (group["encounters"], group["changed"]) for name, group in document["by_region"].items()}
    assert by_region == {"UK": (3, 2), "FR": (3, 2)}
    by_hour = {name: (group["encounters"], group["changed"]) for name, group in document["by_hour_utc"].items()}
    assert by_hour == {"01": (2, 1), "02": (2, 1), "03": (2, 2)}
    with changed.open(encoding="utf-8", newline="") as file:
        listed = [(row["row"], row["from"], row["to"], row["gained_min"], row["lost_min"])
                  for row in csv.DictReader(file)]  # fmt: skip
    assert listed == [("1", "dover", "calais", "15", "0"), ("2", "dover", "calais", "0", "10"),
                      ("4", "calais", "-", "", ""), ("5", "-", "dover", "", "")]  # fmt: skip


def test_refused_positions_are_no_answers(tmp_path):
    refused = {"decision_outcome": "refused", "port": None, "time_to_landing_s": None, "srr": None}
    first = read_run(folder(tmp_path / "a", [*rows_of(True), refused, refused, refused]))
    second = read_run(folder(tmp_path / "b", [*rows_of(False), refused, {**refused, **NONE, "srr": "FR"}, refused]))
    comparison = compare_runs(first, second)
    document = comparison.document()
    # One has an answer in the second run: it may know more of the sea than the first.
    assert (document["encounters"], document["changed"], document["refused"]) == (7, 5, 2)
    assert {"from": "refused", "to": "-", "encounters": 1} in document["moves"]
    by_region = {name: group["encounters"] for name, group in document["by_region"].items()}
    assert by_region == {"UK": 3, "FR": 4}
    for groups in (document["by_port"], document["by_hour_utc"]):
        assert sum(group["encounters"] for group in groups.values()) == 7
    lines = comparison_text(comparison, first, second)
    assert "Not among them: 2 positions refused in both." in lines
    html = write_comparison_report(tmp_path, comparison, first, second).read_text(encoding="utf-8")
    assert "Not among them: 2 positions refused." in html
    assert re.search(r"<td>position refused</td><td[^>]*>no port</td>", html)


def test_a_run_against_itself_changes_nothing(pair):
    comparison = compare_runs(pair[0], pair[0])
    assert (comparison.whole.changed, comparison.differing, comparison.outcome_changed) == (0, [], 0)
    assert comparison.whole.gained.sum() == comparison.whole.lost.sum() == 0
    assert any("0 of 6 answers changed" in line for line in comparison_text(comparison, *pair))


def test_the_other_way_round_gains_are_losses(pair):
    there, back = compare_runs(*pair).whole, compare_runs(*reversed(pair)).whole
    assert (there.gained == back.lost).all()
    assert (there.lost == back.gained).all()


@pytest.mark.parametrize("entry", ["input", "map"])
def test_other_inputs_are_refused(pair, tmp_path, entry):
    other = folder(tmp_path / "c", rows_of(False), **{entry: {"name": "x", "sha256": "f" * 64}})
    with pytest.raises(InvalidAsk, match="another"):
        compare_runs(pair[0], read_run(other))


def test_other_rows_of_the_same_input_are_refused(pair, tmp_path):
    fewer = folder(tmp_path / "c", rows_of(False)[:-1])
    shifted = folder(tmp_path / "d", [{**row, "row": k + 1} for k, row in enumerate(rows_of(False))])
    for place in (fewer, shifted):
        with pytest.raises(InvalidAsk, match="other rows"):
            compare_runs(pair[0], read_run(place))


def test_the_comparison_is_written_for_people_and_programs(pair, tmp_path):
    comparison = compare_runs(*pair)
    write_comparison(tmp_path, comparison, *pair)
    document = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert document["second"]["policy"] == "nearest-distance"
    html = write_comparison_report(tmp_path, comparison, *pair).read_text(encoding="utf-8")
    assert needs(html) == []
    assert "nearest-distance" in html
    assert "no port" in html


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"sequence": {"capacity_sha256": "f" * 64, "stay_h": 6.0}}, "policy, capacity table, hours of stay"),
        ({"over_banks": False}, "policy, ways over banks"),
        ({"policy_for_all": "nearest-time"}, "nothing"),
    ],
)
def test_what_differs_is_named_in_words(pair, tmp_path, entries, told):
    other = read_run(folder(tmp_path / "c", rows_of(False), **{"policy_for_all": "nearest-distance", **entries}))
    assert f"Differing: {told}." in comparison_text(compare_runs(pair[0], other), pair[0], other)


def test_all_that_a_replay_rests_on_is_looked_at():
    identity = task_context_of(TaskSpec(DEFAULT_PACK, read_column_map())).identity
    # Another map is refused, and another form of the files cannot be read.
    assert set(identity) - {path[0] for path in WHAT_MAY_DIFFER} == {"format", "map"}
