import { Worker, isMainThread, workerData } from 'node:worker_threads';
import assert from 'node:assert/strict';
//SHIFT
export async function* pages(id) { yield 1;
  //SHIFT
  throw new RangeError(`page 2 of ${id} is beyond the end`); }
const handlers = {
  async iterate(id) { for await (const p of pages(id)) void p; },
  //SHIFT
  equal(id) { assert.equal(id, 'expected', `token of ${id} differs`); },
  deep(id) { assert.deepEqual({ id }, { id: 'x' }); },
  aggregate(id) { throw new AggregateError([new Error(`shard 1 of ${id}: down`), new TypeError('shard 2: bad')], `all shards of ${id} failed`); },
  get getter() { return () => { class A { get v() { throw new Error('getter of A broke'); } } return new A().v; }; },
  fetch(id) { return fetch(`http://127.0.0.1:9/${id}`); },
};
if (isMainThread && process.argv[4] === 'worker') new Worker(new URL(import.meta.url), { workerData: process.argv.slice(2) });
else { const [what, id] = workerData ?? process.argv.slice(2); await handlers[what](id); }
