import assert from 'node:assert/strict';
import test from 'node:test';
import { forecast } from '../src/forecast.js';
import { readPlace } from '../src/place.js';

const today = new Date('2026-01-30T12:00:00Z');

test('one line a day, over the end of a month', () => {
  const lines = forecast({ city: 'Oslo', days: 3 }, { today });
  assert.deepEqual(lines.map((l) => l.date), ['2026-01-30', '2026-01-31', '2026-02-01']);
  assert.deepEqual(lines.map((l) => l.mean), [-4, -4, -3]);
});

test('the station is used when no city is named', () => {
  assert.equal(forecast({ days: 1 }, { station: 'Lisbon', today })[0].city, 'Lisbon');
});

test('fahrenheit', () => {
  assert.equal(forecast({ city: 'Bern', unit: 'F' }, { today })[0].mean, 32);
});

test('days outside 1 to 14 are refused', () => {
  assert.throws(() => readPlace({ days: 0 }, 'Bern'), RangeError);
  assert.throws(() => readPlace({ days: 15 }, 'Bern'), RangeError);
});
