"""Rows of the picture as they were decided last: decided anew where something they rest on has changed, or in time."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple
from zlib import crc32

from api.board import decide_row
from api.decision_service import DecisionService
from api.store.board import OpenEncounter
from api.store.port_snapshot import PortsSnapshot
from engine.model import World

Json = dict[str, Any]

KEPT_S = 30
"""[A] A row that rests on nothing that has changed is decided anew after so long at most, for time goes on. [s]"""


AT_ONCE = 4
"""Rows decided in one piece."""


class _Basis(NamedTuple):
    """What a row rests on; the world by itself, for it compares by its arrays."""

    known: OpenEncounter
    ports_version: str
    zones: tuple[str, ...]
    turn: int


class _Kept(NamedTuple):
    basis: _Basis
    world: World
    row: Json


class DecidedRows:
    """The rows of one picture. Not for several threads at once."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def pieces(
        self, service: DecisionService, encounters: Sequence[OpenEncounter], ports: PortsSnapshot, at_s: float
    ) -> list[Callable[[], None]]:
        """What is to be decided anew, in pieces of some ten milliseconds: others have their turn between them.

        Parameters
        ----------
        service : DecisionService
        encounters : sequence of OpenEncounter
            All there are: rows of others are forgotten.
        ports : PortsSnapshot
        at_s : float
            [s]
        """
        zones = tuple(str(zone["zone_id"]) for zone in ports.zones_in_force(at_s))
        self._kept = {
            known.board["encounter_id"]: kept for known in encounters if (kept := self._of(known)) is not None
        }

        def decide(some: Sequence[tuple[OpenEncounter, _Basis]]) -> None:
            for known, basis in some:
                row = decide_row(service, known, ports, at_s)
                self._kept[known.board["encounter_id"]] = _Kept(basis, service.world, row)

        stale = []
        for known in encounters:
            # Not all of them in the same second.
            turn = (int(at_s) + crc32(known.board["encounter_id"].encode())) // KEPT_S
            basis, kept = _Basis(known, ports.version, zones, turn), self._of(known)
            if kept is None or kept.world is not service.world or kept.basis != basis:
                stale.append((known, basis))
        return [partial(decide, stale[start : start + AT_ONCE]) for start in range(0, len(stale), AT_ONCE)]

    def rows(self, encounters: Sequence[OpenEncounter]) -> list[Json]:
        """A row of `api.board.decide_row` for each, in their order, once all pieces are done."""
        return [self._kept[known.board["encounter_id"]].row for known in encounters]

    def _of(self, known: OpenEncounter) -> _Kept | None:
        return self._kept.get(known.board["encounter_id"])
