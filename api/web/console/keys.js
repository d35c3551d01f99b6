// The keyboard: every key, and whether keys are on.

import { closeSheet, isSheetOpen, openHandover, openHelp, openPlan, openScreen, openTraffic, openWhatIf } from './sheets.js';
import { begin, chartShown, leaveWhatIf, pickEncounter, pickPort, suppose } from './desk.js';
import { rowsShown } from './encounters.js';
import { isOpen } from './forms.js';
import { dimming, keep, kept, palette, setDimming, setPalette } from './settings.js';
import { candidates, may, state } from './state.js';
import { isDrawing, leaveDrawing, newZone } from './zones.js';

let areKeysOn = true;

/** What the sheet of the screen sets. */
export const screen = {
  palette, dimming, setDimming,
  /** @param {import('../shared/palettes.js').PaletteName} name */
  setPalette(name) {
    setPalette(name);
    chartShown()?.setPalette(name);
  },
};

export const openKeys = () => openHelp(areKeysOn, setKeys);

/** Work the keys as this screen was set. */
export function beginKeys() {
  areKeysOn = kept('console.keys', 'on') === 'on';
  addEventListener('keydown', pressKey);
}

/** @param {KeyboardEvent} event */
function pressKey(event) {
  if (event.key === 'Escape' && !isOpen()) {
    // The form that opens then is not closed by the same key.
    if (isDrawing()) { event.preventDefault(); leaveDrawing(); }
    else if (isSheetOpen()) closeSheet();
    else if (state.whatIf) leaveWhatIf();
    return;
  }
  const target = /** @type {HTMLElement} */ (event.target);
  // A form just closed keeps the focus until the next picture is drawn: nobody is typing there.
  const isTyping = target.matches('input, textarea, select') && !target.closest('dialog:not([open])');
  if (isOpen() || isSheetOpen() || event.ctrlKey || event.altKey || event.metaKey || isTyping) return;
  if (!areKeysOn && event.key !== '?') return;
  const key = event.key.toLowerCase();
  const chosenPort = state.portId ?? candidates()[0]?.port.id ?? null;
  const isWhatIf = state.whatIf !== null;
  if (key === 'arrowdown' || key === 'arrowup') {
    if (target.closest('#ports-box, #decision, .scroll:focus') && !target.closest('#encounters')) return;
    const rows = rowsShown();
    const at = rows.findIndex((row) => row.encounter_id === state.encounterId);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (key === 'arrowdown' ? 1 : -1)))];
    if (next) { pickEncounter(next.encounter_id); document.querySelector(`[data-encounter="${CSS.escape(next.encounter_id)}"]`)?.scrollIntoView({ block: 'nearest' }); }
  } else if (key === '?') openKeys();
  else if (key === 's') openScreen(screen);
  else if (key === 'g') chartShown()?.fit();
  else if (key === '+') chartShown()?.zoom(1);
  else if (key === '-') chartShown()?.zoom(-1);
  else if ('123'.includes(key)) { const port = candidates()[Number(key) - 1]; if (port) pickPort(port.port.id); else return; }
  else if (key === 'u') openTraffic();
  else if (key === 'w' && may('plan')) openWhatIf(suppose);
  else if (key === 't' && state.encounterId) begin('record', state.encounterId);
  else if (isWhatIf) return;
  else if (key === 'z' && may('draw_zones')) newZone();
  else if (key === 'n' && may('report_encounter')) begin('new');
  else if (key === 'p' && may('plan')) openPlan();
  else if (key === 'h' && may('sign_handover')) openHandover();
  else if (key === 'd' && state.view && chosenPort && may('direct')) begin('direct', chosenPort);
  else if (key === 'o' && state.view && may('override')) begin('override');
  else if (key === 'b' && state.view && chosenPort && may('hold_places')) begin('hold', chosenPort);
  else if (key === 'r' && state.portId && may('report_port')) begin('port-status', state.portId);
  else if (key === 'c' && state.view?.encounter.possible_duplicates.length) begin('compare', state.view.encounter.possible_duplicates[0].encounter_id);
  else return;
  event.preventDefault();
}

/** @param {boolean} on */
function setKeys(on) {
  areKeysOn = on;
  keep('console.keys', on ? 'on' : 'off');
}
