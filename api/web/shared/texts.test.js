import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withContractions } from './texts.js';

test('words before a name are as they are spoken', () => {
  for (const [written, spoken] of [
    ['marée de Ostende', "marée d'Ostende"],
    ['places retenues à Le Havre pour Severn', 'places retenues au Havre pour Severn'],
    ['destination de Les Sables', 'destination des Sables'],
    ['Historique de e-7', 'Historique de e-7'],
    ['mode Approche', 'mode Approche'],
    ['marée de Honfleur', 'marée de Honfleur'],
  ]) assert.equal(withContractions(written), spoken);
});
