// The console: one picture, read anew when something happens, and never shown as live when it is not.

import { ask, Refusal } from '../shared/api.js';
import { byId, make, write } from '../shared/elements.js';
import { formatLocal, formatUtc } from '../shared/format.js';
import { language, loadTexts, say } from '../shared/texts.js';
import { fail, heard, showBanners, showFeeds } from './banners.js';
import { begin, beginChart, chartShown, keepTraffic, pickEncounter, show, suppose } from './desk.js';
import { rowsShown, showAges } from './encounters.js';
import { beginHearing, hearAgain, showEvents } from './hearing.js';
import { beginKeys, openKeys, screen } from './keys.js';
import { keepPresence, sayPresence } from './presence.js';
import { forgetEarly, keepReading, readEarly, refresh, useReading } from './reading.js';
import { keepRights, signIn, signOut, useSession } from './session.js';
import { dimming, keep, kept, setDimming } from './settings.js';
import { closeSheet, isSheetOpen, openHandover, openPlan, openScreen, openWhatIf } from './sheets.js';
import { now, state } from './state.js';
import { ownCentre } from './work.js';
import { drawZone } from './zones.js';

/** @typedef {import('../shared/format.js').Lang} Lang */

const TRY_AGAIN_MS = 5000;

let hasBegun = false;

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
  chartShown()?.redraw();
  showEvents();
  show();
}

function showClock() {
  write(byId('clock'), formatUtc(now()));
  write(byId('clock-local'), `${formatLocal(now(), 'Europe/London')} · ${formatLocal(now(), 'Europe/Paris')}`);
}

/** Ages run on, and so does what follows from them. */
function showTimes() {
  showAges();
  showFeeds();
  showBanners();
}

/** Everything there is once it is known who looks. */
async function begun() {
  if (location.hash) history.replaceState(null, '', location.pathname);
  if (hasBegun) {
    await refresh();
    hearAgain();
    return;
  }
  hasBegun = true;
  if (!state.session?.keeps_records) {
    beginChart(showEvents);
    byId('banners').replaceChildren(make('p', { class: 'banner banner-bad', 'data-banner': 'no-store' }, say('no_store')));
    return;
  }
  // The boards come first: what draws the chart takes a quarter of a second to begin.
  await refresh();
  beginChart(showEvents);
  const first = rowsShown()[0];
  if (first && !state.encounterId) pickEncounter(first.encounter_id);
  beginHearing();
  keepReading();
  keepTraffic();
  keepPresence(ownCentre, show);
  keepRights();
  setInterval(showTimes, 1000);
  // A tab that was put to sleep shows at once how old it is.
  addEventListener('visibilitychange', showTimes);
}

async function start() {
  const session = ask('GET', '/console/v1/session');
  // Looked at below, where something can be said of it.
  session.catch(() => {});
  readEarly();
  useReading(show);
  useSession(begun, show);
  document.documentElement.dataset.palette = kept('palette', 'day');
  setDimming(dimming());
  const centre = /** @type {HTMLInputElement} */ (byId('own-centre'));
  centre.value = kept('console.centre', '');
  centre.addEventListener('change', () => { keep('console.centre', centre.value.trim()); sayPresence(ownCentre(), show); });
  await setLanguage(/** @type {Lang} */ (kept('lang', navigator.language.startsWith('fr') ? 'fr' : 'en')));
  centre.placeholder = say('own_centre');
  byId('language').addEventListener('click', () => setLanguage(language() === 'fr' ? 'en' : 'fr'));
  byId('new-encounter').addEventListener('click', () => begin('new'));
  byId('open-plan').addEventListener('click', openPlan);
  byId('open-what-if').addEventListener('click', () => openWhatIf(suppose));
  byId('open-handover').addEventListener('click', openHandover);
  byId('open-screen').addEventListener('click', () => openScreen(screen));
  byId('open-help').addEventListener('click', openKeys);
  byId('ports-all').addEventListener('click', () => { state.showsAllPorts = !state.showsAllPorts; show(); });
  byId('sign-out').addEventListener('click', signOut);
  byId('zones-draw').addEventListener('click', drawZone);
  byId('zoom-in').addEventListener('click', () => chartShown()?.zoom(1));
  byId('zoom-out').addEventListener('click', () => chartShown()?.zoom(-1));
  byId('fit').addEventListener('click', () => chartShown()?.fit());
  beginKeys();
  showClock();
  setInterval(showClock, 1000);
  try {
    state.session = await session;
  } catch (reason) {
    forgetEarly();
    if (reason instanceof Refusal && reason.status === 401) { signIn(); return; }
    heard();
    fail(reason);
    setTimeout(() => location.reload(), TRY_AGAIN_MS);
    return;
  }
  await begun();
}

start();
