"""Changes in small pieces for a thin link: only what is new since a version, no piece larger than 2 kB.

What is told is a table of named parts. Nothing of a change is used before all its pieces are in.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from api.store.validation import Json, canonical

MOST_BYTES = 2_000
"""Of one piece, as JSON. [bytes]"""
MOST_VERSIONS = 128
"""Versions a service remembers to tell what changed since."""

Parts = dict[str, Json]
"""What is told, by name."""


class Piece(NamedTuple):
    """Some of what changed.

    Attributes
    ----------
    version : str
        Of what it leads to, once all pieces are in.
    base : str
        Version it goes on from; empty where it tells everything.
    parts : dict
        What each is now; None for one that is no more.
    next : str
        Part after which the next piece begins; empty in the last one.
    """

    version: str
    base: str
    parts: dict[str, Json | None]
    next: str


def piece_of(old: Parts | None, base: str, new: Parts, version: str, after: str) -> Piece:
    """The piece of a change that begins after a part.

    Parameters
    ----------
    old : dict or None
        What is known already; None for nothing.
    base : str
        Its version.
    new : dict
    version : str
        Of `new`.
    after : str
        Last part of the piece before; empty for the first.
    """
    before = old or {}
    names = sorted(name for name in new.keys() | before.keys() if new.get(name) != before.get(name) and name > after)
    told: dict[str, Json | None] = {}
    room = MOST_BYTES - 200
    for name in names:
        room -= len(canonical({name: new.get(name)}))
        if room < 0 and told:
            return Piece(version, base, told, next(reversed(told)))
        told[name] = new.get(name)
    return Piece(version, base, told, "")


def apply_piece(parts: Parts, piece: Piece) -> Parts:
    """What is known after a piece."""
    changed = {**parts, **piece.parts}
    return {name: part for name, part in changed.items() if part is not None}


class Versions:
    """The versions a service told lately, so that it can tell what changed since one of them.

    Parameters
    ----------
    version_of : callable
        The version of what is told; equal parts have equal versions.
    """

    def __init__(self, version_of: Callable[[Parts], str]) -> None:
        self._version_of = version_of
        self._known: OrderedDict[str, Parts] = OrderedDict()

    def piece(self, new: Parts, since: str, after: str) -> Piece:
        """What changed since a version; everything since one that is not remembered."""
        version = self._version_of(new)
        self._known[version] = new
        self._known.move_to_end(version)
        while len(self._known) > MOST_VERSIONS:
            self._known.popitem(last=False)
        old = self._known.get(since)
        return piece_of(old, since if old is not None else "", new, version, after)
