"""The console in a real browser: what fails is said, and nothing old is shown as live."""

import re
import socket
import time

import pytest
from pyais.encode import encode_dict

from api.store.commands import Actor, Role
from api.store.errors import StoreUnavailable
from api.store.ports import Places, ReportCapacity, SetPortStatus
from tests.browser.console import badge, control_room, pick
from tests.browser.test_terminal_page import assert_accessible

pytestmark = pytest.mark.browser

OFFICER = Actor(Role.PORT_OFFICER, "Dover port control")


def test_a_feed_past_its_limit_is_a_banner(room, store):
    store.do(SetPortStatus("dover", "open", "", reported_s=time.time() - 7 * 3_600), OFFICER, time.time())
    page = room.workspace()
    page.locator('[data-banner="feed-port_status"]').get_by_text("7 h").wait_for()
    store.do(SetPortStatus("dover", "open", ""), OFFICER, time.time())
    page.locator('[data-banner="feed-port_status"]').wait_for(state="detached")


def test_a_store_that_refuses_is_explained_and_what_was_typed_is_sent_again(room, store, monkeypatch):
    room.expects = {"503"}
    page = room.workspace()
    encounter_id = room.report()
    pick(page, encounter_id)
    page.locator('[data-do="close"]').click()
    page.locator("#field-evidence").fill("30 counted ashore at Dover by Border Force")
    do = type(store).do
    monkeypatch.setattr(
        type(store), "do",
        lambda *_, **__: (_ for _ in ()).throw(StoreUnavailable("store", "has no room left.", "Free the disk.")),
    )  # fmt: skip
    page.locator("dialog button[type=submit]").click()
    page.locator("dialog .refusal").get_by_text("has no room left").wait_for()
    monkeypatch.setattr(type(store), "do", do)
    assert page.locator("#field-evidence").input_value().startswith("30 counted")
    page.locator("dialog button[type=submit]").click()
    page.locator(f'[data-row="{encounter_id}"]').wait_for(state="detached")
    assert store.encounter(encounter_id)["closed"]["evidence"].startswith("30 counted")


def test_a_store_that_was_moved_is_a_banner(room, store, tmp_path):
    room.expects = {"503"}
    page = room.workspace()
    (tmp_path / "store.db").rename(tmp_path / "elsewhere.db")
    page.locator('[data-banner="store"]').or_(page.locator('[data-banner="failure"]')).first.wait_for()
    page.locator("body.is-old").wait_for()


def test_a_service_away_and_back_says_what_was_missed(room, store):
    room.expects = {"net::ERR"}
    page = room.workspace()
    encounter_id = room.report()
    badge(page, encounter_id, "new").wait_for()
    page.context.route("**/console/v1/**", lambda route: route.abort())
    page.context.route("**/v1/events", lambda route: route.abort())
    room.app.state.broadcast.end()
    page.locator('[data-banner="silent"], [data-banner="failure"]').first.wait_for()
    page.locator("body.is-old").wait_for()
    page.locator("#banners").get_by_text("NOT LIVE").first.wait_for()
    store.do(ReportCapacity("calais", Places(77)), OFFICER, time.time())
    room.app.state.broadcast._is_over = False
    page.context.unroute("**/console/v1/**")
    page.context.unroute("**/v1/events")
    page.locator('[data-banner="missed"]').get_by_text("Calais: 77 places").wait_for()
    page.locator('[data-feed="stream"]:not(.past)').wait_for()
    page.locator("body:not(.is-old)").wait_for()


def test_without_records_the_page_says_how_to_keep_them(browser, warm_service):
    with control_room(browser, warm_service, None) as room:
        page = room.workspace(waits=False)
        page.locator('[data-banner="no-store"]').get_by_text("--store").wait_for()


def test_units_are_drawn_from_ais_and_a_dead_feed_is_a_banner(browser, warm_service, store, monkeypatch):
    """A feed on loopback that says two vessels and is cut off then."""
    monkeypatch.setattr("api.console.ais_feed.AGAIN_S", 0.2)
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, control_room(browser, warm_service, store, ais=f"127.0.0.1:{listener.getsockname()[1]}") as room:
        peer, _ = listener.accept()
        with peer:
            for mmsi, lon in ((232999001, 1.45), (227999002, 1.6)):
                report = {"msg_type": 1, "mmsi": mmsi, "lon": lon, "lat": 51.05, "speed": 18.0, "course": 300.0}
                name = {"msg_type": 5, "mmsi": mmsi, "shipname": f"UNIT {mmsi % 1000}"}
                for message in (report, name):
                    for text in encode_dict(message, talker_id="AI", sentence_type="VDM"):
                        peer.sendall(f"{text}\r\n".encode())
            page = room.workspace()
            page.locator('[data-feed="ais"]:not(.none):not(.past)').wait_for()
            page.keyboard.press("u")
            rows = page.locator("#sheet tbody tr")
            rows.nth(1).wait_for()
            assert rows.count() == 2
            rows.first.filter(has_text="UNIT 1").filter(has_text="51°03.0′N").wait_for()
            assert_accessible(page)
            page.keyboard.press("Escape")
            listener.close()
        page.locator('[data-banner="feed-ais"]').get_by_text("AIS lost for").wait_for()
        page.locator('[data-feed="ais"].past').wait_for()
        room.assert_clean()
    assert store.audit() == []


def test_what_was_heard_before_the_machine_slept_is_not_shown_as_live(room):
    page = room.workspace()
    assert page.locator("body.is-old").count() == 0
    # The clock that runs while the machine does has not moved; the one on the wall has.
    page.evaluate("const now = Date.now.bind(Date); Date.now = () => now() + 8 * 3600000;")
    shown = page.evaluate(
        "() => { dispatchEvent(new Event('visibilitychange')); return document.querySelector('#banners').innerText; }"
    )
    assert "NOT LIVE" in shown
    assert "8 h" in shown


def test_a_machine_whose_clock_is_wrong_says_so(room):
    page = room.workspace()
    page.add_init_script("const now = Date.now; Date.now = () => now() + 300_000;")
    page.reload()
    page.locator('[data-banner="clock"]').get_by_text(re.compile("(299|300|301) s")).wait_for()
    page.locator("body.is-old").wait_for()


def test_a_tab_of_an_earlier_edition_says_so(room):
    page = room.workspace()
    page.context.route("**/web/edition.json", lambda route: route.fulfill(json={"edition": "000000000000"}))
    room.app.state.broadcast.end()
    room.app.state.broadcast._is_over = False
    page.locator('[data-banner="outdated"]').wait_for()
    page.locator('[data-banner="outdated"]').get_by_role("button", name="Load anew").click()
    page.context.unroute("**/web/edition.json")
    page.locator('[data-feed="stream"]:not(.past)').wait_for()
    page.locator('[data-banner="outdated"]').wait_for(state="detached")
