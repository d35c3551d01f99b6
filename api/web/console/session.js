// Who looks: signing in and out, and what happens where a session ends in mid-work.

import { ask, Refusal, setToken } from '../shared/api.js';
import { say } from '../shared/texts.js';
import { fail, link, showBanners } from './banners.js';
import { closeForm, isOpen } from './forms.js';
import { state } from './state.js';
import { askForToken } from './work.js';

/** Slower than the service takes attempts of nobody known. [ms] */
const SESSION_MS = 6000;

/** [A] What this desk may do, and whether its page is the service's, is asked for anew so often. [ms] */
const RIGHTS_MS = 30000;

/** @type {ReturnType<typeof setInterval> | null} */ let waitsForSession = null;
let whenSignedIn = async () => {};
let whenChanged = () => {};
let isFollowing = false;

/** @param {() => Promise<void>} then What comes once it is known who looks. @param {() => void} show Draw what is known now. */
export function useSession(then, show) {
  whenSignedIn = then;
  whenChanged = show;
}

/** Look anew, again and again, at what this desk may do; and at once where the service refuses what was shown as allowed. */
export function keepRights() {
  setInterval(followService, RIGHTS_MS);
  addEventListener('safeport-forbidden', followRights);
}

/** Show what this desk may do by now, and say so where that has changed; nothing typed is lost. */
async function followRights() {
  const before = state.session;
  if (isFollowing || before === null) return;
  isFollowing = true;
  try {
    const found = await ask('GET', '/console/v1/session');
    state.session = found;
    if (String(found.permissions) !== String(before.permissions) || found.role !== before.role) {
      link.notes.rights = say('rights_changed', { role: say(`role_${found.role}`), duty: found.duty });
      whenChanged();
    }
  } catch (reason) {
    const status = reason instanceof Refusal ? reason.status : 0;
    if (status === 403) {
      state.session = { ...before, permissions: [] };
      link.notes.rights = say('rights_none');
      whenChanged();
    }
    if (status === 401 || status === 403) signIn();
  }
  isFollowing = false;
}

/** Whether the service that answers now has another edition of this page. */
async function followEdition() {
  const own = /\/web\/v-([0-9a-f]+)\//.exec(import.meta.url)?.[1];
  try {
    link.isOutdated = own !== undefined && (await ask('GET', '/web/edition.json')).edition !== own;
    showBanners();
  } catch { /* Looked at again with what the desk may do. */ }
}

/** It may be another service that answers now: the stream was away, or some time has passed. */
export function followService() {
  followRights();
  followEdition();
}

export async function signIn() {
  if (waitsForSession !== null) return;
  const isAgain = state.session !== null;
  const hasIssuer = await ask('GET', '/console/v1/sign-in').then((found) => Boolean(found.issuer), () => false);
  // A form under somebody's hands is left alone: its own refusal says that it is to be sent again.
  if (!isOpen()) askForToken(takeToken, hasIssuer, isAgain);
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
  await whenSignedIn();
}

/** Whether somebody has signed in meanwhile in another tab. */
async function lookForSession() {
  try {
    state.session = await ask('GET', '/console/v1/session');
  } catch { return; }
  if (waitsForSession !== null) clearInterval(waitsForSession);
  waitsForSession = null;
  closeForm('sign-in');
  await whenSignedIn();
}

export async function signOut() {
  try {
    const { next } = await ask('POST', '/console/v1/sign-out');
    location.assign(next ?? '/console');
  } catch (reason) {
    fail(reason);
  }
}
