"""The picture of a control room at one moment: encounters, places held, what ports report, and how old it all is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from api.board import encounter_known, encounter_now
from api.console.ais_feed import SILENT_S, AisFeed
from api.decision_service import DecisionService
from api.documents.decision import decision_document
from api.encounter import EncounterIn
from api.encounter_fields import NOBODY, is_nobody
from api.plan.request import MOST_EMPTY
from api.position import format_time
from api.store.board import OpenEncounter
from api.store.port_snapshot import PortsSnapshot
from api.store.reservations import StandingReservation
from api.store.store import Store
from api.text.catalogue import LANGUAGES
from api.text.refusals import refusal_sentence
from engine.errors import InvalidAsk, PositionRefused, UnknownName
from engine.units import HOUR_S
from geodata.policies import DEFAULT_POLICY, read_policy

Json = dict[str, Any]

TIDE_HOURS = 12
"""How far ahead the depths of ports are told. [h]"""

MOST_PORTS_DECIDED = 12
"""Ports of the decision that is shown of an encounter."""


class PictureRecords(NamedTuple):
    """What the store holds of the picture, read at one moment.

    Attributes
    ----------
    sequence : int
        Of the newest event.
    encounters : tuple of OpenEncounter
    reservations, ports : list of dict
        Those that count now; what every port that ever reported says.
    coordination : dict of dict
        The newest step of the hand-over between centres, by encounter.
    zones : list of dict
        Exclusion zones in force and to come.
    """

    sequence: int
    encounters: tuple[OpenEncounter, ...]
    reservations: list[StandingReservation]
    ports: list[Json]
    coordination: dict[str, Json]
    zones: list[Json]


def read_picture(store: Store, now_s: float) -> PictureRecords:
    """Everything the picture needs of the store.

    Parameters
    ----------
    store : Store
    now_s : float
        [s]
    """
    basis = store.board()
    return PictureRecords(
        basis.sequence, basis.encounters, store.reservations(now_s), store.reported_ports(now_s),
        store.coordination(), store.zones(now_s),
    )  # fmt: skip


def picture_document(
    records: PictureRecords, service: DecisionService, ais: AisFeed, now_s: float,
    decided: list[Json] | None,
) -> Json:  # fmt: skip
    """The picture.

    Parameters
    ----------
    records : PictureRecords
    service : DecisionService
    ais : AisFeed
        Only how old it is: nothing is decided on it.
    now_s : float
        [s]
    decided : list of dict or None
        A row of `DecidedRows` for each encounter, where they are decided.
    """
    told: Sequence[Json | None] = decided or [None] * len(records.encounters)
    rows = [
        {
            **known.board, "direction": known.direction,
            "coordination": records.coordination.get(known.board["encounter_id"]), "decided": row,
        }
        for known, row in zip(records.encounters, told, strict=True)
    ]  # fmt: skip
    return {
        "sequence": records.sequence, "encounters": rows, "reservations": records.reservations,
        "ports": records.ports, "zones": records.zones, "feeds": feeds(records, service, ais, now_s),
    }  # fmt: skip


def feeds(records: PictureRecords, service: DecisionService, ais: AisFeed, now_s: float) -> list[Json]:
    """Age of every source, and whether it is past its limit: one that is not connected has no age.

    Parameters
    ----------
    records : PictureRecords
    service : DecisionService
    ais : AisFeed
    now_s : float
        [s]
    """
    limits = read_policy(DEFAULT_POLICY).limits
    newest = max(
        (port[part]["reported_at"] for port in records.ports for part in ("status", "capacity", "reception")
         if port[part] is not None),
        default=None,
    )  # fmt: skip
    run_at_s = service.world.forecast.run_at_s
    forecast = service.world.identity["forecast"]
    run_at = format_time(run_at_s) if isinstance(forecast, dict) and run_at_s == run_at_s else None
    tides = service.tides.at(now_s)[1]
    return [
        _feed("port_status", newest, limits.status_stale_after_s, newest is not None),
        _feed("forecast", run_at, limits.weather_stale_after_s, isinstance(forecast, dict)),
        {**_feed("tides", None, None, tides is not None), "until": None if tides is None else tides["to"]},
        {**_feed("ais", ais.heard_at, SILENT_S, ais.is_connected), "lost_since": ais.lost_since},
    ]


def _feed(name: str, at: str | None, limit_s: float | None, is_connected: bool) -> Json:
    return {"id": name, "at": at, "limit_s": limit_s, "connected": is_connected}


class EncounterRecords(NamedTuple):
    """What the store holds of one encounter, read at one moment; `known` is what a decision is made of."""

    document: Json
    known: OpenEncounter
    withdrawn: Json | None
    reservations: list[StandingReservation]
    coordination: Json | None


def read_encounter(store: Store, encounter_id: str, now_s: float) -> EncounterRecords:
    """Everything the view of an encounter needs of the store.

    Parameters
    ----------
    store : Store
    encounter_id : str
    now_s : float
        [s]

    Raises
    ------
    NotFound
    """
    document, last = store.encounter(encounter_id), store.latest_decision(encounter_id)
    known = encounter_known(document, store.direction(encounter_id), last)
    held = [kept for kept in store.reservations(now_s) if kept["encounter_id"] == encounter_id]
    return EncounterRecords(
        document, known, store.withdrawal(encounter_id), held, store.coordination().get(encounter_id)
    )


def encounter_view(records: EncounterRecords, service: DecisionService, ports: PortsSnapshot, now_s: float) -> Json:
    """One encounter: its reports, its direction, the places it has, and how it is decided now; nothing is recorded.

    Parameters
    ----------
    records : EncounterRecords
    service : DecisionService
    ports : PortsSnapshot
    now_s : float
        [s]
    """
    at_s, encounter_id = float(int(now_s)), records.document["encounter_id"]
    return {
        "encounter": records.document, "direction": records.known.direction,
        "withdrawn": records.withdrawn, "reservations": records.reservations,
        "coordination": records.coordination,
        **decision_view(service, encounter_now(records.known, at_s), ports, encounter_id, at_s),
    }  # fmt: skip


def decision_view(
    service: DecisionService, body: EncounterIn, ports: PortsSnapshot, encounter_id: str, at_s: float
) -> Json:
    """How an encounter is decided.

    Parameters
    ----------
    service : DecisionService
    body : EncounterIn
    ports : PortsSnapshot
    encounter_id : str
    at_s : float
        [s]

    Returns
    -------
    dict
        ``ask``: the body; ``decision`` in its brief view, ``refused``: the sentence
        that says why no answer can be given, in both languages.
    """
    ask = body.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    try:
        wanted = service.ask(body, at_s)
        if is_nobody(wanted.persons_max):
            problem, remedy = NOBODY
            raise InvalidAsk("persons", f"{problem}.", f"{remedy}.")
        decision = service.decide(wanted, ports, encounter_id)
    except (PositionRefused, InvalidAsk, UnknownName) as refused:
        told = {
            language: refusal_sentence(refused.field, refused.problem, refused.remedy, language)
            for language in LANGUAGES
        }
        return {"ask": ask, "decision": None, "refused": told}
    return {"ask": ask, "decision": decision_document(decision, "brief", "both", MOST_PORTS_DECIDED), "refused": None}


def plan_request(records: PictureRecords, now_s: float) -> Json:
    """The open encounters as the body of a joint plan for now; those that nobody is left in are only named.

    Parameters
    ----------
    records : PictureRecords
    now_s : float
        [s]
    """
    at_s = float(int(now_s))
    encounters, empty = [], []
    for known in records.encounters:
        body = encounter_now(known, at_s).model_dump(mode="json", exclude_unset=True, exclude_none=True)
        name = known.board["encounter_id"]
        if body.get("persons") in (0, {"min": 0, "max": 0}):
            empty.append(name)
            continue
        encounters.append({**body, "id": name, "encounter_id": name, "may_split": False})
    # Stated, for by the time the plan is asked for it would be a later one than that of its encounters.
    return {
        "time": format_time(at_s), "encounters": encounters, "empty_encounters": empty[:MOST_EMPTY],
        # A single position that no answer can be given for must not cost all the others their plan.
        "leave_out_refused": True,
    }  # fmt: skip


def port_depths(service: DecisionService, now_s: float) -> Json:
    """Depth at every port now and hour by hour, where the register has a depth and the tide is known.

    Parameters
    ----------
    service : DecisionService
    now_s : float
        [s]

    Returns
    -------
    dict
        ``from``, ``hours``, and by port: ``depth_m`` for small craft over chart datum, ``tide_m`` hour by hour,
        ``gate``: hours about high water, or None; null is unknown.
    """
    from engine.kernels.tides import height_at

    columns = service.world.columns
    start_s = now_s // 600.0 * 600.0
    found = {}
    for k, port in enumerate(service.world.ports):
        least = min(_known(columns.approach_depth_m[k]), _known(columns.small_depth_m[k]), key=_unknown_last)
        heights = [
            float(height_at(service.tides.at(start_s + hour * HOUR_S)[0], k, start_s + hour * HOUR_S))
            for hour in range(TIDE_HOURS + 1)
        ]
        gate = (float(columns.gate_before_h[k]), float(columns.gate_after_h[k]))
        found[port.id] = {
            "depth_m": least,
            "tide_m": [round(height, 2) if height == height else None for height in heights],
            "gate_h": None if any(hour != hour for hour in gate) else list(gate),
        }
    return {"from": format_time(start_s), "hours": TIDE_HOURS, "ports": found}


def _known(figure: float) -> float | None:
    return round(float(figure), 2) if figure == figure else None


def _unknown_last(figure: float | None) -> float:
    return float("inf") if figure is None else figure
