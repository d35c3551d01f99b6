// What the page knows, and what follows from it. Values in, values out; only `state` itself is kept.

import { formatNumber } from '../shared/format.js';
import { has, inLanguage, say } from '../shared/texts.js';

/** @typedef {import('./documents.js').Row} Row */
/** @typedef {import('./documents.js').Picture} Picture */
/** @typedef {import('./documents.js').Reservation} Reservation */
/** @typedef {import('../shared/chart_data.js').Harbour} Harbour */
/** @typedef {import('../terminal/documents.js').Candidate} Candidate */
/** @typedef {Record<string, () => Promise<unknown> | void>} Ways Of taking something back, by the name of their words. */

/** [A] A hold that ends sooner than this is expiring. Of the shift hand-over page too. [s] */
export const EXPIRING_S = 600;

export const state = {
  /** @type {import('./documents.js').Session | null} */ session: null,
  /** @type {Picture | null} */ picture: null,
  /** @type {string | null} Of the server's clock, when the picture was read. */ readAt: null,
  /** @type {import('./elapsed.js').Moment | null} */ readMoment: null,
  /** The server's clock less this machine's. [ms] */ clockOffsetMs: 0,
  /** @type {{ code: string, text: string } | null} */ trouble: null,
  /** @type {string | null} */ encounterId: null,
  /** @type {string | null} */ portId: null,
  /** @type {string | null} */ zoneId: null,
  /** @type {import('./documents.js').Traffic | null} Null until it was asked for. */ traffic: null,
  /** @type {import('./documents.js').EncounterView | null} */ view: null,
  /** @type {Record<string, import('./documents.js').Depths>} */ depths: {},
  /** @type {Map<string, Harbour>} */ harbours: new Map(),
  /** @type {Map<string, { en: string, fr: string }>} Names of the types of vessels, by profile. */ vessels: new Map(),
  /** Ends when the names of ports and vessels have been read, or cannot be: forms that choose one wait for it. */ namesRead: Promise.resolve(),
  /** @type {import('./documents.js').WhatIf | null} */ whatIf: null,
  showsAllPorts: false,
  /** @type {{ words: string, ways: Ways, until: number } | null} What was just done here and can be taken back. */ undo: null,
  /** @type {import('./documents.js').Desk[]} What other desks have on their screens. */ desks: [],
};

/** Milliseconds of the server's clock. */
export const now = () => Date.now() + state.clockOffsetMs;

/** Seconds since a time of the server. @param {string | null | undefined} at */
export const ageOf = (at) => (at ? (now() - Date.parse(at)) / 1000 : null);

/** Whether the caller may. @param {string} permission */
export const may = (permission) => state.session?.permissions.includes(permission) ?? false;

/** The number of an encounter or a reservation as it is spoken. @param {string | null | undefined} id */
export function shortId(id) {
  const found = /^([a-z]+)-(\d+)/.exec(id ?? '');
  return found ? `${found[1].toUpperCase()}${found[2].padStart(3, '0')}` : (id ?? '?');
}

/** @param {string | null | undefined} portId */
export function portName(portId) {
  if (!portId) return '?';
  const harbour = state.harbours.get(portId);
  return harbour ? inLanguage(harbour.name) : portId;
}

/** Where somebody was directed: a port of the register, or a place by name. @param {{ port_id: string | null, place: string }} directed */
export const placeText = (directed) => (directed.port_id ? portName(directed.port_id) : directed.place);

/** Who else has an encounter on the screen, in words; empty for nobody. @param {string} encounterId */
export function viewersText(encounterId) {
  const names = state.desks.filter((desk) => desk.encounter_id === encounterId).map((desk) => desk.centre || desk.duty);
  return names.length ? say('viewers', { names: [...new Set(names)].join(', ') }) : '';
}

/** @template {{ observed_at: string }} T @param {T[]} reports @returns {T[]} */
export const byObserved = (reports) => [...reports].sort((a, b) => a.observed_at.localeCompare(b.observed_at));

/**
 * The people as last counted: a report without a count leaves it. @param {import('./documents.js').Report[]} reports In the order observed.
 */
export const countedOf = (reports) => reports.map((report) => report.persons).findLast((persons) => persons.min !== null || persons.max !== null);

/** At least and at most, as people write it. @param {{ min: number | null, max: number | null } | null | undefined} persons */
export function personsText(persons) {
  if (!persons || (persons.min === null && persons.max === null)) return '?';
  // The body of a decision leaves out what is not known.
  if (persons.max == null) return `≥ ${persons.min}`;
  if (persons.min == null) return `≤ ${persons.max}`;
  if (persons.min === persons.max) return String(persons.max);
  return `${persons.min}–${persons.max}`;
}

/** A type of vessel as the catalogue calls it. @param {string} profile */
export function vesselTypeName(profile) {
  const name = state.vessels.get(profile);
  return name ? inLanguage(name) : profile;
}

/** A vessel as a report names her: by her type, or by figures alone; null where it says nothing of her. @param {Record<string, unknown> | null | undefined} vessel */
export function reportedVessel(vessel) {
  const { profile, ...figures } = vessel ?? {};
  if (typeof profile === 'string' && profile !== 'custom') return vesselTypeName(profile);
  return profile || Object.values(figures).some((figure) => figure !== null) ? say('vessel_described') : null;
}

/** Who has them, as a report or a reservation says. @param {Row | undefined} row @param {Reservation[]} held */
export function vesselText(row, held) {
  return held[0]?.vessel ?? reportedVessel(row?.on_scene?.vessel) ?? say('no_vessel');
}

/** An encounter's or a reservation's id wherever a sentence of the service has one. */
const IDS = /\b[er]-\d+(?:-[0-9a-f]{16})?\b/g;

/** A sentence of the service with encounters as they are spoken of. @param {string} text */
export const withShortIds = (text) => text.replace(IDS, shortId);

/** A value and what it is of. @param {string} key @param {string} value */
export const labelled = (key, value) => say('labelled', { label: say(key), value });

/** What a report says of people and vessel on scene, each with its name; nothing of what it does not say. @param {any} report */
export function reportedFacts({ making_way: makingWay, on_scene: onScene }) {
  const { persons_recovered: recovered, persons_in_water: inWater, medical, vessel } = onScene ?? {};
  const named = reportedVessel(vessel);
  return [
    makingWay === null ? '' : say(makingWay ? 'making_way' : 'adrift'), recovered === undefined ? '' : `${say('recovered')} ${recovered}`,
    inWater === undefined ? '' : labelled('in_water', say(inWater ? 'yes' : 'no')), medical === undefined ? '' : labelled('medical', say(`med_${medical}`)),
    named === null ? '' : labelled('vessel_on_scene', named),
  ].filter(Boolean);
}

/** How the people are and who has them, as far as reports say, for a table: recovered, in the water, medical state, vessel. @param {any} onScene */
export function sceneTexts(onScene) {
  const { persons_recovered: recovered, persons_in_water: inWater, medical, vessel } = onScene ?? {};
  return [
    recovered === undefined ? say('not_known') : String(recovered), say(inWater === undefined ? 'not_known' : inWater ? 'yes' : 'no'),
    medical === undefined ? say('not_known') : say(`med_${medical}`), reportedVessel(vessel) ?? say('not_known'),
  ];
}

/** A reason in words; one of another program as it is. @param {string} code */
export const reasonText = (code) => {
  const key = [`reason_${code}`, `override_${code}`].find(has);
  return key ? say(key) : code;
};

/** @param {string} encounterId @returns {Reservation[]} */
export function placesOf(encounterId) {
  return (state.picture?.reservations ?? []).filter((held) => held.encounter_id === encounterId);
}

/**
 * What is to be done about an encounter next.
 * @param {Row} row @param {Reservation[]} held
 * @returns {'offered' | 'conflict' | 'new' | 'directed' | 'landing'}
 */
export function stateOf(row, held) {
  if (row.coordination?.step === 'offered') return 'offered';
  if (row.decided?.outcome === 'refused' || row.decided?.codes?.includes('RCC_PORT_CONFLICT')) return 'conflict';
  if (held.some((one) => one.landed.total > 0)) return 'landing';
  return row.direction ? 'directed' : 'new';
}

const RANK = { conflict: 0, new: 1, offered: 2, directed: 4, landing: 5 };

/**
 * Most urgent first, then whoever has not been heard of for longest.
 * @param {Row[]} rows @param {number} nowMs @param {(id: string) => Reservation[]} heldOf
 */
export function byUrgency(rows, nowMs, heldOf) {
  /** @param {Row} row */
  const rank = (row) => {
    const held = heldOf(row.encounter_id);
    const isWorse = row.on_scene?.persons_in_water === true || row.on_scene?.medical === 'critical';
    const isEnding = held.some((one) => one.state === 'held' && Date.parse(one.expires_at) - nowMs < EXPIRING_S * 1000);
    return RANK[stateOf(row, held)] - (isWorse ? 0.5 : 0) - (isEnding ? 1.5 : 0);
  };
  const keyed = rows.map((row) => ({ row, rank: rank(row), at: Date.parse(row.latest.observed_at) }));
  return keyed.sort((a, b) => a.rank - b.rank || a.at - b.at).map((one) => one.row);
}

/** The ports of the decision shown, in the order advised. @returns {Candidate[]} */
export function candidates() {
  const decision = state.whatIf?.view?.decision ?? state.view?.decision;
  return decision ? [...(decision.recommended ? [decision.recommended] : []), ...decision.candidates] : [];
}

/**
 * Depth with the tide of an hour; null where the register or the tide is unknown.
 * @param {import('./documents.js').Depths | undefined} depths @param {number} hour
 */
export function depthAt(depths, hour) {
  const tide = depths?.tide_m[hour];
  return depths?.depth_m == null || tide == null ? null : depths.depth_m + tide;
}

/** @param {number | null} metres @param {import('../shared/format.js').Lang} lang */
export const depthText = (metres, lang) => (metres === null ? '?' : `${formatNumber(metres, lang)} m`);
