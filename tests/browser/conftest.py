"""A terminal whose clock and receiver are the test's, served on loopback, and a browser that looks at its page."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from api.encounter import VesselIn
from api.store.store import open_store
from api.terminal.link.courier import Courier
from api.terminal.link.outbox import Outbox, own_key
from api.web.static import Shelf
from engine.errors import PackError
from tests.api.http.live_server import serving
from tests.api.terminal.conftest import Ship, started, warm_service  # noqa: F401
from tests.browser.console import control_room
from tests.browser.watch import Watch
from tests.store.conftest import new_database, postgresql  # noqa: F401

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
SIZES = {"tablet": (1280, 800, 1.5), "desk": (1920, 1080, 1.0), "phone": (390, 844, 3.0)}
OFF_FOLKESTONE = (51.0317, 1.4517)


def missing():
    """What a browser test needs and this machine has not; None where it has all."""
    try:
        import axe_playwright_python  # noqa: F401
        import playwright  # noqa: F401
    except ImportError as absent:
        return f"{absent.name} is not installed"
    if not CHROMIUM.exists():
        return f"no {CHROMIUM}: install Debian's chromium"
    try:
        Shelf()
    except PackError as absent:
        return str(absent)
    return None


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, without a window; closed with the module, for its event loop keeps others from running."""
    reason = missing()
    if reason and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(f"{reason}; REQUIRE_BROWSER=1 makes that a failure")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with closing(launched):
            yield launched


@pytest.fixture
def ship(warm_service, tmp_path):  # noqa: F811
    """A terminal that has heard where it is."""
    made = Ship(warm_service, tmp_path / "state", None, vessel=VesselIn(profile="rnli-severn"))
    courier = Courier(Outbox(made.keeper, own_key(tmp_path / "state")), None, made.ticks.steady_s)
    made.terminal.courier, courier.on_change = courier, made.terminal.tell
    made.hear(*OFF_FOLKESTONE, sog_kn=16.4, cog_deg=314.0)
    with closing(made.keeper):
        yield made
        made.app.state.plan_pool.close()


@pytest.fixture
def base(ship, browser):
    """Where the terminal answers; it says good-bye to its streams before it stops."""
    with serving(ship.app) as url:
        yield url
        ship.app.state.leaving.has_begun = True


@pytest.fixture
def look(browser, base):
    """Opens the page at a size, in a palette and a language; closes what it opened."""
    contexts = []

    def opened(size="tablet", palette="day", lang="en", is_chart_awaited=True):
        width, height, ratio = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=ratio,
            locale="fr-FR" if lang == "fr" else "en-GB", has_touch=size != "desk",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page, base)
        page.add_init_script(f"localStorage.setItem('safeport.palette', '{palette}')")
        page.goto(f"{base}/terminal")
        if is_chart_awaited:
            page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
        return page

    yield opened
    for context in contexts:
        context.close()


def ask_nearest(page):
    """Touch NEAREST and wait for what comes."""
    page.locator("#nearest").click()
    page.locator("#ports .port").first.wait_for()


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as opened:
        yield opened


@pytest.fixture
def room(browser, warm_service, store):  # noqa: F811
    """A control room whose pages did nothing they should not."""
    with control_room(browser, warm_service, store) as made:
        yield made
        made.assert_clean()


@pytest.fixture(params=["sqlite", "postgresql"])
def shared_room(request, browser, warm_service, tmp_path):  # noqa: F811
    """The same on a file and on a server."""
    url = f"sqlite:{tmp_path}/store.db"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"))
    with open_store(url, create=True) as store, control_room(browser, warm_service, store) as made:
        yield made
        made.assert_clean()
