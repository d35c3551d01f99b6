"""Pictures of the console for its document: MAKE_PICTURES=1 makes them anew, and each stays small."""

import pytest

from api.store.store import open_store
from tests.browser.console import control_room, in_minutes, pick
from tests.browser.test_pictures import keep_picture

pytestmark = pytest.mark.browser

BOATS = [
    ([1.45, 51.03], 32, "rnli-severn"), ([1.36, 50.79], 18, None), ([1.62, 51.14], 47, None),
    ([1.18, 51.0], 55, "ukbf-ctv"), ([1.66, 50.93], 41, "rnli-severn"), ([1.05, 50.83], 24, "rnli-shannon"),
]  # fmt: skip
PLACES = [("dover", 120, 16), ("calais", 90, 50), ("ramsgate", 80, 0), ("boulogne", 60, 26)]


@pytest.fixture(scope="module")
def watch(browser, warm_service, tmp_path_factory):
    """A busy night, invented."""
    url = f"sqlite:{tmp_path_factory.mktemp('room')}/store.db"
    with open_store(url, create=True) as store, control_room(browser, warm_service, store) as room:
        room.workspace()
        for port_id, total, taken in PLACES:
            room.places(port_id, total, occupied={"total": taken})
        room.send("PUT", "/v1/ports/folkestone/status", {"status": "closed", "reason": "dries"})
        names = [
            room.report(at, persons, source="phone", vessel={} if profile is None else {"profile": profile})
            for at, persons, profile in BOATS
        ]
        for k, port_id in ((3, "dover"), (4, "calais")):
            fields = {"centre": "DOVER COASTGUARD", "code": "NEAREST_FIT", "port_id": port_id}
            room.send("POST", f"/v1/encounters/{names[k]}/direction", fields)
            hold = {"port_id": port_id, "vessel": "RNLI 17-44", "persons": {"total": 30}, "encounter_id": names[k]}
            room.send("POST", "/v1/reservations", hold | {"eta_at": in_minutes(25)})
        yield room, names


@pytest.mark.parametrize(("name", "size"), [("console-day", "wall"), ("console-what-if", "desk")])
def test_picture(watch, name, size):
    room, names = watch
    page = room.workspace(size)
    page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
    pick(page, names[0])
    if name == "console-what-if":
        page.keyboard.press("w")
        page.locator("#if-closed").select_option("dover")
        page.locator("#sheet button[type=submit]").click()
        page.locator("#what-if-bar").wait_for()
        page.locator("#decision .card.first:not([data-card=dover])").wait_for()
    page.wait_for_timeout(1500)
    keep_picture(page, name)
