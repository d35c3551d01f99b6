import assert from 'node:assert/strict';
import test from 'node:test';

import { dayTime, dayTimeSeconds, timeMeant } from './clock_text.js';

test('hours and minutes are of the day they are nearest to', () => {
  const now = Date.parse('2026-11-29T23:50:00Z');
  assert.equal(timeMeant('23:40', now), '2026-11-29T23:40:00Z');
  assert.equal(timeMeant('0010', now), '2026-11-30T00:10:00Z');
  assert.equal(timeMeant('1:05 UTC', now), '2026-11-30T01:05:00Z');
  assert.equal(timeMeant('23h55', Date.parse('2026-11-30T00:10:00Z')), '2026-11-29T23:55:00Z');
});

test('what is no time is none', () => {
  for (const text of ['', '24:00', '12:60', 'soon', '12', '1234567']) assert.equal(timeMeant(text, 0), null, text);
});

test('a time of another day has its day', () => {
  const now = Date.parse('2026-11-30T22:11:00Z');
  assert.equal(dayTime('2026-11-30T23:59:59Z', now), '23:59');
  assert.equal(dayTime('2026-12-01T00:11:00Z', now), '2026-12-01 00:11');
  assert.equal(dayTimeSeconds('2026-11-29T23:59:59Z', now), '2026-11-29 23:59:59');
  assert.equal(dayTimeSeconds('2026-11-30T00:00:01Z', now), '00:00:01');
});
