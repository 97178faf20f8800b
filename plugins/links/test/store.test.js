'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');
const { handle } = require('../lib/handler.js');
const { readParams } = require('../lib/params.js');
const { Store } = require('../lib/store.js');

test('parameters are decoded, the last of a name wins', () => {
  const params = readParams('/new?to=a%20b&to=c&flag');
  assert.equal(params.to, 'c');
  assert.equal(params.flag, true);
});

test('one address has one code', () => {
  const store = new Store();
  assert.equal(store.add('https://example.org/a'), store.add('https://example.org/a'));
});

test('only web addresses', () => {
  assert.throws(() => new Store().add('file:///etc/passwd'), RangeError);
});

test('a visit is counted and redirected', () => {
  const store = new Store();
  const code = store.add('https://example.org/a');
  const answer = handle(store, { method: 'GET', target: `/${code}` });
  assert.deepEqual(answer, { status: 302, location: 'https://example.org/a' });
  assert.equal(store.links.get(code).visits, 1);
  assert.equal(handle(store, { method: 'GET', target: '/nothing' }).status, 404);
});
