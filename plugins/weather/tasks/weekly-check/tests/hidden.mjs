// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { readPlace } = await import(`${process.cwd()}/src/place.js`);

test('places do what the specification says', () => {
  assert.equal(readPlace('city=Bern&days=3', 'Oslo').days, 3);
  assert.equal(readPlace({ days: 1 }, 'Bern').city, 'Bern');
  assert.equal(readPlace({ days: 14, city: 'Oslo' }, 'Bern').days, 14);
  assert.throws(() => readPlace({ days: 1.5 }, 'Bern'), RangeError);
  assert.throws(() => readPlace({ unit: 'kelvin' }, 'Bern'), RangeError);
});
