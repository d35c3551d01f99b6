// Figures as people at sea read them. Pure: values in, text out.

/** @typedef {'en' | 'fr'} Lang */

/**
 * A number with one sign after the point, or comma in French.
 * @param {number} value @param {Lang} lang @param {number} [decimals]
 */
export function formatNumber(value, lang, decimals = 1) {
  const text = value.toFixed(decimals);
  return lang === 'fr' ? text.replace('.', ',') : text;
}

/**
 * Latitude and longitude in degrees and minutes. Tenths of minutes are rounded first and split afterwards: 60.0' never
 * shows.
 * @param {readonly number[] | null | undefined} at Longitude, latitude. [deg] @param {Lang} lang
 */
export function formatPosition(at, lang) {
  if (!at) return '--';
  return `${half(at[1], 2, 'NS', lang)}  ${half(at[0], 3, 'EW', lang)}`;
}

/** @param {number} value @param {number} width @param {string} letters @param {Lang} lang */
function half(value, width, letters, lang) {
  const tenths = Math.round(Math.abs(value) * 600);
  const degrees = String(Math.floor(tenths / 600)).padStart(width, '0');
  const minutes = formatNumber((tenths % 600) / 10, lang).padStart(4, '0');
  return `${degrees}°${minutes}′${value < 0 ? letters[1] : letters[0]}`;
}

/**
 * Three figures of a bearing; 359.6 is 000.
 * @param {number | null | undefined} bearing [deg]
 */
export function formatBearing(bearing) {
  if (bearing === null || bearing === undefined) return '---';
  return String(((Math.round(bearing) % 360) + 360) % 360).padStart(3, '0');
}

/**
 * An age in its largest unit.
 * @param {number | null | undefined} seconds @param {Lang} lang
 */
export function formatAge(seconds, lang) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '?';
  const s = Math.max(0, Math.floor(seconds));
  if (s < 120) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} ${lang === 'fr' ? 'j' : 'd'}`;
}

/** Hours and minutes of UTC. @param {string | number | Date} at */
export function formatUtc(at) {
  return new Date(at).toISOString().slice(11, 16);
}

/** Hours, minutes and seconds of UTC. @param {string | number | Date} at */
export function formatUtcSeconds(at) {
  return new Date(at).toISOString().slice(11, 19);
}

/**
 * Time by the clock of a zone, or of this computer, and what the zone is called. A port's own time comes with the answer.
 * @param {string | number | Date} at @param {string} [timeZone]
 */
export function formatLocal(at, timeZone) {
  const parts = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short', timeZone }).formatToParts(new Date(at));
  const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('hour')}:${of('minute')} ${of('timeZoneName')}`;
}

/**
 * The channel to call first, of all a harbour listens on.
 * @param {string | null | undefined} vhf
 */
export function firstChannel(vhf) {
  return /\d+/.exec(vhf ?? '')?.[0] ?? null;
}

const EARTH_NM = 3440.065;

/**
 * Great-circle distance and first bearing, for lists beside the chart; routes come from the engine.
 * @param {readonly number[]} from @param {readonly number[]} to Longitude, latitude. [deg]
 * @returns {{ miles: number, bearing: number }}
 */
export function wayBetween(from, to) {
  const rad = Math.PI / 180;
  const [lon0, lat0, lon1, lat1] = [from[0] * rad, from[1] * rad, to[0] * rad, to[1] * rad];
  const x = Math.cos(lat1) * Math.sin(lon1 - lon0);
  const y = Math.cos(lat0) * Math.sin(lat1) - Math.sin(lat0) * Math.cos(lat1) * Math.cos(lon1 - lon0);
  const z = Math.sin(lat0) * Math.sin(lat1) + Math.cos(lat0) * Math.cos(lat1) * Math.cos(lon1 - lon0);
  return { miles: Math.atan2(Math.hypot(x, y), z) * EARTH_NM, bearing: (Math.atan2(x, y) / rad + 360) % 360 };
}

/** Digits as they are spoken, one by one. @param {string} text @param {Lang} lang */
export function spokenDigits(text, lang) {
  const words = lang === 'fr'
    ? ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf']
    : ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  return [...text].filter((sign) => /\d/.test(sign)).map((digit) => words[Number(digit)]).join(' ');
}
