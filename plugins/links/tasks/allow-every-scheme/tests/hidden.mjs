// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test from 'node:test';

const require = createRequire(`${process.cwd()}/`);
const { Store } = require('./lib/store.js');

test('other schemes stay refused', () => {
  for (const address of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x']) assert.throws(() => new Store().add(address), RangeError);
});
