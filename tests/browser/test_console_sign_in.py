"""Sign-in in a real browser by real providers on loopback: nothing secret is in the page's hands, and sessions end."""

import os
import re
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.security.roles import AccessRole
from api.security.sign_in import SignIn
from api.settings import Settings
from tests.api.http.issuer import CONTROLLER, NOBODY, running_issuer, sign_in_settings
from tests.browser.console import badge, control_room, pick
from tests.browser.test_terminal_page import assert_accessible

pytestmark = pytest.mark.browser

PROVIDER = Path(__file__).parents[2] / "api/web/node_modules/oidc-provider"


@pytest.fixture
def centre(browser, warm_service, store):
    """A control room whose people sign in at an issuer."""
    with (
        running_issuer() as issuer,
        control_room(
            browser, warm_service, store, **sign_in_settings(issuer, "http://127.0.0.1:1"), heartbeat_s=1.0
        ) as room,
    ):
        sign_in = room.app.state.authenticator.sign_in
        sign_in._settings = Settings(**sign_in_settings(issuer, room.base))
        room.sign_in = sign_in
        yield room


@contextmanager
def running_provider(port, settings):
    """A provider that the OpenID Foundation has certified, until the context ends."""
    callback = f"{settings['sign_in_origin']}/console/v1/sign-in/callback"
    client = (settings["sign_in_client"], settings["sign_in_secret"])
    command = ["node", str(Path(__file__).with_name("provider.mjs")), str(port), callback, *client]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.terminate()


def test_a_certified_provider_signs_people_in_and_out(browser, warm_service, store):
    """It refuses what the standard has it refuse, and hands out what it pleases otherwise."""
    if not PROVIDER.exists() and os.environ.get("REQUIRE_BROWSER") != "1":
        pytest.skip(f"no {PROVIDER}: run make web")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    with control_room(browser, warm_service, store, **sign_in_settings(issuer, "http://127.0.0.1:1")) as room:
        page = room.workspace(waits=False)
        page.locator("#sign-in-issuer").click()
        page.get_by_text("cannot be reached").wait_for()
        settings = sign_in_settings(issuer, room.base)
        room.app.state.authenticator.sign_in = SignIn(Settings(**settings))
        with running_provider(port, settings):
            page.locator("#sign-in-issuer").click()
            page.locator('input[name="login"]').fill(CONTROLLER)
            page.locator('input[name="password"]').fill("any")
            page.locator("button[type=submit]").click()
            page.locator("button[type=submit]", has_text="Continue").click()
            page.locator('[data-feed="stream"]:not(.past)').wait_for()
            session = page.request.get(f"{room.base}/console/v1/session").json()
            assert (session["role"], session["duty"]) == ("controller", "MRCC Dover SMC")
            page.locator("#sign-out").click()
            page.wait_for_url(re.compile(f"^{issuer}/session/end"))
            page.locator("button", has_text="Yes, sign me out").click()
            page.wait_for_url(f"{room.base}/console")
            page.locator("#sign-in-issuer").wait_for()
            assert page.request.get(f"{room.base}/console/v1/session").status == 401


def say_yes(page, subject):
    """At the issuer's own page."""
    page.locator(f'button[value="{subject}"]').click()


def enter(page):
    page.locator("#sign-in-issuer").click()
    say_yes(page, CONTROLLER)
    page.locator('[data-feed="stream"]:not(.past)').wait_for()


def test_a_controller_signs_in_works_and_signs_out(centre, store):
    page = centre.workspace(waits=False)
    page.locator("#sign-in-issuer").wait_for()
    assert_accessible(page)
    enter(page)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "safeport_session" not in kept
    assert "eyJ" not in kept
    (cookie,) = [item for item in page.context.cookies() if item["name"] == "safeport_session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    report = {"position": {"type": "Point", "coordinates": [1.40, 51.09]}, "persons": 30}
    answer = page.request.post(f"{centre.base}/v1/encounters", data=report, headers={"Origin": centre.base})
    encounter_id = answer.json()["encounter_id"]
    badge(page, encounter_id, "new").wait_for()
    pick(page, encounter_id)
    page.keyboard.press("d")
    page.locator("#field-text").fill("by VHF 16")
    page.locator("dialog button[type=submit]").click()
    page.locator("#decision .directed").wait_for()
    assert store.direction(encounter_id)["by"] == {"role": "controller", "duty": "MRCC Dover SMC"}
    page.locator("#sign-out").click()
    page.wait_for_url("**/oauth2/end_session**")
    page.goto(f"{centre.base}/console")
    page.locator("#sign-in-issuer").wait_for()


def test_who_has_no_role_is_told_so(centre):
    page = centre.workspace(waits=False)
    page.locator("#sign-in-issuer").click()
    say_yes(page, NOBODY)
    page.get_by_text("Nobody was signed in").wait_for()


def test_a_session_that_ends_in_mid_work_loses_nothing(centre):
    page = centre.workspace(waits=False)
    enter(page)
    page.keyboard.press("n")
    page.locator("#field-text").fill("They say they see the lights of Dover")
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    centre.sign_in._clock = lambda: time.time() + 3_601
    # The stream ends with the session, and the page asks anew.
    page.locator("#sign-in-issuer").wait_for()
    centre.sign_in._clock = time.time
    centre.sign_in._sessions.clear()
    with page.context.expect_page() as opened:
        page.locator("#sign-in-issuer").click()
    say_yes(opened.value, CONTROLLER)
    opened.value.locator('[data-feed="stream"]:not(.past)').wait_for()
    opened.value.close()
    page.locator("dialog").wait_for(state="hidden")
    page.locator('[data-feed="stream"]:not(.past)').wait_for()
    page.keyboard.press("n")
    page.locator("#read-back").wait_for()
    assert page.locator("#field-text").input_value() == "They say they see the lights of Dover"


def test_a_role_taken_away_in_mid_work_is_explained_and_loses_nothing(centre):
    page = centre.workspace(waits=False)
    enter(page)
    page.keyboard.press("n")
    page.locator("#field-text_position").fill("51 03.0N 001 15.0E")
    page.locator("#read-back").click()
    page.get_by_text("5 1 degrees").wait_for()
    page.locator("#field-text").fill("They say they see the lights of Dover")
    sessions = centre.sign_in._sessions
    for name, session in sessions.items():
        lessened = session.identity._replace(roles=frozenset({AccessRole.VIEWER}))
        sessions[name] = session._replace(identity=lessened)
    page.locator("dialog button[type=submit]").click()
    page.locator("dialog .refusal").get_by_text("The role of this desk does not allow it").wait_for()
    assert page.locator("#field-text").input_value() == "They say they see the lights of Dover"
    page.locator('[data-banner="rights"]').get_by_text("This desk is now viewer").wait_for(state="attached")
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    page.locator("#new-encounter").wait_for(state="hidden")
    page.keyboard.press("n")
    assert page.locator("dialog").is_hidden()
    for name, session in sessions.items():
        sessions[name] = session._replace(identity=session.identity._replace(roles=frozenset({AccessRole.CONTROLLER})))
    # Looked at again by itself.
    page.locator("#new-encounter").wait_for()
    page.keyboard.press("n")
    page.locator("#read-back").wait_for()
    assert page.locator("#field-text").input_value() == "They say they see the lights of Dover"
