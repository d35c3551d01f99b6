"""Short bursts end to end: out of a folder, into the control room, and a direction back, with the link gone."""

import base64

import pytest

from api.terminal.link.bursts import DOWN_FOR_S, Bursts
from api.terminal.link.courier import Courier
from api.terminal.link.modem_folder import ModemFolder
from api.terminal.link.outbox import Outbox, own_key
from api.terminal.link.short_burst import MOST_DOWN, MOST_UP, decode_down, decode_up
from engine.errors import InvalidAsk
from tests.api.terminal.control_room import ControlRoom

LINES = {"centre": "MRCC DOVER", "code": "RCC_DIRECTED", "text": "Reception is there.", "port_id": "ramsgate"}


@pytest.fixture(scope="module")
def room(service, tmp_path_factory):
    opened = ControlRoom(service, f"sqlite:{tmp_path_factory.mktemp('room')}/store.db")
    yield opened
    opened.close()


@pytest.fixture
def aboard(launch, tmp_path):
    """Starts a terminal with a modem and without a link."""
    for name in ("out", "in"):
        (tmp_path / name).mkdir()

    def start():
        key = own_key(tmp_path / "ship")
        ship = launch("ship", bursts=Bursts(ModemFolder(tmp_path / "out", tmp_path / "in"), key))
        courier = Courier(Outbox(ship.keeper, key), None, ship.ticks.steady_s)
        courier.state = "down"
        ship.terminal.courier = courier
        ship.hear(51.0, 1.45)
        return ship

    (tmp_path / "ship").mkdir()
    return start


def bursts_out(tmp_path):
    return [file.read_bytes() for file in sorted((tmp_path / "out").glob("*.sbd"))]


def exchange(ship):
    ship.runner.run(ship.terminal.exchange_bursts())


def put_up(room, data):
    return room.call("POST", "/v1/terminals/bursts", {"data": base64.b64encode(data).decode()})


def report(ship, text, encounter, **more):
    return ship.call("POST", "/terminal/v1/reports", {"text": text, "encounter": encounter, **more}).json()


def test_a_report_goes_by_burst_and_a_direction_comes_back(room, aboard, tmp_path):
    ship = aboard()
    ship.call("PUT", "/terminal/v1/persons", {"min": 11, "max": 20, "recovered": 4, "in_water": True})
    ship.nearest()
    report(ship, "Dinghy, engine failed.", True, medical="critical")
    # Of when it was queued: more than it counts would be refused ashore.
    ship.call("PUT", "/terminal/v1/persons", {"min": 31, "max": 40, "recovered": 31})
    exchange(ship)
    assert bursts_out(tmp_path) == [], "the link is waited for first"
    ship.ticks.go(DOWN_FOR_S + 1.0)
    exchange(ship)
    (data,) = bursts_out(tmp_path)
    assert len(data) <= MOST_UP
    burst = decode_up(data)
    assert (burst.number, burst.is_encounter, burst.persons_min, burst.persons_max) == (2, True, 11, 20)
    assert (burst.recovered, burst.in_water, burst.text) == (4, True, "Dinghy, engine failed.")
    assert burst.medical == "critical"
    assert (burst.lon, burst.lat) == pytest.approx((1.45, 51.0), abs=1e-4)
    assert burst.port_id == ship.nearest().json()["decision"]["recommended"]["port"]["id"]
    assert ship.state()["link"]["burst"] == {"written": 2, "answers": 0}
    # Once, however often the folder is looked at.
    (tmp_path / "out" / "000000002.sbd").unlink()
    exchange(ship)
    assert bursts_out(tmp_path) == []

    answered = put_up(room, data)
    assert (answered.status, answered.document["code"]) == (201, None)
    encounter_id = answered.document["encounter_id"]
    known = room.call("GET", f"/v1/encounters/{encounter_id}").document["reports"][0]["on_scene"]
    assert known == {"medical": "critical", "persons_recovered": 4, "persons_in_water": True}
    assert room.call("POST", f"/v1/encounters/{encounter_id}/direction", LINES).status == 200
    down = room.call("GET", f"/v1/terminals/bursts/{encounter_id}").document["down"]
    (tmp_path / "in" / "a.sbd").write_bytes(base64.b64decode(answered.document["down"]))
    (tmp_path / "in" / "b.sbd").write_bytes(base64.b64decode(down))
    assert len(base64.b64decode(down)) <= MOST_DOWN
    exchange(ship)
    shown = ship.state()["direction"]
    assert (shown["port"]["name"]["en"], shown["centre"], shown["text"]) == ("Ramsgate", "MRCC DOVER", LINES["text"])
    assert ship.state()["link"]["burst"]["answers"] == 2
    assert list((tmp_path / "in").iterdir()) == []
    ship.call("POST", "/terminal/v1/direction/acknowledge", {"id": shown["id"]})

    # The link returns: the message itself is delivered and opens nothing a second time.
    courier = ship.terminal.courier
    ship.runner.run(courier.deliver_all(room))
    assert courier.encounter_id == encounter_id
    reports = room.call("GET", f"/v1/encounters/{encounter_id}").document["reports"]
    assert [report["text"] for report in reports] == ["Dinghy, engine failed."] * 2
    # What the link says of the same direction completes it, and it stays acknowledged.
    courier.on_direction = ship.terminal._directed
    ship.runner.run(courier._ask_direction(room))
    assert ship.state()["direction"]["encounter_id"] == encounter_id
    assert ship.state()["direction"]["acknowledged_at"] is not None
    assert ship.state()["direction"]["engine"] is not None


def test_a_burst_that_comes_late_brings_no_withdrawn_direction_back(room, aboard, tmp_path):
    ship = aboard()
    report(ship, "Dinghy.", True)
    courier = ship.terminal.courier
    ship.runner.run(courier.deliver_all(room))
    path = f"/v1/encounters/{courier.encounter_id}/direction"
    direction = room.call("POST", path, LINES).document["sequence"]

    def read_burst():
        return base64.b64decode(room.call("GET", f"/v1/terminals/bursts/{courier.encounter_id}").document["down"])

    late = read_burst()
    taken_back = {"direction": direction, "centre": "MRCC DOVER", "text": "No tug for her."}
    assert room.call("POST", f"{path}/withdraw", taken_back).status == 200
    assert decode_down(read_burst()).withdrawal > direction
    courier.on_withdrawal = ship.terminal._direction_withdrawn
    ship.runner.run(courier._ask_direction(room))
    (tmp_path / "in" / "a.sbd").write_bytes(late)
    exchange(ship)
    assert list((tmp_path / "in").iterdir()) == []
    assert ship.state()["direction"] is None
    assert ship.state()["withdrawn"]["direction"] == direction
    # One that was given after it is taken.
    room.call("POST", path, LINES)
    (tmp_path / "in" / "b.sbd").write_bytes(read_burst())
    exchange(ship)
    assert (ship.state()["direction"]["port_id"], ship.state()["withdrawn"]) == ("ramsgate", None)


def test_a_withdrawal_comes_by_burst_and_the_link_completes_it(room, aboard, tmp_path):
    ship = aboard()
    report(ship, "Dinghy.", True)
    courier = ship.terminal.courier
    ship.runner.run(courier.deliver_all(room))
    path = f"/v1/encounters/{courier.encounter_id}/direction"

    def bring(name):
        read = room.call("GET", f"/v1/terminals/bursts/{courier.encounter_id}").document["down"]
        (tmp_path / "in" / name).write_bytes(base64.b64decode(read))
        exchange(ship)

    direction = room.call("POST", path, LINES).document["sequence"]
    bring("a.sbd")
    assert ship.state()["direction"]["port_id"] == "ramsgate"
    taken_back = {"direction": direction, "centre": "MRCC DOVER", "text": "No tug for her."}
    assert room.call("POST", f"{path}/withdraw", taken_back).status == 200
    bring("b.sbd")
    state = ship.state()
    assert state["direction"] is None
    withdrawn = state["withdrawn"]
    assert (withdrawn["port"]["name"]["en"], withdrawn["centre"], withdrawn["text"], withdrawn["encounter_id"]) == (
        "Ramsgate", "MRCC DOVER", "No tug for her.", None,
    )  # fmt: skip
    ship.call("POST", "/terminal/v1/direction/acknowledge", {"id": withdrawn["id"]})
    courier.on_withdrawal = ship.terminal._direction_withdrawn
    ship.runner.run(courier._ask_direction(room))
    completed = ship.state()["withdrawn"]
    assert completed["encounter_id"] == courier.encounter_id
    assert completed["acknowledged_at"] is not None
    # The same burst once more changes nothing.
    bring("c.sbd")
    assert ship.state()["withdrawn"] == completed


@pytest.mark.parametrize(("medical", "known"), [("none", {"medical": "none"}), (None, None)])
def test_ashore_no_medical_need_is_known_only_where_it_was_said(room, aboard, tmp_path, medical, known):
    ship = aboard()
    report(ship, "Boat.", True, medical=medical)
    ship.ticks.go(DOWN_FOR_S + 1.0)
    exchange(ship)
    (data,) = bursts_out(tmp_path)
    encounter_id = put_up(room, data).document["encounter_id"]
    assert room.call("GET", f"/v1/encounters/{encounter_id}").document["reports"][0]["on_scene"] == known


def test_a_burst_that_comes_twice_or_after_its_message_opens_nothing(room, aboard, tmp_path):
    ship = aboard()
    report(ship, "Two boats.", True)
    ship.ticks.go(DOWN_FOR_S + 1.0)
    exchange(ship)
    (data,) = bursts_out(tmp_path)
    ship.runner.run(ship.terminal.courier.deliver_all(room))
    before = len(room.store.open_encounters())
    first, second = put_up(room, data), put_up(room, data)
    assert first.document == second.document
    assert first.document["encounter_id"] == ship.terminal.courier.encounter_id
    assert len(room.store.open_encounters()) == before
    reports = room.call("GET", f"/v1/encounters/{first.document['encounter_id']}").document["reports"]
    assert len(reports) == 2


def test_what_is_no_burst_is_refused(room, aboard, tmp_path):
    ship = aboard()
    report(ship, "Boat.", False)
    ship.ticks.go(DOWN_FOR_S + 1.0)
    exchange(ship)
    (data,) = bursts_out(tmp_path)
    bad = bytearray(data)
    bad[60] ^= 1
    for wrong in (bytes(bad), data[:-1], b"x" * 340):
        assert put_up(room, wrong).status == 422
    taken = put_up(room, data)
    assert (taken.status, taken.document["encounter_id"]) == (201, None)
    assert decode_down(base64.b64decode(taken.document["down"])).answers == 1


def test_noise_from_the_modem_changes_nothing_and_is_put_away(aboard, tmp_path, caplog):
    ship = aboard()
    (tmp_path / "in" / "noise.sbd").write_bytes(b"\x00" * 50)
    (tmp_path / "in" / "unfinished.part").write_bytes(b"\x02")
    exchange(ship)
    assert ship.state()["direction"] is None
    assert [file.name for file in (tmp_path / "in").iterdir()] == ["unfinished.part"]
    assert "a burst was not read" in caplog.text


def test_what_went_before_a_restart_does_not_go_again(aboard, tmp_path):
    ship = aboard()
    report(ship, "Boat.", True)
    ship.ticks.go(DOWN_FOR_S + 1.0)
    exchange(ship)
    (tmp_path / "out" / "000000001.sbd").unlink()
    again = aboard()
    again.ticks.go(DOWN_FOR_S + 1.0)
    exchange(again)
    assert bursts_out(tmp_path) == []


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(InvalidAsk) as refused:
        ModemFolder(tmp_path / "nowhere", None)
    assert refused.value.field == "burst-out"


def test_nothing_goes_by_burst_while_the_link_is_up(aboard, tmp_path):
    ship = aboard()
    ship.terminal.courier.state = "up"
    report(ship, "Boat.", True)
    ship.ticks.go(10 * DOWN_FOR_S)
    exchange(ship)
    assert bursts_out(tmp_path) == []
