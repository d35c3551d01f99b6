"""What a caller wants of a decision: view, language, how many ports, and in which format."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

import orjson
from fastapi import Depends, Query, Request
from starlette.responses import Response

from api.directed import directed_headline, direction_in_force, leads_of
from api.documents.decision import (
    DEFAULT_LIMIT,
    LINE_CANDIDATES,
    Basis,
    View,
    decision_document,
    to_json,
    view_of_document,
    whole_document,
)
from api.documents.language import BOTH, in_language, languages_of
from api.documents.line import line_of
from api.documents.tracks import geojson_of, gpx_of
from api.http.languages import preferred_language, read_weights
from engine.evaluate import SHOWN
from engine.model import Decision

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
    direction : dict or None
        That holds for the encounter, of `api.store.directions.latest_direction`.
    """

    view: View
    lang: Lang
    limit: int
    media_type: str
    direction: dict[str, Any] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it shows every port with every finding."""
        return self.view == "full" and self.media_type == JSON

    @property
    def needs_every_port(self) -> bool:
        """Whether it says something of ports that do not bear on the answer."""
        return self.is_whole or self.limit > SHOWN or self.direction is not None

    @property
    def can_be_cut_from_a_document(self) -> bool:
        """Whether a whole document has all it takes; the brief view is made of the decision."""
        return self.view != "brief" or self.media_type != JSON

    def answer(
        self, decision: Decision, basis: Basis | None = None, headers: dict[str, str] | None = None
    ) -> Response:  # fmt: skip
        """The answer made of a decision; only what is shown is put into words."""
        if self.direction is not None:
            return self._directed_answer(decision, self.direction, basis, headers)
        if self.media_type == JSON:
            document = decision_document(decision, self.view, self.lang, self.limit, basis)
            return self._response(to_json(document), headers)
        return self._tracks(whole_document(decision, self.limit, self.lang, basis), headers)

    def _directed_answer(
        self, decision: Decision, direction: dict[str, Any], basis: Basis | None, headers: dict[str, str] | None
    ) -> Response:
        """The answer beside a direction in force: every sentence of it begins with where the centre sends them."""
        languages = languages_of(self.lang)
        told = direction_in_force(decision, direction, languages)
        beside = {"direction": told, **directed_headline(decision, told, languages)}
        if self.media_type != JSON:
            return self._tracks({**whole_document(decision, self.limit, self.lang, basis), **beside}, headers)
        if self.view == "line":
            whole = whole_document(decision, LINE_CANDIDATES, self.lang, basis)
            lines = line_of(whole, languages, leads_of(decision, told, languages))
            return self._response(to_json({**lines, "direction": told}), headers)
        document = decision_document(decision, self.view, self.lang, self.limit, basis)
        # The brief view has nothing that is read out.
        shown = {name: value for name, value in beside.items() if name in document or name == "direction"}
        return self._response(to_json(document | shown), headers)

    def answer_of_document(self, document: bytes, headers: dict[str, str] | None = None) -> Response:
        """The answer cut from a whole document as it was handed out, byte for byte where that is asked for."""
        if self.is_whole and self.lang == "both":
            return self._response(document, headers)
        whole = orjson.loads(document)
        if self.media_type != JSON:
            return self._tracks(whole, headers)
        return self._response(to_json(view_of_document(whole, self.view, self.lang)), headers)

    def _tracks(self, whole: Mapping[str, Any], headers: dict[str, str] | None) -> Response:
        if self.media_type == GPX:
            return self._response(gpx_of(whole, self.lang), headers)
        return self._response(to_json(in_language(geojson_of(whole, self.limit, self.lang), self.lang)), headers)

    def _response(self, text: str | bytes, headers: dict[str, str] | None) -> Response:
        # A plotter's file has one language.
        languages = ("en",) if self.lang == BOTH and self.media_type == GPX else languages_of(self.lang)
        headers = {
            "Vary": "Accept, Accept-Language", "Content-Language": ", ".join(languages), **(headers or {}),
        }  # fmt: skip
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


def preferred_type(accept: str, offered: tuple[str, ...]) -> str:
    """The type offered that is wanted most by its own name; the first one where none is named; RFC 9110, 12.5.1."""
    wanted = {name: quality for name, quality in read_weights(accept) if name in offered and quality > 0.0}
    return max(wanted, key=lambda name: (wanted[name], -offered.index(name))) if wanted else offered[0]
