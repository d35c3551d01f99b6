"""Encounters as features of a GeoJSON file: points with properties, one after another, without holding the file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from engine.errors import InvalidAsk
from geodata.geojson import NotGeoJson, features_of


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
        The text is not JSON, ends in the middle, has no features, or is in another system than WGS 84.
    """
    try:
        for feature in features_of(path):
            yield _feature(feature)
    except NotGeoJson as error:
        raise InvalidAsk("input", f"{path.name[:40]} {error.problem}", error.remedy) from None


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
