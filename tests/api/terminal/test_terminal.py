"""The terminal's routes: state, NEAREST, what is entered, what is refused, what a restart brings back."""

import hashlib
import json
import shutil
import sqlite3
import time
from dataclasses import replace

import apsw
import httpx
import pytest

from api.encounter import VesselIn
from api.terminal import state_file as keeper_module
from api.terminal.terminal import TIDES_AHEAD_S
from geodata.pack import DEFAULT_PACK
from geodata.tides import tables as tide_tables
from geodata.tides.blocks import BLOCK_DAYS, block_start_s
from geodata.tides.tables import TideTables
from tests.api.http.live_server import serving
from tests.api.terminal.sentences import AT_S

SEVERN = {"profile": {"profile": "rnli-severn"}, "name": "SYNTHETIC"}


@pytest.mark.parametrize(
    ("lat", "lon", "persons", "medical"),
    [(51.0, 1.45, None, "none"), (50.35, -1.1, {"min": 12, "max": 14}, "urgent"), (50.95, 1.75, 60, "critical"),
     (49.9, -3.2, None, "none")],
)  # fmt: skip
def test_it_is_the_service_s_decision(ship, lat, lon, persons, medical):
    ship.call("PUT", "/terminal/v1/vessel", SEVERN)
    ship.hear(lat, lon)
    answered = ship.nearest(persons=persons, medical=medical, lang="both").json()
    there = ship.ask_service(answered["encounter"])
    assert there.json() == answered["decision"]
    assert hashlib.sha256(there.content).hexdigest() == answered["digest"]
    assert answered["decision"]["decision_id"] == there.json()["decision_id"]


def test_nothing_leaves_and_nothing_is_needed(ship):
    ship.hear()
    answered = ship.nearest().json()
    assert answered["decision"]["outcome"] in ("suitable", "unconfirmed")
    assert answered["decision"]["encounter"]["position"]["coordinates"] == [1.45, 51.0]
    assert (answered["fix"]["quality"], answered["recorded"]) == ("good", True)
    assert ship.state()["link"]["state"] == "off"


def test_a_position_by_hand_goes_before_the_fix(ship):
    ship.hear()
    for position in ("50 30.0N 000 30.0W", {"type": "Point", "coordinates": [-0.5, 50.5]}):
        answered = ship.nearest(position=position).json()
        assert answered["decision"]["encounter"]["position"]["coordinates"] == [-0.5, 50.5]


@pytest.mark.parametrize(("after_s", "language", "word"), [(None, "en", "No source"), (901.0, "fr", "trop ancienne")])
def test_without_a_fix_it_says_what_it_still_knows(ship, after_s, language, word):
    if after_s is not None:
        ship.hear().ticks.go(after_s)
    refused = ship.call("POST", "/terminal/v1/nearest", {}, {"Accept-Language": language})
    document = refused.json()
    assert (refused.status_code, document["code"]) == (409, "NO_POSITION")
    assert refused.headers["content-type"] == "application/problem+json"
    assert word in document["detail"]
    if after_s is None:
        assert document["last_known"] is None
    else:
        assert document["last_known"] == {"position": [1.45, 51.0], "age_s": 901}
    # And by hand it is answered all the same.
    assert ship.nearest(position="51 00.0N 001 27.0E").status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_position_that_looks_exchanged_is_refused_in_the_form_it_was_given_in(ship, language):
    ship.hear()
    heads = {"Accept-Language": language}
    written = {"en": "write latitude first.", "fr": "écrire la latitude d'abord."}[language]

    def refused(path, body):
        answered = ship.call("POST", f"/terminal/v1/{path}", body, heads)
        assert answered.status_code == 422
        return answered.json()["detail"]

    for path, field in (("nearest", "position"), ("retask", "casualty")):
        told = refused(path, {field: "01 30.0N 051 00.0E"})
        assert told.endswith(written)
        assert "[longitude" not in told
    point = {"type": "Point", "coordinates": [51.0, 1.5]}
    assert "[longitude, latitude]" in refused("nearest", {"position": point})


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "'please' is not part of a position. "), ("fr", "'please' ne fait pas partie d'une position. ")],
)
def test_a_position_typed_here_is_refused_with_the_word_that_is_none_of_it(ship, language, told):
    for path, field in (("position", "text"), ("nearest", "position"), ("retask", "casualty"), ("reports", "position")):
        body, heads = {field: "51 10 N 1 30 E please"}, {"Accept-Language": language}
        document = ship.call("POST", f"/terminal/v1/{path}", body, heads).json()
        assert document["code"] == "INVALID_FIELDS"
        assert told in document["detail"]
        assert [entry["pointer"] for entry in document["errors"]] == [f"/{field}"]


def test_dead_reckoning_is_answered_with_its_age_and_doubt(ship):
    ship.hear(sog_kn=20.0, cog_deg=90.0).ticks.go(360.0)
    answered = ship.nearest().json()
    assert answered["fix"]["quality"] == "dead_reckoning"
    assert answered["encounter"]["position"]["coordinates"][0] == pytest.approx(1.45 + 2.0 / 60.0 / 0.6293, abs=0.002)
    assert answered["encounter"]["position_age_s"] == 360.0
    assert answered["encounter"]["position_accuracy_m"] > 500.0


def test_a_fix_on_land_is_shown_and_questioned(ship):
    ship.hear(51.2, 1.0)
    state = ship.state()["fix"]
    assert (state["quality"], state["why_code"], state["position"]) == ("questioned", "ON_LAND", [1.0, 51.2])
    refused = ship.nearest()
    assert (refused.status_code, refused.json()["code"]) == (422, "POS_ON_LAND")


def test_a_fix_off_the_map(ship):
    ship.hear(20.0, 1.0)
    assert ship.state()["fix"]["why_code"] == "OUTSIDE"


def test_the_clock_of_the_fix_decides_where_the_computer_s_is_wrong(launch):
    ship = launch(system_s=AT_S - 7_200.0)
    for _ in range(10):
        ship.hear()
        ship.ticks.go(1.0)
    state = ship.state()
    assert (state["clock"]["source"], state["clock"]["offset_s"], state["at"]) == (
        "fix", 7_200.0, "2026-11-22T14:30:10Z"
    )  # fmt: skip
    assert "2 h" in state["clock"]["why"]["en"]
    assert ship.nearest().json()["encounter"]["time"] == "2026-11-22T14:30:10Z"


def test_what_was_entered_is_what_is_asked_with(ship):
    ship.call("PUT", "/terminal/v1/vessel", SEVERN)
    persons = {"min": 10, "max": 12, "recovered": 8, "in_water": True, "aboard_since": "2026-11-22T13:00:00Z"}
    state = ship.call("PUT", "/terminal/v1/persons", persons).json()
    assert state["persons"] == persons
    assert (state["vessel"]["name"], state["vessel"]["speed_kn"]) == ("SYNTHETIC", 25.0)
    ship.hear()
    encounter = ship.nearest().json()["encounter"]
    assert encounter["persons"] == {"min": 10, "max": 12}
    assert (encounter["persons_recovered"], encounter["persons_in_water"]) == (8, True)
    assert encounter["vessel"] == {"profile": "rnli-severn"}
    # Another count in the question is about other people, of whom nothing else is known.
    assert "persons_recovered" not in ship.nearest(persons=3).json()["encounter"]
    # Nobody aboard yet: how many there will be is not known, and an answer is made all the same.
    ship.call("PUT", "/terminal/v1/persons", {"min": 0, "max": 0})
    assert "persons" not in ship.nearest().json()["encounter"]
    assert ship.call("PUT", "/terminal/v1/persons", {}).json()["persons"] is None


def test_how_the_people_are_is_kept_and_asked_with(launch):
    first = launch()
    assert first.state()["medical"] is None
    assert first.call("PUT", "/terminal/v1/medical", {"medical": "critical"}).json()["medical"] == "critical"
    ship = launch()
    assert ship.state()["medical"] == "critical"
    ship.hear()
    assert ship.nearest().json()["encounter"]["medical"] == "critical"
    assert ship.nearest(medical="none").json()["encounter"]["medical"] == "none"
    # Of other people it is not known how they are.
    assert ship.nearest(persons=3).json()["encounter"]["medical"] == "none"
    assert ship.call("PUT", "/terminal/v1/medical", {"medical": None}).json()["medical"] is None
    assert ship.nearest().json()["encounter"]["medical"] == "none"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PUT", "vessel", {"profile": {"profile": "no-such"}}, 422, "UNKNOWN_NAME"),
        ("PUT", "vessel", {"profile": {}, "nationality": "x"}, 422, "INVALID_FIELDS"),
        ("PUT", "persons", {"min": 5}, 422, "INVALID_FIELDS"),
        ("PUT", "medical", {"medical": "bad"}, 422, "INVALID_FIELDS"),
        ("PUT", "persons", {"min": 5, "max": 4}, 422, "INVALID_FIELDS"),
        ("PUT", "persons", {"min": 1, "max": 4, "recovered": 9}, 422, "INVALID_FIELDS"),
        ("POST", "nearest", {"position": "51 60.0N 001 00.0E"}, 422, "INVALID_FIELDS"),
        ("POST", "nearest", {"position": "51 00.0N 001 27.0E", "policy": "no-such"}, 422, "UNKNOWN_NAME"),
        ("POST", "nearest", {"medical": "bad"}, 422, "INVALID_FIELDS"),
        ("POST", "position", {"text": "somewhere"}, 422, "INVALID_FIELDS"),
    ],
)
def test_what_is_wrong_is_refused_by_name(ship, method, path, body, status, code):
    refused = ship.call(method, f"/terminal/v1/{path}", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_positions_are_read_back_as_on_the_radio(ship):
    heard = ship.call("POST", "/terminal/v1/position", {"text": "51 07.3N 001 20.8W"}).json()
    assert heard["position"] == pytest.approx([-1.346667, 51.121667], abs=1e-5)
    assert heard["read_back"] == {
        "en": "5 1 degrees 0 7 decimal 3 north, 0 0 1 degrees 2 0 decimal 8 west",
        "fr": "5 1 degrés 0 7 virgule 3 nord, 0 0 1 degrés 2 0 virgule 8 ouest",
    }


def test_retask_puts_both_side_by_side_and_chooses_neither(ship):
    ship.call("PUT", "/terminal/v1/vessel", SEVERN)
    ship.call("PUT", "/terminal/v1/persons", {"min": 10, "max": 10, "aboard_since": "2026-11-22T12:30:00Z"})
    ship.hear(51.05, 1.40)
    body = {"casualty": "50 55.0N 001 20.0E", "persons": 20, "in_water": True}
    both = ship.call("POST", "/terminal/v1/retask", body).json()
    land, go = both["land_first"], both["casualty_first"]
    assert land["port"]["port_id"] == "dover"
    assert land["minutes_to_casualty"] > land["minutes_to_landing"] > 0
    assert go["minutes_to_landing"] > go["minutes_to_casualty"] > 0
    assert land["aboard_hours_at_landing"] == pytest.approx(2.0 + land["minutes_to_landing"] / 60.0, abs=0.06)
    assert go["aboard_hours_at_landing"] == pytest.approx(2.0 + go["minutes_to_landing"] / 60.0, abs=0.06)
    later = land["minutes_to_casualty"] - go["minutes_to_casualty"]
    assert f"{later} min later" in both["warning"]["en"]
    assert set(both) == {"land_first", "casualty_first", "casualty", "warning", "notice"}


def test_layers_have_an_age_and_a_limit(ship):
    ship.hear().ticks.go(130.0)
    found = {layer["id"]: layer for layer in ship.state()["layers"]}
    assert list(found) == ["pack", "tides", "forecast", "port_status", "zones", "direction", "fix"]
    assert (found["fix"]["age_s"], found["fix"]["is_past_limit"]) == (130.0, True)
    assert found["forecast"]["at"] is None
    assert all(layer["label"]["en"] and layer["label"]["fr"] for layer in found.values())


def test_only_this_machine_s_own_pages_are_answered(ship):
    foreign = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert ship.call("GET", "/terminal/v1/state", headers=foreign).status_code == 403
    assert ship.call("POST", "/terminal/v1/nearest", {}, {"Host": "evil.example"}).status_code == 403


def test_a_restart_brings_everything_back(launch):
    ship = launch()
    ship.call("PUT", "/terminal/v1/vessel", SEVERN)
    ship.call("PUT", "/terminal/v1/persons", {"min": 3, "max": 4})
    ship.hear(sog_kn=20.0, cog_deg=90.0)
    digest = ship.nearest().json()["digest"]
    before = ship.state()
    ship.keep_track()
    again = launch(system_s=AT_S + 60.0)
    state = again.state()
    assert state["vessel"] == before["vessel"]
    assert state["persons"] == before["persons"]
    assert (state["fix"]["position"], state["fix"]["age_s"]) == ([1.45, 51.0], 60.0)
    assert [row[1] for row in again.keeper.decisions()] == [digest]
    # And it is carried on, in doubt, not taken for new.
    again.ticks.go(120.0)
    assert again.state()["fix"]["quality"] == "dead_reckoning"
    # Whoever speaks now is followed at once.
    assert again.hear(51.01, 1.46, stated=False).state()["fix"]["quality"] == "good"


def test_after_a_restart_with_a_clock_gone_back_the_fix_is_of_unknown_age(launch):
    ship = launch()
    ship.hear().keep_track()
    again = launch(system_s=AT_S - 86_400.0)
    state = again.state()
    assert (state["fix"]["quality"], state["fix"]["age_s"]) == ("stale", None)
    assert state["fix"]["why_code"] == "STALE_UNKNOWN"
    assert (state["clock"]["trusted"], state["clock"]["why_code"]) == (False, "CLOCK_BEFORE")
    assert again.nearest().json()["last_known"] == {"position": [1.45, 51.0], "age_s": None}


def test_own_ship_named_at_the_start_is_own_ship(launch):
    launch().call("PUT", "/terminal/v1/vessel", SEVERN)
    state = launch(vessel=VesselIn(profile="rnli-atlantic-85")).state()
    assert (state["vessel"]["id"], state["vessel"]["name"]) == ("rnli-atlantic-85", "SYNTHETIC")


def test_two_terminals_on_one_folder_are_one_too_many(ship, tmp_path):
    with pytest.raises(keeper_module.StoreUnavailable, match="another terminal"):
        keeper_module.StateFile(tmp_path / "state")


def test_a_damaged_file_is_named_and_left_alone(tmp_path):
    (tmp_path / keeper_module.FILE_NAME).write_bytes(b"no database " * 1_000)
    with pytest.raises(keeper_module.StoreUnavailable, match="damaged"):
        keeper_module.StateFile(tmp_path)
    assert (tmp_path / keeper_module.FILE_NAME).read_bytes().startswith(b"no database")


def test_a_full_disk_keeps_nobody_from_an_answer(ship):
    ship.hear()
    # As many pages as there are already: the next row has no room.
    ship.keeper._connection.pragma("max_page_count", ship.keeper._connection.pragma("page_count"))
    answered = {"recorded": True}
    for _ in range(200):
        answered = ship.nearest().json()
        assert answered["decision"]["candidates_count"] > 0
        if not answered["recorded"]:
            break
    assert answered["recorded"] is False
    assert ship.state()["trouble"]["code"] == "DISK_FULL"
    assert "plein" in ship.state()["trouble"]["text"]["fr"]
    ship.keeper._connection.pragma("max_page_count", 1_000_000)
    assert ship.nearest().json()["recorded"] is True
    assert ship.state()["trouble"] is None


def test_what_is_kept_is_flushed(ship):
    assert ship.keeper._connection.pragma("synchronous") == 2
    assert ship.keeper._connection.pragma("journal_mode") == "wal"
    assert apsw.sqlite_lib_version() >= sqlite3.sqlite_version


def test_kept_decisions_are_made_again_to_the_same_digest(ship):
    ship.hear()
    digests = [ship.nearest(medical=medical).json()["digest"] for medical in ("none", "critical")]
    kept = ship.keeper.decisions()
    assert [row[1] for row in kept] == digests
    for _, sha256, _, body in kept:
        there = ship.ask_service(json.loads(body))
        assert hashlib.sha256(there.content).hexdigest() == sha256


def test_the_state_comes_by_itself_as_it_changes(ship):
    with serving(ship.app) as base, httpx.stream("GET", f"{base}/terminal/v1/events", timeout=30.0) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = (json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: "))
        assert next(told)["fix"]["quality"] == "none"
        # On a busy machine the state from before may be told once more.
        ship.hear()
        assert next(state["fix"] for state in told if state["fix"]["quality"] != "none")["quality"] == "good"
        # Nothing happens: it is told all the same, a little older.
        ship.ticks.go(7.0)
        assert next(state["fix"]["age_s"] for state in told if state["fix"]["age_s"]) == 7.0


def test_a_damaged_pack_is_said_and_everything_else_goes_on(launch, tmp_path):
    pack = tmp_path / "pack"
    shutil.copytree(DEFAULT_PACK, pack)
    (pack / "mesh.npz.xz").write_bytes(b"damaged")
    ship = launch(pack=pack, is_open=False)
    with serving(ship.app) as base, httpx.Client(base_url=base, timeout=60.0) as client:
        while (state := client.get("/terminal/v1/state").json())["not_ready"]["en"].startswith("The chart is being"):
            time.sleep(0.05)
        ship.hear()
        assert "damaged or missing" in state["not_ready"]["en"]
        assert client.get("/terminal/v1/state").json()["fix"]["quality"] == "good"
        refused = client.post("/terminal/v1/nearest", json={})
        assert (refused.status_code, refused.json()["code"]) == (503, "PACK_UNUSABLE")
        assert client.put("/terminal/v1/persons", json={"min": 1, "max": 2}).status_code == 200


def test_tides_of_the_next_thirty_days_are_there_before_anybody_asks(launch, monkeypatch):
    begins_s = block_start_s(AT_S) + BLOCK_DAYS * 86_400.0
    ship = launch("ship", system_s=begins_s - TIDES_AHEAD_S / 2.0)
    fresh = replace(ship.service, tides=TideTables(ship.service.pack))
    monkeypatch.setattr(ship.terminal.startup, "_service", fresh)
    made = []
    make = tide_tables.tide_table
    monkeypatch.setattr(tide_tables, "tide_table", lambda *args: made.append(args[2]) or make(*args))
    ship.runner.run(ship.terminal.prepare_tides())
    assert made == [begins_s]
    ship.ticks.go(TIDES_AHEAD_S)
    ship.hear(stated=False)
    assert ship.nearest().status_code == 200
    assert made == [begins_s]
