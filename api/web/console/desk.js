// What is on the screen and what of it is chosen: choosing anywhere chooses everywhere, and work begins from what is chosen.

import { ask } from '../shared/api.js';
import { readHarbours } from '../shared/chart_data.js';
import { byId, make, write } from '../shared/elements.js';
import { say } from '../shared/texts.js';
import { fail, showBanners, showFeeds } from './banners.js';
import { showDecision } from './decision.js';
import { showEncounters } from './encounters.js';
import { showPorts, statusOf } from './ports.js';
import { sayPresence } from './presence.js';
import { readView } from './reading.js';
import { palette } from './settings.js';
import { openComparison, openRecord, openWhatIf, supposedText } from './sheets.js';
import { candidates, may, placesOf, shortId, state, stateOf } from './state.js';
import { READ_MS, readTraffic, vesselsDrawn } from './traffic.js';
import * as work from './work.js';
import { showZones, useZoneChart } from './zones.js';

/** @typedef {import('../shared/chart.js').Chart} Chart */

/** @type {Chart | null} */ let chart = null;

/** The chart, once there is one. */
export const chartShown = () => chart;

/** Draw anew, and leave the focus on what it was on. @param {() => void} draw */
function keepingFocus(draw) {
  const { encounter, port, card, zone, do: piece } = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset ?? {};
  draw();
  for (const [name, value] of Object.entries({ encounter, port, card, zone, do: piece })) {
    if (value && document.activeElement === document.body) {
      /** @type {HTMLElement | null} */ (document.querySelector(`[data-${name}="${CSS.escape(value)}"]`))?.focus({ preventScroll: true });
    }
  }
}

export function show() {
  keepingFocus(() => {
    showEncounters(pickEncounter);
    showPorts(pickPort);
    showDecision(actions);
    showZones(pickZone);
  });
  showChart();
  showFeeds();
  showBanners();
  showRights();
}

function showChart() {
  if (!chart) return;
  const ports = candidates();
  const known = new Set([...ports.map((one) => one.port.id), ...(state.picture?.ports ?? []).map((one) => one.port_id), ...(state.portId ? [state.portId] : [])]);
  const shown = [...known].map((id) => {
    const port = ports.find((one) => one.port.id === id);
    const chosen = id === (state.portId ?? ports[0]?.port.id);
    return { id, status: statusOf(id), name: state.harbours.get(id)?.name ?? { en: id, fr: id }, at: null, route: port?.route?.coordinates ?? null, chosen };
  });
  // Ports that are excluded come last: they give way to others.
  shown.sort((a, b) => Number(a.status === 'excluded') - Number(b.status === 'excluded'));
  chart.setAnswer(shown, false, null);
  chart.setVessels(vesselsDrawn());
  chart.setCases((state.picture?.encounters ?? []).map((row) => {
    const kind = stateOf(row, placesOf(row.encounter_id));
    return {
      id: row.encounter_id, label: shortId(row.encounter_id), position: row.latest.position.coordinates, chosen: row.encounter_id === state.encounterId,
      state: kind === 'landing' ? /** @type {const} */ ('landing') : row.direction ? /** @type {const} */ ('directed') : /** @type {const} */ ('new'),
    };
  }));
}

/** What may be done is what is shown; the service refuses the rest all the same. */
function showRights() {
  byId('new-encounter').hidden = !may('report_encounter') || state.whatIf !== null;
  byId('open-plan').hidden = !may('plan');
  byId('open-what-if').hidden = !may('plan');
  byId('sign-out').hidden = !state.session?.signed_in;
  byId('open-handover').hidden = !may('sign_handover');
}

/** @param {string} encounterId */
export async function pickEncounter(encounterId) {
  if (state.encounterId !== encounterId) {
    state.encounterId = encounterId;
    state.view = null;
    state.portId = null;
  }
  show();
  sayPresence(work.ownCentre(), show);
  try {
    if (state.whatIf) await suppose(state.whatIf.supposed);
    await readView(encounterId);
  } catch (reason) {
    fail(reason);
  }
}

/** @param {string} portId */
export function pickPort(portId) {
  state.portId = state.portId === portId ? null : portId;
  show();
  // What a card shows already need not be looked for below it.
  if (!document.querySelector(`[data-card="${CSS.escape(portId)}"]`)) document.querySelector('#decision .port-title')?.scrollIntoView({ block: 'start' });
}

/** @param {string} zoneId */
function pickZone(zoneId) {
  state.zoneId = state.zoneId === zoneId ? null : zoneId;
  show();
  const zone = state.picture?.zones.find((one) => one.zone_id === state.zoneId);
  if (zone) chart?.show(zone.outline.coordinates[0]);
}

/** @param {import('./documents.js').Supposed} supposed */
export async function suppose(supposed) {
  const found = await ask('POST', '/console/v1/what-if', { ...supposed, encounter_id: state.encounterId }, 60000);
  state.whatIf = { supposed, ...found };
  document.body.dataset.ground = 'what-if';
  const bar = byId('what-if-bar');
  const leave = make('button', { type: 'button', id: 'leave-what-if' }, say('leave_what_if'), make('kbd', {}, 'Esc'));
  leave.addEventListener('click', leaveWhatIf);
  const change = make('button', { type: 'button' }, say('change_what_if'));
  change.addEventListener('click', () => openWhatIf(suppose));
  const others = found.encounters.filter((/** @type {any} */ one) => one.now.port_id !== one.then.port_id || one.now.outcome !== one.then.outcome).length;
  bar.replaceChildren(make('b', {}, say('what_if_bar')), ` ${supposedText(supposed) || say('unchanged')} · ${say('what_if_changed', { count: others })} `, change, leave);
  bar.hidden = false;
  show();
}

export function leaveWhatIf() {
  state.whatIf = null;
  delete document.body.dataset.ground;
  byId('what-if-bar').hidden = true;
  byId('what-if-bar').replaceChildren();
  show();
}

/** @type {import('./decision.js').Actions} */
const actions = { pickPort, pickEncounter, begin };

/** @param {string} name @param {any} [subject] */
export async function begin(name, subject) {
  try {
    await state.namesRead;
    if (name === 'new') work.report(null, pickEncounter);
    else if (name === 'report') work.report(subject, pickEncounter);
    else if (name === 'direct') work.direct(subject);
    else if (name === 'withdraw') work.withdraw(subject);
    else if (name === 'override') work.override();
    else if (name === 'hold') work.hold(subject);
    else if (name === 'offer') work.offer(subject);
    else if (name === 'answer-offer') work.answerOffer(subject);
    else if (name === 'close') work.close(subject);
    else if (name === 'reopen') work.reopen(subject);
    else if (name === 'compare') await openComparison(/** @type {string} */ (state.encounterId), subject);
    else if (name === 'record') await openRecord(subject);
    else if (name === 'port-status') work.portStatus(subject);
    else if (name === 'port-capacity') work.portCapacity(subject);
    else if (name === 'port-reception') work.portReception(subject);
    else if (name === 'confirm' || name === 'extend' || name === 'land' || name === 'transfer' || name === 'release') work[name](subject);
  } catch (reason) {
    fail(reason);
  }
}

/** @param {Chart} made */
function useChart(made) {
  chart = made;
  useZoneChart(() => chart);
  show();
}

/** @param {() => void} named */
async function readNames(named) {
  const vessels = ask('GET', '/v1/vessels');
  // Looked at below: ports have their names sooner.
  vessels.catch(() => {});
  for (const harbour of await readHarbours()) state.harbours.set(harbour.id, harbour);
  show();
  named();
  for (const { profile, name } of (await vessels).vessels) state.vessels.set(profile, name);
  show();
}

async function drawChart() {
  const { createChart } = await import('../shared/chart.js');
  useChart(await createChart(byId('chart'), byId('scale'), palette(), pickPort, pickEncounter, pickZone));
}

/** Draw the chart, which takes a quarter of a second to begin. @param {() => void} named When ports have their names. */
export function beginChart(named) {
  // Without them ports and vessels are called by their ids, and the chart says itself that it is off.
  state.namesRead = readNames(named).catch(() => {});
  drawChart().catch(() => { write(byId('chart'), say('chart_off')); });
}

async function drawTraffic() {
  try {
    if (!await readTraffic()) return;
    const feed = state.picture?.feeds.find((one) => one.id === 'ais');
    if (feed) Object.assign(feed, { at: state.traffic?.heard_at ?? null, lost_since: state.traffic?.lost_since ?? null });
    chart?.setVessels(vesselsDrawn());
    showFeeds();
    showBanners();
  } catch { /* Ages run on, and say how old it is. */ }
}

/** Read and draw what AIS says, again and again. */
export function keepTraffic() {
  drawTraffic();
  setInterval(drawTraffic, READ_MS);
}
