"""A text as documents have it."""

from typing_extensions import TypedDict


class Bilingual(TypedDict, total=False):
    """A text in the languages asked for: English, French or both."""

    en: str
    fr: str
