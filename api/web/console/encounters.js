// The board of encounters: the most urgent first.

import { byId, make, write } from '../shared/elements.js';
import { language, say, sayAge } from '../shared/texts.js';
import { drawRows } from './rows.js';
import { ageOf, byUrgency, now, personsText, placesOf, placeText, portName, shortId, state, stateOf, vesselText, viewersText } from './state.js';

/** @typedef {import('./documents.js').Row} Row */

/** The rows in the order shown. @returns {Row[]} */
export function rowsShown() {
  return byUrgency(state.picture?.encounters ?? [], now(), placesOf);
}

/** @param {(encounterId: string) => void} onPick */
export function showEncounters(onPick) {
  const rows = rowsShown();
  const fresh = rows.filter((row) => stateOf(row, placesOf(row.encounter_id)) === 'new').length;
  const people = rows.reduce((sum, row) => sum + (row.persons?.max ?? row.persons?.min ?? 0), 0);
  write(byId('encounters-count'), say('encounters_count', { open: rows.length, fresh, people }));
  byId('encounters-none').hidden = rows.length > 0;
  const supposed = new Map((state.whatIf?.encounters ?? []).map((one) => [one.encounter_id, one]));
  drawRows(byId('encounter-rows'), rows.map((row) => {
    const id = row.encounter_id;
    const then = supposed.get(id);
    return {
      key: id, shows: [row, then, placesOf(id), viewersText(id), id === state.encounterId, language(), state.harbours.size, state.vessels.size],
      draw: () => line(row, then, onPick),
    };
  }));
}

/**
 * @param {Row} row @param {{ now: import('./documents.js').View, then: import('./documents.js').View } | undefined} supposed
 * @param {(encounterId: string) => void} onPick
 */
function line(row, supposed, onPick) {
  const held = placesOf(row.encounter_id);
  const kind = stateOf(row, held);
  const chosen = row.encounter_id === state.encounterId;
  const label = `${shortId(row.encounter_id)}`;
  const button = make('button', { type: 'button', class: 'pick', 'data-encounter': row.encounter_id, 'aria-pressed': String(chosen) }, label);
  button.addEventListener('click', () => onPick(row.encounter_id));
  const twin = row.possible_duplicate ? make('span', { class: 'twin', title: say('twin_title') }, say('twin')) : null;
  const view = supposed ? supposed.then : row.decided;
  const going = row.direction && !supposed ? placeText(row.direction) : viewPort(view);
  const changed = supposed !== undefined && (supposed.now.port_id !== supposed.then.port_id || supposed.now.outcome !== supposed.then.outcome);
  const note = supposed
    ? changed ? say('what_if_before', { port: viewPort(supposed.now) }) : say('what_if_same')
    : row.direction ? '' : view?.port_id ? say('advised') : '';
  const viewers = viewersText(row.encounter_id);
  const minutes = view?.time_to_landing_min ?? null;
  const tr = make('tr', { class: `state-${kind}${chosen ? ' chosen' : ''}${changed ? ' changed' : ''}`, 'data-row': row.encounter_id },
    make('td', {}, make('span', { class: `badge badge-${kind}` }, say(`state_${kind}`))),
    make('td', {}, button, twin, make('span', { class: 'sub vessel', title: vesselText(row, held) }, vesselText(row, held)), viewers ? make('span', { class: 'sub viewers' }, viewers) : null),
    make('td', { class: 'number strong' }, personsText(row.persons)),
    make('td', {}, going, note ? make('span', { class: 'sub' }, note) : null),
    make('td', { class: 'number' }, minutes === null ? '?' : String(Math.round(minutes))),
    make('td', { class: 'number', 'data-age': row.latest.observed_at }, sayAge(ageOf(row.latest.observed_at))));
  tr.addEventListener('click', (event) => { if (event.target !== button) onPick(row.encounter_id); });
  return tr;
}

/** @param {import('./documents.js').View | null | undefined} view */
function viewPort(view) {
  if (!view) return say('deciding');
  if (view.outcome === 'refused') return say('going_refused');
  if (view.code === 'NOBODY_REPORTED') return say('going_nobody');
  return view.port_id ? portName(view.port_id) : say('going_none');
}

/** Ages run on between pictures. */
export function showAges() {
  for (const cell of document.querySelectorAll('[data-age]')) {
    write(cell, sayAge(ageOf(/** @type {HTMLElement} */ (cell).dataset.age)));
  }
}
