"""Rows of the picture are decided anew where something they rest on has changed, and then as the board decides them."""

import pytest

from api.board import decide_row
from api.console import decided_rows
from api.console.decided_rows import AT_ONCE, KEPT_S, DecidedRows
from api.store.commands import Actor, Role
from api.store.directions import RecordDirection
from api.store.encounters import CloseEncounter, ReportEncounter
from api.store.exclusion_zones import DrawZone
from api.store.ports import SetPortStatus
from api.store.store import open_store

NOW = 1_700_000_000.0
CONTROLLER = Actor(Role.CONTROLLER, "MRCC Dover SMC")
COUNT = 2 * AT_ONCE + 1


@pytest.fixture
def board(service, tmp_path, monkeypatch):
    """Encounters, and how many of them were decided anew at a time."""
    decided = []

    def counted(*given):
        decided.append(given[1].board["encounter_id"])
        return decide_row(*given)

    monkeypatch.setattr(decided_rows, "decide_row", counted)
    rows = DecidedRows()
    with open_store(f"sqlite:{tmp_path}/store.db", create=True) as store:
        for k in range(COUNT):
            store.do(ReportEncounter("phone", 1.3 + 0.02 * k, 51.0, NOW), CONTROLLER, NOW)

        def read(at_s):
            decided.clear()
            encounters, ports = store.board().encounters, store.ports(at_s)
            for piece in rows.pieces(service, encounters, ports, at_s):
                piece()
            shown = rows.rows(encounters)
            assert [
                known.board["encounter_id"] for known in encounters if known.board["encounter_id"] in decided
            ] == decided
            return shown, [decide_row(service, known, ports, at_s) for known in encounters], list(decided)

        yield store, read


def test_only_what_changed_is_decided_anew_and_as_the_board_decides_it(board):
    store, read = board
    shown, anew, decided = read(NOW)
    assert (len(decided), shown) == (COUNT, anew)
    assert read(NOW)[2] == []
    name = decided[3]
    store.do(RecordDirection(name, "CROSS", "A", "", "calais"), CONTROLLER, NOW)
    shown, anew, decided = read(NOW)
    assert (decided, shown) == ([name], anew)
    assert shown[3]["direction"]["port_id"] == "calais"
    store.do(CloseEncounter(name, "all ashore"), CONTROLLER, NOW)
    assert [len(part) for part in read(NOW)] == [COUNT - 1, COUNT - 1, 0]


@pytest.mark.parametrize("command", [
    SetPortStatus("dover", "closed", "strike"),
    DrawZone("Vega", "wreck", ((1.3, 51.02), (1.4, 51.02), (1.4, 51.06))),
])  # fmt: skip
def test_what_bears_on_all_of_them_has_all_of_them_decided_anew(board, command):
    store, read = board
    read(NOW)
    store.do(command, CONTROLLER, NOW)
    shown, anew, decided = read(NOW)
    assert (len(decided), shown) == (COUNT, anew)


def test_each_is_decided_anew_in_time_and_not_all_at_once(board):
    _, read = board
    read(NOW)
    turns = [len(read(NOW + second)[2]) for second in range(1, KEPT_S + 1)]
    assert sum(turns) == COUNT
    assert max(turns) < COUNT
