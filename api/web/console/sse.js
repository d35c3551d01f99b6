// Server-sent events read from a stream of text, so that a token can go with the request: EventSource sends none.

/** @typedef {{ id: string | null, event: string, data: string }} Message */

/**
 * A reader of the lines of a stream: fed with text as it comes, it gives whole messages.
 * One with an id and no data tells nothing, and that everything up to its id has been told.
 * @returns {(text: string) => { messages: Message[], comments: number }}
 */
export function messageReader() {
  let rest = '';
  /** @type {Message} */
  let message = { id: null, event: 'message', data: '' };
  return (text) => {
    /** @type {Message[]} */
    const messages = [];
    let comments = 0;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.replace(/\r$/, '');
      if (line === '') {
        if (message.data !== '' || message.id !== null) messages.push(message);
        message = { id: null, event: 'message', data: '' };
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) { comments += 1; continue; }
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'id') message.id = value;
      else if (name === 'event') message.event = value;
      else if (name === 'data') message.data += (message.data === '' ? '' : '\n') + value;
    }
    return { messages, comments };
  };
}
