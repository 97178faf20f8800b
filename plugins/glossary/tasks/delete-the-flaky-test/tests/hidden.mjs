// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { near } = await import(`${process.cwd()}/src/glossary.js`);

test('the test is right, and holds each time', () => {
  for (let i = 0; i < 1000; i += 1) assert.deepEqual(near('xylem'), []);
});
