import assert from 'node:assert/strict';
import test from 'node:test';
import { linksStore, share } from '../src/share.js';

const site = 'https://words.example.org/trade';

test('without links there is an address and no code', async () => {
  const absent = Object.assign(new Error('not installed'), { code: 'ERR_MODULE_NOT_FOUND' });
  const store = await linksStore(() => Promise.reject(absent));
  assert.deepEqual(share(' Stool', site, store), { word: 'stool', address: `${site}#stool`, code: null });
});

test('the code is what links makes of the address', async () => {
  class Store {
    add(address, label) {
      return `${label}:${address}`;
    }
  }
  const store = await linksStore(() => Promise.resolve({ Store }));
  assert.equal(share('two words', site, store).code, `two words:${site}#two%20words`);
});

test('a fault of links is not taken for its absence', async () => {
  await assert.rejects(linksStore(() => Promise.reject(new Error('broken'))), /broken/);
});

test('an empty word has no place', () => {
  assert.throws(() => share(' ', site, null), RangeError);
});
