// Exclusion zones on the chart: shown, drawn corner by corner, and their corners moved.

import {
  Draw, Feature, Fill, Modify, Polygon, Snap, Stroke, Style, VectorLayer, VectorSource, fromLonLat, toLonLat,
} from '../vendor/openlayers.js';

/** @typedef {[number, number][]} Corners Longitude and latitude, each corner once. [deg] */
/** @typedef {{ id: string, label: string, corners: Corners, inForce: boolean, chosen: boolean }} ShownZone */

/** Corners of a drawn polygon are kept to a metre. [deg] */
const PLACES = 5;

/**
 * @param {import('ol/Map.js').default} map @param {() => import('./palettes.js').Palette} paletteNow
 * @param {(text: string, size: number, bold: boolean) => import('ol/style/Text.js').default} label
 */
export function createZoneLayer(map, paletteNow, label) {
  const source = new VectorSource();
  const drafts = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: 4.5, style: zoneStyle });
  const draftLayer = new VectorLayer({ source: drafts, zIndex: 11, style: draftStyle });
  map.addLayer(layer);
  map.addLayer(draftLayer);
  /** @type {import('ol/interaction/Interaction.js').default[]} */
  let interactions = [];

  /** @param {import('ol/Feature.js').FeatureLike} feature */
  function zoneStyle(feature) {
    const palette = paletteNow();
    const [inForce, chosen] = [feature.get('inForce'), feature.get('chosen')];
    const text = label(feature.get('label'), 14, true);
    text.setTextAlign('center');
    text.setOffsetX(0);
    text.setOverflow(true);
    return new Style({
      fill: inForce ? new Fill({ color: palette.zoneFill }) : undefined, text,
      // To come: dashed and empty, so that colour is not all that tells them apart.
      stroke: new Stroke({ color: palette.zone, width: chosen ? 4 : 2.5, lineDash: inForce ? undefined : [10, 6] }),
    });
  }

  function draftStyle() {
    const palette = paletteNow();
    return new Style({ fill: new Fill({ color: palette.zoneFill }), stroke: new Stroke({ color: palette.zone, width: 3, lineDash: [4, 4] }) });
  }

  /** @param {import('ol/geom/Polygon.js').default} polygon @returns {Corners} */
  function cornersOf(polygon) {
    return /** @type {Corners} */ (polygon.getCoordinates()[0].slice(0, -1).map((at) => toLonLat(at).map((value) => Number(value.toFixed(PLACES)))));
  }

  /** @param {Corners} corners */
  const polygonOf = (corners) => new Polygon([[...corners, corners[0]].map((at) => fromLonLat(at))]);

  function stop() {
    for (const interaction of interactions) map.removeInteraction(interaction);
    interactions = [];
    drafts.clear(true);
  }

  /** @param {import('ol/interaction/Interaction.js').default[]} wanted */
  function begin(wanted) {
    interactions = wanted;
    for (const interaction of wanted) map.addInteraction(interaction);
  }

  return {
    layer,
    isDrawing: () => interactions.length > 0,
    /** @param {ShownZone[]} zones */
    set(zones) {
      source.clear(true);
      source.addFeatures(zones.map((zone) => {
        const feature = new Feature(polygonOf(zone.corners));
        feature.setProperties({ isZone: true, id: zone.id, label: zone.label, inForce: zone.inForce, chosen: zone.chosen }, true);
        return feature;
      }));
    },
    /** Draw corner by corner; a double click, or a click on the first corner, ends it. @param {(corners: Corners) => void} then */
    draw(then) {
      stop();
      const drawing = new Draw({ source: drafts, type: 'Polygon', style: draftStyle() });
      drawing.on('drawend', (event) => {
        const corners = cornersOf(/** @type {import('ol/geom/Polygon.js').default} */ (event.feature.getGeometry()));
        // After this event OpenLayers still adds what was drawn; then all of it goes.
        setTimeout(() => { stop(); then(corners); }, 0);
      });
      begin([drawing, new Snap({ source })]);
    },
    /** Let corners be moved, added and, with Alt, taken away; the answer gives them as they are then. @param {Corners} corners */
    modify(corners) {
      stop();
      const feature = new Feature(polygonOf(corners));
      drafts.addFeature(feature);
      begin([new Modify({ source: drafts })]);
      return () => cornersOf(/** @type {import('ol/geom/Polygon.js').default} */ (feature.getGeometry()));
    },
    stop,
  };
}
