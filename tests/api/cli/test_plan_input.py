"""What people bring to ``safeport plan``: tables, written positions, standard input, the store; refusals by row."""

import io
import json
import sys
import time
from types import SimpleNamespace

import pytest

from api.cli.plan_input import BOAT_COLUMNS, PORT_COLUMNS, body_of_file, ports_of_file
from api.encounter import EncounterIn
from api.plan.request import PlanEncounterIn, PortFiguresIn, plan_from
from api.position import parse_position
from api.store.commands import Actor, Role
from api.store.encounters import ReportEncounter
from api.store.ports import Places, ReportCapacity
from api.store.store import open_store
from engine.errors import InvalidAsk

BOATS = (
    'id,position,persons,medical,vessel\nB10,"50 59.4N 001 28.2E",20,none,rnli-severn\n'
    "B2,\"51°00.0'N 1°31.2'E\",28-30,urgent,ukbf-ctv\n"
)
PORTS = "port;free places;rate\nDouvres;40;60\nFRCQF;60;60\n"


def refused(call, *arguments):
    with pytest.raises(InvalidAsk) as caught:
        call(*arguments)
    return caught.value


@pytest.fixture
def files(tmp_path):
    (tmp_path / "boats.csv").write_text(BOATS, encoding="utf-8")
    (tmp_path / "ports.csv").write_text(PORTS, encoding="utf-8")
    return tmp_path


def test_a_table_is_the_body_it_stands_for():
    rows = {}
    body = body_of_file(BOATS.encode(), "boats.csv", "en", rows)
    lon, lat = parse_position("50 59.4N 001 28.2E")
    assert body["encounters"][0] == {
        "id": "B10", "position": {"type": "Point", "coordinates": [lon, lat]}, "persons": 20,
        "medical": "none", "vessel": {"profile": "rnli-severn"},
    }  # fmt: skip
    assert body["encounters"][1]["persons"] == {"min": 28, "max": 30}
    assert rows == {"encounters.0": "boats.csv row 2,", "encounters.1": "boats.csv row 3,"}
    plan_from(body)


def test_every_column_is_a_field_and_every_figure_reaches_it():
    line = {
        "id": "A", "lat": "51.0", "lon": "1.5", "persons": "30", "medical": "Urgent", "speed_kn": "20", "loa_m": "12",
        "draught_m": "1.5", "beam_m": "4", "range_nm": "100", "max_hs_m": "2", "survivor_capacity": "40",
        "self_righting_persons": "20", "policy": "nearest-time", "time": "2024-10-05T06:40Z", "may_split": "yes",
        "most_parts": "3", "unit": "Severn 2", "encounter_id": "e-1", "persons_recovered": "10",
        "persons_in_water": "no", "aboard_since": "2024-10-05T06:00Z",
        "sheltered": "yes", "position_accuracy_m": "100", "position_age_s": "60",
        "vessel": "rnli-severn",
    }  # fmt: skip
    assert set(line) == set(BOAT_COLUMNS) - {"position"}
    text = ",".join(line) + "\n" + ",".join(line.values()) + "\n"
    (row,) = body_of_file(text.encode(), "boats.csv", "en", {})["encounters"]
    model = PlanEncounterIn.model_validate(row)
    assert set(row) == set(PlanEncounterIn.model_fields) >= set(EncounterIn.model_fields)
    assert model.vessel.survivor_capacity == 40
    assert model.may_split is True
    assert model.time == "2024-10-05T06:40:00Z"
    (port,) = ports_of_file((",".join(PORT_COLUMNS) + "\ndover,1,2.5,3\n").encode(), "ports.csv", "en", {})
    assert set(port) == set(PortFiguresIn.model_fields)
    assert PortFiguresIn.model_validate(port).persons_per_hour == 2.5


def test_a_json_list_with_written_positions():
    rows = [{"id": "A", "position": "N50 59.4 E001 28.2", "persons": "20-25", "vessel": "rnli-severn", "time": None}]
    (row,) = body_of_file(json.dumps(rows).encode(), "-", "en", {})["encounters"]
    assert row["position"]["coordinates"] == list(parse_position("50 59.4N 001 28.2E"))
    assert row["persons"] == {"min": 20, "max": 25}
    assert row["vessel"] == {"profile": "rnli-severn"}
    # West is O where French is spoken, and refused where it could be east.
    west = [{**rows[0], "position": "49 30.0N 001 28.2O"}]
    assert body_of_file(json.dumps(west).encode(), "-", "fr", {})["encounters"][0]["position"]["coordinates"][0] < 0
    assert refused(body_of_file, json.dumps(west).encode(), "-", "en", {}).field == "encounters.0.position"


def test_a_body_as_it_is_posted_passes_as_it_is():
    body = {
        "time": "2024-10-05T06:30:00Z",
        "encounters": [{"id": "A", "position": {"type": "Point", "coordinates": [1.5, 51.0]}, "persons": 5}],
        "ports": [{"id": "dover", "places": 1, "persons_per_hour": 1}],
    }
    assert body_of_file(json.dumps(body).encode(), "plan.json", "en", {}) == body


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("id,persons,position,persons\n", "boats.csv: has the column persons twice."),
        ("id,pob,persons\n", "boats.csv: has the column persons twice."),
        ("id,position,persns\n", "boats.csv: 'persns' is not a column of this table. Did you mean 'persons'?"),
        ("id,position\n", "boats.csv: has no row below its header."),
        ("id,position\n\n , \n", "boats.csv: has no row below its header."),
        ('id,position\nA,"51.0, 1.5",9\n', "boats.csv row 2: has 3 cells below 2 columns."),
        ('id,position\nA,"51.0, 1.5"\nA,"51.1, 1.5"\n', "boats.csv row 3, id: 'A' stands in boats.csv row 2, too."),
        ('id,position\n,"51.0, 1.5"\n', "boats.csv row 2: has no id."),
        ("id,persons\nA,9\n", "encounters.0.position: is missing."),
        ("id,lat\nA,51\n", "encounters.0.position: has lat without lon."),
        ("id,lat,lon\nA,,1.5\n", "encounters.0.position: has lon without lat."),
        ("id;lat;lon;position\nA;50.05;1.0;51 03.0N 001 27.0E\n", "encounters.0.position: is given beside lat."),
        ("id;lon;position\nA;1.45;51 03.0N 001 27.0E\n", "encounters.0.position: is given beside lon."),
        ("id;position;speed_kn\nA;51 03.0N 001 27.0E;1,500\n", "encounters.0.speed_kn: '1,500' has a comma."),
        ("id;position;speed_kn\nA;51 03.0N 001 27.0E;1.500,5\n", "encounters.0.speed_kn: '1.500,5' has a comma."),
        ('id,position,speed_kn\nA,51 03.0N 001 27.0E,"18,5"\n', "encounters.0.speed_kn: '18,5' has a comma."),
        ('id,position,persons\nA,"51.0, 1.5",many\n', "encounters.0.persons: 'many' is not a number of people."),
        ('id,position,may_split\nA,"51.0, 1.5",perhaps\n', "encounters.0.may_split: 'perhaps' is neither yes nor no."),
        ('id,position\nA,"51.0\n', "boats.csv row 2: cannot be read"),
        ("", "INPUT: is empty."),
    ],
)
def test_a_wrong_table_is_refused_by_row_and_column(table, told):
    wrong = refused(body_of_file, table.encode(), "boats.csv", "en", {})
    assert str(wrong).startswith(told)
    assert wrong.remedy


@pytest.mark.parametrize(
    ("boats", "ports", "told"),
    [
        (200, 1000, None),
        (201, 1, "encounters: has 201 boats, more than 200. Give 200 or fewer."),
        (1, 1001, "ports: has 1001 ports, more than 1000. Give 1000 or fewer."),
        (0, 1, "encounters: has no boat. Give at least one encounter."),
    ],
)
def test_too_many_are_told_from_none(boats, ports, told):
    body = {
        "encounters": [
            {"id": f"B{k}", "position": {"type": "Point", "coordinates": [1.5, 51.0]}} for k in range(boats)
        ],
        "ports": [{"id": f"p{k}"} for k in range(ports)],
    }
    if told is None:
        assert len(plan_from(body).encounters) == boats
    else:
        assert str(refused(plan_from, body)) == told


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ("id;lat;lon\nA;51,05;1,45\n", (1.45, 51.05)),
        ("id;lat;lon\nA;51,125;-1,375\n", (-1.375, 51.125)),
        ('id,lat,lon\nA,"51,05","1,45"\n', (1.45, 51.05)),
        ("id\tlat\tlon\nA\t51,05\t1.45\n", (1.45, 51.05)),
        ("id;lat;lon;position\nA;;;51,05N 1,45E\n", (1.45, 51.05)),
        ("id;lat;lon\nA;51 03,0N;001 27,0E\n", (1.45, 51.05)),
    ],
)
def test_a_comma_in_a_cell_of_its_own_is_a_decimal_mark(table, place):
    (row,) = body_of_file(table.encode(), "boats.csv", "en", {})["encounters"]
    assert row["position"]["coordinates"] == pytest.approx(place, abs=1e-9)


def test_a_table_with_semicolons_has_decimal_commas():
    boats = "id;lat;lon;speed_kn;draught_m;persons\nA;51,05;1,45;18,5;0,125;20\n"
    (row,) = body_of_file(boats.encode(), "boats.csv", "fr", {})["encounters"]
    assert row["vessel"] == {"speed_kn": 18.5, "draught_m": 0.125}
    (port,) = ports_of_file(b"id;places;rate\ndover;40;7,5\n", "ports.csv", "fr", {})
    assert port["persons_per_hour"] == 7.5


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_wrong_is_named_as_it_was_given(safeport, files, language):
    row, boat, empty = ("row", "boat", ": is empty.") if language == "en" else ("ligne", "embarcation", " : est vide.")
    (files / "apart.csv").write_text("id;lat;lon\nA;95,5;1,45\n", encoding="utf-8")
    (files / "empty.csv").write_text("", encoding="utf-8")
    (files / "number.json").write_text('[{"id": 5, "position": "51 03.0N 001 27.0E", "persons": -1}]', encoding="utf-8")
    ports = ("--ports", str(files / "ports.csv"), "--lang", language)
    boats = str(files / "boats.csv")
    told = {
        (str(files / "apart.csv"), *ports): f"apart.csv {row} 2, lat, lon",
        (boats, "--ports", str(files / "empty.csv"), "--lang", language): f"--ports{empty} ",
        (boats, *ports, "--policy", "nope"): "--policy",
        (str(files / "number.json"), *ports): f"{boat} '5', ",
    }
    for arguments, begins in told.items():
        ran = safeport("plan", *arguments)
        assert ran.code == 2
        assert ran.err.startswith(begins)


@pytest.mark.parametrize("rate", ["0", "-5", "", "inf", "20000"])
def test_a_port_without_a_rate_is_said_to_be_left_out_and_can_be(safeport, files, rate):
    table = f"id,places,persons_per_hour\ncalais,60,60\ndover,5,{rate}\n"
    (files / "ports.csv").write_text(table, encoding="utf-8")
    plan = ("plan", str(files / "boats.csv"), "--time", "2024-10-05T06:30Z", "--ports", str(files / "ports.csv"))
    ran = safeport(*plan)
    assert ran.err.startswith("ports.csv row 3, persons_per_hour: ")
    assert ran.err.endswith("leave the port out if it is not known.\n")
    (files / "ports.csv").write_text(table.partition("dover")[0], encoding="utf-8")
    assert safeport(*plan).code == 0


def test_a_policy_of_one_row_is_named_by_its_row(safeport, files):
    (files / "own.csv").write_text('id,position,policy\nA,"51.0, 1.5",nope\n', encoding="utf-8")
    ran = safeport("plan", str(files / "own.csv"), "--ports", str(files / "ports.csv"), "--policy", "medical-first")
    assert ran.err.startswith("own.csv row 2, policy: there is no policy 'nope'.")


def test_a_table_of_boats_and_one_of_ports(safeport, files):
    ran = safeport("plan", "--json", "--ports", str(files / "ports.csv"), "--time", "2024-10-05T06:30Z",
                   str(files / "boats.csv"))  # fmt: skip
    assert ran.err == ""
    document = json.loads(ran.out)
    assert [encounter["id"] for encounter in document["encounters"]] == ["B2", "B10"]
    assert [encounter["urgency_weight"] for encounter in document["encounters"]] == [2, 1]
    assert {port["port"]["id"] for port in document["ports"]} == {"dover", "calais"}
    assert document["planned_at"] == "2024-10-05T06:30:00Z"


def test_standard_input(safeport, files, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BOATS.encode())))
    ran = safeport("plan", "-", "--persons-per-hour", "50", "--time", "2024-10-05T06:30Z", "--json")
    assert ran.err == ""
    document = json.loads(ran.out)
    assert document["inputs"]["ports_without_figures"] == "unlimited"
    assert len(document["encounters"]) == 2


def test_a_rate_for_all_adds_no_port_to_those_of_the_table(safeport, files):
    (files / "ports.csv").write_text("id,places,rate\nramsgate,70,\ndover,,60\n", encoding="utf-8")
    rate = ("--persons-per-hour", "10", "--time", "2024-10-05T06:30Z", "--json")
    document = json.loads(safeport("plan", str(files / "boats.csv"), "--ports", str(files / "ports.csv"), *rate).out)
    (port,) = document["ports"]
    assert (port["port"]["id"], port["places"], port["persons_per_hour"]) == ("ramsgate", 70, 10)
    assert port["assumed"] == ["persons_per_hour"]
    body = {**json.loads(json.dumps(body_of_file(BOATS.encode(), "boats.csv", "en", {}))),
            "ports": [{"id": "ramsgate", "places": 70}]}  # fmt: skip
    (files / "plan.json").write_text(json.dumps(body), encoding="utf-8")
    document = json.loads(safeport("plan", str(files / "plan.json"), *rate).out)
    assert [port["port"]["id"] for port in document["ports"]] == ["ramsgate"]
    # Where no ports are given every one of them is used.
    document = json.loads(safeport("plan", str(files / "boats.csv"), *rate).out)
    assert len(document["ports"]) > 1
    assert {port["places"] for port in document["ports"]} == {None}


@pytest.mark.parametrize(
    ("ports", "told"),
    [
        ("id,places,persons_per_hour\ndover,-5,60\n", "ports.csv row 2, places: is below 0."),
        ("id,places,persons_per_hour\ndover,5,0\n", "ports.csv row 2, persons_per_hour: is not above 0."),
        ("id,places,persons_per_hour\natlantis,5,60\n", "ports.csv row 2, id: there is no port 'atlantis'."),
        ("id,places,persons_per_hour\ndover,5,60\nGBDVR,5,60\n", "ports.csv row 3, id: is a port that comes earlier"),
        ("id,places\ndover,5\n", "ports.csv row 2, persons_per_hour: is missing."),
        ("id,places,persons_per_hour\ndover,many,60\n", "ports.csv row 2, places: 'many' is not a whole number."),
    ],
)
def test_a_wrong_port_is_refused_by_row(safeport, files, ports, told):
    (files / "ports.csv").write_text(ports, encoding="utf-8")
    ran = safeport("plan", str(files / "boats.csv"), "--ports", str(files / "ports.csv"))
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(told)


def test_a_wrong_boat_is_refused_by_row(safeport, files):
    (files / "boats.csv").write_text(BOATS.replace("rnli-severn", "raft"), encoding="utf-8")
    ran = safeport("plan", str(files / "boats.csv"), "--persons-per-hour", "60")
    assert ran.err.startswith("boats.csv row 2, vessel")
    (files / "boats.csv").write_text(BOATS.replace("51°00.0'N 1°31.2'E", "52.0, -1.0"), encoding="utf-8")
    ran = safeport("plan", str(files / "boats.csv"), "--persons-per-hour", "60")
    assert ran.err.startswith("boats.csv row 3, position")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "INPUT: is missing."),
        (("boats.csv",), "--ports: there is no port with places and a landing rate."),
        (("boats.csv", "--from-store"), "INPUT: is given beside --from-store."),
        (("boats.csv", "--store", "sqlite:x"), "--from-store: is missing beside the store."),
        (("boats.csv", "--persons-per-hour", "0"), "--persons-per-hour: is not above 0."),
        (("boats.csv", "--persons-per-hour", "60", "--time-limit-s", "0.5"), "--time-limit-s: is below 1."),
        (("boats.csv", "--persons-per-hour", "60", "--html", "none/page.html"), "--html: there is no folder"),
        (("none.json", "--ports", "none.csv"), "INPUT: the file cannot be read"),
        (("boats.csv", "--ports", "none.csv"), "--ports: the file cannot be read"),
        (("-", "--ports", "-"), "--ports: is standard input, and so is INPUT."),
        (("--from-store", "--time", "now"), "--time: is given beside --from-store"),
        (("both.json", "--time", "now"), "--time: is given beside time in the file."),
        (("both.json", "--ports", "ports.csv"), "--ports: is given beside ports in the file."),
        (("nobody.json", "--persons-per-hour", "60"), "encounters: has no boat."),
        (("twice.json", "--persons-per-hour", "60"), "plan: 'A' comes twice among the encounters."),
    ],
)
def test_what_does_not_go_together_is_refused(safeport, files, monkeypatch, arguments, told):
    boat = {"id": "A", "position": "51.0, 1.5"}
    bodies = {
        "both": {"time": "2024-10-05T06:30Z", "encounters": [boat], "ports": [{"id": "dover", "places": 1}]},
        "nobody": [], "twice": [boat, boat],
    }  # fmt: skip
    for name, body in bodies.items():
        (files / f"{name}.json").write_text(json.dumps(body), encoding="utf-8")
    monkeypatch.chdir(files)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BOATS.encode())))
    ran = safeport("plan", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(told)
    assert ran.err.count("\n") == 1


def test_what_is_wrong_in_a_json_body_is_named_by_boat_and_pointed_to(safeport, tmp_path):
    boats, table = tmp_path / "boats.json", tmp_path / "boats.csv"
    wrong = {"position": "51.0, 1.5", "persons": "many"}
    for row, option in (({"id": "A", **wrong}, "boat 'A', persons"), (wrong, "encounters.0.persons")):
        boats.write_text(json.dumps([row]), encoding="utf-8")
        ran = safeport("plan", str(boats), "--persons-per-hour", "10", "--json")
        (error,) = json.loads(ran.err)["errors"]
        assert (error["option"], error["pointer"]) == (option, "/encounters/0/persons")
    boats.write_text(json.dumps([{"id": "A", "position": "48.8, 2.35"}]), encoding="utf-8")
    on_land = (str(boats), "--persons-per-hour", "10")
    assert safeport("plan", *on_land).err.startswith("boat 'A', position: lies on land")
    assert safeport("plan", *on_land, "--lang", "fr").err.startswith("embarcation 'A', position : est à terre")
    table.write_text('id,position\nA,"48.8, 2.35"\n', encoding="utf-8")
    ran = safeport("plan", str(table), "--persons-per-hour", "10", "--lang", "fr")
    assert ran.err.startswith("boats.csv ligne 2, position : est à terre")
    # A table whose file is at fault is no field of a body.
    table.write_text("id,persns\nA,3\n", encoding="utf-8")
    (error,) = json.loads(safeport("plan", str(table), "--json").err)["errors"]
    assert (error["option"], error["pointer"]) == ("boats.csv", "")


def test_a_missing_rate_is_asked_for_by_its_option(safeport, files):
    (files / "ports.csv").write_text("id,places\ndover,5\n", encoding="utf-8")
    ran = safeport("plan", str(files / "boats.csv"), "--ports", str(files / "ports.csv"), "--lang", "fr")
    assert ran.err == (
        "ports.csv ligne 2, persons_per_hour : manque. La donner, ou --persons-per-hour pour tous ; "
        "omettre le port si elle est inconnue.\n"
    )  # fmt: skip


def test_the_encounters_of_the_store_with_what_its_ports_report(safeport, tmp_path):
    now_s, controller = time.time(), Actor(Role.CONTROLLER, "test")
    url = f"sqlite:{tmp_path}/store.db"
    with open_store(url, create=True) as store:
        empty = safeport("plan", "--from-store", "--store", url)
        assert empty.err.startswith("--from-store: the store has no open encounter")
        store.do(ReportCapacity("dover", Places(70), persons_per_hour=60), controller, now_s)
        made = store.do(ReportEncounter("phone", 1.47, 50.99, now_s, persons_min=20, persons_max=20), controller, now_s)
    ran = safeport("plan", "--from-store", "--store", url, "--json")
    assert ran.err == ""
    document = json.loads(ran.out)
    (encounter,) = document["encounters"]
    assert encounter["id"] == made.document["encounter_id"]
    assert [port["port"]["id"] for port in document["ports"]] == ["dover"]
    assert document["ports"][0]["places"] == 70


@pytest.fixture
def room(tmp_path):
    """A store with a fit encounter, one on land, one of an unknown number in the Irish Sea, and an empty boat."""
    now_s, controller = time.time(), Actor(Role.CONTROLLER, "test")
    url = f"sqlite:{tmp_path}/room.db"
    placed = {"fit": (1.47, 50.99, 20), "land": (2.35, 48.8, 7), "far": (-5.5, 54.5, None), "empty": (1.5, 51.0, 0)}
    with open_store(url, create=True) as store:
        store.do(ReportCapacity("dover", Places(70), persons_per_hour=60), controller, now_s)
        ids = {
            name: store.do(
                ReportEncounter("phone", lon, lat, now_s, persons_min=count, persons_max=count), controller, now_s
            ).document["encounter_id"]
            for name, (lon, lat, count) in placed.items()
        }
    return url, ids


def test_one_encounter_that_is_refused_does_not_cost_the_others_their_plan(safeport, room, tmp_path):
    url, ids = room
    ran = safeport("plan", "--from-store", "--store", url, "--json")
    assert ran.err == ""
    document = json.loads(ran.out)
    assert [encounter["id"] for encounter in document["encounters"]] == [ids["fit"]]
    left_out = {entry["id"]: entry for entry in document["left_out"]}
    assert set(left_out) == {ids["land"], ids["far"]}
    assert (left_out[ids["land"]]["persons"], left_out[ids["land"]]["code"]) == (7, "POS_ON_LAND")
    # Where nobody knows how many, the policy's figure counts here as for any other encounter.
    missing = 7 + left_out[ids["far"]]["persons"]
    assert left_out[ids["far"]]["persons"] > 0
    assert document["outcome"] == "incomplete"
    assert document["headline"]["en"].startswith(f"WARNING: no place found for {missing} of {20 + missing} persons.")
    assert document["greedy"]["without_place"] == missing
    told = [notice for notice in document["notices"] if notice["code"] == "ENCOUNTER_REFUSED"]
    assert {notice["level"] for notice in told} == {"warning"}
    assert ids["land"] in told[0]["text"]["en"] + told[1]["text"]["en"]
    for language, reason, nobody in (
        ("en", "position: lies on land", "Nobody to land"), ("fr", "position : est à terre", "Personne à débarquer"),
    ):  # fmt: skip
        page = tmp_path / f"{language}.html"
        ran = safeport("plan", "--from-store", "--store", url, "--lang", language, "--html", str(page))
        for text in (" ".join(ran.out.split()), page.read_text(encoding="utf-8")):
            assert ids["land"] in text
            assert reason in text
            assert nobody in text
            assert ids["empty"] in text


def test_where_all_are_fit_nothing_is_left_out(safeport, tmp_path):
    now_s, url = time.time(), f"sqlite:{tmp_path}/store.db"
    with open_store(url, create=True) as store:
        store.do(ReportEncounter("phone", 1.47, 50.99, now_s), Actor(Role.CONTROLLER, "test"), now_s)
    document = json.loads(safeport("plan", "--from-store", "--store", url, "--json").out)
    assert document["left_out"] == []
    assert not {"ENCOUNTER_REFUSED", "NOBODY_LEFT"} & {notice["code"] for notice in document["notices"]}


def test_where_every_encounter_is_refused_the_plan_says_so(safeport, tmp_path):
    now_s, url = time.time(), f"sqlite:{tmp_path}/store.db"
    with open_store(url, create=True) as store:
        land = ReportEncounter("phone", 2.35, 48.8, now_s, persons_min=7, persons_max=7)
        store.do(land, Actor(Role.CONTROLLER, "test"), now_s)
    document = json.loads(safeport("plan", "--from-store", "--store", url, "--json").out)
    assert document["outcome"] == "none"
    assert [entry["persons"] for entry in document["left_out"]] == [7]


def test_the_page_stands_alone_and_says_what_the_text_says(safeport, files):
    for language, title in (("en", "BY PORT"), ("fr", "PAR PORT")):
        page = files / f"{language}.html"
        ran = safeport("plan", str(files / "boats.csv"), "--ports", str(files / "ports.csv"), "--time",
                       "2024-10-05T06:30Z", "--lang", language, "--html", str(page))  # fmt: skip
        assert ran.err == ""
        html = page.read_text(encoding="utf-8")
        assert title in html
        assert not any(mark in html for mark in ("http", "src=", "<script", "<link", "@import", "url("))
        assert html.count('class="bar" aria-hidden="true"') == sum(
            line.startswith("    ") and "  arriv" in line for line in ran.out.splitlines()
        ) > 0  # fmt: skip
