import assert from 'node:assert/strict';
import test from 'node:test';

import { isNegative, numberMeant } from './number_text.js';

test('a number is read as it is written', () => {
  for (const [text, number] of [['500', 500], [' 0,5 ', 0.5], ['0.5', 0.5], ['1 000', 1000], ['1\u202f000,5', 1000.5], ['0', 0], ['0,125', 0.125]]) {
    assert.equal(numberMeant(/** @type {string} */ (text)), number, String(text));
  }
  assert.equal(numberMeant('500 m', ['m']), 500);
  assert.equal(numberMeant('12nd', ['kn', 'nd']), 12);
  assert.equal(numberMeant(''), null);
  assert.equal(numberMeant(undefined), null);
});

test('what is no number, or may be two, is refused and never none', () => {
  for (const text of ['x', '500 m', '1,000', '1 00', '-5', '1e3', '0x10', 'Infinity', '5 5', '1.2.3', '~500', '10–20']) {
    assert.ok(Number.isNaN(numberMeant(text)), text);
  }
  // Miles and metres are another thing.
  assert.ok(Number.isNaN(numberMeant('0,5 M', ['m'])));
  assert.ok(Number.isNaN(numberMeant('m', ['m'])));
});

test('a number below zero is told from what is no number', () => {
  for (const text of ['-5', ' −0,5', '– 3 min']) assert.ok(isNegative(text), text);
  for (const text of ['5', '10–20', '-', 'x', '']) assert.ok(!isNegative(text), text);
});
