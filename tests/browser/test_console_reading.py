"""The console in a real browser: read and worked by everybody, in every palette, language and size."""

from itertools import product

import pytest

from tests.browser.console import OFF_RAMSGATE, SIZES, badge, in_minutes, pick
from tests.browser.test_terminal_page import BANNED, assert_accessible

pytestmark = pytest.mark.browser

CUT_OFF = """['#encounters .scroll', '#ports-box .scroll', '#decision-body', '#own-centre'].filter((name) => {
  const box = document.querySelector(name);
  return box.scrollWidth > box.clientWidth;
})"""
IN_REACH = "document.querySelector('.main-actions').getBoundingClientRect().bottom <= innerHeight"
"""What is done about an encounter can be done without scrolling."""


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
            page.locator(f"#sheet {awaited}").first.wait_for()
            for palette in ("day", "dusk", "night"):
                page.evaluate(f"document.documentElement.dataset.palette = '{palette}'")
                assert_accessible(page)
            page.keyboard.press("Escape")
            page.locator("#sheet").wait_for(state="hidden")


def test_every_palette_and_language_can_be_read_by_everybody(room):
    page = room.workspace("wall")
    room.places("dover", 100)
    encounter_id = room.report()
    room.report([1.31, 51.04], 28)
    hold = {"port_id": "dover", "vessel": "RNLI Dover", "persons": {"total": 30}, "eta_at": in_minutes(40)}
    room.send("POST", "/v1/reservations", hold | {"encounter_id": encounter_id})
    wide = room.report([1.36, 50.79], 18, vessel={"profile": "rnli-shannon"})
    page.locator(f'[data-row="{wide}"]').get_by_text("Boulogne-sur-Mer").wait_for()
    page.locator(f'[data-row="{wide}"] .vessel').get_by_text("RNLI Shannon class lifeboat").wait_for()
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
            assert page.evaluate(CUT_OFF) == []
            assert page.locator("#decision .main-actions button").first.is_visible()
            assert page.evaluate(IN_REACH)
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
