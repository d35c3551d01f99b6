// Who looks: signing in and out, and what happens where a session ends in mid-work.

import { ask, setToken } from '../shared/api.js';
import { fail } from './banners.js';
import { closeForm, isOpen } from './forms.js';
import { state } from './state.js';
import { askForToken } from './work.js';

/** Slower than the service takes attempts of nobody known. [ms] */
const SESSION_MS = 6000;

/** @type {ReturnType<typeof setInterval> | null} */ let waitsForSession = null;
let whenSignedIn = async () => {};

/** @param {() => Promise<void>} then What comes once it is known who looks. */
export function useSession(then) {
  whenSignedIn = then;
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
