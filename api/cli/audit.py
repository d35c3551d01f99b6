"""``safeport audit``: is the trail unbroken, is a decision still the same, and signatures for keeping elsewhere."""

import argparse
import json
from pathlib import Path

from api.cli.arguments import Once, add_json, add_overlay, add_pack, pack_folder
from api.cli.store_option import FIELDS, add_store, digests_here, existing_database, store_settings, store_url
from engine.errors import InvalidAsk

_INTACT = {
    True: "OK   the record is as it was handed out",
    False: "FAIL the record was changed",
    None: "     no document is kept; the digest is",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="audit_command", metavar="COMMAND", required=True)
    verify = commands.add_parser("verify", help="walk the audit chain and name the first row that is wrong")
    add_store(verify)
    verify.add_argument("--heads", action=Once, metavar="FILE",
                        help="signed heads, kept elsewhere, to compare with; else the service's own")  # fmt: skip
    verify.add_argument("--trust", action="append", metavar="KEY", default=[],
                        help="public key, in hexadecimal, whose heads are believed; again for another")  # fmt: skip
    add_json(verify)
    verify.set_defaults(run=run_verify, fields={**FIELDS, "heads": "--heads"})
    again = commands.add_parser("replay", help="make a recorded decision again: the same bit for bit, or not")
    again.add_argument("decision", metavar="ID", help="id of a decision")
    add_store(again)
    again.add_argument("--forecast", action=Once, metavar="FILE", help="the forecast it was made with, if any")
    add_overlay(again)
    add_pack(again)
    add_json(again)
    again.set_defaults(run=run_replay, fields={**FIELDS, "decision_id": "ID", "overlay": "--overlay"})
    heads = commands.add_parser("heads", help="sign the end of the chain and add it to a file")
    add_store(heads)
    heads.add_argument("--key", action=Once, metavar="FILE", required=True, help="of 'safeport audit new-key'")
    heads.add_argument("--out", action=Once, metavar="FILE", required=True, help="signed heads, a line each")
    heads.set_defaults(run=run_heads, fields=FIELDS)
    key = commands.add_parser("new-key", help="make a key to sign with; prints the public half")
    key.add_argument("file", metavar="FILE", help="a file that does not exist yet")
    key.set_defaults(run=run_new_key)


def run_verify(options: argparse.Namespace) -> int:
    """Walk the chain; 1 when a row is wrong."""
    from api.store.audit_signatures import not_proven
    from api.store.store import Store

    url, settings = store_settings(options)
    if bool(options.heads) != bool(options.trust):
        raise InvalidAsk("--heads", "and --trust belong together.", "Give both: a head is believed for its key.")
    digests = _digests(options.heads, options.trust) if options.heads else digests_here(settings)
    with existing_database(url) as database:
        found = Store(database).verify(digests)
    doubts = not_proven(found, digests, from_elsewhere=bool(options.heads)) if found.bad is None else []
    if options.json:
        bad = None if found.bad is None else found.bad._asdict()
        signed = {"signed_heads": len(digests), "signed_up_to": max(digests, default=None), "not_proven": doubts}
        print(json.dumps({"intact": bad is None, "rows": found.rows, "hash": found.head.digest.hex(), "bad": bad,
                          **signed}))  # fmt: skip
    elif found.bad is None:
        signed_too = f", {len(digests)} signed heads met" if digests else ""
        print(f"OK   {found.rows} rows follow from each other{signed_too}; the last has {found.head.digest.hex()}")
        for line in doubts:
            print(f"NOTE {line}")
    else:
        print(f"FAIL row {found.bad.sequence} {found.bad.problem}; {found.rows} rows before it are right")
    return 0 if found.bad is None else 1


def _digests(heads: str, trusted: list[str]) -> dict[int, bytes]:
    from api.store.audit_signatures import signed_digests

    file = Path(heads)
    if not file.is_file():
        raise InvalidAsk("--heads", "there is no such file.", "Check the path.")
    with file.open("rb") as lines:
        return signed_digests(lines, trusted)


def run_replay(options: argparse.Namespace) -> int:
    """Decide again from what was kept; 1 when anything differs."""
    from api.decision_records import remake
    from api.decision_service import open_decision_service
    from api.store.decisions import replay
    from api.store.store import Store
    from geodata.pack import DEFAULT_PACK

    folder = pack_folder(options.pack)
    forecast = None if options.forecast is None else Path(options.forecast)
    if forecast is not None and not forecast.is_file():
        raise InvalidAsk("--forecast", "there is no such file.", "Name the cube the decision was made with.")
    with existing_database(store_url(options)) as database:
        record = Store(database).decision(options.decision)
    service = open_decision_service(folder or DEFAULT_PACK)
    if options.overlay is not None:
        service = service.with_overlay(Path(options.overlay))
    if forecast is not None:
        service = service.with_forecast(forecast)
    again = remake(service, record)
    found, others = replay(record, again.form), again.others
    if options.json:
        print(json.dumps({**found._asdict(), "inputs_that_differ": others}))
    else:
        print(f"decision {found.decision_id}")
        print(_INTACT[found.stored_intact])
        if found.same:
            print(f"OK   the same bit for bit: {found.is_sha256}")
        else:
            print(f"FAIL different: it was {found.was_sha256}")
            print(f"                it is  {found.is_sha256}")
            print(
                f"     made now with other data: {', '.join(others)}" if others else "     made now with the same data"
            )
    return 0 if found.same and found.stored_intact is not False else 1


def run_heads(options: argparse.Namespace) -> int:
    """Sign the end of the chain."""
    from api.store.audit_signatures import export_head, read_signing_key
    from api.store.store import Store

    key = read_signing_key(Path(options.key))
    out = Path(options.out)
    if not out.parent.is_dir():
        raise InvalidAsk("--out", "its folder does not exist.", "Make the folder first.")
    with existing_database(store_url(options)) as database:
        signed = export_head(Store(database).head(), key, out)
    print(f"OK   row {signed['sequence']} signed by {signed['key']}")
    return 0


def run_new_key(options: argparse.Namespace) -> int:
    """Make a key pair."""
    from api.store.audit_signatures import new_signing_key

    file = Path(options.file)
    if not file.parent.is_dir():
        raise InvalidAsk("FILE", "its folder does not exist.", "Make the folder first.")
    try:
        print(new_signing_key(file))
    except FileExistsError:
        raise InvalidAsk("FILE", "exists already.", "Keys are never overwritten: choose another name.") from None
    return 0
