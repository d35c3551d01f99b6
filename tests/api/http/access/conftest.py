"""The service with access on, its keys, and an issuer of tokens."""

import pytest

from api.http import create_app
from api.security.api_keys import Keys
from api.security.roles import AccessRole, Permission
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.store import open_store
from tests.api.security.conftest import AUDIENCE, ISSUER, Issuer, SigningKey

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


def admitted(call_app, authenticator, permission, **scope):
    from starlette.requests import Request

    head = {
        "type": "http", "method": "GET", "scheme": "http", "path": "/", "query_string": b"", "headers": [],
        "client": ("192.0.2.7", 1), "server": ("192.0.2.1", 80), "state": {"request_id": "r"},
    }  # fmt: skip
    return call_app(None).runner.run(authenticator.admit(Request(head | scope), permission))


def with_bearer(text):
    return {"headers": [(b"authorization", f"Bearer {text}".encode())]}


def status(call_app, authenticator, permission, **scope):
    from api.http.problems import Refusal

    try:
        admitted(call_app, authenticator, permission, **scope)
    except Refusal as refused:
        return refused.status_code, (refused.headers or {}).get("Retry-After")
    return 200, None
