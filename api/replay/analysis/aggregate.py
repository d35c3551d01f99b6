"""A replay counted: one pass over ``decisions.parquet``, a part of it in memory at a time, whatever its size.

Times are counted in whole minutes and positions in cells of a hundredth of a degree, so what is kept does not grow
with the rows. Where there are few encounters, their positions are kept as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from api.replay.ingest.reading import stream_parquet
from api.replay.schema import ports_named
from engine.units import MINUTE_S

OUTCOMES = ("suitable", "unconfirmed", "none", "refused")
LONGEST_MIN = 2 * 24 * 60
"""Times to a landing are counted by the minute up to here, longer ones as this. [min]"""

FINE_PER_DEG = 100
COARSE_PER_DEG = 10
DRAWN_SINGLY = 1_500
"""Most encounters whose positions are kept one by one."""

_BATCH_ROWS = 131_072
_READ = (
    "time", "lon", "lat", "persons_max", "medical", "observed_port", "policy", "decision_outcome", "refusal", "port",
    "port_status", "distance_m", "straight_line_m", "time_to_landing_s", "wait_s", "near_tie", "nearer_passed_over",
    "passed_over_code", "srr", "band", "persons", "forecast_used", "tide_basis", "against_every_harbour",
    "passed_over_harbour_code", "minutes_given_up",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of times that were counted by the minute; None where nothing was counted. [min]"""

    count: int
    p50: int | None
    p90: int | None
    p99: int | None
    longest: int | None

    @classmethod
    def of(cls, by_minute: np.ndarray) -> "Spread":
        """Percentiles by nearest rank: the least minute that at least so many per cent do not exceed.

        Parameters
        ----------
        by_minute : ndarray of int64
            How many took each number of minutes, rounded.
        """
        count = int(by_minute.sum())
        if count == 0:
            return cls(0, None, None, None, None)
        summed = np.cumsum(by_minute)
        p50, p90, p99 = (int(np.searchsorted(summed, -(-share * count // 100))) for share in (50, 90, 99))
        return cls(count, p50, p90, p99, int(np.flatnonzero(by_minute)[-1]))


@dataclass(frozen=True, slots=True)
class Single:
    """One encounter, for the map."""

    lon: float
    lat: float
    outcome: str
    port: str | None
    observed_port: str | None
    minutes: float | None
    name: str
    row: int


@dataclass(slots=True)
class GivenUp:
    """What passing over the nearest harbour cost, of the answers in which one code spoke against it.

    Attributes
    ----------
    answers : int
    minutes : float
        Sum over the answers whose minutes are known. [min]
    known : int
        How many these are.
    person_minutes : float
        Sum of the same minutes times the people of each encounter. [person min]
    """

    answers: int = 0
    minutes: float = 0.0
    known: int = 0
    person_minutes: float = 0.0


@dataclass(slots=True)
class Month:
    """Landings of a month, by the time of the encounter: those with a port and a known time.

    Attributes
    ----------
    person_minutes : float
        Time to the landing times the people, summed. [person min]
    """

    landings: int = 0
    persons: float = 0.0
    person_minutes: float = 0.0


@dataclass(slots=True, eq=False)
class Aggregate:
    """What is counted of a replay; arrays are by port where that is said, in the order of `ports`.

    Attributes
    ----------
    ports : tuple of str
        Ids of the register.
    box : tuple of float
        West, south, east, north of the area. [deg]
    outcomes, refusals, statuses, codes, regions, policies : dict of int
        Rows by name; codes are those of the nearest port passed over in each answer.
    given_up : dict of GivenUp
        Answers with a port by the code against the nearest harbour passed over.
    against_every : dict of int
        Answers without a port by the code that excludes every harbour.
    months : dict of Month
        By year and month, ``2022-01``.
    by_port_minute : ndarray of int64, shape (p, LONGEST_MIN + 1)
        Answers by recommended port and rounded minutes to the landing.
    persons_by_port : ndarray of float64, shape (p,)
        [persons]
    by_hour : ndarray of int64, shape (24,)
        Encounters by hour of the day, UTC.
    fine : ndarray of int64, shape (rows, columns)
        Encounters by cell of a hundredth of a degree, from the south-west corner of the box.
    flow, flow_lon, flow_lat : ndarray, shape (cells, p)
        Answers, and sums of their positions, by cell of a tenth of a degree and by recommended port.
    singles : list of Single
        Every encounter, as long as there are no more than `DRAWN_SINGLY`; else empty.
    """

    ports: tuple[str, ...]
    box: tuple[float, float, float, float]
    rows: int = 0
    outside: int = 0
    first_ms: int | None = None
    last_ms: int | None = None
    outcomes: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)
    policies: dict[str, int] = field(default_factory=dict)
    medical: dict[str, int] = field(default_factory=dict)
    given_up: dict[str, GivenUp] = field(default_factory=dict)
    against_every: dict[str, int] = field(default_factory=dict)
    months: dict[str, Month] = field(default_factory=dict)
    persons_unknown: int = 0
    near_ties: int = 0
    in_band: int = 0
    passing_over: int = 0
    waiting: int = 0
    with_forecast: int = 0
    with_tide: int = 0
    water_m: float = 0.0
    straight_m: float = 0.0
    by_port_minute: np.ndarray = field(init=False)
    persons_by_port: np.ndarray = field(init=False)
    by_hour: np.ndarray = field(init=False)
    fine: np.ndarray = field(init=False)
    flow: np.ndarray = field(init=False)
    flow_lon: np.ndarray = field(init=False)
    flow_lat: np.ndarray = field(init=False)
    singles: list[Single] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.ports)
        self.by_port_minute = np.zeros((count, LONGEST_MIN + 1), np.int64)
        self.persons_by_port = np.zeros(count)
        self.by_hour = np.zeros(24, np.int64)
        self.fine = np.zeros(_shape(self.box, FINE_PER_DEG), np.int64)
        cells = int(np.prod(_shape(self.box, COARSE_PER_DEG)))
        self.flow = np.zeros((cells, count), np.int64)
        self.flow_lon, self.flow_lat = np.zeros((cells, count)), np.zeros((cells, count))

    @property
    def refused(self) -> int:
        """Rows whose position was refused."""
        return self.outcomes.get("refused", 0)

    @property
    def answered(self) -> int:
        """Rows that have an answer, with a port or without."""
        return self.rows - self.refused

    @property
    def with_port(self) -> int:
        """Answers that recommend a port."""
        return self.outcomes.get("suitable", 0)

    @property
    def by_minute(self) -> np.ndarray:
        """Answers by rounded minutes to the landing, all ports together."""
        return np.asarray(self.by_port_minute.sum(axis=0))

    def add(self, batch: pa.RecordBatch) -> None:
        """Count the rows of one part of the table."""
        for name, counts in (
            ("decision_outcome", self.outcomes), ("refusal", self.refusals), ("port_status", self.statuses),
            ("passed_over_code", self.codes), ("srr", self.regions), ("policy", self.policies),
            ("medical", self.medical), ("against_every_harbour", self.against_every),
        ):  # fmt: skip
            _add_counts(counts, batch[name])
        self._add_flags(batch)
        lon, lat = _numbers(batch["lon"]), _numbers(batch["lat"])
        minutes = np.rint(_numbers(batch["time_to_landing_s"]) / MINUTE_S)
        port = _index(batch["port"], self.ports)
        timed = (port >= 0) & np.isfinite(minutes)
        cut = np.minimum(minutes[timed], LONGEST_MIN).astype(np.int64)
        np.add.at(self.by_port_minute, (port[timed], cut), 1)
        persons = np.nan_to_num(_numbers(batch["persons"]))
        self.persons_by_port += np.bincount(port[port >= 0], persons[port >= 0], len(self.ports))
        self._add_given_up(batch, port >= 0, persons)
        self._add_months(batch, timed, minutes, persons)
        self._add_positions(lon, lat, port)
        self._add_singles(batch, lon, lat, minutes)
        self.rows += batch.num_rows

    def _add_flags(self, batch: pa.RecordBatch) -> None:
        milliseconds = batch["time"].cast(pa.int64())
        if batch.num_rows:
            found = pc.min_max(milliseconds)
            first, last = found["min"].as_py(), found["max"].as_py()
            self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
            self.last_ms = last if self.last_ms is None else max(self.last_ms, last)
        hours = milliseconds.to_numpy(zero_copy_only=False) // 3_600_000 % 24
        self.by_hour += np.bincount(hours.astype(np.int64), minlength=24)
        self.near_ties += _true(batch["near_tie"])
        self.in_band += _true(batch["band"])
        self.with_forecast += _true(batch["forecast_used"])
        self.with_tide += _true(batch["tide_basis"])
        recommending = pc.is_valid(batch["port"])
        self.passing_over += _true(pc.and_(recommending, pc.greater(batch["nearer_passed_over"], 0)))
        self.waiting += _true(pc.greater_equal(batch["wait_s"], MINUTE_S / 2.0))
        self.persons_unknown += batch["persons_max"].null_count
        way = pc.is_valid(batch["distance_m"])
        self.water_m += pc.sum(batch["distance_m"].filter(way)).as_py() or 0.0
        self.straight_m += pc.sum(batch["straight_line_m"].filter(way)).as_py() or 0.0

    def _add_given_up(self, batch: pa.RecordBatch, led: np.ndarray, persons: np.ndarray) -> None:
        minutes = _numbers(batch["minutes_given_up"])
        for code, rows in _rows_by_word(batch["passed_over_harbour_code"], led):
            given_up = self.given_up.setdefault(code, GivenUp())
            known = rows & np.isfinite(minutes)
            given_up.answers += int(rows.sum())
            given_up.known += int(known.sum())
            given_up.minutes += float(minutes[known].sum())
            given_up.person_minutes += float((minutes[known] * persons[known]).sum())

    def _add_months(
        self, batch: pa.RecordBatch, timed: np.ndarray, minutes: np.ndarray, persons: np.ndarray
    ) -> None:  # fmt: skip
        for name, rows in _rows_by_word(pc.strftime(batch["time"], format="%Y-%m"), timed):
            month = self.months.setdefault(name, Month())
            month.landings += int(rows.sum())
            month.persons += float(persons[rows].sum())
            month.person_minutes += float((minutes[rows] * persons[rows]).sum())

    def _add_positions(self, lon: np.ndarray, lat: np.ndarray, port: np.ndarray) -> None:
        west, south, east, north = self.box
        inside = (lon >= west) & (lon < east) & (lat >= south) & (lat < north)
        self.outside += int((~inside).sum())
        lon, lat, port = lon[inside], lat[inside], port[inside]
        cell = _cell(lon, lat, self.box, FINE_PER_DEG)
        self.fine += np.bincount(cell, minlength=self.fine.size).reshape(self.fine.shape)
        led = port >= 0
        lon, lat, port = lon[led], lat[led], port[led]
        pair = _cell(lon, lat, self.box, COARSE_PER_DEG) * len(self.ports) + port
        used, where = np.unique(pair, return_inverse=True)
        self.flow.reshape(-1)[used] += np.bincount(where, minlength=len(used))
        self.flow_lon.reshape(-1)[used] += np.bincount(where, lon, len(used))
        self.flow_lat.reshape(-1)[used] += np.bincount(where, lat, len(used))

    def _add_singles(self, batch: pa.RecordBatch, lon: np.ndarray, lat: np.ndarray, minutes: np.ndarray) -> None:
        if self.rows + batch.num_rows > DRAWN_SINGLY:
            self.singles.clear()
            return
        names, numbers = batch["encounter_id"].to_pylist(), batch["row"].to_pylist()
        columns = (batch[name].to_pylist() for name in ("decision_outcome", "port", "observed_port"))
        for k, (outcome, port, observed) in enumerate(zip(*columns, strict=True)):
            taken = float(minutes[k]) if np.isfinite(minutes[k]) else None
            observed = single_encounter(observed, port)
            self.singles.append(
                Single(float(lon[k]), float(lat[k]), outcome, port, observed, taken, names[k] or "", numbers[k])
            )


def single_encounter(observed: str | None, port: str | None) -> str | None:
    """The port observed, where several are named as ``a|b``: the recommended one if it is among them, else the first.

    Published text often names a town, not one of its harbours.
    """
    if observed is None:
        return None
    named = ports_named(observed)
    return port if port in named else named[0]


def aggregate_run(decisions: Path, ports: tuple[str, ...], box: tuple[float, float, float, float]) -> Aggregate:
    """Count a file of decisions.

    Parameters
    ----------
    decisions : Path
        Parquet of the schema `api.replay.schema.WRITTEN`.
    ports : tuple of str
        Ids of the register.
    box : tuple of float
        West, south, east, north of the area. [deg]
    """
    tally = Aggregate(ports, box)
    words = ["decision_outcome", "refusal", "port_status", "passed_over_code", "srr", "policy", "medical", "port",
             "against_every_harbour", "passed_over_harbour_code"]  # fmt: skip
    with stream_parquet(decisions, words) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=["row", "encounter_id", *_READ]):
            tally.add(batch)
    return tally


def coarse_shape(box: tuple[float, float, float, float]) -> tuple[int, int]:
    """Rows and columns of the cells of `Aggregate.flow`."""
    return _shape(box, COARSE_PER_DEG)


def _shape(box: tuple[float, float, float, float], per_deg: int) -> tuple[int, int]:
    west, south, east, north = box
    return round((north - south) * per_deg), round((east - west) * per_deg)


def _cell(lon: np.ndarray, lat: np.ndarray, box: tuple[float, float, float, float], per_deg: int) -> np.ndarray:
    rows, columns = _shape(box, per_deg)
    row = np.minimum(((lat - box[1]) * per_deg).astype(np.int64), rows - 1)
    column = np.minimum(((lon - box[0]) * per_deg).astype(np.int64), columns - 1)
    return np.asarray(row * columns + column)


def _numbers(column: pa.Array) -> np.ndarray:
    """Numbers with NaN for null."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _index(column: pa.Array, names: tuple[str, ...]) -> np.ndarray:
    """Place of each value among names; -1 for null and for strangers."""
    known = pa.array(names, pa.string())
    if isinstance(column, pa.DictionaryArray):
        found = pc.index_in(column.dictionary, known).take(column.indices)
    else:
        found = pc.index_in(column, known)
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False)).astype(np.int64)


def _rows_by_word(column: pa.Array, among: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Which of some rows hold each word of a column."""
    words = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
    place = pc.fill_null(words.indices, -1).to_numpy(zero_copy_only=False)
    for k, word in enumerate(words.dictionary.to_pylist()):
        rows = among & (place == k)
        if rows.any():
            yield word, rows


def _true(column: pa.Array) -> int:
    return int(pc.sum(column).as_py() or 0)


def _add_counts(counts: dict[str, int], column: pa.Array) -> None:
    for found in pc.value_counts(column.drop_null()):
        name, count = found["values"].as_py(), found["counts"].as_py()
        counts[name] = counts.get(name, 0) + count
