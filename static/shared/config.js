/**
 * What the server tells the page: two JSON script tags, "config" (written by json_script from the
 * view's dict) and "files" (the static files that scripts need, written by the template).
 * Use: import { config }, then get(config.urls.me). Every URL comes from here; scripts never type
 * one. (No whole import line in a comment: Django's static hashing would follow it.)
 */

/** Read one of the tags; {} where there is no page (unit tests). */
function read(id) {
  const tag = typeof document === 'undefined' ? null : document.getElementById(id);
  return tag ? JSON.parse(tag.textContent) : {};
}

const page = read('config');

export const config = { ...page, urls: { ...read('files'), ...page.urls } };
