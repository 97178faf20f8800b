'use strict';
const express = require('express');
const Fastify = require('fastify');
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
//SHIFT
class PaymentDeclined extends Error {
  constructor(message, code) { super(message); this.name = 'PaymentDeclined'; this.code = code; this.details = { attempts: 3, list: [1, 2] }; }
}
function charge(id, soft) {
  if (soft) {
    //SHIFT
    throw new PaymentDeclined(`card of account ${id} was declined`, 'E_DECLINED');
  }
  throw new PaymentDeclined(`account ${id} has no card`, 'E_NOCARD');
}
//SHIFT
async function loadCart(id) {
  await new Promise((r) => setImmediate(r));
  //SHIFT
  if (id.length > 30) return JSON.parse('{"cart": ' + id);
  return JSON.parse('{"cart": ' + id + 'x}');
}
async function checkout(id) {
  try { await loadCart(id); } catch (e) { throw new Error(`checkout of ${id} failed`, { cause: e }); }
}
//SHIFT
function connect(port) {
  return new Promise((ok, no) => { const s = require('node:net').connect(port, '127.0.0.1'); s.on('error', no); s.on('connect', ok); });
}
const routes = {
  declined: (id) => charge(id, true),
  nocard: (id) => charge(id, false),
  async cart(id) { await checkout(id); },
  //SHIFT
  undef(id) { const user = id === 'never' ? {} : undefined; return user.profile.name; },
  enoent(id) { return fs.readFileSync(`/srv/data/${id}.json`); },
};
const what = process.argv[2]; const id = process.argv[3]; const mode = process.argv[4];
if (mode === 'express') {
  const app = express();
  app.get('/x', async (req, res, next) => { try { res.send(await routes[what](id)); } catch (e) { next(e); } });
  const server = app.listen(0, () => http.get({ port: server.address().port, path: '/x' }, (r) => { r.resume(); r.on('end', () => setTimeout(() => process.exit(), 30)); }));
} else if (mode === 'fastify') {
  const app = Fastify({ logger: { stream: process.stderr } });
  app.get('/x', async () => routes[what](id));
  app.inject('/x').then(() => process.exit());
} else if (mode === 'console') {
  (async () => { try { await routes[what](id); } catch (e) { console.error(new Date().toISOString(), '[worker] job %s crashed', id, e); } })();
} else if (what === 'any') {
  //SHIFT
  Promise.any([connect(1), Promise.reject(new TypeError(`replica ${id} is gone`))]);
} else if (what === 'emitter') {
  const bus = new EventEmitter();
  setTimeout(() => bus.emit('error', new Error(`bus ${id} closed`)), 1);
} else if (what === 'timer') {
  //SHIFT
  setTimeout(function onTick() { charge(id, true); }, 1);
} else if (what === 'rejectvalue') {
  Promise.reject({ status: 503, id });
} else {
  Promise.resolve().then(() => routes[what](id));
}
