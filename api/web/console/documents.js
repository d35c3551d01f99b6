// Shapes of the documents the console reads. Types only.

/** @typedef {{ en: string, fr: string }} Words */
/** @typedef {{ role: string, duty: string }} By */
/** @typedef {{ total: number, families: number, medical: number }} Persons */
/**
 * @typedef {object} Report
 * @property {number} sequence @property {string} source @property {{ coordinates: [number, number] }} position
 * @property {number | null} uncertainty_m @property {string} observed_at @property {{ min: number | null, max: number | null }} persons
 * @property {boolean | null} making_way @property {string} text @property {By} by @property {any} on_scene
 */
/**
 * @typedef {object} Direction
 * @property {number} sequence @property {string | null} port_id @property {string} place @property {string} centre @property {string} code @property {string} text
 * @property {By} by @property {string} directed_at
 */
/** @typedef {{ direction: number, port_id: string | null, place: string, centre: string, text: string, by: By, at: string }} Withdrawal */
/**
 * @typedef {object} Coordination
 * @property {'offered' | 'accepted' | 'refused' | 'withdrawn'} step @property {string} from_centre @property {string} to_centre
 * @property {string} text @property {By} by @property {string} at
 */
/**
 * @typedef {object} View
 * @property {string} outcome @property {string | null} code @property {string | null} port_id
 * @property {number | null} time_to_landing_min @property {string | null} eta_at @property {string | null} [vessel]
 * @property {string[]} [codes]
 */
/**
 * @typedef {object} Row
 * @property {string} encounter_id @property {Report} latest @property {{ observed_at: string, min: number | null, max: number | null } | null} persons @property {any} on_scene @property {number} reports
 * @property {boolean} possible_duplicate @property {Direction | null} direction @property {Coordination | null} coordination
 * @property {View | null} decided
 */
/**
 * @typedef {object} Reservation
 * @property {string} reservation_id @property {string} port_id @property {string | null} encounter_id @property {string} vessel
 * @property {Persons} persons @property {Persons} landed @property {'held' | 'confirmed' | 'expired' | 'released' | 'landed'} state
 * @property {string} eta_at @property {string} expires_at @property {boolean} overdue @property {{ code: string, text: string } | null} override
 * @property {number} version
 */
/**
 * @typedef {object} PortReport
 * @property {string} port_id
 * @property {{ status: string, reason: string, by: By, reported_at: string, expires_at: string | null, version: number } | null} status
 * @property {{ places: { total: number, families: number | null, medical: number | null }, occupied: Persons, persons_per_hour: number | null, by: By, reported_at: string, version: number } | null} capacity
 * @property {{ needs_met: boolean | null, transport_arranged: boolean | null, danger_ashore: boolean, reason: string, by: By, reported_at: string, version: number } | null} reception
 * @property {{ total: number | null, families: number | null, medical: number | null }} places_left
 */
/**
 * @typedef {object} Zone
 * @property {string} zone_id @property {string} name @property {string} reason @property {{ type: 'Polygon', coordinates: [number, number][][] }} outline
 * @property {string | null} from_at @property {string | null} to_at @property {By} by @property {string} drawn_at @property {number} version @property {boolean} in_force
 */
/** @typedef {{ id: string, at: string | null, limit_s: number | null, connected: boolean, until?: string | null, lost_since?: string | null }} Feed */
/** @typedef {{ mmsi: string, name: string | null, kind: string, position: [number, number], at: string, sog_kn: number | null, cog_deg: number | null, track: [number, number][] }} Vessel */
/** @typedef {{ at: string, connected: boolean, heard_at: string | null, lost_since: string | null, vessels: Vessel[] }} Traffic */
/** @typedef {{ sequence: number, encounters: Row[], reservations: Reservation[], ports: PortReport[], zones: Zone[], feeds: Feed[] }} Picture */
/** @typedef {{ at: string, trouble: { code: string, text: string } | null, picture: Picture }} PictureNow */
/** @typedef {{ role: string, duty: string, own_only: boolean, permissions: string[], access: boolean, keeps_records: boolean, signed_in: boolean, version: string }} Session */
/** @typedef {{ depth_m: number | null, tide_m: (number | null)[], gate_h: [number, number] | null }} Depths */
/**
 * @typedef {object} EncounterView
 * @property {string} at @property {{ encounter_id: string, state: string, opened_at: string, version: number, reports: Report[], possible_duplicates: { encounter_id: string, distance_m: number, envelope_m: number }[] }} encounter
 * @property {Direction | null} direction @property {Withdrawal | null} withdrawn How the last direction was taken back. @property {Reservation[]} reservations @property {Coordination | null} coordination
 * @property {any} ask @property {import('../terminal/documents.js').Decision | null} decision @property {{ en: string, fr: string } | null} refused
 */
/** @typedef {{ desk: string, centre: string, duty: string, encounter_id: string }} Desk */
/** @typedef {{ at: string, kind: string, sequence: number, subject: string, body: any }} Told */
/** @typedef {{ closed: string[], policy: string | null, gale: { wind_kn: number, wind_from_deg: number, wave_m: number, from_at?: string, hours?: number } | null, more_persons: number, lost_vessel: string | null }} Supposed */
/** @typedef {{ supposed: Supposed, encounters: { encounter_id: string, now: View, then: View }[], view: any, at: string }} WhatIf */
export {};
