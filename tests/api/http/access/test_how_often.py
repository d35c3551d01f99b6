"""How often a caller or an address may ask."""

import pytest

from api.http.auth import Authenticator
from api.security.roles import AccessRole, Permission
from api.settings import Settings
from tests.api.http.access.conftest import ADMIN, SLOW, bearer, status, with_bearer
from tests.api.security.conftest import Clock


@pytest.fixture
def authenticator(store):
    def make(**settings):
        clock = Clock(0.0)
        return Authenticator(Settings(**{"access": True, **SLOW, **settings}), store, clock=clock), clock

    return make


def test_whoever_asks_too_often_is_told_when_to_come_again(guarded, key_of):
    client = guarded(read_per_s=0.5, read_at_once=3)
    good = bearer(key_of[AccessRole.VIEWER])
    answers = [client.get("/v1/ports", headers=good) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["code"] == "TOO_OFTEN"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 2
    assert client.get("/v1/ports", headers=bearer(key_of[AccessRole.AUDITOR])).status_code == 200


def test_a_crew_decides_whatever_others_and_she_herself_do(call_app, authenticator, key_of):
    guard, _ = authenticator(plan_at_once=2, read_at_once=2, decide_at_once=5)
    crew, controller = with_bearer(key_of[AccessRole.CREW]), with_bearer(key_of[AccessRole.CONTROLLER])
    others = (Permission.PLAN, controller), (Permission.DECIDE, controller), (Permission.READ_RECORDS, crew)
    for permission, who in others:
        taken = [status(call_app, guard, permission, **who)[0] for _ in range(20)]
        assert set(taken) == {200, 429}
    assert [status(call_app, guard, Permission.DECIDE, **crew)[0] for _ in range(6)] == [200] * 5 + [429]


def test_a_rotated_key_has_no_second_bucket(call_app, authenticator, keys):
    guard, _ = authenticator(read_at_once=2)
    made = keys.create("x", AccessRole.VIEWER, ADMIN)
    texts = [made.text, keys.rotate(made.document["key_id"], ADMIN, 60.0).text]
    taken = [status(call_app, guard, Permission.READ_RECORDS, **with_bearer(text))[0] for text in texts * 2]
    assert taken == [200, 200, 429, 429]


def test_an_address_that_is_wrong_too_often_is_told_to_wait_and_another_is_not(call_app, authenticator):
    guard, clock = authenticator(refuse_at_once=3, refuse_per_s=0.1)
    taken = [status(call_app, guard, Permission.DECIDE) for _ in range(4)]
    assert [code for code, _ in taken] == [401, 401, 401, 429]
    assert taken[3][1] == "10"
    assert status(call_app, guard, Permission.DECIDE, client=("192.0.2.8", 1))[0] == 401
    clock.now_s += 10.1
    assert status(call_app, guard, Permission.DECIDE)[0] == 401


def test_addresses_of_one_network_are_one(call_app, authenticator):
    guard, _ = authenticator(refuse_at_once=1)
    places = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    assert [status(call_app, guard, Permission.DECIDE, client=(place, 1))[0] for place in places] == [401, 429, 401]


def test_a_known_key_gets_in_from_an_address_that_others_spoiled(call_app, authenticator, key_of, store):
    guard, _ = authenticator(refuse_at_once=2, key_cache_s=0.0)
    crew = with_bearer(key_of[AccessRole.CREW])
    assert status(call_app, guard, Permission.DECIDE, **crew)[0] == 200
    for _ in range(5):
        status(call_app, guard, Permission.DECIDE)
    assert status(call_app, guard, Permission.DECIDE, **crew)[0] == 200
    # Ids that were never seen are not looked up there, so that guessing costs the store nothing.
    asked = []
    plain = store.key
    store.key = lambda name: asked.append(name) or plain(name)
    made_up = with_bearer("sp_" + "0" * 12 + "_" + "0" * 64)
    assert status(call_app, guard, Permission.DECIDE, **made_up)[0] == 429
    assert asked == []
    assert status(call_app, guard, Permission.DECIDE, client=("192.0.2.8", 1), **made_up)[0] == 401
    assert asked == ["0" * 12]
