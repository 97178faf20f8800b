import { readFileSync } from 'node:fs';

/** Words by first letter. The inner objects have no prototype: a word may be called "constructor". */
export function index(words) {
  const letters = Object.create(null);
  for (const [word, meaning] of Object.entries(words)) {
    const letter = word[0];
    letters[letter] ??= Object.create(null);
    letters[letter][word] = meaning;
  }
  return letters;
}

const letters = index(JSON.parse(readFileSync(new URL('../data/words.json', import.meta.url))));

export function lookUp(word) {
  const key = word.trim().toLowerCase();
  if (key === '') throw new RangeError('an empty word');
  if (letters[key[0]] && letters[key[0]].hasOwnProperty(key)) {
    return { word: key, meaning: letters[key[0]][key] };
  }
  return { word: key, meaning: null, near: near(key) };
}

/** Words with the same first letter, nearest length first. */
export function near(word) {
  return Object.keys(letters[word[0]] ?? {})
    .sort((a, b) => Math.abs(a.length - word.length) - Math.abs(b.length - word.length) || (a < b ? -1 : 1))
    .slice(0, 3);
}
