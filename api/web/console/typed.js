// What was typed as hours and minutes, by the clock of the service, or as a number: what it means, and why it will not do, in words.

import { say } from '../shared/texts.js';
import { timeMeant } from './clock_text.js';
import { isNegative, numberMeant } from './number_text.js';
import { now } from './state.js';

const DAY_MS = 86400000;

/** A position seen longer ago is none to go to. [min] */
const MOST_AGE_MIN = 1440;

/** The time typed into a field that `wrongTime` looks at. @param {string} text */
export const timeTyped = (text) => /** @type {string} */ (timeMeant(text, now()));

/** Why a time will not do, in words; empty where it will. @param {string} text @param {string} field Its name on the screen. */
export const wrongTime = (text, field) => (text.trim() === '' || timeMeant(text, now()) ? '' : say('time_typed', { field }));

/** A time that is over already is that of tomorrow. @template {string | null} T @param {T} at @returns {T} */
export const later = (at) => (at && Date.parse(at) <= now() ? /** @type {T} */ (new Date(Date.parse(at) + DAY_MS).toISOString()) : at);

/**
 * Why a number will not do, in words; empty where it will, or where none was typed.
 * @param {string} text @param {string} field Its name on the screen. @param {string[]} [units] That may stand after it.
 */
export function wrongNumber(text, field, units = []) {
  if (isNegative(text)) return say('number_negative', { field });
  return Number.isNaN(numberMeant(text, units)) ? say('number_typed', { field }) : '';
}

/** The same of a count, which is whole. @param {string} text @param {string} field @param {string[]} [units] */
export function wrongCount(text, field, units = []) {
  if (isNegative(text)) return say('number_negative', { field });
  const count = numberMeant(text, units);
  return count === null || Number.isInteger(count) ? '' : say('count_typed', { field });
}

/** The same of how long ago somebody was seen, and of what was seen too long ago to go there. [min] @param {string} text @param {string} field */
export function wrongAge(text, field) {
  const wrong = wrongCount(text, field, ['min']);
  return wrong || (numberMeant(text, ['min']) ?? 0) <= MOST_AGE_MIN ? wrong : say('seen_too_long_ago', { field, most: MOST_AGE_MIN, text: say('condition') });
}
