// AIS of the units around: last positions and short tracks, each with its age. Nothing is decided on them.

import { ask } from '../shared/api.js';
import { formatBearing, formatNumber, formatPosition } from '../shared/format.js';
import { language, say, sayAge } from '../shared/texts.js';
import { ageOf, state } from './state.js';

/** @typedef {import('./documents.js').Vessel} Vessel */

/** Tracks are read so often; positions come every few seconds to three minutes (ITU-R M.1371). [ms] */
export const READ_MS = 10000;
/** [A] An older position is drawn in broken lines. [s] */
const OLD_S = 180;

/** Read what is known, where a feed is connected. @returns {Promise<boolean>} Whether anything may have changed. */
export async function readTraffic() {
  if (!state.picture?.feeds.some((feed) => feed.id === 'ais' && feed.connected)) return false;
  state.traffic = await ask('GET', '/console/v1/traffic');
  return true;
}

/** @param {Vessel} vessel */
const nameOf = (vessel) => vessel.name ?? vessel.mmsi;

/** Vessels as the chart draws them. */
export function vesselsDrawn() {
  return (state.traffic?.vessels ?? []).filter((vessel) => vessel.kind !== 'base_station' && vessel.kind !== 'aid_to_navigation').map((vessel) => {
    const age = ageOf(vessel.at) ?? 0;
    return { position: vessel.position, cog: vessel.cog_deg, sog: vessel.sog_kn, name: `${nameOf(vessel)} ${sayAge(age)}`, isOld: age > OLD_S, track: vessel.track };
  });
}

/** Every vessel as a row of text, by name: what the chart shows, for who cannot see it. */
export function trafficRows() {
  return [...(state.traffic?.vessels ?? [])].sort((a, b) => nameOf(a).localeCompare(nameOf(b))).map((vessel) => [
    nameOf(vessel), vessel.mmsi, say(`ais_${vessel.kind}`), formatPosition(vessel.position, language()), vessel.cog_deg === null ? '?' : `${formatBearing(vessel.cog_deg)}°`,
    vessel.sog_kn === null ? '?' : `${formatNumber(vessel.sog_kn, language())} ${say('knots')}`, sayAge(ageOf(vessel.at)),
  ]);
}
