"""``safeport replay``: the counts in words, the manifest as JSON, refusals by option."""

import json
import logging
from concurrent.futures import CancelledError
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.synthetic.encounters import write_encounters

SAMPLES = Path(__file__).parents[1] / "replay" / "samples"


def test_counts_are_printed_and_add_up(safeport, tmp_path):
    path = write_encounters(tmp_path / "some.csv", 12)
    lines = path.read_text().replace("observed_port", "observed_prot").splitlines()
    lines[3] = lines[3].replace("Z", "")
    path.write_text("\n".join(lines) + "\n")
    ran = safeport("replay", str(path), "--out", str(tmp_path / "out"), "--workers", "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Rows read: 12 = 7 with a port + 0 without + 4 positions refused + 1 rejected.\n")
    assert "Rejected:  TIME_NAIVE 1 (row 2, counted from 0);" in ran.out
    assert "TIME_NAIVE: the time has no zone, and the column map names none." in ran.out
    assert "Columns not used: observed_prot." in ran.out
    assert 'A map would read them (--map FILE.toml): columns = { observed_port = "observed_prot" }' in ran.out
    assert (tmp_path / "out" / "rejects.csv").read_text().splitlines()[1] == '2,"SYNTHETIC-2","TIME_NAIVE"'


def test_a_table_of_rejected_rows_is_bad_input_and_the_report_is_listed(safeport, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text(write_encounters(path, 3).read_text().replace("Z", ""))
    ran = safeport("replay", str(path), "--out", str(tmp_path / "out"), "--workers", "1", "--report")
    assert ran.code == 2
    assert ran.err.splitlines()[-1] == "INPUT: no row could be decided. rejects.csv says why of each."
    assert "3 rejected." in ran.out
    assert "report.html, manifest.json" in ran.out
    assert (tmp_path / "out" / "report.html").exists()


def test_where_no_row_was_decided_json_is_a_problem_and_all_files_are_written(safeport, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text(write_encounters(path, 3).read_text().replace("Z", ""))
    out = tmp_path / "out"
    ran = safeport("replay", str(path), "--out", str(out), "--workers", "1", "--json")
    assert (ran.code, ran.out) == (2, "")
    problem = json.loads(ran.err)
    assert problem["exit_code"] == 2
    assert [(error["option"], error["pointer"]) for error in problem["errors"]] == [("INPUT", "")]
    assert problem["detail"].startswith("INPUT: no row could be decided.")
    assert json.loads((out / "manifest.json").read_text())["counts"]["rejected"] == 3
    assert len((out / "rejects.csv").read_text().splitlines()) == 4


def test_a_file_that_is_not_there_is_said_in_words_of_ours(safeport, tmp_path):
    for language, told in (("en", "No such file or directory"), ("fr", "fichier ou dossier inexistant")):
        ran = safeport("replay", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out"), "--lang", language)
        assert ran.code == 2
        assert f"({told})" in ran.err
        assert "Failed to open" not in ran.err


def test_all_that_is_wrong_with_a_table_is_told_in_french(safeport, tmp_path):
    path = tmp_path / "twice.csv"
    path.write_text("when,lat,lat\n1,2,3\n")
    asked = ("replay", str(path), "--out", str(tmp_path / "out"), "--lang", "fr")
    told = "2 problèmes : (1) il a deux fois la colonne 'lat'. (2) il n'a ni position ni heure."
    assert safeport(*asked).err.startswith(f"INPUT : {told}")
    problem = json.loads(safeport(*asked, "--json").err)
    assert problem["errors"][0]["detail"].startswith(told)
    assert problem["detail"].startswith(f"INPUT : {told}")


def test_a_wrong_line_of_places_is_named(safeport, tmp_path):
    path, places = write_encounters(tmp_path / "some.csv", 3), tmp_path / "places.csv"
    asked = ("replay", str(path), "--out", str(tmp_path / "out"), "--capacity", str(places), "--stay-hours", "3")
    for line, english, french in (
        ("dovr,1,1", "line 2: there is no port 'dovr'. ", "ligne 2 : il n'y a pas de port 'dovr'. "),
        ("dover,x,1", "line 2, places: is not a number of people.", "ligne 2, places : n'est pas un nombre de "),
    ):
        places.write_text(f"port,places,persons_per_hour\n{line}\n")
        assert safeport(*asked).err.startswith(f"--capacity: {english}")
        assert safeport(*asked, "--lang", "fr").err.startswith(f"--capacity : {french}")


def test_a_pack_that_is_none_is_told_in_french(safeport, tmp_path):
    path = write_encounters(tmp_path / "some.csv", 3)
    ran = safeport("replay", str(path), "--out", str(tmp_path / "out"), "--pack", str(tmp_path), "--lang", "fr")
    assert ran.code == 1
    assert ran.err.startswith(f"jeu de données : aucun manifest.json dans le dossier '{tmp_path.name}'. Le refaire ")


def test_a_value_of_an_option_that_takes_none_is_refused_in_words_of_ours(safeport):
    for option in ("--report", "--over-banks"):
        ran = safeport("replay", "some.csv", "--out", "o", f"{option}=yes")
        assert ran.err == f"{option}: takes no value. Leave out the sign = and what follows it.\n"


def test_a_scheduler_that_goes_is_a_failure_in_one_line(safeport, tmp_path, monkeypatch):
    def gone(*_, **__):
        logging.getLogger("distributed.client").error("Futures cancelled")
        raise CancelledError

    class Connected(nullcontext):
        def __enter__(self):
            return self

        def nthreads(self):
            return {"a": 1}

        def submit(self, *_, **__):
            return object()

        def cancel(self, _):
            pass

    monkeypatch.setattr("api.replay.run.Client", lambda *_, **__: Connected())
    monkeypatch.setattr("api.replay.run.wait", gone)
    path = write_encounters(tmp_path / "some.csv", 3)
    asked = ("replay", str(path), "--out", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:1")
    ran = safeport(*asked)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "--scheduler: no longer answers. Check it; the same command goes on from what is finished.\n"
    ran = safeport(*asked, "--lang", "fr")
    assert ran.err == "--scheduler : ne répond plus. Le vérifier ; la même commande reprend à ce qui est achevé.\n"


def test_json_is_the_manifest(safeport, tmp_path):
    ran = safeport("replay", str(SAMPLES / "rnli_returns_of_service_synthetic.csv"), "--map", "rnli-returns-of-service",
                   "--out", str(tmp_path / "out"), "--policy", "nearest-distance", "--json")  # fmt: skip
    assert ran.code == 0
    manifest = json.loads(ran.out)
    assert manifest == json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["policy_for_all"] == "nearest-distance"
    assert manifest["counts"]["notes"] == {"VESSEL_ASSUMED": 1, "ZONE_ASSUMED": 4}
    assert manifest["columns_not_used"] == ["ReasonforLaunch"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--map", "nonsense"), "--map: "),
        (("--policy", "nonsense"), "--policy: "),
        (("--workers", "0"), "--workers: "),
        (("--workers", "many"), "--workers: "),
        (("--forecast", "nothing.cube"), ""),
        (("--scheduler", "tcp://127.0.0.1:1"), "--scheduler: "),
    ],
)
def test_refusals_name_the_option(safeport, tmp_path, monkeypatch, options, field):
    monkeypatch.setattr("api.replay.run.CONNECT_TIMEOUT", "1s")
    path = write_encounters(tmp_path / "some.csv", 3)
    ran = safeport("replay", str(path), "--out", str(tmp_path / "out"), *options)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(field)
    assert ran.err.count("\n") == 1


def test_an_input_that_cannot_be_read_is_refused(safeport, tmp_path):
    ran = safeport("replay", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out"))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("INPUT: ")
    assert not (tmp_path / "out").exists()
