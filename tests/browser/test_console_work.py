"""The console in a real browser: what a controller does, from a call to the hand-over of the shift."""

import json
import re
import time

import pytest

from tests.browser.console import badge, in_minutes, pick
from tests.browser.watch import settled

pytestmark = pytest.mark.browser


def test_a_call_becomes_an_encounter_once_its_position_was_read_back(room):
    room.expects = {"422"}
    page = room.workspace()
    page.keyboard.press("n")
    submit = page.locator("dialog button[type=submit]")
    assert submit.is_disabled()
    essay = "They say they are somewhere off the white cliffs. " * 20
    page.locator("#field-text").fill(essay)
    page.locator("#field-text_position").fill(essay)
    page.locator("#read-back").click()
    page.locator(".read-back.wrong").get_by_text("Shorten it here").wait_for()
    page.locator("#field-text_position").fill("51 75N 001 15E")
    page.locator("#read-back").click()
    page.locator(".read-back.wrong").wait_for()
    assert submit.is_disabled()
    page.locator("#field-text_position").fill("51 03.0N 001 15.0E")
    page.locator("#read-back").click()
    page.get_by_text("5 1 degrees").wait_for()
    page.locator("#field-max").fill("thirty")
    submit.click()
    page.get_by_text("People, at most: this is not a whole number").wait_for()
    assert page.locator("#field-text").input_value() == essay
    page.locator("#field-max").fill("32")
    # A pasted essay is never cut off unseen.
    page.locator("#field-text").fill(essay * 5)
    submit.click()
    page.locator("dialog .refusal").get_by_text("Shorten it here").wait_for()
    assert page.locator("#field-text").input_value() == essay * 5
    page.locator("#field-text").fill(essay)
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


def test_a_number_that_cannot_be_read_is_refused_and_never_left_out(room):
    page = room.workspace()
    page.keyboard.press("n")
    page.locator("#field-text_position").fill("51 03.0N 001 15.0E")
    page.locator("#read-back").click()
    page.get_by_text("5 1 degrees").wait_for()
    submit = page.locator("dialog button[type=submit]")
    wrong = "this is not one number"
    for typed, told in (("x", wrong), ("0,5 M", wrong), ("1,000", wrong), ("-5", "a number below zero")):
        page.locator("#field-uncertainty").fill(typed)
        submit.click()
        page.locator("dialog .refusal").get_by_text(f"Good to [m]: {told}").wait_for()
        page.locator("#field-uncertainty").fill("")
        page.evaluate("document.querySelector('dialog .refusal').hidden = true")
    assert room.send("GET", "/v1/encounters")["encounters"] == []
    page.locator("#field-uncertainty").fill("1 000 m")
    submit.click()
    page.locator("dialog").wait_for(state="hidden")
    assert room.send("GET", "/v1/encounters")["encounters"][0]["latest"]["uncertainty_m"] == 1000.0


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ["ago: 1440 at most", "Good to [m]: a number below zero", "least: 9 is more than the 8", "far: 12 is"]),
        ("fr", ["(minutes) : 1440 au plus", "[m] : un nombre négatif", "moins : 9 dépasse", "récupérées : 12 dépasse"]),
    ],
)
def test_all_that_will_not_do_is_told_at_once_and_above_the_buttons(room, lang, told):
    page = room.workspace("laptop", lang=lang)
    page.keyboard.press("n")
    page.locator("#field-text_position").fill("51 03.0N 001 15.0E")
    page.locator("#read-back").click()
    page.locator("dialog button[type=submit]:not([disabled])").wait_for()
    for name, typed in (("age", "1441"), ("uncertainty", "-5"), ("min", "9"), ("max", "8"), ("recovered", "12")):
        page.locator(f"#field-{name}").fill(typed)
    submit = page.locator("dialog button[type=submit]")
    submit.click()
    refusal = page.locator("dialog .refusal")
    refusal.locator("p").nth(4).wait_for()
    lines = [line.replace("\u00a0", " ") for line in refusal.locator("p").all_inner_texts()]
    assert len(lines) == 5
    assert all(words in line for words, line in zip(told, lines, strict=False)), lines
    kept, buttons = refusal.locator("p").last.bounding_box(), submit.bounding_box()
    assert kept["y"] + kept["height"] <= buttons["y"]
    assert buttons["y"] + buttons["height"] <= 768
    assert room.send("GET", "/v1/encounters")["encounters"] == []
    # A day is not too long ago.
    for name, typed in (("age", "1440"), ("uncertainty", ""), ("min", "8"), ("recovered", "8")):
        page.locator(f"#field-{name}").fill(typed)
    submit.click()
    page.locator("dialog").wait_for(state="hidden")
    # When she was seen is shown with its day.
    seen = room.send("GET", "/v1/encounters")["encounters"][0]["latest"]["observed_at"]
    page.locator("#decision .reports").get_by_text(f"{seen[:10]} {seen[11:16]}").wait_for()


def test_a_hold_refused_for_want_of_places_blames_nobody_and_names_the_field(room):
    room.expects = {"409", "422"}
    page = room.workspace(lang="fr")
    encounter_id = room.report()
    room.places("dover", 120, occupied={"total": 61})
    pick(page, encounter_id)
    page.locator('[data-do="hold"]').click()
    page.locator("#field-total").fill("500")
    page.locator("#field-vessel").fill("SYNTHETIC")
    page.locator("dialog button[type=submit]").click()
    refusal = page.locator("dialog .refusal")
    refusal.get_by_text("59 libres sur 120, 0 réservées").wait_for()
    told = refusal.inner_text()
    assert "plus rapide" not in told
    assert "…" not in told
    assert "persons" not in told
    label = page.locator('label[for="field-total"]').inner_text().split(" ·")[0]
    assert f"{label} : demandent 500 places" in told.replace("\u00a0", " ")


def test_a_vessel_is_chosen_and_shown_by_the_name_of_her_type(room):
    page = room.workspace()
    page.keyboard.press("n")
    page.locator("#field-text_position").fill("51 03.0N 001 15.0E")
    page.locator("#read-back").click()
    page.get_by_text("5 1 degrees").wait_for()
    offered = page.locator("#field-vessel option").all_inner_texts()[1:]
    assert offered == sorted(offered, key=str.casefold)
    page.locator("#field-vessel").select_option(label="RNLI Severn class lifeboat")
    page.locator("#field-way").select_option("no")
    page.locator("dialog button[type=submit]").click()
    page.locator("dialog").wait_for(state="hidden")
    page.locator("#encounter-rows .vessel").get_by_text("RNLI Severn class lifeboat").wait_for()
    page.locator("#decision .reports").get_by_text("adrift").wait_for()
    (made,) = room.send("GET", "/v1/encounters")["encounters"]
    assert (made["on_scene"]["vessel"], made["latest"]["making_way"]) == ({"profile": "rnli-severn"}, False)
    page.locator("#language").click()
    page.locator("#encounter-rows .vessel").get_by_text("canot RNLI classe Severn").wait_for()
    pick(page, made["encounter_id"])
    page.keyboard.press("b")
    assert page.locator("#field-vessel").input_value() == "canot RNLI classe Severn"


def test_a_report_that_says_nothing_of_a_vessel_names_none(room):
    page = room.workspace()
    encounter_id = room.report(vessel={})
    page.locator(f'[data-row="{encounter_id}"] .vessel').get_by_text("no vessel yet").wait_for()


def test_the_record_has_what_was_said_and_why(room):
    page = room.workspace()
    room.places("dover", 60)
    encounter_id = room.report(text="grey, engine stopped", making_way=False, uncertainty_m=200)
    direction = {"centre": "DOVER", "code": "NEAREST_FIT", "text": "told on VHF 16", "port_id": "dover"}
    room.send("POST", f"/v1/encounters/{encounter_id}/direction", direction)
    hold = {"port_id": "dover", "vessel": "RNLI 17-44", "persons": {"total": 30}, "eta_at": in_minutes(25)}
    held = room.send("POST", "/v1/reservations", hold | {"encounter_id": encounter_id})["reservation"]
    room.send("POST", f"/v1/reservations/{held['reservation_id']}/release", {"reason": "engine failed"})
    pick(page, encounter_id)
    page.keyboard.press("t")
    page.locator("#sheet .timeline li").nth(3).wait_for()
    told = page.locator("#sheet .timeline").inner_text()
    for words in ("51°05.4′N 001°24.0′E ± 200 m", "adrift", "grey, engine stopped", "told on VHF 16", "engine failed"):
        assert told.count(words) == 1, told


def test_the_record_is_in_the_language_of_the_desk(room):
    page = room.workspace(lang="fr")
    encounter_id = room.report(vessel={"draught_m": 1.2})
    pick(page, encounter_id)
    direction = {"centre": "CROSS", "code": "LOCAL_KNOWLEDGE", "text": "", "port_id": "calais"}
    room.send("POST", f"/v1/encounters/{encounter_id}/direction", direction)
    page.locator("#decision .directed").get_by_text("motif connaissance locale").wait_for()
    assert page.locator(f'[data-row="{encounter_id}"] .vessel').inner_text() == "navire par ses chiffres"
    page.keyboard.press("t")
    page.locator("#sheet .timeline li").first.wait_for()
    told = page.locator("#sheet .timeline").inner_text()
    assert "contrôleur · " in told
    assert "controller" not in told


def test_a_port_with_more_people_than_places_is_full_and_by_how_many(room):
    page = room.workspace()
    room.report()
    room.places("calais", 200, occupied={"total": 300})
    page.locator('[data-row="calais"]').get_by_text("full, 100 too many").wait_for()
    assert "-100" not in page.locator("body").inner_text()


def test_what_the_service_refuses_is_told_in_french(room):
    room.expects = {"422"}
    page = room.workspace(lang="fr")
    page.keyboard.press("n")
    page.locator("#field-text_position").fill("51 75N 001 15E")
    page.locator("#read-back").click()
    page.locator(".read-back.wrong").get_by_text("La latitude a 60 minutes ou plus. Vérifier les minutes").wait_for()
    page.locator("#field-text_position").fill("quelque part")
    page.locator("#read-back").click()
    page.locator(".read-back.wrong").get_by_text("ne fait pas partie d'une position").wait_for()


def test_a_key_counts_at_once_after_a_form_was_closed(room):
    """The field keeps the focus until the next frame, which a busy machine draws late."""
    page = room.workspace()
    page.keyboard.press("n")
    page.locator("#field-in_water").focus()
    event = "new KeyboardEvent('keydown', {key: '?', bubbles: true, cancelable: true})"
    press = f"() => document.activeElement.dispatchEvent({event})"
    page.evaluate(press)
    assert page.locator("#sheet").is_hidden()
    page.evaluate("document.querySelector('dialog').close(); (" + press + ")()")
    page.locator("#sheet").wait_for()


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
    compared = page.locator("#sheet").inner_text()
    for words in ("aircraft", " m away, drift envelope ", " s ago", "RNLI Severn class lifeboat"):
        assert words in compared
    assert page.locator("#sheet button").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#encounter-rows tr").count() == 2
    assert {row["encounter_id"] for row in room.send("GET", "/v1/encounters")["encounters"]} == {first, second}


def test_a_port_closes_while_a_hold_there_runs_out(room):
    dover, port = room.workspace(), room.workspace("desk")
    room.places("dover", 100)
    encounter_id = room.report()
    pick(dover, encounter_id)
    dover.locator("#decision .card.first[data-card=dover]").wait_for()
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
    later = in_minutes(55)[11:16]
    page.locator('#decision [data-do="extend"]').first.click()
    page.locator("#field-eta").fill(later)
    page.locator("dialog button[type=submit]").click()
    page.locator("#decision .held").get_by_text(re.compile(f"ETA ([0-9-]+ )?{later}")).first.wait_for()
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


def test_a_joint_plan_is_accepted_boat_by_boat(room, store):
    """A mass rescue over both coasts: what one boat gives up is said, and each is accepted by itself."""
    page = room.workspace()
    room.places("dover", 40)
    room.places("calais", 60)
    room.places("ramsgate", 60)
    boats = [room.report([1.40 + 0.03 * k, 51.03], 30) for k in range(3)]
    badge(page, boats[-1], "new").wait_for()
    page.keyboard.press("p")
    page.locator(f'[data-accept="{boats[0]}"]').wait_for()
    told = page.locator("#sheet").inner_text()
    assert "Cost of the plan" in told
    assert "Who waits for whom" in told
    assert not re.search(r"\be-\d", told)
    assert re.search(r"\+\d+ min", told)
    assert store.reservations(time.time()) == []
    page.locator(f'[data-accept="{boats[0]}"]').click()
    page.locator("#sheet").get_by_text("Held").first.wait_for()
    settled(page, lambda: store.reservations(time.time()))
    held = store.reservations(time.time())
    assert [(item["encounter_id"], item["persons"]["total"]) for item in held] == [(boats[0], 30)]


def test_a_plan_without_a_place_says_what_is_assumed_and_nothing_of_proof(room):
    page = room.workspace()
    encounter_id = room.report(persons=45, vessel={})
    badge(page, encounter_id, "new").wait_for()
    page.keyboard.press("p")
    page.locator("#sheet .headline").get_by_text("no place found for any of 45 persons").wait_for()
    told = page.locator("#sheet").inner_text()
    assert "25 more than 20, which is only assumed" in told
    assert "Proven" not in told
    assert "oordination centre" not in page.locator("#sheet .headline").inner_text()


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
    page.locator("#undo-undo").click()
    page.locator('#events [data-event="reservation.released"]').wait_for()
    assert store.reservations(time.time()) == []
    page.wait_for_function("() => !document.querySelector('#decision .held')")
    page.locator('#decision [data-do="direct"]:not([disabled])').wait_for()
    # A direction may have been heard: it is corrected, and both stay.
    page.keyboard.press("d")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("#undo-correct").click()
    page.locator("#field-port").select_option("ramsgate")
    page.wait_for_function("() => document.querySelector('#field-text').value.startsWith('Corrects the direction of')")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("#decision .directed").get_by_text("RAMSGATE", exact=False).first.wait_for()
    page.locator("#undo-withdraw_direction").click()
    page.locator("#field-text").fill("she lands where she is told by Calais")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("#decision .withdrawn").get_by_text("RAMSGATE", exact=False).wait_for()
    kinds = [row["kind"] for row in store.audit() if row["kind"].startswith(("reservation", "direction"))]
    assert kinds == [
        "reservation.held", "reservation.released", "direction.recorded", "direction.recorded", "direction.withdrawn",
    ]  # fmt: skip


def test_the_shift_is_handed_over_and_the_record_exported_with_its_proofs(room, store):
    page = room.workspace()
    encounter_id = room.report(medical="critical", persons_recovered=20, persons_in_water=True)
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
    assert page.locator("#sheet table").first.locator("td").all_inner_texts()[1:6] == [
        "30",
        "20",
        "yes",
        "critical",
        "RNLI Severn class lifeboat",
    ]
    page.locator("#sign-handed").fill("day SMC")
    page.locator("#sign-taken").fill("night SMC")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("Signed as h-").wait_for()
    assert store.audit()[-1]["kind"] == "handover.signed"
    page.emulate_media(media="print")
    assert page.locator("#sheet table").first.is_visible()
    assert page.locator("header").is_hidden()
    assert page.locator(".sign").is_hidden()
