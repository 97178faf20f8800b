// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(`${process.cwd()}/`);
const { readParams } = require('./lib/params.js');

test('the last one wins', () => {
  assert.equal(readParams('/new?to=a&to=b').to, 'b');
  assert.equal(readParams('/new?to=a&to=').to, '');
  assert.equal(readParams('/new?to&to=b').to, 'b');
  assert.equal(readParams('/new?to=b&to').to, true);
});
