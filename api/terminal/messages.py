"""Sentences of the terminal itself, in English and French; those of decisions come with the decision."""

from math import isfinite
from typing import Any

from api.documents.bilingual import Bilingual
from api.text.catalogue import Text, load_texts

SENTENCES = load_texts("terminal")


def sentence(key: str, **figures: Any) -> Bilingual | None:
    """A sentence in both languages; None for no key."""
    if not key:
        return None
    return SENTENCES[key].fill(**figures).both()


def span(seconds: float) -> Text:
    """A length of time as people say it: 45 s, 3 min, 2 h 05 min, 3 d."""
    text = _span(seconds)
    return Text(text, text.replace(" d", " j"))


def _span(seconds: float) -> str:
    if not isfinite(seconds):
        return "?"
    whole = round(abs(seconds))
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 100:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{round(minutes / 1440)} d"
