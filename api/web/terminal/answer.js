// The three ports of an answer, one line each, and whether the answer still holds.

import { firstChannel, formatBearing, formatNumber, formatUtc, wayBetween } from '../shared/format.js';
import { make, shape } from '../shared/elements.js';
import { has, inLanguage, language, say } from '../shared/texts.js';
import { zonesChanged } from './zones.js';

/** @typedef {import('./documents.js').Candidate} Candidate */
/** @typedef {import('./documents.js').Decision} Decision */
/** @typedef {import('./documents.js').Nearest} Nearest */
/** @typedef {import('./documents.js').State} State */
/**
 * @typedef {object} Answer
 * @property {Nearest} document @property {number} pressedAt Of the terminal's clock. [ms] @property {number} receivedAt Of performance. [ms]
 * @property {number} tookMs @property {boolean} isByHand @property {string[]} pastLimits Layers past their limit when asked.
 * @property {string | null} handPosition As it was typed. @property {string} ask People, vessel and medical state asked for.
 */

/** [A] An answer is old after five minutes, or once own ship has moved a mile. */
const OLD_AFTER_S = 300;
const OLD_AFTER_NM = 1;

const SHOWN = 3;
/** Groups of reasons that are doubts: they are told together. */
const DOUBTS = ['DEPTH', 'GATE', 'BERTH', 'TIDE', 'CAP', 'MED'].map((group) => `code_${group}`);
/** Letters that two lines beside the local time take at most; what is more is said to be there, and stands on the card. */
const MOST_LETTERS = 84;

/** The first ports, the recommended one first. @param {Decision} decision @returns {Candidate[]} */
export function portsOf(decision) {
  return [...(decision.recommended ? [decision.recommended] : []), ...decision.candidates].slice(0, SHOWN);
}

/**
 * Why an answer no longer holds, in words; empty while it does.
 * @param {Answer} answer @param {State | null} state @param {number} ageS @param {boolean} isProcessSilent
 * @param {(seconds: number) => string} age @param {string} askNow @param {string | null} handPositionNow
 */
export function whyOld(answer, state, ageS, isProcessSilent, age, askNow, handPositionNow) {
  if (isProcessSilent) return say('old_process');
  if (answer.ask !== askNow) return say('old_ask');
  if (answer.handPosition !== handPositionNow) return say('old_position');
  if (zonesChanged(answer.document, state)) return say('old_zones');
  if (ageS > OLD_AFTER_S) return say('old_age', { age: age(ageS) });
  if (!state) return '';
  const layer = state.layers.find((one) => one.is_past_limit && !answer.pastLimits.includes(one.id) && !(one.id === 'fix' && answer.isByHand));
  if (layer) return say('old_layer', { layer: inLanguage(layer.label) });
  if (answer.isByHand) return '';
  if (state.fix.quality === 'none' || state.fix.quality === 'stale') return say('old_fix');
  if (!state.fix.position) return say('old_fix');
  const { miles } = wayBetween(answer.document.encounter.position.coordinates, state.fix.position);
  return miles > OLD_AFTER_NM ? say('old_moved', { miles: formatNumber(miles, language()) }) : '';
}

/**
 * The line of a port.
 * @param {Candidate} port @param {Candidate[]} all @param {Decision} decision
 */
export function portLine(port, all, decision) {
  const lang = language();
  const name = inLanguage(port.port.name);
  const channel = firstChannel(port.port.vhf);
  const minutes = port.time_to_landing_min;
  const differs = whatDiffers(port, all, decision);
  return [
    shape(port.status),
    nameOf(name),
    make('span', { class: 'time' }, make('b', {}, minutes === null ? '?' : String(Math.round(minutes))), ` ${say('minutes')}`),
    make('span', { class: 'way' },
      make('b', {}, port.distance_nm === null ? '?' : `${formatNumber(port.distance_nm, lang)} ${say('nm')}`),
      make('b', {}, `${formatBearing(port.bearing_deg)}${say('true_bearing')}`),
      make('span', {}, channel ? `${say('vhf')} ${channel}` : say('vhf_unknown'))),
    make('span', { class: 'eta' }, port.eta_at ? `${say('eta')} ${formatUtc(port.eta_at)} UTC` : `${say('eta')} ?`),
    make('span', { class: 'why' },
      make('span', { class: `status status-${port.status}` }, say(`status_${port.status}`)),
      // Set apart: what makes ports differ is not what the status is for.
      make('span', { class: 'differs' }, differs.length ? `| ${differs.join(' · ')}` : '')),
    make('span', { class: 'local' }, port.eta_local ?? ''),
  ];
}

/** A name as large as it fits; what stands in brackets comes below it. @param {string} name */
function nameOf(name) {
  if (name.length <= 13) return make('span', { class: 'name' }, name);
  const [, place, part] = /^(.+?) \((.+)\)$/.exec(name) ?? [null, name, ''];
  return make('span', { class: place.length > 21 ? 'name longest' : 'name long' }, place, part ? make('span', { class: 'part' }, ` ${part}`) : null);
}

/**
 * What makes a port differ from the others shown: what all share says nothing. As much of it as there is room for.
 * @param {Candidate} port @param {Candidate[]} all @param {Decision} decision
 */
export function whatDiffers(port, all, decision) {
  const lang = language();
  const first = all[0];
  /** @type {string[]} */
  const lead = [];
  if (port === first) {
    const second = decision.margin.to_second_min;
    if (decision.margin.near_tie) lead.push(say('diff_tie'));
    else if (second !== null && second > 0) lead.push(say('diff_first', { minutes: Math.round(second) }));
  }
  if (port.wait_min) lead.push(say('diff_wait', { minutes: Math.round(port.wait_min) }));
  // The figure and its unit stand on one line.
  const depth = port.depth_at_arrival_m === null ? [] : [say('diff_depth', { depth: formatNumber(port.depth_at_arrival_m, lang) }).replaceAll(' ', '\u00a0')];
  const own = groupsOf(port).filter((group) => !all.every((other) => groupsOf(other).includes(group)));
  const doubts = own.filter((group) => DOUBTS.includes(group));
  const reasons = [
    ...own.filter((group) => !DOUBTS.includes(group)).map((group) => say(group)),
    ...(doubts.length ? [say('diff_doubt', { what: doubts.map((group) => say(group)).join(', ') })] : []),
  ];
  const length = (/** @type {string[]} */ parts) => [say(`status_${port.status}`), ...lead, ...parts, ...depth].join(' · ').length;
  let shown = reasons.length;
  /** @param {number} count */
  const told = (count) => (count === reasons.length ? reasons : [...reasons.slice(0, count), say('diff_more', { count: reasons.length - count })]);
  while (shown > 0 && length(told(shown)) > MOST_LETTERS) shown -= 1;
  return [...lead, ...told(shown), ...depth];
}

/** Groups of what speaks against a port, by the first word of its code. @param {Candidate} port */
function groupsOf(port) {
  const groups = port.findings.filter((one) => one.verdict !== 'pass').map((one) => `code_${one.code.split('_')[0]}`);
  return [...new Set(groups.filter(has))];
}
