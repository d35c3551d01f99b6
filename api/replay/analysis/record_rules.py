"""Differences from practice that the record itself explains: what the columns of a row say was done, by rule.

A unit that gathers people from several boats lands them once; a patrol goes on; people change vessels; a centre or a
doctor names the port. None of it is a fault of the nearest port, and none of it is read from prose.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from api.replay.schema import ports_named
from engine.units import MINUTE_S

MEDICAL_DIRECTION, DIRECTED = "MEDICAL_DIRECTION", "DIRECTED"
CHAIN_OF_RESCUES, TRANSFERRED, PATROL_CONTINUED = "CHAIN_OF_RESCUES", "TRANSFERRED", "PATROL_CONTINUED"

RECORD_RULES = (MEDICAL_DIRECTION, DIRECTED, CHAIN_OF_RESCUES, TRANSFERRED, PATROL_CONTINUED)
"""The rules, in the order they are tried."""

IDLE_MIN = 60.0
"""[A] Landed so much later than the passage takes, and after twice its time, a unit did something else. [min]"""


@dataclass
class Operations:
    """What the rows of each operation say, over the whole table.

    Attributes
    ----------
    rows : Counter of str
        Rows by operation.
    landed : Counter of (str, str)
        Rows by operation and port observed.
    """

    rows: Counter[str] = field(default_factory=Counter)
    landed: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def read(cls, tables: Iterable[pa.Table]) -> "Operations":
        """Count tables that have ``operation_id`` and ``observed_port``."""
        operations = cls()
        for table in tables:
            named = table.filter(pc.is_valid(table["operation_id"]))
            for operation, observed in zip(named["operation_id"].to_pylist(), named["observed_port"].to_pylist(),
                                           strict=True):  # fmt: skip
                operations.rows[operation] += 1
                for port in ports_named(observed) if observed else ():
                    operations.landed[operation, port] += 1
        return operations

    def is_chain(self, row: Mapping[str, Any], port: str) -> bool:
        """Whether a row is one of several rescues whose people were landed together at a port."""
        operation = row["operation_id"]
        together = operation is not None and self.landed[operation, port] >= 2
        return together or (row["operation_rescues"] or 1) >= 2


def rule_of_record(
    row: Mapping[str, Any], port: str, passage_s: float | None, operations: Operations
) -> str | None:  # fmt: skip
    """Rule by which the record explains that people were landed at a port; None where none does.

    Parameters
    ----------
    row : mapping
        Of the schema `ENCOUNTERS`.
    port : str
        Id of the port observed.
    passage_s : float or None
        Our time from the encounter to a landing there, waits included. [s]
    operations : Operations
    """
    if row["directed_port"] is not None and port in ports_named(row["directed_port"]):
        return DIRECTED if row["medical"] == "none" else MEDICAL_DIRECTION
    if operations.is_chain(row, port):
        return CHAIN_OF_RESCUES
    if row["transferred"]:
        return TRANSFERRED
    if row["landed_at"] is not None and passage_s is not None:
        # At the latest hour the encounter may have had.
        elapsed_s = (row["landed_at"] - row["time"]).total_seconds() - MINUTE_S * (row["time_uncertainty_min"] or 0.0)
        if elapsed_s > max(2.0 * passage_s, passage_s + IDLE_MIN * MINUTE_S):
            return PATROL_CONTINUED
    return None
