// What is heard as it happens: events at the foot and on the boards, and what was missed while the stream was away.

import { byId, make } from '../shared/elements.js';
import { say, sayAge } from '../shared/texts.js';
import { withEvent } from './apply.js';
import { heard, link, showBanners, showFeeds } from './banners.js';
import { dayTimeSeconds } from './clock_text.js';
import { show } from './desk.js';
import { listen } from './live.js';
import { elapsed, moment } from './elapsed.js';
import { hearDesks } from './presence.js';
import { decideSoon, readAgain, readChosenSoon, refresh } from './reading.js';
import { followService, signIn } from './session.js';
import { eventText } from './sheets.js';
import { now, state } from './state.js';

/** @typedef {import('./documents.js').Told} Told */

const EVENTS_SHOWN = 12;
/** Events of before that are told at the foot when the page opens. */
const EVENTS_BEFORE = 60;

/** Number of the newest event told. */
let newest = 0;
/** @type {{ since: import('./elapsed.js').Moment, sequence: number } | null} When the stream was lost and the newest event known then, until all since then has been told. */
let away = null;
/** @type {Told[]} */
let told = [];

const newestKnown = () => Math.max(newest, state.picture?.sequence ?? 0);

/** Listen from a moment before now on. */
export function beginHearing() {
  listen(Math.max(0, newestKnown() - EVENTS_BEFORE), hearStream);
}

/** Listen as whoever has signed in by now. */
export function hearAgain() {
  listen(newestKnown(), hearStream);
}

/** @param {Told} event */
function hearEvent(event) {
  heard();
  if (event.kind === 'console.presence') { hearDesks(event.body.desks); show(); return; }
  if (!event.sequence) { refresh(); return; }
  if (!isOfBoard(event.kind)) return;
  newest = Math.max(newest, event.sequence);
  if (told.some((one) => one.sequence === event.sequence)) return;
  told = [event, ...told.filter((one) => one.sequence !== event.sequence)].sort((a, b) => b.sequence - a.sequence).slice(0, 200);
  showEvents();
  if (!state.picture || event.sequence <= state.picture.sequence) return;
  const before = state.picture;
  state.picture = withEvent(before, event);
  if (state.picture === before) { refresh(); return; }
  // It says all that stands on the boards; what is decided for it follows.
  show();
  decideSoon();
  if (state.encounterId && encounterOf(event) === state.encounterId) readAgain(state.encounterId);
  // Places are taken from or given back to everybody.
  else if (event.kind.startsWith('reservation.')) readChosenSoon();
}

/** Which encounter something happened to. @param {Told} event */
const encounterOf = (event) => event.body.encounter_id ?? event.body.reservation?.encounter_id ?? null;

/** Decisions are recorded by the hundred, and pages read, and change nothing on the boards. @param {string} kind */
const isOfBoard = (kind) => !['decision.', 'key.', 'page.'].some((part) => kind.startsWith(part));

export function showEvents() {
  byId('events').replaceChildren(...told.slice(0, EVENTS_SHOWN).map((event) => make('li', { 'data-event': event.kind }, make('b', {}, dayTimeSeconds(event.at, now())), ` ${eventText(event.kind, event.body)}`)));
}

/** @param {import('./follow.js').Word} word */
function hearStream(word) {
  if (word.type === 'event') { hearEvent(word.told); return; }
  if (word.type === 'heard') { heard(); return; }
  if (word.type === 'current') { showMissed(); return; }
  if (word.type === 'lost') {
    if (link.isUp || link.lostAt === null) link.lostAt = moment();
    link.isUp = false;
    away ??= { since: link.lostAt, sequence: newestKnown() };
    if (word.status === 401) signIn();
  } else {
    heard();
    if (!word.wasUp) away = null;
    link.isUp = true;
    link.lostAt = null;
    // It may be another service by now, or one that knows other roles.
    if (word.wasUp) followService();
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
  const age = sayAge(elapsed(since) / 1000);
  const missed = told.filter((event) => event.sequence > sequence);
  link.notes.missed = missed.length ? say('missed', { age, count: missed.length, what: missed.slice(0, 4).map((event) => eventText(event.kind, event.body)).join(' · ') }) : say('missed_nothing', { age });
  showBanners();
}
