/** The keyboard of the desk: one letter, one deed, never while somebody is typing. */

/**
 * @param {Object<string, function>} deeds key -> act, such as {j: next, Escape: close}
 * @returns {function()} stop listening
 */
export function listenToKeys(deeds) {
  const onKey = (event) => {
    const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
    const act = deeds[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') || (typing && event.key !== 'Escape')) return;
    event.preventDefault();
    act(event);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
