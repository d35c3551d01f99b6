// Elements made of text, never of markup.

/**
 * An element with attributes and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string | boolean | null>} [attributes] @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * The element of an id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/** Write a text only where it changes, so that screen readers hear changes only. @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The shape of a status. @param {string} status */
export function shape(status) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 40 40');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `shape shape-${status}`);
  const mark = document.createElementNS(SVG, 'path');
  mark.setAttribute('d', SHAPES[status] ?? SHAPES.unconfirmed);
  svg.append(mark);
  return svg;
}

/** @type {Record<string, string>} */
const SHAPES = {
  suitable: 'M20 3a17 17 0 1 0 .01 0z',
  caution: 'M20 3 39 37H1z',
  unconfirmed: 'M20 2 38 20 20 38 2 20z',
  excluded: 'M7 2 20 15 33 2l5 5-13 13 13 13-5 5-13-13L7 38l-5-5 13-13L2 7z',
};
