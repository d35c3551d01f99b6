// The state of the terminal as it changes: one stream a browser, however many pages are open.
//
// A browser opens six connections to one origin. The page that holds the lock has the stream and passes it on; when it
// goes, another one takes over. Where the stream is silent, the state is asked for.

import { ask } from './api.js';

/** @typedef {import('./documents.js').State} State */

const SILENT_MS = 8000;
const EVENTS = '/terminal/v1/events';

/** @param {(state: State) => void} tell */
export function followState(tell) {
  const channel = new BroadcastChannel('safeport-state');
  let heardAt = performance.now();
  /** @param {State} state */
  const hear = (state) => { heardAt = performance.now(); tell(state); };
  channel.onmessage = (message) => hear(message.data);

  /** @type {EventSource | null} */
  let source = null;
  const open = () => {
    source?.close();
    source = new EventSource(EVENTS);
    source.addEventListener('state', (event) => {
      const state = JSON.parse(event.data);
      channel.postMessage(state);
      hear(state);
    });
  };
  navigator.locks.request('safeport-stream', () => new Promise((release) => {
    open();
    addEventListener('pagehide', () => { source?.close(); release(undefined); }, { once: true });
  }));
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  const poll = async () => {
    if (performance.now() - heardAt < SILENT_MS) return;
    try {
      hear(await ask('GET', '/terminal/v1/state', undefined, 3000));
      if (source?.readyState === EventSource.CLOSED) open();
    } catch {
      // The page says by itself that nothing is heard.
    }
  };
  setInterval(poll, 2000);
  ask('GET', '/terminal/v1/state', undefined, 5000).then(hear, () => undefined);
}
