"""Records of a vessel's own: what a caller with `own_only` may see and change.

A record belongs to the principal whose key or token made it; the store says whose it is (`api/store/ownership.py`).
"""

from collections.abc import Sequence

from api.http.callers import Caller
from api.store.errors import NothingSuch
from api.store.events import Event
from api.store.store import Store
from api.store.values import Json

_ALL_HEAR = ("port.", "forecast.")
"""Kinds of events everybody at sea may hear of; encounters and reservations of others are not among them."""


def refuse_foreign(caller: Caller, store: Store, field: str, record_id: str) -> None:
    """Refuse a vessel the record of another, in the words of a record that is not there.

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
    NothingSuch
        Somebody else's, or nobody's.
    """
    if caller.own_only and caller.principal not in store.owners([record_id])[record_id]:
        raise NothingSuch(field, "names no record of yours.", "Check the id.")


def own_part(caller: Caller, store: Store, documents: Sequence[Json], field: str) -> list[Json]:
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


def may_hear(caller: Caller, event: Event) -> bool:
    """Whether a caller may be told of an event: a vessel hears of ports, of what she did, and of her own records."""
    return not caller.own_only or event.kind.startswith(_ALL_HEAR) or caller.principal in event.owners
