"""What if: the open encounters decided for a world that is not so. Nothing is recorded and nobody is told."""

from dataclasses import replace
from math import ceil, cos, inf, isfinite, nan, radians, sin
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from api.board import EngineView, encounter_now, engine_view, quick_decide, refused_view
from api.console.picture import decision_view
from api.decision_service import DecisionService
from api.encounter import AS_KNOWN, UNKNOWN_VESSEL, Count, EncounterIn, Finite
from api.position import checked_instant, format_time, parse_time
from api.store.board import OpenEncounter
from api.store.port_snapshot import PortsSnapshot
from api.store.validation import canonical
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.kernels.forecast import Field as Grid
from engine.kernels.forecast import Forecast
from engine.units import HOUR_S, KNOT_MS

Json = dict[str, Any]

GALE_HOURS = 48.0
"""[A] How long an assumed wind and sea lasts at most, and unless it is said; and how far ahead it may begin. [h]"""

_EDGE_S = 60.0
"""[A] In which an assumed wind and sea comes and goes. [s]"""

_VISIBILITY_M = 20_000.0
"""[A] Visibility in an assumed gale: clear, so that wind and sea alone change the answer. [m]"""


class GaleIn(BaseModel):
    """Wind and sea that are the same everywhere, for some hours; before and after stands what is forecast.

    Attributes
    ----------
    from_at : str, optional
        When it begins; left out, it blows already.
    hours : float
        How long it lasts. [h]
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    wind_kn: Annotated[Finite, Field(ge=0.0, le=120.0)]
    wind_from_deg: Annotated[Finite, Field(ge=0.0, le=360.0)]
    wave_m: Annotated[Finite, Field(ge=0.0, le=20.0)]
    period_s: Annotated[Finite, Field(ge=1.0, le=30.0)] = 6.0
    from_at: Annotated[str, Field(max_length=40)] | None = None
    hours: Annotated[Finite, Field(gt=0.0, le=GALE_HOURS)] = GALE_HOURS

    @field_validator("from_at")
    @classmethod
    def _is_a_time(cls, text: str | None) -> str | None:
        return None if text is None else checked_instant(text)


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
        Over the forecast while it lasts.
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
    forecast = gale_over(service.world.forecast, service.world.box, wanted.gale, now_s)
    world = replace(service.world, forecast=forecast, identity=identity)
    return replace(service, world=world)


def gale_over(
    forecast: Forecast, box: tuple[float, float, float, float], gale: GaleIn, now_s: float
) -> Forecast:  # fmt: skip
    """A forecast with a wind and sea laid over it that are the same everywhere while they last.

    The current stays as it is, and so does what is not known before and after.

    Parameters
    ----------
    forecast : Forecast
        May be one of nothing.
    box : tuple of float
        West, south, east, north: where it blows if there is no forecast. [deg]
    gale : GaleIn
    now_s : float
        [s]

    Raises
    ------
    InvalidAsk
        It begins in the past, or later than `GALE_HOURS` ahead.
    """
    start_s = now_s - HOUR_S
    if gale.from_at is not None:
        start_s = parse_time(gale.from_at)
        if not now_s - HOUR_S <= start_s <= now_s + GALE_HOURS * HOUR_S:
            raise InvalidAsk("gale.from_at", "is over, or too far ahead.", f"Within {GALE_HOURS:g} h from now.")
    end_s = max(start_s, now_s) + gale.hours * HOUR_S
    towards = radians(gale.wind_from_deg + 180.0)
    to_east, to_north = sin(towards), cos(towards)
    speed_ms = gale.wind_kn * KNOT_MS
    run_at_s = forecast.run_at_s if isfinite(forecast.run_at_s) else now_s if now_s > 0 else nan

    def over(field: Grid, *values: float) -> Grid:
        return _laid_over(field, box, start_s, end_s, np.array(values, np.float32))

    return forecast._replace(
        waves=over(forecast.waves, gale.wave_m, to_east, to_north, gale.period_s),
        wind=over(forecast.wind, speed_ms * to_east, speed_ms * to_north, speed_ms),
        visibility=over(forecast.visibility, _VISIBILITY_M), run_at_s=run_at_s,
        strongest_wind_ms=max(forecast.strongest_wind_ms, speed_ms),
    )  # fmt: skip


def _laid_over(
    field: Grid, box: tuple[float, float, float, float], start_s: float, end_s: float, values: np.ndarray
) -> Grid:  # fmt: skip
    """A group of variables that has the same values everywhere from a time to another."""
    if not len(field.times_s):
        west, south, east, north = box
        everywhere = np.broadcast_to(values, (2, 2, 2, len(values))).copy()
        return _read_only(
            Grid(np.array([start_s, end_s]), west, south, east - west, north - south, inf, everywhere,
                 np.zeros((2, 2), np.float32))
        )  # fmt: skip
    # Steps as close as the field's own, so that none of them is too far from the next to be interpolated.
    count = ceil((end_s - start_s) / min(field.longest_gap_s, HOUR_S))
    inside = np.linspace(start_s, end_s, count + 1)
    edges = np.array([start_s - _EDGE_S, end_s + _EDGE_S])
    outside = field.times_s[(field.times_s < edges[0]) | (field.times_s > edges[1])]
    times_s = np.sort(np.concatenate([outside, edges, inside]))
    laid = np.stack([
        np.broadcast_to(values, field.values.shape[1:]) if start_s <= at_s <= end_s else _values_at(field, at_s)
        for at_s in times_s
    ])  # fmt: skip
    # Where the field has no water the supposed wind has none either.
    return _read_only(field._replace(times_s=times_s, values=laid.astype(np.float32)))


def _values_at(field: Grid, at_s: float) -> np.ndarray:
    """Values of a field at a time, over the whole grid; NaN where and when it has none."""
    times_s = field.times_s
    k = int(np.searchsorted(times_s, at_s))
    if k < len(times_s) and times_s[k] == at_s:
        return np.asarray(field.values[k])
    if k in (0, len(times_s)) or times_s[k] - times_s[k - 1] > field.longest_gap_s:
        return np.full(field.values.shape[1:], np.nan, np.float32)
    share = (at_s - times_s[k - 1]) / (times_s[k] - times_s[k - 1])
    return np.asarray(field.values[k - 1] * (1.0 - share) + field.values[k] * share)


def _read_only(field: Grid) -> Grid:
    """As those of an open file: otherwise everything would be compiled a second time."""
    for array in (field.times_s, field.values, field.filled_m):
        array.setflags(write=False)
    return field


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
        changed["persons"] = {
            "min": least + wanted.more_persons, "max": None if most is None else most + wanted.more_persons
        }  # fmt: skip
    if wanted.policy is not None:
        changed["policy"] = wanted.policy
    if wanted.lost_vessel == encounter_id:
        changed["vessel"] = {"profile": UNKNOWN_VESSEL}
    if not changed:
        return body
    try:
        return EncounterIn.model_validate(
            {**body.model_dump(mode="json", exclude_unset=True), **changed}, context=AS_KNOWN
        )
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
