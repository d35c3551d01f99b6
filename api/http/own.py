"""Records of a vessel's own: what a caller with `own_only` may see and change.

Whose a record is stands in its audit row, by role and duty.
"""

from collections.abc import Sequence

import orjson

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
    if caller.own_only and not _is_own(caller, store, record_id):
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
    return [it for it in documents if not caller.own_only or _is_own(caller, store, str(it[field]))]


def may_hear(caller: Caller, event: Event) -> bool:
    """Whether a caller may be told of an event: a vessel hears of ports and forecasts."""
    return not caller.own_only or event.kind.startswith(_ALL_HEAR)


def _is_own(caller: Caller, store: Store, record_id: str) -> bool:
    sort, _, number = record_id.partition("-")
    if sort == "d":
        sequence = store.decision(record_id).sequence
    elif sort in ("r", "e") and number.isascii() and number.isdecimal() and len(number) < 18:
        # Reservations and encounters are named after the audit row that made them.
        sequence = int(number)
    else:
        return False
    by = (caller.actor.role.value, caller.actor.duty)
    rows = store.audit(sequence - 1, 1)
    return any((row["sequence"], row["role"], orjson.loads(row["payload"])["duty"]) == (sequence, *by) for row in rows)
