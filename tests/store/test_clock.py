"""A clock that once was 40 hours ahead: what follows, and how one command mends it."""

import pytest

from api.store.audit import CLOCK_MENDED
from api.store.clock import MendClock
from api.store.commands import Actor, Role
from api.store.directions import RecordDirection
from api.store.encounters import ReportEncounter
from api.store.errors import InvalidValue, RoleNeeded, StaleReport, WrongState
from api.store.integrity import check
from api.store.ports import Places, ReportCapacity, ReportReception, SetPortStatus
from api.store.reservations import Hold, Land, Persons
from tests.store.test_audit import tamper, walk

NOW = 1_700_000_000.0
AHEAD = 40 * 3_600.0
ADMIN = Actor(Role.ADMIN, "duty engineer")


def at(document):
    return document["reported_at"]


def mend(store, now_s, reason="time service was wrong"):
    return store.do(MendClock(reason), ADMIN, now_s).document


@pytest.fixture
def jumped(store, officer):
    """A store to which one row was written 40 hours ahead."""
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    store.do(SetPortStatus("calais", "open", ""), officer, NOW + AHEAD)
    return store


def test_without_mending_holds_are_refused_and_reports_count_as_old(jumped, officer, controller):
    """The fault this is for."""
    with pytest.raises(InvalidValue, match="eta_at"):
        jumped.do(Hold("dover", "Severn", Persons(10), NOW + 3_600), controller, NOW + 60)
    fresh = jumped.do(SetPortStatus("dover", "open", ""), officer, NOW + 60).document
    assert at(fresh["status"]) != "2023-11-14T22:14:20.000Z"
    with pytest.raises(StaleReport):
        jumped.do(SetPortStatus("calais", "closed", "fire", reported_s=NOW + 61), officer, NOW + 61)


def test_once_mended_holds_are_taken_and_reports_are_fresh(jumped, officer, controller):
    text = mend(jumped, NOW + 60)
    assert (text["at"], text["was"]) == ("2023-11-14T22:14:20.000Z", "2023-11-16T14:13:20.000Z")
    held = jumped.do(Hold("dover", "Severn", Persons(10), NOW + 3_600), controller, NOW + 61).document
    assert held["reservation"]["made_at"] == "2023-11-14T22:14:21.000Z"
    told = jumped.do(SetPortStatus("calais", "closed", "fire"), officer, NOW + 62).document
    assert at(told["status"]) == "2023-11-14T22:14:22.000Z"
    assert check(jumped.database).problems == ()
    assert jumped.verify().bad is None


def test_it_is_on_the_record_by_whom_and_why(jumped):
    mend(jumped, NOW + 60)
    row = jumped.audit()[-1]
    assert (row["kind"], row["role"], row["at"]) == (CLOCK_MENDED, "admin", "2023-11-14T22:14:20.000Z")
    assert '"duty":"duty engineer"' in row["payload"]
    assert "time service was wrong" in row["payload"]


def test_a_report_gets_the_time_the_trail_knows_and_otherwise_an_older_one(store, officer):
    store.do(SetPortStatus("dunkerque", "open", ""), officer, NOW)
    store.do(SetPortStatus("calais", "open", ""), officer, NOW + AHEAD)
    # The clock is right again, and the store's time is not: the row says both.
    store.do(ReportReception("dover", True, None), officer, NOW + 30)
    mended = {port["port_id"]: port for port in mend(store, NOW + 60)["ports"]}
    assert at(mended["calais"]["status"]) == "2023-11-14T22:13:20.000Z"
    assert at(mended["dover"]["reception"]) == "2023-11-14T22:13:50.000Z"
    assert set(mended) == {"calais", "dover"}
    assert at(store.port("calais", NOW + 60)["status"]) == at(mended["calais"]["status"])


def test_landings_counted_ahead_keep_no_later_count_out(store, officer, controller):
    store.do(ReportCapacity("dover", Places(100)), officer, NOW)
    reservation = store.do(Hold("dover", "Severn", Persons(10), NOW + 3_600), controller, NOW).document["reservation"]
    store.do(Land(reservation["reservation_id"], Persons(10)), controller, NOW + AHEAD)
    mend(store, NOW + 60)
    assert check(store.database).problems == ()
    count = ReportCapacity("dover", Places(100), reported_s=NOW + 61)
    assert at(store.do(count, officer, NOW + 61).document["capacity"]) == "2023-11-14T22:14:21.000Z"


def test_a_direction_said_ahead_gives_way_to_one_said_after(store, controller):
    told = store.do(ReportEncounter("phone", 1.4, 51.05, NOW), controller, NOW).document
    name = told["encounter_id"]
    store.do(RecordDirection(name, "CROSS", "SRR_STATE", "", "calais"), controller, NOW + AHEAD)
    mend(store, NOW + 60)
    store.do(RecordDirection(name, "CROSS", "SRR_STATE", "", "dover"), controller, NOW + 61)
    assert store.direction(name)["port_id"] == "dover"
    assert store.board().encounters[0].direction["port_id"] == "dover"


def test_a_picture_that_was_kept_is_looked_at_anew(jumped):
    kept = jumped.ports_since(None, NOW + 60)
    mend(jumped, NOW + 60)
    assert jumped.ports_since(kept, NOW + 60).snapshot.content["status"]["calais"]["reported_ms"] <= (NOW + 60) * 1000


def test_a_clock_that_is_not_ahead_is_not_mended(store, officer):
    store.do(SetPortStatus("dover", "open", ""), officer, NOW)
    with pytest.raises(WrongState, match="nothing to mend"):
        mend(store, NOW + 1)
    assert store.head().sequence == 1


@pytest.mark.parametrize("role", [Role.CONTROLLER, Role.CREW, Role.PORT_OFFICER, Role.MASTER, Role.VIEWER])
def test_only_who_keeps_the_machine_mends_it(jumped, role):
    with pytest.raises(RoleNeeded):
        jumped.do(MendClock("x"), Actor(role, "x"), NOW + 60)


def test_it_takes_a_reason(jumped):
    with pytest.raises(InvalidValue, match="reason"):
        mend(jumped, NOW + 60, " ")


def test_no_other_row_may_be_earlier_than_the_one_before(jumped):
    """Negative control: the step back is allowed to one kind of row, and that kind is hashed with it."""
    mend(jumped, NOW + 60)

    def rewrite(run):
        from api.store.audit import row_digest

        row = run("SELECT sequence, at_ms, role, payload, previous FROM audit ORDER BY sequence DESC LIMIT 1")[0]
        sequence, at_ms, role, payload, previous = row
        digest = row_digest(bytes(previous), sequence, at_ms, "port.status", role, bytes(payload))
        run("UPDATE audit SET kind = 'port.status', digest = ? WHERE sequence = ?", digest, sequence)
        assert walk(run).problem == "is earlier than the row before it"

    tamper(jumped, rewrite)
