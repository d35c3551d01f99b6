"""What routes ask for before they begin: the open service, a thread to work in, a query that says each thing once."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from api.decision_service import DecisionService
from api.http.async_store import AsyncStore
from api.http.load_limits import WorkerPool
from api.http.metrics import Metrics
from api.http.plan_pool import PlanPool
from api.http.problems import NoSuchPort
from api.http.startup import Startup
from api.position import MAX_POSITION_CHARS
from engine.errors import UnknownName


async def decision_service_of(request: Request) -> DecisionService:
    """The service this application answers from."""
    startup: Startup = request.app.state.startup
    return startup.service()


async def worker_pool_of(request: Request) -> WorkerPool:
    """Where this application has its work done."""
    worker_pool: WorkerPool = request.app.state.worker_pool
    return worker_pool


async def plan_pool_of(request: Request) -> PlanPool:
    """Where this application has its plans made."""
    plan_pool: PlanPool = request.app.state.plan_pool
    return plan_pool


async def metrics_of(request: Request) -> Metrics:
    """What this application counts."""
    metrics: Metrics = request.app.state.metrics
    return metrics


async def async_store_of(request: Request) -> AsyncStore:
    """The control room's memory, which may be none."""
    async_store: AsyncStore = request.app.state.async_store
    return async_store


async def required_store_of(request: Request) -> AsyncStore:
    """The control room's memory.

    Raises
    ------
    NoStore
    """
    async_store = await async_store_of(request)
    async_store.store()
    return async_store


def port_id_of(service: DecisionService, name: str, field: str = "") -> str:
    """Id of a port by id or UN/LOCODE.

    Parameters
    ----------
    service : DecisionService
    name : str
    field : str
        Of the body that names it; empty where the path does.

    Raises
    ------
    NoSuchPort
    """
    try:
        return service.port(name).id
    except UnknownName:
        raise NoSuchPort(field) from None


Records = Annotated[AsyncStore, Depends(required_store_of)]
MaybeRecords = Annotated[AsyncStore, Depends(async_store_of)]
CurrentService = Annotated[DecisionService, Depends(decision_service_of)]
Work = Annotated[WorkerPool, Depends(worker_pool_of)]
Counts = Annotated[Metrics, Depends(metrics_of)]
Plans = Annotated[PlanPool, Depends(plan_pool_of)]
Place = Annotated[str, Field(min_length=1, max_length=MAX_POSITION_CHARS)]


class JsonText(JSONResponse):
    """A document already dumped: its bytes are those the command line prints."""

    def render(self, content: str | bytes) -> bytes:
        """The document as it is."""
        return content if isinstance(content, bytes) else content.encode()


class PackIdentity(TypedDict):
    """Which pack an answer rests on."""

    id: str
    sha256: str


def geodata_of(service: DecisionService) -> PackIdentity:
    """Id and digest of the pack."""
    identity: dict[str, str] = service.world.identity["geodata"]  # type: ignore[assignment]
    return {"id": identity["id"], "sha256": identity["sha256"]}


def forecast_of(service: DecisionService) -> dict[str, object]:
    """Identity of the forecast answered with; empty without one."""
    forecast = service.world.identity["forecast"]
    return dict(forecast) if isinstance(forecast, dict) else {}
