// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { readPlace } = await import(`${process.cwd()}/src/place.js`);
const { forecast } = await import(`${process.cwd()}/src/forecast.js`);

test('a query string names a city', () => {
  assert.equal(readPlace('city=Bern&days=3', 'Oslo').city, 'Bern');
  assert.equal(readPlace('city=Bern&days=3', 'Oslo').days, 3);
});

test('a unit in a query string', () => {
  assert.equal(readPlace('city=Lisbon&unit=F', 'Bern').unit, 'f');
});

test('a query string without a city means the station', () => {
  assert.deepEqual(forecast('days=2', { station: 'Oslo', today: new Date('2026-07-01T00:00:00Z') }).map((l) => l.city), ['Oslo', 'Oslo']);
});

test('an empty query string', () => {
  assert.deepEqual(readPlace('', 'Lisbon'), { city: 'Lisbon', days: 1, unit: 'c' });
});

test('days are checked in query strings too', () => {
  assert.throws(() => readPlace('days=99', 'Bern'), RangeError);
});

test('objects as before', () => {
  assert.deepEqual(readPlace({ city: 'Oslo', days: 14, unit: 'F' }, 'Bern'), { city: 'Oslo', days: 14, unit: 'f' });
  assert.deepEqual(readPlace({}, 'Bern'), { city: 'Bern', days: 1, unit: 'c' });
});
