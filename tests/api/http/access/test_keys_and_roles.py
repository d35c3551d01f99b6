"""Who gets in with a key, to which route, and what everybody else is told."""

import re
import time

import pytest

from api.security.roles import GRANTS, AccessRole
from api.store.errors import StoreUnavailable
from tests.api.http.access.conftest import ADMIN, PROTECTED_ROUTES, bearer


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
