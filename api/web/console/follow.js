// The stream of events of the service: read, resumed after the last event seen, and said to be lost where it is.

import { messageReader } from './sse.js';

/** @typedef {import('./documents.js').Told} Told */
/**
 * @typedef {{ type: 'event', told: Told } | { type: 'heard' } | { type: 'up', wasUp: boolean } | { type: 'current' } | { type: 'lost', status: number | null }} Word
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
/** The service sends a comment every 15 s: a line silent for longer than two of them is dead. */
const SILENT_MS = 35000;

/**
 * Follow the events until told to stop.
 * @param {Record<string, string>} headers @param {number} after Number of the event after which to begin. @param {(word: Word) => void} tell
 * @param {AbortSignal} stop
 */
export async function follow(headers, after, tell, stop) {
  let last = String(after);
  let wasUp = false;
  let wait = FIRST_WAIT_MS;
  while (!stop.aborted) {
    const line = new AbortController();
    let silent = setTimeout(() => line.abort(), SILENT_MS);
    stop.addEventListener('abort', () => line.abort(), { once: true });
    let status = null;
    try {
      const answer = await fetch('/v1/events', {
        headers: { Accept: 'text/event-stream', ...headers, 'Last-Event-ID': last }, signal: line.signal, cache: 'no-store',
      });
      status = answer.status;
      if (answer.ok && answer.body) {
        tell({ type: 'up', wasUp });
        wasUp = true;
        wait = FIRST_WAIT_MS;
        const read = messageReader();
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          clearTimeout(silent);
          silent = setTimeout(() => line.abort(), SILENT_MS);
          const { messages } = read(value);
          tell({ type: 'heard' });
          for (const message of messages) {
            if (message.id) last = message.id;
            tell(message.data ? { type: 'event', told: JSON.parse(message.data) } : { type: 'current' });
          }
        }
      }
    } catch {
      // Said below, whatever it was.
    }
    clearTimeout(silent);
    if (stop.aborted) return;
    tell({ type: 'lost', status });
    await new Promise((resume) => { setTimeout(resume, wait); });
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}
