"""The console in a real browser: keys and roles."""

import pytest

from api.security.api_keys import Keys
from api.security.roles import AccessRole
from api.store.commands import Actor, Role
from tests.browser.console import control_room

pytestmark = pytest.mark.browser


def test_roles_decide_what_is_shown_and_what_is_done(browser, warm_service, store):
    with control_room(browser, warm_service, store, access=True) as room:
        keys = Keys(store, 2.0)
        admin = Actor(Role.ADMIN, "office")
        viewer = keys.create("wall", AccessRole.VIEWER, admin)
        controller = keys.create("MRCC Dover", AccessRole.CONTROLLER, admin)
        pages = []
        for key in (viewer, controller):
            page = room.workspace(waits=False)
            page.locator("#field-token").fill("sp_nobody")
            page.locator("dialog button[type=submit]").click()
            page.locator("dialog .refusal").wait_for()
            page.locator("#field-token").fill(key.text)
            page.locator("dialog button[type=submit]").click()
            page.locator("dialog").wait_for(state="hidden")
            page.locator('[data-feed="stream"]:not(.past)').wait_for()
            page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
            assert page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})").find("sp_") < 0
            pages.append(page)
        wall, workspace = pages
        assert wall.locator("#new-encounter").is_hidden()
        wall.keyboard.press("n")
        assert wall.locator("dialog").is_hidden()
        workspace.locator("#new-encounter").wait_for()
        keys.revoke(controller.document["key_id"], admin)
        workspace.locator("#field-token").wait_for()
        room.expects = {"401", "403"}
        room.assert_clean()
