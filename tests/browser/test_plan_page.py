"""The page of a joint plan: every cell is seen on a telephone, and paper has a margin."""

import pytest

from api.plan.page import plan_page
from api.plan.propose import propose
from api.plan.request import plan_from
from api.plan.text import TABLE_COLUMNS

OVER_THE_EDGE = """() => [...document.querySelectorAll('main *')].filter((node) => {
  const box = node.getBoundingClientRect();
  return box.width > 1 && (box.left < 0 || box.right > innerWidth);
}).map((node) => node.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def pages(service):
    """A night with people waiting at the port and boats of long names, one shared and one without a place."""
    boats = [
        {"id": f"Embarcation {k} du large", "position": {"type": "Point", "coordinates": [1.35 + 0.02 * k, 50.95]},
         "persons": 20 + 10 * k, "medical": "urgent" if k == 1 else "none", "may_split": k == 2,
         "vessel": {"profile": "rnli-severn"}}
        for k in range(5)
    ]  # fmt: skip
    ports = [
        {"id": "dover", "places": 60, "persons_per_hour": 20, "queued_persons": 90},
        {"id": "calais", "places": 80, "persons_per_hour": 40},
    ]
    pages = {}
    # Midnight is at the end of the axis, in its middle, and early.
    for hour in (18, 19, 21, 23):
        body = {"time": f"2024-10-05T{hour}:00:00Z", "encounters": boats, "ports": ports}
        proposal = propose(plan_from(body), service, 0.0)
        pages |= {(hour, language): plan_page(proposal, language) for language in ("en", "fr")}
    return pages


@pytest.mark.parametrize("hour", [18, 19, 21, 23])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_of_the_plan_is_cut_on_a_telephone(browser, pages, language, hour):
    view = browser.new_page(viewport={"width": 390, "height": 844})
    view.set_content(pages[hour, language])
    assert view.evaluate(OVER_THE_EDGE) == []
    assert "2024-10-06" in view.inner_text(".axis")
    assert view.evaluate("document.documentElement.scrollWidth") == 390
    # Each value has the name of its column beside it, whose head is not shown.
    beside = view.evaluate(
        "[...document.querySelector('tbody tr').cells].map((cell) => getComputedStyle(cell, '::before').content)"
    )
    assert len(beside) == len(TABLE_COLUMNS)
    names = view.evaluate("[...document.querySelectorAll('thead th')].map((head) => head.textContent)")
    assert [text.strip('"').strip() for text in beside[1:]] == names[1:]
    view.close()


def test_paper_has_a_margin_and_a_table(browser, pages):
    view = browser.new_page(viewport={"width": 692, "height": 1000})
    view.set_content(pages[21, "fr"])
    view.emulate_media(media="print")
    rules = "[...document.styleSheets[0].cssRules].filter((rule) => rule instanceof CSSPageRule)"
    assert view.evaluate(f"{rules}.map((rule) => rule.style.margin)") == ["14mm 13mm"]
    assert view.evaluate("getComputedStyle(document.querySelector('tbody tr')).display") == "table-row"
    assert view.evaluate(OVER_THE_EDGE) == []
    view.close()
