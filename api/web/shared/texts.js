// Words of the page, in the language chosen.

import { formatAge } from './format.js';

/** @typedef {import('./format.js').Lang} Lang */

/** @type {Record<string, Record<string, string>>} */
const catalogue = {};
/** @type {Lang} */
let spoken = 'en';

/** Read one language. @param {Lang} lang */
export async function loadTexts(lang) {
  if (!catalogue[lang]) {
    const answer = await fetch(new URL(`../texts/${lang}.json`, import.meta.url));
    catalogue[lang] = await answer.json();
  }
  spoken = lang;
}

/** The language chosen. @returns {Lang} */
export function language() {
  return spoken;
}

/** An age, in words of the language. @param {number | null | undefined} seconds */
export function sayAge(seconds) {
  return formatAge(seconds, spoken);
}

/**
 * A text with its figures filled in.
 * @param {string} key @param {Record<string, string | number>} [figures]
 */
export function say(key, figures = {}) {
  const text = catalogue[spoken]?.[key] ?? key;
  const filled = text.replace(/\{(\w+)\}/g, (whole, name) => (name in figures ? String(figures[name]) : whole));
  return spoken === 'fr' ? withContractions(filled) : filled;
}

/**
 * A French text with what stands before a name as it is spoken, as `api/text/contractions.py` has it.
 * @param {string} text
 */
export function withContractions(text) {
  return text
    .replace(/(?<![\p{L}\p{N}_])([dD]|[qQ]u)[eE] (?=[AEIOUÀÂÄÆÉÈÊËÎÏÔÖŒÙÛÜ])/gu, "$1'")
    .replace(/(?<![\p{L}\p{N}_])(de|à) (?:Le|LE) (?=\p{L})/gu, (_, word) => (word === 'de' ? 'du ' : 'au '))
    .replace(/(?<![\p{L}\p{N}_])(de|à) (?:Les|LES) (?=\p{L})/gu, (_, word) => (word === 'de' ? 'des ' : 'aux '));
}

/** Whether there is a text of this name. @param {string} key */
export function has(key) {
  return key in (catalogue[spoken] ?? {});
}

/**
 * The words of a document that has both languages.
 * @param {{ en?: string, fr?: string } | string | null | undefined} words
 */
export function inLanguage(words) {
  if (!words) return '';
  return typeof words === 'string' ? words : (words[spoken] ?? words.en ?? '');
}
