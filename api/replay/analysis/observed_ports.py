"""Recommended against observed: each difference explained by a rule, or listed as not explained.

A difference is explained when our own decision, made again, holds something against the port people were landed at:
a finding by which it is excluded, left unconfirmed or ranked lower. It is also explained

* when the two ports are too close to tell apart (``NEAR_TIE``);
* by the record of what was done: see `api.replay.analysis.record_rules`;
* where the row says that its hour or its vessel is in doubt, and the port observed is the best one in some of the draws
  over that doubt (``WITHIN_DOUBT``).

Each way stands in ``basis`` and is counted apart. A position that was refused has no answer to compare, and a port
outside the register cannot be judged: both are counted apart from what is compared. That a port is merely farther
explains nothing, and neither does anything we were told about why.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite, isnan, nan
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.analysis.monte_carlo import NOT_AFLOAT, read_uncertainty, winners_of_row
from api.replay.analysis.record_rules import Operations, rule_of_record
from api.replay.batch import ask_of, known_figure
from api.replay.schema import ports_named
from api.replay.world_by_time import WorldsByTime
from api.text.catalogue import load_texts
from api.text.finding_sentences import finding_text
from engine.codes import Code, Rule, Status, Verdict
from engine.decide import decide, deciding_finding, passed_over
from engine.errors import PositionRefused
from engine.model import Decision, Vessel
from engine.policy import Policy
from engine.rank import is_near_tie
from engine.units import MINUTE_S, NAUTICAL_MILE_M

HISTORY_FILE = "history.csv"

SAME, EXPLAINED, UNEXPLAINED, REFUSED, OUTSIDE = "same", "explained", "unexplained", "refused", "outside_register"
BY_FINDING, BY_NEAR_TIE, BY_RECORD, BY_DOUBT = "finding", "near_tie", "record", "doubt"
"""Ways in which a difference is explained."""

WITHIN_DOUBT = "WITHIN_DOUBT"
DOUBT_DRAWS, DOUBT_SEED = 96, 0
LEAST_SHARE = 0.05
"""[A] A port that is best in fewer of the draws is not what the doubt explains."""

HISTORY = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("encounter_id", pa.string()),
        pa.field("port", pa.string()),
        pa.field("observed_port", pa.string(), nullable=False),
        pa.field("difference", pa.string(), nullable=False),
        pa.field("code", pa.string()),
        pa.field("sentence", pa.string()),
        pa.field("later_min", pa.float64()),
        pa.field("farther_nm", pa.float64()),
        pa.field("basis", pa.string()),
        pa.field("draws_agreeing", pa.float64()),
        pa.field("line_agrees", pa.bool_()),
        pa.field("water_agrees", pa.bool_()),
    ]
)
"""One row for each encounter that names the port people were landed at.

``difference`` is ``same``, ``explained``, ``unexplained``, ``refused`` where there is no answer to compare, or
``outside_register``; ``basis`` is the way in which it is explained, ``code`` and ``sentence`` say by what.
``later_min`` [min] and ``farther_nm`` [nm] are how much later and farther the observed port is than the recommended
one, by our own reckoning; null where either is not known or no port is recommended. ``draws_agreeing`` is the share of
the draws over a doubtful hour or vessel in which the port observed is the best one, null where neither is in doubt.
``line_agrees`` and ``water_agrees`` are the controls: whether the harbour nearest in a straight line, or by water, is
the port observed.
"""

MOST_LISTED = 25
"""Unexplained differences that are kept one by one; more of them are grouped."""

_CHUNK_ROWS = 4_096
Row = dict[str, Any]


def against_observed(
    encounters: pa.Table,
    decisions: pa.Table,
    world_at: WorldsByTime,
    vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
    operations: Operations | None = None,
) -> pa.Table:
    """Compare what was recommended with what was done; decisions that differ are made again, one by one.

    Parameters
    ----------
    encounters, decisions : RuleTable
        Of the schemas `ENCOUNTERS` and `WRITTEN`, row for row; of the latter ``row``, ``port`` and, where they are
        there, the controls.
    world_at, vessels, policies
        As for `api.replay.batch.replay_batch`.
    operations : Operations, optional
        Of the whole table; those of these encounters if left out.

    Returns
    -------
    RuleTable
        Of the schema `HISTORY`.
    """
    if not encounters["row"].equals(decisions["row"]):
        raise ValueError("encounters and decisions are not of the same rows")
    if operations is None:
        operations = Operations.read([encounters])
    judge = _Judge(world_at, vessels, policies, operations)
    told = pc.indices_nonzero(pc.is_valid(encounters["observed_port"]))
    made: list[Row] = []
    for start in range(0, len(told), _CHUNK_ROWS):
        places = told.slice(start, _CHUNK_ROWS)
        rows, answers = encounters.take(places).to_pylist(), decisions.take(places).to_pylist()
        compared: list[Row] = [{} for _ in rows]
        # In the order of time: a world of another date is made anew once a few others have been asked for.
        for k in sorted(range(len(rows)), key=lambda place: rows[place]["time"]):
            line = {"row": rows[k]["row"], "encounter_id": rows[k]["encounter_id"], "port": answers[k]["port"]}
            compared[k] = line | _controls(rows[k], answers[k]) | judge.compare(rows[k], answers[k]["port"])
        made += compared
    return pa.Table.from_pylist(made, HISTORY)


def _controls(row: Row, answer: Row) -> Row:
    """Whether the harbours nearest in a straight line and by water are the port observed."""
    named = ports_named(str(row["observed_port"]))
    nearest = {"line_agrees": answer.get("nearest_by_line_port"), "water_agrees": answer.get("nearest_by_water_port")}
    return {name: None if port is None else port in named for name, port in nearest.items()}


class _Judge:
    """What is needed to compare one row: worlds, names, and what the whole table says of operations."""

    def __init__(
        self, world_at: WorldsByTime, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy],
        operations: Operations,
    ) -> None:  # fmt: skip
        self._world_at, self._vessels, self._policies = world_at, vessels, policies
        self._operations = operations
        self._index = {port.id: k for k, port in enumerate(world_at.service.world.ports)}
        self._uncertainty = read_uncertainty()

    def compare(self, row: Row, port: str | None) -> Row:
        """How the ports one row names compare with the recommended one."""
        named = ports_named(str(row["observed_port"]))
        agreeing = self._draws_agreeing(row, named)
        if port in named:
            return {"observed_port": port, "difference": SAME, "later_min": 0.0, "farther_nm": 0.0,
                    "draws_agreeing": agreeing}  # fmt: skip
        known = [name for name in named if name in self._index]
        if not known:
            sentence = f"{named[0][:40]} is not in the register."
            return {"observed_port": str(row["observed_port"]), "difference": OUTSIDE, "sentence": sentence}
        judged = [line | {"observed_port": name, "draws_agreeing": agreeing}
                  for name, line in zip(known, self._differences(row, known), strict=True)]  # fmt: skip
        # Where several are named it is explained only if something speaks against each of them.
        open_ones = [line for line in judged if line["difference"] == UNEXPLAINED]
        first = (open_ones or judged)[0]
        if open_ones and agreeing is not None and agreeing >= LEAST_SHARE:
            sentence = f"Within the doubt about hour or vessel it is the best port in {agreeing:.0%} of the draws."
            return first | {"difference": EXPLAINED, "basis": BY_DOUBT, "code": WITHIN_DOUBT, "sentence": sentence}
        return first

    def _draws_agreeing(self, row: Row, named: list[str]) -> float | None:
        """Share of the draws over a doubtful hour or vessel in which a port observed is the best one."""
        if not row["time_uncertainty_min"] and row["vessel_alternatives"] is None:
            return None
        winners = winners_of_row(
            row, self._world_at, self._vessels, self._policies, DOUBT_DRAWS, DOUBT_SEED, self._uncertainty
        )
        afloat = winners[winners != NOT_AFLOAT]
        wanted = [self._index[name] for name in named if name in self._index]
        return round(float(np.isin(afloat, wanted).mean()), 3) if len(afloat) else None

    def _differences(self, row: Row, known: list[str]) -> list[Row]:
        """For each port of the register named, how it compares with the recommended one."""
        ask = ask_of(row, self._vessels, self._policies)
        try:
            decision = decide(ask, self._world_at(ask.at_s), sensitivity=False)
        except PositionRefused as refused:
            sentence = "The position was refused, so there is no answer to compare."
            line: Row = {"difference": REFUSED, "code": refused.code.name, "sentence": sentence}
            return [line for _ in known]
        lines = []
        for name in known:
            port = self._index[name]
            line = _behind(decision, port) | _why(decision, port)
            if line["difference"] == UNEXPLAINED:
                rule = rule_of_record(row, name, known_figure(decision.time_s[port]), self._operations)
                if rule is not None:
                    sentence = load_texts("replay")[rule].en
                    line |= {"difference": EXPLAINED, "basis": BY_RECORD, "code": rule, "sentence": sentence}
            lines.append(line)
        return lines


def _behind(decision: Decision, port: int) -> Row:
    """How much later and farther a port is than the recommended one."""
    best = decision.recommended
    if best is None:
        return {}
    later_s = float(decision.time_s[port] - decision.time_s[best])
    farther_m = float(decision.distance_m[port] - decision.distance_m[best])
    return {
        "later_min": round(later_s / MINUTE_S, 1) if isfinite(later_s) else None,
        "farther_nm": round(farther_m / NAUTICAL_MILE_M, 2) if isfinite(farther_m) else None,
    }


def _why(decision: Decision, port: int) -> Row:
    """The named thing our decision holds against a port, if there is one."""
    found = deciding_finding(decision, port)
    # Where ports are ranked by care the deciding finding of any port is its reception, good or bad.
    if found is not None and decision.verdict[port, found] in (Verdict.FAIL, Verdict.UNKNOWN):
        rule = Rule(found)
        return {
            "difference": EXPLAINED,
            "basis": BY_FINDING,
            "code": Code(decision.code[port, rule]).name,
            "sentence": finding_text(decision, port, rule).en,
        }
    if port in passed_over(decision):
        sentence = "Nearer, and ranked lower by the policy."
        return {"difference": EXPLAINED, "basis": BY_FINDING, "code": Code.RANKED_BY_POLICY.name, "sentence": sentence}
    best, limits = decision.recommended, decision.ask.policy.limits
    is_fit = best is not None and decision.status[port] <= int(Status.CAUTION)
    if is_fit and is_near_tie(
        float(decision.key_s[best]), float(decision.key_s[port]), limits.near_tie_s, limits.near_tie_share
    ):
        sentence = "Too close to the recommended port to tell apart: either may be taken."
        return {"difference": EXPLAINED, "basis": BY_NEAR_TIE, "code": Code.NEAR_TIE.name, "sentence": sentence}
    return {"difference": UNEXPLAINED}


def write_history(path: Path, parts: Iterable[pa.Table], practice: Mapping[str, str] | None = None) -> None:
    """Write ``history.csv``.

    Parameters
    ----------
    path : Path
    parts : iterable of RuleTable
        Of the schema `HISTORY`, in order.
    practice : mapping of str, optional
        By encounter id, what is known of why it was done so; a column of its own where given.
    """
    names = [*HISTORY.names, *(["practice"] if practice is not None else [])]
    fresh = path.with_suffix(".csv.new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for part in parts:
            for row in part.to_pylist():
                known = [] if practice is None else [practice.get(row["encounter_id"], "")]
                writer.writerow([*("" if row[name] is None else row[name] for name in HISTORY.names), *known])
    fresh.replace(path)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """One difference that no rule explains; the name is empty where the input has none."""

    row: str
    name: str
    port: str
    observed_port: str
    later_min: float | None
    farther_nm: float | None
    practice: str


@dataclass(frozen=True, slots=True)
class UnexplainedGroup:
    """Unexplained differences between the same two ports; the recommended one is empty where there is none.

    Attributes
    ----------
    later_min : float or None
        Median of how much later the port observed is. [min]
    """

    port: str
    observed_port: str
    count: int
    later_min: float | None


@dataclass(frozen=True, slots=True)
class History:
    """A comparison with what was observed, counted.

    Attributes
    ----------
    same, explained, unexplained : int
        Encounters compared.
    refused, outside : int
        Not compared: the position was refused, or the port observed is not in the register.
    by_basis : dict of int
        Explained differences by the way in which they are.
    codes : list of (str, str, int)
        Explained differences by basis and code, the most frequent first.
    line_same, water_same : int
        Of the encounters compared, those whose port observed is the harbour nearest in a straight line, and by water.
    controlled : int
        Of the encounters compared, those both controls are known of.
    groups : list of UnexplainedGroup
        All of them, the largest first.
    listed : list of Unexplained
        Every one as long as there are no more than `MOST_LISTED`; all are in the file in any case.
    has_practice : bool
        Whether the file says what is known of why.
    """

    same: int
    explained: int
    unexplained: int
    refused: int
    outside: int
    by_basis: dict[str, int]
    codes: list[tuple[str, str, int]]
    line_same: int
    water_same: int
    controlled: int
    groups: list[UnexplainedGroup]
    listed: list[Unexplained]
    has_practice: bool

    @property
    def near_ties(self) -> int:
        """Explained differences in which the two ports are too close to tell."""
        return self.by_basis.get(BY_NEAR_TIE, 0)

    @property
    def compared(self) -> int:
        """Encounters with an answer that name an observed port of the register."""
        return self.same + self.explained + self.unexplained

    @property
    def accounted(self) -> int:
        """Of them, those that are the same or explained."""
        return self.same + self.explained

    @property
    def observed(self) -> int:
        """Encounters that name a port at all."""
        return self.compared + self.refused + self.outside

    def codes_of(self, *bases: str) -> list[tuple[str, int]]:
        """Codes of explained differences of some ways, the most frequent first."""
        return [(code, count) for basis, code, count in self.codes if basis in bases]


def read_history(folder: Path) -> History | None:
    """What `write_history` wrote in a folder; None where no encounter names the port observed."""
    path = folder / HISTORY_FILE
    if not path.is_file():
        return None
    counts: Counter[str] = Counter()
    codes: Counter[tuple[str, str]] = Counter()
    controls: Counter[str] = Counter()
    later: dict[tuple[str, str], list[float]] = {}
    listed: list[Unexplained] = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            kind = row["difference"]
            counts[kind] += 1
            if kind in (SAME, EXPLAINED, UNEXPLAINED) and row["line_agrees"] and row["water_agrees"]:
                controls["known"] += 1
                controls["line"] += row["line_agrees"] == "True"
                controls["water"] += row["water_agrees"] == "True"
            if kind == EXPLAINED:
                codes[row["basis"], row["code"]] += 1
            elif kind == UNEXPLAINED:
                minutes, farther = (float(row[name]) if row[name] else None for name in ("later_min", "farther_nm"))
                later.setdefault((row["port"], row["observed_port"]), []).append(nan if minutes is None else minutes)
                if len(listed) <= MOST_LISTED:
                    listed.append(
                        Unexplained(
                            row["row"], row["encounter_id"], row["port"], row["observed_port"], minutes, farther,
                            row.get("practice") or "",
                        )
                    )  # fmt: skip
        has_practice = "practice" in (rows.fieldnames or ())
    if not counts:
        return None
    by_code = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    by_basis: Counter[str] = Counter()
    for (basis, _), count in codes.items():
        by_basis[basis] += count
    groups = [UnexplainedGroup(*pair, len(minutes), _median(minutes)) for pair, minutes in later.items()]
    groups.sort(key=lambda group: (-group.count, group.port, group.observed_port))
    return History(
        counts[SAME], counts[EXPLAINED], counts[UNEXPLAINED], counts[REFUSED], counts[OUTSIDE], dict(by_basis),
        [(*pair, count) for pair, count in by_code], controls["line"], controls["water"], controls["known"], groups,
        listed if len(listed) <= MOST_LISTED else [], has_practice,
    )  # fmt: skip


def _median(minutes: list[float]) -> float | None:
    """Median of those that are known; None where none is."""
    known = [value for value in minutes if not isnan(value)]
    return median(known) if known else None
