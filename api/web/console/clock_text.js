// Times as people say them on the radio: hours and minutes of UTC.

import { formatUtc, formatUtcSeconds } from '../shared/format.js';

/** The day of a time and a space, where it is not that of another time. @param {string} at @param {string | number} other */
function otherDay(at, other) {
  const day = new Date(at).toISOString().slice(0, 10);
  return day === new Date(other).toISOString().slice(0, 10) ? '' : `${day} `;
}

/** Hours and minutes, and the day where it is not that of another time. @param {string} at @param {string | number} other */
export const dayTime = (at, other) => `${otherDay(at, other)}${formatUtc(at)}`;

/** The same with seconds. @param {string} at @param {string | number} other */
export const dayTimeSeconds = (at, other) => `${otherDay(at, other)}${formatUtcSeconds(at)}`;

/**
 * The time meant by hours and minutes: the nearest such time that is not long gone.
 * @param {string} text For instance 17:40, 1740 or 17:40 UTC. @param {number} nowMs
 * @returns {string | null} RFC 3339; null where it is no time.
 */
export function timeMeant(text, nowMs) {
  const found = /^\s*(\d{1,2})[:h. ]?(\d{2})\s*(?:z|utc)?\s*$/i.exec(text);
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  const day = new Date(nowMs);
  const at = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate(), Number(found[1]), Number(found[2]));
  const shift = Math.round((nowMs - at) / 86400000) * 86400000;
  return `${new Date(at + shift).toISOString().slice(0, 19)}Z`;
}
