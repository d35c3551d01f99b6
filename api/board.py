"""The live board: every open encounter decided anew for now, in few words.

Position, number, vessel, and how the people fare, are what its reports and its newest recorded decision say: of each
field the word that was observed last. A report was observed when it says so, a decision when its position was: its time
less ``position_age_s``, and one for a time to come no later than it was asked for. What a decision merely repeats of
what was known by the reports recorded before it was not observed anew by asking, and keeps the hour it had there. Of
two of one hour the decision counts.

A count is at least as many as were recovered by a word that is no older; with people in the water by such a word
somebody is there. Where none names a vessel the conservative profile ``unknown`` is taken, and the code
`VESSEL_ASSUMED` says so.
"""

from dataclasses import dataclass
from math import inf, isfinite, isinf
from typing import Annotated, Any, Literal, NamedTuple, cast

import numpy as np
import orjson
from pydantic import Field, ValidationError
from typing_extensions import TypedDict

from api.decision_service import DecisionService
from api.documents.decision import candidate
from api.documents.language import LANGUAGES
from api.encounter import AS_KNOWN, ON_SCENE, UNKNOWN_VESSEL, EncounterIn
from api.encounter_fields import ENCOUNTER_FIELDS, MOST_PERSONS, is_nobody
from api.position import format_time, parse_time
from api.store.board import OpenEncounter, known_before
from api.store.decisions import DecisionRecord
from api.store.directions import DirectionDocument, RuleConflict, WithdrawnDirection
from api.store.encounters import OpenEncounterRow, board_row
from api.store.port_snapshot import PortsSnapshot
from api.text.headline import eta_s
from engine.branch_and_bound import search_ports
from engine.codes import Code, Status, Verdict, Weight
from engine.decide import coordination_at, decide
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.model import Ask, Decision, World
from engine.request_context import build_context
from engine.units import MINUTE_S

Json = dict[str, Any]

VESSEL_ASSUMED = "VESSEL_ASSUMED"
"""Code on the board: neither a report nor a recorded decision names the vessel."""

NOBODY_REPORTED = "NOBODY_REPORTED"
"""Code on the board: by the last count nobody is there, so no port is recommended."""


@dataclass(frozen=True, slots=True)
class Board:
    """Time decided for and what was decided for each open encounter, in their order."""

    at: str
    encounters: list[Json]


def board_of(
    service: DecisionService, encounters: tuple[OpenEncounter, ...], ports: PortsSnapshot, now_s: float
) -> Board:
    """Decide every open encounter anew.

    Parameters
    ----------
    service : DecisionService
    encounters : tuple of OpenEncounter
    ports : PortsSnapshot
        What ports reported and what is held.
    now_s : float
        [s]
    """
    at_s = float(int(now_s))
    rows = [{**encounter.board, "decided": decide_row(service, encounter, ports, at_s)} for encounter in encounters]
    return Board(format_time(at_s), rows)


def decide_row(service: DecisionService, encounter: OpenEncounter, ports: PortsSnapshot, at_s: float) -> Json:
    """One encounter decided anew: what stands on the board."""
    encounter_id = encounter.board["encounter_id"]
    codes = [] if encounter.direction is None else ["RCC_DIRECTED"]
    row: Json = {"vessel": None, "direction": encounter.direction, "codes": codes}
    try:
        ask = ask_now(service, encounter, at_s)
        row["vessel"] = ask.vessel.id
        # The port that somebody was directed to may be any.
        judged = quick_decide(
            ask, service.world_seeing(ports, at_s, ask.policy.limits, encounter_id),
            every_port=encounter.direction is not None,
        )  # fmt: skip
    except (PositionRefused, InvalidAsk, UnknownName) as refused:
        return {**refused_view(refused), "changed": None, **row}
    if encounter.direction is not None and fails_hard(judged, encounter.direction["port_id"]):
        codes.append("RCC_PORT_CONFLICT")
    codes += doubts(ask)
    if judged.world.avoided:
        codes.append(Code.ZONES_AVOIDED.name)
    view = engine_view(judged)
    return {**view, "changed": _changed(view, encounter.last_answer), **row}


def doubts(ask: Ask) -> list[str]:
    """Codes of nobody being there, of what was assumed, and of a position too old to be where they are now."""
    assumed = [NOBODY_REPORTED] if is_nobody(ask.persons_max) else []
    assumed += [VESSEL_ASSUMED] if ask.vessel.id == UNKNOWN_VESSEL else []
    return [*assumed, Code.POS_STALE.name] if ask.position_age_s > ask.policy.limits.fix_stale_after_s else assumed


class QuickDecision(NamedTuple):
    """Ports judged, as in a `Decision`: what the few words on a board are made of."""

    ask: Ask
    world: World
    order: np.ndarray
    status: np.ndarray
    time_s: np.ndarray
    wait_s: np.ndarray
    verdict: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, decision: Decision) -> "QuickDecision":
        """That of a whole decision."""
        return cls(*(getattr(decision, name) for name in cls._fields))


def quick_decide(ask: Ask, world: World, *, every_port: bool = False) -> QuickDecision:
    """The ports of `engine.decide.decide`, in its order, without what it says about its own answer.

    What would turn the answer, and whether a nearby position has another one, is nothing that stands on a board.

    Parameters
    ----------
    ask : Ask
    world : World
    every_port : bool
        As for `engine.decide.decide`.

    Raises
    ------
    PositionRefused
    """
    found = search_ports(build_context(ask, world, coordination_at(world, ask)), every_port=every_port)
    table, weight = found.table, found.evaluation.weight
    return QuickDecision(ask, world, found.order, found.status, table.time_s, table.wait_s, table.verdict, weight)


def encounter_known(
    document: Json, direction: Json | None = None, last: DecisionRecord | None = None
) -> OpenEncounter:  # fmt: skip
    """An encounter with all its reports as the board has it.

    Parameters
    ----------
    document : dict
        Of `Store.encounter`.
    direction : dict, optional
        That holds for it.
    last : DecisionRecord, optional
        Its newest decision.
    """
    board = board_row(document["encounter_id"], document["reports"], bool(document["possible_duplicates"]))
    if last is None:
        return OpenEncounter(board, direction, None, None)
    before = known_before(document["reports"], last.sequence)
    return OpenEncounter(board, direction, last.ask, None, before, last.recorded_ms / 1000.0)


def body_now(encounter: OpenEncounter, at_s: float) -> Json:
    """The encounter as it is known at a time, as the body of a decision for it."""
    return encounter_now(encounter, at_s).model_dump(mode="json", exclude_unset=True, exclude_none=True)


def ask_now(service: DecisionService, encounter: OpenEncounter, at_s: float) -> Ask:
    """The ask for an encounter as it is known now.

    Raises
    ------
    SafeportError
    """
    return service.ask(encounter_now(encounter, at_s), at_s)


def encounter_now(encounter: OpenEncounter, at_s: float) -> EncounterIn:
    """The encounter body for what is known of an encounter at a time."""
    latest = encounter.board["latest"]
    last_ask = {} if encounter.ask is None else orjson.loads(encounter.ask)
    fields = _reported(encounter.board)
    position_s = parse_time(latest["observed_at"])
    body: Json = {"position": latest["position"]}
    uncertain = latest["uncertainty_m"]
    body["position_accuracy_m"] = (
        None if uncertain is None else min(uncertain, ENCOUNTER_FIELDS["position_accuracy_m"].most)
    )
    if last_ask:
        # To the millisecond, as reports have their hour: what is taken over from one has the same.
        asked_s = min(parse_time(last_ask["time"]), encounter.asked_s)
        asked_s = round(asked_s - (last_ask.get("position_age_s") or 0.0), 3)
        for name, stated in _stated(last_ask, asked_s, _reported(encounter.known_before or {})).items():
            if name not in fields or stated.observed_s >= fields[name].observed_s:
                fields[name] = stated
        if asked_s >= position_s:
            position_s = asked_s
            body |= {name: last_ask.get(name) for name in ("position", "position_accuracy_m")}
    age_s = min(max(at_s - position_s, 0.0), ENCOUNTER_FIELDS["position_age_s"].most)
    body |= {name: dated.value for name, dated in _with_everybody(fields).items()}
    body |= {"time": format_time(at_s), "position_age_s": age_s}
    try:
        return EncounterIn.model_validate(body, context=AS_KNOWN)
    except ValidationError:
        # A newer report may count fewer people than had been recovered by then: the count recovered is then in doubt.
        return EncounterIn.model_validate({**body, "persons_recovered": None}, context=AS_KNOWN)


class _Dated(NamedTuple):
    """What is known of a field, and since when. [s]"""

    observed_s: float
    value: Any


_NEVER = _Dated(-inf, None)


def _reported(row: Json) -> dict[str, _Dated]:
    """What reports say of people and vessel, by field; of a row of the board."""
    on_scene, counted = row.get("on_scene") or {}, row.get("persons")
    dated = on_scene.get("observed_at_by_field", {})
    fields = {name: _Dated(parse_time(dated[name]), on_scene[name]) for name in ON_SCENE if name in on_scene}
    if counted is not None:
        fields["persons"] = _Dated(parse_time(counted["observed_at"]), _persons(counted))
    return fields


def _stated(ask: Json, asked_s: float, known: dict[str, _Dated]) -> dict[str, _Dated]:
    """What the body of a decision says of people and vessel, by field; what it does not say it has not unsaid.

    Parameters
    ----------
    ask : dict
    asked_s : float
        When what it says was so. [s]
    known : dict
        What reports said of it before.
    """
    known = _with_everybody(known)
    return {
        name: _Dated(known[name].observed_s if name in known and _is_same(ask[name], known[name].value) else asked_s,
                     ask[name])
        for name in (*ON_SCENE, "persons")
        if ask.get(name) is not None
    }  # fmt: skip


def _is_same(stated: Any, known: Any) -> bool:
    """Whether two values of a field say the same: a number of people may be written in two ways, a null left out."""
    return bool(_plain(stated) == _plain(known))


def _plain(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"min": value, "max": value}
    return {name: part for name, part in value.items() if part is not None} if isinstance(value, dict) else value


def _with_everybody(fields: dict[str, _Dated]) -> dict[str, _Dated]:
    """The same, with a count that leaves nobody out who was recovered or is in the water."""
    counted = fields.get("persons", _NEVER)
    recovered, in_water = (fields.get(name, _NEVER) for name in ("persons_recovered", "persons_in_water"))
    least, most = _range(counted.value)
    if recovered.value is not None and recovered.observed_s >= counted.observed_s and recovered.value > least:
        least, most = recovered.value, None if most is None else max(most, recovered.value)
        fields = {**fields, "persons": _Dated(recovered.observed_s, {"min": least, "max": most})}
    if is_nobody(most) and in_water.value and in_water.observed_s >= counted.observed_s:
        # How many they are nobody has said.
        fields = {**fields, "persons": _Dated(in_water.observed_s, {"min": 1})}
    return fields


def _range(persons: Any) -> tuple[int, int | None]:
    """At least and at most; None where it is open."""
    if persons is None or isinstance(persons, int):
        return persons or 0, persons
    return persons["min"], persons.get("max")


class EngineView(TypedDict):
    """What the engine says of an encounter now."""

    outcome: Annotated[
        Literal["suitable", "unconfirmed", "none", "refused"],
        Field(description="refused: no answer can be given for its position; code says why."),
    ]
    code: Annotated[str | None, Field(description="Why it is refused; NOBODY_REPORTED: none, for nobody is there.")]
    port_id: str | None
    time_to_landing_min: float | None
    eta_at: str | None


class BoardDecision(EngineView):
    """An open encounter decided anew for now."""

    vessel: Annotated[
        str | None, Field(description="Profile decided for: of the vessel on scene as last reported, or unknown.")
    ]
    changed: Annotated[
        bool | None, Field(description="Not what its newest recorded decision says; null: none is recorded.")
    ]
    direction: Annotated[DirectionDocument | None, Field(description="Of a co-ordination centre; it is the answer.")]
    codes: Annotated[
        list[str],
        Field(
            description="RCC_DIRECTED, and RCC_PORT_CONFLICT where somebody must look; NOBODY_REPORTED where nobody is "
            "there by the last count; VESSEL_ASSUMED where nobody has named the vessel; POS_STALE where the last "
            "position is too old to go by; ZONES_AVOIDED where a closed water is kept out of."
        ),
    ]


class BoardEncounter(OpenEncounterRow):
    """An open encounter on the board."""

    decided: Annotated[BoardDecision | None, Field(description="Null unless asked for with decide=true.")]


class BoardDocument(TypedDict):
    """Every open encounter, in the order they were opened."""

    at: Annotated[str | None, Field(description="Time decided for; null unless asked for with decide=true.")]
    encounters: list[BoardEncounter]


class StandingDocument(TypedDict):
    """How a direction and the engine's view stand to each other. The direction is the answer."""

    encounter_id: str
    answer: Annotated[Literal["direction", "engine"], Field(description="Which of the two is the answer.")]
    codes: Annotated[
        list[str],
        Field(
            description="RCC_DIRECTED, and RCC_PORT_CONFLICT where the master must look; NOBODY_REPORTED where nobody "
            "is there by the last count; VESSEL_ASSUMED where nobody has named the vessel; POS_STALE where the last "
            "position is too old to be where they are."
        ),
    ]
    direction: DirectionDocument | None
    withdrawn: Annotated[
        WithdrawnDirection | None,
        Field(description="How the last direction was taken back: the vessel is to forget it; null while it holds."),
    ]
    conflicts: list[RuleConflict]
    judged: Annotated[bool, Field(description="Whether the place directed is a port the engine judged.")]
    engine_view: Annotated[str, Field(description="'for information' beside a direction, else 'advice'.")]
    engine: EngineView
    decided_at: str


_NOTHING: EngineView = {"outcome": "none", "code": None, "port_id": None, "time_to_landing_min": None, "eta_at": None}


def engine_view(judged: QuickDecision) -> EngineView:
    """The best port in few words; nulls where none is fit, or nobody is there to be landed."""
    if is_nobody(judged.ask.persons_max):
        return {**_NOTHING, "code": NOBODY_REPORTED}
    best = int(judged.order[0])
    if judged.status[best] == int(Status.EXCLUDED):
        return _NOTHING.copy()
    time_s, arrival_s = float(judged.time_s[best]), eta_s(judged, best)  # type: ignore[arg-type]
    can_arrive = isfinite(arrival_s) and not isinf(judged.wait_s[best])
    return {
        "outcome": "suitable" if judged.status[best] <= int(Status.CAUTION) else "unconfirmed",
        "code": None,
        "port_id": judged.world.ports[best].id,
        "time_to_landing_min": round(time_s / MINUTE_S, 1) if isfinite(time_s) else None,
        "eta_at": format_time(arrival_s) if can_arrive else None,
    }


def refused_view(refused: PositionRefused | InvalidAsk | UnknownName) -> EngineView:
    """The same where no answer can be given, and why."""
    code = refused.code.name if isinstance(refused, PositionRefused) else "INVALID_FIELDS"
    return {**_NOTHING, "outcome": "refused", "code": code}


def fails_hard(judged: QuickDecision, port_id: str | None) -> bool:
    """Whether a hard rule fails on a port; False for a place that is no port of the register."""
    for port, known in enumerate(judged.world.ports):
        if known.id == port_id:
            failed = (judged.verdict[port] == int(Verdict.FAIL)) & (judged.weight[port] == int(Weight.HARD))
            return bool(failed.any())
    return False


def port_judged(judged: QuickDecision, port_id: str | None) -> list[Json]:
    """The port directed as a decision document has it; nothing for a place that is no port of the register.

    Its findings are there where a hard rule fails on it: only then is anything said of them.
    """
    port = next((k for k, known in enumerate(judged.world.ports) if known.id == port_id), None)
    if port is None:
        return []
    if not fails_hard(judged, port_id):
        return [{"port": {"id": port_id}, "findings": []}]
    return [cast(Json, candidate(decide(judged.ask, judged.world, every_port=True), port, LANGUAGES))]


def _changed(view: EngineView, recorded: Json | None) -> bool | None:
    if recorded is None:
        return None
    recommended = view["port_id"] if view["outcome"] == "suitable" else None
    return (view["outcome"], recommended) != (recorded["outcome"], recorded["recommended"])


def _persons(counted: Json) -> Json:
    least, most = counted["min"], counted["max"]
    known = {"min": min(int(least or 0), MOST_PERSONS)}
    # With no greatest number it stays open: at least so many is not exactly so many.
    return known if most is None else known | {"max": min(int(most), MOST_PERSONS)}
