"""Exclusion zones in real browsers: typed and drawn by hand, edited by two people, ended with a reason."""

from itertools import product

import pytest

from tests.browser.console import badge, in_minutes, pick
from tests.browser.test_terminal_page import assert_accessible

pytestmark = pytest.mark.browser

SQUARE = "51 00.0N 001 18.0E\n51 00.0N 001 27.0E\n51 04.8N 001 27.0E\n51 04.8N 001 18.0E"
BOW_TIE = "51 00.0N 001 18.0E\n51 04.8N 001 27.0E\n51 00.0N 001 27.0E\n51 04.8N 001 18.0E"
AREA = {
    "type": "Polygon",
    "coordinates": [[[1.3, 51.0], [1.45, 51.0], [1.45, 51.08], [1.3, 51.08], [1.3, 51.0]]],
}


def record(page):
    page.locator("dialog button[type=submit]:not([disabled])").click()
    page.locator("dialog").wait_for(state="hidden")


def zone_named(page, name):
    return page.locator("#zones-list").get_by_role("button", name=name, exact=True)


def test_a_zone_typed_by_one_centre_turns_routes_of_the_other(shared_room):
    shared_room.expects = {"422"}
    dover, gris_nez = shared_room.workspace(), shared_room.workspace("desk", lang="fr", centre="CROSS GRIS-NEZ")
    encounter_id = shared_room.report([1.25, 51.05])
    badge(gris_nez, encounter_id, "new").wait_for()
    dover.keyboard.press("z")
    dover.locator("#field-name").fill("Wreck of the Vega")
    dover.locator("#field-reason").fill("drifting containers")
    outline = dover.locator("#field-outline")
    for wrong, told in (
        (BOW_TIE, "A side crosses another"),
        (SQUARE + "\nnowhere", f"Line {len(SQUARE.splitlines()) + 1}."),
    ):
        outline.fill(wrong)
        dover.locator("#read-back").click()
        dover.locator(".read-back.wrong").get_by_text(told).wait_for()
        assert dover.locator("dialog button[type=submit]").is_disabled()
    outline.fill(SQUARE)
    dover.locator("#read-back").click()
    dover.locator(".read-back").get_by_text("4 corners, 93 km²").wait_for()
    record(dover)
    zone_named(gris_nez, "Wreck of the Vega").wait_for()
    gris_nez.locator('#events [data-event="zone.drawn"]').get_by_text("drifting containers").wait_for()
    pick(gris_nez, encounter_id)
    gris_nez.locator("#decision").get_by_text("Wreck of the Vega").first.wait_for()


def test_a_zone_is_drawn_and_its_corners_moved_by_hand(room, store):
    page = room.workspace()
    page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
    page.locator("#zones-draw").click()
    page.locator("#zones-bar").wait_for()
    box = page.locator("#chart").bounding_box()
    middle = box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.55
    for across, down in ((0, 0), (90, 0), (90, 70)):
        page.mouse.click(middle[0] + across, middle[1] + down)
        page.wait_for_timeout(350)  # Two clicks sooner than that are a double click.
    page.mouse.dblclick(middle[0], middle[1] + 70)
    page.locator("dialog h2").wait_for()
    page.locator(".read-back").get_by_text("4 corners").wait_for()
    page.locator("#field-name").fill("Drawn")
    page.locator("#field-reason").fill("exercise")
    # Set anew by hand from the form: what was typed is there again.
    page.get_by_role("button", name="Set by hand on the chart").click()
    page.locator("#zones-bar").get_by_role("button", name="Done").click()
    page.locator(".read-back").get_by_text("4 corners").wait_for()
    assert page.locator("#field-name").input_value() == "Drawn"
    record(page)
    zone_named(page, "Drawn").wait_for()
    (zone,) = store.zones(0.0)
    assert len(zone["outline"]["coordinates"][0]) == 5
    page.keyboard.press("z")
    page.locator("dialog h2").wait_for()
    page.get_by_role("button", name="Set by hand on the chart").click()
    page.locator("#zones-bar").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog h2").wait_for()


def test_two_people_on_one_zone_lose_nothing(room, store):
    room.expects = {"412"}
    first, other = room.workspace(), room.workspace(lang="fr", centre="CROSS GRIS-NEZ")
    zone = room.send("POST", "/v1/exclusion-zones", {"name": "Vega", "reason": "wreck", "outline": AREA})
    for page in (first, other):
        zone_named(page, "Vega").click()
        page.locator('[data-do="zone-edit"]').click()
        page.locator("#field-reason").wait_for()
    first.locator("#field-reason").fill("wreck, drifting east")
    record(first)
    zone_named(other, "Vega").wait_for()
    other.locator("#field-reason").fill("épave balisée")
    other.locator("#field-to").fill(in_minutes(90)[11:16])
    other.locator("dialog button[type=submit]:not([disabled])").click()
    refusal = other.locator("dialog .refusal")
    refusal.get_by_text("modifié entre-temps").wait_for()
    refusal.get_by_text("drifting east").wait_for()
    assert other.locator("#field-reason").input_value() == "épave balisée"
    record(other)
    assert store.zone(zone["zone_id"])["reason"] == "épave balisée"
    first.locator('[data-do="zone-end"]').click()
    first.locator("dialog button[type=submit]").click()
    first.locator("dialog .refusal").wait_for()
    assert store.zone(zone["zone_id"])["ended"] is None
    first.locator("#field-reason").fill("marked by buoys")
    record(first)
    zone_named(other, "Vega").wait_for(state="detached")
    assert store.zone(zone["zone_id"])["ended"]["reason"] == "marked by buoys"


def test_zones_can_be_read_by_everybody(room):
    page = room.workspace()
    room.send("POST", "/v1/exclusion-zones", {"name": "Vega", "reason": "wreck", "outline": AREA})
    zone_named(page, "Vega").click()
    for lang, palette in product(("en", "fr"), ("day", "dusk", "night")):
        if page.locator("html").get_attribute("lang") != lang:
            page.locator("#language").click()
            page.locator(f'html[lang="{lang}"]').wait_for()
        page.keyboard.press("s")
        page.locator(f'[data-palette-choice="{palette}"]').click()
        page.keyboard.press("Escape")
        page.locator('[data-do="zone-edit"]').wait_for()
        assert_accessible(page)
        page.locator('[data-do="zone-edit"]').click()
        page.locator("dialog h2").wait_for()
        assert_accessible(page)
        page.keyboard.press("Escape")
        page.locator("dialog").wait_for(state="hidden")
