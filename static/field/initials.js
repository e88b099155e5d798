/**
 * First letters of the pinyin of Chinese words, without a dictionary: the browser's own collation
 * sorts by pinyin, so each letter ends where the first character of the next one begins. Checked
 * against a dictionary for all 6763 characters of GB 2312.
 */
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const FIRST_OF_LETTER = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他穵夕丫帀';
const byPinyin = new Intl.Collator('zh-Hans-CN-u-co-pinyin');
// A browser without that collation would guess; then the search is by characters only.
const KNOWN = Array.from(FIRST_OF_LETTER).every((first, i, all) => !i || byPinyin.compare(all[i - 1], first) < 0);

// Common characters with a second reading under another letter, 'letter: characters'.
const ALSO = Object.entries({
  b: '泊', c: '长重盛匙', d: '石提澄', g: '咖', h: '行吓虾巷', j: '车给系奇强校圈', k: '会咳', l: '弄', n: '粘',
  p: '扒堡埔番', q: '卡', s: '参单率栅伺', t: '调弹囤', x: '降厦畜宿', y: '乐', z: '藏朝传曾',
}).reduce((map, [letter, characters]) => {
  Array.from(characters).forEach((character) => map.set(character, (map.get(character) || '') + letter));
  return map;
}, new Map());

/** '占道经营' -> 'zdjy'; other characters stay as they are, in lower case. */
export function initials(text) {
  return Array.from(text, initial).join('').toLowerCase();
}

/** True when somewhere in the text the characters can be read with these first letters, in a row. */
export function soundsLike(text, letters) {
  if (!KNOWN) return false;
  const readings = Array.from(text.toLowerCase(), (character) => initial(character) + (ALSO.get(character) || ''));
  const sought = Array.from(letters);
  return readings.some((_, start) => sought.every((letter, i) => (readings[start + i] || '').includes(letter)));
}

function initial(character) {
  if (!/[\u4e00-\u9fff]/.test(character)) return character;
  let found = 0;
  while (found + 1 < LETTERS.length && byPinyin.compare(FIRST_OF_LETTER[found + 1], character) <= 0) found += 1;
  return LETTERS[found];
}
