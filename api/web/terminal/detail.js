// One port touched: why, why none nearer, hazards, depth and tide, berth, what to say and whom to call.

import { formatBearing, formatNumber, formatPosition, formatUtc } from '../shared/format.js';
import { make, shape } from '../shared/elements.js';
import { inLanguage, language, say } from '../shared/texts.js';
import { portLine, portsOf } from './answer.js';
import { callToCentre, callToPort } from './speech.js';

/** @typedef {import('./documents.js').Candidate} Candidate */
/** @typedef {import('./documents.js').Decision} Decision */
/** @typedef {import('./documents.js').State} State */

const PASSED_SHOWN = 3;
/** Findings that say what a person wants to know first of a port that is fit. */
const TOLD_PASSES = ['UKC_OK', 'DEPTH_BY_HOURS', 'BERTH_OK', 'GATE_NONE', 'GATE_OPEN', 'SEA_OK', 'MED_RECEPTION_OK'];

/**
 * The card of a port.
 * @param {Candidate} port Of the answer. @param {Candidate | null} whole The same with everything, once it is read.
 * @param {boolean} isReading @param {Decision} decision @param {State | null} state @param {any} encounter
 * @param {Node} out What hands the route over.
 */
export function portCard(port, whole, isReading, decision, state, encounter, out) {
  const lang = language();
  const known = { ...port, ...(whole ?? {}), port: { ...port.port, ...(whole?.port ?? {}) } };
  const name = inLanguage(known.port.name);
  const card = make('div', { class: 'card', tabindex: '0', role: 'group', 'aria-label': name });

  // The box has room for a line of it only.
  const direction = state?.direction;
  if (direction?.port?.id === known.port.id) {
    card.append(make('h3', {}, `${say('direction')} · ${direction.centre ?? ''}`), make('p', {}, inLanguage(direction.text)));
    for (const conflict of direction.conflicts ?? []) card.append(make('p', { class: 'refusal' }, inLanguage(conflict.text)));
  }
  card.append(make('h3', {}, say('why', { port: name })), findings(known, port, decision));
  card.append(make('h3', {}, say('why_not')), passedOver(decision), out);
  if (known.hazards) card.append(make('h3', {}, say('entrance')), make('p', {}, inLanguage(known.hazards)));
  card.append(make('h3', {}, known.eta_at ? say('arrival', { at: formatUtc(known.eta_at) }) : say('eta')));
  card.append(make('p', {}, depthText(known)));
  card.append(make('p', {}, say('range', { low: Math.round(known.time_range_min[0]), high: Math.round(known.time_range_min[1]) })));
  if (known.time_to_care_min) {
    const hospital = known.hospital?.name ?? '';
    card.append(make('p', {}, say('care', { minutes: Math.round(known.time_to_care_min), hospital }).replace(/\s*[:：]\s*$/, '')));
  }
  if (known.landing) card.append(make('h3', {}, say('berth')), make('p', {}, inLanguage(known.landing)));
  card.append(make('hr'));
  for (const call of [callToCentre(decision, known, state, encounter, lang), callToPort(known, state, encounter, lang)]) {
    card.append(make('h3', {}, `${say('say_on', { channel: call.channel ?? '?' })} · ${call.to}`), make('blockquote', {}, call.words));
  }
  card.append(make('h3', {}, say('call')), callList(known, decision));
  // The brief answer's next port has courses and distances alone until all of it is there.
  if (known.legs?.[0]?.to) {
    const legs = known.legs.map((leg) => make('li', {}, say('leg', {
      course: formatBearing(leg.course_deg), miles: formatNumber(leg.distance_nm, lang), position: formatPosition(/** @type {[number, number]} */ (leg.to), lang),
    })));
    card.append(make('h3', {}, say('legs')), make('ul', {}, ...legs));
  }
  card.append(make('h3', {}, say('notices')), make('ul', {}, ...decision.notices.map((notice) => make('li', {}, inLanguage(notice.text)))));
  if (!whole) card.append(make('p', { class: 'quiet' }, say(isReading ? 'loading_more' : 'no_more')));
  return card;
}

/** @param {Candidate} port @param {Candidate} brief @param {Decision} decision */
function findings(port, brief, decision) {
  // What follows from a source that is not connected goes without saying at each port: the brief view has left it out.
  const against = new Set(brief.findings.map((one) => one.code));
  // A way that never leaves the harbour passes for want of sea, not by a forecast.
  const hasForecast = Boolean(decision.inputs.forecast);
  const told = port.findings.filter((one) => one.text
    && (one.verdict === 'pass' ? TOLD_PASSES.includes(one.code) && (hasForecast || one.code !== 'SEA_OK') : against.has(one.code)));
  const order = /** @type {Record<string, number>} */ ({ fail: 0, pass: 1, unknown: 2 });
  told.sort((a, b) => order[a.verdict] - order[b.verdict]);
  const rows = told.slice(0, 8).map((one) => make('li', {},
    /** @type {Node} */ (shape(one.verdict === 'pass' ? 'suitable' : one.verdict === 'fail' ? 'caution' : 'unconfirmed')), inLanguage(one.text)));
  const all = inLanguage(decision.unknown_everywhere.text);
  if (all) rows.push(make('li', {}, /** @type {Node} */ (shape('unconfirmed')), all));
  return make('ul', {}, ...rows);
}

/** @param {Decision} decision */
function passedOver(decision) {
  if (decision.passed_over_count === 0) return make('p', {}, say('why_not_none'));
  const rows = decision.passed_over.slice(0, PASSED_SHOWN).map((one) => make('li', {}, /** @type {Node} */ (shape('excluded')), inLanguage(one.text)));
  const more = decision.passed_over_count - rows.length;
  if (more > 0) rows.push(make('li', { class: 'quiet' }, say('why_not_more', { count: more })));
  return make('ul', {}, ...rows);
}

/** @param {Candidate} port */
function depthText(port) {
  const lang = language();
  if (port.depth_at_arrival_m === null) return say('depth_unknown');
  const depth = formatNumber(port.depth_at_arrival_m, lang);
  const tide = port.tide_at_arrival_m;
  return tide === null || tide === undefined
    ? `${say('diff_depth', { depth })}; ${say('tide_unknown')}`
    : say('depth_at', { depth, tide: formatNumber(tide, lang) });
}

/** @param {Candidate} port @param {Decision} decision */
function callList(port, decision) {
  const rows = decision.coordination.centres.map((centre) => make('li', {},
    `${say('call_port', { port: centre.name, vhf: centre.vhf.replaceAll(';', ', ') })} · ${say('mmsi', { number: centre.mmsi })}`));
  const phone = port.port.telephone ? ` · ${say('telephone', { number: port.port.telephone })}` : '';
  rows.push(make('li', {}, `${say('call_port', { port: inLanguage(port.port.name), vhf: port.port.vhf ?? '?' })}${phone}`));
  return make('ul', {}, ...rows);
}

/** The line of the port on top of its card. @param {Candidate} port @param {Decision} decision */
export function portTop(port, decision) {
  const title = make('h2', { class: 'unseen' }, inLanguage(port.port.name));
  return make('div', { class: 'port first', id: 'port-top' }, title, ...portLine(port, portsOf(decision), decision));
}
