"""Examples of requests and answers about records; tests hold them against the validator and against the shapes."""

from typing import Any

_DUTY = {"role": "controller", "duty": "MRCC Dover SMC"}
_OFFICER = {"role": "port_officer", "duty": "Dover port control"}

STATUS_IN: dict[str, Any] = {"status": "closed", "reason": "berth blocked until the tug is clear"}
STATUS: dict[str, Any] = {
    "port_id": "dover",
    "status": {
        "status": "closed", "reason": "berth blocked until the tug is clear", "by": _OFFICER,
        "reported_at": "2026-11-22T14:30:00.000Z", "expires_at": None, "version": 12,
    },
}  # fmt: skip

CAPACITY_IN: dict[str, Any] = {
    "places": {"total": 120, "families": 20, "medical": 6}, "occupied": {"total": 30, "families": 4, "medical": 1},
    "persons_per_hour": 60,
}  # fmt: skip
CAPACITY: dict[str, Any] = {
    "port_id": "dover",
    "capacity": {
        "places": {"total": 120, "families": 20, "medical": 6}, "occupied": {"total": 30, "families": 4, "medical": 1},
        "persons_per_hour": 60.0, "by": _OFFICER, "reported_at": "2026-11-22T14:30:00.000Z", "version": 13,
    },
}  # fmt: skip

RECEPTION_IN: dict[str, Any] = {"needs_met": True, "transport_arranged": True}
RECEPTION: dict[str, Any] = {
    "port_id": "dover",
    "reception": {
        "needs_met": True, "transport_arranged": True, "danger_ashore": False, "reason": "", "by": _OFFICER,
        "reported_at": "2026-11-22T14:30:00.000Z", "version": 14,
    },
}  # fmt: skip

PORT_LIVE: dict[str, Any] = {
    **STATUS, **CAPACITY, **RECEPTION, "places_left": {"total": 50, "families": 10, "medical": 5},
}  # fmt: skip
PORTS_LIVE: dict[str, Any] = {"version": "3f1996f9493eabffe9a7", "ports": [PORT_LIVE]}
EXCHANGE: dict[str, Any] = {
    "reports": [
        {"port_id": "dover", "part": "status", "accepted": True, "code": None},
        {"port_id": "dover", "part": "capacity", "accepted": False, "code": "NEWER_REPORT"},
    ]
}
HAVE = (
    '<?xml version="1.0" encoding="UTF-8"?><have:HAVE xmlns:have="urn:oasis:names:tc:emergency:edxl:have:2.0" '
    'xmlns:edxl-ct="urn:oasis:names:tc:emergency:edxl:ct:1.0"><have:facility><have:facilityInformation>'
    "<have:facilityID>dover</have:facilityID></have:facilityInformation><have:facilityColourStatus>"
    "<have:colourCode><edxl-ct:Value>green</edxl-ct:Value></have:colourCode></have:facilityColourStatus>"
    "</have:facility></have:HAVE>"
)

HOLD_IN: dict[str, Any] = {
    "port_id": "dover", "vessel": "RNLI Dungeness", "persons": {"total": 40, "families": 6},
    "eta_at": "2026-11-22T15:10:00Z", "encounter_id": "e-7",
}  # fmt: skip
RESERVATION: dict[str, Any] = {
    "reservation_id": "r-15", "port_id": "dover", "encounter_id": "e-7", "vessel": "RNLI Dungeness",
    "persons": {"total": 40, "families": 6, "medical": 0}, "landed": {"total": 0, "families": 0, "medical": 0},
    "state": "held", "eta_at": "2026-11-22T15:10:00.000Z", "expires_at": "2026-11-22T15:40:00.000Z",
    "made_at": "2026-11-22T14:31:00.000Z", "by": _DUTY, "override": None, "split_from": None, "version": 15,
}  # fmt: skip
STANDING_RESERVATION: dict[str, Any] = {**RESERVATION, "overdue": False}
RESERVATIONS: dict[str, Any] = {"reservations": [STANDING_RESERVATION]}
RESERVATION_CHANGE: dict[str, Any] = {
    "reservation": RESERVATION, "places_left": {"total": 50, "families": 10, "medical": 5},
}  # fmt: skip
EXTEND_IN: dict[str, Any] = {"eta_at": "2026-11-22T15:40:00Z"}
RELEASE_IN: dict[str, Any] = {"reason": "taken aboard by another vessel"}
LAND_IN: dict[str, Any] = {"persons": {"total": 38, "families": 6}}
TRANSFER_IN: dict[str, Any] = {"to_vessel": "BF Ranger", "persons": {"total": 10}}

REPORT_IN: dict[str, Any] = {
    "source": "phone", "position": {"type": "Point", "coordinates": [1.42, 51.05]},
    "observed_at": "2026-11-22T14:20:00Z", "uncertainty_m": 500, "persons": {"min": 35, "max": 45},
    "text": "grey inflatable, engine stopped",
}  # fmt: skip
_REPORT: dict[str, Any] = {
    "sequence": 7, "source": "phone", "position": {"type": "Point", "coordinates": [1.42, 51.05]},
    "uncertainty_m": 500.0, "observed_at": "2026-11-22T14:20:00.000Z", "persons": {"min": 35, "max": 45},
    "making_way": None, "text": "grey inflatable, engine stopped", "by": _DUTY, "on_scene": None,
}  # fmt: skip
_BODY: dict[str, Any] = {
    "position": {"type": "Point", "coordinates": [1.42, 51.05]}, "position_accuracy_m": 500.0, "position_age_s": 60.0,
    "time": "2026-11-22T14:21:00Z", "persons": {"min": 35, "max": 45},
}  # fmt: skip
REPORTED: dict[str, Any] = {
    **_REPORT, "encounter_id": "e-7", "recorded_at": "2026-11-22T14:21:00.000Z", "encounter": _BODY,
    "possible_duplicates": [
        {"encounter_id": "e-3", "distance_m": 900, "envelope_m": 4100, "persons_differ": False},
    ],
}  # fmt: skip
ENCOUNTER: dict[str, Any] = {
    "encounter_id": "e-7", "state": "open", "opened_at": "2026-11-22T14:21:00.000Z", "closed": None, "version": 7,
    "encounter": _BODY, "reports": [_REPORT],
    "possible_duplicates": [{"encounter_id": "e-3", "distance_m": 900.0, "envelope_m": 4100.0}],
}  # fmt: skip
CLOSE_IN: dict[str, Any] = {"evidence": "38 counted ashore at Dover by Border Force, boat marked and sunk"}
CLOSED: dict[str, Any] = {
    "encounter_id": "e-7", "state": "closed", "closed_at": "2026-11-22T16:00:00.000Z", "by": _DUTY,
    "evidence": "38 counted ashore at Dover by Border Force, boat marked and sunk",
}  # fmt: skip
REOPEN_IN: dict[str, Any] = {"reason": "a phone aboard still answers"}
REOPENED: dict[str, Any] = {"encounter_id": "e-7", "state": "open", "reason": "a phone aboard still answers"}

DIRECTION_IN: dict[str, Any] = {
    "centre": "CROSS GRIS-NEZ", "code": "SRR_STATE", "text": "by VHF 16", "port_id": "calais",
}  # fmt: skip
DIRECTION: dict[str, Any] = {
    "sequence": 21, "encounter_id": "e-7", "port_id": "calais", "place": "", "centre": "CROSS GRIS-NEZ",
    "code": "SRR_STATE", "text": "by VHF 16", "by": _DUTY, "directed_at": "2026-11-22T14:40:00.000Z",
}  # fmt: skip
WITHDRAW_IN: dict[str, Any] = {
    "direction": 21, "centre": "CROSS GRIS-NEZ", "text": "Calais has no tug for her; told by VHF 16 to wait",
}  # fmt: skip
WITHDRAWN: dict[str, Any] = {
    "sequence": 22, "encounter_id": "e-7", "direction": 21, "port_id": "calais", "place": "",
    "centre": "CROSS GRIS-NEZ", "text": WITHDRAW_IN["text"], "by": _DUTY, "at": "2026-11-22T14:43:00.000Z",
}  # fmt: skip
_ENGINE: dict[str, Any] = {
    "outcome": "suitable", "code": None, "port_id": "dover", "time_to_landing_min": 27.2,
    "eta_at": "2026-11-22T15:08:12Z",
}  # fmt: skip
_OPEN: dict[str, Any] = {
    "encounter_id": "e-7", "latest": _REPORT, "reports": 2, "possible_duplicate": True,
    "persons": {"observed_at": "2026-11-22T14:20:00.000Z", "min": 35, "max": 45},
    "on_scene": {
        "observed_at": "2026-11-22T14:18:00.000Z",
        "observed_at_by_field": {"vessel": "2026-11-22T14:05:00.000Z", "medical": "2026-11-22T14:18:00.000Z"},
        "vessel": {"profile": "rnli-severn"}, "medical": "urgent",
    },
}  # fmt: skip
ENCOUNTERS_OPEN: dict[str, Any] = {
    "at": "2026-11-22T14:41:00Z",
    "encounters": [
        {**_OPEN, "decided": {**_ENGINE, "vessel": "rnli-severn", "changed": False, "direction": None, "codes": []}}
    ],
}  # fmt: skip
STANDING: dict[str, Any] = {
    "encounter_id": "e-7", "answer": "direction", "codes": ["RCC_DIRECTED", "RCC_PORT_CONFLICT"],
    "direction": DIRECTION, "withdrawn": None,
    "conflicts": [
        {
            "rule": "R-PRT-01", "code": "PORT_CLOSED",
            "text": {"en": "CALAIS is reported closed.", "fr": "CALAIS est signalé fermé."},
        }
    ],
    "judged": True, "engine_view": "for information", "engine": _ENGINE, "decided_at": "2026-11-22T14:41:00Z",
}  # fmt: skip

OFFER_IN: dict[str, Any] = {
    "from_centre": "DOVER COASTGUARD", "to_centre": "CROSS GRIS-NEZ", "text": "now 2 nm inside the French region",
}  # fmt: skip
OFFERED: dict[str, Any] = {
    "sequence": 23, "encounter_id": "e-7", "step": "offered", **OFFER_IN, "by": _DUTY, "at": "2026-11-22T14:46:00.000Z",
}  # fmt: skip
OFFER_ANSWER_IN: dict[str, Any] = {"reply": "accepted", "centre": "CROSS GRIS-NEZ"}
OFFER_ANSWERED: dict[str, Any] = {
    **OFFERED, "sequence": 24, "step": "accepted", "text": "", "at": "2026-11-22T14:47:00.000Z",
}  # fmt: skip

OVERRIDE_IN: dict[str, Any] = {
    "code": "MASTER_JUDGEMENT", "text": "casualty worsening, nearer quay in sight", "port_id": "folkestone",
}  # fmt: skip
OVERRIDE: dict[str, Any] = {
    "sequence": 22, "decision_id": "d-3f1996f9493eabffe9a7cfe4", "encounter_id": None, "port_id": "folkestone",
    "place": "", "code": "MASTER_JUDGEMENT", "text": "casualty worsening, nearer quay in sight", "by": _DUTY,
    "at": "2026-11-22T14:45:00.000Z", "decision_known": True,
}  # fmt: skip

ZONE_IN: dict[str, Any] = {
    "name": "Wreck of the Vega", "reason": "sunk in 20 m, drifting containers",
    "outline": {
        "type": "Polygon",
        "coordinates": [[[1.3, 51.0], [1.45, 51.0], [1.45, 51.08], [1.3, 51.08], [1.3, 51.0]]],
    },
    "to_at": "2099-11-23T06:00:00Z",
}  # fmt: skip
ZONE: dict[str, Any] = {
    "zone_id": "z-31-5e0c3a9b7f2d4816", "made": 31, **ZONE_IN, "from_at": None, "to_at": "2099-11-23T06:00:00.000Z",
    "by": _DUTY, "drawn_at": "2026-11-22T15:00:00.000Z", "version": 31, "ended": None,
}  # fmt: skip
ZONES: dict[str, Any] = {"at": "2026-11-22T15:01:00.000Z", "zones": [{**ZONE, "in_force": True}]}
ZONE_END_IN: dict[str, Any] = {"reason": "the wreck is marked and the containers are taken up"}
ZONE_ENDED: dict[str, Any] = {
    **ZONE, "version": 40,
    "ended": {"at": "2026-11-23T04:00:00.000Z", "reason": ZONE_END_IN["reason"], "by": _DUTY},
}  # fmt: skip

HANDOVER: dict[str, Any] = {
    "at": "2026-11-22T19:00:00.000Z",
    "open_encounters": [{**_OPEN, "direction": DIRECTION, "aged": True}],
    "reservations": [STANDING_RESERVATION], "expiring_soon": ["r-15"], "overdue": [], "expired_not_landed": [],
    "held_against_shortage": [], "overrides": [], "withdrawn_directions": [WITHDRAWN],
    "exclusion_zones": [{**ZONE, "in_force": True}],
    "aged_reports": [{"port_id": "dover", "report": "status", "reported_at": "2026-11-22T14:30:00.000Z"}],
}  # fmt: skip
_PAGE = "95db4abef783b554161bb855fa61e4381ca46b597103f36862cff6abbafdb2b9"
SIGN_IN: dict[str, Any] = {"page_sha256": _PAGE, "handed_by": "day SMC", "taken_by": "night SMC"}
SIGNED: dict[str, Any] = {
    "handover_id": "h-30", "page_sha256": _PAGE, "handed_by": "day SMC", "taken_by": "night SMC", "text": "",
    "at": "2026-11-22T19:01:00.000Z",
}  # fmt: skip

AUDIT: dict[str, Any] = {
    "rows": [
        {
            "sequence": 1, "at": "2026-11-22T14:30:00.000Z", "kind": "port.status", "role": "port_officer",
            "payload": '{"asked":{},"became":{},"duty":"Dover port control","subject":"dover"}',
            "previous": "0" * 64, "hash": _PAGE,
        }
    ],
    "next_after": None,
}  # fmt: skip
VERIFIED: dict[str, Any] = {
    "intact": True, "rows": 30, "hash": _PAGE, "bad": None, "signed_heads": 4, "signed_up_to": 29,
    "not_proven": ["Not proven: that rows 30 to 30 were not written anew. They came after the last signed head."],
}  # fmt: skip

KEY_IN: dict[str, Any] = {"unit": "RNLI Severn", "role": "crew", "expires_at": "2027-11-22T00:00:00Z"}
ROTATE_IN: dict[str, Any] = {"overlap_s": 3_600}
KEY: dict[str, Any] = {
    "key_id": "0a1b2c3d4e5f", "unit": "RNLI Severn", "role": "crew", "made_at": "2026-11-22T14:30:00.000Z",
    "expires_at": "2027-11-22T00:00:00.000Z", "rotated_at": None, "revoked_at": None, "fingerprint": "5c" * 32,
    "previous_fingerprint": None, "previous_until": None, "version": 3,
}  # fmt: skip
KEYS: dict[str, Any] = {"keys": [KEY]}
NEW_KEY: dict[str, Any] = {"key": "sp_0a1b2c3d4e5f_(64 letters, shown this once)", **KEY}
