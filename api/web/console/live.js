// Events as they come: by the worker all tabs share, or by the tab that holds the lock, which passes them on.

import { authorization } from '../shared/api.js';
import { follow } from './follow.js';

/** @typedef {import('./follow.js').Word} Word */

/** A name for the stream of whoever has signed in that does not give the token away. @param {string} text */
async function nameOf(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @type {() => void} Listen no more to the stream of whoever was signed in before. */
let leave = () => {};

/** @param {number} after Number of the event after which to begin. @param {(word: Word) => void} tell */
export async function listen(after, tell) {
  leave();
  const headers = authorization();
  const name = `safeport-${headers.Authorization && crypto.subtle ? await nameOf(headers.Authorization) : 'local'}`;
  if (typeof SharedWorker !== 'undefined') {
    const worker = new SharedWorker(new URL('./stream_worker.js', import.meta.url), { type: 'module', name });
    worker.port.onmessage = (message) => tell(message.data);
    worker.port.postMessage({ headers, after });
    leave = () => { worker.port.postMessage('leave'); worker.port.onmessage = null; };
    addEventListener('pagehide', () => leave());
    addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
    return;
  }
  const channel = new BroadcastChannel(name);
  channel.onmessage = (message) => tell(message.data);
  const stop = new AbortController();
  leave = () => { stop.abort(); channel.onmessage = null; };
  addEventListener('pagehide', () => stop.abort(), { once: true });
  navigator.locks.request(name, () => follow(headers, after, (word) => { channel.postMessage(word); tell(word); }, stop.signal));
}
