"""Arguments of a route: what the signature of its function names, found in a request.

FastAPI reads the signature once, and describes the route by it. Finding the arguments for each request takes it longer
than deciding does in open water, most of that for parameters nobody has sent. So they are found here, as it would find
them, of the few kinds there are: parts of the path, queries, one JSON body, and what coroutines make of those.
"""

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request

NO_BODY = object()
"""Stands for the body of a request to a route that takes none."""

Errors = list[dict[str, Any]]
_Made = dict[Callable[..., Any], Any]


class Call:
    """A coroutine function with all that its parameters are found by.

    Parameters
    ----------
    dependant : Dependant
        What FastAPI has read off its signature.

    Raises
    ------
    TypeError
        It is no coroutine function, or has a parameter of another kind.
    """

    def __init__(self, dependant: Dependant) -> None:
        function = dependant.call
        others = (
            dependant.header_params, dependant.cookie_params, dependant.response_param_name,
            dependant.background_tasks_param_name, dependant.http_connection_param_name, dependant.body_params[1:],
        )  # fmt: skip
        if function is None or any(others) or not _is_coroutine_function(function):
            raise TypeError(f"{dependant.path or function}: its arguments cannot be found, see api/http/arguments.py")
        self._function = function
        self._request_name = dependant.request_param_name
        self._fields = [("path", field) for field in dependant.path_params]
        self._fields += [("query", field) for field in dependant.query_params]
        self._body = next(iter(dependant.body_params), None)
        self._parts = [(part.name, Call(part)) for part in dependant.dependencies]

    async def answer(self, request: Request, body: Any = NO_BODY) -> Any:
        """Result of the function for one request.

        Parameters
        ----------
        request : Request
        body : object
            Of JSON types.

        Raises
        ------
        RequestValidationError
            Parameters are missing or wrong: all of them, not the first one alone.
        """
        errors: Errors = []
        arguments = await self._arguments(request, body, errors, {})
        if errors:
            raise RequestValidationError(errors, body=body)
        return await self._function(**arguments)

    async def _arguments(self, request: Request, body: Any, errors: Errors, made: _Made) -> dict[str, Any]:
        """What is to be called with; what is wrong is added to the errors."""
        arguments: dict[str, Any] = {}
        for name, part in self._parts:
            function, wrong = part._function, len(errors)
            if function not in made:
                own = await part._arguments(request, body, errors, made)
                if len(errors) > wrong:
                    continue
                # Several may depend on the same thing: it is made once.
                made[function] = await function(**own)
            if name is not None:
                arguments[name] = made[function]
        for place, field in self._fields:
            sent = request.path_params if place == "path" else request.query_params
            arguments[field.name] = _value_of(field, sent, place, errors)
        if self._body is not None:
            # As FastAPI has it, null is no body.
            sent = {} if body is NO_BODY or body is None else {self._body.alias: body}
            arguments[self._body.name] = _value_of(self._body, sent, "body", errors)
        if self._request_name is not None:
            arguments[self._request_name] = request
        return arguments


def _value_of(field: Any, sent: Mapping[str, Any], place: str, errors: Errors) -> Any:
    where = (place,) if place == "body" else (place, field.alias)
    if field.alias in sent:
        value, wrong = field.validate(sent[field.alias], {}, loc=where)
        errors += wrong
        return value
    if field.field_info.is_required():
        errors.append({"type": "missing", "loc": where, "msg": "Field required", "input": None})
        return None
    return field.get_default()


def _is_coroutine_function(function: Callable[..., Any]) -> bool:
    return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
