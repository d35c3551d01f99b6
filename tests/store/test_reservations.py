"""Places held ashore: what may be done, what is refused, and what time does."""

import pytest

from api.store.commands import Actor, IdempotencyKey, Role
from api.store.encounters import ReportEncounter
from api.store.errors import HoldExpired, InvalidValue, KeyReused, NoPlaces, NotFound, RoleNeeded, WrongState
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity
from api.store.reservations import (
    HOLD_AFTER_ETA_S,
    Confirm,
    ExpireHold,
    Extend,
    Hold,
    Land,
    Override,
    Persons,
    Release,
    Transfer,
)

NOW = 1_700_000_000.0
ETA = NOW + 3_600.0
ENDS = ETA + HOLD_AFTER_ETA_S


@pytest.fixture
def dover(store, officer):
    """A port with 100 places, 20 of them for families and 5 medical."""
    store.do(ReportCapacity("dover", Places(100, 20, 5)), officer, NOW)
    return store


def hold(store, actor, persons=30, at=NOW, families=0, medical=0, **more):
    command = Hold("dover", "RNLI Severn 17-09", Persons(persons, families, medical), more.pop("eta", ETA), **more)
    return store.do(command, actor, at).document["reservation"]["reservation_id"]


def left(store, at=NOW):
    return store.port("dover", at)["places_left"]


def test_a_hold_takes_places_of_its_kinds_and_no_others(dover, controller):
    hold(dover, controller, 30, families=10, medical=2)
    assert left(dover) == {"total": 70, "families": 10, "medical": 3}


@pytest.mark.parametrize(
    ("wanted", "field"),
    [(Persons(101), "total"), (Persons(50, 21, 0), "families"), (Persons(50, 0, 6), "medical")],
)
def test_no_more_is_held_than_there_is_of_any_kind(dover, controller, wanted, field):
    with pytest.raises(NoPlaces) as refused:
        dover.do(Hold("dover", "Severn", wanted, ETA), controller, NOW)
    assert field in refused.value.field
    assert left(dover) == {"total": 100, "families": 20, "medical": 5}


def test_the_last_place_can_be_held_and_no_further_one(dover, controller):
    hold(dover, controller, 100)
    with pytest.raises(NoPlaces):
        hold(dover, controller, 1)


def test_what_is_occupied_cannot_be_held(store, controller, officer):
    store.do(ReportCapacity("dover", Places(100), Persons(95)), officer, NOW)
    with pytest.raises(NoPlaces):
        hold(store, controller, 6)
    hold(store, controller, 5)


def test_places_nobody_reported_are_unknown_and_not_there(store, controller, officer):
    with pytest.raises(NoPlaces):
        hold(store, controller, 1)
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    with pytest.raises(NoPlaces):
        hold(store, controller, 10, medical=1)
    hold(store, controller, 10)


def test_a_controller_may_hold_what_is_not_there_and_everybody_sees_why(dover, controller):
    why = Override("LIFE_BEFORE_COMFORT", "tents are on their way")
    reservation = hold(dover, controller, 130, override=why)
    shown = dover.reservation(reservation, NOW)
    assert shown["override"] == {"code": "LIFE_BEFORE_COMFORT", "text": "tents are on their way"}
    assert left(dover)["total"] == -30
    assert dover.handover(NOW)["held_against_shortage"][0]["reservation_id"] == reservation
    found = check(dover.database)
    assert found.problems == ()
    assert "30 more held" in found.notices[0]


def test_an_override_that_was_not_needed_is_not_shown_as_one(dover, controller):
    reservation = hold(dover, controller, 10, override=Override("JUST_IN_CASE", "to be sure"))
    assert dover.reservation(reservation, NOW)["override"] is None


@pytest.mark.parametrize("why", [Override("", "x"), Override("CODE", " "), Override("small", "x")])
def test_an_override_needs_a_reason(dover, controller, why):
    with pytest.raises(InvalidValue):
        hold(dover, controller, 130, override=why)


def test_a_crew_cannot_override(dover, master):
    with pytest.raises(RoleNeeded):
        hold(dover, master, 130, override=Override("LIFE_BEFORE_COMFORT", "x"))


def test_a_hold_ends_half_an_hour_after_its_arrival_without_any_sweeper(dover, controller):
    reservation = hold(dover, controller, 100)
    assert left(dover, ENDS - 0.001)["total"] == 0
    assert left(dover, ENDS)["total"] == 100
    assert dover.reservation(reservation, ENDS)["state"] == "expired"
    hold(dover, controller, 100, at=ENDS, eta=ENDS + 60)


@pytest.mark.parametrize("command", [Confirm, lambda name: Extend(name, ENDS + 60), lambda name: Transfer(name, "B")])
def test_what_ran_out_cannot_be_used_any_more(dover, controller, command):
    reservation = hold(dover, controller)
    with pytest.raises(HoldExpired):
        dover.do(command(reservation), controller, ENDS)


def test_a_clock_that_steps_back_does_not_bring_a_hold_to_life(dover, controller):
    early = hold(dover, controller, 100)
    hold(dover, controller, 100, at=ENDS, eta=ENDS + 3_600)
    with pytest.raises(HoldExpired):
        dover.do(Confirm(early), controller, NOW)
    assert left(dover, NOW)["total"] == 0


def test_recorded_time_never_goes_back_and_the_clock_is_kept_beside_it(dover, controller):
    hold(dover, controller, at=NOW + 100)
    hold(dover, controller, at=NOW - 5_000)
    rows = dover.audit()
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert '"clock_at":"2023-11-14T20:50:00.000Z"' in rows[-1]["payload"]
    assert "clock_at" not in rows[-2]["payload"]


def test_sweeping_marks_what_ran_out_once(dover, controller):
    first, second = hold(dover, controller), hold(dover, controller, eta=ETA + 7_200)
    system = Actor(Role.SYSTEM, "sweeper")
    before = dover.do(ExpireHold(), system, ENDS - 1)
    assert (before.sequence, before.document) == (0, {"reservations": []})
    swept = dover.do(ExpireHold(), system, ENDS)
    assert [reservation["reservation_id"] for reservation in swept.document["reservations"]] == [first]
    assert dover.events(0)[-1].kind == "reservation.expired"
    assert dover.do(ExpireHold(), system, ENDS + 1).sequence == 0
    assert dover.reservation(second, ENDS)["state"] == "held"


def test_of_several_that_ran_out_each_is_marked_and_told_by_itself(dover, controller):
    later, sooner = hold(dover, controller, eta=ETA + 60), hold(dover, controller)
    system = Actor(Role.SYSTEM, "sweeper")
    marked = [dover.do(ExpireHold(), system, ENDS + 120).document["reservations"] for _ in range(3)]
    assert [[entry["reservation_id"] for entry in item] for item in marked] == [[sooner], [later], []]
    assert [event.subject for event in dover.events(0)[-2:]] == [sooner, later]


def test_a_confirmed_reservation_does_not_run_out_but_is_shown_as_overdue(dover, controller, officer):
    reservation = hold(dover, controller, 60)
    dover.do(Confirm(reservation), officer, NOW)
    shown = dover.reservation(reservation, ENDS + 1)
    assert (shown["state"], shown["overdue"]) == ("confirmed", True)
    assert left(dover, ENDS + 1)["total"] == 40
    assert dover.handover(ENDS + 1)["overdue"] == [reservation]


def test_confirming_twice_is_refused(dover, controller):
    reservation = hold(dover, controller)
    dover.do(Confirm(reservation), controller, NOW)
    with pytest.raises(WrongState):
        dover.do(Confirm(reservation), controller, NOW)


def test_extending_moves_the_end_further_and_never_closer(dover, controller):
    reservation = hold(dover, controller)
    dover.do(Extend(reservation, ETA + 600), controller, NOW)
    assert dover.reservation(reservation, ENDS + 599)["state"] == "held"
    with pytest.raises(InvalidValue):
        dover.do(Extend(reservation, ETA), controller, NOW)


def test_releasing_gives_places_back_once(dover, controller):
    reservation = hold(dover, controller, 30)
    dover.do(Release(reservation, "diverted to Ramsgate"), controller, NOW)
    assert left(dover)["total"] == 100
    with pytest.raises(WrongState):
        dover.do(Release(reservation, "again"), controller, NOW)
    assert left(dover)["total"] == 100


def test_landing_in_parts_moves_people_from_held_to_occupied(dover, controller, officer):
    reservation = hold(dover, controller, 30, families=10)
    dover.do(Land(reservation, Persons(12, 4)), officer, ETA)
    port = dover.port("dover", ETA)
    assert port["capacity"]["occupied"] == {"total": 12, "families": 4, "medical": 0}
    assert port["places_left"] == {"total": 70, "families": 10, "medical": 5}
    assert dover.reservation(reservation, ETA)["state"] == "held"
    dover.do(Land(reservation, Persons(18, 6)), officer, ETA)
    assert dover.reservation(reservation, ETA)["state"] == "landed"
    assert dover.port("dover", ETA)["places_left"] == {"total": 70, "families": 10, "medical": 5}
    assert check(dover.database).problems == ()


def test_more_may_land_than_were_expected(dover, controller, officer):
    reservation = hold(dover, controller, 30)
    dover.do(Land(reservation, Persons(33)), officer, ETA)
    assert left(dover, ETA)["total"] == 67


def test_people_who_arrive_after_their_hold_ran_out_are_landed(dover, controller, officer):
    late, other = hold(dover, controller, 60), None
    other = hold(dover, controller, 100, at=ENDS, eta=ENDS + 60)
    dover.do(Land(late, Persons(20)), officer, ENDS + 1)
    assert dover.reservation(late, ENDS + 1)["state"] == "expired"
    # The forty still at sea have no places any more; those ashore are counted, over what there is.
    assert left(dover, ENDS + 1)["total"] == -20
    dover.do(Land(late, Persons(40)), officer, ENDS + 2)
    assert dover.reservation(late, ENDS + 2)["state"] == "landed"
    assert dover.reservation(other, ENDS + 2)["state"] == "held"


def test_a_count_made_before_people_landed_does_not_undo_their_landing(dover, controller, officer):
    reservation = hold(dover, controller, 30)
    dover.do(Land(reservation, Persons(30)), officer, ETA)
    with pytest.raises(ValueError, match="earlier"):
        dover.do(ReportCapacity("dover", Places(100), reported_s=ETA - 60), officer, ETA + 10)
    assert left(dover, ETA + 10)["total"] == 70


def test_all_people_go_over_to_another_vessel_with_their_places(dover, controller):
    reservation = hold(dover, controller, 30)
    dover.do(Transfer(reservation, "BF Ranger"), controller, NOW)
    assert dover.reservation(reservation, NOW)["vessel"] == "BF Ranger"
    assert left(dover)["total"] == 70


def test_some_people_go_over_and_the_sum_stays_the_same(dover, controller):
    reservation = hold(dover, controller, 30, families=10)
    answer = dover.do(Transfer(reservation, "BF Ranger", Persons(10, 3), ETA + 1_200), controller, NOW).document
    assert answer["from"]["persons"] == {"total": 20, "families": 7, "medical": 0}
    assert answer["reservation"]["persons"] == {"total": 10, "families": 3, "medical": 0}
    assert answer["reservation"]["split_from"] == reservation
    assert left(dover) == {"total": 70, "families": 10, "medical": 5}
    assert check(dover.database).problems == ()


def test_the_rest_can_go_over_after_some_have_landed(dover, controller, officer):
    reservation = hold(dover, controller, 30)
    dover.do(Land(reservation, Persons(25)), officer, ETA)
    answer = dover.do(Transfer(reservation, "VCSM Scarpe"), controller, ETA).document
    assert answer["reservation"]["persons"]["total"] == 5
    assert answer["from"]["state"] == "landed"
    assert left(dover, ETA)["total"] == 70


@pytest.mark.parametrize("persons", [Persons(31), Persons(30, 11), Persons(25, 0)])
def test_nobody_goes_over_who_is_not_there(dover, controller, persons):
    reservation = hold(dover, controller, 30, families=10)
    with pytest.raises(InvalidValue):
        dover.do(Transfer(reservation, "BF Ranger", persons), controller, NOW)


def test_a_port_may_report_fewer_places_than_are_held(dover, controller, officer):
    hold(dover, controller, 80)
    dover.do(ReportCapacity("dover", Places(50)), officer, NOW)
    assert left(dover)["total"] == -30
    found = check(dover.database)
    assert found.problems == ()
    assert "dover" in found.notices[0]


@pytest.mark.parametrize(
    ("persons", "eta"),
    [
        (Persons(0), ETA), (Persons(-1), ETA), (Persons(5, 3, 3), ETA), (Persons(2, 3), ETA), (Persons(10**9), ETA),
        (Persons(5), NOW - HOLD_AFTER_ETA_S), (Persons(5), NOW + 48 * 3_600), (Persons(5), float("nan")),
        (Persons(True), ETA), (Persons(5), float("inf")), (Persons(5), -1.0),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(dover, controller, persons, eta):
    with pytest.raises(InvalidValue):
        dover.do(Hold("dover", "Severn", persons, eta), controller, NOW)
    assert dover.newest_event() == 1


def test_a_hold_for_an_encounter_names_one_that_was_reported(dover, controller):
    with pytest.raises(NotFound):
        hold(dover, controller, encounter_id="e-99")
    encounter = dover.do(ReportEncounter("phone", 1.4, 51.0, NOW), controller, NOW).document["encounter_id"]
    assert dover.reservation(hold(dover, controller, encounter_id=encounter), NOW)["encounter_id"] == encounter


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM, Role.PORT_OFFICER])
def test_who_may_not_hold(dover, role):
    with pytest.raises(RoleNeeded):
        hold(dover, Actor(role, "somebody"), 1)


def test_a_repeat_gives_the_same_bytes_and_changes_nothing(dover, controller):
    once = IdempotencyKey("key-1", "mrcc-dover", b'{"port":"dover"}')
    command = Hold("dover", "Severn", Persons(30), ETA)
    first = dover.do(command, controller, NOW, once)
    dover.do(Hold("dover", "Other", Persons(5), ETA), controller, NOW)
    again = dover.do(command, controller, NOW + 500, once)
    assert again.body == first.body
    assert (first.repeated, again.repeated) == (False, True)
    assert left(dover)["total"] == 65
    assert dover.newest_event() == 3


def test_a_key_with_another_body_is_refused(dover, controller):
    dover.do(Hold("dover", "Severn", Persons(30), ETA), controller, NOW, IdempotencyKey("key-1", "mrcc-dover", b"a"))
    with pytest.raises(KeyReused):
        dover.do(
            Hold("dover", "Severn", Persons(31), ETA), controller, NOW, IdempotencyKey("key-1", "mrcc-dover", b"b")
        )
    assert left(dover)["total"] == 70


def test_two_principals_may_choose_the_same_key(dover, controller):
    for principal in ("mrcc-dover", "cross-gris-nez"):
        dover.do(Hold("dover", "Severn", Persons(30), ETA), controller, NOW, IdempotencyKey("key-1", principal, b"a"))
    assert left(dover)["total"] == 40


def test_a_refusal_is_not_kept_so_that_the_same_request_may_succeed_later(dover, controller):
    blocking = hold(dover, controller, 100)
    once = IdempotencyKey("key-2", "mrcc-dover", b"a")
    with pytest.raises(NoPlaces):
        dover.do(Hold("dover", "Severn", Persons(30), ETA), controller, NOW, once)
    dover.do(Release(blocking, "not needed"), controller, NOW)
    assert not dover.do(Hold("dover", "Severn", Persons(30), ETA), controller, NOW, once).repeated
    assert dover.do(Hold("dover", "Severn", Persons(30), ETA), controller, NOW, once).repeated


@pytest.mark.parametrize(
    "command", [Confirm("r-77"), Extend("r-77", ETA), Release("r-77", ""), Land("r-77", Persons(1))]
)
def test_what_does_not_exist_is_said_to_be_missing(dover, controller, command):
    with pytest.raises(NotFound):
        dover.do(command, controller, NOW)


def test_every_change_has_one_audit_row_and_one_event(dover, controller, officer):
    reservation = hold(dover, controller)
    dover.do(Confirm(reservation), officer, NOW)
    dover.do(Extend(reservation, ETA + 60), controller, NOW)
    dover.do(Land(reservation, Persons(10)), officer, ETA)
    dover.do(Transfer(reservation, "B", Persons(5)), controller, ETA)
    dover.do(Release(reservation, ""), controller, ETA)
    rows, events = dover.audit(), dover.events(0)
    kinds = ["port.capacity"] + [f"reservation.{item}" for item in (
        "held", "confirmed", "extended", "landed", "transferred", "released")]  # fmt: skip
    assert [row["kind"] for row in rows] == kinds
    assert [(event.sequence, event.kind) for event in events] == list(enumerate(kinds, start=1))
    assert dover.events(3)[0].kind == "reservation.extended"
