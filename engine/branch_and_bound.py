"""Branch and bound: which ports get a search for a faster way, and the proof that the rest need none."""

from dataclasses import dataclass
from math import inf

import numpy as np

from engine.apply_rules import RuleTable
from engine.codes import Status
from engine.detour_search import next_detour
from engine.evaluate import DetourSet, Evaluation, no_detours
from engine.kernel_pass import evaluate_position
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import to_plane
from engine.kernels.reach import Reach
from engine.kernels.travel_time import TravelTime, TravelTimes
from engine.kernels.zones import zones_of_track
from engine.model import Detour, Proof
from engine.request_context import RequestContext
from engine.routes import check_in_area, require_snapped, track_length_m

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION = int(Status.CAUTION)

_SHORTEST_PATHS = no_detours()
NO_VARIANTS = np.empty((0, 4))


@dataclass(frozen=True, slots=True, eq=False)
class SearchResult:
    """Ports judged from one position; arrays by port.

    Attributes
    ----------
    evaluation : Evaluation
        What the compiled pass found.
    detours : dict of Detour
        By port, where the way chosen is not the shortest path.
    order : ndarray of int64
        Ports, best first.
    winner : int or None
        Port that comes first and is fit.
    turned : ndarray of bool, shape (v,)
        Which of the changed inputs asked about make another port the first, on the shortest paths.
    """

    reach: Reach
    evaluation: Evaluation
    detours: dict[int, Detour]
    order: np.ndarray
    winner: int | None
    turned: np.ndarray

    @property
    def table(self) -> RuleTable:
        """The findings, and times to the landings."""
        return self.evaluation.table

    @property
    def status(self) -> np.ndarray:
        """`Status` of each port."""
        return self.evaluation.status

    @property
    def key_s(self) -> np.ndarray:
        """What the ports are ordered by, penalties included. [s]"""
        return self.evaluation.key_s

    @property
    def proof(self) -> Proof:
        """How far the search went."""
        evaluation = self.evaluation
        left = evaluation.opened < len(evaluation.by_bound)
        return Proof(
            evaluation.opened, float(evaluation.bound_s[evaluation.by_bound[evaluation.opened]]) if left else inf
        )


def search_ports(
    context: RequestContext,
    position: tuple[float, float] | None = None,
    variants: np.ndarray = NO_VARIANTS,
    exhaustive: bool = False,
) -> SearchResult:
    """All ports judged, those that could be the best one on the fastest way known.

    Parameters
    ----------
    context : RequestContext
    position : tuple of float, optional
        Longitude and latitude, instead of those asked for. [deg]
    variants : ndarray of float64, shape (v, 4)
        Changed inputs to try, see `engine.perturbations`.
    exhaustive : bool
        Open every port whatever its bound: the oracle of the bounded search.

    Raises
    ------
    PositionRefused
        Outside the area, on land, or in water without a way out; each with its own code.
    """
    lon, lat = position or (context.ask.lon, context.ask.lat)
    check_in_area(context.world, lon, lat)
    patch = context.patches.at(context.world.water, context.depth_class, lon, lat)
    looked = evaluate_position(context.inputs, patch, lon, lat, _SHORTEST_PATHS, variants, exhaustive)
    reach, evaluation, order = looked.reach, looked.evaluation, looked.order
    require_snapped(context.world, reach.kind, reach.inland_m, context.ask.lon, context.ask.lat)
    shortest = looked.evaluation.ways.travel_times
    ways: dict[int, tuple[Detour, TravelTime]] = {}
    first = 0
    while first < len(looked.worth):
        # A way found for a nearer port may close the question.
        turn, track, travel_time = next_detour(
            context.inputs, reach, shortest, evaluation, looked.worth, first, exhaustive
        )
        if turn == NOWHERE:
            break
        first = turn + 1
        port = int(looked.worth[turn])
        ways[port] = Detour(track, track_length_m(track), float(shortest.time_s[port])), travel_time
        again = evaluate_position(
            context.inputs, patch, lon, lat, _detour_set(context, evaluation, ways), NO_VARIANTS, exhaustive
        )
        evaluation, order = again.evaluation, again.order
    best = int(order[0])
    winner = best if evaluation.status[best] <= _CAUTION else None
    detours = {port: detour for port, (detour, _) in ways.items()}
    return SearchResult(reach, evaluation, detours, order, winner, looked.winners != looked.evaluation.best)


def _detour_set(
    context: RequestContext, evaluation: Evaluation, ways: dict[int, tuple[Detour, TravelTime]]
) -> DetourSet:
    """Ways round as the compiled pass takes them."""
    mesh, zones = context.world.water.mesh, context.world.water.zones
    given = DetourSet(
        np.zeros(len(evaluation.status), np.bool_), evaluation.ways.distance_m.copy(), evaluation.ways.touched.copy(),
        evaluation.ways.poor.copy(), TravelTimes(*(column.copy() for column in evaluation.ways.travel_times)),
    )  # fmt: skip
    for port, (detour, travel_time) in ways.items():
        given.taken[port] = True
        given.distance_m[port] = detour.length_m
        plane = np.array([to_plane(*point, mesh.origin_lon_deg, mesh.origin_lat_deg) for point in detour.track])
        tolerance_deg = context.world.water.limits.right_angle_tolerance_deg
        given.touched[port], given.poor[port] = zones_of_track(zones, plane, tolerance_deg)
        for column, value in zip(given.travel_times, travel_time[: len(given.travel_times)], strict=True):
            column[port] = value
    return given
