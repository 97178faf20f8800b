import assert from 'node:assert/strict';
import test from 'node:test';
import { index, lookUp, near } from '../src/glossary.js';

test('words are found under their letter, odd names too', () => {
  const letters = index({ constructor: 'one who builds', stool: 'a stump' });
  assert.equal(letters.c.constructor, 'one who builds');
  assert.equal(letters.s.stool, 'a stump');
});

test('an unknown letter has no near words', () => {
  assert.deepEqual(near('xylem'), []);
  assert.deepEqual(lookUp('xylem'), { word: 'xylem', meaning: null, near: [] });
});

test('near words by length', () => {
  assert.deepEqual(near('stools'), ['stool', 'standard']);
});

test('an empty word is refused', () => {
  assert.throws(() => lookUp('  '), RangeError);
});
