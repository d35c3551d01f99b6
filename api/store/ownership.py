"""Whose a record is: the principal whose key or token made it. What was made without either is nobody's."""

from collections.abc import Iterable

from api.store.database import Transaction

Owners = dict[str, frozenset[str]]

_NOBODY: frozenset[str] = frozenset()
_AT_ONCE = 200

_MAKERS = (
    "SELECT r.id, m.principal FROM reservation r JOIN made_by m ON m.sequence = r.made WHERE r.id IN ({marks})",
    "SELECT n.id, m.principal FROM encounter n JOIN made_by m ON m.sequence = n.opened WHERE n.id IN ({marks})",
    # Equal questions have equal ids, so a decision may be several people's.
    "SELECT d.id, m.principal FROM decision d JOIN made_by m ON m.sequence = d.sequence WHERE d.id IN ({marks})",
)


def maker_of(tx: Transaction, sequence: int) -> str | None:
    """Principal an audit row was written for; None where it was nobody's."""
    found = tx.row("SELECT principal FROM made_by WHERE sequence = ?", sequence)
    return None if found is None else str(found[0])


def owners_of(tx: Transaction, ids: Iterable[str]) -> Owners:
    """Principals that made each reservation, opened each encounter, asked for each decision.

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
    return {name: frozenset(found) if found else _NOBODY for name, found in owners.items()}
