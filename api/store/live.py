"""From what ports report and what is held to the arrays a decision reads."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import orjson

from api.store.database import Transaction
from api.store.events import newest_event
from api.store.reservations import LIVE
from api.store.values import Json, canonical

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.model import LivePicture


class Freshness(Protocol):
    """How old a report may be; `engine.policy.Limits` is one."""

    @property
    def status_stale_after_s(self) -> float:
        """Also used for places and reception, which have no limit of their own. [s]"""


class PortStatusInput(NamedTuple):
    """What a decision says of the live picture it used.

    Attributes
    ----------
    version : str
        Equal pictures have equal versions; serves as ETag.
    age_s : float or None
        Age of the newest report; None when there is none. [s]
    """

    version: str
    age_s: float | None


@dataclass(frozen=True, slots=True)
class PortsSnapshot:
    """Everything ports reported and everything held, at one moment.

    Attributes
    ----------
    body : bytes
        Canonical JSON; what a decision record keeps, and all a picture is made of.
    """

    body: bytes

    @property
    def content(self) -> Json:
        """The body as values: ``status``, ``capacity``, ``reception`` by port, and ``reserved``."""
        content: Json = orjson.loads(self.body)
        return content

    @property
    def version(self) -> str:
        """Digest of the body, shortened."""
        return hashlib.sha256(self.body).hexdigest()[:20]

    def status_input(self, now_s: float) -> PortStatusInput | None:
        """For ``inputs.port_status`` of a decision; None when no port ever reported anything."""
        content = self.content
        times = [report["reported_ms"] for part in _PARTS for report in content[part].values()]
        if not times:
            return None
        if max(times) == 0:
            return PortStatusInput(self.version, None)
        return PortStatusInput(self.version, max(0.0, round(now_s - max(times) / 1000.0, 3)))


_PARTS = ("status", "capacity", "reception")


def lost_snapshot() -> PortsSnapshot:
    """What is known where the store cannot be read and nothing was read before: feeds there are, and they have died."""
    silence: Json = {"": {"status": "unknown", "reported_ms": 0, "expires_ms": None}}
    capacity: Json = {"": {"total": 0, "occupied": 0, "persons_per_hour": None, "reported_ms": 0}}
    reception: Json = {"": {"needs_met": None, "transport_arranged": None, "danger_ashore": 0, "reported_ms": 0}}
    return PortsSnapshot(canonical({"status": silence, "capacity": capacity, "reception": reception, "reserved": []}))


def ports_snapshot(tx: Transaction, now_ms: int) -> PortsSnapshot:
    """The state of all ports at a time; holds that have expired by then are not in it."""
    content: Json = {
        "status": {
            row[0]: {"status": row[1], "reported_ms": row[2], "expires_ms": row[3]}
            for row in tx.rows("SELECT port_id, status, reported_ms, expires_ms FROM port_status")
        },
        "capacity": {
            row[0]: {"total": row[1], "occupied": row[2], "persons_per_hour": row[3], "reported_ms": row[4]}
            for row in tx.rows("SELECT port_id, total, occupied, persons_per_hour, reported_ms FROM port_capacity")
        },
        "reception": {
            row[0]: {"needs_met": row[1], "transport_arranged": row[2], "danger_ashore": row[3], "reported_ms": row[4]}
            for row in tx.rows(
                "SELECT port_id, needs_met, transport_arranged, danger_ashore, reported_ms FROM port_reception"
            )
        },
        "reserved": [
            {"port_id": row[0], "encounter_id": row[1], "persons": row[2]}
            for row in tx.rows(
                "SELECT port_id, encounter_id, CASE WHEN persons > landed THEN persons - landed ELSE 0 END "  # noqa: S608
                f"FROM reservation WHERE {LIVE} ORDER BY made",
                now_ms,
            )
        ],
    }
    return PortsSnapshot(canonical(content))


class KeptSnapshot(NamedTuple):
    """A snapshot and for how long it stands.

    Attributes
    ----------
    snapshot : PortsSnapshot
    sequence : int
        Newest event that has been looked at.
    from_ms, until_ms : int
        Recorded times between which it holds, unless somebody reports something: then a hold in it expires. [ms]
    """

    snapshot: PortsSnapshot
    sequence: int
    from_ms: int
    until_ms: int


_CHANGED = "SELECT 1 FROM event WHERE sequence > ? AND (kind LIKE 'port.%' OR kind LIKE 'reservation.%') LIMIT 1"
_NEVER_MS = 1 << 62


def kept_snapshot(tx: Transaction, now_ms: int, kept: KeptSnapshot | None) -> KeptSnapshot:
    """The state of all ports at a time: the one kept, where it still stands.

    Parameters
    ----------
    tx : Transaction
    now_ms : int
        Recorded time. [ms]
    kept : KeptSnapshot or None
        Of an earlier call.
    """
    sequence = newest_event(tx)
    if kept is not None and kept.from_ms <= now_ms < kept.until_ms:
        if sequence == kept.sequence:
            return kept
        if tx.row(_CHANGED, kept.sequence) is None:
            return kept._replace(sequence=sequence)
    next_end = tx.row(
        "SELECT MIN(expires_ms) FROM reservation WHERE state IN ('held', 'confirmed') AND state = 'held' "
        "AND expires_ms > ?",
        now_ms,
    )
    until_ms = _NEVER_MS if next_end is None or next_end[0] is None else int(next_end[0])
    return KeptSnapshot(ports_snapshot(tx, now_ms), sequence, now_ms, until_ms)


def live_picture(
    snapshot: PortsSnapshot,
    port_ids: "Sequence[str]",
    now_s: float,
    limits: Freshness,
    encounter_id: str | None = None,
) -> "LivePicture":
    """Arrays of the engine, one entry a port, unknown wherever nobody has said or the saying is too old.

    Parameters
    ----------
    snapshot : PortsSnapshot
    port_ids : sequence of str
        Ports of the world, in its order.
    now_s : float
        Time of the decision. [s]
    limits : Freshness
        Of the policy.
    encounter_id : str, optional
        Encounter decided for: its own reservations are places it has, not places it lacks.

    Returns
    -------
    LivePicture
        A feed is absent while no port ever reported to it, and stale when its newest report is too old. A status past
        its expiry, places and reception past the limit are unknown. A danger ashore stays until people take it back.
    """
    import numpy as np

    from engine.model import LivePicture
    from engine.vocab import Feed, PortStatus

    content = snapshot.content
    at = {port_id: index for index, port_id in enumerate(port_ids)}
    limit_ms = limits.status_stale_after_s * 1000.0
    now_ms = now_s * 1000.0

    def blank() -> "np.ndarray":
        return np.full(len(at), np.nan)

    def feed(part: str) -> int:
        times = [report["reported_ms"] for report in content[part].values()]
        if not times:
            return int(Feed.ABSENT)
        return int(Feed.LIVE if now_ms - max(times) <= limit_ms else Feed.STALE)

    status, age_s = np.zeros(len(at), np.int64), blank()
    for port_id, said in content["status"].items():
        index = at.get(port_id)
        if index is None:
            continue
        expired = said["expires_ms"] is not None and said["expires_ms"] <= now_ms
        status[index] = PortStatus.UNKNOWN if expired else PortStatus[said["status"].upper()]
        age_s[index] = max(0.0, (now_ms - said["reported_ms"]) / 1000.0)

    others = np.zeros(len(at))
    for kept in content["reserved"]:
        index = at.get(kept["port_id"])
        if index is None:
            continue
        if encounter_id is None or kept["encounter_id"] != encounter_id:
            others[index] += kept["persons"]

    free, pace, queued = blank(), blank(), blank()
    for port_id, said in content["capacity"].items():
        index = at.get(port_id)
        if index is None or now_ms - said["reported_ms"] > limit_ms:
            continue
        free[index] = max(0.0, said["total"] - said["occupied"] - others[index])
        pace[index] = np.nan if said["persons_per_hour"] is None else said["persons_per_hour"]
        queued[index] = others[index]

    needs, transport, danger = blank(), blank(), np.zeros(len(at), np.bool_)
    for port_id, said in content["reception"].items():
        index = at.get(port_id)
        if index is None:
            continue
        danger[index] = bool(said["danger_ashore"])
        if now_ms - said["reported_ms"] <= limit_ms:
            needs[index] = np.nan if said["needs_met"] is None else said["needs_met"]
            transport[index] = np.nan if said["transport_arranged"] is None else said["transport_arranged"]

    return LivePicture(
        feed("status"), status, age_s, feed("capacity"), free, pace, queued, feed("reception"), needs, transport, danger
    )
