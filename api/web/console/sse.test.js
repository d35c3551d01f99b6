import assert from 'node:assert/strict';
import test from 'node:test';

import { messageReader } from './sse.js';

const TEXT = ': listening\nretry: 2000\n\nid: 12\nevent: port.status\ndata: {"a":1}\n\n: still here\n\nid: 13\ndata: x\ndata: y\n\n';
const WANTED = [{ id: '12', event: 'port.status', data: '{"a":1}' }, { id: '13', event: 'message', data: 'x\ny' }];

test('messages come whole wherever the stream is cut', () => {
  for (let size = 1; size <= TEXT.length; size += 1) {
    const read = messageReader();
    const found = [];
    let comments = 0;
    for (let at = 0; at < TEXT.length; at += size) {
      const part = read(TEXT.slice(at, at + size));
      found.push(...part.messages);
      comments += part.comments;
    }
    assert.deepEqual(found, WANTED);
    assert.equal(comments, 2);
  }
});

test('lines may end with carriage returns, and what is not ended is not told', () => {
  const read = messageReader();
  assert.deepEqual(read('data: a\r\n\r\ndata: b\r\n').messages, [{ id: null, event: 'message', data: 'a' }]);
});

test('an id without data says how far everything was told', () => {
  const read = messageReader();
  assert.deepEqual(read('id: 14\n: current\n\n').messages, [{ id: '14', event: 'message', data: '' }]);
});
