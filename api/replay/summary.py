"""Figures over all decisions of a replay, added up a table at a time: what is kept does not grow with the rows."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

GROUPS = ("decision_outcome", "refusal", "port", "port_status", "srr", "passed_over_code", "policy")
"""Columns whose words the summary counts."""

_STEP_S = 6.0
"""Times are counted in tenths of a minute."""

_STEPS = 28_800
"""Up to 48 hours; what takes longer counts as that."""

SUMMARY = pa.schema(
    [
        pa.field("group", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("encounters", pa.int64(), nullable=False),
        pa.field("persons", pa.int64(), nullable=False),
        pa.field("time_to_landing_p50_min", pa.float64()),
        pa.field("time_to_landing_p90_min", pa.float64()),
        pa.field("time_to_landing_p99_min", pa.float64()),
        pa.field("near_ties", pa.int64(), nullable=False),
    ]
)
"""One row for each word of a group, and one of the group ``all``.

Persons are those reckoned with, so where a number is unknown the policy's assumption. Times are over the encounters
that have a recommended port, to a tenth of a minute, rounded up; null where none has.
"""


class Summary:
    """Figures of the decisions added so far."""

    def __init__(self) -> None:
        self._encounters: Counter[tuple[str, str]] = Counter()
        self._persons: Counter[tuple[str, str]] = Counter()
        self._ties: Counter[tuple[str, str]] = Counter()
        self._times: dict[tuple[str, str], np.ndarray] = {}

    def add(self, table: pa.Table) -> None:
        """Add decisions of the schema `WRITTEN`."""
        persons = pc.fill_null(table["persons"], 0.0).to_numpy()
        ties = pc.fill_null(table["near_tie"], False).to_numpy()
        time_s = table["time_to_landing_s"].to_numpy()
        step = np.minimum(np.ceil(time_s / _STEP_S), _STEPS)
        everything = np.zeros(table.num_rows, np.int64)
        self._add("all", ["all"], everything, persons, ties, step)
        for group in GROUPS:
            coded = table[group].combine_chunks().dictionary_encode()
            words = coded.dictionary.to_pylist()
            self._add(group, words, pc.fill_null(coded.indices, -1).to_numpy(), persons, ties, step)

    def _add(
        self, group: str, words: list[str], place: np.ndarray, persons: np.ndarray, ties: np.ndarray, step: np.ndarray
    ) -> None:
        for k, word in enumerate(words):
            rows = place == k
            key = (group, word)
            self._encounters[key] += int(np.count_nonzero(rows))
            self._persons[key] += round(float(persons[rows].sum()))
            self._ties[key] += int(np.count_nonzero(ties[rows]))
            known = step[rows][~np.isnan(step[rows])].astype(np.int64)
            if len(known):
                counts = self._times.setdefault(key, np.zeros(_STEPS + 1, np.int64))
                counts += np.bincount(known, minlength=_STEPS + 1)

    def table(self) -> pa.Table:
        """The summary, groups in their order and words by how many encounters they have."""
        order = {group: k for k, group in enumerate(("all", *GROUPS))}
        keys = sorted(self._encounters, key=lambda key: (order[key[0]], -self._encounters[key], key[1]))
        return pa.Table.from_pylist([self._row(key) for key in keys], SUMMARY)

    def _row(self, key: tuple[str, str]) -> dict[str, Any]:
        return {
            "group": key[0], "value": key[1], "encounters": self._encounters[key], "persons": self._persons[key],
            "time_to_landing_p50_min": self._percentile(key, 50), "time_to_landing_p90_min": self._percentile(key, 90),
            "time_to_landing_p99_min": self._percentile(key, 99), "near_ties": self._ties[key],
        }  # fmt: skip

    def _percentile(self, key: tuple[str, str], percent: int) -> float | None:
        counts = self._times.get(key)
        if counts is None:
            return None
        # The least time that so many in a hundred do not exceed; in whole numbers, so that no rounding decides.
        reached = np.cumsum(counts) * 100 >= counts.sum() * percent
        return round(int(np.argmax(reached)) * _STEP_S / 60.0, 1)
