"""Whose a record is: the principal whose key or token made it. What was made without either is nobody's.

Places held for a vessel are hers too, whoever held them, and so is the encounter they are held for: a co-ordination
centre that gives a vessel people and places would otherwise hide both from her. She is known by the name of her unit,
written as in her key but for capitals and spaces. Only who may hold for an encounter can give it away so.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from api.store.database import Transaction
from api.store.errors import NotFound
from api.store.validation import plain_name

Owners = dict[str, frozenset[str]]


class OwnRecord(NamedTuple):
    """A record that has to be somebody's own.

    Attributes
    ----------
    field : str
        Name of its id in the request.
    record_id : str or None
        Of a reservation, an encounter or a decision; None where the request names none.
    or_nobodys : bool
        Whether it may also be nobody's: a decision made aboard is in no record here.
    """

    field: str
    record_id: str | None
    or_nobodys: bool = False


_NOBODY: frozenset[str] = frozenset()
_AT_ONCE = 200

_MAKERS = (
    "SELECT r.id, m.principal FROM reservation r JOIN made_by m ON m.sequence = r.made WHERE r.id IN ({marks})",
    "SELECT n.id, m.principal FROM encounter n JOIN made_by m ON m.sequence = n.opened WHERE n.id IN ({marks})",
    # Equal questions have equal ids, so a decision may be several people's.
    "SELECT d.id, m.principal FROM decision d JOIN made_by m ON m.sequence = d.sequence WHERE d.id IN ({marks})",
)

_NAMED = (
    "SELECT id, vessel FROM reservation WHERE id IN ({marks})",
    # Of a reservation that was given up nothing follows any more.
    "SELECT encounter_id, vessel FROM reservation WHERE encounter_id IN ({marks}) AND state <> 'released'",
)
_VESSELS = "SELECT DISTINCT unit FROM access_key WHERE role = 'crew'"


def principal_of(unit: str) -> str:
    """Principal of a unit's keys: the same for all of them, however often they are rotated."""
    return f"unit:{unit}"


def is_held_for(principal: str, maker: str | None, vessel: str) -> bool:
    """Whether places are a principal's: made with its key, or held for the unit of that name."""
    unit = principal.removeprefix(principal_of(""))
    return principal == maker or (unit != principal and plain_name(unit) == plain_name(vessel))


def principal_of_row(tx: Transaction, sequence: int) -> str | None:
    """Principal an audit row was written for; None where it was nobody's."""
    found = tx.row("SELECT principal FROM made_by WHERE sequence = ?", sequence)
    return None if found is None else str(found[0])


def owners_of(tx: Transaction, ids: Iterable[str]) -> Owners:
    """Principals that made each reservation, opened each encounter, asked for each decision, or have places there.

    Parameters
    ----------
    tx : Transaction
    ids : iterable of str
        Of any of the three; an id of nothing has no owner.
    """
    wanted = sorted(set(ids))
    owners: dict[str, set[str]] = {name: set() for name in wanted}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for query in _MAKERS:
            for name, principal in tx.rows(query.format(marks=marks), *some):
                owners[name].add(principal)
        named = [row for query in _NAMED for row in tx.rows(query.format(marks=marks), *some)]
        vessels = _vessels(tx) if named else {}
        for name, vessel in named:
            owners[name] |= vessels.get(plain_name(vessel), _NOBODY)
    return {name: frozenset(found) if found else _NOBODY for name, found in owners.items()}


def require_own(tx: Transaction, principal: str, records: Sequence[OwnRecord]) -> None:
    """Refuse a principal the records of another, in the words of a record that is not there.

    Raises
    ------
    NotFound
        Somebody else's, or nobody's.
    """
    named = [(record, record.record_id) for record in records if record.record_id is not None]
    owners = owners_of(tx, [record_id for _, record_id in named]) if named else {}
    for record, record_id in named:
        if principal not in owners[record_id] and not (record.or_nobodys and not owners[record_id]):
            raise NotFound(record.field, "names no record of yours.", "Check the id.")


def vessels_named(tx: Transaction, names: Iterable[str]) -> dict[str, frozenset[str]]:
    """Principals of vessels by each of some names; nobody for a name that is no vessel's."""
    wanted = set(names)
    vessels = _vessels(tx) if wanted else {}
    return {name: vessels.get(plain_name(name), _NOBODY) for name in wanted}


def _vessels(tx: Transaction) -> dict[str, frozenset[str]]:
    """Principals of vessels by name."""
    vessels: dict[str, frozenset[str]] = {}
    for (unit,) in tx.rows(_VESSELS):
        vessels[plain_name(unit)] = vessels.get(plain_name(unit), _NOBODY) | {principal_of(unit)}
    return vessels
