"""Exclusion zones on the onboard page: not known, being worked in, kept out of; on the chart and in the list."""

import time

import pytest

from api.store.zone_deltas import parts_of
from tests.browser.conftest import ask_nearest

pytestmark = pytest.mark.browser

VEGA = {
    "zone_id": "z-0000000000000000000a", "name": "Vega", "from_ms": None, "to_ms": None, "version": 1,
    "outline": [[1.33, 51.03], [1.42, 51.03], [1.42, 51.08], [1.33, 51.08]],
}  # fmt: skip
LYRA = {
    "zone_id": "z-0000000000000000000b", "name": "Lyra", "to_ms": None, "version": 2,
    "outline": [[1.6, 51.1], [1.7, 51.1], [1.7, 51.2]],
}  # fmt: skip


def tell(ship, *zones):
    """What the courier brings from the control room."""
    ship.terminal.zones.hear(parts_of(list(zones)), ship.follower.clock().utc_s)


def test_zones_are_shown_listed_and_kept_out_of_without_waiting(look, ship):
    page = look()
    layer = page.locator("#layers li").filter(has_text="ZONES")
    layer.filter(has_text="not known").wait_for()
    ask_nearest(page)
    note = page.locator("#chart-note")
    note.get_by_text("Exclusion zones of the centre are not known aboard").wait_for()
    before = page.locator("#ports .port").first.locator(".way").inner_text()

    # The answer that stands went by no zone; once the zone is worked in, it is not taken for one that did.
    begins = int(ship.follower.clock().utc_s * 1000) + 7_200_000
    tell(ship, VEGA, {**LYRA, "from_ms": begins})
    page.locator("#answer-old").get_by_text("exclusion zones changed").wait_for()
    layer.filter(has_not_text="not known").wait_for()
    ask_nearest(page)
    page.locator("#answer-old").wait_for(state="hidden")
    page.wait_for_function(f"() => document.querySelector('#ports .way').innerText !== {before!r}")
    note.get_by_text("not known aboard").wait_for(state="detached")
    page.locator("#ports .port .name").first.get_by_text("Dover", exact=True).wait_for()

    page.locator("#screen").click()
    page.locator("#chart-list").click()
    card = page.locator("#panel .card")
    card.get_by_text("Vega").wait_for()
    card.get_by_text("in force, routes keep out").first.wait_for()
    text = card.inner_text()
    begins_at = time.strftime("%H:%M", time.gmtime(begins / 1000))
    assert f"from {begins_at} UTC" in next(line for line in text.splitlines() if line.startswith("Lyra"))
    assert page.watch.complaints == []


def test_an_answer_made_while_a_zone_is_worked_in_is_followed_by_one_that_keeps_out(look, ship, monkeypatch):
    ready = []
    is_ready = type(ship.service.zoned).is_ready
    monkeypatch.setattr(type(ship.service.zoned), "is_ready", lambda self, *args: bool(ready) and is_ready(self, *args))
    tell(ship, VEGA)
    page = look()
    ask_nearest(page)
    note = page.locator("#chart-note")
    note.get_by_text("Routes do not keep out of Vega yet").wait_for()
    before = page.locator("#ports .port").first.locator(".way").inner_text()
    ready.append(True)
    # By itself: nobody touches NEAREST again.
    note.get_by_text("Routes do not keep out of Vega yet").wait_for(state="detached")
    page.wait_for_function(f"() => document.querySelector('#ports .way').innerText !== {before!r}")
    assert page.watch.complaints == []
