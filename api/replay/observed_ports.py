"""Recommended against observed: each difference explained by a code, or listed as not explained.

A difference is explained when our own decision, made again, holds something against the port people were landed at:
a finding by which it is excluded, left unconfirmed or ranked lower. It is also explained when the two ports are too
close to tell apart: then nothing speaks against the port observed, the code is ``NEAR_TIE``, and it is counted apart
wherever differences are counted. So is a position that was refused: there is no answer to compare, and the code is that
of the refusal. That a port is merely farther explains nothing, and neither does anything we were
told about why.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from api.replay.batch import ask_of
from api.replay.columns import REFUSALS
from api.replay.schema import ports_named
from api.replay.world_by_time import WorldsByTime
from api.text.sentences import finding_text
from engine.codes import Code, Rule, Verdict
from engine.decide import decide, deciding_finding, passed_over
from engine.errors import PositionRefused
from engine.model import Decision, Vessel
from engine.policy import Policy
from engine.units import MINUTE_S, NAUTICAL_MILE_M

HISTORY_FILE = "history.csv"

SAME, EXPLAINED, UNEXPLAINED = "same", "explained", "unexplained"

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
    ]
)
"""One row for each encounter that names the port people were landed at.

``difference`` is ``same``, ``explained`` or ``unexplained``; ``code`` and ``sentence`` say what spoke against the port
observed. ``later_min`` and ``farther_nm`` are how much later and farther the observed port is than the recommended one,
by our own reckoning; null where either is not known or no port is recommended.
"""

_REFUSED = {code.name for code in REFUSALS.values()}

MOST_LISTED = 500
_CHUNK_ROWS = 4_096
Row = dict[str, object]


def against_observed(
    encounters: pa.Table,
    decisions: pa.Table,
    world_at: WorldsByTime,
    vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
) -> pa.Table:
    """Compare what was recommended with what was done; decisions that differ are made again, one by one.

    Parameters
    ----------
    encounters, decisions : RuleTable
        Of the schemas `ENCOUNTERS` and `DECISIONS`, row for row.
    world_at, vessels, policies
        As for `api.replay.batch.replay_batch`.

    Returns
    -------
    RuleTable
        Of the schema `HISTORY`.
    """
    if not encounters["row"].equals(decisions["row"]):
        raise ValueError("encounters and decisions are not of the same rows")
    told = pc.indices_nonzero(pc.is_valid(encounters["observed_port"]))
    made: list[Row] = []
    for start in range(0, len(told), _CHUNK_ROWS):
        places = told.slice(start, _CHUNK_ROWS)
        rows = encounters.take(places).to_pylist()
        ports = decisions["port"].take(places).to_pylist()
        compared: list[Row] = [{} for _ in rows]
        # In the order of time: a world of another date is made anew once a few others have been asked for.
        for k in sorted(range(len(rows)), key=lambda place: rows[place]["time"]):
            line = {"row": rows[k]["row"], "encounter_id": rows[k]["encounter_id"], "port": ports[k]}
            compared[k] = line | _compared(rows[k], ports[k], world_at, vessels, policies)
        made += compared
    return pa.Table.from_pylist(made, HISTORY)


def _compared(
    row: Row, port: str | None, world_at: WorldsByTime, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy]
) -> Row:
    """How the ports one row names compare with the recommended one."""
    named = ports_named(str(row["observed_port"]))
    if port in named:
        return {"observed_port": port, "difference": SAME, "later_min": 0.0, "farther_nm": 0.0}
    judged = [comparison | {"observed_port": name} for name, comparison in
              zip(named, _differences(row, named, world_at, vessels, policies), strict=True)]  # fmt: skip
    # Where several are named it is explained only if something speaks against each of them.
    open_ones = [comparison for comparison in judged if comparison["difference"] == UNEXPLAINED]
    return (open_ones or judged)[0]


def _differences(
    row: Row, named: list[str], world_at: WorldsByTime, vessels: Mapping[str, Vessel], policies: Mapping[str, Policy]
) -> list[Row]:
    """For each port named, how it compares with the recommended one."""
    ask = ask_of(row, vessels, policies)
    try:
        decision = decide(ask, world_at(ask.at_s))
    except PositionRefused as refused:
        sentence = "The position was refused, so there is no answer to compare."
        return [{"difference": EXPLAINED, "code": refused.code.name, "sentence": sentence} for _ in named]
    index = {known.id: k for k, known in enumerate(decision.world.ports)}
    return [
        _behind(decision, index[name]) | _why(decision, index[name])
        if name in index
        else {"difference": UNEXPLAINED, "sentence": f"{name[:40]} is not in the register."}
        for name in named
    ]


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
            "code": Code(decision.code[port, rule]).name,
            "sentence": finding_text(decision, port, rule).en,
        }
    if port in passed_over(decision):
        code = Code.RANKED_BY_POLICY
        return {"difference": EXPLAINED, "code": code.name, "sentence": "Nearer, and ranked lower by the policy."}
    if decision.near_tie and port == int(decision.order[1]):
        sentence = "Too close to the recommended port to tell apart: either may be taken."
        return {"difference": EXPLAINED, "code": Code.NEAR_TIE.name, "sentence": sentence}
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
class History:
    """A comparison with what was observed, counted.

    Attributes
    ----------
    explained : int
        Near ties among them.
    codes : list of (str, int)
        Explained differences by code, the most frequent first.
    listed : list of Unexplained
        The first `MOST_LISTED`; every one is in the file.
    has_practice : bool
        Whether the file says what is known of why.
    """

    same: int
    explained: int
    unexplained: int
    codes: list[tuple[str, int]]
    listed: list[Unexplained]
    has_practice: bool

    @property
    def near_ties(self) -> int:
        """Explained differences in which nothing speaks against the port observed: the two are too close to tell."""
        return dict(self.codes).get(Code.NEAR_TIE.name, 0)

    @property
    def refused(self) -> int:
        """Differences without an answer of ours, because the position was refused; nothing speaks against a port."""
        return sum(count for code, count in self.codes if code in _REFUSED)

    @property
    def findings(self) -> list[tuple[str, int]]:
        """Codes that speak against the port observed, the most frequent first."""
        return [(code, count) for code, count in self.codes if code not in {Code.NEAR_TIE.name, *_REFUSED}]

    @property
    def compared(self) -> int:
        """Encounters that name an observed port."""
        return self.same + self.explained + self.unexplained


def read_history(folder: Path) -> History | None:
    """What `write_history` wrote in a folder; None where no encounter names the port observed."""
    path = folder / HISTORY_FILE
    if not path.is_file():
        return None
    counts: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    listed: list[Unexplained] = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            counts[row["difference"]] += 1
            if row["difference"] == EXPLAINED:
                codes[row["code"]] += 1
            elif row["difference"] == UNEXPLAINED and len(listed) < MOST_LISTED:
                later, farther = (float(row[name]) if row[name] else None for name in ("later_min", "farther_nm"))
                listed.append(
                    Unexplained(
                        row["row"], row["encounter_id"], row["port"], row["observed_port"], later, farther,
                        row.get("practice") or "",
                    )
                )  # fmt: skip
        has_practice = "practice" in (rows.fieldnames or ())
    if not counts:
        return None
    by_code = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    return History(counts[SAME], counts[EXPLAINED], counts[UNEXPLAINED], by_code, listed, has_practice)
