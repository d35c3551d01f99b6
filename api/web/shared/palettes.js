// Colours of the chart after S-52; texts and status have tokens of their own in the styles, at 4.5:1 and more.

/** @typedef {'day' | 'dusk' | 'night'} PaletteName */
/**
 * @typedef {object} Palette
 * @property {string} land @property {string} coastline @property {string} water @property {string} shallow
 * @property {string} drying @property {string} bankLine @property {string} lane @property {string} laneFill
 * @property {string} limit @property {string} grid @property {string} route @property {string} otherRoute
 * @property {string} ship @property {string} target @property {string} text @property {string} halo
 * @property {string} suitable @property {string} caution @property {string} unconfirmed @property {string} excluded
 * @property {string} range @property {string} band @property {string} alert @property {string} zone @property {string} zoneFill
 */

/** @type {Record<PaletteName, Palette>} */
export const PALETTES = {
  day: {
    land: 'rgb(201 185 122)', coastline: 'rgb(82 90 92)', water: 'rgb(212 234 238)', shallow: 'rgb(152 197 242)',
    drying: 'rgb(131 178 149)', bankLine: 'rgb(125 137 140)', lane: 'rgb(197 69 195)',
    laneFill: 'rgb(211 166 233 / 0.28)', limit: 'rgb(70 76 78)', grid: 'rgb(125 137 140 / 0.45)',
    route: 'rgb(220 64 37)', otherRoute: 'rgb(7 7 7)', ship: 'rgb(7 7 7)', target: 'rgb(60 66 68)',
    text: 'rgb(7 7 7)', halo: 'rgb(255 255 255 / 0.85)', suitable: '#14691f', caution: '#7a4b00',
    unconfirmed: '#3d474a', excluded: '#9c1138', range: 'rgb(156 17 56 / 0.6)', band: 'rgb(70 76 78 / 0.12)', alert: '#c4122f',
    zone: '#8a1c5f', zoneFill: 'rgb(138 28 95 / 0.20)',
  },
  dusk: {
    land: 'rgb(44 41 27)', coastline: 'rgb(92 98 98)', water: 'rgb(12 14 15)', shallow: 'rgb(21 38 56)',
    drying: 'rgb(21 37 31)', bankLine: 'rgb(54 60 61)', lane: 'rgb(112 84 122)',
    laneFill: 'rgb(74 58 81 / 0.30)', limit: 'rgb(110 116 116)', grid: 'rgb(54 60 61 / 0.6)',
    route: 'rgb(214 80 50)', otherRoute: 'rgb(150 156 152)', ship: 'rgb(190 194 186)', target: 'rgb(140 146 142)',
    text: 'rgb(186 184 170)', halo: 'rgb(7 7 7 / 0.85)', suitable: '#6fae6f', caution: '#d3a13c',
    unconfirmed: '#a9aca4', excluded: '#d9738b', range: 'rgb(217 115 139 / 0.5)', band: 'rgb(150 156 152 / 0.10)', alert: '#f0697f',
    zone: '#e08ac0', zoneFill: 'rgb(224 138 192 / 0.16)',
  },
  night: {
    land: 'rgb(13 10 8)', coastline: 'rgb(72 50 42)', water: 'rgb(7 7 7)', shallow: 'rgb(3 4 30)',
    drying: 'rgb(8 14 9)', bankLine: 'rgb(31 34 35)', lane: 'rgb(70 30 66)',
    laneFill: 'rgb(52 18 52 / 0.22)', limit: 'rgb(84 60 50)', grid: 'rgb(40 28 24 / 0.7)',
    route: 'rgb(150 46 26)', otherRoute: 'rgb(128 76 58)', ship: 'rgb(190 108 84)', target: 'rgb(122 74 58)',
    text: 'rgb(176 100 78)', halo: 'rgb(7 7 7 / 0.9)', suitable: '#7d9a46', caution: '#b08a32',
    unconfirmed: '#a8745f', excluded: '#b8506a', range: 'rgb(120 40 56 / 0.5)', band: 'rgb(120 80 60 / 0.12)', alert: '#d4566e',
    zone: '#b0628f', zoneFill: 'rgb(176 98 143 / 0.16)',
  },
};

/** The palette to draw with: where the system's own colours are forced, the day's. @param {PaletteName} name */
export function paletteOf(name) {
  return matchMedia('(forced-colors: active)').matches ? PALETTES.day : PALETTES[name];
}
