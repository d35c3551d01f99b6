"""The onboard page in a browser: first paint, NEAREST to answer on screen, palettes, panning, bytes.

``python -m bench.pages`` starts the real terminal with its recorded track and Debian's Chromium without a window. Times
hold for this machine at this load alone, and are medians; processor time is that of the browser's renderer, which does
not hang on what else the machine does. Needs ``make web``.
"""

import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from api.web.static import Shelf
from bench.report import heading, note, row, section
from engine.errors import PackError

CHROMIUM = "/usr/bin/chromium"
SIZE, RATIO = {"width": 1280, "height": 800}, 1.5
ROUNDS = 7
DRAGS, STEPS = 3, 30
AIMS = {
    "first paint": 1_000.0,
    "nearest": 150.0,
    "nearest slowed": 500.0,
    "palette": 100.0,
    "frame": 25.0,
    "bytes": 600.0,
}
"""[ms], but for the bytes. [kB]"""
FRAMES = {1: 30, 4: 15}
"""Least frames a second while the chart is dragged, by how far the processor is slowed."""


def missing() -> str:
    """What is needed and not there; empty where nothing is."""
    try:
        import playwright  # noqa: F401

        Shelf()
    except ImportError as absent:
        return f"{absent.name} is not installed"
    except PackError as absent:
        return str(absent)
    return "" if Path(CHROMIUM).exists() else f"no {CHROMIUM}"


def run() -> None:
    """Measure and print, or say why not."""
    section("The onboard page in a browser")
    lacking = missing()
    if lacking:
        note(f"left out: {lacking}")
        return
    from playwright.sync_api import sync_playwright

    note(f"load average {os.getloadavg()[0]:.1f} at the start; {SIZE['width']} x {SIZE['height']} at {RATIO}")
    arguments = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with terminal() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            measure(browser, url)
        finally:
            browser.close()
    note(f"load average {os.getloadavg()[0]:.1f} at the end")


def measure(browser: Any, url: str) -> None:
    """All figures of one browser."""
    heading(("median", "range", "aim"))
    paints, charts = zip(*(first_paint(browser, url) for _ in range(ROUNDS)), strict=True)
    show("first useful paint", paints, AIMS["first paint"])
    show("first chart painted", charts, None)
    for slow, aim in ((1, AIMS["nearest"]), (4, AIMS["nearest slowed"])):
        page = open_page(browser, url, slow)
        show(f"NEAREST to answer, {slow} x slowed", [nearest(page) for _ in range(ROUNDS)], aim)
        show(
            f"palette switch, {slow} x slowed",
            [palette(page, k) for k in range(ROUNDS)],
            AIMS["palette"] if slow == 1 else None,
        )
        frames, cpu_ms, taken_s = pan(page)
        # Slowing stretches the work itself: what it took is a share of what is counted.
        spent = f"{cpu_ms / frames / slow:.1f} ms"
        row(f"panning, {slow} x slowed, a frame", (spent, f"{frames} frames", f"{AIMS['frame']:.0f} ms"))
        row(f"panning, {slow} x slowed", (f"{frames / taken_s:.0f} fps", "", f"{FRAMES[slow]} fps"))
        page.context.close()
    page = open_page(browser, url, 1, is_counted=True)
    nearest(page)
    first = sum(page.sizes.values())
    for _ in range(7):
        page.locator("#zoom-in").click()
        page.wait_for_timeout(700)
    row("gzipped, with its answer", (f"{first / 1000:.0f} kB", "", ""))
    row(
        "gzipped, all the way in to a harbour",
        (f"{sum(page.sizes.values()) / 1000:.0f} kB", "", f"{AIMS['bytes']:.0f} kB"),
    )
    for name, size in sorted(page.sizes.items(), key=lambda item: -item[1])[:6]:
        row(f"  {name.rpartition('/')[2][:30]}", (f"{size / 1000:.0f} kB",))
    page.context.close()


@contextmanager
def terminal() -> Iterator[str]:
    """The command as users run it, following its recorded track; its address, once it has a fix."""
    program = "import sys; from api.cli.main import run; sys.argv[0] = 'safeport'; sys.exit(run())"
    with tempfile.TemporaryDirectory() as state:
        command = [
            sys.executable,
            "-c",
            program,
            "terminal",
            "--demo",
            "--vessel",
            "rnli-severn",
            "--port",
            "0",
            "--state",
            state,
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip().partition(" on ")[2].removesuffix("/terminal")
            try:
                until = time.monotonic() + 120.0
                while not has_fix(url):
                    if time.monotonic() > until:
                        raise SystemExit("the terminal was not ready in time")
                    time.sleep(0.1)
                yield url
            finally:
                process.terminate()


def has_fix(url: str) -> bool:
    """Whether the terminal can answer."""
    state = httpx.get(f"{url}/terminal/v1/state", timeout=30.0).json()
    return bool(state["ready"] and state["fix"]["position"])


def open_page(browser: Any, url: str, slow: int, is_counted: bool = False) -> Any:
    """The page in a context of its own, with its chart."""
    context = browser.new_context(viewport=SIZE, device_scale_factor=RATIO, has_touch=True, service_workers="block")
    page = context.new_page()
    page.sizes = {}
    if is_counted:
        page.on("response", lambda answered: count(page, url, answered))
    page.cdp = context.new_cdp_session(page)
    page.goto(f"{url}/terminal")
    page.wait_for_function("() => performance.getEntriesByName('chart-painted').length > 0")
    page.cdp.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.cdp.send("Performance.enable")
    return page


def count(page: Any, url: str, answered: Any) -> None:
    """Add the size of an answer as it went over the wire; answers of the terminal itself are no part of the page."""
    name = answered.url.removeprefix(url)
    if name.startswith(("/web/", "/terminal")) and not name.startswith("/terminal/v1") and answered.status == 200:
        packed = httpx.get(answered.url, headers={"Accept-Encoding": "gzip"}, timeout=30.0)
        encoded = packed.headers.get("content-encoding") == "gzip"
        page.sizes[name] = len(gzip.compress(packed.content, 9)) if encoded else len(packed.content)


def first_paint(browser: Any, url: str) -> tuple[float, float]:
    """From the request to the page's own words, and to the chart. [ms]"""
    page = open_page(browser, url, 1)
    marks = page.evaluate(
        "() => ['page-ready', 'chart-painted'].map((name) => performance.getEntriesByName(name)[0].startTime)"
    )
    page.context.close()
    return float(marks[0]), float(marks[1])


def nearest(page: Any) -> float:
    """From the touch to the frame that shows the answer. [ms]"""
    page.evaluate("() => { performance.clearMarks('nearest-shown'); performance.clearMarks('routes-shown'); }")
    page.locator("#nearest").click()
    page.wait_for_function("() => performance.getEntriesByName('routes-shown').length > 0")
    took = page.evaluate(
        "() => performance.getEntriesByName('nearest-shown').pop().startTime"
        " - performance.getEntriesByName('nearest-pressed').pop().startTime"
    )
    return float(took)


def palette(page: Any, k: int) -> float:
    """From the press to the frame that shows the other palette. [ms]"""
    if page.locator("#panel").is_hidden():
        page.locator("#screen").click()
        page.locator("[data-palette-choice]").first.wait_for()
    took = page.evaluate(
        """(name) => new Promise((resolve) => {
            const begun = performance.now();
            document.querySelector(`[data-palette-choice=${name}]`).click();
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - begun)));
        })""",
        ("dusk", "night", "day")[k % 3],
    )
    return float(took)


def pan(page: Any) -> tuple[int, float, float]:
    """Frames drawn while the chart is dragged, processor time of the page's main thread, and time. [ms, s]"""
    page.keyboard.press("Escape")
    box = page.locator("#chart").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.evaluate(
        # Counted by one loop, however often this is called.
        "() => { if (window.frames_drawn !== undefined) return; window.frames_drawn = 0;"
        " const tick = () => { window.frames_drawn += 1; requestAnimationFrame(tick); }; tick(); }"
    )
    begun_s = time.monotonic()
    before, drawn = thread_ms(page), page.evaluate("() => window.frames_drawn")
    for k in range(DRAGS):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(STEPS):
            page.mouse.move(x + (step * 6 if k % 2 else -step * 6), y + step * 2)
            page.wait_for_timeout(16)
        page.mouse.up()
    frames, taken_s = int(page.evaluate("() => window.frames_drawn") - drawn), time.monotonic() - begun_s
    return frames, thread_ms(page) - before, taken_s


def thread_ms(page: Any) -> float:
    """Time the page's main thread has worked so far, without what it waited. [ms]"""
    metrics = {entry["name"]: entry["value"] for entry in page.cdp.send("Performance.getMetrics")["metrics"]}
    return 1000.0 * float(metrics["TaskDuration"])


def show(name: str, values: Any, aim: float | None) -> None:
    """One row: the median and the range of the rounds."""
    row(
        name,
        (
            f"{statistics.median(values):.0f} ms",
            f"{min(values):.0f}..{max(values):.0f}",
            "" if aim is None else f"{aim:.0f} ms",
        ),
    )


if __name__ == "__main__":
    run()
