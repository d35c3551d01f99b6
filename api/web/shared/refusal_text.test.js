import assert from 'node:assert/strict';
import test from 'node:test';

import { labelsOf, refusalText } from './refusal_text.js';

const labelOf = labelsOf([['/persons/total', 'People'], ['/persons/families', 'Of families'], ['/text', 'How told'], ['/vessel', 'Vessel']]);
const line = (/** @type {number} */ number) => `Line ${number}.`;

test('a field is called what it is called on the form', () => {
  const detail = 'need 500 places, 59 are left. Choose another port.';
  const error = { pointer: '/persons/total', code: 'NO_PLACES', detail };
  assert.equal(refusalText({ detail: `persons.total: ${detail}`, errors: [error] }, labelOf, line), `People: ${detail}`);
  assert.equal(refusalText({ detail: `persons.total : ${detail}`, errors: [error] }, labelOf, line), `People : ${detail}`);
  assert.equal(labelOf('/vessel/profile'), 'Vessel');
  assert.equal(labelOf('/persons'), 'People');
  assert.equal(labelOf('/observed_at'), null);
});

test('a count of the fields is not said beside them, and a sentence of its own is', () => {
  const errors = [{ pointer: '/text', code: 'WRONG_LENGTH', detail: 'has fewer characters than 1. Write all of it.' }];
  assert.equal(refusalText({ detail: 'One field is wrong: see errors.', errors }, labelOf, line), 'How told: has fewer characters than 1. Write all of it.');
  assert.equal(refusalText({ detail: 'The store is full.', errors: [] }, labelOf, line), 'The store is full.');
  assert.equal(refusalText({ detail: 'One field is wrong: see errors.', errors: [{ pointer: '/other_field', detail: 'is wrong.' }] }, labelOf, line), 'other_field: is wrong.');
  assert.equal(refusalText(null, labelOf, line), '');
});

test('which of many lines it is of is said all the same', () => {
  const errors = [{ pointer: '/texts/2', detail: 'is no position.' }];
  assert.equal(refusalText({ detail: 'texts.2: is no position.', errors }, labelOf, line), 'texts.2: is no position. Line 2.');
});
