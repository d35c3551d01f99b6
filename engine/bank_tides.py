"""Water over banks: whose tide stands over each, where a way crosses it, and how much there is while a vessel passes.

A bank drawn as one outline has one least depth, and the tide of the port that tells of it best: the doubt of that
port's own tide grows with every mile the bank lies off. Least depth and tide, less the doubt, at the worst moment
between the earliest and the latest time of passing is the water reckoned with. What is not known is no water.
"""

from functools import lru_cache
from itertools import pairwise
from math import ceil, floor, nan
from typing import Any, NamedTuple

import numpy as np

from engine.identity_key import IdentityKey
from engine.kernels.mesh import NOWHERE
from engine.kernels.plane import SPHERE_RADIUS_M, from_plane
from engine.kernels.tides import Tides, heights_at
from engine.model import Bank, World
from engine.ports import Port
from engine.units import NAUTICAL_MILE_M
from engine.ways import BankPassing

FARTHEST_TIDE_M = 20.0 * NAUTICAL_MILE_M
"""[A] Over a bank farther than this from every port with a tide the tide is not known. [m]"""

DOUBT_A_METRE = 0.03 / 1000.0
"""[A] What each metre to that port adds to the doubt of the height: as for a port on an uneven stretch of coast
(``assumptions.toml``), which is the greater of the two figures there. [m/m]"""


class BankTides(NamedTuple):
    """The banks of a world as arrays, and the tide over each; shape (b,).

    Attributes
    ----------
    least_depth_m : ndarray of float64
        [m]
    low, high : ndarray of float64, shape (b, 2)
        Corners of a rectangle on the plane that holds the bank. [m]
    port : ndarray of int64
        Port whose tide it is; `NOWHERE` where none is near enough.
    off_m : ndarray of float64
        How far off that port is. [m]
    doubt_m : ndarray of float64
        Of the height of tide over the bank; NaN where it is not known. [m]
    """

    least_depth_m: np.ndarray
    low: np.ndarray
    high: np.ndarray
    port: np.ndarray
    off_m: np.ndarray
    doubt_m: np.ndarray


class Crossing(NamedTuple):
    """A stretch of a track over one bank.

    Attributes
    ----------
    bank : int
        Index in `World.banks`.
    start, end : (int, float)
        Number of a leg, and the share of it that lies behind.
    """

    bank: int
    start: tuple[int, float]
    end: tuple[int, float]


def bank_tides_of(world: World) -> BankTides:
    """The banks of a world, and the tide over each."""
    mesh, tides = world.water.mesh, world.tides
    # By what it rests on: it is the same in the tides of another date.
    return _bank_tides(
        IdentityKey(world.banks), IdentityKey(world.ports), tides.station.astype(np.int64).tobytes(),
        tides.height_uncertainty_m.tobytes(), mesh.origin_lon_deg, mesh.origin_lat_deg,
    )  # fmt: skip


@lru_cache(maxsize=16)
def _bank_tides(
    banks: IdentityKey[tuple[Bank, ...]],
    ports: IdentityKey[tuple[Port, ...]],
    station_bytes: bytes,
    height_uncertainty_bytes: bytes,
    origin_lon: float,
    origin_lat: float,
) -> BankTides:
    station, height_uncertainty_m = np.frombuffer(station_bytes, np.int64), np.frombuffer(height_uncertainty_bytes)
    count = len(banks.value)
    low = np.array([bank.ring.min(axis=0) for bank in banks.value]).reshape(-1, 2)
    high = np.array([bank.ring.max(axis=0) for bank in banks.value]).reshape(-1, 2)
    approach = on_sphere(np.array([port.approach for port in ports.value]).reshape(-1, 2))
    known = (station != NOWHERE) & ~np.isnan(height_uncertainty_m)
    port, off_m, doubt_m = np.full(count, NOWHERE), np.full(count, nan), np.full(count, nan)
    for number, (x, y) in enumerate(0.5 * (low + high)):
        lon, lat = from_plane(x, y, origin_lon, origin_lat)
        away_m = distances_m(lon, lat, approach)
        near = np.where(known & (away_m <= FARTHEST_TIDE_M), height_uncertainty_m, np.inf)
        near += DOUBT_A_METRE * away_m
        if not np.isinf(near).all():
            port[number] = near.argmin()
            off_m[number], doubt_m[number] = away_m[port[number]], near[port[number]]
    least_m = np.array([bank.least_depth_m for bank in banks.value], np.float64)
    return BankTides(least_m, low, high, port, off_m, doubt_m)


class SpherePositions(NamedTuple):
    """Positions on the sphere, made ready for distances to them; shape (n,). [rad]"""

    lon: np.ndarray
    lat: np.ndarray
    cos_lat: np.ndarray


def on_sphere(positions: np.ndarray) -> SpherePositions:
    """Positions, shape (n, 2), longitude and latitude, on the sphere. [deg]"""
    lon, lat = np.radians(positions.T)
    return SpherePositions(lon, lat, np.cos(lat))


def distances_m(lon_deg: float, lat_deg: float, positions: SpherePositions) -> np.ndarray:
    """Distances on the sphere from one position to others. [deg], [m]"""
    lon, lat, cos_lat = positions
    here_lon, here_lat = np.radians(lon_deg), np.radians(lat_deg)
    chord = np.sin(0.5 * (lat - here_lat)) ** 2 + cos_lat * np.cos(here_lat) * np.sin(0.5 * (lon - here_lon)) ** 2
    return np.asarray(2.0 * SPHERE_RADIUS_M * np.arcsin(np.sqrt(chord)))


def least_height(tides: Tides, port: int, from_s: float, to_s: float) -> tuple[float, float]:
    """Least height of tide between two times, and when it is: between samples it is linear. [m], [epoch s]

    NaN where it is not known all the while.
    """
    if port == NOWHERE or not from_s <= to_s < np.inf:
        return nan, nan
    first_s = tides.start_s + tides.time_shift_s[port]
    samples = np.arange(ceil((from_s - first_s) / tides.step_s), floor((to_s - first_s) / tides.step_s) + 1)
    at_s = np.concatenate(([from_s], first_s + tides.step_s * samples, [to_s]))
    height_m = heights_at(tides, port, at_s)
    if np.isnan(height_m).any():
        return nan, nan
    least = int(height_m.argmin())
    return float(height_m[least]), float(at_s[least])


def passing_of(world: World, bank: int, from_s: float, to_s: float, needed_m: float) -> BankPassing:
    """The water over a bank while a vessel may be passing.

    Parameters
    ----------
    world : World
    bank : int
        Index in `World.banks`.
    from_s, to_s : float
        Earliest time at which she may come to it, and latest at which she may leave it. [epoch s]
    needed_m : float
        Water she needs. [m]
    """
    over = bank_tides_of(world)
    port = int(over.port[bank])
    height_m, at_s = least_height(world.tides, port, from_s, to_s)
    depth_m = float(over.least_depth_m[bank] + height_m - over.doubt_m[bank])
    return BankPassing(bank, depth_m, needed_m, at_s, port, float(over.off_m[bank]))


class Openings:
    """When banks have water enough for one need, over the window of a world's tides.

    Parameters
    ----------
    tides : Tides
    over : BankTides
    needed_m : float
        Without a share of any sea. [m]
    """

    def __init__(self, tides: Tides, over: BankTides, needed_m: float) -> None:
        self._tides, self._over, self._needed_m = tides, over, needed_m
        self._open: dict[int, np.ndarray] = {}

    def any_within(self, bank: int, from_s: np.ndarray, to_s: np.ndarray) -> np.ndarray:
        """Whether there may be enough at some moment between two times, for each of several pairs. [epoch s]"""
        if self._over.port[bank] == NOWHERE:
            return np.zeros(len(from_s), np.bool_)
        so_far = self._so_far(bank)
        # The samples about the times: between two samples there is no more than at one of them.
        begin, end = (
            np.clip(place, 0, len(so_far) - 1).astype(np.int64)
            for place in (np.floor(self._place(bank, from_s)), np.ceil(self._place(bank, to_s)) + 1)
        )
        return np.asarray(so_far[end] > so_far[begin])

    def is_any_within(self, bank: int, from_s: float, to_s: float) -> bool:
        """`any_within` of one pair, ten times as fast. [epoch s]"""
        if self._over.port[bank] == NOWHERE:
            return False
        so_far = self._so_far(bank)
        last = len(so_far) - 1
        begin = floor(min(max(self._place(bank, from_s), 0.0), last))
        end = min(ceil(min(max(self._place(bank, to_s), -1.0), last)) + 1, last)
        return bool(so_far[end] > so_far[begin])

    def _place(self, bank: int, at_s: "np.ndarray | float") -> Any:
        """Where times lie among the samples."""
        tides, port = self._tides, self._over.port.item(bank)
        return (at_s - (tides.start_s + tides.time_shift_s.item(port))) / tides.step_s

    def _so_far(self, bank: int) -> np.ndarray:
        """How many samples before each one have water enough."""
        if bank not in self._open:
            tides, port = self._tides, int(self._over.port[bank])
            at_s = tides.start_s + tides.time_shift_s[port] + tides.step_s * np.arange(tides.height_m.shape[1])
            depth_m = self._over.least_depth_m[bank] + heights_at(tides, port, at_s) - self._over.doubt_m[bank]
            self._open[bank] = np.concatenate(([0], np.cumsum(depth_m >= self._needed_m)))
        return self._open[bank]


def openings_of(world: World, needed_m: float) -> Openings:
    """When the banks of a world have water enough for a need. [m]"""
    return _openings(IdentityKey(world.tides), IdentityKey(bank_tides_of(world)), needed_m)


@lru_cache(maxsize=32)
def _openings(tides: IdentityKey[Tides], over: IdentityKey[BankTides], needed_m: float) -> Openings:
    return Openings(tides.value, over.value, needed_m)


def crossings_of(track: np.ndarray, world: World, among: np.ndarray) -> list[Crossing]:
    """Where a track leads over banks, in the order in which it comes to them.

    Parameters
    ----------
    track : ndarray of float64, shape (n, 2)
        On the plane. [m]
    world : World
    among : ndarray of int64
        Numbers of the banks to look for.
    """
    over = bank_tides_of(world)
    low, high = np.minimum(track[:-1], track[1:]), np.maximum(track[:-1], track[1:])
    is_near = ((over.high[among, None] >= low) & (over.low[among, None] <= high)).all(axis=2)
    found: list[Crossing] = []
    for place, leg in np.argwhere(is_near).tolist():
        bank = int(among[place])
        for begin, end in _inside(world.banks[bank].ring, track[leg], track[leg + 1]):
            if found and found[-1].bank == bank and found[-1].end == (leg - 1, 1.0) and begin == 0.0:
                found[-1] = found[-1]._replace(end=(leg, end))
            else:
                found.append(Crossing(bank, (leg, begin), (leg, end)))
    return sorted(found, key=lambda crossing: crossing.start)


def _inside(ring: np.ndarray, start: np.ndarray, end: np.ndarray) -> list[tuple[float, float]]:
    """Shares of a straight leg between which it lies inside a closed ring."""
    along, sides, first = end - start, np.diff(ring, axis=0), ring[:-1] - start
    across = along[0] * sides[:, 1] - along[1] * sides[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (first[:, 0] * sides[:, 1] - first[:, 1] * sides[:, 0]) / across
        on_side = (first[:, 0] * along[1] - first[:, 1] * along[0]) / across
    # So written that what is parallel, a division by nothing, meets nowhere.
    met = (share > 0.0) & (share < 1.0) & (on_side >= 0.0) & (on_side <= 1.0)
    cuts = [0.0, *sorted(set(share[met].tolist())), 1.0]
    found: list[tuple[float, float]] = []
    for begin, until in pairwise(cuts):
        if not _holds(ring, start + 0.5 * (begin + until) * along):
            continue
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], until)
        else:
            found.append((begin, until))
    return found


def _holds(ring: np.ndarray, point: np.ndarray) -> bool:
    """Whether a closed ring holds a point: by the sides that a line eastward from it crosses."""
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    passes = (y1 > point[1]) != (y2 > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        east = point[0] < x1 + (point[1] - y1) / (y2 - y1) * (x2 - x1)
    return bool(np.count_nonzero(passes & east) % 2)
