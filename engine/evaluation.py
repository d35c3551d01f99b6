"""What ports are held against from a position, what is looked for, and what was found: values of the compiled call."""

from typing import NamedTuple

import numpy as np

from engine.apply_rules import RULE_COUNT, Routes, RuleInputs, RuleTable, allocate_rule_table
from engine.kernels.forecast import Forecast
from engine.kernels.jit import inlined_kernel, kernel
from engine.kernels.mesh import NOWHERE
from engine.kernels.port_travel_times import TravelTimeMemo, TravelTimes, copy_travel_time, no_travel_times
from engine.kernels.reach import DepthClass, WaterModel
from engine.kernels.speed import SpeedModel
from engine.kernels.tides import Tides
from engine.kernels.zones import Regions
from engine.measure_in_patch import PatchWorkspace
from engine.policy import Limits
from engine.ports import PortFigures, StaticFindings

BY_TIME, BY_DISTANCE, BY_CARE = 0, 1, 2

_NOT_JUDGED = 9
"""Beyond every `Status`."""

NO_VARIANTS = np.empty((0, 4))
"""Where nobody asks what a doubt could turn."""


class RegionTables(NamedTuple):
    """Who answers for the waters an encounter is in, and which ports lie in their state.

    Attributes
    ----------
    regions : Regions
        Search and rescue regions.
    inside : ndarray of bool, shape (regions + 2, p)
        Ports in the state that answers for each region; the last but one row for no region, the last one for the
        boundary band, in which both sides count.
    landing_lon, landing_lat : ndarray of float64, shape (p,)
        [deg]
    """

    regions: Regions
    inside: np.ndarray
    landing_lon: np.ndarray
    landing_lat: np.ndarray


class EvaluationInputs(NamedTuple):
    """What ports are held against, the same for all encounters of one vessel, policy and world.

    Attributes
    ----------
    port_figures : PortFigures
        What the ports are for this vessel.
    static : StaticFindings
        What is found of them wherever an encounter is.
    weight_of_code, penalty_of_code, share_of_code : ndarray, indexed by code
        Of the policy; penalties in seconds, and as shares of the time to the port.
    care_delay_s : ndarray of float64, shape (p,)
        From each landing to definitive care. [s]
    key : int
        What ports are ordered by: `BY_TIME`, `BY_DISTANCE` or `BY_CARE`.
    """

    water: WaterModel
    depth_class: DepthClass
    forecast: Forecast
    limits: Limits
    port_figures: PortFigures
    static: StaticFindings
    tides: Tides
    region_tables: RegionTables
    weight_of_code: np.ndarray
    penalty_of_code: np.ndarray
    share_of_code: np.ndarray
    care_delay_s: np.ndarray
    key: int


class EncounterInputs(NamedTuple):
    """What one encounter adds; the same however its position is moved within its uncertainty.

    Attributes
    ----------
    figures : RuleInputs
    speed_model : SpeedModel
    inside_srr : ndarray of bool, shape (p,)
        Whether each port lies in the state of the search and rescue region.
    tide_bias_m : float
        Added to every height of tide: 0 but when asking what a wrong tide would change. [m]
    """

    figures: RuleInputs
    speed_model: SpeedModel
    inside_srr: np.ndarray
    tide_bias_m: float


class DetourSet(NamedTuple):
    """Ways that are taken instead of the shortest path; arrays by port, or empty where there is none.

    Attributes
    ----------
    taken : ndarray of bool, shape (p,)
    distance_m : ndarray of float64, shape (p,)
        [m]
    touched, poor : ndarray of uint64, shape (p,)
        Zones on them.
    travel_times : TravelTimes
        On them; on the shortest paths to ports that have none.
    """

    taken: np.ndarray
    distance_m: np.ndarray
    touched: np.ndarray
    poor: np.ndarray
    travel_times: TravelTimes


class DetourTracks(NamedTuple):
    """Ways round that were found, in the order in which they were.

    Attributes
    ----------
    port : ndarray of int64, shape (k,)
    length_m : ndarray of float64, shape (k,)
        [m]
    shortest_s : ndarray of float64, shape (k,)
        Time to the entrance along the shortest path; infinite or NaN where it cannot be made good. [s]
    track_to : ndarray of int64, shape (k,)
        Where each track ends in `track`.
    track : ndarray of float64, shape (n, 2)
        Of all, one after the other, longitude and latitude. [deg]
    """

    port: np.ndarray
    length_m: np.ndarray
    shortest_s: np.ndarray
    track_to: np.ndarray
    track: np.ndarray


class SearchGoal(NamedTuple):
    """How far ports are looked at, and what is done with what is found.

    Attributes
    ----------
    first : int
        So many of the first in order are to be known: those that are fit, and then unconfirmed ones.
    every_port : bool
        Look at the others too, coarsely.
    exhaustive : bool
        Look closely at each of them, whatever its bound.
    may_detour : bool
        Whether ways round count: a row that a search for one might change is not written down.
    keeps : bool
        Return what is found of the last row, of which nothing is written down; ports worth a search are named.
    variants : ndarray of float64, shape (v, 4)
        Changes to try where it is kept, as for `engine.perturbations.winner_under`; none where nobody asks.
    """

    first: int
    every_port: bool
    exhaustive: bool
    may_detour: bool
    keeps: bool
    variants: np.ndarray


class Evaluation(NamedTuple):
    """What was found; arrays by port, which mean nothing for ports that were not looked at.

    Attributes
    ----------
    ways : Routes
        Those chosen.
    closely : ndarray of bool, shape (p,)
        Whether the clock is a close one.
    table : RuleTable
    weight : ndarray of int8, shape (p, rules)
    plain_key_s, key_s : ndarray of float64, shape (p,)
        What the ports are ordered by, without and with penalties. [s]
    penalty_s : ndarray of float64, shape (p,)
        [s]
    status : ndarray of int8, shape (p,)
    bound_s : ndarray of float64, shape (p,)
        Least key each port can have, whatever way is taken to it; infinite without one. [s]
    by_bound : ndarray of int64, shape (p,)
        Ports in the order in which they are looked at: that of their bounds, and last those that are behind in that but
        may be nearer in time.
    is_settled : ndarray of bool, shape (p,)
        Whether a port may be among the first few that are not excluded, or nearer than the best one. Of all others it
        is known that they are neither, and so it is the same whether they were looked at or not.
    looked : int
        How many were looked at, in that order.
    opened : int
        How many of them could have been the best one.
    best : int
        The best fit port, or `NOWHERE`.
    next_bound_s : float
        Bound of the first port that could not; infinite where all could. [s]
    """

    ways: Routes
    closely: np.ndarray
    table: RuleTable
    weight: np.ndarray
    plain_key_s: np.ndarray
    key_s: np.ndarray
    penalty_s: np.ndarray
    status: np.ndarray
    bound_s: np.ndarray
    by_bound: np.ndarray
    is_settled: np.ndarray
    looked: int
    opened: int
    best: int
    next_bound_s: float


class Leading(NamedTuple):
    """The least keys found so far, in increasing order; infinite where there are fewer. [s]

    Attributes
    ----------
    fit_s, unconfirmed_s : ndarray of float64, shape (first,)
        Of fit ports, and of ports of which something is not known.
    """

    fit_s: np.ndarray
    unconfirmed_s: np.ndarray


class SearchWorkspace(NamedTuple):
    """Room for looking at ports from one position after the other.

    Attributes
    ----------
    fix : PatchWorkspace
        What is measured from a position in a patch.
    memo : TravelTimeMemo
    leading : Leading
    """

    fix: PatchWorkspace
    memo: TravelTimeMemo
    leading: Leading


@kernel
def no_detours():
    """The shortest path to every port."""
    none = np.empty(0)
    flags, zones = np.empty(0, np.bool_), np.empty(0, np.uint64)
    return DetourSet(
        taken=flags,
        distance_m=none,
        touched=zones,
        poor=zones,
        travel_times=TravelTimes(none, none, none, none, flags, flags, flags, none),
    )


@kernel
def no_tracks():
    """No way round."""
    none, places = np.empty(0), np.empty(0, np.int64)
    return DetourTracks(port=places, length_m=none, shortest_s=none, track_to=places, track=np.empty((0, 2)))


@inlined_kernel
def allocate_evaluation(ways):
    """Room for what is found on these ways; nothing is entered yet."""
    count = ways.distance_m.shape[0]
    figures_s = np.full((4, count), np.nan)
    return Evaluation(
        ways=ways,
        closely=np.zeros(count, np.bool_),
        table=allocate_rule_table(count),
        weight=np.empty((count, RULE_COUNT), np.int8),
        plain_key_s=figures_s[0],
        key_s=figures_s[1],
        penalty_s=figures_s[2],
        status=np.full(count, _NOT_JUDGED, np.int8),
        bound_s=figures_s[3],
        by_bound=np.arange(count),
        is_settled=np.zeros(count, np.bool_),
        looked=np.int64(0),
        opened=np.int64(0),
        best=np.int64(NOWHERE),
        next_bound_s=np.float64(np.inf),
    )


@kernel
def select_routes(reach, detour_set):
    """The ways round where there are any, and the shortest paths to all other ports, their clocks not run yet."""
    travel_times = no_travel_times(reach.distance_m.shape[0])
    if detour_set.taken.shape[0] == 0:
        return Routes(reach.distance_m, reach.touched, reach.poor, travel_times)
    distance_m = reach.distance_m.copy()
    touched = reach.touched.copy()
    poor = reach.poor.copy()
    for p in range(detour_set.taken.shape[0]):
        if detour_set.taken[p]:
            distance_m[p] = detour_set.distance_m[p]
            touched[p] = detour_set.touched[p]
            poor[p] = detour_set.poor[p]
            copy_travel_time(detour_set.travel_times, travel_times, p)
    return Routes(distance_m, touched, poor, travel_times)
