"""The command with all it can be asked for beside decisions, through its own interface."""

import json
import sys

import pyarrow.parquet as pq
import pytest

from api.cli.main import main
from api.replay.checkpoint import digest_of_file
from tests.api.replay.test_languages import english_left, figures
from tests.api.replay.test_report import needs, words

HEADER = "encounter_id,lon,lat,time,persons_min,persons_max,vessel_profile,observed_port\n"
ROWS = [
    "a,1.40,51.08,2024-07-14T06:00:00Z,30,30,rnli-severn,dover",
    "b,1.40,51.08,2024-07-14T06:10:00Z,30,30,rnli-severn,calais",
    "c,1.48,50.96,2024-07-14T07:00:00Z,17,17,psp-flamant,boulogne",
    "d,,,2024-07-14T08:00:00Z,5,5,rnli-severn,",
]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "past.csv"
    path.write_text(HEADER + "\n".join(ROWS) + "\n", encoding="utf-8")
    return path


def run(capsys, *arguments):
    code = main(["replay", *map(str, arguments)])
    text = capsys.readouterr()
    return code, text.out, text.err


def listed(entry):
    """Files that the command says it has written."""
    (line,) = [line for line in entry.splitlines() if line.startswith("Written to")]
    return set(line.partition(": ")[2].rstrip(".").split(", "))


def test_a_report_with_history_and_chances(tmp_path, table, capsys):
    out = tmp_path / "run"
    code, entry, _ = run(
        capsys, table, "--out", out, "--report", "--monte-carlo", "20", "--seed", "5", "--workers", "1"
    )
    assert code == 0
    assert "4 = 3 with a port + 0 without + 0 positions refused + 1 rejected" in entry
    html = (out / "report.html").read_text(encoding="utf-8")
    text = words(html)
    assert needs(html) == []
    assert "these add up" in text
    assert "Longitude or latitude is empty." in text
    assert "Encounters that name the port people were landed at: 3." in text
    assert "drawn 20 times" in text
    chances = pq.read_table(out / "chances.parquet")
    assert chances["encounter_id"].to_pylist() == ["a", "b", "c"]
    assert json.loads((out / "chances.json").read_text(encoding="utf-8"))["seed"] == 5
    assert listed(entry) == {path.name for path in out.iterdir()} - {"replay.lock", "run.json"}
    for table, facts in (("chances.parquet", "chances.json"), ("history.csv", "history.json")):
        assert json.loads((out / facts).read_text(encoding="utf-8"))["sha256"] == digest_of_file(out / table)


def test_without_a_port_observed_there_is_no_history(tmp_path, table, capsys):
    text = table.read_text(encoding="utf-8")
    for port in ("dover", "calais", "boulogne"):
        text = text.replace(f",{port}\n", ",\n")
    table.write_text(text, encoding="utf-8")
    assert run(capsys, table, "--out", tmp_path / "run", "--report")[0] == 0
    assert not (tmp_path / "run" / "history.csv").exists()
    assert "Against the ports observed" not in words((tmp_path / "run" / "report.html").read_text(encoding="utf-8"))


def test_in_sequence(tmp_path, table, capsys):
    capacity, out = tmp_path / "capacity.csv", tmp_path / "run"
    capacity.write_text("port,places,persons_per_hour\ndover,40,60\ncalais,200,60\n", encoding="utf-8")
    arguments = (table, "--out", out, "--capacity", capacity, "--stay-hours", "12", "--report")
    code, entry, _ = run(capsys, *arguments)
    assert code == 0
    assert "4 = 3 with a port + 0 without + 0 positions refused + 1 rejected" in entry
    decisions = pq.read_table(out / "decisions.parquet")
    assert decisions["port"].to_pylist() == ["dover", "calais", "calais"]
    assert listed(entry) == {path.name for path in out.iterdir()} - {"replay.lock", "run.json"}
    outputs = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert outputs["occupancy.csv"]["sha256"] == digest_of_file(out / "occupancy.csv")
    text = words((out / "report.html").read_text(encoding="utf-8"))
    assert "How full ports would have been" in text
    assert "12 hours" in text
    before = (out / "decisions.parquet").read_bytes()
    assert run(capsys, *arguments)[0] == 0
    assert (out / "decisions.parquet").read_bytes() == before


def test_two_policies_and_the_same_comparison_from_their_folders(tmp_path, table, capsys):
    out = tmp_path / "both"
    code, text, _ = run(
        capsys, table, "--out", out, "--policy", "nearest-time", "--policy", "srr-state-preferred", "--json"
    )
    assert code == 0
    document = json.loads(text)
    assert document["encounters"] == 3
    assert needs((out / "comparison.html").read_text(encoding="utf-8")) == []
    code, text, _ = run(capsys, "compare", out / "nearest-time", out / "srr-state-preferred", "--json")
    assert code == 0
    assert json.loads(text) == document
    ports = [pq.read_table(out / name / "decisions.parquet")["port"].to_pylist()
             for name in ("nearest-time", "srr-state-preferred")]  # fmt: skip
    assert document["changed"] == sum(a != b for a, b in zip(*ports, strict=True))


def test_two_policies_account_for_every_row_of_each(tmp_path, table, capsys):
    out = tmp_path / "both"
    names = ("nearest-time", "srr-state-preferred")
    policies = [word for name in names for word in ("--policy", name)]
    code, text, _ = run(capsys, table, "--out", out, *policies, "--report")
    assert code == 0
    assert text.count("Rows read: 4 = 3 with a port + 0 without + 0 positions refused + 1 rejected.") == 2
    assert text.count("POSITION_MISSING 1 (row 3, counted from 0)") == 2
    for name in names:
        assert f"Written to {out / name}: decisions.parquet" in text
    html = (out / "comparison.html").read_text(encoding="utf-8")
    told = words(html)
    assert "Longitude or latitude is empty." in told
    assert "these add up" in told
    assert all(f"<code>{name}/report.html</code>" in html for name in names)
    assert needs(html) == []


def test_the_same_decisions_in_sequence_where_there_is_room(tmp_path, table, capsys, service):
    capacity = tmp_path / "capacity.csv"
    lines = [f"{port.id},100000,100000" for port in service.world.ports]
    capacity.write_text("port,places,persons_per_hour\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert run(capsys, table, "--out", tmp_path / "plain")[0] == 0
    assert run(capsys, table, "--out", tmp_path / "seq", "--capacity", capacity, "--stay-hours", "1")[0] == 0
    plain, sequence = (pq.read_table(tmp_path / name / "decisions.parquet") for name in ("plain", "seq"))
    assert plain["port"].equals(sequence["port"])
    assert plain["time_to_landing_s"].equals(sequence["time_to_landing_s"])


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["compare", "a"], "compare"),
        (["compare", "nowhere-a", "nowhere-b"], "nowhere-a"),
        (["x.csv", "y.csv", "--out", "o"], "y.csv"),
        (["x.csv"], "--out"),
        (["x.csv", "--out", "o", "--monte-carlo", "5"], "--seed"),
        (["x.csv", "--out", "o", "--seed", "5"], "--monte-carlo"),
        (["x.csv", "--out", "o", "--monte-carlo", "0", "--seed", "5"], "--monte-carlo"),
        (["x.csv", "--out", "o", "--capacity", "c.csv"], "--stay-hours"),
        (["x.csv", "--out", "o", "--stay-hours", "5"], "--capacity"),
        (["x.csv", "--out", "o", "--capacity", "c", "--stay-hours", "-1"], "--stay-hours"),
        (["x.csv", "--out", "o", "--policy", "nearest-time", "--policy", "nearest-time"], "--policy"),
        (["x.csv", "--out", "o", *(["--policy", "nearest-time"] * 3)], "--policy"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_name(capsys, arguments, named):
    code, text, wrong = run(capsys, *arguments)
    assert (code, text) == (2, "")
    assert named in wrong


def test_documented(tmp_path, capsys):
    code, text, _ = run(capsys, "documented", "--out", tmp_path / "run")
    assert code == 0
    assert "Agreement is not the pass mark." in text
    assert f"Report: {tmp_path / 'run' / 'report.html'}" in text


def test_refused_positions_are_named_and_told_where_they_look_exchanged(tmp_path, capsys):
    path = tmp_path / "past.csv"
    rows = ["a,51.08,1.40", "b,1.40,51.08", "c,50.9,1.5", "d,0.5,51.2", "e,-40.0,30.0"]
    lines = [f"{row},2024-07-14T06:00:00Z,30,30,rnli-severn,\n" for row in rows]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    code, entry, _ = run(capsys, path, "--out", tmp_path / "run")
    assert code == 0
    assert "POS_ON_LAND 1 (row 3, counted from 0), POS_OUT_OF_AREA 3 (rows 0, 2, 4, counted from 0)" in entry
    assert "POS_OUT_OF_AREA: Position outside the area covered" in entry
    assert "Inside the area with latitude and longitude exchanged: 2 of them." in entry
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["looks_exchanged"] == 2
    assert manifest["counts"]["first_rows"]["POS_ON_LAND"] == [3]
    assert manifest["meaning"]["POS_ON_LAND"] == "Position on land"


def test_a_table_of_which_every_position_is_refused_is_refused(tmp_path, capsys):
    path = tmp_path / "past.csv"
    path.write_text(HEADER + "a,51.08,1.40,2024-07-14T06:00:00Z,30,30,rnli-severn,\n", encoding="utf-8")
    code, entry, problem = run(capsys, path, "--out", tmp_path / "run")
    assert code == 2
    assert "exchanged" in entry
    assert "no row could be decided" in problem


def test_what_is_printed_is_french_where_french_is_asked_for(tmp_path, table, capsys):
    lines = table.read_text(encoding="utf-8").replace("vessel_profile", "boat", 1).splitlines()
    lines[2] = lines[2].replace("Z", "")
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = (table, "--out", tmp_path / "run", "--no-over-banks")
    printed = {language: run(capsys, *asked, "--lang", language) for language in ("fr", "en")}
    assert [code for code, _, _ in printed.values()] == [0, 0]
    french, english = printed["fr"][1], printed["en"][1]
    assert french.startswith("Lignes lues : 4 = 2 avec un port + 0 sans + 0 position refusée + 2 lignes rejetées.\n")
    assert "TIME_NAIVE 1 (ligne 1, en comptant de 0)" in french
    assert "TIME_NAIVE : l'heure est sans fuseau, et la table des colonnes n'en nomme pas." in french
    assert english_left(french.replace(str(tmp_path), "")) == []
    assert set(english_left(english)) >= {"the", "with", "from", "by"}
    assert figures(french) == figures(english)


def test_a_comparison_is_printed_in_french(tmp_path, table, capsys):
    out = tmp_path / "both"
    asked = (table, "--out", out, "--policy", "nearest-time", "--policy", "srr-state-preferred")
    printed = {language: run(capsys, *asked, "--lang", language)[1] for language in ("fr", "en")}
    assert "Réponses changées : " in printed["fr"]
    assert english_left(printed["fr"].replace("policy_for_all", "").replace(str(out), "")) == []
    assert sorted(figures(printed["fr"])) == sorted(figures(printed["en"]))


@pytest.mark.parametrize(("language", "loading"), [("en", "Loading program"), ("fr", "Chargement du programme")])
def test_who_waits_at_a_terminal_is_told_so_at_once(tmp_path, table, capsys, monkeypatch, language, loading):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    code, entry, waiting = run(capsys, table, "--out", tmp_path / "run", "--lang", language)
    assert code == 0
    assert waiting.startswith(loading)
    assert "4 = 3 " in entry
