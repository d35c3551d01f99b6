"""The life of a mass rescue over HTTP: two centres, two services, one store; on a file and on a server."""

import hashlib
import json
import time

import pytest

from api.decision_records import remake
from api.http import create_app
from api.store.integrity import check
from api.store.store import open_store
from tests.store.conftest import new_database, postgresql  # noqa: F401 - a fixture

BOATS = [(1.40, 51.00, 60), (1.45, 51.02, 45), (1.62, 50.98, 35)]


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, tmp_path):
    """Two stores opened on one place, as two processes would."""
    if request.param == "sqlite":
        url = f"sqlite:{tmp_path}/store.db"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    with open_store(url, create=True) as first, open_store(url) as two:
        yield first, two


def stamp(offset_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


def test_a_mass_rescue_from_the_first_call_to_the_signed_handover(call_app, service, both, acting):
    dover, gris_nez = (call_app(create_app(service, store=store)) for store in both)

    def as_dover():
        acting("controller", "MRCC Dover SMC")
        return dover

    def as_gris_nez():
        acting("controller", "CROSS Gris-Nez CMS")
        return gris_nez

    # Ports say what they have, each to its own centre.
    for centre, port, places in ((as_dover, "dover", 80), (as_dover, "ramsgate", 40), (as_gris_nez, "calais", 50)):
        for part, body in (
            ("status", {"status": "open"}), ("capacity", {"places": {"total": places, "families": 20, "medical": 4}}),
            ("reception", {"needs_met": True, "transport_arranged": True}),
        ):  # fmt: skip
            assert centre().put(f"/v1/ports/{port}/{part}", body).status_code == 200

    # Calls come in on both sides; what one centre records the other sees.
    names = []
    for centre, (lon, lat, persons) in zip((as_dover, as_gris_nez, as_gris_nez), BOATS, strict=True):
        seen = {"source": "phone", "position": {"type": "Point", "coordinates": [lon, lat]}, "observed_at": stamp(-300),
                "persons": {"min": persons, "max": persons}, "uncertainty_m": 200}  # fmt: skip
        names.append(centre().post("/v1/encounters", seen).json()["encounter_id"])
    assert [encounter["encounter_id"] for encounter in as_dover().get("/v1/encounters").json()["encounters"]] == names

    # A decision each, with what the ports have left, and the places held at the first port that has any:
    # one that never said anything may be nearer, and holds none.
    held = {}
    for name, (lon, lat, persons) in zip(names, BOATS, strict=True):
        asked = {"position": {"type": "Point", "coordinates": [lon, lat]}, "vessel": {"profile": "rnli-severn"},
                 "persons": persons, "persons_recovered": persons, "persons_in_water": False}  # fmt: skip
        decision = as_dover().post(f"/v1/decisions?view=full&encounter_id={name}", asked)
        assert decision.headers["safeport-recorded"] == "yes"
        assert decision.json()["outcome"] == "suitable"
        best = next(
            candidate
            for candidate in decision.json()["candidates"]
            if candidate["port"]["id"] in ("dover", "ramsgate", "calais")
        )
        body = {"port_id": best["port"]["id"], "vessel": f"lifeboat {name}", "persons": {"total": persons},
                "eta_at": best["eta_at"], "encounter_id": name}  # fmt: skip
        key = {"Idempotency-Key": f"hold-{name}"}
        first, again = (as_dover().post("/v1/reservations", body, key) for _ in range(2))
        assert (first.status_code, first.content) == (201, again.content)
        held[name] = first.json()["reservation"]
    by_port = {}
    for item in held.values():
        by_port[item["port_id"]] = by_port.get(item["port_id"], 0) + item["persons"]["total"]
    assert by_port["dover"] <= 80
    assert sum(by_port.values()) == 140
    assert len(by_port) > 1

    # Gris-Nez directs the last boat to Boulogne, which never said anything: that is the answer, beside the advice.
    directed = {"centre": "CROSS GRIS-NEZ", "code": "SRR_STATE", "text": "by VHF 16", "port_id": "boulogne"}
    assert as_gris_nez().post(f"/v1/encounters/{names[2]}/direction", directed).status_code == 200
    standing = as_dover().get(f"/v1/encounters/{names[2]}/standing").json()
    assert (standing["answer"], standing["direction"]["port_id"]) == ("direction", "boulogne")
    assert (
        as_gris_nez().delete(f"/v1/reservations/{held[names[2]]['reservation_id']}?reason=directed").status_code == 200
    )

    # The first boat's port says yes; part of the people go over to another vessel, and all land.
    path = f"/v1/reservations/{held[names[0]]['reservation_id']}"
    acting("port_officer", "Dover port control")
    assert dover.request("POST", f"{path}/confirm").json()["reservation"]["state"] == "confirmed"
    split = as_dover().post(f"{path}/transfer", {"to_vessel": "BF Ranger", "persons": {"total": 20}}).json()
    assert as_gris_nez().post(f"{path}/land", {"persons": {"total": 40}}).json()["reservation"]["state"] == "landed"
    other = f"/v1/reservations/{split['reservation']['reservation_id']}"
    assert as_dover().post(f"{other}/land", {"persons": {"total": 20}}).json()["reservation"]["state"] == "landed"
    live = as_gris_nez().get(f"/v1/ports/{held[names[0]]['port_id']}/live").json()
    assert live["capacity"]["occupied"]["total"] == 60

    # Nothing closed by itself; a controller closes the first, with evidence, and the board shows the two that are left.
    board = as_dover().get("/v1/encounters?decide=true").json()["encounters"]
    assert [element["encounter_id"] for element in board] == names
    assert board[2]["decided"]["codes"][0] == "RCC_DIRECTED"
    closed = as_dover().post(f"/v1/encounters/{names[0]}/close", {"evidence": "60 counted ashore at Dover"})
    assert closed.status_code == 200
    assert len(as_gris_nez().get("/v1/encounters?decide=true").json()["encounters"]) == 2

    # The shifts change: both sign the page they have read.
    page = as_dover().get("/v1/handover")
    assert [encounter["encounter_id"] for encounter in page.json()["open_encounters"]] == names[1:]
    digest = page.headers["safeport-page-sha256"]
    assert digest == hashlib.sha256(page.content).hexdigest()
    signed = as_dover().post("/v1/handover", {"page_sha256": digest, "handed_by": "day", "taken_by": "night"})
    assert signed.status_code == 201

    # Everything is on record, in one chain, and every decision is made again bit for bit.
    assert as_gris_nez().get("/v1/audit/verify").json()["intact"] is True
    rows = as_dover().get("/v1/audit?limit=1000").json()["rows"]
    assert {"MRCC Dover SMC", "CROSS Gris-Nez CMS"} <= {duty_of(row) for row in rows}
    entry, _ = both
    assert check(entry.database).problems == ()
    for row in rows:
        if row["kind"] == "decision.made":
            record = entry.decision(subject_of(row))
            assert remake(service, record).is_same


def duty_of(row):
    return json.loads(row["payload"])["duty"]


def subject_of(row):
    return json.loads(row["payload"])["subject"]
