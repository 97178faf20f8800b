// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { near } = await import(`${process.cwd()}/src/glossary.js`);

test('the nearest length comes first', () => {
  assert.deepEqual(near('stools'), ['stool', 'standard']);
});

test('a long word', () => {
  assert.deepEqual(near('standardise'), ['standard', 'stool']);
});

test('a letter alone', () => {
  assert.deepEqual(near('c'), ['coppice', 'cordwood']);
});

test('at most three, and none for other letters', () => {
  assert.ok(near('stool').length <= 3);
  assert.deepEqual(near('zebra'), []);
});
