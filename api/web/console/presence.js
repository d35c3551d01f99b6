// What this desk has on its screen, said to the service, and what the others have.

import { ask, authorization } from '../shared/api.js';
import { state } from './state.js';

/** @typedef {import('./documents.js').Desk} Desk */

/** The service forgets a desk after 45 s. [ms] */
const SAY_AGAIN_MS = 20000;
const OWN = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What other desks have on their screens. @param {Desk[]} desks */
export function hearDesks(desks) {
  state.desks = desks.filter((desk) => desk.desk !== OWN);
}

/** Say what is on the screen; that it is not heard keeps nobody from working. @param {string} centre @param {() => void} show */
export async function sayPresence(centre, show) {
  try {
    hearDesks((await ask('PUT', '/console/v1/presence', { desk: OWN, centre, encounter_id: state.encounterId })).desks);
    show();
  } catch { /* Said again soon. */ }
}

/** Say it again and again, and that this desk goes when it goes. @param {() => string} centre @param {() => void} show */
export function keepPresence(centre, show) {
  setInterval(() => sayPresence(centre(), show), SAY_AGAIN_MS);
  addEventListener('pagehide', () => {
    fetch('/console/v1/presence', {
      method: 'PUT', keepalive: true, body: JSON.stringify({ desk: OWN, encounter_id: null }),
      headers: { 'Content-Type': 'application/json', ...authorization() },
    }).catch(() => {});
  });
}
