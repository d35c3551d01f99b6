// What a refusal says of a field, by the name the field has on the screen. Pure: documents in, text out.

/** @typedef {(pointer: string) => string | null} LabelOf What a field of the body is called on the screen, by its JSON pointer. */

/**
 * By its own pointer, by that of what it is part of, or by that of a part of it.
 * @param {[string, string][]} fields Pointer and label. @returns {LabelOf}
 */
export function labelsOf(fields) {
  return (pointer) => {
    for (let whole = pointer; whole; whole = whole.slice(0, whole.lastIndexOf('/'))) {
      const found = fields.find(([sent]) => sent === whole) ?? fields.find(([sent]) => sent.startsWith(`${whole}/`));
      if (found) return found[1];
    }
    return null;
  };
}

/**
 * What is wrong: of the whole, and of each field that the whole does not name.
 * @param {import('./api.js').Problem | null} problem @param {LabelOf} labelOf @param {(number: number) => string} lineText
 */
export function refusalText(problem, labelOf, lineText) {
  const errors = problem?.errors ?? [];
  let detail = problem?.detail ?? '';
  // That so many fields are wrong says nothing beside them.
  const isCount = errors.length > 0 && errors.every((one) => one.detail && !detail.includes(one.detail));
  for (const one of errors) {
    const dotted = one.pointer.slice(1).replaceAll('/', '.');
    const label = labelOf(one.pointer);
    if (label && dotted && detail.startsWith(dotted) && /^ ?:/.test(detail.slice(dotted.length))) detail = label + detail.slice(dotted.length);
  }
  // What is said of the whole is not said again of its field; of many lines, counted from one, which it is of is said all the same.
  const fields = errors.map((one) => {
    const line = one.pointer.match(/^\/texts\/(\d+)$/);
    const where = line ? lineText(Number(line[1])) : `${labelOf(one.pointer) ?? one.pointer.slice(1).replaceAll('/', '.')}:`;
    if (!one.detail || !(problem?.detail ?? '').includes(one.detail)) return `${where} ${one.detail ?? one.code ?? ''}`;
    return line ? where : '';
  }).filter(Boolean);
  return [isCount ? '' : detail, ...fields].filter(Boolean).join(' ').trim();
}
