"""French sentences that names are filled into: ``de Ostende`` is ``d'Ostende``, ``à Le Havre`` is ``au Havre``."""

import re

_BEFORE_VOWEL = re.compile(r"(?<!\w)([dD]|[qQ]u)([eE]) (?=[AEIOUÀÂÄÆÉÈÊËÎÏÔÖŒÙÛÜ])")
_BEFORE_ARTICLE = re.compile(r"(?<!\w)(de|De|DE|à|À) (Le|LE|Les|LES) (?=\w)")
_CONTRACTED = {"de": "du", "à": "au"}
_PLURAL = {"de": "des", "à": "aux"}


def with_contractions(text: str) -> str:
    """A French text with what stands before a name as it is spoken: elided before a vowel, one word with an article.

    Names alone begin with a capital letter after these words. Those with ``Y`` and ``H`` stay as they are: most of the
    register are foreign or have an aspirated h.
    """
    return _BEFORE_ARTICLE.sub(_contracted, _BEFORE_VOWEL.sub(r"\1'", text))


def spoken_with_names(text: str, language: str) -> str:
    """A text with names in it, as it is spoken in its language; in English nothing depends on the name."""
    return with_contractions(text) if language == "fr" else text


def _contracted(found: re.Match[str]) -> str:
    word, article = found[1], found[2]
    together = (_PLURAL if article.lower() == "les" else _CONTRACTED)[word.lower()]
    if word.isupper() and (article.isupper() or len(word) > 1):
        return f"{together.upper()} "
    return f"{together.capitalize() if word[0].isupper() else together} "
