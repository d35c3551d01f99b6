"""Reports of replays on narrow screens: nothing to read lies beside the page, and the map shows the busiest port."""

import pytest

from api.replay.analysis.compare import compare_runs
from api.replay.analysis.result_reader import read_run
from api.replay.reports.comparison_report import write_comparison_report
from api.replay.reports.report import write_report
from tests.api.replay.folders import folder

pytestmark = pytest.mark.browser

LANDED = {"port": "calais", "lon": 1.7, "lat": 51.0, "time_to_landing_s": 2400.0, "distance_m": 12_000.0,
          "straight_line_m": 11_000.0}  # fmt: skip
FAR_WEST = {**LANDED, "port": "ramsgate", "lon": 0.2, "lat": 50.6}


@pytest.fixture
def opened(browser):
    """A page of a file at a width."""
    pages = []

    def open_file(path, width):
        page = browser.new_page(viewport={"width": width, "height": 844})
        pages.append(page)
        page.goto(path.resolve().as_uri())
        return page

    yield open_file
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", [390, 900])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_tables_of_a_comparison_fit(tmp_path, opened, width, language):
    first = read_run(folder(tmp_path / "a", [LANDED, FAR_WEST, LANDED]))
    changed = [{**LANDED, "port": "dunkerque-ouest", "time_to_landing_s": 7200.0}, FAR_WEST, FAR_WEST]
    second = read_run(folder(tmp_path / "b", changed, policy_for_all="srr-state-preferred"))
    path = write_comparison_report(tmp_path, compare_runs(first, second), first, second, language=language)
    page = opened(path, width)
    widths = page.locator("table").evaluate_all("all => all.map(e => e.getBoundingClientRect().right)")
    assert len(widths) >= 6
    assert max(widths) <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_map_shows_the_busiest_port_first(tmp_path, opened):
    run = folder(tmp_path / "a", [*[LANDED] * 20, FAR_WEST])
    page = opened(write_report(run), 390)
    sides = page.locator("rect.port").evaluate_all(
        "all => all.map(e => [e.getBoundingClientRect().width, e.getBoundingClientRect().right])"
    )
    _, right = max(sides)
    assert 0 < right < 390
