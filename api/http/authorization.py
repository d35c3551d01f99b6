"""Records of a vessel's own: what a caller with `own_only` may see and change.

A record belongs to the principal whose key or token made it, places also to the vessel they are held for; the store
says whose it is (`api/store/ownership.py`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson

from api.http.auth import Caller
from api.store.commands import Role
from api.store.events import Event
from api.store.ownership import OwnRecord
from api.store.port_snapshot import PortsSnapshot
from api.store.store import Store
from api.store.validation import Json, canonical

Document = TypeVar("Document", bound=Mapping[str, Any])

_ALL_HEAR = ("port.", "forecast.", "zone.")
"""Kinds of events everybody at sea may hear of; encounters and reservations of others are not among them."""
_ADMINS_HEAR = "key."


def require_owner(caller: Caller, store: Store, field: str, record_id: str) -> None:
    """Refuse a vessel the record of another, in the words of a record that is not there.

    What a change names is looked at in the transaction that makes it (`api.store.commands.execute`).

    Parameters
    ----------
    caller : Caller
    store : Store
    field : str
        Name of the id, for the error.
    record_id : str
        Of a reservation, an encounter or a decision.

    Raises
    ------
    NotFound
        Somebody else's, or nobody's.
    """
    if caller.own_only:
        store.require_own(caller.principal, OwnRecord(field, record_id))


def filter_owned(caller: Caller, store: Store, documents: Sequence[Document], field: str) -> list[Document]:
    """Documents a caller may see: all, or a vessel's own.

    Parameters
    ----------
    caller : Caller
    store : Store
    documents : sequence of dict
    field : str
        Member that holds the id: ``reservation_id``, ``encounter_id``, ``decision_id``.
    """
    if not caller.own_only:
        return list(documents)
    owners = store.owners(str(document[field]) for document in documents)
    return [document for document in documents if caller.principal in owners[str(document[field])]]


def visible_places(caller: Caller, seen: PortsSnapshot, encounter_id: str | None) -> PortsSnapshot:
    """What ports reported and what is held, as it counts for a caller: a vessel's own places are not taken from her."""
    return seen.for_vessel(caller.principal, encounter_id) if caller.own_only else seen


def without_others(caller: Caller, document: Json) -> Json:
    """A report or an encounter as a caller may see it: to a vessel, how many it may be the same as, and not which."""
    pairs = document.get("possible_duplicates")
    if not caller.own_only or pairs is None:
        return document
    return {**document, "possible_duplicates": [], "possible_duplicates_withheld": len(pairs)}


def visible_event(caller: Caller, event: Event) -> Event | None:
    """An event as a caller may be told of it; None where they may not.

    A vessel hears of ports, of what she did, and of her own records. Of keys only admins hear.
    """
    if event.kind.startswith(_ADMINS_HEAR):
        return event if caller.actor.role is Role.ADMIN else None
    if not caller.own_only or event.kind.startswith(_ALL_HEAR):
        return event
    if caller.principal not in event.owners:
        return None
    if b"possible_duplicates" not in event.body:
        return event
    return event._replace(body=canonical(without_others(caller, orjson.loads(event.body))))
