"""What the live board is made of: every open encounter, where it was directed, and what was decided for it last."""

from typing import NamedTuple

import orjson

from api.store.database import Transaction
from api.store.directions import open_directions
from api.store.encounters import open_encounters
from api.store.events import newest_event
from api.store.validation import Json


class OpenEncounter(NamedTuple):
    """An open encounter and what is known of it.

    Attributes
    ----------
    board : dict
        Its row of `open_encounters`.
    direction : dict or None
        That holds for it.
    ask : bytes or None
        Body of its newest recorded decision: the vessel, and how the people fare.
    said : dict or None
        ``outcome`` and ``recommended`` of that decision.
    """

    board: Json
    direction: Json | None
    ask: bytes | None
    last_answer: Json | None


class BoardBasis(NamedTuple):
    """All open encounters at one moment; `sequence` is that of the newest event."""

    sequence: int
    encounters: tuple[OpenEncounter, ...]


_LAST_DECISIONS = (
    "SELECT d.encounter_id, d.ask, v.body FROM decision d JOIN event v ON v.sequence = d.sequence WHERE d.sequence IN "
    "(SELECT MAX(n.sequence) FROM decision n JOIN encounter e ON e.id = n.encounter_id WHERE e.state = 'open' "
    "GROUP BY n.encounter_id)"
)


def board_basis(tx: Transaction) -> BoardBasis:
    """Everything the board needs, in a handful of queries however many encounters there are."""
    directions = open_directions(tx)
    decisions = {row[0]: (bytes(row[1]), orjson.loads(bytes(row[2]))) for row in tx.rows(_LAST_DECISIONS)}
    encounters = tuple(
        OpenEncounter(
            encounter,
            directions.get(encounter["encounter_id"]),
            *decisions.get(encounter["encounter_id"], (None, None)),
        )
        for encounter in open_encounters(tx)
    )
    return BoardBasis(newest_event(tx), encounters)
