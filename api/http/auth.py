"""Who is calling, and whether they may: a route names the permission it needs, and gets the caller.

caller: Annotated[Caller, allowed(Permission.HOLD_PLACES)]

A route that names none stops the service from starting (`assert_all_routes_protected`).
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.http.fair_queue import asking
from api.http.problems import AccessUnknown, CrossSite, Forbidden, OnlyLocal, TooOften, Unauthenticated
from api.security.api_keys import START, Keys
from api.security.identity import Identity, IdentityUnavailable, IdentityUnknown, Reason
from api.security.jwks import is_loopback
from api.security.rate_limit import SORT, Rate, RateClass, TokenBuckets, client_prefix, whole_seconds
from api.security.roles import GRANTS, OWN_ONLY, STORE_ROLE, Permission, acting_role
from api.security.sign_in import CALLBACK, SignIn
from api.security.tokens import LONGEST_TOKEN, Tokens
from api.settings import Settings
from api.store.commands import Actor, Role
from api.store.store import Store
from engine.errors import InvalidAsk

_log = logging.getLogger(__name__)

OPEN_PATHS = frozenset({
    "/", "/docs", "/healthz", "/readyz", "/openapi.json", "/console", "/web/{path:path}", "/console/v1/sign-in",
    "/console/v1/sign-in/begin", CALLBACK,
})  # fmt: skip
"""What anybody may read: whether the service is up, the description and pages every copy has, and how to sign in."""

SESSION = "safeport_session"
"""Cookie with the name of a session."""

_WORDING = "Send 'Authorization: Bearer' with a valid key or token."
"""The same for every reason: which one it was is in the log."""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="safeport"'}


class Caller(NamedTuple):
    """Somebody who may do what they ask for.

    Attributes
    ----------
    principal : str
        Whose key or token it is: owner of idempotency keys, and of records a vessel may see.
    actor : Actor
        Role and duty as the store records them.
    own_only : bool
        Whether only records of this principal may be seen and changed: true of vessels.
    permissions : frozenset of Permission
        Everything this caller may ask for, by all of their roles.
    """

    principal: str
    actor: Actor
    own_only: bool
    permissions: frozenset[Permission] = frozenset(Permission)


LOCAL = Caller("local", Actor(Role.CONTROLLER, "local", "local"), own_only=False)
"""Whoever reaches a loopback address of a machine where access is off."""


class Authenticator:
    """What stands before every route.

    Parameters
    ----------
    settings : ForecastSettings
    store : Store, optional
        Where keys are kept.
    tokens : Tokens, optional
        Otherwise those that settings name, if they name an issuer.
    clock : callable
        [s]

    Raises
    ------
    InvalidAsk
        Access is on, and nothing could ever open it.
    """

    def __init__(
        self, settings: Settings, store: Store | None = None, tokens: Tokens | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._is_on = settings.access
        self._has_proxies = bool(settings.trusted_proxies)
        self._origins = frozenset(settings.cors_origins)
        self.key_changed = asyncio.Event()
        """Set, and replaced by a new one, when a key was given another secret or ended, by whatever process."""
        self._clock = clock
        self.keys = (
            None
            if store is None
            else Keys(store, settings.key_cache_s, keep_s=settings.key_keep_s, wait_s=settings.store_wait_s)
        )
        self._tokens = tokens or (Tokens(settings) if settings.token_issuer is not None else None)
        self.sign_in = SignIn(settings) if self._is_on and settings.sign_in_client is not None else None
        """Sign-in by the issuer's page; None where that is not offered."""
        if self._is_on and self.keys is None and self._tokens is None:
            raise InvalidAsk(
                "access", "is on, and there is neither a store with keys nor an issuer of tokens.",
                "Name a store (SAFEPORT_STORE) or an issuer (SAFEPORT_TOKEN_ISSUER).",
            )  # fmt: skip
        self._buckets = TokenBuckets(
            {
                RateClass.DECIDE: Rate(settings.decide_per_s, settings.decide_at_once),
                RateClass.CHANGE: Rate(settings.change_per_s, settings.change_at_once),
                RateClass.READ: Rate(settings.read_per_s, settings.read_at_once),
                RateClass.PLAN: Rate(settings.plan_per_s, settings.plan_at_once),
                RateClass.REFUSE: Rate(settings.refuse_per_s, settings.refuse_at_once),
            },
            settings.most_buckets,
        )

    async def admit(self, request: Request, permission: Permission) -> Caller:
        """The caller of a request.

        Raises
        ------
        Unauthenticated, Forbidden, OnlyLocal, TooOften, AccessUnknown
        """
        if not self._is_on:
            request.state.principal_kind = "local"
            return _local_caller(request, self._has_proxies, self._origins)
        identity = await self._known(request)
        # For the log, which is told no more of who calls.
        request.state.principal_kind = identity.principal.partition(":")[0]
        asking.set((identity.principal, asking.get()[1]))
        wait_s = self._buckets.take(SORT[permission], identity.principal, self._clock())
        if wait_s > 0.0:
            raise _too_often(wait_s)
        role = acting_role(identity.roles, permission)
        if role is None:
            raise Forbidden(f"It takes the permission {permission.value}.")
        actor = Actor(STORE_ROLE[role], identity.duty or f"{role.value}, duty not stated", identity.principal)
        granted = frozenset[Permission]().union(*(GRANTS[held] for held in identity.roles))
        return Caller(identity.principal, actor, role in OWN_ONLY, granted)

    async def still_admits(self, request: Request, permission: Permission) -> bool:
        """Whether an answer that goes on and on, such as a stream of events, may go on.

        True while that cannot be found out: what was allowed a moment ago is not cut off for a store that restarts.
        """
        if not self._is_on:
            return True
        try:
            identity = await self._identified(request, is_tired=False)
        except IdentityUnknown:
            return False
        except IdentityUnavailable:
            return True
        return acting_role(identity.roles, permission) is not None

    def forget_key(self, key_id: str) -> None:
        """Believe nothing of a key that was remembered: it was changed."""
        if self.keys is not None:
            self.keys.forget(key_id)
        changed, self.key_changed = self.key_changed, asyncio.Event()
        changed.set()

    def begin(self) -> None:
        """Get ready before the first caller comes."""
        if self._is_on and self._tokens is not None:
            self._tokens.begin()
        if self.sign_in is not None:
            self.sign_in.begin_service()

    async def aclose(self) -> None:
        """Wait for what is still going on."""
        if self._tokens is not None:
            await self._tokens.aclose()
        if self.sign_in is not None:
            await self.sign_in.aclose()

    async def _known(self, request: Request) -> Identity:
        """Who is calling.

        A valid key or token is never refused for what others at the same address sent: it is looked at first. What it
        costs to look is what it costs to refuse, and the one thing that costs more, to ask the store about an id that
        was never seen, is done where an address has sent too many that were wrong only for ids that are a key's.
        """
        place = client_prefix("" if request.client is None else request.client.host)
        tired = self._buckets.is_empty(RateClass.REFUSE, place, self._clock())
        try:
            return await self._identified(request, is_tired=tired)
        except IdentityUnavailable:
            raise AccessUnknown("Try again in a few seconds.", {"Retry-After": "5"}) from None
        except IdentityUnknown as unknown:
            wait_s = self._buckets.take(RateClass.REFUSE, place, self._clock())
            if wait_s > 0.0:
                raise _too_often(wait_s) from None
            _log.warning("request %s is of nobody known: %s", request.state.request_id, unknown.reason.name)
            raise Unauthenticated(_WORDING, _CHALLENGE) from None

    async def _identified(self, request: Request, is_tired: bool) -> Identity:
        session = request.cookies.get(SESSION)
        if self.sign_in is not None and session is not None and "authorization" not in request.headers:
            # A browser adds a cookie to whatever any page asks for (CSRF); a key or token it never adds by itself.
            if request.method not in _SAFE and not _is_own_page(request):
                raise CrossSite("Only this service's own pages may use a session.")
            return self.sign_in.identify(session)
        text = _bearer_token(request)
        if text.startswith(START):
            if self.keys is None:
                raise IdentityUnknown(Reason.KEYS_NOT_TAKEN)
            return await self.keys.identify(text, may_look_up=not is_tired)
        if self._tokens is None:
            raise IdentityUnknown(Reason.TOKENS_NOT_TAKEN)
        return await self._tokens.identify(text)


_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _is_own_page(request: Request) -> bool:
    """Whether a page of this very host asks, by what its browser says of it; one that says nothing is none."""
    try:
        origin = urlsplit(request.headers.get("origin", ""))
    except ValueError:
        return False
    return origin.netloc != "" and origin.netloc.lower() == request.headers.get("host", "").lower()


def _bearer_token(request: Request) -> str:
    sent = request.headers.getlist("authorization")
    if not sent:
        raise IdentityUnknown(Reason.NOTHING_SENT)
    scheme, _, text = sent[0].partition(" ")
    if len(sent) > 1 or scheme.lower() != "bearer" or not 0 < len(text) <= LONGEST_TOKEN:
        raise IdentityUnknown(Reason.NOT_BEARER)
    return text


def _too_often(wait_s: float) -> TooOften:
    seconds = whole_seconds(wait_s)
    return TooOften(f"Come again in {seconds} s.", {"Retry-After": seconds})


_FORWARDING = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"})
"""Headers of a request that somebody has passed on."""
_OWN_SITE = frozenset({"same-origin", "none"})


def _local_caller(request: Request, has_proxies: bool, origins: frozenset[str] = frozenset()) -> Caller:
    """The caller, where nobody is asked who they are: somebody at this very machine.

    The name in ``Host`` has to be this machine's too. Otherwise any page a browser here looks at could have its own
    name lead here, and read and change everything (DNS rebinding). A page of another site that asks without reading
    the answer could still change things, so it is refused by what its browser says of it, unless an operator has named
    its origin. And what was passed on comes from somewhere else, unless a proxy that is known says from where.
    """
    headers = request.headers
    client = "" if request.client is None else request.client.host
    try:
        host = urlsplit(f"//{headers.get('host', '')}")
        name = host.hostname or ""
    except ValueError:
        name = ""
    if not is_loopback(client) or not is_loopback(name):
        raise OnlyLocal("Turn access on (SAFEPORT_ACCESS=on) to answer others, or ask http://127.0.0.1.")
    if not _FORWARDING.isdisjoint(headers.keys()) and not (has_proxies and "x-forwarded-for" in headers):
        raise OnlyLocal("It was passed on by a proxy. Name the proxy (SAFEPORT_TRUSTED_PROXIES) and turn access on.")
    if headers.get("origin") in origins:
        return LOCAL
    own = f"{request.scope['scheme']}://{headers.get('host', '')}".lower()
    if headers.get("sec-fetch-site", "none") not in _OWN_SITE or headers.get("origin", own).lower() != own:
        raise CrossSite("Access is off, and only this service's own pages and programs on this machine are answered.")
    return LOCAL


class RequiredPermission:
    """Dependency that asks for a permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Caller:
        """Caller of a request, asked for once however often it is needed."""
        known: dict[Permission, Caller] = request.scope.setdefault("state", {}).setdefault("callers", {})
        if self.permission not in known:
            request.state.permission = self.permission
            authenticator: Authenticator = request.app.state.authenticator
            known[self.permission] = await authenticator.admit(request, self.permission)
        return known[self.permission]


def requires(permission: Permission) -> Any:
    """Dependency of a route: its caller, refused unless one of their roles has this permission."""
    return Depends(RequiredPermission(permission))


def permissions_of(dependant: Dependant) -> tuple[RequiredPermission, ...]:
    """Permissions a route asks for, its own dependencies' included."""
    own = (dependant.call,) if isinstance(dependant.call, RequiredPermission) else ()
    return own + tuple(found for part in dependant.dependencies for found in permissions_of(part))


def assert_all_routes_protected(app: FastAPI) -> None:
    """Refuse an application with a route that asks for no permission and is not meant for anybody.

    Raises
    ------
    RuntimeError
        Names the route.
    """
    for route in iter_route_contexts(app.routes):
        path, dependant = getattr(route, "path", None) or "?", getattr(route, "dependant", None)
        is_open = path in OPEN_PATHS and (getattr(route, "methods", None) or {"ANY"}) <= {"GET", "HEAD"}
        if not is_open and (dependant is None or not permissions_of(dependant)):
            raise RuntimeError(f"route {path} asks for no permission: give it a caller, see api/http/auth.py")
