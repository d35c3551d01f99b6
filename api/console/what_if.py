"""What if: the open encounters decided for a world that is not so. Nothing is recorded and nobody is told."""

from dataclasses import replace
from math import cos, nan, radians, sin
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.board import EngineView, encounter_now, engine_view, quick_decide, refused_view
from api.console.picture import decision_view
from api.decision_service import DecisionService
from api.encounter import UNKNOWN_VESSEL, Count, EncounterIn, Finite
from api.position import format_time
from api.store.board import OpenEncounter
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import canonical
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.kernels.forecast import Field as Grid
from engine.kernels.forecast import Forecast
from engine.units import HOUR_S, KNOT_MS

Json = dict[str, Any]

GALE_HOURS = 48
"""[A] How long an assumed wind and sea lasts. [h]"""

_VISIBILITY_M = 20_000.0
"""[A] Visibility in an assumed gale: clear, so that wind and sea alone change the answer. [m]"""


class GaleIn(BaseModel):
    """Wind and sea that are the same everywhere, from a time on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wind_kn: Annotated[Finite, Field(ge=0.0, le=120.0)]
    wind_from_deg: Annotated[Finite, Field(ge=0.0, le=360.0)]
    wave_m: Annotated[Finite, Field(ge=0.0, le=20.0)]
    period_s: Annotated[Finite, Field(ge=1.0, le=30.0)] = 6.0


class WhatIfIn(BaseModel):
    """What is supposed; what is left out stays as it is.

    Attributes
    ----------
    encounter_id : str, optional
        The encounter whose whole decision is wanted too.
    closed : list of str
        Ports supposed closed.
    policy : str, optional
        For every encounter.
    gale : GaleIn, optional
        In place of the forecast.
    more_persons : int
        So many more at every encounter.
    lost_vessel : str, optional
        Encounter whose vessel cannot go on: decided for the conservative profile.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    encounter_id: Annotated[str, Field(max_length=80)] | None = None
    closed: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=250)] = []
    policy: Annotated[str, Field(max_length=64)] | None = None
    gale: GaleIn | None = None
    more_persons: Count = 0
    lost_vessel: Annotated[str, Field(max_length=80)] | None = None


def suppose_service(service: DecisionService, wanted: WhatIfIn, now_s: float) -> DecisionService:
    """The service with the wind and sea supposed.

    Parameters
    ----------
    service : DecisionService
    wanted : WhatIfIn
    now_s : float
        [s]
    """
    if wanted.gale is None:
        return service
    identity = {**service.world.identity, "forecast": {"id": "what-if", "name": "what if"}}
    world = replace(service.world, forecast=uniform_forecast(service.world.box, wanted.gale, now_s), identity=identity)
    return replace(service, world=world)


def uniform_forecast(box: tuple[float, float, float, float], gale: GaleIn, now_s: float) -> Forecast:
    """A forecast that is the same everywhere in a box for `GALE_HOURS`.

    Parameters
    ----------
    box : tuple of float
        West, south, east, north. [deg]
    gale : GaleIn
    now_s : float
        [s]
    """
    west, south, east, north = box
    towards = radians(gale.wind_from_deg + 180.0)
    to_east, to_north = sin(towards), cos(towards)
    speed_ms = gale.wind_kn * KNOT_MS
    times_s = np.array([now_s - HOUR_S, now_s + GALE_HOURS * HOUR_S])

    def grid(*values: float) -> Grid:
        everywhere = np.broadcast_to(np.array(values, np.float32), (2, 2, 2, len(values))).copy()
        filled_m = np.zeros((2, 2), np.float32)
        times = times_s.copy()
        for array in (everywhere, filled_m, times):
            # As those of an open file: otherwise everything would be compiled a second time.
            array.setflags(write=False)
        return Grid(times, west, south, east - west, north - south, 1e9, everywhere, filled_m)

    return Forecast(
        grid(gale.wave_m, to_east, to_north, gale.period_s),
        grid(speed_ms * to_east, speed_ms * to_north, speed_ms),
        grid(_VISIBILITY_M), grid(0.0, 0.0), now_s if now_s > 0 else nan, 0.0, speed_ms,
    )  # fmt: skip


def suppose_ports(ports: PortsSnapshot, wanted: WhatIfIn, now_s: float) -> PortsSnapshot:
    """What ports report, with some supposed closed.

    Parameters
    ----------
    ports : PortsSnapshot
    wanted : WhatIfIn
        Its ports by id.
    now_s : float
        [s]
    """
    if not wanted.closed:
        return ports
    closed = {
        port_id: {"status": "closed", "reported_ms": int(now_s * 1000), "expires_ms": None} for port_id in wanted.closed
    }
    return PortsSnapshot(canonical({**ports.content, "status": {**ports.content["status"], **closed}}))


def supposed_body(body: EncounterIn, wanted: WhatIfIn, encounter_id: str) -> EncounterIn:
    """An encounter with more people, another policy or without its vessel, as is supposed.

    Parameters
    ----------
    body : EncounterIn
        What is known of it now.
    wanted : WhatIfIn
    encounter_id : str

    Raises
    ------
    InvalidAsk
        So many people are more than a decision takes.
    """
    changed: Json = {}
    if wanted.more_persons and body.persons is not None:
        least, most = (body.persons,) * 2 if isinstance(body.persons, int) else (body.persons.min, body.persons.max)
        changed["persons"] = {"min": least + wanted.more_persons, "max": most + wanted.more_persons}
    if wanted.policy is not None:
        changed["policy"] = wanted.policy
    if wanted.lost_vessel == encounter_id:
        changed["vessel"] = {"profile": UNKNOWN_VESSEL}
    if not changed:
        return body
    try:
        return EncounterIn.model_validate({**body.model_dump(mode="json", exclude_unset=True), **changed})
    except ValidationError:
        raise InvalidAsk("more_persons", "makes more people than a decision takes.", "Suppose fewer.") from None


def compare(
    service: DecisionService,
    encounters: tuple[OpenEncounter, ...],
    ports: PortsSnapshot,
    wanted: WhatIfIn,
    now_s: float,
) -> Json:
    """Each encounter as it is decided now and as it would be.

    Parameters
    ----------
    service : DecisionService
    encounters : tuple of OpenEncounter
    ports : PortsSnapshot
    wanted : WhatIfIn
        Its ports by id.
    now_s : float
        [s]

    Returns
    -------
    dict
        ``encounters``, each with ``now`` and ``then`` in the words of the board, and ``view``: the whole decision of
        the encounter asked for, as supposed.
    """
    at_s = float(int(now_s))
    supposed, closed = suppose_service(service, wanted, now_s), suppose_ports(ports, wanted, now_s)
    rows, view = [], None
    for known in encounters:
        name = known.board["encounter_id"]
        body = encounter_now(known, at_s)
        then = supposed_body(body, wanted, name)
        rows.append({
            "encounter_id": name, "now": brief_view(service, body, ports, name, at_s),
            "then": brief_view(supposed, then, closed, name, at_s),
        })  # fmt: skip
        if name == wanted.encounter_id:
            view = decision_view(supposed, then, closed, name, at_s)
    return {"at": format_time(at_s), "encounters": rows, "view": view}


def brief_view(
    service: DecisionService, body: EncounterIn, ports: PortsSnapshot, encounter_id: str, at_s: float
) -> EngineView:  # fmt: skip
    """The best port for an encounter in few words."""
    try:
        ask = service.ask(body, at_s)
        return engine_view(quick_decide(ask, service.world_seeing(ports, at_s, ask.policy.limits, encounter_id)))
    except (PositionRefused, InvalidAsk, UnknownName) as refused:
        return refused_view(refused)
