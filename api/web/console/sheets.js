// Whole sheets over the boards: joint plan, what if, hand-over of a shift, record of an encounter, comparison, keys, screen.

import { ask, authorization, Refusal } from '../shared/api.js';
import { formatNumber, formatPosition, formatUtc, formatUtcSeconds } from '../shared/format.js';
import { byId, make, shape } from '../shared/elements.js';
import { has, inLanguage, language, say, sayAge } from '../shared/texts.js';
import { dayTime } from './clock_text.js';
import { numberMeant } from './number_text.js';
import { later, timeTyped, wrongCount, wrongNumber, wrongTime } from './typed.js';
import { explain } from './forms.js';
import { labelsOf } from '../shared/refusal_text.js';
import { ageOf, may, now, personsText, placeText, portName, reasonText, reportedFacts, sceneTexts, shortId, state, withShortIds } from './state.js';
import { trafficRows } from './traffic.js';

/** That may stand after a figure of what is supposed. */
const UNITS = { wind: ['kn', 'kt', 'nd'], from: ['°'], wave: ['m'], lasts: ['h'] };

/** @type {HTMLElement | null} Where the focus was before a sheet was opened. */
let before = null;

export const isSheetOpen = () => !byId('sheet').hidden;

/** @param {string} name @param {string} title @param {...(Node | string | null)} content */
function openSheet(name, title, ...content) {
  const sheet = byId('sheet');
  if (sheet.hidden) before = /** @type {HTMLElement | null} */ (document.activeElement);
  const close = make('button', { type: 'button', class: 'no-print' }, say('close_sheet'), make('kbd', {}, 'Esc'));
  close.addEventListener('click', closeSheet);
  sheet.replaceChildren(make('div', { class: 'sheet-head' }, make('h2', { id: 'sheet-title' }, title), close), make('div', { class: 'sheet-body scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'sheet-title' }, ...content));
  sheet.dataset.sheet = name;
  sheet.setAttribute('aria-labelledby', 'sheet-title');
  sheet.hidden = false;
  sheet.focus();
}

export function closeSheet() {
  const sheet = byId('sheet');
  sheet.hidden = true;
  sheet.replaceChildren();
  before?.focus();
}

/** @param {string[]} heads @param {Node[]} rows */
function table(heads, rows) {
  return make('table', {}, make('thead', {}, make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head)))), make('tbody', {}, ...rows));
}

/** @param {...(string | Node)} cells */
const tr = (...cells) => make('tr', {}, ...cells.map((cell) => make('td', {}, cell)));

/** Offer a document as a file of its own. @param {string} name @param {string} text @param {string} type */
function save(name, text, type) {
  const link = make('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** @param {number | null | undefined} minutes */
const minutesText = (minutes) => (minutes === null || minutes === undefined ? '?' : `${Math.round(minutes)} ${say('minutes')}`);

/** One plan for all open encounters: what it costs each boat, and each accepted by itself. */
export async function openPlan() {
  openSheet('plan', say('plan_title'), make('p', { class: 'quiet', id: 'plan-state' }, say('plan_making')));
  let plan;
  try {
    const request = await ask('GET', '/console/v1/plan');
    if (!request.encounters.length) { openSheet('plan', say('plan_title'), make('p', {}, say('encounters_none'))); return; }
    plan = await ask('POST', '/v1/plans', { ...request, allow_unconfirmed: true }, 90000);
  } catch (failure) {
    openSheet('plan', say('plan_title'), make('p', { class: 'warn', role: 'alert' }, explain(failure)));
    return;
  }
  if (byId('sheet').dataset.sheet !== 'plan' || !isSheetOpen()) return;
  const rows = plan.encounters.flatMap((/** @type {any} */ one) => (one.parts.length ? one.parts : [null]).map((/** @type {any} */ part, /** @type {number} */ k) => {
    const told = make('span', { role: 'status' });
    const accept = make('button', { type: 'button', 'data-accept': one.id }, say('accept'));
    accept.addEventListener('click', async () => {
      accept.disabled = true;
      try {
        await ask(part.accept.method, part.accept.path, part.accept.body, 15000, { 'Idempotency-Key': part.accept.idempotency_key });
        told.textContent = say('accepted');
      } catch (failure) {
        accept.disabled = false;
        told.textContent = explain(failure);
        told.className = 'warn';
      }
    });
    return tr(
      k === 0 ? make('span', {}, make('b', {}, shortId(one.id)), directed(one.id)) : '', String(part?.persons ?? one.persons), part ? make('span', {}, /** @type {Node} */ (shape(part.status)), ` ${inLanguage(part.port.name)}`) : say('plan_without', { reason: withShortIds(inLanguage(one.reason?.text ?? one.reason)) }),
      minutesText(part?.time_to_landing_min), minutesText(part?.queue_min), minutesText(one.time_to_safety_min),
      k === 0 && one.own_nearest ? `${inLanguage(one.own_nearest.port.name)} · ${minutesText(one.own_nearest.time_to_safety_alone_min)}` : '', k === 0 && one.cost_min !== null ? `+${minutesText(one.cost_min)}` : '',
      one.greedy?.parts?.length && k === 0 ? `${one.greedy.parts.map((/** @type {any} */ p) => portName(p.port?.id ?? p.port_id)).join(', ')} · ${minutesText(one.greedy.time_to_safety_min)}` : '',
      part && may('hold_places') ? make('span', {}, accept, told) : told,
    );
  }));
  const isPlaced = plan.outcome !== 'none';
  openSheet('plan', say('plan_title'), make('p', { class: 'headline' }, isPlaced ? inLanguage(plan.headline) : say('plan_none', { count: personsOf(plan) })),
    table([say('col_encounter'), say('col_persons'), say('col_port'), say('plan_landing'), say('plan_queue'), say('plan_ashore'), say('plan_nearest'), say('plan_cost'), say('plan_greedy'), say('plan_accept')], rows),
    ...(plan.order.length ? [make('h3', {}, say('plan_order')), make('ul', { id: 'plan-order' }, ...plan.order.map((/** @type {any} */ entry) => make('li', {}, withShortIds(inLanguage(entry.text)))))] : []),
    // What is not proven is among the notices, with its figures.
    ...(plan.proven_best && isPlaced ? [make('p', {}, say('plan_proven'))] : []),
    make('ul', {}, ...plan.notices.map((/** @type {any} */ notice) => make('li', {}, withShortIds(inLanguage(notice.text))))), make('p', { class: 'quiet' }, inLanguage(plan.method)));
}

/** Everybody a plan is for. @param {{ encounters: { persons: number }[], left_out: { persons: number }[] }} plan */
const personsOf = (plan) => [...plan.encounters, ...plan.left_out].reduce((sum, one) => sum + one.persons, 0);

/** Where an encounter was directed already: a plan advises it anew all the same. @param {string} encounterId */
function directed(encounterId) {
  const direction = state.picture?.encounters.find((row) => row.encounter_id === encounterId)?.direction;
  return direction ? make('span', { class: 'sub' }, say('directed_to', { port: placeText(direction) })) : null;
}

/** What is supposed, typed on a ground of its own. @param {(supposed: import('./documents.js').Supposed) => Promise<void>} begin */
export async function openWhatIf(begin) {
  const [{ policies }] = await Promise.all([ask('GET', '/v1/policies'), state.namesRead]);
  const old = state.whatIf?.supposed;
  const ports = [...state.harbours.keys()].sort((a, b) => portName(a).localeCompare(portName(b)));
  const closed = make('select', { id: 'if-closed', multiple: true, size: '8' }, ...ports.map((id) => make('option', { value: id, selected: old ? old.closed.includes(id) : id === state.portId }, portName(id))));
  const policy = make('select', { id: 'if-policy' }, make('option', { value: '' }, say('unchanged')), ...policies.map((/** @type {any} */ one) => make('option', { value: one.id ?? one.name, selected: old?.policy === (one.id ?? one.name) }, one.id ?? one.name)));
  /** @param {string} id @param {string} value */
  const number = (id, value) => make('input', { id, value, inputmode: 'numeric', autocomplete: 'off' });
  const wind = number('if-wind', old?.gale ? String(old.gale.wind_kn) : '');
  const from = number('if-from', old?.gale ? String(old.gale.wind_from_deg) : '');
  const wave = number('if-wave', old?.gale ? String(old.gale.wave_m) : '');
  const start = number('if-start', old?.gale?.from_at ? formatUtc(old.gale.from_at) : '');
  const lasts = number('if-lasts', old?.gale?.hours ? String(old.gale.hours) : '');
  const more = number('if-more', old ? String(old.more_persons) : '0');
  const lost = make('select', { id: 'if-lost' }, make('option', { value: '' }, say('none_lost')), ...(state.picture?.encounters ?? []).map((row) => make('option', { value: row.encounter_id, selected: old?.lost_vessel === row.encounter_id }, shortId(row.encounter_id))));
  const refusal = make('div', { class: 'refusal', role: 'alert', hidden: true });
  /** @param {string[]} told A sentence each. */
  const refuse = (told) => { refusal.replaceChildren(...told.map((words) => make('p', {}, words))); refusal.hidden = false; };
  /** @param {string} words @param {HTMLElement} control */
  const field = (words, control) => make('div', { class: 'field' }, make('label', { for: control.id }, words), control);
  const labels = labelsOf([['/closed', say('if_closed')], ['/policy', say('if_policy')], ['/gale/wind_kn', say('if_wind')], ['/gale/wind_from_deg', say('if_from')], ['/gale/wave_m', say('if_wave')], ['/gale/from_at', say('if_start')], ['/gale/hours', say('if_lasts')], ['/more_persons', say('if_more')], ['/lost_vessel', say('if_lost')]]);
  const form = make('form', { novalidate: true, class: 'what-if-form' }, make('p', {}, say('what_if_note')),
    make('div', { class: 'fields' }, field(say('if_closed'), closed), field(say('if_policy'), policy), field(say('if_wind'), wind), field(say('if_from'), from), field(say('if_wave'), wave), field(say('if_start'), start), field(say('if_lasts'), lasts), field(say('if_more'), more), field(say('if_lost'), lost)),
    refusal, make('div', { class: 'actions' }, make('button', { type: 'submit', class: 'primary' }, say('what_if_ask'))));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wrong = [
      wrongNumber(wind.value, say('if_wind'), UNITS.wind), wrongNumber(from.value, say('if_from'), UNITS.from), wrongNumber(wave.value, say('if_wave'), UNITS.wave),
      wrongTime(start.value, say('if_start')), wrongNumber(lasts.value, say('if_lasts'), UNITS.lasts), wrongCount(more.value, say('if_more')),
    ].filter(Boolean);
    if (wrong.length) { refuse(wrong); return; }
    try {
      const figures = [numberMeant(wind.value, UNITS.wind), numberMeant(from.value, UNITS.from), numberMeant(wave.value, UNITS.wave)];
      const lasting = numberMeant(lasts.value, UNITS.lasts);
      const isCalm = figures.every((one) => one === null);
      if (isCalm && (start.value.trim() || lasting !== null)) throw new Refusal(422, { code: 'GALE_TYPED', detail: '' });
      await begin({
        closed: [...closed.selectedOptions].map((option) => option.value), policy: policy.value || null, more_persons: numberMeant(more.value) ?? 0, lost_vessel: lost.value || null,
        gale: isCalm ? null : { wind_kn: figures[0] ?? 0, wind_from_deg: figures[1] ?? 0, wave_m: figures[2] ?? 0, ...(start.value.trim() ? { from_at: later(timeTyped(start.value)) } : {}), ...(lasting === null ? {} : { hours: lasting }) },
      });
      closeSheet();
    } catch (failure) {
      refuse([explain(failure, labels)]);
    }
  });
  openSheet('what-if', say('what_if_title'), form);
}

/** What is supposed, in words. @param {import('./documents.js').Supposed} supposed */
export function supposedText(supposed) {
  return [
    ...supposed.closed.map((id) => say('supposed_closed', { port: portName(id) })),
    ...(supposed.gale ? [say('supposed_gale', { wind: supposed.gale.wind_kn, from: String(supposed.gale.wind_from_deg).padStart(3, '0'), wave: formatNumber(supposed.gale.wave_m, language()) }) + (supposed.gale.from_at ? ` ${say('supposed_from', { at: formatUtc(supposed.gale.from_at) })}` : '') + (supposed.gale.hours ? ` ${say('supposed_for', { hours: supposed.gale.hours })}` : '')] : []),
    ...(supposed.policy ? [say('supposed_policy', { policy: supposed.policy })] : []), ...(supposed.more_persons ? [say('supposed_more', { count: supposed.more_persons })] : []),
    ...(supposed.lost_vessel ? [say('supposed_lost', { encounter: shortId(supposed.lost_vessel) })] : []),
  ].join(', ');
}

/** The hand-over of a shift: a page to print, signed by both duties. */
export async function openHandover() {
  let page;
  let digest;
  let text;
  try {
    const answer = await fetch('/v1/handover', { headers: { Accept: 'application/json', ...authorization() }, cache: 'no-store', signal: AbortSignal.timeout(15000) });
    text = await answer.text();
    page = JSON.parse(text);
    if (!answer.ok) throw new Refusal(answer.status, page);
    digest = answer.headers.get('Safeport-Page-SHA256') ?? '';
  } catch (failure) {
    openSheet('handover', say('handover_title'), make('p', { class: 'warn', role: 'alert' }, explain(failure)));
    return;
  }
  /** @param {string} title @param {Node[]} rows @param {string[]} heads */
  const part = (title, rows, heads) => [make('h3', {}, `${title} · ${rows.length}`), rows.length ? table(heads, rows) : make('p', { class: 'quiet' }, say('list_none'))];
  const encounters = page.open_encounters.map((/** @type {any} */ one) => tr(make('b', {}, shortId(one.encounter_id)), personsText(one.persons), ...sceneTexts(one.on_scene), formatPosition(one.latest.position.coordinates, language()),
    one.direction ? `${placeText(one.direction)} · ${say('directed_by', { centre: one.direction.centre })}` : say('state_new'), `${dayTime(one.latest.observed_at, page.at)}${one.aged ? ` · ${say('aged')}` : ''}`, one.possible_duplicate ? say('twin') : ''));
  const held = page.reservations.map((/** @type {any} */ one) => tr(make('b', {}, shortId(one.reservation_id)), portName(one.port_id), one.vessel, String(one.persons.total - one.landed.total), say(`held_${one.state}`), `${dayTime(one.expires_at, page.at)}${page.expiring_soon.includes(one.reservation_id) ? ` · ${say('expiring')}` : ''}${one.overdue ? ` · ${say('overdue')}` : ''}`));
  const expired = page.expired_not_landed.map((/** @type {any} */ one) => tr(shortId(one.reservation_id), portName(one.port_id), one.vessel, String(one.persons), dayTime(one.expired_at, page.at)));
  const overrides = page.overrides.map((/** @type {any} */ one) => tr(dayTime(one.at, page.at), shortId(one.encounter_id), placeText(one), reasonText(one.code), one.text, one.by.duty));
  const withdrawn = page.withdrawn_directions.map((/** @type {any} */ one) => tr(dayTime(one.at, page.at), shortId(one.encounter_id), placeText(one), one.centre, one.text, one.by.duty));
  const aged = page.aged_reports.map((/** @type {any} */ one) => tr(portName(one.port_id), say(`port_${one.report === 'capacity' ? 'places' : one.report}`), say('ago', { age: sayAge(ageOf(one.reported_at)) })));
  const [handed, taken] = ['handed', 'taken'].map((name) => make('input', { id: `sign-${name}`, autocomplete: 'off', maxlength: '120' }));
  const told = make('p', { role: 'status' });
  const sign = make('button', { type: 'submit', class: 'primary' }, say('sign'));
  const form = make('form', { class: 'sign no-print', novalidate: true }, make('h3', {}, say('sign_title')), make('div', { class: 'fields' }, make('div', { class: 'field' }, make('label', { for: 'sign-handed' }, say('handed_by')), handed), make('div', { class: 'field' }, make('label', { for: 'sign-taken' }, say('taken_by')), taken)), make('div', { class: 'actions' }, sign), told);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const signed = await ask('POST', '/v1/handover', { page_sha256: digest, handed_by: handed.value, taken_by: taken.value });
      told.textContent = say('signed', { id: signed.handover_id, at: formatUtc(signed.at) });
      sign.disabled = true;
    } catch (failure) {
      told.textContent = explain(failure);
    }
  });
  const print = make('button', { type: 'button' }, say('print'));
  print.addEventListener('click', () => window.print());
  const file = make('button', { type: 'button' }, say('as_file'));
  file.addEventListener('click', () => save(`safeport-handover-${page.at.slice(0, 16).replaceAll(':', '')}.json`, text, 'application/json'));
  openSheet('handover', `${say('handover_title')} · ${page.at.slice(0, 10)} ${formatUtc(page.at)} UTC`, make('div', { class: 'actions no-print' }, print, file), make('p', { class: 'quiet' }, say('handover_note')),
    ...part(say('encounters'), encounters, [say('col_encounter'), say('col_persons'), say('recovered'), say('in_water'), say('medical'), say('vessel_on_scene'), say('col_position'), say('col_going'), say('col_seen'), say('twins')]),
    ...part(say('reservations'), held, [say('reservations'), say('col_port'), say('vessel_name'), say('col_persons'), say('col_state'), say('col_expiry')]),
    ...part(say('expired_not_landed'), expired, [say('reservations'), say('col_port'), say('vessel_name'), say('col_persons'), say('expired')]),
    ...part(say('overrides'), overrides, ['UTC', say('col_encounter'), say('col_port'), say('reason_code'), say('reason_text'), say('duty')]),
    ...part(say('withdrawn_directions'), withdrawn, ['UTC', say('col_encounter'), say('col_going'), say('centre_withdrawing'), say('reason_text'), say('duty')]),
    ...part(say('zones'), page.exclusion_zones.map((/** @type {any} */ one) => tr(one.name, one.reason, dayTime(one.from_at ?? one.drawn_at, page.at), one.to_at ? dayTime(one.to_at, page.at) : '', one.by.duty)), [say('zone_name'), say('reason_text'), say('zone_from_utc'), say('zone_to_utc'), say('duty')]),
    ...part(say('aged_reports'), aged, [say('col_port'), say('col_reported'), say('col_seen')]), make('p', { class: 'quiet digest' }, `SHA-256 ${digest}`), form);
}

/** Everything recorded of an encounter, in order. @param {string} encounterId */
export async function openRecord(encounterId) {
  let record;
  try {
    record = await ask('GET', `/console/v1/encounters/${encounterId}/record`);
  } catch (failure) {
    openSheet('record', say('record'), make('p', { class: 'warn', role: 'alert' }, explain(failure)));
    return;
  }
  const file = make('button', { type: 'button' }, say('export'));
  file.addEventListener('click', () => save(`safeport-${encounterId}.json`, JSON.stringify(record, null, 1), 'application/json'));
  const print = make('button', { type: 'button' }, say('print'));
  print.addEventListener('click', () => window.print());
  openSheet('record', `${say('record_title', { encounter: shortId(encounterId) })} · UTC`, make('div', { class: 'actions no-print' }, file, print),
    make('ol', { class: 'timeline' }, ...record.entries.map((/** @type {any} */ entry) => make('li', {}, make('b', {}, `${entry.at.slice(0, 10)} ${formatUtcSeconds(entry.at)}`), make('span', {}, eventText(entry.kind, entry.became), ...eventDetails(entry).map((text) => make('span', { class: 'detail' }, text))), make('span', { class: 'sub' }, `${has(`role_${entry.by.role}`) ? say(`role_${entry.by.role}`) : entry.by.role} · ${entry.by.duty} · ${say('row', { number: entry.sequence, hash: entry.hash.slice(0, 12) })}`)))),
    make('p', { class: 'quiet digest' }, say('record_head', { number: record.head.sequence, hash: record.head.hash })));
}

/** What else a row of the audit says that the line of its event has no room for. @param {{ kind: string, at: string, became: any, payload: string }} entry @returns {string[]} */
function eventDetails({ kind, at, became, payload }) {
  const line = eventText(kind, became);
  const { reason } = JSON.parse(payload).asked ?? {};
  const { reservation: held, position, code, text } = became;
  return [
    position ? `${say('col_seen')} ${dayTime(became.observed_at, at)} · ${placeSaid(became)}` : '', position ? reportedFacts(became).join(' · ') : '',
    ...(became.possible_duplicates ?? []).map(twinText), code && !became.decision_id ? say('code_of', { code: reasonText(code) }) : '',
    held ? `${say('eta')} ${dayTime(held.eta_at, at)} · ${say('col_expiry')} ${dayTime(held.expires_at, at)}` : '',
    held?.override ? say('held_override', { code: reasonText(held.override.code), text: held.override.text }) : '', text || became.evidence || reason || '',
  ].filter((detail) => detail && !line.includes(detail));
}

/** @param {{ encounter_id: string, distance_m: number, envelope_m: number }} pair */
const twinText = (pair) => say('twin_pair', { encounter: shortId(pair.encounter_id), distance: Math.round(pair.distance_m), envelope: Math.round(pair.envelope_m) });

/** A position as reported, and how good it is. @param {any} report */
const placeSaid = (report) => `${formatPosition(report.position.coordinates, language())}${report.uncertainty_m === null ? '' : ` ± ${Math.round(report.uncertainty_m)} m`}`;

/** Two reports that may be of one boat, side by side; people look, nothing is merged. @param {string} oneId @param {string} otherId */
export async function openComparison(oneId, otherId) {
  let both;
  try {
    both = await Promise.all([oneId, otherId].map((id) => ask('GET', `/v1/encounters/${id}`)));
  } catch (failure) {
    openSheet('compare', say('compare'), make('p', { class: 'warn', role: 'alert' }, explain(failure)));
    return;
  }
  openSheet('compare', say('compare_title', { one: shortId(oneId), other: shortId(otherId) }), make('p', { class: 'warn' }, say('twins_note')), ...both[0].possible_duplicates.filter((/** @type {any} */ pair) => pair.encounter_id === otherId).map((/** @type {any} */ pair) => make('p', {}, `${shortId(oneId)} · ${twinText(pair)}`)), make('div', { class: 'side-by-side' }, ...both.map((one) => make('section', { 'aria-label': shortId(one.encounter_id) },
    make('h3', {}, `${shortId(one.encounter_id)} · ${say('opened_at', { at: formatUtcSeconds(one.opened_at) })}`),
    make('dl', {}, ...one.reports.flatMap((/** @type {import('./documents.js').Report} */ report) => [
      make('dt', {}, `${dayTime(report.observed_at, now())} · ${say('ago', { age: sayAge(ageOf(report.observed_at)) })} · ${say(`source_${report.source}`)}`),
      make('dd', {}, placeSaid(report)), make('dd', {}, say('people_count', { count: personsText(report.persons) })),
      ...(report.making_way === null ? [make('dd', {}, say('way_unknown'))] : []), ...reportedFacts(report).map((fact) => make('dd', {}, fact)), make('dd', {}, report.text || say('no_text')), make('dd', { class: 'quiet' }, report.by.duty),
    ]))))));
}

/** Vessels as AIS has them: what the chart draws, as text. */
export function openTraffic() {
  const { traffic } = state;
  const rows = trafficRows().map((cells) => tr(...cells));
  openSheet('traffic', say('traffic_title'), make('p', { class: 'quiet' }, say('traffic_note')),
    traffic?.connected ? make('p', { class: traffic.lost_since ? 'warn' : 'quiet' }, say(traffic.lost_since ? 'traffic_lost' : 'traffic_heard', { age: sayAge(ageOf(traffic.lost_since ?? traffic.heard_at)) })) : make('p', {}, say('traffic_none')),
    rows.length ? table([say('vessel_name'), 'MMSI', say('traffic_kind'), say('col_position'), say('traffic_course'), say('traffic_speed'), say('col_seen')], rows) : make('p', { class: 'quiet' }, say('list_none')));
}

/** @type {[string, string][]} */
export const KEYS = [
  ['N', 'key_new'], ['D', 'key_direct'], ['O', 'key_override'], ['B', 'key_hold'], ['R', 'key_report'], ['C', 'key_compare'], ['T', 'key_record'], ['P', 'key_plan'], ['W', 'key_what_if'], ['Z', 'key_zone'], ['U', 'key_units'], ['H', 'key_handover'],
  ['↑ ↓', 'key_rows'], ['1 2 3', 'key_cards'], ['G', 'key_fit'], ['+ −', 'key_zoom'], ['S', 'key_screen'], ['?', 'key_help'], ['Esc', 'key_escape'],
];

/** @param {boolean} areOn @param {(on: boolean) => void} onChange */
export function openHelp(areOn, onChange) {
  const box = make('input', { type: 'checkbox', id: 'keys-on', checked: areOn });
  box.addEventListener('change', () => onChange(box.checked));
  openSheet('help', say('help_title'), make('p', {}, box, ' ', make('label', { for: 'keys-on' }, say('keys_on'))), make('table', { class: 'keys' }, make('tbody', {}, ...KEYS.map(([key, words]) => make('tr', {}, make('th', { scope: 'row' }, make('kbd', {}, key)), make('td', {}, say(words)))))), make('p', { class: 'quiet' }, say('areas_uncertain')));
}

/** @param {{ palette: () => string, setPalette: (name: 'day' | 'dusk' | 'night') => void, dimming: () => number, setDimming: (percent: number) => void }} screen */
export function openScreen(screen) {
  const choices = /** @type {('day' | 'dusk' | 'night')[]} */ (['day', 'dusk', 'night']).map((name) => {
    const button = make('button', { type: 'button', 'data-palette-choice': name, 'aria-pressed': String(screen.palette() === name) }, say(`palette_${name}`));
    button.addEventListener('click', () => { screen.setPalette(name); openScreen(screen); });
    return button;
  });
  const range = make('input', { type: 'range', id: 'dimmer-range', min: '0', max: '75', value: String(screen.dimming()) });
  range.addEventListener('input', () => screen.setDimming(Number(range.value)));
  openSheet('screen', say('screen_title'), make('div', { class: 'actions' }, ...choices), make('p', {}, make('label', { for: 'dimmer-range' }, say('dimmer')), ' ', range));
}

/** What happened, in words. @param {string} kind @param {any} body */
export function eventText(kind, body) {
  const held = body.reservation ?? null;
  const port = body.port_id ?? held?.port_id;
  const { places = null, occupied = null } = body.capacity ?? {};
  const free = places && places.total !== null ? places.total - (occupied?.total ?? 0) : null;
  const figures = {
    kind, encounter: shortId(body.encounter_id ?? held?.encounter_id), port: port ? portName(port) : (body.place || '?'), vessel: held?.vessel ?? '',
    count: held ? held.persons.total : personsText(body.persons), reservation: shortId(held?.reservation_id), landed: held?.landed?.total ?? '',
    centre: body.centre ?? '', code: body.code ? reasonText(body.code) : '', text: body.text ?? body.evidence ?? body.reason ?? '', status: body.status ? say(`reported_${body.status.status}`) : '',
    free: free ?? '?', short: free === null ? '' : -free, source: body.source ? say(`source_${body.source}`) : '',
    zone: body.name ?? '', reason: body.ended?.reason ?? body.reason ?? '',
    from: body.from_centre ?? '', to: body.to_centre ?? '', step: body.step ? say(`step_${body.step}`) : '', outcome: body.recommended ? portName(body.recommended) : say('going_none'),
  };
  const name = `${kind.replaceAll('.', '_')}${body.capacity && free !== null && free < 0 ? '_over' : ''}`;
  return has(`event_${name}`) ? say(`event_${name}`, figures) : say('event_other', figures);
}
