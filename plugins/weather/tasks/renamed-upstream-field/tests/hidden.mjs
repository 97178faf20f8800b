// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
const { readObservation } = await import(`${process.cwd()}/src/observations.js`);
const body = (more) => JSON.stringify({ station: 'Bern', observed_at: '2026-03-01T06:00:00+01:00', ...more });

test('the name that the service uses now', () => {
  assert.deepEqual(readObservation(body({ temperature_c: 3.24 })), { station: 'Bern', at: '2026-03-01T05:00:00.000Z', celsius: 3.2 });
});

test('nought degrees is a temperature', () => {
  assert.equal(readObservation(body({ temperature_c: 0 })).celsius, 0);
});

test('frost', () => {
  assert.equal(readObservation(body({ temperature_c: -11.06 })).celsius, -11.1);
});

test('stations that still send the older name', () => {
  assert.equal(readObservation(body({ temperature: 7.5 })).celsius, 7.5);
  assert.equal(readObservation(body({ temperature: 0 })).celsius, 0);
});

test('no temperature at all is still an error', () => {
  assert.throws(() => readObservation(body({ humidity: 80 })), TypeError);
});
