// The decision panel: what is advised for the chosen encounter and why, who has been directed where, what is held.

import { firstChannel, formatBearing, formatNumber, formatPosition, formatUtcSeconds } from '../shared/format.js';
import { byId, make, shape } from '../shared/elements.js';
import { inLanguage, language, say, sayAge } from '../shared/texts.js';
import { dayTime } from './clock_text.js';
import { EXPIRING_S, ageOf, byObserved, candidates, countedOf, depthAt, depthText, labelled, may, now, personsText, placesOf, placeText, portName, reasonText, reportedFacts, shortId, state, vesselText, viewersText } from './state.js';
import { hours, placesAt, placesText, statusOf } from './ports.js';

/** @typedef {import('../terminal/documents.js').Candidate} Candidate */
/** @typedef {import('./documents.js').Reservation} Reservation */

const CARDS = 3;
const PASSED_SHOWN = 6;

/**
 * What the panel can ask for.
 * @typedef {object} Actions
 * @property {(portId: string) => void} pickPort @property {(encounterId: string) => void} pickEncounter
 * @property {(name: string, subject?: any) => void} begin Begin a piece of work by its name.
 */

/** How far down the panel is, known without asking: to ask makes the browser lay out all boards there and then. [px] */
let scrolledTo = 0;

/** @param {Actions} actions */
export function showDecision(actions) {
  const body = byId('decision-body');
  const parts = state.view && state.view.encounter.encounter_id === state.encounterId ? encounterParts(actions) : [];
  if (state.portId) parts.push(...portParts(state.portId, actions));
  if (!parts.length) parts.push(make('p', { class: 'quiet' }, say(state.encounterId ? 'deciding' : 'nothing_chosen')));
  body.onscroll = () => { scrolledTo = body.scrollTop; };
  const at = scrolledTo;
  body.replaceChildren(...parts);
  if (at > 0) body.scrollTop = at;
}

/** @param {string} text @param {string} name @param {Actions} actions @param {any} [subject] @param {string} [key] @param {string} [kind] */
function action(text, name, actions, subject, key = '', kind = '') {
  const button = make('button', { type: 'button', class: kind || null, 'data-do': name }, make('span', {}, text), key ? make('kbd', {}, key) : null);
  button.addEventListener('click', () => actions.begin(name, subject));
  return button;
}

/** @param {Actions} actions @returns {Node[]} */
function encounterParts(actions) {
  const view = /** @type {import('./documents.js').EncounterView} */ (state.view);
  const { encounter } = view;
  const shown = state.whatIf?.view ?? view;
  const reports = byObserved(encounter.reports);
  const latest = reports.at(-1);
  const row = state.picture?.encounters.find((one) => one.encounter_id === encounter.encounter_id);
  const vessel = vesselText(row, placesOf(encounter.encounter_id));
  /** @type {Node[]} */
  const parts = [
    make('h2', {}, `${shortId(encounter.encounter_id)} · ${say('people_count', { count: personsText(countedOf(reports)) })} `, make('span', { class: 'quiet' }, vessel)),
    make('p', { class: 'quiet' }, `${formatPosition(latest?.position.coordinates, language())} · ${say('fix_age', { age: sayAge(ageOf(latest?.observed_at)) })} · ${say('decided_at', { at: formatUtcSeconds(shown.at ?? view.at) })}`),
  ];
  const viewers = viewersText(encounter.encounter_id);
  if (viewers) parts.push(make('p', { class: 'viewers' }, viewers));
  if (encounter.state === 'closed') parts.push(make('p', { class: 'warn' }, say('encounter_closed')));
  const offer = coordinationPart(view, actions);
  if (offer) parts.push(offer);
  if (view.direction && !state.whatIf) parts.push(directionPart(view.direction, row?.decided?.codes?.includes('RCC_PORT_CONFLICT') ?? false, actions));
  if (view.withdrawn && !state.whatIf) parts.push(make('div', { class: 'directed withdrawn' }, make('p', {}, withdrawalText(view.withdrawn))));
  if (shown.refused) parts.push(make('p', { class: 'warn' }, inLanguage(shown.refused)));
  const { decision } = shown;
  if (decision) parts.push(...decisionParts(decision, view, actions));
  parts.push(...heldParts(placesOf(encounter.encounter_id), actions));
  if (encounter.possible_duplicates.length) parts.push(duplicatesPart(encounter.possible_duplicates, actions));
  parts.push(make('h3', {}, say('reports')), make('ul', { class: 'reports' }, ...[...encounter.reports].reverse().slice(0, 6).map((report) => make('li', {},
    `${dayTime(report.observed_at, now())} · ${say(`source_${report.source}`)} · ${say('people_count', { count: personsText(report.persons) })} · ${formatPosition(report.position.coordinates, language())}`
    + `${report.uncertainty_m === null ? '' : ` ± ${Math.round(report.uncertainty_m)} m`} · ${report.by.duty}`, ...[reportedFacts(report).join(' · '), report.text].filter(Boolean).map((text) => make('span', { class: 'sub' }, text))))));
  if (!state.whatIf) {
    const more = make('div', { class: 'actions' });
    if (may('report_encounter')) more.append(action(say('add_report'), 'report', actions, encounter.encounter_id));
    if (may('sign_handover') && view.coordination?.step !== 'offered') more.append(action(say('offer'), 'offer', actions, encounter.encounter_id));
    more.append(action(say('record'), 'record', actions, encounter.encounter_id, 'T'));
    if (may('close_encounter')) more.append(action(say(encounter.state === 'closed' ? 'reopen' : 'close'), encounter.state === 'closed' ? 'reopen' : 'close', actions, encounter.encounter_id));
    parts.push(more);
  }
  return parts;
}

/** @param {import('./documents.js').Direction} direction @param {boolean} isConflict @param {Actions} actions */
function directionPart(direction, isConflict, actions) {
  const place = placeText(direction);
  return make('div', { class: `directed${isConflict ? ' conflict' : ''}` },
    make('b', {}, say('directed_to', { port: place })),
    make('p', {}, `${say('directed_by', { centre: direction.centre })} · ${say('code_of', { code: reasonText(direction.code) })} · ${dayTime(direction.directed_at, now())} UTC · ${direction.by.duty}`),
    direction.text ? make('p', {}, direction.text) : null,
    isConflict ? make('p', { class: 'warn' }, say('direction_rule_fails', { port: place })) : null,
    may('direct') ? make('div', { class: 'actions' }, action(say('withdraw_direction'), 'withdraw', actions, direction)) : null);
}

/** How a direction was taken back. @param {import('./documents.js').Withdrawal} withdrawal */
const withdrawalText = (withdrawal) => say('direction_withdrawn', { port: placeText(withdrawal), centre: withdrawal.centre, at: dayTime(withdrawal.at, now()), duty: withdrawal.by.duty, text: withdrawal.text });

/** @param {import('./documents.js').EncounterView} view @param {Actions} actions */
function coordinationPart(view, actions) {
  const step = view.coordination;
  if (!step) return null;
  const words = say(`coordination_${step.step}`, { from: step.from_centre, to: step.to_centre, at: dayTime(step.at, now()) });
  const box = make('div', { class: step.step === 'offered' ? 'offer waiting' : 'offer' }, make('b', {}, words), step.text ? make('p', {}, step.text) : null);
  if (step.step === 'offered' && may('sign_handover') && !state.whatIf) {
    box.append(make('div', { class: 'actions' }, action(say('accept_offer'), 'answer-offer', actions, { step, reply: 'accepted' }, '', 'primary'),
      action(say('refuse_offer'), 'answer-offer', actions, { step, reply: 'refused' }), action(say('withdraw_offer'), 'answer-offer', actions, { step, reply: 'withdrawn' })));
  }
  return box;
}

/** @param {import('../terminal/documents.js').Decision} decision @param {import('./documents.js').EncounterView} view @param {Actions} actions */
function decisionParts(decision, view, actions) {
  const ports = candidates();
  const first = ports[0];
  /** @type {Node[]} */
  const parts = [make('p', { class: 'headline' }, view.direction && !state.whatIf ? `${say('for_information')} ` : '', inLanguage(decision.headline))];
  parts.push(make('ol', { class: 'cards' }, ...ports.slice(0, CARDS).map((port, k) => card(port, k === 0, actions))));
  if (!state.whatIf) {
    const row = make('div', { class: 'actions main-actions' });
    const chosen = ports.find((port) => port.port.id === state.portId) ?? first;
    if (may('direct') && chosen) row.append(action(say('direct_to', { port: inLanguage(chosen.port.name) }), 'direct', actions, chosen.port.id, 'D', 'primary'));
    if (may('override')) row.append(action(say('override'), 'override', actions, null, 'O'));
    if (may('hold_places') && chosen) row.append(action(say('hold'), 'hold', actions, chosen.port.id, 'B'));
    parts.push(row);
  }
  const everywhere = inLanguage(decision.unknown_everywhere.text);
  if (everywhere) parts.push(make('p', { class: 'quiet' }, everywhere));
  if (decision.passed_over.length) {
    parts.push(make('h3', {}, say('why_not_nearer')), make('ul', { class: 'passed' }, ...decision.passed_over.slice(0, PASSED_SHOWN).map((one) => make('li', {}, /** @type {Node} */ (shape('excluded')), inLanguage(one.text)))));
    const more = decision.passed_over_count - Math.min(PASSED_SHOWN, decision.passed_over.length);
    if (more > 0) parts.push(make('p', { class: 'quiet' }, say('why_not_more', { count: more })));
  }
  const { coordination } = decision;
  parts.push(make('h3', {}, say('waters')), make('p', {}, say(coordination.band ? 'waters_band' : 'waters_in', { region: coordination.srr ?? '?' })),
    make('ul', {}, ...coordination.centres.map((centre) => make('li', {}, `${say('call_port', { port: centre.name, vhf: (centre.vhf ?? '?').replaceAll(';', ', ') })}${centre.mmsi ? ` · ${say('mmsi', { number: centre.mmsi })}` : ''}`))));
  // Which waters it kept out of is part of every answer.
  const notices = decision.notices.filter((notice) => notice.level !== 'information' || notice.code === 'ZONES_AVOIDED');
  if (notices.length) parts.push(make('h3', {}, say('notices')), make('ul', {}, ...notices.map((notice) => make('li', {}, inLanguage(notice.text)))));
  return parts;
}

/** @param {Candidate} port @param {boolean} isFirst @param {Actions} actions */
function card(port, isFirst, actions) {
  const lang = language();
  const places = placesAt(port.port.id);
  const wanted = countedOf(byObserved(state.view?.encounter.reports ?? []))?.max ?? null;
  const enough = places.free === null || wanted === null ? '' : places.free >= wanted ? say('places_enough', { count: wanted }) : say('places_short', { count: wanted });
  const words = port.findings.filter((one) => one.text && one.verdict !== 'pass').slice(0, isFirst ? 4 : 2).map((one) => inLanguage(one.text));
  const button = make('button', { type: 'button', class: `card${isFirst ? ' first' : ''}`, 'data-card': port.port.id, 'aria-pressed': String(port.port.id === state.portId) },
    /** @type {Node} */ (shape(port.status)),
    make('span', { class: 'name' }, inLanguage(port.port.name), make('span', { class: `status status-${port.status}` }, say(`status_${port.status}`))),
    make('span', { class: 'time' }, make('b', {}, port.time_to_landing_min === null ? '?' : String(Math.round(port.time_to_landing_min))), ` ${say('minutes')}`),
    make('span', { class: 'way' }, `${port.distance_nm === null ? '?' : formatNumber(port.distance_nm, lang)} ${say('nm')} · ${formatBearing(port.bearing_deg)}${say('true_bearing')} · `
      + `${port.eta_at ? `${say('eta')} ${dayTime(port.eta_at, now())} UTC${port.eta_local ? ` (${port.eta_local})` : ''}` : `${say('eta')} ?`} · ${say('vhf')} ${firstChannel(port.port.vhf) ?? '?'}`),
    make('span', { class: 'why' }, places.free === null ? say('places_unknown') : `${placesText(places)} ${enough}`),
    port.depth_at_arrival_m === null ? null : make('span', { class: 'why' }, say('diff_depth', { depth: formatNumber(port.depth_at_arrival_m, lang) })),
    ...words.map((text) => make('span', { class: 'why' }, text)));
  button.addEventListener('click', () => actions.pickPort(port.port.id));
  return make('li', {}, button);
}

/** @param {Reservation[]} held @param {Actions} actions @param {boolean} [namesEncounter] @returns {Node[]} */
function heldParts(held, actions, namesEncounter = false) {
  if (!held.length) return [];
  return [make('h3', {}, say('reservations')), make('ul', { class: 'held' }, ...held.map((one) => {
    const leftS = (Date.parse(one.expires_at) - now()) / 1000;
    const left = one.persons.total - one.landed.total;
    const ending = one.state === 'held' && leftS < EXPIRING_S;
    const li = make('li', { class: ending ? 'ending' : '' },
      make('b', {}, `${shortId(one.reservation_id)} ${namesEncounter ? `${shortId(one.encounter_id)} ` : ''}${one.vessel}`),
      make('span', {}, `${portName(one.port_id)} · ${say(`held_${one.state}`)} · ${say('held_count', { left, total: one.persons.total })} · ${say('eta')} ${dayTime(one.eta_at, now())} · `
        + (one.state === 'held' ? say('expires_at', { at: dayTime(one.expires_at, now()), minutes: Math.max(0, Math.ceil(leftS / 60)) }) : one.overdue ? say('overdue') : '')),
      one.override ? make('span', { class: 'sub' }, say('held_override', { code: reasonText(one.override.code), text: one.override.text })) : null);
    if (may('hold_places') && !state.whatIf) {
      li.append(make('div', { class: 'actions' }, one.state === 'held' ? action(say('confirm'), 'confirm', actions, one) : null, action(say('extend'), 'extend', actions, one),
        action(say('land'), 'land', actions, one), action(say('transfer'), 'transfer', actions, one), action(say('release'), 'release', actions, one)));
    }
    return li;
  }))];
}

/** @param {{ encounter_id: string, distance_m: number, envelope_m: number }[]} pairs @param {Actions} actions */
function duplicatesPart(pairs, actions) {
  return make('div', { class: 'twins' }, make('h3', {}, say('twins')), make('ul', {}, ...pairs.map((pair) => make('li', {},
    say('twin_pair', { encounter: shortId(pair.encounter_id), distance: Math.round(pair.distance_m), envelope: Math.round(pair.envelope_m) }),
    make('div', { class: 'actions' }, action(say('compare'), 'compare', actions, pair.encounter_id, 'C'))))), make('p', { class: 'quiet' }, say('twins_note')));
}

/** @param {string} portId @param {Actions} actions @returns {Node[]} */
function portParts(portId, actions) {
  const lang = language();
  const places = placesAt(portId);
  const harbour = state.harbours.get(portId);
  const report = places.report;
  /** @type {Node[]} */
  const parts = [make('hr'), make('h2', { class: 'port-title' }, /** @type {Node} */ (shape(statusOf(portId))), portName(portId))];
  parts.push(make('p', {}, `${say('call_port', { port: portName(portId), vhf: harbour?.vhf ?? '?' })}`));
  if (harbour) parts.push(make('p', { class: 'quiet' }, inLanguage(harbour.landing)));
  /** @param {{ by: { duty: string }, reported_at: string } | null | undefined} part */
  const by = (part) => (part ? ` · ${part.by.duty} · ${say('ago', { age: sayAge(ageOf(part.reported_at)) })}` : '');
  const tell = (/** @type {boolean | null | undefined} */ value) => say(value === true ? 'yes' : value === false ? 'no' : 'not_known');
  parts.push(make('ul', { class: 'port-facts' },
    make('li', {}, `${labelled('port_status', say(`reported_${report?.status?.status ?? 'unknown'}`))}${report?.status?.reason ? ` · ${report.status.reason}` : ''}${by(report?.status)}`),
    make('li', {}, `${labelled('port_places', placesText(places, 'places_bar'))}${by(report?.capacity)}`),
    make('li', {}, `${labelled('port_reception', say('needs_met'))} ${tell(report?.reception?.needs_met)}, ${say('transport')} ${tell(report?.reception?.transport_arranged)}${report?.reception?.danger_ashore ? ` · ${labelled('danger_ashore', report.reception.reason)}` : ''}${by(report?.reception)}`),
    make('li', {}, `${labelled('col_depth', depthText(depthAt(state.depths[portId], 0), lang))} `, hours(portId))));
  if (may('report_port') && !state.whatIf) {
    parts.push(make('div', { class: 'actions' }, action(say('edit_status'), 'port-status', actions, portId, 'R'), action(say('edit_capacity'), 'port-capacity', actions, portId), action(say('edit_reception'), 'port-reception', actions, portId)));
  }
  parts.push(...heldParts(places.held, actions, true));
  return parts;
}
