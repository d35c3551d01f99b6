"""What people call ports: ids, full names and codes, and the everyday names that may stand for several.

``DUNKERQUE`` is Dunkirk East or Dunkirk West; ``Port de Calais`` and ``Tug Haven`` are met in tables, too.
"""

import re
from collections.abc import Iterable
from functools import cache

from api.suggest import fold
from engine.ports import Port

QUAYS = {"tug haven": "dover", "western jet foil": "dover"}
"""Landing places of Dover under their own names: Tug Haven by UKNIP (2022), Western Jet Foil by Metro (2024)."""

_GENERIC = frozenset(
    [
        "port", "ports", "harbour", "harbor", "marina", "docks", "quay", "beach", "plage", "isle", "isles", "ile",
        "iles", "island", "islands", "of", "de", "du", "d", "the", "le", "la", "les",
    ]
)  # fmt: skip
"""Words that say what kind of place it is, and articles."""

_FEWEST_LETTERS = 4
"""Of a beginning that may stand for ports: less is an article or a code."""


class PortNames:
    """The names of the ports of a register.

    Parameters
    ----------
    ports : iterable of Port
    """

    def __init__(self, ports: Iterable[Port]) -> None:
        self._exact: dict[str, str] = {}
        self._ids: set[str] = set()
        self._folded: dict[str, set[str]] = {}
        for port in ports:
            self._ids.add(port.id)
            for name in (port.name_fr, port.name_en, port.unlocode):
                if name:
                    self._exact[name.lower()] = port.id
            for name in (port.name_fr, port.name_en, port.id):
                for form in _forms(name):
                    self._folded.setdefault(form, set()).add(port.id)
        for name, known in QUAYS.items():
            if known in self._ids:
                self._folded.setdefault(name, set()).add(known)
        self.candidates = cache(self._candidates)

    def _candidates(self, text: str) -> tuple[str, ...]:
        """Ids of the ports a name may stand for, in their order; none where it is outside the register."""
        name = text.strip()
        # An id as it is written is meant; in capitals it may be a town with other harbours.
        if name in self._ids:
            return (name,)
        if name.lower() in self._exact:
            return (self._exact[name.lower()],)
        for wanted in dict.fromkeys((fold(name), _plain(name))):
            # A kind of place is no name.
            if _plain(wanted) and len(wanted) >= _FEWEST_LETTERS:
                found = {port for form, known in self._folded.items() if f"{form} ".startswith(f"{wanted} ")
                         for port in known}  # fmt: skip
                if found:
                    return tuple(sorted(found))
        # Names of two and three letters, such as Rye and Looe, only as they are.
        return tuple(sorted(self._folded.get(_plain(name), ())))


def _forms(name: str) -> set[str]:
    """A name as it is compared: whole, and without what is in brackets, with and without words such as port."""
    outside = re.sub(r"\([^)]*\)", " ", name)
    return {fold(name), fold(outside), _plain(outside)} - {""}


def _plain(name: str) -> str:
    """A name without articles and words that say what kind of place it is."""
    return " ".join(word for word in fold(name).split() if word not in _GENERIC)
