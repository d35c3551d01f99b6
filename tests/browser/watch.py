"""What a page does while a test looks at it."""

PATIENCE_MS = 120_000
"""How long a page is waited for: a busy machine is slow, and what never comes fails a test all the same. [ms]"""


class Watch:
    """What a page did that it should not."""

    def __init__(self, page, base):
        page.set_default_timeout(PATIENCE_MS)
        self.complaints, self.strangers = [], []
        page.on("console", lambda text: text.type in ("error", "warning") and self.complaints.append(text.text))
        page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        page.on("request", lambda sent: sent.url.startswith(f"{base}/") or self.strangers.append(sent.url))


def settled(page, condition):
    """Wait until something is so that the page itself does not tell; the page goes on meanwhile."""
    for _ in range(PATIENCE_MS // 100):
        if condition():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to that")
