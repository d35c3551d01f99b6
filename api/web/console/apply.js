// What an event says at once of the picture, until the picture is read anew.

/** @typedef {import('./documents.js').Picture} Picture */
/** @typedef {import('./documents.js').Told} Told */

/** States in which places are on the board. */
const COUNTING = ['held', 'confirmed'];

/**
 * The picture with an event in it; the same where the event says nothing that stands on the boards by itself.
 * @param {Picture} picture @param {Told} event @returns {Picture}
 */
export function withEvent(picture, event) {
  if (event.sequence <= picture.sequence) return picture;
  const { kind, body } = event;
  /** @param {Partial<import('./documents.js').Row>} part */
  const changed = (part) => ({ ...picture, encounters: picture.encounters.map((row) => (row.encounter_id === body.encounter_id ? { ...row, ...part } : row)) });
  if (kind === 'direction.recorded') return changed({ direction: body });
  if (kind === 'direction.withdrawn') return changed({ direction: null });
  if (kind.startsWith('coordination.')) return changed({ coordination: body });
  if (kind === 'encounter.closed') return { ...picture, encounters: picture.encounters.filter((row) => row.encounter_id !== body.encounter_id) };
  if (kind.startsWith('reservation.') && body.reservation) {
    const told = [body.reservation, ...(body.from ? [body.from] : [])].map((one) => ({ overdue: false, ...one }));
    const others = picture.reservations.filter((one) => !told.some((it) => it.reservation_id === one.reservation_id));
    return { ...picture, reservations: [...others, ...told.filter((one) => COUNTING.includes(one.state))] };
  }
  return picture;
}
