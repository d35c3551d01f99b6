// One stream for all tabs of a browser: six connections are all it has for one origin.

import { follow } from './follow.js';

/** @typedef {import('./follow.js').Word} Word */

/** @type {Set<any>} Ports of the tabs. */
const tabs = new Set();
/** @type {Word} What the stream is now. */
let standing = { type: 'lost', status: null };
let hasBegun = false;
/** @type {Word[]} Told to a tab that comes later. */
const recent = [];
const MOST_RECENT = 60;

/** @param {Word} word */
function tell(word) {
  if (word.type === 'up' || word.type === 'lost') standing = word;
  if (word.type === 'event') recent.push(word);
  if (recent.length > MOST_RECENT) recent.shift();
  for (const tab of tabs) tab.postMessage(word);
}

// @ts-expect-error - the types are those of pages; a shared worker has this event.
self.onconnect = (/** @type {MessageEvent} */ connection) => {
  const tab = connection.ports[0];
  tab.onmessage = (/** @type {MessageEvent} */ message) => {
    if (message.data === 'leave') { tabs.delete(tab); return; }
    tabs.add(tab);
    if (hasBegun) {
      tab.postMessage(standing);
      for (const word of recent) tab.postMessage(word);
      return;
    }
    hasBegun = true;
    follow(message.data.headers, message.data.after, tell, new AbortController().signal);
  };
};
