// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { index, lookUp } = await import(`${process.cwd()}/src/glossary.js`);

test('a word of the new list is found', () => {
  assert.equal(lookUp('felling').meaning, 'the cutting down of trees');
});

test('each word of the new list is found', () => {
  assert.match(lookUp('cordwood').meaning, /burning/);
  assert.match(lookUp('Standard').meaning, /tall/);
  assert.deepEqual(lookUp('cop').near, ['coppice', 'cordwood']);
});

test('words of any name', () => {
  assert.equal(lookUp('__proto__').meaning, 'what an object falls back on');
});

test('index takes the new form', () => {
  assert.equal(index([{ term: 'ride', definition: 'a way through a wood', since: '2.0' }]).r.ride, 'a way through a wood');
});

test('index takes the older form', () => {
  assert.equal(index({ ride: 'a way' }).r.ride, 'a way');
});
