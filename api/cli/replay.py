"""``safeport replay``: a table of past encounters in, a folder of decisions out."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.arguments import LANGUAGES, Once, add_json, add_pack, number, pack_folder, quote, whole_number
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.replay.observed_ports import History
    from api.replay.run import ReplayConfig
    from engine.policy import Policy

FIELDS = {
    "input": "INPUT",
    "out": "--out",
    "map": "--map",
    "policy": "--policy",
    "scheduler": "--scheduler",
}
MOST_WORKERS = 256
MOST_STAY_H = 8_760


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("input", nargs="+", metavar="INPUT",
                        help="table of encounters: .csv, .parquet, .geoparquet or .geojson; or 'compare RUN_A RUN_B' "
                             "for two folders of replays; or 'documented' for the encounters that come with the "
                             "program")  # fmt: skip
    parser.add_argument("--out", action=Once, metavar="FOLDER",
                        help="where decisions go; a replay that was stopped there goes on")  # fmt: skip
    parser.add_argument("--map", action=Once, metavar="NAME|FILE",
                        help="column map of a foreign table, by name or a .toml file")  # fmt: skip
    parser.add_argument("--policy", action="append", metavar="NAME|FILE",
                        help="judge every row by this policy; if left out, by the one it names; given twice, both "
                             "are replayed and compared")  # fmt: skip
    parser.add_argument("--forecast", nargs="+", default=[], metavar="FILE",
                        help="forecast cubes; each row takes the one that was to be had at its time")  # fmt: skip
    parser.add_argument("--scheduler", action=Once, metavar="ADDRESS",
                        help="Dask scheduler to work on, tcp://host:8786; this machine if left out")  # fmt: skip
    parser.add_argument("--workers", action=Once, metavar="N", help="threads of this machine; one a core if left out")
    parser.add_argument("--report", action="store_true", help="write report.html as well")
    parser.add_argument("--lang", choices=LANGUAGES, default="en",
                        help="language of report.html and comparison.html: en or fr")  # fmt: skip
    parser.add_argument("--capacity", action=Once, metavar="FILE",
                        help="replay in sequence: encounters in the order of their times take the places of this "
                             "table (port, places, persons_per_hour) and give them back; observed ports are "
                             "then not compared")  # fmt: skip
    parser.add_argument("--stay-hours", action=Once, metavar="H",
                        help="with --capacity: how long people keep their places after landing")  # fmt: skip
    parser.add_argument("--monte-carlo", action=Once, metavar="N",
                        help="draw position, speed and waves N times a row: each port's chance to be best")  # fmt: skip
    parser.add_argument("--seed", action=Once, metavar="S", help="with --monte-carlo: whole number from 0; needed")
    add_json(parser)
    add_pack(parser)
    parser.set_defaults(run=run, fields=FIELDS)


def run(options: argparse.Namespace) -> int:
    """Replay, compare, or replay what is documented."""
    word, *rest = options.input
    if word == "compare":
        from api.cli.replay_compare import compare

        return compare(rest, options)
    if rest:
        raise InvalidAsk(quote(rest[0]).strip("'"), "was not expected.", "Name one table; see 'replay --help'.")
    if options.out is None:
        raise InvalidAsk("--out", "is missing.", "Name a folder for the decisions.")
    if word == "documented":
        from api.cli.replay_compare import run_documented

        return run_documented(options)
    return _replay(options, Path(word))


def _replay(options: argparse.Namespace, table: Path) -> int:
    """Replay a table, and say how the rows add up."""
    from api.replay.checkpoint import json_bytes
    from api.replay.column_map import OWN_MAP
    from api.replay.observed_ports import read_history
    from api.replay.run import ReplayConfig
    from geodata.pack import DEFAULT_PACK

    more = extras_of(options)
    policies = [policy_named(name) for name in options.policy or []]
    if len(policies) > 2:
        raise InvalidAsk("--policy", "is given more than twice.", "Compare two policies at a time.")
    order = ReplayConfig(
        table, Path(options.out), options.map or OWN_MAP, policies[0] if policies else None,
        tuple(Path(name) for name in options.forecast), options.scheduler, workers_of(options.workers),
        pack_folder(options.pack) or DEFAULT_PACK,
    )  # fmt: skip
    if len(policies) == 2:
        from api.cli.replay_compare import two_policies

        return two_policies(order, policies[1], more, options)
    manifest = replay_with_extras(order, more)
    sys.stdout.write(json_bytes(manifest).decode() if options.json else counts_text(manifest, order.out))
    history = None if options.json else read_history(order.out)
    if history is not None:
        sys.stdout.write(f"{compared_text(history)}, {history.unexplained:,} not explained; see history.csv.\n")
    return 0


@dataclass(frozen=True)
class Extras:
    """What is asked for beside the decisions."""

    report: bool
    capacity: Path | None
    stay_h: float
    draws: int
    seed: int
    language: str


def extras_of(options: argparse.Namespace) -> Extras:
    """The options that ask for more, checked against each other."""
    from api.replay.monte_carlo import MOST_DRAWS

    draws, seed = whole_number("--monte-carlo", options.monte_carlo), whole_number("--seed", options.seed)
    stay_h = number("--stay-hours", options.stay_hours)
    if draws is not None and not 1 <= draws <= MOST_DRAWS:
        raise InvalidAsk("--monte-carlo", f"is not from 1 to {MOST_DRAWS}.", "Write how often to draw for each row.")
    if (draws is None) != (seed is None):
        lacking = "--seed" if seed is None else "--monte-carlo"
        raise InvalidAsk(lacking, "is missing.", "Give --monte-carlo and --seed together; equal seeds draw the same.")
    if seed is not None and seed < 0:
        raise InvalidAsk("--seed", "is below zero.", "Write a whole number from 0.")
    if (options.capacity is None) != (stay_h is None):
        lacking = "--stay-hours" if stay_h is None else "--capacity"
        raise InvalidAsk(lacking, "is missing.", "Give --capacity and --stay-hours together.")
    if stay_h is not None and not 0.0 <= stay_h <= MOST_STAY_H:
        raise InvalidAsk("--stay-hours", f"is not from 0 to {MOST_STAY_H}.", "Write hours.")
    if options.capacity is not None and options.scheduler is not None:
        raise InvalidAsk("--scheduler", "is no use with --capacity.", "In sequence each answer waits for the last.")
    capacity = None if options.capacity is None else Path(options.capacity)
    return Extras(options.report, capacity, stay_h or 0.0, draws or 0, seed or 0, options.lang)


def replay_with_extras(order: "ReplayConfig", more: Extras) -> dict[str, Any]:
    """Replay as ordered, with all that is asked for beside it; returns the manifest."""
    from api.replay.post_process import add_chances, add_history
    from api.replay.run import replay

    if more.capacity is None:
        with _Bar() as bar:
            manifest = replay(order, bar.update)
        add_history(order)
    else:
        from api.replay.run_simulation import run_simulation

        manifest = run_simulation(order, more.capacity, more.stay_h)
    if more.draws:
        add_chances(order, more.draws, more.seed)
    if more.report:
        from api.replay.report import write_report

        write_report(order.out, order.pack, more.language)
    return manifest


def counts_text(manifest: dict[str, Any], out: Path) -> str:
    """How the rows of a replay add up, and where everything is."""
    counts = manifest["counts"]
    lines = [
        f"Rows read: {counts['rows']:,} = {counts['decided']:,} decided + {counts['rejected']:,} rejected.",
        f"Decided:   {_listed(counts['outcomes'])}.",
    ]
    if counts["refusals"]:
        lines.append(f"Refused:   {_listed(counts['refusals'])}.")
    if counts["reject_codes"]:
        lines.append(f"Rejected:  {_listed(counts['reject_codes'])}; a row may have several codes, see rejects.csv.")
    if counts["notes"]:
        lines.append(f"Assumed:   {_listed(counts['notes'])}; see reading_notes.")
    if manifest["columns_not_used"]:
        lines.append(f"Columns not used: {', '.join(manifest['columns_not_used'])}.")
    lines += [f"{code}: {meaning}." for code, meaning in manifest["meaning"].items()]
    lines.append(f"Written to {out}: {', '.join([*manifest['outputs'], 'manifest.json', 'timings.json'])}.")
    return "\n".join(lines) + "\n"


def compared_text(history: "History") -> str:
    """How the ports observed compare, but for what is not explained."""
    return (
        f"{history.compared:,} compared: {history.same:,} the same, {history.explained:,} explained by code "
        f"({history.near_ties:,} of them near ties, {history.refused:,} positions refused)"
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def workers_of(text: str | None) -> int:
    """Threads to use."""
    import os

    count = whole_number("--workers", text)
    if count is None:
        return os.cpu_count() or 1
    if not 1 <= count <= MOST_WORKERS:
        raise InvalidAsk("--workers", f"is not from 1 to {MOST_WORKERS}.", "Write how many threads to use.")
    return count


def policy_named(text: str) -> "Policy":
    """A policy by its name or its file."""
    from api.cli.decide import own_policy
    from api.decision_service import known_policy

    return own_policy(text) or known_policy(text.strip())


class _Bar:
    """Progress with rate and time left, where somebody is looking at it."""

    def __enter__(self) -> "_Bar":
        self._bar: Any = None
        return self

    def update(self, earlier: int, now: int, about: int) -> None:
        """Show how far it is; rows done in an earlier run count, but not for the rate."""
        from tqdm import tqdm

        if self._bar is None:
            # No bar where standard error is a file.
            self._bar = tqdm(total=max(about, earlier), initial=earlier, unit=" rows", disable=None, file=sys.stderr)
        self._bar.update(earlier + now - self._bar.n)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
