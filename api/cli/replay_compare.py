"""``safeport replay compare``, two policies at once, and the documented encounters."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.arguments import pack_folder
from api.cli.messages import WORDS, word
from api.cli.replay import (
    Bar,
    Extras,
    account_text,
    check_decided,
    replay_with_extras,
    stopped_at_once,
    workers_of,
)
from api.cli.replay_text import compared_text, written_text
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.replay.run import ReplayConfig
    from engine.policy import Policy


def compare(folders: list[str], options: argparse.Namespace) -> int:
    """Compare two folders of replays, print it, and write it where ``--out`` says."""
    if len(folders) != 2:
        raise InvalidAsk("compare", "needs two folders.", "Write: safeport replay compare RUN_A RUN_B.")
    return _compare_runs(Path(folders[0]), Path(folders[1]), options.out, options)


def two_policies(order: "ReplayConfig", second: "Policy", more: Extras, options: argparse.Namespace) -> int:
    """Replay by two policies into two folders of one, and compare them."""
    first = order.policy
    if first is None or first.name == second.name:
        raise InvalidAsk("--policy", "is the same policy twice.", "Give policies two different names.")
    orders = [replace(order, out=order.out / policy.name, policy=policy) for policy in (first, second)]
    for run in orders:
        manifest = replay_with_extras(run, more)
        if not options.json:
            print(f"{run.out.name}\n{account_text(manifest, run.out, more)}")
        check_decided(manifest)
    return _compare_runs(orders[0].out, orders[1].out, options.out, options)


def _compare_runs(first_run: Path, second_run: Path, out: str | None, options: argparse.Namespace) -> int:
    from api.documents.decision import to_json
    from api.replay.analysis.compare import CHANGED_FILE, compare_runs, comparison_text, write_comparison
    from api.replay.analysis.result_reader import read_run
    from api.replay.reports.comparison_report import write_comparison_report

    first, second = read_run(first_run), read_run(second_run)
    folder = None if out is None else Path(out)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    comparison = compare_runs(first, second, None if folder is None else folder / CHANGED_FILE)
    if folder is not None:
        write_comparison(folder, comparison, first, second)
        write_comparison_report(folder, comparison, first, second, pack_folder(options.pack), options.lang)
    if options.json:
        print(to_json(comparison.document()))
    else:
        print("\n".join(comparison_text(comparison, first, second, options.lang)))
        if folder is not None:
            print(written_text(folder, ["comparison.html", "comparison.json", CHANGED_FILE], options.lang))
    return 0


def run_documented(options: argparse.Namespace) -> int:
    """Replay the documented encounters and print what became of each."""
    import csv

    from api.cli.console import wrap
    from api.replay.documented import EXPLANATIONS_FILE, replay_documented
    from api.replay.reports.report import write_report

    out, language = Path(options.out), options.lang
    with stopped_at_once(out, language=language), Bar("replay_decided", language) as bar:
        replayed = replay_documented(out, workers_of(options.workers), bar.update)
        report = write_report(out, language=language)
    history = replayed.history
    with (out / EXPLANATIONS_FILE).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ports = {"observed": row["observed_port"] or "-", "recommended": row["recommended_port"] or "-"}
            print(WORDS["replay_documented"].of(language).format(what=row["what"], **ports))
            if row["difference"] != "same":
                print("\n".join(wrap(row["explanation"], "    ")))
    count = replayed.by_our_reading
    lines = [
        compared_text(history, language) + (word("replay_our_reading", language, count=count) if count else ""),
        word("replay_no_pass_mark", language),
        WORDS["replay_report"].of(language).format(path=report),
    ]
    print("", *lines, sep="\n")
    return 0
