import assert from 'node:assert/strict';
import { test } from 'node:test';

import { areaKm2, crossesItself, refusalOf, writtenCorner } from './outline.js';

/** @type {[number, number][]} */
const SQUARE = [[1.3, 51.0], [1.4, 51.0], [1.4, 51.1], [1.3, 51.1]];

test('a square is an area and a bow tie is none', () => {
  assert.equal(refusalOf(SQUARE), '');
  assert.equal(refusalOf([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]), 'zone_crosses');
  assert.equal(refusalOf(SQUARE.slice(0, 2)), 'zone_too_few');
});

test('a corner that lies on another side makes it none', () => {
  assert.ok(crossesItself([[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]]));
  assert.ok(!crossesItself([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]]));
});

test('either way round it has one size, and a degree of latitude is sixty miles', () => {
  /** @type {[number, number][]} */
  const atEquator = [[0, -0.5], [1, -0.5], [1, 0.5], [0, 0.5]];
  assert.ok(Math.abs(areaKm2(atEquator) / (60 * 1.852) ** 2 - 1) < 0.01);
  assert.equal(areaKm2([...atEquator].reverse()), areaKm2(atEquator));
});

test('what is too large is said', () => {
  assert.equal(refusalOf([[0, 50], [2, 50], [2, 51], [0, 51]]), 'zone_too_large');
  assert.equal(refusalOf(Array.from({ length: 201 }, (_, k) => [1 + k / 1000, 51 + (k / 1000) ** 2])), 'zone_too_many');
});

test('sixty minutes never show', () => {
  assert.equal(writtenCorner([1.9999999, 50.9999999]), '51 00.000N 002 00.000E');
  assert.equal(writtenCorner([-0.5, 50.75]), '50 45.000N 000 30.000W');
});
