"""``safeport keys``: give vessels and services keys, and take them away."""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.cli.arguments import Once, add_json, instant, number, quote
from api.cli.console import columns
from api.cli.store_option import FIELDS as STORE_FIELDS
from api.cli.store_option import add_store, store_settings
from engine.errors import InvalidAsk

if TYPE_CHECKING:
    from api.security.api_keys import Keys, NewKey
    from api.settings import Settings
    from api.store.commands import Actor
    from api.store.keys import StoredKey

FIELDS = {
    "unit": "--unit", "role": "--role", "expires": "--expires", "expires_at": "--expires", "overlap": "--overlap-h",
    "overlap_s": "--overlap-h", "key_id": "KEY_ID", "reason": "--reason", "actor.duty": "--by", **STORE_FIELDS,
}  # fmt: skip
DEFAULT_DUTY = "command line"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands."""
    commands = parser.add_subparsers(dest="keys_command", metavar="COMMAND", required=True)
    create = commands.add_parser("create", help="give a unit a key, which is shown this once")
    create.add_argument("--unit", action=Once, metavar="NAME", required=True, help="vessel, port or service it is for")
    create.add_argument("--role", action=Once, metavar="ROLE", required=True,
                        help="viewer, crew, controller, port_officer, auditor or admin")  # fmt: skip
    create.add_argument("--expires", action=Once, metavar="TIME", help="first instant it is no longer valid")
    _common(create, run_create)
    rotate = commands.add_parser("rotate", help="give a key a new secret, which is shown this once")
    rotate.add_argument("key_id", metavar="KEY_ID", help="the part of a key between its underscores")
    rotate.add_argument("--overlap-h", action=Once, metavar="H",
                        help="how long the old secret stays valid; 24 if left out, 0 to end it now")  # fmt: skip
    _common(rotate, run_rotate)
    revoke = commands.add_parser("revoke", help="end a key at once and for good")
    revoke.add_argument("key_id", metavar="KEY_ID", help="the part of a key between its underscores")
    revoke.add_argument("--reason", action=Once, metavar="TEXT", help="for the audit trail")
    _common(revoke, run_revoke)
    listing = commands.add_parser("list", help="every key there ever was, without its secret")
    _common(listing, run_list)


def _common(parser: argparse.ArgumentParser, answer: object) -> None:
    add_store(parser)
    parser.add_argument("--by", action=Once, metavar="DUTY", help=f"who does it; {DEFAULT_DUTY!r} if left out")
    add_json(parser)
    parser.set_defaults(run=answer, fields=FIELDS)


def run_create(options: argparse.Namespace) -> int:
    """Make a key and show it."""
    from api.security.roles import AccessRole

    try:
        role = AccessRole(options.role)
    except ValueError:
        problem = f"{quote(options.role)} is not one of its values."
        raise InvalidAsk("role", problem, f"Values: {', '.join(role.value for role in AccessRole)}.") from None
    expires_s = None if options.expires is None else instant("expires", options.expires)
    with _opened(options, may_make=True) as (keys, actor, _):
        _show_once(keys.create(options.unit, role, actor, expires_s), options.json)
    return 0


def run_rotate(options: argparse.Namespace) -> int:
    """Give a key a new secret and show it."""
    hours = number("overlap", options.overlap_h)
    with _opened(options) as (keys, actor, settings):
        overlap_s = settings.key_overlap_s if hours is None else hours * 3_600.0
        _show_once(keys.rotate(options.key_id, actor, overlap_s), options.json)
    return 0


def run_revoke(options: argparse.Namespace) -> int:
    """End a key."""
    with _opened(options) as (keys, actor, settings):
        document = keys.revoke(options.key_id, actor, options.reason or "")
    if options.json:
        print(json.dumps(document))
    else:
        print(f"{document['key_id']} of {document['unit']} is revoked since {document['revoked_at']}.")
        print(f"A running service refuses it within {settings.key_cache_s:g} s.")
    return 0


def run_list(options: argparse.Namespace) -> int:
    """List all keys."""
    with _opened(options) as (keys, _, _):
        listed = keys.list_keys()
    if options.json:
        print(json.dumps({"keys": [key.document() for key in listed]}))
        return 0
    now_ms = time.time() * 1000.0
    rows = [["id", "unit", "role", "made", "state"], *(_row(key, now_ms) for key in listed)]
    print("\n".join(columns(rows, give=1)))
    return 0


def _row(key: "StoredKey", now_ms: float) -> list[str]:
    document = key.document()
    state = "valid"
    if key.expires_ms is not None:
        state = f"{'until' if now_ms < key.expires_ms else 'expired'} {document['expires_at'][:10]}"
    if key.revoked_ms is not None:
        state = f"revoked {document['revoked_at'][:10]}"
    return [key.id, key.unit, key.role, document["made_at"][:10], state]


def _show_once(made: "NewKey", as_json: bool) -> None:
    if as_json:
        print(json.dumps({"key": made.text, **made.document}))
        return
    document = made.document
    print(f"Key of {document['unit']}, {document['role']}, valid until {document['expires_at'] or 'it is revoked'}:")
    print(f"\n    {made.text}\n")
    print("It is shown this once and kept nowhere. Put it where only this unit can read it.")
    if document["previous_until"] is not None:
        print(f"The old secret stays valid until {document['previous_until']}.")


@contextmanager
def _opened(options: argparse.Namespace, may_make: bool = False) -> "Iterator[tuple[Keys, Actor, Settings]]":
    from api.security.api_keys import Keys
    from api.store.commands import Actor, Role
    from api.store.store import open_for_service, sqlite_file

    url, settings = store_settings(options)
    if not may_make and url.startswith("sqlite:") and not sqlite_file(url).exists():
        raise InvalidAsk("store", "there is no such file.", "Check the path; 'keys create' makes a new store.")
    with open_for_service(url) as store:
        yield Keys(store, settings.key_cache_s), Actor(Role.ADMIN, options.by or DEFAULT_DUTY), settings
