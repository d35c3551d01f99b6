"""What a caller wants of a decision: view, language, how many ports, and in which format."""

from typing import Annotated, Any, Literal, NamedTuple

import orjson
from fastapi import Depends, Query, Request
from starlette.responses import Response

from api.document import DEFAULT_LIMIT, View, document_view, dump
from api.documents.language import in_language
from api.documents.tracks import geojson_of, gpx_of

JSON, GEOJSON, GPX = "application/json", "application/geo+json", "application/gpx+xml"
MOST_PORTS = 250

Lang = Literal["en", "fr", "both"]


class Presentation(NamedTuple):
    """How a decision is to be answered.

    Attributes
    ----------
    view : {"brief", "full", "line"}
    lang : {"en", "fr", "both"}
    limit : int
        Ports at most, the recommended one among them.
    media_type : str
        ``JSON``, ``GEOJSON`` or ``GPX``.
    """

    view: View
    lang: Lang
    limit: int
    media_type: str

    @property
    def is_whole(self) -> bool:
        """Whether it shows every port with every finding."""
        return self.view == "full" and self.media_type == JSON

    @property
    def ports_needed(self) -> int | None:
        """Candidates a document needs to be presented so; None for all."""
        return None if self.is_whole else self.limit

    def answer(self, document: bytes | dict[str, Any], headers: dict[str, str] | None = None) -> Response:
        """The answer made of a whole document, of one cut to `ports_needed`, or of one as it was recorded."""
        headers = {"Vary": "Accept, Accept-Language", **(headers or {})}
        if self.is_whole and self.lang == "both" and isinstance(document, bytes):
            # What was recorded is handed out byte for byte.
            return Response(document, headers=headers, media_type=JSON)
        whole = orjson.loads(document) if isinstance(document, bytes) else document
        if self.media_type == GPX:
            return Response(gpx_of(whole, self.lang), headers=headers, media_type=GPX)
        if self.media_type == GEOJSON:
            text = dump(in_language(geojson_of(whole, self.limit), self.lang))
        else:
            text = dump(document_view(whole, self.view, self.lang, self.limit))
        return Response(text, headers=headers, media_type=self.media_type)


async def presentation_of(
    request: Request,
    view: Annotated[
        View,
        Query(
            description="brief: what a person or a page needs. full: every port with every finding. line: one "
            "sentence for a messenger."
        ),
    ] = "brief",
    lang: Annotated[
        Lang | None, Query(description="Language of the texts; by Accept-Language, else English, if left out.")
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=MOST_PORTS, description="Ports in the brief view and routes in GeoJSON.")
    ] = DEFAULT_LIMIT,
) -> Presentation:
    """What the query and the headers of a request ask for."""
    spoken = lang or preferred_language(request.headers.get("accept-language", ""))
    media_type = preferred_type(request.headers.get("accept", ""), (JSON, GEOJSON, GPX))
    return Presentation(view, spoken, limit, media_type)


Presented = Annotated[Presentation, Depends(presentation_of)]


def preferred_language(accept: str) -> Literal["en", "fr"]:
    """French where it is wanted more than English, else English; RFC 9110, 12.5.4."""
    wanted = {"en": 0.0, "fr": 0.0}
    for name, quality in _weighted(accept):
        short = name.partition("-")[0]
        if short in wanted:
            wanted[short] = max(wanted[short], quality)
    return "fr" if wanted["fr"] > wanted["en"] else "en"


def preferred_type(accept: str, offered: tuple[str, ...]) -> str:
    """The type offered that is wanted most by its own name; the first one where none is named; RFC 9110, 12.5.1."""
    wanted = {name: quality for name, quality in _weighted(accept) if name in offered and quality > 0.0}
    return max(wanted, key=lambda name: (wanted[name], -offered.index(name))) if wanted else offered[0]


def _weighted(header: str) -> list[tuple[str, float]]:
    """Names of a header with their ``q``; what cannot be read counts as not wanted."""
    found = []
    for part in header.split(",")[:50]:
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            found.append((name, min(max(float(quality), 0.0), 1.0)))
        except ValueError:
            found.append((name, 0.0))
    return found
