"""The live board: a hundred open encounters decided anew, and what looking at the ports costs.

``python -m bench.board``: every port reports, every second encounter has a recorded decision, every third holds places.
"""

import random
import statistics
import tempfile
import time

from api.board import board_of, decide_row
from api.decision_records import make_decision, record_decision
from api.decision_service import DecisionService, open_decision_service, warm_up
from api.encounter import EncounterIn
from api.store.commands import Actor, Role
from api.store.encounters import ReportEncounter
from api.store.ports import Places, ReportCapacity, SetPortStatus
from api.store.reservations import Hold, Persons
from api.store.store import Store, open_for_service
from bench.report import row, seconds, section
from engine.errors import PositionRefused

CONTROLLER = Actor(Role.CONTROLLER, "bench")
ENCOUNTERS = 100
ROUNDS = 15


def main() -> None:
    service = open_decision_service()
    warm_up(service)
    now_s = time.time()
    section(f"Live board: {ENCOUNTERS} open encounters")
    with tempfile.TemporaryDirectory() as folder, open_for_service(f"sqlite:{folder}/store.db") as store:
        fill(service, store, now_s)
        run(service, store, now_s)


def fill(service: DecisionService, store: Store, now_s: float, count: int = ENCOUNTERS) -> list[str]:
    """Ports that report, boats at sea; their encounters."""
    for port in service.world.ports:
        store.do(SetPortStatus(port.id, "open", ""), CONTROLLER, now_s)
        store.do(ReportCapacity(port.id, Places(200)), CONTROLLER, now_s)
    draw = random.Random(7)
    names: list[str] = []
    while len(names) < count:
        lon, lat = draw.uniform(-1.5, 2.0), draw.uniform(50.0, 51.2)
        body = {"position": {"type": "Point", "coordinates": [lon, lat]}, "vessel": {"profile": "rnli-severn"}}
        encounter = EncounterIn.model_validate(body)
        ask = service.ask(encounter, now_s)
        try:
            service.decide(ask)
        except PositionRefused:
            continue
        seen = ReportEncounter("phone", lon, lat, now_s - 60, persons_min=30, persons_max=40, uncertainty_m=300.0)
        name = store.do(seen, CONTROLLER, now_s).document["encounter_id"]
        if len(names) % 2:
            made = make_decision(service, encounter, ask, store.ports(now_s), name)
            record_decision(store, made.record(name), CONTROLLER, now_s, None)
        if len(names) % 3 == 0:
            store.do(Hold("dover", "bench", Persons(2), now_s + 3_600, name), CONTROLLER, now_s)
        names.append(name)
    return names


def run(service: DecisionService, store: Store, now_s: float) -> None:
    """All figures."""
    whole, each = [], []
    for turn in range(ROUNDS):
        begun = time.perf_counter()
        basis, ports = store.board(), store.ports(now_s)
        board_of(service, basis.encounters, ports, now_s + turn)
        whole.append(time.perf_counter() - begun)
    for encounter in basis.encounters:
        begun = time.perf_counter()
        decide_row(service, encounter, ports, now_s)
        each.append(time.perf_counter() - begun)
    each.sort()
    row("board, one thread", (f"p50 {seconds(statistics.median(whole))}", f"max {seconds(max(whole))}"))
    row("one encounter", (f"p50 {seconds(statistics.median(each))}", f"p99 {seconds(each[98])}"))
    begun = time.perf_counter()
    kept = store.ports_since(None, now_s)
    first, begun = time.perf_counter() - begun, time.perf_counter()
    for _ in range(200):
        kept = store.ports_since(kept, now_s)
    row("ports read anew, and unchanged", (seconds(first), seconds((time.perf_counter() - begun) / 200)))


if __name__ == "__main__":
    main()
