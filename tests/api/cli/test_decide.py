"""``safeport decide``: the same answer as over HTTP, refusals that name the option, and output that people can use."""

import asyncio
import json
import re

import gpxpy
import pytest

from api.documents.decision import decision_document, to_json
from api.encounter import EncounterIn
from api.http import create_app
from tests.api.http.conftest import Caller

AT = ("decide", "--position", "51 03N 001 15E")


def refused(ran, option):
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"{option}: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    return ran.err


def test_text_leads_with_the_headline_and_the_port(safeport, example):
    ran = safeport(*example)
    assert ran.code == 0
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[0] == "QUESTION: all persons recovered?"
    # A near tie with Folkestone, which is nearer: so it is not called the nearest one.
    assert lines[1].startswith("ADVICE: port ranked first DOVER, ")
    assert "51°03.0'N 001°15.0'E, 2022-01-13 0500 UTC" in ran.out
    assert ran.out.index("ADVICE") < ran.out.index("CALL ") < ran.out.index("NEXT") < ran.out.index("KNOW THIS")


def test_what_was_passed_over_stands_between_who_to_call_and_what_comes_next(safeport, example):
    """Off Folkestone, under the policy that takes no depth of general knowledge."""
    near = ["51 04.0N 001 12.5E" if part.startswith("51 ") else part for part in example]
    ran = safeport(*near, "--policy", "strict-evidence")
    assert ran.out.index("CALL ") < ran.out.index("WHY NOT NEARER") < ran.out.index("NEXT")
    assert "FOLKESTONE" in ran.out[ran.out.index("WHY NOT NEARER") : ran.out.index("NEXT")]


def test_absent_feeds_are_said_once_in_one_sentence(safeport, example):
    ran = safeport(*example)
    assert ran.out.count("No feed connected") == 1
    assert "No live" not in ran.out


def test_json_is_one_document_and_that_of_the_other_door(safeport, example, service_with_streams):
    ran = safeport(*example, "--json")
    assert ran.code == 0
    assert ran.err == ""
    body = {
        "position": {"type": "Point", "coordinates": [1.25, 51.05]},
        "time": "2022-01-13T05:00:00Z",
        "persons": 30,
        "vessel": {"profile": "rnli-severn"},
    }
    decision = service_with_streams.decide(service_with_streams.ask(EncounterIn.model_validate(body), 0.0))
    assert ran.out == to_json(decision_document(decision, "brief", "en")) + "\n"
    whole = safeport(*example, "--json", "--view", "full", "--lang", "both")
    assert whole.out == to_json(decision_document(decision)) + "\n"
    line = safeport(*example, "--json", "--view", "line", "--lang", "fr")
    assert line.out == to_json(decision_document(decision, "line", "fr")) + "\n"


def test_same_input_same_bytes(safeport, example):
    assert safeport(*example, "--json").out == safeport(*example, "--json").out
    assert safeport(*example).out == safeport(*example).out


def test_limit_cuts_lists_and_says_so(safeport, example):
    whole = json.loads(safeport(*example, "--json", "--view", "full").out)
    short = json.loads(safeport(*example, "--json", "--view", "full", "--limit", "2").out)
    assert short["candidates"] == whole["candidates"][:2]
    assert short["left_out"] == {"candidates": len(whole["candidates"]) - 2, "excluded": len(whole["excluded"]) - 2}
    assert short["passed_over"] == whole["passed_over"]
    assert "NEXT" not in safeport(*example, "--limit", "1").out


def test_every_option_reaches_the_encounter(safeport):
    ran = safeport(
        "decide", "--position", "51 03N 001 15E", "--time", "2022-01-13T06:00:00+01:00", "--vessel", "rnli-severn",
        "--speed-kn", "16", "--draught-m", "1.5", "--loa-m", "20", "--beam-m", "6", "--range-nm", "200",
        "--max-hs-m", "5", "--survivor-capacity", "150", "--self-righting-persons", "50", "--persons", "55-60",
        "--recovered", "60", "--in-water", "no", "--medical", "urgent", "--accuracy-m", "500", "--fix-age-s", "60",
        "--policy", "nearest-distance", "--json", "--view", "full",
    )  # fmt: skip
    echoed = json.loads(ran.out)["encounter"]
    assert echoed["time"] == "2022-01-13T05:00:00Z"
    assert echoed["persons"] == {"min": 55, "max": 60}
    assert (echoed["persons_recovered"], echoed["persons_in_water"], echoed["medical"]) == (60, False, "urgent")
    assert (echoed["position_accuracy_m"], echoed["position_age_s"]) == (500, 60)
    assert echoed["policy"] == "nearest-distance"
    vessel = {name: value for name, value in echoed["vessel"].items() if name != "assumed"}
    assert vessel == {
        "profile": "rnli-severn", "speed_kn": 16, "draught_m": 1.5, "loa_m": 20, "beam_m": 6, "range_nm": 200,
        "max_hs_m": 5, "max_persons": 150, "self_righting_persons": 50,
    }  # fmt: skip


def test_at_least_so_many_people_stays_open(safeport):
    ran = safeport(*AT, "--persons", "40+", "--json", "--view", "full")
    assert json.loads(ran.out)["encounter"]["persons"] == {"min": 40, "max": None}
    assert ">= 40 persons" in safeport(*AT, "--persons", "40+").out


def test_position_needs_no_quotes(safeport):
    words = safeport("decide", "--position", "51", "03.0N", "001", "15.0E", "--time", "2022-01-13T05:00:00Z", "--json")
    quoted = safeport("decide", "--position", "51 03.0N 001 15.0E", "--time", "2022-01-13T05:00:00Z", "--json")
    assert words == quoted


def test_no_port_fit_is_an_answer(safeport):
    ran = safeport(*AT, "--range-nm", "0.1", "--speed-kn", "10", "--draught-m", "1")
    assert ran.code == 0
    assert "WARNING: no port fit" in ran.out
    assert "WHY NONE" in ran.out
    assert "NEXT" not in ran.out


def test_unconfirmed_is_an_answer(safeport):
    ran = safeport(*AT, "--draught-m", "29", "--speed-kn", "10", "--lang", "fr")
    assert ran.code == 0
    assert "ALERTE : aucun port" in ran.out


def test_incomplete_rescue_comes_first(safeport):
    ran = safeport(*AT, "--in-water", "yes")
    assert ran.out.startswith("WARNING: rescue not complete, MRCC decides.\nINFORMATION: ")


def test_eta_on_another_day_says_which(safeport):
    ran = safeport("decide", "--position", "50N 1W", "--speed-kn", "10", "--draught-m", "1", "--loa-m", "10",
                   "--time", "2022-01-13T23:59:00Z")  # fmt: skip
    assert " on 2022-01-14" in ran.out


def test_policy_from_a_file(safeport, tmp_path):
    own = tmp_path / "ours.toml"
    own.write_text('extends = "nearest-time"\nname = "ours"\n', encoding="utf-8")
    assert "policy ours" in safeport(*AT, "--policy", str(own)).out
    own.write_text('extends = "nearest-time"\nname = "ours"\nkey = "price"\n', encoding="utf-8")
    refused(safeport(*AT, "--policy", str(own)), "--policy key")
    own.write_bytes(b"\xff\xfe not toml")
    refused(safeport(*AT, "--policy", str(own)), "--policy")
    refused(safeport(*AT, "--policy", str(tmp_path / "missing.toml")), "--policy")


@pytest.mark.parametrize(
    ("position", "text"),
    [
        ("51 60.0N 001 15.0E", "60 minutes or more"),
        ("1.25,51.05", "exchanged"),
        ("-1.25,50.05", "exchanged"),
        ("-1.25 50.05", "exchanged"),
        ("10.0,10.0", "outside the area"),
        ("51.2,1.0", "on land"),
        ("nan,1", "not part of a position"),
        ("0,0", "receiver without a fix"),
        ("", "empty"),
        ("51 03 001 15", "hemisphere"),
        ("9" * 5000, "more than 80"),
    ],
)
def test_positions_refused(safeport, position, text):
    error = refused(safeport("decide", "--position", position), "--position")
    assert text in error
    assert len(error) < 400


def test_a_refused_position_is_read_back(safeport):
    assert "51°12.0'N 001°00.0'E" in safeport("decide", "--position", "51.2,1.0").err


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [
        ("--time", "2022-01-13T05:00:00", "no zone"),
        ("--time", "yesterday", "0500Z, 05:00Z"),
        ("--vessel", "titanic", "Profiles: "),
        ("--vessel", "x" * 70, "64"),
        ("--policy", "cheapest", "nearest-time"),
        ("--persons", "-5", "below 0"),
        ("--persons", "60-50", "Write 50-60"),
        ("--persons", "30.5", "number of people"),
        ("--persons", "99999", "above 10000"),
        ("--recovered", "-1", "below 0"),
        ("--recovered", "many", "whole number"),
        ("--speed-kn", "nan", "finite"),
        ("--speed-kn", "-inf", "finite"),
        ("--speed-kn", "0", "below 0.5"),
        ("--speed-kn", "18,5", "comma"),
        ("--speed-kn", "18kn", "not a number"),
        ("--draught-m", "-2", "below 0"),
        ("--survivor-capacity", "-2", "below 0"),
        ("--accuracy-m", "-1", "below 0"),
        ("--fix-age-s", "1e9", "not a number"),
        ("--medical", "dying", "critical"),
        ("--in-water", "maybe", "yes or no"),
        ("--forecast", "waves.nc", "waves.nc"),
        ("--sheltered", "perhaps", "yes or no"),
        ("--aboard-since", "05:00", "no zone"),
        ("--limit", "0", "below 1"),
        ("--lang", "de", "Values: en, fr, both"),
        ("--pack", "/nowhere/at/all", "no folder"),
    ],
)
def test_options_refused(safeport, option, value, text):
    assert text in refused(safeport(*AT, option, value), option)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_short_form_has_six_lines_and_the_answer_first(safeport, example, lang):
    lines = safeport(*example, "--short", "--lang", lang).out.splitlines()
    assert len(lines) == 6
    assert all(len(line) <= 80 for line in lines)
    assert lines[0].startswith(("ADVICE: DOVER, ", "CONSEIL : DOUVRES, "))
    assert safeport(*example, "--view", "brief", "--lang", lang).out.splitlines() == lines


def test_the_short_form_names_the_much_nearer_port_to_ask(safeport):
    ran = safeport("decide", "--position", "49 52N 006 25W", "--time", "2026-11-29T13:00:00Z", "--speed-kn", "12",
                   "--draught-m", "2.6", "--persons", "9", "--short")  # fmt: skip
    asked = [line for line in ran.out.splitlines() if line.startswith("ASK FIRST ")]
    whole = json.loads(safeport("decide", "--position", "49 52N 006 25W", "--time", "2026-11-29T13:00:00Z",
                                "--speed-kn", "12", "--draught-m", "2.6", "--persons", "9", "--json").out)  # fmt: skip
    expected = any(notice["code"] == "UNCONFIRMED_NEARER" for notice in whole["notices"])
    assert bool(asked) is expected
    assert len(ran.out.splitlines()) == 6


@pytest.mark.parametrize(
    ("position", "told"),
    [
        ("51 30N 001 00W", "51°30.0'N 001°00.0'W est à terre, à plus de 1000 m de l'eau (tolérance 50 m)."),
        ("10 00N 001 00W", "est hors de la zone couverte"),
        ("1 15N 51 03E", "Les deux nombres semblent inversés : écrire la latitude d'abord."),
    ],
)
def test_a_position_is_refused_in_french(safeport, tmp_path, position, told):
    ran = safeport("decide", "--position", position, "--lang", "fr")
    assert ran.code == 2
    assert ran.err.startswith("--position : ")
    assert told in ran.err
    assert not re.search(r"\b(lies|Check|write|nearest)\b", ran.err)
    table = tmp_path / "boats.csv"
    table.write_text(f"id,position,persons\nC,{position},4\n", encoding="utf-8")
    planned = safeport("plan", str(table), "--persons-per-hour", "30", "--lang", "fr")
    assert planned.code == 2
    assert re.search(r"est à terre|est hors de la zone", planned.err)


def test_who_to_ask_is_not_cut_from_the_whole_text(safeport):
    ran = safeport(*OFF_FOLKESTONE, "--lang", "fr", "--persons", "30", "--vessel", "snsm-ctt", "--medical", "critical")
    told = " ".join(ran.out.split())
    assert "faire appeler une ambulance par le CROSS/MRCC si besoin." in told
    assert "…" not in told


OFF_FOLKESTONE = ("decide", "--position", "51 03.0N 001 15.0E", "--time", "2022-01-13T05:00:00Z")


@pytest.mark.parametrize(
    ("lang", "doubts"),
    [
        ("en", ("DOUBT: position (or RAMSGATE", "fix 24 h old", "100 persons")),
        ("fr", ("DOUTE : position (ou RAMSGATE", "point de 24 h", "100 pers")),
    ],
)
def test_the_short_form_has_what_may_turn_the_answer_after_it(safeport, lang, doubts):
    ran = safeport(*OFF_FOLKESTONE, "--accuracy-m", "50000", "--fix-age-s", "86400", "--short", "--lang", lang)
    lines = ran.out.splitlines()
    assert len(lines) == 6
    found = [lines[1].find(text) for text in doubts]
    assert -1 not in found
    assert found == sorted(found)
    near_tie = safeport(*OFF_FOLKESTONE, "--persons", "9", "--short", "--lang", lang).out.splitlines()[1]
    assert ("near tie DOVER 30 min" if lang == "en" else "égalité DOUVRES 30 min") in near_tie


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize(
    ("position", "more", "kept"),
    [
        ("51 03.0N 001 15.0E", ("--in-water", "yes"), ("05[h]?17 UTC", "DOVER COASTGUARD VHF 16")),
        ("49 30N 6 30W", (), ("07[h]?15 UTC", "VHF 14", "FALMOUTH COASTGUARD VHF 16")),
        ("51 03.0N 001 15.0E", ("--accuracy-m", "50000"), ("VHF 15", "DOVER COASTGUARD, CROSS GRIS-NEZ VHF 16")),
    ],
)
def test_no_hour_channel_or_centre_is_cut(safeport, monkeypatch, position, more, kept, width, lang):
    monkeypatch.setenv("COLUMNS", str(width))
    ran = safeport("decide", "--position", position, "--time", "2022-01-13T05:00:00Z", *more, "--short", "--lang", lang)
    told = " ".join(ran.out.split())
    assert "…" not in told
    for text in kept:
        either = text.replace("DOVER COASTGUARD, CROSS GRIS-NEZ", "DOVER COASTGUARD(, | VHF 16; )CROSS GRIS-NEZ")
        assert re.search(either, told), (text, ran.out)


def test_too_many_aboard_is_the_first_line_and_stands_once(safeport):
    overloaded = (*OFF_FOLKESTONE, "--persons", "300", "--vessel", "rnli-severn")
    reason = "WARNING: no port fit (300 aboard, limit 185): ask for another vessel."
    short = safeport(*overloaded, "--short").out
    assert short.splitlines()[0] == reason
    assert "persons on board" not in short
    whole = " ".join(safeport(*overloaded).out.split())
    assert reason in whole
    assert whole.count("limit 185") == 1


def test_the_line_is_one_line_for_a_message(safeport, example):
    line = safeport(*example, "--view", "line").out
    assert line.count("\n") == 1
    assert len(line) <= 161
    assert "DOVER" in line


def test_routes_are_written_beside_the_answer(safeport, example, tmp_path):
    files = tmp_path / "route.gpx", tmp_path / "routes.geojson"
    ran = safeport(*example, "--gpx", str(files[0]), "--geojson", str(files[1]), "--short")
    assert ran.code == 0
    (route,) = gpxpy.parse(files[0].read_text(encoding="utf-8")).routes
    assert route.name == "Dover"
    collection = json.loads(files[1].read_text(encoding="utf-8"))
    assert collection["features"][1]["properties"]["port_id"] == "dover"
    assert len(collection["features"]) == 6


def test_a_file_that_cannot_be_written_is_refused_before_deciding(safeport, tmp_path):
    assert "no folder" in refused(safeport(*AT, "--gpx", str(tmp_path / "no" / "a.gpx")), "--gpx")
    assert "cannot be written" in refused(safeport(*AT, "--geojson", str(tmp_path)), "--geojson")


@pytest.mark.parametrize(
    ("arguments", "option", "text"),
    [
        (("--positon", "50N 1W"), "--positon", "Did you mean '--position'?"),
        (("--position", "50N 1W", "--draught", "2"), "--draught", "Did you mean '--draught-m'?"),
        (("--position", "50N 1W", "--colour=red"), "--colour", "is no option"),
        (("--position", "50N 1W", "--vessel", "rnli-sever"), "--vessel", "Did you mean 'rnli-severn'?"),
        (("--position", "50N 1W", "--policy", "nearest-tme"), "--policy", "Did you mean 'nearest-time'?"),
        (("--position", "50N 1W", "--persons", "0"), "--persons", "nobody"),
        (
            ("--position", "50N 1W", "--persons", "3", "--recovered", "5"),
            "--recovered",
            "more than --persons. Raise --persons",
        ),
        (("--position", "50N 1W", "--short", "--view", "line"), "--short", "another view"),
        (("--position", "50N 1W", "--lang", "both"), "--lang", "--json"),
    ],
)
def test_what_was_probably_meant_is_named(safeport, arguments, option, text):
    assert text in refused(safeport("decide", *arguments), option)


@pytest.mark.parametrize(
    ("arguments", "option", "pointer", "code", "exit_code"),
    [
        (("--position", "51 60.0N 001 15.0E"), "--position", "/position/coordinates", "INVALID_FIELDS", 2),
        (("--position", "51 30N 001 00W"), "--position", "/position", "POS_ON_LAND", 2),
        (("--position", "51.05,1.25", "--speed-kn", "900"), "--speed-kn", "/vessel/speed_kn", "INVALID_FIELDS", 2),
        (("--position", "51.05,1.25", "--vessel", "titanic"), "--vessel", "/vessel/profile", "UNKNOWN_NAME", 2),
        (("--postion", "51.05,1.25"), "--postion", "", "INVALID_FIELDS", 2),
        (("--position", "51.05,1.25", "--pack", "tests"), None, None, "PACK_UNUSABLE", 1),
    ],
)
def test_with_json_a_refusal_is_a_problem_document(safeport, arguments, option, pointer, code, exit_code):
    ran = safeport("decide", *arguments, "--json")
    assert (ran.code, ran.out) == (exit_code, "")
    problem = json.loads(ran.err)
    assert set(problem) >= {"type", "title", "status", "detail", "code", "errors"}
    assert (problem["code"], problem["exit_code"]) == (code, exit_code)
    if option is None:
        assert problem["errors"] == []
    else:
        assert [(error["option"], error["pointer"]) for error in problem["errors"]] == [(option, pointer)]
        assert problem["detail"].startswith(f"{option}: ")


def test_its_problem_document_has_the_members_of_the_service(safeport, service):
    from api.http.problems import ProblemDocument, kind_of, problem_document
    from engine.errors import InvalidAsk

    ours = json.loads(safeport("decide", "--position", "1", "--json").err)
    theirs = problem_document(kind_of(InvalidAsk("position", "", "")), "", [])
    assert set(ours) - {"exit_code"} == {*theirs, "instance"} >= ProblemDocument.__required_keys__


def test_the_unforeseen_is_a_problem_document_too(safeport, monkeypatch):
    monkeypatch.setattr("api.cli.policies.run", lambda _: 1 / 0)
    ran = safeport("policies", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(ran.err)["code"] == "INTERNAL"


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (("2022-01-13T05:00Z",), "2022-01-13T05:00:00Z"),
        (("2022-01-13", "05:00Z"), "2022-01-13T05:00:00Z"),
        (("2022-01-13 05h00 UTC",), "2022-01-13T05:00:00Z"),
        (("2022-01-13T06:00+01:00",), "2022-01-13T05:00:00Z"),
    ],
)
def test_times_as_people_type_them(safeport, typed, taken):
    ran = safeport("decide", "--position", "51.05,1.25", "--time", *typed, "--json")
    assert json.loads(ran.out)["encounter"]["time"] == taken


def test_an_hour_or_an_offset_is_counted_from_now_and_its_day_is_said(safeport, monkeypatch):
    monkeypatch.setattr("api.cli.arguments.time.time", lambda: 1642050000.0 + 11.0)  # 2022-01-13 05:00:11 UTC
    for typed, text in (
        ("0400Z", "2022-01-13 0400 UTC"),
        ("-10min", "2022-01-13 0450 UTC"),
        ("2359Z", "2022-01-12 2359 UTC"),
    ):
        assert text in " ".join(safeport("decide", "--position", "51.05,1.25", "--time", typed).out.split())
    short = safeport("decide", "--position", "51.05,1.25", "--time", "2330Z", "--short").out
    assert "ETA 2022-01-12 23" in short or "ETA 2022-01-13 00" in short
    assert "nearly as long ago" in refused(safeport("decide", "--position", "51.05,1.25", "--time", "1705Z"), "--time")


def test_one_person_is_spoken_of_as_one(safeport):
    entries = ("decide", "--position", "51.05,1.25", "--time", "2022-01-13T05:00Z", "--persons")
    assert re.search(r"\b1\s+person\n", safeport(*entries, "1").out)
    assert re.search(r"\b1\s+personne\n", safeport(*entries, "1", "--lang", "fr").out)
    assert re.search(r"\b2\s+persons\n", safeport(*entries, "2").out)


def test_the_hour_ashore_is_that_of_the_port(safeport):
    at_calais = ("decide", "--position", "50 59N 001 50E", "--time", "2022-07-13T05:00Z", "--vessel", "rnli-severn")
    english = " ".join(safeport(*at_calais).out.split())
    assert "nearest suitable port CALAIS" in english
    assert re.search(r"ETA 05(\d\d) UTC \(07\1 in France\)", english)
    assert re.search(
        r"HPA 05h(\d\d) UTC \(07h\1 en France\)", " ".join(safeport(*at_calais, "--lang", "fr").out.split())
    )


def test_an_option_given_twice_is_refused(safeport):
    assert "twice" in refused(safeport(*AT, "--position", "50N 1W"), "--position")


def test_what_is_missing_is_named(safeport):
    refused(safeport("decide"), "--position")
    refused(safeport("decide", "--position"), "--position")


def test_each_zone_avoided_says_how_much_water_it_closes(safeport, tmp_path):
    ring = [[1.3, 51.0], [1.5, 51.0], [1.5, 51.1], [1.3, 51.1], [1.3, 51.0]]
    shape = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [ring]}]}
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": None, "geometry": shape}), encoding="utf-8")
    asked = ("decide", "--position", "50.95,1.40", "--vessel", "rnli-severn", "--persons", "20", "--avoid", str(path),
             "--time", "2026-11-29T10:00:00Z")  # fmt: skip
    text = " ".join(safeport(*asked).out.split())
    assert "Routes keep out of temporary zones: zone 1 (closes 156 km² of water, 0.08 % of the area)." in text
    document = json.loads(safeport(*asked, "--json").out)
    (zone,) = document["inputs"]["exclusion_zones"]["zones"]
    assert zone == {
        "name": "zone 1",
        "closed_km2": pytest.approx(156.0, abs=0.1),
        "share": pytest.approx(0.00083, abs=1e-5),
    }
    assert document["recommended"]["distance_nm"] == pytest.approx(15.8, abs=0.1)


def test_the_letter_o_is_west_in_french_alone(safeport):
    asked = ("decide", "--position", "50 20.0N 000 20.0O", "--vessel", "rnli-severn", "--persons", "5", "--json")
    refused = safeport(*asked)
    assert (refused.code, refused.out) == (2, "")
    assert "oost, Ost" in refused.err
    document = json.loads(safeport(*asked, "--lang", "fr").out)
    assert document["encounter"]["position"]["coordinates"] == pytest.approx([-1 / 3, 50 + 1 / 3])


SAME_FAULT = [
    ({"vessel": {"speed_kn": 200}}, ("--speed-kn", "200")),
    ({"vessel": {"profile": "titanic"}}, ("--vessel", "titanic")),
    ({"policy": "best"}, ("--policy", "best")),
    ({"medical": "bad"}, ("--medical", "bad")),
    ({"time": "yesterday"}, ("--time", "yesterday")),
    ({"persons": {"min": 5, "max": 3}}, ("--persons", "5-3")),
    ({"persons": 99_999}, ("--persons", "99999")),
    ({"persons": 0}, ("--persons", "0")),
    ({"persons": 3, "persons_recovered": 5}, ("--persons", "3", "--recovered", "5")),
    ({"position_accuracy_m": -1}, ("--accuracy-m", "-1")),
    ({"vessel": {"draught_m": "deep"}}, ("--draught-m", "deep")),
    ({"position": {"type": "Point", "coordinates": [0.0, 0.0]}}, ("--position", "0,0")),
    ({"position": {"type": "Point", "coordinates": [1.0, 95.0]}}, ("--position", "95.0,1.0")),
    ({"position": {"type": "Point", "coordinates": [-1.0, 52.0]}}, ("--position", "52.0,-1.0")),
    ({"position": {"type": "Point", "coordinates": [1.0, 40.0]}}, ("--position", "40.0,1.0")),
]


@pytest.mark.parametrize(("change", "typed"), SAME_FAULT)
def test_a_fault_has_one_pointer_on_both_ways_in(safeport, service, change, typed):
    """Of what was typed and of the same body sent: the place, and the code but where a text had to be read first."""
    place = () if "--position" in typed else ("--position", "51.05,1.25")
    ran = safeport("decide", "--json", *place, *typed)
    (told,) = json.loads(ran.err)["errors"]
    encounter = {"position": {"type": "Point", "coordinates": [1.25, 51.05]}} | change
    with asyncio.Runner() as runner:
        answer = Caller(runner, create_app(service)).decide(encounter).json()
    assert [told["pointer"]] == [error["pointer"] for error in answer["errors"]]
    assert told["code"] in (answer["errors"][0]["code"], "INVALID_VALUE")


@pytest.mark.parametrize(("option", "content"), [("--avoid", '{"type":"FeatureCollection","features":[]}'),
                                                 ("--overlay", "port_id,nonsense\n")])  # fmt: skip
def test_a_file_of_ones_own_is_refused_by_its_option_and_is_no_field_of_a_body(
    safeport, example, tmp_path, option, content
):  # fmt: skip
    path = tmp_path / "own.csv"
    path.write_text(content, encoding="utf-8")
    assert safeport(*example, option, str(path)).err.startswith(f"{option}: own.csv has ")
    (error,) = json.loads(safeport(*example, option, str(path), "--json").err)["errors"]
    assert (error["option"], error["pointer"]) == (option, "")
