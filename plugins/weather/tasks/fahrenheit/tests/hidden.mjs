// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { inUnit, readPlace } = await import(`${process.cwd()}/src/place.js`);
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('freezing', () => {
  near(inUnit(0, 'f'), 32);
});

test('a summer day', () => {
  near(inUnit(25, 'f'), 77);
});

test('both scales meet', () => {
  near(inUnit(-40, 'f'), -40);
});

test('celsius stays celsius', () => {
  near(inUnit(17, 'c'), 17);
  assert.equal(readPlace({ unit: 'C' }, 'Bern').unit, 'c');
});
