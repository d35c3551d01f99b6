"""Branch and bound: ports judged from one position, ways over banks besides, and the proof that the rest need none."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.apply_rules import RuleTable
from engine.bank_screen import open_banks_of, rows_near_open_banks
from engine.bank_ways import BankSearch, search_over_banks
from engine.codes import Status
from engine.decision_rows import ONE_BY_ONE, DecisionRows, allocate_rows
from engine.evaluate import SHOWN
from engine.evaluate_encounters import SETTLES_ANSWER, EncounterArrays, Found, evaluate_encounters
from engine.evaluation import NO_VARIANTS, DetourTracks, Evaluation, EvaluationInputs, SearchGoal
from engine.kernels.mesh import NOWHERE
from engine.kernels.reach import DepthClass, Reach
from engine.model import DepthClassSource, Proof
from engine.patch import RowPatches, same_patch
from engine.patch_cache import PatchCache
from engine.request_context import RequestContext
from engine.routes import check_in_area, require_snapped
from engine.ways import BankClosed, BankWay, Detour

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_CAUTION = int(Status.CAUTION)


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
    bank_ways : dict of BankWay
        By port, where the way chosen leads over banks that the tide covers.
    closed : BankClosed or None
        A way to the first port over banks that is worth it, and has not water enough.
    """

    reach: Reach
    evaluation: Evaluation
    detours: dict[int, Detour]
    order: np.ndarray
    winner: int | None
    turned: np.ndarray
    bank_ways: dict[int, BankWay]
    closed: BankClosed | None

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
        return Proof(self.evaluation.opened, self.evaluation.next_bound_s)


_ONE_ROW = np.zeros(1, np.int64)
_UNREAD = allocate_rows(1)
"""Where a search that keeps its findings has room to write what nobody reads."""


def search_ports(
    context: RequestContext,
    position: tuple[float, float] | None = None,
    variants: np.ndarray = NO_VARIANTS,
    *,
    every_port: bool = True,
    exhaustive: bool = False,
    names_round: bool = False,
) -> SearchResult:
    """Ports judged, those that could be the best one on the fastest way known.

    Parameters
    ----------
    context : RequestContext
    position : tuple of float, optional
        Longitude and latitude, instead of those asked for. [deg]
    variants : ndarray of float64, shape (v, 4)
        Changed inputs to try, see `engine.perturbations`.
    every_port : bool
        Look also at ports that are neither among the first few nor nearer than the best one.
    exhaustive : bool
        Look closely at every port whatever its bound: the oracle of the bounded search.
    names_round : bool
        Look also for a way to the first port over banks that have not water enough.

    Raises
    ------
    PositionRefused
        Outside the area, on land, or in water without a way out; each with its own code.
    """
    lon, lat = position or (context.ask.lon, context.ask.lat)
    check_in_area(context.world, lon, lat)
    goal = SearchGoal(
        first=SHOWN, every_port=every_port, exhaustive=exhaustive, may_detour=True, keeps=True, variants=variants
    )
    sea = _Position(context, lon, lat)
    found = sea.evaluate(goal)
    reach, turned = found.reach, found.turned
    require_snapped(context.world, reach.kind, reach.inland_m, context.ask.lon, context.ask.lat)
    over = search_over_banks(context, (lon, lat), BankSearch(reach, found.evaluation, found.order), sea, names_round)
    best = int(over.order[0])
    banks = open_banks_of(context)
    if best in over.ways and banks is not None and len(variants):
        # In her own class she comes there later: doubts are tried where the way she takes is the shortest path.
        shown = over.order[over.evaluation.is_settled[over.order]].tolist()
        turned = sea.look_in(banks.classes[0], shown, variants).turned
    winner = best if over.evaluation.status[best] <= _CAUTION else None
    detours = {port: detour for port, detour in _detours_of(found.tracks).items() if port not in over.ways}
    return SearchResult(over.reach, over.evaluation, detours, over.order, winner, turned, over.ways, over.closed)


def winners_at(context: RequestContext, lon: np.ndarray, lat: np.ndarray) -> list[int]:
    """Best fit ports from other positions, one after the other; none from where nobody can be, or no port is fit.

    Parameters
    ----------
    context : RequestContext
    lon, lat : ndarray of float64, shape (n,)
        WGS 84. [deg]
    """
    world, depth_class = context.world, context.depth_class
    west, south, east, north = world.box
    inside = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    # Positions of one patch are looked at in one call.
    patches: dict[int, tuple[RowPatches, list[int]]] = {}
    for k in inside.tolist():
        patch = context.patches.at(world.water, depth_class, float(lon[k]), float(lat[k]))
        patches.setdefault(id(patch.table), (patch, []))[-1].append(k)
    rows, answers = context.rows_at(lon, lat), allocate_rows(len(lon))
    for patch, members in patches.values():
        evaluate_encounters(
            context.inputs, context.encounter, rows, np.array(members), same_patch(patch, len(lon)), SETTLES_ANSWER,
            answers,
        )  # fmt: skip
    mark_rows_over_banks(context, rows, answers)
    winners = []
    for k in inside.tolist():
        best = int(answers.best[k])
        if answers.became[k] == ONE_BY_ONE:
            # There a way over a bank may change the answer.
            found = search_ports(context, (float(lon[k]), float(lat[k])), every_port=False)
            best = NOWHERE if found.winner is None else found.winner
        if best != NOWHERE:
            winners.append(best)
    return winners


def mark_rows_over_banks(
    context: RequestContext,
    rows: EncounterArrays,
    answers: DecisionRows,
    share: Callable[[DepthClassSource, np.ndarray], RowPatches] | None = None,
) -> None:
    """Mark rows whose answer a way over a bank might change: those are decided one by one.

    Rows that a bank may concern are looked at in the shallowest depth class too, in which no bank that the tide can
    open is a wall. One that has the same answer to the last bit there rests on no such bank.

    Parameters
    ----------
    context : RequestContext
        Of any of the rows, with the sea limit of calm water.
    rows : EncounterArrays
    answers : DecisionRows
        On ways that keep off the banks; `became` is changed.
    share : callable, optional
        What neighbours among some rows share in a depth class; without it each row is measured by itself.
    """
    banks = open_banks_of(context)
    if banks is None:
        return
    marked = rows_near_open_banks(context, banks, rows, answers)
    if len(marked) == 0:
        return
    source, world = banks.classes[0], context.world
    if share is None:
        patches = same_patch(context.patches.nothing(world.water), len(rows.lon))
    else:
        patches = share(source, marked)
    over = allocate_rows(len(rows.lon))
    evaluate_encounters(
        context.inputs._replace(depth_class=source.tables), context.encounter, rows, marked, patches, SETTLES_ANSWER,
        over,
    )  # fmt: skip
    is_same = np.ones(len(marked), np.bool_)
    for before, after in zip(answers, over, strict=True):
        was, is_now = before[marked], after[marked]
        # Not known both times is the same, too.
        is_same &= (was == is_now) | ((was != was) & (is_now != is_now))
    answers.became[marked[~is_same]] = ONE_BY_ONE


class _Position:
    """The position of a request, WGS 84, and what is known of the patch of sea it lies in. [deg]"""

    def __init__(self, context: RequestContext, lon: float, lat: float) -> None:
        self._context, self._lon, self._lat = context, lon, lat
        self._patches: dict[float, RowPatches] = {}

    def evaluate(self, goal: SearchGoal) -> Found:
        """What is found in the vessel's own depth class."""
        return self._evaluate(self._context.inputs, self._context.patches, goal)

    def look_in(self, source: DepthClassSource, ports: list[int], variants: np.ndarray = NO_VARIANTS) -> Found:
        """As of `engine.bank_ways.Sea`."""
        inputs = self._context.inputs
        # All others are looked at only where they may be nearer than the best one of these.
        status = np.full(len(inputs.static.status), Status.EXCLUDED, np.int8)
        status[ports] = inputs.static.status[ports]
        inputs = inputs._replace(depth_class=source.tables, static=inputs.static._replace(status=status))
        goal = SearchGoal(
            first=SHOWN + len(ports), every_port=False, exhaustive=False, may_detour=False, keeps=True,
            variants=variants,
        )  # fmt: skip
        return self._evaluate(inputs, source.patches, goal)

    def _patch(self, patches: PatchCache, depth_class: DepthClass) -> RowPatches:
        """Asked for once: a patch is made for the second question in it, and this is one question."""
        if depth_class.needed_depth_m not in self._patches:
            found = patches.at(self._context.world.water, depth_class, self._lon, self._lat)
            self._patches[depth_class.needed_depth_m] = found
        return self._patches[depth_class.needed_depth_m]

    def _evaluate(self, inputs: EvaluationInputs, patches: PatchCache, goal: SearchGoal) -> Found:
        context = self._context
        rows = context.rows_at(np.array([self._lon]), np.array([self._lat]))
        found: Found = evaluate_encounters(
            inputs, context.encounter, rows, _ONE_ROW, self._patch(patches, inputs.depth_class), goal, _UNREAD
        )
        return found


def _detours_of(tracks: DetourTracks) -> dict[int, Detour]:
    """Ways round by port."""
    if len(tracks.port) == 0:
        return {}
    track = np.split(tracks.track, tracks.track_to)
    return {
        port: Detour(track[k], float(tracks.length_m[k]), float(tracks.shortest_s[k]))
        for k, port in enumerate(tracks.port.tolist())
    }
