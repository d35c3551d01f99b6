"""Branch and bound: which ports get a search for a faster way, and the proof that the rest need none."""

from dataclasses import dataclass
from math import inf

import numpy as np

from engine.case import Case
from engine.judge import Table
from engine.kernels.mesh import NOWHERE
from engine.kernels.passage import Clock, Passages
from engine.kernels.plane import to_plane
from engine.kernels.reach import Reach
from engine.kernels.zones import zones_of_track
from engine.model import Detour, Proof
from engine.one_pass import look
from engine.sea_route import check_in_area, refuse_unjoined, track_length_m
from engine.survey import Survey, WaysRound, no_ways_round
from engine.vocab import Status
from engine.way_round import next_way_round

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION = int(Status.CAUTION)

_SHORTEST_PATHS = no_ways_round()
NO_VARIANTS = np.empty((0, 3))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Ports judged from one position; arrays by port.

    Attributes
    ----------
    survey : Survey
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
    survey: Survey
    detours: dict[int, Detour]
    order: np.ndarray
    winner: int | None
    turned: np.ndarray

    @property
    def table(self) -> Table:
        """The findings, and times to the landings."""
        return self.survey.table

    @property
    def status(self) -> np.ndarray:
        """`Status` of each port."""
        return self.survey.status

    @property
    def key_s(self) -> np.ndarray:
        """What the ports are ordered by, penalties included. [s]"""
        return self.survey.key_s

    @property
    def proof(self) -> Proof:
        """How far the search went."""
        survey = self.survey
        left = survey.opened < len(survey.by_bound)
        return Proof(survey.opened, float(survey.bound_s[survey.by_bound[survey.opened]]) if left else inf)


def opened(
    case: Case,
    position: tuple[float, float] | None = None,
    variants: np.ndarray = NO_VARIANTS,
    exhaustive: bool = False,
) -> Found:
    """All ports judged, those that could be the best one on the fastest way known.

    Parameters
    ----------
    case : Case
    position : tuple of float, optional
        Longitude and latitude, instead of those asked for. [deg]
    variants : ndarray of float64, shape (v, 3)
        Changed inputs to try, see `engine.variants`.
    exhaustive : bool
        Open every port whatever its bound: the oracle of the bounded search.

    Raises
    ------
    PositionRefused
        Outside the area, on land, or in water without a way out; each with its own code.
    """
    lon, lat = position or (case.ask.lon, case.ask.lat)
    check_in_area(case.world, lon, lat)
    vicinity = case.patches.at(case.world.water, case.depth_class, lon, lat)
    looked = look(case.scene, vicinity, lon, lat, _SHORTEST_PATHS, variants, exhaustive)
    reach, survey, order = looked.reach, looked.found, looked.order
    refuse_unjoined(case.world, reach.kind, reach.inland_m, case.ask.lon, case.ask.lat)
    shortest = looked.found.ways.passages
    ways: dict[int, tuple[Detour, Clock]] = {}
    first = 0
    while first < len(looked.worth):
        # A way found for a nearer port may close the question.
        turn, track, clock = next_way_round(case.scene, reach, shortest, survey, looked.worth, first, exhaustive)
        if turn == NOWHERE:
            break
        first = turn + 1
        port = int(looked.worth[turn])
        ways[port] = Detour(track, track_length_m(track), float(shortest.time_s[port])), clock
        again = look(case.scene, vicinity, lon, lat, _given(case, survey, ways), NO_VARIANTS, exhaustive)
        survey, order = again.found, again.order
    best = int(order[0])
    winner = best if survey.status[best] <= _CAUTION else None
    detours = {port: detour for port, (detour, _) in ways.items()}
    return Found(reach, survey, detours, order, winner, looked.winners != looked.found.best)


def _given(case: Case, survey: Survey, ways: dict[int, tuple[Detour, Clock]]) -> WaysRound:
    """Ways round as the compiled pass takes them."""
    mesh, zones = case.world.water.mesh, case.world.water.zones
    given = WaysRound(
        np.zeros(len(survey.status), np.bool_), survey.ways.distance_m.copy(), survey.ways.touched.copy(),
        survey.ways.poor.copy(), Passages(*(column.copy() for column in survey.ways.passages)),
    )  # fmt: skip
    for port, (detour, clock) in ways.items():
        given.taken[port] = True
        given.distance_m[port] = detour.length_m
        plane = np.array([to_plane(*point, mesh.origin_lon_deg, mesh.origin_lat_deg) for point in detour.track])
        tolerance_deg = case.world.water.limits.right_angle_tolerance_deg
        given.touched[port], given.poor[port] = zones_of_track(zones, plane, tolerance_deg)
        for column, value in zip(given.passages, clock[: len(given.passages)], strict=True):
            column[port] = value
    return given
