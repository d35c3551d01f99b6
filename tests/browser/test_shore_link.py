"""The shore link lost and found again, in a real browser: a real process aboard, a real service ashore, a real wire."""

import re
import socket
import threading
from contextlib import closing, contextmanager, suppress

import httpx
import orjson
import pytest

from api.http import create_app
from api.store.store import open_for_service
from api.terminal.source_spec import parse_plotter
from tests.api.http.live_server import serving
from tests.api.terminal.real_terminal import has_fix
from tests.browser.conftest import SIZES, ask_nearest
from tests.browser.test_terminal_page import assert_accessible, assert_touchable
from tests.browser.watch import PATIENCE_MS

pytestmark = pytest.mark.browser


class Wire:
    """A TCP proxy that can be cut: what is open breaks, and nobody gets through until it is mended."""

    def __init__(self, url):
        self._there, self._is_whole, self._open = ("127.0.0.1", int(url.rpartition(":")[2])), True, []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                here = self._listener.accept()[0]
                if not self._is_whole:
                    here.close()
                    continue
                there = socket.create_connection(self._there)
                self._open += [here, there]
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    @staticmethod
    def _carry(source, sink):
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self._is_whole = False
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self._is_whole = True

    def close(self):
        self.cut()
        # Whoever waits in accept() is woken.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for end in (self._listener, *self._open):
            end.close()


@contextmanager
def control_room(service, folder):
    """A service with records; its store, its address and a client of its own."""
    with open_for_service(f"sqlite:{folder}/store.db") as store:
        app = create_app(service, store=store)
        with serving(app) as url, httpx.Client(base_url=url, timeout=30.0) as client:
            yield store, url, client
            app.state.leaving.has_begun = True
        app.state.plan_pool.close()


def heard(store):
    """Number, kind and body of every message that the control room took, in its order."""
    found, after = [], 0
    while page := store.events(after):
        after = page[-1].sequence
        found += [orjson.loads(event.body) for event in page if event.kind == "terminal.message"]
    return [(body["number"], body["kind"], body["body"]) for body in found]


@pytest.fixture
def page_at(browser):
    """Opens the page of a terminal on a tablet."""
    width, height, ratio = SIZES["tablet"]
    viewport = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, device_scale_factor=ratio, has_touch=True)

    def open_page(url):
        page = context.new_page()
        # A courier that found no link tries again after half a minute at most.
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{url}/terminal")
        return page

    yield open_page
    context.close()


def is_ready(state):
    """After a restart: the recorded track begins anew, so its fix may be questioned as a jump."""
    return state["ready"]


def queue(page, text, button):
    """Queue a report on a press, and wait until it is said to be."""
    page.locator("#report").click()
    page.locator("#report-text").fill(text)
    page.get_by_role("button", name=button).click()
    page.get_by_text(re.compile(r"^Queued as number \d+")).wait_for()
    page.keyboard.press("Escape")


def test_what_was_queued_without_a_link_is_delivered_once_and_a_direction_comes_back(
    warm_service, page_at, started, tmp_path
):  # fmt: skip
    with control_room(warm_service, tmp_path) as (store, url, shore), closing(Wire(url)) as wire:
        options = ("--demo", "--vessel", "rnli-severn", "--centre", wire.url)
        process = started(tmp_path / "aboard", *options)
        process.until(has_fix)
        page = page_at(process.url)
        state, queued = page.locator("#link-state"), page.locator("#link-sub")
        state.filter(has_text=re.compile(r"LINK \d")).filter(has_not_text="NO LINK").wait_for()
        # The page's own files are kept by now, so that it opens without the process.
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

        wire.cut()
        ask_nearest(page)
        first = page.locator("#ports .port").first.inner_text()
        queue(page, "Twelve people in a dinghy, engine failed.", "NEW ENCOUNTER")
        queue(page, "All aboard.", "REPORT ONLY")
        state.filter(has_text="NO LINK").wait_for()
        queued.filter(has_text="3 queued").wait_for()
        assert heard(store) == []

        # Power is lost with everything in the queue; the page opens again by itself and says that nobody answers.
        process.end()
        page.reload()
        page.locator("#link.gone").wait_for()
        assert "NOT ANSWERING" in state.inner_text()
        assert page.locator("#ports .port").count() == 0

        process = started(tmp_path / "aboard", *options, port=process.port)
        process.until(is_ready)
        queued.filter(has_text="3 queued").wait_for()
        page.locator("#report").click()
        page.locator(".outbox li[data-state=queued]").nth(2).wait_for()
        assert page.locator(".outbox li[data-state=delivered]").count() == 0
        page.keyboard.press("Escape")
        assert heard(store) == []

        wire.mend()
        queued.filter(has_text="no link needed").wait_for()
        state.filter(has_not_text="NO LINK").wait_for()
        told = heard(store)
        assert [(number, kind) for number, kind, _ in told] == [(1, "decision"), (2, "encounter"), (3, "report")]
        assert told[2][2]["text"] == "All aboard."
        encounter_id = store.open_encounters()[0]["encounter_id"]
        assert len(store.open_encounters()) == 1
        page.locator("#report").click()
        page.locator(".outbox li[data-state=delivered]").nth(2).wait_for()
        page.keyboard.press("Escape")

        text = "Reception is there."
        directed = {"centre": "MRCC DOVER", "code": "RCC_DIRECTED", "port_id": "ramsgate", "text": text}
        assert shore.post(f"/v1/encounters/{encounter_id}/direction", json=directed).status_code == 200
        # Each delivery asks for directions, too.
        ask_nearest(page)
        box = page.locator("#direction")
        for part in ("MRCC DOVER", "Ramsgate", text):
            box.get_by_text(part).first.wait_for()
        box.locator(".figures").filter(has_text="min").wait_for()
        # The engine's view stands beside it, and says what it is.
        page.get_by_text("Engine's view, for information").wait_for()
        assert page.locator("#ports .port").first.inner_text().split("\n")[0] == first.split("\n")[0]
        # What is said on VHF is of the port directed to.
        page.locator("#say").click()
        page.locator("#panel blockquote").filter(has_text="Ramsgate").first.wait_for()
        page.keyboard.press("Escape")
        box.get_by_role("button", name="ACKNOWLEDGE").click()
        box.get_by_text("acknowledged").wait_for()
        queued.filter(has_text="no link needed").wait_for()
        kinds = [kind for _, kind, _ in heard(store)]
        assert kinds == ["decision", "encounter", "report", "decision", "direction_acknowledged"]
        assert [number for number, _, _ in heard(store)] == [1, 2, 3, 4, 5]

        # It is the answer from then on, also after another power cut.
        process.end()
        process = started(tmp_path / "aboard", *options, port=process.port)
        process.until(is_ready)
        page.reload()
        page.locator("#direction").get_by_text("Ramsgate").wait_for()
        page.locator("#direction").get_by_text("acknowledged").wait_for()
        assert len(heard(store)) == 5


def test_a_direction_withdrawn_is_said_at_once_and_steering_goes_on_until_a_press(look, ship, warm_service, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plotter, control_room(warm_service, tmp_path) as room:
        plotter.bind(("127.0.0.1", 0))
        _, _, shore = room
        ship.terminal.hand_over._plotter = parse_plotter(f"udp://127.0.0.1:{plotter.getsockname()[1]}")
        reported = {"position": {"type": "Point", "coordinates": [1.45, 51.03]}, "persons": 4}
        path = f"/v1/encounters/{shore.post('/v1/encounters', json=reported).json()['encounter_id']}"

        def direct(port_id):
            body = {"centre": "MRCC DOVER", "code": "RCC_DIRECTED", "port_id": port_id, "text": "Reception is there."}
            return shore.post(f"{path}/direction", json=body).json()["sequence"]

        def hear():
            """What a courier does with the answer."""
            standing = shore.get(f"{path}/standing").json()
            if standing["direction"] is not None:
                ship.terminal._directed(standing)
            else:
                ship.terminal._direction_withdrawn(standing["withdrawn"])

        page = look()
        ask_nearest(page)
        direction = direct("ramsgate")
        hear()
        box = page.locator("#direction")
        box.get_by_role("button", name="ACKNOWLEDGE").click()
        box.get_by_role("button", name="SEE PORT").click()
        page.get_by_role("button", name="STEER", exact=True).click()
        page.get_by_text("Sent every second until STEER NO MORE").wait_for()
        page.keyboard.press("Escape")
        # What is sent is said on the page itself, also to whoever opens it anew.
        page.locator("#chart-note").get_by_text("Steering: Ramsgate.").wait_for()
        page.reload()
        page.locator("#chart-note").get_by_text("Steering: Ramsgate.").wait_for()
        ask_nearest(page)
        page.locator("#report").click()
        page.locator("#report-text").fill("Half of it typed")

        reason = "No ambulance there."
        taken_back = {"direction": direction, "centre": "CROSS GRIS-NEZ", "text": reason}
        assert shore.post(f"{path}/direction/withdraw", json=taken_back).status_code == 200
        hear()
        # Beside an open panel too, which keeps what was typed.
        note = page.locator("#chart-note")
        for part in ("CROSS GRIS-NEZ", "No longer to Ramsgate", reason):
            note.get_by_text(part).wait_for()
        assert page.locator("#report-text").input_value() == "Half of it typed"
        page.keyboard.press("Escape")
        at = ship.terminal.withdrawn["at"]
        for part in ("DIRECTION WITHDRAWN · CROSS GRIS-NEZ", "No longer to Ramsgate", f"{at[11:16]} UTC", reason):
            box.get_by_text(part).first.wait_for()
        note.get_by_text(reason).wait_for(state="detached")
        page.get_by_text("Engine's view, for information").wait_for(state="hidden")
        note.get_by_text("still steered along SAFEPORT Ramsgate").wait_for()
        assert_accessible(page)
        assert_touchable(page)
        # What is said on VHF is of the answer again.
        page.locator("#say").click()
        page.locator("#panel blockquote").filter(has_text="Dover").first.wait_for()
        page.keyboard.press("Escape")

        box.get_by_role("button", name="ACKNOWLEDGE").click()
        box.get_by_text("No longer to Ramsgate").wait_for(state="detached")
        # Seen is not stopped.
        box.get_by_text("still steered along SAFEPORT Ramsgate").wait_for()
        assert_accessible(page)
        assert ship.terminal.hand_over.document()["port_id"] == "ramsgate"
        box.get_by_role("button", name="STEER NO MORE").click()
        box.wait_for(state="hidden")
        assert ship.terminal.hand_over.document() is None
        page.reload()
        ask_nearest(page)
        assert box.is_hidden()

        direct("dover")
        hear()
        box.get_by_text("Dover").first.wait_for()
        assert page.watch.complaints == []
