// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { lookUp } = await import(`${process.cwd()}/src/glossary.js`);

test('a decomposed word is found', () => {
  assert.match(lookUp('épicéa'.normalize('NFD')).meaning, /spruce/);
});

test('in capitals too', () => {
  assert.match(lookUp('ÉPICÉA'.normalize('NFD')).meaning, /spruce/);
});

test('another word', () => {
  assert.match(lookUp('Chêne'.normalize('NFD')).meaning, /oak/);
});

test('near words of a decomposed one', () => {
  assert.deepEqual(lookUp('épi'.normalize('NFD')).near, ['épicéa']);
});

test('composed words as before', () => {
  assert.match(lookUp('épicéa'.normalize('NFC')).meaning, /spruce/);
  assert.match(lookUp('stool').meaning, /stump/);
});
