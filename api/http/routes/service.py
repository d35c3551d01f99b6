"""What a program or a person who finds this service reads first: an index, the description, and a page of it."""

from typing import Annotated, Literal

from fastapi import Request
from pydantic import Field
from starlette.responses import HTMLResponse, Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.http.conditional import NOT_MODIFIED, unless_known
from api.http.dependencies import JsonText
from api.http.description import Description
from api.http.docs_page import DOCS_POLICY
from api.http.json_router import JsonRouter
from api.http.schemas.decision_examples import INDEX
from engine import ENGINE_VERSION

router = JsonRouter(prefix="", tags=["service"])

DOCS = "/docs"
DESCRIPTION = "/openapi.json"


class Index(TypedDict):
    """Where everything is."""

    service: Literal["safeport"]
    version: str
    openapi: Annotated[str, Field(description="For programs and generators of clients.")]
    docs: Annotated[str, Field(description="For people.")]
    health: str
    ready: str
    api: Annotated[str, Field(description="What every other path begins with.")]
    notice: str


@router.read(
    "/",
    summary="Where everything is",
    answer=Index,
    example=INDEX,
)
async def read_index() -> Response:
    """Addresses of the description, of its page for people, and of the probes."""
    index: Index = {
        "service": "safeport", "version": ENGINE_VERSION, "openapi": DESCRIPTION, "docs": DOCS, "health": "/healthz",
        "ready": "/readyz", "api": "/v1",
        "notice": "Advice: the co-ordination centre and the master decide. Not for navigation.",
    }  # fmt: skip
    link = f'<{DESCRIPTION}>; rel="service-desc", <{DOCS}>; rel="service-doc"'
    return JsonText(to_json(index), headers={"Link": link})


@router.get(
    DESCRIPTION,
    summary="This description",
    response_class=JsonText,
    responses={
        200: {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}},
        **NOT_MODIFIED,
    },
)
async def read_description(request: Request) -> Response:
    """For programs, and for generators of clients."""
    description: Description = request.app.state.description
    text = await description.json()
    return unless_known(request, description.version, lambda: JsonText(text))


@router.get(
    DOCS,
    summary="This description as a page to read",
    response_class=HTMLResponse,
    responses={
        200: {"description": "HTML without scripts.", "content": {"text/html": {"schema": {"type": "string"}}}},
        **NOT_MODIFIED,
    },
)
async def read_docs(request: Request) -> Response:
    """For people. Nothing is fetched from elsewhere."""
    description: Description = request.app.state.description
    page = await description.page()
    headers = {"Content-Security-Policy": DOCS_POLICY}
    return unless_known(request, description.version, lambda: HTMLResponse(page, headers=headers))
