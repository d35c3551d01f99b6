// Everything the chart shows, as lists: for screen readers, and for whoever prefers words.

import { formatBearing, formatNumber, formatPosition, wayBetween } from '../shared/format.js';
import { make } from '../shared/elements.js';
import { inLanguage, language, say, sayAge } from '../shared/texts.js';
import { standingOf } from './zones.js';

/** @typedef {import('./documents.js').State} State */
/** @typedef {import('./documents.js').Candidate} Candidate */
/** @typedef {import('../shared/chart_data.js').Area} Area */

const NEAR_NM = 12;
const HARBOURS_NM = 25;

/** @param {State | null} state @param {Candidate[]} ports @param {import('../shared/chart.js').Chart | null} chart @param {import('./zones.js').Zone[]} zones @param {[number, number] | null} from */
export function chartLists(state, ports, chart, zones, from) {
  const card = make('div', { class: 'card', tabindex: '0', role: 'group', 'aria-label': say('chart_list') });
  const own = state?.fix;
  card.append(make('h3', {}, say('list_own')), make('p', {}, own?.position
    ? `${formatPosition(own.position, language())} · ${say('cog')} ${formatBearing(own.cog_deg)}${say('true_bearing')} · ${say('sog')} ${own.sog_kn === null ? '?' : formatNumber(own.sog_kn, language())} ${say('knots')}`
    : say('fix_none')));
  add(card, 'list_ports', ports.map((port) => [
    inLanguage(port.port.name), say(`status_${port.status}`), way(port.distance_nm, port.bearing_deg),
  ].join(' · ')));
  add(card, 'list_zones', zones.map((zone) => {
    const { miles, bearing } = from ? nearest(zone.corners, from) : { miles: null, bearing: null };
    return [zone.name, way(miles, bearing), standingOf(zone)].join(' · ');
  }), state?.zones?.known ? 'list_none' : 'not_known');
  if (from && chart) {
    add(card, 'list_targets', (state?.targets ?? []).map((target) => ({ target, ...wayBetween(from, target.position) }))
      .sort((a, b) => a.miles - b.miles)
      .map(({ target, miles, bearing }) => say('list_target', {
        name: target.name ?? target.mmsi, miles: formatNumber(miles, language()), bearing: formatBearing(bearing), age: sayAge(target.age_s),
      })));
    add(card, 'list_banks', near(chart.areas.banks, from, (area) => say('list_depth', { depth: formatNumber(area.least_depth_m ?? 0, language()) })));
    add(card, 'list_lanes', near(chart.areas.lanes, from, (area) => say('list_flow', { bearing: formatBearing(area.flow_deg) })));
    add(card, 'list_ranges', near(chart.areas.ranges, from, (area) => (area.vhf ? `${say('vhf')} ${area.vhf}` : '')));
    add(card, 'list_harbours', chart.harbours.map((harbour) => ({ harbour, ...wayBetween(from, harbour.at) }))
      .filter((one) => one.miles <= HARBOURS_NM).sort((a, b) => a.miles - b.miles)
      .map(({ harbour, miles, bearing }) => `${inLanguage(harbour.name)} · ${way(miles, bearing)}`));
  }
  card.append(make('p', { class: 'quiet' }, say('areas_uncertain')));
  return card;
}

/** @param {Area[]} areas @param {[number, number]} from @param {(area: Area) => string} more */
function near(areas, from, more) {
  return areas.map((area) => ({ area, ...nearest(area.ring, from) })).filter((one) => one.miles <= NEAR_NM).sort((a, b) => a.miles - b.miles)
    .map(({ area, miles, bearing }) => [inLanguage(area.name), way(miles, bearing), more(area)].filter(Boolean).join(' · '));
}

/** The nearest point of an outline: of its sides, and not of its corners alone. @param {[number, number][]} ring @param {[number, number]} from */
function nearest(ring, from) {
  const east = Math.cos((from[1] * Math.PI) / 180);
  return ring.map((at, k) => {
    const end = ring[(k + 1) % ring.length];
    const [x, y] = [(end[0] - at[0]) * east, end[1] - at[1]];
    const along = ((from[0] - at[0]) * east * x + (from[1] - at[1]) * y) / (x * x + y * y || 1);
    const share = Math.min(Math.max(along, 0), 1);
    return wayBetween(from, [at[0] + share * (end[0] - at[0]), at[1] + share * (end[1] - at[1])]);
  }).reduce((best, one) => (one.miles < best.miles ? one : best));
}

/** @param {number | null} miles @param {number | null} bearing */
function way(miles, bearing) {
  return `${miles === null ? '?' : formatNumber(miles, language())} ${say('nm')} ${formatBearing(bearing)}${say('true_bearing')}`;
}

/** @param {HTMLElement} card @param {string} title @param {string[]} rows @param {string} [without] What is said where there are none. */
function add(card, title, rows, without = 'list_none') {
  card.append(make('h3', {}, say(title)), make('ul', {}, ...(rows.length ? rows : [say(without)]).map((row) => make('li', {}, row))));
}
