"""Sign-in by a real provider on loopback, strict about PKCE: the code flow, the cookie, what ends a session."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.console import include_console
from api.http import create_app
from api.security.tokens import Tokens
from api.settings import Settings
from tests.api.http.issuer import CONTROLLER, NOBODY, running_issuer, sign_in_settings
from tests.api.http.live_server import serving


@pytest.fixture(scope="module")
def issuer():
    with running_issuer() as address:
        yield address


@pytest.fixture
def desk(issuer, service, store):
    """A service, and a browser's cookies and redirects without a browser."""
    app = create_app(service, settings=Settings(**sign_in_settings(issuer, "http://127.0.0.1:1")), store=store)
    include_console(app)
    with serving(app) as base:
        # The origin is known only now; nothing has looked at it yet.
        app.state.authenticator.sign_in._settings = Settings(**sign_in_settings(issuer, base))
        with httpx.Client(base_url=base) as client:
            client.sign_in = app.state.authenticator.sign_in
            yield client
        app.state.broadcast.end()
    app.state.plan_pool.close()


def consent(desk, subject=CONTROLLER):
    """The way back that the issuer sends the browser of somebody who said yes."""
    begun = desk.get("/console/v1/sign-in/begin")
    assert begun.status_code == 303
    return httpx.post(begun.headers["location"], data={"sub": subject}).headers["location"]


def sign_in(desk, subject=CONTROLLER):
    answer = desk.get(consent(desk, subject))
    assert answer.headers["location"] == "/console"
    return answer


def refused(answer):
    return answer.headers["location"] == "/console#sign-in-refused" and "safeport_session" not in answer.cookies


def test_the_code_flow_ends_in_a_session_with_the_role_of_the_token(desk):
    assert desk.get("/console/v1/sign-in").json() == {"issuer": True}
    assert desk.get("/console/v1/session").status_code == 401
    answer = sign_in(desk)
    cookie = next(text for text in answer.headers.get_list("set-cookie") if text.startswith("safeport_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    # A random name and nothing else: no part of a token.
    assert len(desk.cookies["safeport_session"]) == 43
    session = desk.get("/console/v1/session").json()
    assert (session["role"], session["duty"], session["signed_in"]) == ("controller", "MRCC Dover SMC", True)


def test_what_the_issuer_is_asked(desk):
    asked = parse_qs(urlsplit(desk.get("/console/v1/sign-in/begin").headers["location"]).query)
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == (["code"], ["openid"], ["S256"])
    assert asked["redirect_uri"] == [f"{str(desk.base_url).rstrip('/')}/console/v1/sign-in/callback"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}


def test_without_the_verifier_the_issuer_gives_nothing(desk):
    """Negative control of the provider: it is strict."""
    back = consent(desk)
    state = parse_qs(urlsplit(back).query)["state"][0]
    begun = desk.sign_in._begun[state]
    desk.sign_in._begun[state] = begun._replace(verifier="x" * 43)
    assert refused(desk.get(back))


@pytest.mark.parametrize("change", ["other browser", "other state", "no code", "said no", "used twice", "other nonce"])
def test_a_code_is_taken_once_and_from_the_browser_that_asked(desk, change):
    back = consent(desk)
    sent = parse_qs(urlsplit(back).query)
    if change == "other browser":
        desk.cookies.clear()
    elif change == "other state":
        back = back.replace(sent["state"][0], "x" * 43)
    elif change == "no code":
        back = back.replace("code=", "cold=")
    elif change == "said no":
        back = f"{back}&error=access_denied"
    elif change == "other nonce":
        begun = desk.sign_in._begun[sent["state"][0]]
        desk.sign_in._begun[sent["state"][0]] = begun._replace(nonce="x")
    else:
        desk.get(back)
        desk.cookies.clear()
    assert refused(desk.get(back))
    assert desk.get("/console/v1/session").status_code == 401


def test_who_has_no_role_here_is_not_signed_in(desk):
    assert refused(desk.get(consent(desk, NOBODY)))


def test_a_session_ends_by_sign_out(desk):
    sign_in(desk)
    name = desk.cookies["safeport_session"]
    own = {"Origin": str(desk.base_url).rstrip("/")}
    answer = desk.post("/console/v1/sign-out", headers=own)
    assert answer.json()["next"].startswith(f"{desk.sign_in._settings.token_issuer}/oauth2/end_session?")
    assert "safeport_session" not in desk.cookies
    # The name that was used means nothing any more.
    assert desk.get("/console/v1/session", headers={"Cookie": f"safeport_session={name}"}).status_code == 401


def test_a_session_ends_with_the_id_token(desk):
    sign_in(desk)
    desk.sign_in._clock = lambda: time.time() + 3_500
    assert desk.get("/console/v1/session").status_code == 200
    desk.sign_in._clock = lambda: time.time() + 3_601
    assert desk.get("/console/v1/session").status_code == 401


def test_a_page_of_another_site_cannot_use_a_session(desk):
    """Its browser would add the cookie by itself, were it not for SameSite; the service does not rely on that."""
    sign_in(desk)
    report = {"position": {"type": "Point", "coordinates": [1.3, 51.0]}, "persons": 3}
    for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        refusal = desk.post("/v1/encounters", json=report, headers=origin)
        assert (refusal.status_code, refusal.json()["code"]) == (403, "CROSS_SITE")
    own = {"Origin": str(desk.base_url).rstrip("/")}
    assert desk.post("/v1/encounters", json=report, headers=own).status_code == 201


def test_an_issuer_that_is_away_is_said_and_one_that_passes_for_another_is_not_believed(desk, issuer):
    for wrong in ("http://127.0.0.1:9", f"{issuer}/"):
        desk.sign_in._settings = desk.sign_in._settings.model_copy(update={"token_issuer": wrong})
        desk.sign_in._provider = None
        answer = desk.get("/console/v1/sign-in/begin")
        assert answer.headers["location"] == "/console#sign-in-unavailable"


def test_where_the_issuers_keys_cannot_be_had_nobody_is_told_to_have_been_refused(desk):
    way = consent(desk)
    settings = desk.sign_in._settings
    away = settings.model_copy(
        update={"token_keys": "http://127.0.0.1:9/jwks", "token_audience": settings.sign_in_client}
    )
    desk.sign_in._tokens = Tokens(away, may_omit_kid=True)
    assert desk.get(way).headers["location"] == "/console#sign-in-unavailable"


def test_begun_sign_ins_are_bounded_and_forgotten(desk, monkeypatch):
    monkeypatch.setattr("api.security.sign_in.MOST_BEGUN", 3)
    ways = [consent(desk) for _ in range(4)]
    assert len(desk.sign_in._begun) == 3
    assert refused(desk.get(ways[0]))
    desk.sign_in._clock = lambda: time.time() + 601
    assert refused(desk.get(ways[3]))


@pytest.mark.parametrize(
    "more",
    [
        {"sign_in_origin": None}, {"sign_in_origin": "http://desk.example"}, {"sign_in_origin": "desk.example"},
        {"sign_in_scope": "profile"}, {"token_issuer": None},
    ],
)  # fmt: skip
def test_settings_that_cannot_sign_anybody_in_are_refused(more):
    whole = {
        "token_issuer": "https://idp.example", "token_audience": "a", "token_keys": "https://idp.example/k",
        "token_roles": {"a": "viewer"}, "sign_in_client": "c", "sign_in_origin": "https://desk.example",
    }  # fmt: skip
    assert Settings(**whole).sign_in_client == "c"
    with pytest.raises(ValueError, match=r"sign_in|signing in|should be|token"):
        Settings(**whole | more)


def test_without_an_issuer_none_is_offered(call_app, service, store):
    app = create_app(service, settings=Settings(access=True), store=store)
    include_console(app)
    caller = call_app(app)
    assert caller.get("/console/v1/sign-in").json() == {"issuer": False}
    assert caller.get("/console/v1/sign-in/begin").headers["location"] == "/console"
    assert refused(caller.get("/console/v1/sign-in/callback?code=x&state=y"))
    assert caller.get("/console/v1/session", headers={"Cookie": "safeport_session=x"}).status_code == 401
    app.state.plan_pool.close()
