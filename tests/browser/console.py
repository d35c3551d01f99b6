"""A control room for tests: a service with the console on loopback, and desks that look at it."""

import time
from contextlib import contextmanager

from api.console import include_console
from api.http import create_app
from api.settings import Settings
from tests.api.http.live_server import serving
from tests.browser.watch import PATIENCE_MS, Watch

SIZES = {"wall": (1920, 1080), "laptop": (1366, 768), "desk": (1280, 800)}
OFF_CALAIS, OFF_RAMSGATE = [1.62, 51.02], [1.55, 51.30]
OFF_DOVER = [1.40, 51.09]
"""Pages show the present hour: from here Dover is the nearest at any state of the tide."""


def in_minutes(minutes):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60 * minutes))


class Room:
    """A service with a store, and the browsers that look at it."""

    def __init__(self, browser, base, app):
        self.browser, self.base, self.app = browser, base, app
        self.desks = []
        self.expects = set()
        """Parts of what a browser says of requests that are to fail here."""

    def workspace(self, size="wall", palette="day", lang="en", centre="DOVER COASTGUARD", waits=True):
        """A page of a browser of its own."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR" if lang == "fr" else "en-GB"
        )
        page = context.new_page()
        page.watch = Watch(page, self.base)
        page.add_init_script(
            f"localStorage.setItem('safeport.palette', '{palette}');"
            f"localStorage.setItem('safeport.console.centre', '{centre}');"
        )
        self.desks.append(page)
        page.goto(f"{self.base}/console")
        if waits:
            page.locator('[data-feed="stream"]:not(.past)').wait_for()
        return page

    def assert_clean(self):
        """Nothing was asked of anybody else, and no page said anything that was not to be expected."""
        for page in self.desks:
            assert page.watch.strangers == []
            strange = [text for text in page.watch.complaints if not any(part in text for part in self.expects)]
            assert strange == [], strange

    def send(self, method, path, body=None):
        """What a program on this machine records; its answer."""
        answer = self.desks[0].request.fetch(f"{self.base}{path}", method=method, data=body, timeout=PATIENCE_MS)
        assert answer.ok, answer.text()
        return answer.json()

    def report(self, at=OFF_DOVER, persons=30, **more):
        """An encounter; its id."""
        body = {
            "position": {"type": "Point", "coordinates": at},
            "persons": persons,
            "vessel": {"profile": "rnli-severn"},
        }
        return self.send("POST", "/v1/encounters", body | more)["encounter_id"]

    def places(self, port_id, total, **more):
        """A port that is open and has places."""
        self.send("PUT", f"/v1/ports/{port_id}/status", {"status": "open"})
        self.send("PUT", f"/v1/ports/{port_id}/capacity", {"places": {"total": total}, "persons_per_hour": 60} | more)


@contextmanager
def control_room(browser, service, store, **settings):
    """Serve a console; streams end before the server does."""
    app = create_app(service, settings=Settings(**{"sweep_every_s": 0.5, **settings}), store=store)
    include_console(app)
    with serving(app) as base:
        room = Room(browser, base, app)
        try:
            yield room
        finally:
            for page in room.desks:
                page.context.close()
            app.state.leaving.has_begun = True
            app.state.broadcast.end()
    app.state.plan_pool.close()


def badge(page, encounter_id, state):
    """The state of an encounter on a board, once it is that."""
    return page.locator(f'[data-row="{encounter_id}"] .badge-{state}')


def pick(page, encounter_id):
    """Choose an encounter and wait for its decision."""
    page.locator(f'[data-encounter="{encounter_id}"]').click()
    page.locator(f'[data-encounter="{encounter_id}"][aria-pressed="true"]').wait_for()
    page.locator("#decision .card.first").wait_for()
