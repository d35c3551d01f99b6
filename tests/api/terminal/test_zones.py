"""Exclusion zones drawn ashore and what they do aboard: known, worked in, kept out of, and said where they are not."""

import asyncio
import threading
import time

import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.encounter import VesselIn
from api.store.deltas import MOST_BYTES, Versions, apply_piece
from api.store.exclusion_zones import MOST_POSITIONS
from api.store.validation import LONGEST_NAME
from api.store.zone_deltas import parts_of, version_of, zones_of
from api.terminal.link.courier import Courier
from api.terminal.link.outbox import Outbox, own_key
from geodata import zoned_worlds
from geodata.zoned_worlds import ZonedWorlds
from tests.api.terminal.control_room import ControlRoom

WEST, SOUTH, EAST, NORTH = 1.26, 51.0, 1.6, 51.095
RING = [[WEST, SOUTH], [EAST, SOUTH], [EAST, NORTH], [WEST, NORTH]]
OFF_FOLKESTONE = (51.05, 1.25)


def drawn(name="Vega", ring=RING, **more):
    outline = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"name": name, "reason": "wreck", "outline": outline, **more}


@pytest.fixture(autouse=True, scope="module")
def each_water_is_cut_once():
    """What a zone leaves of the water is the same for all who work it in, and takes seconds; who has done so is not."""
    rebuild, made = zoned_worlds._rebuild, {}

    def rebuild_once(world, pack, zones):
        key = (id(world.water), zones)
        if key not in made:
            made[key] = rebuild(world, pack, zones)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zoned_worlds, "_rebuild", rebuild_once)
        yield


@pytest.fixture
def room(service, tmp_path):
    made = ControlRoom(service, f"sqlite:{tmp_path}/store.db")
    yield made
    made.close()


@pytest.fixture
def aboard(launch, room, tmp_path):
    """Starts a terminal west of the zone, linked to the control room, and gives it and its courier."""

    def start():
        ship = launch("ship", system_s=time.time(), vessel=VesselIn(profile="rnli-severn"))
        courier = Courier(Outbox(ship.keeper, own_key(tmp_path / "ship")), room, ship.ticks.steady_s)
        ship.terminal.courier, courier.on_zones = courier, ship.terminal._zones_told
        courier.on_ports = ship.terminal._ports_told
        ship.hear(*OFF_FOLKESTONE, sog_kn=10.0, cog_deg=90.0, stated=False)
        return ship, courier

    return start


def route_enters(answered, ship):
    """Whether the way to any port of an answer leads through the zone."""
    core = shapely.box(WEST, SOUTH, EAST, NORTH).buffer(-1e-4)
    decision = answered["decision"]
    ways = []
    for port in [decision["recommended"], *decision["candidates"]]:
        path = f"/terminal/v1/decisions/{answered['digest']}/ports/{port['port']['id']}"
        route = ship.call("GET", path).json()["route"]
        ways.append(shapely.LineString(route["coordinates"]).intersects(core))
    return any(ways)


def zones_layer(ship):
    return next(layer for layer in ship.state()["layers"] if layer["id"] == "zones")


def test_a_zone_reaches_the_terminal_and_its_routes_keep_out(room, aboard, launch):
    ship, courier = aboard()
    # Never told: that is said, and is not the same as there being none.
    before = ship.nearest().json()
    assert (before["zones"]["known"], zones_layer(ship)["age_s"]) == (False, None)
    assert "not known aboard" in before["zones"]["text"]["en"]
    assert route_enters(before, ship)
    ship.runner.run(courier.refresh_zones(room))
    none = ship.nearest().json()["zones"]
    assert (none["known"], none["text"], none["avoided"], zones_layer(ship)["age_s"]) == (True, None, [], 0)

    zone = room.call("POST", "/v1/exclusion-zones", drawn())
    assert zone.status == 201
    ship.runner.run(courier.refresh_zones(room))
    at_once = ship.nearest().json()
    assert (at_once["zones"]["pending"], at_once["zones"]["avoided"]) == (["Vega"], [])
    assert "Vega" in at_once["zones"]["text"]["fr"]
    assert ship.state()["zones"]["pending"] == ["Vega"]
    assert route_enters(at_once, ship)

    ship.runner.run(ship.terminal.work_in_zones())
    answered = ship.nearest().json()
    known = answered["zones"]
    assert (known["avoided"], known["pending"], known["text"]) == (["Vega"], [], None)
    notice = next(item for item in answered["decision"]["notices"] if item["code"] == "ZONES_AVOIDED")
    assert "Vega" in notice["text"]["en"]
    assert not route_enters(answered, ship)
    # The service says the same of the same encounter.
    there = room.call("POST", "/v1/decisions?view=brief&lang=both", answered["encounter"]).document
    assert there["recommended"] == answered["decision"]["recommended"]
    assert there["candidates"] == answered["decision"]["candidates"]
    assert there["inputs"]["exclusion_zones"] == answered["decision"]["inputs"]["exclusion_zones"]

    listed = ship.call("GET", "/terminal/v1/zones").json()
    told = [(item["name"], item["in_force"], item["is_avoided"], item["corners"]) for item in listed["zones"]]
    assert (listed["known"], told) == (True, [("Vega", True, True, RING)])

    # After a power cut it is known still, and worked in before anybody asks the control room again.
    again = launch("ship", system_s=time.time(), vessel=VesselIn(profile="rnli-severn"))
    again.hear(*OFF_FOLKESTONE, stated=False)
    again.runner.run(again.terminal.work_in_zones())
    assert again.nearest().json()["zones"]["avoided"] == ["Vega"]

    ended = room.call("POST", f"/v1/exclusion-zones/{zone.document['zone_id']}/end", {"reason": "marked"})
    assert ended.status == 200
    ship, courier = aboard()
    ship.runner.run(courier.refresh_zones(room))
    assert ship.nearest().json()["zones"]["avoided"] == []
    assert ship.call("GET", "/terminal/v1/zones").json()["zones"] == []


def test_nothing_waits_for_a_zone_that_is_worked_in(room, aboard, monkeypatch):
    ship, courier = aboard()
    room.call("POST", "/v1/exclusion-zones", drawn())
    ship.runner.run(courier.refresh_zones(room))
    let_go, has_begun = threading.Event(), threading.Event()
    at = ZonedWorlds.at

    def slow(*arguments):
        has_begun.set()
        assert let_go.wait(60.0)
        return at(*arguments)

    monkeypatch.setattr(ZonedWorlds, "at", slow)
    worker = threading.Thread(
        target=lambda: ship.terminal.zones.work_in(ship.service, ship.terminal.vessel.profile, time.time())
    )
    worker.start()
    try:
        assert has_begun.wait(60.0)
        # Both would never come back if they waited for it.
        assert ship.nearest().json()["zones"]["pending"] == ["Vega"]
        assert ship.call("POST", "/terminal/v1/retask", {"casualty": "51 10.0N 001 40.0E"}).status_code == 200
    finally:
        let_go.set()
        worker.join(120.0)
    monkeypatch.undo()
    assert ship.nearest().json()["zones"]["avoided"] == ["Vega"]
    # While a second one is worked in, the first is still kept out of.
    second = drawn("Lyra", [[1.7, 51.0], [1.75, 51.0], [1.75, 51.05]])
    assert room.call("POST", "/v1/exclusion-zones", second).status == 201
    ship.terminal.zones.hear(*_told(room))
    ready = ZonedWorlds.is_ready
    monkeypatch.setattr(ZonedWorlds, "is_ready", lambda self, *args: len(args[1]) == 1 and ready(self, *args))
    answered = ship.nearest().json()["zones"]
    assert (answered["avoided"], answered["pending"]) == (["Vega"], ["Lyra"])


def _told(room):
    return parts_of(room.store.ports(time.time()).content["exclusion_zones"]), time.time()


def test_a_zone_to_come_is_shown_and_worked_in_before_its_time(room, aboard):
    ship, courier = aboard()
    # By her own clock, which stands still while this is set up.
    from_s = int(ship.ticks.system_s()) + 90
    begins = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(from_s))
    assert room.call("POST", "/v1/exclusion-zones", drawn(from_at=begins)).status == 201
    ship.runner.run(courier.refresh_zones(room))
    listed = ship.call("GET", "/terminal/v1/zones").json()["zones"]
    assert [(item["in_force"], item["from_at"]) for item in listed] == [(False, begins)]
    ship.runner.run(ship.terminal.work_in_zones())
    assert ship.nearest().json()["zones"]["avoided"] == []
    ship.ticks.go(45.0)
    ship.hear(*OFF_FOLKESTONE, stated=False)
    ship.runner.run(ship.terminal.work_in_zones())
    ship.ticks.go(50.0)
    ship.hear(*OFF_FOLKESTONE, stated=False)
    # Its time has come, and nobody had to wait.
    assert ship.nearest().json()["zones"]["avoided"] == ["Vega"]


def test_what_is_told_grows_old_and_that_is_said(room, aboard):
    ship, courier = aboard()
    ship.runner.run(courier.refresh_zones(room))
    ship.ticks.go(7.0 * 3_600.0)
    ship.hear(*OFF_FOLKESTONE, stated=False)
    assert zones_layer(ship)["is_past_limit"]
    assert "7 h" in ship.nearest(position="51 03.0N 001 15.0E").json()["zones"]["text"]["en"]


def test_a_control_room_that_does_not_know_of_it_leaves_zones_unknown(room, aboard):
    ship, courier = aboard()

    class Older:
        def zone_changes(self, since, after):
            return room.call("GET", "/v1/terminals/unknown")

    ship.runner.run(courier.refresh_zones(Older()))
    assert not ship.state()["zones"]["known"]


corners = st.lists(
    st.tuples(st.floats(-180.0, 180.0), st.floats(-90.0, 90.0)).map(list), min_size=3, max_size=MOST_POSITIONS
)
zones = st.lists(
    st.builds(
        lambda name, outline, begin, version: {
            "name": name, "outline": outline, "from_ms": begin, "to_ms": None, "version": version
        },
        st.text(min_size=1, max_size=LONGEST_NAME), corners, st.none() | st.integers(0, 2**42), st.integers(1, 999),
    ),
    max_size=4,
).map(lambda drawn: [{"zone_id": f"z-{k:020x}", **zone} for k, zone in enumerate(drawn)])  # fmt: skip


@given(st.lists(zones, min_size=1, max_size=3))
def test_changes_lead_to_the_zones_there_are_in_pieces_of_two_kilobytes(states):
    versions, known, version = Versions(version_of), {}, ""
    for new in states:
        after = None
        while after != "":
            piece = versions.piece(parts_of(new), version, after or "")
            if not piece.base and after is None:
                known = {}
            known, after = apply_piece(known, piece), piece.next
            assert len(orjson.dumps(piece._asdict())) <= MOST_BYTES
        version = piece.version
        assert zones_of(known) == new
        assert version_of(known) == version


def test_the_terminal_itself_works_zones_in(room, aboard):
    ship, courier = aboard()
    room.call("POST", "/v1/exclusion-zones", drawn())

    async def run():
        await courier.refresh_zones(room)
        watching = asyncio.create_task(ship.terminal._watch_zones())
        async with asyncio.timeout(300):
            while ship.terminal.own().zones.avoided == ():
                await ship.terminal.changed.wait()
        watching.cancel()

    ship.runner.run(run())
    assert ship.nearest().json()["zones"]["avoided"] == ["Vega"]
