// Exclusion zones as the terminal knows them: on the chart, in the list, and whether an answer still goes by them.

import { formatUtc } from '../shared/format.js';
import { say } from '../shared/texts.js';
import { ask } from './api.js';

/** @typedef {import('./documents.js').State} State */
/** @typedef {import('./documents.js').Nearest} Nearest */
/** @typedef {{ zone_id: string, name: string, corners: [number, number][], from_at: string | null, to_at: string | null, in_force: boolean, is_avoided: boolean }} Zone */

/** Whether the zones in force are others than an answer went by. @param {Nearest} nearest @param {State | null} state */
export function zonesChanged(nearest, state) {
  return Boolean(state?.zones && nearest.zones && state.zones.avoided_version !== nearest.zones.avoided_version);
}

/** Whether an answer left out a zone that is worked in by now: it is asked for anew by itself. @param {Nearest} nearest @param {State | null} state */
export function zonesWorkedIn(nearest, state) {
  return Boolean(nearest.zones?.pending.length) && state?.zones?.pending.length === 0 && zonesChanged(nearest, state);
}

let version = '';
/** @type {Zone[]} */
let zones = [];

/** The zones last read. */
export const zonesNow = () => zones;

/**
 * Read the zones anew where there are others to show.
 * @param {State} state @param {import('../shared/chart.js').Chart | null} chart Null while there is none: then they are read again.
 */
export async function showZones(state, chart) {
  if (!chart || !state.zones || state.zones.version === version) return;
  const wanted = state.zones.version;
  version = wanted;
  try {
    const read = await ask('GET', '/terminal/v1/zones');
    if (version !== wanted) return;
    zones = read.zones;
    drawZones(chart);
  } catch {
    // The next state has them read again.
    if (version === wanted) version = '';
  }
}

/** @param {import('../shared/chart.js').Chart} chart */
export function drawZones(chart) {
  chart.zones.set(zones.map((zone) => ({
    id: zone.zone_id, label: [zone.name, zone.in_force ? '' : whenOf(zone)].filter(Boolean).join(' · '), corners: zone.corners, inForce: zone.in_force, chosen: false,
  })));
}

/** When a zone is in force, and whether routes keep out of it. @param {Zone} zone */
export function standingOf(zone) {
  return [zone.in_force ? say(zone.is_avoided ? 'zone_avoided' : 'zone_pending') : '', whenOf(zone)].filter(Boolean).join(' · ');
}

/** @param {Zone} zone */
function whenOf(zone) {
  return [
    zone.in_force || !zone.from_at ? '' : say('zone_from', { at: formatUtc(zone.from_at) }),
    zone.to_at ? say('zone_to', { at: formatUtc(zone.to_at) }) : '',
  ].filter(Boolean).join(' ');
}
