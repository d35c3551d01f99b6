"""Whom a bank that the tide covers may concern: which banks, which rows of a replay, which ports of a request.

These are screens: what they let through is looked at closely (`engine.bank_ways`), and what they hold back can take no
way over a bank that would change an answer.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import ceil, inf, isnan
from typing import NamedTuple

import numpy as np

from engine.bank_tides import BankTides, SpherePositions, bank_tides_of, distances_m, on_sphere, openings_of
from engine.codes import Status
from engine.decision_rows import DECIDED, DecisionRows
from engine.evaluate_encounters import EncounterArrays
from engine.evaluation import Evaluation
from engine.identity_key import IdentityKey
from engine.kernels.mesh import NOWHERE, Mesh
from engine.kernels.plane import from_plane, to_plane
from engine.kernels.reach import reach_ports
from engine.kernels.tides import heights_at
from engine.kernels.travel_time import travel_time_along_track
from engine.model import Bank, DepthClassSource, World
from engine.ports import Port
from engine.request_context import RequestContext
from engine.units import HOUR_S

_POINTS_APART_M = 1_000.0
"""Of points on the outline of a bank. [m]"""

_PLANE_SHARE = 0.97
"""So much of a distance on the plane is less than the geodesic: towards the corners of the area it is stretched."""

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_EXCLUDED = int(Status.EXCLUDED)


class OpenBanks(NamedTuple):
    """Banks that are walls in a vessel's own depth class and not in a shallower one.

    Attributes
    ----------
    classes : tuple of DepthClassSource
        The shallower classes, shallowest first.
    number : ndarray of int64
        The banks, in `World.banks`.
    """

    classes: tuple[DepthClassSource, ...]
    number: np.ndarray


def open_banks_of(context: RequestContext) -> OpenBanks | None:
    """Banks that the tide may open to a vessel; None where it opens none."""
    world, needed_m = context.world, context.depth_class.needed_depth_m
    # Round zones cut out of the water trees of other depth classes are not waited for: there banks stay walls.
    if isnan(context.needed_depth_m) or not world.banks or world.avoided:
        return None
    classes = tuple(known for known in world.depth_classes if known.needed_depth_m < needed_m)
    if not classes:
        return None
    over = bank_tides_of(world)
    number = _openable(IdentityKey(over), classes[0].needed_depth_m, needed_m)
    return OpenBanks(classes, number) if len(number) else None


def prepare_banks(context: RequestContext) -> None:
    """Find out once what the first request over a bank would wait for: tables, outlines, the compiler."""
    world, own_m = context.world, context.depth_class.needed_depth_m
    classes = [known for known in world.depth_classes if known.needed_depth_m < own_m]
    if not classes or not world.banks or world.avoided:
        return
    least_m, mesh = bank_tides_of(world).least_depth_m, world.water.mesh
    outlines = _outlines_of(IdentityKey(mesh), IdentityKey(world.banks), classes[0].needed_depth_m)
    for bank in np.flatnonzero((least_m >= classes[0].needed_depth_m) & (least_m < own_m)).tolist():
        outlines.of(bank, world, classes[0])
    for source in classes:
        source.tables  # noqa: B018 - derived when first looked at
    here = np.array([[context.ask.lon, context.ask.lat], [context.ask.lon, context.ask.lat + 0.01]])
    travel_time_along_track(context.passage, here)
    heights_at(world.tides, 0, np.array([context.ask.at_s]))


@lru_cache(maxsize=64)
def _openable(over: IdentityKey[BankTides], least_m: float, needed_m: float) -> np.ndarray:
    depth_m = over.value.least_depth_m
    return np.flatnonzero((depth_m >= least_m) & (depth_m < needed_m) & (over.value.port != NOWHERE))


@lru_cache(maxsize=16)
def _approaches(ports: IdentityKey[tuple[Port, ...]]) -> SpherePositions:
    return on_sphere(np.array([port.approach for port in ports.value]))


def top_speed_ms(context: RequestContext) -> float:
    """No vessel of this motion is faster over the ground anywhere. [m/s]"""
    forecast = context.inputs.forecast
    stream_ms = max(forecast.strongest_current_ms, forecast.streams.strongest_ms)
    return context.speed_ms + context.speed_model.wind_drift * forecast.strongest_wind_ms + stream_ms


def distances_over_banks_m(
    context: RequestContext, banks: OpenBanks, position: tuple[float, float], ports: np.ndarray, within_m: float
) -> Iterator[tuple[int, np.ndarray]]:
    """Banks within a distance of a position, and how far ports are by way of each: straight to it, then by water.

    What lies between the position and the bank is left out, so they are farther than that, if anything.

    Parameters
    ----------
    context : RequestContext
    banks : OpenBanks
    position : tuple of float
        Longitude and latitude. [deg]
    ports : ndarray of int64
    within_m : float
        [m]

    Yields
    ------
    bank : int
    distance_m : ndarray of float64
        Of these ports; infinite where no way leads on from it. [m]
    """
    world, source = context.world, banks.classes[0]
    over, mesh = bank_tides_of(world), world.water.mesh
    here = np.array(to_plane(*position, mesh.origin_lon_deg, mesh.origin_lat_deg))
    off = np.maximum(np.maximum(over.low[banks.number] - here, here - over.high[banks.number]), 0.0)
    outlines = _outlines_of(IdentityKey(mesh), IdentityKey(world.banks), source.needed_depth_m)
    for bank in banks.number[_PLANE_SHARE * np.hypot(off[:, 0], off[:, 1]) <= within_m].tolist():
        points, onward_m = outlines.of(bank, world, source)
        away_m = distances_m(*position, points) - 0.5 * _POINTS_APART_M
        is_near = away_m <= within_m
        if is_near.any():
            yield bank, (away_m[is_near, None] + onward_m[is_near][:, ports]).min(axis=0)


def rows_near_open_banks(
    context: RequestContext, banks: OpenBanks, rows: EncounterArrays, answers: DecisionRows
) -> np.ndarray:
    """Rows decided whose answer a way over a bank might change.

    A port that bears on what stands in a row is no farther off in time than the port after the recommended one, or the
    recommended one itself.

    Parameters
    ----------
    context : RequestContext
        Of any of the rows.
    banks : OpenBanks
    rows : EncounterArrays
    answers : DecisionRows
        Of these.

    Returns
    -------
    ndarray of int64
    """
    world, mesh = context.world, context.world.water.mesh
    latest_s = np.maximum(answers.key_s + answers.to_second_s, answers.time_s)
    within_m = np.where(np.isnan(latest_s), inf, latest_s * top_speed_ms(context))
    decided = np.flatnonzero(answers.became == DECIDED)
    here = np.array([
        to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg)
        for lon, lat in zip(rows.lon[decided], rows.lat[decided], strict=True)
    ]).reshape(-1, 2)  # fmt: skip
    over, openings = bank_tides_of(world), openings_of(world, context.needed_depth_m)
    from_s = rows.at_s[decided]
    to_s = from_s + latest_passing_s(within_m[decided], context)
    may_change = np.zeros(len(decided), np.bool_)
    for bank in banks.number.tolist():
        off = np.maximum(np.maximum(over.low[bank] - here, here - over.high[bank]), 0.0)
        is_near = _PLANE_SHARE * np.hypot(off[:, 0], off[:, 1]) <= within_m[decided]
        may_change |= is_near & openings.any_within(bank, from_s, to_s)
    return np.asarray(decided[may_change])


class _Outlines:
    """Points on the outlines of banks, and how far every port is from each; found when first asked for.

    Parameters
    ----------
    mesh : Mesh
    banks : tuple of Bank
    """

    def __init__(self, mesh: Mesh, banks: tuple[Bank, ...]) -> None:
        self._origin = (mesh.origin_lon_deg, mesh.origin_lat_deg)
        self._banks = banks
        self._known: dict[int, tuple[SpherePositions, np.ndarray]] = {}

    def of(self, bank: int, world: World, source: DepthClassSource) -> tuple[SpherePositions, np.ndarray]:
        """Points of one bank, n of them, and distances of all ports from them, shape (n, p). [m]

        World and depth class have the mesh this is of, and are the same in every call.
        """
        if bank not in self._known:
            ring, on_plane = self._banks[bank].ring, []
            for start, end in pairwise(ring):
                pieces = max(1, ceil(float(np.hypot(*(end - start))) / _POINTS_APART_M))
                on_plane += [start + (end - start) * k / pieces for k in range(pieces)]
            points = np.array([from_plane(x, y, *self._origin) for x, y in on_plane])
            reached = [reach_ports(world.water, source.tables, lon, lat).distance_m for lon, lat in points]
            self._known[bank] = on_sphere(points), np.array(reached)
        return self._known[bank]


@lru_cache(maxsize=16)
def _outlines_of(mesh: IdentityKey[Mesh], banks: IdentityKey[tuple[Bank, ...]], needed_m: float) -> _Outlines:
    """Outlines of the banks of one mesh, with distances in the depth class of a need."""
    assert needed_m > 0.0  # noqa: S101 - it tells depth classes apart, and nothing else is asked of it
    return _Outlines(mesh.value, banks.value)


def latest_passing_s(way_m: np.ndarray | float, context: RequestContext) -> np.ndarray:
    """Who takes longer to a bank on a way goes round it: a passage that slow is none to reckon a tide by. [s]"""
    return np.asarray(2.0 * np.asarray(way_m) / context.speed_ms + HOUR_S)


def ports_worth_a_look(
    context: RequestContext,
    banks: OpenBanks,
    position: tuple[float, float],
    distance_m: np.ndarray,
    evaluation: Evaluation,
    first: int,
) -> tuple[list[int], bool]:
    """Ports to which a way over banks may be worth it and have water enough; whether that to the first may be worth it.

    It knows of no port what others do not, so that it does not matter which ports have been measured: one that does not
    bear on the answer is let through where it may be the best one.

    Parameters
    ----------
    context : RequestContext
    banks : OpenBanks
    position : tuple of float
        Longitude and latitude. [deg]
    distance_m : ndarray of float64, shape (p,)
        On the ways that keep off the banks. [m]
    evaluation : Evaluation
        On the same ways.
    first : int
        Port that comes first on them.

    Returns
    -------
    ports : list of int
    names : bool
    """
    settled = evaluation.is_settled & np.isfinite(distance_m)
    best_s = evaluation.table.time_s[evaluation.best] if evaluation.best != NOWHERE else 0.0
    limit_m = np.full(len(settled), best_s * top_speed_ms(context))
    # Ports that no known way leads to may be reached over a bank.
    limit_m[evaluation.is_settled & ~settled] = inf
    limit_m[settled] = (1.0 - context.inputs.limits.detour_worth_share) * distance_m[settled]
    # A port that is none for her whatever the way keeps its way round.
    limit_m[context.inputs.static.status >= _EXCLUDED] = -inf
    approaches = _approaches(IdentityKey(context.world.ports))
    ports = np.flatnonzero(distances_m(*position, approaches) <= limit_m)
    if len(ports) == 0:
        return [], False
    limit_m = limit_m[ports]
    within_m = float(limit_m.max())
    openings, at_s = openings_of(context.world, context.needed_depth_m), context.ask.at_s
    until_s = at_s + float(latest_passing_s(within_m, context))
    may_be, names = np.zeros(len(ports), np.bool_), False
    for bank, over_m in distances_over_banks_m(context, banks, position, ports, within_m):
        near = over_m <= limit_m
        names = names or bool(near[ports == first].any())
        if near.any() and openings.is_any_within(bank, at_s, until_s):
            may_be |= near
    return ports[may_be].tolist(), names
