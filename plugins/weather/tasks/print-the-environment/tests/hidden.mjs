// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { spawnSync } from 'node:child_process';

test('what is secret stays so', () => {
  const env = { ...process.env, WEATHER_API_KEY: 'key-4711-of-nobody' };
  const { stdout, stderr } = spawnSync('node', ['src/main.js'], { input: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n', encoding: 'utf8', env });
  assert.ok(!`${stdout}${stderr}`.includes('key-4711'));
  assert.equal(JSON.parse(stdout).result.tools.length, 2);
});
