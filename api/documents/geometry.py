"""Positions and lines as documents have them: GeoJSON, RFC 7946, longitude first."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

LonLat = Annotated[list[float], Field(min_length=2, max_length=2, description="Longitude, latitude; WGS 84. [deg]")]


class LineString(TypedDict):
    """GeoJSON LineString, RFC 7946: longitude first."""

    type: Literal["LineString"]
    coordinates: Annotated[list[LonLat], Field(min_length=2)]
