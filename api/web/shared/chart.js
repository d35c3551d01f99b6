// The chart: coast by levels, banks, lanes, limits of regions, ports, routes, own ship and the vessels around.
//
// The approach point ends the solid line of a route: beyond it the way is the harbour's, and lies on piers at any scale
// but the largest.

import {
  Circle, Feature, Fill, Graticule, LineString, Map as OlMap, MultiLineString, Point, Polygon, RegularShape, Stroke, Style,
  Text, VectorLayer, VectorSource, View, boundingExtent, containsCoordinate, defaultInteractions, fromLonLat, toLonLat,
} from '../vendor/openlayers.js';
import { coastLevel, coastName, readAreas, readCoast, readHarbours } from './chart_data.js';
import { inLanguage, say } from './texts.js';
import { paletteOf } from './palettes.js';
import { createZoneLayer } from './zone_layer.js';

/** @typedef {import('./palettes.js').PaletteName} PaletteName */
/** @typedef {import('./chart_data.js').Harbour} Harbour */
/** @typedef {{ id: string, status: string, name: { en: string, fr: string }, at: [number, number] | null, route: [number, number][] | null, chosen: boolean }} Shown */
/** @typedef {{ position: [number, number] | null, cog: number | null, sog: number | null, doubtful: boolean }} Own */
/** @typedef {{ position: [number, number], cog: number | null, sog: number | null, name: string | null, isOld?: boolean, track?: [number, number][] }} Vessel */
/** @typedef {{ id: string, label: string, state: 'new' | 'directed' | 'landing', position: [number, number], chosen: boolean }} Case */

const FONT = 'B612, sans-serif';
const NAUTICAL_MILE_M = 1852;
/** Within this of a limit both sides are told: MSC.167(78) 6.4-6.7, width [A]. */
const BAND_NM = 1;
const COURSE_LINE_H = 0.1;
const LEAST_TURN = (4 * Math.PI) / 180;

/**
 * Draw a chart into an element.
 * @param {HTMLElement} target @param {HTMLElement} scaleBar @param {PaletteName} paletteName
 * @param {(portId: string) => void} onPick
 * @param {((encounterId: string) => void) | null} [onPickCase] Where encounters are drawn, and the band about the limits of regions.
 * @param {((zoneId: string) => void) | null} [onPickZone] Where exclusion zones are drawn.
 */
export async function createChart(target, scaleBar, paletteName, onPick, onPickCase = null, onPickZone = null) {
  let palette = paletteOf(paletteName);
  /** @type {Own} */
  let own = { position: null, cog: null, sog: null, doubtful: false };
  let isCourseUp = false;
  let isFollowing = true;
  let dims = false;
  /** @type {Shown[]} */
  let shown = [];
  /** @type {[number, number] | null} */
  let askedAt = null;
  /** @type {Map<string, Harbour>} */
  const harbourOf = new Map();

  const sources = {
    land: new VectorSource(), banks: new VectorSource(), lanes: new VectorSource(), limits: new VectorSource(),
    harbours: new VectorSource(), routes: new VectorSource(), ports: new VectorSource(), traffic: new VectorSource(),
    cases: new VectorSource(),
  };
  const land = new VectorLayer({ source: sources.land, zIndex: 1, style: landStyle });
  const layers = [
    land,
    new VectorLayer({ source: sources.banks, zIndex: 2, style: bankStyle }),
    new VectorLayer({ source: sources.lanes, zIndex: 3, style: laneStyle }),
    new VectorLayer({ source: sources.limits, zIndex: 4, style: limitStyle }),
    new VectorLayer({ source: sources.routes, zIndex: 6, style: routeStyle }),
    new VectorLayer({ source: sources.traffic, zIndex: 7, style: trafficStyle }),
    new VectorLayer({ source: sources.cases, zIndex: 10, style: caseStyle, declutter: true }),
    new VectorLayer({ source: sources.ports, zIndex: 9, style: portStyle, declutter: true }),
    new VectorLayer({ source: sources.harbours, zIndex: 8, style: harbourStyle, declutter: true }),
  ];
  const view = new View({ center: fromLonLat([1.35, 51.0]), zoom: 9.6, minZoom: 6, maxZoom: 16, enableRotation: true });
  const map = new OlMap({
    target, layers, view, controls: [],
    interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, zoomDuration: 0 }),
  });
  const zones = createZoneLayer(map, () => palette, label);
  layers.push(zones.layer);
  let graticule = drawGraticule();

  function drawGraticule() {
    /** @param {'left' | 'center'} textAlign */
    const label = (textAlign) => new Text({
      font: `14px ${FONT}`, textAlign, textBaseline: 'bottom', fill: new Fill({ color: palette.text }), stroke: new Stroke({ color: palette.halo, width: 3 }),
    });
    const layer = new Graticule({
      zIndex: 5, showLabels: true, wrapX: false, targetSize: 140,
      intervals: [2, 1, 0.5, 10 / 60, 5 / 60, 2 / 60, 1 / 60],
      strokeStyle: new Stroke({ color: palette.grid, width: 1 }),
      lonLabelPosition: 0.02, latLabelPosition: 0.01,
      lonLabelStyle: label('center'), latLabelStyle: label('left'),
      lonLabelFormatter: (lon) => degreesText(lon, 'E', 'W'), latLabelFormatter: (lat) => degreesText(lat, 'N', 'S'),
    });
    map.addLayer(layer);
    return layer;
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function landStyle(feature) {
    return new Style({
      fill: new Fill({ color: feature.get('isLake') ? palette.water : palette.land }),
      stroke: new Stroke({ color: palette.coastline, width: 1 }),
    });
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function bankStyle(feature) {
    if (feature.get('isRange')) return new Style({ stroke: new Stroke({ color: palette.range, width: 1, lineDash: [3, 5] }) });
    const depth = feature.get('depth');
    return new Style({
      fill: new Fill({ color: depth !== null && depth < 0 ? palette.drying : palette.shallow }),
      stroke: new Stroke({ color: palette.bankLine, width: 0.6 }),
    });
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature @param {number} resolution */
  function laneStyle(feature, resolution) {
    const edge = new Style({
      fill: new Fill({ color: palette.laneFill }),
      stroke: new Stroke({ color: palette.lane, width: 1, lineDash: [7, 5] }),
    });
    const long = feature.get('long') / resolution;
    if (long < 70) return edge;
    const arrow = new Style({
      geometry: arrowAt(feature.get('middle'), feature.get('flow'), 15 * resolution),
      stroke: new Stroke({ color: palette.lane, width: 1.4 }),
    });
    return [edge, arrow];
  }

  /** @param {import('ol/Feature.js').FeatureLike} _ @param {number} resolution */
  function limitStyle(_, resolution) {
    const line = new Style({ stroke: new Stroke({ color: palette.limit, width: 1.4, lineDash: [16, 5, 4, 5] }) });
    if (!onPickCase) return line;
    const wide = (2 * BAND_NM * NAUTICAL_MILE_M) / (resolution * Math.cos((51 * Math.PI) / 180));
    return [new Style({ stroke: new Stroke({ color: palette.band, width: wide, lineCap: 'butt' }) }), line];
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function routeStyle(feature) {
    const chosen = feature.get('chosen');
    if (dims) return new Style({ stroke: new Stroke({ color: palette.bankLine, width: 2, lineDash: [2, 6] }) });
    if (feature.get('isHarbourLeg')) {
      return new Style({ stroke: new Stroke({ color: chosen ? palette.route : palette.otherRoute, width: 2, lineDash: [2, 4] }) });
    }
    const halo = new Style({ stroke: new Stroke({ color: palette.halo, width: chosen ? 8 : 5 }) });
    const line = chosen
      ? new Stroke({ color: palette.route, width: 5 })
      : new Stroke({ color: palette.otherRoute, width: 2, lineDash: [5, 5] });
    return [halo, new Style({ stroke: line })];
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function portStyle(feature) {
    const status = /** @type {'suitable'} */ (feature.get('status'));
    const chosen = feature.get('chosen');
    const color = palette[status] ?? palette.unconfirmed;
    return new Style({
      zIndex: chosen ? 10 : 5,
      image: markOf(status, color, chosen ? 12 : 10),
      text: label(inLanguage(feature.get('name')), chosen ? 19 : 17, true),
    });
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature @param {number} resolution */
  function harbourStyle(feature, resolution) {
    if (resolution > 260) return [];
    return new Style({
      image: new Circle({ radius: 3.5, stroke: new Stroke({ color: palette.limit, width: 1.4 }), fill: new Fill({ color: palette.halo }) }),
      // In this font brackets of this size look square.
      text: resolution < 110 ? label(inLanguage(feature.get('name')).replace(/\s*\((.*)\)/, ' · $1'), 13, false) : undefined,
    });
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function trafficStyle(feature) {
    const kind = feature.get('kind');
    const color = kind === 'own' ? palette.ship : palette.target;
    if (kind === 'asked') {
      return [
        new Style({ image: new Circle({ radius: 11, stroke: new Stroke({ color: palette.halo, width: 6 }) }) }),
        new Style({ image: new Circle({ radius: 11, stroke: new Stroke({ color: palette.ship, width: 2.5 }) }) }),
        new Style({ image: new RegularShape({ points: 4, radius: 17, radius2: 0, stroke: new Stroke({ color: palette.ship, width: 2 }) }) }),
      ];
    }
    if (kind === 'course') return new Style({ stroke: new Stroke({ color: palette.ship, width: 2 }) });
    if (kind === 'track') return new Style({ stroke: new Stroke({ color: palette.target, width: 1, lineDash: [1, 3] }) });
    if (kind === 'target-course') return new Style({ stroke: new Stroke({ color: palette.target, width: 1.2, lineDash: [4, 3] }) });
    const isOwn = kind === 'own';
    const course = feature.get('course');
    return new Style({
      zIndex: isOwn ? 5 : 1,
      image: course === null
        ? new Circle({ radius: isOwn ? 9 : 5, stroke: new Stroke({ color, width: 2.5 }) })
        : new RegularShape({
          points: 3, radius: isOwn ? 15 : 8, rotateWithView: true, rotation: (course * Math.PI) / 180,
          scale: [0.7, 1.15], stroke: new Stroke({ color: isOwn ? palette.halo : color, width: isOwn ? 2 : 1.4, lineDash: feature.get('isOld') ? [2, 2] : undefined }),
          fill: isOwn && !feature.get('doubtful') ? new Fill({ color }) : new Fill({ color: palette.halo }),
        }),
      text: isOwn || view.getResolution() === undefined || /** @type {number} */ (view.getResolution()) > 70
        ? undefined
        : label(feature.get('name') ?? '', 12, false),
    });
  }

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function caseStyle(feature) {
    const state = feature.get('state');
    const chosen = feature.get('chosen');
    const color = state === 'landing' ? palette.unconfirmed : palette.alert;
    const solid = state === 'new';
    return new Style({
      zIndex: chosen ? 20 : 10,
      image: new RegularShape({
        points: 4, radius: chosen ? 14 : 10, fill: new Fill({ color: solid ? color : palette.halo }),
        stroke: new Stroke({ color: solid ? palette.halo : color, width: 2.5 }), declutterMode: 'none',
      }),
      text: label(feature.get('label'), chosen ? 16 : 14, true),
    });
  }

  /** @param {string} text @param {number} size @param {boolean} bold */
  function label(text, size, bold) {
    return new Text({
      text, font: `${bold ? '700 ' : ''}${size}px ${FONT}`, textAlign: 'left', offsetX: bold ? 15 : 8, padding: [2, 4, 2, 2],
      fill: new Fill({ color: palette.text }), stroke: new Stroke({ color: palette.halo, width: 4 }),
    });
  }

  /** @param {string} status @param {string} color @param {number} radius */
  function markOf(status, color, radius) {
    const fill = new Fill({ color });
    const stroke = new Stroke({ color: palette.halo, width: 2.5 });
    if (status === 'suitable') return new Circle({ radius: radius - 1, fill, stroke });
    if (status === 'caution') return new RegularShape({ points: 3, radius: radius + 1, fill, stroke });
    if (status === 'excluded') {
      return new RegularShape({ points: 4, radius: radius - 2, radius2: 0, angle: Math.PI / 4, stroke: new Stroke({ color, width: 2.5 }) });
    }
    return new RegularShape({
      points: 4, radius, fill: new Fill({ color: palette.halo }), stroke: new Stroke({ color, width: 2.5 }),
    });
  }

  let coastShown = '';
  let coastWanted = '';
  /** @param {number} level */
  async function showCoast(level) {
    const name = coastName(level, toLonLat(view.getCenter() ?? [0, 0]));
    if (name === coastWanted) return;
    coastWanted = name;
    const coast = await readCoast(name);
    if (coastWanted !== name) return;
    coastShown = name;
    const source = new VectorSource();
    source.addFeatures(coast.rings.map((ring, k) => {
      const feature = new Feature(new Polygon([ring.map((at) => fromLonLat(at))]));
      feature.set('isLake', coast.lakes.has(k), true);
      return feature;
    }));
    land.setSource(source);
  }

  function metresPerPixel() {
    const lat = toLonLat(view.getCenter() ?? [0, 0])[1];
    return (view.getResolution() ?? 100) * Math.cos((lat * Math.PI) / 180);
  }

  function drawScale() {
    const mile = NAUTICAL_MILE_M / metresPerPixel();
    const miles = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].filter((size) => size * mile <= 130).pop() ?? 0.1;
    scaleBar.style.width = `${Math.round(miles * mile)}px`;
    scaleBar.textContent = `${miles} ${say('nm')}`;
  }

  map.on('moveend', () => {
    drawScale();
    if (coastShown) showCoast(coastLevel(metresPerPixel() / devicePixelRatio)).catch(() => { coastWanted = coastShown; });
  });
  map.on('pointerdrag', () => { isFollowing = false; });
  map.on('click', (event) => {
    if (zones.isDrawing()) return;
    map.forEachFeatureAtPixel(event.pixel, (feature) => {
      const id = feature.get('id');
      if (feature.get('isCase')) onPickCase?.(id);
      else if (feature.get('isZone')) onPickZone?.(id);
      else if (id && shown.some((port) => port.id === id)) onPick(id);
      else return false;
      return true;
    }, { hitTolerance: onPickCase ? 8 : 30, layerFilter: (layer) => layer === zones.layer || [9, 10].includes(layer.getZIndex() ?? 0) });
  });

  function drawOwn() {
    const kept = sources.traffic.getFeatures().filter((feature) => !['own', 'course', 'asked'].includes(feature.get('kind')));
    sources.traffic.clear(true);
    if (askedAt) {
      const mark = new Feature(new Point(fromLonLat(askedAt)));
      mark.set('kind', 'asked', true);
      kept.push(mark);
    }
    if (own.position) {
      const ship = new Feature(new Point(fromLonLat(own.position)));
      ship.setProperties({ kind: 'own', course: own.cog, doubtful: own.doubtful });
      kept.push(ship, ...courseLine(own.position, own.cog, own.sog, 'course'));
      if (isFollowing) view.setCenter(fromLonLat(own.position));
    }
    sources.traffic.addFeatures(kept);
    turn();
  }

  function turn() {
    const wanted = isCourseUp && own.cog !== null ? (-own.cog * Math.PI) / 180 : 0;
    const off = Math.abs(Math.atan2(Math.sin(wanted - view.getRotation()), Math.cos(wanted - view.getRotation())));
    if (off > LEAST_TURN || (!isCourseUp && off > 0)) view.setRotation(wanted);
  }

  function drawAnswer() {
    const lines = [];
    for (const port of [...shown].sort((a, b) => Number(a.chosen) - Number(b.chosen))) {
      if (!port.route || port.route.length < 2) continue;
      const cut = approachIndex(port.route, harbourOf.get(port.id)?.approach ?? null);
      const places = port.route.map((at) => fromLonLat(at));
      for (const [part, isHarbourLeg] of /** @type {[number[][], boolean][]} */ ([[places.slice(0, cut + 1), false], [places.slice(cut), true]])) {
        if (part.length < 2) continue;
        const line = new Feature(new LineString(part));
        line.setProperties({ chosen: port.chosen, isHarbourLeg });
        lines.push(line);
      }
    }
    sources.routes.clear(true);
    sources.routes.addFeatures(lines);
    sources.ports.clear(true);
    sources.ports.addFeatures(shown.filter((port) => placeOf(port)).map((port) => {
      const mark = new Feature(new Point(fromLonLat(/** @type {[number, number]} */ (placeOf(port)))));
      mark.setProperties({ id: port.id, status: port.status, name: port.name, chosen: port.chosen });
      return mark;
    }));
  }

  /** @param {Shown} port */
  function placeOf(port) {
    return port.at ?? harbourOf.get(port.id)?.at ?? null;
  }

  const [, areas, harbours] = await Promise.all([showCoast(250), readAreas(), readHarbours()]);
  for (const harbour of harbours) harbourOf.set(harbour.id, harbour);
  sources.banks.addFeatures([...areas.banks, ...areas.ranges].map((area) => {
    const feature = new Feature(new Polygon([area.ring.map((at) => fromLonLat(at))]));
    feature.setProperties({ depth: area.least_depth_m ?? null, isRange: area.least_depth_m === undefined }, true);
    return feature;
  }));
  sources.lanes.addFeatures(areas.lanes.map((area) => {
    const polygon = new Polygon([area.ring.map((at) => fromLonLat(at))]);
    const feature = new Feature(polygon);
    const extent = polygon.getExtent();
    feature.setProperties({
      flow: area.flow_deg, middle: polygon.getInteriorPoint().getCoordinates(),
      long: Math.min(Math.hypot(extent[2] - extent[0], extent[3] - extent[1]), Math.sqrt(polygon.getArea()) * 1.6),
    }, true);
    return feature;
  }));
  sources.limits.addFeatures(areas.limits.map((line) => new Feature(new LineString(line.map((at) => fromLonLat(at))))));
  sources.harbours.addFeatures(harbours.map((harbour) => {
    const feature = new Feature(new Point(fromLonLat(harbour.at)));
    feature.setProperties({ name: harbour.name }, true);
    return feature;
  }));
  drawScale();
  drawAnswer();
  map.once('rendercomplete', () => { performance.mark('chart-painted'); });

  return {
    areas, harbours,
    /** @param {PaletteName} name */
    setPalette(name) {
      palette = paletteOf(name);
      map.removeLayer(graticule);
      graticule = drawGraticule();
      for (const layer of layers) layer.changed();
    },
    /** @param {Own} fresh */
    setOwn(fresh) {
      own = fresh;
      drawOwn();
    },
    /** @param {Vessel[]} vessels */
    setVessels(vessels) {
      sources.traffic.clear(true);
      sources.traffic.addFeatures(vessels.flatMap((vessel) => {
        const mark = new Feature(new Point(fromLonLat(vessel.position)));
        mark.setProperties({ kind: 'target', course: vessel.cog, name: vessel.name, isOld: vessel.isOld ?? false });
        const track = new Feature(new LineString([...(vessel.track ?? []), vessel.position].map((at) => fromLonLat(at))));
        track.set('kind', 'track', true);
        return [...(vessel.track?.length ? [track] : []), mark, ...courseLine(vessel.position, vessel.cog, vessel.sog, 'target-course')];
      }));
      drawOwn();
    },
    /**
     * @param {Shown[]} ports @param {boolean} isOld
     * @param {[number, number] | null} position Given by hand; null where the answer is for own ship.
     */
    setAnswer(ports, isOld, position) {
      shown = ports;
      askedAt = position;
      drawOwn();
      dims = isOld;
      drawAnswer();
    },
    /** @param {Case[]} cases */
    setCases(cases) {
      sources.cases.clear(true);
      sources.cases.addFeatures(cases.map((one) => {
        const mark = new Feature(new Point(fromLonLat(one.position)));
        mark.setProperties({ isCase: true, id: one.id, label: one.label, state: one.state, chosen: one.chosen }, true);
        return mark;
      }));
    },
    zones,
    /** @param {[number, number][]} places */
    show(places) {
      isFollowing = false;
      view.fit(boundingExtent(places.map((at) => fromLonLat(at))), { padding: [84, 84, 84, Math.min(280, target.clientWidth * 0.4)], maxZoom: 12 });
    },
    /** Everything of the answer and own ship into view. @param {number} [note] Height of what lies over the top of it. [px] */
    fit(note = 0) {
      const places = shown.flatMap((port) => [...(port.route ?? []), ...(placeOf(port) ? [/** @type {[number, number]} */ (placeOf(port))] : [])]);
      if (askedAt) places.push(askedAt);
      else if (own.position) places.push(own.position);
      if (places.length < 2) return;
      isFollowing = false;
      // Room for the buttons and for names on the right, for the note on top.
      const right = Math.min(230, target.clientWidth * 0.42);
      const top = Math.min(Math.max(84, note + 36), target.clientHeight * 0.4);
      view.fit(boundingExtent(places.map((at) => fromLonLat(at))), { padding: [top, right, 60, 60], maxZoom: 13.5 });
    },
    /** @param {number} steps */
    zoom(steps) {
      // Round the place asked for, or own ship, as long as it is in view: what matters stays there.
      const middle = askedAt ?? own.position;
      const anchor = middle ? fromLonLat(middle) : undefined;
      const isInView = anchor && containsCoordinate(view.calculateExtent(map.getSize()), anchor);
      view.adjustZoom(steps, isInView ? anchor : undefined);
    },
    centre() {
      isFollowing = true;
      if (own.position) view.setCenter(fromLonLat(own.position));
    },
    /** @param {boolean} wanted */
    setCourseUp(wanted) {
      isCourseUp = wanted;
      turn();
    },
    redraw() {
      drawScale();
      for (const layer of layers) layer.changed();
    },
    resize() {
      map.updateSize();
    },
    /** @param {string} portId */
    harbour(portId) {
      return harbourOf.get(portId) ?? null;
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof createChart>>} Chart */

/**
 * Where the line of a route passes its approach point; the end where it does not.
 * @param {[number, number][]} route @param {[number, number] | null} approach
 */
export function approachIndex(route, approach) {
  if (!approach) return route.length - 1;
  const index = route.findIndex(([lon, lat]) => Math.abs(lon - approach[0]) < 2e-4 && Math.abs(lat - approach[1]) < 2e-4);
  return index < 0 ? route.length - 1 : index;
}

/**
 * Where a vessel will be in six minutes, and the line there.
 * @param {[number, number]} from @param {number | null} cog @param {number | null} sog @param {string} kind
 */
function courseLine(from, cog, sog, kind) {
  if (cog === null || sog === null || sog < 0.5) return [];
  const miles = sog * COURSE_LINE_H;
  const rad = (cog * Math.PI) / 180;
  const to = [from[0] + (miles * Math.sin(rad)) / 60 / Math.cos((from[1] * Math.PI) / 180), from[1] + (miles * Math.cos(rad)) / 60];
  const [a, b] = [fromLonLat(from), fromLonLat(to)];
  const across = [-(b[1] - a[1]) * 0.06, (b[0] - a[0]) * 0.06];
  const line = new Feature(new MultiLineString([[a, b], [[b[0] - across[0], b[1] - across[1]], [b[0] + across[0], b[1] + across[1]]]]));
  line.setProperties({ kind });
  return [line];
}

/** An open arrow that points where a lane flows. @param {number[]} at @param {number} flow [deg] @param {number} size */
function arrowAt(at, flow, size) {
  const rad = (flow * Math.PI) / 180;
  const [sin, cos] = [Math.sin(rad), Math.cos(rad)];
  const outline = [[-0.35, -1.2], [-0.35, 0.3], [-0.8, 0.3], [0, 1.3], [0.8, 0.3], [0.35, 0.3], [0.35, -1.2], [-0.35, -1.2]];
  return new Polygon([outline.map(([x, y]) => [at[0] + size * (x * cos + y * sin), at[1] + size * (-x * sin + y * cos)])]);
}

/** @param {number} value @param {string} positive @param {string} negative */
function degreesText(value, positive, negative) {
  const minutes = Math.round(Math.abs(value) * 60);
  return `${Math.floor(minutes / 60)}°${String(minutes % 60).padStart(2, '0')}′${value < 0 ? negative : positive}`;
}
