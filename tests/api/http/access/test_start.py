"""A service that nothing could open, or with an open route, is not started."""

import pytest
from fastapi import APIRouter
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from api.http import create_app, routes
from api.http.auth import assert_all_routes_protected, permissions_of
from api.security.roles import Permission
from api.settings import Settings
from engine.errors import InvalidAsk
from tests.api.http.access.conftest import PROTECTED_ROUTES


def test_access_that_nothing_could_open_is_refused(service):
    with pytest.raises(InvalidAsk, match="neither a store"):
        create_app(service, settings=Settings(access=True))


def test_a_route_without_a_permission_stops_the_start(service, monkeypatch):
    router = APIRouter(prefix="/v1")

    @router.get("/forgotten")
    async def forgotten():
        return {}

    monkeypatch.setattr(routes, "ROUTERS", (*routes.ROUTERS, router))
    with pytest.raises(RuntimeError, match="/v1/forgotten"):
        create_app(service)
    monkeypatch.undo()
    create_app(service)


async def _answer():
    return {}


@pytest.mark.parametrize(
    ("add", "named"),
    [
        (lambda app: app.add_api_route("/late", _answer), "/late"),
        (lambda app: app.add_api_route("/healthz", _answer, methods=["POST"]), "/healthz"),
        (lambda app: app.add_api_websocket_route("/ws", lambda socket: None), "/ws"),
        (lambda app: app.router.routes.append(Route("/plain", lambda request: None)), "/plain"),
        (lambda app: app.router.routes.append(Mount("/page", StaticFiles(directory="/"))), "/page"),
    ],
)
def test_a_route_added_later_stops_the_start_too(call_app, service, add, named):
    app = create_app(service)
    add(app)

    async def start():
        async with app.router.lifespan_context(app):
            pass

    with pytest.raises(RuntimeError, match=named):
        call_app(app).runner.run(start())


def test_every_route_names_its_permission(service):
    from fastapi.routing import iter_route_contexts

    app = create_app(service)
    assert_all_routes_protected(app)
    found = [
        (path, requirement.permission)
        for path, dependant in (
            (context.path, getattr(context, "dependant", None)) for context in iter_route_contexts(app.routes)
        )
        if dependant is not None
        for requirement in permissions_of(dependant)
    ]
    assert ("/v1/decisions", Permission.DECIDE) in found
    assert {permission for _, permission in found} == {permission for _, _, permission in PROTECTED_ROUTES}
    assert len(found) == len(PROTECTED_ROUTES)
