import assert from 'node:assert/strict';
import test from 'node:test';

import { withEvent } from './apply.js';

/** @returns {any} */
const picture = () => ({
  sequence: 7, encounters: [{ encounter_id: 'e-1', direction: null, coordination: null }, { encounter_id: 'e-2', direction: null, coordination: null }],
  reservations: [{ reservation_id: 'r-3', state: 'held', overdue: false }], ports: [], feeds: [],
});
/** @param {string} kind @param {any} body @param {number} [sequence] */
const event = (kind, body, sequence = 8) => ({ at: '', kind, sequence, subject: '', body });

test('a direction and a step between centres are on the board at once, of their encounter alone', () => {
  const directed = withEvent(picture(), event('direction.recorded', { encounter_id: 'e-2', port_id: 'dover' }));
  assert.deepEqual(directed.encounters.map((row) => row.direction?.port_id ?? null), [null, 'dover']);
  const withdrawn = withEvent(directed, { ...event('direction.withdrawn', { encounter_id: 'e-2' }), sequence: 9 });
  assert.deepEqual(withdrawn.encounters.map((row) => row.direction), [null, null]);
  const offered = withEvent(picture(), event('coordination.offered', { encounter_id: 'e-1', step: 'offered' }));
  assert.deepEqual(offered.encounters.map((row) => row.coordination?.step ?? null), ['offered', null]);
});

test('places come, change and go', () => {
  const held = withEvent(picture(), event('reservation.held', { reservation: { reservation_id: 'r-8', state: 'held' } }));
  assert.deepEqual(held.reservations.map((one) => one.reservation_id), ['r-3', 'r-8']);
  const gone = withEvent(picture(), event('reservation.released', { reservation: { reservation_id: 'r-3', state: 'released' } }));
  assert.deepEqual(gone.reservations, []);
});

test('what the picture knows already, or does not show, changes nothing', () => {
  const before = picture();
  assert.equal(withEvent(before, event('direction.recorded', { encounter_id: 'e-1' }, 7)), before);
  assert.equal(withEvent(before, event('handover.signed', {})), before);
});
