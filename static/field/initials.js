/**
 * First letters of the pinyin of Chinese words, without a dictionary: the browser's own collation
 * sorts by pinyin, so each letter ends where the first character of the next one begins.
 */
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const FIRST_OF_LETTER = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他穵夕丫帀';
const byPinyin = new Intl.Collator('zh-Hans-CN-u-co-pinyin');

/** '占道经营' -> 'zdjy'; other characters stay as they are, in lower case. */
export function initials(text) {
  return Array.from(text, initial).join('').toLowerCase();
}

function initial(character) {
  if (!/[\u4e00-\u9fff]/.test(character)) return character;
  let found = 0;
  while (found + 1 < LETTERS.length && byPinyin.compare(FIRST_OF_LETTER[found + 1], character) <= 0) found += 1;
  return LETTERS[found];
}
