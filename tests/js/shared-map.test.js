/** The colours of the map: one set for each theme, borders that stand out, a ramp that rises. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (name) => readFileSync(new URL(`../../static/shared/${name}`, import.meta.url), 'utf8');
const css = read('map.css').replace(/\/\*[^]*?\*\//g, '');

/** The custom properties of the rule with this selector. */
function tokens(selector) {
  const from = css.indexOf(`${selector} {`);
  assert.ok(from >= 0, selector);
  const body = css.slice(from, css.indexOf('}', from));
  return Object.fromEntries(Array.from(body.matchAll(/--([\w-]+):\s*([^;]+);/g), ([, name, value]) => [name, value]));
}

const light = tokens(':root');
const dark = tokens(':root[data-theme="dark"]');

function luminance(hex) {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/g, '$&$&') : hex;
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(full.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test('dark sets every colour that light sets, and the automatic dark is the dark', () => {
  assert.deepEqual(Object.keys(dark), Object.keys(light));
  assert.deepEqual(tokens(':root[data-theme="auto"]'), dark);
});

for (const [name, theme] of Object.entries({ light, dark })) {
  test(`${name}: borders carry meaning, 3 to 1; names are text, 4.5 to 1`, () => {
    ['border', 'border-upper'].forEach((line) => assert.ok(contrast(theme[line], theme['map-ground']) >= 3, line));
    [['map-name', 'map-ground'], ['map-name', 'map-halo'], ['map-name-water', 'map-water']]
      .forEach(([ink, ground]) => assert.ok(contrast(theme[ink], theme[ground]) >= 4.5, `${ink} on ${ground}`));
  });

  test(`${name}: the ramp steps away from the ground, one clear step at a time`, () => {
    const steps = ['map-ground', 'fill-1', 'fill-2', 'fill-3', 'fill-4'].map((step) => contrast(theme[step], theme['map-ground']));
    steps.slice(1).forEach((step, index) => assert.ok(step / steps[index] >= 1.15, `fill-${index + 1}: ${steps.join(' ')}`));
  });
}

test('the base map paints with tokens that exist', () => {
  const asked = Array.from(read('basemap.js').matchAll(/(?:colour|fill|line|place)\('([a-z-]+)'(?:, '([a-z-]+)')?/g))
    .flatMap(([, one, other]) => [one, other].filter(Boolean));
  assert.ok(asked.length > 12);
  assert.deepEqual(asked.filter((name) => !(`map-${name}` in light)), []);
});
