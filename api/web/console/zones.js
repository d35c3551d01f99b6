// Exclusion zones: the list beside the chart, and drawing, editing and ending them; by hand on the chart or by positions typed.

import { ask, Refusal } from '../shared/api.js';
import { formatUtc } from '../shared/format.js';
import { byId, make, write } from '../shared/elements.js';
import { language, say } from '../shared/texts.js';
import { dayTime } from './clock_text.js';
import { areaKm2, refusalOf, writtenCorner } from './outline.js';
import { keepTyped, openForm } from './forms.js';
import { may, now, state } from './state.js';
import { later, timeTyped, wrongTime } from './typed.js';
import { change } from './work.js';

/** @typedef {import('./documents.js').Zone} Zone */
/** @typedef {import('../shared/zone_layer.js').Corners} Corners */
/** @typedef {import('../shared/chart.js').Chart} Chart */

/** @type {(() => Chart | null)} */
let chartNow = () => null;
/** @type {(() => void) | null} What leaves drawing by hand, and loses nothing of the form. */
let leave = null;

/** @param {() => Chart | null} chart */
export function useZoneChart(chart) {
  chartNow = chart;
}

/** Corners of a zone, each once. @param {Zone} zone @returns {Corners} */
const cornersOf = (zone) => zone.outline.coordinates[0].slice(0, -1);

/** From when to when, in words. @param {Zone} zone */
function timesText(zone) {
  const from = zone.in_force ? say('zone_in_force') : say('zone_from', { at: dayTime(/** @type {string} */ (zone.from_at), now()) });
  return `${from} · ${zone.to_at ? say('zone_to', { at: dayTime(zone.to_at, now()) }) : say('zone_open_end')}`;
}

/** @param {(zoneId: string) => void} onPick */
export function showZones(onPick) {
  const zones = state.picture?.zones ?? [];
  const canDraw = may('draw_zones') && state.whatIf === null;
  byId('zones').hidden = !zones.length && !canDraw;
  byId('zones-draw').hidden = !canDraw;
  write(byId('zones-title'), say('zones_count', { count: zones.length }));
  byId('zones-list').replaceChildren(...zones.map((zone) => {
    const chosen = zone.zone_id === state.zoneId;
    const pick = make('button', { type: 'button', class: 'pick', 'data-zone': zone.zone_id, 'aria-pressed': String(chosen) }, zone.name);
    pick.addEventListener('click', () => onPick(zone.zone_id));
    const buttons = make('span', { class: 'actions' });
    if (canDraw && chosen) {
      for (const [name, words, act] of /** @type {[string, string, () => void][]} */ ([['edit', 'zone_edit', () => editZone(zone)], ['end', 'zone_end', () => endZone(zone)]])) {
        const button = make('button', { type: 'button', 'data-do': `zone-${name}` }, say(words));
        button.addEventListener('click', act);
        buttons.append(button);
      }
    }
    return make('li', { class: zone.in_force ? 'in-force' : '' }, pick, make('span', { class: 'sub' }, timesText(zone)),
      chosen ? make('span', { class: 'sub' }, `${zone.reason} · ${zone.by.duty} · ${areaText(cornersOf(zone))}`) : null, chosen ? buttons : null);
  }));
  chartNow()?.zones.set(zones.map((zone) => ({ id: zone.zone_id, label: zone.name, corners: cornersOf(zone), inForce: zone.in_force, chosen: zone.zone_id === state.zoneId })));
}

/** @param {Corners} corners */
const areaText = (corners) => say('zone_area', { corners: corners.length, area: new Intl.NumberFormat(language(), { maximumSignificantDigits: 2 }).format(areaKm2(corners)) });

/** A bar over the chart that says what to do while corners are set by hand. @param {string} words @param {...[string, () => void]} buttons */
function showBar(words, ...buttons) {
  const bar = byId('zones-bar');
  bar.replaceChildren(make('span', {}, words), ...buttons.map(([text, act]) => {
    const button = make('button', { type: 'button' }, text);
    button.addEventListener('click', act);
    return button;
  }));
  bar.hidden = false;
}

/** Whether corners are being set by hand. */
export const isDrawing = () => leave !== null;

/** Leave setting corners by hand; what was typed is kept. */
export function leaveDrawing() {
  leave?.();
}

/** @param {(corners: Corners | null) => void} then @returns {(corners: Corners | null) => void} */
function ending(then) {
  const end = (/** @type {Corners | null} */ corners) => {
    leave = null;
    byId('zones-bar').hidden = true;
    chartNow()?.zones.stop();
    then(corners);
  };
  leave = () => end(null);
  return end;
}

/** Set corners by hand, from nothing. @param {(corners: Corners | null) => void} then Null where it was left. */
function drawByHand(then) {
  const chart = chartNow();
  if (!chart) { then(null); return; }
  const end = ending(then);
  showBar(say('zone_drawing'), [say('cancel'), () => end(null)]);
  chart.zones.draw(end);
}

/** Move corners by hand. @param {Corners} corners @param {(corners: Corners | null) => void} then */
function moveByHand(corners, then) {
  const chart = chartNow();
  if (!chart) { then(null); return; }
  const end = ending(then);
  chart.show(corners);
  const moved = chart.zones.modify(corners);
  showBar(say('zone_moving'), [say('zone_moved'), () => end(moved())], [say('cancel'), () => end(null)]);
}

/** Draw on the chart first, and say the rest then. */
export function drawZone() {
  drawByHand((corners) => { if (corners) { keepTyped('zone:new', 'outline', linesOf(corners)); newZone(); } });
}

/** A zone by its positions typed, or drawn from the form. */
export function newZone() {
  openZone('zone:new', say('zone_new'), null, (body, key) => change('POST', '/v1/exclusion-zones', body, key));
}

/** @param {Corners} corners */
const linesOf = (corners) => corners.map(writtenCorner).join('\n');

/** @param {Zone} zone */
export function editZone(zone) {
  let { version } = zone;
  openZone(`zone:${zone.zone_id}`, say('zone_edit_title', { zone: zone.name }), zone, async (body, key) => {
    try {
      await changeZone('PUT', `/v1/exclusion-zones/${zone.zone_id}`, body, key, version);
    } catch (failure) {
      version = await versionNow(failure, zone, version);
      throw failure;
    }
  });
}

/** @param {Zone} zone */
export function endZone(zone) {
  let { version } = zone;
  openForm({
    name: `zone-end:${zone.zone_id}`, title: say('zone_end_title', { zone: zone.name }), submit: say('zone_end'), about: [make('p', { class: 'quiet' }, say('zone_end_note'))],
    fields: [{ name: 'reason', label: say('reason_text'), kind: 'area', needed: true }],
    standing: () => standing(zone.zone_id),
    async send(values, key) {
      try {
        await changeZone('POST', `/v1/exclusion-zones/${zone.zone_id}/end`, { reason: values.reason }, key, version);
      } catch (failure) {
        version = await versionNow(failure, zone, version);
        throw failure;
      }
    },
  });
}

/** @param {'POST' | 'PUT'} method @param {string} path @param {unknown} body @param {string} key @param {number} version */
const changeZone = (method, path, body, key, version) => ask(method, path, body, 60000, { 'Idempotency-Key': key, 'If-Match': `"${version}"` });

/** The version to change next: who sends a form again after a conflict has seen what holds now. @param {unknown} failure @param {Zone} zone @param {number} version */
async function versionNow(failure, zone, version) {
  if (!(failure instanceof Refusal) || failure.status !== 412) return version;
  const fresh = await ask('GET', `/v1/exclusion-zones/${zone.zone_id}`);
  if (state.picture) state.picture = { ...state.picture, zones: state.picture.zones.map((one) => (one.zone_id === zone.zone_id ? { ...one, ...fresh } : one)) };
  return fresh.version;
}

/** What holds now of a zone. @param {string} zoneId */
function standing(zoneId) {
  const zone = state.picture?.zones.find((one) => one.zone_id === zoneId);
  return make('p', {}, zone ? `${say('holds_now')} ${zone.name} · ${timesText(zone)} · ${areaText(cornersOf(zone))} · ${zone.reason} · ${zone.by.duty}` : say('zone_gone'));
}

/**
 * @param {string} name @param {string} title @param {Zone | null} zone
 * @param {(body: unknown, key: string) => Promise<unknown>} send
 */
function openZone(name, title, zone, send) {
  const again = () => openZone(name, title, zone, send);
  openForm({
    name, title, submit: say('zone_record'), about: [make('p', { class: 'quiet' }, say('zone_note'))],
    fields: [
      { name: 'name', label: say('zone_name'), kind: 'text', needed: true, value: zone?.name ?? '' },
      { name: 'reason', label: say('reason_text'), kind: 'text', needed: true, longest: 4000, value: zone?.reason ?? '' },
      { name: 'from', label: say('zone_from_utc'), kind: 'text', value: zone?.from_at && !zone.in_force ? formatUtc(zone.from_at) : '', sent: '/from_at', check: wrongTime },
      { name: 'to', label: say('zone_to_utc'), kind: 'text', value: zone?.to_at ? formatUtc(zone.to_at) : '', sent: '/to_at', check: wrongTime },
      {
        name: 'outline', label: say('zone_corners'), kind: 'positions', needed: true, hint: say('zone_corners_hint'), longest: 16000,
        value: zone ? linesOf(cornersOf(zone)) : '', refuse: (places) => { const key = refusalOf(places); return key ? say(key) : ''; }, told: areaText,
        buttons: [[say('zone_by_hand'), (places, close) => {
          close();
          const then = (/** @type {Corners | null} */ corners) => { if (corners) keepTyped(name, 'outline', linesOf(corners)); again(); };
          if (places) moveByHand(places, then); else drawByHand(then);
        }]],
      },
    ],
    standing: () => (zone ? standing(zone.zone_id) : null),
    async send(values, key) {
      const corners = /** @type {Corners} */ (JSON.parse(values.position));
      await send({
        name: values.name, reason: values.reason, outline: { type: 'Polygon', coordinates: [[...corners, corners[0]]] },
        from_at: timeOf(values.from, zone?.from_at ?? null), to_at: later(timeOf(values.to, zone?.to_at ?? null)),
      }, key);
    },
  });
}

/** The time meant by what was typed; one left as it was is that of its own day. @param {string} text @param {string | null} before */
function timeOf(text, before) {
  if (text.trim() === '') return null;
  return before && formatUtc(before) === text.trim() ? before : timeTyped(text);
}
