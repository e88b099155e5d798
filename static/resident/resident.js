/**
 * The resident's form with a script: photos are shrunk before they travel, the place is asked for
 * when its button is pressed and at no other time, and a second tap on the way sends nothing.
 * Without any of it the form works as the browser sends it.
 */
import { shrink } from '../field/photo.js';

const FIX = { enableHighAccuracy: true, timeout: 10000, maximumAge: 0 };
const byId = (id) => document.getElementById(id);

/** Put smaller copies into the file field; what cannot be read as a picture stays as it is. */
async function makeSmaller(field) {
  const kept = new DataTransfer();
  for (const [i, file] of Array.from(field.files).slice(0, Number(field.dataset.most)).entries()) {
    kept.items.add(await smaller(file, i + 1));   // one at a time: a cheap phone has little room
  }
  field.files = kept.files;
}

async function smaller(file, number) {
  try {
    const { bytes, type } = await shrink(file);
    return new File([bytes], `${number}.jpg`, { type });
  } catch (error) {
    return file;   // the server says what is wrong with it
  }
}

function showThumbs(field) {
  byId('thumbs').textContent = '';
  byId('thumbs').append(...Array.from(field.files).map((file) => {
    const image = document.createElement('img');
    image.alt = '';
    image.src = URL.createObjectURL(file);
    image.onload = () => URL.revokeObjectURL(image.src);
    const item = document.createElement('li');
    item.append(image);
    return item;
  }));
}

function takePhotos(field, submit) {
  const told = byId('photos-told');
  field.addEventListener('change', async () => {
    const tooMany = field.files.length > Number(field.dataset.most);
    submit.disabled = true;
    told.textContent = field.dataset.busy;
    try {
      await makeSmaller(field);
    } finally {
      submit.disabled = false;
      told.textContent = tooMany ? field.dataset.tooMany : '';
      showThumbs(field);
    }
  });
}

function takePlace(box) {
  const [position, accuracy] = box.querySelectorAll('input');
  const told = byId('place-told');
  const show = (words) => {
    byId('place-add').hidden = Boolean(position.value);
    byId('place-remove').hidden = !position.value;
    told.textContent = words;
  };
  const fill = (place, metres) => { position.value = place; accuracy.value = metres; };
  const found = () => box.dataset.found.replace('{metres}', Math.round(accuracy.value));

  byId('place-add').addEventListener('click', () => {
    told.textContent = box.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { fill(`${coords.longitude},${coords.latitude}`, coords.accuracy); show(found()); },
      () => show(box.dataset.failed),
      FIX);
  });
  byId('place-remove').addEventListener('click', () => { fill('', ''); show(box.dataset.removed); });
  box.hidden = false;
  show(position.value ? found() : '');
}

/** Until the answer comes the button rests; who comes back by 返回 finds it as it was. */
function sendOnce(form, submit) {
  const words = submit.textContent;
  form.addEventListener('submit', () => {
    submit.disabled = true;
    submit.textContent = submit.dataset.busy;
  });
  window.addEventListener('pageshow', () => { submit.disabled = false; submit.textContent = words; });
}

sendOnce(byId('report'), byId('submit'));
if (window.DataTransfer && window.File) takePhotos(byId('photos'), byId('submit'));
if (navigator.geolocation && window.isSecureContext) takePlace(byId('place'));
