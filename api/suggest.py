"""The name that was probably meant, for one that nothing carries."""

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 40


def did_you_mean(typed: str, names: Iterable[str]) -> str:
    """``Did you mean 'dover'? `` with a space after it, or nothing where no name is close.

    Parameters
    ----------
    typed : str
        What was written; only its first characters are looked at.
    names : iterable of str
        What it may have been; the answer is one of these, never what was typed.
    """
    by_lower = {name.lower(): name for name in names}
    close = get_close_matches(typed[:_LONGEST].strip().lower(), by_lower, n=1, cutoff=0.7)
    return f"Did you mean {by_lower[close[0]]!r}? " if close else ""
