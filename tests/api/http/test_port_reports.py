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
