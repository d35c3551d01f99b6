"""How often an answer passes over a nearer harbour for want of a fact in the register, and how well winners are known.

Positions are drawn evenly over the water within 15 nm of a landing place, at hours spread over a month of tides.
Beaches and other places that only a person may choose do not count: no fact would change them.
"""

from collections import Counter
from datetime import UTC, datetime

import numpy as np

from api.decision_service import DecisionService, open_decision_service
from api.encounter import EncounterIn
from bench.report import heading, note, row, section
from engine.codes import Code, Grade
from engine.decide import deciding_finding, only_by_person, passed_over
from engine.errors import PositionRefused
from engine.kernels.geodesy import within_m
from engine.kernels.mesh import NOWHERE, locate
from engine.kernels.plane import to_plane
from engine.ports import Port
from engine.units import HOUR_S, NAUTICAL_MILE_M

VESSELS: dict[str, dict[str, object]] = {
    "Severn": {"profile": "rnli-severn"},
    "Atlantic 85": {"profile": "rnli-atlantic-85"},
    "12 m fishing vessel": {"speed_kn": 8, "draught_m": 1.5, "loa_m": 12, "range_nm": 200},
    "unknown": {"profile": "unknown"},
}

LACKING = frozenset({
    Code.DEPTH_UNKNOWN, Code.DEPTH_ESTIMATED, Code.DEPTH_DOUBTFUL, Code.GATE_UNKNOWN, Code.LOCK_SCHEDULE_UNKNOWN,
    Code.BERTH_UNKNOWN_FOR_SIZE, Code.TIDE_UNKNOWN, Code.GATE_TIDE_UNKNOWN,
})  # fmt: skip
"""What leaves a port unconfirmed because the register, or the tide it names, says too little."""

WEAK = frozenset({
    Code.DEPTH_GENERAL, Code.DEPTH_INFERRED, Code.DEPTH_BY_HOURS, Code.GATE_HOURS_GENERAL, Code.GATE_WAIT_GENERAL,
})  # fmt: skip
"""What puts a port behind another one in a near tie because the register knows it less well."""

MOST = 40
"""So many ports, those that win most often, are to be known from print."""

SOURCED = "facts of winners, read or quoted"
MOST_LACKING = 0.05
"""Aim: no more answers than this pass over a nearer harbour for a fact that the register lacks."""

OF_LANDING = ("small_depth_m", "drying_height_m", "ship_depth_m")

FIRST_S = datetime(2026, 11, 1, tzinfo=UTC).timestamp()


def coastal_points(
    service: DecisionService, count: int, within_nm: float = 15.0, seed: int = 14
) -> list[tuple[float, float]]:
    """Positions within so many miles of a landing place that are answered for, longitude and latitude. [deg]"""
    random = np.random.default_rng(seed)
    points: list[tuple[float, float]] = []
    landings = np.array([port.landing for port in service.world.ports])
    west, south, east, north = service.world.box
    while len(points) < count:
        # Even in longitude and in the sine of latitude is even over the globe.
        lon = round(float(random.uniform(west, east)), 5)
        sine = random.uniform(np.sin(np.radians(south)), np.sin(np.radians(north)))
        lat = round(float(np.degrees(np.arcsin(sine))), 5)
        if within_m(landings, lon, lat, within_nm * NAUTICAL_MILE_M).any() and _is_afloat(service, lon, lat):
            points.append((lon, lat))
    return points


def _is_afloat(service: DecisionService, lon: float, lat: float) -> bool:
    mesh = service.world.water.mesh
    return int(locate(mesh, *to_plane(lon, lat, mesh.origin_lon_deg, mesh.origin_lat_deg))) != NOWHERE


def winners_grades(service: DecisionService, winners: Counter[str]) -> dict[str, tuple[int, dict[str, Grade]]]:
    """How well approach, landing, gate and channel of the ports that win most are known, and how often each wins.

    Of a landing the best known depth counts, as it does in an answer.
    """
    ports = {port.id: port for port in service.world.ports}

    def grade(port: Port, *names: str) -> Grade:
        return max(port.evidence[name].grade if name in port.evidence else Grade.BLANK for name in names)

    return {
        name: (times, {"approach": grade(ports[name], "approach_depth_m", "sill_m"),
                       "landing": grade(ports[name], *OF_LANDING),
                       "gate": grade(ports[name], "gate_kind"), "VHF": grade(ports[name], "vhf")})
        for name, times in winners.most_common(MOST)
    }  # fmt: skip


def print_winners(service: DecisionService, winners: Counter[str]) -> float:
    """The table of those, and the share of their facts that was read at its publisher or as somebody quotes it."""
    section(f"The {MOST} ports that win most often, and how well they are known")
    heading(("times", "approach", "landing", "gate", "VHF"))
    known = winners_grades(service, winners)
    for name, (times, grades) in known.items():
        row(name, (str(times), *(grade.name.lower() for grade in grades.values())))
    every = [grade for _, grades in known.values() for grade in grades.values()]
    sourced = sum(grade >= Grade.TRANSCRIBED for grade in every) / len(every)
    general = sum(grade == Grade.GENERAL for grade in every)
    note(f"read or quoted: {sourced:.0%} of {len(every)} facts; general knowledge: {general}")
    return sourced


def run(service: DecisionService, count: int = 1000) -> dict[str, float]:
    """Shares of answers by vessel, and of the winners' facts `SOURCED`, printed; count positions for each vessel."""
    section("Nearer harbours passed over for want of a fact")
    heading(("vessel", "answers", "a fact is lacking", "known less well", "codes"))
    points = coastal_points(service, count)
    shares: dict[str, float] = {}
    winners: Counter[str] = Counter()
    for name, vessel in VESSELS.items():
        lacking = weak = answered = 0
        codes: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for number, (lon, lat) in enumerate(points):
            at_s = FIRST_S + number * 29.0 * 24.0 * HOUR_S / count
            encounter = EncounterIn.model_validate({
                "position": {"type": "Point", "coordinates": [lon, lat]},
                "time": datetime.fromtimestamp(at_s, UTC).isoformat(), "persons": 8, "vessel": vessel,
            })  # fmt: skip
            try:
                decision = service.decide(service.ask(encounter, at_s))
            except PositionRefused:
                continue
            answered += 1
            if decision.recommended is not None:
                winners[service.world.ports[decision.recommended].id] += 1
            met = set()
            for port in passed_over(decision):
                found = deciding_finding(decision, port)
                if found is not None and not only_by_person(decision, port):
                    met.add((Code(decision.code[port, found]), service.world.ports[port].id))
            lacking += any(code in LACKING for code, _ in met)
            weak += any(code in WEAK for code, _ in met) and not any(code in LACKING for code, _ in met)
            codes.update({code.name for code, _ in met if code in LACKING | WEAK})
            places.update({place for code, place in met if code in LACKING})
        shares[name] = lacking / answered
        told = ", ".join(f"{code} {times}" for code, times in codes.most_common(4))
        row(name, (str(answered), f"{lacking / answered:.1%}", f"{weak / answered:.1%}", told))
        if places:
            note(f"{name}: " + ", ".join(f"{place} {times}" for place, times in places.most_common(8)))
    shares[SOURCED] = print_winners(service, winners)
    return shares


if __name__ == "__main__":
    run(open_decision_service())
