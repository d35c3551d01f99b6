// What to say on VHF, in standard phrases (IMO SMCP, A.918(22)), and the master's report. Pure: documents in, text out.

import { firstChannel, formatPosition, formatUtc, spokenDigits } from '../shared/format.js';

/** @typedef {import('../shared/format.js').Lang} Lang */
/** @typedef {import('./documents.js').Candidate} Candidate */
/** @typedef {import('./documents.js').Decision} Decision */
/** @typedef {import('./documents.js').State} State */
/** @typedef {{ to: string, channel: string | null, words: string }} Call */

/** @param {number[]} at @param {Lang} lang */
export function spokenPosition(at, lang) {
  const [degrees, point] = lang === 'fr' ? ['degrés', 'virgule'] : ['degrees', 'decimal'];
  const letters = lang === 'fr'
    ? { N: 'nord', S: 'sud', E: 'est', W: 'ouest' }
    : { N: 'north', S: 'south', E: 'east', W: 'west' };
  return formatPosition(at, 'en').split('  ').map((half) => {
    const [, whole, minutes, tenth, letter] = /^(\d+)°(\d+)\.(\d)′([NSEW])$/.exec(half) ?? [];
    return `${spokenDigits(whole, lang)} ${degrees} ${spokenDigits(minutes, lang)} ${point} ${spokenDigits(tenth, lang)} ${letters[/** @type {'N'} */ (letter)]}`;
  }).join(', ');
}

/** @param {{ min: number | null, max: number | null } | null | undefined} persons @param {Lang} lang */
export function spokenPersons(persons, lang) {
  if (!persons || persons.max === null) return lang === 'fr' ? 'nombre de personnes inconnu' : 'number of persons not known';
  const max = spokenDigits(String(persons.max), lang);
  const [least, most] = lang === 'fr' ? ['au moins', 'au plus'] : ['at least', 'at most'];
  // Digits one by one with "to" between them could be heard as one number.
  const count = persons.min !== null && persons.min !== persons.max
    ? `${least} ${spokenDigits(String(persons.min), lang)}, ${most} ${max}`
    : max;
  return lang === 'fr' ? `${count} personnes à bord` : `${count} persons on board`;
}

/** Whether people are in the water, as far as somebody has said. @type {Record<Lang, [string, string]>} */
const IN_WATER = { en: ['nobody', 'yes'], fr: ['plus personne', 'oui'] };

/** The same as a sentence of a call; empty where nobody has said. @param {boolean | null | undefined} inWater @param {Lang} lang */
function spokenWater(inWater, lang) {
  if (inWater === null || inWater === undefined) return '';
  if (lang === 'fr') return inWater ? 'INFORMATION : des personnes sont à l\'eau. ' : 'INFORMATION : plus personne à l\'eau. ';
  return inWater ? 'INFORMATION: persons in the water. ' : 'INFORMATION: no persons in the water. ';
}

/**
 * How the worst off of the people are, as a sentence of a call; empty where nobody is said to be in need.
 * @param {string | null | undefined} medical @param {Lang} lang
 */
function spokenMedical(medical, lang) {
  if (medical !== 'urgent' && medical !== 'critical') return '';
  return lang === 'fr' ? `INFORMATION : état médical ${MEDICAL.fr[medical]}. ` : `INFORMATION: medical state ${MEDICAL.en[medical]}. `;
}

/**
 * Own ship as she calls herself: by her name, or by what she is; empty where neither is known.
 * @param {State | null} state @param {Lang} lang
 */
export function vesselName(state, lang) {
  const vessel = state?.vessel;
  if (vessel?.name) return vessel.name;
  const kind = vessel && vessel.id !== 'unknown' ? vessel.kind?.[lang] : null;
  return kind?.replace(/\s*\([^)]*\)/g, '') ?? '';
}

/** What stands in a call where the name is not known, to be filled in by whoever speaks. @type {Record<Lang, string>} */
const NAME_MISSING = { en: '… (own name)', fr: '… (nom du navire)' };
/** @type {Record<Lang, Record<string, string>>} */
const MEDICAL = { en: { none: 'none', urgent: 'urgent', critical: 'critical' }, fr: { none: 'aucun', urgent: 'urgent', critical: 'critique' } };

/**
 * The call to the centre.
 * @param {Decision} decision @param {Candidate} port @param {State | null} state @param {any} encounter @param {Lang} lang
 * @returns {Call}
 */
export function callToCentre(decision, port, state, encounter, lang) {
  const centre = decision.coordination.centres[0] ?? { name: 'MRCC', vhf: '16' };
  const name = vesselName(state, lang) || NAME_MISSING[lang];
  const at = spokenPosition(encounter.position.coordinates, lang);
  const persons = spokenPersons(encounter.persons ?? null, lang);
  const eta = port.eta_at ? spokenDigits(formatUtc(port.eta_at), lang) : null;
  const people = spokenWater(encounter.persons_in_water, lang) + spokenMedical(encounter.medical, lang);
  const words = lang === 'fr'
    ? `${centre.name}, ${centre.name}, ici ${name}. INFORMATION : ma position ${at}. INFORMATION : ${persons}. ${people}`
      + `INTENTION : je compte débarquer à ${port.port.name.fr}${eta ? `, HPA ${eta} UTC` : ''}. `
      + 'QUESTION : ce lieu convient-il, et l\'accueil est-il prêt ? À vous.'
    : `${centre.name}, ${centre.name}, this is ${name}. INFORMATION: my position ${at}. INFORMATION: ${persons}. ${people}`
      + `INTENTION: I intend to land at ${port.port.name.en}${eta ? `, ETA ${eta} UTC` : ''}. `
      + 'QUESTION: is this place suitable, and is reception ready? Over.';
  return { to: centre.name, channel: firstChannel(centre.vhf) ?? '16', words };
}

/**
 * The call to the harbour.
 * @param {Candidate} port @param {State | null} state @param {any} encounter @param {Lang} lang
 * @returns {Call}
 */
export function callToPort(port, state, encounter, lang) {
  const name = vesselName(state, lang) || NAME_MISSING[lang];
  const persons = spokenPersons(encounter.persons ?? null, lang);
  const eta = port.eta_at ? spokenDigits(formatUtc(port.eta_at), lang) : null;
  const place = port.port.name[lang];
  const words = lang === 'fr'
    ? `${place}, ${place}, ici ${name}. INFORMATION : ${persons}, à débarquer${eta ? `, HPA ${eta} UTC` : ''}. `
      + 'QUESTION : le port est-il ouvert ? DEMANDE : autorisation d\'entrée et poste à quai. À vous.'
    : `${place}, ${place}, this is ${name}. INFORMATION: ${persons} for landing${eta ? `, ETA ${eta} UTC` : ''}. `
      + 'QUESTION: is the harbour open? REQUEST: permission to enter and a berth. Over.';
  return { to: place, channel: firstChannel(port.port.vhf), words };
}

/**
 * The master's report, to be read and changed before it goes.
 * @param {State | null} state @param {Decision | null} decision @param {Candidate | null} port @param {any} encounter
 * @param {'none' | 'urgent' | 'critical' | null} medical Null where nobody has said. @param {Lang} lang
 */
export function draftReport(state, decision, port, encounter, medical, lang) {
  const fr = lang === 'fr';
  const unknown = fr ? 'inconnu' : 'not known';
  const persons = state?.persons;
  const count = !persons || persons.max === null ? unknown : persons.min === persons.max ? `${persons.max}` : `${persons.min}-${persons.max}`;
  const inWater = persons?.in_water ?? null;
  const at = encounter?.position?.coordinates ?? state?.fix.position ?? null;
  const lines = [
    [fr ? 'Navire' : 'Vessel', vesselName(state, lang) || unknown],
    [fr ? 'Heure' : 'Time', state?.at ? `${state.at.slice(0, 16)}Z` : unknown],
    [fr ? 'Position' : 'Position', at ? formatPosition(at, lang) : unknown],
    [fr ? 'Personnes à bord' : 'Persons on board', count],
    [fr ? 'Personnes à l\'eau' : 'Persons in the water', inWater === null ? unknown : IN_WATER[lang][Number(inWater)]],
    [fr ? 'À bord depuis' : 'On board since', persons?.aboard_since ?? unknown],
    [fr ? 'État médical' : 'Medical state', medical === null ? unknown : MEDICAL[lang][medical]],
    [fr ? 'Port conseillé' : 'Port advised', port ? `${port.port.name[lang]}, ${port.eta_at ? `${formatUtc(port.eta_at)} UTC` : unknown}` : unknown],
    [fr ? 'Décision' : 'Decision', decision?.decision_id ?? unknown],
    [fr ? 'Suites données' : 'Action taken', ''],
    [fr ? 'Aide demandée' : 'Assistance wanted', ''],
  ];
  return lines.map(([name, value]) => `${name}${fr ? ' :' : ':'} ${value}`).join('\n');
}
