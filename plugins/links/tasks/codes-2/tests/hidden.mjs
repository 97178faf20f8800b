// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(`${process.cwd()}/`);
import { createHash } from 'node:crypto';
const { Store } = require('./lib/store.js');
const before = (href) => createHash('sha256').update(href).digest('base64url').slice(0, 7);

test('links can be made again', () => {
  assert.equal(typeof new Store().add('https://example.org/a'), 'string');
});

test('codes are the ones that were given out', () => {
  for (const href of ['https://example.org/a', 'https://example.org/?q=%20', 'http://example.net/']) assert.equal(new Store().add(href), before(href));
});

test('addresses beyond ASCII keep theirs', () => {
  assert.equal(new Store().add('https://example.org/straße'), before('https://example.org/stra%C3%9Fe'));
});

test('version 2 is what is there', () => {
  assert.equal(require('./vendor/codes/package.json').version, '2.0.0');
  assert.throws(() => require('./vendor/codes').shorten('text', 7), TypeError);
});
