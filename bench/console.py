"""The console in a browser, and a whole watch on one process; with ``watch`` the second alone.

``python -m bench.console`` fills a store with encounters and reports of every port, serves it as users do, and looks at
it with Debian's Chromium without a window. Times hold for this machine at this load alone, and are medians; processor
time is that of the page's main thread, which does not hang on what else the machine does. Needs ``make web``.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import numpy as np

from api.decision_service import open_decision_service, warm_up
from api.store.store import open_for_service
from bench import board
from bench.http import Connection, Server, started
from bench.pages import CHROMIUM, pan, show, thread_ms
from bench.report import heading, note, row, section

ENCOUNTERS = 200
SIZE = {"width": 1920, "height": 1080}
ROUNDS = 7
CONSOLES, TERMINALS = 20, 200
WATCH_S = 60.0
DECISIONS_PER_S = 8.0
CHANGE_EVERY_S = 2.0
TERMINAL_EVERY_S = 30.0
"""As `api.terminal.link.courier` asks."""
CONSOLE_DECIDES_AFTER_S, SPREAD_S, READ_EVERY_S, PRESENCE_EVERY_S = 0.3, 0.3, 30.0, 20.0
"""As the page does. [s]"""
AIMS = {"first paint": 1_500.0, "frame": 25.0, "heap": 150.0, "event": 100.0, "decision": 50.0}
"""[ms], but for the heap. [MB]"""

_ROW_SHOWN = """
(name) => new Promise((resolve) => {
  const seen = () => document.querySelector(`[data-row="${name}"] .badge-directed`);
  const look = () => { if (!seen()) return; watch.disconnect(); resolve(performance.timeOrigin + performance.now()); };
  const watch = new MutationObserver(look);
  watch.observe(document.querySelector('#encounter-rows'), { childList: true, subtree: true });
  look();
})
"""


def main() -> None:
    """Measure and print."""
    service = open_decision_service()
    warm_up(service)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:{folder}/store.db"
        with open_for_service(url) as store:
            names = board.fill(service, store, time.time(), ENCOUNTERS)
        with started(url) as server:
            if "watch" not in sys.argv:
                look(server, names)
            watch(server, names)


def look(server: Server, names: list[str]) -> None:
    """All figures of one browser."""
    from playwright.sync_api import sync_playwright

    section(f"The console in a browser: {ENCOUNTERS} encounters and every port, {SIZE['width']} x {SIZE['height']}")
    note(f"load average {os.getloadavg()[0]:.1f} at the start")
    heading(("median", "range", "aim"))
    arguments = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        paints = []
        for _ in range(ROUNDS):
            page = open_console(browser, server)
            paints.append(float(page.evaluate("() => performance.getEntriesByName('picture-shown')[0].startTime")))
            page.context.close()
        show("boards on the screen", paints, AIMS["first paint"])
        page = open_console(browser, server)
        page.locator("#ports-all").click()
        page.wait_for_timeout(3_000)
        for _ in range(3):
            frames, cpu_ms, _ = pan(page)
            row("panning, a frame", (f"{cpu_ms / frames:.1f} ms", f"{frames} frames", f"{AIMS['frame']:.0f} ms"))
        page.context.close()
        page = open_console(browser, server)
        page.wait_for_timeout(3_000)
        delays, work = zip(*(directed(page, server, name) for name in names[:ROUNDS]), strict=True)
        show("from sending to the row on the board", delays, AIMS["event"])
        show("  work of the page for an event, 2 s", work, None)
        page.cdp.send("HeapProfiler.collectGarbage")
        heap_mb = page.evaluate("() => performance.memory.usedJSHeapSize") / 1e6
        row("heap after garbage is collected", (f"{heap_mb:.1f} MB", "", f"{AIMS['heap']:.0f} MB"))
        browser.close()
    note(f"load average {os.getloadavg()[0]:.1f} at the end")


def open_console(browser: Any, server: Server) -> Any:
    """The page in a context of its own, with its chart and its decisions."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.cdp = context.new_cdp_session(page)
    page.goto(f"http://{server.host}:{server.port}/console")
    page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
    page.locator("#decision .card").first.wait_for()
    page.cdp.send("Performance.enable")
    return page


def directed(page: Any, server: Server, name: str) -> tuple[float, float]:
    """From sending a direction elsewhere to its row on the board, and the work of the page for it. [ms]"""
    page.wait_for_timeout(2_000)
    before_ms = thread_ms(page)
    # To make a client takes longer than its request.
    client = httpx.Client(base_url=f"http://{server.host}:{server.port}", timeout=30.0)
    client.get("/healthz")
    page.evaluate(f"(name) => {{ window.row_shown = ({_ROW_SHOWN})(name); }}", name)
    sent_ms = time.time() * 1000.0
    body = {"centre": "BENCH", "code": "NEAREST_FIT", "port_id": "dover"}
    client.post(f"/v1/encounters/{name}/direction", json=body).raise_for_status()
    client.close()
    shown_ms = float(page.evaluate("() => window.row_shown"))
    page.wait_for_timeout(2_000)
    return shown_ms - sent_ms, thread_ms(page) - before_ms


def watch(server: Server, names: list[str]) -> None:
    """Decisions while many consoles and terminals are on the same process."""
    section(f"{CONSOLES} consoles and {TERMINALS} terminals on one process, {ENCOUNTERS} encounters, {WATCH_S:.0f} s")
    note(f"load average {os.getloadavg()[0]:.1f} at the start; this program works on the same machine")
    heading(("p50", "p99", "aim of p99"))
    begun_s, worked_s = time.perf_counter(), server.processor_s()
    for title, taken in asyncio.run(whole_watch(server, names)).items():
        p50, p99 = np.percentile(taken, (50, 99)) * 1000.0
        aim = f"{AIMS['decision']:.0f} ms" if title == "decision" else ""
        row(f"{title}, {len(taken)}", (f"{p50:.1f} ms", f"{p99:.1f} ms", aim))
    share = (server.processor_s() - worked_s) / (time.perf_counter() - begun_s)
    row("processors at work in the service", (f"{share:.2f}", f"of {os.cpu_count()}", ""))
    row("memory of the service", (f"{server.resident_mib():.0f} MiB", "", ""))
    note(f"load average {os.getloadavg()[0]:.1f} at the end")


async def whole_watch(server: Server, names: list[str]) -> dict[str, list[float]]:
    """Times of each kind of request. [s]"""
    found: dict[str, list[float]] = {}
    client = _Client(server, found)
    since = httpx.get(f"http://{server.host}:{server.port}/v1/terminals/ports", timeout=30.0).json()["version"]
    begun = [
        *(_console(client, names[k], k) for k in range(CONSOLES)),
        *(_terminal(client, names[k % len(names)], k, since) for k in range(TERMINALS)),
        _change(client, names), _decide(client),
    ]  # fmt: skip
    tasks = [asyncio.create_task(made) for made in begun]
    await asyncio.sleep(WATCH_S)
    for task in tasks:
        task.cancel()
    failures = [
        failure for failure in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(failure, Exception)
    ]
    if failures:
        raise RuntimeError(f"{len(failures)} of {len(tasks)} gave up, the first because of {failures[0]!r}")
    return found


class _Client:
    """Asks, and keeps how long each answer took; one that is refused is counted, as pages ask again later."""

    def __init__(self, server: Server, found: dict[str, list[float]]) -> None:
        self.server, self.found = server, found

    async def ask(self, title: str, connection: Connection, path: str, body: Any = None, method: str = "GET") -> None:
        """Ask, and note the time under a title."""
        try:
            taken_s = await connection.call(path, b"" if body is None else json.dumps(body).encode(), method)
        except RuntimeError:
            self.found.setdefault(f"{title}, refused", []).append(0.0)
            return
        self.found.setdefault(title, []).append(taken_s)


async def _decide(client: _Client) -> None:
    """Decisions at a steady rate, whether or not the last one is done."""
    draw = np.random.default_rng(7)

    async def decide_one(_: float) -> None:
        lon, lat = draw.uniform(1.3, 1.6), draw.uniform(50.9, 51.05)
        body = {"position": {"type": "Point", "coordinates": [lon, lat]}, "vessel": {"profile": "rnli-severn"}}
        async with Connection(client.server) as connection:
            await client.ask("decision", connection, "/v1/decisions", body, "POST")

    await _regularly(1.0 / DECISIONS_PER_S, decide_one)


async def _change(client: _Client, names: list[str]) -> None:
    async with Connection(client.server) as connection:

        async def direct_one(due_s: float) -> None:
            body = {"centre": "BENCH", "code": "NEAREST_FIT", "port_id": "calais"}
            path = f"/v1/encounters/{names[int(due_s) % len(names)]}/direction"
            await client.ask("change", connection, path, body, "POST")

        await _regularly(CHANGE_EVERY_S, direct_one)


async def _regularly(every_s: float, act: Callable[[float], Any]) -> None:
    """Act when it is due."""
    loop = asyncio.get_running_loop()
    due_s, running = loop.time(), set()
    while True:
        task = asyncio.create_task(act(due_s))
        running.add(task)
        task.add_done_callback(running.discard)
        due_s += every_s
        await asyncio.sleep(max(0.0, due_s - loop.time()))


async def _terminal(client: _Client, name: str, number: int, since: str) -> None:
    """What a vessel asks for while her link is up."""
    await asyncio.sleep(TERMINAL_EVERY_S * number / TERMINALS)
    while True:
        # A link over a satellite is not kept open.
        async with Connection(client.server) as connection:
            await client.ask("standing of a terminal", connection, f"/v1/encounters/{name}/standing")
            await client.ask("ports of a terminal", connection, f"/v1/terminals/ports?since={since}")
        await asyncio.sleep(TERMINAL_EVERY_S)


async def _console(client: _Client, name: str, number: int) -> None:
    """What a page asks for: the stream, and all of it decided after every event."""
    reader, writer = await asyncio.open_connection(client.server.host, client.server.port)
    writer.write(b"GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
    happened = asyncio.Event()

    async def hear() -> None:
        while line := await reader.readline():
            if line.startswith(b"data:") and b'"kind":"direction' in line:
                happened.set()

    hearing = asyncio.create_task(hear())
    desk = {"desk": f"{number:016x}", "centre": f"DESK {number}", "encounter_id": name}
    draw, loop = np.random.default_rng(number), asyncio.get_running_loop()
    # Desks were not all opened in the same second.
    read_s = said_s = loop.time() - READ_EVERY_S * number / CONSOLES
    async with Connection(client.server) as connection:
        try:
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(5.0):
                        await happened.wait()
                if happened.is_set():
                    happened.clear()
                    await asyncio.sleep(CONSOLE_DECIDES_AFTER_S + draw.uniform(0.0, SPREAD_S))
                    await client.ask("picture, decided", connection, "/console/v1/picture?decide=true")
                if loop.time() - read_s > READ_EVERY_S:
                    read_s = loop.time()
                    await client.ask("picture, as recorded", connection, "/console/v1/picture?decide=false")
                    await client.ask("one encounter", connection, f"/console/v1/encounters/{name}")
                if loop.time() - said_s > PRESENCE_EVERY_S:
                    said_s = loop.time()
                    await client.ask("presence", connection, "/console/v1/presence", desk, "PUT")
        finally:
            hearing.cancel()
            writer.close()


if __name__ == "__main__":
    main()
