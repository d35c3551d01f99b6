"""Sentences that counts are filled into: one person is no "1 persons"."""

import re

_ONE = re.compile(r"(?<![0-9.,] )(?<![0-9.,])\b1 (?:person|port|encounter|place|boat|personne|événement|bateau)(s|x)\b")


def with_singulars(text: str) -> str:
    """A text with ``1 persons`` and the like as one of them is spoken of; in French ``0 personnes``, too.

    Larger numbers that end so, ``2 001 persons``, stay as they are.
    """
    singular = _ONE.sub(lambda found: found[0][: -len(found[1])], text)
    return re.sub(r"(?<![0-9.,] )(?<![0-9.,])\b0 personnes\b", "0 personne", singular)
