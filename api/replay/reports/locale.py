"""The language a report is written in: its sentences, and how it writes numbers, shares and dates."""

from dataclasses import dataclass

from markupsafe import Markup

from api.text.catalogue import load_texts
from api.text.locale import Locale
from api.text.singular import with_singulars

WORDS = load_texts("replay")
"""What a report and a comparison of replays say; what rules say is in `api.text.messages`."""


@dataclass(frozen=True, slots=True)
class ReportLocale(Locale):
    """English or French, with the sentences of reports."""

    def say(self, key: str, **fields: object) -> Markup:
        """A sentence of the catalogue as HTML; whatever is filled in is escaped, unless it is HTML of ours already."""
        # The catalogue is ours.
        return Markup(with_singulars(Markup(self.of(*WORDS[key])).format(**fields)))  # noqa: S704

    def plain(self, key: str, **fields: object) -> str:
        """A sentence of the catalogue that is not HTML yet: whoever puts it there escapes it."""
        return with_singulars(self.of(*WORDS[key]).format(**fields))


ENGLISH, FRENCH = ReportLocale("en"), ReportLocale("fr")
