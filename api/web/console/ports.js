// The board of ports: places, water and what was reported, in the order advised for the chosen encounter.

import { firstChannel, formatUtc } from '../shared/format.js';
import { byId, make, shape, write } from '../shared/elements.js';
import { language, say, sayAge } from '../shared/texts.js';
import { drawRows } from './rows.js';
import { EXPIRING_S, ageOf, candidates, depthAt, depthText, now, portName, shortId, state } from './state.js';

/** @typedef {import('./documents.js').PortReport} PortReport */

const HOURS = 12;

/** What is taken, held and free at a port; nulls where nobody has said. @param {string} portId */
export function placesAt(portId) {
  const report = state.picture?.ports.find((one) => one.port_id === portId) ?? null;
  const held = (state.picture?.reservations ?? []).filter((one) => one.port_id === portId);
  const heldPersons = held.reduce((sum, one) => sum + Math.max(0, one.persons.total - one.landed.total), 0);
  const ending = held.filter((one) => one.state === 'held').map((one) => one.expires_at).sort()[0] ?? null;
  return {
    report, held, heldPersons, ending, total: report?.capacity?.places.total ?? null,
    taken: report?.capacity?.occupied.total ?? null, free: report?.places_left.total ?? null,
  };
}

/** What is said instead where there are more people than places. */
const OVER = { places_left: 'places_left_over', places_bar: 'places_bar_over' };

/**
 * What is left in words; of a port with more people than places, by how many.
 * @param {ReturnType<typeof placesAt>} places @param {'places_left' | 'places_bar'} [words]
 */
export function placesText(places, words = 'places_left') {
  if (places.total === null) return say('places_unknown');
  const figures = { taken: places.taken ?? 0, held: places.heldPersons, free: places.free ?? '?', total: places.total };
  return places.free !== null && places.free < 0 ? say(OVER[words], { ...figures, short: -places.free }) : say(words, figures);
}

/** Status of a port: for the chosen encounter, else what it reported. @param {string} portId */
export function statusOf(portId) {
  const found = candidates().find((one) => one.port.id === portId);
  if (found) return found.status;
  const reported = state.picture?.ports.find((one) => one.port_id === portId)?.status?.status;
  if (state.whatIf?.supposed.closed.includes(portId) || reported === 'closed') return 'excluded';
  return reported === 'restricted' ? 'caution' : 'unconfirmed';
}

/** Ports to be shown, in order. */
function portIds() {
  const near = candidates().map((one) => one.port.id);
  const known = new Set([
    ...near, ...(state.picture?.ports ?? []).map((one) => one.port_id), ...(state.picture?.reservations ?? []).map((one) => one.port_id),
    ...(state.portId ? [state.portId] : []),
  ]);
  const others = [...(state.showsAllPorts ? state.harbours.keys() : known)].filter((id) => !near.includes(id));
  return [...near, ...others.sort((a, b) => portName(a).localeCompare(portName(b), language()))];
}

/** @param {(portId: string) => void} onPick */
export function showPorts(onPick) {
  write(byId('ports-order'), state.encounterId && candidates().length ? say('ports_order', { encounter: shortId(state.encounterId) }) : say('ports_by_name'));
  byId('ports-all').setAttribute('aria-pressed', String(state.showsAllPorts));
  const known = new Set(candidates().map((one) => one.port.id));
  drawRows(byId('port-rows'), portIds().map((id) => {
    const places = placesAt(id);
    const minutes = places.ending ? Math.ceil((Date.parse(places.ending) - now()) / 60000) : null;
    return {
      key: id, shows: [places, statusOf(id), known.has(id), minutes, id === state.portId, state.depths[id], language(), state.harbours.size],
      draw: () => line(id, onPick),
    };
  }));
}

/** @param {string} id @param {(portId: string) => void} onPick */
function line(id, onPick) {
  const places = placesAt(id);
  const status = statusOf(id);
  const chosen = id === state.portId;
  const button = make('button', { type: 'button', class: 'pick', 'data-port': id, 'aria-pressed': String(chosen) }, portName(id));
  button.addEventListener('click', () => onPick(id));
  const reported = places.report?.status ?? null;
  const words = candidates().some((one) => one.port.id === id) ? say(`status_${status}`) : say(`reported_${reported?.status ?? 'unknown'}`);
  const depths = state.depths[id];
  const at = [reported?.reported_at, places.report?.capacity?.reported_at, places.report?.reception?.reported_at].filter((one) => one !== undefined && one !== null).sort().pop();
  const leftS = places.ending ? (Date.parse(places.ending) - now()) / 1000 : null;
  const expiry = places.ending && leftS !== null
    ? make('td', { class: leftS < EXPIRING_S ? 'ending' : '' }, `${formatUtc(places.ending)} · ${leftS > 0 ? say('expires_in', { minutes: Math.ceil(leftS / 60) }) : say('expired')}`)
    : make('td', {}, '');
  const row = make('tr', { class: chosen ? 'chosen' : '', 'data-row': id },
    make('td', {}, /** @type {Node} */ (shape(status)), button),
    make('td', { class: `status-${status}` }, words, reported && reported.status === 'closed' && status !== 'excluded' ? ` · ${say('reported_closed')}` : ''),
    make('td', {}, bar(places)),
    make('td', { class: 'number strong' }, places.free === null ? '?' : places.free < 0 ? say('places_full', { short: -places.free }) : String(places.free)),
    make('td', { class: 'number' }, String(places.heldPersons)), expiry,
    make('td', { class: 'number' }, depthText(depthAt(depths, 0), language())),
    make('td', {}, hours(id)),
    make('td', {}, firstChannel(state.harbours.get(id)?.vhf) ?? '?'),
    make('td', { class: 'number', 'data-age': at ?? null }, at ? sayAge(ageOf(at)) : say('layer_none')));
  row.addEventListener('click', (event) => { if (event.target !== button) onPick(id); });
  return row;
}

/** Places as a bar. @param {ReturnType<typeof placesAt>} places */
function bar(places) {
  const label = placesText(places, 'places_bar');
  const box = make('span', { class: places.total === null ? 'bar bar-unknown' : 'bar', role: 'img', 'aria-label': label, title: label });
  if (places.total !== null && places.total > 0) {
    for (const [kind, count] of /** @type {[string, number][]} */ ([['taken', places.taken ?? 0], ['held', places.heldPersons]])) {
      const part = make('i', { class: `bar-${kind}` });
      part.style.width = `${Math.min(100, (100 * count) / places.total)}%`;
      box.append(part);
    }
  }
  return box;
}

/** Depth hour by hour as columns, and in words. @param {string} id */
export function hours(id) {
  const depths = state.depths[id];
  const known = Array.from({ length: HOURS + 1 }, (_, hour) => depthAt(depths, hour));
  const told = known.filter((depth) => depth !== null);
  if (!told.length) return make('span', { class: 'quiet' }, '?');
  const [least, most] = [Math.min(...told), Math.max(...told)];
  const label = say('depth_hours', { least: depthText(least, language()), most: depthText(most, language()) });
  const box = make('span', { class: 'hours', role: 'img', 'aria-label': label, title: label });
  for (const depth of known) {
    const column = make('i', { class: depth !== null && depth <= 0 ? 'dry' : '' });
    column.style.height = `${depth === null ? 0 : Math.max(4, Math.min(100, (100 * Math.max(depth, 0)) / Math.max(most, 0.1)))}%`;
    box.append(column);
  }
  const gate = depths?.gate_h;
  return gate ? make('span', {}, box, make('span', { class: 'sub' }, say('gate_hours', { before: gate[0], after: gate[1] }))) : box;
}
