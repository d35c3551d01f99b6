"""The console in a real browser: what if, on a ground of its own, and without a trace."""

import pytest

from tests.browser.console import OFF_RAMSGATE, in_minutes, pick
from tests.browser.test_terminal_page import assert_accessible
from tests.browser.watch import settled

pytestmark = pytest.mark.browser


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
    page.locator("#what-if-bar").get_by_text("Dover closed").first.wait_for()
    page.locator("#decision .card.first:not([data-card=dover])").wait_for()
    page.locator(f'[data-row="{encounter_id}"].changed').wait_for()
    assert page.locator('[data-do="direct"]').count() == 0
    page.keyboard.press("d")
    assert page.locator("dialog").is_hidden()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.locator("#decision [data-card=dover].first").wait_for()
    page.wait_for_function("() => !document.body.dataset.ground")
    assert store.head() == before


def test_a_form_that_chooses_a_port_waits_for_their_names(room):
    page = room.workspace()
    held = []
    page.route("**/chart/ports.json", lambda route: held.append(route))
    page.reload()
    page.locator('[data-feed="stream"]:not(.past)').wait_for()
    page.keyboard.press("w")
    settled(page, lambda: held)
    page.wait_for_timeout(300)
    assert page.locator("#if-closed").count() == 0
    for route in held:
        route.continue_()
    page.locator("#if-closed option[value=dover]").wait_for(state="attached")


@pytest.mark.parametrize("name", ["start", "lasts"])
def test_a_time_without_wind_or_sea_is_refused(room, store, name):
    page = room.workspace()
    pick(page, room.report())
    before = store.head()
    value = {"start": in_minutes(30)[11:16], "lasts": "6"}[name]
    page.keyboard.press("w")
    page.locator(f"#if-{name}").fill(value)
    page.locator("#sheet button[type=submit]").click()
    page.locator("#sheet .refusal").get_by_text("A time without a wind").wait_for()
    assert page.locator("#what-if-bar").is_hidden()
    # What was typed stays, to be completed.
    assert page.locator(f"#if-{name}").input_value() == value
    page.locator("#if-wind").fill("40")
    page.locator("#sheet button[type=submit]").click()
    page.locator("#what-if-bar").wait_for()
    assert store.head() == before


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
