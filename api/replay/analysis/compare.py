"""Two replays of the same encounters side by side: whose answers changed, and what was gained and lost.

Both are read a part at a time and in step, row for row; times are counted by the minute. "Gained" is what the second
run is faster by. Minutes are compared where both recommend a port. Positions that both refuse have no answer and are
counted apart.
"""

import csv
import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from api.replay.analysis.aggregate import LONGEST_MIN, Spread
from api.replay.analysis.result_reader import Run, decisions_in_parts
from api.replay.reports.locale import WORDS, ReportLocale
from api.text.singular import with_singulars
from engine.errors import InvalidAsk
from engine.units import MINUTE_S

COMPARISON_FILE, CHANGED_FILE = "comparison.json", "changed.csv"
NO_PORT = "-"
REFUSED = "refused"
"""In place of a port, where the other run has an answer."""

_SAME_IN_BOTH = (("input", "sha256"), ("map", "sha256"))
WHAT_MAY_DIFFER = {
    ("policy_for_all",): "differs_policy", ("policies",): "differs_policies",
    ("sequence", "capacity_sha256"): "differs_capacity", ("sequence", "stay_h"): "differs_stay",
    ("over_banks",): "differs_banks", ("forecasts",): "differs_forecasts", ("geodata", "sha256"): "differs_geodata",
    ("tides",): "differs_tides", ("streams",): "differs_streams", ("engine_version",): "differs_engine",
    ("engine",): "differs_way_of_deciding", ("code_sha256",): "differs_code", ("libraries",): "differs_libraries",
}  # fmt: skip
"""What answers rest on, by its place in the manifest, and its text in the catalogue."""

_READ = ["row", "encounter_id", "time", "decision_outcome", "port", "time_to_landing_s", "srr"]
_BATCH_ROWS = 131_072


@dataclass(slots=True, eq=False)
class DifferenceGroup:
    """Encounters of one port, hour or region."""

    rows: int = 0
    changed: int = 0
    gained: np.ndarray = field(default_factory=lambda: np.zeros(LONGEST_MIN + 1, np.int64))
    lost: np.ndarray = field(default_factory=lambda: np.zeros(LONGEST_MIN + 1, np.int64))

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "encounters": self.rows,
            "changed": self.changed,
            "gained_min": asdict(Spread.of(self.gained)),
            "lost_min": asdict(Spread.of(self.lost)),
        }


@dataclass(slots=True, eq=False)
class Comparison:
    """Two replays compared.

    Attributes
    ----------
    differing : list of str
        What is not the same of the two runs, by its place in the manifest.
    whole : DifferenceGroup
        Of all encounters that have an answer in either run.
    refused : int
        Positions that both runs refuse: in no group.
    by_port, by_hour, by_region : dict of DifferenceGroup
        By the port of the first run, the hour of the day in UTC, and the search and rescue region.
    moves : Counter
        Changed answers by port before and after.
    """

    differing: list[str]
    whole: DifferenceGroup = field(default_factory=DifferenceGroup)
    by_port: dict[str, DifferenceGroup] = field(default_factory=dict)
    by_hour: dict[str, DifferenceGroup] = field(default_factory=dict)
    by_region: dict[str, DifferenceGroup] = field(default_factory=dict)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: int = 0
    minutes_known: int = 0
    outcome_changed: int = 0

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {
            "differing": self.differing,
            "minutes_compared": self.minutes_known,
            "outcome_changed": self.outcome_changed,
            **self.whole.document(),
            "refused": self.refused,
            "moves": [{"from": a, "to": b, "encounters": n} for (a, b), n in by_count(self.moves)],
            "by_port": {name: group.document() for name, group in sorted(self.by_port.items())},
            "by_hour_utc": {name: group.document() for name, group in sorted(self.by_hour.items())},
            "by_region": {name: group.document() for name, group in sorted(self.by_region.items())},
        }


def differing_text(comparison: Comparison, locale: ReportLocale) -> str:
    """What is not the same of the two runs, in words; "nothing" where all is."""
    words = {".".join(path): key for path, key in WHAT_MAY_DIFFER.items()}
    return ", ".join(locale.plain(words[name]) for name in comparison.differing) or locale.plain("nothing")


def compare_runs(first: Run, second: Run, changed: Path | None = None) -> Comparison:
    """Compare two replays.

    Parameters
    ----------
    first, second : Run
    changed : Path, optional
        File to list the encounters in whose answer changed, one by one.

    Raises
    ------
    InvalidAsk
        They are not of the same input read by the same column map.
    """
    for path in _SAME_IN_BOTH:
        if first.at(*path) is None or first.at(*path) != second.at(*path):
            what = "column map" if path[0] == "map" else "input"
            raise InvalidAsk(
                second.folder.name, f"was made of another {what} than {first.folder.name}.",
                "Compare two replays of the same file, read by the same column map.",
            )  # fmt: skip
    differing = [".".join(path) for path in WHAT_MAY_DIFFER if first.at(*path) != second.at(*path)]
    comparison = Comparison(differing)
    rows = [pq.read_metadata(run.decisions).num_rows for run in (first, second)]
    if rows[0] != rows[1]:
        raise _not_in_step(second)
    sizes = [min(_BATCH_ROWS, rows[0] - start) for start in range(0, rows[0], _BATCH_ROWS)]
    with ExitStack() as stack:
        writer = None
        if changed is not None:
            writer = csv.writer(
                stack.enter_context(changed.open("w", encoding="utf-8", newline="")), lineterminator="\n"
            )
            writer.writerow(("row", "encounter_id", "from", "to", "gained_min", "lost_min"))
        # Two replays may have been written in row groups of other sizes.
        parts = (decisions_in_parts(run.decisions, _READ, iter(sizes)) for run in (first, second))
        for a, b in zip(*parts, strict=True):
            if not a["row"].equals(b["row"]):
                raise _not_in_step(second)
            _add(comparison, a, b, writer)
    return comparison


def _not_in_step(second: Run) -> InvalidAsk:
    return InvalidAsk(second.folder.name, "decided other rows of the same input.",
                      "Leave out the rows that rejects.csv of either names, and run both again.")  # fmt: skip


def _add(comparison: Comparison, a: pa.Table, b: pa.Table, writer: object) -> None:
    a, b = (table.combine_chunks().to_batches()[0] for table in (a, b))
    refused = [pc.equal(batch["decision_outcome"], REFUSED) for batch in (a, b)]
    answered = pc.invert(pc.and_(*refused))
    comparison.refused += a.num_rows - int(pc.sum(answered).as_py() or 0)
    a, b, *refused = (part.filter(answered) for part in (a, b, *refused))
    ports_a, ports_b = (
        pc.if_else(no_answer, REFUSED, pc.fill_null(batch["port"], NO_PORT))
        for batch, no_answer in zip((a, b), refused, strict=True)
    )
    moved = np.asarray(pc.not_equal(ports_a, ports_b).to_numpy(zero_copy_only=False), np.bool_)
    seconds = [batch["time_to_landing_s"].to_numpy(zero_copy_only=False) for batch in (a, b)]
    gained = np.rint((seconds[0] - seconds[1]) / MINUTE_S)
    known = np.isfinite(gained)
    comparison.minutes_known += int(known.sum())
    outcomes = pc.not_equal(a["decision_outcome"], b["decision_outcome"])
    comparison.outcome_changed += int(pc.sum(outcomes).as_py() or 0)
    hours = a["time"].cast(pa.int64()).to_numpy(zero_copy_only=False) // 3_600_000 % 24
    everything = np.ones(a.num_rows, np.bool_)
    _enter(comparison.whole, everything, moved, gained, known)
    for groups, names in (
        (comparison.by_port, ports_a), (comparison.by_region, pc.fill_null(pc.coalesce(a["srr"], b["srr"]), NO_PORT)),
        (comparison.by_hour, pa.array([f"{hour:02d}" for hour in hours.tolist()])),
    ):  # fmt: skip
        coded = names.dictionary_encode()
        place = coded.indices.to_numpy(zero_copy_only=False)
        for k, name in enumerate(coded.dictionary.to_pylist()):
            _enter(groups.setdefault(name, DifferenceGroup()), place == k, moved, gained, known)
    rows = np.flatnonzero(moved)
    taken = pa.array(rows)
    befores, afters = ports_a.take(taken).to_pylist(), ports_b.take(taken).to_pylist()
    comparison.moves.update(zip(befores, afters, strict=True))
    if writer is not None:
        names = a["encounter_id"].take(taken).to_pylist()
        numbers = a["row"].take(taken).to_pylist()
        for number, name, before, after, minutes in zip(
            numbers, names, befores, afters, gained[rows].tolist(), strict=True
        ):
            whole = np.isfinite(minutes)
            writer.writerow(  # type: ignore[attr-defined]
                (number, name or "", before, after, f"{max(minutes, 0):.0f}" if whole else "",
                 f"{max(-minutes, 0):.0f}" if whole else "")
            )  # fmt: skip


def _enter(group: DifferenceGroup, among: np.ndarray, moved: np.ndarray, gained: np.ndarray, known: np.ndarray) -> None:
    group.rows += int(among.sum())
    group.changed += int((among & moved).sum())
    # Whoever lands later at the same port, because the run knew another sea, gains and loses too.
    minutes = gained[among & known].astype(np.int64)
    for counts, part in ((group.gained, minutes[minutes > 0]), (group.lost, -minutes[minutes < 0])):
        counts += np.bincount(np.minimum(part, LONGEST_MIN), minlength=LONGEST_MIN + 1)


def by_count(counts: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    """Pairs of ports, the most frequent first."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def write_comparison(folder: Path, comparison: Comparison, first: Run, second: Run) -> None:
    """Write ``comparison.json``."""
    document = {"first": _name(first), "second": _name(second), **comparison.document()}
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / COMPARISON_FILE).write_text(text + "\n", encoding="utf-8")


def _name(run: Run) -> dict[str, object]:
    return {
        "folder": run.folder.name,
        "policy": run.policy_name,
        "engine_version": run.at("engine_version"),
        "geodata": run.at("geodata", "id"),
        "counts": run.at("counts"),
    }


def comparison_text(comparison: Comparison, first: Run, second: Run, language: str = "en") -> list[str]:
    """The comparison in lines for a terminal, in ``en`` or ``fr``."""
    locale = ReportLocale(language)

    def said(key: str, **fields: object) -> str:
        return WORDS[key].of(language).format(**fields)

    whole = comparison.whole
    policies = [run.policy_name or said("text_policy_each") for run in (first, second)]
    lines = [
        said(
            "text_against", first=first.folder.name, first_policy=policies[0], second=second.folder.name,
            second_policy=policies[1],
        ),
        said("text_differing", what=differing_text(comparison, locale)),
        said(
            "text_changed", changed=locale.count(whole.changed), rows=locale.count(whole.rows),
            outcomes=locale.count(comparison.outcome_changed),
        ),
        *([locale.plain("text_refused", count=locale.count(comparison.refused))] if comparison.refused else []),
        _minutes("text_gained", Spread.of(whole.gained), locale),
        _minutes("text_lost", Spread.of(whole.lost), locale),
    ]  # fmt: skip
    if comparison.moves:
        lines.append(said("text_moves"))
        lines.extend(
            f"  {said('text_move', before=before, after=after, count=locale.count(count))}"
            for (before, after), count in by_count(comparison.moves)[:10]
        )
    for title, groups, is_by_hour in (
        ("text_by_port", comparison.by_port, False), ("text_by_hour", comparison.by_hour, True),
        ("text_by_region", comparison.by_region, False),
    ):  # fmt: skip
        touched = {name: group for name, group in groups.items() if group.changed}
        if touched:
            lines.append(said("text_columns", title=said(title)))
            order = sorted(touched, key=lambda name: (-touched[name].changed, name))[:24]
            if is_by_hour:
                order = sorted(touched)
            lines.extend(
                f"  {name:<28} {locale.count(touched[name].rows):>9} {locale.count(touched[name].changed):>9}   "
                f"{_three(touched[name].gained):>14} {_three(touched[name].lost):>14}"
                for name in order
            )
    return [with_singulars(line) for line in lines]


def _minutes(key: str, spread: Spread, locale: ReportLocale) -> str:
    word = WORDS[key].of(locale.language)
    if spread.count == 0:
        return WORDS["text_nobody"].of(locale.language).format(word=word)
    shares = {"p50": spread.p50, "p90": spread.p90, "p99": spread.p99}
    template = WORDS["text_minutes"].of(locale.language)
    return with_singulars(template.format(word=word, count=locale.count(spread.count), **shares))


def _three(by_minute: np.ndarray) -> str:
    spread = Spread.of(by_minute)
    return "-" if spread.count == 0 else f"{spread.p50}/{spread.p90}/{spread.p99}"
