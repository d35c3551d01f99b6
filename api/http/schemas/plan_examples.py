"""Examples of joint plans shown in ``/openapi.json``; tests hold them as they do the others."""

from typing import Any

PLANS: dict[str, dict[str, Any]] = {
    "two": {
        "summary": "Two vessels; the load of the first may be shared between two ports",
        "value": {
            "time": "2024-10-05T06:30:00Z",
            "policy": "nearest-time",
            "encounters": [
                {
                    "id": "U1",
                    "position": {"type": "Point", "coordinates": [1.47, 50.99]},
                    "persons": 60,
                    "vessel": {"profile": "ukbf-cutter-42m"},
                    "may_split": True,
                },
                {
                    "id": "U2",
                    "position": {"type": "Point", "coordinates": [1.52, 51.0]},
                    "persons": {"min": 25, "max": 30},
                    "medical": "urgent",
                    "vessel": {"profile": "ukbf-ctv"},
                },
            ],
            "ports": [
                {"id": "dover", "places": 60, "persons_per_hour": 60},
                {"id": "ramsgate", "places": 60, "persons_per_hour": 40, "queued_persons": 6},
            ],
        },
    },
}

PLAN: dict[str, Any] = {
    "plan_id": "p-b0ce9eb863f339ed50b7a0d9",
    "planned_at": "2024-10-05T06:30:00Z",
    "kind": "proposal",
    "note": None,
    "outcome": "complete",
    "headline": {
        "en": (
            "PROPOSAL: 90 persons of 2 encounters to 2 ports, last person ashore in 116 min. "
            "Accept each encounter by itself. The coordination centre and the masters decide."
        ),
        "fr": (
            "PROPOSITION : 90 personnes de 2 événements vers 2 ports, dernière personne à "
            "terre dans 116 min. Accepter chaque événement séparément. Le CROSS/MRCC et les "
            "capitaines décident."
        ),
    },
    "encounters": [
        {
            "cost_min": 0.0,
            "decision_id": "d-ccdd2952d791e055c9a71f35",
            "encounter": {
                "aboard_since": None,
                "medical": "none",
                "persons": {"max": 60, "min": 60},
                "persons_in_water": None,
                "persons_recovered": None,
                "policy": "nearest-time",
                "position": {"coordinates": [1.47, 50.99], "type": "Point"},
                "position_accuracy_m": None,
                "position_age_s": None,
                "sheltered": None,
                "time": "2024-10-05T06:30:00Z",
                "vessel": {
                    "assumed": ["max_hs_m"],
                    "beam_m": None,
                    "draught_m": 2.52,
                    "loa_m": 42.8,
                    "max_hs_m": 3.0,
                    "max_persons": None,
                    "profile": "ukbf-cutter-42m",
                    "range_nm": 1750.0,
                    "self_righting_persons": None,
                    "speed_kn": 26.0,
                },
            },
            "greedy": {"parts": [], "time_to_safety_min": None},
            "id": "U1",
            "most_parts": 2,
            "own_nearest": {
                "port": {
                    "country": "GB",
                    "id": "dover",
                    "name": {"en": "Dover", "fr": "Douvres"},
                    "position": [1.317, 51.1141],
                    "unlocode": "GBDVR",
                    "vhf": "74 (12, 16)",
                    "telephone": "+44 1304 206063",
                },
                "time_to_landing_min": 34.6,
                "time_to_safety_alone_min": 94.6,
            },
            "parts": [
                {
                    "accept": {
                        "body": {
                            "eta_at": "2024-10-05T07:04:36Z",
                            "hold_s": 5400,
                            "persons": {"total": 60},
                            "port_id": "dover",
                            "vessel": "U1",
                        },
                        "idempotency_key": "p-b0ce9eb863f339ed50b7a0d9-0-dover-60",
                        "method": "POST",
                        "path": "/v1/reservations",
                    },
                    "arrives_at": "2024-10-05T07:04:36Z",
                    "landing_from": "2024-10-05T07:04:36Z",
                    "landing_min": 60.0,
                    "last_ashore_at": "2024-10-05T08:04:36Z",
                    "persons": 60,
                    "policy_adds_min": 0.0,
                    "port": {
                        "country": "GB",
                        "id": "dover",
                        "name": {"en": "Dover", "fr": "Douvres"},
                        "position": [1.317, 51.1141],
                        "unlocode": "GBDVR",
                        "vhf": "74 (12, 16)",
                        "telephone": "+44 1304 206063",
                    },
                    "queue_min": 0.0,
                    "status": "caution",
                    "time_to_landing_min": 34.6,
                    "time_to_safety_min": 94.6,
                },
            ],
            "persons": 60,
            "persons_assumed": False,
            "reason": None,
            "time_to_safety_min": 94.6,
            "without_place": 0,
        },
    ],
    "ports": [
        {
            "assumed": [],
            "encounters": 1,
            "landing_from_min": 34.6,
            "landing_until_min": 94.6,
            "persons": 60,
            "persons_per_hour": 60.0,
            "places": 60,
            "places_left": 0,
            "port": {
                "country": "GB",
                "id": "dover",
                "name": {"en": "Dover", "fr": "Douvres"},
                "position": [1.317, 51.1141],
                "unlocode": "GBDVR",
                "vhf": "74 (12, 16)",
                "telephone": "+44 1304 206063",
            },
            "queued_persons": 0,
        },
    ],
    "worst": {"encounters": ["U2"], "gap_min": 0.0, "lower_bound_min": 116.4, "time_to_safety_min": 116.4},
    "total": {"gap_share": 0.0, "lower_bound_person_min": 6693.0, "person_min": 6693.0},
    "proven_best": True,
    "greedy": {"complete": False, "total_person_min": 1568.0, "without_place": 60, "worst_min": 67.3},
    "missing": None,
    "notices": [
        {
            "code": "PROPOSAL_ONLY",
            "level": "information",
            "text": {
                "en": ("A proposal: no place is held and nobody is told anything until a person accepts it."),
                "fr": (
                    "Une proposition : aucune place n'est retenue et rien n'est annoncé tant que "
                    "personne ne l'a acceptée."
                ),
            },
        },
        {
            "code": "EACH_HAS_ITS_DECISION",
            "level": "information",
            "text": {
                "en": "Cautions of each port for each vessel are in the decision of its encounter.",
                "fr": ("Les réserves de chaque port pour chaque navire sont dans la décision de son événement."),
            },
        },
    ],
    "method": {
        "en": (
            "Ports land people one after another at their stated rate, first come first "
            "landed, those already waiting there first. Time to safety of an encounter runs "
            "from the time of the plan to its last person ashore, with what its policy adds. "
            "The plan has the least greatest time to safety; among such plans the least total "
            "of person-minutes, each person counted until stepping ashore. Only ports fit for "
            "the vessel by its own decision are used."
        ),
        "fr": (
            "Les ports débarquent les personnes l'une après l'autre à la cadence indiquée, "
            "premier arrivé premier débarqué, après celles qui y attendent déjà. Le temps "
            "jusqu'à la sécurité d'un événement va de l'heure du plan à sa dernière personne à "
            "terre, avec ce que sa politique ajoute. Le plan a le plus petit des plus longs "
            "temps ; à égalité, le plus petit total de personnes-minutes, chaque personne "
            "comptée jusqu'à terre. Seuls les ports adaptés au navire d'après sa propre "
            "décision sont utilisés."
        ),
    },
    "inputs": {
        "allow_unconfirmed": False,
        "engine_version": "0.1.0",
        "forecast": None,
        "geodata": {
            "built_at": "2026-11-22T15:30:00Z",
            "id": "channel-2026-11-22",
            "sha256": "863856a55213fb2bab06156ace12292fd5748d51a445bed70de47cf3c21dd00b",
        },
        "persons_per_hour_without_figures": None,
        "policies": {"nearest-time": "3d0ff921be3c69754e1e4a1c0e4a6d524772a24364d90c385e5bd59f7f62a91e"},
        "port_status": None,
        "ports_without_figures": "unknown",
        "tides": None,
        "time_limit_s": 1.5,
    },
}
"""A plan cut short: one encounter and one port of two."""
