// Corners of an area: whether they are one, how large it is, and as lines that people write. Values in, values out.

/** @typedef {[number, number]} Place Longitude, latitude. [deg] */

/** [A] As in the store: a larger zone is taken for a slip of the hand. [km2] */
export const LARGEST_KM2 = 5000;
/** As in the store. */
export const MOST_CORNERS = 200;

const KM_A_DEGREE = 111.2;

/**
 * Why corners are no area that may be closed: a key of the texts; empty where they are one.
 * @param {Place[]} corners
 */
export function refusalOf(corners) {
  if (corners.length < 3) return 'zone_too_few';
  if (corners.length > MOST_CORNERS) return 'zone_too_many';
  if (crossesItself(corners)) return 'zone_crosses';
  return areaKm2(corners) > LARGEST_KM2 ? 'zone_too_large' : '';
}

/** Area on the ground, good to a percent at the size of a zone. @param {Place[]} corners */
export function areaKm2(corners) {
  const middle = corners.reduce((sum, at) => sum + at[1], 0) / corners.length;
  const doubled = corners.reduce((sum, [lon, lat], k) => {
    const [nextLon, nextLat] = corners[(k + 1) % corners.length];
    return sum + lon * nextLat - nextLon * lat;
  }, 0);
  return (Math.abs(doubled) / 2) * KM_A_DEGREE ** 2 * Math.cos((middle * Math.PI) / 180);
}

/** Whether two sides that are no neighbours touch. @param {Place[]} corners */
export function crossesItself(corners) {
  const count = corners.length;
  for (let j = 0; j < count; j += 1) {
    for (let k = j + 1; k < count; k += 1) {
      const areNeighbours = k === j + 1 || (j === 0 && k === count - 1);
      if (!areNeighbours && touch(corners[j], corners[(j + 1) % count], corners[k], corners[(k + 1) % count])) return true;
    }
  }
  return false;
}

/** @param {Place} a @param {Place} b @param {Place} c @param {Place} d */
function touch(a, b, c, d) {
  const [one, two, three, four] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (one * two < 0 && three * four < 0) return true;
  return (one === 0 && within(a, b, c)) || (two === 0 && within(a, b, d)) || (three === 0 && within(c, d, a)) || (four === 0 && within(c, d, b));
}

/** Left of a line, right of it or on it. @param {Place} a @param {Place} b @param {Place} at */
const side = (a, b, at) => Math.sign((b[0] - a[0]) * (at[1] - a[1]) - (b[1] - a[1]) * (at[0] - a[0]));

/** @param {Place} a @param {Place} b @param {Place} at On their line. */
const within = (a, b, at) => Math.min(a[0], b[0]) <= at[0] && at[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= at[1] && at[1] <= Math.max(a[1], b[1]);

/** A corner as it is written, good to two metres: latitude first. @param {Place} at */
export function writtenCorner(at) {
  return `${half(at[1], 2, 'NS')} ${half(at[0], 3, 'EW')}`;
}

/** Thousandths of minutes are rounded first and split afterwards. @param {number} value @param {number} width @param {string} letters */
function half(value, width, letters) {
  const thousandths = Math.round(Math.abs(value) * 60000);
  const degrees = String(Math.floor(thousandths / 60000)).padStart(width, '0');
  return `${degrees} ${((thousandths % 60000) / 1000).toFixed(3).padStart(6, '0')}${value < 0 ? letters[1] : letters[0]}`;
}
