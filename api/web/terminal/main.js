// The onboard page: what the process tells, what the crew asks, and what is shown of it.

import { formatBearing, formatNumber, formatLocal, formatPosition, formatUtc, formatUtcSeconds } from '../shared/format.js';
import { byId, make, shape, write } from '../shared/elements.js';
import { inLanguage, language, loadTexts, say, sayAge } from '../shared/texts.js';
import { portLine, portsOf, whyOld } from './answer.js';
import { ask } from './api.js';
import { followState } from './stream.js';
import { drawZones, showZones, zonesNow, zonesWorkedIn } from './zones.js';

/** @typedef {import('../shared/format.js').Lang} Lang */
/** @typedef {import('../shared/palettes.js').PaletteName} PaletteName */
/** @typedef {import('../shared/chart.js').Chart} Chart */
/** @typedef {import('./documents.js').State} State */
/** @typedef {import('./documents.js').Candidate} Candidate */
/** @typedef {import('./answer.js').Answer} Answer */
/** @typedef {'none' | 'urgent' | 'critical'} Medical */

const SILENT_AFTER_S = 12;
/** Notices that are always said beside the chart, and in this order: people in the water, and time to care. */
const NOTED_FIRST = ['RESCUE', 'MED_TIME_CRITICAL'];
const PANELS = /** @type {const} */ (['med', 'retask', 'say', 'report', 'screen', 'persons', 'vessel', 'position']);
/** @typedef {typeof PANELS[number] | 'list' | 'port'} PanelName */

/** @type {State | null} */ let state = null;
let heardAt = performance.now();
/** @type {Answer | null} */ let answer = null;
/** @type {Map<string, Candidate>} Ports of the answer with everything, by id, once read. */ let wholePorts = new Map();
let isReadingWhole = false;
/** @type {Candidate | null} Port the centre directed to, judged by the engine, once read. */ let directed = null;
/** @type {string | null} */ let chosenId = null;
/** @type {PanelName | null} */ let opened = null;
/** @type {string | null} */ let handPosition = null;
/** @type {string} */ let refusal = '';
let isAsking = false;
/** Whether NEAREST was asked for while an answer was still on its way. */ let isAskedAgain = false;
let isChartOff = false;
/** @type {Chart | null} */ let chart = null;
let isCourseUp = false;
let lastOld = '';

/** @param {string} name @param {string} other */
function kept(name, other) {
  try { return localStorage.getItem(`safeport.${name}`) ?? other; } catch { return other; }
}
/** @param {string} name @param {string} value */
function keep(name, value) {
  try { localStorage.setItem(`safeport.${name}`, value); } catch { /* The page works without a memory. */ }
}

/** Seconds since the process was last heard. */
const silence = () => (performance.now() - heardAt) / 1000;
/** Milliseconds of the terminal's clock, which runs on between states. */
const now = () => (state?.at ? Date.parse(state.at) + (performance.now() - heardAt) : Date.now());
const isSilent = () => silence() > SILENT_AFTER_S;
const asked = () => JSON.stringify([state?.persons ?? null, state?.vessel.id ?? null, medical()]);
/** Null until somebody has said. @returns {Medical | null} */
const medical = () => state?.medical ?? null;
const ports = () => (answer ? portsOf(answer.document.decision) : []);
/** Ports of the answer, and the one directed to where it is not among them. */
const drawn = () => (directed && !ports().some((port) => port.port.id === directed?.port.id) ? [...ports(), directed] : ports());
const chosen = () => drawn().find((port) => port.port.id === chosenId) ?? ports()[0] ?? null;

/** What panels may see and do. */
const desk = {
  state: () => state,
  answer: () => answer,
  chosen: () => { const port = chosen(); return port ? { ...port, ...(wholePorts.get(port.port.id) ?? {}) } : null; },
  medical,
  position: () => handPosition,
  /** @param {string | null} text */
  setPosition(text) { handPosition = text; showFixed(); },
  palette: () => /** @type {PaletteName} */ (document.documentElement.dataset.palette),
  dimming: () => Number(kept('dimming', '0')),
  /** @param {PaletteName} name */
  setPalette(name) {
    document.documentElement.dataset.palette = name;
    keep('palette', name);
    chart?.setPalette(name);
    for (const button of document.querySelectorAll('[data-palette-choice]')) {
      button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.paletteChoice === name));
    }
    showFixed();
  },
  /** @param {number} percent */
  setDimming(percent) {
    keep('dimming', String(percent));
    document.documentElement.style.setProperty('--dimming', String(Math.min(percent, 75) / 100));
  },
  /** @param {Lang} lang */
  async setLanguage(lang) {
    await loadTexts(lang);
    keep('lang', lang);
    showWords();
    chart?.redraw();
    if (chart) drawZones(chart);
    if (opened) await open(opened);
  },
  now: () => now(),
  openList: () => open('list'),
  close: () => close(),
  askNearest: () => askNearest(),
  /** @param {string} path @param {unknown} body */
  async change(path, body) {
    if (await desk.put(path, body)) close();
  },
  /** The same, and the panel stays; whether it was kept. @param {string} path @param {unknown} body */
  async put(path, body) {
    try {
      hear(await ask('PUT', path, body));
      return true;
    } catch (failure) {
      const { wordsOf } = await import('./panels.js');
      byId('panel').append(make('p', { class: 'refusal', role: 'alert' }, wordsOf(failure)));
      return false;
    }
  },
};
/** @typedef {typeof desk} Desk */

/** @param {State} fresh */
function hear(fresh) {
  state = fresh;
  heardAt = performance.now();
  show();
}

async function askNearest() {
  if (isAsking) { isAskedAgain = true; return; }
  [isAsking, isAskedAgain] = [true, false];
  refusal = '';
  const button = byId('nearest');
  button.setAttribute('aria-busy', 'true');
  write(byId('nearest-sub'), say('nearest_asking'));
  const pressedAt = now();
  const begun = performance.now();
  performance.mark('nearest-pressed');
  const [askedFor, askedAt] = [asked(), handPosition];
  try {
    /** @type {Record<string, unknown>} */
    const body = { lang: 'both', ...(handPosition === null ? {} : { position: handPosition }) };
    const nearest = await ask('POST', '/terminal/v1/nearest', body);
    answer = {
      document: nearest, pressedAt, receivedAt: performance.now(), tookMs: performance.now() - begun,
      isByHand: askedAt !== null, handPosition: askedAt, ask: askedFor,
      pastLimits: (state?.layers ?? []).filter((layer) => layer.is_past_limit).map((layer) => layer.id),
    };
    chosenId = portsOf(nearest.decision)[0]?.port.id ?? null;
    wholePorts = new Map();
    directed = null;
    if (opened === 'port') close();
  } catch (failure) {
    const { wordsOf } = await import('./panels.js');
    refusal = wordsOf(failure);
  }
  isAsking = false;
  button.removeAttribute('aria-busy');
  showAnswer();
  if (isAskedAgain && (asked() !== askedFor || handPosition !== askedAt)) askNearest();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    performance.mark('nearest-shown');
    if (answer && !refusal) {
      showRoutes();
      fitChart();
      setTimeout(readWhole, 50);
    }
  }));
}

/** Everything of the ports shown, their routes and findings among it. */
async function readWhole() {
  const of = answer;
  if (!of || wholePorts.size || isReadingWhole) return;
  isReadingWhole = true;
  try {
    const path = `/terminal/v1/decisions/${of.document.digest}/ports`;
    const read = await Promise.all(ports().map((port) => ask('GET', `${path}/${port.port.id}`)));
    if (answer === of) wholePorts = new Map(read.map((/** @type {Candidate} */ port) => [port.port.id, port]));
    await readDirected();
  } catch {
    // The card says that there is no more to be had.
  }
  isReadingWhole = false;
  if (answer !== of) { readWhole(); return; }
  showRoutes();
  fitChart();
  performance.mark('routes-shown');
  if (opened === 'port') open('port');
}

/** The port the centre directed to, as the engine judges it from here. */
async function readDirected() {
  const [of, portId] = [answer, state?.direction?.port?.id];
  if (!of || !portId || directed?.port.id === portId) return;
  try {
    const port = wholePorts.get(portId) ?? await ask('GET', `/terminal/v1/decisions/${of.document.digest}/ports/${portId}`);
    if (answer !== of || state?.direction?.port?.id !== portId) return;
    directed = port;
    wholePorts.set(portId, port);
    // The direction is the answer: its way is drawn, and its port spoken of, until another one is touched.
    if (opened !== 'port') chosenId = portId;
    showDirection();
    showRoutes();
  } catch {
    // What the centre said is shown without the engine's figures.
  }
}

function showRoutes() {
  chart?.setAnswer(drawn().map((port) => {
    const whole = wholePorts.get(port.port.id);
    return {
      id: port.port.id, status: port.status, name: port.port.name, at: port.port.position ?? whole?.port.position ?? null,
      route: port.route?.coordinates ?? whole?.route?.coordinates ?? null, chosen: port.port.id === chosen()?.port.id,
    };
  }), lastOld !== '', answer?.isByHand ? answer.document.encounter.position.coordinates : null);
}

function showAnswer() {
  const list = byId('ports');
  const all = ports();
  const rows = [];
  for (let k = 0; k < 3; k += 1) {
    const port = all[k];
    if (port && answer) {
      const button = make('button', { type: 'button', class: k === 0 ? 'port first' : 'port', 'data-port': port.port.id }, ...portLine(port, all, answer.document.decision));
      button.addEventListener('click', () => choosePort(port.port.id));
      rows.push(make('li', {}, button));
    } else {
      const text = !answer ? 'row_empty' : k === 0 ? 'none_fit' : 'none_more';
      rows.push(make('li', {}, make('div', { class: 'row-empty' }, say(text))));
    }
  }
  list.replaceChildren(...rows);
  showNotes();
  showAges();
}

/** The withdrawal of a direction that nobody has acknowledged yet. */
const unseenWithdrawal = () => (state?.withdrawn && !state.withdrawn.acknowledged_at ? state.withdrawn : null);

/** The route that the plotter is steered along, where the direction to its port was withdrawn. */
const steeredAstray = () => (state?.active_route?.direction_withdrawn && !state.active_route.has_arrived ? state.active_route : null);

/** What the plotter is sent to steer by, and why nothing is just now; empty where nothing is steered. */
function steeredLines() {
  const route = state?.active_route;
  if (!route || route.has_arrived || route.direction_withdrawn) return [];
  return [`${say('steered', { port: inLanguage(route.port?.name) || route.name })} ${inLanguage(route.trouble)}`.trim()];
}

/** What is wrong with position, clock and link, where the head says only that something is. */
function whatIsWrong() {
  if (!state) return [];
  const { fix, clock, link, sources = [] } = state;
  // That nothing comes for some seconds is said by the age of the fix.
  const isInDoubt = fix.why !== null && fix.why_code !== 'SILENT';
  return [
    isInDoubt ? inLanguage(fix.why) : '',
    ...(fix.why === null ? [] : sources.map((source) => {
      if (source.state === 'lost') return say('source_lost', { source: source.id });
      return source.state === 'silent' && source.dropped > 0 ? say('source_dropped', { source: source.id }) : '';
    })),
    clock.trusted ? '' : inLanguage(clock.why),
    inLanguage(link.why),
  ];
}

/** What is said beside the chart. */
function showNotes() {
  const notices = answer?.document.decision.notices ?? [];
  const rank = /** @type {Record<string, number>} */ ({ warning: 0, caution: 1 });
  const first = (/** @type {{ code: string }} */ one) => NOTED_FIRST.findIndex((code) => one.code.startsWith(code)) >>> 0;
  const told = notices.filter((one) => one.level in rank).sort((a, b) => first(a) - first(b) || rank[a.level] - rank[b.level]);
  // What else stands in the way of going by the answer comes after it: a helicopter to be asked for, zones that are not known.
  const withdrawn = unseenWithdrawal();
  const astray = steeredAstray();
  const lines = [
    astray ? say('steered_withdrawn', { route: astray.name }) : '',
    ...steeredLines(),
    // An open panel stands where the box that says it would.
    ...(withdrawn && opened !== null ? withdrawalLines(withdrawn) : []),
    ...whatIsWrong(),
    ...told.filter((one, k) => k === 0 || first(one) < NOTED_FIRST.length).map((one) => inLanguage(one.text)),
    inLanguage(answer?.document.zones?.text),
    isChartOff ? say('chart_off') : '',
  ].filter(Boolean);
  const note = byId('chart-note');
  note.hidden = lines.length === 0;
  const shown = [...note.children].map((line) => line.textContent);
  if (JSON.stringify(shown) !== JSON.stringify(lines)) note.replaceChildren(...lines.map((line) => make('p', {}, line)));
}

/** The chart below the note. */
const fitChart = () => chart?.fit(byId('chart-note').hidden ? 0 : byId('chart-note').offsetHeight);

/** @param {string} id */
export function choosePort(id) {
  chosenId = id;
  showRoutes();
  open('port');
}

/** Everything that changes by itself: ages, clock, whether the answer still holds. */
function showAges() {
  const age = silence();
  write(byId('clock'), formatUtc(now()));
  write(byId('clock-sub'), clockWords());
  showOwn(age);
  showLink();
  showLayers(age);
  const button = byId('nearest');
  if (isAsking) return;
  let old = '';
  let sub = say('nearest_ready');
  if (answer) {
    const ageS = (performance.now() - answer.receivedAt) / 1000;
    old = whyOld(answer, state, ageS, isSilent(), sayAge, asked(), handPosition);
    const figures = {
      at: formatUtcSeconds(answer.pressedAt), took: formatNumber(Math.max(answer.tookMs / 1000, 0.1), language()), age: sayAge(ageS),
      position: formatPosition(answer.document.encounter.position.coordinates, language()),
    };
    sub = say(answer.isByHand ? 'answered_for' : 'answered', figures);
  } else if (state?.not_ready) {
    sub = inLanguage(state.not_ready);
  }
  write(byId('nearest-sub'), refusal || sub);
  button.classList.toggle('refused', refusal !== '');
  // A refusal takes its place: the answer beside it is of something else.
  write(byId('nearest-all'), answer && !refusal ? inLanguage(answer.document.decision.unknown_everywhere.text) : '');
  const isOld = old !== '' || (refusal !== '' && answer !== null);
  const words = old || (refusal ? `${say('old_age', { age: sayAge((performance.now() - (answer?.receivedAt ?? 0)) / 1000) })}` : '');
  byId('answer-old').hidden = !(answer && isOld);
  write(byId('answer-old'), isOld ? `${say('old_answer')} · ${words}` : '');
  byId('answers').classList.toggle('is-old', isOld);
  byId('panel').classList.toggle('is-old', isOld);
  if ((old !== '') !== (lastOld !== '')) { lastOld = old; showRoutes(); }
  lastOld = old;
}

function clockWords() {
  if (!state) return '';
  if (!state.clock.trusted) return say('clock_doubt');
  const local = formatLocal(now());
  return state.clock.source === 'fix' ? `${local} · ${say('clock_fix')}` : local;
}

/** @param {number} silentS */
function showOwn(silentS) {
  const fix = state?.fix;
  write(byId('own-position'), formatPosition(fix?.position, language()));
  write(byId('own-cog'), `${formatBearing(fix?.cog_deg)}${say('true_bearing')}`);
  write(byId('own-sog'), `${fix?.sog_kn === null || fix?.sog_kn === undefined ? '--' : formatNumber(fix.sog_kn, language())} ${say('knots')}`);
  const quality = fix?.quality ?? 'none';
  const age = fix?.age_s === null || fix?.age_s === undefined ? null : fix.age_s + silentS;
  write(byId('own-fix'), !state ? say('starting') : say(`fix_${quality}`, { age: sayAge(age), source: fix?.source ?? '?' }));
  byId('own-fix').classList.toggle('doubt', quality !== 'good' || isSilent());
  byId('own-fix').title = inLanguage(fix?.why);
}

function showLink() {
  const box = byId('link');
  const link = state?.link;
  const isGone = isSilent();
  box.classList.toggle('gone', isGone);
  box.classList.toggle('warn', !isGone && (link?.state === 'down' || Boolean(state?.trouble)));
  if (isGone) {
    write(byId('link-state'), say('process_gone', { age: sayAge(silence()) }));
    write(byId('link-sub'), say('process_gone_sub'));
    return;
  }
  const since = link?.since ? sayAge((now() - Date.parse(link.since)) / 1000) : '';
  write(byId('link-state'), `${state?.is_demo ? `${say('demo')} · ` : ''}${link ? say(`link_${link.state}`, { age: since }) : say('starting')}`);
  write(byId('link-sub'), state?.trouble ? inLanguage(state.trouble.text) : link?.queued ? say(link.burst?.written ? 'link_queued_burst' : 'link_queued', { count: link.queued, number: link.burst?.written ?? '' }) : say('link_none_queued'));
}

/** @param {number} silentS */
function showLayers(silentS) {
  // Without a direction there is nothing that could be old.
  const rows = (state?.layers ?? []).filter((layer) => layer.id !== 'direction' || layer.age_s !== null).map((layer) => {
    const age = layer.age_s === null ? null : layer.age_s + silentS;
    const isPast = layer.is_past_limit || (age !== null && layer.limit_s !== null && age > layer.limit_s);
    const isMissing = age === null;
    // No zones and zones not known are two things.
    const words = age === null ? say(layer.id === 'zones' ? 'zones_not_known' : 'layer_none') : sayAge(age);
    const untilMs = layer.until ? Date.parse(layer.until) : null;
    const isOver = untilMs !== null && untilMs < now();
    const until = untilMs !== null && untilMs - now() < 86_400_000 ? ` ${say(isOver ? 'layer_ended' : 'layer_until', { at: formatUtc(untilMs) })}` : '';
    const limit = isPast && layer.limit_s !== null && age !== null ? ` ${say('past_limit', { limit: sayAge(layer.limit_s) })}` : '';
    return { text: say(`layer_${layer.id}`), words: `${isPast || isMissing || isOver ? '✕ ' : ''}${words}${limit}${until}`, isPast: isPast || isMissing || isOver };
  });
  const list = byId('layers');
  if (list.children.length !== rows.length) list.replaceChildren(...rows.map(() => make('li', {}, make('span'), ' ', make('b'))));
  rows.forEach((row, k) => {
    const item = list.children[k];
    write(item.children[0], row.text);
    write(item.children[1], row.words);
    item.classList.toggle('past', row.isPast);
  });
}

function showFixed() {
  write(byId('med-sub'), medical() === null ? say('not_known') : say(`med_${medical()}`));
  write(byId('screen-sub'), `${say(`palette_${desk.palette()}`)} · ${language() === 'fr' ? 'EN' : 'FR'}`);
  const persons = state?.persons;
  const count = !persons || persons.max === null ? say('persons_unknown') : persons.min === persons.max ? String(persons.max) : `${persons.min}–${persons.max}`;
  const inWater = persons?.in_water ?? null;
  write(byId('persons-sub'), inWater === null ? count : say(inWater ? 'persons_sub_water' : 'persons_sub_all', { count }));
  const vessel = state?.vessel;
  write(byId('vessel-sub'), vessel ? (vessel.name ?? (inLanguage(vessel.kind) || vessel.id)) : '');
  write(byId('position-sub'), say(handPosition === null ? 'position_sub_own' : 'position_sub_hand'));
  const orientation = byId('orientation');
  write(orientation, say(isCourseUp ? 'course_up' : 'north_up'));
  orientation.setAttribute('aria-label', say(isCourseUp ? 'course_up_label' : 'north_up_label'));
}

/** The name of a place directed to. @param {any} direction @returns {string} */
const placeOf = (direction) => inLanguage(direction.port?.name) || direction.place || direction.port_id || '';

/** That a direction was withdrawn, by whom, whereto it went, when and why. @param {any} withdrawn */
const withdrawalLines = (withdrawn) => [
  `${say('direction_taken_back')} · ${withdrawn.centre}`, say('directed_no_more', { port: placeOf(withdrawn) }),
  `${say('taken_back_at', { at: formatUtc(withdrawn.at) })} · ${withdrawn.text}`,
];

/** The port directed to is one like the others again. */
function forgetDirected() {
  const wasChosen = chosenId === directed?.port.id;
  directed = null;
  if (wasChosen) chosenId = ports()[0]?.port.id ?? null;
  // Its card speaks of a direction that holds no more.
  if (wasChosen && opened === 'port') close();
  showRoutes();
}

/** Tell the process that something was seen. @param {string} id */
const acknowledge = (id) => ask('POST', '/terminal/v1/direction/acknowledge', { id }).then((fresh) => {
  hear(fresh);
  if (byId('direction').hidden) byId('nearest').focus({ preventScroll: true });
}, () => undefined);

function showDirection() {
  const box = byId('direction');
  const withdrawn = unseenWithdrawal();
  const direction = withdrawn ? null : state?.direction;
  const astray = steeredAstray();
  if (directed && directed.port.id !== state?.direction?.port?.id) forgetDirected();
  box.hidden = !direction && !withdrawn && !astray;
  box.classList.toggle('withdrawn', !direction);
  byId('engine-view').hidden = !direction;
  if (direction && wholePorts.size) readDirected();
  const known = direction && directed && directed.port.id === direction.port?.id ? directed : null;
  const shown = direction ?? withdrawn;
  const key = JSON.stringify([shown?.id, shown?.acknowledged_at, shown && placeOf(shown), astray?.name, language(), known && answer?.document.digest]);
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  const [words, ...buttons] = direction ? directionBox(direction, known) : withdrawn ? withdrawalBox(withdrawn) : [make('p', { class: 'words' }, astray ? say('steered_withdrawn', { route: astray.name }) : '')];
  if (astray) {
    const stop = make('button', { type: 'button' }, say('steer_stop'));
    stop.addEventListener('click', () => ask('DELETE', '/terminal/v1/routes/active').then(hear, () => undefined));
    buttons.push(stop);
  }
  box.replaceChildren(words, ...buttons);
}

/** What stands there until somebody has seen that nothing is directed any more. @param {any} withdrawn */
function withdrawalBox(withdrawn) {
  const [title, place, why] = withdrawalLines(withdrawn);
  // The reason may be long: it is scrolled.
  const words = make('div', { class: 'words', role: 'group', tabindex: '0', 'aria-label': say('direction_taken_back') },
    make('div', { role: 'alert' }, make('p', { class: 'small' }, title), make('p', { class: 'place' }, place)), make('p', { class: 'small' }, why));
  const press = make('button', { type: 'button' }, say('acknowledge'));
  press.addEventListener('click', () => acknowledge(withdrawn.id));
  return [words, press];
}

/** @param {any} direction @param {Candidate | null} known Its port, judged by the engine. */
function directionBox(direction, known) {
  const title = [say('direction'), direction.centre ?? '', direction.acknowledged_at ? say('acknowledged', { at: formatUtc(direction.acknowledged_at) }) : ''];
  // What the centre said may be long: it is scrolled.
  const words = make('div', { class: 'words', role: 'group', tabindex: '0', 'aria-label': say('direction') },
    make('p', { class: 'small' }, title.filter(Boolean).join(' · ')), make('p', { class: 'place' }, placeOf(direction)));
  if (known) {
    const minutes = known.time_to_landing_min === null ? '?' : String(Math.round(known.time_to_landing_min));
    words.append(make('p', { class: 'figures' }, shape(known.status), [
      say(`status_${known.status}`), `${minutes} ${say('minutes')}`, known.distance_nm === null ? '' : `${formatNumber(known.distance_nm, language())} ${say('nm')}`,
      known.eta_at ? `${say('eta')} ${formatUtc(known.eta_at)} UTC` : '',
    ].filter(Boolean).join(' · ')));
  }
  const isConflict = known?.status === 'excluded' || direction.codes?.includes('RCC_PORT_CONFLICT');
  if (isConflict) words.append(make('p', { class: 'small conflict' }, say('direction_conflict')));
  const text = inLanguage(direction.text);
  if (text) words.append(make('p', { class: 'small' }, text));
  if (direction.acknowledged_at) {
    const see = make('button', { type: 'button', 'data-port': direction.port?.id ?? '' }, say('direction_port'));
    see.addEventListener('click', () => choosePort(direction.port.id));
    return [words, ...(known ? [see] : [])];
  }
  const press = make('button', { type: 'button' }, say('acknowledge'));
  press.addEventListener('click', () => acknowledge(direction.id));
  return [words, press];
}

function show() {
  if (answer && opened === null && !isAsking && !refusal && zonesWorkedIn(answer.document, state)) askNearest();
  showAges();
  showFixed();
  showDirection();
  showNotes();
  if (chart && state) {
    const { fix } = state;
    chart.setVessels(state.targets.map((target) => ({ position: target.position, cog: target.cog_deg, sog: target.sog_kn, name: target.name })));
    showZones(state, chart);
    chart.setOwn({ position: fix.position, cog: fix.heading_deg ?? fix.cog_deg, sog: fix.sog_kn, doubtful: fix.quality !== 'good' });
  }
}

/** Words that stand in the page itself. */
function showWords() {
  document.documentElement.lang = language();
  document.title = say('app');
  for (const element of document.querySelectorAll('[data-say]')) write(element, say(/** @type {HTMLElement} */ (element).dataset.say ?? ''));
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', say(/** @type {HTMLElement} */ (element).dataset.label ?? ''));
  showAnswer();
  show();
}

/** @param {PanelName} name */
async function open(name) {
  const panel = byId('panel');
  const wasOpen = opened === name;
  opened = name;
  const top = make('div', { class: 'top' });
  const back = make('button', { type: 'button', class: 'back' }, `‹ ${say('back')}`);
  back.addEventListener('click', () => close());
  top.append(back);
  /** @type {Node[]} */
  let content = [];
  if (name === 'port') {
    const port = chosen();
    if (!port || !answer) return;
    const { portCard, portTop } = await import('./detail.js');
    const whole = wholePorts.get(port.port.id) ?? null;
    top.append(portTop(port, answer.document.decision));
    const { handOver } = await import('./panels.js');
    const { decision, encounter } = answer.document;
    content = [portCard(port, whole, isReadingWhole || wholePorts.size === 0, decision, state, encounter, handOver(desk, port.port.id))];
  } else if (name === 'list') {
    const { chartLists } = await import('./chart_list.js');
    top.append(make('h2', {}, say('chart_list')));
    content = [chartLists(state, ports(), chart, zonesNow(), state?.fix.position ?? null)];
  } else {
    const panels = await import('./panels.js');
    const makers = { med: panels.medPanel, retask: panels.retaskPanel, say: panels.sayPanel, report: panels.reportPanel, screen: panels.screenPanel, persons: panels.personsPanel, vessel: panels.vesselPanel, position: panels.positionPanel };
    top.append(make('h2', {}, say(`${name}_title`)));
    content = makers[name](desk);
  }
  if (opened !== name) return;
  const scroll = panel.querySelector('.card')?.scrollTop ?? 0;
  panel.dataset.panel = name;
  panel.replaceChildren(top, ...content);
  panel.hidden = false;
  byId('answers').hidden = true;
  showNotes();
  panel.setAttribute('aria-label', name === 'port' ? inLanguage(chosen()?.port.name) : name === 'list' ? say('chart_list') : say(`${name}_title`));
  for (const one of PANELS) byId(one).setAttribute('aria-expanded', String(one === name));
  if (wasOpen) {
    const card = panel.querySelector('.card');
    if (card) card.scrollTop = scroll;
  } else {
    panel.focus({ preventScroll: true });
    if (panel.getBoundingClientRect().top < 0 || panel.getBoundingClientRect().top > innerHeight * 0.6) panel.scrollIntoView({ block: 'start' });
  }
}

function close() {
  const was = opened;
  opened = null;
  byId('panel').hidden = true;
  byId('panel').replaceChildren();
  byId('answers').hidden = false;
  showNotes();
  for (const one of PANELS) byId(one).setAttribute('aria-expanded', 'false');
  const from = was === 'port' ? document.querySelector(`[data-port="${chosenId}"]`) : was && was !== 'list' ? byId(was) : byId('screen');
  if (was && from instanceof HTMLElement) from.focus({ preventScroll: true });
}

async function drawChart() {
  const { createChart } = await import('../shared/chart.js');
  await Promise.all([document.fonts.load('700 17px B612'), document.fonts.load('14px B612')]);
  // The pack takes some seconds to open after a start.
  while (!state || state.ready === false) await new Promise((resolve) => { setTimeout(resolve, 100); });
  chart = await createChart(byId('chart'), byId('scale'), desk.palette(), choosePort);
  chart.setCourseUp(isCourseUp);
  show();
  if (answer) { showRoutes(); fitChart(); }
}

function bind() {
  byId('nearest').addEventListener('click', askNearest);
  for (const name of PANELS) byId(name).addEventListener('click', () => (opened === name ? close() : open(name)));
  byId('zoom-in').addEventListener('click', () => chart?.zoom(1));
  byId('zoom-out').addEventListener('click', () => chart?.zoom(-1));
  byId('centre').addEventListener('click', () => chart?.centre());
  byId('orientation').addEventListener('click', () => {
    isCourseUp = !isCourseUp;
    keep('courseUp', String(isCourseUp));
    chart?.setCourseUp(isCourseUp);
    // What was in view turns out of it.
    if (answer) fitChart();
    showFixed();
  });
  addEventListener('keydown', (event) => { if (event.key === 'Escape' && opened) close(); });
  setInterval(showAges, 1000);
}

async function begin() {
  desk.setDimming(desk.dimming());
  document.documentElement.dataset.palette = kept('palette', 'day');
  isCourseUp = kept('courseUp', 'false') === 'true';
  const wanted = kept('lang', navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en');
  await loadTexts(wanted === 'fr' ? 'fr' : 'en');
  showWords();
  bind();
  performance.mark('page-ready');
  followState(hear);
  drawChart().catch((failure) => {
    isChartOff = true;
    showNotes();
    console.warn(failure);
  });
  if ('serviceWorker' in navigator) navigator.serviceWorker.register('/web/terminal/sw.js', { scope: '/' }).catch(() => undefined);
}

begin();
