"""The state of the terminal as one JSON document: what the page shows when nobody has asked anything."""

from math import isfinite, isnan
from typing import Any

from api.decision_service import DecisionService
from api.documents.bilingual import Bilingual
from api.documents.decision import port_names
from api.documents.language import LANGUAGES
from api.encounter import VesselIn
from api.http.dependencies import forecast_of
from api.http.problems import Starting
from api.position import format_time, parse_time
from api.terminal.clock import Reading
from api.terminal.link.courier import CLOCK_OFF_S
from api.terminal.messages import sentence, span
from api.terminal.navigation import Estimate, Quality
from api.terminal.own_ship import known_number, persons_document, vessel_document
from api.terminal.targets import shown_targets
from api.terminal.terminal import Terminal
from api.terminal.warmup import own_depth_class
from api.terminal.zones import zones_version
from api.text.catalogue import Text
from api.text.locale import number_text
from engine.codes import Code
from engine.errors import PackError, PositionRefused
from engine.routes import reach_from
from engine.units import NAUTICAL_MILE_M
from geodata.policies import DEFAULT_POLICY, read_policy

Json = dict[str, Any]

LAYERS: dict[str, Bilingual] = {
    "pack": {"en": "Chart and ports", "fr": "Carte et ports"},
    "tides": {"en": "Tides", "fr": "Marées"},
    "forecast": {"en": "Forecast", "fr": "Prévision"},
    "port_status": {"en": "Port reports", "fr": "État des ports"},
    "zones": {"en": "Exclusion zones", "fr": "Zones d'exclusion"},
    "direction": {"en": "Direction of the centre", "fr": "Directive du centre"},
    "fix": {"en": "Own position", "fr": "Position"},
}
PACK_LIMIT_S = 400.0 * 86_400.0
"""[A] Charts and registers change within a year. [s]"""


def state_document(terminal: Terminal) -> Json:
    """Everything, now."""
    follower, service = terminal.follower, terminal.service_if_open()
    reading, now_s = follower.clock(), follower.ticks.steady_s()
    estimate = check_against_chart(follower.estimate(), service, terminal.vessel.profile)
    fix = fix_document(estimate, reading)
    return {
        "at": format_time(reading.utc_s) if isfinite(reading.utc_s) and reading.utc_s >= 0.0 else None,
        "is_demo": terminal.is_demo,
        "ready": service is not None,
        "not_ready": None if service is not None else not_ready(terminal),
        "fix": fix,
        "clock": clock_document(reading),
        "sources": [_source(status) for status in follower.status_documents()],
        "targets": [
            {
                "mmsi": view.target.mmsi, "name": view.target.name or None, "kind": view.target.kind,
                "position": [round(view.target.lon, 5), round(view.target.lat, 5)],
                "at": format_time(reading.utc_s - (now_s - view.at_s)), "age_s": round(now_s - view.at_s),
                "sog_kn": known_number(view.target.sog_kn, 1), "cog_deg": known_number(view.target.cog_deg, 1),
                "heading_deg": known_number(view.target.heading_deg, 0),
            }
            for view in shown_targets(follower.targets, now_s)
        ],
        "vessel": vessel_document(service, terminal.vessel),
        "persons": persons_document(terminal.persons),
        "medical": terminal.medical,
        "layers": layers(terminal, service, reading, fix),
        "zones": zones_state(terminal, service, reading),
        "link": link_document(terminal, reading),
        "direction": with_port_names(terminal.direction, service),
        "withdrawn": with_port_names(terminal.withdrawn, service),
        "active_route": with_port_names(terminal.hand_over.document(), service),
        "trouble": None if terminal.trouble is None else {
            "code": terminal.trouble.code, "text": sentence("disk_full" if terminal.trouble.code == "DISK_FULL" else
                                                            "not_kept"),
        },
    }  # fmt: skip


def zones_state(terminal: Terminal, service: DecisionService | None, reading: Reading) -> Json:
    """Whether zones are known, which of them are still to be worked in, and a version of what there is to show."""
    view = terminal.zones.view(service, terminal.vessel.profile, reading.utc_s)
    return {
        "known": view.told_s is not None,
        "pending": [zone["name"] for zone in view.pending],
        "avoided_version": zones_version(list(view.avoided)),
        "version": zones_version(terminal.zones.documents(view, reading.utc_s)),
    }


def with_port_names(known: Json | None, service: DecisionService | None) -> Json | None:
    """A direction, its withdrawal or a route steered along, with the names of the port where the register has it."""
    if known is None:
        return None
    ports = () if service is None else service.world.ports
    named = next((port for port in ports if port.id == known.get("port_id")), None)
    return {**known, "port": None if named is None else {"id": named.id, "name": port_names(named, LANGUAGES)}}


def link_document(terminal: Terminal, reading: Reading) -> Json:
    """The link, what waits, and what is wrong with it."""
    courier, now_s = terminal.courier, terminal.follower.ticks.steady_s()
    if courier is None:
        return {"state": "off", "since": None, "queued": 0, "delivered": 0, "refused": 0, "next_try_at": None,
                "why": None, "terminal": None, "burst": None}  # fmt: skip
    key, figures = courier.why, {}
    if not key and abs(courier.clock_off_s) > CLOCK_OFF_S:
        key, figures = "clock_off", {"offset": span(courier.clock_off_s)}
    return {
        "state": courier.state,
        "since": format_time(reading.utc_s - (now_s - courier.since_s)),
        "queued": courier.counts["queued"],
        "delivered": courier.counts["delivered"],
        "refused": int(courier.why in ("key_shared", "signature_wrong", "message_refused")),
        "next_try_at": format_time(reading.utc_s + max(courier.next_try_s - now_s, 0.0))
        if isfinite(courier.next_try_s) else None,
        "why": sentence(key, **figures),
        "terminal": courier.outbox.terminal,
        "burst": None if terminal.bursts is None else {
            "written": terminal.bursts.written, "answers": terminal.bursts.answers,
        },
    }  # fmt: skip


def not_ready(terminal: Terminal) -> Bilingual | None:
    """Why nothing can be decided yet."""
    try:
        terminal.service()
    except PackError:
        return sentence("pack_unusable")
    except Starting:
        return sentence("starting")
    return None


def check_against_chart(estimate: Estimate, service: DecisionService | None, vessel: VesselIn) -> Estimate:
    """A fix held against the chart: one on land or off the map is shown, and questioned."""
    if service is None or estimate.quality not in (Quality.GOOD, Quality.QUESTIONED):
        return estimate
    try:
        reach_from(service.world, own_depth_class(service, vessel), estimate.lon, estimate.lat)
    except PositionRefused as refused:
        why = "outside" if refused.code is Code.POS_OUT_OF_AREA else "on_land"
        return estimate._replace(quality=Quality.QUESTIONED, why=why)
    return estimate


def fix_document(estimate: Estimate, reading: Reading) -> Json:
    """The fix, with its age and quality, and why it is no better."""
    is_known = isfinite(estimate.lon)
    key = "stale_unknown" if estimate.why == "stale" and not isfinite(estimate.age_s) else estimate.why
    figures = {
        "age": span(estimate.age_s), "accuracy_nm": _miles(estimate.accuracy_m),
        "off_nm": _miles(estimate.figures.get("off_m", 0.0)),
    }  # fmt: skip
    return {
        "position": [round(estimate.lon, 5), round(estimate.lat, 5)] if is_known else None,
        "at": format_time(reading.utc_s - estimate.age_s) if isfinite(estimate.age_s) else None,
        "age_s": known_number(estimate.age_s, 1),
        "accuracy_m": known_number(estimate.accuracy_m, 0),
        "quality": estimate.quality.value,
        "why": sentence(key, **figures) if key else None,
        "why_code": key.upper() or None,
        "source": estimate.source or None,
        "sog_kn": known_number(estimate.sog_kn, 1),
        "cog_deg": known_number(estimate.cog_deg, 1),
        "heading_deg": known_number(estimate.heading_deg, 1),
    }


def clock_document(reading: Reading) -> Json:
    """Which clock is used, how far the computer's is out, and whether it is believed."""
    return {
        "source": reading.source, "offset_s": known_number(reading.offset_s, 1), "trusted": reading.trusted,
        "why": sentence(reading.why, offset=span(reading.offset_s)) if reading.why else None,
        "why_code": reading.why.upper() or None,
    }  # fmt: skip


def layers(terminal: Terminal, service: DecisionService | None, reading: Reading, fix: Json) -> list[Json]:
    """Every layer with its age and its limit; null where there is none, or no limit."""
    limits = read_policy(DEFAULT_POLICY).limits
    built_s = None if service is None else parse_time(str(service.pack.manifest["built_at"]))
    run_at = None if service is None else forecast_of(service).get("run_at")
    forecast_s = None if run_at is None else parse_time(str(run_at))
    groups: dict[str, Json] = {} if service is None else forecast_of(service).get("groups", {})  # type: ignore[assignment]
    directed = terminal.direction
    directed_s = None if directed is None else parse_time(str(directed["directed_at"]))
    found = [
        _layer("pack", built_s, PACK_LIMIT_S, reading),
        # Tides are computed for the day: what is old or new is the constants, and those are the pack's.
        _layer("tides", built_s, None, reading),
        {
            **_layer("forecast", forecast_s, limits.weather_stale_after_s, reading),
            # From then on nothing is known of one part of it at least.
            "until": min((group["to"] for group in groups.values()), default=None),
        },
        _layer("port_status", terminal.ports_s, limits.status_stale_after_s, reading),
        _layer("zones", terminal.zones.told_s, limits.status_stale_after_s, reading),
        _layer("direction", directed_s, None, reading),
    ]
    limit_s = terminal.follower.limits.dead_reckoning_s
    is_past = fix["age_s"] is None or fix["age_s"] > limit_s
    found.append(
        {
            "id": "fix",
            "label": LAYERS["fix"],
            "at": fix["at"],
            "age_s": fix["age_s"],
            "limit_s": limit_s,
            "is_past_limit": is_past,
        }
    )
    return found


def _layer(name: str, at_s: float | None, limit_s: float | None, reading: Reading) -> Json:
    age_s = None if at_s is None else max(round(reading.utc_s - at_s), 0)
    return {
        "id": name, "label": LAYERS[name], "at": None if at_s is None else format_time(at_s), "age_s": age_s,
        "limit_s": limit_s, "is_past_limit": age_s is not None and limit_s is not None and age_s > limit_s,
    }  # fmt: skip


def _source(status: Json) -> Json:
    last_s = status.pop("last_utc_s")
    return {**status, "last_at": None if last_s is None or last_s < 0.0 else format_time(last_s)}


def _miles(metres: float) -> Text:
    return number_text("?" if isnan(metres) else f"{metres / NAUTICAL_MILE_M:.1f}")
