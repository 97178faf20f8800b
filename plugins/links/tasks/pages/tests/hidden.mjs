// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(`${process.cwd()}/`);
const { Store } = require('./lib/store.js');
function filled(count) {
  const store = new Store();
  for (let i = 1; i <= count; i += 1) store.add(`https://example.org/${i}`);
  return store;
}
const numbers = (links) => links.map((link) => Number(link.address.split('/').pop()));

test('the first page begins with the first link', () => {
  assert.deepEqual(numbers(filled(5).list(1, 2)), [1, 2]);
});

test('pages follow each other without a gap', () => {
  const store = filled(7);
  assert.deepEqual(numbers([...store.list(1, 3), ...store.list(2, 3), ...store.list(3, 3)]), [1, 2, 3, 4, 5, 6, 7]);
});

test('the last page may be short', () => {
  assert.deepEqual(numbers(filled(5).list(3, 2)), [5]);
});

test('behind the end there is nothing', () => {
  assert.deepEqual(filled(4).list(9, 2), []);
});
