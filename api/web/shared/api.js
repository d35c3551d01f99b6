// What a page asks of the process that serves it, and no other.

import { language } from './texts.js';

/** @typedef {{ title?: string, detail?: string, code?: string, errors?: { pointer: string, code?: string, detail?: string }[] }} Problem */

/** A refusal that the process has put into words. */
export class Refusal extends Error {
  /** @param {number} status @param {Problem | null} problem */
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? '');
    this.status = status;
    this.problem = problem;
  }
}

/** @type {string | null} Of whoever has signed in; in memory alone. */
let token = null;

/** @param {string | null} text */
export function setToken(text) {
  token = text;
}

/** The header that says who is asking; none where nobody is asked. @returns {Record<string, string>} */
export function authorization() {
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

/**
 * Ask, and wait no longer than it takes.
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method @param {string} path @param {unknown} [body] @param {number} [patience] [ms]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, patience = 15000, headers = {}) {
  const answer = await fetch(path, {
    method,
    headers: {
      Accept: 'application/json', 'Accept-Language': language(), ...authorization(), ...headers,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
    cache: 'no-store',
  });
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  const document = isJson ? await answer.json() : null;
  // What is shown as allowed is not, or not any more: whoever shows it looks anew.
  if (answer.status === 403) dispatchEvent(new Event('safeport-forbidden'));
  if (!answer.ok) throw new Refusal(answer.status, document);
  return document;
}
