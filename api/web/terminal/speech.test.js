import assert from 'node:assert/strict';
import test from 'node:test';

import { callToCentre, callToPort, draftReport, spokenPersons, spokenPosition, vesselName } from './speech.js';

const port = { port: { id: 'dover', name: { en: 'Dover', fr: 'Douvres' }, vhf: '74 (12, 16)' }, eta_at: '2026-11-29T17:57:00Z' };
const decision = { coordination: { centres: [{ name: 'DOVER COASTGUARD', vhf: '16;11', mmsi: '002320010' }] } };
const encounter = { position: { coordinates: [1.4517, 51.0317] }, persons: { min: 30, max: 32 } };
const state = { vessel: { id: 'x', name: 'RNLI 17-44' } };

test('a position is spoken figure by figure', () => {
  assert.equal(spokenPosition([1.4517, 51.0317], 'en'), 'five one degrees zero one decimal nine north, zero zero one degrees two seven decimal one east');
  assert.match(spokenPosition([-1.5, 50], 'fr'), /ouest$/);
});

test('people not counted are said to be unknown', () => {
  assert.equal(spokenPersons(null, 'en'), 'number of persons not known');
  assert.equal(spokenPersons({ min: 30, max: 32 }, 'en'), 'at least three zero, at most three two persons on board');
  assert.equal(spokenPersons({ min: 6, max: 10 }, 'fr'), 'au moins six, au plus un zéro personnes à bord');
  assert.equal(spokenPersons({ min: 5, max: 5 }, 'fr'), 'cinq personnes à bord');
});

test('calls use message markers and never an instruction', () => {
  for (const lang of ['en', 'fr']) {
    const calls = [callToCentre(decision, port, state, encounter, lang), callToPort(port, state, encounter, lang)];
    assert.deepEqual(calls.map((call) => call.channel), ['16', '74']);
    for (const { words } of calls) {
      assert.match(words, /INFORMATION/);
      assert.match(words, /QUESTION/);
      assert.doesNotMatch(words, /INSTRUCTION|\bsafe\b|undefined|null/);
    }
  }
});

test('people in the water are spoken of once somebody has said', () => {
  const told = (/** @type {boolean | undefined} */ inWater, /** @type {'en' | 'fr'} */ lang) => callToCentre(decision, port, state, { ...encounter, persons_in_water: inWater }, lang).words;
  assert.match(told(true, 'en'), /INFORMATION: persons in the water\. INTENTION/);
  assert.match(told(false, 'fr'), /INFORMATION : plus personne à l'eau\. INTENTION/);
  assert.doesNotMatch(told(undefined, 'en'), /water/);
  for (const [inWater, words] of [[true, 'yes'], [false, 'nobody'], [null, 'not known']]) {
    const aboard = { ...state, persons: { min: 5, max: 5, in_water: inWater } };
    assert.match(draftReport(aboard, decision, port, encounter, null, 'en'), new RegExp(`Persons in the water: ${words}\\n`));
  }
});

test('the medical state is spoken of where somebody is in need', () => {
  const told = (/** @type {string | undefined} */ medical, /** @type {'en' | 'fr'} */ lang) => callToCentre(decision, port, state, { ...encounter, medical }, lang).words;
  assert.match(told('critical', 'en'), /INFORMATION: medical state critical\. INTENTION/);
  assert.match(told('urgent', 'fr'), /INFORMATION : état médical urgent\. INTENTION/);
  for (const unsaid of ['none', undefined]) assert.doesNotMatch(told(unsaid, 'en'), /medical/);
});

test('a vessel without a name is called by what she is, and an unknown one leaves it open', () => {
  const kind = { en: 'Emergency towing vessel (Abeille)', fr: 'Remorqueur de sauvetage (Abeille)' };
  assert.equal(vesselName({ vessel: { id: 'x', name: null, kind } }, 'fr'), 'Remorqueur de sauvetage');
  const unknown = { vessel: { id: 'unknown', name: null, kind: { en: 'Unknown vessel', fr: 'Navire inconnu' } } };
  assert.match(callToCentre(decision, port, unknown, encounter, 'en').words, /this is … \(own name\)\. /);
  assert.match(draftReport(unknown, decision, port, encounter, null, 'fr'), /^Navire : inconnu\n/);
  assert.match(draftReport(state, decision, port, encounter, 'critical', 'fr'), /État médical : critique/);
  assert.match(draftReport(state, decision, port, encounter, 'none', 'en'), /Medical state: none/);
  // What nobody has said is not none, though an answer was asked for as if.
  assert.match(draftReport(state, decision, port, { ...encounter, medical: 'none' }, null, 'en'), /Medical state: not known/);
});
