"""``safeport db``: make, check, back up, restore and move the control room's memory."""

import argparse
import json
from pathlib import Path

from api.cli.arguments import Once, add_json
from api.cli.console import status_line
from api.cli.store_option import FIELDS, add_store, digests_here, existing_database, store_settings, store_url


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="db_command", metavar="COMMAND", required=True)
    migrate = commands.add_parser("migrate", help="make the tables, or bring them up to date")
    add_store(migrate)
    migrate.set_defaults(run=run_migrate, fields=FIELDS)
    check = commands.add_parser("check", help="pages, audit chain, and whether tables say what the audit trail says")
    add_store(check)
    add_json(check)
    check.set_defaults(run=run_check, fields=FIELDS)
    backup = commands.add_parser("backup", help="copy into one SQLite file while others go on writing")
    backup.add_argument("file", metavar="FILE", help="a file that does not exist yet")
    add_store(backup)
    backup.set_defaults(run=run_backup, fields={**FIELDS, "file": "FILE"})
    restore = commands.add_parser("restore", help="make a store of a backup; nothing is ever replaced")
    restore.add_argument("file", metavar="FILE", help="a backup")
    add_store(restore)
    restore.set_defaults(run=run_restore, fields={**FIELDS, "backup": "FILE", "file": "--store"})
    mend = commands.add_parser("mend-clock", help="set the store's time back after a clock had been ahead")
    mend.add_argument("--reason", action=Once, metavar="TEXT", required=True, help="for the audit trail")
    mend.add_argument("--by", action=Once, metavar="DUTY", help="who does it; 'command line' if left out")
    add_store(mend)
    mend.set_defaults(run=run_mend_clock, fields={**FIELDS, "reason": "--reason", "actor.duty": "--by"})
    move = commands.add_parser("move", help="copy everything to another store and prove that it arrived")
    add_store(move)
    move.add_argument("--to", action=Once, metavar="URL", required=True, help="an empty store, sqlite: or postgresql:")
    move.set_defaults(run=run_move, fields={**FIELDS, "source": "--store", "target": "--to"})


def run_migrate(options: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    from contextlib import closing

    from api.store.schema import migrate
    from api.store.store import open_database

    with closing(open_database(store_url(options))) as database:
        before, after = migrate(database)
    print(
        status_line(
            "OK", f"tables at version {after}" + (", as before" if before == after else f"; they were at {before}")
        )
    )
    return 0


def run_check(options: argparse.Namespace) -> int:
    """Look at everything; 1 when something should not be believed."""
    from api.store.integrity import check

    url, settings = store_settings(options)
    digests = digests_here(settings)
    with existing_database(url) as database:
        found = check(database, digests)
    if options.json:
        document = {"sound": not found.problems, **found._asdict()}
        print(json.dumps(document, ensure_ascii=False, indent=1))
        return 1 if found.problems else 0
    for line in found.problems:
        print(status_line("FAIL", line))
    for line in found.notices:
        print(status_line("NOTE", line))
    if not found.problems:
        print(status_line("OK", f"sound; {found.audit_rows} audit rows"))
    return 1 if found.problems else 0


def run_backup(options: argparse.Namespace) -> int:
    """Write a copy whose chain has been verified."""
    from api.store.backup import backup

    with existing_database(store_url(options)) as database:
        sums = backup(database, Path(options.file))
    print(status_line("OK", f"{options.file}: {sums['audit'].rows} audit rows, verified"))
    return 0


def run_restore(options: argparse.Namespace) -> int:
    """Make a store of a backup."""
    from api.store.backup import restore

    sums = restore(Path(options.file), store_url(options))
    print(status_line("OK", f"{sums['audit'].rows} audit rows, verified"))
    return 0


def run_mend_clock(options: argparse.Namespace) -> int:
    """Set the store's time to this machine's clock, and say from what to what."""
    import time

    from api.store.clock import MendClock
    from api.store.commands import Actor, Role
    from api.store.schema import refuse_old_schema
    from api.store.store import Store

    with existing_database(store_url(options)) as database:
        refuse_old_schema(database)
        actor = Actor(Role.ADMIN, options.by or "command line")
        document = Store(database).do(MendClock(options.reason), actor, time.time()).document
    print(status_line("OK", f"the store's time is {document['at']}; it was {document['was']}"))
    for mended in document["ports"]:
        part = next(name for name in ("status", "capacity", "reception") if name in mended)
        print(
            status_line(
                "NOTE", f"{mended['port_id']}: its {part} now counts as reported at {mended[part]['reported_at']}"
            )
        )
    print(
        status_line(
            "NOTE",
            "Check that this machine's clock is right. Holds that ended while it was wrong have to be made anew.",
        )
    )
    return 0


def run_move(options: argparse.Namespace) -> int:
    """Copy everything to another store; nobody should be writing to the first any more."""
    from contextlib import closing

    from api.store.backup import move
    from api.store.schema import migrate
    from api.store.store import open_database

    with existing_database(store_url(options)) as source, closing(open_database(options.to)) as target:
        migrate(target)
        sums = move(source, target)
    print(status_line("OK", f"{sum(table.rows for table in sums.values())} rows arrived; counts and digests are equal"))
    return 0
