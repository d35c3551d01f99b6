"""Features of a GeoJSON file one after another, without holding the file: a collection, or one feature a line.

References
----------
IETF RFC 7946, The GeoJSON Format. IETF RFC 8142, GeoJSON Text Sequences.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from engine.errors import InvalidAsk

_READ_CHARS = 1 << 20
_LONGEST_VALUE = 64 << 20
_SPACE = " \t\r\n\x1e"


class Feature(NamedTuple):
    """A feature, every property as text and None where it is null.

    Attributes
    ----------
    lon, lat : str or None
        Of its point, as written.
    is_no_point : bool
        It has a geometry of another kind.
    """

    lon: str | None
    lat: str | None
    is_no_point: bool
    properties: dict[str, str | None]


def features_in(path: Path) -> Iterator[Feature | None]:
    """Features in their order; None for what stands in the place of one and is none.

    Raises
    ------
    InvalidAsk
        The text is not JSON, ends in the middle, or has no features.
    """
    with path.open(encoding="utf-8-sig") as file:
        text = _Text(file)
        try:
            first = text.value_of_collection()
            if first is not None:
                yield _feature(first)
                while text.skipped_to_value():
                    yield _feature(text.value())
                return
            while not text.at("]"):
                yield _feature(text.value())
                if not text.at(","):
                    text.expect("]")
                    break
            if text.goes_on_after_collection():
                raise InvalidAsk("input", f"{path.name[:40]} goes on after its collection of features.",
                                 "Give one collection a file, or one feature a line.")  # fmt: skip
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise InvalidAsk("input", f"{path.name[:40]} is no GeoJSON, or ends in the middle.",
                             "Check that it is whole, and in UTF-8.") from None  # fmt: skip


class _Text:
    """JSON text read a block at a time, of which one value after another is taken."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._held = ""
        self._place = 0
        self._ended = False
        self._decoder = json.JSONDecoder()

    def value_of_collection(self) -> Any:
        """Go to the first feature of a collection and return None; where there is none, the first feature itself."""
        self.expect("{", keep=True)
        start = self._place
        # A text of one feature a line begins with a feature, which is short enough to be held.
        self._place += 1
        while not self.at("}"):
            name = self.value(keep=True)
            self.expect(":")
            if name == "features":
                self.expect("[")
                return None
            self.value(keep=True)
            if not self.at(","):
                self.expect("}")
                break
        self._place = start
        return self.value(keep=True)

    def goes_on_after_collection(self) -> bool:
        """Go to the end of a collection from behind its features; whether there are more features, or anything else."""
        while self.at(","):
            name = self.value()
            self.expect(":")
            if name == "features":
                return True
            self.value()
        self.expect("}")
        return self.skipped_to_value()

    def value(self, keep: bool = False) -> Any:
        """The next value, whole."""
        while True:
            self.skipped_to_value(keep)
            try:
                found, end = self._decoder.raw_decode(self._held, self._place)
            except json.JSONDecodeError:
                if self._ended or len(self._held) - self._place > _LONGEST_VALUE:
                    raise
                self._read(keep)
                continue
            # A number at the end of the block may go on in the next one.
            if end == len(self._held) and not self._ended:
                self._read(keep)
                continue
            self._place = end
            return found

    def at(self, sign: str) -> bool:
        """Whether the next character is a sign, which is then passed."""
        if self.skipped_to_value(keep=True) and self._held[self._place] == sign:
            self._place += 1
            return True
        return False

    def expect(self, sign: str, keep: bool = False) -> None:
        """Pass a sign, or with `keep` stand before it."""
        if not self.at(sign):
            raise json.JSONDecodeError(f"no {sign}", self._held[:40], 0)
        if keep:
            self._place -= 1

    def skipped_to_value(self, keep: bool = False) -> bool:
        """Go over spaces; whether anything comes after them."""
        while True:
            while self._place < len(self._held) and self._held[self._place] in _SPACE:
                self._place += 1
            if self._place < len(self._held):
                return True
            if self._ended:
                return False
            self._read(keep)

    def _read(self, keep: bool) -> None:
        block = self._file.read(_READ_CHARS)
        self._ended = not block
        if keep:
            self._held += block
        else:
            self._held, self._place = self._held[self._place :] + block, 0


def _feature(found: Any) -> Feature | None:
    if not isinstance(found, dict) or found.get("type") != "Feature":
        return None
    properties = found.get("properties")
    geometry = found.get("geometry")
    if not isinstance(properties, dict | None) or not isinstance(geometry, dict | None):
        return None
    texts = {str(name): _text(value) for name, value in (properties or {}).items()}
    if geometry is None:
        return Feature(None, None, False, texts)
    place = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(place, list) or len(place) < 2:
        return Feature(None, None, True, texts)
    return Feature(_text(place[0]), _text(place[1]), False, texts)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
