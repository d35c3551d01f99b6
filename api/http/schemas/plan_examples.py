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
    "plan_id": "p-966023488607048626b25a82",
    "planned_at": "2024-10-05T06:30:00Z",
    "kind": "proposal",
    "note": None,
    "outcome": "complete",
    "headline": {
        "en": (
            "PROPOSAL: 90 persons of 2 encounters to 2 ports, last person ashore in 159 min. "
            "Accept each encounter by itself. The coordination centre and the masters decide."
        ),
        "fr": (
            "PROPOSITION : 90 personnes de 2 événements vers 2 ports, dernière personne à "
            "terre dans 159 min. Accepter chaque événement séparément. Le CROSS/MRCC et les "
            "capitaines décident."
        ),
    },
    "encounters": [
        {
            "cost_min": 63.5,
            "decision_id": "d-599fb11da20f16be2f2d933b",
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
            "greedy": {
                "parts": [{"persons": 60, "port_id": "ramsgate"}],
                "time_to_safety_min": 162.1,
            },
            "id": "U1",
            "makes_way_for": [],
            "most_parts": 2,
            "over_limit": None,
            "own_nearest": {
                "port": {
                    "country": "GB",
                    "id": "dover",
                    "name": {"en": "Dover", "fr": "Douvres"},
                    "position": [1.3194, 51.1175],
                    "telephone": "+44 1304 206063",
                    "unlocode": "GBDVR",
                    "vhf": "74 (12, 16); marina 80",
                },
                "time_to_landing_min": 35.6,
                "time_to_safety_alone_min": 95.6,
            },
            "parts": [
                {
                    "accept": {
                        "body": {
                            "eta_at": "2024-10-05T07:05:36Z",
                            "hold_s": 1921,
                            "persons": {"total": 2},
                            "port_id": "dover",
                            "vessel": "U1",
                        },
                        "idempotency_key": "p-966023488607048626b25a82-0-dover-2",
                        "method": "POST",
                        "path": "/v1/reservations",
                    },
                    "arrives_at": "2024-10-05T07:05:36Z",
                    "behind_queued_min": 0.0,
                    "landing_from": "2024-10-05T07:05:37Z",
                    "landing_min": 2.0,
                    "last_ashore_at": "2024-10-05T07:07:37Z",
                    "persons": 2,
                    "policy_adds_min": 0.0,
                    "port": {
                        "country": "GB",
                        "id": "dover",
                        "name": {"en": "Dover", "fr": "Douvres"},
                        "position": [1.3194, 51.1175],
                        "telephone": "+44 1304 206063",
                        "unlocode": "GBDVR",
                        "vhf": "74 (12, 16); marina 80",
                    },
                    "queue_min": 0.0,
                    "status": "caution",
                    "time_to_landing_min": 35.6,
                    "time_to_safety_min": 37.6,
                    "waits_for": [],
                },
                {
                    "accept": {
                        "body": {
                            "eta_at": "2024-10-05T07:42:07Z",
                            "hold_s": 7021,
                            "persons": {"total": 58},
                            "port_id": "ramsgate",
                            "vessel": "U1",
                        },
                        "idempotency_key": "p-966023488607048626b25a82-0-ramsgate-58",
                        "method": "POST",
                        "path": "/v1/reservations",
                    },
                    "arrives_at": "2024-10-05T07:42:07Z",
                    "behind_queued_min": 0.0,
                    "landing_from": "2024-10-05T07:42:08Z",
                    "landing_min": 87.0,
                    "last_ashore_at": "2024-10-05T09:09:08Z",
                    "persons": 58,
                    "policy_adds_min": 0.0,
                    "port": {
                        "country": "GB",
                        "id": "ramsgate",
                        "name": {"en": "Ramsgate", "fr": "Ramsgate"},
                        "position": [1.4194, 51.3289],
                        "telephone": "+44 1843 572112",
                        "unlocode": "GBRMG",
                        "vhf": "14 (16); marina 80",
                    },
                    "queue_min": 0.0,
                    "status": "caution",
                    "time_to_landing_min": 72.1,
                    "time_to_safety_min": 159.1,
                    "waits_for": [],
                },
            ],
            "persons": 60,
            "persons_assumed": False,
            "reason": None,
            "time_to_safety_min": 159.1,
            "urgency_weight": 1.0,
            "without_place": 0,
        },
    ],
    "ports": [
        {
            "assumed": [],
            "encounters": 2,
            "landing_from_min": 35.6,
            "landing_until_min": 68.3,
            "persons": 32,
            "persons_per_hour": 60.0,
            "places": 60,
            "places_left": 28,
            "port": {
                "country": "GB",
                "id": "dover",
                "name": {"en": "Dover", "fr": "Douvres"},
                "position": [1.3194, 51.1175],
                "telephone": "+44 1304 206063",
                "unlocode": "GBDVR",
                "vhf": "74 (12, 16); marina 80",
            },
            "queued_persons": 0,
        },
    ],
    "worst": {
        "encounters": ["U1"],
        "gap_min": 0.0,
        "lower_bound_min": 159.1,
        "time_to_safety_min": 159.1,
        "urgent": {"counted_min": 159.1, "gap_min": 0.0, "lower_bound_min": 159.1},
    },
    "total": {
        "gap_share": 0.0,
        "lower_bound_person_min": 9977.0,
        "person_min": 8378.5,
        "weighted_person_min": 9977.0,
    },
    "proven_best": True,
    "greedy": {
        "complete": True,
        "total_person_min": 8626.5,
        "without_place": 0,
        "worst_min": 162.1,
    },
    "compared": {
        "encounters": 2,
        "greedy": {"total_person_min": 8626.5, "worst_min": 162.1},
        "persons": 90,
        "plan": {"total_person_min": 8378.5, "worst_min": 159.1},
    },
    "left_out": [],
    "order": [],
    "search": {"ended": "proven", "limit_s": 1.5, "longest_s": 6.0},
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
            "code": "URGENT_WEIGH_MORE",
            "level": "information",
            "text": {
                "en": "Urgent people weigh more, by the policy: U2 x2 (urgent).",
                "fr": ("Les personnes en urgence pèsent davantage, d'après la politique : U2 x2 (urgent)."),
            },
        },
        {
            "code": "LOAD_SHARED",
            "level": "caution",
            "text": {
                "en": (
                    "Shared between ports: U1. Other vessels have to take a part; each is taken to go"
                    " straight there at the speed of the vessel stated."
                ),
                "fr": (
                    "Réparti entre plusieurs ports : U1. D'autres navires ont à prendre une part ; "
                    "chacune est supposée aller droit au port à la vitesse du navire indiqué."
                ),
            },
        },
        {
            "code": "EACH_HAS_ITS_DECISION",
            "level": "information",
            "text": {
                "en": ("Cautions of each port for each vessel are in the decision of its encounter."),
                "fr": ("Les réserves de chaque port pour chaque navire sont dans la décision de son événement."),
            },
        },
    ],
    "method": {
        "en": (
            "Ports land people one after another at their stated rate, first come first "
            "landed, those already waiting there first. Time to safety of an encounter runs "
            "from the time of the plan to its last person ashore, with what its policy adds. "
            "No urgent encounter is later than in the plan made in turn, where that has a "
            "place for everybody. Among such plans this one has the least greatest time to "
            "safety; then the least total of person-minutes, each person counted until "
            "stepping ashore, urgent ones by the weight of their policy. Only ports fit for "
            "the vessel by its own decision are used. A port may land urgent people first; "
            "the plan does not count on it."
        ),
        "fr": (
            "Les ports débarquent les personnes l'une après l'autre à la cadence indiquée, "
            "premier arrivé premier débarqué, après celles qui y attendent déjà. Le temps "
            "jusqu'à la sécurité d'un événement va de l'heure du plan à sa dernière personne "
            "à terre, avec ce que sa politique ajoute. Aucun événement en urgence n'est plus "
            "tardif que dans le plan à la file, là où celui-ci a une place pour tous. Parmi "
            "ces plans, celui-ci a le plus petit des plus longs temps ; à égalité, le plus "
            "petit total de personnes-minutes, chaque personne comptée jusqu'à terre, celles "
            "en urgence selon le poids de leur politique. Seuls les ports adaptés au navire "
            "d'après sa propre décision sont utilisés. Un port peut débarquer d'abord les "
            "urgences ; le plan n'y compte pas."
        ),
    },
    "inputs": {
        "allow_unconfirmed": False,
        "engine_version": "0.2.0",
        "forecast": None,
        "geodata": {
            "built_at": "2026-11-29T17:41:53Z",
            "id": "channel-2026-11-29",
            "sha256": "5f0649dbe33dc01c8195c5aefe06b95cf032999ce5a3df4cbf44ea4f3942a809",
        },
        "overlay": None,
        "persons_per_hour_without_figures": None,
        "policies": {
            "nearest-time": "f84aba15fc0a2ac12d125051d96ce39cd13030e553a867b122216cf1bf7036c0",
        },
        "port_status": None,
        "ports_without_figures": "unknown",
        "tides": {
            "from": "2024-09-13T00:00:00Z",
            "id": "ticon-4-2024-09-14",
            "sha256": "a4b0fd4bfd404fa45e0d8d5c583a248e5d366023ad8c7ddc3f7e16f3230eacf3",
            "source": (
                "TICON-4 (Hart-Davis et al.), tidal constants from gauges, SEANOE, in npm "
                "@neaps/tide-database 0.10.20260924"
            ),
            "surge_included": False,
            "to": "2024-10-19T00:00:00Z",
        },
        "time_limit_s": 1.5,
    },
}
"""A plan cut short: one encounter and one port of two."""
