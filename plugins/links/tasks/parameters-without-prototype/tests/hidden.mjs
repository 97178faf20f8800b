// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(`${process.cwd()}/`);
const { handle } = require('./lib/handler.js');
const { readParams } = require('./lib/params.js');
const { Store } = require('./lib/store.js');
const post = (target) => handle(new Store(), { method: 'POST', target });

test('an address gets a code', () => {
  const answer = post('/new?to=https%3A%2F%2Fexample.org%2Fa');
  assert.equal(answer.status, 201);
  assert.match(answer.text, /^[\w-]{7}$/);
});

test('an address with a label', () => {
  const store = new Store();
  const { text } = handle(store, { method: 'POST', target: '/new?label=home&to=http%3A%2F%2Fexample.net%2F' });
  assert.equal(store.links.get(text).label, 'home');
});

test('no address is a mistake of the caller', () => {
  assert.equal(post('/new?label=x').status, 400);
  assert.equal(post('/new').status, 400);
});

test('a parameter nobody knows is refused', () => {
  const answer = post('/new?to=https%3A%2F%2Fexample.org&colour=red');
  assert.equal(answer.status, 400);
  assert.match(answer.text, /colour/);
});

test('names that objects inherit are only names', () => {
  assert.equal(post('/new?toString=1').status, 400);
  assert.equal(Object.getPrototypeOf(readParams('/new?__proto__=x')), null);
});

test('redirects as before', () => {
  const store = new Store();
  const code = store.add('https://example.org/b');
  assert.deepEqual(handle(store, { method: 'GET', target: `/${code}?x=1` }), { status: 302, location: 'https://example.org/b' });
});
