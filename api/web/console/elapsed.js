// How long ago something was on this machine, also when it slept in between.

/** @typedef {{ steady: number, wall: number }} Moment A time by the clock that only runs while the machine does, and by the one on its wall. [ms] */

/** @returns {Moment} */
export const moment = () => ({ steady: performance.now(), wall: Date.now() });

/** Milliseconds since then by whichever clock says more: old is never taken for new. @param {Moment} then @param {Moment} [at] */
export const elapsed = (then, at = moment()) => Math.max(at.steady - then.steady, at.wall - then.wall);
