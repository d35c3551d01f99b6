"""From what ports report and what is held to the arrays a decision reads."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import orjson

from api.store.database import Transaction
from api.store.events import newest_event
from api.store.exclusion_zones import next_zone_end, snapshot_zones
from api.store.ownership import is_held_for
from api.store.reservations import LIVE
from api.store.validation import Json, canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
        Age of the newest report; None when the store could not be read. [s]
    """

    version: str
    age_s: float | None


@dataclass(frozen=True)
class PortsSnapshot:
    """Everything ports reported and everything held, at one moment; decoded and hashed once.

    Attributes
    ----------
    body : bytes
        Canonical JSON; what a decision record keeps, and all a picture is made of.
    """

    body: bytes

    @cached_property
    def content(self) -> Json:
        """The body as values: ``status``, ``capacity``, ``reception`` by port, ``reserved``, and ``lost`` if it is.

        With ``exclusion_zones`` where there are any, in force or to come. Read by many threads, and changed by none.
        """
        content: Json = orjson.loads(self.body)
        return content

    @cached_property
    def sha256(self) -> str:
        """Digest of the body."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def version(self) -> str:
        """Digest of the body, shortened."""
        return self.sha256[:20]

    def for_vessel(self, principal: str, encounter_id: str | None) -> "PortsSnapshot":
        """The same with the places marked that are a vessel's own: those are hers to use, not taken by others.

        Parameters
        ----------
        principal : str
            Of her key.
        encounter_id : str or None
            What she asks for. Places held for another encounter are then taken; with None all of hers are her own.
        """
        return self._owning(
            lambda kept: (
                is_held_for(principal, kept["maker"], kept["vessel"])
                and (encounter_id is None or kept["encounter_id"] in (None, encounter_id))
            )
        )

    def for_encounters(self, encounter_ids: frozenset[str]) -> "PortsSnapshot":
        """The same with the places marked that are held for some encounters: a plan for these shares them out anew."""
        return self._owning(lambda kept: kept["encounter_id"] in encounter_ids)

    def _owning(self, is_own: "Callable[[Json], bool]") -> "PortsSnapshot":
        reserved = self.content["reserved"]
        if not any(map(is_own, reserved)):
            return self
        marked = [{**kept, "own": True} if is_own(kept) else kept for kept in reserved]
        return PortsSnapshot(canonical({**self.content, "reserved": marked}))

    def zones_in_force(self, at_s: float) -> list[Json]:
        """Exclusion zones in force at a time, oldest first: their ``name``, and ``outline`` as positions. [s, deg]"""
        at_ms = at_s * 1000.0
        return [
            zone
            for zone in self.content.get("exclusion_zones", ())
            if (zone["from_ms"] or 0) <= at_ms and (zone["to_ms"] is None or at_ms < zone["to_ms"])
        ]

    def status_input(self, now_s: float) -> PortStatusInput | None:
        """For ``inputs.port_status`` of a decision; None when no port ever reported anything."""
        content = self.content
        if "lost" in content:
            return PortStatusInput(self.version, None)
        times = [report["reported_ms"] for part in _PARTS for report in content[part].values()]
        if not times:
            return None
        return PortStatusInput(self.version, max(0.0, round(now_s - max(times) / 1000.0, 3)))


_AHEAD_MS = 120_000.0
"""[A] How far in the future a report may lie; one from farther is of no known age, for a clock was wrong. [ms]"""

_PARTS = ("status", "capacity", "reception")


def unavailable_snapshot() -> PortsSnapshot:
    """What is known where the store cannot be read and nothing was read before.

    Which ports had reported is not known either, so every one of them counts as one whose feed has died.
    """
    return PortsSnapshot(canonical({"status": {}, "capacity": {}, "reception": {}, "reserved": [], "lost": True}))


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
                # One that says nothing is known, as after a danger was taken back, is no report to judge a port by.
                "SELECT port_id, needs_met, transport_arranged, danger_ashore, reported_ms FROM port_reception "
                "WHERE needs_met IS NOT NULL OR transport_arranged IS NOT NULL OR danger_ashore <> 0"
            )
        },
        "reserved": [
            {"port_id": row[0], "encounter_id": row[1], "persons": row[2], "vessel": row[3], "maker": row[4]}
            for row in tx.rows(
                "SELECT r.port_id, r.encounter_id, CASE WHEN persons > landed THEN persons - landed ELSE 0 END, "  # noqa: S608
                f"r.vessel, m.principal FROM reservation r LEFT JOIN made_by m ON m.sequence = r.made WHERE {LIVE} "
                "ORDER BY r.made",
                now_ms,
            )
        ],
    }
    zones = snapshot_zones(tx, now_ms)
    # Without zones it is what it was before there were any, to the byte: pictures on record keep their digests.
    return PortsSnapshot(canonical({**content, "exclusion_zones": zones} if zones else content))


class KeptSnapshot(NamedTuple):
    """A snapshot and for how long it stands.

    Attributes
    ----------
    snapshot : PortsSnapshot
    sequence : int
        Newest event that has been looked at.
    from_ms, until_ms : int
        Recorded times between which it holds, unless somebody reports something: then a hold or a zone in it ends. [ms]
    """

    snapshot: PortsSnapshot
    sequence: int
    from_ms: int
    until_ms: int


_CHANGED = (
    "SELECT 1 FROM event WHERE sequence > ? AND (kind LIKE 'port.%' OR kind LIKE 'reservation.%' "
    "OR kind LIKE 'zone.%' OR kind LIKE 'clock.%') LIMIT 1"
)
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
    until_ms = min(until_ms, next_zone_end(tx, now_ms) or _NEVER_MS)
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
        Encounter decided for: its own reservations are places it has, not places it lacks. Those that the snapshot
        marks as the vessel's own are too.

    Returns
    -------
    LivePicture
        A feed is absent for a port that never reported to it, and stale when its newest report is too old, or from so
        far in the future that its age is not known. A status past its expiry, places and reception past the limit are
        unknown. A danger ashore stays until taken back.
    """
    import numpy as np

    from engine.codes import Feed, PortStatus
    from engine.model import LivePicture

    content = snapshot.content
    at = {port_id: index for index, port_id in enumerate(port_ids)}
    limit_ms = limits.status_stale_after_s * 1000.0
    now_ms = now_s * 1000.0

    def blank() -> "np.ndarray":
        return np.full(len(at), np.nan)

    silent = Feed.STALE if "lost" in content else Feed.ABSENT

    def stands(report: Json) -> bool:
        return bool(-_AHEAD_MS <= now_ms - report["reported_ms"] <= limit_ms)

    def feed(part: str) -> "np.ndarray":
        feeds = np.full(len(at), int(silent), np.int8)
        for port_id, report in content[part].items():
            if port_id in at:
                feeds[at[port_id]] = Feed.LIVE if stands(report) else Feed.STALE
        return feeds

    status, age_s = np.zeros(len(at), np.int64), blank()
    for port_id, report in content["status"].items():
        index = at.get(port_id)
        if index is None:
            continue
        expired = report["expires_ms"] is not None and report["expires_ms"] <= now_ms
        status[index] = PortStatus.UNKNOWN if expired else PortStatus[report["status"].upper()]
        age_s[index] = max(0.0, (now_ms - report["reported_ms"]) / 1000.0)

    others = np.zeros(len(at))
    for kept in content["reserved"]:
        index = at.get(kept["port_id"])
        # Snapshots on record from before places were marked say nothing of whose they are.
        if index is None or kept.get("own"):
            continue
        if encounter_id is None or kept["encounter_id"] != encounter_id:
            others[index] += kept["persons"]

    free, pace, queued = blank(), blank(), blank()
    for port_id, report in content["capacity"].items():
        index = at.get(port_id)
        if index is None or not stands(report):
            continue
        free[index] = max(0.0, report["total"] - report["occupied"] - others[index])
        pace[index] = np.nan if report["persons_per_hour"] is None else report["persons_per_hour"]
        queued[index] = others[index]

    needs, transport, danger = blank(), blank(), np.zeros(len(at), np.bool_)
    for port_id, report in content["reception"].items():
        index = at.get(port_id)
        if index is None:
            continue
        danger[index] = bool(report["danger_ashore"])
        if stands(report):
            needs[index] = np.nan if report["needs_met"] is None else report["needs_met"]
            transport[index] = np.nan if report["transport_arranged"] is None else report["transport_arranged"]

    return LivePicture(
        feed("status"), status, age_s, feed("capacity"), free, pace, queued, feed("reception"), needs, transport, danger
    )
