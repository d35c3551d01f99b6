"""Names as they are compared, and the one that was probably meant where nothing carries what was typed."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

_LONGEST = 40
_CLOSE = 0.75
_MOST = 3
_SHORTEST_PART = 4
"""Fewer letters than these are part of too many names."""


def did_you_mean(typed: str, names: Iterable[str], ids: Mapping[str, str] | None = None) -> str:
    """``Did you mean 'dover'? `` with a space after it, or nothing where no name is close.

    A name is close when it is spelled nearly so, or when what was typed is the beginning of it or nearly one of its
    words: ``braye`` of Alderney (Braye). Capitals, accents and punctuation do not count.

    Parameters
    ----------
    typed : str
        What was written; only its first characters are looked at.
    names : iterable of str
        What it may have been; the answer is one of these, never what was typed.
    ids : mapping of str, optional
        By name what is to be written instead, where that is not the name.
    """
    wanted = fold(typed[:_LONGEST])
    best: dict[str, float] = {}
    for name in names:
        score = _closeness(wanted, fold(name))
        if score >= _CLOSE:
            instead = name if ids is None else ids[name]
            best[instead] = max(score, best.get(instead, 0.0))
    if not best:
        return ""
    most = max(best.values())
    # Names as close as each other are all said, for nobody knows which; of many, none.
    equal = sorted(name for name, score in best.items() if score > most - 0.02)
    if len(equal) > _MOST:
        return ""
    return f"Did you mean {' or '.join(repr(name) for name in equal)}? "


def _closeness(wanted: str, name: str) -> float:
    """From 0 to 1, how nearly two plain texts are the same, or the first one is a part of the second."""
    if not wanted or not name:
        return 0.0
    whole = SequenceMatcher(None, wanted, name).ratio()
    if len(wanted) < _SHORTEST_PART:
        return whole
    if name.startswith(wanted):
        return max(whole, 0.95)
    words = [word for word in name.split() if len(word) >= _SHORTEST_PART]
    # A little less than a name of that spelling; and the same where more was typed than the name.
    parts = [0.95 * SequenceMatcher(None, wanted, word).ratio() for word in words]
    longer = 0.9 if len(name) >= _SHORTEST_PART and f" {name} " in f" {wanted} " else 0.0
    return max(whole, longer, *parts)


def fold(name: str) -> str:
    """A name as it is compared: without accents, case and punctuation, Saint and Sainte as St."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return " ".join("st" if word in ("saint", "sainte", "ste") else word for word in words)
