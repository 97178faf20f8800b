// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(`${process.cwd()}/`);
const { Store } = require('./lib/store.js');

test('a retry keeps the visits', () => {
  const store = new Store();
  const code = store.add('https://example.org/a', 'one');
  store.visit(code);
  store.visit(code);
  assert.equal(store.add('https://example.org/a', 'one'), code);
  assert.equal(store.links.get(code).visits, 2);
});

test('however often it comes', () => {
  const store = new Store();
  const code = store.add('http://example.net');
  for (let i = 1; i <= 5; i += 1) {
    store.visit(code);
    store.add('http://example.net/');
    assert.equal(store.links.get(code).visits, i);
  }
});

test('each link counts its own', () => {
  const store = new Store();
  const [a, b] = [store.add('https://example.org/a'), store.add('https://example.org/b')];
  store.visit(a);
  store.add('https://example.org/b');
  store.add('https://example.org/a');
  assert.deepEqual([store.links.get(a).visits, store.links.get(b).visits], [1, 0]);
});

test('the label of a retry stays', () => {
  const store = new Store();
  const code = store.add('https://example.org/a', 'one');
  store.add('https://example.org/a', 'one');
  assert.equal(store.links.get(code).label, 'one');
});

test('new links begin with 0', () => {
  const store = new Store();
  assert.equal(store.links.get(store.add('https://example.org/new')).visits, 0);
});
