// What an operator does, each piece of work a form; everything goes through the routes of the service.

import { ask, Refusal } from '../shared/api.js';
import { formatUtc } from '../shared/format.js';
import { make } from '../shared/elements.js';
import { inLanguage, language, say, sayAge } from '../shared/texts.js';
import { dayTime } from './clock_text.js';
import { numberMeant } from './number_text.js';
import { timeTyped, wrongAge, wrongNumber, wrongTime } from './typed.js';
import { keepTyped, openForm } from './forms.js';
import { placesAt, placesText } from './ports.js';
import { ageOf, candidates, labelled, now, personsText, placesOf, placeText, portName, reportedVessel, shortId, state } from './state.js';

/** @typedef {import('./documents.js').Reservation} Reservation */
/** @typedef {import('./forms.js').Field} Field */
/** @typedef {import('./forms.js').Values} Values */

/** A zone is cut out of the water before it is recorded, which takes seconds. [ms] */
const PATIENCE_MS = 60000;

const SOURCES = ['phone', 'vessel', 'aircraft', 'drone', 'shore', 'radar', 'ais', 'boat', 'other'];
const REASONS = ['NEAREST_FIT', 'SRR_STATE', 'MEDICAL', 'PLACES', 'WEATHER', 'OTHER'];
const OVERRIDES = ['CONTROLLER_JUDGEMENT', 'LOCAL_KNOWLEDGE', 'MEDICAL', 'DUTY_TO_LIFE', 'OTHER'];

/** [A] What was done here can be taken back by one press for so long. [ms] */
const UNDO_MS = 120000;

/** @param {string} words What was done. @param {import('./state.js').Ways} ways */
function offerUndo(words, ways) {
  state.undo = { words, ways, until: performance.now() + UNDO_MS };
}

/** @param {string} method @param {string} path @param {unknown} body @param {string} key */
export const change = (method, path, body, key) => ask(/** @type {'POST'} */ (method), path, body, PATIENCE_MS, { 'Idempotency-Key': key });

/** The name of the centre this screen is of. */
export const ownCentre = () => /** @type {HTMLInputElement} */ (document.getElementById('own-centre')).value.trim();

/** @returns {[string, string][]} */
function portOptions() {
  const near = candidates().map((port) => port.port.id);
  const rest = [...state.harbours.keys()].filter((id) => !near.includes(id)).sort((a, b) => portName(a).localeCompare(portName(b)));
  return [...near, ...rest].map((id) => [id, portName(id)]);
}

/** @returns {[string, string][]} */
const vesselOptions = () => [...state.vessels].map(([id, name]) => /** @type {[string, string]} */ ([id, inLanguage(name)])).sort(([, one], [, other]) => one.localeCompare(other, language()));

/** @returns {[string, string][]} */
const sources = () => SOURCES.map((code) => [code, say(`source_${code}`)]);
/** @returns {[string, string][]} */
const reasons = () => REASONS.map((code) => [code, say(`reason_${code}`)]);
/** @returns {[string, string][]} */
const overrides = () => OVERRIDES.map((code) => [code, say(`override_${code}`)]);

/** @param {string | null} encounterId Null for a new one. @param {(id: string) => void} then */
export function report(encounterId, then) {
  const unknown = /** @type {[string, string]} */ (['', say('not_known')]);
  openForm({
    name: `report:${encounterId ?? 'new'}`, title: encounterId ? say('add_report_to', { encounter: shortId(encounterId) }) : say('new_encounter'), submit: say('record_report'),
    fields: [
      { name: 'text_position', label: say('position_heard'), kind: 'position', sent: '/position', needed: true, hint: say('position_hint') },
      { name: 'source', label: say('heard_by'), kind: 'select', options: sources() },
      { name: 'from', label: say('heard_from'), kind: 'text', hint: say('heard_from_hint') },
      { name: 'age', label: say('seen_ago'), kind: 'number', value: '0', sent: '/observed_at', check: wrongAge },
      { name: 'uncertainty', label: say('uncertainty'), kind: 'number', sent: '/uncertainty_m', check: (text, label) => wrongNumber(text, label, ['m']) },
      { name: 'min', label: say('persons_min'), kind: 'number', sent: '/persons/min' }, { name: 'max', label: say('persons_max'), kind: 'number', sent: '/persons/max' },
      { name: 'in_water', label: say('in_water'), kind: 'select', sent: '/persons_in_water', options: [unknown, ['no', say('no')], ['yes', say('yes')]] },
      { name: 'recovered', label: say('recovered'), kind: 'number', sent: '/persons_recovered' },
      { name: 'way', label: say('col_way'), kind: 'select', sent: '/making_way', options: [unknown, ['yes', say('making_way')], ['no', say('adrift')]] },
      { name: 'medical', label: say('medical'), kind: 'select', options: [unknown, ['none', say('med_none')], ['urgent', say('med_urgent')], ['critical', say('med_critical')]] },
      { name: 'vessel', label: say('vessel_on_scene'), kind: 'select', options: [unknown, ...vesselOptions()] },
      { name: 'text', label: say('condition'), kind: 'area', hint: say('condition_hint') },
    ],
    compare: countsDisagree,
    async send(values, key) {
      const [least, most, recovered] = [values.min, values.max, values.recovered].map((text) => numberMeant(text));
      const text = [values.from.trim() ? `${labelled('heard_from', values.from.trim())}.` : '', values.text.trim()].filter(Boolean).join(' ');
      const uncertainty = numberMeant(values.uncertainty, ['m']);
      /** @type {Record<string, unknown>} */
      const body = {
        source: values.source, position: { type: 'Point', coordinates: JSON.parse(values.position) }, text,
        observed_at: new Date(now() - (numberMeant(values.age, ['min']) ?? 0) * 60000).toISOString(),
        persons: least === null && most === null ? null : { min: least, max: most },
        ...(uncertainty === null ? {} : { uncertainty_m: uncertainty }), ...(values.in_water ? { persons_in_water: values.in_water === 'yes' } : {}), ...(values.way ? { making_way: values.way === 'yes' } : {}),
        ...(recovered === null ? {} : { persons_recovered: recovered }), ...(values.medical ? { medical: values.medical } : {}),
        ...(values.vessel ? { vessel: { profile: values.vessel } } : {}),
      };
      const path = encounterId ? `/v1/encounters/${encounterId}/reports` : '/v1/encounters';
      then((await change('POST', path, body, key)).encounter_id);
    },
  });
}

/** Counts of people that do not agree with each other, by field. @param {Values} values @returns {[string, string][]} */
function countsDisagree(values) {
  const [least, most, recovered] = [values.min, values.max, values.recovered].map((text) => numberMeant(text));
  const figures = { least: least ?? '', most: most ?? '', recovered: recovered ?? '', field: '', persons: say('persons_max') };
  /** @type {[string, string][]} */
  const found = [];
  if (least !== null && most !== null && least > most) found.push(['min', say('least_over_most', { ...figures, field: say('persons_min') })]);
  if (recovered !== null && most !== null && recovered > most) found.push(['recovered', say('recovered_over', { ...figures, field: say('recovered') })]);
  return found;
}

/** Put on record what is decided now: what was advised stands beside what was done. @param {string} encounterId */
async function recordDecision(encounterId) {
  const { encounter } = await ask('GET', `/v1/encounters/${encounterId}`);
  return (await ask('POST', `/v1/decisions?encounter_id=${encodeURIComponent(encounterId)}`, encounter)).decision_id;
}

/** @param {string} portId */
export function direct(portId) {
  const encounterId = /** @type {string} */ (state.encounterId);
  openForm({
    name: `direct:${encounterId}`, title: say('direct_title', { encounter: shortId(encounterId) }), submit: say('record_direction'), about: [aboutEncounter(), make('p', { class: 'quiet' }, say('direct_note'))],
    fields: [
      { name: 'port', label: say('col_port'), kind: 'select', options: portOptions(), value: portId, sent: '/port_id' },
      { name: 'centre', label: say('centre_directing'), kind: 'text', value: ownCentre(), needed: true },
      { name: 'code', label: say('reason_code'), kind: 'select', options: reasons() },
      { name: 'text', label: say('how_told'), kind: 'area' },
    ],
    async send(values, key) {
      await recordDecision(encounterId);
      const made = await change('POST', `/v1/encounters/${encounterId}/direction`, { centre: values.centre, code: values.code, text: values.text, port_id: values.port }, key);
      // What was said may have been heard: another direction or a withdrawal comes after it, and both stay on record.
      offerUndo(say('undo_direction', { encounter: shortId(encounterId), port: portName(values.port) }), {
        correct() {
          keepTyped(`direct:${encounterId}`, 'text', say('corrects', { at: dayTime(made.directed_at, now()) }));
          if (state.encounterId === encounterId) direct(values.port);
        },
        withdraw_direction: () => withdraw(made),
      });
    },
  });
}

/** @param {import('./documents.js').Direction & { encounter_id: string }} direction That holds. */
export function withdraw(direction) {
  const encounterId = direction.encounter_id;
  let meant = direction.sequence;
  openForm({
    name: `withdraw:${encounterId}`, title: say('withdraw_title', { encounter: shortId(encounterId), port: placeText(direction) }), submit: say('withdraw_direction'),
    about: [make('p', { class: 'quiet' }, say('withdraw_note'))],
    fields: [
      { name: 'centre', label: say('centre_withdrawing'), kind: 'text', value: ownCentre() || direction.centre, needed: true },
      { name: 'text', label: say('reason_text'), kind: 'area', needed: true },
    ],
    standing() {
      const fresh = state.picture?.encounters.find((row) => row.encounter_id === encounterId)?.direction ?? null;
      if (fresh) meant = fresh.sequence;
      return make('div', {}, make('p', {}, `${say('holds_now')} ${fresh ? say('directed_to', { port: placeText(fresh) }) : say('directed_nowhere')}`), fresh ? make('p', {}, say('withdraw_over')) : null);
    },
    send: (values, key) => change('POST', `/v1/encounters/${encounterId}/direction/withdraw`, { direction: meant, centre: values.centre, text: values.text }, key),
  });
}

export function override() {
  const encounterId = /** @type {string} */ (state.encounterId);
  openForm({
    name: `override:${encounterId}`, title: say('override_title', { encounter: shortId(encounterId) }), submit: say('record_override'), about: [aboutEncounter(), make('p', { class: 'quiet' }, say('override_note'))],
    fields: [
      { name: 'port', label: say('col_port'), kind: 'select', options: [['', say('place_by_name')], ...portOptions()], value: state.portId ?? '', sent: '/port_id' },
      { name: 'place', label: say('place_name'), kind: 'text' },
      { name: 'centre', label: say('centre_directing'), kind: 'text', value: ownCentre(), needed: true },
      { name: 'code', label: say('reason_code'), kind: 'select', options: overrides() },
      { name: 'text', label: say('reason_text'), kind: 'area', needed: true },
    ],
    async send(values, key) {
      const where = values.port ? { port_id: values.port } : { place: values.place };
      const decisionId = await recordDecision(encounterId);
      await change('POST', `/v1/decisions/${decisionId}/override`, { code: values.code, text: values.text, encounter_id: encounterId, ...where }, `${key}-o`);
      await change('POST', `/v1/encounters/${encounterId}/direction`, { centre: values.centre, code: values.code, text: values.text, ...where }, key);
    },
  });
}

/** @param {string} portId */
export function hold(portId) {
  const encounterId = /** @type {string} */ (state.encounterId);
  const row = state.picture?.encounters.find((one) => one.encounter_id === encounterId);
  const eta = candidates().find((port) => port.port.id === portId)?.eta_at;
  openForm({
    name: `hold:${encounterId}:${portId}`, title: say('hold_title', { port: portName(portId), encounter: shortId(encounterId) }), submit: say('hold'), about: [aboutEncounter(), make('p', { class: 'quiet' }, say('hold_note'))],
    fields: [
      { name: 'vessel', label: say('vessel_name'), kind: 'text', needed: true, value: placesOf(encounterId)[0]?.vessel ?? reportedVessel(row?.on_scene?.vessel) ?? '' },
      { name: 'total', label: say('col_persons'), kind: 'number', needed: true, value: String(row?.persons?.max ?? ''), sent: '/persons/total' },
      { name: 'families', label: say('families'), kind: 'number', value: '0', sent: '/persons/families' }, { name: 'medical', label: say('medical_places'), kind: 'number', value: '0', sent: '/persons/medical' },
      { name: 'eta', label: say('eta_utc'), kind: 'text', needed: true, value: eta ? formatUtc(eta) : '', sent: '/eta_at', check: wrongTime },
    ],
    more: (failure) => (failure instanceof Refusal && failure.problem?.code === 'NO_PLACES'
      ? [{ name: 'code', label: say('override_code'), kind: 'select', options: overrides(), sent: '/override/code' }, { name: 'why', label: say('override_why'), kind: 'area', hint: say('override_hint'), sent: '/override/text' }]
      : null),
    standing: () => portStanding(portId),
    async send(values, key) {
      const { reservation } = await change('POST', '/v1/reservations', {
        port_id: portId, vessel: values.vessel, encounter_id: encounterId, eta_at: timeTyped(values.eta), persons: personsOf(values),
        ...(values.why ? { override: { code: values.code, text: values.why } } : {}),
      }, key);
      // Given back by a record of its own: nothing is taken out of the book.
      offerUndo(say('undo_hold', { count: reservation.persons.total, port: portName(portId), vessel: reservation.vessel }), {
        undo: () => change('POST', `/v1/reservations/${reservation.reservation_id}/release`, { reason: say('undo_reason') }, `${key}-u`),
      });
    },
  });
}

/** @param {Values} values */
const personsOf = (values) => ({ total: numberMeant(values.total) ?? 0, families: numberMeant(values.families) ?? 0, medical: numberMeant(values.medical) ?? 0 });

/** @param {Reservation} held @param {string} name @param {string} title @param {string} submit @param {Field[]} fields @param {(values: Values) => unknown} body */
function changeHeld(held, name, title, submit, fields, body) {
  openForm({
    name: `${name}:${held.reservation_id}`, title: `${title} · ${shortId(held.reservation_id)} ${held.vessel}`, submit, fields,
    about: [make('p', { class: 'quiet' }, `${portName(held.port_id)} · ${say('held_count', { left: held.persons.total - held.landed.total, total: held.persons.total })}`)],
    standing() {
      const fresh = state.picture?.reservations.find((one) => one.reservation_id === held.reservation_id);
      return make('p', {}, fresh ? `${say('holds_now')} ${say(`held_${fresh.state}`)} · ${say('expires_at', { at: dayTime(fresh.expires_at, now()), minutes: Math.ceil((Date.parse(fresh.expires_at) - now()) / 60000) })}` : say('held_gone'));
    },
    send: (values, key) => change('POST', `/v1/reservations/${held.reservation_id}/${name}`, body(values), key),
  });
}

/** @param {Reservation} held */
export const confirm = (held) => changeHeld(held, 'confirm', say('confirm_title'), say('confirm'), [], () => undefined);
/** @param {Reservation} held */
export const extend = (held) => changeHeld(held, 'extend', say('extend'), say('extend'), [{ name: 'eta', label: say('eta_utc'), kind: 'text', needed: true, value: formatUtc(held.eta_at), sent: '/eta_at', check: wrongTime }], (values) => ({ eta_at: timeTyped(values.eta) }));
/** @param {Reservation} held */
export const release = (held) => changeHeld(held, 'release', say('release'), say('release'), [{ name: 'reason', label: say('reason_text'), kind: 'area', needed: true }], (values) => ({ reason: values.reason }));
/** @param {Reservation} held */
export const land = (held) => changeHeld(held, 'land', say('land_title'), say('land'), personFields(held), (values) => ({ persons: personsOf(values) }));
/** @param {Reservation} held */
export const transfer = (held) => changeHeld(held, 'transfer', say('transfer'), say('transfer'), [
  { name: 'to_vessel', label: say('to_vessel'), kind: 'text', needed: true }, { name: 'total', label: say('transfer_count'), kind: 'number', hint: say('transfer_hint'), sent: '/persons/total' },
  { name: 'eta', label: say('eta_utc'), kind: 'text', value: formatUtc(held.eta_at), sent: '/eta_at', check: wrongTime },
], (values) => ({ to_vessel: values.to_vessel, persons: values.total.trim() ? personsOf({ ...values, families: '0', medical: '0' }) : null, eta_at: values.eta.trim() ? timeTyped(values.eta) : null }));

/** @param {Reservation} held @returns {Field[]} */
function personFields(held) {
  return [
    { name: 'total', label: say('landed_now'), kind: 'number', needed: true, value: String(Math.max(0, held.persons.total - held.landed.total)), hint: say('land_hint'), sent: '/persons/total' },
    { name: 'families', label: say('families'), kind: 'number', value: String(Math.max(0, held.persons.families - held.landed.families)), sent: '/persons/families' },
    { name: 'medical', label: say('medical_places'), kind: 'number', value: String(Math.max(0, held.persons.medical - held.landed.medical)), sent: '/persons/medical' },
  ];
}

/** @param {string} encounterId */
export function offer(encounterId) {
  openForm({
    name: `offer:${encounterId}`, title: say('offer_title', { encounter: shortId(encounterId) }), submit: say('offer'), about: [make('p', { class: 'quiet' }, say('offer_note'))],
    fields: [
      { name: 'from_centre', label: say('own_centre'), kind: 'text', value: ownCentre(), needed: true }, { name: 'to_centre', label: say('other_centre'), kind: 'text', needed: true },
      { name: 'text', label: say('offer_text'), kind: 'area' },
    ],
    send: (values, key) => change('POST', `/v1/encounters/${encounterId}/coordination/offer`, values, key),
  });
}

/** @param {{ step: import('./documents.js').Coordination, reply: string }} subject */
export function answerOffer({ step, reply }) {
  const encounterId = /** @type {string} */ (state.encounterId);
  openForm({
    name: `answer:${encounterId}:${reply}`, title: say(`answer_${reply}`, { encounter: shortId(encounterId), from: step.from_centre, to: step.to_centre }), submit: say(`reply_${reply}`),
    fields: [{ name: 'centre', label: say('answer_as'), kind: 'text', value: ownCentre() || (reply === 'withdrawn' ? step.from_centre : step.to_centre), needed: true }, { name: 'text', label: say('reason_text'), kind: 'area' }],
    send: (values, key) => change('POST', `/v1/encounters/${encounterId}/coordination/answer`, { reply, centre: values.centre, text: values.text }, key),
  });
}

/** @param {string} encounterId */
export function close(encounterId) {
  openForm({
    name: `close:${encounterId}`, title: say('close_title', { encounter: shortId(encounterId) }), submit: say('close'), about: [make('p', { class: 'quiet' }, say('close_note'))],
    fields: [{ name: 'evidence', label: say('evidence'), kind: 'area', needed: true, hint: say('evidence_hint') }],
    send: (values, key) => change('POST', `/v1/encounters/${encounterId}/close`, { evidence: values.evidence }, key),
  });
}

/** @param {string} encounterId */
export function reopen(encounterId) {
  openForm({
    name: `reopen:${encounterId}`, title: say('reopen_title', { encounter: shortId(encounterId) }), submit: say('reopen'), fields: [{ name: 'reason', label: say('reason_text'), kind: 'area', needed: true }],
    send: (values, key) => change('POST', `/v1/encounters/${encounterId}/reopen`, { reason: values.reason }, key),
  });
}

/** @param {string} portId */
function reported(portId) {
  return state.picture?.ports.find((one) => one.port_id === portId) ?? null;
}

/** What a port has reported by now, beside what somebody else is about to report. @param {string} portId */
function portStanding(portId) {
  const found = reported(portId);
  const parts = [];
  if (found?.status) parts.push(`${labelled('port_status', say(`reported_${found.status.status}`))} · ${found.status.by.duty} · ${say('ago', { age: sayAge(ageOf(found.status.reported_at)) })}`);
  if (found?.capacity) parts.push(`${labelled('port_places', placesText(placesAt(portId)))} · ${found.capacity.by.duty} · ${say('ago', { age: sayAge(ageOf(found.capacity.reported_at)) })}`);
  return make('div', {}, make('b', {}, say('holds_now')), ...parts.map((text) => make('p', {}, text)));
}

/**
 * A report of a port. Whoever has opened the form on what has changed since is told, and may send it over that.
 * @param {string} portId @param {'status' | 'capacity' | 'reception'} part @param {string} title @param {Field[]} fields @param {(values: Values) => Record<string, unknown>} body
 */
function reportPort(portId, part, title, fields, body) {
  let version = reported(portId)?.[part]?.version ?? 0;
  openForm({
    name: `${part}:${portId}`, title: `${title} · ${portName(portId)}`, submit: say('record_report'), fields,
    standing() {
      version = reported(portId)?.[part]?.version ?? 0;
      return make('div', {}, portStanding(portId), make('p', {}, say('send_over')));
    },
    send: (values, key) => change('PUT', `/v1/ports/${portId}/${part}`, { ...body(values), expected_version: version }, key),
  });
}

/** @param {string} portId */
export function portStatus(portId) {
  const found = reported(portId)?.status;
  reportPort(portId, 'status', say('edit_status'), [
    { name: 'status', label: say('port_status'), kind: 'select', options: ['open', 'restricted', 'closed', 'unknown'].map((one) => [one, say(`reported_${one}`)]), value: found?.status ?? 'open' },
    { name: 'reason', label: say('reason_text'), kind: 'area', value: found?.reason ?? '' },
  ], (values) => ({ status: values.status, reason: values.reason }));
}

/** @param {string} portId */
export function portCapacity(portId) {
  const found = reported(portId)?.capacity;
  const text = (/** @type {number | null | undefined} */ value) => (value === null || value === undefined ? '' : String(value));
  reportPort(portId, 'capacity', say('edit_capacity'), [
    { name: 'total', label: say('places_total'), kind: 'number', needed: true, value: text(found?.places.total), sent: '/places/total' }, { name: 'families', label: say('families'), kind: 'number', value: text(found?.places.families), sent: '/places/families' },
    { name: 'medical', label: say('medical_places'), kind: 'number', value: text(found?.places.medical), sent: '/places/medical' }, { name: 'occupied', label: say('occupied'), kind: 'number', value: text(found?.occupied.total ?? 0), sent: '/occupied/total' },
    { name: 'rate', label: say('landing_rate'), kind: 'number', value: text(found?.persons_per_hour), sent: '/persons_per_hour', check: wrongNumber },
  ], (values) => ({
    places: { total: numberMeant(values.total), families: numberMeant(values.families), medical: numberMeant(values.medical) },
    occupied: { total: numberMeant(values.occupied) ?? 0, families: found?.occupied.families ?? 0, medical: found?.occupied.medical ?? 0 }, persons_per_hour: numberMeant(values.rate),
  }));
}

/** @param {string} portId */
export function portReception(portId) {
  const found = reported(portId)?.reception;
  const tri = /** @type {[string, string][]} */ ([['', say('not_known')], ['yes', say('yes')], ['no', say('no')]]);
  const text = (/** @type {boolean | null | undefined} */ value) => (value === true ? 'yes' : value === false ? 'no' : '');
  const told = (/** @type {string} */ value) => (value === '' ? null : value === 'yes');
  reportPort(portId, 'reception', say('edit_reception'), [
    { name: 'needs', label: say('needs_met'), kind: 'select', options: tri, value: text(found?.needs_met), sent: '/needs_met' }, { name: 'transport', label: say('transport'), kind: 'select', options: tri, value: text(found?.transport_arranged), sent: '/transport_arranged' },
    { name: 'danger', label: say('danger_ashore'), kind: 'check', value: found?.danger_ashore ? 'yes' : '', sent: '/danger_ashore' }, { name: 'reason', label: say('reason_text'), kind: 'area', value: found?.reason ?? '' },
  ], (values) => ({ needs_met: told(values.needs), transport_arranged: told(values.transport), danger_ashore: values.danger === 'yes', reason: values.reason }));
}

function aboutEncounter() {
  const row = state.picture?.encounters.find((one) => one.encounter_id === state.encounterId);
  return make('p', {}, `${shortId(state.encounterId)} · ${say('people_count', { count: personsText(row?.persons) })} · ${say('col_seen')} ${sayAge(ageOf(row?.latest.observed_at))}`);
}

const BEGIN_SIGN_IN = '/console/v1/sign-in/begin';
/** What the service sends back to where signing in came to nothing, and what is said of it. */
const SIGN_IN_FAILURES = new Map([['#sign-in-refused', 'sign_in_refused'], ['#sign-in-unavailable', 'sign_in_unavailable']]);

/**
 * Ask who is there: by the issuer's own page where the centre has one, or by a key or token.
 * @param {(token: string) => Promise<unknown>} signIn @param {boolean} hasIssuer
 * @param {boolean} isAgain Whether somebody was signed in: then another tab signs in, and nothing typed here is lost.
 */
export function askForToken(signIn, hasIssuer, isAgain) {
  const failure = SIGN_IN_FAILURES.get(location.hash);
  const refused = failure ? say(failure) : '';
  const atIssuer = make('a', { class: 'button', id: 'sign-in-issuer', href: BEGIN_SIGN_IN, target: isAgain ? '_blank' : null, rel: isAgain ? 'noopener' : null }, say('sign_in_issuer'));
  openForm({
    name: 'sign-in', title: say('sign_in'), submit: say('sign_in'),
    about: [
      ...(refused ? [make('p', { class: 'warn', role: 'alert' }, refused)] : []),
      ...(hasIssuer ? [make('p', { class: 'actions' }, atIssuer), ...(isAgain ? [make('p', { class: 'quiet' }, say('sign_in_again'))] : [])] : []), make('p', { class: 'quiet' }, say('sign_in_note')),
    ],
    fields: [{ name: 'token', label: say('token'), kind: 'secret', needed: true, longest: 8000 }], send: (values) => signIn(values.token.trim()),
  });
}
