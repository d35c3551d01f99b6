"""The engine for columns: a table of encounters in, a table of decisions out, row for row."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import inf, isfinite

import numpy as np
import pyarrow as pa

from api.encounter import AS_KNOWN, EncounterIn
from api.encounter_fields import ENCOUNTER_FIELDS, VESSEL_FIELDS
from api.replay.columns import BatchDecider, EncounterGroup, groups_of, seconds
from api.replay.schema import DECISIONS
from api.replay.world_by_time import WorldsByTime
from engine.codes import Code, Rule, Status
from engine.decide import decide, deciding_finding, passed_over
from engine.errors import PositionRefused
from engine.kernels.mesh import NOWHERE
from engine.model import Ask, Decision, Vessel
from engine.policy import Policy
from engine.routes import straight_line_m
from geodata.vessels import vessel_named

Row = dict[str, object]

# numpy compares with a plain integer thirty times faster than with a member of an IntEnum.
_UNCONFIRMED = int(Status.UNCONFIRMED)


def replay_batch(
    table: pa.Table, world_at: WorldsByTime, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy]
) -> pa.Table:
    """Decide every row of a table.

    Parameters
    ----------
    table : RuleTable
        Of the schema `ENCOUNTERS`: rows are taken to be valid.
    world_at : WorldsByTime
        World of a time; rows of equal `WorldsByTime.number` share one.
    vessels : mapping of Vessel
        Profiles by id; every one the table names is there.
    policies : mapping of Policy
        By the name that rows use; every one the table names is there.

    Returns
    -------
    RuleTable
        Of the schema `DECISIONS`, one row for each, in the same order.
    """
    if table.num_rows == 0:
        return DECISIONS.empty_table()
    at_s = seconds(table["time"])
    columns = BatchDecider(table)
    groups = []
    for members in groups_of(table, world_at.number(at_s)):
        first = table.slice(int(members[0]), 1).to_pylist()[0]
        groups.append(EncounterGroup(members, ask_of(first, vessels, policies), float(at_s[members[0]])))
    # World by world: one of another date is made anew once a few others have been asked for.
    groups.sort(key=lambda group: group.at_s)
    columns.decide(groups, world_at, world_at.neighbours)
    decided = columns.decisions()
    left = columns.undecided_rows()
    if len(left) == 0:
        return decided
    # Where the tide may open a way over a bank, the row is decided as a single request is.
    singly = replay_batch_by_single_decisions(table.take(left), world_at, vessels, policies)
    order = np.arange(table.num_rows)
    order[left] = table.num_rows + np.arange(len(left))
    return pa.concat_tables([decided, singly]).take(order).combine_chunks()


def replay_batch_by_single_decisions(
    table: pa.Table, world_at: WorldsByTime, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy]
) -> pa.Table:
    """`replay_batch` as a plain loop over `engine.decide.decide`: slow, and what the other one is held against."""
    rows = table.to_pylist()
    made: list[Row] = [{} for _ in rows]
    for k, decision in decide_singly(table, rows, world_at, vessels, policies):
        made[k] = decision_row(rows[k], decision)
    return pa.Table.from_pylist(made, DECISIONS)


def decide_singly(
    table: pa.Table, rows: list[Row], world_at: WorldsByTime, vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
) -> Iterator[tuple[int, Decision | PositionRefused]]:  # fmt: skip
    """Number and decision of each row, or why its position is refused; world by world, not in the order of the rows.

    Parameters
    ----------
    table, world_at, vessels, policies
        As for `replay_batch`.
    rows : list of dict
        Those of the table.
    """
    for k in np.argsort(world_at.number(seconds(table["time"])), kind="stable").tolist():
        ask = ask_of(rows[k], vessels, policies)
        try:
            yield k, decide(ask, world_at(ask.at_s), sensitivity=False, every_port=False)
        except PositionRefused as refused:
            yield k, refused


def ask_of(row: Row, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy]) -> Ask:
    """The engine's ask for a row, made by the model of the encounter body and so by its rules."""
    # That somebody is to be landed was looked at as the row was read.
    encounter = EncounterIn.model_validate(body_of(row), context=AS_KNOWN)
    profile = encounter.vessel.named_profile
    named = None if profile is None else vessel_named(dict(vessels), profile)
    return encounter.to_ask(dict(vessels), named, policies[encounter.policy], now_s=0.0)


def body_of(row: Row) -> dict[str, object]:
    """The body that would be posted to ``/v1/decisions`` for a row; what is not known is left out."""
    known = {name: value for name, value in row.items() if value is not None}
    vessel = {name: known[name] for name in VESSEL_FIELDS if name in known}
    if "vessel_profile" in known:
        vessel["profile"] = known["vessel_profile"]
    body: dict[str, object] = {
        "position": {"type": "Point", "coordinates": [known["lon"], known["lat"]]},
        "vessel": vessel,
    }
    if "persons_max" in known:
        body["persons"] = {"min": known["persons_min"], "max": known["persons_max"]}
    # A time is a datetime in the row, and a text in the body.
    return body | {
        name: value.isoformat() if isinstance(value := known[name], datetime) else value
        for name in ("time", "medical", "policy", *ENCOUNTER_FIELDS)
        if name in known
    }


def decision_row(row: Row, decision: Decision | PositionRefused) -> Row:
    """The row of `DECISIONS` for a row of the table."""
    identity = {name: row[name] for name in ("row", "encounter_id")}
    if isinstance(decision, PositionRefused):
        return identity | {"decision_outcome": "refused", "refusal": decision.code.name}
    return identity | columns_of(decision)


def columns_of(decision: Decision) -> Row:
    """A decision as one row of `DECISIONS`, without the number and the id of the encounter."""
    ports, order = decision.world.ports, decision.order
    best = decision.recommended
    ceiling_s = inf if best is None else decision.key_s[best]
    is_unconfirmed = decision.status == _UNCONFIRMED
    any_unconfirmed = bool(is_unconfirmed.any())
    unconfirmed = order[is_unconfirmed[order] & (decision.key_s[order] < ceiling_s)]
    # Of a port that was not judged the key is not known, and that comes last.
    by_key = int(np.argsort(decision.plain_key_s, kind="stable")[0])
    nearer = passed_over(decision)
    if best is None:
        # "Nearer than nothing" is every port, those that cannot be reached included: these are no nearer.
        nearer = [port for port in nearer if isfinite(decision.plain_key_s[port])]
    row: Row = {
        "decision_outcome": "suitable" if best is not None else "unconfirmed" if any_unconfirmed else "none",
        "ports_opened": decision.proof.opened,
        "near_tie": bool(decision.near_tie),
        "nearest_by_key_port": ports[by_key].id if isfinite(decision.plain_key_s[by_key]) else None,
        "nearer_passed_over": len(nearer),
        "passed_over_port": ports[nearer[0]].id if nearer else None,
        "passed_over_code": code_against(decision, nearer[0]) if nearer else None,
        "srr": decision.coordination.srr or None,
        "band": bool(decision.coordination.band),
        "best_unconfirmed_port": ports[unconfirmed[0]].id if len(unconfirmed) else None,
        "persons": float(decision.persons),
        "forecast_used": decision.world.identity["forecast"] is not None,
    }
    return row if best is None else row | _recommended(decision, best)


def _recommended(decision: Decision, best: int) -> Row:
    port = decision.world.ports[best]
    start = (decision.ask.lon, decision.ask.lat)
    known_second = isfinite(decision.to_second_s)
    return {
        "port": port.id,
        "port_status": Status(decision.status[best]).name.lower(),
        "distance_m": known_figure(decision.distance_m[best]),
        "straight_line_m": straight_line_m(start, port.landing),
        "time_to_landing_s": known_figure(decision.time_s[best]),
        "low_s": known_figure(decision.low_s[best]),
        "high_s": known_figure(decision.high_s[best]),
        "wait_s": known_figure(decision.wait_s[best]),
        "key_s": known_figure(decision.key_s[best]),
        "second_port": decision.world.ports[int(decision.order[1])].id if known_second else None,
        "to_second_s": known_figure(decision.to_second_s),
        "tide_basis": bool(decision.world.tides.station[best] != NOWHERE),
    }


def code_against(decision: Decision, port: int) -> str:
    """Name of the code of a port's deciding finding; ``RANKED_BY_POLICY`` when only the order speaks against it."""
    rule = deciding_finding(decision, port)
    return (Code.RANKED_BY_POLICY if rule is None else Code(decision.code[port, Rule(rule)])).name


def known_figure(value: float) -> float | None:
    """A figure that is neither unknown nor endless, or null."""
    return float(value) if isfinite(value) else None
