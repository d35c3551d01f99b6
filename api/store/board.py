"""What the live board is made of: every open encounter, where it was directed, and what was decided for it last."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import orjson

from api.store.database import Transaction
from api.store.directions import open_directions
from api.store.encounters import board_row, flagged_encounters, open_reports
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
        Body of its newest recorded decision.
    last_answer : dict or None
        ``outcome`` and ``recommended`` of that decision.
    known_before : dict or None
        Such a row of the reports recorded before that decision; None where there are none.
    asked_s : float
        When that decision was recorded. [s]
    """

    board: Json
    direction: Json | None
    ask: bytes | None
    last_answer: Json | None
    known_before: Json | None = None
    asked_s: float = inf


class BoardBasis(NamedTuple):
    """All open encounters at one moment; `sequence` is that of the newest event."""

    sequence: int
    encounters: tuple[OpenEncounter, ...]


_LAST_DECISIONS = (
    "SELECT d.encounter_id, d.sequence, d.ask, v.body, v.at_ms FROM decision d JOIN event v ON v.sequence = d.sequence "
    "WHERE d.sequence IN (SELECT MAX(n.sequence) FROM decision n JOIN encounter e ON e.id = n.encounter_id "
    "WHERE e.state = 'open' GROUP BY n.encounter_id)"
)


def board_basis(tx: Transaction) -> BoardBasis:
    """Everything the board needs, in a handful of queries however many encounters there are."""
    directions, flagged = open_directions(tx), flagged_encounters(tx)
    decisions = {row[0]: row[1:] for row in tx.rows(_LAST_DECISIONS)}
    encounters = []
    for name, reports in open_reports(tx).items():
        board, direction = board_row(name, reports, name in flagged), directions.get(name)
        if name not in decisions:
            encounters.append(OpenEncounter(board, direction, None, None))
            continue
        sequence, ask, answer, at_ms = decisions[name]
        before = known_before(reports, sequence)
        last_answer = orjson.loads(bytes(answer))
        encounters.append(OpenEncounter(board, direction, bytes(ask), last_answer, before, at_ms / 1000.0))
    return BoardBasis(newest_event(tx), tuple(encounters))


def known_before(reports: Sequence[Json], sequence: int) -> Json | None:
    """What was known by reports when a decision was recorded, as a row of the board; None where there was none."""
    before = [report for report in reports if report["sequence"] < sequence]
    return board_row("", before) if before else None
