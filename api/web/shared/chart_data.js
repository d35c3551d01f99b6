// Layers of the chart as the process serves them, unpacked.

import { authorization } from './api.js';

/** @typedef {import('./format.js').Lang} Lang */
/** @typedef {{ en: string, fr: string }} Words */
/** @typedef {[number, number][]} Line Longitude, latitude. [deg] */
/** @typedef {{ name: Words, ring: Line, least_depth_m?: number, flow_deg?: number, vhf?: string | null }} Area */
/** @typedef {{ id: string, name: Words, country: string, kind: string, vhf: string | null, at: [number, number], approach: [number, number], landing: Words }} Harbour */
/** @typedef {{ banks: Area[], lanes: Area[], ranges: Area[], limits: Line[] }} Areas */
/** @typedef {{ rings: Line[], lakes: Set<number> }} Coast */

export const COAST_LEVELS = [1000, 250, 100, 25, 0];

/** @param {string} name */
async function read(name) {
  const answer = await fetch(`/web/chart/${name}.json`, { headers: authorization() });
  if (!answer.ok) throw new Error(`chart layer ${name}: ${answer.status}`);
  return answer.json();
}

/**
 * First position and steps of an outline as positions.
 * @param {number[]} steps @param {number} scale @returns {Line}
 */
export function unpack(steps, scale) {
  /** @type {Line} */
  const line = [];
  let [lon, lat] = [0, 0];
  for (let k = 0; k < steps.length; k += 2) {
    lon += steps[k];
    lat += steps[k + 1];
    line.push([lon * scale, lat * scale]);
  }
  return line;
}

/** @returns {Promise<Areas>} */
export async function readAreas() {
  const raw = await read('areas');
  /** @param {any} area */
  const whole = (area) => ({ ...area, ring: unpack(area.ring, raw.scale) });
  return {
    banks: raw.banks.map(whole), lanes: raw.lanes.map(whole), ranges: raw.ranges.map(whole),
    limits: raw.limits.map((/** @type {number[]} */ steps) => unpack(steps, raw.scale)),
  };
}

/** @returns {Promise<Harbour[]>} */
export async function readHarbours() {
  return (await read('ports')).ports;
}

const WINDOW_STEP_DEG = 0.25;

/**
 * Name of the coast to draw: of a level, and of a window round the middle of the view where it is the whole of it.
 * @param {number} level One of COAST_LEVELS. [m] @param {readonly number[]} middle Longitude, latitude. [deg]
 */
export function coastName(level, middle) {
  if (level > 0) return `coast-${level}`;
  return `coast-0-${Math.round(middle[0] / WINDOW_STEP_DEG)}-${Math.round(middle[1] / WINDOW_STEP_DEG)}`;
}

/** @param {string} name Of coastName. @returns {Promise<Coast>} */
export async function readCoast(name) {
  const raw = await read(name);
  return {
    rings: raw.rings.map((/** @type {number[]} */ steps) => unpack(steps, raw.scale)),
    lakes: new Set(raw.lakes),
  };
}

/**
 * The level to draw: off by 0.8 of a device's pixel at most, the whole coast at harbour scale.
 * @param {number} metres Of water under one device pixel. [m]
 */
export function coastLevel(metres) {
  return COAST_LEVELS.find((level) => level <= 0.8 * metres) ?? 0;
}
