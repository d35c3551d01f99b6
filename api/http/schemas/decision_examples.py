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
        "position": [1.317, 51.1141], "vhf": "74 (12, 16)", "telephone": "+44 1304 206063",
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
    "eta_local": "14:57 GMT",
    "wait_min": 0,
    "depth_at_arrival_m": 9.7,
    "tide_at_arrival_m": 1.73,
    "legs": [
        {"course_deg": 355, "distance_nm": 6.62, "to": [1.3335, 51.11]},
        {"course_deg": 292, "distance_nm": 0.69, "to": [1.317, 51.1141]},
    ],
    "time_to_care_min": 60.2,
    "hospital": {"name": "William Harvey Hospital, Ashford", "minutes": 33, "grade": "general"},
    "landing": None,
    "hazards": None,
    "opens_at": None,
    "route_nm": 7.31,
    "along_shortest": None,
    "over_banks": [],
    "route": {"type": "LineString", "coordinates": [[1.35, 51.0], [1.3335003, 51.1099998], [1.317, 51.1141]]},
    "findings": [
        {
            "rule": "R-RTE-01", "code": "ROUTE_OK", "class": "hard", "verdict": "pass", "measured": 7.31,
            "limit": None, "unit": "nm", "source": "geodata mesh", "grade": None, "age_s": None,
            "citation": "seamanship",
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
        "ETA 1457 UTC (1457 in the UK), 27 min. Confirm with DOVER COASTGUARD VHF 16. Master decides.",
        "fr": "QUESTION : toutes les personnes récupérées ? CONSEIL : port adapté le plus proche DOUVRES, 7,3 M, "
        "relèvement 350° vrai, HPA 14h57 UTC (14h57 au Royaume-Uni), 27 min. Confirmer avec DOVER COASTGUARD VHF 16. "
        "Le capitaine décide.",
    },
    "speech": {
        "en": "Question. All persons recovered? Advice. Nearest suitable port, Dover. Distance seven decimal three "
        "nautical miles. Bearing three five zero degrees true. two seven minutes, arriving one four five seven U T C. "
        "Confirm with DOVER COASTGUARD, V H F channel one six. The master decides.",
        "fr": "Question. Toutes les personnes récupérées ? Conseil. Port adapté le plus proche, Douvres. Distance "
        "sept virgule trois milles nautiques. Relèvement trois cinq zéro degrés vrais. deux sept minutes, arrivée à "
        "un quatre cinq sept U T C. Confirmer avec DOVER COASTGUARD, canal V H F un six. Le capitaine décide.",
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
        "engine_version": "0.2.0",
        "geodata": {
            "id": "channel-2026-11-22", "built_at": "2026-11-22T12:00:00Z",
            "sha256": "95db4abef783b554161bb855fa61e4381ca46b597103f36862cff6abbafdb2b9",
        },
        "tides": None, "streams": None, "forecast": None, "port_status": None, "overlay": None,
        "policy": {
            "name": "nearest-time", "sha256": "b0e3c590b601cf842a7a0d73e24535b42631a6e1bb0a284e279e0e446037d861",
        },
    },
}  # fmt: skip
"""A decision cut short: one candidate and one finding of many."""

BRIEF: dict[str, Any] = {
    "candidates": [
        {
            "bearing_deg": 96,
            "clock": "close",
            "depth_at_arrival_m": 9.5,
            "distance_nm": 19.6,
            "eta_at": "2026-11-22T15:41:00Z",
            "eta_local": "16:41 CET",
            "findings": [
                {
                    "class": "soft",
                    "code": "TSS_ANGLE_BAD",
                    "text": {
                        "en": "Poor crossing angle in traffic lanes to CALAIS (Dover Strait "
                        "north-east lane, Dover Strait south-west lane): adjust heading."
                    },
                    "verdict": "fail",
                },
                {
                    "class": "soft",
                    "code": "LOAD_OVER_SR",
                    "text": {
                        "en": "Above the self-righting load: 60 persons, limit 47 persons. Share the load if possible."
                    },
                    "verdict": "fail",
                },
                {
                    "class": "info",
                    "code": "PORT_ENTRY_PERMISSION_REQUIRED",
                    "text": {"en": "Permission to enter CALAIS needed: call port control on VHF 17."},
                    "verdict": "fail",
                },
            ],
            "legs": [
                {"course_deg": 52, "distance_nm": 1.8},
                {"course_deg": 100, "distance_nm": 15.1},
                {"course_deg": 92, "distance_nm": 2.1},
                {"course_deg": 132, "distance_nm": 0.3},
                {"course_deg": 134, "distance_nm": 0.3},
            ],
            "port": {"country": "FR", "id": "calais", "name": {"en": "Calais"}, "vhf": "17"},
            "remarks": [],
            "status": "caution",
            "tide_at_arrival_m": 1.6,
            "time_range_min": [64, 80],
            "time_to_landing_min": 71,
            "wait_min": 0,
        }
    ],
    "candidates_count": 9,
    "coordination": {
        "band": False,
        "centres": [{"mmsi": "002320010", "name": "DOVER COASTGUARD", "vhf": "16;11;67"}],
        "srr": "UK",
    },
    "decided_at": "2026-11-22T14:30:00Z",
    "decision_id": "d-c7d67a2e28b3832a7ebb1bdb",
    "encounter": {
        "medical": "none",
        "persons": {"max": 60, "min": 55},
        "policy": "nearest-time",
        "position": {"coordinates": [1.35, 51.0], "type": "Point"},
        "time": "2026-11-22T14:30:00Z",
        "vessel": {"draught_m": 1.78, "loa_m": 17.3, "profile": "rnli-severn", "speed_kn": 25.0},
    },
    "excluded_count": 7,
    "headline": {
        "en": "QUESTION: all persons recovered? ADVICE: nearest suitable port DOVER, 7.4 nm, bearing 351 T, "
        "ETA 1459 UTC (1459 in the UK), 29 min. Confirm with DOVER COASTGUARD VHF 16. Master decides."
    },
    "inputs": {
        "engine_version": "0.2.0",
        "geodata": {"id": "channel-2026-11-30"},
        "policy": {"name": "nearest-time"},
        "streams": {"edition": "2005"},
        "tides": {"id": "ticon-4-2026-11-03"},
    },
    "margin": {"near_tie": False, "sensitive_to": [], "to_second_min": 42.2},
    "not_judged_count": 193,
    "notices": [
        {"code": "RESCUE_STATE_UNKNOWN", "level": "caution"},
        {
            "code": "NOT_FOR_NAVIGATION",
            "level": "information",
            "text": {"en": "Not for navigation: use charts, pilot books and a lookout."},
        },
    ],
    "outcome": "suitable",
    "passed_over": [
        {
            "code": "DRAFT_EXCEEDED",
            "distance_nm": 7.8,
            "port_id": "folkestone",
            "text": {"en": "Not enough water at Folkestone: depth -0.1 m, needed 2.1 m with margin."},
            "time_to_landing_min": 29,
        }
    ],
    "passed_over_count": 1,
    "proof": {"next_lower_bound_min": 36.1, "ports_in_area": 209, "ports_opened": 2},
    "recommended": {
        "bearing_deg": 351,
        "clock": "close",
        "depth_at_arrival_m": 9.5,
        "distance_nm": 7.44,
        "eta_at": "2026-11-22T14:59:00Z",
        "eta_local": "14:59 GMT",
        "findings": [
            {
                "class": "soft",
                "code": "TSS_ANGLE_BAD",
                "text": {
                    "en": "Poor crossing angle in traffic lanes to DOVER (Dover Strait "
                    "south-west lane): adjust heading."
                },
                "verdict": "fail",
            },
            {
                "class": "soft",
                "code": "LOAD_OVER_SR",
                "text": {
                    "en": "Above the self-righting load: 60 persons, limit 47 persons. Share the load if possible."
                },
                "verdict": "fail",
            },
            {
                "class": "info",
                "code": "PORT_ENTRY_PERMISSION_REQUIRED",
                "text": {"en": "Permission to enter DOVER needed: call port control on VHF 74."},
                "verdict": "fail",
            },
        ],
        "hazards": {
            "en": "Port Control permission at 200 m off, call at 2 miles; ferries every few "
            "minutes; turbulent sea in both entrances"
        },
        "legs": [
            {"course_deg": 355, "distance_nm": 6.64, "to": [1.3335, 51.11]},
            {"course_deg": 322, "distance_nm": 0.66, "to": [1.32266, 51.11869]},
            {"course_deg": 249, "distance_nm": 0.14, "to": [1.31919, 51.11783]},
        ],
        "port": {
            "country": "GB",
            "id": "dover",
            "name": {"en": "Dover"},
            "position": [1.3194, 51.1175],
            "telephone": "+44 1304 206063",
            "unlocode": "GBDVR",
            "vhf": "74 (12, 16); marina 80",
        },
        "remarks": [],
        "route": {
            "coordinates": [
                [1.35, 51.0],
                [1.3335, 51.11],
                [1.32266, 51.11869],
                [1.32261, 51.11871],
                [1.31919, 51.11783],
            ],
            "type": "LineString",
        },
        "status": "caution",
        "tide_at_arrival_m": 1.56,
        "time_range_min": [27, 32],
        "time_to_care_min": 62.0,
        "time_to_landing_min": 29.0,
        "wait_min": 0,
    },
    "unknown_everywhere": {
        "codes": [
            "EXPOSURE_UNKNOWN",
            "NO_CAPACITY_FEED",
            "NO_RECEPTION_FEED",
            "NO_STATUS_FEED",
            "SURGE_NOT_INCLUDED",
            "WX_MISSING",
        ],
        "text": {
            "en": "No feed connected for harbour state, places ashore, reception, weather, "
            "surge: ask harbour and MRCC. Not stated: time in the open."
        },
    },
}
"""The brief view, cut to two ports and two notices."""

LINE: dict[str, Any] = {
    "decided_at": "2026-11-22T14:30:00Z",
    "decision_id": "d-a2b72e619aaa8cca98dc2e4f",
    "line": {
        "en": "ADVICE: DOVER with caution 7.4nm 351T 28min ETA 1458Z VHF74. DOVER COASTGUARD VHF16. MRCC and "
        "master decide."
    },
    "long_line": {
        "en": "ADVICE: DOVER with caution 7.4nm 351T 28min ETA 1458Z VHF74. DOVER COASTGUARD VHF16. Next "
        "CALAIS 19.6nm 67min. Advice only, MRCC and master decide."
    },
    "outcome": "suitable",
}

DECISIONS: dict[str, Any] = {
    "brief": {"summary": "view=brief, the default", "value": BRIEF},
    "line": {"summary": "view=line", "value": LINE},
    "full": {"summary": "view=full&lang=both, cut short", "value": DECISION},
}

TRACKS: dict[str, Any] = {
    "application/geo+json": {"schema": {"type": "object"}},
    "application/gpx+xml": {"schema": {"type": "string"}},
}
"""Routes of a decision, for who accepts one of these."""

DISTANCE: dict[str, Any] = {
    "distance_nm": 7.31,
    "straight_line_nm": 6.97,
    "between_landings_nm": None,
    "route": {"type": "LineString", "coordinates": [[1.35, 51.0], [1.3335, 51.11], [1.317, 51.1141]]},
}

PORT: dict[str, Any] = {
    "id": "dover", "unlocode": "GBDVR", "name": {"en": "Dover", "fr": "Douvres"}, "country": "GB",
    "position": [1.317, 51.1141], "vhf": "74 (12, 16)", "telephone": "+44 1304 206063",
    "approach_point": [1.3335, 51.11],
    "facts": {"kind": "ferry_port", "entrance_depth_m": 7.9, "mhws_m": 6.7, "loa_limit_m": 300.0, "beam_limit_m": None},
    "evidence": {
        "vhf": {"grade": "published", "source": "Port of Dover, directions to masters", "note": None, "overlay": False},
    },
}  # fmt: skip
"""A port cut short: some facts of many."""

VESSELS: dict[str, Any] = {
    "vessels": [
        {
            "profile": "rnli-severn", "name": {"en": "RNLI Severn class lifeboat", "fr": "canot RNLI classe Severn"},
            "speed_kn": 25.0, "draught_m": 1.78, "loa_m": 17.3, "beam_m": 5.9, "range_nm": 250.0,
            "self_righting_persons": 47, "max_persons": 185, "max_hs_m": 4.0, "assumed": ["max_hs_m"],
        },
    ],
}  # fmt: skip

POLICIES: dict[str, Any] = {
    "policies": [
        {
            "name": "nearest-time",
            "key": "time",
            "effect": {
                "en": "Ranks fit ports by least time to a landing.",
                "fr": "Classe les ports adaptés par temps jusqu'au débarquement.",
            },
            "sha256": "b0e3c590b601cf842a7a0d73e24535b42631a6e1bb0a284e279e0e446037d861",
        },
    ],
}

PORTS: dict[str, Any] = {
    "ports": [PORT],
    "next_cursor": None,
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
    "Check the position, or give the nearest point afloat: 51 29.01N 000 18.11W.",
    "instance": "/v1/decisions",
    "code": "POS_ON_LAND",
    "errors": [
        {
            "pointer": "/position",
            "code": "POS_ON_LAND",
            "detail": "lies on land, more than 1000 m from the water; the tolerance is 50 m. "
            "Check the position, or give the nearest point afloat: 51 29.01N 000 18.11W.",
        },
    ],
}

_TICON = "TICON-4 (Hart-Davis et al.), tidal constants from gauges, SEANOE, in npm @neaps/tide-database 0.10.20260924"

STREAM: dict[str, Any] = {
    "area": {"name": "PAS_DE_CALAIS_557", "reference": "calais", "reference_water": "high", "doubt_share": 0.15},
    "atlas": {
        "source": "SHOM, Courants 2D (tidal streams of the French coasts and the Channel), derived", "edition": "2005",
        "licence": "Licence Ouverte 2.0 (to be confirmed before publication)", "sha256": 64 * "0",
    },
    "code": None,
    "from": "2026-03-20T12:00:00Z",
    "notice": {
        "en": "Tidal stream without what wind does; close to the shore and in races it differs within a cable. "
        "Not for navigation.",
        "fr": "Courant de marée sans l'effet du vent ; près de la côte et dans les raz il change en une encablure. "
        "Ne pas utiliser pour la navigation.",
    },
    "position": [1.45, 51.0],
    "streams": [
        {"at": "2026-03-20T12:00:00Z", "rate_kn": 3.2, "towards_deg": 45.0, "doubt_share": 0.15, "source": "atlas"},
    ],
    "to": "2026-03-20T13:00:00Z",
    "wind_included": False,
}  # fmt: skip

TIDE: dict[str, Any] = {
    "basis": "station",
    "code": None,
    "datum": "chart datum",
    "extremes": [
        {"at": "2026-11-22T15:40:05Z", "height_m": 1.45, "kind": "low", "stand": None},
        {"at": "2026-11-22T21:20:38Z", "height_m": 6.4, "kind": "high", "stand": None},
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
    "uncertainty_basis": "measured",
    "uncertainty_low_min": 41,
    "uncertainty_m": 0.15,
    "uncertainty_min": 18,
    "uncertainty_source": "Dover: fit of published high waters, github.com/drtonyr/tide (MIT)",
}
"""A tide cut short: two heights of many."""

FORECAST: dict[str, Any] = {
    "forecast": {
        "id": "forecast-20261122T0000Z-d803b774",
        "sha256": "d803b774f9517565afe7b7e8eeca1003d11240dc8cf892f98474a653ed3339d7",
        "run_at": "2026-11-22T00:00:00Z", "age_s": 52200,
        "strongest_current_ms": 0.0, "strongest_wind_ms": 0.0,
        "groups": {
            "waves": {
                "from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z", "steps": 25, "longest_gap_s": 21600.0,
                "run_at": "2026-11-22T00:00:00Z",
                "area": {"west": -7.0, "south": 48.0, "east": 5.0, "north": 52.5},
                "grid": {
                    "west_deg": -7.0, "south_deg": 48.0, "step_lon_deg": 0.25, "step_lat_deg": 0.25, "rows": 19,
                    "columns": 49,
                },
                "variables": ["significant height [m]", "towards, east", "towards, north", "period [s]"],
                "units": {"significant wave height (swh)": "m"}, "missing": ["wave direction"], "notes": [],
                "sources": ["waves.grib2"],
            }
        },
        "absent": ["wind", "visibility", "current"],
        "sources": [
            {
                "file": "waves.grib2", "kind": "grib", "bytes": 1_204_224,
                "sha256": "95db4abef783b554161bb855fa61e4381ca46b597103f36862cff6abbafdb2b9",
            }
        ],
    },
    "refused": False,
}  # fmt: skip

INDEX: dict[str, Any] = {
    "service": "safeport", "version": "0.2.0", "openapi": "/openapi.json", "docs": "/docs", "health": "/healthz",
    "ready": "/readyz", "api": "/v1",
    "notice": "Advice: the co-ordination centre and the master decide. Not for navigation.",
}  # fmt: skip
