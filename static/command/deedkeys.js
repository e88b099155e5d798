/** One letter for each deed that is done often at a desk; shown on its button and in the help. */
export const KEY_OF = {
  accept: 'A', dispatch: 'D', decide: 'D', whistle: 'W', return: 'R', merge: 'M', refuse: 'X',
  press: 'U', hand_over: 'O', move: 'P', correct: 'E', close: 'C', pass: 'C', ask_verify: 'V', remark: 'N',
};

/** Letter -> the deeds it may press: the first that is open is meant. */
export const DEEDS_OF = Object.entries(KEY_OF).reduce((found, [deed, key]) => ({
  ...found, [key.toLowerCase()]: [...(found[key.toLowerCase()] || []), deed],
}), {});
