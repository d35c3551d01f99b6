"""Rows decided as single requests are: ports passed over, for what, at what price, and what a ruler would have said.

The engine for columns keeps the answer and the nearest port passed over. Whoever wants all of them asks for each row
what a single request asks for; that is slower in large tables, which do it on request only.
"""

from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from api.replay.batch import code_against, decide_singly, decision_row, known_figure
from api.replay.schema import DECISIONS, JUDGEMENTS, PASSED_OVER
from api.replay.world_by_time import WorldsByTime
from engine.codes import Code, PortKind, Rule, Verdict, Weight
from engine.decide import only_by_person, passed_over
from engine.errors import PositionRefused
from engine.identity_key import IdentityKey
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M, FIRST_ECCENTRICITY_SQUARED
from engine.model import Decision, Vessel, World
from engine.policy import Policy
from engine.ports import PortColumns
from engine.routes import reach_from
from engine.units import MINUTE_S

Row = dict[str, object]

_TOGETHER = 512
"""Rows whose distances to all harbours are in memory at a time."""


class Judgements(NamedTuple):
    """What stands beside decisions.

    Attributes
    ----------
    columns : RuleTable
        Of the schema `JUDGEMENTS`, row for row.
    passed_over : RuleTable
        Of the schema `PASSED_OVER`.
    """

    columns: pa.Table
    passed_over: pa.Table


def decide_and_judge(
    encounters: pa.Table, world_at: WorldsByTime, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy]
) -> tuple[pa.Table, Judgements]:
    """Decide every row by itself, and say what its decision passed over.

    Parameters
    ----------
    encounters, world_at, vessels, policies
        As for `api.replay.batch.replay_batch`.

    Returns
    -------
    pyarrow.Table
        What `replay_batch` returns.
    Judgements
    """
    rows = encounters.to_pylist()
    decided: list[Row] = [{} for _ in rows]
    columns: list[Row] = [{} for _ in rows]
    over: list[list[Row]] = [[] for _ in rows]
    for k, decision in decide_singly(encounters, rows, world_at, vessels, policies):
        decided[k] = decision_row(rows[k], decision)
        if isinstance(decision, PositionRefused):
            continue
        identity = {name: rows[k][name] for name in ("row", "encounter_id")}
        over[k] = [identity | line for line in lines_of(decision)]
        columns[k] = _beside(decision, over[k])
    controls = nearest_by_line(encounters, world_at.service.world)
    made = pa.Table.from_pylist(columns, JUDGEMENTS)
    place = JUDGEMENTS.get_field_index("nearest_by_line_port")
    return pa.Table.from_pylist(decided, DECISIONS), Judgements(
        made.set_column(place, JUDGEMENTS.field(place), controls),
        pa.Table.from_pylist([line for lines in over for line in lines], PASSED_OVER),
    )


def skip_judgement(encounters: pa.Table, world_at: WorldsByTime) -> Judgements:
    """Rows whose ports were not judged: everything is null but the control that needs no engine."""
    count = encounters.num_rows
    columns = {field.name: pa.nulls(count, field.type) for field in JUDGEMENTS}
    columns["nearest_by_line_port"] = nearest_by_line(encounters, world_at.service.world)
    return Judgements(pa.table(columns, schema=JUDGEMENTS), PASSED_OVER.empty_table())


def lines_of(decision: Decision) -> list[Row]:
    """Ports passed over as rows of `PASSED_OVER`, without the number and the id of the encounter."""
    best = decision.recommended
    nearer = passed_over(decision)
    if best is None:
        # "Nearer than nothing" is every port, those that cannot be reached included: these are no nearer.
        nearer = [port for port in nearer if isfinite(decision.plain_key_s[port])]
    return [
        {
            "rank": rank,
            "port": decision.world.ports[port].id,
            "only_by_person": only_by_person(decision, port),
            "code": code_against(decision, port),
            "minutes_given_up": _minutes_given_up(decision, port),
            "time_to_landing_s": known_figure(decision.time_s[port]),
            "distance_m": known_figure(decision.distance_m[port]),
        }
        for rank, port in enumerate(nearer, start=1)
    ]


def _minutes_given_up(decision: Decision, port: int) -> float | None:
    """How much sooner a port would have been reached than the recommended one. [min]"""
    best = decision.recommended
    sooner_s = np.nan if best is None else float(decision.time_s[best] - decision.time_s[port])
    return round(sooner_s / MINUTE_S, 2) if isfinite(sooner_s) else None


def _beside(decision: Decision, over: list[Row]) -> Row:
    """A row of `JUDGEMENTS`, without the control that needs no engine."""
    harbours = [line for line in over if not line["only_by_person"]]
    first = harbours[0] if harbours else {}
    nearest, afloat_m = _nearest_by_water(decision)
    return {
        "against_every_harbour": _against_every_harbour(decision),
        "passed_over_harbour": first.get("port"),
        "passed_over_harbour_code": first.get("code"),
        "minutes_given_up": first.get("minutes_given_up"),
        "harbours_passed_over": len(harbours),
        "nearest_by_water_port": decision.world.ports[nearest].id if isfinite(afloat_m) else None,
    }


def _nearest_by_water(decision: Decision) -> tuple[int, float]:
    """The harbour nearest by water whatever stands against it, and how far it is; infinite where none is reached. [m]

    A decision looks at no port farther than it has to, so all are measured here.
    """
    world, ask = decision.world, decision.ask
    reach = reach_from(world, decision.depth_class, ask.lon, ask.lat)
    distance_m = reach.distance_m + reach.harbour_m
    afloat_m = np.where(harbour_mask(world) & np.isfinite(distance_m), distance_m, np.inf)
    nearest = int(np.argmin(afloat_m))
    return nearest, float(afloat_m[nearest])


def _against_every_harbour(decision: Decision) -> str | None:
    """Code of the first rule that excludes every harbour alike; None where there is none."""
    if decision.recommended is not None:
        return None
    harbours = harbour_mask(decision.world)
    excluding = (decision.verdict == int(Verdict.FAIL)) & (decision.weight == int(Weight.HARD))
    for rule in Rule:
        codes = np.unique(decision.code[harbours, rule])
        if len(codes) == 1 and excluding[harbours, rule].all():
            return Code(codes[0]).name
    return None


def harbour_mask(world: World) -> np.ndarray:
    """`_harbour_mask` of a world."""
    return _harbour_mask(IdentityKey(world.columns))


@lru_cache(maxsize=16)
def _harbour_mask(columns: IdentityKey[PortColumns]) -> np.ndarray:
    """Ports that a program may recommend by their kind: no beaches, and no places that are no landing for survivors.

    The rule R-PRT-02 says the same of each port in a decision; a test holds the two against each other.
    """
    kinds = np.array([int(kind) for kind in (PortKind.BEACH_LANDING, PortKind.OIL_TERMINAL, PortKind.INLAND)])
    mask: np.ndarray = ~np.isin(columns.value.kind, kinds)
    return mask


def nearest_by_line(encounters: pa.Table, world: World) -> pa.Array:
    """Id of the harbour nearest to each encounter in a straight line.

    Chords through the ellipsoid order places as geodesics do, to some centimetres at the distances of this area.
    """
    harbours = [port for port, is_harbour in zip(world.ports, harbour_mask(world), strict=True) if is_harbour]
    there = _geocentric(*(np.array([port.landing[axis] for port in harbours]) for axis in (0, 1)))
    # The rest of the squared chord is the same for all harbours.
    constant = (there**2).sum(axis=1)
    lon, lat = encounters["lon"].to_numpy(), encounters["lat"].to_numpy()
    nearest = [np.empty(0, np.int64)]
    for k in range(0, len(lon), _TOGETHER):
        here = _geocentric(lon[k : k + _TOGETHER], lat[k : k + _TOGETHER])
        # Three products written out take half the time of a matrix product, for which threads are woken.
        along = sum(np.multiply.outer(here[:, axis], there[:, axis]) for axis in range(3))
        nearest.append(np.argmin(constant - 2.0 * along, axis=1))
    return pa.array([port.id for port in harbours], pa.string()).take(pa.array(np.concatenate(nearest)))


def _geocentric(lon_deg: np.ndarray, lat_deg: np.ndarray) -> np.ndarray:
    """Places on the ellipsoid of WGS 84 in space, shape (n, 3). [m]"""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    across_m = EQUATORIAL_RADIUS_M / np.sqrt(1.0 - FIRST_ECCENTRICITY_SQUARED * np.sin(lat) ** 2)
    return np.stack(
        [across_m * np.cos(lat) * np.cos(lon), across_m * np.cos(lat) * np.sin(lon),
         across_m * (1.0 - FIRST_ECCENTRICITY_SQUARED) * np.sin(lat)],
        axis=1,
    )  # fmt: skip
