"""The console in real browsers, two centres on one store: scenarios of the Channel."""

import json
import re
import socket
import time
from itertools import product

import pytest
from pyais.encode import encode_dict

from api.security.api_keys import Keys
from api.security.roles import AccessRole
from api.store.commands import Actor, Role
from api.store.errors import StoreUnavailable
from api.store.ports import Places, ReportCapacity, SetPortStatus
from tests.browser.console import OFF_CALAIS, OFF_RAMSGATE, SIZES, badge, control_room, in_minutes, pick
from tests.browser.test_terminal_page import BANNED, assert_accessible

pytestmark = pytest.mark.browser

OFFICER = Actor(Role.PORT_OFFICER, "Dover port control")


def test_a_direction_by_one_centre_is_on_the_other_screen(shared_room):
    dover, gris_nez = shared_room.workspace(), shared_room.workspace("desk", lang="fr", centre="CROSS GRIS-NEZ")
    encounter_id = shared_room.report()
    for page in (dover, gris_nez):
        badge(page, encounter_id, "new").wait_for()
    pick(dover, encounter_id)
    dover.keyboard.press("d")
    dover.locator("#field-text").fill("by VHF 16 to the coxswain")
    dover.locator("dialog button[type=submit]").click()
    dover.locator("dialog").wait_for(state="hidden")
    badge(gris_nez, encounter_id, "directed").wait_for()
    pick(gris_nez, encounter_id)
    gris_nez.locator("#decision .directed").wait_for()
    shown = gris_nez.locator("#decision").inner_text()
    assert "DIRIGÉ VERS" in shown
    assert "by VHF 16 to the coxswain" in shown
    assert "DOVER COASTGUARD" in shown
    gris_nez.locator('#events [data-event="direction.recorded"]').first.wait_for()
    assert shared_room.send("GET", f"/v1/encounters/{encounter_id}/standing")["answer"] == "direction"


def test_an_encounter_is_handed_over_only_when_the_other_centre_accepts(shared_room):
    dover, gris_nez = shared_room.workspace(), shared_room.workspace(lang="fr", centre="CROSS GRIS-NEZ")
    encounter_id = shared_room.report(OFF_CALAIS)
    pick(dover, encounter_id)
    dover.locator('[data-do="offer"]').click()
    dover.locator("#field-to_centre").fill("CROSS GRIS-NEZ")
    dover.locator("dialog button[type=submit]").click()
    badge(gris_nez, encounter_id, "offered").wait_for()
    pick(gris_nez, encounter_id)
    gris_nez.locator("#decision .offer.waiting").wait_for()
    assert "DOVER COASTGUARD coordonne" in gris_nez.locator("#decision .offer").inner_text()
    gris_nez.get_by_role("button", name="Accepter").click()
    gris_nez.locator("dialog button[type=submit]").click()
    dover.get_by_text("CROSS GRIS-NEZ co-ordinates since").wait_for()
    badge(dover, encounter_id, "new").wait_for()


def test_a_call_becomes_an_encounter_once_its_position_was_read_back(room):
    room.expects = {"422"}
    page = room.workspace()
    page.keyboard.press("n")
    submit = page.locator("dialog button[type=submit]")
    assert submit.is_disabled()
    essay = "They say they are somewhere off the white cliffs. " * 20
    page.locator("#field-text").fill(essay)
    page.locator("#field-text_position").fill("51 75N 001 15E")
    page.locator("#read-back").click()
    page.locator(".read-back.wrong").wait_for()
    assert submit.is_disabled()
    page.locator("#field-text_position").fill("51 03.0N 001 15.0E")
    page.locator("#read-back").click()
    page.get_by_text("5 1 degrees").wait_for()
    page.locator("#field-max").fill("thirty")
    submit.click()
    page.get_by_text("A count of people is a whole number").wait_for()
    assert page.locator("#field-text").input_value() == essay
    page.locator("#field-max").fill("32")
    page.locator("#field-min").fill("30")
    page.locator("#field-from").fill("999 call desk")
    page.locator("#field-in_water").select_option("yes")
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    page.keyboard.press("n")
    page.locator("#read-back").wait_for()
    assert page.locator("#field-text").input_value() == essay
    page.locator("#read-back").click()
    page.get_by_text("5 1 degrees").wait_for()
    submit.click()
    page.locator("dialog").wait_for(state="hidden")
    page.locator("#decision .card.first").wait_for()
    made = room.send("GET", "/v1/encounters")["encounters"][0]
    assert made["latest"]["position"]["coordinates"] == [1.25, 51.05]
    assert made["latest"]["persons"] == {"min": 30, "max": 32}
    assert made["latest"]["source"] == "phone"
    assert made["on_scene"]["persons_in_water"] is True
    assert made["latest"]["text"].startswith("Heard from: 999 call desk. They say")


def test_reports_that_may_be_one_boat_stay_two_encounters(room):
    """24 November 2021: what was taken for one boat was not."""
    page = room.workspace()
    first = room.report([1.45, 51.0], 33, source="phone")
    second = room.report([1.46, 51.0], 30, source="aircraft")
    page.locator(f'[data-row="{second}"] .twin').wait_for()
    pick(page, first)
    page.locator("#decision .twins").wait_for()
    page.keyboard.press("c")
    beside = page.locator(".side-by-side section")
    beside.nth(1).wait_for()
    assert beside.count() == 2
    assert re.search(r"aircraft", page.locator("#sheet").inner_text())
    assert page.locator("#sheet button").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#encounter-rows tr").count() == 2
    assert {row["encounter_id"] for row in room.send("GET", "/v1/encounters")["encounters"]} == {first, second}


def test_who_looks_is_on_the_other_screen_until_she_goes(room):
    dover, gris_nez = room.workspace(), room.workspace(centre="CROSS GRIS-NEZ", lang="fr")
    first, second = room.report(), room.report(OFF_RAMSGATE, 20)
    badge(gris_nez, second, "new").wait_for()
    pick(dover, first)
    gris_nez.locator(f'[data-row="{first}"] .viewers').get_by_text("à l'écran : DOVER COASTGUARD").wait_for()
    pick(gris_nez, first)
    dover.locator("#decision .viewers").get_by_text("on screen at CROSS GRIS-NEZ").wait_for()
    pick(dover, second)
    gris_nez.locator(f'[data-row="{second}"] .viewers').wait_for()
    assert gris_nez.locator(f'[data-row="{first}"] .viewers').count() == 0
    gris_nez.goto(f"{room.base}/healthz")
    dover.locator(f'[data-row="{first}"] .viewers').wait_for(state="detached")


def test_a_port_closes_while_a_hold_there_runs_out(room):
    dover, port = room.workspace(), room.workspace("desk")
    room.places("dover", 100)
    encounter_id = room.report()
    pick(dover, encounter_id)
    assert "Dover" in dover.locator("#decision .card.first").inner_text()
    hold = {
        "port_id": "dover",
        "vessel": "RNLI Dover",
        "persons": {"total": 30},
        "eta_at": in_minutes(0.05),
        "hold_s": 1,
    }
    room.send("POST", "/v1/reservations", hold | {"encounter_id": encounter_id})
    port.locator('[data-port="dover"]').click()
    port.keyboard.press("r")
    port.locator("#field-status").select_option("closed")
    port.locator("#field-reason").fill("ferry aground in the entrance")
    port.locator("dialog button[type=submit]").click()
    port.locator("dialog").wait_for(state="hidden")
    dover.locator('#events [data-event="reservation.expired"]').wait_for()
    dover.locator('#events [data-event="port.status"]').first.wait_for()
    dover.locator("#decision .card.first:not([data-card=dover])").wait_for()
    assert "ferry aground" not in dover.locator("#decision .cards").inner_text()
    dover.locator("#decision .passed").get_by_text("DOVER", exact=False).first.wait_for()


def test_an_override_takes_a_reason_and_is_kept_with_it(room, store):
    page = room.workspace()
    encounter_id = room.report()
    pick(page, encounter_id)
    page.keyboard.press("o")
    page.locator("#field-port").select_option("ramsgate")
    page.locator("dialog button[type=submit]").click()
    page.locator("dialog .refusal").wait_for()
    assert store.direction(encounter_id) is None
    page.locator("#field-text").fill("reception has moved there")
    page.locator("dialog button[type=submit]").click()
    page.locator("#decision .directed").wait_for()
    kept = store.handover(time.time())["overrides"]
    assert [(item["encounter_id"], item["port_id"], item["text"]) for item in kept] == [
        (encounter_id, "ramsgate", "reception has moved there")
    ]
    assert store.direction(encounter_id)["port_id"] == "ramsgate"
    assert store.latest_decision(encounter_id) is not None


def test_places_are_held_confirmed_landed_in_parts_and_given_back(room, store):
    room.expects = {"409"}
    page = room.workspace()
    room.places("dover", 20)
    encounter_id = room.report(persons=30)
    pick(page, encounter_id)
    page.locator('[data-port="dover"]').click()
    page.keyboard.press("b")
    page.locator("#field-vessel").fill("RNLI Dover")
    page.locator("#field-eta").fill("25:00")
    page.locator("dialog button[type=submit]").click()
    page.get_by_text("write 17:40").wait_for()
    page.locator("#field-eta").fill(in_minutes(40)[11:16])
    page.locator("dialog button[type=submit]").click()
    page.get_by_text("Too few places are left there").wait_for()
    assert page.locator("#field-vessel").input_value() == "RNLI Dover"
    page.locator("#field-total").fill("18")
    page.locator("dialog button[type=submit]").click()
    page.locator("dialog").wait_for(state="hidden")
    page.locator('#decision [data-do="confirm"]').first.click()
    page.locator("dialog button[type=submit]").click()
    page.locator("#decision .held").get_by_text("confirmed by the port").first.wait_for()
    page.locator('#decision [data-do="land"]').first.click()
    page.locator("#field-total").fill("5")
    page.locator("dialog button[type=submit]").click()
    badge(page, encounter_id, "landing").wait_for()
    page.locator("#decision .held").get_by_text("13 of 18 still to land").first.wait_for()
    page.locator('#decision [data-do="transfer"]').first.click()
    page.locator("#field-to_vessel").fill("BF Ranger")
    page.locator("#field-total").fill("3")
    page.locator("dialog button[type=submit]").click()
    page.locator("#decision .held").get_by_text("BF Ranger").first.wait_for()
    held = store.reservations(time.time())
    assert sorted((item["vessel"], item["persons"]["total"] - item["landed"]["total"]) for item in held) == [
        ("BF Ranger", 3), ("RNLI Dover", 10),
    ]  # fmt: skip


def test_two_people_on_one_form_lose_nothing(room, store):
    room.expects = {"409"}
    first, other = room.workspace(), room.workspace()
    room.places("dover", 100)
    for page in (first, other):
        page.locator('[data-port="dover"]').click()
        page.locator('#decision [data-do="port-capacity"]').click()
    first.locator("#field-total").fill("80")
    other.locator("#field-total").fill("60")
    first.locator("dialog button[type=submit]").click()
    first.locator("dialog").wait_for(state="hidden")
    other.locator('[data-row="dover"]').get_by_text("80", exact=True).wait_for(state="attached")
    other.locator("dialog button[type=submit]").click()
    other.locator("dialog .refusal").get_by_text("Somebody else was there first").wait_for()
    assert other.locator("#field-total").input_value() == "60"
    assert "80" in other.locator("dialog .refusal").inner_text()
    other.locator("dialog button[type=submit]").click()
    other.locator("dialog").wait_for(state="hidden")
    assert store.port("dover", time.time())["capacity"]["places"]["total"] == 60


def test_a_feed_past_its_limit_is_a_banner(room, store):
    store.do(SetPortStatus("dover", "open", "", reported_s=time.time() - 7 * 3_600), OFFICER, time.time())
    page = room.workspace()
    page.locator('[data-banner="feed-port_status"]').wait_for()
    assert "7 h" in page.locator('[data-banner="feed-port_status"]').inner_text()
    store.do(SetPortStatus("dover", "open", ""), OFFICER, time.time())
    page.locator('[data-banner="feed-port_status"]').wait_for(state="detached", timeout=45_000)


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
    page.locator('[data-banner="store"]').or_(page.locator('[data-banner="failure"]')).first.wait_for(timeout=60_000)
    assert page.locator("body.is-old").count() == 1


def test_a_service_away_and_back_says_what_was_missed(room, store):
    room.expects = {"net::ERR"}
    page = room.workspace()
    encounter_id = room.report()
    badge(page, encounter_id, "new").wait_for()
    page.context.route("**/console/v1/**", lambda route: route.abort())
    page.context.route("**/v1/events", lambda route: route.abort())
    room.app.state.broadcast.end()
    page.locator('[data-banner="silent"], [data-banner="failure"]').first.wait_for(timeout=60_000)
    assert page.locator("body.is-old").count() == 1
    assert "NOT LIVE" in page.locator("#banners").inner_text()
    store.do(ReportCapacity("calais", Places(77)), OFFICER, time.time())
    room.app.state.broadcast._is_over = False
    page.context.unroute("**/console/v1/**")
    page.context.unroute("**/v1/events")
    page.locator('[data-banner="missed"]').wait_for(timeout=60_000)
    assert "Calais: 77 places" in page.locator('[data-banner="missed"]').inner_text()
    page.locator('[data-feed="stream"]:not(.past)').wait_for()
    assert page.locator("body.is-old").count() == 0


def test_what_if_leaves_no_trace_and_is_left_by_one_key(room, store):
    page = room.workspace()
    encounter_id = room.report()
    room.report(OFF_RAMSGATE, 20)
    pick(page, encounter_id)
    page.locator("#decision [data-card=dover].first").wait_for()
    before = store.head()
    page.keyboard.press("w")
    page.locator("#if-closed").select_option("dover")
    page.locator("#if-more").fill("60")
    page.locator("#sheet button[type=submit]").click()
    page.locator("#what-if-bar").wait_for()
    assert page.evaluate("document.body.dataset.ground") == "what-if"
    assert "Dover closed" in page.locator("#what-if-bar").inner_text()
    page.locator("#decision .card.first:not([data-card=dover])").wait_for()
    assert page.locator(f'[data-row="{encounter_id}"].changed').count() == 1
    assert page.locator('[data-do="direct"]').count() == 0
    page.keyboard.press("d")
    assert page.locator("dialog").is_hidden()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#decision [data-card=dover].first").wait_for()
    page.wait_for_function("() => !document.body.dataset.ground")
    assert store.head() == before


def test_a_joint_plan_is_accepted_boat_by_boat(room, store):
    """A mass rescue over both coasts: what one boat gives up is said, and each is accepted by itself."""
    page = room.workspace()
    room.places("dover", 40)
    room.places("calais", 60)
    room.places("ramsgate", 60)
    boats = [room.report([1.40 + 0.03 * k, 51.03], 30) for k in range(3)]
    badge(page, boats[-1], "new").wait_for()
    page.keyboard.press("p")
    page.locator(f'[data-accept="{boats[0]}"]').wait_for(timeout=60_000)
    told = page.locator("#sheet").inner_text()
    assert "Cost of the plan" in told
    assert "Who waits for whom" in told
    assert re.search(r"\+\d+ min", told)
    assert store.reservations(time.time()) == []
    page.locator(f'[data-accept="{boats[0]}"]').click()
    page.locator("#sheet").get_by_text("Held").first.wait_for()
    held = store.reservations(time.time())
    assert [(item["encounter_id"], item["persons"]["total"]) for item in held] == [(boats[0], 30)]


def test_what_was_just_done_is_taken_back_by_a_record_of_its_own(room, store):
    page = room.workspace()
    room.places("dover", 60)
    encounter_id = room.report()
    pick(page, encounter_id)
    page.locator('[data-port="dover"]').click()
    page.keyboard.press("b")
    page.locator("#field-vessel").fill("RNLI Dover")
    page.locator("#field-eta").fill(in_minutes(40)[11:16])
    page.locator("dialog button[type=submit]").click()
    page.locator('[data-banner="undo"]').get_by_text("30 places for RNLI Dover").wait_for()
    page.locator("#undo").click()
    page.locator('#events [data-event="reservation.released"]').wait_for()
    assert store.reservations(time.time()) == []
    page.wait_for_function("!document.querySelector('#decision .held')")
    page.locator('#decision [data-do="direct"]:not([disabled])').wait_for()
    # A direction may have been heard: it is corrected, and both stay.
    page.keyboard.press("d")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("#undo").get_by_text("Correct it").wait_for()
    page.locator("#undo").click()
    page.locator("#field-port").select_option("ramsgate")
    page.wait_for_function("document.querySelector('#field-text').value.startsWith('Corrects the direction of')")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("#decision .directed").get_by_text("RAMSGATE", exact=False).first.wait_for()
    kinds = [row["kind"] for row in store.audit() if row["kind"].startswith(("reservation", "direction"))]
    assert kinds == ["reservation.held", "reservation.released", "direction.recorded", "direction.recorded"]


def test_the_plan_and_a_comparison_can_be_read_in_every_palette_and_language(room):
    page = room.workspace()
    room.places("dover", 100)
    first = room.report([1.45, 51.0], 33, source="phone")
    second = room.report([1.46, 51.0], 30, source="aircraft")
    page.locator(f'[data-row="{second}"] .twin').wait_for()
    pick(page, first)
    page.locator("#decision .twins").wait_for()
    for lang in ("en", "fr"):
        if page.locator("html").get_attribute("lang") != lang:
            page.locator("#language").click()
            page.locator(f'html[lang="{lang}"]').wait_for()
        for key, awaited in (("p", f'[data-accept="{first}"]'), ("c", ".side-by-side section")):
            page.keyboard.press(key)
            page.locator(f"#sheet {awaited}").first.wait_for(timeout=60_000)
            for palette in ("day", "dusk", "night"):
                page.evaluate(f"document.documentElement.dataset.palette = '{palette}'")
                assert_accessible(page)
            page.keyboard.press("Escape")
            page.locator("#sheet").wait_for(state="hidden")


def test_a_gale_from_a_later_hour_is_supposed(room, store):
    page = room.workspace()
    encounter_id = room.report()
    pick(page, encounter_id)
    before = store.head()
    page.keyboard.press("w")
    page.locator("#if-closed").select_option([])
    start = in_minutes(30)[11:16]
    for name, value in (("wind", "48"), ("from", "250"), ("wave", "5"), ("start", start), ("lasts", "6")):
        page.locator(f"#if-{name}").fill(value)
    page.locator("#sheet button[type=submit]").click()
    page.locator("#what-if-bar").wait_for()
    told = page.locator("#what-if-bar").inner_text()
    assert f"from {start} UTC" in told
    assert "for 6 h" in told
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.body.dataset.ground")
    assert store.head() == before


def test_the_shift_is_handed_over_and_the_record_exported_with_its_proofs(room, store):
    page = room.workspace()
    encounter_id = room.report()
    pick(page, encounter_id)
    page.keyboard.press("t")
    page.locator("#sheet .timeline li").first.wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export with proofs").click()
    record = json.loads(saved.value.path().read_text(encoding="utf-8"))
    rows = {row["sequence"]: row["hash"] for row in store.audit()}
    assert [rows[entry["sequence"]] for entry in record["entries"]] == [entry["hash"] for entry in record["entries"]]
    page.keyboard.press("Escape")
    page.locator("#sheet").wait_for(state="hidden")
    page.keyboard.press("h")
    page.locator("#sign-handed").fill("day SMC")
    page.locator("#sign-taken").fill("night SMC")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("Signed as h-").wait_for()
    assert store.audit()[-1]["kind"] == "handover.signed"
    page.emulate_media(media="print")
    assert page.locator("#sheet table").first.is_visible()
    assert page.locator("header").is_hidden()
    assert page.locator(".sign").is_hidden()


def test_every_palette_and_language_can_be_read_by_everybody(room):
    page = room.workspace("wall")
    room.places("dover", 100)
    encounter_id = room.report()
    room.report([1.31, 51.04], 28)
    hold = {"port_id": "dover", "vessel": "RNLI Dover", "persons": {"total": 30}, "eta_at": in_minutes(40)}
    room.send("POST", "/v1/reservations", hold | {"encounter_id": encounter_id})
    pick(page, encounter_id)
    page.locator('[data-port="dover"]').click()
    page.locator("#decision .held").first.wait_for()
    for lang, palette in product(("en", "fr"), ("day", "dusk", "night")):
        if page.locator("html").get_attribute("lang") != lang:
            page.locator("#language").click()
            page.locator(f'html[lang="{lang}"]').wait_for()
        page.keyboard.press("s")
        page.locator(f'[data-palette-choice="{palette}"]').click()
        page.keyboard.press("Escape")
        page.locator("#decision .card.first").wait_for()
        assert_accessible(page)
        assert not BANNED.search(page.locator("header").inner_text() + page.locator("#encounters").inner_text())
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for key in ("?", "h", "w", "t"):
        page.keyboard.press(key)
        page.locator("#sheet .sheet-body > *").first.wait_for()
        assert_accessible(page)
        page.keyboard.press("Escape")
        page.locator("#sheet").wait_for(state="hidden")
    for key in ("n", "d", "o", "b"):
        page.keyboard.press(key)
        page.locator("dialog h2").wait_for()
        assert_accessible(page)
        page.keyboard.press("Escape")
        page.locator("dialog").wait_for(state="hidden")


def test_the_keyboard_alone_reaches_a_direction_and_keys_can_be_turned_off(room, store):
    page = room.workspace()
    first = room.report()
    second = room.report(OFF_RAMSGATE, 20)
    badge(page, second, "new").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.locator("#decision .card.first").wait_for()
    page.locator(f'[data-encounter="{first}"]').focus()
    page.keyboard.press("Enter")
    page.locator(f'[data-encounter="{first}"][aria-pressed="true"]').wait_for()
    page.locator("#decision .card.first").wait_for()
    assert page.evaluate("document.activeElement.dataset.encounter") == first
    page.keyboard.press("d")
    page.locator("dialog h2").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#decision .directed").wait_for()
    assert sum(store.direction(item) is not None for item in (first, second)) == 1
    page.keyboard.press("?")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    assert page.locator("dialog").is_hidden()


def test_many_tabs_share_one_stream(room):
    pages = [room.workspace()]
    for _ in range(6):
        page = pages[0].context.new_page()
        page.goto(f"{room.base}/console")
        page.locator('[data-feed="stream"]:not(.past)').wait_for()
        pages.append(page)
    assert room.app.state.broadcast.listeners == 1
    encounter_id = room.report()
    for page in pages:
        badge(page, encounter_id, "new").wait_for()


def test_roles_decide_what_is_shown_and_what_is_done(browser, warm_service, store):
    with control_room(browser, warm_service, store, access=True) as room:
        keys = Keys(store, 2.0)
        admin = Actor(Role.ADMIN, "office")
        viewer = keys.create("wall", AccessRole.VIEWER, admin)
        controller = keys.create("MRCC Dover", AccessRole.CONTROLLER, admin)
        pages = []
        for key in (viewer, controller):
            page = room.workspace(waits=False)
            page.locator("#field-token").fill("sp_nobody")
            page.locator("dialog button[type=submit]").click()
            page.locator("dialog .refusal").wait_for()
            page.locator("#field-token").fill(key.text)
            page.locator("dialog button[type=submit]").click()
            page.locator("dialog").wait_for(state="hidden")
            page.locator('[data-feed="stream"]:not(.past)').wait_for()
            page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
            assert page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})").find("sp_") < 0
            pages.append(page)
        wall, workspace = pages
        assert wall.locator("#new-encounter").is_hidden()
        wall.keyboard.press("n")
        assert wall.locator("dialog").is_hidden()
        assert workspace.locator("#new-encounter").is_visible()
        keys.revoke(controller.document["key_id"], admin)
        workspace.locator("#field-token").wait_for(timeout=45_000)
        room.expects = {"401", "403"}
        room.assert_clean()


def test_without_records_the_page_says_how_to_keep_them(browser, warm_service):
    with control_room(browser, warm_service, None) as room:
        page = room.workspace(waits=False)
        page.locator('[data-banner="no-store"]').wait_for()
        assert "--store" in page.locator("#banners").inner_text()


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
            assert "UNIT 1" in rows.first.inner_text()
            assert "51°03.0′N" in rows.first.inner_text()
            assert_accessible(page)
            page.keyboard.press("Escape")
            listener.close()
        page.locator('[data-banner="feed-ais"]').wait_for(timeout=45_000)
        assert "AIS lost for" in page.locator('[data-banner="feed-ais"]').inner_text()
        page.locator('[data-feed="ais"].past').wait_for()
        room.assert_clean()
    assert store.audit() == []
