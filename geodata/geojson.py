"""GeoJSON as people write it: features one after another, without holding the file, in the one system it may be in.

Read are a collection, one feature, one geometry, and one feature a line; with or without a byte-order mark; null where
the standard allows it. A bare array is no GeoJSON, and a ``crs`` member of the older draft is accepted for WGS 84 only.

References
----------
IETF RFC 7946, The GeoJSON Format, sections 3 and 4. IETF RFC 8142, GeoJSON Text Sequences.
The GeoJSON Format Specification, 2008, section 3: ``crs``.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

_READ_CHARS = 1 << 20
_LONGEST_VALUE = 64 << 20
_SPACE = " \t\r\n\x1e"

GEOMETRIES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
)  # fmt: skip

_WGS84 = re.compile(
    r"(urn:ogc:def:crs:)?(OGC:[0-9.]*:?CRS84h?|EPSG:[0-9.]*:?(4326|4979))"
    r"|https?://www\.opengis\.net/def/crs/(OGC/[0-9.]+/CRS84h?|EPSG/[0-9.]+/(4326|4979))",
    re.IGNORECASE,
)
"""Names of WGS 84; in GeoJSON every one of them stands for longitude before latitude."""


class NotGeoJson(ValueError):
    """What is wrong with a file; whoever knows which option named it makes a refusal of it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy


def features_of(path: Path) -> Iterator[Any]:
    """Whatever stands in the place of a feature, in the file's order; a bare geometry as a feature of its own.

    Raises
    ------
    NotGeoJson
        The text is not JSON, ends in the middle, has no features, or says that it is in another system than WGS 84.
    OSError
    """
    with path.open(encoding="utf-8-sig") as file:
        text = _Text(file)
        try:
            if text.at("["):
                raise NotGeoJson("is a bare array.", 'Wrap it: {"type": "FeatureCollection", "features": [...]}.')
            first = text.value_of_collection()
            if first is not None:
                yield as_feature(first)
                while text.skipped_to_value():
                    yield as_feature(text.value())
                return
            while not text.at("]"):
                yield text.value()
                if not text.at(","):
                    text.expect("]")
                    break
            if text.goes_on_after_collection():
                raise NotGeoJson("goes on after its collection of features.",
                                 "Give one collection a file, or one feature a line.")  # fmt: skip
        except (ValueError, RecursionError) as error:
            if isinstance(error, NotGeoJson):
                raise
            raise NotGeoJson("is no GeoJSON, or ends in the middle.", "Check that it is whole, and in UTF-8.") from None


def as_feature(value: Any) -> Any:
    """A bare geometry as a feature without properties; anything else as it is, its system checked."""
    if not isinstance(value, dict):
        return value
    refuse_other_system(value.get("crs"))
    if value.get("type") in GEOMETRIES:
        return {"type": "Feature", "properties": None, "geometry": value}
    return value


def refuse_other_system(crs: Any) -> None:
    """Refuse a ``crs`` member that names anything but WGS 84.

    Raises
    ------
    NotGeoJson
    """
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not (isinstance(name, str) and _WGS84.fullmatch(name.strip())):
        shown = name if isinstance(name, str) else json.dumps(crs)
        printable = "".join(sign if sign.isprintable() else "?" for sign in shown[:60])
        raise NotGeoJson(f"is in the system {printable!r}.", "Convert it to WGS 84, longitude and latitude in degrees.")


def _refuse_constant(name: str) -> NoReturn:
    raise NotGeoJson(f"holds {name}, which is no number of JSON.", "Write numbers only.")


class _Text:
    """JSON text read a block at a time, of which one value after another is taken."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._held = ""
        self._place = 0
        self._ended = False
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)

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
            value = self.value(keep=True)
            if name == "crs":
                refuse_other_system(value)
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
            value = self.value()
            if name == "crs":
                refuse_other_system(value)
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
