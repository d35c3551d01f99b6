"""Encounters: append-only reports of people at sea.

A report opens an encounter, or is added by somebody to one they know it belongs to. Pairs that may be one boat are
flagged. No code merges two encounters, and none closes one: a person does, with evidence, and the reports stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NotRequired, get_args

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from api.documents.decision_types import EncounterEcho
from api.documents.geometry import LonLat
from api.encounter import ON_SCENE, EncounterIn
from api.store.command_fields import (
    OUTSIDE,
    Checked,
    CountAtSea,
    Flag,
    Instant,
    NeededText,
    PathId,
    Text,
    Uncertainty,
    WindSpeed,
    check_fields,
)
from api.store.commands import Change, CommandContext, Role
from api.store.database import Row, Transaction, insertion
from api.store.duplicate_detection import ReportedPosition, compare
from api.store.errors import InvalidValue, NotFound, WrongState
from api.store.record_types import ActedBy, At
from api.store.validation import (
    LONGEST_NAME,
    Json,
    checked_id,
    checked_number,
    checked_past,
    checked_text,
    written_time,
)


class PointDocument(TypedDict):
    """GeoJSON point: longitude first."""

    type: Literal["Point"]
    coordinates: LonLat


class PersonsRange(TypedDict):
    """At least and at most; null where nobody has said."""

    min: int | None
    max: int | None


class DatedPersons(PersonsRange):
    """How many people the newest report that counts them says there are."""

    observed_at: At


if TYPE_CHECKING:

    class OnScene(TypedDict, total=False):
        """What a report says of vessel and people, in the words of a decision's body."""

else:
    # Described by what may be sent; what a report does not say is left out.
    OnScene = TypedDict(
        "OnScene", {name: EncounterIn.model_fields[name].rebuild_annotation() for name in ON_SCENE}, total=False
    )
    OnScene.__doc__ = "What a report says of vessel and people, in the words of a decision's body."


class DatedOnScene(OnScene):
    """What reports say of vessel and people, of each field the newest word, in the words of a decision's body."""

    observed_at: Annotated[At, Field(description="Of the newest report that says any of it.")]
    observed_at_by_field: Annotated[dict[str, At], Field(description="Of the report that each field is from.")]


class EncounterReport(TypedDict):
    """One report of an encounter, as it was sent."""

    sequence: int
    source: str
    position: PointDocument
    uncertainty_m: float | None
    observed_at: At
    persons: PersonsRange
    making_way: bool | None
    text: str
    by: Annotated[ActedBy, Field(description="Whose report it is.")]
    on_scene: Annotated[OnScene | None, Field(description="Null where it says nothing of vessel and people.")]


class PossibleDuplicate(TypedDict):
    """Another encounter that may be the same boat. Nothing is merged: people look."""

    encounter_id: str
    distance_m: float
    envelope_m: Annotated[float, Field(description="How far both may have drifted. [m]")]


class FlaggedDuplicate(PossibleDuplicate):
    """The same, as flagged when a report came in."""

    persons_differ: Annotated[bool, Field(description="The counts cannot both be right; counts at sea are guesses.")]


Withheld = Annotated[int, Field(description="Sent to vessels only: how many there are of others, which are not named.")]


class ReportedEncounter(EncounterReport):
    """A report just taken in."""

    encounter_id: str
    recorded_at: At
    encounter: Annotated[EncounterEcho, Field(description="What it says, as the body of a decision.")]
    possible_duplicates: list[FlaggedDuplicate]
    possible_duplicates_withheld: NotRequired[Withheld]


class ClosedBy(TypedDict):
    """By whom and with what evidence an encounter was closed."""

    at: At
    by: ActedBy
    evidence: str


class EncounterDocument(TypedDict):
    """An encounter with every report of it, oldest first."""

    encounter_id: str
    state: Literal["open", "closed"]
    opened_at: At
    closed: ClosedBy | None
    version: int
    encounter: Annotated[
        EncounterEcho,
        Field(
            description="What is known of it now, as the body of a decision; with persons of 0, where nobody is there "
            "by the last count, it asks for no port and is refused as one."
        ),
    ]
    reports: list[EncounterReport]
    possible_duplicates: list[PossibleDuplicate]
    possible_duplicates_withheld: NotRequired[Withheld]


class OpenEncounterRow(TypedDict):
    """An open encounter with its newest report."""

    encounter_id: str
    latest: EncounterReport
    persons: Annotated[DatedPersons | None, Field(description="As last counted; a report without a count leaves it.")]
    on_scene: DatedOnScene | None
    reports: int
    possible_duplicate: bool


class EncounterClosed(TypedDict):
    """An encounter that was closed."""

    encounter_id: str
    state: Literal["closed"]
    closed_at: At
    by: ActedBy
    evidence: str


class EncounterReopened(TypedDict):
    """An encounter that was opened again."""

    encounter_id: str
    state: Literal["open"]
    reason: str


_ON_SCENE = b'"on_scene":{'
Source = Literal["boat", "vessel", "aircraft", "drone", "phone", "ais", "radar", "shore", "other"]


def _checked_source(source: str, field: str) -> None:
    if source not in get_args(Source):
        raise InvalidValue(field, "is not a source.", f"Use one of {', '.join(get_args(Source))}.")


@dataclass(frozen=True, slots=True)
class ReportEncounter:
    """One report: from where, of how many, when.

    Attributes
    ----------
    lon, lat : float
        [deg]
    observed_s : float
        When it was so. [s]
    encounter_id : str or None
        Given by a person who knows which encounter it belongs to; otherwise the report opens one.
    persons_min, persons_max : int or None
        None when not said.
    on_scene : dict or None
        What a decision is made with beside position, time and number, as far as it is said: the vessel, how the people
        fare. In the words of a decision's body.
    dated_by : str
        Field that says when it was so, to name where that is wrong.
    """

    kind: ClassVar[str] = "encounter.reported"
    source: Annotated[Source, Checked(_checked_source)]
    lon: Annotated[float, OUTSIDE, Checked(partial(checked_number, least=-180.0, most=180.0))]
    lat: Annotated[float, OUTSIDE, Checked(partial(checked_number, least=-90.0, most=90.0))]
    observed_s: Instant
    encounter_id: PathId | None = None
    uncertainty_m: Annotated[
        Uncertainty | None, Field(description="Radius the position is good to; the same as position_accuracy_m. [m]"),
    ] = None  # fmt: skip
    persons_min: Annotated[CountAtSea | None, OUTSIDE] = None
    persons_max: Annotated[CountAtSea | None, OUTSIDE] = None
    making_way: Annotated[Flag | None, Field(description="Whether the boat moves by itself.")] = None
    wind_ms: Annotated[WindSpeed | None, Field(description="For the drift envelope. [m/s]")] = None
    text: Annotated[Text, Field(description="Colour, engine, condition; never who the people are.")] = ""
    on_scene: Annotated[Json | None, OUTSIDE] = None
    dated_by: Annotated[str, OUTSIDE] = "observed_at"

    def apply(self, context: CommandContext) -> Change:
        """Add the report; open its encounter if need be; flag what it may be a second report of."""
        lon, lat, observed_ms = self._checked(context)
        tx, sequence = context.tx, context.sequence
        encounter_id = self.encounter_id
        if encounter_id is None:
            encounter_id = context.new_id("e")
            tx.run(*insertion(
                "encounter", id=encounter_id, opened=sequence, opened_ms=context.now_ms, state="open", version=sequence
            ))  # fmt: skip
        else:
            state = encounter_state(tx, encounter_id)
            if state == "closed":
                raise WrongState("encounter_id", "is closed.", "Send it without: it opens a new encounter.")
            tx.run("UPDATE encounter SET version = ? WHERE id = ?", sequence, encounter_id)
        context.defer(*insertion(
            "encounter_report", sequence=sequence, encounter_id=encounter_id, source=self.source, lon=lon, lat=lat,
            uncertainty_m=None if self.uncertainty_m is None else float(self.uncertainty_m), observed_ms=observed_ms,
            persons_min=self.persons_min, persons_max=self.persons_max,
            making_way=None if self.making_way is None else int(self.making_way), text=self.text,
        ))  # fmt: skip
        report: Json = {
            "encounter_id": encounter_id, "source": self.source,
            "position": {"type": "Point", "coordinates": [lon, lat]}, "uncertainty_m": self.uncertainty_m,
            "observed_at": written_time(observed_ms), "recorded_at": written_time(context.now_ms),
            "persons": {"min": self.persons_min, "max": self.persons_max}, "making_way": self.making_way,
            "text": self.text, "on_scene": self.on_scene, "sequence": sequence,
            "by": context.by,
        }  # fmt: skip
        return Change(encounter_id, {**report, "possible_duplicates": self._flag(context, encounter_id, lon, lat)})

    def _checked(self, context: CommandContext) -> tuple[float, float, int]:
        check_fields(self)
        lon, lat = float(self.lon), float(self.lat)
        if lon == 0.0 and lat == 0.0:
            raise InvalidValue("position", "0,0 is what a receiver without a fix reports.", "Give a position.")
        if self.persons_min is not None and self.persons_max is not None and self.persons_min > self.persons_max:
            raise InvalidValue("persons", "min is greater than max.", "Exchange them.")
        return lon, lat, checked_past(self.observed_s, self.dated_by, context.now_ms)

    def _flag(self, context: CommandContext, encounter_id: str, lon: float, lat: float) -> list[Json]:
        here = ReportedPosition(lon, lat, self.uncertainty_m, self.observed_s, self.making_way)
        nearest: dict[str, Json] = {}
        for other_id, sighting, least, most in _open_sightings(context.tx):
            pair = None if other_id == encounter_id else compare(here, sighting, self.wind_ms)
            if pair is None or not pair.may_be_one:
                continue
            if other_id in nearest and nearest[other_id]["distance_m"] <= pair.distance_m:
                continue
            nearest[other_id] = {
                "encounter_id": other_id, "distance_m": round(pair.distance_m), "envelope_m": round(pair.envelope_m),
                "persons_differ": _apart(self.persons_min, self.persons_max, least, most),
            }  # fmt: skip
        for other_id, flag in nearest.items():
            earlier, later = sorted((encounter_id, other_id), key=opened_at)
            context.defer(
                "INSERT INTO suspected_duplicate (earlier_id, later_id, flagged, distance_m, envelope_m) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (earlier_id, later_id) DO NOTHING",
                earlier, later, context.sequence, float(flag["distance_m"]), float(flag["envelope_m"]),
            )  # fmt: skip
        return [nearest[name] for name in sorted(nearest, key=opened_at)]


@dataclass(frozen=True, slots=True)
class CloseEncounter:
    """Somebody says, by the name of their duty and with evidence, that this encounter has ended.

    Evidence is what shows it: who landed, where, how many, counted by whom.
    """

    kind: ClassVar[str] = "encounter.closed"
    encounter_id: PathId
    evidence: NeededText

    def apply(self, context: CommandContext) -> Change:
        """Close it. Its reports and reservations stay as they are."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        if encounter_state(context.tx, self.encounter_id) == "closed":
            raise WrongState("encounter_id", "is closed already.", "Nothing to do.")
        actor = context.actor
        context.tx.run(
            "UPDATE encounter SET state = 'closed', closed_ms = ?, closed_role = ?, closed_duty = ?, evidence = ?, "
            "version = ? WHERE id = ?",
            context.now_ms, actor.role.value, actor.duty, self.evidence, context.sequence, self.encounter_id,
        )  # fmt: skip
        return Change(
            self.encounter_id,
            {
                "encounter_id": self.encounter_id, "state": "closed", "closed_at": written_time(context.now_ms),
                "by": {"role": actor.role.value, "duty": actor.duty}, "evidence": self.evidence,
            },
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReopenEncounter:
    """It had not ended after all."""

    kind: ClassVar[str] = "encounter.reopened"
    encounter_id: PathId
    reason: Annotated[Text, Checked(partial(checked_text, longest=LONGEST_NAME * 10, needed=True))]

    def apply(self, context: CommandContext) -> Change:
        """Open it again."""
        context.actor.needs(Role.CONTROLLER)
        check_fields(self)
        if encounter_state(context.tx, self.encounter_id) == "open":
            raise WrongState("encounter_id", "is open.", "Nothing to do.")
        context.tx.run(
            "UPDATE encounter SET state = 'open', closed_ms = NULL, closed_role = NULL, closed_duty = NULL, "
            "evidence = NULL, version = ? WHERE id = ?",
            context.sequence,
            self.encounter_id,
        )
        return Change(self.encounter_id, {"encounter_id": self.encounter_id, "state": "open", "reason": self.reason})


def opened_at(encounter_id: str) -> int:
    """Number of the audit row that opened an encounter, which its id begins with."""
    return int(encounter_id.split("-")[1])


def encounter_state(tx: Transaction, encounter_id: str) -> str:
    """``open`` or ``closed``.

    Raises
    ------
    NotFound
    """
    found = tx.row("SELECT state FROM encounter WHERE id = ?", encounter_id)
    if found is None:
        raise NotFound("encounter_id", "names no encounter.", "See the list of encounters.")
    return str(found[0])


_REPORT = (
    "SELECT r.encounter_id, r.sequence, r.source, r.lon, r.lat, r.uncertainty_m, r.observed_ms, r.persons_min, "
    "r.persons_max, r.making_way, r.text, a.role, a.payload FROM encounter_report r "
    "JOIN audit a ON a.sequence = r.sequence"
)


def encounter_document(tx: Transaction, encounter_id: str) -> Json:
    """An encounter with every report of it, oldest first, and the pairs it is part of.

    Raises
    ------
    NotFound
    """
    checked_id(encounter_id, "encounter_id")
    found = tx.row(
        "SELECT state, opened_ms, closed_ms, closed_role, closed_duty, evidence, version FROM encounter WHERE id = ?",
        encounter_id,
    )
    if found is None:
        raise NotFound("encounter_id", "names no encounter.", "See the list of encounters.")
    state, opened_ms, closed_ms, role, duty, evidence, version = found
    pairs = tx.rows(
        "SELECT earlier_id, later_id, distance_m, envelope_m FROM suspected_duplicate "
        "WHERE earlier_id = ? OR later_id = ? ORDER BY flagged",
        encounter_id, encounter_id,
    )  # fmt: skip
    return {
        "encounter_id": encounter_id, "state": state, "opened_at": written_time(opened_ms),
        "closed": None if state == "open" else {
            "at": written_time(closed_ms), "by": {"role": role, "duty": duty}, "evidence": evidence,
        },
        "version": version,
        "reports": [_report(row) for row in tx.rows(f"{_REPORT} WHERE r.encounter_id = ? ORDER BY r.sequence",
                                                    encounter_id)],
        "possible_duplicates": [
            {"encounter_id": later if earlier == encounter_id else earlier, "distance_m": distance,
             "envelope_m": envelope}
            for earlier, later, distance, envelope in pairs
        ],
    }  # fmt: skip


def report_documents(tx: Transaction) -> list[Json]:
    """Every report there is, oldest first, each with the encounter it belongs to."""
    return [{"encounter_id": row[0], **_report(row)} for row in tx.rows(f"{_REPORT} ORDER BY r.sequence")]


def open_encounters(tx: Transaction) -> list[Json]:
    """Every open encounter with its newest report by time observed, in the order they were opened: the live board."""
    flagged = flagged_encounters(tx)
    return [board_row(name, reports, name in flagged) for name, reports in open_reports(tx).items()]


def open_reports(tx: Transaction) -> dict[str, list[Json]]:
    """Reports of every open encounter, in the order those were opened."""
    reports: dict[str, list[Json]] = {}
    for row in tx.rows(
        f"{_REPORT} JOIN encounter e ON e.id = r.encounter_id WHERE e.state = 'open' ORDER BY e.opened, r.sequence"
    ):
        reports.setdefault(row[0], []).append(_report(row))
    return reports


def flagged_encounters(tx: Transaction) -> set[str]:
    """Those that may be one boat with another."""
    return {name for pair in tx.rows("SELECT earlier_id, later_id FROM suspected_duplicate") for name in pair}


def board_row(encounter_id: str, reports: Sequence[Json], possible_duplicate: bool = False) -> Json:
    """What reports of an encounter say together, as a row of the board.

    Parameters
    ----------
    encounter_id : str
    reports : sequence of dict
        One or more, in any order.
    possible_duplicate : bool
    """
    in_turn = sorted(reports, key=lambda report: (report["observed_at"], report["sequence"]))
    # A report without a count does not unsay the last one.
    persons = [counted for report in in_turn if (counted := stated_persons(report)) is not None]
    on_scene = on_scene_known([(report["observed_at"], report["on_scene"]) for report in in_turn if report["on_scene"]])
    return {
        "encounter_id": encounter_id, "latest": in_turn[-1], "persons": persons[-1] if persons else None,
        "on_scene": on_scene, "reports": len(in_turn), "possible_duplicate": possible_duplicate,
    }  # fmt: skip


Statement = tuple[str, Json]
"""When something was observed of vessel and people, and what was said of them then."""


def on_scene_known(statements: Sequence[Statement]) -> Json | None:
    """What reports say of vessel and people together, of each field the newest word, and when each was observed.

    A phone call after a lifeboat's report does not unsay her.

    Parameters
    ----------
    statements : sequence of Statement
        Oldest first.
    """
    if not statements:
        return None
    known: Json = {}
    observed: Json = {}
    for at, statement in statements:
        known |= statement
        observed |= dict.fromkeys(statement, at)
    return {"observed_at": statements[-1][0], "observed_at_by_field": observed, **known}


def stated_persons(report: Json) -> Json | None:
    """How many people a report counted, and when; None for one that says nothing of it."""
    least, most = report["persons"]["min"], report["persons"]["max"]
    return None if least is None and most is None else {"observed_at": report["observed_at"], "min": least, "max": most}


def _open_sightings(tx: Transaction) -> list[tuple[str, ReportedPosition, int | None, int | None]]:
    found = tx.rows(f"{_REPORT} JOIN encounter e ON e.id = r.encounter_id WHERE e.state = 'open' ORDER BY r.sequence")
    return [
        (row[0], ReportedPosition(row[3], row[4], row[5], row[6] / 1000.0, None if row[9] is None else bool(row[9])),
         row[7], row[8])
        for row in found
    ]  # fmt: skip


def _report(row: Row) -> Json:
    _, sequence, source, lon, lat, uncertainty_m, observed_ms, least, most, making_way, text, role, payload = row
    return {
        "sequence": sequence, "source": source, "position": {"type": "Point", "coordinates": [lon, lat]},
        "uncertainty_m": uncertainty_m, "observed_at": written_time(observed_ms),
        "persons": {"min": least, "max": most}, "making_way": None if making_way is None else bool(making_way),
        # Whose report it is stands in its audit row alone, so that nobody can put it in another's mouth.
        "text": text, "by": {"role": role, "duty": orjson.loads(bytes(payload))["duty"]},
        "on_scene": _on_scene(payload),
    }  # fmt: skip


def _on_scene(payload: bytes) -> Json | None:
    """What a report said of vessel and people; in its audit row alone. None for one that said nothing of them."""
    if _ON_SCENE not in (text := bytes(payload)):
        return None
    statement: Json | None = orjson.loads(text)["became"].get("on_scene")
    return statement


def _apart(least: int | None, most: int | None, other_least: int | None, other_most: int | None) -> bool:
    """Whether two counts cannot both be right. Counts at sea are guesses: it is shown, and excludes nothing."""
    return (most is not None and other_least is not None and most < other_least) or (
        other_most is not None and least is not None and other_most < least
    )
