// Numbers as people write them, with or without their unit.

const GROUPED = /^\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?$/;
const PLAIN = /^(?:\d+(?:[.,]\d+)?|[.,]\d+)$/;
const NEGATIVE = /^\s*[-−–]\s*[\d.,]/;
/** A thousand in English, one in French. */
const EITHER = /^[1-9]\d{0,2},\d{3}$/;

/**
 * The number meant; null where nothing is written, NaN where it is no number, or may be another one.
 * @param {string | undefined} text For instance 500, 1 000, 0,5 or 500 m. @param {string[]} [units] That may stand after it.
 */
export function numberMeant(text, units = []) {
  const trimmed = (text ?? '').trim();
  if (trimmed === '') return null;
  const unit = units.find((one) => trimmed.endsWith(one));
  const figures = (unit ? trimmed.slice(0, -unit.length) : trimmed).trim();
  if (EITHER.test(figures) || !(PLAIN.test(figures) || GROUPED.test(figures))) return NaN;
  return Number(figures.replace(/[ \u00a0\u202f]/g, '').replace(',', '.'));
}

/** Whether what is written is a number below zero. @param {string} text */
export const isNegative = (text) => NEGATIVE.test(text);
