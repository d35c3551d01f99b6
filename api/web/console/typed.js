// What was typed as hours and minutes, by the clock of the service, or as a number; or a refusal in words.

import { Refusal } from '../shared/api.js';
import { say } from '../shared/texts.js';
import { timeMeant } from './clock_text.js';
import { numberMeant } from './number_text.js';
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

/**
 * A number that was typed, null where none was.
 * @param {string | undefined} text @param {string} field Its name on the screen. @param {string[]} [units] That may stand after it.
 */
export function numberTyped(text, field, units = []) {
  const number = numberMeant(text, units);
  if (Number.isNaN(number)) throw new Refusal(422, { code: 'NUMBER_TYPED', detail: say('number_typed', { field }) });
  return number;
}

/** A count that was typed, null where none was. @param {string | undefined} text @param {string[]} [units] */
export function countTyped(text, units = []) {
  const count = numberMeant(text, units);
  if (count !== null && !Number.isInteger(count)) throw new Refusal(422, { code: 'COUNT_TYPED', detail: '' });
  return count;
}
