// Panels behind the fixed buttons. Each is made when it is opened and gone when it is closed.

import { formatNumber, formatUtc } from '../shared/format.js';
import { make, shape } from '../shared/elements.js';
import { labelsOf, refusalText } from '../shared/refusal_text.js';
import { inLanguage, language, say } from '../shared/texts.js';
import { Refusal, ask } from './api.js';
import { callToCentre, callToPort, draftReport } from './speech.js';

/** @typedef {import('./main.js').Desk} Desk */

/** [A] Ranges that a crew counts in at a glance. */
const PERSONS = [[1, 1], [2, 5], [6, 10], [11, 20], [21, 30], [31, 40], [41, 50], [51, 60], [61, 70], [71, 80], [81, 100]];

/** Words for what went wrong, as the process gave them. @param {unknown} failure */
export function wordsOf(failure) {
  if (!(failure instanceof Refusal)) return say('failed');
  if (failure.status === 404 || failure.status === 405) return say('not_offered');
  return refusalText(failure.problem, labelsOf(FIELDS.map(([pointer, key]) => [pointer, say(key)])), String) || (failure.problem?.title ?? say('failed'));
}

/** Fields that are typed here, and what they are called. @type {[string, string][]} */
const FIELDS = [['/text', 'position_text'], ['/position', 'position_text'], ['/casualty', 'retask_where'], ['/name', 'own_vessel_name']];

/** @param {string} label @param {() => void} act @param {Record<string, string>} [more] @param {string} [sub] */
function tile(label, act, more = {}, sub = '') {
  const button = make('button', { type: 'button', ...more }, label, sub ? make('span', {}, sub) : null);
  button.addEventListener('click', act);
  return button;
}

/** @param {Desk} desk @returns {Node[]} */
export function medPanel(desk) {
  /** @param {'none' | 'urgent' | 'critical' | null} level */
  const tell = async (level) => {
    // What can't be kept counts all the same, and the panel says that it was not kept.
    if (await desk.put('/terminal/v1/medical', { medical: level })) desk.close();
    desk.askNearest();
  };
  const tiles = /** @type {const} */ (['none', 'urgent', 'critical']).map((level) => tile(say(`med_${level}`), () => tell(level), { 'aria-pressed': String(desk.medical() === level) }));
  tiles.push(tile('?', () => tell(null), { 'aria-pressed': String(desk.medical() === null), 'aria-label': say('not_known') }, say('not_known')));
  return [make('div', { class: 'tiles four' }, ...tiles), make('p', { class: 'quiet' }, say('med_note'))];
}

/** @param {Desk} desk @returns {Node[]} */
export function personsPanel(desk) {
  /** What was told here, also while it is still on its way. @type {{ min: number | null, max: number | null, in_water?: boolean | null, recovered?: number | null }} */
  let told = { ...(desk.state()?.persons ?? { min: null, max: null }) };
  /** @type {Promise<unknown>} */
  let sent = Promise.resolve();
  /** @param {Partial<typeof told>} change */
  const tell = (change) => {
    told = { ...told, ...change };
    // Whoever counts after all were recovered has them all: as many as there are at most.
    told.recovered = told.in_water === false ? told.max : null;
    showWater();
    const body = told;
    // One after the other, as they were touched.
    const kept = sent.then(() => desk.put('/terminal/v1/persons', body)).then((isKept) => {
      if (isKept) desk.askNearest();
      else { told = { ...(desk.state()?.persons ?? { min: null, max: null }) }; showWater(); }
      return isKept;
    });
    sent = kept;
    return kept;
  };
  /** @param {(number | null)[]} range */
  const choose = async ([min, max]) => { if (await tell({ min, max })) desk.close(); };
  const water = [false, true].map((inWater) => tile(say(inWater ? 'persons_water' : 'persons_all'),
    // Touched again it is not known any more.
    () => tell({ in_water: told.in_water === inWater ? null : inWater }), {}, say(inWater ? 'persons_water_sub' : 'persons_all_sub')));
  const showWater = () => water.forEach((button, k) => button.setAttribute('aria-pressed', String((told.in_water ?? null) === (k === 1))));
  showWater();
  const now = desk.state()?.persons;
  const tiles = PERSONS.map(([min, max]) => tile(min === max ? String(min) : `${min}–${max}`, () => choose([min, max]), {
    'aria-pressed': String(now?.min === min && now?.max === max),
  }));
  tiles.push(tile('?', () => choose([null, null]), { 'aria-pressed': String(!now || now.max === null), 'aria-label': say('persons_unknown') }, say('persons_unknown')));
  return [make('div', { class: 'row' }, ...water), make('div', { class: 'tiles' }, ...tiles)];
}

/** @param {Desk} desk @returns {Node[]} */
export function vesselPanel(desk) {
  const tiles = make('div', { class: 'tiles wide' });
  const own = desk.state()?.vessel;
  const name = make('input', { type: 'text', id: 'vessel-name', autocomplete: 'off', spellcheck: 'false', maxlength: '60' });
  name.value = own?.name ?? '';
  /** @param {Record<string, unknown>} profile */
  const keep = (profile) => desk.change('/terminal/v1/vessel', { profile, ...(name.value.trim() ? { name: name.value.trim() } : {}) });
  const keepName = tile(say('own_vessel_keep'), () => keep(own?.profile ?? {}));
  name.addEventListener('keydown', (event) => { if (event.key === 'Enter') keepName.click(); });
  ask('GET', '/v1/vessels').then((list) => {
    for (const vessel of list.vessels ?? list) {
      const figures = [
        vessel.speed_kn ? `${formatNumber(vessel.speed_kn, language(), 0)} ${say('knots')}` : '',
        vessel.draught_m ? `${formatNumber(vessel.draught_m, language())} m` : '',
      ].filter(Boolean).join(' · ');
      tiles.append(tile(inLanguage(vessel.name) || vessel.id, () => keep({ profile: vessel.id }), { 'aria-pressed': String(vessel.id === own?.id) }, figures));
    }
  }).catch((failure) => tiles.append(make('p', { class: 'refusal', role: 'alert' }, wordsOf(failure))));
  return [
    make('div', { class: 'row' }, make('div', { class: 'ask' }, make('label', { for: 'vessel-name' }, say('own_vessel_name')), name), keepName),
    tiles,
  ];
}

/** @param {Desk} desk @returns {Node[]} */
export function positionPanel(desk) {
  const text = make('input', { type: 'text', id: 'position-text', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', inputmode: 'text', placeholder: "51 01.9N 001 27.1E" });
  text.value = lastPosition;
  const said = make('div', { class: 'spoken', role: 'status' });
  const read = tile(say('position_read'), async () => {
    use.disabled = true;
    if (!text.value.trim()) {
      said.replaceChildren(make('p', { class: 'refusal' }, say('position_empty')));
      return;
    }
    try {
      const answer = await ask('POST', '/terminal/v1/position', { text: text.value });
      said.replaceChildren(make('p', {}, inLanguage(answer.read_back)));
      use.disabled = false;
    } catch (failure) {
      said.replaceChildren(make('p', { class: 'refusal' }, wordsOf(failure)));
    }
  });
  const use = tile(say('position_use'), () => { desk.setPosition(text.value); desk.close(); desk.askNearest(); }, {}, say('position_use_sub'));
  use.disabled = true;
  text.addEventListener('input', () => { lastPosition = text.value; use.disabled = true; said.replaceChildren(); });
  text.addEventListener('keydown', (event) => { if (event.key === 'Enter') read.click(); });
  const back = tile(say('position_own'), () => { desk.setPosition(null); desk.close(); desk.askNearest(); });
  return [
    make('div', { class: 'ask' }, make('label', { for: 'position-text' }, say('position_text')), text),
    make('div', { class: 'row' }, read, use, back), said,
  ];
}

/** Position typed last, so that nobody types it twice. */
let lastPosition = '';

/** @param {Desk} desk @returns {Node[]} */
export function retaskPanel(desk) {
  const text = make('input', { type: 'text', id: 'retask-text', autocomplete: 'off', spellcheck: 'false', placeholder: "51 05.0N 001 30.0E" });
  text.value = lastCasualty;
  const water = tile(say('retask_water'), () => { water.setAttribute('aria-pressed', String(water.getAttribute('aria-pressed') !== 'true')); }, { 'aria-pressed': 'false' });
  const result = make('div', { role: 'status' });
  const compare = tile(say('retask_ask'), async () => {
    result.replaceChildren();
    if (!text.value.trim()) {
      result.replaceChildren(make('p', { class: 'refusal', role: 'alert' }, say('position_empty')));
      return;
    }
    try {
      lastCasualty = text.value;
      const body = { casualty: text.value, in_water: water.getAttribute('aria-pressed') === 'true' };
      const both = await ask('POST', '/terminal/v1/retask', body);
      result.replaceChildren(
        make('div', { class: 'courses' }, course('retask_land', both.land_first, true), course('retask_go', both.casualty_first, false)),
        ...(both.warning ? [make('p', { class: 'refusal' }, inLanguage(both.warning))] : []), make('p', { class: 'quiet' }, inLanguage(both.notice)),
      );
      // The comparison takes their place; RETASK asks again, with the same position.
      for (const part of form) part.hidden = true;
    } catch (failure) {
      result.replaceChildren(make('p', { class: 'refusal', role: 'alert' }, wordsOf(failure)));
    }
  });
  const form = [
    make('div', { class: 'ask' }, make('label', { for: 'retask-text' }, say('retask_where')), text),
    make('div', { class: 'row' }, water, compare), aboardSince(desk),
  ];
  return [...form, result];
}

/** Position of the casualty compared last, so that nobody types it twice. */
let lastCasualty = '';

/** [A] Spans that a crew knows without a look at the log. [min] */
const ABOARD_MIN = [0, 30, 60, 120];

/** Since when people are aboard: that of a comparison and of the report. @param {Desk} desk */
function aboardSince(desk) {
  const since = make('p', { role: 'status' });
  const show = () => {
    const at = desk.state()?.persons?.aboard_since;
    since.textContent = say('retask_since', { at: at ? `${formatUtc(at)} UTC` : say('not_known') });
  };
  show();
  const tiles = ABOARD_MIN.map((minutes) => tile(
    minutes === 0 ? say('retask_since_now') : say('retask_since_ago', { span: minutes < 60 ? `${minutes} min` : `${minutes / 60} h` }),
    async () => {
      const { min = null, max = null, recovered = null, in_water = null } = desk.state()?.persons ?? {};
      const at = new Date(desk.now() - minutes * 60_000).toISOString().slice(0, 19);
      if (await desk.put('/terminal/v1/persons', { min, max, recovered, in_water, aboard_since: `${at}Z` })) show();
    },
  ));
  return make('div', { class: 'ask' }, since, make('div', { class: 'tiles four' }, ...tiles));
}

/** @param {string} title @param {any} one @param {boolean} isLandingFirst */
function course(title, one, isLandingFirst) {
  /** @param {string} key @param {number | null | undefined} minutes */
  const time = (key, minutes) => make('p', {}, say(key, { minutes: minutes ?? say('not_known') }));
  const landing = time('retask_landing', one.minutes_to_landing);
  const casualty = time('retask_casualty', one.minutes_to_casualty);
  return make('div', { class: 'card' },
    make('h3', {}, say(title)), make('p', {}, make('b', {}, inLanguage(one.port?.name) || say('not_known'))),
    ...(isLandingFirst ? [landing, casualty] : [casualty, landing]),
    make('p', {}, one.aboard_hours_at_landing === null ? say('retask_aboard_unknown') : say('retask_aboard', { hours: formatNumber(one.aboard_hours_at_landing, language()) })));
}

/** @param {Desk} desk @returns {Node[]} */
export function sayPanel(desk) {
  const answer = desk.answer();
  const port = desk.chosen();
  if (!answer || !port) return [make('div', { class: 'card', role: 'group', tabindex: '0', 'aria-label': say('say_title') }, make('p', {}, say('say_none')))];
  const { decision, encounter } = answer.document;
  const card = make('div', { class: 'card', role: 'group', tabindex: '0', 'aria-label': say('say_title') });
  // English is the language of the phrases: in French, both.
  const langs = /** @type {('en' | 'fr')[]} */ (language() === 'fr' ? ['fr', 'en'] : ['en']);
  const calls = langs.flatMap((lang) => [
    { title: 'say_centre', lang, ...callToCentre(decision, port, desk.state(), encounter, lang) },
    { title: 'say_port', lang, ...callToPort(port, desk.state(), encounter, lang) },
  ]);
  for (const call of calls) {
    card.append(make('h3', {}, `${say(call.title)} · ${call.to} · ${say('vhf')} ${call.channel ?? '?'}`), make('blockquote', { lang: call.lang }, call.words));
  }
  return [card];
}

/** @param {Desk} desk @returns {Node[]} */
export function reportPanel(desk) {
  const answer = desk.answer();
  const text = make('textarea', { id: 'report-text', 'aria-label': say('report_text'), spellcheck: 'false' });
  text.value = draftReport(desk.state(), answer?.document.decision ?? null, desk.chosen(), answer?.document.encounter ?? null, desk.medical(), language());
  const status = make('div', { role: 'status' });
  const list = make('ul');
  /** @param {boolean} isEncounter */
  const queue = async (isEncounter) => {
    for (const button of buttons) button.disabled = true;
    try {
      const kept = await ask('POST', '/terminal/v1/reports', { text: text.value, encounter: isEncounter, medical: desk.medical(), position: desk.position() });
      status.replaceChildren(make('p', {}, say('report_queued', { number: kept.number, at: formatUtc(kept.queued_at) })));
    } catch (failure) {
      status.replaceChildren(make('p', { class: 'refusal' }, wordsOf(failure)));
    }
    for (const button of buttons) button.disabled = false;
    showOutbox(list);
  };
  const buttons = [
    tile(say('report_encounter'), () => queue(true), {}, say('report_encounter_sub')),
    tile(say('report_queue'), () => queue(false)),
  ];
  showOutbox(list);
  const outbox = make('div', { class: 'card outbox', role: 'group', tabindex: '0', 'aria-label': say('report_outbox') }, status, make('h3', {}, say('report_outbox')), list);
  return [text, make('div', { class: 'row' }, ...buttons), outbox];
}

const OUTBOX_SHOWN = 8;

/** The newest messages and how they fared. @param {HTMLElement} list */
export async function showOutbox(list) {
  try {
    const { messages } = await ask('GET', '/terminal/v1/outbox');
    list.replaceChildren(...messages.slice(0, OUTBOX_SHOWN).map((/** @type {any} */ message) => make('li', { 'data-state': message.state },
      /** @type {Node} */ (shape(message.state === 'delivered' ? 'suitable' : 'unconfirmed')),
      `${message.number} · ${say(`report_kind_${message.kind}`)} · ${formatUtc(message.queued_at)} UTC · ${say(`report_${message.state}_state`)}`)));
  } catch (failure) {
    list.replaceChildren(make('li', { class: 'refusal' }, wordsOf(failure)));
  }
}

/** @param {Desk} desk @returns {Node[]} */
export function screenPanel(desk) {
  const palettes = /** @type {const} */ (['day', 'dusk', 'night']).map((name) => tile(say(`palette_${name}`), () => desk.setPalette(name), {
    'aria-pressed': String(desk.palette() === name), 'data-palette-choice': name,
  }));
  const dimmer = make('input', { type: 'range', id: 'dimmer-range', min: '0', max: '75', step: '1', value: String(desk.dimming()) });
  dimmer.addEventListener('input', () => desk.setDimming(Number(dimmer.value)));
  return [
    make('div', { class: 'tiles three' }, ...palettes),
    make('div', { class: 'ask' }, make('label', { for: 'dimmer-range' }, say('dimmer')), dimmer),
    make('div', { class: 'row' }, tile(say('language'), () => desk.setLanguage(language() === 'fr' ? 'en' : 'fr'), { id: 'language', lang: language() === 'fr' ? 'en' : 'fr' }),
      tile(say('chart_list'), () => desk.openList(), { id: 'chart-list' })),
  ];
}

/**
 * The route of a port out of the terminal: nothing goes without one of these presses.
 * @param {Desk} desk @param {string} portId
 */
export function handOver(desk, portId) {
  const said = make('p', { role: 'status' });
  const row = make('div', { class: 'row' });
  /** @param {Record<string, unknown>} body @param {(sent: any) => void} [done] */
  const send = async (body, done) => {
    try {
      const sent = await ask('POST', '/terminal/v1/routes', { port_id: portId, digest: desk.answer()?.document.digest, ...body });
      done?.(sent);
      said.className = '';
      said.textContent = say(sent.steering ? 'sent_each_second' : 'sent');
    } catch (failure) {
      said.className = 'refusal';
      said.textContent = wordsOf(failure);
    }
  };
  const stop = async () => {
    try {
      await ask('DELETE', '/terminal/v1/routes/active');
      said.textContent = say('steer_stopped');
      showSteering(false);
    } catch (failure) {
      said.textContent = wordsOf(failure);
    }
  };
  const begin = tile(say('steer'), () => send({ to: 'plotter', steer: true }, () => showSteering(true)));
  const end = tile(say('steer_stop'), stop);
  /** One of the two, by whether there is something to stop. @param {boolean} isSteering */
  const showSteering = (isSteering) => {
    const [shown, other] = isSteering ? [end, begin] : [begin, end];
    const hadFocus = document.activeElement === other;
    other.replaceWith(shown);
    if (hadFocus) shown.focus({ preventScroll: true });
  };
  row.append(tile(say('plotter'), () => send({ to: 'plotter' }, () => showSteering(false))), desk.state()?.active_route ? end : begin, tile(say('gpx'), () => send({ to: 'gpx' }, saveFile)));
  return make('div', { class: 'out' }, row, said);
}

/** @param {{ file_name: string, media_type: string, content: string }} file */
function saveFile(file) {
  const link = make('a', { download: file.file_name });
  link.href = URL.createObjectURL(new Blob([file.content], { type: file.media_type }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
