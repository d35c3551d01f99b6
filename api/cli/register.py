"""``safeport register check``: what the register lacks, what in it looks wrong, what has grown old."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from api.cli.arguments import add_json, add_overlay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="register_command", metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="what is missing, implausible or out of date; counts by grade")
    add_overlay(check)
    add_json(check)
    check.set_defaults(run=run, fields={"overlay": "--overlay"})


def run(options: argparse.Namespace) -> int:
    """Check and print; what is found wrong is an answer, not a failure."""
    from api.cli.console import columns, wrap
    from api.documents.decision import to_json
    from geodata.register import read_overlay, read_register, with_overlay
    from geodata.register_check import check_register

    rows = read_register()
    if options.overlay is not None:
        rows = with_overlay(rows, read_overlay(Path(options.overlay)))
    found = check_register(rows, datetime.now(UTC).year)
    if options.json:
        print(to_json(found._asdict() | {"places": len(rows)}))
        return 0
    print(f"{len(rows)} places")
    header = ["fact", *next(iter(found.grades.values())), "blank"]
    table = [header, *([name, *map(str, counts.values()), str(len(rows) - sum(counts.values()))]
                       for name, counts in found.grades.items())]  # fmt: skip
    print("\n".join(columns(table, give=0, right=frozenset(range(1, len(header))))))
    for title, lines in (("missing", found.missing), ("implausible", found.implausible), ("out of date", found.old)):
        print(f"\n{title}: {len(lines)}")
        for line in lines:
            print("\n".join(wrap(line, "  ", "    ")))
    return 0
