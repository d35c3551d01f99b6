"""What routes ask for before they begin: the open house, a thread to work in, a query that says each thing once."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field
from starlette.responses import JSONResponse
from typing_extensions import TypedDict

from api.house import House
from api.http.limits import Workshop
from api.http.memory import Memory
from api.http.meters import Meters
from api.http.opening import Opening
from api.http.planner import Planner
from api.http.problems import NoSuchPort
from api.position import MAX_POSITION_CHARS
from engine.errors import UnknownName


async def open_house_of(request: Request) -> House:
    """The house this application answers from."""
    opening: Opening = request.app.state.opening
    return opening.house()


async def workshop_of(request: Request) -> Workshop:
    """Where this application has its work done."""
    workshop: Workshop = request.app.state.workshop
    return workshop


async def planner_of(request: Request) -> Planner:
    """Where this application has its plans made."""
    planner: Planner = request.app.state.planner
    return planner


async def meters_of(request: Request) -> Meters:
    """What this application counts."""
    meters: Meters = request.app.state.meters
    return meters


async def memory_of(request: Request) -> Memory:
    """The control room's memory, which may be none."""
    memory: Memory = request.app.state.memory
    return memory


async def kept_memory_of(request: Request) -> Memory:
    """The control room's memory.

    Raises
    ------
    NoStore
    """
    memory = await memory_of(request)
    memory.store()
    return memory


def port_id_of(house: House, name: str) -> str:
    """Id of a port by id or UN/LOCODE.

    Raises
    ------
    NoSuchPort
    """
    try:
        return house.port(name).id
    except UnknownName:
        raise NoSuchPort("GET /v1/ports lists ids and UN/LOCODEs.") from None


Records = Annotated[Memory, Depends(kept_memory_of)]
MaybeRecords = Annotated[Memory, Depends(memory_of)]
OpenHouse = Annotated[House, Depends(open_house_of)]
Work = Annotated[Workshop, Depends(workshop_of)]
Counts = Annotated[Meters, Depends(meters_of)]
Plans = Annotated[Planner, Depends(planner_of)]
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


def geodata_of(house: House) -> PackIdentity:
    """Id and digest of the pack."""
    identity: dict[str, str] = house.world.identity["geodata"]  # type: ignore[assignment]
    return {"id": identity["id"], "sha256": identity["sha256"]}


def forecast_of(house: House) -> dict[str, object]:
    """Identity of the forecast answered with; empty without one."""
    forecast = house.world.identity["forecast"]
    return dict(forecast) if isinstance(forecast, dict) else {}
