// Shapes of the documents the page reads. Types only.

/** @typedef {{ en: string, fr: string }} Words */
/**
 * @typedef {object} Fix
 * @property {[number, number] | null} position @property {string | null} at @property {number | null} age_s
 * @property {'good' | 'dead_reckoning' | 'stale' | 'none' | 'questioned'} quality @property {Words | null} why
 * @property {string | null} [why_code] @property {string | null} source @property {number | null} sog_kn @property {number | null} cog_deg
 * @property {number | null} heading_deg
 */
/**
 * @typedef {object} Target
 * @property {string | number} mmsi @property {string | null} name @property {[number, number]} position @property {number} age_s
 * @property {number | null} sog_kn @property {number | null} cog_deg
 */
/**
 * @typedef {object} Layer
 * @property {string} id @property {Words} label @property {string | null} at @property {number | null} age_s
 * @property {number | null} limit_s @property {boolean} is_past_limit @property {string | null} [until]
 */
/**
 * @typedef {object} State
 * @property {string | null} at @property {Fix} fix @property {Target[]} targets @property {Layer[]} layers
 * @property {{ source: string, trusted: boolean, why?: Words | null }} clock
 * @property {{ id: string, name: string | null, kind?: Words | null, profile?: Record<string, unknown> }} vessel
 * @property {{ min: number | null, max: number | null, aboard_since?: string | null, recovered?: number | null, in_water?: boolean | null } | null} persons
 * @property {'none' | 'urgent' | 'critical' | null} [medical] Null until somebody has said.
 * @property {{ id: string, state: 'connecting' | 'open' | 'silent' | 'lost', dropped: number }[]} [sources]
 * @property {{ state: 'up' | 'down' | 'off', since: string | null, queued: number, why?: Words | null, burst?: { written: number, answers: number } | null }} link
 * @property {any} direction @property {any} [withdrawn] How the last direction was taken back. @property {any} [active_route] @property {boolean} [is_demo] @property {boolean} [ready] @property {Words | null} [not_ready]
 * @property {{ code: string, text: Words } | null} [trouble]
 * @property {{ known: boolean, pending: string[], avoided_version: string, version: string }} [zones]
 */
/**
 * @typedef {object} Finding
 * @property {string} code @property {string} class @property {string} verdict @property {Words} [text]
 */
/**
 * @typedef {object} Candidate
 * @property {{ id: string, name: Words, country: string, vhf: string | null, position?: [number, number], telephone?: string | null }} port
 * @property {'suitable' | 'caution' | 'unconfirmed' | 'excluded'} status @property {number | null} distance_nm
 * @property {number | null} bearing_deg @property {number | null} time_to_landing_min
 * @property {[number, number]} time_range_min @property {string | null} eta_at @property {string | null} eta_local @property {number | null} wait_min
 * @property {string} [clock] @property {number | null} depth_at_arrival_m @property {number | null} [tide_at_arrival_m]
 * @property {number | null} [time_to_care_min] @property {{ name: string } | null} [hospital] @property {Words | null} [hazards]
 * @property {Words | null} [landing] @property {{ course_deg: number, distance_nm: number, to?: [number, number] }[]} [legs]
 * @property {{ coordinates: [number, number][] } | null} [route] @property {Finding[]} findings
 */
/**
 * @typedef {object} Decision
 * @property {string} decision_id @property {string} decided_at @property {string} outcome @property {Words} headline
 * @property {Candidate | null} recommended @property {Candidate[]} candidates
 * @property {{ port_id: string, name?: Words, code: string, text?: Words, time_to_landing_min: number | null }[]} passed_over
 * @property {Record<string, string[]>} [passed_over_others] @property {number} passed_over_count @property {{ srr: string, band: boolean, centres: { name: string, vhf: string, mmsi: string }[] }} coordination
 * @property {{ code: string, level: string, text?: Words }[]} notices @property {{ to_second_min: number | null, near_tie: boolean }} margin
 * @property {{ codes: string[], text: Words | null }} unknown_everywhere @property {{ forecast: any }} inputs
 */
/** @typedef {{ known: boolean, avoided: string[], pending: string[], avoided_version: string, text: Words | null }} ZonesOfAnswer */
/** @typedef {{ decision: Decision, encounter: any, fix: Fix, digest: string, zones?: ZonesOfAnswer }} Nearest */
export {};
