"""The console's sign-in by the centre's own issuer: to its page, back from it, and out."""

import logging
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.documents.decision import to_json
from api.http.auth import SESSION, Authenticator, Caller, requires
from api.http.dependencies import JsonText
from api.security.identity import IdentityUnavailable, IdentityUnknown
from api.security.roles import Permission
from api.security.sign_in import BEGUN_S, CALLBACK, SignIn, SignInRefused

_log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)

BROWSER = "safeport_sign_in"
"""Cookie of a browser that signs in: the issuer's answer is taken from that browser only."""


@router.get("/console/v1/sign-in")
async def read_sign_in(request: Request) -> Response:
    """Whether the issuer's page is offered."""
    return JsonText(to_json({"issuer": _sign_in_of(request) is not None}))


@router.get("/console/v1/sign-in/begin")
async def begin_sign_in(request: Request) -> Response:
    """To the issuer's page; back to the console, which says so, where there is none or it cannot be reached."""
    sign_in = _sign_in_of(request)
    if sign_in is None:
        return RedirectResponse("/console", 303)
    try:
        address, browser = await sign_in.begin()
    except IdentityUnavailable:
        return RedirectResponse("/console#sign-in-unavailable", 303)
    answer = RedirectResponse(address, 303)
    # Lax: the issuer sends the browser back from another site.
    answer.set_cookie(
        BROWSER, browser, max_age=int(BEGUN_S), path=CALLBACK, httponly=True, samesite="lax", secure=_is_secure(sign_in)
    )
    return answer


@router.get(CALLBACK)
async def finish_sign_in(request: Request) -> Response:
    """Back from the issuer's page; the console says so where nobody was signed in."""
    sign_in = _sign_in_of(request)
    answer = RedirectResponse("/console#sign-in-refused", 303)
    answer.delete_cookie(BROWSER, path=CALLBACK)
    if sign_in is None:
        return answer
    # Issuers add parameters of their own.
    sent = request.query_params
    issuer = request.app.state.settings.token_issuer
    try:
        if "error" in sent or not sent.get("code") or sent.get("iss", issuer) != issuer:
            raise SignInRefused("the issuer said no")
        session = await sign_in.finish(sent.get("state", ""), sent["code"], request.cookies.get(BROWSER, ""))
    except IdentityUnavailable:
        answer.headers["location"] = "/console#sign-in-unavailable"
        return answer
    except (SignInRefused, IdentityUnknown) as refused:
        _log.warning("nobody was signed in: %s", refused)
        return answer
    answer.headers["location"] = "/console"
    answer.set_cookie(SESSION, session, path="/", httponly=True, samesite="strict", secure=_is_secure(sign_in))
    return answer


@router.post("/console/v1/sign-out")
async def sign_out(
    request: Request,
    caller: Annotated[Caller, requires(Permission.READ_GEODATA)],  # noqa: ARG001
) -> Response:
    """End the session; the answer says where the issuer's own ends, where it has one."""
    sign_in, session = _sign_in_of(request), request.cookies.get(SESSION)
    next_page = None if sign_in is None or session is None else sign_in.end(session)
    answer = JsonText(to_json({"next": next_page}))
    answer.delete_cookie(SESSION, path="/")
    return answer


def _sign_in_of(request: Request) -> SignIn | None:
    authenticator: Authenticator = request.app.state.authenticator
    return authenticator.sign_in


def _is_secure(sign_in: SignIn) -> bool:
    return urlsplit(sign_in.callback).scheme == "https"
