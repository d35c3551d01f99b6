"""``safeport replay``: a table of past encounters in, a folder of decisions out."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli.arguments import LANGUAGES, Once, add_json, add_pack, number, pack_folder, quote, whole_number
from api.text.singular import with_singulars
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.replay.analysis.observed_ports import History
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
INTERRUPTED = 130
"""Exit code of a replay that somebody stopped."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("input", nargs="+", metavar="INPUT",
                        help="table of encounters: .csv, .xlsx, .parquet, .geoparquet or .geojson; or 'compare RUN_A "
                             "RUN_B' for two folders of replays; or 'documented' for the encounters that come with the "
                             "program")  # fmt: skip
    parser.add_argument("--out", action=Once, metavar="FOLDER",
                        help="where decisions go; a replay that was stopped there goes on")  # fmt: skip
    parser.add_argument("--map", action=Once, metavar="NAME|FILE",
                        help="column map of a foreign table, by name or a .toml file")  # fmt: skip
    parser.add_argument("--example-map", action=_PrintExampleMap, nargs=0,
                        help="print a column map with every entry explained, to copy and change")  # fmt: skip
    parser.add_argument("--passed-over", action=argparse.BooleanOptionalAction, default=None,
                        help="say all ports each row passes over: passed_over.parquet, minutes given up, controls by "
                             "water; if left out, in tables of up to 100,000 rows")  # fmt: skip
    parser.add_argument("--over-banks", action=argparse.BooleanOptionalAction, default=None,
                        help="ways over banks that the tide covers, several times slower near banks; if left out, in "
                             "tables of up to 100,000 rows")  # fmt: skip
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
    if sys.stderr.isatty():
        # Before anything large is imported: somebody is waiting.
        print("Loading program and geodata ...", file=sys.stderr, flush=True)
    if word == "documented":
        from api.cli.replay_compare import run_documented

        return run_documented(options)
    return _replay(options, Path(word))


def _replay(options: argparse.Namespace, table: Path) -> int:
    """Replay a table, and say how the rows add up."""
    from api.replay.checkpoint import json_bytes
    from api.replay.ingest.column_map import OWN_MAP
    from api.replay.run import ReplayConfig
    from geodata.pack import DEFAULT_PACK

    more = extras_of(options)
    policies = [policy_named(name) for name in options.policy or []]
    if len(policies) > 2:
        raise InvalidAsk("--policy", "is given more than twice.", "Compare two policies at a time.")
    order = ReplayConfig(
        table, Path(options.out), options.map or OWN_MAP, policies[0] if policies else None,
        tuple(Path(name) for name in options.forecast), options.scheduler, workers_of(options.workers),
        pack_folder(options.pack) or DEFAULT_PACK, judged=options.passed_over, over_banks=options.over_banks,
    )  # fmt: skip
    if len(policies) == 2:
        from api.cli.replay_compare import two_policies

        return two_policies(order, policies[1], more, options)
    manifest = replay_with_extras(order, more)
    if options.json:
        check_decided(manifest)
        sys.stdout.write(json_bytes(manifest).decode())
    else:
        sys.stdout.write(account_text(manifest, order.out, more))
    check_decided(manifest)
    return 0


def check_decided(manifest: dict[str, Any]) -> None:
    """Refuse a table of which every row was rejected; all files of its replay are there.

    Raises
    ------
    InvalidAsk
    """
    if 0 < manifest["counts"]["rows"] == manifest["counts"]["rejected"]:
        raise InvalidAsk("input", "no row could be decided.", "rejects.csv says why of each.")


class _PrintExampleMap(argparse.Action):
    """``--example-map``: print it and end, as ``--help`` does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from api.replay.ingest.column_map import EXAMPLE_MAP

        sys.stdout.write(EXAMPLE_MAP.read_text(encoding="utf-8"))
        parser.exit()


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
    from api.replay.analysis.monte_carlo import MOST_DRAWS

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
    if options.capacity is not None and options.passed_over:
        raise InvalidAsk("--passed-over", "is no use with --capacity.", "Replay without --capacity for it.")
    if options.capacity is not None and options.scheduler is not None:
        raise InvalidAsk("--scheduler", "is no use with --capacity.", "In sequence each answer waits for the last.")
    capacity = None if options.capacity is None else Path(options.capacity)
    return Extras(options.report, capacity, stay_h or 0.0, draws or 0, seed or 0, options.lang)


def replay_with_extras(order: "ReplayConfig", more: Extras) -> dict[str, Any]:
    """Replay as ordered, with all that is asked for beside it; returns the manifest."""
    from api.replay.post_process import add_chances, add_history
    from api.replay.run import replay

    with stopped_at_once(order.out, begins_anew=more.capacity is not None):
        if more.capacity is None:
            with Bar("decided") as bar:
                manifest = replay(order, bar.update)
            with Bar("compared") as bar:
                add_history(order, progress=bar.update)
        else:
            from api.replay.run_simulation import run_simulation

            manifest = run_simulation(order, more.capacity, more.stay_h)
        if more.draws:
            with Bar("drawn") as bar:
                add_chances(order, more.draws, more.seed, progress=bar.update)
        if more.report:
            from api.replay.reports.report import write_report

            write_report(order.out, order.pack, more.language)
    return manifest


@contextmanager
def stopped_at_once(out: Path, begins_anew: bool = False) -> Iterator[None]:
    """Let Ctrl-C end the process on the spot, and say how to go on.

    Whatever is on disk is whole at any moment, so nothing has to be closed; waiting for threads that are at work in
    compiled code would take as long as their chunks do.
    """

    def end(_number: int, _frame: object) -> None:
        kept = (
            "It begins anew when it is started again."
            if begins_anew
            else f"What is finished is kept in {out}: the same command goes on from there."
        )
        with suppress(OSError):
            os.write(sys.stderr.fileno(), f"\nStopped. {kept}\n".encode())
        os._exit(INTERRUPTED)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def counts_text(manifest: dict[str, Any], out: Path, beside: tuple[str, ...] = ()) -> str:
    """How the rows of a replay add up, and where everything is; `beside` are files that it does not list."""
    counts = manifest["counts"]
    lines = [with_singulars(
        f"Rows read: {counts['rows']:,} = {counts['with_port']:,} with a port + {counts['without_port']:,} without + "
        f"{counts['refused']:,} positions refused + {counts['rejected']:,} rejected."
    )]  # fmt: skip
    if counts["without_port"]:
        ways = {name: count for name, count in counts["outcomes"].items() if name not in ("suitable", "refused")}
        lines.append(f"Without:   {_listed(ways)}.")
    if counts["refusals"]:
        lines.append(f"Refused:   {_listed(counts['refusals'])}.")
    first_rows = counts["first_rows"]
    if counts["reject_codes"]:
        lines.append(f"Rejected:  {_listed(counts['reject_codes'], first_rows)}; see rejects.csv for every row.")
    if counts["notes"]:
        lines.append(f"Noted:     {_listed(counts['notes'], first_rows)}; see reading_notes.")
    if not manifest["over_banks"]:
        lines.append("Banks were walls whatever the tide; --over-banks counts the ways over them.")
    if manifest["columns_not_used"]:
        lines.append(f"Columns not used: {', '.join(manifest['columns_not_used'])}.")
    if manifest["map_of_columns_not_used"]:
        lines.append(f"A map would read them (--map FILE.toml): {manifest['map_of_columns_not_used']}")
    if manifest["columns_not_found"]:
        lines.append(f"Named by the map and not in the table: {', '.join(manifest['columns_not_found'])}.")
    if manifest["sheets_not_read"]:
        lines.append(f"Sheets not read: {', '.join(manifest['sheets_not_read'])}.")
    if not counts["rows"]:
        lines.append("The table has a header and no rows: nothing was decided.")
    lines += [f"{code}: {meaning}." for code, meaning in manifest["meaning"].items()]
    lines.append(f"Written to {out}: {', '.join([*manifest['outputs'], *beside, 'manifest.json', 'timings.json'])}.")
    return "\n".join(lines) + "\n"


def account_text(manifest: dict[str, Any], out: Path, more: Extras) -> str:
    """How the rows of a replay add up, and how its ports compare with those observed where the table names any."""
    from api.replay.analysis.observed_ports import read_history

    history = read_history(out)
    text = counts_text(manifest, out, _written_beside(more, history is not None))
    return text if history is None else f"{text}{compared_text(history)}Each is a line of history.csv.\n"


def _written_beside(more: Extras, compared: bool) -> tuple[str, ...]:
    """Files that no manifest lists; those of facts have the digest of the table they belong to."""
    from api.replay.analysis.monte_carlo import CHANCES_FACTS_FILE, CHANCES_FILE
    from api.replay.analysis.observed_ports import HISTORY_FILE
    from api.replay.post_process import HISTORY_FACTS_FILE
    from api.replay.reports.report import REPORT_FILE

    return (
        *((HISTORY_FILE, HISTORY_FACTS_FILE) if compared else ()),
        *((CHANCES_FILE, CHANCES_FACTS_FILE) if more.draws else ()),
        *((REPORT_FILE,) if more.report else ()),
    )


def compared_text(history: "History") -> str:
    """How the ports observed compare, and what plain rulers would have said."""
    from api.replay.analysis.observed_ports import BY_DOUBT, BY_FINDING, BY_NEAR_TIE, BY_RECORD

    ways = ((BY_FINDING, "a finding"), (BY_NEAR_TIE, "a near tie"), (BY_RECORD, "the record of what was done"),
            (BY_DOUBT, "the doubt about hour or vessel"))  # fmt: skip
    explained = ", ".join(f"{history.by_basis[basis]:,} by {way}" for basis, way in ways if basis in history.by_basis)
    lines = [
        f"Compared with the port observed: {history.compared:,} = {history.same:,} the same + {history.explained:,} "
        f"explained{f' ({explained})' if explained else ''} + {history.unexplained:,} not explained."
    ]
    if history.refused or history.outside:
        lines.append(with_singulars(
            f"Not compared: {history.refused:,} positions refused, {history.outside:,} ports outside the register."
        ))  # fmt: skip
    if history.controlled:
        lines.append(
            f"Control: the harbour nearest in a straight line is the port observed in {history.line_same:,} of "
            f"{history.controlled:,}, the one nearest by water in {history.water_same:,}."
        )
    return "\n".join(lines) + "\n"


def _listed(counts: dict[str, int], first_rows: dict[str, list[int]] | None = None) -> str:
    """Counts by name, each with the numbers of the first rows it holds for."""

    def rows_of(name: str) -> str:
        rows = (first_rows or {}).get(name, [])
        more = ", ..." if counts[name] > len(rows) else ""
        numbers = f"row{'s' if counts[name] > 1 else ''} {', '.join(map(str, rows))}{more}"
        return f" ({numbers}, counted from 0)" if rows else ""

    return ", ".join(f"{name} {count:,}{rows_of(name)}" for name, count in counts.items()) or "none"


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


class Bar:
    """Progress with rate and time left, where somebody is looking at it; as a context.

    Parameters
    ----------
    what : str
        What is done to the rows.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._bar: Any = None

    def __enter__(self) -> "Bar":
        from tqdm import tqdm

        # No bar where standard error is a file. How many rows there are is known once the input has been looked at.
        self._bar = tqdm(unit=" rows", desc=self._what, disable=None, file=sys.stderr)
        return self

    def update(self, earlier: int, now: int, about: int) -> None:
        """Show how far it is; rows done in an earlier run count, but not for the rate."""
        if self._bar.total is None:
            self._bar.total = max(about, earlier)
            self._bar.initial = self._bar.n = earlier
        self._bar.update(earlier + now - self._bar.n)

    def __exit__(self, *_: object) -> None:
        self._bar.close()
