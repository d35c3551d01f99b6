// Dialogs: what is typed stays until it has been recorded, whatever is refused in between.

import { ask, Refusal } from '../shared/api.js';
import { byId, make } from '../shared/elements.js';
import { formatPosition } from '../shared/format.js';
import { has, inLanguage, language, say } from '../shared/texts.js';
import { labelsOf, refusalText } from '../shared/refusal_text.js';
import { wrongCount } from './typed.js';

/**
 * @typedef {object} Field
 * @property {string} name @property {string} label
 * @property {'text' | 'area' | 'number' | 'select' | 'check' | 'position' | 'positions' | 'secret'} kind A list of positions has one a line.
 * @property {[string, string][]} [options] Value and words. @property {string} [value] @property {boolean} [needed] @property {string} [hint]
 * @property {string} [sent] JSON pointer to where it is sent, to know it again in a refusal; / and its name if left out.
 * @property {(text: string, label: string) => string} [check] Why what was typed will not do, in words; empty where it will. A number is a count if left out.
 * @property {number} [longest] @property {(places: Place[]) => string} [refuse] Why positions understood will not do, in words.
 * @property {(places: Place[]) => string} [told] What they come to, in words.
 * @property {[string, (places: Place[] | null, close: () => void) => void][]} [buttons] Beside a list of positions.
 */
/** @typedef {[number, number]} Place Longitude, latitude. [deg] */
/** @typedef {Record<string, string>} Values */
/**
 * @typedef {object} Form
 * @property {string} name Of the draft: what was typed under it is shown again. @property {string} title @property {Field[]} fields
 * @property {string} submit Words of the button. @property {(values: Values, key: string) => Promise<unknown>} send
 * @property {Node[]} [about] What is shown above the fields. @property {(failure: unknown) => Field[] | null} [more] Fields that a refusal asks for.
 * @property {(values: Values) => [string, string][]} [compare] Fields that do not agree with others, and why, in words.
 * @property {() => Node | null} [standing] What holds now, shown beside a conflict.
 */

/** As the service takes them. [characters] */
const LONGEST_LINE = 120;
const LONGEST_TEXT = 4000;

/** Refusals that somebody else's change is the reason of. */
const OVERRUN = new Set(['CHANGED_MEANWHILE', 'NEWER_REPORT', 'WRONG_STATE']);

/** @type {Map<string, Values>} What was typed and not recorded yet. */
const drafts = new Map();
/** @type {(() => void) | null} */
let afterClose = null;

/** What is to stand in a field when a form is opened next. @param {string} form @param {string} field @param {string} value */
export function keepTyped(form, field, value) {
  drafts.set(form, { ...drafts.get(form), [field]: value });
}

const dialog = () => /** @type {HTMLDialogElement} */ (byId('dialog'));

export const isOpen = () => dialog().open;

/** Close a form, if it is the one that is open. @param {string} name */
export function closeForm(name) {
  if (isOpen() && dialog().dataset.form === name) dialog().close();
}

/** A key for a change, so that sending it twice changes things once. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a control is called on the screen. @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} control */
const nameOf = (control) => control.labels?.[0]?.firstChild?.textContent ?? control.name;

/** Why something was refused, and what to do. @param {unknown} failure @param {import('../shared/refusal_text.js').LabelOf} [labelOf] */
export function explain(failure, labelOf = () => null) {
  if (!(failure instanceof Refusal)) return say('error_no_answer');
  const code = failure.problem?.code ?? '';
  const own = has(`error_${code}`) ? `${say(`error_${code}`)} ` : '';
  const told = refusalText(failure.problem, labelOf, (number) => say('error_line', { number }));
  return `${own}${told || (own ? '' : say('error_status', { status: failure.status }))}`.trim();
}

/** @param {Form} form */
export function openForm(form) {
  const box = dialog();
  const before = document.activeElement;
  const typed = drafts.get(form.name) ?? {};
  /** @type {Map<string, HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>} */
  const controls = new Map();
  /** Characters a control may have: what is pasted is never cut off unseen. @type {Map<Element, number>} */
  const longest = new Map();
  /** @type {Map<Element, NonNullable<Field['check']>>} */
  const checks = new Map();
  /** @type {Place | Place[] | null} */
  let position = null;
  let key = newKey();
  let sentAs = '';
  const fields = make('div', { class: 'fields' });
  const refusal = make('div', { class: 'refusal', role: 'alert', hidden: true });
  const submit = make('button', { type: 'submit', class: 'primary' }, form.submit);
  const cancel = make('button', { type: 'button' }, say('cancel'), make('kbd', {}, 'Esc'));
  const element = make('form', { novalidate: true }, make('h2', { id: 'dialog-title' }, form.title), ...(form.about ?? []), fields,
    make('div', { class: 'foot' }, refusal, make('div', { class: 'actions' }, submit, cancel)));

  /** @type {[string, string][]} Where each field is sent, and its label. */
  const labels = [];
  const values = () => Object.fromEntries([...controls].map(([name, control]) => [name, control instanceof HTMLInputElement && control.type === 'checkbox' ? (control.checked ? 'yes' : '') : control.value]));
  const keep = () => { drafts.set(form.name, values()); };

  /** @param {Field} field */
  function add(field) {
    const id = `field-${field.name}`;
    const start = typed[field.name] ?? field.value ?? '';
    const shared = { id, name: field.name, required: field.needed ?? false, 'aria-describedby': field.hint ? `${id}-hint` : null };
    let control;
    if (field.kind === 'select') {
      control = make('select', shared, ...(field.options ?? []).map(([value, words]) => make('option', { value, selected: value === start }, words)));
      control.value = start || (field.options?.[0]?.[0] ?? '');
    } else if (field.kind === 'area' || field.kind === 'positions') {
      control = make('textarea', { ...shared, rows: field.kind === 'area' ? '3' : '6', spellcheck: 'false' });
      control.value = start;
    } else {
      control = make('input', {
        ...shared, type: field.kind === 'check' ? 'checkbox' : field.kind === 'secret' ? 'password' : 'text', autocomplete: 'off', spellcheck: 'false',
        inputmode: field.kind === 'number' ? 'numeric' : null,
      });
      if (control.type === 'checkbox') control.checked = start === 'yes'; else control.value = start;
    }
    controls.set(field.name, control);
    labels.push([field.sent ?? `/${field.name}`, field.label]);
    longest.set(control, field.longest ?? (control instanceof HTMLTextAreaElement ? LONGEST_TEXT : LONGEST_LINE));
    const check = field.check ?? (field.kind === 'number' ? wrongCount : null);
    if (check) checks.set(control, (text, label) => check(text, label));
    control.addEventListener('input', keep);
    const words = make('label', { for: id }, field.label, field.needed ? make('span', { class: 'needed' }, ` · ${say('needed')}`) : null);
    fields.append(make('div', { class: `field field-${field.kind}` }, words, control, field.hint ? make('span', { class: 'sub', id: `${id}-hint` }, field.hint) : null,
      field.kind === 'position' ? readBack(/** @type {HTMLInputElement} */ (control), hear) : field.kind === 'positions' ? readBack(/** @type {HTMLTextAreaElement} */ (control), (text) => hearAll(field, text), field) : null));
  }

  /** A position as understood, with the words to read it back in. @param {string} text @returns {Promise<[Place, Node[]]>} */
  async function hear(text) {
    if (text.length > LONGEST_LINE) throw new Refusal(422, { detail: say('error_too_long', { field: say('position_heard'), count: text.length, most: LONGEST_LINE }) });
    const found = await ask('GET', `/console/v1/position?text=${encodeURIComponent(text)}`);
    return [found.position, [make('b', {}, formatPosition(found.position, language())), make('span', {}, ` ${inLanguage(found.read_back)}`)]];
  }

  /** Positions as understood, one a line. @param {Field} field @param {string} text @returns {Promise<[Place[], Node[]]>} */
  async function hearAll(field, text) {
    const texts = text.split('\n').map((line) => line.trim()).filter(Boolean);
    if (!texts.length) throw new Refusal(422, { detail: say('read_back_first') });
    const { positions } = /** @type {{ positions: Place[] }} */ (await ask('POST', '/console/v1/positions', { texts }));
    const wrong = field.refuse?.(positions) ?? '';
    if (wrong) throw new Refusal(422, { detail: wrong });
    return [positions, [make('b', {}, field.told?.(positions) ?? ''), make('span', {}, ` ${positions.map((/** @type {number[]} */ at) => formatPosition(at, language())).join(' · ')}`)]];
  }

  /**
   * What was understood, in figures and in words, before it may be used.
   * @template {Place | Place[]} T
   * @param {HTMLInputElement | HTMLTextAreaElement} control @param {(text: string) => Promise<[T, Node[]]>} understand @param {Field} [field]
   */
  function readBack(control, understand, field) {
    const told = make('p', { class: 'read-back', role: 'status' }, say('read_back_first'));
    const button = make('button', { type: 'button', id: 'read-back' }, say('read_back'));
    const forget = () => { position = null; submit.disabled = true; told.textContent = say('read_back_first'); told.classList.remove('wrong'); };
    control.addEventListener('input', forget);
    if (control instanceof HTMLInputElement) {
      control.addEventListener('keydown', (event) => { if (/** @type {KeyboardEvent} */ (event).key === 'Enter' && !position) { event.preventDefault(); button.click(); } });
    }
    button.addEventListener('click', async () => {
      const text = control.value;
      try {
        const [understood, words] = await understand(text);
        if (control.value !== text) return;
        position = understood;
        told.replaceChildren(...words);
        told.classList.remove('wrong');
        submit.disabled = false;
      } catch (failure) {
        if (control.value !== text) return;
        position = null;
        submit.disabled = true;
        told.textContent = explain(failure);
        told.classList.add('wrong');
      }
    });
    submit.disabled = true;
    // Corners come from the chart or from the record: they are read back at once.
    if (field && control.value.trim()) button.click();
    const others = (field?.buttons ?? []).map(([words, act]) => {
      const other = make('button', { type: 'button' }, words);
      other.addEventListener('click', () => act(/** @type {Place[] | null} */ (position), () => box.close()));
      return other;
    });
    return make('div', {}, make('div', { class: 'actions' }, button, ...others), told);
  }

  /** All that will not do and can be seen here, in the order of the fields. */
  function findWrong() {
    const disagreeing = new Map(form.compare?.(values()));
    return [...controls].flatMap(([name, control]) => {
      const { value } = control;
      const most = longest.get(control) ?? Infinity;
      const words = control.required && value.trim() === '' ? say('error_needed', { field: nameOf(control) })
        : value.length > most ? say('error_too_long', { field: nameOf(control), count: value.length, most })
          : checks.get(control)?.(value, nameOf(control)) || disagreeing.get(name);
      return words ? [/** @type {const} */ ([control, words])] : [];
    });
  }

  for (const field of form.fields) add(field);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wrong = findWrong();
    for (const control of controls.values()) control.setAttribute('aria-invalid', String(wrong.some(([other]) => other === control)));
    if (wrong.length) { show(wrong.map(([, words]) => words)); wrong[0][0].focus(); return; }
    const now = { ...values(), ...(position ? { position: JSON.stringify(position) } : {}) };
    const text = JSON.stringify(now);
    if (sentAs !== '' && sentAs !== text) key = newKey();
    sentAs = text;
    submit.disabled = true;
    try {
      await form.send(now, key);
      drafts.delete(form.name);
      box.close();
    } catch (failure) {
      submit.disabled = false;
      const status = failure instanceof Refusal ? failure.status : 0;
      // What was refused once is another change when it is sent again.
      if (status >= 400 && status < 500) key = newKey();
      for (const field of form.more?.(failure) ?? []) if (!controls.has(field.name)) add(field);
      const isOverrun = OVERRUN.has(failure instanceof Refusal ? failure.problem?.code ?? '' : '');
      show([explain(failure, labelsOf(labels))], status === 409 || status === 412, isOverrun);
    }
  });

  /** @param {string[]} told A sentence each. @param {boolean} [isConflict] With what holds now. @param {boolean} [isOverrun] Because somebody else changed it. */
  function show(told, isConflict = false, isOverrun = false) {
    const holds = isConflict ? form.standing?.() ?? null : null;
    refusal.replaceChildren(...told.map((words, k) => make('p', {}, isOverrun && k === 0 ? make('b', {}, `${say('conflict')} `) : '', words)), ...(holds ? [holds] : []), make('p', { class: 'sub' }, say('typed_kept')));
    refusal.hidden = false;
  }

  cancel.addEventListener('click', () => box.close());
  box.setAttribute('aria-labelledby', 'dialog-title');
  box.dataset.form = form.name;
  box.replaceChildren(element);
  afterClose = () => { if (before instanceof HTMLElement && before.isConnected) before.focus(); };
  box.onclose = () => { afterClose?.(); afterClose = null; };
  if (!box.open) box.showModal();
  (controls.values().next().value ?? submit).focus();
}
