"""An encounter goes from one centre to another only when the other one takes it."""

import pytest

from api.store.coordination import AnswerCoordination, OfferCoordination
from api.store.encounters import CloseEncounter, ReportEncounter
from api.store.errors import InvalidValue, NotFound, RoleNeeded, WrongState
from api.store.integrity import check

NOW = 1_700_000_000.0
DOVER, GRIS_NEZ = "DOVER COASTGUARD", "CROSS GRIS-NEZ"


@pytest.fixture
def encounter(store, controller):
    return store.do(ReportEncounter("phone", 1.35, 51.05, NOW), controller, NOW).document["encounter_id"]


def test_an_offer_changes_nothing_until_it_is_accepted(store, controller, encounter):
    offered = store.do(OfferCoordination(encounter, DOVER, GRIS_NEZ, "in French waters"), controller, NOW).document
    assert (offered["step"], store.coordination()[encounter]) == ("offered", offered)
    taken = store.do(AnswerCoordination(encounter, "accepted", "cross  gris-nez"), controller, NOW + 60).document
    assert (taken["step"], taken["from_centre"], taken["to_centre"]) == ("accepted", DOVER, GRIS_NEZ)
    assert store.coordination() == {encounter: taken}
    assert check(store.database).problems == ()


@pytest.mark.parametrize(("reply", "centre"), [("refused", GRIS_NEZ), ("withdrawn", DOVER)])
def test_after_any_answer_it_may_be_offered_again(store, controller, encounter, reply, centre):
    store.do(OfferCoordination(encounter, DOVER, GRIS_NEZ), controller, NOW)
    store.do(AnswerCoordination(encounter, reply, centre), controller, NOW)
    assert store.do(OfferCoordination(encounter, DOVER, GRIS_NEZ), controller, NOW).document["step"] == "offered"


@pytest.mark.parametrize(
    ("reply", "centre"), [("accepted", DOVER), ("refused", DOVER), ("withdrawn", GRIS_NEZ), ("accepted", "MRCC")]
)
def test_only_the_centre_that_is_waited_for_answers(store, controller, encounter, reply, centre):
    store.do(OfferCoordination(encounter, DOVER, GRIS_NEZ), controller, NOW)
    with pytest.raises(InvalidValue):
        store.do(AnswerCoordination(encounter, reply, centre), controller, NOW)


def test_what_cannot_be_is_refused(store, controller, officer, encounter):
    offer = OfferCoordination(encounter, DOVER, GRIS_NEZ)
    for command, error in (
        (OfferCoordination("e-99", DOVER, GRIS_NEZ), NotFound),
        (OfferCoordination(encounter, DOVER, " dover coastguard"), InvalidValue),
        (AnswerCoordination(encounter, "accepted", GRIS_NEZ), WrongState),
        (AnswerCoordination(encounter, "perhaps", GRIS_NEZ), InvalidValue),
    ):
        with pytest.raises(error):
            store.do(command, controller, NOW)
    with pytest.raises(RoleNeeded):
        store.do(offer, officer, NOW)
    store.do(offer, controller, NOW)
    with pytest.raises(WrongState):
        store.do(offer, controller, NOW)


def test_a_closed_encounter_is_nobodys_to_hand_over(store, controller, encounter):
    store.do(CloseEncounter(encounter, "all ashore"), controller, NOW)
    with pytest.raises(WrongState):
        store.do(OfferCoordination(encounter, DOVER, GRIS_NEZ), controller, NOW)
    assert store.coordination() == {}


def test_a_step_changed_behind_the_programs_back_is_found(store, controller, encounter):
    if store.database.dialect != "sqlite":
        pytest.skip("the server forbids it")
    store.do(OfferCoordination(encounter, DOVER, GRIS_NEZ), controller, NOW)

    def change(tx):
        tx.run("DROP TRIGGER coordination_step_never_changed")
        tx.run("UPDATE coordination_step SET to_centre = 'MRCC'")

    store.database.write_alone(change)
    assert any("coordination step" in problem for problem in check(store.database).problems)
