"""Arguments of a route, against FastAPI's own solver."""

import json
from typing import Annotated, Literal

import pytest
from fastapi import APIRouter, Body, Cookie, Depends, FastAPI, Header, Query
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.http.strict_json import StrictJsonRoute


class Thing(BaseModel):
    """What is posted."""

    size: Annotated[int, Field(ge=1)]
    name: str = "none"


made = []


async def colour_of(colour: Annotated[Literal["red", "blue"], Query()] = "red", shade: int = 3) -> str:
    made.append(colour)
    return f"{colour} {shade}"


async def twice_of(colour: Annotated[str, Depends(colour_of)]) -> str:
    return f"{colour}, {colour}"


async def paint(
    request: Request,
    number: int,
    thing: Annotated[Thing, Body()],
    colour: Annotated[str, Depends(colour_of)],
    twice: Annotated[str, Depends(twice_of)],
    weight: Annotated[float, Query(gt=0.0)],
    note: Annotated[str | None, Query(max_length=5)] = None,
    if_match: Annotated[str | None, Header(max_length=8)] = None,
) -> JSONResponse:
    return JSONResponse([request.url.path, number, thing.model_dump(), colour, twice, weight, note, if_match])


def app_of(route_class, *functions):
    app, router = FastAPI(), APIRouter(route_class=route_class)
    for function in functions:
        router.add_api_route(f"/{function.__name__}/{{number}}", function, methods=["POST"])
    app.include_router(router)

    @app.exception_handler(RequestValidationError)
    async def tell(_, wrong):
        return JSONResponse([{key: error[key] for key in ("type", "loc", "msg")} for error in wrong.errors()], 422)

    return app


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("1?weight=2", {"size": 3}), ("1?weight=2.5&colour=blue&shade=7&note=abc", {"size": 3, "name": "x"}),
        ("x?weight=2", {"size": 3}), ("1", {"size": 3}), ("1?weight=0&note=abcdef&colour=green&shade=z", {"size": 0}),
        ("1?weight=nan", {}), ("1?weight=1", None), ("1?weight=1", [1]), ("1?weight=1", "text"), ("y?colour=black", 7),
    ],
)  # fmt: skip
def test_answers_and_refusals_are_those_of_fastapi(call_app, path, body):
    own, theirs = (
        call_app(app_of(route_class, paint)).send("POST", f"/paint/{path}", body)
        for route_class in (StrictJsonRoute, APIRoute)
    )
    assert (own.status_code, own.json()) == (theirs.status_code, theirs.json())
    assert own.status_code in (200, 422)


@pytest.mark.parametrize("tag", ['"3"', "longer than eight"])
def test_so_are_headers(call_app, tag):
    own, theirs = (
        call_app(app_of(route_class, paint)).send("POST", "/paint/1?weight=2", {"size": 3}, {"If-Match": tag})
        for route_class in (StrictJsonRoute, APIRoute)
    )
    assert (own.status_code, own.json()) == (theirs.status_code, theirs.json())
    assert own.status_code == (200 if tag == '"3"' else 422)


def test_what_several_depend_on_is_made_once(call_app):
    made.clear()
    answer = call_app(app_of(StrictJsonRoute, paint)).send("POST", "/paint/1?weight=1", {"size": 1})
    assert answer.status_code == 200, json.dumps(answer.json())
    assert made == ["red"]


def test_a_route_whose_arguments_would_not_be_found_is_refused_when_it_is_made():
    async def with_cookie(number: int, agent: Annotated[str, Cookie()]) -> JSONResponse:
        return JSONResponse([number, agent])

    def no_coroutine(number: int) -> JSONResponse:
        return JSONResponse(number)

    for function in (with_cookie, no_coroutine):
        app_of(APIRoute, function)
        with pytest.raises(TypeError):
            app_of(StrictJsonRoute, function)
