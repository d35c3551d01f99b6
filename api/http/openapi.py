"""``/openapi.json``: what FastAPI derives, with errors as the problem documents they are."""

from collections.abc import Callable
from typing import Any, Literal, get_args

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from pydantic import TypeAdapter

from api.http.auth import permissions_of
from api.http.problems import KINDS, PROBLEM_JSON, ProblemDocument
from api.http.schemas.decision_examples import PROBLEM
from engine import ENGINE_VERSION
from engine.errors import PositionRefused

TITLE = "safeport"
SUMMARY = "Which port is the nearest one fit to receive these people from this vessel now."
DESCRIPTION = (
    "Advice for search and rescue in the English Channel, by true water distance and time. The rescue co-ordination "
    "centre and the master decide. Positions in bodies are GeoJSON, longitude first; positions in queries are written "
    "as people write them, latitude first. Times are RFC 3339 with a zone. Every error is an RFC 9457 problem "
    "document; look at its `code`. Objects may gain members: ignore those you do not know."
)
TAGS = [
    {"name": "decisions", "description": "Which port, how long, and why."},
    {"name": "distances", "description": "True distance over water."},
    {"name": "streams", "description": "Tidal stream at a position."},
    {"name": "ports", "description": "The register of ports."},
    {"name": "forecast", "description": "What is known of waves, wind, visibility and current."},
    {"name": "plans", "description": "Many encounters at once."},
    {"name": "live", "description": "What ports report, and the places left there."},
    {"name": "zones", "description": "Waters closed for a time, which routes keep out of."},
    {"name": "encounters", "description": "Reports of people at sea, directions, and the live board."},
    {"name": "reservations", "description": "Places held ashore for people still at sea."},
    {"name": "events", "description": "Everything that changes, as it changes."},
    {"name": "records", "description": "Shift handover and audit trail."},
    {"name": "keys", "description": "Keys of vessels and services."},
    {"name": "service", "description": "Where everything is, and whether this service is up and ready."},
]

_REASONS = {
    400: "The body is not well-formed JSON.",
    401: "It is not known who is calling.",
    403: "This key or token does not allow it.",
    404: "The path or the body names something that does not exist.",
    408: "The body did not come in time.",
    409: "It does not apply to things as they stand; nothing was changed.",
    410: "It is kept no more, and cannot be made again here.",
    412: "Somebody else has changed it since it was read; nothing was changed.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "A field is wrong or a position cannot be answered for; `errors` says which and why.",
    429: "Too many requests; `Retry-After` says when to come again.",
    500: "The service has a defect, and says so rather than guess.",
    503: "The service is starting, busy, has no usable geodata pack, or its store is missing or failing.",
}


KEYED: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key", "in": "header", "required": False,
            "description": "Made by the sender. The same request with the same key changes things once and is answered "
            "with the same bytes; another request with that key is refused.",
            "schema": {"type": "string", "maxLength": 80, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]*$"},
        }
    ]
}  # fmt: skip
"""``openapi_extra`` of every route that changes something."""


_REFERENCE = "#/components/schemas/{model}"
_MODELS: dict[str, Any] = {}
"""Models of answers by name, once a route is described by them."""


def schema_of(model: Any) -> dict[str, Any]:
    """Schema of an answer, by name: what it is made of is worked out when somebody reads the description.

    Given to FastAPI as a model, a validator would be made of it for every status of every route, as the service starts,
    and never be used.

    Parameters
    ----------
    model : type
        A TypedDict, a pydantic model, or a union of such.
    """
    members = get_args(model) or (model,)
    _MODELS.update({member.__name__: member for member in members})
    references = [{"$ref": _REFERENCE.format(model=member.__name__)} for member in members]
    return references[0] if len(references) == 1 else {"anyOf": references}


def json_answer(model: Any, **shown: Any) -> dict[str, Any]:
    """Entry of ``responses`` for a JSON document, with an ``example`` or ``examples`` of it."""
    return {"content": {"application/json": {"schema": schema_of(model), **shown}}}


def _schemas_of_answers() -> dict[str, Any]:
    validation: Literal["validation"] = "validation"
    adapters = [(name, validation, TypeAdapter(model)) for name, model in _MODELS.items()]
    _, made = TypeAdapter.json_schemas(adapters, ref_template=_REFERENCE)
    schemas: dict[str, Any] = made["$defs"]
    return schemas


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route for the errors it may answer with."""
    return {status: _described(_reason(status)) for status in statuses}


def _reason(status: int) -> str:
    codes = {kind.code for sort, kind in KINDS.items() if kind.status == status and not isinstance(sort, int)}
    if status == 422:
        # A position is always refused by a code of its own.
        codes = codes - {KINDS[PositionRefused].code} | {"POS_ENCLOSED", "POS_ON_LAND", "POS_OUT_OF_AREA"}
    return f"{_REASONS[status]} Codes: {', '.join(sorted(codes))}."


_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key of a vessel or service (`sp_...`), or a token (JWT) of the issuer the service trusts. Not "
    "needed, and not looked at, where access is off.",
}


def _described(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {PROBLEM_JSON: {"schema": schema_of(ProblemDocument)}},
    }


_ACCESS = {str(status): _described(_reason(status)) for status in (401, 403, 429)}
"""What every route answers that asks who is calling."""

_WITH_BODY = {"408": _described(_reason(408))}
"""What every route answers that reads a body."""
_ANY = {"default": _described("Any other error, as a problem document.")}
"""What every route may answer; a defect is 500 with the code INTERNAL."""

_FASTAPI_422 = "Validation Error"
"""How FastAPI describes an answer of its own that this service never gives."""


def describe(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Function that makes the description of an app once and then keeps it."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=TITLE, version=ENGINE_VERSION, summary=SUMMARY, description=DESCRIPTION,
                routes=app.routes, tags=TAGS, servers=[{"url": "/"}], license_info={"name": "MIT", "identifier": "MIT"},
            )  # fmt: skip
            _restore_examples(app, document)
            asking = _paths_that_ask(app)
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    if path in asking:
                        operation["security"] = [{"bearer": []}]
                        operation["responses"].update(_ACCESS)
                    if "requestBody" in operation:
                        operation["responses"].update(_WITH_BODY)
                    operation["responses"].update(_ANY)
                    _correct(operation["responses"])
            document["components"]["securitySchemes"] = {"bearer": _BEARER}
            schemas = document["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            # A body that is answered too stands as FastAPI has it.
            document["components"]["schemas"] = dict(sorted((_schemas_of_answers() | schemas).items()))
            app.openapi_schema = document
        return app.openapi_schema

    return openapi


def _restore_examples(app: FastAPI, document: dict[str, Any]) -> None:
    """Put examples of answers back as they were written; FastAPI leaves out every null, where null is what is said."""
    for route in iter_route_contexts(app.routes):
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower(), {"responses": {}})
            for status, response in getattr(route, "responses", {}).items():
                for media_type, content in response.get("content", {}).items():
                    shown = operation["responses"][str(status)]["content"][media_type]
                    shown.update({name: content[name] for name in ("example", "examples") if name in content})


def _paths_that_ask(app: FastAPI) -> set[str]:
    """Paths whose routes ask for a permission."""
    found = (
        (getattr(context, "path", None), getattr(context, "dependant", None))
        for context in iter_route_contexts(app.routes)
    )
    return {str(path) for path, dependant in found if dependant is not None and permissions_of(dependant)}


def _correct(responses: dict[str, Any]) -> None:
    """Leave out what is never answered, and show what a wrong field is answered with."""
    refused = responses.get("422", {})
    if refused.get("description") == _FASTAPI_422:
        del responses["422"]
    elif refused:
        refused["content"][PROBLEM_JSON]["example"] = PROBLEM
