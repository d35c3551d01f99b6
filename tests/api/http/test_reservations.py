"""Places over HTTP: the life of a reservation, refusals, repeats, and many who want the last places at once."""

import asyncio
import time

import httpx
import pytest
from pydantic import TypeAdapter

from api.http import create_app
from api.store.reservations import ReservationChange, StandingReservation, StandingReservations
from api.store.store import open_store


def later(seconds=3_600):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def wanted(total=10, port_id="dover", **more):
    return {"port_id": port_id, "vessel": "RNLI Dungeness", "persons": {"total": total}, "eta_at": later()} | more


@pytest.fixture
def dover(control):
    """Dover with thirty places."""
    control.put("/v1/ports/dover/capacity", {"places": {"total": 30, "families": 10}})
    return control


def test_the_life_of_a_reservation(dover):
    held = dover.post("/v1/reservations", wanted(12, port_id="GBDVR"))
    assert held.status_code == 201
    TypeAdapter(ReservationChange).validate_python(held.json())
    assert held.json()["places_left"]["total"] == 18
    path = f"/v1/reservations/{held.json()['reservation']['reservation_id']}"
    assert dover.post(f"{path}/extend", {"eta_at": later(7_200)}).status_code == 200
    assert dover.request("POST", f"{path}/confirm").json()["reservation"]["state"] == "confirmed"
    split = dover.post(f"{path}/transfer", {"to_vessel": "BF Ranger", "persons": {"total": 5}}).json()
    TypeAdapter(ReservationChange).validate_python(split)
    assert (split["reservation"]["vessel"], split["from"]["persons"]["total"]) == ("BF Ranger", 7)
    assert dover.post(f"{path}/land", {"persons": {"total": 7}}).json()["reservation"]["state"] == "landed"
    other = f"/v1/reservations/{split['reservation']['reservation_id']}"
    assert dover.post(f"{other}/release", {"reason": "taken by helicopter"}).json()["places_left"]["total"] == 23
    assert dover.get("/v1/reservations").json() == {"reservations": []}
    TypeAdapter(StandingReservation).validate_python(dover.get(path).json())
    assert dover.get(path).json()["state"] == "landed"


def test_deleting_releases_and_the_record_stays(dover):
    name = dover.post("/v1/reservations", wanted()).json()["reservation"]["reservation_id"]
    assert dover.delete(f"/v1/reservations/{name}?reason=mistake").json()["reservation"]["state"] == "released"
    again = dover.delete(f"/v1/reservations/{name}")
    assert (again.status_code, again.json()["code"]) == (409, "WRONG_STATE")
    assert dover.get(f"/v1/reservations/{name}").json()["state"] == "released"


def test_the_list_can_be_narrowed(dover):
    seen = {"source": "phone", "observed_at": later(-60), "position": {"type": "Point", "coordinates": [1.4, 51.0]}}
    encounter = dover.post("/v1/encounters", seen).json()["encounter_id"]
    dover.put("/v1/ports/calais/capacity", {"places": {"total": 5}})
    for body in (wanted(1), wanted(2, encounter_id=encounter), wanted(3, port_id="calais")):
        assert dover.post("/v1/reservations", body).status_code == 201
    for query, totals in (("", [1, 2, 3]), ("?port_id=calais", [3]), (f"?encounter_id={encounter}", [2])):
        found = dover.get(f"/v1/reservations{query}").json()
        TypeAdapter(StandingReservations).validate_python(found)
        assert [reservation["persons"]["total"] for reservation in found["reservations"]] == totals


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (wanted(31), 409, "NO_PLACES"), (wanted(5, port_id="calais"), 409, "NO_PLACES"),
        (wanted(5, persons={"total": 5, "medical": 1}), 409, "NO_PLACES"),
        (wanted(5, port_id="atlantis"), 404, "UNKNOWN_PORT"), (wanted(5, encounter_id="e-9"), 404, "NOTHING_SUCH"),
        (wanted(0), 422, "WRONG_VALUE"), (wanted(5, eta_at="2021-11-24T01:00:00Z"), 422, "WRONG_VALUE"),
        (wanted(5, eta_at="soon"), 422, "INVALID_FIELDS"), (wanted(5, names=["x"]), 422, "INVALID_FIELDS"),
    ],
)  # fmt: skip
def test_what_cannot_be_held_is_refused_and_changes_nothing(dover, store, body, status, code):
    before = store.audit()
    refused = dover.post("/v1/reservations", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert store.audit() == before


def test_nothing_is_held_for_an_encounter_that_has_ended(dover, store):
    seen = {"position": {"type": "Point", "coordinates": [1.4, 51.0]}}
    name = dover.post("/v1/encounters", seen).json()["encounter_id"]
    dover.post(f"/v1/encounters/{name}/close", {"evidence": "counted ashore"})
    before = store.audit()
    refused = dover.post("/v1/reservations", wanted(5, encounter_id=name))
    assert (refused.status_code, refused.json()["code"]) == (409, "WRONG_STATE")
    assert refused.json()["errors"][0]["pointer"] == "/encounter_id"
    assert store.audit() == before
    dover.post(f"/v1/encounters/{name}/reopen", {"reason": "a phone answers"})
    assert dover.post("/v1/reservations", wanted(5, encounter_id=name)).status_code == 201


def test_who_holds_for_nobody_is_told_of_the_bounds_that_the_description_has(dover):
    schemas = dover.get("/openapi.json").json()["components"]["schemas"]
    total = schemas["SomebodyIn"]["properties"]["total"]
    assert (total["minimum"], total["maximum"]) == (1, 100_000)
    refused = dover.post("/v1/reservations", wanted(0)).json()
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/persons/total", "WRONG_VALUE")]
    for name, field, most in (
        ("ReportIn", "wind_ms", 80), ("ReportIn", "uncertainty_m", 200_000), ("CapacityIn", "persons_per_hour", 10_000),
    ):  # fmt: skip
        bounds = schemas[name]["properties"][field]
        bounds = bounds.get("anyOf", [bounds])[0]
        assert (bounds["minimum"], bounds["maximum"]) == (0, most), field


def test_an_empty_name_is_pointed_at_where_it_stands(dover, acting):
    refused = dover.post("/v1/reservations", wanted(5, vessel="")).json()
    assert [error["pointer"] for error in refused["errors"]] == ["/vessel"]
    # Who may not do it has no field to correct.
    acting("auditor", "office")
    reservation = dover.post("/v1/reservations", wanted(5))
    assert (reservation.status_code, reservation.json()["errors"]) == (403, [])
    assert reservation.json()["detail"] == (
        "actor.role: is auditor. This takes the role controller or master or crew or admin."
    )


def test_only_a_controller_holds_what_is_not_there(dover, acting):
    body = wanted(40, override={"code": "DUTY_TO_LIFE", "text": "nowhere else in reach"})
    acting("master", "RNLI Dover")
    refused = dover.post("/v1/reservations", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "ROLE_NEEDED")
    acting("controller", "MRCC Dover SMC")
    held = dover.post("/v1/reservations", body).json()
    assert (held["reservation"]["override"]["code"], held["places_left"]["total"]) == ("DUTY_TO_LIFE", -10)


def test_a_hold_that_ran_out_cannot_be_confirmed(dover, monkeypatch):
    name = dover.post("/v1/reservations", wanted()).json()["reservation"]["reservation_id"]
    future = time.time() + 3 * 3_600
    monkeypatch.setattr("api.http.async_store.time.time", lambda: future)
    refused = dover.request("POST", f"/v1/reservations/{name}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "CAP_HOLD_EXPIRED")


def test_a_repeat_gives_the_same_bytes_and_holds_once(dover, store):
    key, body = {"Idempotency-Key": "boat-7"}, wanted()
    first, again = (dover.post("/v1/reservations", body, key) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(dover.get("/v1/reservations").json()["reservations"]) == 1
    other = dover.post("/v1/reservations", wanted(11), key)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    name = first.json()["reservation"]["reservation_id"]
    for method, path in (("POST", "confirm"), ("DELETE", "")):
        target = f"/v1/reservations/{name}/{path}".rstrip("/")
        answers = [dover.request(method, target, headers={"Idempotency-Key": f"{method}-1"}) for _ in range(2)]
        assert answers[0].status_code == 200
        assert answers[0].content == answers[1].content
    assert len(store.audit()) == 4


def test_a_key_belongs_to_who_sent_it(dover, acting):
    key, body = {"Idempotency-Key": "1"}, wanted()
    acting("controller", "MRCC Dover SMC")
    first = dover.post("/v1/reservations", body, key)
    acting("controller", "CROSS Gris-Nez")
    two = dover.post("/v1/reservations", body, key)
    assert first.json()["reservation"]["reservation_id"] != two.json()["reservation"]["reservation_id"]


def test_a_refusal_is_not_kept_under_the_key(dover):
    key, body = {"Idempotency-Key": "1"}, wanted(31)
    assert dover.post("/v1/reservations", body, key).status_code == 409
    dover.put("/v1/ports/dover/capacity", {"places": {"total": 40}})
    assert dover.post("/v1/reservations", body, key).status_code == 201


def test_a_vessel_sees_its_own_reservations(dover, acting):
    dover.post("/v1/reservations", wanted())
    acting("master", "RNLI Dover", own_only=True)
    assert dover.get("/v1/reservations").json() == {"reservations": []}
    own = dover.post("/v1/reservations", wanted(3)).json()["reservation"]["reservation_id"]
    assert [reservation["reservation_id"] for reservation in dover.get("/v1/reservations").json()["reservations"]] == [
        own
    ]
    assert dover.get("/v1/reservations/r-2").status_code == 404
    for path, body in (("extend", {"eta_at": later(7_200)}), ("release", {}), ("land", {"persons": {"total": 1}}),
                       ("transfer", {"to_vessel": "V"})):  # fmt: skip
        assert dover.post(f"/v1/reservations/r-2/{path}", body).status_code == 404
    assert dover.delete("/v1/reservations/r-2").status_code == 404
    assert dover.post(f"/v1/reservations/{own}/release", {}).status_code == 200


def test_many_who_want_the_last_places_at_two_services_of_one_store_never_oversell(service, store, store_url):
    """Each request is sent twice with its key; thirty places, forty requests of three."""

    async def story():
        with open_store(store_url) as second:
            apps = [create_app(service, store=item) for item in (store, second)]
            clients = [
                httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") for app in apps
            ]
            capacity = {"places": {"total": 30}}
            assert (await clients[0].put("/v1/ports/dover/capacity", json=capacity)).status_code == 200
            body = wanted(3)

            async def reserve(number):
                headers = {"Idempotency-Key": f"k-{number}"}
                answers = await asyncio.gather(
                    *(client.post("/v1/reservations", json=body, headers=headers) for client in clients)
                )
                while busy := [answer for answer in answers if answer.status_code == 503]:
                    assert busy[0].headers["retry-after"] == "1"
                    answers = [await client.post("/v1/reservations", json=body, headers=headers) for client in clients]
                return answers

            pairs = await asyncio.gather(*(reserve(number) for number in range(40)))
            left = (await clients[1].get("/v1/ports/dover/live")).json()["places_left"]["total"]
            for client in clients:
                await client.aclose()
            return pairs, left

    pairs, left = asyncio.run(story())
    assert [{item.status_code for item in pair} for pair in pairs].count({201}) == 10
    assert all(pair[0].content == pair[1].content for pair in pairs if pair[0].status_code == 201)
    assert {item.json()["code"] for pair in pairs for item in pair if item.status_code != 201} == {"NO_PLACES"}
    assert left == 0


@pytest.mark.parametrize(
    ("persons", "pointer", "code"),
    [({"total": "x"}, "/persons/total", "WRONG_TYPE"), ({}, "/persons/total", "REQUIRED"),
     (3, "/persons", "WRONG_TYPE"), ({"total": 3, "colour": 1}, "/persons/colour", "UNKNOWN_FIELD"),
     ({"total": -1}, "/persons/total", "OUT_OF_RANGE"),
     ({"total": 3, "families": "x"}, "/persons/families", "WRONG_TYPE")],
)  # fmt: skip
def test_people_that_are_not_counted_are_pointed_at(control, persons, pointer, code):
    """The persons of a hold are an object; those of an encounter may be a number too, and are told of otherwise."""
    body = {"port_id": "dover", "vessel": "Severn", "persons": persons, "eta_at": "2026-11-29T20:00:00Z"}
    refused = control.post("/v1/reservations", body)
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]


def test_too_few_places_are_told_in_french(dover):
    answer = dover.post("/v1/reservations", wanted(31), {"Accept-Language": "fr"})
    assert (answer.status_code, answer.headers["content-language"]) == (409, "fr")
    problem = answer.json()
    assert (problem["code"], problem["title"]) == ("NO_PLACES", "Il n'y a pas assez de places")
    assert problem["detail"] == (
        "persons.total : demandent 31 places, il en reste 30. "
        "Choisir un autre port, ou répartir ; un contrôleur peut passer outre avec un motif."
    )
    gone = dover.get("/v1/reservations/r-none", headers={"Accept-Language": "fr"})
    assert (gone.status_code, gone.json()["title"]) == (404, "Cet enregistrement n'existe pas")
    assert gone.json()["detail"] == "reservation_id : ne désigne aucune réservation. Voir la liste des réservations."
