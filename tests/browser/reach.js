/**
 * What keeps people from using the screen in view: controls too small to hit or without a name,
 * text too small or too pale, headings, regions. Runs inside the page; returns sentences.
 * @param {{target: number, main: number, text: number, contrast: number}} least pixels and ratio
 */
(least) => {
  const found = [];
  const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible';
  const words = (e) => (e.id ? `#${e.id} ` : '') + `${e.tagName.toLowerCase()}.${e.className.baseVal || e.className || ''} “${(e.textContent || '').trim().slice(0, 24)}”`;
  const all = (selector) => Array.from(document.querySelectorAll(selector)).filter(shown);
  const ofMap = (e) => e.closest('.leaflet-control-attribution');

  // What a finger hits: the label, where the control itself is drawn small inside it.
  const targetOf = (e) => (e.matches('input[type=file], input[type=radio], input[type=checkbox]') && e.closest('label')) || e;
  const controls = all('button, a[href], summary, select, textarea, input:not([type=hidden]), [role=button], [tabindex="0"]');
  controls.filter((e) => !ofMap(e)).forEach((e) => {
    const { width, height } = targetOf(e).getBoundingClientRect();
    const need = targetOf(e).matches('.button.main, .shutter') ? least.main : least.target;
    if (Math.min(width, height) < least.target - 0.5 || height < need - 0.5) found.push(`small ${Math.round(width)}×${Math.round(height)}: ${words(e)}`);
  });

  // Names, as a screen reader finds them; a placeholder is no name.
  const named = (e) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(' ').filter(Boolean).map((id) => document.getElementById(id));
    if (by.includes(null)) found.push(`label that is not there: ${words(e)}`);
    const texts = [e.getAttribute('aria-label'), ...by.map((other) => other && other.textContent),
      ...Array.from(e.labels || [], (label) => label.textContent), e.matches('input, textarea, select') ? '' : e.textContent,
      ...Array.from(e.querySelectorAll('img'), (image) => image.alt), e.title];
    return texts.some((text) => (text || '').trim());
  };
  [...controls, ...all('[role=group], [role=application], nav, section[aria-labelledby]')].filter((e) => !named(e)).forEach((e) => found.push(`no name: ${words(e)}`));
  all('img').filter((e) => !e.alt && !e.closest('.leaflet-tile-pane')).forEach((e) => found.push(`no alt: ${words(e)}`));
  all('button button, button a, a button, label button').forEach((e) => found.push(`control in a control: ${words(e)}`));
  all('[tabindex]').filter((e) => e.tabIndex > 0).forEach((e) => found.push(`order of its own: ${words(e)}`));

  const headings = all('h1');
  if (headings.length !== 1) found.push(`${headings.length} h1: ${headings.map(words)}`);
  if (!document.documentElement.lang) found.push('no lang');
  if (!all('main, form').length && !all('[role=application]').length) found.push('no main');
  const levels = all('h1, h2, h3, h4').map((e) => Number(e.tagName[1]));
  levels.forEach((level, i) => { if (i && level > levels[i - 1] + 1) found.push(`h${level} after h${levels[i - 1]}`); });
  const ids = Array.from(document.querySelectorAll('[id]'), (e) => e.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => found.push(`id twice: ${id}`));
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`wide: ${document.documentElement.scrollWidth} of ${window.innerWidth}`);

  // Colours of text on what is really behind it.
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), { r: 255, g: 255, b: 255, a: 1 });
  };
  const light = ({ r, g, b }) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const opacity = (e) => (e ? Number(getComputedStyle(e).opacity) * opacity(e.parentElement) : 1);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let least7 = Infinity;
  let texts = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    const hidden = e.closest('.only-read, script, noscript, style, [hidden], .leaflet-control-attribution, .leaflet-control-scale');
    if (!node.data.trim() || hidden || !shown(e) || e.closest('button[disabled]')) continue;
    texts += 1;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    if (size < least.text - 0.01) found.push(`text of ${size}: ${words(e)}`);
    const behind = ground(e);
    const ink = parse(style.color);
    const [low, high] = [light(over({ ...ink, a: ink.a * opacity(e) }, behind)), light(behind)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    least7 = Math.min(least7, ratio);
    if (ratio < least.contrast - 0.005) found.push(`contrast ${ratio.toFixed(2)}: ${words(e)} ${style.color}`);
  }
  return { found: Array.from(new Set(found)), controls: controls.length, texts, contrast: least7 };
}
