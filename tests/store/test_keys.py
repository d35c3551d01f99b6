"""Keys in the store: made, rotated, revoked; audited without a secret; and whose a record is."""

import hashlib

import pytest

from api.store.commands import Actor, Role
from api.store.directions import RecordOverride
from api.store.encounters import CloseEncounter, ReportEncounter
from api.store.errors import InvalidValue, NotFound, RoleNeeded, WrongState
from api.store.integrity import check
from api.store.keys import CreateKey, RevokeKey, RotateKey
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.reservations import Confirm, Hold, Persons, Release, Transfer
from tests.store.old_records import record_of

NOW = 1_700_000_000.0
ADMIN = Actor(Role.ADMIN, "office", "unit:office")
SEVERN = Actor(Role.CREW, "Severn", "unit:Severn")
SHANNON = Actor(Role.CREW, "Shannon", "unit:Shannon")
FIRST, SECOND, THIRD = (hashlib.sha256(secret).digest() for secret in (b"first", b"second", b"third"))


@pytest.fixture
def made(store):
    store.do(CreateKey("k1", "Severn", Role.CREW, FIRST), ADMIN, NOW)
    return store


def test_a_key_is_kept_with_all_that_was_said_of_it(store):
    text = store.do(CreateKey("k1", "Severn", Role.CREW, FIRST, NOW + 60), ADMIN, NOW).document
    key = store.key("k1")
    assert (key.unit, key.role, key.secret_sha256, key.previous_sha256) == ("Severn", "crew", FIRST, None)
    assert (key.made_ms, key.expires_ms) == (NOW * 1000, (NOW + 60) * 1000)
    assert (key.rotated_ms, key.revoked_ms) == (None, None)
    assert text == key.document()
    assert store.keys() == [key]
    assert store.key("k2") is None
    assert check(store.database).problems == ()


def test_rotation_keeps_the_secret_before_for_the_overlap_and_no_older_one(made):
    made.do(RotateKey("k1", SECOND, 60.0), ADMIN, NOW + 10)
    key = made.key("k1")
    assert (key.secret_sha256, key.previous_sha256) == (SECOND, FIRST)
    assert (key.rotated_ms, key.previous_until_ms) == ((NOW + 10) * 1000, (NOW + 70) * 1000)
    made.do(RotateKey("k1", THIRD, 60.0), ADMIN, NOW + 20)
    assert (made.key("k1").secret_sha256, made.key("k1").previous_sha256) == (THIRD, SECOND)
    assert check(made.database).problems == ()


def test_rotation_without_overlap_ends_the_secret_before_at_once(made):
    made.do(RotateKey("k1", SECOND, 0.0), ADMIN, NOW + 10)
    assert (made.key("k1").previous_sha256, made.key("k1").previous_until_ms) == (None, None)


def test_a_key_is_revoked_once_and_for_good(made):
    first = made.do(RevokeKey("k1", "terminal stolen"), ADMIN, NOW + 10)
    again = made.do(RevokeKey("k1"), ADMIN, NOW + 20)
    assert made.key("k1").revoked_ms == (NOW + 10) * 1000
    assert (first.sequence, again.sequence) == (2, 0)
    with pytest.raises(WrongState, match="revoked"):
        made.do(RotateKey("k1", SECOND, 60.0), ADMIN, NOW + 30)


def test_an_expired_key_is_not_rotated(store):
    store.do(CreateKey("k1", "Severn", Role.CREW, FIRST, NOW + 60), ADMIN, NOW)
    with pytest.raises(WrongState, match="expired"):
        store.do(RotateKey("k1", SECOND, 60.0), ADMIN, NOW + 60)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_admin_makes_and_ends_keys(made, role):
    actor = Actor(role, "x")
    for command in (CreateKey("k2", "x", Role.ADMIN, SECOND), RotateKey("k1", SECOND, 0.0), RevokeKey("k1")):
        with pytest.raises(RoleNeeded):
            made.do(command, actor, NOW + 10)
    assert made.key("k1").version == 1


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (CreateKey("k1", "Severn", Role.CREW, SECOND), WrongState),
        (CreateKey("k 2", "Severn", Role.CREW, SECOND), InvalidValue),
        (CreateKey("k2", " ", Role.CREW, SECOND), InvalidValue),
        (CreateKey("k2", "x" * 101, Role.CREW, SECOND), InvalidValue),
        (CreateKey("k2", "Severn", Role.SYSTEM, SECOND), InvalidValue),
        (CreateKey("k2", "Severn", Role.CREW, b"short"), InvalidValue),
        (CreateKey("k2", "Severn", Role.CREW, SECOND, NOW), InvalidValue),
        (RotateKey("k2", SECOND, 0.0), NotFound),
        (RotateKey("k1", SECOND, -1.0), InvalidValue),
        (RotateKey("k1", SECOND, 31 * 86_400.0), InvalidValue),
        (RevokeKey("k2"), NotFound),
    ],
)
def test_what_cannot_be_carried_out_changes_nothing(made, command, refusal):
    with pytest.raises(refusal):
        made.do(command, ADMIN, NOW + 10)
    assert made.newest_event() == 1


def test_what_would_open_the_door_is_in_no_audit_row_and_no_event(made):
    made.do(RotateKey("k1", SECOND, 60.0), ADMIN, NOW + 10)
    made.do(RevokeKey("k1", "lost"), ADMIN, NOW + 20)
    written = "".join(row["payload"] for row in made.audit()) + "".join(event.body.decode() for event in made.events(0))
    for digest in (FIRST, SECOND):
        assert digest.hex() not in written
        # The control: what stands for it is there.
        assert hashlib.sha256(digest).hexdigest() in written


def test_the_audit_trail_says_whose_key_it_was_done_with(made):
    made.do(SetPortStatus("dover", "open", ""), Actor(Role.CONTROLLER, "MRCC"), NOW + 1)
    first, second = (row["payload"] for row in made.audit())
    assert '"principal":"unit:office"' in first
    assert "principal" not in second


@pytest.fixture
def busy(store):
    """Records of two vessels, of a controller, and of nobody."""
    controller = Actor(Role.CONTROLLER, "SMC", "token:1")
    store.do(ReportCapacity("dover", Places(500, None, None)), controller, NOW)
    store.do(ReportEncounter("vessel", 1.4, 51.0, NOW), SEVERN, NOW + 1)
    store.do(ReportEncounter("vessel", 1.0, 50.5, NOW), SHANNON, NOW + 2)
    store.do(Hold("dover", "Severn", Persons(10), NOW + 3_600), SEVERN, NOW + 3)
    store.do(Hold("dover", "Shannon", Persons(10), NOW + 3_600), SHANNON, NOW + 4)
    store.do(Hold("dover", "Ranger", Persons(10), NOW + 3_600), Actor(Role.CONTROLLER, "local"), NOW + 5)
    store.do(record_of(), SEVERN, NOW + 6)
    return store


def test_a_record_belongs_to_who_made_it(busy):
    assert busy.owners(["e-2", "e-3", "r-4", "r-5", "r-6", "d-1", "r-99", "dover"]) == {
        "e-2": {"unit:Severn"}, "e-3": {"unit:Shannon"}, "r-4": {"unit:Severn"}, "r-5": {"unit:Shannon"},
        "r-6": frozenset(), "d-1": {"unit:Severn"}, "r-99": frozenset(), "dover": frozenset(),
    }  # fmt: skip


def test_an_audit_row_has_one_maker(busy):
    assert [busy.maker(sequence) for sequence in (1, 2, 6, 7, 99)] == [
        "token:1",
        "unit:Severn",
        None,
        "unit:Severn",
        None,
    ]


def test_whoever_reports_into_somebodys_encounter_does_not_come_to_own_it(busy):
    busy.do(ReportEncounter("vessel", 1.0, 50.5, NOW, encounter_id="e-2"), SHANNON, NOW + 10)
    busy.do(Confirm("r-4"), Actor(Role.CONTROLLER, "SMC", "token:1"), NOW + 11)
    assert busy.owners(["e-2", "r-4"]) == {"e-2": {"unit:Severn"}, "r-4": {"unit:Severn"}}


def test_the_same_decision_asked_for_twice_is_both_their_own(busy):
    assert busy.do(record_of(), SHANNON, NOW + 10).sequence == 8
    assert busy.do(record_of(), SHANNON, NOW + 11).sequence == 0
    assert busy.owners(["d-1"]) == {"d-1": {"unit:Severn", "unit:Shannon"}}
    assert busy.decision("d-1").sequence == 8
    assert busy.decision("d-1", principal="unit:Severn").sequence == 7
    with pytest.raises(NotFound):
        busy.decision("d-1", principal="unit:Ranger")


def test_events_say_whom_they_concern(busy):
    controller = Actor(Role.CONTROLLER, "SMC", "token:1")
    busy.do(Confirm("r-4"), controller, NOW + 10)
    busy.do(RecordOverride("d-1", "MASTER_JUDGEMENT", "swell"), controller, NOW + 11)
    busy.do(CloseEncounter("e-3", "counted ashore by port control"), controller, NOW + 12)
    busy.do(Transfer("r-4", "Shannon", Persons(3)), controller, NOW + 13)
    owners = {event.sequence: event.owners for event in busy.events(0)}
    severn, shannon, smc = "unit:Severn", "unit:Shannon", "token:1"
    assert owners == {
        1: {smc}, 2: {severn}, 3: {shannon}, 4: {severn}, 5: {shannon}, 6: frozenset(), 7: {severn},
        8: {severn, smc}, 9: {severn, smc}, 10: {shannon, smc}, 11: {severn, smc},
    }  # fmt: skip


def test_places_held_for_a_vessel_and_the_encounter_they_are_for_are_hers_too(busy):
    """A centre that gives a vessel people and places hides neither from her."""
    centre = Actor(Role.CONTROLLER, "SMC", "token:1")
    for number, (unit, role) in enumerate((("RNLI Ranger", Role.CREW), ("Wall", Role.VIEWER))):
        busy.do(CreateKey(f"k{number}", unit, role, bytes([number] * 32)), ADMIN, NOW + 10)
    held = busy.do(Hold("dover", "rnli  RANGER ", Persons(5), NOW + 3_600, encounter_id="e-3"), centre, NOW + 11)
    name, ranger, smc = held.document["reservation"]["reservation_id"], "unit:RNLI Ranger", "token:1"
    assert busy.owners([name, "e-3", "e-2"]) == {
        name: {smc, ranger}, "e-3": {"unit:Shannon", ranger}, "e-2": {"unit:Severn"}
    }  # fmt: skip
    assert busy.events(0)[-1].owners == {smc, ranger}
    # The controls: a name that is no vessel's, and that of a key that is none of a vessel.
    for vessel in ("RNLI Range", "Wall", "unit:RNLI Ranger"):
        other = busy.do(Hold("dover", vessel, Persons(5), NOW + 3_600), centre, NOW + 12)
        assert busy.owners([other.document["reservation"]["reservation_id"]]).popitem()[1] == {smc}
    # Given up, the places stay on her record; nothing follows for the encounter.
    busy.do(Release(name, "not needed"), centre, NOW + 13)
    assert busy.owners([name, "e-3"]) == {name: {smc, ranger}, "e-3": {"unit:Shannon"}}


def test_a_vessel_hears_that_her_places_went_to_another(busy):
    centre = Actor(Role.CONTROLLER, "SMC", "token:1")
    for number, unit in enumerate(("RNLI Ranger", "BF Hunter")):
        busy.do(CreateKey(f"k{number}", unit, Role.CREW, bytes([number] * 32)), ADMIN, NOW + 10)
    held = busy.do(Hold("dover", "RNLI Ranger", Persons(5), NOW + 3_600), centre, NOW + 11)
    name = held.document["reservation"]["reservation_id"]
    given = busy.do(Transfer(name, "BF Hunter"), centre, NOW + 12)
    assert given.document["from_vessel"] == "RNLI Ranger"
    assert busy.events(0)[-1].owners == {"token:1", "unit:RNLI Ranger", "unit:BF Hunter"}
    assert busy.owners([name]) == {name: {"token:1", "unit:BF Hunter"}}
    # What comes after is no more of hers.
    busy.do(Release(name, ""), centre, NOW + 13)
    assert busy.events(0)[-1].owners == {"token:1", "unit:BF Hunter"}
    assert check(busy.database).problems == ()


def test_many_ids_are_asked_for_at_once(busy):
    found = busy.owners([f"r-{number}" for number in range(1_000)])
    assert (len(found), found["r-4"], found["r-999"]) == (1_000, {"unit:Severn"}, frozenset())
