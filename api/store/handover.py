"""The shift handover: one page of what is open, held, overridden and doubtful, signed by both duties."""

from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from typing_extensions import TypedDict

from api.store.command_fields import Checked, NeededName, Text, check_fields
from api.store.commands import Change, CommandContext, Role
from api.store.database import Transaction, insertion
from api.store.directions import (
    DirectionDocument,
    RecordedOverride,
    WithdrawnDirection,
    latest_direction,
    override_documents,
    withdrawal_documents,
)
from api.store.encounters import OpenEncounterRow, open_encounters
from api.store.errors import InvalidValue, WrongState
from api.store.exclusion_zones import StandingZone, standing_zones
from api.store.record_types import At
from api.store.reservations import LONGEST_HOLD_S, StandingReservation, live_reservations
from api.store.validation import Json, written_time


class HandoverEncounter(OpenEncounterRow):
    """An open encounter on the page."""

    direction: DirectionDocument | None
    aged: Annotated[bool, Field(description="Nobody has seen it lately.")]


class ExpiredHold(TypedDict):
    """A hold that ended before its people had landed."""

    reservation_id: str
    port_id: str
    vessel: str
    persons: int
    expired_at: At


class AgedReport(TypedDict):
    """What a port said long ago."""

    port_id: str
    report: Literal["status", "capacity", "reception"]
    reported_at: At


class HandoverDocument(TypedDict):
    """What the next shift has to know."""

    at: At
    open_encounters: list[HandoverEncounter]
    reservations: list[StandingReservation]
    expiring_soon: list[str]
    overdue: list[str]
    expired_not_landed: list[ExpiredHold]
    held_against_shortage: list[StandingReservation]
    overrides: list[RecordedOverride]
    withdrawn_directions: list[WithdrawnDirection]
    exclusion_zones: list[StandingZone]
    aged_reports: list[AgedReport]


class SignedHandover(TypedDict):
    """A handover both duties have signed."""

    handover_id: str
    page_sha256: str
    handed_by: str
    taken_by: str
    text: str
    at: At


OLD_AFTER_S = 1_800.0
"""[A] Reports older than this are listed as aged. [s]"""

EXPIRING_WITHIN_S = 600.0
"""[A] Holds that end sooner than this are listed as expiring. [s]"""

_SHIFT_MS = 12 * 3_600_000
_DIGEST = 64


def handover_page(tx: Transaction, now_ms: int) -> Json:
    """Everything the next shift has to know.

    Parameters
    ----------
    tx : Transaction
    now_ms : int
        Recorded time. [ms]
    """
    encounters = open_encounters(tx)
    reservations = live_reservations(tx, now_ms)
    soon, old_ms = written_time(int(now_ms + EXPIRING_WITHIN_S * 1000)), int(now_ms - OLD_AFTER_S * 1000)
    old = written_time(old_ms)
    expired = tx.rows(
        "SELECT id, port_id, vessel, persons - landed, expires_ms FROM reservation WHERE landed < persons AND "
        "(state = 'expired' OR (state = 'held' AND expires_ms <= ?)) AND expires_ms > ? ORDER BY made",
        now_ms, int(now_ms - LONGEST_HOLD_S * 1000),
    )  # fmt: skip
    return {
        "at": written_time(now_ms),
        "open_encounters": [
            {
                **encounter,
                "direction": latest_direction(tx, encounter["encounter_id"]),
                "aged": encounter["latest"]["observed_at"] < old,
            }
            for encounter in encounters
        ],
        "reservations": reservations,
        "expiring_soon": [
            reservation["reservation_id"]
            for reservation in reservations
            if reservation["state"] == "held" and str(reservation["expires_at"]) < str(soon)
        ],
        "overdue": [reservation["reservation_id"] for reservation in reservations if reservation["overdue"]],
        "expired_not_landed": [
            {
                "reservation_id": row[0],
                "port_id": row[1],
                "vessel": row[2],
                "persons": row[3],
                "expired_at": written_time(row[4]),
            }
            for row in expired
        ],
        "held_against_shortage": [reservation for reservation in reservations if reservation["override"] is not None],
        "overrides": override_documents(tx, now_ms - _SHIFT_MS),
        "withdrawn_directions": withdrawal_documents(tx, now_ms - _SHIFT_MS),
        "exclusion_zones": standing_zones(tx, now_ms),
        "aged_reports": [
            {"port_id": port_id, "report": part, "reported_at": written_time(reported_ms)}
            for part in ("status", "capacity", "reception")
            for port_id, reported_ms in sorted(
                tx.rows(f"SELECT port_id, reported_ms FROM port_{part} WHERE reported_ms < ?", old_ms)  # noqa: S608
            )
        ],
    }


def _checked_page(page_sha256: str, field: str) -> None:
    if len(page_sha256) != _DIGEST or set(page_sha256) - set("0123456789abcdef"):
        raise InvalidValue(field, "is not a SHA-256 in hexadecimal.", "Send the digest of the page.")


PageDigest = Annotated[
    str, Field(max_length=_DIGEST, description="Safeport-Page-SHA256 of the page both have read."),
    Checked(_checked_page),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandOutPage:
    """The page was given to somebody to read: only such a page is signed."""

    kind: ClassVar[str] = "page.handed_out"
    page_sha256: PageDigest

    def apply(self, context: CommandContext) -> Change:
        """Record it."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        return Change(self.page_sha256, asdict(self))


@dataclass(frozen=True, slots=True)
class SignHandover:
    """Both shifts sign the page, each by the name of its duty."""

    kind: ClassVar[str] = "handover.signed"
    page_sha256: PageDigest
    handed_by: NeededName
    taken_by: NeededName
    text: Text = ""

    def apply(self, context: CommandContext) -> Change:
        """Record it."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        if self.handed_by.strip() == self.taken_by.strip():
            raise InvalidValue("taken_by", "is who hands over.", "Two duties sign.")
        if not context.tx.row(
            "SELECT 1 FROM event WHERE subject = ? AND kind = ? AND at_ms >= ?",
            self.page_sha256, HandOutPage.kind, context.now_ms - _SHIFT_MS,
        ):  # fmt: skip
            raise WrongState(
                "page_sha256", "is of no page that was handed out in this shift.", "Read the page anew, and sign that."
            )
        page = asdict(self)
        context.defer(*insertion("handover", sequence=context.sequence, **page, at_ms=context.now_ms))
        handover_id = f"h-{context.sequence}"
        return Change(handover_id, {"handover_id": handover_id, **page, "at": written_time(context.now_ms)})


def handover_documents(tx: Transaction) -> list[Json]:
    """Every signed handover, oldest first."""
    found = tx.rows("SELECT sequence, page_sha256, handed_by, taken_by, text, at_ms FROM handover ORDER BY sequence")
    names = ("sequence", "page_sha256", "handed_by", "taken_by", "text")
    return [{**dict(zip(names, row[:5], strict=True)), "at": written_time(row[5])} for row in found]
