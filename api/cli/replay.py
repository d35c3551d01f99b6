"""``safeport replay``: a table of past encounters in, a folder of decisions out."""

import argparse
import logging
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
from api.cli.messages import WORDS, word
from api.cli.replay_text import compared_text, counts_text
from engine.errors import InvalidAsk

if TYPE_CHECKING:
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
                        help="language of what is printed and of the reports: en or fr")  # fmt: skip
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
    named, *rest = options.input
    if named == "compare":
        from api.cli.replay_compare import compare

        return compare(rest, options)
    if rest:
        raise InvalidAsk(quote(rest[0]).strip("'"), "was not expected.", "Name one table; see 'replay --help'.")
    if options.out is None:
        raise InvalidAsk("--out", "is missing.", "Name a folder for the decisions.")
    if sys.stderr.isatty():
        # Before anything large is imported: somebody is waiting.
        print(word("replay_loading", options.lang), file=sys.stderr, flush=True)
    if named == "documented":
        from api.cli.replay_compare import run_documented

        return run_documented(options)
    return _replay(options, Path(named))


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
    """Refuse a table of which every row or its position was refused; all files of its replay are there.

    Raises
    ------
    InvalidAsk
    """
    counts = manifest["counts"]
    if 0 < counts["rows"] == counts["rejected"] + counts["refused"]:
        if counts["refused"]:
            remedy = "The column refusal of decisions.parquet says why of each."
        else:
            remedy = "rejects.csv says why of each."
        raise InvalidAsk("input", "no row could be decided.", remedy)


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

    language = more.language
    with _no_logs(), stopped_at_once(order.out, more.capacity is not None, language):
        if more.capacity is None:
            with Bar("replay_decided", language) as bar:
                manifest = replay(order, bar.update)
            with Bar("replay_compared_rows", language) as bar:
                add_history(order, progress=bar.update)
        else:
            from api.replay.run_simulation import run_simulation

            manifest = run_simulation(order, more.capacity, more.stay_h)
        if more.draws:
            with Bar("replay_drawn", language) as bar:
                add_chances(order, more.draws, more.seed, progress=bar.update)
        if more.report:
            from api.replay.reports.report import write_report

            write_report(order.out, order.pack, language)
    return manifest


@contextmanager
def _no_logs() -> Iterator[None]:
    """Let no library write to standard error: what goes wrong is said once, in the language asked for."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def stopped_at_once(out: Path, begins_anew: bool = False, language: str = "en") -> Iterator[None]:
    """Let Ctrl-C end the process on the spot, and say how to go on.

    Whatever is on disk is whole at any moment, so nothing has to be closed; waiting for threads that are at work in
    compiled code would take as long as their chunks do.
    """
    told = WORDS["replay_stopped_anew" if begins_anew else "replay_stopped"].of(language).format(out=out)

    def end(_number: int, _frame: object) -> None:
        with suppress(OSError):
            os.write(sys.stderr.fileno(), f"\n{told}\n".encode())
        os._exit(INTERRUPTED)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def account_text(manifest: dict[str, Any], out: Path, more: Extras) -> str:
    """How the rows of a replay add up, and how its ports compare with those observed where the table names any."""
    from api.replay.analysis.observed_ports import read_history

    history = read_history(out)
    text = counts_text(manifest, out, _written_beside(more, history is not None), more.language)
    if history is None:
        return text
    return f"{text}{compared_text(history, more.language)}{word('replay_history', more.language)}\n"


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
        Key of the word for what is done to the rows.
    language : str
        ``en`` or ``fr``.
    """

    def __init__(self, what: str, language: str) -> None:
        self._what = word(what, language)
        self._unit = f" {word('replay_unit', language)}"
        self._bar: Any = None

    def __enter__(self) -> "Bar":
        from tqdm import tqdm

        # No bar where standard error is a file. How many rows there are is known once the input has been looked at.
        self._bar = tqdm(unit=self._unit, desc=self._what, disable=None, file=sys.stderr)
        return self

    def update(self, earlier: int, now: int, about: int) -> None:
        """Show how far it is; rows done in an earlier run count, but not for the rate."""
        if self._bar.total is None:
            self._bar.total = max(about, earlier)
            self._bar.initial = self._bar.n = earlier
        self._bar.update(earlier + now - self._bar.n)

    def __exit__(self, *_: object) -> None:
        self._bar.close()
