"""The service with access on: who gets in, who is told what, and how often."""

import logging
import re
import time

import pytest
from fastapi import APIRouter
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from api.http import create_app, routes
from api.http.auth import LOCAL, Authenticator, Caller, assert_all_routes_protected, permissions_of
from api.http.authorization import filter_owned, require_owner, visible_event
from api.security.api_keys import Keys
from api.security.identity import IdentityUnavailable
from api.security.roles import GRANTS, AccessRole, Permission
from api.settings import Settings
from api.store.commands import Actor, IdempotencyKey, Role
from api.store.encounters import ReportEncounter
from api.store.errors import NotFound, StoreUnavailable
from api.store.ownership import OwnRecord
from api.store.ports import Places, ReportCapacity
from api.store.reservations import Hold, Persons, Release
from api.store.store import open_store
from engine.errors import InvalidAsk
from tests.api.security.conftest import AUDIENCE, ISSUER, Clock, Issuer, SigningKey, token

ADMIN = Actor(Role.ADMIN, "office")
FAST = {f"{sort}_{what}": 10_000 for sort in ("decide", "change", "read", "plan") for what in ("per_s", "at_once")}
SLOW = {f"{sort}_per_s": 0.01 for sort in ("decide", "change", "read", "plan", "refuse")}


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as opened:
        yield opened


@pytest.fixture
def keys(store):
    return Keys(store, 2.0)


@pytest.fixture
def guarded(call_app, service, store):
    """Caller of an application with access on."""

    def make(**settings):
        return call_app(create_app(service, settings=Settings(**{"access": True, **FAST, **settings}), store=store))

    return make


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def key_of(keys):
    return {role: keys.create(f"unit of {role.value}", role, ADMIN).text for role in AccessRole}


PROTECTED_ROUTES = [
    ("POST", "/v1/decisions", Permission.DECIDE),
    ("GET", "/v1/decisions/d-1", Permission.READ_RECORDS),
    ("POST", "/v1/decisions/d-1/override", Permission.OVERRIDE),
    ("GET", "/v1/distances?from=dover&to=calais", Permission.READ_GEODATA),
    ("GET", "/v1/streams?position=51.0,1.45&hours=1", Permission.READ_GEODATA),
    ("GET", "/v1/ports", Permission.READ_GEODATA),
    ("GET", "/v1/ports/dover", Permission.READ_GEODATA),
    ("GET", "/v1/vessels", Permission.READ_GEODATA),
    ("GET", "/v1/policies", Permission.READ_GEODATA),
    ("GET", "/v1/forecast", Permission.READ_GEODATA),
    ("GET", "/v1/ports/dover/tide", Permission.READ_GEODATA),
    ("GET", "/v1/ports/live", Permission.READ_PORT_REPORTS),
    ("GET", "/v1/ports/dover/live", Permission.READ_PORT_REPORTS),
    ("PUT", "/v1/ports/dover/status", Permission.REPORT_PORT),
    ("PUT", "/v1/ports/dover/capacity", Permission.REPORT_PORT),
    ("PUT", "/v1/ports/dover/reception", Permission.REPORT_PORT),
    ("GET", "/v1/edxl-have", Permission.READ_PORT_REPORTS),
    ("PUT", "/v1/edxl-have", Permission.REPORT_PORT),
    ("POST", "/v1/encounters", Permission.REPORT_ENCOUNTER),
    ("GET", "/v1/encounters", Permission.READ_RECORDS),
    ("GET", "/v1/encounters/e-1", Permission.READ_RECORDS),
    ("POST", "/v1/encounters/e-1/reports", Permission.REPORT_ENCOUNTER),
    ("POST", "/v1/encounters/e-1/close", Permission.CLOSE_ENCOUNTER),
    ("POST", "/v1/encounters/e-1/reopen", Permission.CLOSE_ENCOUNTER),
    ("POST", "/v1/encounters/e-1/direction", Permission.DIRECT),
    ("POST", "/v1/encounters/e-1/direction/withdraw", Permission.DIRECT),
    ("GET", "/v1/encounters/e-1/standing", Permission.READ_RECORDS),
    ("POST", "/v1/encounters/e-1/coordination/offer", Permission.SIGN_HANDOVER),
    ("POST", "/v1/encounters/e-1/coordination/answer", Permission.SIGN_HANDOVER),
    ("GET", "/v1/exclusion-zones", Permission.READ_PORT_REPORTS),
    ("POST", "/v1/exclusion-zones", Permission.DRAW_ZONES),
    ("GET", "/v1/exclusion-zones/z-1", Permission.READ_PORT_REPORTS),
    ("PUT", "/v1/exclusion-zones/z-1", Permission.DRAW_ZONES),
    ("POST", "/v1/exclusion-zones/z-1/end", Permission.DRAW_ZONES),
    ("POST", "/v1/reservations", Permission.HOLD_PLACES),
    ("GET", "/v1/reservations", Permission.READ_RECORDS),
    ("GET", "/v1/reservations/r-1", Permission.READ_RECORDS),
    ("DELETE", "/v1/reservations/r-1", Permission.HOLD_PLACES),
    ("POST", "/v1/reservations/r-1/confirm", Permission.HOLD_PLACES),
    ("POST", "/v1/reservations/r-1/extend", Permission.HOLD_PLACES),
    ("POST", "/v1/reservations/r-1/release", Permission.HOLD_PLACES),
    ("POST", "/v1/reservations/r-1/land", Permission.HOLD_PLACES),
    ("POST", "/v1/reservations/r-1/transfer", Permission.HOLD_PLACES),
    ("POST", "/v1/plans", Permission.PLAN),
    ("GET", "/v1/terminals/ports", Permission.READ_PORT_REPORTS),
    ("GET", "/v1/terminals/zones", Permission.READ_PORT_REPORTS),
    ("GET", "/v1/terminals/forecast?lon=1&lat=51", Permission.READ_GEODATA),
    ("POST", "/v1/terminals/messages", Permission.REPORT_ENCOUNTER),
    ("POST", "/v1/terminals/bursts", Permission.REPORT_ENCOUNTER),
    ("GET", "/v1/terminals/bursts/e-1", Permission.READ_RECORDS),
    ("GET", "/metrics", Permission.READ_METRICS),
    ("GET", "/v1/handover", Permission.SIGN_HANDOVER),
    ("POST", "/v1/handover", Permission.SIGN_HANDOVER),
    ("GET", "/v1/audit", Permission.READ_AUDIT),
    ("GET", "/v1/audit/verify", Permission.READ_AUDIT),
    # Refused for what it says, so that no stream stays open.
    ("GET", "/v1/events?kinds=-", Permission.FOLLOW_EVENTS),
    ("GET", "/v1/keys", Permission.MANAGE_KEYS),
    ("POST", "/v1/keys", Permission.MANAGE_KEYS),
    ("POST", "/v1/keys/0/rotate", Permission.MANAGE_KEYS),
    ("DELETE", "/v1/keys/0", Permission.MANAGE_KEYS),
]


def knock(client, method, path, encounter, headers):
    body = {} if method == "GET" else {"json": encounter if path == "/v1/decisions" else {}}
    return client.request(method, path, headers=headers, **body)


def test_every_route_for_every_role(guarded, key_of, encounter):
    client = guarded(refuse_at_once=1_000)
    for method, path, permission in PROTECTED_ROUTES:
        for role in AccessRole:
            answer = knock(client, method, path, encounter, bearer(key_of[role]))
            if permission in GRANTS[role]:
                # Let in: what else may be wrong is said by the route itself.
                assert answer.status_code in (200, 404, 415, 422), (path, role, answer.text)
                assert path != "/v1/decisions" or answer.status_code == 200
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), (path, role)
                assert permission.value in answer.json()["detail"]
        assert knock(client, method, path, encounter, {}).status_code == 401


def test_the_matrix_is_of_every_route_there_is(client):
    described = client.get("/openapi.json").json()
    asking = {
        (method.upper(), path)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if operation.get("security") == [{"bearer": []}]
    }
    for method, path in asking:
        fits = re.compile(re.sub(r"{[a-z_]+}", "[^/?]+", path))
        assert any(method == at and fits.fullmatch(route.partition("?")[0]) for at, route, _ in PROTECTED_ROUTES), (
            method,
            path,
        )
    assert len(asking) == len(PROTECTED_ROUTES)
    assert all(
        {"401", "403", "429"} <= operation["responses"].keys()
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if (method.upper(), path) in asking
    )


def test_probes_are_answered_to_anybody(guarded):
    client = guarded()
    for path in ("/healthz", "/readyz", "/openapi.json"):
        assert client.get(path).status_code == 200


def without_id(answer):
    changing = {"x-request-id", "date"}
    return (
        answer.status_code, answer.content,
        sorted((name, value) for name, value in answer.headers.items() if name not in changing),
    )  # fmt: skip


def test_every_reason_is_answered_in_the_same_words_and_logged_by_its_code(guarded, keys, key_of, caplog):
    good = key_of[AccessRole.VIEWER]
    revoked = keys.create("x", AccessRole.VIEWER, ADMIN)
    keys.revoke(revoked.document["key_id"], ADMIN)
    expired = keys.create("x", AccessRole.VIEWER, ADMIN, time.time() + 0.001)
    sent = {
        "NOTHING_SENT": {},
        "NOT_BEARER": {"Authorization": f"Basic {good}"},
        "KEY_MALFORMED": bearer(good + "0"),
        "KEY_UNKNOWN": bearer("sp_" + "0" * 12 + good[15:]),
        "KEY_WRONG_SECRET": bearer(good[:-4] + "0000"),
        "KEY_REVOKED": bearer(revoked.text),
        "KEY_EXPIRED": bearer(expired.text),
        "TOKENS_NOT_TAKEN": bearer("a.b.c"),
    }
    client, answers = guarded(), []
    for code, headers in sent.items():
        caplog.clear()
        answers.append(client.get("/v1/ports", headers=headers))
        assert re.search(rf"request {answers[-1].headers['x-request-id']} is of nobody known: {code}$", caplog.text), (
            code
        )
    assert len({str(without_id(answer)) for answer in answers}) == 1
    entry = answers[0]
    assert (entry.status_code, entry.json()["code"]) == (401, "UNAUTHENTICATED")
    assert entry.headers["www-authenticate"] == 'Bearer realm="safeport"'
    assert entry.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "bearer  x", "Token x", "Bearer " + "x" * 9_000, "Bearer a b", "\tBearer x"]
)
def test_headers_that_are_none(guarded, value):
    assert guarded().get("/v1/ports", headers={"Authorization": value}).status_code == 401


def test_two_headers_are_not_guessed_between(guarded, key_of):
    good = key_of[AccessRole.VIEWER]
    client = guarded()
    twice = [("Authorization", f"Bearer {good}"), ("Authorization", f"Bearer {good}")]
    assert client.get("/v1/ports", headers=twice).status_code == 401
    assert client.get("/v1/ports", headers=twice[:1]).status_code == 200
    assert client.get("/v1/ports", headers={"Authorization": f"bEARER {good}"}).status_code == 200
    assert client.get(f"/v1/ports?access_token={good}").status_code == 401


def test_a_caller_is_asked_before_a_byte_of_the_body_is_looked_at(guarded, key_of):
    client = guarded()
    assert client.decide_raw(b"{nonsense").status_code == 401
    assert client.decide_raw(b"x" * 100, Content_Type="text/plain").status_code == 401
    viewer = key_of[AccessRole.VIEWER]
    assert client.decide_raw(b"{nonsense", **bearer(viewer)).status_code == 403
    assert client.decide_raw(b"{nonsense", **bearer(key_of[AccessRole.CREW])).status_code == 400


def test_a_revoked_key_is_refused_by_a_running_service(guarded, keys):
    made = keys.create("x", AccessRole.VIEWER, ADMIN)
    client = guarded(key_cache_s=5.0)
    assert client.get("/v1/ports", headers=bearer(made.text)).status_code == 200
    client.app.state.authenticator.keys.revoke(made.document["key_id"], ADMIN)
    assert client.get("/v1/ports", headers=bearer(made.text)).status_code == 401


def test_where_the_store_fails_nobody_is_told_that_their_key_is_wrong(guarded, key_of, store, monkeypatch):
    def broken(_):
        raise StoreUnavailable("store", "failed.", "See the log.")

    client = guarded()
    monkeypatch.setattr(store, "key", broken)
    answer = client.get("/v1/ports", headers=bearer(key_of[AccessRole.VIEWER]))
    assert (answer.status_code, answer.json()["code"]) == (503, "ACCESS_UNKNOWN")
    assert int(answer.headers["retry-after"]) > 0
    assert "www-authenticate" not in answer.headers


# Tokens.


@pytest.fixture(scope="module")
def signing_key():
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return SigningKey("ed-1", "EdDSA", ed25519.Ed25519PrivateKey.generate())


@pytest.fixture
def issuer(signing_key):
    running = Issuer()
    running.publish(signing_key)
    yield running
    running.close()


@pytest.fixture
def parts(issuer):
    return {
        "token_issuer": ISSUER, "token_audience": AUDIENCE, "token_keys": issuer.url,
        "token_roles": {"sar-duty": "controller", "watch": "viewer"},
    }  # fmt: skip


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


def admitted(call_app, authenticator, permission, **scope):
    from starlette.requests import Request

    head = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/", "query_string": b"", "headers": [],
        "client": ("192.0.2.7", 1), "server": ("192.0.2.1", 80), "state": {"request_id": "r"},
    }  # fmt: skip
    return call_app(None).runner.run(authenticator.admit(Request(head | scope), permission))


def with_bearer(text):
    return {"headers": [(b"authorization", f"Bearer {text}".encode())]}


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


# How often.


@pytest.fixture
def authenticator(store):
    def make(**settings):
        clock = Clock(0.0)
        return Authenticator(Settings(**{"access": True, **SLOW, **settings}), store, clock=clock), clock

    return make


def status(call_app, authenticator, permission, **scope):
    from api.http.problems import Refusal

    try:
        admitted(call_app, authenticator, permission, **scope)
    except Refusal as refused:
        return refused.status_code, (refused.headers or {}).get("Retry-After")
    return 200, None


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


def test_with_access_off_nobody_is_slowed(client):
    assert {client.get("/v1/ports/dover").status_code for _ in range(150)} == {200}


# Access off.


def test_with_access_off_this_machine_is_a_controller(client, encounter):
    assert LOCAL.actor.role is Role.CONTROLLER
    assert client.decide(encounter).status_code == 200


@pytest.mark.parametrize("client_address", [("192.0.2.7", 1), ("10.0.0.1", 1), ("2001:db8::1", 1), None])
def test_with_access_off_no_other_machine_is_answered(call_app, client_address):
    authenticator = Authenticator(Settings())
    host = {"headers": [(b"host", b"127.0.0.1:8000")]}
    assert status(call_app, authenticator, Permission.DECIDE, client=client_address, **host)[0] == 403
    assert status(call_app, authenticator, Permission.DECIDE, client=("127.0.0.1", 1), **host)[0] == 200
    assert (
        status(call_app, authenticator, Permission.DECIDE, client=("::1", 1), headers=[(b"host", b"[::1]:8000")])[0]
        == 200
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "[", "", "localhost@evil.example", "10.0.0.1"]
)
def test_with_access_off_no_other_name_is_answered_for(client, host):
    answer = client.get("/v1/ports/dover", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (403, "ONLY_LOCAL")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_names_of_this_machine(client, host):
    assert client.get("/v1/ports/dover", headers={"Host": host}).status_code == 200


# The start.


def test_access_that_nothing_could_open_is_refused(service):
    with pytest.raises(InvalidAsk, match="neither a store"):
        create_app(service, settings=Settings(access=True))


def test_a_route_without_a_permission_stops_the_start(service, monkeypatch):
    router = APIRouter(prefix="/v1")

    @router.get("/forgotten")
    async def forgotten():
        return {}

    monkeypatch.setattr(routes, "ROUTERS", (*routes.ROUTERS, router))
    with pytest.raises(RuntimeError, match="/v1/forgotten"):
        create_app(service)
    monkeypatch.undo()
    create_app(service)


async def _answer():
    return {}


@pytest.mark.parametrize(
    ("add", "named"),
    [
        (lambda app: app.add_api_route("/late", _answer), "/late"),
        (lambda app: app.add_api_route("/healthz", _answer, methods=["POST"]), "/healthz"),
        (lambda app: app.add_api_websocket_route("/ws", lambda socket: None), "/ws"),
        (lambda app: app.router.routes.append(Route("/plain", lambda request: None)), "/plain"),
        (lambda app: app.router.routes.append(Mount("/page", StaticFiles(directory="/"))), "/page"),
    ],
)
def test_a_route_added_later_stops_the_start_too(call_app, service, add, named):
    app = create_app(service)
    add(app)

    async def start():
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(RuntimeError, match=named):
        call_app(app).runner.run(start())


def test_every_route_names_its_permission(service):
    from fastapi.routing import iter_route_contexts

    app = create_app(service)
    assert_all_routes_protected(app)
    found = [
        (path, requirement.permission)
        for path, dependant in (
            (context.path, getattr(context, "dependant", None)) for context in iter_route_contexts(app.routes)
        )
        if dependant is not None
        for requirement in permissions_of(dependant)
    ]
    assert ("/v1/decisions", Permission.DECIDE) in found
    assert {permission for _, permission in found} == {permission for _, _, permission in PROTECTED_ROUTES}
    assert len(found) == len(PROTECTED_ROUTES)


# A vessel's own records.


SEVERN = Caller("unit:Severn", Actor(Role.CREW, "Severn", "unit:Severn"), own_only=True)
SHANNON = Caller("unit:Shannon", Actor(Role.CREW, "Shannon", "unit:Shannon"), own_only=True)
SMC = Caller("token:1", Actor(Role.CONTROLLER, "SMC", "token:1"), own_only=False)
NOW = 1_700_000_000.0


@pytest.fixture
def busy(store):
    store.do(ReportCapacity("dover", Places(500, None, None)), SMC.actor, NOW)
    store.do(ReportEncounter("vessel", 1.4, 51.0, NOW), SEVERN.actor, NOW + 1)
    store.do(Hold("dover", "Severn", Persons(10), NOW + 3_600), SEVERN.actor, NOW + 2)
    store.do(Hold("dover", "Shannon", Persons(10), NOW + 3_600), SHANNON.actor, NOW + 3)
    return store


def test_a_vessel_is_told_that_another_vessels_record_is_not_there(busy):
    require_owner(SEVERN, busy, "reservation_id", "r-3")
    for record_id in ("r-4", "r-99", "dover"):
        with pytest.raises(NotFound) as refused:
            require_owner(SEVERN, busy, "reservation_id", record_id)
        assert str(refused.value) == str(NotFound("reservation_id", "names no record of yours.", "Check the id."))
    for record_id in ("r-3", "r-4", "r-99"):
        require_owner(SMC, busy, "reservation_id", record_id)


def test_what_a_change_names_is_hers_at_the_moment_it_is_made(busy):
    """Looked at in the transaction that writes: places that went over to another vessel meanwhile are hers no more."""
    own = OwnRecord("reservation_id", "r-3")
    before = busy.head()
    with pytest.raises(NotFound, match="no record of yours"):
        busy.do(Release("r-3", ""), SHANNON.actor, NOW + 4, own=[own])
    assert busy.head() == before
    # A decision nobody here knows may have been made aboard; an encounter may not.
    busy.require_own("unit:Shannon", OwnRecord("decision_id", "d-1", or_nobodys=True), OwnRecord("encounter_id", None))
    for record in (OwnRecord("decision_id", "d-1"), OwnRecord("encounter_id", "e-2", or_nobodys=True)):
        with pytest.raises(NotFound, match=record.field):
            busy.require_own("unit:Shannon", record)
    once = IdempotencyKey("k", "unit:Severn", b"")
    first = busy.do(Release("r-3", ""), SEVERN.actor, NOW + 5, once, own=[own])
    assert first.document["reservation"]["state"] == "released"
    assert busy.do(Release("r-3", ""), SEVERN.actor, NOW + 6, once, own=[own]).repeated


def test_lists_hold_only_her_own(busy):
    listed = busy.reservations(NOW + 10)
    assert [item["reservation_id"] for item in filter_owned(SEVERN, busy, listed, "reservation_id")] == ["r-3"]
    assert [item["reservation_id"] for item in filter_owned(SHANNON, busy, listed, "reservation_id")] == ["r-4"]
    assert filter_owned(SMC, busy, listed, "reservation_id") == listed
    assert filter_owned(SHANNON, busy, busy.open_encounters(), "encounter_id") == []
    assert len(filter_owned(SEVERN, busy, busy.open_encounters(), "encounter_id")) == 1


def test_she_hears_of_her_own_and_of_ports(busy):
    heard = {
        who: [event.sequence for event in busy.events(0) if visible_event(who, event) is not None]
        for who in (SEVERN, SHANNON, SMC)
    }
    assert heard == {SEVERN: [1, 2, 3], SHANNON: [1, 4], SMC: [1, 2, 3, 4]}


@pytest.fixture
def crews(guarded, keys, service):
    """Two vessels and a controller, by their keys, of one service with a store."""
    client = guarded()

    class By:
        def __init__(self, unit, role):
            self.head = bearer(keys.create(unit, role, ADMIN).text)

        def __call__(self, method, path, body=None, **headers):
            sent = {} if body is None else {"json": body}
            return client.request(method, path, headers=self.head | headers, **sent)

    return By("RNLI Severn", AccessRole.CREW), By("RNLI Shannon", AccessRole.CREW), By("SMC", AccessRole.CONTROLLER)


def stamp(offset_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset_s))


def seen_at(lon, lat):
    position = {"type": "Point", "coordinates": [lon, lat]}
    return {"source": "vessel", "position": position, "uncertainty_m": 500, "observed_at": stamp(-60)}


@pytest.fixture
def hers(crews, encounter):
    """Severn's own records: an encounter, a decision for now, and places held."""
    severn, _, smc = crews
    assert smc("PUT", "/v1/ports/dover/capacity", {"places": {"total": 500}}).status_code == 200
    named = severn("POST", "/v1/encounters", seen_at(1.4, 51.0)).json()["encounter_id"]
    asked = {name: value for name, value in encounter.items() if name != "time"}
    decided = severn("POST", f"/v1/decisions?encounter_id={named}", asked).json()["decision_id"]
    hold = {"port_id": "dover", "vessel": "Severn", "persons": {"total": 10}, "eta_at": stamp(3_600),
            "encounter_id": named}  # fmt: skip
    held = severn("POST", "/v1/reservations", hold).json()["reservation"]["reservation_id"]
    return {"encounter_id": named, "decision_id": decided, "reservation_id": held, "hold": hold, "asked": asked}


def test_another_vessel_reads_and_changes_nothing_of_hers(crews, hers):
    severn, shannon, smc = crews
    e, d, r = hers["encounter_id"], hers["decision_id"], hers["reservation_id"]
    direct = {"centre": "MRCC", "code": "SRR_STATE", "port_id": "dover"}
    override = {"code": "MASTER_JUDGEMENT", "text": "ice", "port_id": "dover"}
    foreign = [
        ("GET", f"/v1/decisions/{d}", None), ("POST", f"/v1/decisions/{d}/override", override),
        ("POST", "/v1/decisions/d-0/override", override | {"encounter_id": e}),
        ("POST", f"/v1/decisions?encounter_id={e}", hers["asked"]),
        ("GET", f"/v1/encounters/{e}", None), ("GET", f"/v1/encounters/{e}/standing", None),
        ("POST", f"/v1/encounters/{e}/direction", direct), ("POST", "/v1/reservations", hers["hold"]),
        ("GET", f"/v1/reservations/{r}", None), ("DELETE", f"/v1/reservations/{r}", None),
        ("POST", f"/v1/reservations/{r}/confirm", None),
        ("POST", f"/v1/reservations/{r}/extend", {"eta_at": stamp(7_200)}),
        ("POST", f"/v1/reservations/{r}/transfer", {"to_vessel": "Shannon"}),
        ("POST", f"/v1/reservations/{r}/land", {"persons": {"total": 1}}),
        ("POST", f"/v1/reservations/{r}/release", {"reason": "mine now"}),
    ]  # fmt: skip
    for method, path, body in foreign:
        answer = shannon(method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOTHING_SUCH"), path
        assert "yours" in answer.text
    for name in ("reservations", "encounters"):
        assert shannon("GET", f"/v1/{name}").json()[name] == []
        assert len(severn("GET", f"/v1/{name}").json()[name]) == len(smc("GET", f"/v1/{name}").json()[name]) == 1
    # The control: for her each of them is there, whatever a vessel may then do with it.
    for method, path, body in foreign:
        assert severn(method, path, body).status_code != 404, path


def test_what_a_centre_holds_for_her_is_hers_to_see_to_use_and_to_give_back(crews, hers):
    severn, shannon, smc = crews
    e = hers["encounter_id"]
    given = smc("POST", "/v1/reservations", hers["hold"] | {"vessel": "rnli shannon", "persons": {"total": 400}})
    r = given.json()["reservation"]["reservation_id"]
    assert [
        reservation["reservation_id"] for reservation in shannon("GET", "/v1/reservations").json()["reservations"]
    ] == [r]
    assert shannon("GET", f"/v1/encounters/{e}").json()["encounter_id"] == e
    # 90 places are left to others; those held for her, and for this encounter, are places she has.
    asked = hers["asked"] | {"persons": 400, "vessel": {"profile": "unknown"}}

    def places(crew, query=""):
        judged = crew("POST", f"/v1/decisions?view=full{query}", asked).json()
        dover = next(
            candidate for candidate in judged["candidates"] + judged["excluded"] if candidate["port"]["id"] == "dover"
        )
        return next(finding["verdict"] for finding in dover["findings"] if finding["rule"] == "R-CAP-01")

    assert (places(shannon), places(shannon, f"&encounter_id={e}"), places(severn)) == ("pass", "pass", "fail")
    assert shannon("DELETE", f"/v1/reservations/{r}").status_code == 200
    assert shannon("GET", f"/v1/encounters/{e}").status_code == 404
    # The control: Severn's own is hers alone all along.
    assert shannon("GET", f"/v1/reservations/{hers['reservation_id']}").status_code == 404


def test_a_port_full_of_her_own_people_is_not_full_for_her(crews, encounter, store, service):
    from api.decision_records import remake

    severn, shannon, smc = crews
    smc("PUT", "/v1/ports/dover/capacity", {"places": {"total": 20}})
    hold = {"port_id": "dover", "vessel": "us", "persons": {"total": 20}, "eta_at": stamp(3_600)}
    assert severn("POST", "/v1/reservations", hold).status_code == 201
    asked = {name: value for name, value in encounter.items() if name != "time"} | {"persons": 20}

    def places(crew):
        judged = crew("POST", "/v1/decisions?view=full", asked).json()
        dover = next(
            candidate for candidate in judged["candidates"] + judged["excluded"] if candidate["port"]["id"] == "dover"
        )
        code = next(finding["code"] for finding in dover["findings"] if finding["rule"] == "R-CAP-01")
        return judged["decision_id"], code

    (hers, own), (_, others) = places(severn), places(shannon)
    assert (own, others) == ("CAP_TIGHT", "CAP_FULL")
    # The record knows whose the places were, so it gives the same decision again.
    assert remake(service, store.decision(hers)).is_same


def test_where_the_store_fails_an_encounter_is_nobodys_and_a_decision_without_it_is_still_made(
    crews, hers, store, monkeypatch
):
    severn, shannon, smc = crews
    path, asked = f"/v1/decisions?encounter_id={hers['encounter_id']}", hers["asked"]
    # The control: as long as the store can be read, it is there for one and not for the other.
    assert (severn("POST", path, asked).status_code, shannon("POST", path, asked).status_code) == (200, 404)
    smc("GET", "/v1/ports")

    def broken(*_):
        raise StoreUnavailable("store", "failed.", "See the log.")

    monkeypatch.setattr(store.database, "read", broken)
    monkeypatch.setattr(store.database, "write", broken)
    monkeypatch.setattr(store.database, "submit", broken)
    for crew in (severn, shannon):
        refused = crew("POST", path, asked)
        assert (refused.status_code, refused.json()["code"]) == (503, "OWNER_UNKNOWN")
        assert "Leave encounter_id out" in refused.json()["detail"]
        assert refused.headers["retry-after"] == "1"
        made = crew("POST", "/v1/decisions", asked)
        assert (made.status_code, made.headers["safeport-recorded"]) == (200, "no")
    # A centre sees every encounter, so there is nothing to find out.
    assert smc("POST", path, asked).status_code == 200


def test_a_vessel_may_override_what_was_decided_aboard(crews):
    severn, _, _ = crews
    fields = {"code": "MASTER_JUDGEMENT", "text": "ice", "port_id": "dover"}
    assert severn("POST", "/v1/decisions/d-0123456789abcdef01234567/override", fields).status_code == 200


def test_what_she_saw_of_somebody_elses_encounter_is_taken_and_does_not_make_it_hers(crews, hers):
    _, shannon, smc = crews
    path = f"/v1/encounters/{hers['encounter_id']}"
    assert shannon("POST", f"{path}/reports", seen_at(1.41, 51.0)).status_code == 201
    assert shannon("GET", path).status_code == 404
    assert len(smc("GET", path).json()["reports"]) == 2


def test_she_is_told_how_many_others_it_may_be_and_not_which(crews, hers):
    _, shannon, smc = crews
    once = {"Idempotency-Key": "a-report"}
    seen = seen_at(1.4, 51.0)
    first, again = (shannon("POST", "/v1/encounters", seen, **once) for _ in range(2))
    assert first.content == again.content
    assert (first.json()["possible_duplicates"], first.json()["possible_duplicates_withheld"]) == ([], 1)
    named = first.json()["encounter_id"]
    assert hers["encounter_id"] not in first.text + shannon("GET", f"/v1/encounters/{named}").text
    assert hers["encounter_id"] in smc("GET", f"/v1/encounters/{named}").text


def test_a_decision_of_the_same_name_is_given_to_who_asked_for_it(crews, encounter):
    severn, shannon, _ = crews
    named = {crew("POST", "/v1/decisions", encounter).json()["decision_id"] for crew in (severn, shannon)}
    assert len(named) == 1
    path = f"/v1/decisions/{named.pop()}"
    assert severn("GET", path).content == shannon("GET", path).content


# Keys over HTTP.


def test_the_life_of_a_key(guarded, key_of):
    client = guarded()
    admin = bearer(key_of[AccessRole.ADMIN])
    made = client.request("POST", "/v1/keys", json={"unit": "RNLI Severn", "role": "crew"}, headers=admin)
    assert made.status_code == 201
    first, key_id = bearer(made.json()["key"]), made.json()["key_id"]
    assert client.get("/v1/ports", headers=first).status_code == 200
    again = client.request("POST", f"/v1/keys/{key_id}/rotate", json={"overlap_s": 0}, headers=admin)
    second = bearer(again.json()["key"])
    assert [client.get("/v1/ports", headers=item).status_code for item in (first, second)] == [401, 200]
    ended = client.request("DELETE", f"/v1/keys/{key_id}?reason=lost", headers=admin)
    assert (ended.status_code, ended.json()["revoked_at"] is None) == (200, False)
    assert client.get("/v1/ports", headers=second).status_code == 401
    assert client.request("POST", f"/v1/keys/{key_id}/rotate", json={}, headers=admin).status_code == 409
    listed = client.get("/v1/keys", headers=admin)
    assert key_id in {key["key_id"] for key in listed.json()["keys"]}
    secrets = [text["Authorization"][-64:] for text in (first, second)]
    assert not any(secret in text for secret in secrets for text in (listed.text, ended.text))


def test_a_wish_for_a_key_sent_twice_makes_one_key(guarded, keys, key_of):
    client, admin = guarded(), bearer(key_of[AccessRole.ADMIN])
    wish, once = {"unit": "RNLI Twice", "role": "crew"}, {"Idempotency-Key": "wish-1"}
    made = client.post("/v1/keys", wish, headers=admin | once)
    assert made.status_code == 201
    again = client.post("/v1/keys", wish, headers=admin | once)
    assert (again.status_code, again.json()["code"]) == (409, "KEY_SHOWN_ONCE")
    assert made.json()["key_id"] in again.json()["detail"]
    assert made.json()["key"].rpartition("_")[2] not in again.text
    other = client.post("/v1/keys", wish | {"role": "viewer"}, headers=admin | once)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    path = f"/v1/keys/{made.json()['key_id']}"
    turned, turned_again = (
        client.post(f"{path}/rotate", {"overlap_s": 0}, headers=admin | {"Idempotency-Key": "turn-1"}) for _ in range(2)
    )
    assert (turned.status_code, turned_again.status_code) == (200, 409)
    # The repeat did not end the secret that the first answer showed.
    assert client.get("/v1/ports", headers=bearer(turned.json()["key"])).status_code == 200
    ended, ended_again = (client.delete(path, headers=admin | {"Idempotency-Key": "end-1"}) for _ in range(2))
    assert ended.content == ended_again.content
    assert [key.unit for key in keys.list_keys()].count("RNLI Twice") == 1
    # The control: without an idempotency key two wishes are two keys.
    for _ in range(2):
        assert client.post("/v1/keys", wish, headers=admin).status_code == 201
    assert [key.unit for key in keys.list_keys()].count("RNLI Twice") == 3


def test_a_wrong_wish_for_a_key_is_refused(guarded, key_of, client, store):
    admin = bearer(key_of[AccessRole.ADMIN])
    before = len(store.keys())
    for wish in ({"unit": "x", "role": "boss"}, {"unit": "", "role": "crew"}, {"role": "crew"},
                 {"unit": "x", "role": "crew", "expires_at": "2001-01-01T00:00:00Z"}):  # fmt: skip
        answer = guarded().request("POST", "/v1/keys", json=wish, headers=admin)
        assert answer.status_code == 422, wish
    assert len(store.keys()) == before
    assert client.get("/v1/keys").json()["code"] == "NO_STORE"


def test_with_access_off_nobody_makes_keys_over_http(call_app, service, store):
    answer = call_app(create_app(service, store=store)).post("/v1/keys", {"unit": "x", "role": "admin"})
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_NEEDED")


# Secrets.


def test_no_secret_is_in_an_answer_a_log_or_a_traceback(guarded, keys, parts, signing_key, caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    made = keys.create("Severn", AccessRole.VIEWER, ADMIN)
    good = token(signing_key)
    client = guarded(store=f"sqlite:/nowhere/{'canary'}", **parts)
    wrong = [made.text + "0", made.text[:-4] + "0000", good[:-4] + "0000", good + "x", "canary-of-nothing"]
    seen = []
    for text in (made.text, good, *wrong):
        for path in ("/v1/ports/dover", "/v1/ports/nowhere", "/v1/distances?from=x"):
            answer = client.get(path, headers=bearer(text))
            seen.append(f"{answer.headers} {answer.text}")

    def breaks(*_):
        raise ZeroDivisionError("what failed")

    # A defect, with everything at hand that a traceback could show.
    monkeypatch.setattr("api.http.routes.ports.port_document", breaks)
    answer = client.get("/v1/ports/dover", headers=bearer(made.text))
    assert answer.status_code == 500
    logging.getLogger("test").error("shown", exc_info=ZeroDivisionError("control"))
    authenticator = client.app.state.authenticator
    shown = " ".join(
        [*seen, answer.text, caplog.text, *capfd.readouterr(), repr(authenticator), repr(vars(authenticator))]
    )
    assert "KEY_WRONG_SECRET" in shown, "the control: the log is there to be searched"
    assert "control" in shown
    for text in (made.text, good, *wrong):
        assert text[-40:] not in shown
    assert "canary" not in shown


def test_that_search_would_notice(caplog):
    logging.getLogger("x").warning("sent: %s", "Bearer sp_abc")
    assert "sp_abc" in caplog.text


def test_cannot_tell_says_nothing():
    assert str(IdentityUnavailable()) == ""
