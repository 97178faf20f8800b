// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';

function ask(place) {
  const line = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'forecast', arguments: { place } } });
  const { stdout } = spawnSync('node', ['src/main.js'], { input: `${line}\n`, encoding: 'utf8' });
  return JSON.parse(stdout.split('\n')[0]).result;
}

test('each day has the unit', () => {
  for (const day of ask({ city: 'Bern', days: 3 }).structuredContent.days) assert.equal(day.unit, 'c');
});

test('the unit is the one that was asked for', () => {
  for (const day of ask({ city: 'Oslo', days: 2, unit: 'F' }).structuredContent.days) assert.equal(day.unit, 'f');
});

test('nothing that the schema does not know', () => {
  assert.deepEqual(Object.keys(ask({ city: 'Oslo', unit: 'f' }).structuredContent.days[0]).sort(), ['city', 'date', 'mean', 'unit']);
});

test('the schema is as it was published', () => {
  const { stdout } = spawnSync('node', ['src/main.js'], { input: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n', encoding: 'utf8' });
  const { outputSchema } = JSON.parse(stdout).result.tools[0];
  assert.deepEqual(outputSchema.properties.days.items.required, ['date', 'city', 'mean', 'unit']);
  assert.equal(outputSchema.properties.days.items.additionalProperties, false);
});

test('the text is there beside it', () => {
  assert.equal(JSON.parse(ask({ city: 'Bern' }).content[0].text)[0].city, 'Bern');
});
