"""EDXL-HAVE over HTTP: what goes out comes in again elsewhere."""

import re
import time

import pytest
from pydantic import TypeAdapter

from api.http import create_app
from api.http.routes.exchange import ExchangeDocument
from api.http.schemas.record_examples import HAVE
from api.store.edxl_have import read_have
from api.store.store import open_for_service

XML = {"Content-Type": "application/xml"}


def put(control, document, **headers):
    return control.request("PUT", "/v1/edxl-have", content=document, headers=XML | headers)


def test_ports_go_out_with_what_they_reported(control, service):
    control.put("/v1/ports/dover/status", {"status": "restricted", "reason": "one berth <only>"})
    control.put("/v1/ports/dover/capacity", {"places": {"total": 40, "families": 6}, "occupied": {"total": 10}})
    answer = control.get("/v1/edxl-have")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    found = {item.port_id: item for item in read_have(answer.content)}
    assert found.keys() == {port.id for port in service.world.ports}
    assert (found["dover"].status, found["dover"].comment) == ("restricted", "one berth <only>")
    assert (found["dover"].places.total, found["dover"].occupied.total) == (40, 10)
    assert found["calais"].status is None


def test_what_goes_out_comes_in_elsewhere(control, call_app, service, tmp_path):
    control.put("/v1/ports/dover/status", {"status": "closed", "reason": "gale"})
    control.put("/v1/ports/dover/capacity", {"places": {"total": 40}})
    document = control.get("/v1/edxl-have").content
    with open_for_service(f"sqlite:{tmp_path}/other.db") as other:
        there = call_app(create_app(service, store=other))
        answer = put(there, document)
        assert answer.status_code == 200
        TypeAdapter(ExchangeDocument).validate_python(answer.json())
        taken = [report for report in answer.json()["reports"] if report["accepted"]]
        assert [(item["port_id"], item["part"]) for item in taken] == [("dover", "status"), ("dover", "capacity")]
        live = there.get("/v1/ports/dover/live").json()
        assert (live["status"]["status"], live["capacity"]["places"]["total"]) == ("closed", 40)


def later(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def test_what_a_store_wrote_it_does_not_take_back(control, call_app, service, tmp_path):
    """What is held leaves as not available: taken in where it is still held, it would count twice."""
    control.put("/v1/ports/dover/capacity", {"places": {"total": 40}, "persons_per_hour": 60})
    hold = {"port_id": "dover", "vessel": "V", "persons": {"total": 30}, "eta_at": later(3_600)}
    control.post("/v1/reservations", hold)
    document = control.get("/v1/edxl-have").content
    reports = put(control, document).json()["reports"]
    assert {(report["accepted"], report["code"]) for report in reports} == {(False, "WRITTEN_HERE")}
    live = control.get("/v1/ports/dover/live").json()
    assert (live["places_left"]["total"], live["capacity"]["persons_per_hour"]) == (10, 60.0)
    # The control: without the mark it is somebody's word, and what is not available is then occupied besides.
    put(control, re.sub(rb"<[?]safeport.*?[?]>", b"", document))
    live = control.get("/v1/ports/dover/live").json()
    assert (live["capacity"]["occupied"]["total"], live["places_left"]["total"]) == (30, -20)
    # A document has no landing rate, so it takes none away.
    assert live["capacity"]["persons_per_hour"] == 60.0
    with open_for_service(f"sqlite:{tmp_path}/other.db") as other:
        there = call_app(create_app(service, store=other))
        put(there, document)
        assert there.get("/v1/ports/dover/live").json()["places_left"]["total"] == 10


def test_facilities_that_are_no_port_are_passed_over(control):
    document = HAVE.replace("<have:facilityID>dover<", "<have:facilityID>st-marys-hospital<")
    (report,) = put(control, document).json()["reports"]
    assert (report["accepted"], report["code"]) == (False, "UNKNOWN_PORT")
    assert control.get("/v1/ports/live").json()["ports"] == []


def test_a_document_sent_twice_with_its_key_counts_once(control, store):
    key = {"Idempotency-Key": "have-1"}
    first, again = (put(control, HAVE, **key) for _ in range(2))
    assert (first.status_code, first.content) == (200, again.content)
    assert len(store.audit()) == 1
    other = put(control, HAVE.replace("green", "red"), **key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("document", "headers", "status", "code"),
    [
        ("<have/>", {}, 422, "BAD_EXCHANGE"), ("", {}, 422, "BAD_EXCHANGE"), (b"\xff\xfe\x00", {}, 422, "BAD_EXCHANGE"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', {}, 422, "BAD_EXCHANGE"),
        (HAVE, {"Content-Type": "application/json"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (HAVE, {"Content-Encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        (HAVE + " " * 2_000_001, {}, 413, "BODY_TOO_LARGE"),
    ],
)  # fmt: skip
def test_what_is_no_such_document_is_refused(control, store, document, headers, status, code):
    refused = put(control, document, **headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert store.audit() == []


def test_a_document_larger_than_other_bodies_may_be_is_read(control):
    assert put(control, HAVE + " " * 500_000).status_code == 200
    assert control.put("/v1/ports/dover/status", {"status": "open", "reason": "x" * 70_000}).status_code == 413
