"""Pictures of the page for the documents: MAKE_PICTURES=1 makes them anew, and each stays small."""

import io
import os
from pathlib import Path

import pytest

from tests.browser.conftest import OFF_FOLKESTONE, ask_nearest

pytestmark = pytest.mark.browser

DOCS = Path(__file__).parents[2] / "docs"
MOST_BYTES = 150_000
AGED_S = 15 * 86_400.0


@pytest.mark.parametrize(
    ("name", "size", "palette", "lang", "touched"),
    [
        ("terminal-day", "tablet", "day", "en", None),
        ("terminal-night-port", "tablet", "night", "fr", 0),
        ("terminal-phone", "phone", "dusk", "en", None),
    ],
)
def test_picture(look, ship, name, size, palette, lang, touched):
    # A week after the pack was made, so that ages are those of a terminal in use.
    ship.ticks.go(AGED_S)
    ship.hear(*OFF_FOLKESTONE, sog_kn=16.4, cog_deg=314.0, stated=False)
    page = look(size, palette, lang)
    ask_nearest(page)
    if touched is not None:
        page.locator("#ports .port").nth(touched).click()
        page.locator("#panel blockquote").first.wait_for()
    page.wait_for_function("() => performance.getEntriesByName('routes-shown').length > 0")
    page.wait_for_timeout(800)
    keep_picture(page, name)


def keep_picture(page, name):
    """Take a picture that shows something and is small; keep it where that is asked for."""
    from PIL import Image

    taken = Image.open(io.BytesIO(page.screenshot(scale="css")))
    drawn = io.BytesIO()
    few = taken.convert("RGB").quantize(64, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(drawn, "PNG", optimize=True)
    assert len(taken.getcolors(1 << 20)) > 50, "a page without a chart"
    assert len(drawn.getvalue()) <= MOST_BYTES
    if os.environ.get("MAKE_PICTURES") == "1":
        (DOCS / f"{name}.png").write_bytes(drawn.getvalue())
