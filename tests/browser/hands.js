/**
 * What a person does at the phone page, at the speed of a script: take pictures, fill the form, press.
 * Only what a thumb can reach is used; looking at the disk is the one thing people cannot do.
 */
window.hands = (() => {
  const find = (selector) => document.querySelector(selector);
  const later = window.setTimeout.bind(window);
  const pause = (ms) => new Promise((resolve) => { later(resolve, ms); });
  const shown = (selector) => Array.from(document.querySelectorAll(selector)).find((node) => node.offsetParent);

  /** The first truthy thing that look() returns. */
  async function until(look, what, patienceMs = 30000) {
    const end = Date.now() + patienceMs;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
      await pause(15);
    }
  }

  const press = async (selector) => (await until(() => shown(selector), selector)).click();

  const pressNamed = async (selector, name) => (await until(
    () => Array.from(document.querySelectorAll(selector)).find((node) => node.offsetParent && node.textContent.trim() === name),
    `${name} among ${selector}`,
  )).click();

  /** A picture like no other: noise, so that no byte of it can be guessed. */
  async function picture(width = 640, height = 480) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    for (let x = 0; x < width; x += 16) {
      for (let y = 0; y < height; y += 16) {
        context.fillStyle = `hsl(${Math.random() * 360} 80% ${20 + Math.random() * 60}%)`;
        context.fillRect(x, y, 16, 16);
      }
    }
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, 'image/jpeg', 0.9); });
    return new File([blob], 'photo.jpg', { type: blob.type });
  }

  /** Answer a file chooser. */
  async function give(selector, file) {
    const input = await until(() => find(selector), selector);
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function write(node, words) {
    node.value = words;
    node.dispatchEvent(new Event('input', { bubbles: true }));
    node.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** From 拍照 to 已保存在本机 or 已送达; returns the words on the last screen. */
  async function report(words, photos = 1, type = '井盖缺失破损') {
    await press('[data-tab=report]');
    if (!photos) await press('#no-photo');
    for (let nth = 1; nth <= photos; nth += 1) {
      await give(nth === 1 ? '.shutter input' : '#add-photo input', await picture());
      await until(() => document.querySelectorAll('#thumbs li:not([aria-busy]) img').length === nth, `photo ${nth}`);
    }
    await pressNamed('#chips button', type);
    write(find('#report-form').elements.words, words);
    await press('#submit');
    await until(() => shown('#done-title'), 'the last screen');
    const told = find('#done-title').textContent;
    await press('[data-home]');
    return told;
  }

  async function goHome() {
    while (!shown('[data-screen=home]')) {
      history.back();
      await pause(60);
    }
  }

  async function openTask() {
    await goHome();
    await press('[data-tab=tasks]');
    await press('#tasks .row');
    await until(() => shown('#detail .dock'), 'the task');
  }

  /** A remark on the first task; returns once the phone has told its fate. */
  async function remark(words) {
    await openTask();
    if (!Array.from(document.querySelectorAll('#detail .dock button')).some((node) => node.textContent.trim() === '备注')) {
      await pressNamed('#detail .dock button', '更多');
    }
    await pressNamed('#detail .dock button, #deeds-list .row strong', '备注');
    write(await until(() => shown('#deed-fields textarea'), 'the form'), words);
    await press('#deed-send');
    await until(() => shown('#detail .notice'), 'the fate of the remark');
    await goHome();
  }

  const networkIsBack = () => { window.dispatchEvent(new Event('online')); };

  /** Wait until the header says this, a regular expression. */
  const queueSays = (words) => until(() => new RegExp(words).test(queueLine()), `${words} in the header`, 40000)
    .catch((error) => { throw new Error(`${error.message}, which says ${queueLine()}`); });

  async function retry() {
    await goHome();
    await press('[data-tab=mine]');
    await pressNamed('#queue button', '再发一次');
  }

  const queueLine = () => find('#queue-state').textContent.trim();

  /** The network comes and goes; each time it comes back the browser says so. */
  async function waitForDelivery(patienceMs) {
    await until(async () => {
      networkIsBack();
      await pause(200);
      return !(await onDisk()).items.length;
    }, 'delivery of everything', patienceMs);
  }

  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

  /** What this phone keeps: items without pictures, and the SHA-256 of each picture's bytes. */
  async function onDisk() {
    const db = await asked(indexedDB.open('gis-grid-field'));
    const all = (name) => asked(db.transaction(name).objectStore(name).getAll());
    try {
      const photos = {};
      for (const { id, bytes } of await all('photos')) {
        photos[id] = hex(await crypto.subtle.digest('SHA-256', bytes));
      }
      return { items: await all('reports'), photos };
    } finally {
      db.close();
    }
  }

  /** A phone out of the box. */
  const forget = () => asked(indexedDB.deleteDatabase('gis-grid-field'));

  return { goHome, openTask, remark, networkIsBack, queueSays, retry, forget, until, shown, pause, press, pressNamed, picture, give, write, report, queueLine, waitForDelivery, onDisk };
})();
