"""Arguments of a route: what the signature of its function names, found in a request.

FastAPI reads the signature once, and describes the route by it. Finding the arguments for each request takes it longer
than deciding does in open water, most of that for parameters nobody has sent. So they are found here, as it would find
them, of the few kinds there are: parts of the path, queries, headers, one JSON body, and what coroutines make of those.
"""

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

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
            dependant.cookie_params, dependant.response_param_name,
            dependant.background_tasks_param_name, dependant.http_connection_param_name, dependant.body_params[1:],
        )  # fmt: skip
        if function is None or any(others) or not _is_coroutine_function(function):
            raise TypeError(f"{dependant.path or function}: its arguments cannot be found, see api/http/arguments.py")
        self._function = function
        self._request_name = dependant.request_param_name
        self._path = [_Parameter("path", field) for field in dependant.path_params]
        self._query = [_Parameter("query", field) for field in dependant.query_params]
        self._headers = [_Parameter("header", field) for field in dependant.header_params]
        self._body = [_Parameter("body", field) for field in dependant.body_params]
        self._parts = [(part.name, Call(part)) for part in dependant.dependencies]

    async def answer(self, request: Request, body: Any = None) -> Response:
        """What the function of a route answers to one request.

        Parameters
        ----------
        request : Request
        body : object
            Of JSON types; None for a route that takes none.

        Raises
        ------
        RequestValidationError
            Parameters are missing or wrong: all of them, not the first one alone.
        """
        errors: Errors = []
        arguments = await self._arguments(request, body, errors, {})
        if errors:
            raise RequestValidationError(errors, body=body)
        response: Response = await self._function(**arguments)
        return response

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
        for parameter in self._path:
            arguments[parameter.name] = parameter.value_in(request.path_params, errors)
        for parameter in self._query:
            sent = request.query_params if request.scope["query_string"] else {}
            arguments[parameter.name] = parameter.value_in(sent, errors)
        for parameter in self._headers:
            arguments[parameter.name] = parameter.value_in(request.headers, errors)
        for parameter in self._body:
            arguments[parameter.name] = parameter.value_in({parameter.alias: body}, errors)
        if self._request_name is not None:
            arguments[self._request_name] = request
        return arguments


class _Parameter:
    """A parameter that is sent, as FastAPI has read it off a signature."""

    def __init__(self, place: str, field: Any) -> None:
        self.name: str = field.name
        self.alias: str = field.alias
        self._where = (place,) if place == "body" else (place, field.alias)
        self._validate = field.validate
        self._is_required: bool = field.field_info.is_required()
        self._default = None if self._is_required else field.get_default()

    def value_in(self, sent: Mapping[str, Any], errors: Errors) -> Any:
        """Its value among those sent, or its default; what is wrong with it is added to the errors."""
        if self.alias in sent:
            value, wrong = self._validate(sent[self.alias], {}, loc=self._where)
            errors += wrong
            return value
        if self._is_required:
            errors.append({"type": "missing", "loc": self._where, "msg": "Field required", "input": None})
        return self._default


def _is_coroutine_function(function: Callable[..., Any]) -> bool:
    return iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
