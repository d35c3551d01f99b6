// The console: one picture, read anew when something happens, and never shown as live when it is not.

import { ask, Refusal, setToken } from '../shared/api.js';
import { formatAge, formatLocal, formatUtc, formatUtcSeconds } from '../shared/format.js';
import { byId, make, write } from '../shared/elements.js';
import { language, loadTexts, say } from '../shared/texts.js';
import { withEvent } from './apply.js';
import { showDecision } from './decision.js';
import { rowsShown, showAges, showEncounters } from './encounters.js';
import { closeForm, explain, isOpen } from './forms.js';
import { listen } from './live.js';
import { showPorts, statusOf } from './ports.js';
import { hearDesks, keepPresence, sayPresence } from './presence.js';
import { closeSheet, eventText, isSheetOpen, openComparison, openHandover, openHelp, openPlan, openRecord, openScreen, openTraffic, openWhatIf, supposedText } from './sheets.js';
import { ageOf, candidates, may, now, placesOf, shortId, state, stateOf } from './state.js';
import { READ_MS, readTraffic, vesselsDrawn } from './traffic.js';
import * as work from './work.js';
import { drawZone, isDrawing, leaveDrawing, newZone, showZones, useZoneChart } from './zones.js';

/** @typedef {import('../shared/format.js').Lang} Lang */
/** @typedef {import('../shared/palettes.js').PaletteName} PaletteName */
/** @typedef {import('../shared/chart.js').Chart} Chart */
/** @typedef {import('./documents.js').Told} Told */

/** Without a word from the service for so long the picture is old. [ms] */
const SILENT_MS = 20000;
/** The picture is read anew so often even if nothing happens: what is advised changes with the time. [ms] */
const REFRESH_MS = 30000;
const POLL_MS = 5000;
/** [A] Clocks farther apart than this disagree. As in the service. [ms] */
const CLOCKS_APART_MS = 120000;
/** A feed lost for less comes back by itself more often than not. [s] */
const LOST_S = 10;
/** Slower than the service takes attempts of nobody known. [ms] */
const SESSION_MS = 6000;
const EVENTS_SHOWN = 12;
/** Deciding everything anew waits so long after an event, and so many times as long as it took last. */
const DECIDE_AFTER_MS = 300;
const DECIDE_SHARE = 3;
/** Events of before that are told at the foot when the page opens. */
const EVENTS_BEFORE = 60;

/** @type {Chart | null} */ let chart = null;
let isStreamUp = false;
/** @type {number | null} */ let lostAt = null;
/** Of performance: when the service was last heard by any way. [ms] */ let heardAt = 0;
/** Number of the newest event known. */ let lastSequence = 0;
/** @type {{ since: number, sequence: number } | null} When the stream was lost and the newest event known then, until all since then has been told. */ let away = null;
/** @type {string} What was missed while away, in words. */ let missedWords = '';
/** @type {string} Why the last read failed. */ let failure = '';
/** @type {Told[]} */ let told = [];
let areKeysOn = true;
let hasBegun = false;
let isReading = false;
let wantsAgain = false;
/** @type {ReturnType<typeof setTimeout> | null} */ let decideLater = null;
let decideTookMs = 0;
let wantsDecision = false;

/** @param {string} name @param {string} other */
function kept(name, other) {
  try { return localStorage.getItem(`safeport.${name}`) ?? other; } catch { return other; }
}
/** @param {string} name @param {string} value */
function keep(name, value) {
  try { localStorage.setItem(`safeport.${name}`, value); } catch { /* The page works without a memory. */ }
}

/** Hear from the service. */
function heard() {
  heardAt = performance.now();
  failure = '';
}

/** @param {boolean} decides @returns {Promise<import('./documents.js').PictureNow>} */
const askPicture = (decides) => ask('GET', `/console/v1/picture?decide=${decides}`, undefined, 20000);

/** @type {{ begun: number, picture: Promise<import('./documents.js').PictureNow> } | null} Asked for while it was not known yet who looks. */
let early = null;

/**
 * Read the picture: first what is recorded, at once; then what is decided for it.
 * @param {boolean} decides
 */
async function readPicture(decides) {
  const begun = early ? early.begun : Date.now();
  const found = await (early ? early.picture : askPicture(decides));
  early = null;
  heard();
  state.clockOffsetMs = Date.parse(found.at) - (begun + Date.now()) / 2;
  state.trouble = found.trouble;
  const before = new Map((state.picture?.encounters ?? []).map((row) => [row.encounter_id, row.decided]));
  // What was decided a moment ago stands until it is decided anew.
  if (!decides) for (const row of found.picture.encounters) row.decided = before.get(row.encounter_id) ?? null;
  if (state.picture && found.picture.sequence < state.picture.sequence) return;
  state.picture = found.picture;
  state.readAt = found.at;
  state.heardAt = performance.now();
  lastSequence = Math.max(lastSequence, found.picture.sequence);
}

/** Everything anew, once at a time: what happens meanwhile is read right after. */
async function refresh() {
  if (isReading) { wantsAgain = true; return; }
  isReading = true;
  try {
    do {
      wantsAgain = false;
      await readPicture(false);
      show();
      performance.mark('picture-shown');
      if (state.encounterId) await readView(state.encounterId);
    } while (wantsAgain);
    decideSoon();
  } catch (reason) {
    early = null;
    failure = explain(reason);
    if (reason instanceof Refusal && reason.status === 401) signIn();
  }
  isReading = false;
  showBanners();
}

/** Decide once more after what has happened; while that is under way, once more after it. */
function decideSoon() {
  wantsDecision = true;
  if (decideLater === null) decideLater = setTimeout(decideAll, Math.max(DECIDE_AFTER_MS, DECIDE_SHARE * decideTookMs));
}

async function decideAll() {
  const begun = performance.now();
  wantsDecision = false;
  try {
    await readPicture(true);
    show();
  } catch (reason) {
    failure = explain(reason);
    showBanners();
  }
  decideTookMs = performance.now() - begun;
  decideLater = null;
  if (wantsDecision) decideSoon();
}

/** @param {string} encounterId */
async function readView(encounterId) {
  const view = await ask('GET', `/console/v1/encounters/${encounterId}`, undefined, 20000);
  heard();
  if (state.encounterId !== encounterId) return;
  state.view = view;
  show();
}

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

function show() {
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

/** What each source is and how old. */
function showFeeds() {
  const chips = (state.picture?.feeds ?? []).map((feed) => {
    const age = ageOf(feed.at);
    const isPast = feed.connected && ((age !== null && feed.limit_s !== null && age > feed.limit_s) || Boolean(feed.lost_since));
    const words = !feed.connected ? say('feed_none') : feed.until ? say('feed_until', { day: feed.until.slice(0, 10) }) : formatAge(age);
    return make('li', { class: isPast ? 'feed past' : feed.connected ? 'feed' : 'feed none', 'data-feed': feed.id }, `${say(`feed_${feed.id}`)} `, make('b', {}, words));
  });
  chips.push(make('li', { class: isStreamUp ? 'feed' : 'feed past', 'data-feed': 'stream' }, `${say('feed_stream')} `, make('b', {}, isStreamUp ? say('stream_live') : say('stream_lost', { age: formatAge(lostAt === null ? null : (performance.now() - lostAt) / 1000) }))));
  byId('feeds').replaceChildren(...chips);
}

/** What keeps the picture from being believed. */
function showBanners() {
  const lines = [];
  const silent = performance.now() - heardAt;
  const age = state.readAt ? formatAge((performance.now() - state.heardAt) / 1000) : '?';
  if (heardAt > 0 && (silent > SILENT_MS || (failure && !isStreamUp))) lines.push(['bad', 'silent', say('banner_silent', { age })]);
  else if (!isStreamUp && lostAt !== null && performance.now() - lostAt > 2000) lines.push(['warn', 'stream', say('banner_stream')]);
  if (failure) lines.push(['bad', 'failure', `${say('banner_failure', { age })} ${failure}`]);
  if (state.trouble) lines.push(['bad', 'store', say('banner_store', { text: state.trouble.text })]);
  if (Math.abs(state.clockOffsetMs) > CLOCKS_APART_MS) lines.push(['bad', 'clock', say('banner_clock', { seconds: Math.round(Math.abs(state.clockOffsetMs) / 1000) })]);
  for (const feed of state.picture?.feeds ?? []) {
    const old = ageOf(feed.at);
    const lost = ageOf(feed.lost_since);
    if (feed.connected && lost !== null) {
      if (lost > LOST_S) lines.push(['warn', `feed-${feed.id}`, say('banner_feed_lost', { feed: say(`feed_${feed.id}`), age: formatAge(lost) })]);
    } else if (feed.connected && old !== null && feed.limit_s !== null && old > feed.limit_s) lines.push(['warn', `feed-${feed.id}`, say('banner_feed', { feed: say(`feed_${feed.id}`), age: formatAge(old), limit: formatAge(feed.limit_s) })]);
  }
  if (missedWords) lines.push(['note', 'missed', missedWords]);
  if (state.undo && performance.now() > state.undo.until) state.undo = null;
  if (state.undo) lines.push(['note', 'undo', state.undo.words]);
  const key = JSON.stringify(lines);
  const box = byId('banners');
  document.body.classList.toggle('is-old', lines.some(([kind]) => kind === 'bad'));
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  box.replaceChildren(...lines.map(([kind, name, words]) => {
    const close = make('button', { type: 'button' }, say('read'));
    close.addEventListener('click', () => { if (name === 'undo') state.undo = null; else missedWords = ''; showBanners(); });
    const ways = name === 'undo' ? Object.entries(state.undo?.ways ?? {}).map(([way, act]) => {
      const button = make('button', { type: 'button', id: `undo-${way}` }, say(way));
      button.addEventListener('click', () => takeBack(act));
      return button;
    }) : [];
    return make('p', { class: `banner banner-${kind}`, 'data-banner': name }, words, ...ways, kind === 'note' ? close : null);
  }));
}

/** Take back what was just done here. @param {() => Promise<unknown> | void} act */
async function takeBack(act) {
  state.undo = null;
  showBanners();
  try { await act(); } catch (reason) {
    failure = explain(reason);
    showBanners();
  }
}

/** What may be done is what is shown; the service refuses the rest all the same. */
function showRights() {
  byId('new-encounter').hidden = !may('report_encounter') || state.whatIf !== null;
  byId('open-plan').hidden = !may('plan');
  byId('open-what-if').hidden = !may('plan');
  byId('sign-out').hidden = !state.session?.signed_in;
  byId('open-handover').hidden = !may('sign_handover');
}

/** @param {Told} event */
function hearEvent(event) {
  heard();
  if (event.kind === 'console.presence') { hearDesks(event.body.desks); show(); return; }
  if (!event.sequence) { refresh(); return; }
  if (!isOfBoard(event.kind)) return;
  lastSequence = Math.max(lastSequence, event.sequence);
  if (told.some((one) => one.sequence === event.sequence)) return;
  told = [event, ...told.filter((one) => one.sequence !== event.sequence)].sort((a, b) => b.sequence - a.sequence).slice(0, 200);
  showEvents();
  if (!state.picture || event.sequence <= state.picture.sequence) return;
  state.picture = withEvent(state.picture, event);
  keepingFocus(() => showEncounters(pickEncounter));
  refresh();
}

/** Decisions are recorded by the hundred and change nothing on the boards. @param {string} kind */
const isOfBoard = (kind) => !kind.startsWith('decision.') && !kind.startsWith('key.');

function showEvents() {
  byId('events').replaceChildren(...told.slice(0, EVENTS_SHOWN).map((event) => make('li', { 'data-event': event.kind }, make('b', {}, formatUtcSeconds(event.at)), ` ${eventText(event.kind, event.body)}`)));
}

/** @param {import('./follow.js').Word} word */
function hearStream(word) {
  if (word.type === 'event') { hearEvent(word.told); return; }
  if (word.type === 'heard') { heard(); return; }
  if (word.type === 'current') { showMissed(); return; }
  if (word.type === 'lost') {
    if (isStreamUp || lostAt === null) lostAt = performance.now();
    isStreamUp = false;
    away ??= { since: lostAt, sequence: lastSequence };
    if (word.status === 401) signIn();
  } else {
    heard();
    if (!word.wasUp) away = null;
    isStreamUp = true;
    lostAt = null;
    refresh();
  }
  showFeeds();
  showBanners();
}

/** What happened while the stream was away, once all of it has been told. */
function showMissed() {
  if (away === null) return;
  const { since, sequence } = away;
  away = null;
  const age = formatAge((performance.now() - since) / 1000);
  const missed = told.filter((event) => event.sequence > sequence);
  missedWords = missed.length ? say('missed', { age, count: missed.length, what: missed.slice(0, 4).map((event) => eventText(event.kind, event.body)).join(' · ') }) : say('missed_nothing', { age });
  showBanners();
}

/** @param {string} encounterId */
async function pickEncounter(encounterId) {
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
    failure = explain(reason);
    showBanners();
  }
}

/** @param {string} portId */
function pickPort(portId) {
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
async function suppose(supposed) {
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

function leaveWhatIf() {
  state.whatIf = null;
  delete document.body.dataset.ground;
  byId('what-if-bar').hidden = true;
  byId('what-if-bar').replaceChildren();
  show();
}

/** @type {import('./decision.js').Actions} */
const actions = { pickPort, pickEncounter, begin };

/** @param {string} name @param {any} [subject] */
async function begin(name, subject) {
  try {
    if (name === 'new') await work.report(null, pickEncounter);
    else if (name === 'report') await work.report(subject, pickEncounter);
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
    failure = explain(reason);
    showBanners();
  }
}

/** @param {KeyboardEvent} event */
function pressKey(event) {
  if (event.key === 'Escape' && !isOpen()) {
    // The form that opens then is not closed by the same key.
    if (isDrawing()) { event.preventDefault(); leaveDrawing(); }
    else if (isSheetOpen()) closeSheet();
    else if (state.whatIf) leaveWhatIf();
    return;
  }
  const target = /** @type {HTMLElement} */ (event.target);
  if (isOpen() || isSheetOpen() || event.ctrlKey || event.altKey || event.metaKey || target.matches('input, textarea, select')) return;
  if (!areKeysOn && event.key !== '?') return;
  const key = event.key.toLowerCase();
  const chosenPort = state.portId ?? candidates()[0]?.port.id ?? null;
  const isWhatIf = state.whatIf !== null;
  if (key === 'arrowdown' || key === 'arrowup') {
    if (target.closest('#ports-box, #decision, .scroll:focus') && !target.closest('#encounters')) return;
    const rows = rowsShown();
    const at = rows.findIndex((row) => row.encounter_id === state.encounterId);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (key === 'arrowdown' ? 1 : -1)))];
    if (next) { pickEncounter(next.encounter_id); document.querySelector(`[data-encounter="${CSS.escape(next.encounter_id)}"]`)?.scrollIntoView({ block: 'nearest' }); }
  } else if (key === '?') openHelp(areKeysOn, setKeys);
  else if (key === 's') openScreen(screen);
  else if (key === 'g') chart?.fit();
  else if (key === '+') chart?.zoom(1);
  else if (key === '-') chart?.zoom(-1);
  else if ('123'.includes(key)) { const port = candidates()[Number(key) - 1]; if (port) pickPort(port.port.id); else return; }
  else if (key === 'u') openTraffic();
  else if (key === 'w' && may('plan')) openWhatIf(suppose);
  else if (key === 't' && state.encounterId) begin('record', state.encounterId);
  else if (isWhatIf) return;
  else if (key === 'z' && may('draw_zones')) newZone();
  else if (key === 'n' && may('report_encounter')) begin('new');
  else if (key === 'p' && may('plan')) openPlan();
  else if (key === 'h' && may('sign_handover')) openHandover();
  else if (key === 'd' && state.view && chosenPort && may('direct')) begin('direct', chosenPort);
  else if (key === 'o' && state.view && may('override')) begin('override');
  else if (key === 'b' && state.view && chosenPort && may('hold_places')) begin('hold', chosenPort);
  else if (key === 'r' && state.portId && may('report_port')) begin('port-status', state.portId);
  else if (key === 'c' && state.view?.encounter.possible_duplicates.length) begin('compare', state.view.encounter.possible_duplicates[0].encounter_id);
  else return;
  event.preventDefault();
}

/** @param {boolean} on */
function setKeys(on) {
  areKeysOn = on;
  keep('console.keys', on ? 'on' : 'off');
}

const screen = {
  palette: () => document.documentElement.dataset.palette ?? 'day',
  /** @param {PaletteName} name */
  setPalette(name) {
    document.documentElement.dataset.palette = name;
    keep('palette', name);
    chart?.setPalette(name);
  },
  dimming: () => Number(kept('dimming', '0')),
  /** @param {number} percent */
  setDimming(percent) {
    keep('dimming', String(percent));
    document.documentElement.style.setProperty('--dimming', String(percent / 100));
  },
};

/** @param {Lang} lang */
async function setLanguage(lang) {
  await loadTexts(lang);
  keep('lang', lang);
  document.documentElement.lang = lang;
  document.title = say('console_title');
  for (const element of document.querySelectorAll('[data-say]')) write(element, say(/** @type {HTMLElement} */ (element).dataset.say ?? ''));
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', say(/** @type {HTMLElement} */ (element).dataset.label ?? ''));
  byId('legend').replaceChildren(...[['suitable', 'status_suitable'], ['caution', 'status_caution'], ['unconfirmed', 'status_unconfirmed'], ['excluded', 'status_excluded'], ['case-new', 'legend_new'], ['case-directed', 'legend_directed']].map(([kind, words]) => make('li', { class: `key-${kind}` }, say(words))));
  if (isSheetOpen()) closeSheet();
  chart?.redraw();
  showEvents();
  show();
}

function showClock() {
  write(byId('clock'), formatUtc(now()));
  write(byId('clock-local'), `${formatLocal(now(), 'Europe/London')} · ${formatLocal(now(), 'Europe/Paris')}`);
}

/** @type {ReturnType<typeof setInterval> | null} */ let waitsForSession = null;

async function signIn() {
  if (waitsForSession !== null) return;
  const isAgain = state.session !== null;
  const hasIssuer = await ask('GET', '/console/v1/sign-in').then((found) => Boolean(found.issuer), () => false);
  // A form under somebody's hands is left alone: its own refusal says that it is to be sent again.
  if (!isOpen()) work.askForToken(takeToken, hasIssuer, isAgain);
  if (hasIssuer && isAgain) waitsForSession = setInterval(lookForSession, SESSION_MS);
}

/** @param {string} token */
async function takeToken(token) {
  setToken(token);
  try {
    state.session = await ask('GET', '/console/v1/session');
  } catch (reason) {
    setToken(null);
    throw reason;
  }
  await begun();
}

/** Whether somebody has signed in meanwhile in another tab. */
async function lookForSession() {
  try {
    state.session = await ask('GET', '/console/v1/session');
  } catch { return; }
  if (waitsForSession !== null) clearInterval(waitsForSession);
  waitsForSession = null;
  closeForm('sign-in');
  await begun();
}

async function signOut() {
  try {
    const { next } = await ask('POST', '/console/v1/sign-out');
    location.assign(next ?? '/console');
  } catch (reason) {
    failure = explain(reason);
    showBanners();
  }
}

/** @param {Chart} made */
function useChart(made) {
  chart = made;
  useZoneChart(() => chart);
  for (const harbour of made.harbours) state.harbours.set(harbour.id, harbour);
  show();
  showEvents();
}

async function drawChart() {
  const { createChart } = await import('../shared/chart.js');
  useChart(await createChart(byId('chart'), byId('scale'), /** @type {PaletteName} */ (screen.palette()), pickPort, pickEncounter, pickZone));
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

async function readDepths() {
  try {
    state.depths = (await ask('GET', '/console/v1/depths', undefined, 30000)).ports;
    show();
  } catch { /* Asked again in ten minutes; until then depths are not known. */ }
}

function beginChart() {
  drawChart().catch(() => { write(byId('chart'), say('chart_off')); });
}

/** Everything there is once it is known who looks. */
async function begun() {
  if (location.hash) history.replaceState(null, '', location.pathname);
  if (hasBegun) {
    await refresh();
    listen(lastSequence, hearStream);
    return;
  }
  hasBegun = true;
  if (!state.session?.keeps_records) {
    beginChart();
    byId('banners').replaceChildren(make('p', { class: 'banner banner-bad', 'data-banner': 'no-store' }, say('no_store')));
    return;
  }
  // The boards come first: what draws the chart takes a quarter of a second to begin.
  await refresh();
  beginChart();
  const first = rowsShown()[0];
  if (first && !state.encounterId) pickEncounter(first.encounter_id);
  readDepths();
  listen(Math.max(0, (state.picture?.sequence ?? 0) - EVENTS_BEFORE), hearStream);
  setInterval(readDepths, 600000);
  drawTraffic();
  setInterval(drawTraffic, READ_MS);
  keepPresence(work.ownCentre, show);
  setInterval(() => { showAges(); showFeeds(); showBanners(); }, 1000);
  setInterval(() => {
    const since = performance.now() - state.heardAt;
    if (since > REFRESH_MS || (!isStreamUp && since > POLL_MS)) refresh();
  }, 1000);
}

async function start() {
  const session = ask('GET', '/console/v1/session');
  early = { begun: Date.now(), picture: askPicture(false) };
  // Looked at below, where something can be said of it.
  for (const asked of [session, early.picture]) asked.catch(() => {});
  document.documentElement.dataset.palette = kept('palette', 'day');
  screen.setDimming(screen.dimming());
  areKeysOn = kept('console.keys', 'on') === 'on';
  const centre = /** @type {HTMLInputElement} */ (byId('own-centre'));
  centre.value = kept('console.centre', '');
  centre.addEventListener('change', () => { keep('console.centre', centre.value.trim()); sayPresence(work.ownCentre(), show); });
  await setLanguage(/** @type {Lang} */ (kept('lang', navigator.language.startsWith('fr') ? 'fr' : 'en')));
  centre.placeholder = say('own_centre');
  byId('language').addEventListener('click', () => setLanguage(language() === 'fr' ? 'en' : 'fr'));
  byId('new-encounter').addEventListener('click', () => begin('new'));
  byId('open-plan').addEventListener('click', openPlan);
  byId('open-what-if').addEventListener('click', () => openWhatIf(suppose));
  byId('open-handover').addEventListener('click', openHandover);
  byId('open-screen').addEventListener('click', () => openScreen(screen));
  byId('open-help').addEventListener('click', () => openHelp(areKeysOn, setKeys));
  byId('ports-all').addEventListener('click', () => { state.showsAllPorts = !state.showsAllPorts; show(); });
  byId('sign-out').addEventListener('click', signOut);
  byId('zones-draw').addEventListener('click', drawZone);
  byId('zoom-in').addEventListener('click', () => chart?.zoom(1));
  byId('zoom-out').addEventListener('click', () => chart?.zoom(-1));
  byId('fit').addEventListener('click', () => chart?.fit());
  addEventListener('keydown', pressKey);
  showClock();
  setInterval(showClock, 1000);
  try {
    state.session = await session;
  } catch (reason) {
    early = null;
    if (reason instanceof Refusal && reason.status === 401) { signIn(); return; }
    failure = explain(reason);
    heard();
    failure = explain(reason);
    showBanners();
    setTimeout(() => location.reload(), POLL_MS);
    return;
  }
  await begun();
}

start();
