"""How likely each port is to be the best one, when position, speed and waves are not quite as given.

What is drawn from stands in ``uncertainty.toml``. Each row has a stream of random numbers of its own, made of the seed
and the number of the row, so neither the order of rows nor how they are shared out among workers changes anything.
Draws on land or beyond the area are dropped: nobody is there. Draws are judged on the shortest paths, in the rescue
region in which they lie. Hour and vessel are drawn where the row says that they are in doubt.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import cos, degrees, isnan, log, log2, radians, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from api.replay.batch import ask_of
from api.replay.ingest.reading import stream_parquet
from api.replay.schema import ports_named
from api.replay.world_by_time import WorldsByTime
from engine.decide import coordination_at
from engine.decision_rows import DECIDED, allocate_rows
from engine.errors import InvalidAsk
from engine.evaluate_encounters import SETTLES_ANSWER, evaluate_encounters
from engine.kernels.geodesy import EQUATORIAL_RADIUS_M
from engine.kernels.mesh import NOWHERE
from engine.model import Ask, Vessel, World
from engine.patch import same_patch
from engine.policy import Policy
from engine.request_context import build_context

UNCERTAINTY = Path(__file__).parent / "uncertainty.toml"
NAMED = 3
"""Ports whose probability is written for each row."""

NOT_AFLOAT = -2
"""No vessel is there: land, enclosed water, or beyond the area."""

MOST_DRAWS = 100_000
HOURS_DRAWN = 24
"""Hours drawn over the doubt about one, as long as there are so many draws."""

CHANCES_FILE, CHANCES_FACTS_FILE = "chances.parquet", "chances.json"
CERTAINTY = (0.95, 0.8, 0.5, 0.0)
"""Least probability of the likeliest port in each class that the report counts."""

_CHUNK_ROWS = 4_096

CHANCES = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        *(
            field
            for k in range(1, NAMED + 1)
            for field in (
                pa.field(f"likeliest_{k}_port", pa.string()),
                pa.field(f"likeliest_{k}_probability", pa.float64()),
            )
        ),
        pa.field("no_port_probability", pa.float64()),
        pa.field("ambiguity_bits", pa.float64()),
        pa.field("draws_afloat", pa.int32(), nullable=False),
    ]
)
"""One row for each encounter, in order.

Probabilities are shares of ``draws_afloat``, null where there is none. ``ambiguity_bits`` is Shannon's entropy over all
ports and over "no port fit": 0 where one answer always wins, 1 where two are as likely as heads and tails.
"""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is drawn from.

    Attributes
    ----------
    accuracy_holds_share : float
        Share of true positions within a stated accuracy.
    accuracy_when_unknown_m : float
        [m]
    speed_share_is_deviations, wave_share_is_deviations : float
        How many standard deviations the policy's shares of doubt are.
    speed_cut, wave_cut : float
        Standard deviations beyond which nothing is drawn.
    """

    accuracy_holds_share: float
    accuracy_when_unknown_m: float
    speed_share_is_deviations: float
    speed_cut: float
    wave_share_is_deviations: float
    wave_cut: float

    def deviation_m(self, accuracy_m: float) -> float:
        """Standard deviation of the position along either axis, for an accuracy that may be NaN. [m]"""
        radius_m = self.accuracy_when_unknown_m if isnan(accuracy_m) else accuracy_m
        # The distance from the middle of a round normal spread is Rayleigh distributed.
        return radius_m / sqrt(-2.0 * log(1.0 - self.accuracy_holds_share))


def read_uncertainty(path: Path = UNCERTAINTY) -> Uncertainty:
    """What is drawn from, read from a file.

    Raises
    ------
    InvalidAsk
        The file cannot be read, or an entry is missing or out of its range.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found = Uncertainty(
            float(table["position"]["accuracy_holds_share"]),
            float(table["position"]["accuracy_when_unknown_m"]),
            float(table["speed"]["share_is_deviations"]),
            float(table["speed"]["cut_at_deviations"]),
            float(table["waves"]["share_is_deviations"]),
            float(table["waves"]["cut_at_deviations"]),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError):
        raise InvalidAsk(
            "uncertainty", f"{path.name[:40]} cannot be read or lacks an entry.", f"See {UNCERTAINTY.name}."
        ) from None
    whole = (found.speed_share_is_deviations, found.speed_cut, found.wave_share_is_deviations, found.wave_cut)
    if not (0.0 < found.accuracy_holds_share < 1.0 and found.accuracy_when_unknown_m >= 0.0):
        raise InvalidAsk("uncertainty.position", "is out of range.", "Write a share below 1 and metres above zero.")
    if not all(0.0 < value <= 10.0 for value in whole):
        raise InvalidAsk("uncertainty", "has a number of deviations out of range.", "Write numbers from 0 to 10.")
    return found


def chances(
    table: pa.Table,
    world_at: WorldsByTime,
    vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
    draws: int,
    seed: int,
    uncertainty: Uncertainty,
) -> pa.Table:
    """Probability that each port is the best one, row for row.

    Parameters
    ----------
    table : RuleTable
        Of the schema `ENCOUNTERS`; ``row`` says which stream of random numbers a row has.
    world_at, vessels, policies
        As for `api.replay.batch.replay_batch`.
    draws : int
        For each row.
    seed : int
    uncertainty : Uncertainty

    Returns
    -------
    RuleTable
        Of the schema `CHANCES`.
    """
    made = []
    for start in range(0, table.num_rows, _CHUNK_ROWS):
        for row in table.slice(start, _CHUNK_ROWS).to_pylist():
            winners = winners_of_row(row, world_at, vessels, policies, draws, seed, uncertainty)
            identity = {name: row[name] for name in ("row", "encounter_id")}
            made.append(identity | _likeliest(winners, [port.id for port in world_at.service.world.ports]))
    return pa.Table.from_pylist(made, CHANCES)


def winners_of_row(
    row: Mapping[str, Any],
    world_at: WorldsByTime,
    vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
    draws: int,
    seed: int,
    uncertainty: Uncertainty,
) -> np.ndarray:
    """The best port of each draw for a row, its hour and vessel drawn as well where the row says they are in doubt.

    The span of the hour is cut into equal parts, each with one hour drawn in it, and the vessels that may be meant
    take turns, so that few draws cover all of it.

    Parameters
    ----------
    row : mapping
        Of the schema `ENCOUNTERS`.
    world_at, vessels, policies, draws, seed, uncertainty
        As for `chances`.
    """
    rng = np.random.default_rng([seed, row["row"]])
    doubt_s = 60.0 * (row["time_uncertainty_min"] or 0.0)
    profiles = vessels_meant(row)
    if doubt_s == 0.0 and len(profiles) == 1:
        ask = ask_of(dict(row), vessels, policies)
        return winners_for(ask, world_at(ask.at_s), draws, rng, uncertainty)
    parts = min(draws, max(HOURS_DRAWN if doubt_s > 0.0 else 1, len(profiles)))
    share = (np.arange(parts) + rng.random(parts)) / parts
    winners = []
    for k in range(parts):
        shift = timedelta(seconds=round(doubt_s * (2.0 * float(share[k]) - 1.0)))
        changed = dict(row) | {"vessel_profile": profiles[k % len(profiles)], "time": row["time"] + shift}
        if changed["aboard_since"] is not None:
            changed["aboard_since"] += shift
        ask = ask_of(changed, vessels, policies)
        some = draws * (k + 1) // parts - draws * k // parts
        winners.append(winners_for(ask, world_at(ask.at_s), some, rng, uncertainty))
    return np.concatenate(winners)


def vessels_meant(row: Mapping[str, Any]) -> list[str | None]:
    """Profiles of the vessels a row may mean, the one it names first."""
    others = row["vessel_alternatives"]
    return list(dict.fromkeys([row["vessel_profile"], *(ports_named(others) if others else [])]))


def winners_for(ask: Ask, world: World, draws: int, rng: np.random.Generator, uncertainty: Uncertainty) -> np.ndarray:
    """The best port of each draw; `NOWHERE` where none is fit, `NOT_AFLOAT` where nobody can be.

    Parameters
    ----------
    ask : Ask
    world : World
    draws : int
    rng : Generator
        Four numbers are taken for each draw: east, north, speed, waves.
    uncertainty : Uncertainty
    """
    west, south, east, north = world.box
    if not (west <= ask.lon <= east and south <= ask.lat <= north):
        return np.full(draws, NOT_AFLOAT)
    context = build_context(ask, world, coordination_at(world, ask))
    limits = ask.policy.limits
    normal = rng.standard_normal((draws, 4))
    spread_deg = degrees(uncertainty.deviation_m(ask.position_accuracy_m) / EQUATORIAL_RADIUS_M)
    lon = ask.lon + spread_deg * normal[:, 0] / cos(radians(ask.lat))
    lat = ask.lat + spread_deg * normal[:, 1]
    speed = _factor(normal[:, 2], limits.speed_uncertainty_share, uncertainty.speed_share_is_deviations,
                    uncertainty.speed_cut)  # fmt: skip
    waves = _factor(normal[:, 3], limits.wave_uncertainty_share, uncertainty.wave_share_is_deviations,
                    uncertainty.wave_cut)  # fmt: skip
    rows = context.rows_at(lon, lat)._replace(speed_factor=speed, wave_factor=waves)
    inside = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    answers = allocate_rows(draws)
    evaluate_encounters(
        context.inputs, context.encounter, rows, np.flatnonzero(inside),
        same_patch(context.patches.nothing(world.water), draws), SETTLES_ANSWER._replace(may_detour=False), answers,
    )  # fmt: skip
    return np.where(answers.became == DECIDED, answers.best, NOT_AFLOAT)


def _factor(normal: np.ndarray, share: float, is_deviations: float, cut: float) -> np.ndarray:
    return np.asarray(np.maximum(1.0 + share / is_deviations * np.clip(normal, -cut, cut), 0.01))


def _likeliest(winners: np.ndarray, ports: list[str]) -> dict[str, object]:
    """Shares of the draws as a row."""
    afloat = winners[winners != NOT_AFLOAT]
    row: dict[str, object] = {"draws_afloat": len(afloat)}
    if len(afloat) == 0:
        return row
    won, counts = np.unique(afloat, return_counts=True)
    shares = counts / len(afloat)
    row["no_port_probability"] = float(shares[won == NOWHERE].sum())
    row["ambiguity_bits"] = abs(float(-sum(share * log2(share) for share in shares)))
    is_port = won != NOWHERE
    # Of two equally likely ports the earlier one of the register, so that equal seeds give equal files.
    order = np.argsort(-shares[is_port], kind="stable")[:NAMED]
    for k, place in enumerate(order, start=1):
        row[f"likeliest_{k}_port"] = ports[int(won[is_port][place])]
        row[f"likeliest_{k}_probability"] = float(shares[is_port][place])
    return row


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """How sure a replay is of its best ports.

    Attributes
    ----------
    draws, seed : int
    classes : list of (float, int)
        Least probability of the likeliest port, and encounters in that class.
    none_afloat : int
        Encounters none of whose draws was afloat.
    mean_bits : float or None
        Of `ambiguity_bits`.
    """

    draws: int
    seed: int
    classes: list[tuple[float, int]]
    none_afloat: int
    mean_bits: float | None


def read_ambiguity(folder: Path) -> Ambiguity | None:
    """Count the chances of a replay; None where none were worked out."""
    facts_file = folder / CHANCES_FACTS_FILE
    if not facts_file.is_file():
        return None
    facts = json.loads(facts_file.read_bytes())
    counts = dict.fromkeys(CERTAINTY, 0)
    none_afloat, bits, told = 0, 0.0, 0
    with stream_parquet(folder / CHANCES_FILE) as file:
        for batch in file.iter_batches(columns=["likeliest_1_probability", "ambiguity_bits", "draws_afloat"]):
            afloat = batch["draws_afloat"].to_numpy() > 0
            none_afloat += int((~afloat).sum())
            best = np.nan_to_num(batch["likeliest_1_probability"].to_numpy(zero_copy_only=False))[afloat]
            left = np.ones(len(best), np.bool_)
            for least in CERTAINTY:
                here = left & (best >= least)
                counts[least] += int(here.sum())
                left &= ~here
            bits += float(np.nansum(batch["ambiguity_bits"].to_numpy(zero_copy_only=False)))
            told += int(afloat.sum())
    return Ambiguity(facts["draws"], facts["seed"], list(counts.items()), none_afloat, bits / told if told else None)
