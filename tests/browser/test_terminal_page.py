"""The onboard page in a real browser, by the real process."""

import csv
import io
import json
import re
from itertools import combinations, product
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import OFF_FOLKESTONE, SIZES, ask_nearest
from tests.browser.watch import settled

pytestmark = pytest.mark.browser

TOUCH_PX, GAP_PX = 118.0, 29.5
"""20 mm and 5 mm on a 10.1-inch tablet of 1920 by 1200 pixels at a device pixel ratio of 1.5."""
BANNED = re.compile(r"\b(safe|guaranteed|must|instruct\w*|certain|cleared|en sécurité|garanti\w*)\b", re.IGNORECASE)
PALETTES = ("day", "dusk", "night")
PANELS = ("med", "retask", "say", "report", "screen", "persons", "vessel", "position")


POINTS = Path(__file__).parents[2] / "bench" / "points.csv"
CUT = """() => [...document.querySelectorAll('#ports .port')].flatMap((port) => {
    const box = port.getBoundingClientRect();
    const parts = ['name', 'time', 'way', 'eta', 'why', 'local'].map((name) => port.querySelector('.' + name));
    const boxes = parts.map((part) => part.getBoundingClientRect());
    const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6;
    return parts.filter((part, k) => part.scrollWidth > part.clientWidth + 1
        || boxes[k].top < box.top - 1 || boxes[k].bottom > box.bottom || boxes[k].right > box.right
        || boxes.some((other, n) => n > k && overlap(boxes[k], other))).map((part) => [part.className, port.innerText]);
})"""
"""Parts of a port's row that are wider than their room, hang out of it, or lie over one another."""


def boxes(page):
    """Every target that is there to be touched, by what it is called."""
    return page.evaluate(
        """() => [...document.querySelectorAll('button, input[type=range]')].map((e) => {
            const b = e.getBoundingClientRect();
            const name = e.id || e.dataset.port || e.textContent.trim();
            return {name, left: b.left, top: b.top, right: b.right, bottom: b.bottom};
        }).filter((b) => b.right > b.left)"""
    )


def gap(a, b):
    """Distance between two targets along the axis that parts them. [px]"""
    across = max(a["left"] - b["right"], b["left"] - a["right"])
    along = max(a["top"] - b["bottom"], b["top"] - a["bottom"])
    return max(across, along)


def assert_touchable(page):
    found = boxes(page)
    small = [b["name"] for b in found if min(b["right"] - b["left"], b["bottom"] - b["top"]) < TOUCH_PX - 0.5]
    assert not small
    close = [(a["name"], b["name"], gap(a, b)) for a, b in combinations(found, 2) if gap(a, b) < GAP_PX]
    assert not close


def assert_accessible(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found] == []


@pytest.mark.parametrize(
    ("size", "lang", "palette"),
    [(*form, PALETTES[k % len(PALETTES)]) for k, form in enumerate(product(SIZES, ("en", "fr")))],
)
def test_nearest_is_answered_in_every_form(look, size, lang, palette):
    """Opened in each palette, and read in all of them."""
    page = look(size, palette, lang)
    ask_nearest(page)
    rows = page.locator("#ports .port")
    assert rows.count() == 3
    first = rows.first.inner_text()
    assert ("Douvres" if lang == "fr" else "Dover") in first
    assert re.search(r"VHF 74", first)
    assert re.search(r"\d\d:\d\d UTC", first)
    assert re.search(r"\d\d:\d\d GMT", first)
    assert "CET" in rows.nth(1).inner_text()
    assert page.evaluate("document.documentElement.dataset.palette") == palette
    assert page.locator("html").get_attribute("lang") == lang
    advice = page.locator(".advice")
    assert advice.is_visible()
    assert advice.inner_text().startswith("CONSEIL" if lang == "fr" else "ADVICE ONLY")
    page.locator("#layers .past").nth(1).wait_for()
    assert not BANNED.search(page.locator("body").inner_text())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_touchable(page)
    for worn in PALETTES:
        page.evaluate(f"document.documentElement.dataset.palette = '{worn}'")
        assert_accessible(page)
    assert page.watch.complaints == []
    assert page.watch.strangers == []


@pytest.mark.parametrize(("size", "lang"), [("tablet", "en"), ("tablet", "fr"), ("desk", "fr"), ("phone", "fr")])
def test_no_part_of_a_row_is_cut_wherever_she_is(look, size, lang):
    """Everything that is said of a port is there to be read: names of 47 letters, and what makes ports differ."""
    page = look(size, "day", lang)
    with POINTS.open(encoding="utf-8") as file:
        places = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)][::40]
    # Off Hayling Island, Roscoff and the Isle of Grain, of the longest names.
    places += [(-0.95, 50.70), (-3.95, 48.80), (0.80, 51.50)]
    asked = {}

    def from_elsewhere(route):
        point = {"type": "Point", "coordinates": asked["from"]}
        route.continue_(post_data=json.dumps({"lang": "both", "position": point, "medical": asked["medical"]}))

    page.route("**/terminal/v1/nearest", from_elsewhere)
    # What fills its room to the last pixel is on one screen with all else.
    fits = "() => document.getElementById('ports').getBoundingClientRect().bottom <= innerHeight"
    for k, place in enumerate(places):
        asked.update({"from": place, "medical": ("none", "critical")[k % 2]})
        with page.expect_response("**/terminal/v1/nearest"):
            page.locator("#nearest").click()
        page.locator("#nearest:not([aria-busy])").wait_for()
        assert page.locator("#ports .port").count() > 0
        assert page.evaluate(CUT) == []
        assert size == "phone" or page.evaluate(fits)


@pytest.mark.parametrize("size", ["tablet", "phone"])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_panel_can_be_touched_and_read(look, size, lang):
    page = look(size, "night", lang)
    ask_nearest(page)
    for name in PANELS:
        page.locator(f"#{name}").click()
        page.locator("#panel .top").wait_for()
        if name == "vessel":
            page.locator("#panel .tiles button").first.wait_for()
        assert page.locator(f"#{name}").get_attribute("aria-expanded") == "true"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not BANNED.search(page.locator("#panel").inner_text())
        assert_accessible(page)
        page.keyboard.press("Escape")
        assert page.locator("#panel").is_hidden()
        assert page.evaluate("document.activeElement.id") == name
    for port in range(3):
        page.locator("#ports .port").nth(port).click()
        page.locator("#panel blockquote").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not BANNED.search(page.locator("#panel").inner_text())
        assert_accessible(page)
        page.keyboard.press("Escape")
    assert page.watch.complaints == []


def assert_nothing_hangs_out(page):
    """No part of a panel lies outside it, over the buttons below."""
    inside = """() => {
        const panel = document.getElementById('panel').getBoundingClientRect();
        return [...document.querySelectorAll('#panel > *, #panel > * > *')].filter((e) => e.checkVisibility())
            .filter((e) => !e.closest('.card, .tiles.wide') || e.matches('.card'))
            .map((e) => [e.className || e.tagName, e.getBoundingClientRect().bottom - panel.bottom])
            .filter(([, over]) => over > 1);
    }"""
    assert page.evaluate(inside) == []


@pytest.mark.parametrize("panel", ["med", "retask", "report", "screen", "persons", "position"])
def test_targets_of_panels_are_large_and_apart(look, panel):
    page = look("tablet")
    page.locator(f"#{panel}").click()
    page.locator("#panel .top").wait_for()
    assert_touchable(page)
    assert_nothing_hangs_out(page)


def test_a_port_touched_says_why_and_what_to_say(look):
    page = look()
    ask_nearest(page)
    page.locator("#ports .port").nth(1).click()
    page.get_by_text("Hazards of the entrance").wait_for()
    text = page.locator("#panel").inner_text()
    for part in (
        "Why Calais",
        "Why none nearer",
        "Berth",
        "tide",
        "Whom to call",
        "VHF 17",
        "INTENTION: I intend to land",
    ):
        assert part in text
    assert "persons on board" in text or "number of persons not known" in text


def test_people_are_counted_in_two_touches_and_the_nearest_port_is_asked_for_anew(look):
    page = look()
    ask_nearest(page)
    page.locator("#persons").click()
    page.get_by_role("button", name="31–40").click()
    page.locator("#panel").wait_for(state="hidden")
    page.locator("#persons").get_by_text("31–40").wait_for()
    # It is asked anew by itself.
    page.locator("#answer-old").wait_for(state="hidden")
    page.locator("#nearest:not([aria-busy])").wait_for()
    page.locator("#say").click()
    page.locator("#panel").get_by_text("at least three one, at most four zero persons on board").first.wait_for()


def test_who_is_still_in_the_water_is_told_in_two_touches(look, ship):
    page = look()
    ask_nearest(page)
    page.locator("#chart-note").get_by_text("all persons recovered?").wait_for()
    everybody = page.get_by_role("button", name="ALL RECOVERED")
    water = page.get_by_role("button", name="IN THE WATER people still are")
    page.locator("#persons").click()
    water.click()
    page.locator("#persons-sub").get_by_text("not known · in the water").wait_for()
    assert ship.terminal.persons.in_water is True
    # It is asked anew by itself, as the panel stands.
    page.locator("#chart-note").get_by_text("Rescue not complete").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#answer-old").is_hidden()
    page.locator("#say").click()
    page.locator("#panel").get_by_text("INFORMATION: persons in the water.").wait_for()
    page.keyboard.press("Escape")

    # Once all are aboard as many are recovered as there are, whichever is told first.
    page.locator("#persons").click()
    everybody.click()
    page.get_by_role("button", name="31–40").click()
    page.locator("#persons-sub").get_by_text("31–40 · all").wait_for()
    assert (ship.terminal.persons.in_water, ship.terminal.persons.recovered) == (False, 40)
    page.locator("#persons").click()
    page.get_by_role("button", name="11–20").click()
    page.locator("#persons-sub").get_by_text("11–20 · all").wait_for()
    assert ship.terminal.persons.recovered == 20
    page.locator("#answer-old").wait_for(state="hidden")
    page.locator("#chart-note").get_by_text("all persons recovered?").wait_for(state="detached")
    page.locator("#report").click()
    assert "Persons in the water: nobody" in page.locator("#report-text").input_value()
    page.keyboard.press("Escape")

    # Touched again it is not known any more.
    page.locator("#persons").click()
    everybody.click()
    page.locator("#persons-sub").get_by_text("11–20", exact=True).wait_for()
    persons = ship.terminal.persons
    assert (persons.in_water, persons.recovered, persons.max) == (None, None, 20)


def test_a_position_heard_is_read_back_before_it_is_used(look):
    page = look()
    page.locator("#position").click()
    use = page.get_by_role("button", name="ASK FROM HERE")
    assert use.is_disabled()
    page.locator("#position-text").fill("50 50.0N 001 10.0E")
    page.get_by_role("button", name="READ BACK", exact=True).click()
    page.get_by_text("five zero degrees").or_(page.get_by_text("5 0 degrees")).wait_for()
    use.click()
    page.locator("#ports .port").first.wait_for()
    page.locator("#position").get_by_text("by hand").wait_for()
    # Opened again it is still there, and read back once more before it is used.
    page.locator("#position").click()
    page.wait_for_function("() => document.getElementById('position-text')?.value === '50 50.0N 001 10.0E'")
    assert use.is_disabled()
    assert "after READ BACK" in use.inner_text()


def test_a_position_that_is_none_is_refused_in_words(look):
    page = look("tablet", "day", "fr")
    page.locator("#position").click()
    page.locator("#position-text").fill("51 75N 001 10E")
    page.get_by_role("button", name="RELIRE", exact=True).click()
    page.locator("#panel .refusal").get_by_text("La latitude a 60 minutes ou plus. Vérifier les minutes").wait_for()
    page.locator("#position-text").fill("51 10 N 1 30 E merci")
    page.get_by_role("button", name="RELIRE", exact=True).click()
    page.locator("#panel .refusal").get_by_text("'merci' ne fait pas partie d'une position. Écrire").wait_for()
    assert page.get_by_role("button", name="DEMANDER D'ICI").is_disabled()


def test_an_answer_is_greyed_with_words_when_its_fix_goes_past_the_limit(look, ship):
    page = look()
    ask_nearest(page)
    assert page.locator("#answer-old").is_hidden()
    ship.ticks.go(150)
    page.locator("#answer-old").get_by_text("OLD ANSWER").wait_for()
    page.locator("#answers.is-old").wait_for()
    page.locator("#own-fix").get_by_text("DEAD RECKONING").wait_for()
    ship.ticks.go(900)
    page.get_by_text("POSITION STALE").wait_for()
    page.locator("#nearest").click()
    page.wait_for_function("() => document.getElementById('nearest').classList.contains('refused')")
    assert "is-old" in page.locator("#answers").get_attribute("class")


def test_what_is_wrong_with_position_sources_and_link_is_said_in_words(look, ship, monkeypatch):
    page = look()
    note = page.locator("#chart-note")
    ship.ticks.go(2)
    ship.hear(OFF_FOLKESTONE[0] + 0.5, OFF_FOLKESTONE[1])
    note.get_by_text("30.0 nm away that this vessel cannot have reached").wait_for()
    note.get_by_text("tcp-1: no connection").wait_for()
    page.locator("#own-fix").get_by_text("POSITION IN DOUBT").wait_for()
    for _ in range(5):
        ship.follower.receive("tcp-1", b"\xff\xfe garbage on the wire")
    ship.ticks.go(15)
    # As where somebody listens on the other end, whom nobody has to look for again and again.
    (wire,) = ship.follower.status_documents()
    assert wire["dropped"] == 5
    monkeypatch.setattr(ship.follower, "status_documents", lambda: [{**wire, "state": "silent"}])
    note.get_by_text("tcp-1: sentences come, none of them is usable").wait_for()
    ship.terminal.courier.why = "key_shared"
    note.get_by_text("two terminals use one key").wait_for()
    assert_accessible(page)


def test_an_answer_is_old_once_the_ship_has_moved_a_mile(look, ship):
    page = look()
    ask_nearest(page)
    ship.ticks.go(270)
    ship.hear(OFF_FOLKESTONE[0] + 1.2 / 60, OFF_FOLKESTONE[1], sog_kn=16.0, cog_deg=0.0)
    page.get_by_text("own ship has moved").wait_for()


def test_a_process_that_is_gone_is_said_and_nothing_looks_new(look, ship):
    page = look()
    ask_nearest(page)
    page.route("**/terminal/v1/**", lambda route: route.abort())
    ship.app.state.leaving.has_begun = True
    page.locator("#link.gone").get_by_text("NOT ANSWERING").wait_for()
    page.locator("#answer-old").get_by_text("does not answer").wait_for()


def test_what_the_chart_shows_is_in_a_list(look):
    page = look()
    ask_nearest(page)
    page.locator("#screen").click()
    page.locator("#chart-list").click()
    entry = page.locator("#panel .card")
    entry.get_by_role("heading", name="Own ship", exact=True).wait_for()
    entry.get_by_text("Vessels around by AIS").first.wait_for()
    text = entry.inner_text()
    for part in ("Dover", "Banks within", "Traffic lanes within", "south-west lane", "Vessels around by AIS"):
        assert part in text


def test_the_keyboard_reaches_nearest_and_the_ports(look):
    page = look("desk")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "nearest"
    page.keyboard.press("Enter")
    page.locator("#ports .port").filter(has_text="Dover").first.wait_for()
    page.keyboard.press("Tab")
    assert "Dover" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.locator("#panel blockquote").first.wait_for()


def test_language_and_palette_change_without_a_reload(look):
    page = look()
    ask_nearest(page)
    page.locator("#screen").click()
    page.get_by_role("button", name="NIGHT", exact=True).click()
    assert page.evaluate("document.documentElement.dataset.palette") == "night"
    page.locator("#language").click()
    page.get_by_text("LE PLUS PROCHE").wait_for(state="attached")
    page.locator('html[lang="fr"]').wait_for()
    page.locator("#dimmer-range").fill("60")
    assert page.evaluate("getComputedStyle(document.getElementById('dimmer')).opacity") == "0.6"


def test_a_route_goes_out_on_a_press_and_a_refusal_is_said(look):
    page = look()
    ask_nearest(page)
    page.locator("#ports .port").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="GPX FILE").click()
    assert download.value.suggested_filename == "safeport-dover.gpx"
    assert "<rtept" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="TO PLOTTER").click()
    page.locator("#panel .refusal").get_by_text("plotter").wait_for()


def test_a_report_is_drafted_and_queued_on_a_press(look):
    page = look()
    ask_nearest(page)
    page.locator("#report").click()
    page.wait_for_function("() => document.querySelector('#report-text')?.value.includes('Port advised: Dover')")
    # All of it is seen without a scroll.
    assert page.evaluate("(e => e.scrollHeight <= e.clientHeight)(document.getElementById('report-text'))")
    page.get_by_role("button", name="REPORT ONLY").click()
    page.get_by_text("Queued as number 1").wait_for()


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("size", ["tablet", "desk"])
def test_nothing_that_bears_on_the_port_is_cut_off(look, size, lang):
    """What nobody knows of any port, and the depth of water at one."""
    page = look(size=size, lang=lang)
    ask_nearest(page)
    is_whole = "(e) => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth"
    assert (
        page.locator("#nearest-all").inner_text().rstrip(".").endswith({"en": "in the open", "fr": "sans abri"}[lang])
    )
    assert page.locator("#nearest-all").evaluate(is_whole)
    assert page.locator("#nearest").evaluate(is_whole)
    for k in range(3):
        # The card stands where the list was.
        page.evaluate(f"() => document.querySelectorAll('#ports .port')[{k}].click()")
        line = page.locator("#port-top .why")
        line.wait_for()
        assert line.evaluate(is_whole), line.inner_text()
        assert page.locator("#port-top").evaluate(is_whole)


def test_a_new_encounter_says_of_the_people_what_was_entered_and_no_more(look, ship):
    page = look()
    text = "() => document.querySelector('#report-text')?.value.includes('Medical state: {}')"
    assert page.locator("#med-sub").inner_text() == "not known"
    page.locator("#report").click()
    page.wait_for_function(text.format("not known"))
    page.get_by_role("button", name="NEW ENCOUNTER").click()
    page.get_by_text("Queued as number 1").wait_for()
    page.locator("#persons").click()
    page.get_by_role("button", name="21–30").click()
    page.locator("#med").click()
    page.get_by_role("button", name="critical", exact=True).click()
    page.locator("#ports .port").first.wait_for()
    page.locator("#report").click()
    page.wait_for_function(text.format("critical"))
    page.get_by_role("button", name="NEW ENCOUNTER").click()
    page.locator("#panel").get_by_text(re.compile("Queued as number [2-9]")).wait_for()
    sent = [entry for entry in ship.terminal.courier.outbox.entries() if entry.kind == "encounter"]
    told = [{name: entry.message.body.get(name) for name in ("medical", "vessel", "persons")} for entry in sent]
    assert told == [
        {"medical": "critical", "vessel": {"profile": "rnli-severn"}, "persons": {"min": 21, "max": 30}},
        {"medical": None, "vessel": None, "persons": {"min": None, "max": None}},
    ]


@pytest.mark.parametrize(
    ("lang", "empty", "other", "first"),
    [
        ("en", "Write a position first", "it is for another position", "write latitude first"),
        ("fr", "Écrire d'abord une position", "pour une autre position", "écrire la latitude d'abord"),
    ],
)
def test_a_position_refused_says_what_to_write_and_blames_nothing_else(look, lang, empty, other, first):
    page = look(lang=lang)
    ask_nearest(page)
    page.locator("#position").click()
    read, use = page.locator("#panel .row button").nth(0), page.locator("#panel .row button").nth(1)
    read.click()
    page.locator("#panel .spoken").get_by_text(empty).wait_for()
    assert use.is_disabled()
    page.locator("#position-text").fill("01 30.0N 051 00.0E")
    read.click()
    page.wait_for_function("() => !document.querySelectorAll('#panel .row button')[1].disabled")
    use.click()
    page.locator("#nearest-sub").get_by_text(first).wait_for()
    old = page.locator("#answer-old").inner_text()
    assert other in old.lower()
    assert "medical" not in old.lower()


def test_two_courses_of_action_stand_side_by_side(look):
    page = look()
    page.locator("#retask").click()
    page.locator("#retask-text").fill("51 10.0N 001 40.0E")
    page.get_by_role("button", name="COMPARE").click()
    page.locator(".courses .card").nth(1).wait_for()
    text = page.locator(".courses").inner_text()
    assert "LAND FIRST" in text
    assert "CASUALTY FIRST" in text
    assert len(re.findall(r"at the casualty in \d+ min", text)) == 2
    assert text.count("time aboard not known") == 2
    assert_nothing_hangs_out(page)
    assert_accessible(page)
    # Since when people are aboard is said in one touch, and the position is still there.
    page.locator("#retask").click()
    page.locator("#retask").click()
    assert page.locator("#retask-text").input_value() == "51 10.0N 001 40.0E"
    page.get_by_role("button", name="1 h AGO").click()
    page.get_by_text("People aboard since: 13:30 UTC").wait_for()
    page.get_by_role("button", name="COMPARE").click()
    page.locator(".courses .card").filter(has_text="h aboard").nth(1).wait_for()
    hours = [float(hour) for hour in re.findall(r"([\d.]+) h aboard", page.locator(".courses").inner_text())]
    assert len(hours) == 2
    assert 1.0 < hours[0] < hours[1]


def test_her_name_is_kept_and_spoken(look):
    page = look()
    ask_nearest(page)
    page.locator("#vessel").click()
    page.locator("#panel .tiles button").first.wait_for()
    page.locator("#vessel-name").fill("City of London II")
    page.get_by_role("button", name="KEEP").click()
    page.locator("#panel").wait_for(state="hidden")
    page.locator("#vessel-sub").get_by_text("City of London II").wait_for()
    page.locator("#say").click()
    page.locator("#panel").get_by_text("this is City of London II.").first.wait_for()


def test_a_critical_case_is_ranked_by_care_and_says_to_ask_for_a_helicopter(look):
    page = look()
    ask_nearest(page)
    page.locator("#med").click()
    page.get_by_role("button", name="critical").click()
    page.locator("#chart-note").get_by_text("Ask MRCC for helicopter").wait_for()
    # It is kept with the terminal, as people and vessel are, until somebody says that it is not known.
    page.reload()
    page.locator("#med-sub").get_by_text("critical").wait_for()
    ask_nearest(page)
    page.locator("#chart-note").get_by_text("Ask MRCC for helicopter").wait_for()
    page.locator("#report").click()
    page.wait_for_function("() => document.querySelector('#report-text')?.value.includes('Medical state: critical')")
    page.locator("#med").click()
    page.get_by_role("button", name="not known", exact=True).click()
    page.locator("#med-sub").get_by_text("not known").wait_for()


def route_pixels(page):
    """Pixels of the chart in the colour of the route by day."""
    taken = Image.open(io.BytesIO(page.locator("#chart").screenshot(scale="css"))).convert("RGB")
    return sum(count for count, colour in taken.getcolors(1 << 24) if colour == (220, 64, 37))


def test_zooming_keeps_own_ship_and_her_way_in_view(look):
    page = look()
    ask_nearest(page)
    page.wait_for_function("() => performance.getEntriesByName('routes-shown').length > 0")
    for _ in range(5):
        page.locator("#zoom-in").click()
    page.wait_for_function("() => document.getElementById('scale').textContent.startsWith('0.')")
    settled(page, lambda: route_pixels(page) > 100)
    # Where somebody has moved the chart away from her, it stays where it was moved to.
    box = page.locator("#chart").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 500)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 100, steps=5)
    page.mouse.up()
    page.mouse.move(box["x"] + 100, box["y"] + 500)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 100, steps=5)
    page.mouse.up()
    settled(page, lambda: route_pixels(page) == 0)
    # It is not drawn back after her either.
    page.wait_for_timeout(500)
    assert route_pixels(page) == 0
