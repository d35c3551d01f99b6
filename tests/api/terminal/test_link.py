"""The link: whatever it does to messages, each counts once and in order, and what is wrong is said.

LINK_SESSIONS sets how many simulated links there are: 50 if left out.
"""

import asyncio
import base64
import os
import random
import time
from contextlib import closing

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from api.http import create_app
from api.security.signed_messages import TerminalMessage
from api.store.deltas import Versions, apply_piece
from api.store.integrity import check
from api.store.port_deltas import version_of
from api.store.store import open_database, open_for_service
from api.terminal.link import courier as courier_module
from api.terminal.link.centre import CentreClient, NoLink, Reply
from api.terminal.link.courier import Courier
from api.terminal.link.outbox import Outbox, own_key
from api.terminal.state_file import StateFile
from engine.errors import InvalidAsk
from tests.api.http.live_server import serving
from tests.api.terminal.control_room import ControlRoom

SESSIONS = int(os.environ.get("LINK_SESSIONS", "50"))
AT = "2026-11-22T14:30:00Z"


class BadLink:
    """A link that cuts, delays, duplicates, replays and trickles, by the throw of a die."""

    def __init__(self, room, dice):
        self.room, self.dice, self.sent = room, dice, []
        self.badness = dice.uniform(0.1, 0.8)

    def send(self, message):
        fate = self.dice.random()
        if fate < self.badness * 0.3:
            # Cut before, or trickled away half said.
            raise NoLink("cut")
        reply = self.room.send(message)
        self.sent.append(message)
        if fate < self.badness * 0.6:
            # Arrived, and the answer was lost.
            raise NoLink("cut")
        if fate < self.badness * 0.8:
            assert self.room.send(message).document["message_sha256"] == message.sha256
        elif fate < self.badness:
            # Something from long ago comes late.
            assert self.room.send(self.dice.choice(self.sent)).status == 201
        return reply

    def standing(self, encounter_id):
        return self.room.standing(encounter_id)

    def port_changes(self, since, after):
        return self.room.port_changes(since, after)

    def zone_changes(self, since, after):
        return self.room.zone_changes(since, after)

    def look(self):
        return self.room.look()


@pytest.fixture(scope="module")
def room(service, tmp_path_factory):
    opened = ControlRoom(service, f"sqlite:{tmp_path_factory.mktemp('room')}/store.db")
    yield opened
    opened.close()


@pytest.fixture
def outbox(tmp_path):
    with closing(StateFile(tmp_path)) as keeper:
        yield Outbox(keeper, own_key(tmp_path))


async def deliver(outbox, carrier, most=500):
    """Deliver everything, trying again at once."""
    courier = Courier(outbox, carrier, lambda: 0.0)
    for _ in range(most):
        try:
            await courier.deliver_all(carrier)
        except NoLink:
            if courier.why:
                return courier
        else:
            return courier
    raise AssertionError("it never got through")


def report(number):
    return {"text": f"message {number}"}


def encounter(number):
    return {
        "source": "vessel", "position": {"type": "Point", "coordinates": [1.4, 50.9 + number / 1000.0]},
        "observed_at": AT, "text": f"boat {number}",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(SESSIONS))
def test_everything_arrives_once_and_in_order(room, tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311
    link, text, before = BadLink(room, dice), [], room.store.newest_event()
    key = own_key(tmp_path)
    for _ in range(dice.randint(1, 3)):
        # The terminal's power is cut now and then: what was queued is there again.
        with closing(StateFile(tmp_path)) as keeper:
            outbox = Outbox(keeper, key)
            for _ in range(dice.randint(0, 4)):
                number = len(text) + 1
                kind, body = dice.choice([("report", report(number)), ("encounter", encounter(number))])
                assert outbox.add(kind, body, AT).number == number
                text.append((number, kind, body))
            if dice.random() < 0.8:
                asyncio.run(deliver(outbox, link))
    with closing(StateFile(tmp_path)) as keeper:
        outbox = Outbox(keeper, key)
        asyncio.run(deliver(outbox, link))
        assert outbox.counts() == {"queued": 0, "delivered": len(text)}
        assert room.heard(outbox.terminal, before) == [(number, body) for number, _, body in text]
        opened = [
            entry.answer["done"]["encounter_id"] for entry in outbox.entries()
            if entry.kind == "encounter" and entry.answer["done"] is not None
        ]  # fmt: skip
    assert len(set(opened)) == len(opened) == sum(kind == "encounter" for _, kind, _ in text)
    for encounter_id in opened:
        assert room.store.encounter(encounter_id)["reports"]


def test_no_encounter_was_opened_but_those_that_were_reported(room, outbox):
    before = len(room.store.open_encounters())
    outbox.add("encounter", encounter(1), AT)
    message = outbox.next().message
    for _ in range(5):
        assert room.send(message).status == 201
    assert len(room.store.open_encounters()) == before + 1


def _changed(signature):
    """The same signature with one bit of its first byte turned over."""
    data = bytearray(base64.b64decode(signature))
    data[0] ^= 1
    return base64.b64encode(bytes(data)).decode()


def test_a_message_changed_on_its_way_is_refused(room, outbox):
    message = outbox.add("report", report(1), AT).message
    for forged in (
        message._replace(body=report(2)), message._replace(sent_at="2026-11-22T15:30:00Z"),
        message._replace(kind="position"), message._replace(signature=_changed(message.signature)),
        message._replace(terminal="t-" + "0" * 20), message._replace(number=2),
    ):  # fmt: skip
        reply = room.send(forged)
        assert (reply.status, reply.document["code"]) == (403, "SIGNATURE_WRONG")
    assert room.heard(outbox.terminal) == []
    assert room.send(message).status == 201


def test_somebody_else_s_name_is_of_no_use(room, outbox):
    message = outbox.add("report", report(1), AT).message
    other = Ed25519PrivateKey.generate()
    assert room.send(message.sign(other)).document["code"] == "SIGNATURE_WRONG"


def test_a_message_that_comes_too_early_waits_for_the_one_before(room, outbox):
    first, second = (outbox.add("report", report(n), AT).message for n in (1, 2))
    assert (room.send(second).status, room.send(second).document["code"]) == (409, "MESSAGE_GAP")
    assert room.send(first).status == room.send(second).status == 201


def test_two_terminals_with_one_key_are_found_out_and_nothing_is_lost(room, tmp_path):
    key = Ed25519PrivateKey.generate()
    with closing(StateFile(tmp_path / "a")) as entry, closing(StateFile(tmp_path / "b")) as two:
        first, second = Outbox(entry, key), Outbox(two, key)
        first.add("report", report(1), AT)
        asyncio.run(deliver(first, room))
        second.add("report", {"text": "another"}, AT)
        courier = asyncio.run(deliver(second, room))
        assert (courier.state, courier.why) == ("down", "key_shared")
        assert second.counts() == {"queued": 1, "delivered": 0}
        first.add("report", report(2), AT)
        asyncio.run(deliver(first, room))
        assert room.heard(first.terminal) == [(1, report(1)), (2, report(2))]


def test_a_terminal_that_was_set_back_is_found_out(room, tmp_path):
    key = Ed25519PrivateKey.generate()
    with closing(StateFile(tmp_path / "a")) as first, closing(StateFile(tmp_path / "b")) as two:
        now, before = Outbox(first, key), Outbox(two, key)
        for outbox in (now, before):
            outbox.add("report", report(1), AT)
        for number in (2, 3):
            now.add("report", report(number), AT)
        asyncio.run(deliver(now, room))
        before.add("report", {"text": "after the copy"}, AT)
        courier = asyncio.run(deliver(before, room))
        assert courier.why == "key_shared"


def test_a_control_room_restored_from_a_copy_gets_what_it_lacks(service, room, tmp_path, outbox):
    for number in (1, 2, 3):
        outbox.add("report", report(number), AT)
    asyncio.run(deliver(outbox, room))
    restored = ControlRoom(service, f"sqlite:{tmp_path}/restored.db")
    try:
        outbox.add("report", report(4), AT)
        asyncio.run(deliver(outbox, restored))
        assert [number for number, _ in restored.heard(outbox.terminal)] == [1, 2, 3, 4]
    finally:
        restored.close()


def test_a_report_that_can_t_be_taken_is_said_and_holds_nothing_up(room, outbox):
    outbox.add("encounter", {"source": "vessel"}, AT)
    outbox.add("report", report(2), AT)
    asyncio.run(deliver(outbox, room))
    newest, bad = outbox.entries()
    assert (newest.state, bad.state) == ("delivered", "delivered")
    assert bad.answer["done"]["code"] == "INVALID_FIELDS"
    assert "position" in bad.answer["done"]["detail"]


def test_the_answer_says_how_far_clocks_are_apart(room, outbox):
    outbox.add("report", report(1), "2036-01-01T00:00:00Z")
    courier = asyncio.run(deliver(outbox, room))
    assert courier.clock_off_s > 86_400.0


def test_a_direction_is_shown_at_once_and_acknowledged_by_a_press(room, launch, tmp_path):
    keeper_folder = tmp_path / "ship"
    ship = launch("ship")
    outbox = Outbox(ship.keeper, own_key(keeper_folder))
    courier = Courier(outbox, room, ship.ticks.steady_s)
    ship.terminal.courier = courier
    courier.on_direction, courier.on_change = ship.terminal._directed, ship.terminal.tell
    ship.hear(51.0, 1.45)
    queued = ship.call("POST", "/terminal/v1/reports", {"text": "30 aboard", "encounter": True}).json()
    assert (queued["number"], queued["state"]) == (1, "queued")
    ship.runner.run(courier.deliver_all(room))
    assert ship.state()["link"]["delivered"] == 1
    assert courier.encounter_id is not None
    ship.runner.run(courier._ask_direction(room))
    assert ship.state()["direction"] is None
    directed = {"centre": "MRCC DOVER", "code": "RCC_DIRECTED", "text": "Go to Ramsgate.", "port_id": "ramsgate"}
    assert room.call("POST", f"/v1/encounters/{courier.encounter_id}/direction", directed).status in (200, 201)
    ship.runner.run(courier._ask_direction(room))
    shown = ship.state()["direction"]
    assert (shown["port_id"], shown["centre"], shown["acknowledged_at"]) == ("ramsgate", "MRCC DOVER", None)
    assert shown["engine"] is not None
    refused = ship.call("POST", "/terminal/v1/direction/acknowledge", {"id": "0"})
    assert (refused.status_code, refused.json()["code"]) == (404, "NO_DIRECTION")
    for _ in range(2):
        state = ship.call("POST", "/terminal/v1/direction/acknowledge", {"id": shown["id"]}).json()
    assert state["direction"]["acknowledged_at"] is not None
    # Told to the control room once, and there again after a restart.
    ship.runner.run(courier.deliver_all(room))
    kinds = [entry["kind"] for entry in ship.call("GET", "/terminal/v1/outbox").json()["messages"]]
    assert kinds == ["direction_acknowledged", "encounter"]
    again = launch("ship")
    assert again.state()["direction"]["acknowledged_at"] == state["direction"]["acknowledged_at"]
    assert Outbox(again.keeper, own_key(keeper_folder)).newest_encounter() == courier.encounter_id


SEVERN = {"profile": "rnli-severn"}
ABOARD = {"min": 21, "max": 30, "recovered": 20, "in_water": True, "aboard_since": "2026-11-22T13:00:00Z"}


@pytest.mark.parametrize(
    ("aboard", "medical", "persons", "on_scene"),
    [
        (ABOARD, "critical", {"min": 21, "max": 30}, {
            "medical": "critical", "persons_recovered": 20, "persons_in_water": True,
            "aboard_since": "2026-11-22T13:00:00Z", "vessel": SEVERN,
        }),
        ({"min": 5, "max": 5}, "none", {"min": 5, "max": 5}, {"medical": "none", "vessel": SEVERN}),
        # What nobody has said stays unknown ashore, and who has nobody aboard is not who lands them.
        ({"min": 5, "max": 5}, None, {"min": 5, "max": 5}, {"vessel": SEVERN}),
        ({"min": 0, "max": 0}, None, {"min": None, "max": None}, None),
        ({}, None, {"min": None, "max": None}, None),
    ],
)  # fmt: skip
def test_an_encounter_is_reported_with_who_has_the_people_and_how_they_are(
    room, launch, tmp_path, aboard, medical, persons, on_scene
):
    ship = launch("ship")
    ship.terminal.courier = courier = Courier(
        Outbox(ship.keeper, own_key(tmp_path / "ship")), room, ship.ticks.steady_s
    )
    ship.hear(51.0, 1.45)
    ship.call("PUT", "/terminal/v1/vessel", {"profile": SEVERN})
    ship.call("PUT", "/terminal/v1/persons", aboard)
    report = {"text": "", "encounter": True, "medical": medical, "position": "51 05.0N 001 30.0E"}
    ship.call("POST", "/terminal/v1/reports", report)
    ship.runner.run(courier.deliver_all(room))
    (known,) = room.call("GET", f"/v1/encounters/{courier.encounter_id}").document["reports"]
    assert (known["on_scene"], known["persons"]) == (on_scene, persons)


@pytest.mark.parametrize("medical", [None, "urgent"])
def test_a_report_alone_says_how_people_are_or_that_it_is_not_known(room, launch, tmp_path, medical):
    ship = launch("ship")
    outbox = Outbox(ship.keeper, own_key(tmp_path / "ship"))
    ship.terminal.courier = Courier(outbox, None, ship.ticks.steady_s)
    ship.call("POST", "/terminal/v1/reports", {"text": "two aboard", "medical": medical})
    assert outbox.entries()[0].message.body["medical"] == medical
    assert ship.call("POST", "/terminal/v1/reports", {"medical": "bad"}).json()["code"] == "INVALID_FIELDS"


@pytest.fixture
def reported(room, launch, tmp_path):
    """A terminal that reported an encounter, what asks the control room for it, and the encounter's path there."""
    ship = launch("ship")
    outbox = Outbox(ship.keeper, own_key(tmp_path / "ship"))
    ship.terminal.courier = courier = Courier(outbox, room, ship.ticks.steady_s)
    courier.on_direction, courier.on_withdrawal = ship.terminal._directed, ship.terminal._direction_withdrawn
    ship.hear(51.0, 1.45)
    ship.call("POST", "/terminal/v1/reports", {"text": "30 aboard", "encounter": True})
    ship.runner.run(courier.deliver_all(room))
    return ship, lambda: ship.runner.run(courier._ask_direction(room)), f"/v1/encounters/{courier.encounter_id}"


def direct(room, path, port_id):
    body = {"centre": "MRCC DOVER", "code": "RCC_DIRECTED", "text": "", "port_id": port_id}
    return room.call("POST", f"{path}/direction", body).document["sequence"]


def withdraw(room, path, direction):
    body = {"direction": direction, "centre": "CROSS GRIS-NEZ", "text": "No tug for her."}
    taken_back = room.call("POST", f"{path}/direction/withdraw", body)
    assert taken_back.status == 200
    return taken_back.document


def test_a_direction_that_was_withdrawn_is_the_answer_no_more(room, reported, launch):
    ship, ask, path = reported
    direct(room, path, "dover")
    ask()
    assert ship.nearest().json()["direction"]["port_id"] == "dover"
    # Without a link meanwhile: another one was given, and that one taken back. The first does not come to life again.
    told = withdraw(room, path, direct(room, path, "ramsgate"))
    ask()
    state, shown = ship.state(), ship.state()["withdrawn"]
    assert (state["direction"], ship.nearest().json()["direction"]) == (None, None)
    assert (shown["port"]["name"]["en"], shown["centre"], shown["text"], shown["at"], shown["acknowledged_at"]) == (
        "Ramsgate", "CROSS GRIS-NEZ", "No tug for her.", told["at"], None,
    )  # fmt: skip
    assert next(layer for layer in state["layers"] if layer["id"] == "direction")["age_s"] is None

    # Through a power cut, unseen and then seen; asked for again it is no new one.
    ship = launch("ship")
    assert (ship.state()["direction"], ship.state()["withdrawn"]["acknowledged_at"]) == (None, None)
    seen = ship.call("POST", "/terminal/v1/direction/acknowledge", {"id": shown["id"]}).json()["withdrawn"]
    assert seen["acknowledged_at"] is not None
    ship.terminal._direction_withdrawn(room.call("GET", f"{path}/standing").document["withdrawn"])
    assert launch("ship").state()["withdrawn"] == {**seen, "port": seen["port"]}


def test_that_a_direction_was_withdrawn_is_acknowledged_to_the_control_room_once(room, reported):
    ship, ask, path = reported
    direction = direct(room, path, "dover")
    ask()
    withdrawal = withdraw(room, path, direction)["sequence"]
    ask()
    for _ in range(2):
        ship.call("POST", "/terminal/v1/direction/acknowledge", {"id": str(withdrawal)})
    ship.runner.run(ship.terminal.courier.deliver_all(room))
    told = [body for _, body in room.heard(ship.terminal.courier.outbox.terminal) if "withdrawal" in body]
    assert told == [{"direction": direction, "withdrawal": withdrawal, "encounter_id": path.rpartition("/")[2]}]


def test_a_direction_after_a_withdrawal_counts_as_any_other(room, reported):
    ship, ask, path = reported
    withdraw(room, path, direct(room, path, "dover"))
    ask()
    assert ship.state()["withdrawn"]["port_id"] == "dover"
    direct(room, path, "dover")
    ask()
    state = ship.state()
    assert (state["direction"]["port_id"], state["direction"]["acknowledged_at"]) == ("dover", None)
    assert state["withdrawn"] is None


def test_a_withdrawal_of_another_encounter_takes_no_direction_away(room, reported):
    ship, ask, path = reported
    direct(room, path, "dover")
    ask()
    held = ship.state()["direction"]
    other = {
        **withdraw(room, path, int(held["id"])), "encounter_id": "e-another", "port_id": "ramsgate",
    }  # fmt: skip
    ship.terminal._direction_withdrawn(other)
    assert ship.state()["direction"] == held
    # And one from before the direction that holds is late.
    ship.terminal._direction_withdrawn({**other, "sequence": int(held["id"]) - 1, "encounter_id": held["encounter_id"]})
    assert ship.state()["direction"] == held


def test_the_key_is_made_once_and_nobody_else_s_to_read(tmp_path):
    first = own_key(tmp_path).private_bytes_raw()
    assert own_key(tmp_path).private_bytes_raw() == first
    assert (tmp_path / "terminal-key.pem").stat().st_mode & 0o077 == 0


def cutting_proxy(port, dice):
    """A TCP proxy that cuts each connection after some bytes, or trickles them; its port."""

    async def pump(reader, writer, left):
        while left > 0 and (data := await reader.read(min(64, left))):
            left -= len(data)
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(0.0005)
        writer.close()

    async def answer(reader, writer):
        there = await asyncio.open_connection("127.0.0.1", port)
        up, down = (10**9, 10**9) if dice.random() < 0.4 else (dice.randint(0, 1_500), dice.randint(0, 700))
        await asyncio.gather(pump(reader, there[1], up), pump(there[0], writer, down), return_exceptions=True)
        for item in (writer, there[1]):
            item.close()

    return asyncio.start_server(answer, "127.0.0.1", 0)


def test_over_real_sockets_that_break_anywhere(service, tmp_path, outbox):
    with open_for_service(f"sqlite:{tmp_path}/store.db") as store:
        app = create_app(service, store=store)
        with serving(app) as base:

            async def session():
                dice = random.Random(7)  # noqa: S311
                server = await cutting_proxy(int(base.rpartition(":")[2]), dice)
                async with server:
                    centre = CentreClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout_s=5.0)
                    for number in range(1, 9):
                        outbox.add("report", report(number), AT)
                    await deliver(outbox, centre)

            asyncio.run(session())
            assert outbox.counts()["queued"] == 0
            kinds = [event.kind for event in store.events(0)]
        assert kinds.count("terminal.message") == 8


@pytest.mark.parametrize("url", ["", "ftp://a", "http://a.example", "https://", "https://a/path", "https://a:x"])
def test_what_is_no_control_room_is_refused(url):
    with pytest.raises(InvalidAsk) as refused:
        CentreClient(url)
    assert refused.value.field == "centre"


def test_a_message_is_what_was_signed(outbox):
    message = outbox.add("report", report(1), AT).message
    assert message.is_genuine()
    assert TerminalMessage(**message._asdict()).is_genuine()
    assert not message._replace(previous="1" * 64).is_genuine()
    assert not message._replace(public_key="!").is_genuine()


def status_of(room, port_id, status):
    body = {"status": status, "reason": "wreck in the entrance" if status == "closed" else ""}
    assert room.call("PUT", f"/v1/ports/{port_id}/status", body).status == 200


def test_what_ports_report_comes_as_changes_and_counts_in_the_decision(room, launch, tmp_path):
    ship = launch("ship", system_s=time.time())
    courier = Courier(Outbox(ship.keeper, own_key(tmp_path / "ship")), room, ship.ticks.steady_s)
    ship.terminal.courier, courier.on_ports = courier, ship.terminal._ports_told
    ship.hear(51.0, 1.45, stated=False)
    before = ship.nearest().json()["decision"]["recommended"]["port"]["id"]
    ship.runner.run(courier.refresh_ports(room))
    status_of(room, before, "closed")
    ship.runner.run(courier.refresh_ports(room))
    answered = ship.nearest(lang="both").json()
    assert answered["decision"]["recommended"]["port"]["id"] != before
    assert answered["decision"]["inputs"]["port_status"]["version"] == courier.ports_version
    layer = next(layer for layer in ship.state()["layers"] if layer["id"] == "port_status")
    assert layer["age_s"] == 0
    # The service says the same of the same encounter; only the version of its own picture is another.
    there = room.call("POST", "/v1/decisions?view=brief&lang=both", answered["encounter"]).document
    assert there["recommended"] == answered["decision"]["recommended"]
    assert there["passed_over"] == answered["decision"]["passed_over"]
    # After a restart it is known still, and only what changes comes.
    again = launch("ship", system_s=time.time())
    again.hear(51.0, 1.45, stated=False)
    assert again.nearest().json()["decision"]["recommended"]["port"]["id"] != before
    piece = room.port_changes(courier.ports_version, "").document
    assert (piece["base"], piece["ports"]) == (courier.ports_version, {})
    status_of(room, before, "open")


def test_no_piece_is_larger_than_two_kilobytes(service, room):
    for port in service.world.ports[:60]:
        status_of(room, port.id, "open")
    pieces, after = [], ""
    while True:
        reply = room.port_changes("", after)
        pieces.append(reply.document)
        assert len(orjson.dumps(reply.document)) <= 2_000
        after = reply.document["next"]
        if not after:
            break
    assert len(pieces) > 2
    told = [name for piece in pieces for name in piece["ports"]]
    assert len(told) == len(set(told)) >= 60


reports = st.dictionaries(
    st.sampled_from([f"port-{n}" for n in range(40)]),
    st.fixed_dictionaries(
        {}, optional={"status": st.builds(lambda n: {"status": "open", "reported_ms": n, "expires_ms": None},
                                          st.integers(0, 9)), "held": st.integers(1, 99)}
    ).filter(bool),
    max_size=40,
)  # fmt: skip


@given(st.lists(reports, min_size=1, max_size=5), st.booleans())
def test_changes_lead_to_what_the_service_has(states, is_forgotten):
    versions, known, version = Versions(version_of), {}, ""
    for new in states:
        if is_forgotten:
            versions = Versions(version_of)
        after = None
        while after != "":
            piece = versions.piece(new, version, after or "")
            if not piece.base and after is None:
                known = {}
            known, after = apply_piece(known, piece), piece.next
            assert len(orjson.dumps(piece._asdict())) <= 2_000
        version = piece.version
        assert known == new
        assert version_of(known) == version


class Moody:
    """A link that is gone until it is told otherwise."""

    def __init__(self, room):
        self.room, self.is_up = room, False

    def __getattr__(self, name):
        def call(*values):
            if not self.is_up:
                raise NoLink("cut")
            return getattr(self.room, name)(*values)

        return call


def test_the_courier_comes_back_by_itself(room, outbox, monkeypatch):
    monkeypatch.setattr(courier_module, "FIRST_WAIT_S", 0.02)
    monkeypatch.setattr(courier_module, "POLL_EVERY_S", 0.05)

    async def until(condition):
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.01)

    async def run():
        link = Moody(room)
        courier = Courier(outbox, link, time.monotonic)
        courier.begin()
        await courier.queue("report", report(1), AT)
        await until(lambda: courier.state == "down")
        assert courier.counts["queued"] == 1
        link.is_up = True
        await until(lambda: courier.state == "up" and courier.counts["queued"] == 0)
        link.is_up = False
        await until(lambda: courier.state == "down")
        await courier.queue("report", report(2), AT)
        link.is_up = True
        await until(lambda: courier.counts == {"queued": 0, "delivered": 2})
        await courier.aclose()

    asyncio.run(run())
    assert room.heard(outbox.terminal) == [(1, report(1)), (2, report(2))]


class Portal:
    """Answers everything with something else, as a harbour's network does before one has paid."""

    def __init__(self):
        self.asked = 0

    def __getattr__(self, name):
        def call(*values):
            self.asked += 1
            return Reply(200, {"welcome": "to the marina", "version": [], "direction": 7})

        return call


def test_whoever_answers_in_its_place_gets_nothing_counted(room, outbox, monkeypatch):
    monkeypatch.setattr(courier_module, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(courier_module, "LONGEST_WAIT_S", 0.02)

    async def run():
        portal = Portal()
        courier = Courier(outbox, portal, time.monotonic)
        courier.encounter_id = "e-1"
        courier.begin()
        await courier.queue("report", report(1), AT)
        async with asyncio.timeout(20):
            while portal.asked < 5:
                await asyncio.sleep(0.01)
        await courier.aclose()
        assert (courier.state, courier.counts) == ("down", {"queued": 1, "delivered": 0})
        # With nothing to deliver it is asked for more, and what it says is no direction.
        await deliver(outbox, room)
        portal.asked = 0
        courier = Courier(outbox, portal, time.monotonic)
        courier.encounter_id = "e-1"
        courier.begin()
        async with asyncio.timeout(20):
            while portal.asked < 5:
                await asyncio.sleep(0.01)
        await courier.aclose()
        assert courier.ports == {}

    asyncio.run(run())


def test_without_a_control_room_everything_waits(launch, tmp_path):
    ship = launch("ship")
    ship.terminal.courier = Courier(Outbox(ship.keeper, own_key(tmp_path / "ship")), None, ship.ticks.steady_s)
    ship.hear()
    ship.nearest()
    ship.call("POST", "/terminal/v1/reports", {"text": "two aboard"})
    link = ship.state()["link"]
    assert (link["state"], link["queued"]) == ("off", 1)
    refused = launch("bare").call("POST", "/terminal/v1/reports", {"encounter": True})
    assert refused.json()["code"] == "NO_POSITION"


def test_the_store_is_sound_after_all_of_it(room):
    # Named last, so that it is after all of it.
    with closing(open_database(room.url)) as database:
        found = check(database)
    assert found.problems == ()
