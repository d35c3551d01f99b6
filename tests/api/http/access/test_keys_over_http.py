"""Keys over HTTP, and no secret where none belongs."""

import logging

from api.http import create_app
from api.security.identity import IdentityUnavailable
from api.security.roles import AccessRole
from tests.api.http.access.conftest import ADMIN, bearer
from tests.api.security.conftest import token


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
    past = {"unit": "x", "role": "crew", "expires_at": "2001-01-01T00:00:00Z"}
    made = store.keys()[0].id
    for path, wish, lang, pointer, detail in (
        ("/v1/keys", past, "en", "/expires_at", "is in the past. Check the date."),
        (f"/v1/keys/{made}/rotate", {"overlap_s": -1}, "en", "/overlap_s",
         "is no number in range. Send 0 to 2592000."),
        ("/v1/keys", {"unit": "x", "role": "roi"}, "fr", "/role",
         "n'est pas une des valeurs admises. Écrire 'viewer', 'crew'"),
        ("/v1/keys", {"unit": "x", "role": "roi"}, "en", "/role", "is not one of its values. Write 'viewer', 'crew'"),
    ):  # fmt: skip
        answer = guarded().request("POST", path, json=wish, headers=admin | {"Accept-Language": lang})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["pointer"]) == (422, pointer)
        assert error["detail"].startswith(detail)
        assert error["code"] == ("NOT_AN_OPTION" if pointer == "/role" else "WRONG_VALUE")
    assert len(store.keys()) == before
    assert client.get("/v1/keys").json()["code"] == "NO_STORE"


def test_with_access_off_nobody_makes_keys_over_http(call_app, service, store):
    answer = call_app(create_app(service, store=store)).post("/v1/keys", {"unit": "x", "role": "admin"})
    assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_NEEDED")


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
