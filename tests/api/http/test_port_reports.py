import pytest

from api.http.schemas.record_examples import CAPACITY_IN, RECEPTION_IN, STATUS_IN

REPORTS = {"status": STATUS_IN, "capacity": CAPACITY_IN, "reception": RECEPTION_IN}


@pytest.mark.parametrize("part", REPORTS)
def test_a_report_is_kept_and_shown(control, part):
    text = control.put(f"/v1/ports/DOVER/{part}", REPORTS[part])
    assert text.status_code == 200
    shown = control.get("/v1/ports/GBDVR/live").json()
    assert shown[part] == text.json()[part]
    assert shown[part]["by"] == {"role": "controller", "duty": "local"}
    assert [name for name in REPORTS if shown[name] is not None] == [part]


@pytest.mark.parametrize("part", REPORTS)
def test_a_port_that_is_not_in_the_register_reports_nothing(control, store, part):
    refused = control.put(f"/v1/ports/atlantis/{part}", REPORTS[part])
    assert (refused.status_code, refused.json()["code"]) == (404, "UNKNOWN_PORT")
    assert store.audit() == []
    assert control.get("/v1/ports/atlantis/live").status_code == 404


@pytest.mark.parametrize("part", REPORTS)
def test_what_comes_late_or_rests_on_an_old_version_is_refused(control, part):
    path = f"/v1/ports/dover/{part}"
    version = control.put(path, REPORTS[part]).json()[part]["version"]
    for old in ({"reported_at": "2021-11-24T01:00:00Z"}, {"expected_version": version - 1}, {"expected_version": 0}):
        refused = control.put(path, {**REPORTS[part], **old})
        assert (refused.status_code, refused.json()["code"]) == (409, "NEWER_REPORT")
    assert control.put(path, {**REPORTS[part], "expected_version": version}).status_code == 200


@pytest.mark.parametrize(
    ("part", "wrong", "pointer"),
    [
        ("status", {"status": "shut"}, "/status"), ("status", {"reason": ""}, "/reason"),
        ("status", {"expires_at": "2021-11-24T01:00:00Z"}, "/expires_at"),
        ("status", {"reported_at": "2026-11-22T14:30:00"}, "/reported_at"),
        ("status", {"port_id": "calais"}, "/port_id"), ("status", {"reason": "\ud800"}, "/reason"),
        ("capacity", {"places": {"total": -1}}, "/places/total"),
        ("capacity", {"places": {"total": 5, "families": 6}}, "/places/families"),
        ("capacity", {"persons_per_hour": 1e9}, "/persons_per_hour"),
        ("capacity", {"occupied": {"total": 1, "families": 2}}, "/occupied"),
        ("reception", {"danger_ashore": True}, "/reason"), ("reception", {"needs_met": 1}, "/needs_met"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_field(control, store, part, wrong, pointer):
    refused = control.put(f"/v1/ports/dover/{part}", {**REPORTS[part], **wrong})
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]
    assert store.audit() == []


@pytest.mark.parametrize("body", [{}, {"needs_met": None}, {"reason": "nobody there"}, {"expected_version": 0}])
def test_a_reception_that_says_nothing_is_refused_and_leaves_the_port_as_it_was(control, store, body):
    refused = control.put("/v1/ports/dover/reception", body, {"Accept-Language": "fr"})
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_FIELDS")
    assert [error["detail"] for error in refused.json()["errors"]] == [
        "ne dit rien de ce qui attend à terre. Indiquer needs_met, transport_arranged ou danger_ashore."
    ]
    assert store.audit() == []


def test_a_danger_taken_back_leaves_a_port_as_suitable_as_it_was(control, encounter):
    body = {name: value for name, value in encounter.items() if name != "time"}
    before = control.decide(body).json()["recommended"]["port"]["id"]
    path = f"/v1/ports/{before}/reception"
    assert control.put(path, {"danger_ashore": True, "reason": "fire on the quay"}).status_code == 200
    assert control.decide(body).json()["recommended"]["port"]["id"] != before
    assert control.put(path, {"danger_ashore": False}).status_code == 200
    assert control.decide(body).json()["recommended"]["port"]["id"] == before


@pytest.mark.parametrize("part", REPORTS)
def test_a_report_on_an_old_version_is_412_by_its_header(control, part):
    path = f"/v1/ports/dover/{part}"
    first = control.put(path, REPORTS[part])
    tag = first.headers["etag"]
    assert tag == f'"{first.json()[part]["version"]}"'
    second = control.put(path, REPORTS[part], {"If-Match": tag})
    assert second.status_code == 200
    refused = control.put(path, REPORTS[part], {"If-Match": tag})
    assert (refused.status_code, refused.json()["code"]) == (412, "CHANGED_MEANWHILE")
    assert control.get("/v1/ports/dover/live").json()[part]["version"] == second.json()[part]["version"]
    both = {**REPORTS[part], "expected_version": 0}
    for body, wrong in ((REPORTS[part], "soon"), (both, second.headers["etag"])):
        assert control.put(path, body, {"If-Match": wrong}).status_code == 422
    assert control.put(path, REPORTS[part], {"If-Match": "*"}).status_code == 200


def test_a_condition_that_a_change_does_not_look_at_is_refused(control, store):
    report = {"position": {"type": "Point", "coordinates": [1.4, 51.0]}}
    refused = control.post("/v1/encounters", report, {"If-Match": '"1"'})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/If-Match"]
    assert store.audit() == []
