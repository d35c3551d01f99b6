// What is read of the service: the picture at once, what is decided for it a moment later, one encounter, depths.

import { ask, Refusal } from '../shared/api.js';
import { fail, heard, link, showBanners } from './banners.js';
import { elapsed, moment } from './elapsed.js';
import { explain } from './forms.js';
import { signIn } from './session.js';
import { state } from './state.js';

/** Deciding everything anew waits so long after an event, and so many times as long as it took last. */
const DECIDE_AFTER_MS = 300;
/** All desks hear of an event at once: each asks at a moment of its own within so long, and the service has time for others between. [ms] */
const SPREAD_MS = 300;
const DECIDE_SHARE = 3;
/** The picture is read anew so often even if nothing happens: what is advised changes with the time. [ms] */
const REFRESH_MS = 30000;
const POLL_MS = 5000;
const DEPTHS_MS = 600000;

let isReading = false;
let wantsAgain = false;
/** @type {ReturnType<typeof setTimeout> | null} */ let decideLater = null;
let decideTookMs = 0;
let wantsDecision = false;

/** Draw what is known now; set before anything is read. */
let show = () => {};

/** @param {() => void} draw */
export function useReading(draw) {
  show = draw;
}

/** @param {boolean} decides @returns {Promise<import('./documents.js').PictureNow>} */
const askPicture = (decides) => ask('GET', `/console/v1/picture?decide=${decides}`, undefined, 20000);

/** @type {{ begun: number, picture: Promise<import('./documents.js').PictureNow> } | null} Asked for while it was not known yet who looks. */
let early = null;

/** Ask for the picture while it is not known yet who looks. */
export function readEarly() {
  early = { begun: Date.now(), picture: askPicture(false) };
  // Looked at by `refresh`, where something can be said of it.
  early.picture.catch(() => {});
}

export function forgetEarly() {
  early = null;
}

/**
 * Read the picture: first what is recorded, at once; then what is decided for it.
 * @param {boolean} decides
 */
async function readPicture(decides) {
  const begun = early ? early.begun : Date.now();
  const found = await (early ? early.picture : askPicture(decides));
  early = null;
  heard();
  state.clockOffsetMs = Date.parse(found.at) - (begun + Date.now()) / 2;
  state.trouble = found.trouble;
  const before = new Map((state.picture?.encounters ?? []).map((row) => [row.encounter_id, row.decided]));
  // What was decided a moment ago stands until it is decided anew.
  if (!decides) for (const row of found.picture.encounters) row.decided = before.get(row.encounter_id) ?? null;
  if (state.picture && found.picture.sequence < state.picture.sequence) return;
  state.picture = found.picture;
  state.readAt = found.at;
  state.readMoment = moment();
}

/** Everything anew, once at a time: what happens meanwhile is read right after. */
export async function refresh() {
  if (isReading) { wantsAgain = true; return; }
  isReading = true;
  try {
    do {
      wantsAgain = false;
      await readPicture(false);
      show();
      performance.mark('picture-shown');
      if (state.encounterId) await readView(state.encounterId);
    } while (wantsAgain);
    decideSoon();
  } catch (reason) {
    early = null;
    link.failure = explain(reason);
    if (reason instanceof Refusal && reason.status === 401) signIn();
  }
  isReading = false;
  showBanners();
}

const spread = () => SPREAD_MS * Math.random();

/** Decide once more after what has happened; while that is under way, once more after it. */
export function decideSoon() {
  wantsDecision = true;
  if (decideLater === null) decideLater = setTimeout(decideAll, Math.max(DECIDE_AFTER_MS, DECIDE_SHARE * decideTookMs) + spread());
}

async function decideAll() {
  const begun = performance.now();
  wantsDecision = false;
  try {
    await readPicture(true);
    show();
  } catch (reason) {
    fail(reason);
  }
  decideTookMs = performance.now() - begun;
  decideLater = null;
  if (wantsDecision) decideSoon();
}

/** Read an encounter anew; where that fails the boards say why. @param {string} encounterId */
export async function readAgain(encounterId) {
  try { await readView(encounterId); } catch (reason) { fail(reason); }
}

/** @type {ReturnType<typeof setTimeout> | null} */ let viewLater = null;

/** Read the chosen encounter anew in a moment, for something happened that others read theirs for as well. */
export function readChosenSoon() {
  viewLater ??= setTimeout(() => { viewLater = null; if (state.encounterId) readAgain(state.encounterId); }, spread());
}

/** @param {string} encounterId */
export async function readView(encounterId) {
  const view = await ask('GET', `/console/v1/encounters/${encounterId}`, undefined, 20000);
  heard();
  if (state.encounterId !== encounterId) return;
  state.view = view;
  show();
}

export async function readDepths() {
  try {
    state.depths = (await ask('GET', '/console/v1/depths', undefined, 30000)).ports;
    show();
  } catch { /* Asked again in ten minutes; until then depths are not known. */ }
}

/** Read again and again, oftener while the stream is lost. */
export function keepReading() {
  readDepths();
  setInterval(readDepths, DEPTHS_MS);
  setInterval(() => {
    const since = state.readMoment ? elapsed(state.readMoment) : Infinity;
    if (since > REFRESH_MS || (!link.isUp && since > POLL_MS)) refresh();
  }, 1000);
}
