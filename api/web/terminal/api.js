// The shore link is the process's affair: what the page asks, it asks of its own process on loopback.

export { ask, Refusal } from '../shared/api.js';
