"""The catalogue of texts: files of this folder that hold every text in English and French, by key.

A text is a template of `str.format`. Whoever translates edits ``*.toml`` and no module.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from api.documents.bilingual import Bilingual
from api.text.contractions import spoken_with_names
from api.text.singular import with_singulars

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr")


class Text(NamedTuple):
    """One text, or template of one, in both languages."""

    en: str
    fr: str

    def of(self, language: str) -> str:
        """The text in ``en`` or ``fr``."""
        return self.fr if language == "fr" else self.en

    def fill(self, **fields: object) -> "Text":
        """The text with its fields filled in, a `Text` among them in its own language; one person is no persons."""
        return Text(*(fill_in(self.of(language), language, _in(language, fields)) for language in LANGUAGES))

    def both(self) -> Bilingual:
        """As it stands in a document."""
        return {"en": self.en, "fr": self.fr}


def fill_in(template: str, language: str, fields: Mapping[str, object]) -> str:
    """A template with its fields filled in, as it is spoken: no "1 persons", no "de Ostende"."""
    return spoken_with_names(with_singulars(template.format_map(fields)), language)


def load_entries(name: str) -> dict[str, dict[str, Any]]:
    """Entries of a file of the catalogue, as they are written."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def load_texts(name: str) -> dict[str, Text]:
    """Texts of a file of the catalogue, by key."""
    return _texts(load_entries(name))


@cache
def load_groups(name: str) -> dict[str, dict[str, Text]]:
    """Texts of a file of the catalogue whose keys are of several kinds, by kind and key."""
    return {group: _texts(entries) for group, entries in load_entries(name).items()}


def _texts(entries: dict[str, Any]) -> dict[str, Text]:
    return {key: Text(**entry) for key, entry in entries.items()}


def _in(language: str, fields: dict[str, object]) -> dict[str, object]:
    return {name: value.of(language) if isinstance(value, Text) else value for name, value in fields.items()}
