import assert from 'node:assert/strict';
import test from 'node:test';

import { elapsed } from './elapsed.js';

test('what was heard before the machine slept is as old as the wall clock says', () => {
  assert.equal(elapsed({ steady: 1000, wall: 50000 }, { steady: 3000, wall: 50000 + 8 * 3600000 }), 8 * 3600000);
});

test('a wall clock that was set back makes nothing new', () => {
  assert.equal(elapsed({ steady: 1000, wall: 50000 }, { steady: 31000, wall: 20000 }), 30000);
});
