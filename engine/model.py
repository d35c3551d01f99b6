"""The values a decision is made of: what is asked, the vessel, the ports, the world, the decision."""

from dataclasses import dataclass, field
from math import nan
from typing import NamedTuple, Protocol

import numpy as np

from engine.codes import Code, Feed, Medical, Status
from engine.kernels.forecast import Forecast, no_forecast
from engine.kernels.port_travel_times import TravelTimes
from engine.kernels.reach import DepthClass, Reach, WaterModel
from engine.kernels.streams import Streams, no_streams
from engine.kernels.tides import Tides
from engine.kernels.zones import Regions, Zones
from engine.patch_cache import PatchCache
from engine.policy import Policy
from engine.ports import Port, PortAccess, PortColumns
from engine.ways import BankWay, Detour


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel as the rules see it; NaN where a figure is not known.

    Attributes
    ----------
    id : str
        Profile name, or ``custom``.
    speed_ms : float
        Greatest sustained speed in calm water. [m/s]
    draught_m, loa_m, beam_m : float
        [m]
    range_m : float
        At passage speed. [m]
    self_righting_persons, max_persons : float
        Survivors it can carry and still right itself, and at most. [persons]
    max_hs_m : float
        Highest sea with survivors aboard. [m]
    assumed : tuple of str
        Names of the figures above that are assumptions.
    speed_table : str
        Class whose speed table in waves she has; empty where it goes by her length.
    """

    id: str
    name_en: str
    name_fr: str
    speed_ms: float
    draught_m: float = nan
    loa_m: float = nan
    beam_m: float = nan
    range_m: float = nan
    self_righting_persons: float = nan
    max_persons: float = nan
    max_hs_m: float = nan
    assumed: tuple[str, ...] = ()
    speed_table: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """One encounter, the vessel that has the people, and the policy to judge by.

    Attributes
    ----------
    lon, lat : float
        Position, WGS 84. [deg]
    at_s : float
        Time of the encounter and of the decision, seconds since 1970-01-01T00:00:00Z. [s]
    position_accuracy_m : float
        Radius the position is good to; NaN when not stated. [m]
    position_age_s : float
        Age of the fix at `at_s`; NaN when not stated. [s]
    persons_min, persons_max : float
        People aboard; NaN when unknown. [persons]
    persons_recovered : float
        How many of them are out of the water and aboard; NaN when unknown. [persons]
    persons_in_water : bool or None
        None when unknown.
    aboard_since_s : float
        When the first of them came aboard, seconds since 1970-01-01T00:00:00Z; NaN when not said. [s]
    sheltered : bool or None
        Whether they are under cover; None when not said.
    """

    lon: float
    lat: float
    at_s: float
    vessel: Vessel
    policy: Policy
    position_accuracy_m: float = nan
    position_age_s: float = nan
    persons_min: float = nan
    persons_max: float = nan
    persons_recovered: float = nan
    persons_in_water: bool | None = None
    medical: Medical = Medical.NONE
    aboard_since_s: float = nan
    sheltered: bool | None = None


class LivePicture(NamedTuple):
    """What changes while the world stands still: reports from ports; one array a figure, one entry a port.

    Feeds are `engine.codes.Feed`: a port that never reported has none, whatever others do.
    """

    status_feed: np.ndarray
    status: np.ndarray
    status_age_s: np.ndarray
    capacity_feed: np.ndarray
    free_places: np.ndarray
    persons_per_hour: np.ndarray
    queued_persons: np.ndarray
    reception_feed: np.ndarray
    needs_met: np.ndarray
    transport_arranged: np.ndarray
    danger_ashore: np.ndarray


def no_live_picture(port_count: int) -> LivePicture:
    """The picture of a plain machine: no feed was ever connected."""
    unknown = np.full(port_count, np.nan)
    absent = np.full(port_count, int(Feed.ABSENT), np.int8)
    return LivePicture(
        status_feed=absent,
        status=np.zeros(port_count, np.int64),
        status_age_s=unknown,
        capacity_feed=absent,
        free_places=unknown,
        persons_per_hour=unknown,
        queued_persons=unknown,
        reception_feed=absent,
        needs_met=unknown,
        transport_arranged=unknown,
        danger_ashore=np.zeros(port_count, np.bool_),
    )


@dataclass(frozen=True, slots=True)
class Centre:
    """A rescue co-ordination centre and the approximate areas it leads in, within its region.

    Attributes
    ----------
    areas : tuple of rings
        Closed rings of positions, longitude and latitude. [deg]
    """

    id: str
    name: str
    srr: str
    vhf: str | None
    mmsi: str | None
    areas: tuple[tuple[tuple[float, float], ...], ...]


class SpeedTable(NamedTuple):
    """What seas leave of a vessel's speed.

    Attributes
    ----------
    longer_than_m : float
        Vessels longer than this use the table, unless another one starts at a greater length; NaN for a table of one
        class. [m]
    hs_m, share : tuple of float
        Share of the speed run in calm water that is kept in a head sea by significant wave height, from zero up. [m]
    beam_loss, following_loss : float
        Part of that loss that remains with the sea abeam and astern.
    name : str
        Of the class of vessels it is for.
    """

    longer_than_m: float
    hs_m: tuple[float, ...]
    share: tuple[float, ...]
    beam_loss: float
    following_loss: float
    name: str = ""


class DepthClassSource(Protocol):
    """A depth class that may derive its tables on first use.

    Attributes
    ----------
    needed_depth_m : float
        Banks with less water are walls. [m]
    patches : PatchCache
        What is known of places in it; a cache, so the only thing in a world that changes.
    """

    needed_depth_m: float
    patches: PatchCache

    @property
    def tables(self) -> DepthClass:
        """The tables."""


class AvoidedZone(NamedTuple):
    """A temporary exclusion zone, by what it closes.

    Attributes
    ----------
    name : str
    closed_m2 : float
        Water of the area inside it; greater than 0. [m2]
    share : float
        The same as a share of all water of the area.
    """

    name: str
    closed_m2: float
    share: float


class Bank(NamedTuple):
    """A bank as it is drawn.

    Attributes
    ----------
    name : tuple of str
        In English and French.
    least_depth_m : float
        Positive down from chart datum; negative where it dries. [m]
    ring : ndarray of float64, shape (n, 2)
        Its outline on the plane, closed. [m]
    """

    name: tuple[str, str]
    least_depth_m: float
    ring: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """An immutable snapshot of everything outside the request.

    Attributes
    ----------
    box : tuple of float
        West, south, east, north of the area answered for. [deg]
    depth_classes : tuple of DepthClassSource
        By increasing depth.
    zone_names : tuple of (str, str)
        English and French name of each zone number of `WaterModel.zones`.
    lane_bits, firing_bits : int
        Which zone numbers are traffic lanes and firing ranges.
    regions : Regions
        Search and rescue regions on the plane; their number is the index in `region_ids`.
    drawn_names : tuple of (str, str)
        English and French name of each zone number of `drawn_waters`.
    drawn_waters : Zones
        Waters drawn by hand, one by one.
    speed_tables : tuple of SpeedTable
        By increasing length.
    tides : Tides
        Predicted for a window of time about the request.
    forecast : Forecast
        Sea and weather; empty when none is connected.
    streams : Streams
        Tidal streams of the atlas, for a window of time about the request.
    identity : dict
        Digests and versions of every part, echoed in each decision.
    avoided : tuple of AvoidedZone
        Temporary exclusion zones that routes keep out of.
    not_avoided : tuple of str
        Names of zones of the same file that have no place, or close no water of the area.
    banks : tuple of Bank
        That the mesh has as triangles with a least depth.
    beyond_names : tuple of str
    beyond_positions : ndarray of float64, shape (n, 2)
        Harbours just outside the register: names, longitude and latitude. [deg]
    """

    box: tuple[float, float, float, float]
    water: WaterModel
    depth_classes: tuple[DepthClassSource, ...]
    ports: tuple[Port, ...]
    columns: PortColumns
    live: LivePicture
    zone_names: tuple[tuple[str, str], ...]
    lane_bits: int
    firing_bits: int
    regions: Regions
    region_ids: tuple[str, ...]
    drawn_names: tuple[tuple[str, str], ...]
    drawn_waters: Zones
    centres: tuple[Centre, ...]
    speed_tables: tuple[SpeedTable, ...]
    tides: Tides
    identity: dict[str, object]
    forecast: Forecast = field(default_factory=no_forecast)
    streams: Streams = field(default_factory=no_streams)
    avoided: tuple[AvoidedZone, ...] = ()
    not_avoided: tuple[str, ...] = ()
    banks: tuple[Bank, ...] = ()
    beyond_names: tuple[str, ...] = ()
    beyond_positions: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def sea(self) -> Forecast:
        """The forecast, with the atlas's streams for where and when it says no current."""
        return self.forecast._replace(streams=self.streams)


class Proof(NamedTuple):
    """How far the search for the best port went.

    Attributes
    ----------
    opened : int
        Ports whose lower bound was below the best confirmed key.
    next_bound_s : float
        Least lower bound of those left; infinite when none is. [s]
    """

    opened: int
    next_bound_s: float


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about the whole answer; `facts` fill the wording of its code."""

    code: Code
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coordination:
    """Whose waters, and who to talk to.

    Attributes
    ----------
    srr : str
        Region of the position.
    band : bool
        Within the boundary band: both sides are named.
    line_m : float
        Distance to the nearest other region; approximate like the line itself. [m]
    centres : tuple of CentreClient
        Leading centre first.
    """

    srr: str
    band: bool
    line_m: float
    centres: tuple[Centre, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The answer: ports judged, in order, with findings as arrays; texts are made when somebody reads.

    Arrays by port mean nothing for a port that is not in the order; times and keys are NaN there.

    Attributes
    ----------
    access : PortAccess
        What the ports are for the vessel.
    status : ndarray of int8, shape (p,)
        `Status` of each port.
    key_s : ndarray of float64, shape (p,)
        What the ports are ordered by, penalties included. [s]
    time_s, low_s, high_s : ndarray of float64, shape (p,)
        Time to a landing and its range. [s]
    wait_s : ndarray of float64, shape (p,)
        Part of it spent outside waiting for tide, gate or lock; NaN when unknown. [s]
    travel_times : TravelTimes
        Clocks at the entrance, before any wait, along the way chosen.
    closely : ndarray of bool, shape (p,)
        Whether those clocks are close ones; the others are of ports that could not have been the best, a few per cent
        off.
    touched : ndarray of uint64, shape (p,)
        Zones on that way.
    detours : dict of Detour
        By port, where the way chosen is not the shortest path.
    bank_ways : dict of BankWay
        By port, where the way chosen leads over banks that the tide covers.
    speed_ms : float
        In calm water, cap included. [m/s]
    verdict, code, weight, measured, limit : ndarray, shape (p, rules)
        Findings, one column a `Rule`.
    order : ndarray of int64, shape (n,)
        Ports judged: suitable by key, then unconfirmed by key, then excluded by key.
    is_settled : ndarray of bool, shape (p,)
        Ports that may be among the first few that are not excluded, or nearer than the recommended one: what the answer
        is made of. All of them have been judged, with close clocks.
    """

    ask: Ask
    world: World
    access: PortAccess
    depth_class: DepthClass
    needed_depth_m: float
    persons: float
    speed_ms: float
    reach: Reach
    distance_m: np.ndarray
    time_s: np.ndarray
    low_s: np.ndarray
    high_s: np.ndarray
    wait_s: np.ndarray
    travel_times: TravelTimes
    closely: np.ndarray
    touched: np.ndarray
    detours: dict[int, Detour]
    key_s: np.ndarray
    plain_key_s: np.ndarray
    status: np.ndarray
    verdict: np.ndarray
    code: np.ndarray
    weight: np.ndarray
    measured: np.ndarray
    limit: np.ndarray
    order: np.ndarray
    is_settled: np.ndarray
    coordination: Coordination
    notices: tuple[Notice, ...]
    to_second_s: float
    near_tie: bool
    sensitive_to: tuple[str, ...]
    proof: Proof
    bank_ways: dict[int, BankWay] = field(default_factory=dict)

    @property
    def ranked_by_care(self) -> bool:
        """Whether ports are ordered by time to care rather than by time or distance."""
        return self.ask.policy.key == "time_to_care" or self.ask.medical == Medical.CRITICAL

    @property
    def recommended(self) -> int | None:
        """Index of the first suitable port, or None."""
        best = int(self.order[0])
        return best if self.status[best] <= int(Status.CAUTION) else None
