"""Sentences that counts are filled into: one person is no "1 persons"."""

import re

_ALONE = r"(?<![0-9][ \u00a0\u202f])(?<![0-9.,])\b"
_ONE = re.compile(
    _ALONE
    + r"1 (?:person|port|encounter|place|boat|position|row|answer|day|hour|personne|événement|bateau|ligne|élément"
    r"|caractère|réponse|autre|jour|heure)(s|x)\b"
)
_NONE = re.compile(_ALONE + r"0 (?:personne|événement|bateau|élément|caractère|réponse|autre|jour|heure)(s|x)\b")
"""In French nothing is in the singular, too; words that English has besides are left alone."""

_AGREES = re.compile(_ALONE + r"(?P<count>[01] (?:personne|position|ligne))s? (?P<what>lu|refusé|rejeté)es\b")
"""In French a word about them is in the singular with them."""


def with_singulars(text: str) -> str:
    """A text with ``1 persons`` and the like as one of them is spoken of; in French ``0 personnes``, too.

    Larger numbers that end so, ``2 001 persons``, stay as they are.
    """
    singular = _ONE.sub(lambda found: found[0][: -len(found[1])], text)
    singular = _NONE.sub(lambda found: found[0][: -len(found[1])], singular)
    return _AGREES.sub(r"\g<count> \g<what>e", singular)
