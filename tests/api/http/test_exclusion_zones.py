"""Zones that a centre draws: routes of decisions for now keep out of them, and their records can be made again."""

import asyncio
import time

import pytest
import shapely

from api.decision_records import remake
from api.http.async_store import AsyncStore
from api.http.background import prepare_zones
from api.http.problems import Starting
from api.store.commands import Actor, Role
from api.store.exclusion_zones import DrawZone
from tests.api.http.conftest import WHOLE

ACROSS = {
    "name": "Vega", "reason": "wreck",
    "outline": {
        "type": "Polygon",
        "coordinates": [[[1.26, 51.0], [1.6, 51.0], [1.6, 51.095], [1.26, 51.095], [1.26, 51.0]]],
    },
}  # fmt: skip


@pytest.fixture
def off_folkestone():
    """Now, with most ports the other side of the zone."""
    return {
        "position": {"type": "Point", "coordinates": [1.25, 51.05]},
        "persons": 30,
        "vessel": {"profile": "rnli-severn"},
    }


def draw(control, zone=ACROSS, status=201):
    answer = control.post("/v1/exclusion-zones", zone)
    assert answer.status_code == status, answer.text
    return answer


def tracks(decided):
    """Routes of a whole decision, but for what lies before and behind the zone."""
    ways = [decided["recommended"], *decided["candidates"]]
    return {way["port"]["id"]: shapely.LineString(way["route"]["coordinates"]) for way in ways if way and way["route"]}


def test_a_decision_for_now_keeps_out_and_says_so(control, off_folkestone, service, store):
    core = shapely.box(1.26, 51.0, 1.6, 51.095).buffer(-1e-4)
    before = control.decide(off_folkestone).json()
    assert before["inputs"].get("exclusion_zones") is None
    assert sum(track.intersects(core) for track in tracks(before).values()) > 5
    draw(control)
    answer = control.decide(off_folkestone)
    decided = answer.json()
    assert answer.headers["safeport-recorded"] == "yes"
    assert decided["inputs"]["exclusion_zones"]["names"] == ["Vega"]
    assert "Vega" in next(told for told in decided["notices"] if told["code"] == "ZONES_AVOIDED")["text"]["en"]
    assert not any(track.intersects(core) for track in tracks(decided).values())
    line = control.decide(off_folkestone, "?view=brief&lang=en").json()
    assert any(told["code"] == "ZONES_AVOIDED" for told in line["notices"])
    # What was recorded is made again with the zones of then, also when they are over.
    zone = control.get("/v1/exclusion-zones").json()["zones"][0]
    control.post(f"/v1/exclusion-zones/{zone['zone_id']}/end", {"reason": "marked"})
    assert control.decide(off_folkestone).json()["inputs"].get("exclusion_zones") is None
    again = control.get(f"/v1/decisions/{decided['decision_id']}{WHOLE}")
    assert (again.headers["safeport-made-from"], again.json()) == ("record", decided)
    record = store.decision(decided["decision_id"])
    assert remake(service, record).is_same
    # The same ask without them would not pass for it.
    assert not remake(service, record._replace(picture=store.ports(time.time()).body)).is_same


def test_the_past_is_decided_without_zones(control, encounter):
    draw(control)
    assert control.decide(encounter).json()["inputs"].get("exclusion_zones") is None


def test_the_board_and_a_plan_keep_out_too(control, off_folkestone):
    draw(control)
    name = control.post("/v1/encounters", off_folkestone).json()["encounter_id"]
    (row,) = control.get("/v1/encounters?decide=true").json()["encounters"]
    assert "ZONES_AVOIDED" in row["decided"]["codes"]
    control.put("/v1/ports/dover/capacity", {"places": {"total": 90}, "persons_per_hour": 60})
    plan = {"encounters": [{**off_folkestone, "id": name}]}
    planned = control.post("/v1/plans", plan)
    control.app.state.plan_pool.close()
    assert planned.status_code == 200, planned.text
    assert planned.json()["inputs"]["exclusion_zones"]["names"] == ["Vega"]


@pytest.mark.parametrize(
    ("ring", "why"),
    [
        ([[1.3, 51.0], [1.4, 51.1], [1.4, 51.0], [1.3, 51.1], [1.3, 51.0]], "no side crosses"),
        ([[0.5, 51.2], [0.6, 51.2], [0.6, 51.25], [0.5, 51.2]], "closes no water"),
        ([[51.0, 1.3], [51.1, 1.3], [51.1, 1.4], [51.0, 1.3]], "GeoJSON writes longitude first"),
        ([[0.0, 49.9], [2.0, 49.9], [2.0, 51.0], [0.0, 49.9]], "draw what is closed only"),
    ],
    ids=["crosses itself", "on land", "latitude first", "too large"],
)
def test_what_closes_nothing_or_too_much_is_refused(control, ring, why):
    outline = {"type": "Polygon", "coordinates": [ring]}
    refused = draw(control, {**ACROSS, "outline": outline}, 422).json()
    assert refused["errors"][0]["pointer"] == "/outline"
    assert why in refused["errors"][0]["detail"]
    assert control.get("/v1/exclusion-zones").json()["zones"] == []


@pytest.mark.parametrize(
    ("outline", "pointer", "problem", "remedy"),
    [
        ({"type": "Polygon", "coordinates": []}, "/outline/coordinates", "is not one closed ring", "three corners"),
        ({"type": "Polygon", "coordinates": 5}, "/outline/coordinates", "is not one closed ring", "three corners"),
        (5, "/outline", "is not a GeoJSON polygon", "the last position as the first"),
    ],
)  # fmt: skip
def test_an_outline_that_is_no_ring_is_told_of_a_ring(control, outline, pointer, problem, remedy):
    told = {
        error["pointer"]: error["detail"]
        for error in draw(control, {**ACROSS, "outline": outline}, 422).json()["errors"]
    }
    assert problem in told[pointer]
    assert remedy in told[pointer]
    assert "Write [longitude, latitude]." not in told[pointer]


def test_an_edit_of_an_old_version_is_412_and_changes_nothing(control):
    first = draw(control)
    path, tag = f"/v1/exclusion-zones/{first.json()['zone_id']}", first.headers["etag"]
    assert control.get(path).headers["etag"] == tag
    edited = control.put(path, {**ACROSS, "reason": "it drifts"}, {"If-Match": tag})
    assert (edited.status_code, edited.headers["etag"] != tag) == (200, True)
    for refused in (
        control.put(path, {**ACROSS, "reason": "mine"}, {"If-Match": tag}),
        control.post(f"{path}/end", {"reason": "over"}, {"If-Match": tag}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (412, "CHANGED_MEANWHILE")
    assert control.put(path, ACROSS, {"If-Match": "soon"}).status_code == 422
    assert control.get(path).json()["reason"] == "it drifts"
    # A browser may have been given the tag as a weak one, by what compresses answers on the way.
    weak = {"If-Match": f"W/{edited.headers['etag']}"}
    assert control.post(f"{path}/end", {"reason": "over"}, weak).json()["ended"]["reason"] == "over"


def test_the_same_key_draws_once(control):
    key = {"Idempotency-Key": "zone-1"}
    first, again = (control.post("/v1/exclusion-zones", ACROSS, key) for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert control.post("/v1/exclusion-zones", ACROSS).status_code == 409


def test_the_shift_hears_of_zones(control):
    draw(control)
    assert [zone["name"] for zone in control.get("/v1/handover").json()["exclusion_zones"]] == ["Vega"]
    assert "Vega" in control.get("/v1/handover", headers={"Accept": "text/html"}).text


def test_water_is_cut_out_before_a_zone_comes_into_force(store):
    """By the process that serves, whoever has drawn it."""
    now_s = time.time()
    drawn = DrawZone("Vega", "wreck", ((1.3, 51.0), (1.4, 51.0), (1.4, 51.1)), from_s=now_s + 30)
    store.do(drawn, Actor(Role.CONTROLLER, "MRCC Dover SMC"), now_s)
    asked = []

    class Watched:
        def avoiding(self, ports, at_s):
            asked.append([zone["name"] for zone in ports.zones_in_force(at_s)])

    asyncio.run(prepare_zones(AsyncStore(store, 1, 1), Watched))
    assert asked == [[], ["Vega"]]

    def not_yet():
        raise Starting("The geodata pack is being opened.")

    asyncio.run(prepare_zones(AsyncStore(store, 1, 1), not_yet))
