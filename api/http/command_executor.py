"""Changes as routes make them: by the caller of a request, and once for its idempotency key.

A route names the permission it needs and gets what makes the change:

executor: Annotated[CommandExecutor, executes(Permission.HOLD_PLACES)]
"""

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from api.http.async_store import AsyncStore
from api.http.auth import Caller, requires
from api.http.conditional import refuse_unread_condition
from api.http.dependencies import Records
from api.security.roles import Permission
from api.store.commands import Answer, Command, IdempotencyKey
from api.store.ownership import OwnRecord

KEY = "Idempotency-Key"


class CommandExecutor:
    """Makes the change a request asks for.

    Attributes
    ----------
    caller : Caller
        Who asks for it; permitted.
    """

    def __init__(self, request: Request, async_store: AsyncStore, caller: Caller) -> None:
        self._request = request
        self._async_store = async_store
        self.caller = caller

    async def execute(self, command: Command, *own: OwnRecord) -> Answer:
        """Make the change, and answer it.

        Parameters
        ----------
        command : Command
        *own : OwnRecord
            Records it names that have to be a vessel's own; those without an id are passed over.

        Raises
        ------
        NotFound, Refused, StoreError, Busy
        """
        once = await idempotency_key_of(self._request, self.caller)
        return await self._async_store.do(command, self.caller, once, own)

    async def respond(self, command: Command, *own: OwnRecord) -> Response:
        """Make the change; the response has the status its route is described with."""
        return self.response_of(await self.execute(command, *own))

    def response_of(self, answer: Answer) -> Response:
        """Response of a command: the same bytes and status however often it is sent with the same key."""
        headers = {"Idempotency-Replayed": "true"} if answer.repeated else {}
        status: int = self._request.scope["route"].status_code or 200
        return Response(answer.body, status, headers, "application/json")


def executes(permission: Permission) -> Any:
    """Dependency of a route: what makes changes for its caller, refused unless one of their roles may."""

    async def command_executor_of(
        request: Request, async_store: Records, caller: Annotated[Caller, requires(permission)]
    ) -> CommandExecutor:
        refuse_unread_condition(request)
        return CommandExecutor(request, async_store, caller)

    return Depends(command_executor_of)


async def idempotency_key_of(request: Request, caller: Caller) -> IdempotencyKey | None:
    """The idempotency key of a request, bound to its caller and to everything it says; None without one."""
    key = request.headers.get(KEY)
    if key is None:
        return None
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return IdempotencyKey(key, caller.principal, asked + await request.body())
