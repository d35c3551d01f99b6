"""Pictures of the console for its document: MAKE_PICTURES=1 makes them anew, and each stays small."""

import re
import socket
import time

import pytest
from pyais.encode import encode_dict

from api.store.store import open_store
from tests.browser.console import control_room, in_minutes, pick
from tests.browser.test_pictures import keep_picture

pytestmark = pytest.mark.browser

BOATS = [
    ([1.45, 51.03], 32, "rnli-severn"), ([1.36, 50.79], 18, None), ([1.62, 51.14], 47, None),
    ([1.18, 51.0], 55, "ukbf-ctv"), ([1.66, 50.93], 41, "rnli-severn"), ([1.05, 50.83], 24, "rnli-shannon"),
]  # fmt: skip
PLACES = [("dover", 120, 16), ("calais", 90, 50), ("ramsgate", 80, 0), ("boulogne", 60, 26)]


ZONES = [
    ("Wreck of the Vega", "drifting containers", [[1.3, 51.02], [1.4, 51.02], [1.42, 51.07], [1.33, 51.08]], {}),
    ("Firing practice", "exercise", [[1.5, 50.85], [1.58, 50.85], [1.58, 50.92], [1.5, 50.92]], {"from_at": 120}),
]
UNITS = [
    (232999001, "RNLI 17-44", 1.42, 51.03),
    (232999002, "BF RANGER", 1.58, 51.1),
    (227999003, "ABEILLE", 1.33, 50.93),
]


def draw_zones(room):
    """One in force, one to come."""
    for name, reason, corners, times in ZONES:
        outline = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
        zone = {"name": name, "reason": reason, "outline": outline}
        room.send("POST", "/v1/exclusion-zones", zone | {field: in_minutes(late) for field, late in times.items()})


def say_units(feed):
    """Half an hour of three units, each going east at 12 kn."""
    now_s = time.time()
    for minute in range(31):
        feed._clock = lambda minute=minute: now_s - 60.0 * (30 - minute)
        for mmsi, name, lon, lat in UNITS:
            position = {"msg_type": 1, "lon": lon - 0.0053 * (30 - minute), "lat": lat, "speed": 12.0, "course": 90.0}
            for message in (position, {"msg_type": 5, "shipname": name}):
                for text in encode_dict({"mmsi": mmsi, **message}, talker_id="AI", sentence_type="VDM"):
                    feed.hear(text.encode())
    feed._clock = time.time


@pytest.fixture(scope="module")
def watch(browser, warm_service, tmp_path_factory):
    """A busy night, invented."""
    url = f"sqlite:{tmp_path_factory.mktemp('room')}/store.db"
    # A feed that says nothing itself: what is heard is said below.
    silent = socket.create_server(("127.0.0.1", 0))
    ais = f"127.0.0.1:{silent.getsockname()[1]}"
    with silent, open_store(url, create=True) as store, control_room(browser, warm_service, store, ais=ais) as room:
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


@pytest.mark.parametrize(
    ("name", "size", "palette", "lang"),
    [
        ("console-day", "wall", "day", "en"),
        ("console-what-if", "desk", "day", "en"),
        ("console-zones-dusk", "desk", "dusk", "fr"),
    ],
)
def test_picture(watch, name, size, palette, lang):
    room, names = watch
    if name == "console-zones-dusk":
        draw_zones(room)
    say_units(room.app.state.ais)
    page = room.workspace(size, palette, lang)
    page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
    pick(page, names[0])
    if name == "console-what-if":
        page.keyboard.press("w")
        page.locator("#if-closed").select_option("dover")
        page.locator("#sheet button[type=submit]").click()
        page.locator("#what-if-bar").wait_for()
        page.locator("#decision .card.first:not([data-card=dover])").wait_for()
    if name == "console-zones-dusk":
        page.locator("#zones-list .pick").first.click()
        page.locator("#zoom-out").click()
        page.locator("#zoom-out").click()
        page.locator("#decision").get_by_text("Wreck of the Vega").first.wait_for()
    page.locator("#encounter-rows").get_by_text(re.compile("deciding…|calcul…")).first.wait_for(state="detached")
    page.wait_for_timeout(1500)
    keep_picture(page, name)
