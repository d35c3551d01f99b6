import assert from 'node:assert/strict';
import test from 'node:test';

import { coastLevel, coastName, unpack } from './chart_data.js';
import { firstChannel, formatAge, formatBearing, formatLocal, formatPosition, spokenDigits, wayBetween } from './format.js';

test('minutes are rounded before they are split: 60.0 never shows', () => {
  assert.equal(formatPosition([1.4516, 50.99999], 'en'), '51°00.0′N  001°27.1′E');
  assert.equal(formatPosition([-0.0001, -0.0001], 'en'), '00°00.0′S  000°00.0′W');
  assert.equal(formatPosition([-1.99999, 50.5], 'en'), '50°30.0′N  002°00.0′W');
  assert.equal(formatPosition([1.45, 51.11], 'fr'), '51°06,6′N  001°27,0′E');
});

test('a bearing has three figures and never 360', () => {
  assert.deepEqual([359.6, 0, 7.4, -0.4, null].map(formatBearing), ['000', '000', '007', '000', '---']);
});

test('this computer has its own time, named', () => {
  assert.match(formatLocal('2026-11-29T17:57:00Z'), /^\d\d:\d\d \S+$/);
  assert.equal(formatLocal('2026-07-01T12:00:00Z', 'Europe/Paris'), '14:00 CEST');
  assert.equal(formatLocal('2026-11-29T12:00:00Z', 'Europe/London'), '12:00 GMT');
});

test('an age keeps to whole units and an unknown one is said to be so', () => {
  assert.deepEqual([0, 119.9, 120, 7199, 7200, 172800, null].map((s) => formatAge(s, 'en')), ['0 s', '119 s', '2 min', '119 min', '2 h', '2 d', '?']);
  assert.equal(formatAge(172800, 'fr'), '2 j');
});

test('the channel to call first', () => {
  assert.deepEqual(['74 (12, 16); marina 80', '16;11;67', null, 'none'].map(firstChannel), ['74', '16', null, null]);
});

test('digits are spoken one by one', () => {
  assert.equal(spokenDigits('18:05', 'en'), 'one eight zero five');
  assert.equal(spokenDigits('07', 'fr'), 'zéro sept');
});

test('a degree of latitude is sixty miles', () => {
  const way = wayBetween([1, 50], [1, 51]);
  assert.ok(Math.abs(way.miles - 60.04) < 0.1);
  assert.equal(Math.round(way.bearing), 0);
});

test('outlines are sums of their steps', () => {
  assert.deepEqual(unpack([100, 5000, 2, 0, 0, -3], 0.01), [[1, 50], [1.02, 50], [1.02, 49.97]]);
});

test('the coast is off by less than a pixel, and whole at harbour scale', () => {
  assert.deepEqual([3000, 320, 130, 32, 31, 2].map(coastLevel), [1000, 250, 100, 25, 0, 0]);
});

test('the whole coast is fetched round the view only', () => {
  assert.equal(coastName(100, [1.3, 51.1]), 'coast-100');
  assert.equal(coastName(0, [1.3194, 51.1175]), 'coast-0-5-204');
  assert.equal(coastName(0, [-0.05, 50.4]), 'coast-0-0-202');
  assert.equal(coastName(0, [-5.13, 50.4]), 'coast-0--21-202');
});
