/** The button on the page of notices that lets this browser be told while the page is shut. */
import { post } from './api.js';
import { config } from './config.js';
import { byId } from './dom.js';

const { push } = config;

async function start(button) {
  const registration = await navigator.serviceWorker.register(config.urls.worker);
  let known = await registration.pushManager.getSubscription();

  function draw() {
    button.textContent = known ? push.words.stop : push.words.start;
    button.hidden = false;
  }

  async function subscribe() {
    known = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: push.key,
    });
    const { endpoint, keys } = known.toJSON();
    await post(push.urls.start, { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  }

  async function unsubscribe() {
    await post(push.urls.stop, { endpoint: known.endpoint });
    await known.unsubscribe();
    known = null;
  }

  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      await (known ? unsubscribe() : subscribe());
      draw();
    } catch {
      button.textContent = push.words.failed;
    } finally {
      button.disabled = false;
    }
  });
  draw();
}

if (push && 'serviceWorker' in navigator && 'PushManager' in window) start(byId('push')).catch(() => {});
