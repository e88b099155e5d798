/**
 * What the phone page may not use, because the web views on the phones (Chromium 80, 2020) do not
 * know it. Each entry: name, the version of Chromium it came in, how to find it. Syntax that is
 * unknown kills a whole module; a property of CSS that is unknown is left out, so only those are
 * listed here without which a screen falls apart.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';

const OLDEST = 80;
const SYNTAX = [
  ['private methods and #x in', 84, /[\w)\]]\s*\.#|^\s*(static\s+|async\s+|get\s+|set\s+)*#\w+\s*\(|#\w+ in /m],
  ['private fields', 74, null],
  ['logical assignment', 85, /\?\?=|\|\|=|&&=/],
  ['top-level await', 89, null],   // told by its place, see below
  ['static blocks', 94, /\bstatic\s*\{/],
  ['a reason for an error', 93, /\bError\([^()]*,\s*\{\s*cause\b/],
  ['import attributes', 91, /\bimport\b[^;]*?\b(assert|with)\s*\{\s*type\b/],
  ['bare imports (an import map)', 89, null],
];
const REGULAR = [
  ['regular expressions with d', 90, /^[a-z]*d/],
  ['regular expressions with v', 112, /^[a-z]*v/],
];
const POWERS = [
  ['at', 92, /\.at\(-?\d/],
  ['replaceAll', 85, /\.replaceAll\(/],
  ['replaceChildren', 86, /\.replaceChildren\(/],
  ['findLast', 97, /\.findLast(Index)?\(/],
  ['copying array methods', 110, /\.(toSorted|toReversed|toSpliced)\(/],
  ['grouping', 117, /\b(Object|Map)\.groupBy\(/],
  ['Object.hasOwn', 93, /\bObject\.hasOwn\(/],
  ['Promise.any', 85, /\bPromise\.any\(/],
  ['Promise.withResolvers', 119, /\bPromise\.withResolvers\(/],
  ['structuredClone', 98, /\bstructuredClone\(/],
  ['randomUUID', 92, /\brandomUUID\(/],
  ['AbortSignal.timeout and any', 103, /\bAbortSignal\.(timeout|any)\(/],
  ['throwIfAborted', 100, /\.throwIfAborted\(/],
  ['Response.json', 105, /\bResponse\.json\(/],
  ['URL.canParse and parse', 120, /\bURL\.(canParse|parse)\(/],
  ['Array.fromAsync', 121, /\bArray\.fromAsync\(/],
  ['methods of sets', 122, /\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(/],
  ['methods of iterators', 122, /\.(values|keys|entries)\(\)\s*\.(map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find)\(/],
  ['for await over a stream', 124, /for await \([^)]*\.body\b/],
  ['WeakRef and FinalizationRegistry', 84, /\b(WeakRef|FinalizationRegistry)\b/],
  ['Intl.Segmenter and DisplayNames', 81, /\bIntl\.(Segmenter|DisplayNames)\b/],
  ['choosing and saving files', 86, /\bshow(Open|Save|Directory)?FilePicker\(|\.showPicker\(/],
  ['checkVisibility', 105, /\.checkVisibility\(/],
  ['inert', 102, /\.inert\b/],
  ['popovers', 114, /\.(show|hide|toggle)Popover\(/],
  ['scheduler', 94, /\bscheduler\.(postTask|yield)\(/],
  ['user agent data', 90, /\.userAgentData\b/],
];
const SELECTORS = [
  [':has', 105, /:has\(/],
  [':is and :where', 88, /:(is|where)\(/],
  [':focus-visible', 86, /:focus-visible/],
  [':user-valid', 119, /:user-(in)?valid/],
  [':dir', 120, /:dir\(/],
  [':not with a list', 88, /:not\([^()]*,/],
  ['nesting', 112, /&/],
];
const AT_RULES = [
  ['@container', 105, /@container\b/],
  ['@layer', 99, /@layer\b/],
  ['@scope', 118, /@scope\b/],
  ['ranges in @media', 104, /@media[^{]*[<>]/],
];
const PROPERTIES = [
  ['inset', 87, /^inset(-|$)/],
  ['logical shorthands', 87, /^(margin|padding)-(inline|block)$/],
  ['gap of a flex box', 84, /^(row-|column-)?gap$/],
  ['aspect-ratio', 88, /^aspect-ratio$/],
  ['translate, rotate, scale alone', 104, /^(translate|rotate|scale)$/],
  ['appearance without prefix', 84, /^appearance$/],
  ['mask without prefix', 120, /^mask(-image)?$/],
];
const VALUES = [
  ['color-mix', 111, /\bcolor-mix\(/],
  ['oklch and lab', 111, /\b(ok)?(lch|lab)\(/],
  ['light-dark', 123, /\blight-dark\(/],
  ['small, large and dynamic viewport', 108, /\d(s|l|d)v[hwib]/],
  ['overflow clip', 90, /^clip$/],
  ['subgrid', 117, /\bsubgrid\b/],
];
// Where an old web view loses nothing: the sheet or module says why.
const HARMLESS = new Set(['shared/base.css: :focus-visible']);

const ROOT = new URL('../../static/', import.meta.url);
const read = (name) => readFileSync(new URL(name, ROOT), 'utf8');

/** Every module that this one reaches, at once or later (`import()`), by name under static/. */
function reached(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  Array.from(read(name).matchAll(/(?:from |^import |\bimport\()'(\.[^']+)'/gm)).forEach(([, path]) => {
    reached(new URL(path, new URL(name, ROOT)).href.slice(ROOT.href.length), found);
  });
  return found;
}

const WORD = /[\w$)\]}]/;
const BEFORE_REGULAR = /(?:^|[=(,:;!&|?{}[\n+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|yield))\s*$/;

/**
 * The code without comments, strings and regular expressions; the flags of the latter apart.
 * What stands in `${}` of a template is code and stays.
 */
function bare(source) {
  let code = '';
  const flags = [];
  const templates = [];   // depth of braces for each open ${}
  let at = 0;

  function text(quote) {
    while (at < source.length && source[at] !== quote) {
      if (quote === '`' && source.startsWith('${', at)) {
        templates.push(0);
        at += 2;
        code += '(';
        return;
      }
      at += source[at] === '\\' ? 2 : 1;
    }
    at += 1;
    code += '""';
  }

  function regular() {
    let inClass = false;
    while (at < source.length && (inClass || source[at] !== '/')) {
      if (source[at] === '[') inClass = true;
      if (source[at] === ']') inClass = false;
      at += source[at] === '\\' ? 2 : 1;
    }
    at += 1;
    const [flag] = /^[a-z]*/.exec(source.slice(at));
    flags.push(flag);
    at += flag.length;
    code += '""';
  }

  while (at < source.length) {
    const character = source[at];
    at += 1;
    if (character === '/' && source[at] === '/') at = (source.indexOf('\n', at) + source.length + 1) % (source.length + 1);
    else if (character === '/' && source[at] === '*') at = source.indexOf('*/', at) + 2;
    else if (character === '/' && (!WORD.test(code.trimEnd().slice(-1)) || BEFORE_REGULAR.test(code.slice(-12)))) regular();
    else if (`'"\``.includes(character)) text(character);
    else if (character === '}' && templates.length && templates[templates.length - 1] === 0) {
      templates.pop();
      code += ')';
      text('`');
    } else {
      if (templates.length && '{}'.includes(character)) templates[templates.length - 1] += character === '{' ? 1 : -1;
      code += character;
    }
  }
  return { code, flags };
}

const younger = (entries) => entries.filter(([, since, pattern]) => since > OLDEST && pattern);
const hits = (text, entries) => younger(entries).filter(([, , pattern]) => pattern.test(text)).map(([what]) => what);

/** True when an `await` stands outside every pair of braces, and so of every function of ours. */
function awaitsAtTop(code) {
  let depth = 0;
  const outside = Array.from(code, (character) => {
    if ('{}'.includes(character)) depth += character === '{' ? 1 : -1;
    return depth ? ' ' : character;
  }).join('');
  return outside.split('\n').some((line) => /\bawait\b/.test(line) && !/\basync\b/.test(line));
}

const BARE_IMPORT = /^(?:import|export)\b[^;'"]*?\bfrom ['"](?!\.)|^import ['"](?!\.)/m;

/** What a module uses that an old web view lacks. */
function tooYoung(source) {
  const { code, flags } = bare(source);
  return [
    ...hits(code, SYNTAX), ...hits(code, POWERS), ...flags.flatMap((flag) => hits(flag, REGULAR)),
    ...(awaitsAtTop(code) ? ['top-level await'] : []),
    ...(BARE_IMPORT.test(source) ? ['bare imports (an import map)'] : []),
  ];
}

/** What a sheet uses that an old web view lacks and would miss. */
function tooYoungSheet(source) {
  const css = source.replace(/\/\*[^]*?\*\//g, '').replace(/"[^"]*"|url\([^)]*\)/g, '""');
  const found = hits(css, AT_RULES);
  Array.from(css.matchAll(/([^{};]*)\{([^{}]*)\}/g)).forEach(([, selector, body]) => {
    found.push(...hits(selector, SELECTORS));
    const before = [];
    body.split(';').map((part) => /^\s*([\w-]+)\s*:\s*([^]*)$/.exec(part)).filter(Boolean).forEach(([, property, value]) => {
      // An older value of the same property, or the prefixed one, stands first: nothing is missed.
      const known = before.includes(property) || before.includes(`-webkit-${property}`);
      const grid = property.endsWith('gap') && /display:\s*(inline-)?grid/.test(body);
      if (!known && !grid) found.push(...hits(property, PROPERTIES), ...hits(value, VALUES));
      before.push(property);
    });
  });
  return found;
}

const modules = Array.from(reached('field/main.js'));
['field/sw.js', 'shared/push_worker.js'].filter((name) => existsSync(new URL(name, ROOT))).forEach((name) => reached(name).forEach((other) => modules.push(other)));
const template = ['incidents/templates/incidents/field.html', 'gis_grid/templates/gis_grid/base.html']
  .map((path) => readFileSync(new URL(`../${path}`, ROOT), 'utf8')).join('\n');
const sheets = Array.from(new Set(Array.from(template.matchAll(/static '([^']+\.css)'/g), ([, name]) => name)));

test('the walk finds the page: modules loaded later and sheets too', () => {
  for (const name of ['field/detail.js', 'field/leaflet.js', 'shared/basemap.js', 'shared/deeds/forms.js']) {
    assert.ok(modules.includes(name), name);
  }
  for (const name of ['shared/tokens.css', 'shared/base.css', 'field/field.css', 'field/map.css']) {
    assert.ok(sheets.includes(name), `${name} of ${sheets}`);
  }
});

test('no module of the phone page is younger than its web views', () => {
  const found = Array.from(new Set(modules)).flatMap((name) => tooYoung(read(name)).map((what) => `${name}: ${what}`));
  assert.deepEqual(found.filter((one) => !HARMLESS.has(one)), []);
});

test('nor are the map scripts that come from elsewhere', () => {
  const vendored = JSON.parse(read('vendor/vendor.json'));
  assert.ok(vendored);
  const found = ['vendor/leaflet/leaflet.js', 'vendor/protomaps-leaflet/protomaps-leaflet.js']
    .flatMap((name) => [...hits(bare(read(name)).code, SYNTAX), ...hits(bare(read(name)).code, POWERS)].map((what) => `${name}: ${what}`));
  assert.deepEqual(found, []);
});

test('no sheet needs what its web views lack', () => {
  const found = sheets.flatMap((name) => tooYoungSheet(read(name)).map((what) => `${name}: ${what}`));
  assert.deepEqual(found.filter((one) => !HARMLESS.has(one)), []);
});

test('the check itself finds each of them', () => {
  const samples = {
    'private methods and #x in': 'class A { f() { return this.#x; } }',
    'logical assignment': 'a ??= b;',
    'top-level await': 'const a = await load();',
    'static blocks': 'class A { static { a(); } }',
    'bare imports (an import map)': "import a from 'leaflet';",
    at: 'const a = list.at(-1);',
    'AbortSignal.timeout and any': 'fetch(url, { signal: AbortSignal.timeout(5) })',
    'methods of iterators': 'map.values().map(one)',
    'regular expressions with v': 'const a = /[a]/v;',
    structuredClone: 'const a = `${structuredClone(b)} or so`;',
  };
  Object.entries(samples).forEach(([what, code]) => assert.deepEqual(tooYoung(code), [what], code));
  const calm = "// a ??= b\nconst s = 'list.at(1)', t = `#x in a`, r = a / b / c, q = /a??=\\/[/]/g;\nasync function f() {\n  await g();\n}";
  assert.deepEqual(tooYoung(calm), []);
  const rules = {
    ':has': 'a:has(b) { color: red }',
    inset: 'a { inset: 0 }',
    'gap of a flex box': 'a { display: flex; gap: 4px }',
    'color-mix': 'a { color: color-mix(in srgb, red, blue) }',
    'small, large and dynamic viewport': 'a { height: 100dvh }',
    nesting: 'a { &:hover { color: red } }',
  };
  Object.entries(rules).forEach(([what, css]) => assert.deepEqual(tooYoungSheet(css), [what], css));
  assert.deepEqual(tooYoungSheet('a { display: grid; gap: 4px; height: 100vh; height: 100dvh }'), []);
});
