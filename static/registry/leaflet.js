/**
 * The administration's maps: draw a shape or look at one, on our own base map.
 *
 * Each .shape-map names its textarea (data-field), its geometry type (data-kind) and whether it
 * may be drawn on (data-modifiable); the JSON script tag beside it says where to look.
 */
/* global L */
import { basemapLayer } from '../shared/basemap.js';
import { createMap } from '../shared/leaflet.js';

const DECIMALS = 7;   // what the server rounds to

function draw(box) {
  const settings = JSON.parse(box.nextElementSibling.textContent);
  const map = createMap(box, {
    bounds: settings.bounds,
    attribution: settings.attribution,
    titles: settings.titles,
    zoomPosition: 'topleft',
  });
  basemapLayer(settings.tiles).addTo(map);
  const { finish, clear } = settings.titles;   // what django-leaflet leaves in English
  L.drawLocal.draw.toolbar.finish = { title: finish, text: finish };
  L.drawLocal.edit.toolbar.actions.clearAll = { title: clear, text: clear };
  new L.GeometryField({
    fieldid: box.dataset.field,
    geom_type: box.dataset.kind,
    modifiable: 'modifiable' in box.dataset,
    precision: DECIMALS,
    field_store_class: L.FieldStore,
  }).addTo(map);
}

document.querySelectorAll('.shape-map').forEach(draw);
