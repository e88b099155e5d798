/** Small choices this phone remembers. Some web views throw on storage: then it just forgets. */

/** @returns the remembered value, or the given one */
export function remembered(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`field.${name}`)) || otherwise;
  } catch (error) {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`field.${name}`, JSON.stringify(value));
  } catch (error) {
    // Nothing depends on it.
  }
}
