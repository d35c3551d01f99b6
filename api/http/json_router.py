"""Routers of this service: what every route that reads, and every route that changes something, has in common."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI

from api.http.dependencies import JsonText
from api.http.openapi import KEYED, json_answer, problems
from api.http.strict_json import StrictJsonRoute

_WITH_BODY = (400, 413, 415)
"""Refusals of a body; 408 is described with every body."""


class JsonRouter(APIRouter):
    """Router whose routes answer with JSON documents and refuse with problem documents.

    `get`, `post` and the rest are those of FastAPI; `read` and `command` describe what they would have to repeat. They
    are described with the answer and an example of it, and with every status their kind of route may refuse with: what
    anybody may be refused for, and a name in the path that names nothing.

    Parameters
    ----------
    prefix : str
    tags : list of str, optional
    """

    def __init__(self, *, prefix: str = "/v1", tags: list[str] | None = None) -> None:
        super().__init__(
            prefix=prefix, tags=list[Any](tags or ()), route_class=StrictJsonRoute,
            # What a generated client calls its functions.
            generate_unique_id_function=lambda route: route.name,
        )  # fmt: skip

    def read(
        self, path: str, *, answer: Any, example: Any, responses: dict[int | str, dict[str, Any]] | None = None,
        **described: Any,
    ) -> Callable[[Any], Any]:  # fmt: skip
        """Decorate a route that reads.

        Parameters
        ----------
        path : str
        answer : type
            Model of the answer.
        example : object
            One answer, valid against it.
        responses : dict, optional
            Answers it has beside these.
        **described
            As FastAPI takes them: `summary`, `dependencies`, `tags`.
        """
        statuses = ((404,) if "{" in path else ()) + (422, 503)
        return self.get(
            path, response_class=JsonText, **described,
            responses={200: json_answer(answer, example=example), **problems(*statuses), **(responses or {})},
        )  # fmt: skip

    def command(
        self, path: str, *, answer: Any, example: Any, method: str = "POST", status_code: int = 200,
        has_body: bool = True, names_others: bool = False, extra_statuses: tuple[int, ...] = (), **described: Any,
    ) -> Callable[[Any], Any]:  # fmt: skip
        """Decorate a route that changes something, once for an idempotency key.

        Parameters
        ----------
        path : str
        answer : type
            Model of the answer.
        example : object
            One answer, valid against it.
        method : str
        status_code : int
            Of the answer.
        has_body : bool
            Whether it takes JSON.
        names_others : bool
            Whether the body names records or ports, which may not exist.
        extra_statuses : tuple of int
            What else it may be refused with.
        **described
            As FastAPI takes them: `summary`, `tags`.
        """
        may_miss = (404,) if "{" in path or names_others else ()
        statuses = {409, 422, 503, *extra_statuses, *(_WITH_BODY if has_body else ()), *may_miss}
        return self.api_route(
            path, methods=[method], status_code=status_code, response_class=JsonText, openapi_extra=KEYED,
            responses={status_code: json_answer(answer, example=example), **problems(*sorted(statuses))}, **described,
        )  # fmt: skip


def add_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Give an application the routes of some routers as they are.

    FastAPI's `include_router` makes each route and its models once more, so that it can have another prefix in each
    application. Ours have the same in all, and a service would be ready a quarter of a second later for it.
    """
    for router in routers:
        app.router.routes.extend(router.routes)
