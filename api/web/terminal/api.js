// What the page asks of the terminal's own process. The shore link is the process's affair: this is loopback.

import { language } from '../shared/texts.js';

/** @typedef {import('./documents.js').Problem} Problem */

/** A refusal that the process has put into words. */
export class Refusal extends Error {
  /** @param {number} status @param {Problem | null} problem */
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? '');
    this.status = status;
    this.problem = problem;
  }
}

/**
 * Ask, and wait no longer than it takes.
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method @param {string} path @param {unknown} [body] @param {number} [patience] [ms]
 * @returns {Promise<any>}
 */
export async function ask(method, path, body, patience = 15000) {
  const answer = await fetch(path, {
    method,
    headers: { Accept: 'application/json', 'Accept-Language': language(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
    cache: 'no-store',
  });
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  const document = isJson ? await answer.json() : null;
  if (!answer.ok) throw new Refusal(answer.status, document);
  return document;
}
