"""The console in real browsers: two centres on one store, on a file and on a server."""

import time

import pytest

from tests.browser.console import OFF_CALAIS, OFF_RAMSGATE, badge, pick

pytestmark = pytest.mark.browser


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


def test_a_direction_is_withdrawn_by_one_centre_while_the_other_directs_anew(shared_room):
    shared_room.expects = {"412"}
    dover, gris_nez = shared_room.workspace(), shared_room.workspace(centre="CROSS GRIS-NEZ", lang="fr")
    encounter_id = shared_room.report()
    directed = {"centre": "DOVER COASTGUARD", "code": "NEAREST_FIT", "port_id": "dover"}
    shared_room.send("POST", f"/v1/encounters/{encounter_id}/direction", directed)
    for page in (dover, gris_nez):
        badge(page, encounter_id, "directed").wait_for()
        pick(page, encounter_id)
    dover.locator('[data-do="withdraw"]').click()
    dover.locator("#field-text").fill("no tug for her")
    shared_room.send("POST", f"/v1/encounters/{encounter_id}/direction", directed | {"port_id": "ramsgate"})
    dover.locator(f'[data-row="{encounter_id}"]').get_by_text("Ramsgate").wait_for(state="attached")
    dover.locator("dialog button[type=submit]").click()
    dover.locator("dialog .refusal").get_by_text("RAMSGATE", exact=False).wait_for()
    assert dover.locator("#field-text").input_value() == "no tug for her"
    dover.locator("dialog button[type=submit]").click()
    dover.locator("dialog").wait_for(state="hidden")
    for page in (dover, gris_nez):
        badge(page, encounter_id, "new").wait_for()
        page.locator("#decision .withdrawn").get_by_text("no tug for her").wait_for()
        page.locator('#events [data-event="direction.withdrawn"]').wait_for()
    gris_nez.keyboard.press("h")
    gris_nez.locator("#sheet").get_by_text("Directives retirées · 1").wait_for()
    standing = shared_room.send("GET", f"/v1/encounters/{encounter_id}/standing")
    assert (standing["direction"], standing["withdrawn"]["text"]) == (None, "no tug for her")


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
    gris_nez.locator("#decision .offer").get_by_text("DOVER COASTGUARD coordonne").first.wait_for()
    gris_nez.get_by_role("button", name="Accepter").click()
    gris_nez.locator("dialog button[type=submit]").click()
    dover.get_by_text("CROSS GRIS-NEZ co-ordinates since").wait_for()
    badge(dover, encounter_id, "new").wait_for()


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
    gris_nez.locator(f'[data-row="{first}"] .viewers').wait_for(state="detached")
    gris_nez.goto(f"{room.base}/healthz")
    dover.locator(f'[data-row="{first}"] .viewers').wait_for(state="detached")


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
