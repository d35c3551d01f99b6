"""Encounters over HTTP: kept apart, directed, and shown on the board."""

import json
import time

import pytest
from pydantic import TypeAdapter

from api.board import BoardDocument, StandingDocument
from api.documents.decision_types import BriefDocument, DecisionDocument, LineDocument
from api.encounter import AS_KNOWN
from api.http import create_app
from api.http.schemas.record_examples import REPORT_IN
from api.position import parse_time
from api.store.encounters import EncounterDocument, ReportedEncounter
from api.store.errors import StoreBusy
from api.store.integrity import check


def stamp(offset_s=0.0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


def report(control, lon=1.4, lat=51.0, path="/v1/encounters", **more):
    body = {"source": "phone", "position": {"type": "Point", "coordinates": [lon, lat]}, "observed_at": stamp(-60)}
    answer = control.post(path, body | more)
    assert answer.status_code == 201
    TypeAdapter(ReportedEncounter).validate_python(answer.json(), context=AS_KNOWN)
    return answer.json()


def test_a_report_that_stands_is_acknowledged_though_nothing_can_be_read_after_it(control, monkeypatch):
    name = report(control, persons={"min": 30, "max": 40})["encounter_id"]

    def read(*_):
        raise StoreBusy("store", "has too many changes waiting.", "Come again in a second.")

    monkeypatch.setattr("api.http.routes.encounters._known_with", read)
    answer = report(control, 1.41, path=f"/v1/encounters/{name}/reports", persons={"min": 31, "max": 31})
    assert answer["encounter"]["persons"] == {"min": 31, "max": 31}
    monkeypatch.undo()
    assert len(control.get(f"/v1/encounters/{name}").json()["reports"]) == 2


def test_a_report_opens_an_encounter_and_more_reports_belong_to_it(control):
    name = report(control, persons={"min": 30, "max": 40}, uncertainty_m=500)["encounter_id"]
    report(control, 1.41, path=f"/v1/encounters/{name}/reports", source="aircraft", making_way=True)
    found = control.get(f"/v1/encounters/{name}").json()
    TypeAdapter(EncounterDocument).validate_python(found)
    assert [report["source"] for report in found["reports"]] == ["phone", "aircraft"]
    shown = control.get("/v1/encounters").json()
    TypeAdapter(BoardDocument).validate_python(shown)
    assert [(encounter["reports"], encounter["decided"]) for encounter in shown["encounters"]] == [(2, None)]


def test_closing_takes_evidence_and_can_be_taken_back(control, acting):
    path = f"/v1/encounters/{report(control)['encounter_id']}"
    assert control.post(f"{path}/close", {"evidence": " "}).status_code == 422
    acting("master", "RNLI Dover")
    assert control.post(f"{path}/close", {"evidence": "all ashore"}).status_code == 403
    acting("controller", "MRCC Dover SMC")
    assert control.post(f"{path}/close", {"evidence": "38 counted ashore"}).json()["state"] == "closed"
    refused = control.post(f"{path}/reports", REPORT_IN | {"observed_at": stamp()})
    assert (refused.status_code, refused.json()["code"]) == (409, "WRONG_STATE")
    assert control.post(f"{path}/reopen", {"reason": "a phone still answers"}).json()["state"] == "open"
    assert control.post("/v1/encounters/e-99/close", {"evidence": "x"}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "rumour"}, {"position": {"type": "Point", "coordinates": [0.0, 0.0]}}, {"observed_at": stamp(3_600)},
        {"persons": {"min": 5, "max": 4}}, {"persons": 20_000}, {"persons": {"min": 20_000}},
        {"uncertainty_m": -1}, {"uncertainty_m": 200_001}, {"wind_ms": 81}, {"nationality": "x"}, {"text": "\u0000"},
        {"observed_at": "2026-11-22T14:30:00"}, {"encounter_id": "e-1"},
    ],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_refused(control, store, wrong):
    assert control.post("/v1/encounters", REPORT_IN | {"observed_at": stamp()} | wrong).status_code == 422
    assert store.audit() == []


def test_a_count_that_cannot_be_is_pointed_at_where_it_stands(control):
    wrong = REPORT_IN | {"observed_at": stamp(), "persons": {"min": 5, "max": 2}}
    refused = control.post("/v1/encounters", wrong, {"Accept-Language": "fr"})
    assert [(error["pointer"], error["detail"]) for error in refused.json()["errors"]] == [
        ("/persons", "min est supérieur à max. Les échanger.")
    ]
    assert control.post("/v1/encounters", REPORT_IN | {"observed_at": stamp(), "persons": 10_000}).status_code == 201


def test_exchanged_numbers_are_refused_in_the_words_of_a_decision_and_far_out_is_taken_in(control, store):
    exchanged = {"position": {"type": "Point", "coordinates": [51.05, 1.25]}}
    name = report(control, 1.25, 51.05)["encounter_id"]
    decided = control.post("/v1/decisions", exchanged).json()
    assert "look exchanged" in decided["detail"]
    for path in ("/v1/encounters", f"/v1/encounters/{name}/reports"):
        refused = control.post(path, exchanged)
        assert refused.status_code == 422
        told = refused.json()
        assert {key: told[key] for key in ("code", "detail", "errors")} == {
            key: decided[key] for key in ("code", "detail", "errors")
        }
    assert on_board(control, name)["decided"]["outcome"] == "suitable"
    # An aircraft may see a boat beyond the area: that is where it is, and the board says why there is no answer.
    report(control, -20.0, 55.0, path=f"/v1/encounters/{name}/reports", source="aircraft", observed_at=stamp(-2))
    decided = on_board(control, name)["decided"]
    assert (decided["outcome"], decided["code"]) == ("refused", "POS_OUT_OF_AREA")


def test_the_night_of_24_november_2021_the_boats_stay_separate(control, monkeypatch, acting):
    """Calls from several boats close together, handed from centre to centre; one is found, the others stay open.

    MAIB 7/2023 and the Cranston report: a boat that was reached was taken for the one that had called.
    """
    clock = [1_637_715_600.0]  # 01:00 UTC
    monkeypatch.setattr("api.http.async_store.time.time", lambda: clock[0])
    for module in ("encounters", "records", "reservations"):
        monkeypatch.setattr(f"api.http.routes.{module}.time.time", lambda: clock[0])

    def at(minutes, lon, lat, **more):
        clock[0] = max(clock[0], 1_637_715_600.0 + 60 * minutes)
        observed = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_637_715_600.0 + 60 * minutes))
        return report(control, lon, lat, observed_at=observed, **more)

    acting("controller", "CROSS Gris-Nez CMS")
    called = at(0, 1.68, 51.10, uncertainty_m=1_000, persons={"min": 33, "max": 33})["encounter_id"]
    others = [at(10 * step, 1.70 + step / 100, 51.11)["encounter_id"] for step in range(1, 5)]
    acting("controller", "MRCC Dover SMC")
    found = at(90, 1.69, 51.10, source="vessel", persons={"min": 35, "max": 35})
    assert called in {duplicate["encounter_id"] for duplicate in found["possible_duplicates"]}
    assert len({called, found["encounter_id"], *others}) == 6
    path = f"/v1/encounters/{found['encounter_id']}/close"
    assert control.post(path, {"evidence": "35 recovered by cutter, all landed at Dover"}).status_code == 200
    for hour in range(12):
        at(150 + 60 * hour, 0.5, 50.4, source="ais", making_way=False)
    clock[0] += 3_600
    board = control.get("/v1/encounters?decide=true").json()
    shown = {encounter["encounter_id"]: encounter for encounter in board["encounters"]}
    assert {called, *others} <= shown.keys()
    assert found["encounter_id"] not in shown
    assert shown[called]["possible_duplicate"]
    assert shown[called]["decided"]["port_id"] is not None
    assert len(control.get(f"/v1/encounters/{called}").json()["reports"]) == 1
    page = control.get("/v1/handover").json()
    assert called in {encounter["encounter_id"] for encounter in page["open_encounters"] if encounter["aged"]}


def test_a_direction_is_the_answer_and_a_hard_failure_there_is_a_conflict(control, acting):
    name = report(control, persons={"min": 30, "max": 30})["encounter_id"]
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    TypeAdapter(StandingDocument).validate_python(standing)
    assert (standing["answer"], standing["engine_view"], standing["codes"]) == ("engine", "advice", ["VESSEL_ASSUMED"])
    assert standing["engine"]["port_id"] is not None
    acting("controller", "CROSS Gris-Nez CMS")
    directed = {"centre": "CROSS GRIS-NEZ", "code": "SRR_STATE", "text": "by VHF 16", "port_id": "FRCQF"}
    assert control.post(f"/v1/encounters/{name}/direction", directed).json()["port_id"] == "calais"
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    assert (standing["answer"], standing["engine_view"]) == ("direction", "for information")
    assert standing["codes"] == ["RCC_DIRECTED", "VESSEL_ASSUMED"]
    control.put("/v1/ports/calais/status", {"status": "closed", "reason": "gale"})
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    TypeAdapter(StandingDocument).validate_python(standing)
    assert standing["codes"] == ["RCC_DIRECTED", "RCC_PORT_CONFLICT", "VESSEL_ASSUMED"]
    assert "PORT_CLOSED" in {conflict["code"] for conflict in standing["conflicts"]}
    assert standing["direction"]["port_id"] == "calais"
    (row,) = control.get("/v1/encounters?decide=true").json()["encounters"]
    assert row["decided"]["codes"] == ["RCC_DIRECTED", "RCC_PORT_CONFLICT", "VESSEL_ASSUMED"]


def test_a_decision_names_the_direction_that_holds_for_its_encounter(control, acting):
    at = {"type": "Point", "coordinates": [1.35, 51.0]}
    name = report(control, *at["coordinates"])["encounter_id"]
    body = {"position": at, "vessel": {"profile": "rnli-severn"}}
    path = f"/v1/decisions?encounter_id={name}"
    assert "direction" not in control.post(path, body).json()
    acting("controller", "CROSS Gris-Nez CMS")
    directed = {"centre": "CROSS GRIS-NEZ", "code": "SRR_STATE", "text": "by VHF 16", "port_id": "calais"}
    first = control.post(f"/v1/encounters/{name}/direction", directed).json()
    for view, described in (("brief", BriefDocument), ("full", DecisionDocument), ("line", LineDocument)):
        answer = control.post(f"{path}&lang=both&view={view}", body).json()
        TypeAdapter(described).validate_python(answer)
        direction = answer["direction"]
        assert (direction["port_id"], direction["centre"], direction["role"], direction["duty"]) == (
            "calais", "CROSS GRIS-NEZ", "controller", "CROSS Gris-Nez CMS"
        )  # fmt: skip
        assert (direction["directed_at"], direction["codes"]) == (first["directed_at"], ["RCC_DIRECTED"])
        assert direction["differs"]
        assert direction["sentence"]["en"].startswith("DIRECTED by CROSS GRIS-NEZ to CALAIS at ")
        assert "noté par un contrôleur : c'est la réponse" in direction["sentence"]["fr"]
    assert "direction" not in control.post("/v1/decisions", body).json()
    gpx = control.request("POST", path, json=body, headers={"accept": "application/gpx+xml"}).text
    assert gpx.count("DIRECTED by CROSS GRIS-NEZ to CALAIS") == 2
    drawn = control.request("POST", path, json=body, headers={"accept": "application/geo+json"}).json()
    assert drawn["direction"]["port_id"] == "calais"
    # A hard rule that fails there is said, and a direction to the port recommended is none that differs.
    control.put("/v1/ports/calais/status", {"status": "closed", "reason": "gale"})
    direction = control.post(path, body).json()["direction"]
    assert direction["codes"] == ["RCC_DIRECTED", "RCC_PORT_CONFLICT"]
    assert "A hard rule fails there" in direction["sentence"]["en"]
    control.post(f"/v1/encounters/{name}/direction", directed | {"port_id": "dover"})
    answer = control.post(path, body).json()
    assert (answer["recommended"]["port"]["id"], answer["direction"]["differs"]) == ("dover", False)
    last = control.get(f"/v1/encounters/{name}/standing").json()["direction"]
    withdrawal = {"direction": last["sequence"], "centre": "CROSS", "text": "wrong vessel"}
    assert control.post(f"/v1/encounters/{name}/direction/withdraw", withdrawal).status_code == 200
    assert "direction" not in control.post(path, body).json()


@pytest.mark.parametrize("where", [{"port_id": "calais"}, {"place": "Œ" * 119}])
def test_every_sentence_of_a_directed_encounter_begins_with_who_directed_to_where(control, where):
    at = {"type": "Point", "coordinates": [1.35, 51.0]}
    name = report(control, *at["coordinates"])["encounter_id"]
    centre = "CROSS GRIS-NEZ" if "port_id" in where else "C" * 119
    directed = {"centre": centre, "code": "SRR_STATE", **where}
    control.post(f"/v1/encounters/{name}/direction", directed)
    path, body = f"/v1/decisions?encounter_id={name}", {"position": at, "vessel": {"profile": "rnli-severn"}}
    for conflict in (False, True):
        if conflict:
            control.put("/v1/ports/calais/status", {"status": "closed", "reason": "gale"})
        line = control.post(f"{path}&lang=both&view=line", body).json()
        full = control.post(f"{path}&lang=both&view=full", body).json()
        brief = control.post(f"{path}&lang=both", body).json()
        assert full["recommended"]["port"]["id"] == "dover"
        for lang, begins in (("en", "DIRECTED by C"), ("fr", "DIRIGE par C")):
            for text, most in ((line["line"][lang], 160), (line["long_line"][lang], 340)):
                assert text.isascii()
                assert text.startswith(begins)
                assert len(text) <= most
                assert not {"ADVICE", "CONSEIL"} & set(text.replace(":", "").split())
                if "port_id" in where:
                    assert "CALAIS" in text
                    assert {"en": "HARD RULE", "fr": "REGLE STRICTE"}[lang] in text or not conflict
                    assert {"en": "For information: DOVER", "fr": "Pour information : DOUVRES"}[lang] in text
            for document in (full, brief):
                headline = document["headline"][lang]
                assert headline.startswith(document["direction"]["sentence"][lang])
                assert not {"ADVICE:", "CONSEIL"} & set(headline.split())
        assert full["speech"]["en"].startswith(f"Directed by {centre} to ")
        assert "speech" not in brief
        for lang, label in (("en", "(for information, not the direction)"), ("fr", "(pour information, pas la")):
            gpx = control.request(
                "POST", f"{path}&lang={lang}", json=body, headers={"accept": "application/gpx+xml"}
            ).text  # fmt: skip
            assert label in gpx[gpx.index("<rte>") : gpx.index("</name>", gpx.index("<rte>"))]


def test_a_direction_withdrawn_leaves_the_advice_and_tells_the_vessel(control):
    name = report(control)["encounter_id"]
    path = f"/v1/encounters/{name}/direction"
    first = control.post(path, {"centre": "CROSS", "code": "A", "port_id": "calais"}).json()
    second = control.post(path, {"centre": "CROSS", "code": "A", "port_id": "dover"}).json()
    withdrawal = {"direction": first["sequence"], "centre": "CROSS", "text": "wrong vessel"}
    refused = control.post(f"{path}/withdraw", withdrawal)
    assert (refused.status_code, refused.json()["code"]) == (412, "CHANGED_MEANWHILE")
    withdrawal["direction"] = second["sequence"]
    again = {"Idempotency-Key": "once"}
    withdrawn = control.post(f"{path}/withdraw", withdrawal, headers=again).json()
    assert (withdrawn["port_id"], withdrawn["text"]) == ("dover", "wrong vessel")
    assert control.post(f"{path}/withdraw", withdrawal, headers=again).json() == withdrawn
    assert control.post(f"{path}/withdraw", withdrawal).status_code == 409
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    TypeAdapter(StandingDocument).validate_python(standing)
    assert (standing["answer"], standing["direction"], standing["withdrawn"]) == ("engine", None, withdrawn)
    (row,) = control.get("/v1/encounters?decide=true").json()["encounters"]
    assert (row["decided"]["direction"], "RCC_DIRECTED" in row["decided"]["codes"]) == (None, False)
    assert control.get("/v1/handover").json()["withdrawn_directions"] == [withdrawn]
    page = control.get("/v1/handover", headers={"Accept": "text/html"}).text
    assert "Directions withdrawn" in page
    assert "wrong vessel" in page


def test_the_page_handed_over_says_how_people_are_and_who_has_them(control):
    def page():
        return control.get("/v1/handover", headers={"Accept": "text/html"}).text

    report(control, source="other")
    assert page().count("<td>not known / inconnu</td>") == 5
    assert "other / autre" in page()
    report(
        control, source="vessel", medical="critical", persons_recovered=20, persons_in_water=True,
        vessel={"profile": "rnli-severn"}, persons={"min": 0, "max": 40},
    )  # fmt: skip
    report(control, vessel={"draught_m": 1.2}, persons_in_water=False)
    told = page()
    for cell in ("critical / critique", "20", "yes / oui", "no / non", "rnli-severn", "vessel / navire",
                 "by its figures / par ses chiffres"):  # fmt: skip
        assert f"<td>{cell}</td>" in told
    assert "<td>vessel</td>" not in told


def test_a_direction_to_a_place_outside_the_register_goes_by_name(control):
    path = f"/v1/encounters/{report(control)['encounter_id']}/direction"
    body = {"centre": "CROSS", "code": "A", "place": "aboard PSP Cormoran"}
    assert control.post(path, body).json()["place"] == "aboard PSP Cormoran"
    assert control.post(path, {"centre": "CROSS", "code": "A"}).status_code == 422
    assert control.post(path, {"centre": "CROSS", "code": "A", "port_id": "atlantis"}).status_code == 404
    standing = control.get(path.replace("direction", "standing")).json()
    assert (standing["answer"], standing["judged"]) == ("direction", False)


def test_a_direction_is_checked_as_a_report_is(control):
    name = report(control)["encounter_id"]
    path, bare = f"/v1/encounters/{name}/direction", {"centre": "CROSS", "code": "A"}
    for wrong, status, pointer in (
        ({"port_id": "calais", "directed_at": stamp(3_600)}, 422, "/directed_at"),
        ({"port_id": "calais", "place": "the roads of Calais"}, 422, "/place"),
        ({}, 422, ""), ({"place": " "}, 422, ""), ({"port_id": "atlantis"}, 404, "/port_id"),
    ):  # fmt: skip
        refused = control.post(path, bare | wrong)
        assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (status, [pointer])
    assert control.get(f"/v1/encounters/{name}/standing").json()["direction"] is None
    held = {"port_id": "atlantis", "vessel": "RNLI Dover", "persons": {"total": 3}, "eta_at": stamp(3_600)}
    refused = control.post("/v1/reservations", held)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "/port_id")
    stated = control.post(path, bare | {"port_id": "calais", "directed_at": stamp(-600)})
    assert stated.status_code == 200
    control.post(f"/v1/encounters/{name}/close", {"evidence": "all ashore"})
    refused = control.post(path, bare | {"port_id": "dover"})
    assert (refused.status_code, refused.json()["code"]) == (409, "WRONG_STATE")


def test_an_encounter_on_land_is_shown_and_not_hidden(control):
    name = report(control, -1.0, 52.0)["encounter_id"]
    (row,) = control.get("/v1/encounters?decide=true").json()["encounters"]
    TypeAdapter(BoardDocument).validate_python({"at": stamp(), "encounters": [row]})
    assert (row["decided"]["outcome"], row["decided"]["code"]) == ("refused", "POS_ON_LAND")
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    TypeAdapter(StandingDocument).validate_python(standing)
    assert standing["engine"]["outcome"] == "refused"


def test_the_board_decides_for_the_vessel_decided_for_last_and_says_what_changed(control, encounter):
    name = report(control, 1.35, 51.0, observed_at=stamp(-600))["encounter_id"]
    (row,) = control.get("/v1/encounters?decide=true").json()["encounters"]
    assert (row["decided"]["vessel"], row["decided"]["changed"]) == ("unknown", None)
    del encounter["time"]
    document = control.post(f"/v1/decisions?encounter_id={name}", encounter).json()
    board = control.get("/v1/encounters?decide=true").json()
    TypeAdapter(BoardDocument).validate_python(board)
    decided = board["encounters"][0]["decided"]
    assert (decided["vessel"], decided["changed"]) == ("rnli-severn", False)
    assert decided["port_id"] == document["recommended"]["port"]["id"]
    control.put(f"/v1/ports/{decided['port_id']}/status", {"status": "closed", "reason": "fire"})
    decided = control.get("/v1/encounters?decide=true").json()["encounters"][0]["decided"]
    assert decided["changed"] is True


def test_the_board_is_made_once_for_all_who_watch_it(control, monkeypatch):
    from api.http.routes import encounters

    report(control)
    made = []
    plain = encounters.board_of
    monkeypatch.setattr(encounters, "board_of", lambda *given: made.append(given) or plain(*given))
    monkeypatch.setattr("api.http.routes.encounters.time.time", lambda: 1_800_000_000.5)
    assert control.get("/v1/encounters?decide=true").content == control.get("/v1/encounters?decide=true").content
    assert len(made) == 1
    report(control, 0.5, 50.5)
    assert len(control.get("/v1/encounters?decide=true").json()["encounters"]) == 2


def test_a_boat_that_has_places_held_is_not_crowded_out_by_itself(control):
    """Its own reservation fills the port; for itself the port has room, for another it has not."""
    name = report(control, 1.35, 51.0, persons={"min": 30, "max": 30})["encounter_id"]
    control.put("/v1/ports/dover/capacity", {"places": {"total": 30}})
    control.put("/v1/ports/dover/status", {"status": "open"})
    body = {"port_id": "dover", "vessel": "V", "persons": {"total": 30}, "eta_at": stamp(1_800), "encounter_id": name}
    assert control.post("/v1/reservations", body).status_code == 201
    asked = {"position": {"type": "Point", "coordinates": [1.35, 51.0]}, "persons": 30}
    codes = {}
    for query in ("", f"&encounter_id={name}"):
        document = control.post(f"/v1/decisions?view=full{query}", asked).json()
        (dover,) = [
            item for part in ("candidates", "excluded") for item in document[part] if item["port"]["id"] == "dover"
        ]
        codes[query] = {finding["code"] for finding in dover["findings"]}
    assert "CAP_FULL" in codes[""]
    assert "CAP_FULL" not in codes[f"&encounter_id={name}"]


def test_a_vessel_sees_the_encounters_it_reported(control, acting):
    theirs = report(control)["encounter_id"]
    acting("master", "RNLI Dover", own_only=True)
    own = report(control, 0.5, 50.5)["encounter_id"]
    assert control.get(f"/v1/encounters/{own}").status_code == 200
    for path in (f"/v1/encounters/{theirs}", f"/v1/encounters/{theirs}/standing"):
        assert control.get(path).status_code == 404
    for query in ("", "?decide=true"):
        shown = control.get(f"/v1/encounters{query}").json()["encounters"]
        assert [item["encounter_id"] for item in shown] == [own]
    directed = {"centre": "CROSS", "code": "A", "port_id": "calais"}
    assert control.post(f"/v1/encounters/{theirs}/direction", directed).status_code == 404
    assert control.post(f"/v1/encounters/{own}/direction", directed).status_code == 200
    report(control, path=f"/v1/encounters/{theirs}/reports", source="vessel")


README_BODY = {
    "position": {"type": "Point", "coordinates": [1.25, 51.05]}, "time": "2022-01-13T05:00:00Z",
    "persons": {"min": 30, "max": 32}, "vessel": {"profile": "rnli-severn"},
}  # fmt: skip


def on_board(control, name):
    rows = control.get("/v1/encounters?decide=true").json()["encounters"]
    return next(row for row in rows if row["encounter_id"] == name)


def test_the_body_of_a_decision_is_a_report_and_the_answer_is_the_body_of_a_decision(control):
    assert control.decide(README_BODY).status_code == 200
    told = control.post("/v1/encounters", README_BODY)
    assert told.status_code == 201, told.text
    document = told.json()
    TypeAdapter(ReportedEncounter).validate_python(document)
    assert (document["source"], document["observed_at"]) == ("vessel", "2022-01-13T05:00:00.000Z")
    assert document["persons"] == README_BODY["persons"]
    assert document["on_scene"] == {"vessel": {"profile": "rnli-severn"}}
    # Back again, both ways there are, as it stands.
    found = control.get(f"/v1/encounters/{document['encounter_id']}").json()
    for body in (document["encounter"], found["encounter"]):
        for name in ("position", "persons", "vessel"):
            assert body[name] == README_BODY[name]
        decided = control.decide(body, f"?view=full&encounter_id={document['encounter_id']}")
        assert decided.status_code == 200, decided.text
        assert decided.json()["encounter"]["vessel"]["profile"] == "rnli-severn"
    assert on_board(control, document["encounter_id"])["decided"]["vessel"] == "rnli-severn"


def test_every_part_of_a_decisions_body_comes_back(control):
    time_of_fix, observed = stamp(-60), stamp(-300)
    body = {
        "position": {"type": "Point", "coordinates": [1.3, 51.0]}, "position_accuracy_m": 300.0,
        "time": time_of_fix, "position_age_s": 240.0, "persons": 12, "persons_recovered": 10, "persons_in_water": False,
        "medical": "critical", "aboard_since": stamp(-3_600), "sheltered": True, "policy": "medical-first",
        "vessel": {"speed_kn": 18.0, "draught_m": 1.2, "survivor_capacity": 40},
    }  # fmt: skip
    document = control.post("/v1/encounters", body).json()
    assert abs(parse_time(document["observed_at"]) - parse_time(observed)) <= 1.0
    back = document["encounter"]
    assert back.pop("persons") == {"min": 12, "max": 12}
    assert 298.0 <= back.pop("position_age_s") <= 320.0
    assert back.pop("time") >= body["time"]
    assert back == {name: body[name] for name in body.keys() - {"persons", "position_age_s", "time"}}
    again = control.post("/v1/encounters", document["encounter"] | {"time": stamp(), "position_age_s": 0.0})
    assert again.status_code == 201
    assert again.json()["on_scene"] == document["on_scene"]


@pytest.mark.parametrize(
    ("vessel", "lang"),
    [({"profile": "rnli-severn"}, "both"), ({"profile": "charter-minck", "draught_m": 2.4}, "both"), ({}, "fr"),
     ({"profile": "unknown"}, "en"), ({"speed_kn": 18.0, "survivor_capacity": 40}, "fr"),
     ({"draught_m": 3.0}, "en"), ({"loa_m": 30.0, "assumed": ["loa_m"]}, "both")],
)  # fmt: skip
def test_the_echo_of_a_decision_leads_to_the_same_decision(client, encounter, vessel, lang):
    query = f"?view=full&lang={lang}"
    first = client.decide(encounter | {"vessel": vessel}, query)
    assert first.status_code == 200, first.text
    assert client.decide(first.json()["encounter"], query).content == first.content


def test_one_figure_is_said_once(client, control, encounter):
    vessel = {"survivor_capacity": 40, "max_persons": 41}
    assert "Give one of them." in client.decide(encounter | {"vessel": vessel}).json()["errors"][0]["detail"]
    for twice in (
        {"observed_at": stamp(), "time": stamp()},
        {"observed_at": stamp(), "position_age_s": 60},
        {"uncertainty_m": 5, "position_accuracy_m": 5},
    ):
        refused = control.post("/v1/encounters", {"position": encounter["position"], **twice})
        assert refused.status_code == 422
        assert "Give one of them." in refused.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [({"vessel": {"profile": "rnli-svern"}}, "/vessel/profile"), ({"policy": "nearest"}, "/policy"),
     ({"vessel": {"colour": "red"}}, "/vessel/colour"), ({"medical": "bad"}, "/medical"),
     ({"persons": "many"}, "/persons"), ({"persons": 3, "persons_recovered": 4}, "/persons_recovered")],
)  # fmt: skip
def test_a_report_that_names_what_nobody_knows_is_refused_and_nothing_is_recorded(control, store, wrong, pointer):
    refused = control.post("/v1/encounters", REPORT_IN | {"observed_at": stamp()} | wrong)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert store.audit() == []


def test_the_board_takes_the_vessel_on_scene_and_says_when_it_assumes_one(control):
    name = report(control)["encounter_id"]
    assumed = on_board(control, name)["decided"]
    assert (assumed["vessel"], assumed["codes"]) == ("unknown", ["VESSEL_ASSUMED"])
    assert control.get(f"/v1/encounters/{name}/standing").json()["codes"] == ["VESSEL_ASSUMED"]
    # A lifeboat reports from beside them; a phone call after that does not unsay her.
    path = f"/v1/encounters/{name}/reports"
    report(control, path=path, source="vessel", vessel={"profile": "rnli-severn"}, medical="urgent")
    report(control, path=path, source="phone", observed_at=stamp(-5), persons=31)
    row = on_board(control, name)
    TypeAdapter(BoardDocument).validate_python({"at": None, "encounters": [row]})
    assert row["latest"]["source"] == "phone"
    assert row["on_scene"]["vessel"] == {"profile": "rnli-severn"}
    assert (row["decided"]["vessel"], row["decided"]["codes"]) == ("rnli-severn", [])
    assert control.get(f"/v1/encounters/{name}/standing").json()["codes"] == []
    body = control.get(f"/v1/encounters/{name}").json()["encounter"]
    assert (body["medical"], body["persons"]) == ("urgent", {"min": 31, "max": 31})
    # What is decided for her after that counts from then on.
    assert control.decide(body | {"vessel": {"profile": "rnli-shannon"}}, f"?encounter_id={name}").status_code == 200
    assert on_board(control, name)["decided"]["vessel"] == "rnli-shannon"


def test_of_each_field_the_newest_word_counts_whatever_a_report_leaves_out(control):
    """A phone call that speaks of the people has not said that the lifeboat beside them is gone."""
    at = {"lifeboat": stamp(-1800), "decided": stamp(-1200), "phone": stamp(-600)}
    name = report(control, source="vessel", observed_at=at["lifeboat"], vessel={"profile": "rnli-severn"},
                  persons_recovered=3, medical="urgent")["encounter_id"]  # fmt: skip
    path = f"/v1/encounters/{name}/reports"
    called = report(control, path=path, source="phone", observed_at=at["phone"], persons_in_water=True)
    on_scene = on_board(control, name)["on_scene"]
    assert on_scene["vessel"] == {"profile": "rnli-severn"}
    assert (on_scene["persons_recovered"], on_scene["persons_in_water"]) == (3, True)
    stated = {field: parse_time(text) for field, text in on_scene["observed_at_by_field"].items()}
    assert stated == {field: parse_time(at["lifeboat"]) for field in ("vessel", "persons_recovered", "medical")} | {
        "persons_in_water": parse_time(at["phone"])
    }
    assert parse_time(on_scene["observed_at"]) == parse_time(at["phone"])
    for known in (called["encounter"], control.get(f"/v1/encounters/{name}").json()["encounter"]):
        assert (known["vessel"], known["persons_in_water"]) == ({"profile": "rnli-severn"}, True)
    # What was decided between the two is newer than the one and older than the other.
    body = called["encounter"] | {
        "time": at["decided"],
        "vessel": {"profile": "rnli-shannon"},
        "persons_in_water": False,
        "medical": "none",
    }
    body.pop("position_age_s", None)
    assert control.decide(body, f"?encounter_id={name}").status_code == 200
    known = control.get(f"/v1/encounters/{name}").json()["encounter"]
    assert (known["vessel"], known["persons_in_water"]) == ({"profile": "rnli-shannon"}, True)
    assert known["medical"] == "none"


def test_a_decision_of_what_was_known_does_not_hide_a_newer_report(control):
    name = report(control, 1.2, 50.95, source="vessel", observed_at=stamp(-1800), persons=10,
                  vessel={"profile": "rnli-severn"})["encounter_id"]  # fmt: skip
    path = f"/v1/encounters/{name}"
    asked = control.get(path).json()["encounter"]
    assert control.decide(asked, f"?encounter_id={name}").status_code == 200
    late = {"persons": 60, "vessel": {"profile": "snsm-ctt"}, "observed_at": stamp(-120)}
    added = report(control, 1.6, 50.97, path=f"{path}/reports", **late)["encounter"]
    for known in (added, control.get(path).json()["encounter"]):
        assert (known["persons"], known["vessel"]) == ({"min": 60, "max": 60}, late["vessel"])
        assert known["position"]["coordinates"] == [1.6, 50.97]
        assert known["position_age_s"] < 200
    assert on_board(control, name)["decided"]["vessel"] == "snsm-ctt"
    report(control, 1.6, 50.97, path=f"{path}/reports", observed_at=stamp())
    assert on_board(control, name)["decided"]["vessel"] == "snsm-ctt"


def test_people_who_were_recovered_are_decided_for(control):
    name = report(control, persons=0, vessel={"profile": "rnli-severn"})["encounter_id"]
    path = f"/v1/encounters/{name}/reports"
    assert on_board(control, name)["decided"]["code"] == "NOBODY_REPORTED"
    more = report(control, path=path, observed_at=stamp(-5), persons_recovered=20, persons_in_water=True)
    assert (more["encounter"]["persons"], more["encounter"]["persons_recovered"]) == ({"min": 20, "max": 20}, 20)
    decided = on_board(control, name)["decided"]
    assert (decided["outcome"], decided["code"]) == ("suitable", None)
    assert control.decide(more["encounter"], f"?encounter_id={name}").status_code == 200


def test_a_report_without_a_count_leaves_the_one_before(control):
    """An aircraft that sees the boat and counts nobody has not said that a vessel full up has room."""
    crowded = {"persons": {"min": 180, "max": 200}, "vessel": {"profile": "rnli-severn"}}
    name = report(control, 1.25, 51.05, **crowded)["encounter_id"]
    assert on_board(control, name)["decided"]["outcome"] == "none"
    path = f"/v1/encounters/{name}/reports"
    seen = report(control, 1.26, 51.05, path=path, source="aircraft", observed_at=stamp(-5))
    row = on_board(control, name)
    assert row["latest"]["persons"] == {"min": None, "max": None}
    assert (row["persons"]["min"], row["persons"]["max"]) == (180, 200)
    assert row["decided"]["outcome"] == "none"
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    assert standing["engine"]["outcome"] == "none"
    body = control.get(f"/v1/encounters/{name}").json()["encounter"]
    for known in (seen["encounter"], body):
        assert (known["persons"], known["vessel"]) == ({"min": 180, "max": 200}, crowded["vessel"])
    assert control.get("/v1/handover").json()["open_encounters"][0]["persons"]["max"] == 200
    # Nor does a decision that leaves the count open.
    open_body = {key: value for key, value in body.items() if key not in ("persons", "time")} | {"persons": None}
    assert control.decide(open_body, f"?encounter_id={name}").status_code == 200
    assert on_board(control, name)["decided"]["outcome"] == "none"
    report(control, 1.26, 51.05, path=path, persons=20, observed_at=stamp(-2))
    assert on_board(control, name)["persons"]["max"] == 20
    assert control.get(f"/v1/encounters/{name}").json()["encounter"]["persons"] == {"min": 20, "max": 20}


def test_where_nobody_is_reported_no_port_is_recommended(control):
    name = report(control, persons=30, vessel={"profile": "rnli-severn"}, persons_recovered=30)["encounter_id"]
    assert on_board(control, name)["decided"]["port_id"] is not None
    path = f"/v1/encounters/{name}/reports"
    report(control, path=path, source="aircraft", persons=0, observed_at=stamp(-5))
    decided = on_board(control, name)["decided"]
    assert (decided["outcome"], decided["port_id"], decided["code"]) == ("none", None, "NOBODY_REPORTED")
    assert decided["codes"] == ["NOBODY_REPORTED"]
    standing = control.get(f"/v1/encounters/{name}/standing").json()
    TypeAdapter(StandingDocument).validate_python(standing)
    assert (standing["engine"]["port_id"], standing["codes"]) == (None, ["NOBODY_REPORTED"])
    body = control.get(f"/v1/encounters/{name}").json()["encounter"]
    assert (body["persons"], body["persons_recovered"]) == ({"min": 0, "max": 0}, 30)
    refused = control.post(f"/v1/decisions?encounter_id={name}", body)
    assert refused.status_code == 422
    assert "/persons" in {error["pointer"] for error in refused.json()["errors"]}
    # A report that says nothing of the number does not bring them back; one that counts somebody does.
    report(control, path=path, observed_at=stamp(-4))
    assert on_board(control, name)["decided"]["port_id"] is None
    report(control, path=path, persons=30, observed_at=stamp(-2))
    assert on_board(control, name)["decided"]["port_id"] is not None
    assert control.get(f"/v1/encounters/{name}").json()["encounter"]["persons_recovered"] == 30


def test_a_report_needs_no_pack_unless_it_names_a_vessel(call_app, store):
    starting = call_app(create_app(store=store))
    plain = {"position": README_BODY["position"], "persons": 4}
    told = starting.post("/v1/encounters", plain)
    assert told.status_code == 201
    assert (told.json()["source"], told.json()["persons"]) == ("other", {"min": 4, "max": 4})
    refused = starting.post("/v1/encounters", README_BODY)
    assert (refused.status_code, refused.json()["code"]) == (503, "STARTING")


def test_what_a_report_says_of_the_vessel_is_in_the_audit_trail_and_nowhere_else(control, store):
    control.post("/v1/encounters", README_BODY)
    assert check(store.database).problems == ()
    (row,) = store.audit()
    assert json.loads(row["payload"])["became"]["on_scene"] == {"vessel": {"profile": "rnli-severn"}}


def test_a_report_of_long_ago_is_not_the_state_of_now(control):
    old, new = (report(control, lon, 50.5 if lon < 1 else 51.0, observed_at=at)["encounter_id"]
                for lon, at in ((1.35, "2022-01-13T05:00:00Z"), (0.1, stamp(-60))))  # fmt: skip
    rows = {row["encounter_id"]: row for row in control.get("/v1/encounters?decide=true").json()["encounters"]}
    assert rows[old]["decided"]["codes"] == ["VESSEL_ASSUMED", "POS_STALE"]
    assert rows[new]["decided"]["codes"] == ["VESSEL_ASSUMED"]
    assert control.get(f"/v1/encounters/{old}/standing").json()["codes"] == ["VESSEL_ASSUMED", "POS_STALE"]


@pytest.mark.parametrize("field", ["time", "observed_at"])
def test_a_report_ahead_of_the_clock_is_told_of_the_field_that_says_so(control, field):
    body = {"position": {"type": "Point", "coordinates": [1.35, 51.0]}, field: stamp(3_600)}
    refused = control.post("/v1/encounters", body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [f"/{field}"]
