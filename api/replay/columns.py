"""Rows of encounters to arrays of the engine, and its answers to columns of decisions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.encounter_fields import ENCOUNTER_FIELDS, VESSEL_FIELDS
from api.replay.batch_patches import BatchPatches
from api.replay.schema import DECISIONS
from engine.branch_and_bound import mark_rows_over_banks
from engine.codes import Code, Status
from engine.decide import coordination_at
from engine.decision_rows import (
    DECIDED,
    ONE_BY_ONE,
    REFUSED_ENCLOSED,
    REFUSED_ON_LAND,
    REFUSED_OUT_OF_AREA,
    allocate_rows,
)
from engine.evaluate_encounters import AS_IT_IS, SETTLES_ANSWER, EncounterArrays, evaluate_encounters
from engine.kernels.mesh import NOWHERE
from engine.model import Ask, DepthClassSource, World
from engine.patch import PatchPlaces, RowPatches
from engine.request_context import build_context, build_speed_model

REFUSALS = {
    REFUSED_OUT_OF_AREA: Code.POS_OUT_OF_AREA,
    REFUSED_ON_LAND: Code.POS_ON_LAND,
    REFUSED_ENCLOSED: Code.POS_ENCLOSED,
}

_ROW_BY_ROW = (
    "position_accuracy_m", "aboard_since", "position_age_s", "persons_recovered", "persons_in_water",
)  # fmt: skip
"""Fields that `EncounterArrays` has for each row, or that change nothing of what a row of decisions says."""

_SHARED = (
    "vessel_profile", *VESSEL_FIELDS, "policy", "medical",
    *(name for name in ENCOUNTER_FIELDS if name not in _ROW_BY_ROW),
)  # fmt: skip
"""Columns that make a scene; rows equal in all of them are decided in one compiled loop."""


class EncounterGroup(NamedTuple):
    """Rows that share a scene.

    Attributes
    ----------
    members : ndarray of int64
        Their places in the table.
    ask : Ask
        Of one of them.
    at_s : float
        A time of their world. [epoch s]
    """

    members: np.ndarray
    ask: Ask
    at_s: float


def groups_of(table: pa.Table, world: np.ndarray) -> Iterator[np.ndarray]:
    """Places of rows that share a world, a vessel, a policy and a need of care.

    Parameters
    ----------
    table : RuleTable
        Of the schema `ENCOUNTERS`.
    world : ndarray of int64, shape (n,)
        Number of the world of each row.
    """
    frame = table.select(_SHARED).to_pandas()
    frame["world"] = world
    # Survivors aboard cap the speed: people known to be none do not.
    frame["aboard"] = ~(np.asarray(pc.fill_null(table["persons_max"], 1)) == 0)
    for _, members in frame.groupby(list(frame.columns), dropna=False, sort=False).indices.items():
        yield np.asarray(members, np.int64)


def figures_of(table: pa.Table, persons_when_unknown: float) -> EncounterArrays:
    """The figures of rows as the engine takes them; what is not known is NaN."""
    at_s = seconds(table["time"])
    persons = floats(table["persons_max"])
    return EncounterArrays(
        floats(table["lon"]), floats(table["lat"]), at_s, floats(table["position_accuracy_m"]),
        np.where(np.isnan(persons), persons_when_unknown, persons), ~np.isnan(persons),
        at_s - seconds(table["aboard_since"]), *(np.full(table.num_rows, AS_IT_IS) for _ in range(2)),
    )  # fmt: skip


def floats(column: pa.ChunkedArray) -> np.ndarray:
    """A column of numbers, nulls as NaN."""
    # A copy: compiled code for arrays that may be written is other code than for those that may not.
    return np.array(pc.cast(column, pa.float64()).to_numpy(), np.float64)


def seconds(column: pa.ChunkedArray) -> np.ndarray:
    """A column of times in whole seconds of the epoch, nulls as NaN. [s]"""
    return np.floor(floats(pc.cast(column, pa.int64())) / 1000.0)


def _among(count: int, rows: np.ndarray, found: RowPatches) -> RowPatches:
    """Patches of some rows among all: the others lie nowhere."""
    places = PatchPlaces(np.full(count, np.nan), np.full(count, np.nan), np.full(count, NOWHERE))
    for column, values in zip(places, found.places, strict=True):
        column[rows] = values
    return RowPatches(places, found.table)


class BatchDecider:
    """Answers to the rows of a table, entered group by group.

    Parameters
    ----------
    table : RuleTable
        Of the schema `ENCOUNTERS`.
    """

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._answers = allocate_rows(table.num_rows)
        self._persons = np.full(table.num_rows, np.nan)
        self._forecast = np.zeros(table.num_rows, np.bool_)
        self._tidal = np.zeros(table.num_rows, np.bool_)
        self._world: World | None = None

    def decide(
        self, groups: Sequence[EncounterGroup], world_at: Callable[[float], World], neighbours: BatchPatches
    ) -> None:
        """Decide rows, group by group; what neighbours share is found out for all groups of a depth class at once."""
        if not groups:
            return
        lon, lat = floats(self._table["lon"]), floats(self._table["lat"])
        # Vessel and policy say how deep and by what key; water and depths are the same at all times.
        world = world_at(groups[0].at_s)
        west, south, east, north = world.box
        inside = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        cases = [build_context(group.ask, world, coordination_at(world, group.ask)) for group in groups]
        shared = {}
        for depth_class in {context.depth_class.needed_depth_m: context.depth_class for context in cases}.values():
            sharing = np.zeros(len(lon), np.bool_)
            for group, context in zip(groups, cases, strict=True):
                if context.depth_class is depth_class:
                    sharing[group.members] = inside[group.members]
            rows = np.flatnonzero(sharing)
            found = neighbours.share(world.water, depth_class, lon[rows], lat[rows])
            shared[depth_class.needed_depth_m] = _among(len(lon), rows, found)
        for group, context in zip(groups, cases, strict=True):
            self._decide_group(
                group, world_at(group.at_s), inside[group.members], neighbours,
                shared[context.depth_class.needed_depth_m],
            )  # fmt: skip

    def _decide_group(
        self,
        group: EncounterGroup,
        world: World,
        inside: np.ndarray,
        neighbours: BatchPatches,
        patches: RowPatches,
    ) -> None:
        members, ask = group.members, group.ask
        context = build_context(ask, world, coordination_at(world, ask))
        # The sea where the row asked for lies must not count for the others.
        speed_model = build_speed_model(
            ask.vessel, ask.policy, world.speed_tables, context.persons > 0.0 or not context.persons_known
        )
        figures = figures_of(self._table.take(members), ask.policy.limits.persons_when_unknown)
        answers = allocate_rows(len(members))
        answers.became[~inside] = REFUSED_OUT_OF_AREA
        places = PatchPlaces(*(column[members] for column in patches.places))
        # Patch by patch: what was read of one is still at hand for the next row in it.
        wanted = np.flatnonzero(inside)
        wanted = wanted[np.argsort(places.patch[wanted], kind="stable")]
        moved = context.encounter._replace(speed_model=speed_model)
        evaluate_encounters(
            context.inputs, moved, figures, wanted, RowPatches(places, patches.table), SETTLES_ANSWER, answers
        )
        lon, lat = figures.lon, figures.lat

        def share(source: DepthClassSource, rows: np.ndarray) -> RowPatches:
            return _among(len(lon), rows, neighbours.share(world.water, source.tables, lon[rows], lat[rows]))

        mark_rows_over_banks(replace(context, encounter=moved), figures, answers, share)
        for column, entered in zip(self._answers, answers, strict=True):
            column[members] = entered
        self._persons[members] = figures.persons
        self._forecast[members] = world.identity["forecast"] is not None
        best = answers.best
        self._tidal[members] = (best != NOWHERE) & (world.tides.station[best] != NOWHERE)
        self._world = world

    def undecided_rows(self) -> np.ndarray:
        """Places of rows that have to be decided one by one."""
        return np.flatnonzero(self._answers.became == ONE_BY_ONE)

    def decisions(self) -> pa.Table:
        """The answers as a table of the schema `DECISIONS`; rows that are `left` stand in it without an answer."""
        found, world = self._answers, self._world
        assert world is not None  # noqa: S101
        ids = pa.array([port.id for port in world.ports])
        decided = found.became == DECIDED
        recommended = decided & (found.best != NOWHERE)
        outcome = np.where(recommended, "suitable", np.where(found.any_unconfirmed, "unconfirmed", "none"))
        made = {
            "row": self._table["row"],
            "encounter_id": self._table["encounter_id"],
            "decision_outcome": pa.array(np.where(decided, outcome, "refused")),
            "refusal": _named(found.became, _refusal, ~decided & (found.became != ONE_BY_ONE)),
            "port": _port(ids, found.best, recommended),
            "port_status": _named(found.status, lambda status: Status(status).name.lower(), recommended),
            "distance_m": _known(found.distance_m, recommended),
            "straight_line_m": _known(found.straight_m, recommended),
            "time_to_landing_s": _known(found.time_s, recommended),
            "low_s": _known(found.low_s, recommended),
            "high_s": _known(found.high_s, recommended),
            "wait_s": _known(found.wait_s, recommended),
            "key_s": _known(found.key_s, recommended),
            "second_port": _port(ids, found.second, recommended),
            "to_second_s": _known(found.to_second_s, recommended),
            "near_tie": _given(found.near_tie, decided),
            "ports_opened": _given(found.opened, decided),
            "nearest_by_key_port": _port(ids, found.nearest, decided),
            "nearer_passed_over": _given(found.passed_over_count, decided),
            "passed_over_port": _port(ids, found.passed_over, decided),
            "passed_over_code": _named(
                found.passed_over_code, lambda code: Code(code).name, decided & (found.passed_over != NOWHERE)
            ),
            "srr": _port(pa.array(world.region_ids), found.region, decided),
            "band": _given(found.band, decided),
            "best_unconfirmed_port": _port(ids, found.unconfirmed, decided),
            "persons": _known(self._persons, decided),
            "forecast_used": _given(self._forecast, decided),
            "tide_basis": _given(self._tidal, recommended),
        }
        return pa.table(made).cast(DECISIONS)


def _given(values: np.ndarray, where: np.ndarray) -> pa.Array:
    return pa.array(values, mask=~where)


def _known(values: np.ndarray, where: np.ndarray) -> pa.Array:
    """Figures that are neither unknown nor endless."""
    return pa.array(values, mask=~(where & np.isfinite(values)))


def _port(ids: pa.Array, places: np.ndarray, where: np.ndarray) -> pa.Array:
    """Ids by place, or nothing."""
    return ids.take(pa.array(places, mask=~(where & (places != NOWHERE))))


def _named(values: np.ndarray, name: Callable[[int], str], where: np.ndarray) -> pa.Array:
    """The few different values by name, or nothing."""
    different, which = np.unique(values, return_inverse=True)
    names = pa.array(
        [name(int(value)) if (where & (values == value)).any() else None for value in different], pa.string()
    )
    return names.take(pa.array(which, mask=~where))


def _refusal(became: int) -> str:
    return REFUSALS[became].name
