// What a screen keeps for itself: its palette and language, whether keys work, its own centre. Nothing secret.

/** @typedef {import('../shared/palettes.js').PaletteName} PaletteName */

/** @param {string} name @param {string} other */
export function kept(name, other) {
  try { return localStorage.getItem(`safeport.${name}`) ?? other; } catch { return other; }
}
/** @param {string} name @param {string} value */
export function keep(name, value) {
  try { localStorage.setItem(`safeport.${name}`, value); } catch { /* The page works without a memory. */ }
}

/** The palette a screen shows. */
export const palette = () => /** @type {PaletteName} */ (document.documentElement.dataset.palette ?? 'day');

/** @param {PaletteName} name */
export function setPalette(name) {
  document.documentElement.dataset.palette = name;
  keep('palette', name);
}

export const dimming = () => Number(kept('dimming', '0'));

/** @param {number} percent */
export function setDimming(percent) {
  keep('dimming', String(percent));
  document.documentElement.style.setProperty('--dimming', String(percent / 100));
}
