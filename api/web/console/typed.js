// What was typed as hours and minutes, by the clock of the service; or a refusal in words.

import { Refusal } from '../shared/api.js';
import { timeMeant } from './clock_text.js';
import { now } from './state.js';

const DAY_MS = 86400000;

/** @param {string} text */
export function timeTyped(text) {
  const at = timeMeant(text, now());
  if (!at) throw new Refusal(422, { code: 'TIME_TYPED', detail: '' });
  return at;
}

/** A time that is over already is that of tomorrow. @template {string | null} T @param {T} at @returns {T} */
export const later = (at) => (at && Date.parse(at) <= now() ? /** @type {T} */ (new Date(Date.parse(at) + DAY_MS).toISOString()) : at);
