"""What a page does while a test looks at it."""


class Watch:
    """What a page did that it should not."""

    def __init__(self, page, base):
        self.complaints, self.strangers = [], []
        page.on("console", lambda text: text.type in ("error", "warning") and self.complaints.append(text.text))
        page.on("pageerror", lambda failure: self.complaints.append(str(failure)))
        page.on("request", lambda sent: sent.url.startswith(f"{base}/") or self.strangers.append(sent.url))
