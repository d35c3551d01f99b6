"""A replay in sequence: encounters in the order of their times take places at ports, and give them back.

What it is
    Each encounter is decided by the same rules as any other, in a world whose live picture says how many places are
    free and how many people still wait to land. The people of an answer are counted at its port from the moment of
    the answer, because a port promised is a port held; they leave a stated stay after the last of them has landed.
    Whoever lands at a port lands after those answered before, at the pace the table states.

What it is not
    No hindsight and no joint plan: each encounter takes what is best for it alone, as a centre would that knows of no
    other to come (`api.plan` spreads many over ports together). Nobody arrives or leaves but the people of these
    encounters. A port that the table does not name has an unknown number of places, and is unconfirmed.
    The wait to land raises a caution and does not lengthen the time to a landing, as everywhere in this program.
"""

import csv
import heapq
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import nan
from pathlib import Path

import numpy as np
import pyarrow as pa

from api.decision_service import DecisionService
from api.replay.batch import ask_of, columns_of
from api.replay.schema import DECISIONS
from api.replay.world_by_time import WorldsByTime
from engine.codes import Feed
from engine.decide import decide
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.model import Decision, Vessel, World
from engine.policy import Policy
from engine.units import HOUR_S

OCCUPANCY_FILE = "occupancy.csv"
SEQUENCE_FILE = "sequence.json"

_COLUMNS = ("port", "places", "persons_per_hour")
_MOST_PLACES = 1_000_000
_CHUNK_ROWS = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Capacity:
    """What each port of the register can take; NaN where the table does not say.

    Attributes
    ----------
    places, persons_per_hour : ndarray of float64, shape (p,)
        People it can have at once, and land in an hour. [persons]
    stay_s : float
        How long people keep their places after the last of them has landed. [s]
    """

    places: np.ndarray
    persons_per_hour: np.ndarray
    stay_s: float


def read_capacity(path: Path, service: DecisionService, stay_h: float) -> Capacity:
    """A capacity table: CSV with the columns ``port``, ``places`` and ``persons_per_hour``.

    Parameters
    ----------
    path : Path
    service : DecisionService
    stay_h : float
        How long people keep their places. [h]

    Raises
    ------
    InvalidAsk
        The file cannot be read, a column is missing, a port is unknown or named twice, or a figure is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InvalidAsk("--capacity", "the file cannot be read.", "Name a CSV file in UTF-8.") from None
    lines = text.splitlines()
    header = lines[0] if lines else ""
    # As spreadsheets write it where the comma is a decimal one.
    delimiter = ";" if ";" in header and "," not in header else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    lacking = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
    if lacking:
        raise InvalidAsk("--capacity", f"has no column {lacking[0]}.", f"Columns: {', '.join(_COLUMNS)}.")
    index = {port.id: k for k, port in enumerate(service.world.ports)}
    places, pace = np.full(len(index), nan), np.full(len(index), nan)
    seen: set[int] = set()
    for row in rows:
        line = rows.line_num
        try:
            k = index[service.port(row["port"] or "").id]
        except UnknownName as unknown:
            raise InvalidAsk("--capacity", f"line {line}: {unknown.problem}", unknown.remedy) from None
        if k in seen:
            raise InvalidAsk("--capacity", f"line {line} names a port a second time.", "Keep one line for each port.")
        seen.add(k)
        places[k] = _figure(row["places"], line, "places")
        pace[k] = _figure(row["persons_per_hour"], line, "persons_per_hour")
        if pace[k] == 0.0:
            raise InvalidAsk(
                "--capacity", f"line {line}, persons_per_hour, is 0.",
                "Leave the port out if nobody lands there, or give it 0 places.",
            )  # fmt: skip
    if not seen:
        raise InvalidAsk("--capacity", "has a header and no ports.", "Give a line for each port.")
    return Capacity(places, pace, stay_h * HOUR_S)


def _figure(text: str | None, line: int, column: str) -> float:
    """A number of people; blank is not known."""
    if text is None or not text.strip():
        return nan
    try:
        value = float(text)
    except ValueError:
        value = nan
    if not 0.0 <= value <= _MOST_PLACES:
        raise InvalidAsk(
            "--capacity",
            f"line {line}, {column}: is not a number of people.",
            "Write digits; leave it blank if not known.",
        )
    return value


@dataclass(slots=True)
class _Queue:
    """People on their way to a port or waiting in it to land, and when the last of them will have."""

    landings: deque[tuple[float, float, float]] = field(default_factory=deque)
    free_at_s: float = -np.inf

    def waiting(self, at_s: float) -> float:
        """People answered for who are not ashore yet. [persons]"""
        while self.landings and self.landings[0][1] <= at_s:
            self.landings.popleft()
        return sum(
            persons if begin_s >= at_s else persons * (end_s - at_s) / (end_s - begin_s)
            for begin_s, end_s, persons in self.landings
        )

    def add(self, arrive_s: float, persons: float, per_hour: float) -> float:
        """Take people on and return when the last of them is ashore. [s]"""
        begin_s = max(arrive_s, self.free_at_s)
        end_s = begin_s + (persons / per_hour * HOUR_S if per_hour > 0.0 else 0.0)
        self.free_at_s = end_s
        self.landings.append((begin_s, end_s, persons))
        return end_s


@dataclass(frozen=True, slots=True)
class Stay:
    """Places taken from one time to another."""

    port: int
    from_s: float
    until_s: float
    persons: float


@dataclass(frozen=True, slots=True, eq=False)
class SimulationResult:
    """What came of a replay in sequence.

    Attributes
    ----------
    decisions : RuleTable
        Of the schema `DECISIONS`, in the order of the input.
    taken : list of Stay
    unplaced_encounters, unplaced_persons : int
        Those for whom no port was confirmed.
    """

    decisions: pa.Table
    taken: list[Stay]
    unplaced_encounters: int
    unplaced_persons: int


def simulate_capacity(
    table: pa.Table,
    world_at: WorldsByTime,
    vessels: Mapping[str, Vessel],
    policies: Mapping[str, Policy],
    capacity: Capacity,
) -> SimulationResult:
    """Decide encounters one after another in the order of their times; of two at the same time the earlier row first.

    Parameters
    ----------
    table : RuleTable
        Of the schema `ENCOUNTERS`, all of it: one answer depends on those before.
    world_at, vessels, policies
        As for `api.replay.batch.replay_batch`.
    capacity : Capacity
    """
    order = np.lexsort((table["row"].to_numpy(), table["time"].cast(pa.int64()).to_numpy()))
    made: list[dict[str, object]] = [{}] * table.num_rows
    count = len(capacity.places)
    held = np.zeros(count)
    queues = [_Queue() for _ in range(count)]
    leaving: list[tuple[float, int, float]] = []
    taken: list[Stay] = []
    unplaced, left_over = 0, 0.0
    for start in range(0, len(order), _CHUNK_ROWS):
        places = order[start : start + _CHUNK_ROWS]
        for place, row in zip(places.tolist(), table.take(pa.array(places)).to_pylist(), strict=True):
            identity = {name: row[name] for name in ("row", "encounter_id")}
            ask = ask_of(row, vessels, policies)
            while leaving and leaving[0][0] <= ask.at_s:
                _, port, persons = heapq.heappop(leaving)
                held[port] -= persons
            world = _with_capacity(world_at(ask.at_s), capacity, held, queues, ask.at_s)
            try:
                decision = decide(ask, world)
            except PositionRefused as refused:
                made[place] = identity | {"decision_outcome": "refused", "refusal": refused.code.name}
                continue
            made[place] = identity | columns_of(decision)
            best = decision.recommended
            if best is None:
                unplaced, left_over = unplaced + 1, left_over + decision.persons
                continue
            until_s = _ashore_s(decision, best, queues[best], capacity) + capacity.stay_s
            held[best] += decision.persons
            heapq.heappush(leaving, (until_s, best, decision.persons))
            taken.append(Stay(best, ask.at_s, until_s, float(decision.persons)))
    return SimulationResult(pa.Table.from_pylist(made, DECISIONS), taken, unplaced, round(left_over))


def _ashore_s(decision: Decision, port: int, queue: _Queue, capacity: Capacity) -> float:
    """When the last of the people of a decision is ashore. [s]"""
    arrive_s = decision.ask.at_s + float(decision.time_s[port])
    return queue.add(arrive_s, float(decision.persons), float(capacity.persons_per_hour[port]))


def _with_capacity(world: World, capacity: Capacity, held: np.ndarray, queues: list[_Queue], at_s: float) -> World:
    """A world that knows what is free at the ports at a time."""
    live = world.live._replace(
        capacity_feed=np.full(len(held), int(Feed.LIVE), np.int8),
        free_places=capacity.places - held,
        persons_per_hour=capacity.persons_per_hour,
        queued_persons=np.array([queue.waiting(at_s) for queue in queues], np.float64),
    )
    return replace(world, live=live)


@dataclass(frozen=True, slots=True, eq=False)
class Occupancy:
    """How full ports were, hour by hour.

    Attributes
    ----------
    hours : ndarray of datetime64[h], shape (h,)
        Every hour from the first answer to the last place given back.
    ports : tuple of str
    places : ndarray of float64, shape (p,)
        [persons]
    shares : ndarray of float64, shape (p, h)
        Greatest share of the places taken within each hour.
    """

    hours: np.ndarray
    ports: tuple[str, ...]
    places: np.ndarray
    shares: np.ndarray
    stay_h: float
    unplaced_encounters: int
    unplaced_persons: int


def most_taken_by_hour(taken: list[Stay], port_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Greatest number of places taken at each port within each hour.

    Parameters
    ----------
    taken : list of Stay
    port_count : int

    Returns
    -------
    hours : ndarray of datetime64[h], shape (h,)
    most : ndarray of float64, shape (p, h)
        [persons]
    """
    if not taken:
        return np.empty(0, "datetime64[h]"), np.zeros((port_count, 0))
    first = int(min(stay.from_s for stay in taken) // HOUR_S)
    last = int(max(stay.until_s for stay in taken) // HOUR_S)
    most = np.zeros((port_count, last - first + 1))
    for port in {stay.port for stay in taken}:
        own = [stay for stay in taken if stay.port == port]
        changes = [(stay.from_s, stay.persons) for stay in own] + [(stay.until_s, -stay.persons) for stay in own]
        # Of two changes at the same second people leave first, as in the replay itself.
        changes.sort()
        level, hour = 0.0, 0
        for at_s, persons in changes:
            now = int(at_s // HOUR_S) - first
            most[port, hour : now + 1] = np.maximum(most[port, hour : now + 1], level)
            level += persons
            hour = now
            most[port, now] = max(most[port, now], level)
    return np.arange(first, last + 1).astype("datetime64[h]"), most


def write_occupancy(folder: Path, sequence: SimulationResult, capacity: Capacity, ports: tuple[str, ...]) -> None:
    """Write ``occupancy.csv``, a line for each hour in which a port had people, and ``sequence.json``."""
    hours, most = most_taken_by_hour(sequence.taken, len(ports))
    with (folder / OCCUPANCY_FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("hour", "port", "places", "most_taken"))
        for port, hour in zip(*np.nonzero(most), strict=True):
            writer.writerow((f"{hours[hour]}:00Z", ports[port], f"{capacity.places[port]:g}", f"{most[port, hour]:g}"))
    facts = {
        "stay_h": capacity.stay_s / HOUR_S,
        "unplaced_encounters": sequence.unplaced_encounters,
        "unplaced_persons": sequence.unplaced_persons,
    }
    (folder / SEQUENCE_FILE).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_occupancy(folder: Path) -> Occupancy | None:
    """What `write_occupancy` wrote; None where the replay was not in sequence."""
    if not (folder / SEQUENCE_FILE).is_file():
        return None
    facts = json.loads((folder / SEQUENCE_FILE).read_text(encoding="utf-8"))
    with (folder / OCCUPANCY_FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {row["port"]: float(row["places"]) for row in rows}
    ports = tuple(sorted(places))
    at = np.array([row["hour"].removesuffix(":00Z") for row in rows], "datetime64[h]")
    hours = np.arange(at.min(), at.max() + 1) if len(rows) else at
    shares = np.zeros((len(ports), len(hours)))
    for row, hour in zip(rows, at, strict=True):
        total = float(row["places"])
        share = float(row["most_taken"]) / total if total > 0.0 else 1.0
        shares[ports.index(row["port"]), int((hour - at.min()).astype(int))] = share
    return Occupancy(
        hours, ports, np.array([places[port] for port in ports]), shares,
        facts["stay_h"], facts["unplaced_encounters"], facts["unplaced_persons"],
    )  # fmt: skip
