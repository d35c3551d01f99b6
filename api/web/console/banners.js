// What keeps the picture from being believed: how the service is heard, how old each source is, and what was just done.

import { byId, make } from '../shared/elements.js';
import { say, sayAge } from '../shared/texts.js';
import { elapsed, moment } from './elapsed.js';
import { explain } from './forms.js';
import { ageOf, state } from './state.js';

/** @typedef {import('./elapsed.js').Moment} Moment */

/** Without a word from the service for so long the picture is old. [ms] */
const SILENT_MS = 20000;
/** [A] Clocks farther apart than this disagree. As in the service. [ms] */
const CLOCKS_APART_MS = 120000;
/** A feed lost for less comes back by itself more often than not. [s] */
const LOST_S = 10;

/** How the service is heard. */
export const link = {
  /** Whether the stream of events is. */ isUp: false,
  /** @type {Moment | null} Since when the stream is lost. */ lostAt: null,
  /** @type {Moment | null} When the service was last heard by any way. */ heardAt: null,
  /** Why the last request came to nothing. */ failure: '',
  /** @type {Record<string, string>} What is to be read once, in words, by its name: what was missed, what this desk may do now. */ notes: {},
  /** Whether the service has a newer edition of this page. */ isOutdated: false,
};

/** Hear from the service. */
export function heard() {
  link.heardAt = moment();
  link.failure = '';
}

/** Tell why something came to nothing. @param {unknown} reason */
export function fail(reason) {
  link.failure = explain(reason);
  showBanners();
}

/** What each source is and how old. */
export function showFeeds() {
  const chips = (state.picture?.feeds ?? []).map((feed) => {
    const age = ageOf(feed.at);
    const isPast = feed.connected && ((age !== null && feed.limit_s !== null && age > feed.limit_s) || Boolean(feed.lost_since));
    const words = !feed.connected ? say('feed_none') : feed.until ? say('feed_until', { day: feed.until.slice(0, 10) }) : sayAge(age);
    return make('li', { class: isPast ? 'feed past' : feed.connected ? 'feed' : 'feed none', 'data-feed': feed.id }, `${say(`feed_${feed.id}`)} `, make('b', {}, words));
  });
  chips.push(make('li', { class: link.isUp ? 'feed' : 'feed past', 'data-feed': 'stream' }, `${say('feed_stream')} `, make('b', {}, link.isUp ? say('stream_live') : say('stream_lost', { age: sayAge(link.lostAt === null ? null : elapsed(link.lostAt) / 1000) }))));
  byId('feeds').replaceChildren(...chips);
}

/** What keeps the picture from being believed. */
export function showBanners() {
  const lines = [];
  const age = state.readMoment ? sayAge(elapsed(state.readMoment) / 1000) : '?';
  if (link.heardAt !== null && (elapsed(link.heardAt) > SILENT_MS || (link.failure && !link.isUp))) lines.push(['bad', 'silent', say('banner_silent', { age })]);
  else if (!link.isUp && link.lostAt !== null && elapsed(link.lostAt) > 2000) lines.push(['warn', 'stream', say('banner_stream')]);
  if (link.failure) lines.push(['bad', 'failure', `${say('banner_failure', { age })} ${link.failure}`]);
  if (state.trouble) lines.push(['bad', 'store', say('banner_store', { text: state.trouble.text })]);
  if (Math.abs(state.clockOffsetMs) > CLOCKS_APART_MS) lines.push(['bad', 'clock', say('banner_clock', { seconds: Math.round(Math.abs(state.clockOffsetMs) / 1000) })]);
  for (const feed of state.picture?.feeds ?? []) {
    const old = ageOf(feed.at);
    const lost = ageOf(feed.lost_since);
    if (feed.connected && lost !== null) {
      if (lost > LOST_S) lines.push(['warn', `feed-${feed.id}`, say('banner_feed_lost', { feed: say(`feed_${feed.id}`), age: sayAge(lost) })]);
    } else if (feed.connected && old !== null && feed.limit_s !== null && old > feed.limit_s) lines.push(['warn', `feed-${feed.id}`, say('banner_feed', { feed: say(`feed_${feed.id}`), age: sayAge(old), limit: sayAge(feed.limit_s) })]);
  }
  if (link.isOutdated) lines.push(['warn', 'outdated', say('banner_outdated')]);
  for (const [name, words] of Object.entries(link.notes)) lines.push(['note', name, words]);
  if (state.undo && performance.now() > state.undo.until) state.undo = null;
  if (state.undo) lines.push(['note', 'undo', state.undo.words]);
  const key = JSON.stringify(lines);
  const box = byId('banners');
  document.body.classList.toggle('is-old', lines.some(([kind]) => kind === 'bad'));
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  box.replaceChildren(...lines.map(([kind, name, words]) => {
    const close = make('button', { type: 'button' }, say('read'));
    close.addEventListener('click', () => { if (name === 'undo') state.undo = null; else delete link.notes[name]; showBanners(); });
    const ways = name === 'undo' ? Object.entries(state.undo?.ways ?? {}).map(([way, act]) => {
      const button = make('button', { type: 'button', id: `undo-${way}` }, say(way));
      button.addEventListener('click', () => takeBack(act));
      return button;
    }) : [];
    if (name === 'outdated') {
      const reload = make('button', { type: 'button' }, say('reload'));
      reload.addEventListener('click', () => location.reload());
      ways.push(reload);
    }
    return make('p', { class: `banner banner-${kind}`, 'data-banner': name }, words, ...ways, kind === 'note' ? close : null);
  }));
}

/** Take back what was just done here. @param {() => Promise<unknown> | void} act */
async function takeBack(act) {
  state.undo = null;
  showBanners();
  try { await act(); } catch (reason) {
    fail(reason);
  }
}
