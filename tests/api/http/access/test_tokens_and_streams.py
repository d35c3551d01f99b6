"""Who gets in with a token, what the records say of a caller, and when a stream ends."""

from api.http import create_app
from api.http.auth import Authenticator, Caller
from api.security.roles import GRANTS, AccessRole, Permission
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.errors import StoreUnavailable
from tests.api.http.access.conftest import ADMIN, FAST, admitted, bearer, with_bearer
from tests.api.security.conftest import token


def test_a_token_and_a_key_open_the_same_door(guarded, key_of, parts, signing_key, encounter):
    client = guarded(**parts)
    for text in (key_of[AccessRole.CONTROLLER], token(signing_key)):
        assert client.request("POST", "/v1/decisions", json=encounter, headers=bearer(text)).status_code == 200
    watching = client.request(
        "POST", "/v1/decisions", json=encounter, headers=bearer(token(signing_key, roles=["watch"]))
    )
    assert watching.status_code == 403
    assert client.get("/v1/ports", headers=bearer(token(signing_key, exp=1))).status_code == 401


def test_tokens_work_without_a_store_and_keys_then_do_not(call_app, service, parts, signing_key):
    client = call_app(create_app(service, settings=Settings(access=True, **parts)))
    assert client.get("/v1/ports", headers=bearer(token(signing_key))).status_code == 200
    assert client.get("/v1/ports", headers=bearer("sp_" + "0" * 12 + "_" + "0" * 64)).status_code == 401


def test_the_issuer_is_asked_before_the_first_token_comes(call_app, service, parts, issuer):
    app = create_app(service, settings=Settings(access=True, **parts))

    async def start():
        async with app.router.lifespan_context(app):
            pass

    call_app(app).runner.run(start())
    assert issuer.asked == 1


def test_an_issuer_that_is_away_is_said_to_be_away(guarded, parts, issuer, signing_key):
    client = guarded(**parts)
    issuer.status = 503
    answer = client.get("/v1/ports", headers=bearer(token(signing_key)))
    assert (answer.status_code, answer.json()["code"]) == (503, "ACCESS_UNKNOWN")


def test_what_the_records_will_say_of_a_caller(call_app, store, keys, parts, signing_key):
    authenticator = Authenticator(Settings(access=True, **FAST, **parts), store)
    crew = keys.create("RNLI Severn", AccessRole.CREW, ADMIN).text
    caller = admitted(call_app, authenticator, Permission.DECIDE, **with_bearer(crew))
    actor = Actor(Role.CREW, "RNLI Severn", "unit:RNLI Severn")
    assert caller == Caller(actor.principal, actor, own_only=True, permissions=GRANTS[AccessRole.CREW])
    caller = admitted(call_app, authenticator, Permission.DECIDE, **with_bearer(token(signing_key)))
    assert (caller.actor.role, caller.actor.duty, caller.own_only) == (Role.CONTROLLER, "MRCC Dover SMC", False)
    assert caller.actor.principal == caller.principal
    caller = admitted(call_app, authenticator, Permission.DECIDE, **with_bearer(token(signing_key, duty=None)))
    assert caller.actor.duty == "controller, duty not stated"


def test_a_stream_ends_with_the_key_it_was_opened_with(call_app, store, keys):
    from starlette.requests import Request

    authenticator = Authenticator(Settings(access=True, key_cache_s=0.0, **FAST), store)
    made = keys.create("x", AccessRole.VIEWER, ADMIN)
    stream = Request({"type": "http", "headers": with_bearer(made.text)["headers"]})

    def goes_on(permission=Permission.FOLLOW_EVENTS):
        return call_app(None).runner.run(authenticator.still_admits(stream, permission))

    assert goes_on()
    assert not goes_on(Permission.READ_AUDIT)
    plain = store.key

    def away(_):
        raise StoreUnavailable("store", "is away.", "Wait.")

    store.key = away
    assert goes_on()
    store.key = plain
    keys.revoke(made.document["key_id"], ADMIN)
    assert not goes_on()
    assert call_app(None).runner.run(Authenticator(Settings()).still_admits(stream, Permission.FOLLOW_EVENTS))
