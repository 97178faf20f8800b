// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { lookUp } = await import(`${process.cwd()}/src/glossary.js`);

test('a word that is known has its meaning', () => {
  assert.match(lookUp('stool').meaning, /stump/);
});

test('capitals and spaces do not matter', () => {
  assert.equal(lookUp('  Felling ').word, 'felling');
  assert.match(lookUp('HEDGEROW').meaning, /shrubs/);
});

test('an unknown word with a known letter has near ones', () => {
  assert.deepEqual(lookUp('coppicing'), { word: 'coppicing', meaning: null, near: ['cordwood', 'coppice'] });
});

test('words that objects inherit are unknown', () => {
  assert.equal(lookUp('constructor').meaning, null);
  assert.equal(lookUp('hasownproperty').meaning, null);
});

test('an unknown letter', () => {
  assert.deepEqual(lookUp('xylem'), { word: 'xylem', meaning: null, near: [] });
});
