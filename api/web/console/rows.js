// Rows of a board, each drawn anew only where what it shows has changed: two hundred of them stand still most of the time.

/** @typedef {{ key: string, shows: unknown, draw: () => HTMLElement }} Row What it is of, all that is to be seen of it, and how it is drawn. */

/** @type {WeakMap<Element, Map<string, { shows: string, node: HTMLElement }>>} */
const drawn = new WeakMap();

/** @param {Element} box @param {Row[]} rows In order. */
export function drawRows(box, rows) {
  const before = drawn.get(box) ?? new Map();
  /** @type {typeof before} */
  const now = new Map();
  for (const { key, shows, draw } of rows) {
    const text = JSON.stringify(shows);
    const kept = before.get(key);
    now.set(key, kept?.shows === text ? kept : { shows: text, node: draw() });
  }
  drawn.set(box, now);
  const nodes = [...now.values()].map((one) => one.node);
  if (nodes.length !== box.children.length || nodes.some((node, k) => node !== box.children[k])) box.replaceChildren(...nodes);
}
