import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

const css = readFileSync(new URL('../../static/shared/tokens.css', import.meta.url), 'utf8').replace(/\/\*[^]*?\*\//g, '');

/** The custom properties of the rule with this selector. */
function tokens(selector) {
  const from = css.indexOf(`${selector} {`);
  assert.ok(from >= 0, selector);
  const body = css.slice(from, css.indexOf('}', from));
  return Object.fromEntries(Array.from(body.matchAll(/--([\w-]+):\s*([^;]+);/g), ([, name, value]) => [name, value]));
}

const light = tokens(':root');
const dark = tokens(':root[data-theme="dark"]');
const sun = { ...light, ...tokens(':root[data-sunlight="on"]') };

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

const STATES = ['reported', 'accepted', 'in-progress', 'answered', 'closed', 'near-due', 'overdue', 'danger'];

test('the automatic dark is the dark', () => {
  assert.deepEqual(tokens(':root[data-theme="auto"]'), dark);
});

test('dark and sunlight set every colour that light sets', () => {
  const colours = Object.keys(light).filter((name) => light[name].startsWith('#'));
  assert.deepEqual(colours.filter((name) => !(name in dark)), []);
  assert.deepEqual(colours.filter((name) => !(name in tokens(':root[data-sunlight="on"]'))), []);
});

for (const [name, theme] of Object.entries({ light, dark, sun })) {
  test(`${name}: text stands out 7 to 1, states 4.5 to 1, edges of controls 3 to 1`, () => {
    for (const ground of ['paper', 'ground']) {
      for (const ink of ['ink', 'ink-2']) assert.ok(contrast(theme[ink], theme[ground]) >= 7, `${ink} on ${ground}`);
      for (const state of STATES) assert.ok(contrast(theme[state], theme[ground]) >= 4.5, `${state} on ${ground}`);
      assert.ok(contrast(theme.control, theme[ground]) >= 3, `control on ${ground}`);
      assert.ok(contrast(theme.accent, theme[ground]) >= 4.5, `accent on ${ground}`);
    }
    assert.ok(contrast(theme['on-main'], theme.main) >= 5.5, 'words on the main button, which are large');
    assert.ok(contrast(theme['on-accent'], theme.accent) >= 7, 'words on the accent');
    for (const soft of ['accent-soft', 'near-soft', 'danger-soft', 'good-soft']) {
      assert.ok(contrast(theme.ink, theme[soft]) >= 7, `ink on ${soft}`);
    }
  });
}

const phone = ':root[data-size="phone"]';
const lights = {
  light: { ...light, ...tokens(phone) },
  dark: { ...dark, ...tokens(`${phone}[data-theme="auto"]:not([data-sunlight="on"])`) },
  sun,
};
for (const [name, theme] of Object.entries(lights)) {
  test(`the phone, ${name}: every word stands out 7 to 1 on every ground`, () => {
    for (const ground of ['paper', 'ground', 'accent-soft', 'near-soft', 'danger-soft', 'good-soft']) {
      for (const ink of ['ink', 'ink-2', 'accent', ...STATES]) {
        assert.ok(contrast(theme[ink], theme[ground]) >= 7, `${ink} on ${ground}: ${contrast(theme[ink], theme[ground])}`);
      }
    }
    assert.ok(contrast(theme['on-main'], theme.main) >= 7, 'words on the main button');
    assert.ok(contrast(theme['on-main'], theme['main-press']) >= 7, 'words on the pressed button');
  });
}
