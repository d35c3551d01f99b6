"""Examples shown in ``/openapi.json``; tests hold them against the validator and against real answers."""

from typing import Any

ENCOUNTERS: dict[str, dict[str, Any]] = {
    "lifeboat": {
        "summary": "A lifeboat with 55 to 60 people aboard, by the name of her profile",
        "value": {
            "position": {"type": "Point", "coordinates": [1.35, 51.0]},
            "time": "2026-11-22T14:30:00Z",
            "persons": {"min": 55, "max": 60},
            "vessel": {"profile": "rnli-severn"},
        },
    },
    "figures": {
        "summary": "A vessel described by her figures, one casualty who cannot wait",
        "value": {
            "position": {"type": "Point", "coordinates": [-1.5, 50.2]},
            "position_accuracy_m": 500,
            "persons": 3,
            "persons_recovered": 3,
            "medical": "critical",
            "vessel": {"speed_kn": 12, "draught_m": 3.2, "loa_m": 24},
            "policy": "nearest-time",
        },
    },
    "least": {
        "summary": "Nothing known but the position",
        "value": {"position": {"type": "Point", "coordinates": [1.35, 51.0]}},
    },
}

_DOVER: dict[str, Any] = {
    "port": {
        "id": "dover", "unlocode": "GBDVR", "name": {"en": "Dover", "fr": "Douvres"}, "country": "GB",
        "position": [1.317, 51.1141], "vhf": "74 (12, 16)",
    },
    "status": "caution",
    "distance_nm": 7.31,
    "straight_line_nm": 6.97,
    "initial_course_deg": 355,
    "bearing_deg": 350,
    "time_to_landing_min": 27.2,
    "time_range_min": [25.1, 29.6],
    "clock": "close",
    "eta_at": "2026-11-22T14:57:09Z",
    "wait_min": 0,
    "opens_at": None,
    "route_nm": 7.31,
    "along_shortest": None,
    "route": {"type": "LineString", "coordinates": [[1.35, 51.0], [1.3335003, 51.1099998], [1.317, 51.1141]]},
    "findings": [
        {
            "rule": "R-RTE-01", "code": "ROUTE_OK", "class": "hard", "verdict": "pass", "measured": 7.31,
            "limit": None, "unit": "nm", "source": "geodata mesh", "age_s": None, "citation": "seamanship",
            "text": {"en": "Water route to DOVER: 7.3 nm.", "fr": "DOUVRES : route par mer de 7,3 M."},
        },
    ],
}  # fmt: skip

DECISION: dict[str, Any] = {
    "decision_id": "d-3f1996f9493eabffe9a7cfe4",
    "decided_at": "2026-11-22T14:30:00Z",
    "encounter": {
        "position": {"type": "Point", "coordinates": [1.35, 51.0]}, "position_accuracy_m": None,
        "position_age_s": None, "time": "2026-11-22T14:30:00Z", "persons": {"min": 55, "max": 60},
        "persons_recovered": None, "persons_in_water": None, "medical": "none", "policy": "nearest-time",
        "vessel": {
            "profile": "rnli-severn", "speed_kn": 25.0, "draught_m": 1.78, "loa_m": 17.3, "beam_m": 5.9,
            "range_nm": 250.0, "self_righting_persons": 47, "max_persons": 185, "max_hs_m": 4.0,
            "assumed": ["max_hs_m"],
        },
    },
    "outcome": "suitable",
    "headline": {
        "en": "QUESTION: all persons recovered? ADVICE: nearest suitable port DOVER, 7.3 nm, bearing 350 T, "
        "ETA 1457 UTC (1457 GMT), 27 min. Confirm with DOVER COASTGUARD VHF 16. Master decides.",
        "fr": "QUESTION : toutes les personnes récupérées ? CONSEIL : port adapté le plus proche DOUVRES, 7,3 M, "
        "relèvement 350° vrai, HPA 14h57 UTC (15h57 locale FR), 27 min. Confirmer avec DOVER COASTGUARD VHF 16. "
        "Le capitaine décide.",
    },
    "recommended": _DOVER,
    "candidates": [_DOVER],
    "excluded": [],
    "passed_over": [],
    "coordination": {
        "srr": "UK", "approximate": True, "band": False, "boundary_nm": 2.6,
        "centres": [{"name": "DOVER COASTGUARD", "vhf": "16;11;67", "mmsi": "002320010"}],
    },
    "notices": [
        {
            "code": "ADVISORY_ONLY", "level": "information",
            "text": {
                "en": "Advice only: the coordination centre and the master decide.",
                "fr": "Conseil seulement : le centre de coordination et le capitaine décident.",
            },
        },
    ],
    "proof": {"ports_in_area": 169, "ports_opened": 169, "next_lower_bound_min": None},
    "margin": {"to_second_min": 42.0, "near_tie": False, "sensitive_to": []},
    "inputs": {
        "engine_version": "0.1.0",
        "geodata": {
            "id": "channel-2026-11-22", "built_at": "2026-11-22T12:00:00Z",
            "sha256": "95db4abef783b554161bb855fa61e4381ca46b597103f36862cff6abbafdb2b9",
        },
        "tides": None, "forecast": None, "port_status": None, "overlay": None,
        "policy": {
            "name": "nearest-time", "sha256": "b0e3c590b601cf842a7a0d73e24535b42631a6e1bb0a284e279e0e446037d861",
        },
    },
}  # fmt: skip
"""A decision cut short: one candidate and one finding of many."""

DISTANCE: dict[str, Any] = {
    "distance_nm": 7.31,
    "straight_line_nm": 6.97,
    "between_landings_nm": None,
    "route": {"type": "LineString", "coordinates": [[1.35, 51.0], [1.3335, 51.11], [1.317, 51.1141]]},
}

PORT: dict[str, Any] = {
    "id": "dover", "unlocode": "GBDVR", "name": {"en": "Dover", "fr": "Douvres"}, "country": "GB",
    "position": [1.317, 51.1141], "vhf": "74 (12, 16)", "approach_point": [1.3335, 51.11],
    "facts": {"kind": "ferry_port", "entrance_depth_m": 7.9, "mhws_m": 6.7, "loa_limit_m": 300.0, "beam_limit_m": None},
}  # fmt: skip
"""A port cut short: some facts of many."""

PORTS: dict[str, Any] = {
    "ports": [PORT],
    "geodata": {
        "id": "channel-2026-11-22",
        "sha256": "95db4abef783b554161bb855fa61e4381ca46b597103f36862cff6abbafdb2b9",
    },
}

PROBLEM: dict[str, Any] = {
    "type": "urn:safeport:problem:pos-on-land",
    "title": "The position cannot be answered for",
    "status": 422,
    "detail": "position: lies on land, more than 1000 m from the water; the tolerance is 50 m. "
    "Check the position, or give the nearest point afloat: 51 20.63N 000 53.96E.",
    "instance": "/v1/decisions",
    "code": "POS_ON_LAND",
    "errors": [
        {
            "pointer": "/position",
            "code": "POS_ON_LAND",
            "detail": "lies on land, more than 1000 m from the water; the tolerance is 50 m. "
            "Check the position, or give the nearest point afloat: 51 20.63N 000 53.96E.",
        },
    ],
}

_TICON = "TICON-4 (Hart-Davis et al.), tidal constants from gauges, SEANOE, in npm @neaps/tide-database 0.10.20260924"

TIDE: dict[str, Any] = {
    "basis": "station",
    "code": None,
    "datum": "chart datum",
    "extremes": [
        {"at": "2026-11-22T15:40:05Z", "height_m": 1.45, "kind": "low"},
        {"at": "2026-11-22T21:20:38Z", "height_m": 6.4, "kind": "high"},
    ],
    "from": "2026-11-22T14:30:00Z",
    "heights": [{"at": "2026-11-22T14:30:00Z", "height_m": 1.78}, {"at": "2026-11-22T14:40:00Z", "height_m": 1.69}],
    "notice": {
        "en": "Predicted tide without surge: wind and air pressure can change it by half a metre and more. "
        "Ask the harbour. Not for navigation.",
        "fr": "Marée prédite sans surcote : le vent et la pression peuvent la changer d'un demi-mètre et plus. "
        "Demander au port. Ne pas utiliser pour la navigation.",
    },
    "port": {"id": "dover", "name": {"en": "Dover", "fr": "Douvres"}, "unlocode": "GBDVR"},
    "source": _TICON,
    "station": {
        "attribution": "TICON-4, https://www.seanoe.org/data/00980/109129/ (dover-dov-gbr-bodc), CC BY 4.0",
        "id": "ticon/dover-dov-gbr-bodc",
        "licence": "CC-BY-4.0",
        "name": "Dover",
        "position": [1.3225, 51.1144],
    },
    "surge_included": False,
    "tables": [
        {
            "from": "2026-11-02T00:00:00Z",
            "id": "ticon-4-2026-11-03",
            "sha256": "b44a1e934e9928795f99433d174572081c84903f75e0b0aedcc5a3186a1cb9cb",
            "source": _TICON,
            "surge_included": False,
            "to": "2026-12-08T00:00:00Z",
        }
    ],
    "to": "2026-11-23T02:30:00Z",
    "uncertainty_m": 0.15,
    "uncertainty_min": 10,
}
"""A tide cut short: two heights of many."""
