"""The shift handover and the audit trail."""

import hashlib
import logging
import time
from typing import Annotated

from fastapi import Body, Query, Request
from pydantic import Field
from starlette.responses import HTMLResponse, Response
from typing_extensions import TypedDict

from api.documents.decision import to_json
from api.http.auth import Caller, requires
from api.http.command_executor import CommandExecutor, executes
from api.http.dependencies import JsonText, Records
from api.http.handover_page import PAGE_POLICY, handover_html
from api.http.json_router import JsonRouter
from api.http.openapi import problems, schema_of
from api.http.problems import Busy
from api.http.schemas.record_examples import AUDIT, HANDOVER, SIGN_IN, SIGNED, VERIFIED
from api.http.schemas.requests import SignIn
from api.security.roles import Permission
from api.settings import Settings
from api.store.audit import AuditDocument, Verified
from api.store.audit_signatures import not_proven
from api.store.errors import Refused, StoreError
from api.store.handover import HandOutPage, HandoverDocument, SignedHandover
from api.store.store import Store


class BadRow(TypedDict):
    """The first row that is wrong, and how."""

    sequence: int
    problem: str


class VerifiedChain(TypedDict):
    """What a walk along the audit chain found."""

    intact: bool
    rows: Annotated[int, Field(description="Rows that are right, from the first on.")]
    hash: Annotated[str, Field(description="Of the last of them.")]
    bad: BadRow | None
    signed_heads: Annotated[int, Field(description="Heads the service has signed, which were met.")]
    signed_up_to: Annotated[int | None, Field(description="Row of the last of them; null where there is none.")]
    not_proven: Annotated[list[str], Field(description="What the walk does not show, in words.")]


router = JsonRouter(tags=["records"])
_log = logging.getLogger(__name__)

PAGE_SHA256 = "Safeport-Page-SHA256"
"""Header with the digest of the page's JSON: what both shifts sign, whether they read it as JSON or as HTML."""

_MOST_ROWS = 1_000


@router.get(
    "/handover",
    summary="What the next shift has to know",
    response_class=JsonText,
    responses={
        200: {
            "description": "The page: JSON, or HTML for who accepts text/html before it.",
            "content": {
                "application/json": {"schema": schema_of(HandoverDocument), "example": HANDOVER},
                "text/html": {"schema": {"type": "string"}},
            },
            "headers": {PAGE_SHA256: {"description": "To be signed.", "schema": {"type": "string"}}},
        },
        **problems(403, 503),
    },
)
async def read_handover(
    request: Request, async_store: Records, caller: Annotated[Caller, requires(Permission.SIGN_HANDOVER)]
) -> Response:  # fmt: skip
    """Open encounters, reservations, overrides, and everything that has grown old.

    That it was handed out is recorded, so that nothing else is signed; where that fails it can be read all the same.
    """
    page = await async_store.run(lambda store: store.handover(time.time()))
    text = to_json(page)
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        await async_store.record_soon(HandOutPage(digest), caller)
    except Refused:
        raise
    except (StoreError, Busy) as failure:
        _log.error("a handover page was not recorded, and cannot be signed: %s", failure)
    headers = {PAGE_SHA256: digest, "Vary": "Accept"}
    if wants_html(request.headers.get("accept", "")):
        return HTMLResponse(handover_html(page, digest), headers={**headers, "Content-Security-Policy": PAGE_POLICY})
    return JsonText(text, headers=headers)


@router.command(
    "/handover",
    summary="Both shifts sign the page",
    answer=SignedHandover,
    example=SIGNED,
    status_code=201,
)
async def sign_handover(
    signed: Annotated[SignIn, Body(examples=[SIGN_IN])],
    executor: Annotated[CommandExecutor, executes(Permission.SIGN_HANDOVER)],
) -> Response:
    """Each by the name of its duty; 409 for a page that was not handed out within twelve hours."""
    return await executor.respond(signed.command())


@router.read(
    "/audit",
    summary="Rows of the audit trail",
    dependencies=[requires(Permission.READ_AUDIT)],
    answer=AuditDocument,
    example=AUDIT,
)
async def read_audit(
    async_store: Records,
    after: Annotated[int, Query(ge=0, le=1 << 62, description="Rows after this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=_MOST_ROWS)] = 100,
) -> Response:
    """Oldest first; each hashes the row before it."""
    rows = await async_store.run(lambda store: store.audit(after, limit))
    return JsonText(to_json({"rows": rows, "next_after": rows[-1]["sequence"] if len(rows) == limit else None}))


@router.read(
    "/audit/verify",
    summary="Walk the audit chain",
    dependencies=[requires(Permission.READ_AUDIT)],
    answer=VerifiedChain,
    example=VERIFIED,
)
async def verify_audit(request: Request, async_store: Records) -> Response:
    """Whether every row follows from the one before it, and which is the first that does not.

    Compared with the heads the service has signed, and it is said what that does not prove.
    """
    settings: Settings = request.app.state.settings
    place = settings.heads_place

    def walked(store: Store) -> tuple[Verified, dict[int, bytes]]:
        digests = {} if place is None else place.known_hashes()
        return store.verify(digests), digests

    found, digests = await async_store.run(walked)
    bad = None if found.bad is None else found.bad._asdict()
    return JsonText(
        to_json(
            {
                "intact": bad is None, "rows": found.rows, "hash": found.head.digest.hex(), "bad": bad,
                "signed_heads": len(digests), "signed_up_to": max(digests, default=None),
                "not_proven": not_proven(found, digests, from_elsewhere=False) if bad is None else [],
            }
        )
    )  # fmt: skip


def wants_html(accept: str) -> bool:
    """Whether a page is wanted rather than JSON: a browser names it first, a program does not name it at all."""
    named = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    places = {name: named.index(name) for name in ("text/html", "application/json") if name in named}
    return "text/html" in places and places["text/html"] <= places.get("application/json", len(named))
